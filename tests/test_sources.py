from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duizhao.errors import DuizhaoError
from duizhao.sources import (
    Reader,
    check_row,
    find_alone,
    find_below,
    find_home,
    find_skipped,
    find_sources,
    name_below,
    read_bytes,
    read_document,
    read_row,
)
from duizhao.sources.folder import find_made_ids
from duizhao.text import find_blocks, find_headers, make_document, read

CHINESE = "标题\n\n今天的会议在上海举行，大家都来了。\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_txt", ".txt").replace("_md", ".md").replace(
            "_toml", ".toml"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_anybodys_flat_folder_is_read_with_the_file_stem_as_id(tmp_path: Path) -> None:
    raw = write(tmp_path, b_txt=CHINESE, a_md=CHINESE, README_md="about", notes_toml="x = 1")
    assert [(zh.id, zh.name, en) for zh, en in find_sources(raw)] == [
        ("a", "a.md", None),
        ("b", "b.txt", None),
    ]


def test_an_english_side_is_paired_by_name(tmp_path: Path) -> None:
    raw = write(tmp_path, a_txt=CHINESE, en__a_md="# Title\n")
    [(_, english)] = find_sources(raw)
    assert english is not None
    assert english.name == "en/a.md"


def test_facts_of_sources_toml_win_over_headers(tmp_path: Path) -> None:
    text = "标题\n\n作者: 张三\n发布时间: 2024-05-02 08:30\n\n正文。\n"
    listing = '[[article]]\nfile = "a.txt"\nbyline = "李四"\n'
    raw = write(tmp_path, a_txt=text, sources_toml=listing)
    [(source, _)] = find_sources(raw)
    assert dict(read_document(source).facts) == {"byline": "李四", "published": "2024-05-02T08:30"}


def test_headers_stand_under_a_title_and_end_at_the_first_prose() -> None:
    text = "# 标题\n\n文章作者: 甲\n发布地: 上海\n\n正文从这里开始。\n来源: 不是头\n"
    assert [(header.key, text[header.value : header.value_end]) for header in find_headers(text)] == [
        ("文章作者", "甲"),
        ("发布地", "上海"),
    ]


MAIL = """From linxy@a.example Sat Mar  6 13:48:37 2021
Received: from a.example (b.example [192.0.2.1])
\tby c.example; Sat, 6 Mar 2021 13:48:36 +0800
From: 林小雨 <linxy@a.example>
Date: Sat, 6 Mar 2021 13:48:34 +0800
Subject: 灯塔重新点亮

昨天晚上八点，老灯塔又亮了。
"""


def test_the_header_of_a_mail_is_metadata_and_gives_title_sender_and_time() -> None:
    document = make_document("a", MAIL)
    assert document.facts["title"] == "灯塔重新点亮"
    assert document.facts["byline"].startswith("林小雨")
    assert document.facts["published"] == "2021-03-06T13:48:34+08:00"
    texts = [read(MAIL, block.spans) for block in find_blocks(document) if block.kind != "front_matter"]
    assert texts == ["灯塔重新点亮", "昨天晚上八点，老灯塔又亮了。"]
    assert [MAIL[header.start : header.end] for header in document.headers] == MAIL.split("\n\n")[0].split(
        "\n"
    )


def test_a_subject_in_the_code_of_mails_is_no_title() -> None:
    coded = MAIL.replace("灯塔重新点亮", "=?big5?B?v08=?=")
    assert "title" not in make_document("a", coded).facts


@pytest.mark.parametrize(
    "text",
    [
        "From: 林小雨\n\n灯塔亮了。\n", "Date: 2021-03-06\nSubject: 灯塔\nTo: 老船长\n\n灯塔亮了。\n",
        "From: 林小雨\nTo: 老船长\n灯塔亮了。\nDate: 2021-03-06\n", "From here to there.\n\n灯塔亮了。\n",
    ],
)  # fmt: skip
def test_lines_that_are_no_header_of_a_mail_are_read_as_before(text: str) -> None:
    assert not any(header.key == "" for header in find_headers(text))
    texts = [read(text, block.spans) for block in find_blocks(make_document("a", text))]
    assert any("灯塔亮了。" in said for said in texts)


def test_front_matter_values_lose_their_quotes() -> None:
    text = '---\ntitle: "引号里的标题"\ntags: [a]\n---\n正文。\n'
    assert make_document("a", text).facts["title"] == "引号里的标题"


def test_one_odd_file_needs_one_entry_and_the_others_none(tmp_path: Path) -> None:
    raw = write(tmp_path, a_txt=CHINESE, sources_toml='[[article]]\nfile = "b.txt"\nencoding = "gbk"\n')
    (raw / "b.txt").write_bytes(CHINESE.encode("gb18030"))
    assert [(zh.id, zh.encoding) for zh, _ in find_sources(raw)] == [("a", None), ("b", "gb18030")]


def test_a_complete_list_names_every_file(tmp_path: Path) -> None:
    raw = write(
        tmp_path, a_txt=CHINESE, b_txt=CHINESE, sources_toml='complete = true\n[[article]]\nfile = "b.txt"\n'
    )
    with pytest.raises(DuizhaoError, match=r"a\.txt: not named"):
        find_sources(raw)


def test_every_file_and_folder_that_is_not_read_is_named(tmp_path: Path) -> None:
    raw = write(
        tmp_path, zh__a_txt=CHINESE, en__a_md="# T\n", c_txt=CHINESE, zh__b__d_txt=CHINESE, README_md="about"
    )
    (raw / "zh" / "e.pdf").write_bytes(b"PK")
    (raw / ".DS_Store").write_bytes(b"")
    assert [finding.record for finding in find_skipped(raw, find_sources(raw))] == [
        "c.txt",
        "zh/b",
        "zh/e.pdf",
    ]


def test_all_files_that_cannot_be_read_are_told_at_once(tmp_path: Path) -> None:
    raw = write(tmp_path, b_txt="", a_txt="", c_txt=CHINESE)
    reader = Reader()
    assert [reader.read(zh) is None for zh, _ in find_sources(raw)] == [True, True, False]
    with pytest.raises(DuizhaoError) as told:
        reader.stop()
    assert [line.split(":")[0][-5:] for line in str(told.value).splitlines()] == ["a.txt", "b.txt"]


SUBTITLES = """1
00:00:01,000 --> 00:00:03,500
天还没有亮，

2
00:00:04,000 --> 00:00:06,000
<i>渡口已经有人</i>在等船了。

3
00:00:07,000 --> 00:00:08,000
1984
他说。
"""


def test_subtitles_are_sentences_over_cues_and_times_are_markup() -> None:
    document = read_bytes(SUBTITLES.encode(), "a.srt")
    texts = [read(document.text, block.spans) for block in find_blocks(document)]
    assert texts == ["天还没有亮，渡口已经有人在等船了。", "1984 他说。"]


def test_subtitles_without_full_stops_are_a_block_a_cue() -> None:
    cues = "".join(f"00:0{n}.000 --> 00:0{n}.900 align:start\n渡口第{n}句\n\n" for n in range(6))
    document = read_bytes(f"WEBVTT\n\nNOTE 说明\n不读\n\n{cues}".encode(), "a.vtt")
    assert [read(document.text, block.spans) for block in document.blocks or ()] == [
        f"渡口第{n}句" for n in range(6)
    ]


def shown(text: str, name: str) -> list[str]:
    document = read_bytes(text.encode(), name)
    return [read(document.text, block.spans) for block in document.blocks or ()]


def test_names_of_cues_tags_and_notes_of_subtitles_are_markup() -> None:
    text = (
        "WEBVTT\n\nintro\n00:01.000 --> 00:02.000\n他来了。\n\nsecond\n00:03.000 --> 00:04.000\n"
        "<v 老人>他走了。</v>\n\nNOTE 译者的话\n不读\n\n00:05.000 --> 00:06.000\n{\\an8}天黑了\n"
    )
    assert shown(text, "a.vtt") == ["他来了。", "他走了。", "天黑了"]


def test_cues_without_a_full_stop_are_parted_after_400_characters() -> None:
    cues = [("长" * 39) + ("。" if number < 3 else "，") for number in range(15)]
    text = "".join(
        f"{number}\n00:00:{number:02d},000 --> 00:00:{number:02d},900\n{cue}\n\n"
        for number, cue in enumerate(cues)
    )
    assert [len(block) for block in shown(text, "a.srt")] == [40, 40, 40, 400, 80]


def test_a_file_without_any_cue_is_no_subtitles() -> None:
    with pytest.raises(DuizhaoError, match=r"a\.srt: holds no subtitles") as told:
        read_bytes(CHINESE.encode(), "a.srt")
    assert told.value.id == "no-article-text"


def test_a_name_that_no_file_can_have_is_a_missing_file(tmp_path: Path) -> None:
    listing = f'[[article]]\nfile = "{"a" * 300}.txt"\n'
    with pytest.raises(DuizhaoError, match=r"sources\.toml: line 2: .*no such file") as told:
        find_sources(write(tmp_path, a_txt=CHINESE, sources_toml=listing))
    assert told.value.id == "missing-file"


def test_an_id_that_was_made_from_a_name_is_told_and_one_that_is_set_is_not(tmp_path: Path) -> None:
    listing = '[[article]]\nfile = "c d.txt"\nid = "cd"\n'
    raw = write(tmp_path, sources_toml=listing)
    for name in ("a b.txt", "c d.txt"):
        (raw / name).write_text(CHINESE, encoding="utf-8")
    sources = find_sources(raw)
    assert "cd" in [zh.id for zh, _ in sources]
    assert [finding.record for finding in find_made_ids(sources)] == [
        zh.id for zh, _ in sources if zh.id != "cd"
    ]


def test_a_folder_that_holds_a_listed_file_is_not_told_as_skipped(tmp_path: Path) -> None:
    raw = write(tmp_path, zh__a_txt=CHINESE, sources_toml='[[article]]\nfile = "zh/more/b.txt"\n')
    write(raw, zh__more__b_txt=CHINESE, zh__other__c_txt=CHINESE)
    assert [finding.record for finding in find_skipped(raw, find_sources(raw))] == ["zh/other"]


@pytest.mark.parametrize(("fields", "id", "told"), [
    ({"text": "一"}, "no-id", "no id"),
    ({"id": "", "text": "一"}, "no-id", "no id"),
    ({"id": [1], "text": "一"}, "wrong-type", "id is a list"),
    ({"id": True, "text": "一"}, "wrong-type", "id is true or false"),
    ({"id": "a" * 1001, "text": "一"}, "wrong-type", "1,001 characters"),
    ({"id": "a\ud800", "text": "一"}, "lone-surrogate", r"U\+D800 at 1"),
    ({"id": "a"}, "no-text", "missing or empty"),
    ({"id": "a", "text": "一", "html": "<p>一"}, "wrong-type", "both text and html"),
    ({"id": "a", "text": "一\0"}, "nul-character", "NUL"),
    ({"id": "a", "text": b"\xff"}, "bad-utf8", "text is not UTF-8"),
    ({"id": "a", "text": {"x": 1}}, "wrong-type", "text is an object"),
    ({"id": "a", "text": 1.5}, "wrong-type", "text is a number"),
    ({"id": "a", "text": "一", "title": date(2024, 1, 2)}, "wrong-type", "title is of the kind date"),
    ({"id": "a", "text": "一", "language": "fr"}, "unread-language", "'fr'; zh and en are read"),
])  # fmt: skip
def test_a_row_that_cannot_be_read_says_which_field_is_wrong(
    fields: dict[str, object], id: str, told: str
) -> None:
    with pytest.raises(DuizhaoError, match=told) as caught:
        check_row(fields, "a.jsonl#1")
    assert caught.value.id == id


@pytest.mark.parametrize(("value", "published"), [
    (None, None), ("", None), ("2023-11-20", "2023-11-20"), (date(2023, 11, 20), "2023-11-20"),
    ("2023-11-20 11:33:36", "2023-11-20T11:33:36"),
    ("2023-11-20T11:33:36.123+08:00", "2023-11-20T11:33:36+08:00"),
])  # fmt: skip
def test_dates_of_rows_become_iso_8601(value: object, published: str | None) -> None:
    row = check_row({"id": "a", "text": "一", "published": value}, "a.jsonl#1")
    assert (row.published, row.findings) == (published, ())


def test_a_date_of_a_row_that_is_none_is_left_out_and_told() -> None:
    row = check_row({"id": "a", "text": "一", "published": "2023-13-01"}, "a.jsonl#1")
    assert row.published is None
    assert [(found.id, found.level, found.record) for found in row.findings] == [("unread-date", 4, "a")]


@pytest.mark.parametrize(("language", "read_as"), [
    (None, "zh"), ("zh_CN", "zh"), ("cmn", "zh"), ("Chinese", "zh"), ("en-GB", "en"), ("eng", "en"),
])  # fmt: skip
def test_languages_of_rows_are_read_under_their_common_names(language: str | None, read_as: str) -> None:
    assert check_row({"id": 7, "text": "一", "language": language}, "a.jsonl#1").language == read_as


def test_a_title_of_a_row_is_the_first_line_of_its_text_and_its_source_the_publisher() -> None:
    def facts(**fields: object) -> tuple[str, str | None]:
        document = read_row(check_row({"id": "a", **fields}, "a.jsonl#1"))
        return document.text, document.facts.get("publisher")

    assert facts(text="正文。", title="题目", source="某报") == ("标题：题目\n\n正文。", "某报")
    assert facts(text="# 题目\n\n正文。", title="题目") == ("# 题目\n\n正文。", None)
    assert facts(text="题目\n\n来源：日报\n\n正文。", source="某报")[1] == "日报"
    with pytest.raises(DuizhaoError, match="nothing of it can be seen"):
        facts(text="\ufeff ")


def test_a_page_in_a_row_is_read_in_its_own_encoding_and_its_facts_win_over_the_source() -> None:
    paragraph = "天还没有亮，渡口已经有人在等船了。摆渡的老人姓朱，平日里很少说话，见了人只是点头。" * 3
    page = f'<meta charset="gbk"><meta name="author" content="朱某"><h1>渡口</h1><p>{paragraph}</p>'
    fields = {"id": "a", "html": page.encode("gbk"), "source": "某报", "url": "https://a.example/1"}
    document = read_row(check_row(fields, "a.warc#1"))
    assert (document.encoding, paragraph in document.text) == ("gb18030", True)
    assert dict(document.facts) == {"publisher": "某报", "byline": "朱某", "url": "https://a.example/1"}
    text = read_row(check_row({**fields, "html": page}, "a.jsonl#1"))
    assert text.encoding == "utf-8"
    assert [read(text.text, block.spans) for block in text.blocks or ()] == ["渡口", paragraph]


def test_an_entry_names_its_english_file_in_a_subfolder(tmp_path: Path) -> None:
    listing = '[[article]]\nid = "use"\nfile = "zh/guide/use.md"\nen = "en/guide/using.md"\n'
    raw = write(tmp_path, zh__guide__use_md=CHINESE, en__guide__using_md="# T\n", sources_toml=listing)
    [(chinese, english)] = find_sources(raw)
    assert english is not None
    assert (chinese.id, chinese.name, english.name) == ("use", "zh/guide/use.md", "en/guide/using.md")
    assert "en" not in chinese.facts
    write(raw, en__guide__more_md="# T\n", zh__guide__more_md=CHINESE)
    assert [finding.record for finding in find_skipped(raw, find_sources(raw))] == [
        "zh/guide/more.md",
        "en/guide/more.md",
    ]


def test_a_second_english_file_of_an_article_is_not_lost(tmp_path: Path) -> None:
    listing = '[[article]]\nfile = "zh/a.md"\nen = "en/b.md"\n'
    raw = write(tmp_path, zh__a_md=CHINESE, en__a_md="# A\n", en__b_md="# B\n", sources_toml=listing)
    with pytest.raises(DuizhaoError, match=r"en/a\.md: sources\.toml names another English file") as told:
        find_sources(raw)
    assert told.value.id == "english-without-chinese"


def test_an_english_file_that_is_told_to_be_alone_is_skipped_by_name(tmp_path: Path) -> None:
    raw = write(tmp_path, zh__a_md=CHINESE, en__b_md="# B\n", sources_toml='alone = ["en/b.md"]\n')
    assert [english for _, english in find_sources(raw)] == [None]
    [finding] = find_skipped(raw, find_sources(raw))
    assert (finding.id, finding.level, finding.record) == ("skipped-file", 4, "en/b.md")
    assert list(find_alone(raw)) == [("skipped-file", "en/b.md")]


@pytest.mark.parametrize(("listing", "told"), [
    ('alone = "en/b.md"\n', "alone must be a list"),
    ('[[article]]\nfile = "a.md"\nalone = ["en/b.md"]\n', r"line 3: a\.md: 'alone' is no key of an"),
    ('[[article]]\nfile = "a.md"\nen = "a.md"\n', r"line 3: a\.md: a\.md is the 'file' of an article too"),
    ('alone = [ # "x"\n "en/c.md",\n "en/d.md" ]\n', r"line 2: alone: no such.*\n.*line 3: alone: no such"),
])  # fmt: skip
def test_what_is_wrong_with_english_files_in_a_listing_is_told(
    tmp_path: Path, listing: str, told: str
) -> None:
    with pytest.raises(DuizhaoError, match=told):
        find_sources(write(tmp_path, a_md=CHINESE, sources_toml=listing))


def test_files_below_a_folder_are_found_in_order_without_hidden_ones_and_loops(tmp_path: Path) -> None:
    write(tmp_path, b_md="x", a__c_md="x", a__b_md="x", z__e_md="x")
    write(tmp_path, **{".git__d_md": "x"})
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "f.png").write_bytes(b"x")
    tree = find_below(tmp_path, (".md",), lambda path: path.name == "z")
    assert [name_below(path, tmp_path) for path in tree.files] == ["a/b", "a/c", "b"]
    assert [path.name for path, _ in tree.skipped] == ["f.png", "up"]


@pytest.mark.parametrize(("zh", "en", "home"), [
    ("zh", "en", "."),
    ("m/zh", "m/en", "m"),
    ("m", "m/en", "m"),
    ("docs/zh/a", "docs/en/a", "docs"),
    ("/m/zh/", "/m/b/en", "/m"),
])  # fmt: skip
def test_the_raw_folder_of_two_folders_is_the_one_above_both(zh: str, en: str, home: str) -> None:
    assert find_home(Path(zh), Path(en)) == Path(home)


@pytest.mark.parametrize(
    ("text", "id", "told"),
    [
        ("complete = 1\n", "bad-value", "complete must be true or false"),
        (
            'alone = "en/b.md"\n',
            "bad-value",
            'alone must be a list of files between quotes, like ["en/notes.md"]',
        ),
        ('alone = ["en/none.md"]\n', "missing-file", "line 1"),
        ('alone = [\n  # a note\n  "en/none.md",\n]\n', "missing-file", "line 3"),
        ('"alone" = ["en/none.md"]\n', "missing-file", "alone"),
    ],
)
def test_the_keys_at_the_head_of_a_listing_are_checked_and_told_with_their_lines(
    tmp_path: Path, text: str, id: str, told: str
) -> None:
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "a.txt").write_text("今天天气很好。", encoding="utf-8")
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DuizhaoError) as error:
        find_sources(tmp_path)
    assert error.value.id == id
    assert told in str(error.value) and "sources.toml" in str(error.value)


def test_init_pairs_files_of_subfolders_but_changes_no_entry_of_the_listing(tmp_path: Path) -> None:
    for language, text in (("zh", "今天天气很好。"), ("en", "The weather is fine.")):
        (tmp_path / language / "sub").mkdir(parents=True)
        (tmp_path / language / "sub" / "a.txt").write_text(text, encoding="utf-8")
    [(article, english)] = find_sources(tmp_path, every=True)
    assert (article.id, article.listed) == ("sub-a", False)
    assert english is not None and english.name == "en/sub/a.txt"
    entry = '[[article]]\nfile = "zh/sub/a.txt"\nid = "sub-a"\n'
    (tmp_path / "sources.toml").write_text(entry, encoding="utf-8")
    [(article, english)] = find_sources(tmp_path, every=True)
    assert (article.listed, english) == (True, None)
    (tmp_path / "sources.toml").write_text(entry + 'en = "en/sub/a.txt"\n', encoding="utf-8")
    [(article, english)] = find_sources(tmp_path, every=True)
    assert english is not None and english.name == "en/sub/a.txt"

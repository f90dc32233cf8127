from __future__ import annotations

from pathlib import Path

import pytest

from duizhao.errors import DuizhaoError
from duizhao.sources.decode import decode
from duizhao.sources.folder import find_sources, read_document
from duizhao.text.document import find_headers, make_document

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


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16"])
def test_other_encodings_are_decoded_when_told_and_suggested_when_not(encoding: str) -> None:
    text = "標題\n\n今天的會議在上海舉行，大家都來了，我們也去了。\n"
    data = text.encode(encoding)
    assert decode(data, "a.txt", encoding) == text
    with pytest.raises(DuizhaoError, match=encoding):
        decode(data, "a.txt")


def test_headers_stand_under_a_title_and_end_at_the_first_prose() -> None:
    text = "# 标题\n\n文章作者: 甲\n发布地: 上海\n\n正文从这里开始。\n来源: 不是头\n"
    assert [(header.key, text[header.value : header.value_end]) for header in find_headers(text)] == [
        ("文章作者", "甲"),
        ("发布地", "上海"),
    ]


def test_front_matter_values_lose_their_quotes() -> None:
    text = '---\ntitle: "引号里的标题"\ntags: [a]\n---\n正文。\n'
    assert make_document("a", text).facts["title"] == "引号里的标题"


def test_line_ends_and_the_byte_order_mark_are_kept() -> None:
    assert decode("\ufeff标题\r\n正文。\r\n".encode(), "a.txt") == "\ufeff标题\r\n正文。\r\n"

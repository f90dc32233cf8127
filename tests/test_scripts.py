from __future__ import annotations

import json
from typing import Any

from duizhao.annotations import Annotations, Line
from duizhao.records import ArticleRecords, Options, make_article
from duizhao.records.scripts import derive_columns
from duizhao.text import make_document

CLOCKS = (
    "社區的修鐘師傅\n\n社區裡有一位修鐘的師傅,名叫林松發,大家都叫他松發伯。他的徒弟姓鍾,叫鍾于萍,還有一位叫余范祥的鄰居常來幫忙。\n\n"
    "松發伯說,台灣的老鐘越來越少了,他自己的攤子也只剩下一張桌子、一盞燈。他係香港來的,看著颱風過後的台北。\n"
)
BROKEN = (
    "一位科學傢\n\n她是一位科學傢,也是一位作傢,隻要有空,就專註地看書。鄰居們隻有在晚上才見得到她,孩子們都說她長大以後一定還是科學傢。\n\n"
    "她關註天上的星,也關註地上的人。牆角有一隻貓。\n"
)


NOTHING = Annotations()


def _article(text: str, annotations: Annotations = NOTHING, **options: Any) -> ArticleRecords:
    return make_article(make_document("a", text), None, annotations, Options(**options))


def _column(text: str, key: str, **options: Any) -> str:
    return "\n\n".join(row[key] for row in _article(text, **options).records["sentences"])


def test_a_traditional_source_is_kept_as_it_was_written() -> None:
    made = _article(CLOCKS)
    article = made.records["articles"][0]
    assert article["source_script"].startswith("zh-Hant")
    assert article["text"]["zh_hant"] == CLOCKS.strip()
    for row in made.records["sentences"]:
        assert row["zh_hant"] == "".join(CLOCKS[start:end] for start, end in row["raw_spans"])
    assert "台湾的老钟" in article["text"]["zh_hans"]
    assert made.findings == []


def test_a_simplified_source_is_kept_as_it_was_written() -> None:
    text = "会议\n\n他说原因是只有一个。我们了解了如何修好旧机器。\n"
    made = _article(text)
    assert made.records["articles"][0]["text"]["zh_hans"] == text.strip()
    assert (
        made.records["articles"][0]["text"]["zh_hant"]
        == "會議\n\n他說原因是只有一個。我們瞭解了如何修好舊機器。"
    )


def test_rows_and_the_article_have_the_same_characters() -> None:
    text = "会议\n\n他说原因是\n只有一个。后面的发\n现了里面的干部。\n"
    made = _article(text)
    rows = "".join(row["zh_hant"] for row in made.records["sentences"])
    assert rows == made.records["articles"][0]["text"]["zh_hant"].replace("\n", "")
    assert "發現" in rows


def test_a_damaged_text_is_repaired_and_told_of() -> None:
    made = _article(BROKEN)
    text = made.records["articles"][0]["text"]["zh_hant"]
    assert "科學家" in text and "只要" in text and "專注" in text and "一隻貓" in text
    assert [finding.id for finding in made.findings] == ["damaged-script"]
    assert "傢 → 家 (4)" in made.findings[0].message


def test_lines_of_the_other_script_are_converted_line_by_line_and_told_of() -> None:
    text = "两种文字\n\n这一段是用简体写的，台风过了台北。\n\n這一段卻是用繁體寫的，颱風過了台北。\n"
    made = _article(text)
    article = made.records["articles"][0]
    assert article["source_script"] == "mixed"
    assert article["text"]["zh_hant"].endswith("這一段卻是用繁體寫的，颱風過了台北。")
    assert "这一段却是用繁体写的，台风过了台北。" in article["text"]["zh_hans"]
    assert [finding.id for finding in made.findings] == ["mixed-script"]


def test_hong_kong_s_forms_are_an_option_of_the_converted_column_alone() -> None:
    assert "裏面" in _column("标题\n\n里面有只猫。\n", "zh_hant", hant="zh-Hant-HK")
    assert "社區裡" in _column(CLOCKS, "zh_hant", hant="zh-Hant-HK")


def test_a_doubtful_place_is_told_of_until_a_correction_settles_it() -> None:
    text = "标题\n\n里长请范先生来。他叫钟里。\n"
    found = [finding for finding in _article(text).findings if finding.id == "doubtful-script"]
    assert found
    assert {finding.record for finding in found} <= {row["id"] for row in _article(text).records["sentences"]}
    lines = [
        Line(
            f"script.jsonl:{place}",
            {"article_id": "a", "start": place, "end": place + 1, "surface": text[place], "right": right},
        )
        for place, right in ((4, "里"), (7, "范"), (14, "鍾"), (15, "里"))
    ]
    assert "the release has 鍾 in '他叫鍾裡。'" in found[0].message
    told = json.loads(found[0].message.partition("settles it: ")[2])
    assert text[told["start"] : told["end"]] == told["surface"] == "钟"
    settled = _article(text, Annotations(script=lines))
    assert "里長請范先生來。他叫鍾里。" in settled.records["articles"][0]["text"]["zh_hant"]
    assert settled.findings == []


def test_a_form_that_is_not_the_most_probable_one_is_explained() -> None:
    text = "标题\n\n主题定制方案。如果有新的定制需求，请看定制说明。\n"
    found = [finding.message for finding in _article(text).findings if finding.id == "doubtful-script"]
    told = [
        message
        for message in found
        if "as the same word elsewhere in the article or OpenCC has it" in message
    ]
    assert 0 < len(told) < len(found)


def test_the_words_around_a_doubtful_place_are_without_markup() -> None:
    text = '# 标题\n\n<p class="a">他<b>叫</b><a href="https://example.org/f">钟</a>里。</p>\n'
    found = [finding for finding in _article(text).findings if finding.id == "doubtful-script"]
    assert "in '他叫鍾裡。'" in found[0].message


def test_a_doubtful_place_of_a_row_that_is_not_released_is_not_told_of() -> None:
    zh = make_document("a", "标题\n\n里长请范先生来。他叫钟里。\n")
    en = make_document("a", "Title\n\nThe gate is open.\n", "en", "b.md")
    made = make_article(zh, en, Annotations(), Options(min_score=1.1))
    assert list(made.records["sentences"]) == []
    assert [finding for finding in made.findings if finding.id == "doubtful-script"] == []


def test_names_of_the_entity_table_have_their_known_form() -> None:
    row = {"id": "yu", "names": {"zh_hans": ["余范"], "zh_hant": ["余范"], "en": ["Yu Fan"]}}
    told = Annotations(configs={"entities": (Line("entities.jsonl:1", row),)})
    assert "余范" in _article("标题\n\n我们请余范来讲课。\n", told).records["articles"][0]["text"]["zh_hant"]


def test_the_columns_derived_again_from_a_release_are_those_of_its_build_also_with_a_table_and_code() -> None:
    table = "| 名称 | 数量 |\n| --- | --- |\n| 里面 | 3 |\n"
    text = f"# 标题\n\n他了解里面的干部，后来发现了旧机器。\n\n{table}\n```\nprint('里面发现')\n```\n\n他干了。\n"
    made = _article(text)
    assert {row["role"] for row in made.records["sentences"]} >= {"table", "code"}
    columns = ("zh_hans", "zh_hant")
    assert [(row["id"], derived) for row, derived in derive_columns(made.records, Options().hant)] == [
        (row["id"], {key: row[key] for key in columns}) for row in made.records["sentences"]
    ]

from __future__ import annotations

from pathlib import Path

from duizhao.annotations.lines import Annotations, Line
from duizhao.records.pipeline import clean_document, ledger, make_records, prepare_documents
from duizhao.sources.folder import find_sources, read_document
from duizhao.text.document import make_document
from duizhao.text.spans import read

RAW = Path(__file__).parents[1] / "raw"

TEXT = "# 灯塔\n\n作者: 林小雨\n\n灯塔**重新**亮起。镇长说：“等了太久。”\n\n![](https://e.org/a.jpg)\n\n大家都来了。\n"


def test_every_character_is_kept_removed_or_markup_and_nothing_else() -> None:
    for zh, en in find_sources(RAW):
        for document in (read_document(zh), read_document(en) if en else None):
            if document:
                rows = ledger(clean_document(document))
                assert "".join(row["text"] for row in rows) == document.text
                assert all(row["raw_end"] - row["raw_start"] == len(row["text"]) for row in rows)


def test_no_documents_make_no_records() -> None:
    assert prepare_documents([], [], Annotations()) == []


def test_kept_blocks_are_the_spans_of_sentences() -> None:
    records = make_records(make_document("a", TEXT), None, Annotations())
    kept = [(row["raw_start"], row["raw_end"]) for row in records["blocks"] if row["label"] == "keep"]
    assert kept == [tuple(span) for row in records["sentences"] for span in row["raw_spans"]]
    assert [read(TEXT, [tuple(span) for span in row["raw_spans"]]) for row in records["sentences"]] == [
        row["zh_hans"] for row in records["sentences"]
    ]


def test_ids_come_from_the_source_file_not_from_counting() -> None:
    records = make_records(make_document("a", TEXT), None, Annotations())
    for row in records["sentences"]:
        assert row["id"] == f"a:s{row['raw_spans'][0][0]:05d}"


def test_without_english_each_sentence_is_a_row_and_en_is_null() -> None:
    rows = make_records(make_document("a", TEXT), None, Annotations())["sentences"]
    assert {row["bead"] for row in rows} == {"1-0"}
    assert all(row["en"] is None and row["score"] is None and row["en_spans"] == [] for row in rows)


def test_a_traditional_source_too_short_to_show_damage_is_kept_as_it_was_written() -> None:
    rows = make_records(make_document("a", "果園豐收\n\n果農隻用瞭三個月。\n"), None, Annotations())[
        "sentences"
    ]
    assert [(row["zh_hans"], row["zh_hant"]) for row in rows] == [
        ("果园丰收", "果園豐收"),
        ("果农只用了三个月。", "果農隻用瞭三個月。"),
    ]


def test_a_correction_changes_the_traditional_column_only_there() -> None:
    text = "题目\n\n公司背负梦想。他背负行李。\n"
    row = {
        "article_id": "a",
        "start": 6,
        "end": 8,
        "surface": "背负",
        "engine": "揹負",
        "right": "背負",
        "reason": "-",
    }
    rows = make_records(make_document("a", text), None, Annotations(script=[Line("script.jsonl:1", row)]))[
        "sentences"
    ]
    assert rows[1]["zh_hant"] == "公司背負夢想。"
    assert rows[1]["zh_hans"] == "公司背负梦想。"


def test_beads_fixed_by_hand_make_the_rows_with_score_one() -> None:
    zh = make_document("a", "题目\n\n第一句。第二句。\n")
    en = make_document("a", "# Title\n\nOne and two. Three.\n", "en", "en/a.md")
    side = clean_document(en)
    starts = [sentence.spans[0][0] for sentence in side.sentences]
    rows_by_hand = [([0], [starts[0]]), ([4, 8], [starts[1]]), ([], [starts[2]])]
    hand = [
        Line("beads.jsonl:1", {"article_id": "a", "zh": left, "en": right}) for left, right in rows_by_hand
    ]
    rows = make_records(zh, en, Annotations(beads=hand))["sentences"]
    assert [(row["bead"], row["zh_hans"], row["en"], row["score"]) for row in rows] == [
        ("1-1", "题目", "Title", 1.0),
        ("2-1", "第一句。第二句。", "One and two.", 1.0),
        ("0-1", None, "Three.", 1.0),
    ]
    assert rows[2]["id"] == f"a:e{starts[2]:05d}"


def test_the_article_row_sums_its_ledger_and_joins_its_paragraphs() -> None:
    [article] = make_records(make_document("a", TEXT), None, Annotations())["articles"]
    chars = article["chars"]
    assert chars["raw"] == len(TEXT) == chars["kept"] + chars["removed"] + chars["markup"]
    assert article["title"]["zh_hans"] == "灯塔"
    assert article["text"]["zh_hans"] == "灯塔\n\n灯塔重新亮起。镇长说：“等了太久。”\n\n大家都来了。"
    assert article["byline"] == "林小雨"


def test_an_article_of_nothing_but_boilerplate_has_no_sentences() -> None:
    records = make_records(
        make_document("a", "![](https://e.org/a.jpg)\n\n![](https://e.org/b.jpg)\n"), None, Annotations()
    )
    assert records["sentences"] == []
    assert records["articles"][0]["chars"]["kept"] == 0


def test_a_paragraph_of_two_quotations_is_no_quote() -> None:
    text = "题目\n\n“今天下雨。”\n\n“今天下雨。”他说，“明天也下。”\n"
    rows = make_records(make_document("a", text), None, Annotations())["sentences"]
    assert [row["role"] for row in rows if row["paragraph"] == 1] == ["quote"]
    assert {row["role"] for row in rows if row["paragraph"] == 2} == {"body"}

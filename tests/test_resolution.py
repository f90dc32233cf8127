from __future__ import annotations

from typing import Any

import pytest

from duizhao.annotations.lines import Annotations, Line
from duizhao.annotations.resolution import resolve
from duizhao.records.checks import check_mentions
from duizhao.records.pipeline import make_records
from duizhao.text.document import make_document

ZH = "题目\n\n**王立**带着从城里来的工人们住在海边，两年以后和 Sam\nAltman 在1931年建了灯塔。灯塔很高。\n"
EN = "# Title\n\nWang Li and Sam Altman built the lighthouse in 1931. It is tall.\n"
TEXTS = {("a", "zh"): ZH, ("a", "en"): EN}


@pytest.fixture
def sentences() -> list[dict[str, Any]]:
    records = make_records(
        make_document("a", ZH, name="a.md"), make_document("a", EN, "en", "en/a.md"), Annotations()
    )
    return records["sentences"]


def entity(id: str) -> Line:
    names = {"zh_hans": ["名"], "zh_hant": ["名"], "en": ["Name"]}
    row = {
        "id": id,
        "type": "person",
        "names": names,
        "wikidata": None,
        "description": {"zh_hans": "人。", "en": "A person."},
    }
    return Line("entities.jsonl:1", row)


def mention(file: str, surface: str, raw: str, entity_id: str = "wang-li") -> Line:
    text = TEXTS["a", file]
    start = text.index(raw)
    row = {
        "article_id": "a",
        "file": file,
        "start": start,
        "end": start + len(raw),
        "surface": surface,
        "entity_id": entity_id,
    }
    return Line("mentions.jsonl:1", row)


def test_a_mention_in_the_chinese_file_is_released_for_both_scripts(sentences: list[dict[str, Any]]) -> None:
    lines = {
        "entities": [entity("wang-li")],
        "mentions": [mention("zh", "灯塔", "灯塔。"[:2]), mention("en", "Wang Li", "Wang Li")],
    }
    records, findings = resolve(Annotations(configs=lines), sentences, TEXTS)
    assert findings == []
    assert [(row["language"], row["surface"]) for row in records["mentions"]] == [
        ("en", "Wang Li"), ("zh-Hans", "灯塔"), ("zh-Hant", "燈塔"),
    ]  # fmt: skip
    for row in records["mentions"]:
        assert row["text"][row["start"] : row["end"]] == row["surface"]


def test_a_name_broken_by_a_line_wrap_reads_with_a_space(sentences: list[dict[str, Any]]) -> None:
    lines = {"entities": [entity("sam")], "mentions": [mention("zh", "Sam\nAltman", "Sam\nAltman", "sam")]}
    records, findings = resolve(Annotations(configs=lines), sentences, TEXTS)
    assert findings == []
    assert records["mentions"][0]["surface"].split() == ["Sam", "Altman"]


def test_a_stale_anchor_says_where_the_text_has_probably_gone(sentences: list[dict[str, Any]]) -> None:
    line = mention("zh", "王立", "王立")
    moved = Line(line.place, {**line.row, "start": 0, "end": 2})
    records, findings = resolve(
        Annotations(configs={"entities": [entity("wang-li")], "mentions": [moved]}), sentences, TEXTS
    )
    assert records == {}
    assert [(finding.id, finding.record) for finding in findings] == [("stale-anchor", "mentions.jsonl:1")]
    assert "it stands at 6 now" in findings[0].message


def test_evidence_carries_the_sentences_text(sentences: list[dict[str, Any]]) -> None:
    start = ZH.index("灯塔很高")
    event = {
        "id": "built", "start": "1931", "end": None, "precision": "year", "timezone": None,
        "title": {"zh_hans": "建灯塔", "zh_hant": "建燈塔", "en": "Built"}, "participants": ["wang-li"],
        "evidence": [{"article_id": "a", "start": start, "end": start + 4, "surface": "灯塔很高"}],
    }  # fmt: skip
    lines = {"entities": [entity("wang-li")], "events": [Line("events.jsonl:1", event)]}
    records, findings = resolve(Annotations(configs=lines), sentences, TEXTS)
    assert findings == []
    [evidence] = records["events"][0]["evidence"]
    assert (evidence["zh_hans"], evidence["zh_hant"], evidence["en"]) == (
        "灯塔很高。",
        "燈塔很高。",
        "It is tall.",
    )
    assert evidence["sentence_id"] == f"a:s{start:05d}"


def test_a_mention_that_does_not_stand_in_its_sentence_is_found(sentences: list[dict[str, Any]]) -> None:
    lines = {"entities": [entity("wang-li")], "mentions": [mention("en", "Wang Li", "Wang Li")]}
    records, _ = resolve(Annotations(configs=lines), sentences, TEXTS)
    assert list(check_mentions({"sentences": sentences, "mentions": records["mentions"]})) == []
    records["mentions"][0]["start"] += 1
    assert [
        finding.id for finding in check_mentions({"sentences": sentences, "mentions": records["mentions"]})
    ] == ["mention-text"]

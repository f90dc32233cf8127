"""A person's decisions in place of the model's, and the lines that a person edits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from duizhao.annotations import Annotations, Line, read_decisions
from duizhao.builder import build_release, check_anchors
from duizhao.cleaning import CATEGORIES, Decision, Verdict, as_annotations, decide, judge
from duizhao.errors import DuizhaoError
from duizhao.records import make_records, validate
from duizhao.schema import load_schema
from duizhao.text import Document, find_blocks, make_document

TEXT = "秋天的柿子\n\n那一年的秋天来得很早，院子里的柿子还没有红透。我们家在河的对岸，门口有一条小路。祖母把竹竿找了出来。\n\n相关阅读"


def judged(text: str = TEXT) -> tuple[Document, list[Verdict]]:
    document = make_document("a", text)
    return document, judge(document, find_blocks(document))


def row(
    start: int, end: int, surface: str, label: str = "drop", category: str | None = "follow_call"
) -> dict[str, Any]:
    return {
        "article_id": "a",
        "start": start,
        "end": end,
        "surface": surface,
        "label": label,
        "category": category,
        "why": "-",
    }


def parts(text: str, verdicts: Iterable[Verdict]) -> list[tuple[str, str]]:
    return [(text[verdict.block.start : verdict.block.end], verdict.label) for verdict in verdicts]


def test_decision_cuts_a_block_and_overrides_the_model() -> None:
    document, verdicts = judged()
    start, end = TEXT.index("我们家"), TEXT.index("祖母")
    found = decide(document, verdicts, [Decision(start, end, "drop", "follow_call", "it asks for readers")])
    assert parts(TEXT, found)[1:4] == [
        ("那一年的秋天来得很早，院子里的柿子还没有红透。", "keep"),
        ("我们家在河的对岸，门口有一条小路。", "drop"),
        ("祖母把竹竿找了出来。", "keep"),
    ]
    assert (found[2].category, found[2].reason) == ("follow_call", "a person: it asks for readers")


def test_decision_keeps_what_the_model_drops() -> None:
    document, verdicts = judged()
    assert verdicts[-1].label == "drop"
    found = decide(
        document, verdicts, [Decision(len(TEXT) - 4, len(TEXT), "keep", None, "a poem's last line")]
    )
    assert (found[-1].label, found[-1].category, found[-1].score) == ("keep", None, 0.0)


def test_one_decision_may_cover_several_blocks_and_several_may_cut_one_block() -> None:
    document, verdicts = judged()
    all_of = decide(document, verdicts, [Decision(0, len(TEXT), "drop", "ad", "-")])
    assert [verdict.label for verdict in all_of] == ["drop"] * len(verdicts)
    first, second = TEXT.index("那一年"), TEXT.index("院子里")
    two = [Decision(first, first + 3, "drop", "ad", "-"), Decision(second, second + 3, "drop", "ad", "-")]
    assert [text for text, label in parts(TEXT, decide(document, verdicts, two)) if label == "drop"] == [
        "那一年",
        "院子里",
        "相关阅读",
    ]


def test_part_of_a_block_without_text_is_cut_too() -> None:
    text = f"{TEXT[:-6]}\n\n![图片](a.png)\n\n祖母笑了。"
    document, verdicts = judged(text)
    start = text.index("![")
    found = decide(document, verdicts, [Decision(start, start + 4, "drop", "ad", "-")])
    image = [verdict.block[1:3] for verdict in found if verdict.block.kind == "image"]
    assert image == [(start, start + 4), (start + 4, text.index("\n\n祖母笑"))]


def test_lines_to_edit_are_decisions_that_change_nothing() -> None:
    document, verdicts = judged()
    rows = [json.loads(line) for line in as_annotations(document, verdicts).split("\n")]
    again = decide(document, verdicts, read_decisions(document, [Line("-", row) for row in rows]))
    assert [(v.block, v.label, v.category) for v in again] == [
        (v.block, v.label, v.category) for v in verdicts
    ]


def test_ledger_has_the_reason_of_a_person_for_kept_and_for_dropped_parts() -> None:
    lines = [
        Line("1", row(len(TEXT) - 4, len(TEXT), "相关阅读", "keep", None)),
        Line("2", row(0, 5, "秋天的柿子", "drop", "site_header")),
    ]
    records = make_records(make_document("a", TEXT), None, Annotations(cleaning=lines))
    by_text = {
        block["text"]: (block["label"], block["category"], block["reason"]) for block in records["blocks"]
    }
    assert by_text["相关阅读"] == ("keep", None, "a person: -")
    assert by_text["秋天的柿子"] == ("drop", "site_header", "a person: -")
    assert [finding for finding in validate(records) if finding.id == "label-fields"] == []


@pytest.mark.parametrize(
    ("rows", "id", "message"),
    [
        ([row(0, 2, "冬天")], "stale-correction", "reads '秋天', not '冬天'"),
        ([row(0, 3, "秋天的"), row(2, 5, "的柿子")], "bad-decision", "overlaps"),
        ([row(0, 2, "秋天", "keep", "ad")], "bad-decision", "does not fit label 'keep'"),
        ([row(0, 2, "秋天", "drop", None)], "bad-decision", "does not fit label 'drop'"),
    ],
)
def test_decision_that_does_not_fit_says_why(rows: list[dict[str, Any]], id: str, message: str) -> None:
    with pytest.raises(DuizhaoError, match=message) as told:
        read_decisions(make_document("a", TEXT), [Line("-", row) for row in rows])
    assert told.value.id == id


def test_check_of_annotations_says_where_a_decision_stands_now(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "annotations").mkdir()
    lines = tmp_path / "annotations" / "cleaning.jsonl"
    lines.write_text(
        json.dumps(row(len(TEXT) - 4, len(TEXT), "相关阅读", "keep", None)) + "\n", encoding="utf-8"
    )
    assert check_anchors(raw) == []
    built = build_release(raw, tmp_path / "release", topic=False)
    assert built.records["sentences"][-1]["zh_hans"] == "相关阅读"
    (raw / "a.txt").write_text("新的一行。\n\n" + TEXT, encoding="utf-8")
    (finding,) = check_anchors(raw)
    assert (finding.id, finding.record) == ("stale-anchor", f"{lines}:1")
    assert f"it stands at {len(TEXT) + 3} now" in finding.message
    with pytest.raises(DuizhaoError, match="anchor the decision anew"):
        build_release(raw, tmp_path / "release", topic=False)


def test_schema_knows_the_categories_of_the_cleaner() -> None:
    schema = load_schema("annotations/cleaning")
    assert set(schema["properties"]["category"]["enum"]) == {None, *CATEGORIES}
    assert {*CATEGORIES, None} <= set(load_schema("blocks")["properties"]["category"]["enum"])

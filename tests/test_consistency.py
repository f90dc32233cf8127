"""What a release states twice says the same: forgeries of one field that the release alone can show."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

import readings
from duizhao.dates import is_real_date
from duizhao.records import validate

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def released() -> Rows:
    return readings.released()


@pytest.fixture
def records(released: Rows) -> Rows:
    return {config: [copy.deepcopy(row) for row in rows] for config, rows in released.items()}


def put(config: str, number: int, field: str, value: Any) -> Callable[[Rows], None]:
    def forge(records: Rows) -> None:
        row: Any = records[config][number]
        *path, last = field.split(".")
        for part in path:
            row = row[int(part) if part.isdecimal() else part]
        row[last] = value

    return forge


def swap(config: str, one: int, two: int, *fields: str) -> Callable[[Rows], None]:
    def forge(records: Rows) -> None:
        rows = records[config]
        for field in fields or rows[one]:
            rows[one][field], rows[two][field] = rows[two][field], rows[one][field]

    return forge


def both(one: Callable[[Rows], None], two: Callable[[Rows], None]) -> Callable[[Rows], None]:
    def forge(records: Rows) -> None:
        one(records)
        two(records)

    return forge


def drop(category: str, reason: str, score: float) -> Callable[[Rows], None]:
    """Make the first piece of markup a removed block."""

    def forge(records: Rows) -> None:
        row = next(row for row in records["blocks"] if row["label"] == "markup")
        row.update(label="drop", category=category, reason=reason, score=score)

    return forge


def take_english(but: str) -> Callable[[Rows], None]:
    """Say that the article has no English file, and leave one field as it was."""

    def forge(records: Rows) -> None:
        article = records["articles"][0]
        article["en_path"] = None
        for field in {"en_sha256", "text.en", "title.en"} - {but}:
            put("articles", 0, field, None)(records)

    return forge


FORGERIES = {
    "article text": (put("articles", 0, "text.zh_hans", "别的文字"), "article-text"),
    "article text in Traditional": (put("articles", 0, "text.zh_hant", "別的"), "article-text"),
    "article text in English": (put("articles", 0, "text.en", "Another text."), "article-text"),
    "article title": (put("articles", 0, "title.zh_hans", "别的"), "article-text"),
    "article title in Traditional": (put("articles", 0, "title.zh_hant", "別的題目"), "article-text"),
    "published on no day": (put("articles", 0, "published", "9999-99-99"), "impossible-date"),
    "published at no hour": (put("articles", 0, "published", "2023-11-20T25:00"), "impossible-date"),
    "zh_hans": (put("sentences", 1, "zh_hans", "别的文字。"), "span-text"),
    "en": (put("sentences", 1, "en", "Another text."), "span-text"),
    "a bead that cannot be": (put("sentences", 0, "bead", "9-9"), "impossible-bead"),
    "a bead of nothing": (put("sentences", 0, "bead", "0-1"), "impossible-bead"),
    "no score": (put("sentences", 0, "score", None), "impossible-bead"),
    "zh_hant gone": (put("sentences", 0, "zh_hant", None), "impossible-bead"),
    "role title given": (put("sentences", 1, "role", "title"), "article-text"),
    "role title taken": (put("sentences", 0, "role", "body"), "article-text"),
    "position twice": (put("sentences", 1, "position", 0), "wrong-position"),
    "paragraph": (put("sentences", 1, "paragraph", 999), "wrong-paragraph"),
    "sentence id": (put("sentences", 1, "id", "a:s00099"), "wrong-id"),
    "English swapped with its spans": (swap("sentences", 1, 2, "en", "en_spans"), "wrong-order"),
    "rows swapped": (swap("sentences", 1, 2), "wrong-position"),
    "rows swapped, with new positions": (
        both(swap("sentences", 1, 2), swap("sentences", 1, 2, "position")),
        "wrong-order",
    ),
    "sentence deleted": (lambda records: records.update(sentences=[row for n,
    row in enumerate(records["sentences"]) if n != 1]), "kept-not-covered"),
    "block id": (put("blocks", 1, "id", "a:zh:00099"), "wrong-id"),
    "block position": (put("blocks", 1, "position", 7), "wrong-position"),
    "block paragraph": (lambda records: put("blocks", kept(records), "paragraph", 99)(records),
    "wrong-paragraph"),
    "block category": (lambda records: put("blocks", kept(records), "category", "ad")(records),
    "label-fields"),
    "block reason": (lambda records: put("blocks", kept(records), "reason", "because")(records),
    "label-fields"),
    "block score gone": (lambda records: put("blocks", kept(records), "score", None)(records),
    "label-fields"),
    "a reason that no build gives": (drop("image", "because", 1.0), "label-fields"),
    "another category than the reason says": (drop("ad", "form: image", 1.0), "label-fields"),
    "another score than the reason says": (drop("image", "form: image", 0.9), "label-fields"),
    "another score than a person gives": (drop("ad", "a person: an advertisement", 0.9), "label-fields"),
    "a speaker outside an interview": (put("sentences", 1, "speaker", "王力"), "label-fields"),
    "a turn without a speaker": (put("sentences", 3, "role", "answer"), "label-fields"),
    "another role in a paragraph": (put("sentences", 2, "role", "quote"), "label-fields"),
    "the hash of no English file": (take_english("en_sha256"), "article-text"),
    "the text of no English file": (take_english("text.en"), "article-text"),
    "the title of no English file": (take_english("title.en"), "article-text"),
    "English title": (put("articles", 0, "title.en", "Another Title"), "article-text"),
    "English title that goes on": (put("articles", 0, "title.en", "Lighthouse of Dongjia"), "article-text"),
    "English title that begins earlier": (put("articles", 0, "title.en", "The Lighthouse"), "article-text"),
    "precision": (put("events", 0, "precision", "minute"), "impossible-date"),
    "question's article": (put("questions", 0, "article_ids", ["b"]), "evidence-text"),
    "block label": (lambda records: put("blocks", kept(records), "label", "markup")(records), "label-fields"),
    "mention surface": (put("mentions", 0, "surface", "王力"), "mention-text"),
    "mention id": (put("mentions", 0, "id", "a:s00002:zh_hans:0009"), "wrong-id"),
    "mention language": (put("mentions", 0, "language", "en"), "mention-text"),
    "event on no day": (put("events", 0, "start", "2024-02-30"), "impossible-date"),
    "event ends before it starts": (put("events", 0, "end", "2023-01-01"), "event-ends-first"),
    "event's evidence text": (put("events", 0, "evidence.0.zh_hans", "别的文字。"), "evidence-text"),
    "event's evidence in English": (put("events", 0, "evidence.0.en", "Another."), "evidence-text"),
    "event's evidence id": (put("events", 0, "evidence.0.sentence_id", "a:s00099"), "dangling-reference"),
    "question's evidence id": (put("questions", 0, "evidence.0.sentence_id", "a:s00099"),
    "dangling-reference"),
    "question's evidence text": (put("questions", 0, "evidence.0.zh_hant", "別的"), "evidence-text"),
    "claim's premise": (put("claims", 0, "premise.zh_hans", "别的文字。"), "statement-text"),
    "claim's hypothesis": (put("claims", 0, "hypothesis.zh_hant", "別的文字。"), "statement-text"),
    "claim's sentence": (put("claims", 0, "premise_id", "a:s00002"), "statement-text"),
}  # fmt: skip


def kept(records: Rows) -> int:
    return next(number for number, row in enumerate(records["blocks"]) if row["label"] == "keep")


def test_what_a_build_makes_is_consistent(records: Rows) -> None:
    assert [finding for finding in validate(records) if finding.level != 4] == []
    assert len(records) == 8


@pytest.mark.parametrize(
    ("category", "reason", "score"),
    [
        ("image", "form: image", 1.0),
        ("ad", "form: cue 广告 · place: tail after the change point", 0.7),
        ("ad", "a person: an advertisement", 1.0),
        ("left_out", "role: table is left out (--roles)", 0.1),
        ("left_out", "min-score: score 0.100 is below --min-score 0.5", 0.1),
    ],
)
def test_a_reason_of_a_build_is_no_finding(category: str, reason: str, score: float, records: Rows) -> None:
    drop(category, reason, score)(records)
    assert "label-fields" not in {finding.id for finding in validate(records)}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_field_is_named(name: str, records: Rows) -> None:
    forge, expected = FORGERIES[name]
    forge(records)
    found = {finding.id for finding in validate(records) if finding.level != 4}
    assert expected in found


def test_every_change_of_a_value_has_the_findings_that_its_line_says(released: Rows) -> None:
    told = readings.lines_of("forged")
    found = [(change, readings.forge(released, change)) for change, _ in told]
    assert [one for one, other in zip(found, told, strict=True) if one != other] == []


@pytest.mark.parametrize(
    "text",
    [
        "2023",
        "2023-11",
        "2024-02-29",
        "2023-11-20T11:33",
        "2023-11-20T11:33:36Z",
        "2023-11-20T23:59:59+08:00",
    ],
)
def test_a_date_that_can_be(text: str) -> None:
    assert is_real_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000",
        "2023-13",
        "2023-00-01",
        "2023-02-29",
        "2023-11-31",
        "2023-11-20T24:00",
        "2023-11-20T11:60",
        "2023-11-20T11:33:36+25:00",
        "2023-11-20 ",
        "２０２３",
    ],
)
def test_a_date_that_cannot_be(text: str) -> None:
    assert not is_real_date(text)


def test_spans_beyond_the_file_are_findings_also_where_blocks_and_rows_agree(records: Rows) -> None:
    block = next(
        row for row in reversed(records["blocks"]) if row["language"] == "zh" and row["label"] == "keep"
    )
    row = next(
        row
        for row in records["sentences"]
        if row["raw_spans"][-1:] == [[block["raw_start"], block["raw_end"]]]
    )
    block["raw_end"] = 9999
    row["raw_spans"][-1][1] = 9999
    assert {"bad-span", "ledger-gap"} <= {finding.id for finding in validate(records)}

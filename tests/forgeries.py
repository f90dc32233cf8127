"""Forgeries: one field of a release changed, as somebody who wants to deceive would change it.

``FORGERIES`` are the 38 changes that a reviewer tried. Each takes the rows of a release and changes them.
They work on any release that has all eight configs, two articles and a removed block.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
Forge = Callable[[Rows], object]


def first(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    """The first row that has these values; True stands for anything that is not empty."""
    return next(
        row
        for row in rows
        if all(row[key] == value or (value is True and row[key]) for key, value in wanted.items())
    )


def put(config: str, field: str, value: Any, **wanted: Any) -> Forge:
    """Put a value into a field of the first row that has the wanted values."""

    def forge(records: Rows) -> None:
        row: Any = first(records[config], **wanted)
        *path, last = field.split(".")
        for part in path:
            row = row[int(part)] if part.isdecimal() else row[part]
        row[last] = value(row[last]) if callable(value) else value

    return forge


def swap_english(records: Rows) -> None:
    one, two = [row for row in records["sentences"] if row["bead"] == "1-1"][:2]
    one["en"], two["en"] = two["en"], one["en"]


def swap_rows(records: Rows) -> None:
    rows = records["sentences"]
    rows[1], rows[2] = rows[2], rows[1]


def other_start(id: str) -> str:
    return f"{id[:-5]}{int(id[-5:]) + 1:05d}"


def other_character(text: str) -> str:
    """The text with its last Chinese character replaced by another that is the same in both scripts."""
    at = max(place for place, character in enumerate(text) if "一" <= character <= "鿿")
    return text[:at] + ("山" if text[at] != "山" else "水") + text[at + 1 :]


def flip_script(tag: str) -> str:
    return "zh-Hant" if tag == "zh-Hans" else "zh-Hans"


FORGERIES: dict[str, Forge] = {
    "article text replaced": put("articles", "text.zh_hans", "别的文字"),
    "article title replaced": put("articles", "title.zh_hans", "别的题目"),
    "article publisher replaced": put("articles", "publisher", "别的报社"),
    "article raw_path replaced": put("articles", "raw_path", "zh/other.txt"),
    "article published 9999-99-99": put("articles", "published", "9999-99-99"),
    "source_script flipped": put("articles", "source_script", flip_script),
    "zh_hant one char replaced": put("sentences", "zh_hant", other_character, zh_hant=True, role="body"),
    "zh_hans one char replaced": put("sentences", "zh_hans", other_character, zh_hans=True, role="body"),
    "en one char replaced": put("sentences", "en", lambda text: text[:-1] + "!", en=True),
    "bead 9-9": put("sentences", "bead", "9-9"),
    "score 0.5": put("sentences", "score", lambda score: 0.5 if score != 0.5 else 0.6, en=True),
    "role": put("sentences", "role", "quote", role="body"),
    "speaker": put("sentences", "speaker", "别人"),
    "position 0 twice": put("sentences", "position", 0, position=1),
    "paragraph 999": put("sentences", "paragraph", 999),
    "sentence id other start": put("sentences", "id", other_start),
    "two rows' English swapped": swap_english,
    "two rows' order swapped": swap_rows,
    "sentence deleted": lambda records: records["sentences"].pop(1),
    "block category": put("blocks", "category", lambda old: "ad" if old != "ad" else "related", label="drop"),
    "block score": put("blocks", "score", lambda score: round(score / 2, 3), label="drop"),
    "block reason": put("blocks", "reason", "because", label="drop"),
    "block paragraph": put("blocks", "paragraph", 998, label="keep"),
    "block drop -> markup": put("blocks", "label", "markup", label="drop"),
    "mention surface span": put("mentions", "start", lambda start: start + 1),
    "mention language": put("mentions", "language", "en", language="zh-Hans"),
    "entity name": put("entities", "names.en", ["Somebody Else"]),
    "event date": put("events", "start", "2021-03-04"),
    "event ends before start": put("events", "end", "1900-01-01"),
    "event evidence text": put("events", "evidence.0.zh_hans", "别的文字。"),
    "claim label": put("claims", "label", lambda old: "entailment" if old != "entailment" else "neutral"),
    "claim premise text": put("claims", "premise.zh_hans", "别的文字。"),
    "question answer": put("questions", "answer", lambda answer: (answer + 1) % 4),
    "question answer 99": put("questions", "answer", 99),
    "question evidence id unknown": put("questions", "evidence.0.sentence_id", "nowhere:s00001"),
    "event evidence id unknown": put("events", "evidence.0.sentence_id", "nowhere:s00001"),
    "claims deleted": lambda records: records["claims"].clear(),
    "event deleted": lambda records: records["events"].pop(0),
}

NOT_ALONE = {
    "article publisher replaced", "article raw_path replaced", "score 0.5", "block category", "block score",
    "entity name",
     "event date", "claim label", "question answer", "claims deleted", "event deleted",
}  # fmt: skip
"""What the rows of a release cannot show: each of these is told once only, or by a person."""


class _CopiedWhenUsed(dict[str, list[dict[str, Any]]]):
    """Rows of which those that are asked for are copied first: the copy of a whole release takes long."""

    def __init__(self, records: Rows) -> None:
        super().__init__(records)
        self._records = records

    def __getitem__(self, config: str) -> list[dict[str, Any]]:
        if super().__getitem__(config) is self._records[config]:
            self[config] = [copy.deepcopy(row) for row in self._records[config]]
        return super().__getitem__(config)


def forged(records: Rows, name: str) -> Rows:
    """The rows with one forgery; what it does not touch are the same objects."""
    changed = _CopiedWhenUsed(records)
    FORGERIES[name](changed)
    return dict(changed)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every field of a row, inside objects and the first entry of lists too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from leaves(value[0], (*path, "0"))
    else:
        yield path


def another(value: Any) -> Any:
    """Another value of the same type, as near as it gets."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + (0.002 if value < 0.9 else -0.002)
    if isinstance(value, str):
        return value + "x"
    return "x" if value is None else ["x"]

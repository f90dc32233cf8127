"""Annotations: what people added by judgement, read from ``annotations/*.jsonl`` and anchored to the raw text.

An annotation names article, file, span and surface; sentence ids and column offsets are computed at
build. Nothing is re-anchored in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duizhao.alignment import Bead
from duizhao.blocks import Span, positions, read
from duizhao.errors import DuizhaoError
from duizhao.schema import accepter, explain
from duizhao.sentences import Sentence
from duizhao.source import Document


@dataclass(frozen=True, slots=True)
class Correction:
    """What the conversion engine got wrong: ``raw[start:end]`` reads ``surface`` and must become ``right``."""

    article_id: str
    start: int
    end: int
    surface: str
    right: str
    place: str


@dataclass(frozen=True, slots=True)
class HandBead:
    """One bead fixed by hand: raw starts of its Chinese and of its English sentences."""

    article_id: str
    zh: tuple[int, ...]
    en: tuple[int, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """All annotations of a build, by article where they belong to one."""

    corrections: Mapping[str, Sequence[Correction]] = field(default_factory=dict)
    beads: Mapping[str, Sequence[HandBead]] = field(default_factory=dict)
    acknowledged: Mapping[tuple[str, str], str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)


def read_annotations(folder: Path | None) -> Annotations:
    """Annotations of a folder; none where it is not there. Raises DuizhaoError with file and line."""
    if folder is None or not folder.is_dir():
        return Annotations()
    corrections: dict[str, list[Correction]] = {}
    for place, row in _rows(folder / "script.jsonl", "script"):
        corrections.setdefault(row["article_id"], []).append(
            Correction(row["article_id"], row["start"], row["end"], row["surface"], row["right"], place)
        )
    beads: dict[str, list[HandBead]] = {}
    for place, row in _rows(folder / "beads.jsonl", "beads"):
        beads.setdefault(row["article_id"], []).append(HandBead(row["article_id"], tuple(row["zh"]), tuple(row["en"]), place))
    acknowledged = {(row["finding"], row["record"]): row["reason"] for _, row in _rows(folder / "acknowledged.jsonl", "acknowledged")}
    return Annotations(corrections, beads, acknowledged)


def check_articles(annotations: Annotations, known: set[str]) -> None:
    """Raises DuizhaoError ``unknown-article`` for an annotation of an article that is not there."""
    rows: list[Correction | HandBead] = [row for group in annotations.corrections.values() for row in group]
    rows += [row for group in annotations.beads.values() for row in group]
    for row in rows:
        if row.article_id not in known:
            allowed = ", ".join(sorted(known))
            raise DuizhaoError("unknown-article", f"{row.place}: no article {row.article_id!r}; known: {allowed}")


def check_corrections(document: Document, corrections: Sequence[Correction]) -> None:
    """Raises DuizhaoError ``stale-correction`` where a span does not read as its surface."""
    for correction in corrections:
        there = document.text[correction.start : correction.end]
        if there != correction.surface or len(correction.right) != len(correction.surface):
            raise DuizhaoError(
                "stale-correction",
                f"{correction.place}: {document.name}[{correction.start}:{correction.end}] reads {there!r}, "
                f"not {correction.surface!r}; anchor the correction anew, with a right form as long as its surface",
            )


def apply_corrections(raw: str, spans: Sequence[Span], converted: str, corrections: Sequence[Correction]) -> str:
    """``converted`` (of ``read(raw, spans)``, of the same length) with the corrections inside its spans."""
    inside = [c for c in corrections if any(start <= c.start and c.end <= end for start, end in spans)]
    if not inside:
        return converted
    places = positions(raw, spans)
    if len(places) != len(converted):
        raise DuizhaoError(
            "correction-not-applicable",
            f"{inside[0].place}: the conversion of {read(raw, spans)!r} changes its length; correct another way",
        )
    characters = list(converted)
    offsets = {place: offset for offset, place in enumerate(places)}
    for correction in inside:
        for index, right in enumerate(correction.right):
            characters[offsets[correction.start + index]] = right
    return "".join(characters)


def resolve_beads(hand: Sequence[HandBead], zh: Sequence[Sentence], en: Sequence[Sentence]) -> list[Bead]:
    """Beads fixed by hand as indices of sentences, score 1.

    Raises DuizhaoError ``stale-bead`` where an anchor starts no sentence, or a sentence is in no bead or in two.
    """
    sides = [{sentence.spans[0][0]: i for i, sentence in enumerate(side)} for side in (zh, en)]
    beads: list[Bead] = []
    expected = [0, 0]
    for row in hand:
        found = []
        for number, (starts, index) in enumerate(zip((row.zh, row.en), sides, strict=True)):
            indices = tuple(index.get(start, -1) for start in starts)
            if indices != tuple(range(expected[number], expected[number] + len(starts))):
                language = ("zh", "en")[number]
                side = (zh, en)[number]
                wanted = side[expected[number]].spans[0][0] if expected[number] < len(side) else "the end"
                raise DuizhaoError(
                    "stale-bead",
                    f"{row.place}: {row.article_id}: {language} starts {list(starts)} do not follow; the next sentence starts at {wanted}",
                )
            expected[number] += len(starts)
            found.append(indices)
        beads.append(Bead(found[0], found[1], 1.0))
    if hand and expected != [len(zh), len(en)]:
        raise DuizhaoError("stale-bead", f"{hand[-1].place}: {hand[-1].article_id}: the beads end before the text does")
    return beads


def _rows(path: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Lines of a JSON Lines file that its schema accepts, each with its place for messages."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.as_posix()}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DuizhaoError("bad-annotation", f"{place}: not valid JSON (at column {error.colno})") from None
        if not accepter(kind).is_valid(row):
            field_name, message = explain(kind, row)[0]
            raise DuizhaoError("bad-annotation", f"{place}: {field_name}: {message}")
        yield place, row

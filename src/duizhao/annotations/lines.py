"""Annotations: what people added by judgement, read from ``annotations/*.jsonl`` and anchored to the raw text.

An annotation names article, file, span and surface; sentence ids and column offsets are computed at
build (``resolution``). Nothing is re-anchored in silence: `locate` only says where a text has probably gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duizhao.alignment import Bead
from duizhao.errors import DuizhaoError
from duizhao.schema import accepter, explain
from duizhao.text import Document, Sentence, Span, read

KINDS = ("entities", "mentions", "events", "claims", "questions")
"""Annotation files that become configs."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an annotation file: its place, ``file:line``, and what stands there."""

    place: str
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A span of one of an article's files (``zh`` or ``en``) and what it must read."""

    article_id: str
    file: str
    start: int
    end: int
    surface: str
    place: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """All annotations of a build, as their schemas accepted them."""

    script: Sequence[Line] = ()
    beads: Sequence[Line] = ()
    acknowledged: Mapping[tuple[str, str], str] = field(default_factory=dict)
    configs: Mapping[str, Sequence[Line]] = field(default_factory=dict)

    def of(self, kind: str, article_id: str) -> list[Line]:
        """Lines of ``script`` or ``beads`` that belong to an article."""
        lines: Sequence[Line] = self.script if kind == "script" else self.beads
        return [line for line in lines if line.row["article_id"] == article_id]


def read_annotations(folder: Path | None) -> Annotations:
    """Annotations of a folder; none where it is not there. Raises DuizhaoError with file and line."""
    if folder is None or not folder.is_dir():
        return Annotations()
    acknowledged = list(_lines(folder / "acknowledged.jsonl"))
    configs = {kind: tuple(_lines(folder / f"{kind}.jsonl")) for kind in KINDS}
    return Annotations(
        script=tuple(_lines(folder / "script.jsonl")),
        beads=tuple(_lines(folder / "beads.jsonl")),
        acknowledged={(line.row["finding"], line.row["record"]): line.row["reason"] for line in acknowledged},
        configs={kind: lines for kind, lines in configs.items() if lines},
    )


def anchors(annotations: Annotations) -> Iterator[Anchor]:
    """Every anchor of every annotation, in the files' order."""
    for line in annotations.script:
        yield _anchor(line.row, "zh", line.place)
    for kind, lines in annotations.configs.items():
        for line in lines:
            if kind == "mentions":
                yield _anchor(line.row, line.row["file"], line.place)
            for part in line.row.get("evidence", ()):
                yield _anchor(part, "zh", line.place)
            for part in (line.row["premise"], line.row["hypothesis"]) if kind == "claims" else ():
                yield from statement_anchors(part, line.place)


def statement_anchors(part: Mapping[str, Any], place: str) -> tuple[Anchor, Anchor]:
    """The Chinese and the English anchor of a claim's statement."""
    return _anchor(part, "zh", place), _anchor({**part["en"], "article_id": part["article_id"]}, "en", place)


def holds(anchor: Anchor, text: str, spans: Sequence[Span] = ()) -> bool:
    """Whether an anchor's span reads as its surface; ``spans`` are the text's kept ones, for markup in between."""
    there = text[anchor.start : anchor.end]
    inside = [
        (max(a, anchor.start), min(b, anchor.end)) for a, b in spans if a < anchor.end and b > anchor.start
    ]
    return anchor.surface in (there, read(text, inside))


def locate(anchor: Anchor, text: str) -> int | None:
    """Where an anchor's surface stands now, nearest to where it stood; None where it is nowhere."""
    after = text.find(anchor.surface, anchor.start)
    before = text.rfind(anchor.surface, 0, anchor.start + len(anchor.surface))
    return min(
        (place for place in (after, before) if place >= 0),
        key=lambda place: abs(place - anchor.start),
        default=None,
    )


def check_articles(annotations: Annotations, known: set[str]) -> None:
    """Raises DuizhaoError ``unknown-article`` for an annotation of an article that is not there."""
    named = [(line.row["article_id"], line.place) for line in annotations.beads]
    named += [(anchor.article_id, anchor.place) for anchor in anchors(annotations)]
    for article_id, place in named:
        if article_id not in known:
            raise DuizhaoError(
                "unknown-article", f"{place}: no article {article_id!r}; known: {', '.join(sorted(known))}"
            )


def check_corrections(document: Document, lines: Sequence[Line]) -> None:
    """Raises DuizhaoError ``stale-correction`` where a span does not read as its surface."""
    for line in lines:
        row = line.row
        there = document.text[row["start"] : row["end"]]
        if there != row["surface"] or len(row["right"]) != len(row["surface"]):
            raise DuizhaoError(
                "stale-correction",
                f"{line.place}: {document.name}[{row['start']}:{row['end']}] reads {there!r}, not {row['surface']!r}; "
                "anchor the correction anew, with a right form as long as its surface",
            )


def resolve_beads(lines: Sequence[Line], zh: Sequence[Sentence], en: Sequence[Sentence]) -> list[Bead]:
    """Beads fixed by hand as indices of sentences, score 1.

    Raises DuizhaoError ``stale-bead`` where starts are not those of the sentences that follow, or some are left over.
    """
    starts = {
        "zh": [sentence.spans[0][0] for sentence in zh],
        "en": [sentence.spans[0][0] for sentence in en],
    }
    done = {"zh": 0, "en": 0}
    beads = []
    for line in lines:
        found = {}
        for side in ("zh", "en"):
            first, wanted = done[side], list(line.row[side])
            if starts[side][first : first + len(wanted)] != wanted:
                following = starts[side][first] if first < len(starts[side]) else "nothing"
                raise DuizhaoError(
                    "stale-bead",
                    f"{line.place}: {line.row['article_id']}: {side} starts {wanted} do not follow; "
                    f"the next sentence starts at {following}",
                )
            found[side] = tuple(range(first, first + len(wanted)))
            done[side] += len(wanted)
        beads.append(Bead(found["zh"], found["en"], 1.0))
    if lines and (done["zh"] < len(zh) or done["en"] < len(en)):
        raise DuizhaoError(
            "stale-bead",
            f"{lines[-1].place}: {lines[-1].row['article_id']}: the beads end before the text does",
        )
    return beads


def _anchor(row: Mapping[str, Any], file: str, place: str) -> Anchor:
    return Anchor(row["article_id"], file, row["start"], row["end"], row["surface"], place)


def _lines(path: Path) -> Iterator[Line]:
    """Lines of a JSON Lines file that the schema of its name accepts."""
    if not path.is_file():
        return
    kind = f"annotations/{path.stem}"
    for number, text in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not text:
            continue
        place = f"{path.as_posix()}:{number}"
        try:
            row = json.loads(text)
        except json.JSONDecodeError as error:
            raise DuizhaoError(
                "bad-annotation", f"{place}: not valid JSON (at column {error.colno})"
            ) from None
        if not accepter(kind).is_valid(row):
            field_name, message = explain(kind, row)[0]
            raise DuizhaoError("bad-annotation", f"{place}: {field_name}: {message}")
        yield Line(place, row)

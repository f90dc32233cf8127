"""Decisions: what a person decides on a part of a document overrides the model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duizhao.cleaning.verdicts import Verdict
from duizhao.text import Document, cut, trim

PERSON = "a person: "
"""The beginning of the reason of a person's decision."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision on ``[start, end)`` of a document's text, in code points.

    ``label`` is ``keep`` or ``drop``; ``category`` is one of CATEGORIES if the part is dropped, else None.
    """

    start: int
    end: int
    label: str
    category: str | None
    why: str


def decide(document: Document, verdicts: Sequence[Verdict], decisions: Sequence[Decision]) -> list[Verdict]:
    """Return the verdicts with a person's decisions in place of the model's.

    ``decisions`` are in order and do not overlap. A block that a decision covers in part is cut there.
    """
    found: list[Verdict] = []
    first = 0
    for verdict in verdicts:
        start, end = verdict.block.start, verdict.block.end
        while first < len(decisions) and decisions[first].end <= start:
            first += 1
        place, index = start, first
        while index < len(decisions) and decisions[index].start < end:
            one = decisions[index]
            found += _part(document.text, verdict, place, max(place, one.start), None)
            found += _part(document.text, verdict, max(place, one.start), min(end, one.end), one)
            place = min(end, one.end)
            index += 1
        found += _part(document.text, verdict, place, end, None)
    return found


def _part(raw: str, verdict: Verdict, start: int, end: int, one: Decision | None) -> list[Verdict]:
    """Return the part of a block inside ``[start, end)`` with a person's decision or the model's, or
    nothing.
    """
    block = verdict.block
    if start >= end:
        return []
    if (start, end) != (block.start, block.end):
        spans = trim(raw, cut(block.spans, start, end))
        if block.spans and not spans:
            return []
        opens = not spans or spans[0][0] == block.spans[0][0]
        closes = not spans or spans[-1][1] == block.spans[-1][1]
        block = block._replace(
            start=start if opens else spans[0][0],
            end=end if closes else spans[-1][1],
            spans=spans,
            speaker=block.speaker if opens else None,
            asks=block.asks and opens,
        )
    if one is None:
        return [verdict._replace(block=block)]
    return [Verdict(block, one.label, one.category, PERSON + one.why, float(one.label == "drop"))]


def as_annotations(document: Document, verdicts: Iterable[Verdict], article_id: str | None = None) -> str:
    """Return the verdicts as lines of ``annotations/cleaning.jsonl`` to edit: one for each block that has
    text.

    ``article_id`` is the document's id if it is not given.
    """
    lines = []
    for verdict in verdicts:
        block = verdict.block
        if not block.spans:
            continue
        row = {
            "article_id": article_id or document.id,
            "start": block.start,
            "end": block.end,
            "surface": document.text[block.start : block.end],
            "label": verdict.label,
            "category": verdict.category,
            "why": verdict.reason or "kept by the model",
        }
        lines.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(lines)

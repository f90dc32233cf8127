"""Where the sentences of a row start in their files, as a line of ``annotations/beads.jsonl`` needs it.

A row has the spans of its sentences, but not which span begins a sentence: a sentence with markup inside has
several spans. Where the numbers differ, the paragraph is split again, by the function that the build uses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from duizhao.text import Block, Span, split_block

_SIDES = (("zh", "raw_spans", 0), ("en", "en_spans", 1))
_WHOLE = frozenset(("title", "heading", "table", "code"))
"""Roles whose paragraphs are one sentence each."""


def find_starts(
    sentences: Sequence[Mapping[str, Any]], blocks: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[list[int] | None, list[int] | None]]:
    """Return the starts of the Chinese and English sentences of some rows, by row id, in code points.

    Only rows with more spans than sentences are in the result. A side is None if its starts cannot be found.
    ``sentences`` and ``blocks`` are the rows of these configs.
    """
    doubtful = [
        row for row in sentences if any(len(row[field] or ()) != _number(row, at) for _, field, at in _SIDES)
    ]
    articles = {row["article_id"] for row in doubtful}
    split = _split_paragraphs(
        [row for row in sentences if row["article_id"] in articles],
        [row for row in blocks if row["article_id"] in articles],
    )
    found = {}
    for row in doubtful:
        sides = [
            _starts_of(row, field, _number(row, at), split.get((row["article_id"], language), set()))
            for language, field, at in _SIDES
        ]
        found[row["id"]] = (sides[0], sides[1])
    return found


def _number(row: Mapping[str, Any], side: int) -> int:
    return int(row["bead"].split("-")[side])


def _starts_of(row: Mapping[str, Any], field: str, number: int, known: set[int]) -> list[int] | None:
    starts = [start for start, _ in row[field] or ()]
    if len(starts) != number:
        starts = [start for start in starts if start in known]
    return starts if len(starts) == number else None


def _split_paragraphs(
    sentences: Sequence[Mapping[str, Any]], blocks: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], set[int]]:
    """Return where sentences start in each file, by article id and language."""
    texts: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for block in blocks:
        texts[block["article_id"], block["language"]].append(block)
    roles = {
        (row["article_id"], language, row[field][0][0]): row["role"]
        for row in sentences
        for language, field, _ in _SIDES
        if row[field]
    }
    found = {}
    for (article, language), rows in texts.items():
        raw = "".join(row["text"] for row in sorted(rows, key=lambda row: row["raw_start"]))
        paragraphs: dict[int, list[Span]] = defaultdict(list)
        for row in rows:
            if row["label"] == "keep":
                paragraphs[row.get("paragraph") or 0].append((row["raw_start"], row["raw_end"]))
        starts = set()
        for spans in paragraphs.values():
            whole = roles.get((article, language, spans[0][0])) in _WHOLE
            kind = "title" if whole else "paragraph"
            paragraph = Block(kind, spans[0][0], spans[-1][1], _joined(raw, spans))
            starts |= {sentence[0][0] for sentence in split_block(raw, paragraph, language)}
        found[article, language] = starts
    return found


def _joined(raw: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans of a paragraph with the white space between its sentences, which belongs to none of them."""
    joined = [spans[0]]
    for start, end in spans[1:]:
        gap = raw[joined[-1][1] : start]
        if not gap.strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)

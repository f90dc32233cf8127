"""The evidence for and against each bead, which `aligner` weighs.

The evidence is computed for every bead that can start in a cell of the window's band. All arrays are
``[cells]``. A cell is the point before a Chinese and an English sentence; see `Band`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.band import Band, Positions
from duizhao.alignment.sides import BeadKind, Floats, Side

MAX_SPAN = 6
PAIRED_KINDS: tuple[BeadKind, ...] = (
    *((a, b) for a in range(1, 6) for b in range(1, 6) if a + b <= 7 and min(a, b) <= 3),
    (1, 6),
    (6, 1),
)
KINDS: tuple[BeadKind, ...] = (*PAIRED_KINDS, (1, 0), (0, 1))

_BLOCK_ROWS = 32
_LENGTH_VARIANCE = 6.8  # variance of the English length per expected character: Gale and Church 1993


@dataclass(frozen=True, slots=True)
class Window:
    """A part of both sides, and the band that is searched in it.

    ``ratio`` is English characters per Chinese character. ``row`` and ``column`` say where the window begins
    in the whole text.
    """

    zh: Side
    en: Side
    band: Band
    ratio: float
    row: int = 0
    column: int = 0


class BeadEvidence:
    """The evidence of one window.

    Tables are computed once. They have a 0 after the last cell. Each kind of bead reads them at its own
    offset.
    """

    def __init__(self, window: Window) -> None:
        self._window = window
        self._zh, self._en, self._band = window.zh, window.en, window.band
        self._none = np.zeros(1, dtype=np.float32)
        self._offsets: dict[tuple[int, int], Positions] = {}
        self._marks: dict[tuple[str, int], Floats] = {}
        zh, en = window.zh.vectors, window.en.vectors
        self._blocks = list(self._find_blocks())
        self._cosine = {
            (a, b): self._cosines(zh.spans[a - 1], en.spans[b - 1], -1.0)
            for a in range(1, MAX_SPAN + 1)
            for b in range(1, MAX_SPAN + 1)
            if min(a, b) == 1 or a + b <= 8
        }
        sentence_zh, sentence_en = zh.spans[0], en.spans[0]
        self._zh_head = self._cosines(zh.heads, sentence_en)
        self._zh_tail = self._cosines(zh.tails, sentence_en)
        self._en_head = self._cosines(sentence_zh, en.heads)
        self._en_tail = self._cosines(sentence_zh, en.tails)
        self._heads = self._cosines(zh.heads, en.heads)
        self._tails = self._cosines(zh.tails, en.tails)

    def _find_blocks(self) -> Iterator[tuple[slice, slice, slice, int, Positions]]:
        """Yield some rows at a time: rows, columns, cells, how many columns are needed, and where in the
        rectangle of rows and columns each cell lies."""
        band = self._band
        for start in range(0, len(self._zh), _BLOCK_ROWS):
            stop = min(start + _BLOCK_ROWS, len(self._zh))
            first, beyond = int(band.low[start]), int(band.high[stop - 1]) + 1
            cells = slice(int(band.starts[start]), int(band.starts[stop]))
            places = (band.row[cells] - start) * (beyond - first) + band.column[cells] - first
            columns = slice(first, min(beyond, len(self._en)))
            yield slice(start, stop), columns, cells, beyond - first, places

    def _cosines(self, zh: Floats, en: Floats, outside: float = 0.0) -> Floats:
        """Return the cosine of the two vectors of every cell, or ``outside`` after the end of a side."""
        out = np.full(self._band.size + 1, outside, dtype=np.float32)
        out[-1] = 0
        for rows, columns, cells, width, places in self._blocks:
            cosines = zh[rows] @ en[columns].T
            if cosines.shape[1] < width:  # the point after the last sentence
                padded = np.full((len(cosines), width), outside, dtype=np.float32)
                padded[:, : cosines.shape[1]] = cosines
                cosines = padded
            out[cells] = cosines.ravel().take(places)
        return out

    def _at(self, table: Floats, down: int, right: int) -> Floats:
        """Return ``table`` shifted by ``down`` Chinese and ``right`` English sentences; 0 outside."""
        key = (down, right)
        if key not in self._offsets:
            self._offsets[key] = self._band.moved(down, right)
        return table.take(self._offsets[key])

    def of(self, kind: BeadKind) -> dict[str, Floats]:
        """Return the evidence for beads of one kind, by name, each ``[cells]``.

        It is ``[1]`` where it is always 0.
        """
        if kind == (1, 0):
            return self._unpaired_zh()
        if kind == (0, 1):
            return self._unpaired_en()
        found: dict[str, Floats] = {}
        for part in (self._similarity, self._neighbours, self._parts, self._clauses, self._lengths):
            found.update(part(*kind))
        found.update(self._punctuation(*kind))
        return found

    def _similarity(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        table = self._cosine[a, b]
        c = table[:-1]
        yield "cosine", c
        yield "cosine of long", c * (a + b - 2)
        yield "cosine squared", c * c * (a + b)
        first, *others = [self._at(table, *step) for step in ((0, b), (0, -b), (a, 0), (-a, 0))]
        total, best = first.copy(), first
        for rival in others:
            total += rival
            np.maximum(best, rival, out=best)
        yield "over mean rival", c - total / 4
        yield "over best rival", c - best

    def _neighbours(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        """How the cosine changes if the bead gets one sentence more or less at either end."""
        c = self._cosine[a, b][:-1]
        changes = (
            ("more English", (a, b + 1), (0, -1), (0, 0)),
            ("more Chinese", (a + 1, b), (-1, 0), (0, 0)),
            ("less English", (a, b - 1), (0, 1), (0, 0)),
            ("less Chinese", (a - 1, b), (1, 0), (0, 0)),
        )
        for name, other, left, right in changes:
            if other not in self._cosine:
                yield name, self._none
                yield f"{name}, better end", self._none
                continue
            table = self._cosine[other]
            first = np.maximum(self._at(table, *left) - c, -0.3)
            last = np.maximum(self._at(table, *right) - c, -0.3)
            yield name, first + last
            yield f"{name}, better end", np.maximum(first, last)

    def _parts(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        """How well each sentence fits the other side, and whether two smaller beads would fit better."""
        c, one, none = self._cosine[a, b][:-1], self._cosine[1, 1], self._none
        splits = [
            (self._cosine[x, y][:-1] + self._at(self._cosine[a - x, b - y], x, y)) / 2
            for x in range(1, a)
            for y in range(1, b)
        ]
        yield "better split", _best(splits) - c if splits else none
        english = [self._at(self._cosine[a, 1], 0, y) for y in range(b)] if b > 1 else []
        chinese = [self._at(self._cosine[1, b], x, 0) for x in range(a)] if a > 1 else []
        for name, fits in (("English part", english), ("Chinese part", chinese)):
            yield f"worst {name}", reduce(np.minimum, fits) if fits else none
            yield f"mean {name}", _mean(fits) if fits else none
        if english:
            english = [english[0] - self._at(one, -1, 0), english[-1] - self._at(one, a, b - 1)]
        if chinese:
            chinese = [chinese[0] - self._at(one, 0, -1), chinese[-1] - self._at(one, a - 1, b)]
        yield "English end fits outside", np.minimum(*english) if english else none
        yield "Chinese end fits outside", np.minimum(*chinese) if chinese else none

    def _clauses(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        """Whether the end clauses fit the bead's other side better than the sentence next to it."""
        x, y = a - 1, b - 1
        zh_start = self._zh_head[:-1] - self._at(self._zh_head, 0, -1)
        zh_end = self._at(self._zh_tail, x, y) - self._at(self._zh_tail, x, b)
        en_start = self._en_head[:-1] - self._at(self._en_head, -1, 0)
        en_end = self._at(self._en_tail, x, y) - self._at(self._en_tail, a, y)
        ends = self._at(self._tails, x, y)
        yield "Chinese end clauses", zh_start + zh_end
        yield "worse Chinese end clause", np.minimum(zh_start, zh_end)
        yield "English end clauses", en_start + en_end
        yield "worse English end clause", np.minimum(en_start, en_end)
        heads = self._heads[:-1]
        yield "end clauses match", heads + ends
        yield "worse end clauses match", np.minimum(heads, ends)

    def _lengths(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        expected = (self._total(self._zh.lengths, a) * np.float32(self._window.ratio))[self._band.row]
        found = self._total(self._en.lengths, b)[self._band.column]
        log_ratio = np.log((found + 5) / (expected + 5))
        delta = (found - expected) ** 2 / ((found + expected) / 2 * _LENGTH_VARIANCE + 1)
        yield "log length ratio", np.abs(log_ratio)
        yield "log length ratio squared", np.minimum(log_ratio**2, 4)
        yield "Gale-Church delta squared", np.minimum(delta, 25)
        yield "English too short", np.maximum(-log_ratio, 0)

    def _total(self, running: Floats, span: int) -> Floats:
        """Return for each position the sum over the ``span`` sentences that begin there, ``[n + 1]``."""
        last = len(running) - 1
        return running[np.minimum(np.arange(last + 1) + span, last)] - running

    def _punctuation(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        zh_start, zh_end = self._marked("zh", 0), self._marked("zh", a - 1)
        en_start, en_end = self._marked("en", 0), self._marked("en", b - 1)
        for mark, name in enumerate(("question", "exclamation")):
            yield f"{name} differs", np.abs(zh_end[mark] - en_end[mark])
            yield f"{name} shared", zh_end[mark] * en_end[mark]
        yield "colon lost", zh_end[2] * (1 - en_end[2])
        yield "quotation opens on one side", np.abs(zh_start[3] - en_start[3])
        yield "quotation closes on one side", np.abs(zh_end[4] - en_end[4])

    def _marked(self, language: str, beyond: int) -> Floats:
        """Return the marks of the sentence that is ``beyond`` sentences after each cell, ``[5, cells]``."""
        key = (language, beyond)
        if key not in self._marks:
            side, places = (self._zh, self._band.row) if language == "zh" else (self._en, self._band.column)
            marks = np.zeros((5, len(side) + 1), dtype=np.float32)  # no mark after the last sentence
            marks[:, :-1] = side.marks.T
            self._marks[key] = marks.take(np.minimum(places + beyond, len(side)), axis=1)
        return self._marks[key]

    def _unpaired_zh(self) -> dict[str, Floats]:
        one, two, row = self._cosine[1, 1], self._cosine[2, 1], self._band.row
        lengths = np.log(self._total(self._zh.lengths, 1) + 1)
        gains = self._at(two, -1, -1) - self._at(one, -1, -1), two[:-1] - self._at(one, 1, 0)
        best = np.maximum.reduceat(one[:-1], self._band.starts[:-1])
        return {
            "best match": best[row],
            "best match around": _around(best)[row],
            "log length": lengths[row],
            "match nearby": np.maximum(self._at(one, 0, -1), one[:-1]),
            "gain when joined": np.maximum(*gains),
        }

    def _unpaired_en(self) -> dict[str, Floats]:
        one, two, column = self._cosine[1, 1], self._cosine[1, 2], self._band.column
        best = np.full(len(self._en) + 1, -1, dtype=np.float32)
        np.maximum.at(best, column, one[:-1])
        lengths = np.log(self._total(self._en.lengths, 1) + 1)
        gains = self._at(two, -1, -1) - self._at(one, -1, -1), two[:-1] - self._at(one, 0, 1)
        return {
            "best match": best[column],
            "best match around": _around(best)[column],
            "log length": lengths[column],
            "match nearby": np.maximum(self._at(one, -1, 0), one[:-1]),
            "gain when joined": np.maximum(*gains),
        }


def _best(tables: list[NDArray[Any]]) -> Floats:
    return np.asarray(reduce(np.maximum, tables), dtype=np.float32)


def _mean(tables: list[Floats]) -> Floats:
    return np.asarray(reduce(np.add, tables) / np.float32(len(tables)), dtype=np.float32)


def _around(best: Floats) -> Floats:
    """Return the mean over five sentences. Sentences without a counterpart often come in groups."""
    sums = np.concatenate([[0.0], np.cumsum(best, dtype=np.float64)])
    at = np.arange(len(best))
    first, last = np.maximum(at - 2, 0), np.minimum(at + 3, len(best))
    return np.asarray((sums[last] - sums[first]) / (last - first), dtype=np.float32)

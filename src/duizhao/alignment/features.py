"""The evidence for and against each bead, which `aligner` weighs.

The evidence is computed for every bead that can start in a cell of the window's band. All arrays are
``[rows + 1, width]``. Cell ``[i, k]`` is the point before Chinese sentence ``i`` and English sentence
``low[i] + k``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.sides import BeadKind, Floats, Side

MAX_SPAN = 6
PAIRED_KINDS: tuple[BeadKind, ...] = (
    *((a, b) for a in range(1, 6) for b in range(1, 6) if a + b <= 7 and min(a, b) <= 3),
    (1, 6),
    (6, 1),
)
KINDS: tuple[BeadKind, ...] = (*PAIRED_KINDS, (1, 0), (0, 1))

_LENGTH_VARIANCE = 6.8  # variance of the English length per expected character: Gale and Church 1993


@dataclass(frozen=True, slots=True)
class Window:
    """A part of both sides, and the band that is searched in it.

    ``low`` is int64 ``[len(zh) + 1]`` and never decreases. ``ratio`` is English characters per Chinese
    character. ``row`` and ``column`` say where the window begins in the whole text.
    """

    zh: Side
    en: Side
    low: NDArray[np.int64]
    width: int
    ratio: float
    row: int = 0
    column: int = 0

    @property
    def columns(self) -> NDArray[np.int64]:
        """The English position of every cell, int64 ``[len(zh) + 1, width]``."""
        return self.low[:, None] + np.arange(self.width)


class BeadEvidence:
    """The evidence of one window.

    Tables are computed once. Each kind of bead reads them at its own offset.
    """

    def __init__(self, window: Window) -> None:
        self._window = window
        self._rows = len(window.zh) + 1
        self._columns = np.clip(window.columns, 0, len(window.en))
        self._offsets: dict[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.bool_]]] = {}
        self._last = len(window.en)
        none = np.zeros((1, 5), dtype=np.float32)  # there is no mark after the last sentence
        self._zh_marks = np.concatenate([window.zh.marks, none])
        self._en_marks = np.concatenate([window.en.marks, none])
        zh, en = window.zh.vectors, window.en.vectors
        self._cosine = {
            (a, b): self._band(zh.spans[a - 1], en.spans[b - 1], -1.0)
            for a in range(1, MAX_SPAN + 1)
            for b in range(1, MAX_SPAN + 1)
            if min(a, b) == 1 or a + b <= 8
        }
        sentence_zh, sentence_en = zh.spans[0], en.spans[0]
        self._zh_head = self._band(zh.heads, sentence_en)
        self._zh_tail = self._band(zh.tails, sentence_en)
        self._en_head = self._band(sentence_zh, en.heads)
        self._en_tail = self._band(sentence_zh, en.tails)
        self._heads = self._band(zh.heads, en.heads)
        self._tails = self._band(zh.tails, en.tails)

    def _band(self, zh: Floats, en: Floats, outside: float = 0.0) -> Floats:
        """Return the cosine of the two vectors of every cell, or ``outside`` after the end of a side."""
        out = np.full((self._rows, self._window.width), outside, dtype=np.float32)
        low, width = self._window.low, self._window.width
        for start in range(0, len(zh), 64):
            stop = min(start + 64, len(zh))
            first, last = int(low[start]), min(int(low[stop - 1]) + width, len(en))
            if last <= first:
                continue
            cosines = np.full((stop - start, int(low[stop - 1]) + width - first), outside, np.float32)
            cosines[:, : last - first] = zh[start:stop] @ en[first:last].T
            columns = (low[start:stop] - first)[:, None] + np.arange(width)
            out[start:stop] = np.take_along_axis(cosines, columns, axis=1)
        return out

    def at(self, table: Floats, down: int, right: int) -> Floats:
        """Return ``table`` shifted by ``down`` Chinese and ``right`` English sentences; 0 outside."""
        key = (down, right)
        if key not in self._offsets:
            rows = np.clip(np.arange(self._rows) + down, 0, self._rows - 1)
            columns = self._window.columns + right - self._window.low[rows][:, None]
            inside = (columns >= 0) & (columns < self._window.width)
            inside &= (rows == np.arange(self._rows) + down)[:, None]
            flat = rows[:, None] * self._window.width + np.clip(columns, 0, self._window.width - 1)
            self._offsets[key] = flat, ~inside
        flat, outside = self._offsets[key]
        moved = table.take(flat)
        np.putmask(moved, outside, np.float32(0))
        return moved

    def of(self, kind: BeadKind) -> dict[str, Floats]:
        """Return the evidence for beads of one kind, by name, each ``[rows + 1, width]``."""
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
        c = self._cosine[a, b]
        yield "cosine", c
        yield "cosine of long", c * (a + b - 2)
        yield "cosine squared", c * c * (a + b)
        rivals = np.stack([self.at(c, *step) for step in ((0, b), (0, -b), (a, 0), (-a, 0))])
        yield "over mean rival", c - rivals.mean(axis=0)
        yield "over best rival", c - rivals.max(axis=0)

    def _neighbours(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        """How the cosine changes if the bead gets one sentence more or less at either end."""
        c = self._cosine[a, b]
        changes = (
            ("more English", (a, b + 1), (0, -1), (0, 0)),
            ("more Chinese", (a + 1, b), (-1, 0), (0, 0)),
            ("less English", (a, b - 1), (0, 1), (0, 0)),
            ("less Chinese", (a - 1, b), (1, 0), (0, 0)),
        )
        none = np.zeros_like(c)
        for name, other, left, right in changes:
            if other not in self._cosine:
                yield name, none
                yield f"{name}, better end", none
                continue
            table = self._cosine[other]
            first = np.maximum(self.at(table, *left) - c, -0.3)
            last = np.maximum(self.at(table, *right) - c, -0.3)
            yield name, first + last
            yield f"{name}, better end", np.maximum(first, last)

    def _parts(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        """How well each sentence fits the other side, and whether two smaller beads would fit better."""
        c, one = self._cosine[a, b], self._cosine[1, 1]
        none = np.zeros_like(c)
        splits = [
            (self._cosine[x, y] + self.at(self._cosine[a - x, b - y], x, y)) / 2
            for x in range(1, a)
            for y in range(1, b)
        ]
        yield "better split", np.max(splits, axis=0) - c if splits else none
        english = [self.at(self._cosine[a, 1], 0, y) for y in range(b)] if b > 1 else []
        chinese = [self.at(self._cosine[1, b], x, 0) for x in range(a)] if a > 1 else []
        for name, fits in (("English part", english), ("Chinese part", chinese)):
            yield f"worst {name}", np.min(fits, axis=0) if fits else none
            yield f"mean {name}", np.mean(fits, axis=0) if fits else none
        if english:
            english = [english[0] - self.at(one, -1, 0), english[-1] - self.at(one, a, b - 1)]
        if chinese:
            chinese = [chinese[0] - self.at(one, 0, -1), chinese[-1] - self.at(one, a - 1, b)]
        yield "English end fits outside", np.minimum(*english) if english else none
        yield "Chinese end fits outside", np.minimum(*chinese) if chinese else none

    def _clauses(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        """Whether the end clauses fit the bead's other side better than the sentence next to it."""
        x, y = a - 1, b - 1
        zh_start = self._zh_head - self.at(self._zh_head, 0, -1)
        zh_end = self.at(self._zh_tail, x, y) - self.at(self._zh_tail, x, b)
        en_start = self._en_head - self.at(self._en_head, -1, 0)
        en_end = self.at(self._en_tail, x, y) - self.at(self._en_tail, a, y)
        ends = self.at(self._tails, x, y)
        yield "Chinese end clauses", zh_start + zh_end
        yield "worse Chinese end clause", np.minimum(zh_start, zh_end)
        yield "English end clauses", en_start + en_end
        yield "worse English end clause", np.minimum(en_start, en_end)
        yield "end clauses match", self._heads + ends
        yield "worse end clauses match", np.minimum(self._heads, ends)

    def _lengths(self, a: int, b: int) -> Iterator[tuple[str, Floats]]:
        expected = self._total(self._window.zh.lengths, a)[:, None] * np.float32(self._window.ratio)
        found = self._total(self._window.en.lengths, b)[self._columns]
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
        rows, columns = np.arange(self._rows)[:, None], self._columns
        zh_start, zh_end = (self._zh_marks[np.minimum(rows + at, self._rows - 1)] for at in (0, a - 1))
        en_start, en_end = (self._en_marks[np.minimum(columns + at, self._last)] for at in (0, b - 1))
        for mark, name in enumerate(("question", "exclamation")):
            yield f"{name} differs", np.abs(zh_end[..., mark] - en_end[..., mark])
            yield f"{name} shared", zh_end[..., mark] * en_end[..., mark]
        yield "colon lost", zh_end[..., 2] * (1 - en_end[..., 2])
        yield "quotation opens on one side", np.abs(zh_start[..., 3] - en_start[..., 3])
        yield "quotation closes on one side", np.abs(zh_end[..., 4] - en_end[..., 4])

    def _unpaired_zh(self) -> dict[str, Floats]:
        one, two = self._cosine[1, 1], self._cosine[2, 1]
        lengths = np.log(self._total(self._window.zh.lengths, 1) + 1)
        gains = self.at(two, -1, -1) - self.at(one, -1, -1), two - self.at(one, 1, 0)
        best = one.max(axis=1)
        return {
            "best match": np.broadcast_to(best[:, None], one.shape),
            "best match around": np.broadcast_to(_around(best)[:, None], one.shape),
            "log length": np.broadcast_to(lengths[:, None], one.shape),
            "match nearby": np.maximum(self.at(one, 0, -1), one),
            "gain when joined": np.maximum(*gains),
        }

    def _unpaired_en(self) -> dict[str, Floats]:
        one, two = self._cosine[1, 1], self._cosine[1, 2]
        best = np.full(len(self._window.en) + 1, -1, dtype=np.float32)
        np.maximum.at(best, self._columns.ravel(), one.ravel())
        lengths = np.log(self._total(self._window.en.lengths, 1) + 1)
        gains = self.at(two, -1, -1) - self.at(one, -1, -1), two - self.at(one, 0, 1)
        return {
            "best match": best[self._columns],
            "best match around": _around(best)[self._columns],
            "log length": lengths[self._columns],
            "match nearby": np.maximum(self.at(one, -1, 0), one),
            "gain when joined": np.maximum(*gains),
        }


def _around(best: Floats) -> Floats:
    """Return the mean over five sentences. Sentences without a counterpart often come in groups."""
    sums = np.concatenate([[0.0], np.cumsum(best, dtype=np.float64)])
    at = np.arange(len(best))
    first, last = np.maximum(at - 2, 0), np.minimum(at + 3, len(best))
    return np.asarray((sums[last] - sums[first]) / (last - first), dtype=np.float32)

"""Exact sums over all alignments in a band: a semi-Markov conditional random field.

An alignment is a path of beads; its probability is proportional to the exponential of its beads' summed
scores (Sarawagi and Cohen 2004). Tables of scores are ``{kind: [rows + 1, width]}`` by where a bead starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Kind = tuple[int, int]
Table = NDArray[np.floating]

_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Band:
    """The searched cells: row ``i`` holds English positions ``low[i] … low[i] + width - 1``.

    ``low`` must not decrease. The path leads from (0, 0) to (``len(low) - 1``, ``last``).
    """

    low: NDArray[np.int64]
    width: int
    last: int

    @property
    def rows(self) -> int:
        """Number of points on the Chinese side: sentences + 1."""
        return len(self.low)

    def overlap(self, kind: Kind, row: int) -> tuple[slice, slice] | None:
        """Return the columns where a bead of ``kind`` that starts in ``row`` starts and ends."""
        end = row + kind[0]
        if not 0 <= row <= end < self.rows:
            return None
        shift = int(self.low[row]) + kind[1] - int(self.low[end])
        first, last = max(0, -shift), min(self.width, self.width - shift)
        return (slice(first, last), slice(first + shift, last + shift)) if last > first else None


def posteriors(scores: Mapping[Kind, Table], band: Band) -> tuple[dict[Kind, Doubles], float]:
    """Return each bead's probability, and the logarithm of the sum over all paths."""
    before, after = _forward(scores, band), _backward(scores, band)
    total = float(before[-1, band.last - band.low[-1]])
    out = {}
    for kind, table in scores.items():
        log = np.full(table.shape, _NEVER)
        for row in range(band.rows):
            columns = band.overlap(kind, row)
            if columns is not None:
                start, end = columns
                log[row, start] = before[row, start] + table[row, start] + after[row + kind[0], end]
        out[kind] = np.exp(np.minimum(log - total, 0))
    return out, total


def best_path(gains: Mapping[Kind, Table], band: Band) -> list[tuple[int, int, Kind]]:
    """Return the path with the greatest summed gain, as (row, English position, kind) of each bead.

    With posteriors as gains that is the alignment with most beads expected right (minimum Bayes risk).
    """
    kinds = [kind for kind in gains if kind != (0, 1)]
    best = np.full((band.rows, band.width), _NEVER)
    choice = np.zeros((band.rows, band.width), dtype=np.int16)
    for row in range(band.rows):
        reached = _reach(gains, kinds, best, band, row)
        choice[row] = reached.argmax(axis=0)
        value = reached.max(axis=0)
        free = _running(gains[0, 1][row])
        along = np.maximum.accumulate(value - free) + free
        choice[row][along > value + 1e-12] = -1
        best[row] = _inside(np.maximum(along, value), band, row)
    path: list[tuple[int, int, Kind]] = []
    row, column = band.rows - 1, band.last
    while row or column:
        kind = (0, 1) if (at := int(choice[row, column - band.low[row]])) < 0 else kinds[at]
        row, column = row - kind[0], column - kind[1]
        path.append((row, column, kind))
    return path[::-1]


def _forward(scores: Mapping[Kind, Table], band: Band) -> Doubles:
    kinds = [kind for kind in scores if kind != (0, 1)]
    out = np.full((band.rows, band.width), _NEVER)
    for row in range(band.rows):
        value = _log_sum(_reach(scores, kinds, out, band, row))
        free = _running(scores[0, 1][row])
        out[row] = _inside(np.logaddexp.accumulate(value - free) + free, band, row)
    return out


def _reach(scores: Mapping[Kind, Table], kinds: list[Kind], done: Doubles, band: Band, row: int) -> Doubles:
    """Return, for each kind that takes Chinese sentences, what arrives in ``row`` by it; last, the start."""
    out = np.full((len(kinds) + 1, band.width), _NEVER)
    if row == 0:
        out[-1, -band.low[0]] = 0
    for at, kind in enumerate(kinds):
        begin = row - kind[0]
        columns = band.overlap(kind, begin)
        if columns is not None:
            start, end = columns
            np.add(done[begin, start], scores[kind][begin, start], out=out[at, end])
    return out


def _backward(scores: Mapping[Kind, Table], band: Band) -> Doubles:
    kinds = [kind for kind in scores if kind != (0, 1)]
    out = np.full((band.rows, band.width), _NEVER)
    for row in range(band.rows - 1, -1, -1):
        ways = np.full((len(kinds) + 1, band.width), _NEVER)
        if row == band.rows - 1:
            ways[-1, band.last - band.low[-1]] = 0
        for at, kind in enumerate(kinds):
            columns = band.overlap(kind, row)
            if columns is not None:
                start, end = columns
                np.add(out[row + kind[0], end], scores[kind][row, start], out=ways[at, start])
        free = _running(scores[0, 1][row])
        along = np.logaddexp.accumulate((_log_sum(ways) + free)[::-1])[::-1] - free
        out[row] = _inside(along, band, row)
    return out


def _running(row: Table) -> Doubles:
    """Return the score of walking from the first column to each by unpaired English sentences."""
    return np.concatenate([[0.0], np.cumsum(row[:-1], dtype=np.float64)])


def _log_sum(ways: Doubles) -> Doubles:
    top = ways.max(axis=0)
    return np.asarray(top + np.log(np.exp(ways - top).sum(axis=0)))


def _inside(row: Doubles, band: Band, at: int) -> Doubles:
    return np.where(band.low[at] + np.arange(band.width) <= band.last, row, _NEVER)

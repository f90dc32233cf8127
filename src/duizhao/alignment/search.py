"""A semi-Markov conditional random field: exact sums over all alignments in a band.

An alignment is a path of beads. Its probability is proportional to the exponential of the sum of the scores
of its beads (Sarawagi and Cohen 2004). Scores are ``{kind: [cells]}``, by the cell where a bead starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.band import Band, Positions
from duizhao.alignment.sides import BeadKind

Doubles = NDArray[np.float64]
Scores = NDArray[np.floating]
Chances = dict[BeadKind, Doubles]

_NEVER = -1e9
_USUAL_UNPAIRED = 0.02  # prior share of sentences without a counterpart
_USUAL_SENTENCES = 100  # the prior counts as much as so many sentences
_ROUNDS = 2
_LARGE = 1e100  # sums that grow beyond this are divided by it
_EXACT = 1e-6  # the largest error of the sums over paths


@dataclass(frozen=True, slots=True)
class Lattice:
    """A band with its beads: the cells where the beads of each kind start and end. Kind (0, 1) is not in it.

    ``starts`` and ``ends`` are int64 ``[cells, kinds]``, with the numbers of `Band.moved`.
    """

    band: Band
    kinds: tuple[BeadKind, ...]
    starts: Positions
    ends: Positions

    @classmethod
    def of(cls, band: Band, kinds: Iterable[BeadKind]) -> Lattice:
        """Return the lattice of a band. Kind (0, 1) stays within a row, so other code handles it."""
        some = tuple(kind for kind in kinds if kind != (0, 1))
        starts, ends = (
            np.stack([band.moved(way * down, way * right) for down, right in some], axis=1) for way in (-1, 1)
        )
        return cls(band, some, starts, ends)

    def table(self, scores: Mapping[BeadKind, Scores]) -> Doubles:
        """Return the scores by the cell where a bead starts, ``[cells, kinds]``."""
        return np.stack([scores[kind] for kind in self.kinds], axis=1).astype(np.float64)

    def arriving(self, table: Doubles, outside: float) -> Doubles:
        """Return a table by the cell where a bead ends. ``outside`` stands where the bead would start
        outside the band."""
        padded = np.concatenate([table, np.full((1, len(self.kinds)), outside)])
        return padded.ravel().take(self.starts * len(self.kinds) + np.arange(len(self.kinds)))


def posteriors(
    scores: Mapping[BeadKind, Scores], band: Band, lattice: Lattice | None = None
) -> tuple[Chances, float]:
    """Return the probability of each bead, and the logarithm of the sum over all paths.

    ``scores`` must have the kinds (1, 0) and (0, 1). With these, a path can reach every point.
    """
    lattice = lattice or Lattice.of(band, scores)
    table, every = lattice.table(scores), range(len(lattice.kinds))
    found = Ratios(lattice, table, scores[0, 1]).chances((0.0, 0.0), every)
    return found or Logarithms(lattice, table, scores[0, 1]).chances((0.0, 0.0), every)


def adapted_posteriors(
    scores: Mapping[BeadKind, Scores], band: Band, lattice: Lattice | None = None
) -> Chances:
    """Return the probability of each bead, adapted to how much of this text has no counterpart.

    The share of sentences without a counterpart differs widely between translators. It is estimated for each
    side by expectation maximisation with a Beta prior. Then the scores of unpaired sentences are changed by
    the logarithm of the estimate.
    """
    lattice = lattice or Lattice.of(band, scores)
    table = lattice.table(scores)
    found = _adapted(Ratios(lattice, table, scores[0, 1]), lattice)
    found = found or _adapted(Logarithms(lattice, table, scores[0, 1]), lattice)
    assert found is not None
    return found


def _adapted(sums: Ratios | Logarithms, lattice: Lattice) -> Chances | None:
    """Return `adapted_posteriors`, or None if the sums are not exact."""
    at, every = lattice.kinds.index((1, 0)), range(len(lattice.kinds))
    found = sums.chances((0.0, 0.0), range(at, at + 1))
    for last in (*(False,) * (_ROUNDS - 1), True):
        if found is None:
            return None
        left = _change(found[0][1, 0], lattice.band.rows - 1)
        right = _change(found[0][0, 1], lattice.band.last)
        found = sums.chances((left, right), every if last else range(at, at + 1))
    return found[0] if found else None


def _change(chances: Doubles, sentences: int) -> float:
    """Return the logarithm of the estimated share of unpaired sentences over the usual share."""
    found = float(chances.sum()) + _USUAL_SENTENCES * _USUAL_UNPAIRED
    return float(np.log(found / (sentences + _USUAL_SENTENCES) / _USUAL_UNPAIRED))


class Ratios:
    """Sums over paths, relative to the path on which no sentence has a counterpart.

    This is fast, because exponentials are computed once. A path of which a part is less probable by a factor
    of 1e300 than another is lost. `chances` notices it; then `Logarithms` must be used.
    """

    def __init__(self, lattice: Lattice, table: Doubles, unpaired: Scores) -> None:
        band = lattice.band
        self._lattice = lattice
        alone = table[:, lattice.kinds.index((1, 0))]
        # What leaving out a sentence costs, on average over the cells. The costs up to each cell are added.
        rows = np.bincount(band.row, alone, band.rows) / np.bincount(band.row)
        cells = np.bincount(band.column, minlength=band.last + 1)
        columns = np.bincount(band.column, unpaired, band.last + 1) / np.maximum(cells, 1)
        cost = _sums_before(rows)[band.row] + _sums_before(columns)[band.column]
        self._cost = cost
        after = np.append(cost, 0.0)
        with np.errstate(over="ignore", under="ignore"):
            self._leaving = np.exp(table - after.take(lattice.ends) + cost[:, None])
        self._arriving = lattice.arriving(self._leaving, 0.0)
        self._along = unpaired - columns[band.column]
        self._walk = np.exp(_running(self._along, band))
        begins = band.starts.tolist()
        self._rows = [slice(*ends) for ends in pairwise(begins)]
        self._starts, self._ends, self._walks = (
            [table[cells] for cells in self._rows] for table in (lattice.starts, lattice.ends, self._walk)
        )
        self._reach = max(kind[0] for kind in lattice.kinds)

    def chances(self, change: tuple[float, float], wanted: Sequence[int]) -> tuple[Chances, float] | None:
        """Return the probability of the beads of some kinds, and the logarithm of the sum over all paths.

        ``change`` is added to the scores of unpaired Chinese and English sentences. ``wanted`` are the
        numbers of the kinds; (0, 1) is always there. Returns None if the sums are not exact.
        """
        lattice, band = self._lattice, self._lattice.band
        scale = np.exp([
            0.0 if kind == (1, 0) else -kind[0] * change[0] - kind[1] * change[1] for kind in lattice.kinds
        ])  # fmt: skip
        leaving = self._leaving * scale
        with np.errstate(all="ignore"):
            before, grown = self._forward(self._arriving * scale)
            after, back = self._backward(leaving)
            end = band.size - 1
            total = float(np.log(before[end]) + np.log(_LARGE) * grown[-1])
            again = float(np.log(after[0]) + np.log(_LARGE) * back[0])
            if not abs(total - again) <= _EXACT * max(1.0, abs(total)):
                return None
            some = slice(wanted[0], wanted[-1] + 1)
            downs = np.array([kind[0] for kind in lattice.kinds[some]])
            rows = np.arange(band.rows)
            below = np.minimum(rows[:, None] + downs, band.rows - 1)
            powers = np.exp(np.log(_LARGE) * (grown[:, None] + back[below]) - total)
            chances = np.append(after, 0.0).take(lattice.ends[:, some])
            chances *= leaving[:, some]
            chances *= powers[band.row]
            chances *= before[:, None]
            right = np.append(after[1:], 0.0) * np.exp(self._along)
            right[band.starts[1:] - 1] = 0
            right *= before * np.exp(np.log(_LARGE) * (grown + back) - total)[band.row]
        covered = float(chances.sum(axis=0) @ downs)
        whole = len(wanted) == len(lattice.kinds)
        if not np.isfinite(covered + right.sum()):
            return None
        if whole and abs(covered - band.rows + 1) > _EXACT * band.rows:
            return None
        out = {kind: chances[:, k] for k, kind in enumerate(lattice.kinds[some])}
        out[0, 1] = right
        total += float(self._cost[end]) + change[0] * (band.rows - 1) + change[1] * band.last
        return out, total

    def _forward(self, arriving: Doubles) -> tuple[Doubles, Doubles]:
        """Return the sum over all paths from the beginning to each cell, ``[cells]``, and how often that of
        each row was divided."""
        band, rows = self._lattice.band, self._rows
        out, grown = np.zeros(band.size + 1), np.zeros(band.rows)
        for row, (cells, starts, walk) in enumerate(zip(rows, self._starts, self._walks, strict=True)):
            value = np.einsum("ij,ij->i", out.take(starts), arriving[cells])
            if row == 0:
                value[0] = 1.0
            value /= walk
            value.cumsum(out=value)
            value *= walk
            out[cells] = value
            if value[-1] > _LARGE:
                first = max(row - self._reach + 1, 0)
                out[rows[first].start : cells.stop] /= _LARGE
                grown[first : row + 1] += 1
                grown[row + 1 :] += 1
        return out[:-1], grown

    def _backward(self, leaving: Doubles) -> tuple[Doubles, Doubles]:
        """Return the sum over all paths from each cell to the end, as `_forward`."""
        band, rows = self._lattice.band, self._rows
        out, grown = np.zeros(band.size + 1), np.zeros(band.rows)
        for row in range(band.rows - 1, -1, -1):
            cells, walk = rows[row], self._walks[row]
            value = np.einsum("ij,ij->i", out.take(self._ends[row]), leaving[cells])
            if row == band.rows - 1:
                value[-1] = 1.0
            value *= walk
            value = value[::-1].cumsum()[::-1]
            value /= walk
            out[cells] = value
            if value[0] > _LARGE:
                stop = min(row + self._reach, band.rows)
                out[cells.start : rows[stop - 1].stop] /= _LARGE
                grown[row:stop] += 1
                grown[:row] += 1
        return out[:-1], grown


class Logarithms:
    """Sums over paths as logarithms: slower than `Ratios`, but exact for all scores."""

    def __init__(self, lattice: Lattice, table: Doubles, unpaired: Scores) -> None:
        self._lattice, self._table, self._unpaired = lattice, table, unpaired

    def chances(self, change: tuple[float, float], wanted: Sequence[int]) -> tuple[Chances, float]:
        """Return the same as `Ratios.chances`."""
        lattice, band = self._lattice, self._lattice.band
        leaving = self._table.copy()
        leaving[:, lattice.kinds.index((1, 0))] += change[0]
        unpaired = self._unpaired.astype(np.float64) + change[1]
        walk = _running(unpaired, band)
        before = self._forward(lattice.arriving(leaving, _NEVER), walk)
        after = self._backward(leaving, walk)
        total = float(before[-1])
        some = slice(wanted[0], wanted[-1] + 1)
        chances = before[:, None] + leaving[:, some] + np.append(after, _NEVER).take(lattice.ends[:, some])
        np.exp(np.minimum(chances - total, 0), out=chances)
        out = {kind: chances[:, k] for k, kind in enumerate(lattice.kinds[some])}
        along = before + unpaired + np.append(after, _NEVER).take(band.moved(0, 1))
        out[0, 1] = np.exp(np.minimum(along - total, 0))
        return out, total

    def _forward(self, arriving: Doubles, walk: Doubles) -> Doubles:
        """Return the log of the sum over all paths from the beginning to each cell, ``[cells]``."""
        band, starts = self._lattice.band, self._lattice.starts
        out = np.full(band.size + 1, _NEVER)
        for row in range(band.rows):
            cells = slice(band.starts[row], band.starts[row + 1])
            value = _log_sum(out.take(starts[cells]) + arriving[cells])
            if row == 0:
                value[0] = 0
            out[cells] = np.logaddexp.accumulate(value - walk[cells]) + walk[cells]
        return out[:-1]

    def _backward(self, leaving: Doubles, walk: Doubles) -> Doubles:
        """Return the log of the sum over all paths from each cell to the end, ``[cells]``."""
        band, ends = self._lattice.band, self._lattice.ends
        out = np.full(band.size + 1, _NEVER)
        for row in range(band.rows - 1, -1, -1):
            cells = slice(band.starts[row], band.starts[row + 1])
            value = _log_sum(out.take(ends[cells]) + leaving[cells])
            if row == band.rows - 1:
                value[-1] = 0
            out[cells] = np.logaddexp.accumulate((value + walk[cells])[::-1])[::-1] - walk[cells]
        return out[:-1]


def best_path(
    gains: Mapping[BeadKind, Scores], band: Band, lattice: Lattice | None = None
) -> list[tuple[int, int, BeadKind]]:
    """Return the path with the greatest sum of gains, as (row, English position, kind) of each bead.

    If the gains are the probabilities of the beads, this path has the largest expected number of right beads
    (minimum Bayes risk). ``lattice`` is that of the band and the kinds, if it is there already.
    """
    lattice = lattice or Lattice.of(band, gains)
    kinds, starts = lattice.kinds, lattice.starts
    arriving = lattice.arriving(lattice.table(gains), _NEVER)
    walk = _running(gains[0, 1], band)
    best = np.full(band.size + 1, _NEVER)
    choice = np.empty(band.size, dtype=np.int64)
    begins = band.starts.tolist()
    for row in range(band.rows):
        cells = slice(begins[row], begins[row + 1])
        reached = best.take(starts[cells]) + arriving[cells]
        value = reached.max(axis=1)
        chosen = reached.argmax(axis=1)
        if row == 0:
            value[0] = 0
        along = np.maximum.accumulate(value - walk[cells]) + walk[cells]
        chosen[along > value + 1e-12] = -1
        choice[cells], best[cells] = chosen, along
    path: list[tuple[int, int, BeadKind]] = []
    row, column = band.rows - 1, band.last
    while row or column:
        taken = int(choice[band.cell(row, column)])
        kind = (0, 1) if taken < 0 or row == 0 else kinds[taken]
        row, column = row - kind[0], column - kind[1]
        path.append((row, column, kind))
    return path[::-1]


def _sums_before(values: Doubles) -> Doubles:
    """Return for each value the sum of those before it."""
    return np.concatenate([[0.0], np.cumsum(values[:-1])])


def _running(unpaired: Scores, band: Band) -> Doubles:
    """Return the score of each path from the first cell of a row by unpaired English sentences only."""
    sums = np.concatenate([[0.0], np.cumsum(unpaired, dtype=np.float64)])
    return np.asarray(sums[:-1] - sums[band.starts[:-1]][band.row])


def _log_sum(ways: Doubles) -> Doubles:
    top = ways.max(axis=1)
    ways -= top[:, None]
    return np.asarray(top + np.log(np.exp(ways, out=ways).sum(axis=1)))

"""A semi-Markov conditional random field: exact sums over all alignments in a band.

An alignment is a path of beads. Its probability is proportional to the exponential of the sum of the scores
of its beads (Sarawagi and Cohen 2004). Scores are ``{kind: [rows, width]}``, by the cell where a bead starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.sides import BeadKind

Doubles = NDArray[np.float64]
Positions = NDArray[np.int64]
Scores = NDArray[np.floating]

_NEVER = -1e9
_USUAL_UNPAIRED = 0.02  # prior share of sentences without a counterpart
_USUAL_SENTENCES = 100  # the prior counts as much as so many sentences
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Band:
    """The cells that are searched. Row ``i`` has the English positions ``low[i]`` to ``low[i] + width - 1``.

    ``low`` must not decrease. The path leads from (0, 0) to (``len(low) - 1``, ``last``).
    """

    low: Positions
    width: int
    last: int

    @property
    def rows(self) -> int:
        """Number of points on the Chinese side: the number of sentences plus 1."""
        return len(self.low)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which cells exist: those whose English position is not after the last one."""
        return self.low[:, None] + np.arange(self.width) <= self.last

    def cells(self, kind: BeadKind, direction: int) -> Positions:
        """Return for each cell where a bead of ``kind`` leads, ``[rows, width]``.

        With direction 1, it is the cell where the bead that starts here ends. With direction -1, it is the
        cell where the bead that ends here starts. Cells are numbered row by row. A cell outside the band has
        the number after the last cell.
        """
        rows = np.arange(self.rows) + direction * kind[0]
        known = np.clip(rows, 0, self.rows - 1)
        columns = (self.low + direction * kind[1] - self.low[known])[:, None] + np.arange(self.width)
        good = (columns >= 0) & (columns < self.width) & (rows == known)[:, None]
        return np.where(good, known[:, None] * self.width + columns, self.rows * self.width)


@dataclass(frozen=True, slots=True)
class Lattice:
    """A band with its beads: the cells where the beads of each kind start and end. Kind (0, 1) is not in it.

    ``starts`` and ``ends`` are int64 ``[rows, kinds, width]``, with the numbers of `Band.cells`.
    """

    band: Band
    kinds: tuple[BeadKind, ...]
    starts: Positions
    ends: Positions

    @classmethod
    def of(cls, band: Band, kinds: Iterable[BeadKind]) -> Lattice:
        """Return the lattice of a band. Kind (0, 1) stays within a row, so other code handles it."""
        some = tuple(kind for kind in kinds if kind != (0, 1))
        starts, ends = (np.stack([band.cells(kind, way) for kind in some], axis=1) for way in (-1, 1))
        return cls(band, some, starts, ends)

    def leaving(self, tables: Mapping[BeadKind, Scores]) -> Doubles:
        """Return the tables by the cell where a bead starts, ``[rows, kinds, width]``."""
        return np.stack([tables[kind] for kind in self.kinds], axis=1).astype(np.float64)

    def arriving(self, tables: Mapping[BeadKind, Scores]) -> Doubles:
        """Return the tables by the cell where a bead ends."""
        parts = [_looked_up(tables[kind], self.starts[:, k]) for k, kind in enumerate(self.kinds)]
        return np.stack(parts, axis=1)


def posteriors(
    scores: Mapping[BeadKind, Scores], band: Band, lattice: Lattice | None = None
) -> tuple[dict[BeadKind, Doubles], float]:
    """Return the probability of each bead, and the logarithm of the sum over all paths.

    ``scores`` must have the kinds (1, 0) and (0, 1). With these, a path can reach every point.
    """
    lattice = lattice or Lattice.of(band, scores)
    leaving, arriving = lattice.leaving(scores), lattice.arriving(scores)
    return _posteriors(lattice, leaving, arriving, scores[0, 1], range(len(lattice.kinds)))


def _posteriors(
    lattice: Lattice, leaving: Doubles, arriving: Doubles, unpaired: Scores, wanted: Sequence[int]
) -> tuple[dict[BeadKind, Doubles], float]:
    """Return `posteriors`, from the scores by the cell where beads start and end. ``unpaired`` is kind (0,
    1). ``wanted`` are the numbers of the other kinds whose beads are wanted; (0, 1) is always there.
    """
    kinds, starts, ends, band = lattice.kinds, lattice.starts, lattice.ends, lattice.band
    walk = _running(unpaired)
    before = _forward(arriving, starts, walk, band)
    after = _backward(leaving, ends, walk, band)
    total = float(before[-1, band.last - band.low[-1]])
    some = slice(wanted[0], wanted[-1] + 1)
    chances = before[:, None] + leaving[:, some] + _looked_up(after, ends[:, some])
    np.exp(np.minimum(chances - total, 0), out=chances)
    out = {kind: chances[:, k] for k, kind in enumerate(kinds[some])}
    along = before + unpaired + _looked_up(after, band.cells((0, 1), 1))
    out[0, 1] = np.exp(np.minimum(along - total, 0))
    return out, total


def adapted_posteriors(
    scores: Mapping[BeadKind, Scores], band: Band, lattice: Lattice | None = None
) -> dict[BeadKind, Doubles]:
    """Return the probability of each bead, adapted to how much of this text has no counterpart.

    The share of sentences without a counterpart differs widely between translators. It is estimated for each
    side by expectation maximisation with a Beta prior. Then the scores of unpaired sentences are changed by
    the logarithm of the estimate.
    """
    lattice = lattice or Lattice.of(band, scores)
    leaving, arriving = lattice.leaving(scores), lattice.arriving(scores)
    at = lattice.kinds.index((1, 0))
    first = leaving[:, at].copy(), arriving[:, at].copy()
    unpaired = scores[0, 1]
    every, alone = range(len(lattice.kinds)), range(at, at + 1)
    chances, _ = _posteriors(lattice, leaving, arriving, unpaired, alone)
    for last in (*(False,) * (_ROUNDS - 1), True):
        left, right = (
            _change(chances[kind], count) for kind, count in (((1, 0), band.rows - 1), ((0, 1), band.last))
        )
        leaving[:, at], arriving[:, at] = first[0] + left, first[1] + left
        changed = unpaired + np.float32(right)
        chances, _ = _posteriors(lattice, leaving, arriving, changed, every if last else alone)
    return chances


def _change(chances: Doubles, sentences: int) -> float:
    """Return the logarithm of the estimated share of unpaired sentences over the usual share."""
    found = float(chances.sum()) + _USUAL_SENTENCES * _USUAL_UNPAIRED
    return float(np.log(found / (sentences + _USUAL_SENTENCES) / _USUAL_UNPAIRED))


def best_path(
    gains: Mapping[BeadKind, Scores], band: Band, lattice: Lattice | None = None
) -> list[tuple[int, int, BeadKind]]:
    """Return the path with the greatest sum of gains, as (row, English position, kind) of each bead.

    If the gains are the probabilities of the beads, this path has the largest expected number of right beads
    (minimum Bayes risk). ``lattice`` is that of the band and the kinds, if it is there already.
    """
    lattice = lattice or Lattice.of(band, gains)
    kinds, starts, arriving = lattice.kinds, lattice.starts, lattice.arriving(gains)
    walk, inside = _running(gains[0, 1]), band.inside
    best = np.full(band.rows * band.width + 1, _NEVER)
    choice = np.empty((band.rows, band.width), dtype=np.int64)
    for row in range(band.rows):
        reached = best.take(starts[row]) + arriving[row]
        choice[row] = reached.argmax(axis=0)
        value = reached.max(axis=0)
        if row == 0:
            value[-band.low[0]] = 0
        along = np.maximum.accumulate(value - walk[row]) + walk[row]
        choice[row][along > value + 1e-12] = -1
        best[row * band.width : (row + 1) * band.width] = np.where(inside[row], along, _NEVER)
    path: list[tuple[int, int, BeadKind]] = []
    row, column = band.rows - 1, band.last
    while row or column:
        chosen = int(choice[row, column - band.low[row]])
        kind = (0, 1) if chosen < 0 or row == 0 else kinds[chosen]
        row, column = row - kind[0], column - kind[1]
        path.append((row, column, kind))
    return path[::-1]


def _forward(arriving: Doubles, starts: Positions, walk: Doubles, band: Band) -> Doubles:
    """Return the log of the sum over all paths from the beginning to each cell, ``[rows, width]``."""
    out = np.full(band.rows * band.width + 1, _NEVER)
    inside = band.inside
    for row in range(band.rows):
        value = _log_sum(out.take(starts[row]) + arriving[row])
        if row == 0:
            value[-band.low[0]] = 0
        along = np.logaddexp.accumulate(value - walk[row]) + walk[row]
        out[row * band.width : (row + 1) * band.width] = np.where(inside[row], along, _NEVER)
    return out[:-1].reshape(band.rows, band.width)


def _backward(leaving: Doubles, ends: Positions, walk: Doubles, band: Band) -> Doubles:
    """Return the log of the sum over all paths from each cell to the end, ``[rows, width]``."""
    out = np.full(band.rows * band.width + 1, _NEVER)
    inside = band.inside
    for row in range(band.rows - 1, -1, -1):
        value = _log_sum(out.take(ends[row]) + leaving[row])
        if row == band.rows - 1:
            value[band.last - band.low[-1]] = 0
        value = np.where(inside[row], value, _NEVER)
        along = np.logaddexp.accumulate((value + walk[row])[::-1])[::-1] - walk[row]
        out[row * band.width : (row + 1) * band.width] = np.where(inside[row], along, _NEVER)
    return out[:-1].reshape(band.rows, band.width)


def _looked_up(table: Scores, cells: Positions) -> Doubles:
    """Return the values of ``table`` at numbered cells, and ``_NEVER`` for the number after the last cell."""
    return np.append(table.ravel().astype(np.float64), _NEVER).take(cells)


def _running(unpaired: Scores) -> Doubles:
    """Return the score of each path from the first cell of a row by unpaired English sentences only."""
    return np.pad(np.cumsum(unpaired[:, :-1], axis=1, dtype=np.float64), ((0, 0), (1, 0)))


def _log_sum(ways: Doubles) -> Doubles:
    top = ways.max(axis=0)
    ways -= top
    return np.asarray(top + np.log(np.exp(ways, out=ways).sum(axis=0)))

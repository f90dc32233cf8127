"""Paragraphs as evidence. The better the paragraphs of both sides agree in this text, the more they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.features import Window
from duizhao.alignment.sides import BeadKind, Floats

Flags = NDArray[np.bool_]

_STRONGEST = 4.0  # so strong at most: a clear difference in meaning counts more
# Prior counts of bead starts, by (break in Chinese, break in English)
_PRIOR = np.array([[20.0, 0.3], [0.3, 6.0]])
# Prior counts of sentence boundaries inside beads: without a break, with a break
_PRIOR_INSIDE = np.array([4.0, 0.1])


@dataclass(frozen=True, slots=True)
class Breaks:
    """Whether a paragraph begins at each position, bool ``[n + 1]`` and ``[m + 1]``. Both ends are True."""

    zh: Flags
    en: Flags

    @classmethod
    def of(cls, zh: Sequence[int], en: Sequence[int]) -> Breaks:
        """Return the breaks between sentences whose paragraph numbers differ."""
        return cls(_changes(zh), _changes(en))

    def inside(self, kind: BeadKind, window: Window) -> Flags:
        """Return whether a bead of ``kind`` would have a break inside it, bool ``[cells]``."""
        rows, columns = window.row + window.band.row, window.column + window.band.column
        return np.asarray((_inside(self.zh, kind[0])[rows] + _inside(self.en, kind[1])[columns]) > 0)


def _changes(paragraphs: Sequence[int]) -> Flags:
    numbers = np.asarray(paragraphs)
    inner = numbers[1:] != numbers[:-1]
    return np.concatenate([[True], inner, [True]]) if len(numbers) else np.array([True])


@dataclass(frozen=True, slots=True)
class ParagraphEvidence:
    """Log-odds of breaks at the start of a bead, ``start[zh break, en break]``, and of breaks inside it."""

    breaks: Breaks
    start: NDArray[np.float64]
    inside_zh: float
    inside_en: float

    def of(self, kind: BeadKind, window: Window) -> Floats:
        """Return what paragraphs add to the scores of beads of ``kind``, ``[cells]``."""
        rows, columns = window.row + window.band.row, window.column + window.band.column
        total = self.start[self.breaks.zh[rows].astype(int), self.breaks.en[columns].astype(int)]
        if kind in ((1, 0), (0, 1)):
            total = np.minimum(total, 0)
        total = total + self.inside_zh * _inside(self.breaks.zh, kind[0])[rows]
        total = total + self.inside_en * _inside(self.breaks.en, kind[1])[columns]
        return np.asarray(total, dtype=np.float32)


def _inside(breaks: Flags, span: int) -> NDArray[np.int64]:
    """Return for each position the number of breaks inside the ``span`` sentences that begin there."""
    sums = np.concatenate([[0], np.cumsum(breaks)])
    last = len(breaks)
    at = np.arange(last)
    return np.where(span > 1, sums[np.minimum(at + span, last)] - sums[np.minimum(at + 1, last)], 0)


def paragraph_evidence(
    breaks: Breaks, beads: Sequence[tuple[tuple[int, ...], tuple[int, ...], float]]
) -> ParagraphEvidence:
    """Measure how well paragraphs agree at the boundaries of beads that were found without them.

    The measure is the pointwise mutual information of breaks on both sides. It is near 0 if the breaks of the
    two sides have nothing to do with each other.
    """
    counts, inside_zh, inside_en = _PRIOR.copy(), _PRIOR_INSIDE.copy(), _PRIOR_INSIDE.copy()
    for zh, en, score in beads:
        if zh and en and zh[0] and en[0]:
            counts[int(breaks.zh[zh[0]]), int(breaks.en[en[0]])] += score
        for inside, flags, numbers in ((inside_zh, breaks.zh, zh), (inside_en, breaks.en, en)):
            for at in numbers[1:]:
                inside[int(flags[at])] += score
    chances = counts / counts.sum()
    rows, columns = chances.sum(axis=1), chances.sum(axis=0)
    start = np.clip(np.log(chances / (rows[:, None] * columns)), -_STRONGEST, _STRONGEST)
    return ParagraphEvidence(breaks, start, _odds(inside_zh, rows), _odds(inside_en, columns))


def _odds(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """Return the log-odds of a break inside a bead against one at its start. It is never above 0."""
    ratio = (inside[1] / inside.sum()) / (outside[1] / outside.sum())
    return float(np.clip(np.log(ratio), -_STRONGEST, 0))

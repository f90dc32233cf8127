"""Whether aligned sentences are translations at all, judged over their neighbourhood.

The alignment model assumes two texts that belong together and asks only which sentences do. Where the mean
cosine of the beads around hardly exceeds that of sentences taken at random, the assumption itself is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from duizhao.encoders import Vectors

Doubles = NDArray[np.float64]

_NEIGHBOURS = 8  # beads on either side
# Of the development chapters' neighbourhoods the least similar exceeds chance by 0.25; of chapters set
# beside other novels' chapters the most similar by 0.20. The factor is one half at the point between.
_HALF = 0.22
_SCALE = 0.012
_USUAL_CHANCE = 0.08  # cosine of unrelated sentences, where a text is too short to show its own
_USUAL_PAIRS = 50


def trust(beads: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], zh: Vectors, en: Vectors) -> Doubles:
    """Return a factor in [0, 1] for each bead's score; 1 for a bead with an empty side.

    ``zh`` and ``en`` are spans as in `SpanVectors.spans`.
    """
    paired = np.array([bool(left and right) for left, right in beads], dtype=bool)
    cosines = np.array(
        [float(zh[len(i) - 1, i[0]] @ en[len(j) - 1, j[0]]) for i, j in beads if i and j], dtype=np.float64
    )
    out = np.ones(len(beads))
    if len(cosines):
        excess = _smoothed(cosines) - _chance(cosines, zh[0], en[0])
        out[paired] = 1 / (1 + np.exp(-np.clip((excess - _HALF) / _SCALE, -50, 50)))
    return out


def _smoothed(values: Doubles) -> Doubles:
    """Return the mean over each value and its neighbours."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    first, last = np.maximum(at - _NEIGHBOURS, 0), np.minimum(at + _NEIGHBOURS + 1, len(values))
    return np.asarray((sums[last] - sums[first]) / (last - first))


def _chance(cosines: Doubles, zh: Vectors, en: Vectors) -> float:
    """Return the mean cosine of sentences that are not aligned, held near the usual one in short texts."""
    pairs = len(zh) * len(en)
    total = pairs * float(zh.mean(axis=0, dtype=np.float64) @ en.mean(axis=0, dtype=np.float64))
    unaligned = max(pairs - max(len(zh), len(en)), 0)
    rest = max(total - float(cosines.sum()), 0.0) if unaligned else 0.0
    return (rest + _USUAL_PAIRS * _USUAL_CHANCE) / (unaligned + _USUAL_PAIRS)

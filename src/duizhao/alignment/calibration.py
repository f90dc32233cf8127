"""Lower the scores of beads in places where the two texts are not translations of each other.

The alignment model assumes that the two texts belong together, and only decides which sentences
correspond. If the mean cosine of the beads near a place is hardly above that of random sentences, the
assumption is wrong there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from duizhao.encoders import Vectors

Doubles = NDArray[np.float64]

_NEIGHBOURS = 8  # beads on each side
# In the development chapters, the mean cosine of neighbouring beads was at least 0.25 above chance. In pairs
# of chapters of different novels, it was at most 0.20 above chance. In the middle, the factor is one half.
_HALF = 0.22
_SCALE = 0.012
_USUAL_CHANCE = 0.08  # cosine of unrelated sentences, for texts that are too short to measure it
_USUAL_PAIRS = 50


def trust(beads: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], zh: Vectors, en: Vectors) -> Doubles:
    """Return a factor in [0, 1] for the score of each bead. It is 1 for a bead with an empty side.

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
    """Return for each value the mean of it and its neighbours."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    first, last = np.maximum(at - _NEIGHBOURS, 0), np.minimum(at + _NEIGHBOURS + 1, len(values))
    return np.asarray((sums[last] - sums[first]) / (last - first))


def _chance(cosines: Doubles, zh: Vectors, en: Vectors) -> float:
    """Return the mean cosine of sentences that are not aligned.

    In short texts, it stays near the usual value.
    """
    pairs = len(zh) * len(en)
    total = pairs * float(zh.mean(axis=0, dtype=np.float64) @ en.mean(axis=0, dtype=np.float64))
    unaligned = max(pairs - max(len(zh), len(en)), 0)
    rest = max(total - float(cosines.sum()), 0.0) if unaligned else 0.0
    return (rest + _USUAL_PAIRS * _USUAL_CHANCE) / (unaligned + _USUAL_PAIRS)

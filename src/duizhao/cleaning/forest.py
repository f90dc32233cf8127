"""Forest: oblivious decision trees (all nodes of one depth ask the same), evaluated for many pieces at
once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees of one depth, at most 8: ``columns`` and ``borders`` [trees, depth], ``leaves`` [trees, 2 **
    depth] in steps of ``scale``.

    A tree's leaf has one bit per level, set where the column's value is above the border; the first level's
    bit is the lowest. Leaves are whole numbers, so that a sum does not depend on the order of its parts. The
    trees correct a start: ``slope`` times the value of column ``start``, and ``bias``.
    """

    columns: NDArray[np.int16]
    borders: NDArray[np.float32]
    leaves: NDArray[np.int16]
    scale: float
    bias: float
    slope: float = 0.0
    start: int = 0


def grow(matrix: NDArray[np.float32], forest: Forest) -> NDArray[np.float64]:
    """The start and the sum of the trees for each row of ``matrix`` [rows, columns]: log-odds."""
    columns, borders, place = _questions(forest)
    trees, depth = forest.columns.shape
    above = (np.ascontiguousarray(matrix.T)[columns] > borders[:, None]).view(np.uint8)
    leaf = above[place[0]]
    for level in range(1, depth):
        leaf |= above[place[level]] << np.uint8(level)
    cells = leaf + (np.arange(trees, dtype=np.int32) << depth)[:, None]
    sums: NDArray[np.int64] = forest.leaves.ravel()[cells].sum(axis=0, dtype=np.int64)
    return sums * forest.scale + forest.bias + forest.slope * matrix[:, forest.start].astype(np.float64)


@lru_cache(maxsize=8)
def _questions(forest: Forest) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
    """Columns and borders of the questions, each once: many trees ask the same. And [depth, trees] the number
    of each one's question.
    """
    asked = np.stack([forest.columns.T.ravel().astype(np.float64), forest.borders.T.ravel()])
    once, place = np.unique(asked, axis=1, return_inverse=True)
    return once[0].astype(np.int64), once[1].astype(np.float32), place.reshape(forest.columns.T.shape)

"""Forest: oblivious decision trees, evaluated for many pieces at once. In an oblivious tree all nodes of one
depth test the same column against the same border.
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

    The number of a leaf has one bit per level: 1 where the column's value is above the border. The first
    level is the lowest bit. The values of leaves are whole numbers, so that a sum does not depend on the
    order of addition. The result of the trees is added to ``slope`` times the value of column ``start``, plus
    ``bias``.
    """

    columns: NDArray[np.int16]
    borders: NDArray[np.float32]
    leaves: NDArray[np.int16]
    scale: float
    bias: float
    slope: float = 0.0
    start: int = 0


def grow(matrix: NDArray[np.float32], forest: Forest) -> NDArray[np.float64]:
    """Log-odds of each row of ``matrix`` [rows, columns]: the start value plus the sum of the trees."""
    columns, borders, place, leaves = _questions(forest)
    trees, depth = forest.columns.shape
    above = (np.ascontiguousarray(matrix.T).take(columns, axis=0) > borders[:, None]).view(np.uint8)
    leaf = above.take(place[0], axis=0)
    for level in range(1, depth):
        leaf |= above.take(place[level], axis=0) << np.uint8(level)
    cells = leaf + (np.arange(trees) << depth)[:, None]
    sums: NDArray[np.int32] = leaves.take(cells).sum(axis=0, dtype=np.int32)
    return sums * forest.scale + forest.bias + forest.slope * matrix[:, forest.start].astype(np.float64)


@lru_cache(maxsize=8)
def _questions(
    forest: Forest,
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64], NDArray[np.int32]]:
    """The different tests (column and border), each once, because many trees share a test. Then
    [depth, trees]: the number of the test at each level of each tree. Then the leaves of all trees in a row.
    """
    asked = np.stack([forest.columns.T.ravel().astype(np.float64), forest.borders.T.ravel()])
    once, place = np.unique(asked, axis=1, return_inverse=True)
    return (
        once[0].astype(np.int64),
        once[1].astype(np.float32),
        place.reshape(forest.columns.T.shape),
        forest.leaves.ravel().astype(np.int32),
    )

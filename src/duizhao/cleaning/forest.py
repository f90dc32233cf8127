"""Forest: oblivious decision trees (all nodes of one depth ask the same), evaluated for many pieces at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees of one depth: ``columns`` and ``borders`` [trees, depth], ``leaves`` [trees, 2 ** depth] in steps of ``scale``.

    A tree's leaf has one bit per level, set where the column's value is above the border; the first level's bit is the lowest.
    Leaves are whole numbers, so that a sum does not depend on the order of its parts. The trees correct a start:
    ``slope`` times the value of column ``start``, and ``bias``.
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
    trees, depth = forest.columns.shape
    values = np.ascontiguousarray(matrix.T)[forest.columns.T.ravel()]
    above = (values > forest.borders.T.reshape(-1, 1)).reshape(depth, trees, len(matrix))
    leaf = above[0].astype(np.int64)
    for level in range(1, depth):
        leaf += above[level].astype(np.int64) << level
    leaf += (np.arange(trees) << depth)[:, None]
    sums: NDArray[np.int64] = forest.leaves.ravel()[leaf].sum(axis=0, dtype=np.int64)
    return sums * forest.scale + forest.bias + forest.slope * matrix[:, forest.start].astype(np.float64)

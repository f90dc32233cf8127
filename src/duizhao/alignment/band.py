"""The part of the table of Chinese and English positions that is searched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Band:
    """The cells that are searched. Row ``i`` has the English positions ``low[i]`` to ``high[i]``.

    ``low`` and ``high`` are int64 ``[rows]`` and must not decrease, and ``high[i]`` must not be below
    ``low[i + 1]``. The path leads from (0, 0) to (``rows - 1``, ``last``). All cells are numbered, row by
    row: row ``i`` has the numbers from ``starts[i]`` to ``starts[i + 1]``. ``row`` and ``column`` give the
    position of each cell, int64 ``[size]``.
    """

    low: Positions
    high: Positions
    last: int
    starts: Positions
    row: Positions
    column: Positions

    @classmethod
    def of(cls, low: Positions, high: Positions, last: int) -> Band:
        """Return the band between two borders. It is widened so that it has both corners and no gap."""
        low = np.clip(low, 0, last)
        low[0] = 0
        high = np.clip(high, np.append(low[1:], last), last)
        high = np.maximum.accumulate(np.maximum(high, low))
        widths = high - low + 1
        starts = np.concatenate([[0], np.cumsum(widths)])
        row = np.repeat(np.arange(len(low)), widths)
        return cls(low, high, last, starts, row, np.arange(starts[-1]) + (low - starts[:-1])[row])

    @property
    def rows(self) -> int:
        """Number of points on the Chinese side: the number of sentences plus 1."""
        return len(self.low)

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.row)

    def cell(self, row: int, column: int) -> int:
        """Return the number of a cell of the band."""
        return int(self.starts[row] + column - self.low[row])

    def moved(self, down: int, right: int) -> Positions:
        """Return the number of the cell that lies ``down`` rows and ``right`` columns from each cell.

        For a cell outside the band it is `size`, the number after the last cell.
        """
        rows = np.arange(self.rows) + down
        known = np.clip(rows, 0, self.rows - 1)
        high = np.where(rows == known, self.high[known], -self.size)[self.row]
        low, first = self.low[known], self.starts[:-1][known]
        columns = self.column + right
        cells = columns + (first - low)[self.row]
        cells[(columns < low[self.row]) | (columns > high)] = self.size
        return cells

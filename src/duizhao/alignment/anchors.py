"""Limit the search: find sentence pairs that are each other's best match, and search only near them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duizhao.encoders import Vectors

Positions = NDArray[np.int64]

_BLOCK_ROWS = 512
_MARGIN = 4  # sentences that are searched beyond what the anchors allow, on both sides
_FAR = 200  # the most sentences that are searched beside the straight line between two anchors


@dataclass(frozen=True, slots=True)
class Corridor:
    """The English positions to search at each Chinese position, int64 ``[n + 1]``. They never decrease."""

    low: Positions
    high: Positions
    centre: Positions


def corridor(zh: Vectors, en: Vectors) -> Corridor:
    """Return the corridor for two texts' sentence vectors ``[n, d]`` and ``[m, d]``.

    Between two anchors, everything is searched. On both sides the search also goes past one more anchor. So a
    single wrong anchor does no harm.
    """
    rows, columns = anchors(zh, en)
    count, last = len(zh), len(en)
    at = np.arange(count + 1)
    xs = np.concatenate([[0.0], rows + 0.5, [count]])
    ys = np.concatenate([[0.0], columns + 0.5, [last]])
    centre = np.interp(at, xs, ys)
    before = np.searchsorted(rows, at) + 1  # number of anchors before each position, plus 1
    low = np.concatenate([[0, 0], columns])[np.maximum(before - 1, 0)] - _MARGIN
    high = np.concatenate([columns, [last, last]])[before - 1 + (before - 1 < len(columns))] + _MARGIN
    slope = np.abs(np.diff(centre, append=last))
    low = np.maximum(low, np.floor(centre - _FAR - slope))
    high = np.minimum(high, np.ceil(centre + _FAR + slope))
    return Corridor(
        np.maximum.accumulate(np.clip(low, 0, last)).astype(np.int64),
        np.maximum.accumulate(np.clip(high, 0, last)).astype(np.int64),
        np.round(centre).astype(np.int64),
    )


def anchors(zh: Vectors, en: Vectors) -> tuple[Positions, Positions]:
    """Return the heaviest increasing chain of mutual best matches.

    The weight of a pair is its squared cosine.
    """
    best, cosine, back = _best_matches(zh, en)
    rows = np.flatnonzero(back[best] == np.arange(len(zh)))
    columns = best[rows]
    kept = _heaviest_chain(columns.tolist(), (np.maximum(cosine[rows], 0) ** 2).tolist(), len(en))
    return rows[kept], columns[kept]


def _best_matches(zh: Vectors, en: Vectors) -> tuple[Positions, Vectors, Positions]:
    """Return the best column of each row, its cosine, and the best row of each column.

    Work block by block.
    """
    best = np.empty(len(zh), dtype=np.int64)
    cosine = np.empty(len(zh), dtype=np.float32)
    back = np.zeros(len(en), dtype=np.int64)
    back_cosine = np.full(len(en), -2, dtype=np.float32)
    for start in range(0, len(zh), _BLOCK_ROWS):
        block = zh[start : start + _BLOCK_ROWS] @ en.T
        rows = slice(start, start + len(block))
        best[rows] = block.argmax(axis=1)
        cosine[rows] = block[np.arange(len(block)), best[rows]]
        top = block.argmax(axis=0)
        value = block[top, np.arange(len(en))]
        better = value > back_cosine
        back_cosine[better], back[better] = value[better], top[better] + start
    return best, cosine, back


def _heaviest_chain(columns: list[int], weights: list[float], size: int) -> list[int]:
    """Return the indices of the heaviest strictly increasing subsequence, in O(n log size).

    A Fenwick tree keeps, for every prefix of columns, the heaviest chain that ends in it.
    """
    heaviest, end = [0.0] * (size + 1), [-1] * (size + 1)
    previous: list[int] = []
    top, last = 0.0, -1
    for at, (column, weight) in enumerate(zip(columns, weights, strict=True)):
        value, link, place = 0.0, -1, column
        while place > 0:
            if heaviest[place] > value:
                value, link = heaviest[place], end[place]
            place &= place - 1
        previous.append(link)
        value += weight
        place = column + 1
        while place <= size:
            if value > heaviest[place]:
                heaviest[place], end[place] = value, at
            place += place & -place
        if value > top:
            top, last = value, at
    chain = []
    while last >= 0:
        chain.append(last)
        last = previous[last]
    return chain[::-1]

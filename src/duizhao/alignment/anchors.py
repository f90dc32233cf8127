"""Limit the search: find sentence pairs that are each other's best match, and search only near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duizhao.encoders import Vectors

Positions = NDArray[np.int64]

_BLOCK_ROWS = 128
_MARGIN = 4  # sentences that are searched beyond what the anchors allow, on both sides
_FAR = 200  # the most sentences that are searched beside the straight line between two anchors
_SURE = 0.1  # an anchor whose cosine is so much above that of every rival is sure
_ENOUGH = 1.5  # the search goes past so many anchors; doubtful ones count less
_SAMPLE = 2_000  # a longer text gets its first anchors from half so many sentences
_ENOUGH_FIRST = 6.0  # the same for the first anchors of a long text
_NEAR = 32  # sentences beyond what the first anchors allow in which the other anchors are looked for
_FAR_NEAR = 2_000  # the most sentences beside the straight line between two first anchors


@dataclass(frozen=True, slots=True)
class Corridor:
    """The English positions to search at each Chinese position, int64 ``[n + 1]``. They never decrease."""

    low: Positions
    high: Positions
    centre: Positions


@dataclass(frozen=True, slots=True)
class Anchors:
    """Pairs of sentences ``rows[k]`` and ``columns[k]``, both increasing, and how sure each is, in [0, 1]."""

    rows: Positions
    columns: Positions
    sure: Vectors


def corridor(zh: Vectors, en: Vectors) -> Corridor:
    """Return the corridor for two texts' sentence vectors ``[n, d]`` and ``[m, d]``.

    Between two anchors, everything is searched. On both sides the search also goes past one more anchor, and
    past more where anchors are doubtful. So a single wrong anchor does no harm.
    """
    return _between(find_anchors(zh, en), len(zh), len(en), _ENOUGH, _MARGIN, _FAR)


def _between(found: Anchors, count: int, last: int, enough: float, margin: int, far: int) -> Corridor:
    """Return the corridor that goes past ``enough`` anchors and ``margin`` more sentences on both sides."""
    rows, columns = found.rows, found.columns
    at = np.arange(count + 1)
    xs = np.concatenate([[0.0], rows + 0.5, [count]])
    ys = np.concatenate([[0.0], columns + 0.5, [last]])
    centre = np.interp(at, xs, ys)
    passed = np.concatenate([[0.0], np.cumsum(found.sure, dtype=np.float64)])
    now = passed[np.searchsorted(rows, at)]
    first = np.searchsorted(passed, now - enough, side="right")
    beyond = np.searchsorted(passed, now + enough) - 1
    low = np.concatenate([[0], columns])[first] - margin
    high = np.append(columns, last)[beyond] + margin
    slope = np.abs(np.diff(centre, append=last))
    low = np.maximum(low, np.floor(centre - far - slope))
    high = np.minimum(high, np.ceil(centre + far + slope))
    return Corridor(
        np.maximum.accumulate(np.clip(low, 0, last)).astype(np.int64),
        np.maximum.accumulate(np.clip(high, 0, last)).astype(np.int64),
        np.round(centre).astype(np.int64),
    )


def find_anchors(zh: Vectors, en: Vectors) -> Anchors:
    """Return the heaviest increasing chain of mutual best matches.

    The weight of a pair is its squared cosine. In a long text, the best matches of some sentences are found
    first, and those of the others near them. So the time is linear in the length of the text.
    """
    count, last = len(zh), len(en)
    blocks = [(slice(at, at + _BLOCK_ROWS), slice(0, last)) for at in range(0, count, _BLOCK_ROWS)]
    if max(count, last) > _SAMPLE:
        near = _between(_first_anchors(zh, en), count, last, _ENOUGH_FIRST, _NEAR, _FAR_NEAR)
        blocks = [
            (rows, slice(int(near.low[rows.start]), int(near.high[min(rows.stop, count)])))
            for rows, _ in blocks
        ]
    there, back = _best_matches(zh, en, blocks)
    rows = np.flatnonzero(back.place[there.place] == np.arange(count))
    columns = there.place[rows]
    return _chain(rows, columns, there.cosine[rows], np.maximum(there.rival[rows], back.rival[columns]), last)


def _first_anchors(zh: Vectors, en: Vectors) -> Anchors:
    """Return the anchors of some sentences, evenly spaced. Each is compared with the whole other side."""
    some = np.unique(np.linspace(0, len(zh) - 1, _SAMPLE // 2).astype(np.int64))
    rows = [slice(at, at + _BLOCK_ROWS) for at in range(0, len(some), _BLOCK_ROWS)]
    there, _ = _best_matches(zh[some], en, [(block, slice(0, len(en))) for block in rows])
    back, _ = _best_matches(en[there.place], zh, [(block, slice(0, len(zh))) for block in rows])
    same = np.flatnonzero(back.place == some)
    rival = np.maximum(there.rival[same], back.rival[same])
    return _chain(some[same], there.place[same], there.cosine[same], rival, len(en))


@dataclass(frozen=True, slots=True)
class _Matches:
    """The best match of each sentence, its cosine, and that of the second best."""

    place: Positions
    cosine: Vectors
    rival: Vectors

    @classmethod
    def none(cls, count: int) -> _Matches:
        low = np.full(count, -2, dtype=np.float32)
        return cls(np.zeros(count, dtype=np.int64), low, low.copy())

    def add(self, numbers: slice, place: Positions, cosine: Vectors, rival: Vectors) -> None:
        """Note the best matches of some sentences where they are better than those known."""
        old = self.cosine[numbers]
        better = cosine > old
        second = np.maximum(np.minimum(old, cosine), np.maximum(self.rival[numbers], rival))
        self.place[numbers] = np.where(better, place, self.place[numbers])
        self.cosine[numbers], self.rival[numbers] = np.where(better, cosine, old), second


def _best_matches(
    zh: Vectors, en: Vectors, blocks: Sequence[tuple[slice, slice]]
) -> tuple[_Matches, _Matches]:
    """Return the best column of each row and the best row of each column, in blocks of rows and columns."""
    there, back = _Matches.none(len(zh)), _Matches.none(len(en))
    for rows, columns in blocks:
        block = zh[rows] @ en[columns].T
        if block.size:
            there.add(rows, *_two_best(block, columns.start))
            back.add(columns, *_two_best(block.T, rows.start))
    return there, back


def _two_best(block: Vectors, first: int) -> tuple[Positions, Vectors, Vectors]:
    """Return the place of each row's best value, counted from ``first``, this value, and the second best."""
    rows = np.arange(len(block))
    place = block.argmax(axis=1)
    best = block[rows, place]
    block[rows, place] = -2
    second = block.max(axis=1)
    block[rows, place] = best
    return place + first, best, second


def _chain(rows: Positions, columns: Positions, cosine: Vectors, rival: Vectors, size: int) -> Anchors:
    """Return the heaviest increasing chain of some pairs of sentences."""
    kept = heaviest_chain(columns.tolist(), (np.maximum(cosine, 0) ** 2).tolist(), size)
    sure = np.clip((cosine[kept] - rival[kept]) / _SURE, 0, 1)
    return Anchors(rows[kept], columns[kept], sure)


def heaviest_chain(columns: list[int], weights: list[float], size: int) -> list[int]:
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

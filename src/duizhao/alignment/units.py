"""Rows of tables and lines of code: they are paired by what is the same on both sides.

Rows are compared only inside a gap: between the same two beads of prose. So no bead crosses another one. In
a gap, first the tables and the parts of code are paired, then the rows of each pair.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from duizhao.alignment.aligner import Bead, align
from duizhao.alignment.anchors import heaviest_chain
from duizhao.encoders import Encoder
from duizhao.text import HAN_CHARACTER

VERBATIM = frozenset(("table", "code"))
"""Roles of rows that are not prose.

They are not split, not aligned with prose, and not converted to another script.
"""

Unit = tuple[int, str, str]
"""A row: its number on its side, its role, its text."""

_Run = list[Unit]
_Rows = Sequence[Unit]
_Places = tuple[int, int, float]  # ranks on both sides, score

_WORD = re.compile(r"[A-Za-z0-9_]+")
_MOST = 2_500  # so many pairs of runs are compared at most; of more, the two halves are compared apart
_ROUNDS = 3  # how often anchors are looked for between anchors; so the time is linear
_LONGEST = 80  # characters that are compared of a line that may begin as one on the other side
_SAME_SHAPE = 0.2  # what speaks for two tables of the same size; cells in common count more


def pair_units(
    zh: _Rows, en: _Rows, prose: Sequence[Bead] = (), *, encoder: Encoder | str | None = None
) -> list[Bead]:
    """Return the beads of the rows of tables and the lines of code of two texts, in order.

    ``prose`` are the beads of all other sentences; none may go over a row. Rows with the same text are
    paired, and rows of tables that have a cell in common, which no other row has. Between two such pairs,
    rows are paired in order if both sides have as many; else, of a table, by meaning, with ``encoder``, and,
    of code, by what is before the first Han character. Other rows have no counterpart. The score is 1 where
    no model is used.
    """
    both = [bead for bead in prose if bead.zh and bead.en]
    left = _gaps(zh, sorted(bead.zh[0] for bead in both))
    right = _gaps(en, sorted(bead.en[0] for bead in both))
    beads: list[Bead] = []
    for gap in left.keys() & right.keys():
        for one, other in _pair_runs(left[gap], right[gap]):
            found = _pair_rows(one, other, _ROUNDS, encoder)
            beads += [Bead((one[i][0],), (other[j][0],), score) for i, j, score in found]
    done = {bead.zh[0] for bead in beads}, {bead.en[0] for bead in beads}
    beads += [Bead((number,), (), 1.0) for number, _, _ in zh if number not in done[0]]
    beads += [Bead((), (number,), 1.0) for number, _, _ in en if number not in done[1]]
    return in_order(beads)


def _gaps(rows: _Rows, starts: Sequence[int]) -> dict[int, list[_Run]]:
    """Return the runs of rows of one role that follow one another, by the number of beads before them."""
    gaps: dict[int, list[_Run]] = defaultdict(list)
    last, role = -2, ""
    for row in rows:
        if row[0] != last + 1 or row[1] != role:
            gaps[bisect(starts, row[0])].append([])
        last, role = row[0], row[1]
        gaps[bisect(starts, last)][-1].append(row)
    return gaps


def _pair_runs(zh: list[_Run], en: list[_Run]) -> Iterator[tuple[_Run, _Run]]:
    """Yield the pairs of runs, in order: those that no other run reads like, and those most alike between."""
    places = [_only(((0, "\n".join(text for _, _, text in run)), k) for k, run in enumerate(side))
              for side in (zh, en)]  # fmt: skip
    same = {(k, places[1][key]): 1.0 for key, k in places[0].items() if key in places[1]}
    ends = [(-1, -1), *_heaviest(same, len(en)), (len(zh), len(en))]
    for (i, j), (down, right) in pairwise(ends):
        yield from _most_alike(zh[i + 1 : down], en[j + 1 : right])
        if down < len(zh):
            yield zh[down], en[right]


def _most_alike(zh: list[_Run], en: list[_Run]) -> Iterator[tuple[_Run, _Run]]:
    """Yield the pairs of runs, in order, that are the most alike together."""
    if len(zh) * len(en) > _MOST and len(zh) > 1 and len(en) > 1:
        yield from _most_alike(zh[: len(zh) // 2], en[: len(en) // 2])
        yield from _most_alike(zh[len(zh) // 2 :], en[len(en) // 2 :])
        return
    sides = [[_contents(run) for run in side] for side in (zh, en)]
    alike = [
        [_likeness(zh[i], en[j], one, other) for j, other in enumerate(sides[1])]
        for i, one in enumerate(sides[0])
    ]
    best = [[0.0] * (len(en) + 1) for _ in range(len(zh) + 1)]  # of what is behind a place
    for i in reversed(range(len(zh))):
        for j in reversed(range(len(en))):
            best[i][j] = max(alike[i][j] + best[i + 1][j + 1], best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(zh) and j < len(en):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            yield zh[i], en[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def _contents(run: _Run) -> Counter[str]:
    """Return what a translation repeats of a run: its lines of code, its cells without Han characters."""
    if run[0][1] == "code":
        return Counter(text.strip() for _, _, text in run if any(map(str.isalnum, text)))
    return Counter(cell for _, _, text in run for _, cell in _cells(text))


def _likeness(zh: _Run, en: _Run, one: Counter[str], other: Counter[str]) -> float:
    if zh[0][1] != en[0][1]:
        return 0.0
    common = 2 * (one & other).total() / max(one.total() + other.total(), 1)
    size = min(len(zh), len(en)) / max(len(zh), len(en))
    columns = zh[0][2].count("\t") == en[0][2].count("\t")
    return common + _SAME_SHAPE * (size + columns)


def _cells(text: str) -> Iterator[tuple[int, str]]:
    """Yield the cells of a row that may be the same in a translation, each with its column."""
    for column, cell in enumerate(text.split("\t")):
        cell = cell.strip().casefold()
        if any(map(str.isalnum, cell)) and not HAN_CHARACTER.search(cell):
            yield column, cell


def _pair_rows(zh: _Rows, en: _Rows, rounds: int, encoder: Encoder | str | None) -> Iterator[_Places]:
    """Yield the ranks of the rows of two runs that are paired, and the score of each pair."""
    found = _heaviest(_candidates(zh, en, first=rounds == _ROUNDS), len(en)) if rounds else []
    for (i, j), (down, right) in pairwise([(-1, -1), *found, (len(zh), len(en))]):
        for k, m, score in _between(zh[i + 1 : down], en[j + 1 : right], rounds if found else 0, encoder):
            yield i + 1 + k, j + 1 + m, score
        if down < len(zh):
            yield down, right, 1.0


def _heaviest(candidates: Mapping[tuple[int, int], float], size: int) -> list[tuple[int, int]]:
    """Return the candidates in order on both sides that weigh most together."""
    some = sorted(candidates, key=lambda pair: (pair[0], -pair[1]))
    kept = heaviest_chain([j for _, j in some], [candidates[pair] for pair in some], size)
    return [some[k] for k in kept]


def _candidates(zh: _Rows, en: _Rows, *, first: bool) -> dict[tuple[int, int], float]:
    """Return pairs of ranks with what they have in common and no other row of the two runs has.

    ``first`` says that the runs are whole: then the first rows of two tables, the headers, are a candidate.
    """
    places = [_only(_keys(rows)) for rows in (zh, en)]
    weights: dict[tuple[int, int], float] = defaultdict(float)
    if first and zh[0][1] == "table":
        weights[0, 0] = 1.0
    for key, i in places[0].items():
        if key in places[1]:
            weights[i, places[1][key]] += 1.0 if any(map(str.isalnum, key[1])) else 0.1
    return weights


def _keys(rows: _Rows) -> Iterable[tuple[tuple[int, str], int]]:
    for rank, (_, role, text) in enumerate(rows):
        yield (-1, text.strip()), rank
        if role == "table":
            for key in _cells(text):
                yield key, rank


def _only(keys: Iterable[tuple[tuple[int, str], int]]) -> dict[tuple[int, str], int]:
    """Return the rank of each key that only one row has."""
    ranks: dict[tuple[int, str], int] = {}
    for key, rank in keys:
        ranks[key] = -1 if key in ranks else rank
    return {key: rank for key, rank in ranks.items() if rank >= 0}


def _between(zh: _Rows, en: _Rows, rounds: int, encoder: Encoder | str | None) -> Iterator[_Places]:
    """Yield the pairs between two anchors."""
    begin = 0
    while begin < min(len(zh), len(en)) and zh[begin][2].strip() == en[begin][2].strip():
        yield begin, begin, 1.0
        begin += 1
    end = 0
    while end < min(len(zh), len(en)) - begin and zh[-1 - end][2].strip() == en[-1 - end][2].strip():
        end += 1
    left, right = zh[begin : len(zh) - end], en[begin : len(en) - end]
    if left and right:
        if rounds:
            pairs: Iterable[_Places] = _pair_rows(left, right, rounds - 1, encoder)
        elif len(left) == len(right):
            pairs = ((k, k, 1.0) for k in range(len(left)) if _may_pair(left[k], right[k]))
        elif left[0][1] == "code":
            pairs = _by_beginning(left, right)
        else:
            pairs = _by_meaning(left, right, encoder)
        for i, j, score in pairs:
            yield begin + i, begin + j, score
    for k in reversed(range(end)):
        yield len(zh) - 1 - k, len(en) - 1 - k, 1.0


def _may_pair(zh: Unit, en: Unit) -> bool:
    """Return whether two rows at the same place may be a pair: of a table always, of code if they are alike.

    Lines of code are alike if they have a word in common, or none at all; or if one is translated and begins
    with Han characters or with the same mark.
    """
    if zh[1] == "table":
        return True
    words = [set(_WORD.findall(text)) for _, _, text in (zh, en)]
    if words[0] & words[1] or not any(words):
        return True
    first = zh[2].strip()[:1]
    return bool(HAN_CHARACTER.search(zh[2])) and (
        first == en[2].strip()[:1] or bool(HAN_CHARACTER.match(first))
    )


def _by_beginning(zh: _Rows, en: _Rows) -> list[_Places]:
    """Pair lines of code that a translator changed, as ``// 数据``: they begin in the same way.

    Lines with the same beginning are paired if both sides have as many.
    """
    beginnings: dict[str, list[int]] = defaultdict(list)
    for rank, (_, _, text) in enumerate(zh):
        if (han := HAN_CHARACTER.search(text)) and (beginning := text[: han.start()].strip()[:_LONGEST]):
            beginnings[beginning].append(rank)
    longest = max(map(len, beginnings), default=0)
    there: dict[str, list[int]] = defaultdict(list)
    for rank, (_, _, text) in enumerate(en):
        line = text.strip()
        size = next((n for n in range(min(longest, len(line)), 0, -1) if line[:n] in beginnings), 0)
        if size:
            there[line[:size]].append(rank)
    weights = {
        pair: 1.0
        for beginning, ranks in beginnings.items()
        if len(ranks) == len(there[beginning])
        for pair in zip(ranks, there[beginning], strict=True)
    }
    return [(i, j, 1.0) for i, j in _heaviest(weights, len(en))]


def _by_meaning(zh: _Rows, en: _Rows, encoder: Encoder | str | None) -> list[_Places]:
    """Pair rows of a table by the aligner, one with one."""
    beads = align(
        [" ".join(text.split()) for _, _, text in zh],
        [" ".join(text.split()) for _, _, text in en],
        zh_sections=range(len(zh)),
        en_sections=range(len(en)),
        encoder=encoder,
    )
    return [(bead.zh[0], bead.en[0], bead.score) for bead in beads if bead.zh and bead.en]


def in_order(beads: Sequence[Bead]) -> list[Bead]:
    """Sort beads by their place in the Chinese file.

    A bead without Chinese comes after the bead whose English is before its own English.
    """
    behind: dict[int, list[Bead]] = {}
    owner = sorted((bead.en[-1], bead.zh[0]) for bead in beads if bead.zh and bead.en)
    rank, chinese = 0, -1
    for bead in sorted((bead for bead in beads if not bead.zh), key=lambda bead: bead.en):
        while rank < len(owner) and owner[rank][0] < bead.en[0]:
            chinese = owner[rank][1]
            rank += 1
        behind.setdefault(chinese, []).append(bead)
    ordered = list(behind.get(-1, []))
    for bead in sorted((bead for bead in beads if bead.zh), key=lambda bead: bead.zh):
        ordered += [bead, *behind.get(bead.zh[0], [])]
    return ordered

"""Rows of tables and lines of code: they are paired as they are, not by meaning."""

from __future__ import annotations

from collections.abc import Sequence

from duizhao.alignment.aligner import Bead

VERBATIM = frozenset(("table", "code"))
"""Roles of rows that are not prose.

They are not split, not aligned by meaning, and not converted to another script.
"""

Unit = tuple[int, str, str]
"""A row: its number on its side, its role, its text."""


def pair_units(zh: Sequence[Unit], en: Sequence[Unit]) -> list[Bead]:
    """Return the beads of the rows of tables and the lines of code of two texts.

    If both sides have the same roles in the same order, they are paired in this order. Otherwise
    only rows with the same text are paired, and the others have no counterpart. The score is 1,
    because no model is used.
    """
    if [role for _, role, _ in zh] == [role for _, role, _ in en]:
        return [Bead((a,), (b,), 1.0) for (a, _, _), (b, _, _) in zip(zh, en, strict=True)]
    places: dict[str, list[int]] = {}
    for rank, (_, _, text) in enumerate(en):
        places.setdefault(text, []).append(rank)
    for ranks in places.values():
        ranks.reverse()
    right = [number for number, _, _ in en]
    beads: list[Bead] = []
    done = 0
    for number, _, text in zh:
        ranks = places.get(text, [])
        while ranks and ranks[-1] < done:
            ranks.pop()
        if not ranks:
            beads.append(Bead((number,), (), 1.0))
            continue
        beads += [Bead((), (right[rank],), 1.0) for rank in range(done, ranks[-1])]
        done = ranks.pop() + 1
        beads.append(Bead((number,), (right[done - 1],), 1.0))
    return beads + [Bead((), (right[rank],), 1.0) for rank in range(done, len(right))]


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

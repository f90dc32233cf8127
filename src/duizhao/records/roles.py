"""Roles of sentences, for example title or table. The roles of a release can be chosen.

This module also pairs the rows of tables and code, which are not aligned by meaning.
"""

from __future__ import annotations

from collections.abc import Sequence

from duizhao.alignment import Bead
from duizhao.errors import InputError
from duizhao.text import Block, Sentence, read

ROLES = (
    "title",
    "heading",
    "body",
    "question",
    "answer",
    "quote",
    "caption",
    "list_item",
    "table",
    "code",
    "footnote",
)
"""All roles, as in the schema of the config ``sentences``."""
VERBATIM = frozenset(("table", "code"))
"""Roles of rows that are not prose.

They are not split, not aligned by meaning, and not converted to another script.
"""
_OF_KIND = frozenset(("title", "heading", "quote", "caption", "list_item", "table", "code", "footnote"))


def role_of(raw: str, block: Block) -> str:
    """Return the role of the sentences of a block."""
    if block.speaker is not None:
        return "question" if block.asks else "answer"
    if block.kind == "paragraph" and _is_quotation(read(raw, block.spans)):
        return "quote"
    return block.kind if block.kind in _OF_KIND else "body"


def choose_roles(text: str | None) -> frozenset[str]:
    """Return the roles that a user chose.

    ``title,body`` means only these, ``-table,-code`` means all except these, and None means all. Raises
    DuizhaoError ``unknown-role``.
    """
    if text is None:
        return frozenset(ROLES)
    names = [name.strip() for name in text.split(",") if name.strip()]
    without = [name[1:] for name in names if name.startswith("-")]
    unknown = [name for name in names if name.removeprefix("-") not in ROLES]
    if unknown or not names or len(without) not in (0, len(names)):
        what = f"unknown role {unknown[0].removeprefix('-')!r}" if unknown else f"{text!r} names no roles"
        raise InputError(
            "unknown-role",
            f"--roles: {what}; name those to keep (title,body) or those to leave out (-table,-code); "
            f"allowed: {', '.join(ROLES)}",
        )
    return frozenset(ROLES) - frozenset(without) if without else frozenset(names)


def _is_quotation(text: str) -> bool:
    """Return whether a paragraph is one quotation from its first to its last character."""
    return text[:1] in "“「" and text[-1:] in "”」" and not any(mark in text[1:-1] for mark in "”」")


def is_verbatim(sentence: Sentence) -> bool:
    """Return whether a sentence is a row of a table or a line of code."""
    return sentence.role in VERBATIM


def pair_verbatim(zh: Sequence[Sentence], en: Sequence[Sentence]) -> list[Bead]:
    """Return the beads of the rows of tables and the lines of code of an article.

    If both sides have the same roles in the same order, they are paired in this order. Otherwise only rows
    with the same text are paired, and the others have no counterpart. The score is 1, because no model is
    used.
    """
    left = [index for index, sentence in enumerate(zh) if is_verbatim(sentence)]
    right = [index for index, sentence in enumerate(en) if is_verbatim(sentence)]
    if [zh[index].role for index in left] == [en[index].role for index in right]:
        return [Bead((a,), (b,), 1.0) for a, b in zip(left, right, strict=True)]
    places: dict[str, list[int]] = {}
    for rank, index in enumerate(right):
        places.setdefault(en[index].text, []).append(rank)
    for ranks in places.values():
        ranks.reverse()
    beads: list[Bead] = []
    done = 0
    for index in left:
        ranks = places.get(zh[index].text, [])
        while ranks and ranks[-1] < done:
            ranks.pop()
        if not ranks:
            beads.append(Bead((index,), (), 1.0))
            continue
        beads += [Bead((), (right[rank],), 1.0) for rank in range(done, ranks[-1])]
        done = ranks.pop() + 1
        beads.append(Bead((index,), (right[done - 1],), 1.0))
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

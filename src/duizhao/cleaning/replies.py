"""Replies: the parts of a thread that are not the article, by its posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from duizhao.text import Block, Document, posts_of

REPLY = "place: reply in a thread"
SIGNATURE = "place: signature of a post"
NOTE = "form: note of a forum's software"


class Aside(NamedTuple):
    """A part of a text, ``[start, end)``, that goes without being judged: its category and the reason."""

    start: int
    end: int
    category: str
    reason: str


def find_asides(document: Document) -> list[Aside]:
    """Replies, signatures and notes of a thread, in order. Of a thread, the opening post is the article."""
    found = []
    for post in posts_of(document):
        if post.reply:
            found.append(Aside(post.start, post.end, "comment", REPLY))
            continue
        found += [Aside(start, end, "artefact", NOTE) for start, end in post.notes]
        if post.signature < post.end:
            found.append(Aside(post.signature, post.end, "artefact", SIGNATURE))
    return found


def match_asides(blocks: Sequence[Block], asides: Sequence[Aside]) -> Iterator[Aside | None]:
    """The part that each block begins in; None for a block outside of them all."""
    place = 0
    for block in blocks:
        while place < len(asides) and asides[place].end <= block.start:
            place += 1
        inside = place < len(asides) and asides[place].start <= block.start
        yield asides[place] if inside else None

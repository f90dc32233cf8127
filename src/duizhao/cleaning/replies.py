"""Replies: the parts of a thread that are not the article, by its posts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from duizhao.text import Block, Document, posts_of

REPLY = "place: reply in a thread"
SIGNATURE = "place: signature of a post"
NOTE = "form: note of a forum's software"


_NOTE = re.compile(
    r".{0,40}本帖最[后後]由.{1,60}[于於].{6,24}[编編][辑輯]\W{0,4}|下[载載]附件|保存到相[册冊]|查看全部[评評]分"
    r"|.{1,80} ?\([\d.]{1,9} [KMG]?B, 下[载載]次[数數]: ?\d{1,6}\)|\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2} 上[传傳]"
)
"""Lines that the software of a forum (Discuz) adds to a post: who edited it, files, points."""
_LONGEST_NOTE = 160


def is_note(text: str) -> bool:
    """Whether a line was written by the software of a forum. No author writes such a line."""
    return len(text) <= _LONGEST_NOTE and _NOTE.fullmatch(text) is not None


class Aside(NamedTuple):
    """A part of a text, ``[start, end)``, that goes without being judged: its category and the reason."""

    start: int
    end: int
    category: str
    reason: str


def find_asides(document: Document) -> list[Aside]:
    """Replies and signatures of a thread, in order. Of a thread, the opening post is the article."""
    found = []
    for post in posts_of(document):
        if post.reply:
            found.append(Aside(post.start, post.end, "comment", REPLY))
        elif post.signature < post.end:
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

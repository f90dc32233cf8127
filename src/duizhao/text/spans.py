"""Spans: which parts of a raw text are read, and how they read together.

Between two spans lies markup. Nothing is copied, moved or changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Span = tuple[int, int]

_SPACE = re.compile(r"\s")


def read(raw: str, spans: Sequence[Span]) -> str:
    """Text that spans cover. Between two spans stands one space where white space parted Latin words or figures.

    A line wrap inside a Chinese sentence leaves no space; one next to a Latin letter or a figure leaves
    one, as does white space that was there; markup without white space leaves none.
    """
    if len(spans) == 1:
        start, end = spans[0]
        return raw[start:end]
    parts: list[str] = []
    for number, (start, end) in enumerate(spans):
        if number and parted(raw, spans[number - 1][1], start):
            parts.append(" ")
        parts.append(raw[start:end])
    return "".join(parts)


def positions(raw: str, spans: Sequence[Span]) -> list[int]:
    """For each code point of ``read(raw, spans)`` its place in the raw text; a space between spans has the next one's."""
    places: list[int] = []
    for number, (start, end) in enumerate(spans):
        if number and parted(raw, spans[number - 1][1], start):
            places.append(start)
        places.extend(range(start, end))
    return places


def parted(raw: str, end: int, start: int) -> bool:
    """Whether the gap between a span that ends at ``end`` and one that starts at ``start`` reads as a space."""
    return _SPACE.search(raw, end, start) is not None and spaced(raw[end - 1 : end], raw[start : start + 1])


def locate(raw: str, spans: Sequence[Span], offset: int) -> int:
    """Where the character at ``offset`` of ``read(raw, spans)`` stands in the raw text."""
    length = 0
    for number, (start, end) in enumerate(spans):
        if number:
            length += parted(raw, spans[number - 1][1], start)
        if offset < length + end - start:
            return max(start, start + offset - length)
        length += end - start
    return spans[-1][1]


def cut(spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """The parts of spans that lie inside [start, end)."""
    return tuple((max(a, start), min(b, end)) for a, b in spans if a < end and b > start)


def trim(raw: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans without white space at the two outer ends and without empty spans."""
    kept = [(a, b) for a, b in spans if not raw[a:b].isspace() and a < b]
    if not kept:
        return ()
    (start, first_end), (last_start, end) = kept[0], kept[-1]
    if raw[start].isspace():
        kept[0] = (outer(raw, start, first_end)[0], first_end)
    if raw[end - 1].isspace():
        kept[-1] = (kept[-1][0], outer(raw, last_start, end)[1])
    return tuple(kept)


def outer(raw: str, start: int, end: int) -> Span:
    """A range without white space at its ends."""
    text = raw[start:end]
    return start + len(text) - len(text.lstrip()), start + len(text.rstrip())


def join(parts: Iterable[str]) -> str:
    """Sentences as one text: a space between two where their script writes one (see `spaced`), else nothing."""
    joined: list[str] = []
    for part in parts:
        if joined and part and spaced(joined[-1][-1:], part[0]):
            joined.append(" ")
        if part:
            joined.append(part)
    return "".join(joined)


def spaced(left: str, right: str) -> bool:
    """Whether a gap between two characters reads as a space: not next to Han characters' own punctuation."""
    if not left or not right or right in ",.;:!?)]*%":
        return False
    return not (_wide(left) and _wide(right)) and not (_wide_mark(left) or _wide_mark(right))


def _wide(character: str) -> bool:
    return ord(character) > 0x2E7F or _wide_mark(character)


def _wide_mark(character: str) -> bool:
    """Chinese punctuation, the curly quotes and dashes that Chinese shares with other languages included."""
    return character in "“”‘’—…·" or 0x3000 <= ord(character) <= 0x303F or 0xFF00 <= ord(character) <= 0xFFEF

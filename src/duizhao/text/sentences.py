"""Sentences: where a paragraph divides, as spans of the raw file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from duizhao.errors import InputError
from duizhao.text.block import NO_TEXT, Block
from duizhao.text.blocks import find_blocks
from duizhao.text.boundaries import ends_of
from duizhao.text.document import make_document
from duizhao.text.spans import Span, places_of, read, trim

_WHOLE = frozenset(("title", "heading", "table", "code"))
"""Kinds of blocks that are always one sentence, even with several full stops."""


class Sentence(NamedTuple):
    """One sentence: its text as received and its half-open spans in the raw file. A tuple, for speed.

    ``paragraph`` is the number of its paragraph among the kept ones of its file, from 0.
    """

    text: str
    spans: tuple[Span, ...]
    paragraph: int
    role: str = "body"
    speaker: str | None = None


def split_sentences(text: str, language: str = "zh") -> list[str]:
    """Sentences of a plain or Markdown text in order, without its markup; metadata at its head is left out.

    ``language`` is ``zh`` or ``en``. Raises DuizhaoError ``unknown-language``.
    """
    if language not in ("zh", "en"):
        raise InputError("unknown-language", f"{language}: unknown language; allowed: zh, en")
    return [
        read(text, spans)
        for block in find_blocks(make_document("text", text, language))
        if block.spans and block.kind not in NO_TEXT
        for spans in split_block(text, block, language)
    ]


def split_block(raw: str, block: Block, language: str) -> list[tuple[Span, ...]]:
    """Spans of the sentences of a block; a title, a heading, a table's row and a line of code are one."""
    return [block.spans] if block.kind in _WHOLE else split(raw, block.spans, language)


def split(raw: str, spans: Sequence[Span], language: str) -> list[tuple[Span, ...]]:
    """Spans of the sentences of one paragraph; ``language`` is ``zh`` or ``en``. White space between them
    belongs to none.
    """
    found: list[tuple[Span, ...]] = []
    index, start = 0, spans[0][0]
    if len(spans) == 1 and raw[start : start + 1] != "&":  # most paragraphs
        text = raw[start : spans[0][1]]
        ends = [start, *(start + end for end in ends_of(text, language)), spans[0][1]]
        return [sentence for part in pairwise(ends) if (sentence := trim(raw, (part,)))]
    for stop in [*places_of(raw, spans, ends_of(read(raw, spans), language)), spans[-1][1]]:
        part: list[Span] = []
        while index < len(spans) and spans[index][0] < stop:
            a, b = max(spans[index][0], start), min(spans[index][1], stop)
            if a < b:
                part.append((a, b))
            if spans[index][1] > stop:
                break
            index += 1
        if sentence := trim(raw, part):
            found.append(sentence)
        start = max(stop, start)
    return found

"""Sentences: where a paragraph divides, as spans of the raw file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from duizhao.errors import InputError
from duizhao.text.block import NO_TEXT, Block
from duizhao.text.blocks import find_blocks
from duizhao.text.boundaries import ends_of
from duizhao.text.document import make_document
from duizhao.text.han import HAN, count_han
from duizhao.text.spans import Span, places_of, read, read_pieces, trim

_WHOLE = frozenset(("title", "heading", "table", "code"))
"""Kinds of blocks that are always one sentence, even with several full stops."""
_CODE_MARK = re.compile(r"(`+)|<(/?)(code|kbd|samp|tt)\b[^<>]*>", re.IGNORECASE)
_NEAR = 200
"""The marks of code around a paragraph are looked for in this many characters before it and after it."""
_STOPS = str.maketrans(dict.fromkeys("。！？｡!?.．…⋯", "x"))
_PROSE = 10
"""A span of code with at least this many Han characters is prose."""
_BETWEEN_WORDS = re.compile(rf"[{HAN}][。！？]+[{HAN}]")
_TICKED = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{1,200})\1(?!`)")
"""A span of code in a text that is not Markdown, where its marks are text."""


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
    if len(spans) == 1 and raw[start : start + 1] not in ("&", "<"):  # most paragraphs
        text = raw[start : spans[0][1]]
        shown = _TICKED.sub(_without_stops, text) if "`" in text else text
        ends = [start, *(start + end for end in ends_of(shown, language)), spans[0][1]]
        return [sentence for part in pairwise(ends) if (sentence := trim(raw, (part,)))]
    text = _without_stops_of_code(raw, spans, read(raw, spans))
    for stop in [*places_of(raw, spans, ends_of(text, language)), spans[-1][1]]:
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


def _without_stops_of_code(raw: str, spans: Sequence[Span], text: str) -> str:
    """The text of a paragraph, of the same length, with letters in place of the stops in its spans of code.

    They end no sentence: ``使用 `println!` 宏。`` If all of a paragraph is code, its stops stay.
    """
    start, end = spans[0][0], spans[-1][1]
    if raw.find("`", max(0, start - 2), end) < 0 and raw.find("<", max(0, start - _NEAR), end) < 0:
        return text
    code = _code_spans(raw, spans)
    if not code or len(code) == len(spans):
        return text
    parts: list[str] = []
    place = 0
    for index, (_, _, before, length) in enumerate(read_pieces(raw, spans)):
        part = text[place : place + before + length]
        parts.append(part.translate(_STOPS) if index in code else part)
        place += before + length
    return "".join(parts)


def _without_stops(code: re.Match[str]) -> str:
    return code.group() if _is_prose(code[2]) else code.group().translate(_STOPS)


def _is_prose(code: str) -> bool:
    """Whether a span of code is prose that its author set as code: the sentences in it end."""
    return _BETWEEN_WORDS.search(code) is not None or count_han(code) >= _PROSE


def _code_spans(raw: str, spans: Sequence[Span]) -> set[int]:
    """Indexes of the spans between two marks of code, which are backticks or tags of HTML."""
    code: set[int] = set()
    opened, since = "", 0
    position = -1
    for index, (start, end) in enumerate([*spans, (len(raw), len(raw))]):
        if position < 0:
            gap = _opening_mark(raw, start)
        else:
            gap = raw[position:start] if index < len(spans) else raw[position : position + _NEAR].lstrip(" ")
        position = end
        if "`" not in gap and "<" not in gap:
            continue
        for kind, opens, closes in _ONE_TICK if gap == "`" else _marks(gap, index == len(spans)):
            if closes and opened == kind:
                if since < index and not _is_prose(raw[spans[since][0] : spans[index - 1][1]]):
                    code.update(range(since, index))
                opened = ""
            elif opens and not opened:
                opened, since = kind, index
    return code


_ONE_TICK = [("`", True, True)]


def _marks(gap: str, behind: bool) -> list[tuple[str, bool, bool]]:
    """The marks of code in the markup between two spans: what each is, and whether it can open and close
    code. ``behind`` a paragraph only a mark directly behind it counts.
    """
    marks = [mark for mark in _CODE_MARK.finditer(gap) if not (behind and mark.start())]
    return [(mark[1] or mark[3].lower(), not mark[2], bool(mark[1] or mark[2])) for mark in marks]


def _opening_mark(raw: str, start: int) -> str:
    """The mark of code directly before a paragraph; an empty string if none is there or if it closes code."""
    if raw[max(0, start - 2) : start].rstrip(" ")[-1:] not in ("`", ">"):
        return ""
    head = raw[max(0, start - _NEAR) : start].rstrip(" ")
    mark = next((mark for mark in _CODE_MARK.finditer(head) if mark.end() == len(head)), None)
    if mark is None or head[mark.start() - 1 : mark.start()].strip(" \t\n\r*_|>["):
        return ""
    return mark.group()

"""Transcripts that a program made of a recording: a head with a speaker and a time above what each one says.

``说话人 1 00:00``, ``王小明(00:01:02):``, ``00:01 王小明：``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from duizhao.text.block import Block
from duizhao.text.dialogue import asks
from duizhao.text.spans import cut, is_blank, locate, read, trim

_TIME = r"(?:\d{1,2}:)?\d{2,3}:\d{2}(?:[.,]\d{1,3})?"
_NAME = r"[^\W\d_][^\n:：()（）\[\]【】<>|#*，。！？!?；;“”\"「」《》、/]{0,23}?"
_GAP = "[ \\t\u3000]"
_HEAD = re.compile(
    rf"^{_GAP}{{0,8}}(?P<head>(?:#{{1,6}}[ \t]{{1,3}})?[*_]{{0,3}})(?:"
    rf"(?P<name>{_NAME})[*_]{{0,3}}"
    rf"(?:{_GAP}{{1,8}}[*_]{{0,3}}(?P<time>{_TIME})|{_GAP}{{0,8}}[(（\[【](?P<set>{_TIME})[)）\]】])"
    rf"[*_]{{0,3}}[ \t\r]{{0,8}}(?:[:：][*_]{{0,3}}|$)"
    rf"|[(（\[【]?(?P<first>{_TIME})[)）\]】]?{_GAP}{{1,8}}[*_]{{0,3}}(?P<after>{_NAME})[*_]{{0,3}}"
    rf"[:：][*_]{{0,3}})",
    re.MULTILINE,
)
_CLOCK = re.compile(r":(?<=\d:)\d\d")
_REACH = 60
"""Characters before the last figures of a time in the line of a head, at most."""
_MACHINE = re.compile(r"(?:[说說发發讲講][话話言]人|speaker)[ \t_]?\d{1,3}", re.IGNORECASE)
"""A name that a program gave."""
_TAG = re.compile(r"<[^<>]*>")
_DATED = re.compile(r"\d{4}|\d[-/月]\d")
_HEADS = frozenset(("paragraph", "heading"))
_FEWEST = 3
_EARLY = 600
"""Seconds: the first head is in this time. Verses of a book (``诗篇 23:10``) and timetables begin later."""


class Head(NamedTuple):
    """The head of a turn: the range of its line or of its part before the words, the name, the time in
    seconds.
    """

    start: int
    end: int
    name: str
    time: int


def find_heads(raw: str, begin: int = 0) -> list[Head]:
    """The heads of a transcript in the lines of a text; none if it is no transcript."""
    if raw.count(":", begin) < _FEWEST:
        return []
    return _checked(raw, _match(raw, _line_starts(raw, begin)))


def heads_of(raw: str, blocks: Sequence[Block]) -> list[Head]:
    """The same of a file whose format defines its blocks."""
    return _checked(raw, _match_blocks(raw, blocks))


def _match_blocks(raw: str, blocks: Sequence[Block]) -> Iterator[Head]:
    for block in blocks:
        if block.kind in _HEADS and ":" in raw[block.start : block.start + 2 * _REACH]:
            text = read(raw, block.spans)
            for head in _match(text, (0,)):
                end = locate(raw, block.spans, head.end) if head.end < len(text) else block.end
                yield head._replace(start=block.start, end=end)


def _line_starts(raw: str, begin: int) -> Iterator[int]:
    """Starts of the lines that have a time near their beginning."""
    last = -1
    for clock in _CLOCK.finditer(raw, begin):
        near = max(clock.start() - _REACH, begin)
        start = raw.rfind("\n", near, clock.start()) + 1
        if (start or near == begin) and max(start, begin) != last:
            last = max(start, begin)
            yield last


def _match(raw: str, starts: Iterable[int]) -> Iterator[Head]:
    for start in starts:
        match = _HEAD.match(raw, start)
        name = (match["name"] or match["after"]).strip() if match else ""
        if match and not _DATED.search(name):
            time = match["time"] or match["set"] or match["first"]
            yield Head(match.start("head"), match.end(), name, _seconds(time))


def _seconds(time: str) -> int:
    seconds = 0
    for part in re.split("[.,]", time)[0].split(":"):
        seconds = 60 * seconds + int(part)
    return seconds


def _checked(raw: str, found: Iterator[Head]) -> list[Head]:
    """The heads, if there are enough of them, the times rise, the names come back or were given by a program,
    and words follow.
    """
    heads = list(found)
    few = len(heads) // 5
    falls = sum(later.time < earlier.time for earlier, later in pairwise(heads))
    silent = sum(is_blank(_TAG.sub("", raw[head.end : after.start])) for head, after in pairwise(heads))
    if len(heads) < _FEWEST or falls > few or silent > few:
        return []
    made = sum(_MACHINE.fullmatch(head.name) is not None for head in heads)
    names = len({head.name for head in heads})
    named = 1 < names <= (len(heads) + 1) / 2 and heads[0].time <= _EARLY
    return heads if named or made >= len(heads) - few else []


def name_speakers_of(raw: str, blocks: Sequence[Block], heads: Sequence[Head]) -> list[Block]:
    """Blocks with the speakers of a transcript. The heads become markup before the words that follow them.

    All paragraphs up to the next head are of one speaker; after the last head it is one paragraph. A head
    without words after it stays text.
    """
    by_start = {head.start: head for head in heads}
    found: list[Block] = []
    speaker: str | None = None
    waiting: Block | None = None
    for block in blocks:
        head = by_start.get(block.start) if block.kind in _HEADS else None
        if head is None and block.kind == "paragraph" and speaker is not None:
            start = block.start if waiting is None else waiting.start
            block = block._replace(start=start, speaker=speaker, asks=asks(speaker))
            waiting = None
            speaker = speaker if heads[-1].start > start else None
        elif waiting is not None:
            found.append(waiting)
            waiting = speaker = None
        if head is None:
            speaker = None if block.kind == "heading" else speaker
            found.append(block)
            continue
        speaker = head.name
        if spans := trim(raw, cut(block.spans, head.end, block.end)):
            found.append(block._replace(kind="paragraph", spans=spans, speaker=speaker, asks=asks(speaker)))
            speaker = speaker if head is not heads[-1] else None
        else:
            waiting = block
    return [*found, waiting] if waiting is not None else found

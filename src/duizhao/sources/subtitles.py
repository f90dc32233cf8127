"""Subtitles (SubRip, WebVTT): the spoken words are text; numbers, times and settings are markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duizhao.text import Block, Span

SUFFIXES = (".srt", ".vtt")

_TIMES = re.compile(
    r"^[ \t\ufeff]*(?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{1,3}[ \t]*-->[ "
    r"\t]*(?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{1,3}[^\n]*$",
    re.MULTILINE,
)
_NUMBER = re.compile(r"(?:^|\n)[ \t]*\d+[ \t\r]*\n[ \t\r]*\Z")
_CUE_NAME = re.compile(r"\n[ \t\r]*\n[^\n]+\n\Z")
_TAG = re.compile(
    r"</?(?:[bius]|font|c|v|lang|ruby|rt)\b[^<>\n]{0,200}>|<\d[\d:.]{3,14}>|\{\\an?\d{1,2}\}|"
    r"\{\\[^{}\n]{1,80}\}"
)
_NOTE = re.compile(r"\n[ \t\r]*\n(?:NOTE|STYLE|REGION)\b")
_ENDS = ("。", "！", "？", "!", "?", "…", ".", "”", "」", "』", "’", '"')
_LONGEST = 400
"""Characters after which a paragraph of cues ends even without a full stop."""


def is_subtitles(name: str) -> bool:
    """Whether a file's name says that it holds subtitles."""
    return name.lower().endswith(SUFFIXES)


def find_cues(raw: str) -> tuple[Block, ...]:
    """Blocks of a file of subtitles. Cues up to the end of a sentence are one paragraph. Where few cues end a
    sentence, as in most Chinese subtitles, each cue is a paragraph.
    """
    cues = [spans for spans in _cues(raw) if spans]
    ended = [raw[spans[-1][0] : spans[-1][1]].endswith(_ENDS) for spans in cues]
    stopped = sum(ended) * 5 >= len(cues)
    blocks: list[Block] = []
    group: list[Span] = []
    for spans, ends in zip(cues, ended, strict=True):
        group += spans
        if ends or not stopped or sum(end - start for start, end in group) >= _LONGEST:
            blocks.append(Block("paragraph", group[0][0], group[-1][1], tuple(group)))
            group = []
    if group:
        blocks.append(Block("paragraph", group[0][0], group[-1][1], tuple(group)))
    return tuple(blocks)


def cue_lines(raw: str) -> Iterator[list[Span]]:
    """Yield the lines of each cue that are not blank, each with its line feed."""
    for start, end in _bodies(raw):
        yield [
            (begin, min(stop + 1, end)) for begin, stop in _lines(raw, start, end) if raw[begin:stop].strip()
        ]


def _cues(raw: str) -> Iterator[list[Span]]:
    """Spans of the words of each cue."""
    for start, end in _bodies(raw):
        yield [span for begin, stop in _lines(raw, start, end) for span in _said(raw, begin, stop)]


def _bodies(raw: str) -> Iterator[Span]:
    """Where the words of each cue are: from after its times to the number or the name of the next cue."""
    times = list(_TIMES.finditer(raw))
    for place, match in enumerate(times):
        stop = times[place + 1].start() if place + 1 < len(times) else len(raw)
        yield match.end(), _without_tail(raw, match.end(), stop, last=place + 1 == len(times))


def _without_tail(raw: str, start: int, stop: int, *, last: bool) -> int:
    """Where a cue's text ends: before a blank line with a number or name of the next cue, or
    a note behind it.
    """
    text = raw[start:stop]
    if note := _NOTE.search(text):
        return start + note.start()
    if not last and (tail := _NUMBER.search(text) or _CUE_NAME.search(text)):
        return start + tail.start()
    return stop


def _lines(raw: str, start: int, stop: int) -> Iterator[Span]:
    while start < stop:
        end = raw.find("\n", start, stop)
        end = stop if end < 0 else end
        yield start, end
        start = end + 1


def _said(raw: str, start: int, end: int) -> Iterator[Span]:
    """Spans of a line without the tags in it."""
    position = start
    for tag in [*_TAG.finditer(raw, start, end)]:
        yield from _trimmed(raw, position, tag.start())
        position = tag.end()
    yield from _trimmed(raw, position, end)


def _trimmed(raw: str, start: int, end: int) -> Iterator[Span]:
    text = raw[start:end]
    left, right = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
    if left < right:
        yield left, right

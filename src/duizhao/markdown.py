"""Markdown: the marks that a converter or an author left, as spans of markup; the rest is text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from duizhao.spans import Span, outer

# No pattern may scan a stretch of text twice from two starts: each inner run stops at the character that its opening
# mark begins with, so that a hostile line costs time in proportion to its length.
_ALT = r"!\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)?\]"
_TARGET = r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)"
IMAGE = re.compile(rf"\[[ \t]{{0,4}}{_ALT}{_TARGET}[ \t]{{0,4}}\]{_TARGET}|{_ALT}{_TARGET}")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?\)")
_TAG = re.compile(
    r"</?(?:br|p|div|span|strong|em|b|i|u|a|img|section|font|center|hr|figure|figcaption|video|audio|iframe|source)\b"
    r"[^<>\n]{0,2000}>",
    re.IGNORECASE,
)
MEDIA = re.compile(rf"{_ALT}\(|<(?:img|video|audio|iframe)\b|\{{\{{[<%]", re.IGNORECASE)
_SHORTCODE = re.compile(r"\{\{[<%][^{}\n]{0,2000}[>%]\}\}")
QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?){1,20}")
_ESCAPE = re.compile(r"\\(?=[\\`*_{}\[\]()#+.!<>~|-])")
_MARKS = re.compile(r"\*+|_+|`+")
MARKED = re.compile(r"[*_`\[<\\{>]")
MARKDOWN = re.compile(rf"^#{{1,6}} |{_ALT}\(|^[ \t_]*\*\*|\*\*[ \t]*$|\]\(https?:", re.MULTILINE)


def text_spans(raw: str, lines: Sequence[Span]) -> list[Span]:
    """Spans of Markdown lines without their marks."""
    start, end = lines[0][0], lines[-1][1]
    marks: list[Span] = [(a, b) for (_, a), (b, _) in pairwise(lines)]
    for pattern in (IMAGE, _TAG, _ESCAPE, _SHORTCODE):
        marks += [match.span() for match in pattern.finditer(raw, start, end)]
    for match in _LINK.finditer(raw, start, end):
        marks += [(match.start(), match.start(1)), (match.end(1), match.end())]
    for line_start, line_end in lines[1:]:
        if quote := QUOTE.match(raw[line_start:line_end]):
            marks.append((line_start, line_start + quote.end()))
    marks += _emphasis(raw, start, end)
    spans, position = [], start
    for a, b in sorted(marks):
        if a > position:
            spans.append((position, a))
        position = max(position, b)
    spans.append((position, end))
    return [span for a, b in spans if a < b for span in [outer(raw, a, b) if raw[a:b].strip() == "" else (a, b)] if span[0] < span[1]]


def _emphasis(raw: str, start: int, end: int) -> list[Span]:
    """Marks of emphasis, paired or not.

    A lone ``**`` between two letters is a word that somebody blotted out, not emphasis; so is a
    single ``*`` after a letter that nothing closes (``Q*``), and ``_`` inside a word.
    """
    runs = [match.span() for match in _MARKS.finditer(raw, start, end) if not raw.startswith("\\", match.start() - 1)]
    stars = [(a, b) for a, b in runs if raw[a] == "*"]
    doubles = [(a, b) for a, b in stars if b - a > 1]
    singles = [(a, b) for a, b in stars if b - a == 1 and not raw[max(a - 1, start) : a].isspace()]
    if len(doubles) == 1 and _letter(raw, doubles[0][0] - 1) and _letter(raw, doubles[0][1]):
        doubles = []
    marks = list(doubles)
    if len(singles) % 2 == 0:
        marks += singles
    marks += [(a, b) for a, b in runs if raw[a] == "`"]
    marks += [(a, b) for a, b in runs if raw[a] == "_" and not (_letter(raw, a - 1) and _letter(raw, b))]
    return [_with_converter_space(raw, a, b, end) for a, b in marks]


def _with_converter_space(raw: str, start: int, end: int, limit: int) -> Span:
    """A mark and the space that a converter puts between it and the punctuation after it."""
    stop = end
    while stop < limit and raw[stop] == " ":
        stop += 1
    follows = raw[stop : stop + 1]
    return (start, stop) if stop > end and follows and follows in "。，、；：！？”’）》」』*,.;!?)" else (start, end)


def _letter(raw: str, index: int) -> bool:
    return 0 <= index < len(raw) and raw[index].isalnum()

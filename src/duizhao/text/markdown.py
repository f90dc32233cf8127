"""Markdown: the marks that a converter or an author left, as spans of markup; the rest is text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from duizhao.text.spans import Span

# No pattern may scan a stretch of text twice from two starts: each inner run stops at the character that its opening
# mark begins with, so that a hostile line costs time in proportion to its length.
_ALT = r"!\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)?\]"
_TARGET = r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)"
_EMBED = r"!\[\[[^\[\]\n]{1,300}\]\]"
IMAGE = re.compile(rf"\[[ \t]{{0,4}}{_ALT}{_TARGET}[ \t]{{0,4}}\]{_TARGET}|{_ALT}{_TARGET}|{_EMBED}")
"""An image, linked or not, or a file that a note-taking program embeds: ``![[name.png]]``."""
_LABEL, _END = r"([^\[\]\n]*)", r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:[ \t]{1,4}\"[^\"\n]{0,300}\")?\)"
LINK = re.compile(rf"\[{_LABEL}{_END}")
CLOSING = re.compile(rf"{_LABEL}({_END})[ \t]*")
"""The end of a link that a converter broke over lines, around an image, with what it says behind the image."""


def _tag(names: str) -> re.Pattern[str]:
    return re.compile(rf"</?(?:{names})\b[^<>\n]{{0,2000}}>", re.IGNORECASE)


_BLOCKS = "br|p|div|section|center|hr|figure|figcaption"
_TAG = _tag(f"{_BLOCKS}|span|strong|em|b|i|u|a|img|font|video|audio|iframe|source|mark|small|sup|sub|del")
BLOCK_TAG = _tag(
    f"{_BLOCKS}|article|blockquote|h[1-6]|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|td|th|header|footer|nav|aside"
)
"""A tag of HTML that no sentence goes across."""
_SPACE = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|#160|#xa0|#12288|#x3000);", re.IGNORECASE)
"""White space as HTML writes it."""
MEDIA = re.compile(rf"{_ALT}\(|{_EMBED}|<(?:img|video|audio|iframe)\b|\{{\{{[<%]", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:[^-<\n]|-(?!->)|<(?!!--)){0,2000}-->")
_SHORTCODE = re.compile(r"\{\{[<%][^{}\n]{0,2000}[>%]\}\}|\{%[^{}\n]{0,2000}%\}")
QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?){1,20}")
_ESCAPE = re.compile(r"\\(?=[\\`*_{}\[\]()#+.!<>~|-])")
_MARKS = re.compile(r"([*_`])\1*")
_DOUBLE = re.compile(r"\*\*")
_OPEN_MARKS = r"_`\[\]<\\{>&"
BOLD_LINE = re.compile(rf"\*\*([^*{_OPEN_MARKS}\n]+)\*\*")
"""The commonest marked line by far."""
MARKED = re.compile(rf"[*{_OPEN_MARKS}]")
_OTHER = re.compile(f"[{_OPEN_MARKS}]")
_MARKDOWN = re.compile(rf"^#{{1,6}} |{_ALT}\(|^[ \t_]*\*\*|\*\*[ \t]*$|\]\(https?:", re.MULTILINE)


def is_markdown(raw: str) -> bool:
    """Whether a text without a name says by its marks that it is Markdown: headings, images, links or bold lines."""
    some = "**" in raw or "![" in raw or "](http" in raw or "# " in raw
    return some and _MARKDOWN.search(raw) is not None


def text_spans(raw: str, lines: Sequence[Span]) -> list[Span]:
    """Spans of Markdown lines without their marks. Each kind of mark is looked for only where its first character is there."""
    start, end = lines[0][0], lines[-1][1]
    text = raw[start:end]
    if len(lines) == 1 and _is_bold_alone(text):
        return _between(raw, [match.span() for match in _DOUBLE.finditer(raw, start, end)], start, end)
    marks = [(a, b) for (_, a), (b, _) in pairwise(lines)] if len(lines) > 1 else []
    if "](" in text:
        if "[" in text:
            for match in LINK.finditer(raw, start, end):
                marks += [(match.start(), match.start(1)), (match.end(1), match.end())]
        elif closing := CLOSING.fullmatch(raw, start, end):
            marks.append(closing.span(2))
    if "![" in text:
        marks += [match.span() for match in IMAGE.finditer(raw, start, end)]
    for character, pattern in _BY_CHARACTER:
        if character in text:
            marks += [match.span() for match in pattern.finditer(raw, start, end)]
    for line_start, line_end in lines[1:]:
        if quote := QUOTE.match(raw, line_start, line_end):
            marks.append((line_start, quote.end()))
    spans = _between(raw, marks, start, end) if marks else [(start, end)]
    emphasis = _emphasis(raw, spans, end) if "*" in text or "_" in text or "`" in text else []
    return _between(raw, marks + emphasis, start, end) if emphasis else spans


def _is_bold_alone(text: str) -> bool:
    """Whether a line has two marks ``**`` or more and no other mark: most have, and go a short way."""
    count = text.count("**")
    return (
        count > 1
        and text.count("*") == 2 * count
        and "** " not in text
        and "***" not in text
        and not _OTHER.search(text)
    )


def _between(raw: str, marks: list[Span], start: int, end: int) -> list[Span]:
    """Spans of the text between marks that is more than white space."""
    spans, position = [], start
    for a, b in sorted(marks):
        if a > position and not raw[position:a].isspace():
            spans.append((position, a))
        position = max(position, b)
    if position < end and not raw[position:end].isspace():
        spans.append((position, end))
    return spans


_BY_CHARACTER = (("<", _TAG), ("<!--", _COMMENT), ("\\", _ESCAPE), ("{", _SHORTCODE), ("&", _SPACE))


def _emphasis(raw: str, spans: Sequence[Span], end: int) -> list[Span]:
    """Marks of emphasis in spans of text, paired or not; an address in a link's target has none.

    A lone ``**`` between two letters is a word that somebody blotted out, not emphasis; so is a
    single ``*`` after a letter that nothing closes (``Q*``), and ``_`` inside a word.
    """
    marks: list[Span] = []
    doubles: list[Span] = []
    singles: list[Span] = []
    for start, stop in spans:
        for match in _MARKS.finditer(raw, start, stop):
            a, b = match.span()
            if a and raw[a - 1] == "\\":
                continue
            if raw[a] == "*":
                if b - a > 1:
                    doubles.append((a, b))
                elif a == spans[0][0] or not raw[a - 1].isspace():
                    singles.append((a, b))
            elif raw[a] == "`" or not (_letter(raw, a - 1) and _letter(raw, b)):
                marks.append((a, b))
    if len(doubles) != 1 or not (_letter(raw, doubles[0][0] - 1) and _letter(raw, doubles[0][1])):
        marks += doubles
    if len(singles) % 2 == 0:
        marks += singles
    return [_with_converter_space(raw, a, b, end) if b < end and raw[b] == " " else (a, b) for a, b in marks]


def _with_converter_space(raw: str, start: int, end: int, limit: int) -> Span:
    """A mark and the space that a converter puts between it and the punctuation after it."""
    stop = end
    while stop < limit and raw[stop] == " ":
        stop += 1
    follows = raw[stop : stop + 1]
    return (
        (start, stop)
        if stop > end and follows and follows in "。，、；：！？”’）》」』*,.;!?)"
        else (start, end)
    )


def _letter(raw: str, index: int) -> bool:
    return 0 <= index < len(raw) and raw[index].isalnum()

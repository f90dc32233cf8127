"""Spans: the parts of a raw text that are read, and how they are joined. Between two spans is markup. Nothing
is copied, moved or changed. There are two exceptions. A span that is one character reference (``&mdash;``)
reads as the character that it names, as in Markdown. A span that is one superscript (``<sup>2</sup>``) reads
as the characters that Unicode has for it, since 10⁹ is not 109.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]

UNSEEN = (
    "\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064"
    "\u2800\u3164\ufeff\uffa0\ufffc"
)
"""Characters that show nothing, such as the zero width space (U+200B), and U+FFFC, which stands for a picture
that was not copied. Editors of web pages leave them in empty lines and at the ends of paragraphs. Inside a
text they can have a purpose, so they stay there.
"""

BLANKS = frozenset(
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000" + UNSEEN
)
"""White space, and what looks like it at the end of a text."""

_BLANK = "".join(sorted(BLANKS))

REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
UNSEEN_REFERENCE = re.compile(
    r"&(?:nbsp|ensp|emsp|thinsp|zwnj|zwj|shy|lrm|rlm|NoBreak|ZeroWidthSpace"
    r"|#0*(?:160|173|12288|820[3-7]|8288|65279)|#x0*(?:a0|ad|3000|200[b-f]|2060|feff));",
    re.IGNORECASE,
)
"""A reference to white space or to a character that shows nothing."""
SUPERSCRIPT = re.compile(r"<(?:sup|SUP)(?:\s[^<>]{0,200})?>([0-9+\-−=()ni]{1,12})</(?:sup|SUP)>")
"""A superscript of characters that Unicode has as superscripts."""
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_VALUED = frozenset("&<")
"""First characters of a span that may read as other characters than its own."""
_GAP = re.compile(
    r"\s|&(?:nbsp|ensp|emsp|thinsp|#160|#xa0|#12288|#x3000);|</?(?:br|p|div|hr|li|h[1-6])\b", re.I
)
"""What separates words in the markup between two spans: white space, or what a browser shows as white space.
"""
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|nobr|q|s|samp|small|span|"
    r"strike|strong|sub|sup|time|tt|u|var"
    r"|wbr|(?-i:[A-Z][a-z][A-Za-z0-9]*)|[a-z][a-z0-9]*-[a-z0-9-]+)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
"""Tags inside a line, and those of components. The white space between attributes separates no words."""
_BAR = re.compile(r"(?<![^\s*_`~\])>|])\|(?![^\s*_`~\[<!|])|</t[dh]>", re.IGNORECASE)
"""The end of a table's cell, in the markup between two spans."""
_DASHES = "—–-"
_NEAR = 12
"""Number of characters on each side of a line end that decide whether the text is Chinese there."""


def read(raw: str, spans: Sequence[Span]) -> str:
    """Text that spans cover; ``separator`` gives what is read between two spans."""
    if len(spans) == 1:
        start, end = spans[0]
        return raw[start:end] if raw[start : start + 1] not in _VALUED else _value(raw, start, end)
    parts: list[str] = []
    last = -1
    for start, end in spans:
        if start > last >= 0:
            parts.append(separator(raw, last, start))
        parts.append(raw[start:end] if raw[start : start + 1] not in _VALUED else _value(raw, start, end))
        last = end
    return "".join(parts)


def read_all(raw: str, paragraphs: Iterable[Sequence[Span]]) -> str:
    """The texts of paragraphs, with a blank line between two of them."""
    if has_values(raw):
        return "\n\n".join(read(raw, spans) for spans in paragraphs)
    return "\n\n".join([read(raw, merge(spans)) for spans in paragraphs])


def merge(spans: Sequence[Span]) -> Sequence[Span]:
    """Spans with those in one that follow one another without a gap.

    They read the same, if no span reads as other characters than its own (see `has_values`).
    """
    if len(spans) < 2:
        return spans
    merged: list[Span] = []
    first, last = spans[0]
    for start, end in spans[1:]:
        if start != last:
            merged.append((first, last))
            first = start
        last = end
    merged.append((first, last))
    return merged


def positions(raw: str, spans: Sequence[Span]) -> list[int]:
    """For each code point of ``read(raw, spans)`` its place in the raw text.

    A character that is read between two spans has the place of the second span.
    """
    places: list[int] = []
    for start, end, before, length in read_pieces(raw, spans):
        places.extend([start] * before)
        places.extend(range(start, end) if length == end - start else [start] * length)
    return places


def places_of(raw: str, spans: Sequence[Span], offsets: Iterable[int]) -> Iterator[int]:
    """Places in the raw text of some offsets into ``read(raw, spans)``. The offsets must not decrease, so
    that one pass is enough.
    """
    pieces = read_pieces(raw, spans)
    start, end, before, length = next(pieces)
    reached = 0
    for offset in offsets:
        while offset >= reached + before + length:
            following = next(pieces, None)
            if following is None:
                break
            reached += before + length
            start, end, before, length = following
        within = offset - reached - before
        if within >= length:
            yield end
        else:
            yield start + (max(within, 0) if length == end - start else 0)


def read_pieces(raw: str, spans: Sequence[Span]) -> Iterator[tuple[int, int, int, int]]:
    """The parts of ``read(raw, spans)``. For each span: (start, end, number of characters read before it that
    are in no span, characters that it reads as).
    """
    last = -1
    for start, end in spans:
        before = len(separator(raw, last, start)) if start > last >= 0 else 0
        length = end - start if raw[start : start + 1] not in _VALUED else len(_value(raw, start, end))
        yield start, end, before, length
        last = end


def runs(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Numbers in order; those that follow one another are in one list."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def has_values(raw: str) -> bool:
    """Whether a text may have spans that read as other characters than their own."""
    return "&" in raw or "<sup" in raw or "<SUP" in raw


def raised(text: str) -> str:
    """A text in superscript, or as it is if Unicode does not have all of it."""
    return text.translate(_RAISED) if all(ord(character) in _RAISED for character in text) else text


def _value(raw: str, start: int, end: int) -> str:
    """The text of a span that begins with ``&`` or ``<``: other characters, if the whole span is one
    reference or one superscript.
    """
    text = raw[start:end]
    if text[0] == "<":
        # in code it is an example of the tags
        superscript = SUPERSCRIPT.fullmatch(text) if raw[start - 1 : start] != "`" else None
        return raised(superscript[1]) if superscript else text
    return character(text) or text if end - start <= 34 and REFERENCE.fullmatch(text) else text


def character(reference: str) -> str | None:
    """The character that a reference like ``&mdash;`` names; None where it names none that can be shown."""
    found = html.unescape(reference)
    return found if found != reference and found.isprintable() and found != "\ufffd" else None


def separator(raw: str, end: int, start: int) -> str:
    """What is read between a span that ends at ``end`` and the next one, which starts at ``start``.

    A tab for each end of a table's cell. One space where white space separates Latin words or figures. A line
    wrap inside a Chinese sentence reads as nothing; so does markup without white space.
    """
    if end == start:
        return ""
    gap = raw[end:start]
    if "|" in gap or "</t" in gap:
        bars = len(_BAR.findall(gap))
        if bars:
            return "\t" * bars
    if "<" in gap:
        gap = _INLINE.sub("", gap)
    if _GAP.search(gap) is None or raw[end - 1] == " " or raw[start] == " ":
        return ""
    if not spaced(_last(raw, end), _first(raw, start)):
        return ""
    return " " if not _joined(raw, end, start) else ""


def _last(raw: str, end: int) -> str:
    """The last character before a place. If a character reference is there, the character that it names."""
    place = raw.rfind("&", max(0, end - 34), end) if raw[end - 1 : end] == ";" else -1
    return _value(raw, place, end)[-1:] if place >= 0 else raw[end - 1 : end]


def _first(raw: str, start: int) -> str:
    found = REFERENCE.match(raw, start) if raw[start : start + 1] == "&" else None
    return _value(raw, start, found.end())[:1] if found else raw[start : start + 1]


def locate(raw: str, spans: Sequence[Span], offset: int) -> int:
    """Where the character at ``offset`` of ``read(raw, spans)`` stands in the raw text."""
    return next(places_of(raw, spans, (offset,)))


def cut(spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """The parts of spans that lie inside [start, end)."""
    return tuple((max(a, start), min(b, end)) for a, b in spans if a < end and b > start)


def trim(raw: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans without BLANKS at the two outer ends and without empty spans."""
    kept = [(a, b) for a, b in spans if a < b and not is_blank(raw[a:b])]
    if not kept:
        return ()
    (start, first_end), (last_start, end) = kept[0], kept[-1]
    if raw[start] in BLANKS:
        kept[0] = (outer(raw, start, first_end)[0], first_end)
    if raw[end - 1] in BLANKS:
        kept[-1] = (kept[-1][0], outer(raw, last_start, end)[1])
    return tuple(kept)


def outer(raw: str, start: int, end: int) -> Span:
    """A range without BLANKS at its ends."""
    text = raw[start:end]
    return start + len(text) - len(text.lstrip(_BLANK)), start + len(text.rstrip(_BLANK))


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen."""
    return not text.strip(_BLANK)


def lines_of(raw: str, start: int, stop: int) -> Iterator[Span]:
    """Spans of the lines from ``start`` to ``stop``, without their line breaks but with trailing white
    space.
    """
    while start < stop:
        end = raw.find("\n", start, stop)
        end = stop if end < 0 else end
        yield start, end - (end > start and raw[end - 1] == "\r")
        start = end + 1


def line_end(raw: str, start: int) -> int:
    """The place of the next line break, or the end of the text."""
    end = raw.find("\n", start)
    return len(raw) if end < 0 else end


def join(parts: Iterable[str]) -> str:
    """Sentences as one text: a space between two where their script writes one (see `spaced`), else
    nothing.
    """
    joined: list[str] = []
    for part in parts:
        if joined and part and _apart(joined[-1], part):
            joined.append(" ")
        if part:
            joined.append(part)
    return "".join(joined)


def _apart(left: str, right: str) -> bool:
    near = left[-_NEAR:] + right[:_NEAR]
    shared = left[-1] in _SHARED or right[0] in _SHARED
    return spaced(left[-1], right[0]) and not (shared and any(map(_wide, near)))


def spaced(left: str, right: str) -> bool:
    """Whether a gap between two characters may read as a space. It may not beside Chinese punctuation."""
    if not left or not right or right in ",.;:!?)]*%":
        return False
    return not (_wide(left) and _wide(right)) and not (_wide_mark(left) or _wide_mark(right))


def _joined(raw: str, end: int, start: int) -> bool:
    """Whether the characters on both sides of a gap are joined without a space. That is so beside a dash, and
    beside quotation marks in a Chinese text, since Chinese shares them with other languages.
    """
    left, right = _last(raw, end), _first(raw, start)
    if left in _DASHES:
        return end > 1 and not raw[end - 2].isspace() and raw[end - 2] not in _DASHES
    if right in _DASHES and right != "-":
        return raw[start + 1 : start + 2].strip() != ""
    if left in _SHARED or right in _SHARED:
        near = raw[max(0, end - _NEAR) : end] + raw[start : start + _NEAR]
        return any(map(_wide, near))
    return False


_SHARED = frozenset("“”‘’—…·")
"""Marks that Chinese and other languages share."""


def _wide(character: str) -> bool:
    return ord(character) > 0x2E7F


def _wide_mark(character: str) -> bool:
    return 0x3000 <= ord(character) <= 0x303F or 0xFF00 <= ord(character) <= 0xFFEF

"""HTML pages as units of text with exact spans in the page, in a lenient tree of elements.

Everything between the spans is markup: tags, comments, scripts, styles, white space. The reading follows the
HTML Living Standard where it matters for text (void and raw elements, implied end tags, scopes of tables) and
takes linear time, also on broken pages.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from duizhao.text import SUPERSCRIPT, Span, read

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "canvas",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "label",
        "legend",
        "li",
        "main",
        "map",
        "marquee",
        "menu",
        "nav",
        "noframes",
        "noscript",
        "object",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "video",
        "audio",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_OPAQUE = frozenset(
    ("iframe", "math", "noembed", "script", "style", "svg", "template", "textarea", "title", "xmp")
)
"""Elements whose content no reader sees as text of the page."""
_ENDS_P = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "dir",
        "div",
        "dl",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
_ROWS = ("td", "th", "tr", "tbody", "thead", "tfoot")
_SCOPES = ("table", "td", "th", "caption")
_CLOSED_BY = {
    "li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "option": ("option",),
    "optgroup": ("option", "optgroup"),
    "td": ("td", "th"), "th": ("td", "th"), "tr": ("tr", "td", "th"),
    "tbody": _ROWS, "thead": _ROWS, "tfoot": _ROWS,
}  # fmt: skip
"""Open elements that a start tag ends and, below, the elements at which the search for them stops."""
_LIMITS = {
    "li": ("ul", "ol", "menu", "dir"),
    "dt": ("dl",),
    "dd": ("dl",),
    "option": ("select",),
    "optgroup": ("select",),
}
_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
_STOP = re.compile("[\"'>]")
_EQUALS = re.compile(r"=[ \t\r\n]{0,8}\Z")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
_SPACE_NAMES = (
    "nbsp|ensp|emsp|thinsp|zwnj|zwj|shy|#160|#x[aA]0|#12288|#x3000|#8203|#x200[bB]|#65279|"
    "#x[fF][eE][fF][fF]|#173|#x[aA][dD]|#1[03]|#9"
)
_GAP = re.compile(
    rf"(?P<space>&(?:amp;)?(?:{_SPACE_NAMES})(?:;|\b)|"
    rf"[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ue5e5\ufeff]+)"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
)
"""What divides a run of text into spans: white space of all kinds (0xA3A0 of GB decodes
to U+E5E5) and entities.
"""
_BLANK = re.compile(r"(?<=\S)[ \t\r]*\n[ \t\r]*\n\s*(?=\S)")
_LAID = 80
"""A run of text must be longer than this to count as laid out in lines."""
_COUNT = re.compile(r"\d{1,4}")
_OPEN_SUP = re.compile(r"<sup(?:\s[^<>]*)?>\s*\Z", re.IGNORECASE)
_NEAR_SUP = 120
_NOTE_TARGET = re.compile(r"#_?(?:fn|ftn|edn|footnote|endnote|note|cite_note)", re.IGNORECASE)
_COUNT_TARGET = re.compile(r"[^#]+#-?\d{1,4}\Z")
"""A numbered place in another page, where the readers' comments on a paragraph are."""
_COMMENT_COUNT = re.compile(r"\s{0,20}\d{1,6}\s{0,20}</")
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_ENDS = re.compile(
    r"(?:\s|&nbsp;|</(?:b|strong|i|em|span|font|small|sup|u)>){0,20}"
    r"(?:\Z|<br\b|</(?:p|div|h[1-6]|li|td|dd|blockquote)\b)",
    re.IGNORECASE,
)
"""The end of a line or a paragraph."""
_STOPS = frozenset("。！？…”’」』）")
_COUNTED = frozenset("第图圖表式例卷附注註见見")
"""Characters before a number that is a word of its sentence."""
_HIDES = re.compile(r"display\s*:\s*none|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.IGNORECASE)


class Unit(NamedTuple):
    """What a browser shows as one paragraph, heading, list item, cell or line.

    ``spans``: where its text is in the page; ``text``: the text of these spans. ``linked`` and
    ``bold``: how many of its characters are in links and in bold. ``element``: index of the element it
    is directly in. ``broken``: only a line break is between it and the unit before. ``hidden``: the
    page keeps it from readers.
    """

    spans: tuple[Span, ...]
    text: str
    linked: int
    bold: int
    element: int
    broken: bool
    hidden: bool


@dataclass(slots=True)
class Element:
    """A block-level element. ``hint``: its id and classes in lower case. The units ``first`` to ``last``
    (exclusive) are in it.
    """

    tag: str
    parent: int
    hint: str
    hidden: bool
    first: int
    last: int = -1


@dataclass(slots=True)
class Page:
    """A page as read. ``elements[0]`` is the root; ``meta`` has the first value of each name; ``data`` is
    JSON-LD as written.
    """

    raw: str
    units: list[Unit] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    scripts: list[Span] = field(default_factory=list)
    title: Span | None = None
    canonical: str | None = None


def spans_of(raw: str, start: int, end: int) -> Iterator[tuple[Span, bool]]:
    """The spans of a run of text, and for each whether lines end between it and the one before."""
    position, wrapped = start, False
    for gap in _GAP.finditer(raw, start, end):
        a, b = gap.span()
        if b - a == 1 and raw[a] == " " and start < a and b < end:
            continue
        if a > position:
            yield (position, a), wrapped
            wrapped = False
        if gap["space"] is None:
            yield (a, b), wrapped
            wrapped = False
        else:
            wrapped = wrapped or "\n" in gap.group()
        position = b
    if end > position:
        yield (position, end), wrapped


def read_page(raw: str) -> Page:
    """The units and elements of a page. Every text is accepted; no error is raised."""
    return _Reader(raw).read()


class _Reader:
    """Reads a page from its first character to its last."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.page = Page(raw, elements=[Element("", -1, "", False, 0)])
        self.stack = [0]  # indexes of the open elements
        self.depths: dict[str, list[int]] = {}  # places in the stack, by tag
        self.spans: list[Span] = []
        self.linked = self.bold = 0
        self.broken = False
        self.link = 0  # size of the stack when the open link began
        self.bolds = 0
        self.count: tuple[int, bool, str] | None = None  # the open link that may be a count: see _end_count
        self.hiding, self.hidden = (
            "",
            0,
        )  # tag of the inline element that hides its text, and how deep it is nested
        self.missing: dict[str, int] = {}

    def read(self) -> Page:
        raw, place = self.raw, 0
        while place < len(raw):
            mark = self._find("<", place)
            mark = len(raw) if mark < 0 else mark
            self._text(place, mark)
            place = self._markup(mark) if mark < len(raw) else mark
        self._end_unit()
        self._close(1)
        self.page.elements[0].last = len(self.page.units)
        return self.page

    def _markup(self, mark: int) -> int:
        """Read the tag, comment or text that begins with ``<`` at ``mark``; return the place after it."""
        raw = self.raw
        if name := _NAME.match(raw, mark + 1):
            superscript = SUPERSCRIPT.match(raw, mark) if name.group() in ("sup", "SUP") else None
            if superscript and not self.hidden:
                self.spans.append(superscript.span())
                self._count(len(self.spans) - 1)
                return superscript.end()
            end = self._tag_end(name.end())
            return self._start_tag(name.group().lower(), raw[name.end() : end - 1], end)
        if raw.startswith("/", mark + 1) and (name := _NAME.match(raw, mark + 2)):
            end = self._tag_end(name.end())
            if self.count is not None and name.group() in ("a", "A"):
                self._end_count(end)
            self._end_tag(name.group().lower())
            return end
        if raw.startswith("<!--", mark) and not raw.startswith((">", "->"), mark + 4):
            return self._behind("-->", mark + 4)
        if raw.startswith(("!", "?", "/"), mark + 1):
            return self._behind(">", mark)
        self._text(mark, mark + 1)
        return mark + 1

    def _text(self, start: int, end: int) -> None:
        """Add the spans of a run of text to the unit."""
        if self.hidden:
            return
        before = len(self.spans)
        verbatim = bool(self.depths.get("pre")) or self._laid_out(start, end)
        for span, wrapped in spans_of(self.raw, start, end):
            if verbatim and wrapped:
                self._count(before)
                self._end_unit(broken=True)
                before = 0
            self.spans.append(span)
        if verbatim and self.raw[start:end].rstrip(" \t").endswith("\n"):
            self._count(before)
            self._end_unit(broken=True)
            before = 0
        self._count(before)

    def _laid_out(self, start: int, end: int) -> bool:
        """Whether a run of text has blank lines inside: a style sheet shows its lines as they stand."""
        return end - start > _LAID and len(_BLANK.findall(self.raw, start, end)) >= 2

    def _count(self, before: int) -> None:
        size = sum(end - start for start, end in self.spans[before:])
        self.linked += size if self.link else 0
        self.bold += size if self.bolds else 0

    def _end_count(self, end: int) -> None:
        """Leave out the text of a link to a place in a page, if it is the mark of a note or a count.

        It is a bare number behind the last stop of a paragraph, at the end of a heading, or raised or named
        as a note, or it names a numbered place in another page. A number that a sentence needs stays: 见第 20
        页.
        """
        assert self.count
        first, raised, target = self.count
        self.count = None
        number = "".join([self.raw[a:b] for a, b in self.spans[first:]])
        last = self.spans[first - 1][1]
        before = self.raw[last - 1]
        if not _COUNT.fullmatch(number) or self.hidden:
            return
        closing = _ENDS.match(self.raw, end) is not None
        headed = closing and self.page.elements[self.stack[-1]].tag in _HEADINGS
        named = raised or headed or _NOTE_TARGET.search(target) or (closing and _COUNT_TARGET.match(target))
        apart = before.isascii() and (before.isdigit() or self.raw[last].isspace())
        if (closing and before in _STOPS) or (named and before not in _COUNTED and not apart):
            del self.spans[first:]
            self.linked -= len(number) if self.link else 0
            self.bold -= len(number) if self.bolds else 0

    def _end_unit(self, broken: bool = False) -> None:
        self.count = None
        if self.spans:
            spans, at = tuple(self.spans), self.stack[-1]
            unit = Unit(
                spans,
                read(self.raw, spans),
                self.linked,
                self.bold,
                at,
                self.broken,
                self.page.elements[at].hidden,
            )
            self.page.units.append(unit)
            self.spans, self.linked, self.bold, self.broken = [], 0, 0, False
        self.broken = broken

    def _start_tag(self, name: str, rest: str, end: int) -> int:
        if name == "meta":
            self._meta(rest)
        elif name == "link":
            self._link(rest)
        elif name in _OPAQUE:
            return end if rest.endswith("/") else self._opaque(name, rest, end)
        elif name == "br":
            self._end_unit(broken=True)
        elif name == "a":
            self.link = len(self.stack) if "href" in rest.lower() else 0
            target = _attributes(rest).get("href", "") if "#" in rest else ""
            if target.partition("#")[2] and self.spans:
                raised = _OPEN_SUP.search(self.raw, max(0, end - len(rest) - _NEAR_SUP), end - len(rest) - 3)
                self.count = (len(self.spans), raised is not None, target)
            else:
                self.count = None
        elif name in _BLOCKS:
            self._open(name, rest)
        elif self.hidden:
            self.hidden += name == self.hiding
        elif name in ("b", "strong"):
            self.bolds += 1
        elif name not in _VOID and (
            name in ("rt", "rp")
            or "jammer" in rest
            or (self.spans and "comment-count" in rest and _COMMENT_COUNT.match(self.raw, end))
            or ("style" in rest and _hides(rest))
        ):
            self.hiding, self.hidden = name, 1
        return end

    def _open(self, name: str, rest: str) -> None:
        """Open an element, after those that it ends by itself."""
        self._end_unit()
        self.bolds = self.hidden = 0
        if name in _ENDS_P and (depth := self._depth("p")) > self._depth(*_SCOPES):
            self._close(depth)
        limit = self._depth(*_LIMITS.get(name, ("table",)))
        if ended := [depth for other in _CLOSED_BY.get(name, ()) if (depth := self._depth(other)) > limit]:
            self._close(min(ended))
        if name in _VOID:
            return
        told = _attributes(rest) if "=" in rest or "hidden" in rest else {}
        hint = " ".join(told[key] for key in ("id", "class", "itemprop") if told.get(key)).lower()
        parent = self.stack[-1]
        hidden = (
            self.page.elements[parent].hidden
            or "hidden" in told
            or _HIDES.search(told.get("style", "")) is not None
        )
        self.page.elements.append(Element(name, parent, hint, hidden, len(self.page.units)))
        self.depths.setdefault(name, []).append(len(self.stack))
        self.stack.append(len(self.page.elements) - 1)

    def _end_tag(self, name: str) -> None:
        if self.hidden and name == self.hiding:
            self.hidden -= 1
        elif name == "a":
            self.link = 0
        elif name in ("b", "strong"):
            self.bolds = max(0, self.bolds - 1)
        elif name == "br":
            self._end_unit(broken=True)
        elif name in _BLOCKS and name not in ("html", "body"):
            self._end_unit()
            self.bolds = self.hidden = 0
            scope = (
                0
                if name in ("table", "caption")
                else self._depth("table")
                if name in _ROWS
                else self._depth(*_SCOPES)
            )
            if (depth := self._depth(name)) > scope:
                self._close(depth)

    def _depth(self, *names: str) -> int:
        """Place in the stack of the innermost open element of these names, 0 where none is open."""
        return max((self.depths[name][-1] for name in names if self.depths.get(name)), default=0)

    def _close(self, depth: int) -> None:
        """Close open elements until the stack has ``depth`` entries."""
        while len(self.stack) > depth:
            element = self.page.elements[self.stack.pop()]
            element.last = len(self.page.units)
            self.depths[element.tag].pop()
        if self.link > depth:
            self.link = 0

    def _opaque(self, name: str, rest: str, start: int) -> int:
        """Pass over an element whose content is not shown; returns the place behind its end tag."""
        key = f"</{name}"
        close = None
        if self.missing.get(key, len(self.raw) + 1) > start:
            close = re.compile(rf"{key}(?=[\s/>])", re.IGNORECASE).search(self.raw, start)
        if close is None:
            self.missing[key] = min(start, self.missing.get(key, start))
            return len(self.raw) if name in ("script", "style") else start
        if name == "title" and self.page.title is None:
            self._end_unit()  # in a broken page it stands inside a paragraph, and it is a block of its own
            self.page.title = (start, close.start())
        elif name == "script" and "ld+json" in rest:
            self.page.data.append(self.raw[start : close.start()])
        elif name == "script":
            self.page.scripts.append((start, close.start()))
        return self._tag_end(close.end())

    def _find(self, what: str, start: int) -> int:
        """Place of a string, -1 if there is none. A string that was not found once is
        not searched for again.
        """
        if self.missing.get(what, len(self.raw) + 1) <= start:
            return -1
        place = self.raw.find(what, start)
        if place < 0:
            self.missing[what] = start
        return place

    def _behind(self, what: str, start: int) -> int:
        place = self._find(what, start)
        return len(self.raw) if place < 0 else place + len(what)

    def _tag_end(self, start: int) -> int:
        """Place after the ``>`` that ends a tag. A ``>`` inside a quoted attribute value does not end it."""
        raw, place = self.raw, start
        while stop := _STOP.search(raw, place):
            place = stop.end()
            if stop.group() == ">":
                return place
            if _EQUALS.search(raw, max(start, place - 10), place - 1):
                close = self._find(stop.group(), place)
                place = close + 1 if close >= 0 else place
        return len(raw)

    def _meta(self, rest: str) -> None:
        told = _attributes(rest)
        name = told.get("property") or told.get("name") or told.get("itemprop")
        if name and told.get("content"):
            self.page.meta.setdefault(name.lower(), " ".join(told["content"].split()))

    def _link(self, rest: str) -> None:
        if "canonical" in rest and self.page.canonical is None:
            self.page.canonical = _attributes(rest).get("href") or None


def _attributes(rest: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(rest):
        found.setdefault(match[1].lower(), html.unescape(match[2] or match[3] or match[4] or ""))
    return found


def _hides(rest: str) -> bool:
    return _HIDES.search(_attributes(rest).get("style", "")) is not None

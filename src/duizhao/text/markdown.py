"""Markdown inside a paragraph: the marks that an author or a converter left, as spans of markup; the rest is
text.

The rules are those of CommonMark, with three differences that real Chinese files need. Emphasis may open and
close beside Chinese characters and punctuation (``**“你好”**说``), which CommonMark does not allow. A mark
without a partner, left by a converter, is markup where no author would write it. Words are never markup: a
tag, the target of a link or a label counts as markup only if it cannot be a word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from duizhao.text.han import HAN
from duizhao.text.spans import REFERENCE, SUPERSCRIPT, UNSEEN_REFERENCE, Span, character
from duizhao.text.words import words

# No pattern may scan the same text twice from two starts. So each inner run stops at the first character of
# its opening mark, and the time for a hostile line is in proportion to its length.
_ALT = r"!\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)?\]"
_TARGET = r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)"
_EMBED = r"!\[\[[^\[\]\n]{1,300}\]\]"
_OPEN_ALT = r"!\[[^\[\]]{0,500}(?:\[[^\[\]]{0,500}\][^\[\]]{0,500})?\]"
_OPEN_TARGET = r"\([^()]{0,2000}(?:\([^()]{0,2000}\)[^()]{0,2000})?\)"
_ESCAPED_ALT = r"!\\\[[^\[\]\n]{0,500}\\\](?=\(data:image/)"
IMAGE = re.compile(
    rf"\[[ \t]{{0,4}}{_OPEN_ALT}{_OPEN_TARGET}[ \t]{{0,4}}\]{_TARGET}"
    rf"|(?:{_OPEN_ALT}|{_ESCAPED_ALT}){_OPEN_TARGET}|{_EMBED}"
)
"""An image, linked or not and also over two lines, or a file that a note-taking program embeds:
``![[name.png]]``. Some clippers escape the brackets; the data of an image after them cannot be text.
"""
_LABEL = r"([^\[\]\n]*)"
_END = r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:[ \t]{1,4}\"[^\"\n]{0,300}\")?\)"
LINK = re.compile(rf"\[{_LABEL}{_END}")
CLOSING = re.compile(rf"{_LABEL}({_END})[ \t]*")
"""The end of a link around an image that a converter broke over lines, with the text after the image."""
MEDIA = re.compile(
    rf"{_ALT}\(|{_ESCAPED_ALT}|{_EMBED}|<(?:img|video|audio|iframe)\b|\{{\{{[<%]", re.IGNORECASE
)

_BLOCKS = "br|p|div|section|center|hr|figure|figcaption"
BLOCK_TAG = re.compile(
    rf"</?(?:{_BLOCKS}|article|blockquote|h[1-6]|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|header|footer|"
    rf"nav|aside"
    r"|caption|details|summary|main)\b[^<>\n]{0,2000}>",
    re.IGNORECASE,
)
"""A tag of HTML that always ends a sentence."""
_NAMES = words(
    "a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas "
    "caption center cite code col colgroup data dd del details dfn dialog div dl dt em embed fieldset "
    "figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd "
    "label legend li link main map mark meta nav noscript o:p object ol optgroup option output p param "
    "picture pre progress q rb rp rt rtc ruby s samp script section select small source span strike "
    "strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track "
    "tt u ul var video wbr wx-open-launch-weapp mp-common-profile mpvoice mpprofile"
)
"""Names of the elements of HTML. Other words in angle brackets, such as ``<T>`` and ``<path>``, are text."""
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]{0,40})((?:[\s/][^<>]{0,2000})?)>")
_CODES = frozenset(("style", "script"))
_UNSHOWN = re.compile(
    r"[^<{(\u3400-\u9fff]{0,4000}[{(][^<\u3400-\u9fff]{0,4000}</(?:style|script)>", re.IGNORECASE
)
"""The rest of a style sheet or a script: code without Chinese. A text about the tag has no such code."""
_QUOTED = re.compile(r"=\s*(?:\"[^\"]*\"|'[^']*')")
_COMMENT = re.compile(r"<!--(?:[^-<]|-(?!->)|<(?!!--)){0,2000}-->")
_LONGEST_COMMENT = 2000
_AUTOLINK = re.compile(
    r"<((?:https?|ftp|mailto):[^\s<>\u2e80-\uffff]{1,2000}|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+){1,4})>"
)
_NOTE_NAME = r"(?![\s#^]|\d+\]|https?:)"
_WIKI = re.compile(
    rf"\[\[(?:{_NOTE_NAME}[^\[\]\n|]{{1,300}}\|(?=[^\[\]\n|]{{1,300}}\]\])|#(?!\^)|{_NOTE_NAME})"
    r"(?:[a-z]{2}:(?=[^\s:]))?"
    r"([^\[\]\n|]{1,300}?)(?<!\s)(?:#\^[\w-]{1,40})?\]\](?!\(|\[(?!\[)|[ ]{0,4}[;=<>+*/&])"
)
"""A link between notes: ``[[黄河]]``, ``[[zh:黄河]]``, ``[[2021-03-04|那一天]]``, ``[[#第二节]]``. Before an
operator it is code.
"""
_NO_NOTE = re.compile(
    r"(?:noreturn|nodiscard|deprecated|fallthrough|maybe_unused|likely|unlikely|no_unique_address|assume"
    r"|indeterminate|carries_dependency|(?:gnu|clang|msvc)::\w+)(?:\(.*\))?"
    r"|(?:[Cc]ategory|[Ff]ile|[Ii]mage|分类|分類|文件|档案|檔案|图像|圖像):.*"
)
"""An attribute of C++, and what a wiki links in its own way."""
_SURE_WIKI = re.compile(
    rf"!\[\[|\[\[(?=[^\s\[\]|])(?:[^\[\]\n{HAN}|]{{0,300}}[{HAN}][^\[\]\n]{{0,300}}"
    r"|[^\[\]\n|]{1,300}\|[^\[\]\n|]{1,300})\]\]"
)
_CONTENTS = re.compile(r"_?toc_?", re.IGNORECASE)
"""The place of a table of contents: ``[[toc]]``."""
_BLOCK_REFERENCE = re.compile(r"\(\([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)\)")
"""Logseq's reference to another block by its id."""
_NOTE_COMMENT = re.compile(
    r"(?:(?<!\S)|(?<=[。！？”）]))(?<!\d[ \t])%%(?![\w!(](?<=[\x00-\x7f]))"
    r"[^%\n]{1,2000}%%(?![%\w](?<=[\x00-\x7f]))"
)
"""A comment of Obsidian in a line. ``100%%``, ``5 %%`` and ``%%i`` begin none."""
_BLOCK_ID = re.compile(
    r"(?:(?<=[\s。！？”])(?<![A-Za-z0-9=+*/(-][ \t])|(?=\^[a-z0-9]{6}\s*\Z)(?<=[ \t]))"
    r"\^(?=[\d-]{0,40}[A-Za-z])[A-Za-z0-9-]{4,40}[ \t\r]*(?=\n|\Z)"
)
"""The id of a block at the end of its last line, in Obsidian. After a letter or an operator it is text, as in
``x ^beta``, unless it has the length of the ids that Obsidian gives.
"""
_SHORTCODE = re.compile(r"\{\{[<%]\s*/?\s*[A-Za-z][^{}\n]{0,2000}[>%]\}\}|\{%-?\s*[a-z][^{}\n]{0,2000}%\}")
_ADDRESS = re.compile(r"(?:https?|ftp)://[A-Za-z0-9/?#@!$&'+,;=:%._~-]{1,2000}")
_DESTINATION = re.compile(
    r"\(\s{0,4}(<[^<>\n]{0,2000}>|[^()\s<]{0,2000}(?:\([^()\s]{0,2000}\)[^()\s]{0,2000}){0,8})"
    r"(?:\s{1,8}(?:\"[^\"]{0,500}\"|'[^']{0,500}'|“[^”\n]{0,300}”))?\s{0,4}\)"
)
_ADDRESSED = re.compile(
    r"[\x00-\x7f]*$|[a-z]{2,10}:|[/.#?]|www\.|[^\s]*(?:\.[a-zA-Z0-9]{1,5}(?:[#?].*)?$|[/#%])"
)
"""The form of a link's target. Plain words in brackets after other words in brackets are not a target."""
_NOTE = re.compile(r"\[\^([^\[\]^\s]{1,60})\]")
_LABELLED = re.compile(r"\[([^\[\]\n]{0,200})\]")
_MATH = re.compile(r"\$\$[^$]{1,2000}\$\$|\$(?![\s$])[^$\n]{0,300}[^\s$]\$(?!\d)")
_ALERT = re.compile(r"[ \t]*\[!([A-Za-z]{2,20})\][+-]?")

QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?){1,20}")
_OPEN_MARKS = r"_`\[\]<\\{>&~=$"
BOLD_LINE = re.compile(rf"\*\*([^*{_OPEN_MARKS}\n]+)\*\*")
"""The most common line with marks."""
MARKED = re.compile(rf"[*{_OPEN_MARKS}%^]")
_TOKEN = re.compile(r"[\\`*_\[\]<{&$^]|~~+|==+|%%|\(\(|https?://|ftp://")
_MARKDOWN = re.compile(
    rf"^#{{1,6}} |^#{{2,6}}[{HAN}]|{_ALT}\(|^[ \t_]*\*\*|\*\*[ \t]*$|\]\(https?:|^\[\^[^\]\n]{{1,60}}\]: ",
    re.MULTILINE,
)
_ESCAPED = frozenset("\\`*_{}[]()#+.!<>~|-=&$:\"'^@/,;%?")


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of links and notes that a document defines, in lower case; ``wiki``: whether it links other
    notes by their names (see `links_notes`).
    """

    links: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    wiki: bool = False


NO_LABELS = Labels()


def is_markdown(raw: str) -> bool:
    """Whether a text without a file name is Markdown, by its marks: headings, images, links, notes or bold
    lines.
    """
    some = "**" in raw or "![" in raw or "](http" in raw or "# " in raw or "##" in raw or "[^" in raw
    return some and _MARKDOWN.search(raw) is not None


def links_notes(raw: str) -> bool:
    """Whether a text has a link between notes that is nothing else: with a Chinese name or another text, or
    to a file. Others, such as ``[[Scope]]`` and ``[[1, 2]]``, may be code.
    """
    return "[[" in raw and _SURE_WIKI.search(raw) is not None


def alert(raw: str, start: int, end: int) -> Span | None:
    """The word of a mark like ``[!NOTE]`` at the head of a quotation."""
    match = _ALERT.match(raw, start, end)
    return match.span(1) if match else None


def element(raw: str, start: int, end: int) -> re.Match[str] | None:
    """The tag of an element of HTML at a place; None if something else is there."""
    tag = _TAG.match(raw, start, end)
    return tag if tag and _is_element(tag) else None


def text_spans(
    raw: str, lines: Sequence[Span], openings: Sequence[Span] = (), labels: Labels = NO_LABELS
) -> list[Span]:
    """Spans of the lines of one paragraph without their marks.

    ``openings`` are what stands before the text of a line: marks of a list, a heading, a quotation, as spans.
    They are markup, as are line ends with the white space around them.
    """
    start, end = lines[0][0], lines[-1][1]
    scan = _Scan(raw, start, end, labels)
    scan.marks += openings
    for (_, before), (after, _) in pairwise(lines):
        scan.marks.append((before - _trailing(raw, before), after + _leading(raw, after, end)))
    scan.run()
    return _between(raw, scan.marks, scan.references, start, end)


def code_spans(raw: str, start: int, end: int) -> list[Span]:
    """Spans of a line of code that stands in HTML, without its tags. It has no other marks."""
    scan = _Scan(raw, start, end, NO_LABELS)
    place = start
    while mark := _TAG_OR_REFERENCE.search(raw, place, end):
        place = scan._tag(mark.start()) if mark.group() == "<" else scan._character(mark.start())
    return _between(raw, scan.marks, scan.references, start, end)


_TAG_OR_REFERENCE = re.compile("[<&]")


def _trailing(raw: str, end: int) -> int:
    """Length of the white space, or of the mark of a hard break, at the end of a line."""
    place = end
    while place and raw[place - 1] in " \t\r\u3000":
        place -= 1
    return end - place


def _leading(raw: str, start: int, end: int) -> int:
    place = start
    while place < end and raw[place] in " \t\u3000":
        place += 1
    return place - start


def _between(raw: str, marks: list[Span], references: list[Span], start: int, end: int) -> list[Span]:
    """Spans of the text between marks, except white space. A character reference is a span of its own."""
    spans: list[Span] = []
    position = start
    solid = [(a, b, True) for a, b in marks] + [(a, b, False) for a, b in references]
    for a, b, gone in sorted(solid):
        if a < position:
            position = max(position, b) if gone else position
            continue
        if a > position and not _blank(raw, position, a, not gone):
            spans.append((position, a))
        if not gone:
            spans.append((a, b))
        position = b
        if gone and spans and raw[spans[-1][1] - 1] == " ":
            while position < end and raw[position] == " ":  # of the spaces on both sides of a mark one stays
                position += 1
    if position < end and not raw[position:end].isspace():
        spans.append((position, end))
    return spans


def _blank(raw: str, start: int, end: int, kept: bool) -> bool:
    """Whether the text between two marks is white space that can be left out. Beside a character reference it
    cannot.
    """
    return not kept and raw[start:end].isspace()


@dataclass(slots=True)
class _Scan:
    """One pass over a paragraph. Each token is looked at once, so time is in proportion to length."""

    raw: str
    start: int
    end: int
    labels: Labels
    marks: list[Span] = field(default_factory=list)
    references: list[Span] = field(default_factory=list)
    runs: list[Span] = field(default_factory=list)
    brackets: list[tuple[int, bool, int]] = field(default_factory=list)
    ticks: Mapping[int, list[int]] | None = None
    components: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        raw, end = self.raw, self.end
        place = self.start
        while match := _TOKEN.search(raw, place, end):
            at = match.start()
            place = self._token(raw[at], at, match.end())
        self.marks += _emphasis(raw, self.runs, self.start, self.end)

    def _token(self, mark: str, at: int, end: int) -> int:
        """Handle the token at ``at`` and return the place of the next one."""
        raw = self.raw
        if mark in "*_":
            while end < self.end and raw[end] == mark:
                end += 1
            self.runs.append((at, end))
            return end
        if mark in "~=":
            self.runs.append((at, end))
            return end
        if mark == "\\":
            return self._escape(at)
        if mark == "`":
            return self._code(at)
        if mark in "[]":
            return self._open(at) if mark == "[" else self._close(at)
        if mark == "<":
            return self._tag(at)
        if mark == "&":
            return self._character(at)
        if raw.startswith("{/*", at):
            return self._mdx_comment(at)
        pattern, gone = _BY_MARK[mark]
        if match := pattern.match(raw, at, self.end):
            if gone:
                self.marks.append(match.span())
            return match.end()
        return end

    def _escape(self, at: int) -> int:
        after = self.raw[at + 1 : at + 2] if at + 1 < self.end else ""
        if after in _ESCAPED and after:
            self.marks.append((at, at + 1))
            return at + 2
        if after == "\n":
            self.marks.append((at, at + 1))
        return at + 1

    def _code(self, at: int) -> int:
        """Inline code. Its content is kept as it is. A run of backticks without an equal closing run is
        text.
        """
        raw = self.raw
        if self.ticks is None:
            self.ticks = _tick_runs(raw, self.start, self.end)
        end = at
        while end < self.end and raw[end] == "`":
            end += 1
        size = end - at
        places = self.ticks.get(size, [])
        index = bisect_right(places, at)
        if index == len(places):
            if at == self.start and raw[end : end + 1].strip() != "" and size > 2:
                self.marks.append((at, end))
            return end
        close = places[index]
        self.marks += [(at, end), (close, close + size)]
        inside = raw[end:close]
        if len(inside) > 2 and inside[0] == inside[-1] == " " and "`" in inside[1:3] + inside[-3:-1]:
            self.marks += [(end, end + 1), (close - 1, close)]
        return close + size

    def _open(self, at: int) -> int:
        raw = self.raw
        if match := _NOTE.match(raw, at, self.end):
            label = match[1].lower()
            if label in self.labels.notes or label.isdigit():
                self.marks.append(match.span())
                return match.end()
        image = at > self.start and raw[at - 1] == "!" and (at < 2 or raw[at - 2] != "\\")
        if raw.startswith("[[", at) and image and raw.find("]]", at, min(self.end, at + 302)) > 0:
            close = raw.find("]]", at)
            self.marks.append((at - 1, close + 2))
            return close + 2
        if raw.startswith("[[", at) and not image and (link := _WIKI.match(raw, at, self.end)):
            before = raw[at - 1] if at > self.start else " "
            word = before.isascii() and (before.isalnum() or before in "_)]")
            word = word and not raw.startswith("]]", at - 2)  # directly behind another link
            if _CONTENTS.fullmatch(link[1]):
                self.marks.append(link.span())
                return link.end()
            sure = self.labels.wiki or "|" in link.group() or not link[1].isascii()
            if sure and not word and not _NO_NOTE.fullmatch(link[1]):
                self.marks += [(at, link.start(1)), (link.end(1), link.end())]
                return link.end()
        self.brackets.append((at, image, len(self.runs)))
        return at + 1

    def _close(self, at: int) -> int:
        raw = self.raw
        if not self.brackets:
            if raw.startswith("](http", at) and (match := _DESTINATION.match(raw, at + 1, self.end)):
                self.marks.append((at, match.end()))
                return match.end()
            return at + 1
        opened, image, runs = self.brackets.pop()
        end = self._target(opened, at, image)
        if end is None:
            return at + 1
        if image:
            del self.runs[runs:]
            self.marks.append((opened - 1, end))
        else:
            self.marks += [(opened, opened + 1), (at, end)]
        return end

    def _target(self, opened: int, at: int, image: bool) -> int | None:
        """Where a link or an image ends, given the two brackets of its text. None if the brackets are
        text.
        """
        raw = self.raw
        if raw.startswith("(", at + 1):
            match = _DESTINATION.match(raw, at + 1, self.end)
            if match and (image or _ADDRESSED.match(match[1])):
                return match.end()
            if image and (broad := _ANY_TARGET.match(raw, at + 1, self.end)):
                return broad.end()
        if not self.labels.links or at - opened > 1000:
            return None
        own = " ".join(raw[opened + 1 : at].lower().split())
        if match := _LABELLED.match(raw, at + 1, self.end):
            label = " ".join(match[1].lower().split()) or own
            return match.end() if label in self.labels.links else None
        return at + 1 if own in self.labels.links else None

    def _tag(self, at: int) -> int:
        raw = self.raw
        if raw.startswith("<!--", at) and (comment := _COMMENT.match(raw, at, self.end)):
            self.marks.append(comment.span())
            return comment.end()
        if raw[at + 1 : at + 4] in ("sup", "SUP") and (superscript := SUPERSCRIPT.match(raw, at, self.end)):
            self.references.append(superscript.span())
            return superscript.end()
        if (match := _TAG.match(raw, at, self.end)) and _is_element(match):
            unshown = _UNSHOWN.match(raw, match.end(), self.end) if match[1].lower() in _CODES else None
            self.marks.append((at, unshown.end() if unshown else match.end()))
            return self.marks[-1][1]
        if match and _is_component(match) and self._is_paired(match):
            self.marks.append(match.span())
            return match.end()
        if link := _AUTOLINK.match(raw, at, self.end):
            self.marks += [(at, at + 1), (link.end() - 1, link.end())]
            return link.end()
        return at + 1

    def _is_paired(self, tag: re.Match[str]) -> bool:
        """Whether the tag of a component opens an element with attributes that is closed in this line, or
        closes one.
        """
        name, end = tag[1], tag.end()
        opened = self.components.get(name, 0)
        if self.raw[tag.start() + 1] == "/":
            self.components[name] = max(opened - 1, 0)
            return opened > 0
        if "=" not in tag[2] or tag[2].endswith("/"):
            return False
        stop = min(self.end, end + _LONGEST_ELEMENT)
        line = self.raw.find("\n", end, stop)
        closed = self.raw.find(f"</{name}>", end, stop if line < 0 else line) >= 0
        self.components[name] = opened + closed
        return closed

    def _mdx_comment(self, at: int) -> int:
        """A comment of MDX, which stands at an end of a line. Between words it is an example of one: text."""
        close = self.raw.find("*/}", at + 3, min(self.end, at + _LONGEST_COMMENT))
        if close < 0:
            return at + 3
        if self._ends_line(at, close + 3):
            self.marks.append((at, close + 3))
        return close + 3

    def _ends_line(self, start: int, end: int) -> bool:
        """Whether a range is at the beginning or at the end of a line."""
        raw = self.raw
        while start > self.start and raw[start - 1] in " \t":
            start -= 1
        while end < self.end and raw[end] in " \t\r":
            end += 1
        return start == self.start or raw[start - 1] == "\n" or end == self.end or raw[end] == "\n"

    def _character(self, at: int) -> int:
        raw = self.raw
        if space := UNSEEN_REFERENCE.match(raw, at, self.end):
            self.marks.append(space.span())
            return space.end()
        if (match := REFERENCE.match(raw, at, self.end)) and character(match.group()):
            self.references.append(match.span())
            return match.end()
        return at + 1


def _is_element(tag: re.Match[str]) -> bool:
    """Whether a tag is one of HTML: its name is known, and only values of attributes have characters outside
    ASCII.
    """
    return tag[1].lower() in _NAMES and (not tag[2] or _QUOTED.sub("", tag[2]).isascii())


def _is_component(tag: re.Match[str]) -> bool:
    """Whether the name of a tag is one of a component, and only its values have characters outside ASCII."""
    return _COMPONENT_NAME.fullmatch(tag[1]) is not None and _QUOTED.sub("", tag[2]).isascii()


_COMPONENT_NAME = re.compile(r"[A-Z][A-Za-z0-9]*|[a-z][a-z0-9]*-[A-Za-z0-9-]+")
"""As MDX and VuePress read it: ``<TabItem label="a">``, ``<code-group>``."""
_LONGEST_ELEMENT = 2000
"""Characters of a component in a line, at most."""

_BY_MARK = {
    "{": (_SHORTCODE, True),
    "$": (_MATH, False),
    "%": (_NOTE_COMMENT, True),
    "^": (_BLOCK_ID, True),
    "(": (_BLOCK_REFERENCE, True),
    "h": (_ADDRESS, False),
    "f": (_ADDRESS, False),
}
_ANY_TARGET = re.compile(r"\([^()\n]{0,2000}(?:\([^()\n]{0,2000}\)[^()\n]{0,2000})?\)")


def _tick_runs(raw: str, start: int, end: int) -> dict[int, list[int]]:
    """Places of the runs of backticks, by their length."""
    runs: dict[int, list[int]] = {}
    for match in re.compile("`+").finditer(raw, start, end):
        runs.setdefault(match.end() - match.start(), []).append(match.start())
    return runs


def _emphasis(raw: str, runs: Sequence[Span], start: int, end: int) -> list[Span]:
    """The runs of ``* _ ~~ ==`` that are marks of emphasis, with the space that a converter put after one."""
    own: dict[str, list[Span]] = {}
    for run in runs:
        mark, size = raw[run[0]], run[1] - run[0]
        if size == 2 or mark not in "~=":
            own.setdefault(mark * min(size, 2) if mark != "_" else mark, []).append(run)
    marks: list[Span] = []
    for kind, found in own.items():
        marks += _doubles(raw, found, start, end) if kind == "**" else _pairs(raw, found, kind, start, end)
    return [_with_converter_space(raw, a, b, end) if b < end and raw[b] == " " else (a, b) for a, b in marks]


def _doubles(raw: str, runs: Sequence[Span], start: int, end: int) -> list[Span]:
    """Runs of two or more stars. All are marks, as in the output of converters, with three exceptions.

    The exceptions are: an operator between figures or Latin words with white space on both sides
    (``2 ** 10``); a single run between two letters, where an author hides a word; a single run before a small
    Latin letter (``**kwargs``).
    """
    marks = [run for run in runs if not _is_operator(raw, *run, start, end)]
    if len(marks) % 2 == 0:
        return marks
    if len(marks) == 1:
        a, b = marks[0]
        inside = _letter(raw, a - 1, start, end) and _letter(raw, b, start, end)
        name = b < end and raw[b].isascii() and (raw[b].islower() or raw[b] == "_")
        return [] if inside or name else marks
    return marks


def _is_operator(raw: str, a: int, b: int, start: int, end: int) -> bool:
    if not (start < a and b < end and raw[a - 1].isspace() and raw[b].isspace()):
        return False
    left, right = raw[max(start, a - 40) : a].rstrip()[-1:], raw[b : min(end, b + 40)].lstrip()[:1]
    return (
        left.isascii()
        and right.isascii()
        and (left.isalnum() or left == ")")
        and (right.isalnum() or right == "(")
    )


def _pairs(raw: str, runs: Sequence[Span], kind: str, start: int, end: int) -> list[Span]:
    """Runs in pairs. A run without a partner is text, except ``_`` at both ends of a paragraph."""
    marks: list[Span] = []
    opened: Span | None = None
    for a, b in runs:
        before = raw[a - 1] if a > start else " "
        after = raw[b] if b < end else " "
        latin = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
        inner = kind == "_" and before.isalnum() and after.isalnum()
        if latin or inner:
            continue
        if (
            opened
            and not before.isspace()
            and before not in _OPENERS
            and not (kind == "_" and after.isalnum())
        ):
            marks += [opened, (a, b)]
            opened = None
        elif not after.isspace() and not (after in _CLOSERS and before.isalnum()):
            bound = kind == "_" and (before.isalnum() or after in "{")
            opened = opened or (None if bound else (a, b))
    if kind == "_":
        paired = set(marks)
        marks += [run for run in {runs[0], runs[-1]} - paired if _at_edge(raw, *run, start, end)]
    return marks


def _at_edge(raw: str, a: int, b: int, start: int, end: int) -> bool:
    """Whether a lone ``_`` stands at an end of a paragraph, beside a Han character or another mark."""
    inner = (
        raw[b : b + 1]
        if not raw[start:a].strip(" *_")
        else raw[a - 1 : a]
        if not raw[b:end].strip(" *_")
        else ""
    )
    if b - a > 1 and (inner.isspace() or inner in "：:"):
        return True
    return inner != "" and (inner == "*" or inner > "\u2e7f" or inner in "“”")


_OPENERS = frozenset("（([【《〈「『“‘")
_CLOSERS = frozenset("。，、；：！？”’）》〉」』】…,.;:!?)]")


def _with_converter_space(raw: str, start: int, end: int, limit: int) -> Span:
    """A mark and the space that a converter or an author puts between it and punctuation, on either side."""
    stop = end
    while stop < limit and raw[stop] == " ":
        stop += 1
    if stop > end and start and raw[start - 1] in "：，。；！？、":
        return start, stop
    follows = raw[stop : stop + 1] if stop < limit else ""
    return (
        (start, stop)
        if stop > end and follows and follows in "。，、；：！？”’）》」』*,.;!?)"
        else (start, end)
    )


def _letter(raw: str, index: int, start: int, end: int) -> bool:
    return start <= index < end and raw[index].isalnum()

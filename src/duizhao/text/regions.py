"""Regions: lines of a document that are not prose, found before its paragraphs: code, tables, comments of
HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from duizhao.text.block import Block
from duizhao.text.han import HAN, HAN_CHARACTER, count_han
from duizhao.text.markdown import QUOTE, Labels, text_spans
from duizhao.text.paragraphs import HEADING
from duizhao.text.spans import Span, is_blank, outer, trim

_FENCE = re.compile(r"^[ \t]*(?:>[ \t]?){0,9}[ \t]*(?:[-*+][ \t]+)?(`{3,}|~{3,})([^`\n]*)$", re.MULTILINE)
_FENCE_MARK = re.compile("```|~~~")
_INFO = re.compile(r"[\w+#./=:\"'{}\[\], \t-]{0,80}\r?", re.ASCII)
"""The text after the opening fence of code: a language and its options."""


def find_regions(raw: str, begin: int, taken: set[int], markdown: bool, labels: Labels) -> list[Block]:
    """Blocks of the lines that are code, a table or hidden; the starts of their lines are entered in
    ``taken``.
    """
    blocks: list[Block] = []
    if "```" in raw or "~~~" in raw:
        blocks += _fenced(raw, begin, taken)
    if "<!--" in raw or "<style" in raw or "<script" in raw or "{/*" in raw:
        blocks += _hidden(raw, begin, taken)
    if "|" in raw and "-" in raw:
        blocks += _tables(raw, begin, taken, labels)
    if markdown and ("\n    " in raw or "\n\t" in raw):
        blocks += _indented(raw, begin, taken)
    if markdown and (":::" in raw or "!!! " in raw or "??? " in raw or "???+ " in raw):
        blocks += _containers(raw, begin, taken)
    if markdown and "<" in raw:
        _components(raw, begin, taken)
    if markdown and (" #" in raw or "::" in raw):
        blocks += _notes(raw, begin, taken)
    if markdown and (raw.startswith("#", begin) or _CLOSE_MARK.search(raw, begin)):
        blocks += _close_headings(raw, begin, taken, labels)
    return blocks


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
    end = raw.find("\n", start)
    return len(raw) if end < 0 else end


def _fenced(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code between two fences, each an unchanged block.

    A fence without a closing fence is a stray mark. (CommonMark would read everything after it as code.) If
    there is more Chinese than code between two fences, or the head of a letter, a tool put them around the
    text, and the lines are not code. Fences are always markup.
    """
    blocks: list[Block] = []
    opened: re.Match[str] | None = None
    for fence in _fences(raw, begin):
        if opened is None:
            if _INFO.fullmatch(fence[2]):
                opened = fence
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            inside = raw[opened.end() : fence.start()]
            lines = list(lines_of(raw, opened.start(), fence.end()))
            if lines[0][0] not in taken and lines[-1][0] not in taken:
                free = taken.isdisjoint(start for start, _ in lines)
                taken.update((lines[0][0], lines[-1][0]))
                if free and 2 * count_han(inside) <= len("".join(inside.split())):
                    taken.update(start for start, _ in lines)
                    blocks += _code(raw, lines[1:-1], quoted=">" in raw[lines[0][0] : opened.start(1)])
            opened = None
    if opened is not None and opened.start() not in taken:
        taken.add(opened.start())
    return blocks


def _fences(raw: str, begin: int) -> Iterator[re.Match[str]]:
    while mark := _FENCE_MARK.search(raw, begin):
        start = raw.rfind("\n", begin, mark.start()) + 1
        if fence := _FENCE.match(raw, start or begin):
            yield fence
        begin = line_end(raw, mark.end())


def _code(raw: str, lines: list[Span], *, quoted: bool) -> list[Block]:
    blocks = []
    for start, end in lines:
        if quoted and (mark := QUOTE.match(raw, start, end)):
            start = mark.end()
        if start < end and not is_blank(raw[start:end]):
            blocks.append(Block("code", start, end, (outer(raw, start, end),)))
    return blocks


def _hidden(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Comments, style sheets and scripts of HTML, and comments of MDX, that stand on lines of their own."""
    blocks: list[Block] = []
    for opening, closing in _HIDDEN:
        place = begin
        while (start := opening.search(raw, place)) and (end := raw.find(closing, start.end())) >= 0:
            place = end + len(closing)
            if rest := _REST.match(raw, place):
                place = rest.end()
                starts = [at for at, _ in lines_of(raw, start.start(), place)]
                if taken.isdisjoint(starts):
                    taken.update(starts)
                    blocks.append(Block("front_matter", *outer(raw, start.start(), place), ()))
    return blocks


_HIDDEN = tuple(
    (re.compile(rf"^[ \t]*{opening}", re.MULTILINE), closing)
    for opening, closing in (
        ("<!--", "-->"),
        ("<style", "</style>"),
        ("<script", "</script>"),
        (r"\{/\*", "*/}"),
    )
)
_REST = re.compile(r"[ \t\r]*$", re.MULTILINE)

_COLONS = re.compile(
    r"^[ \t]{0,8}(:{3,})[ \t]*(?:(?:[A-Za-z][\w-]{0,40}|\{[^{}\n]{0,300}\})(?:\{[^{}\n]{0,300}\})?"
    r"(?:[ \t]+(?P<words>[^\n]*)|\[(?P<label>[^\[\]\n]*)\])?)?[ \t\r]*$",
    re.MULTILINE,
)
"""The first or the last line of a container: ``::: tip``, ``::: {.note}``, ``:::note[Title]``, ``:::``, as
VuePress, Docusaurus and Pandoc read it.
"""
_ADMONITION = re.compile(
    r"^[ \t]{0,8}(?:!!!|\?\?\?\+?)[ \t]+[A-Za-z][\w-]{0,40}(?:[ \t]+[A-Za-z][\w-]{0,40}){0,4}"
    r"(?:[ \t]+\"(?P<words>[^\"\n]*)\")?[ \t\r]*$(?=\n(?:[ \t\r]*\n){0,3}[ \t]{2})",
    re.MULTILINE,
)
"""The first line of an admonition with an indented text, as MkDocs reads it: ``!!! note "Title"``."""


def _containers(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """The lines that open and close a box around a text are markup; a title in them is text.

    A line of colons that closes nothing, and one that is never closed, are text.
    """
    opened: list[re.Match[str]] = []
    lines: list[re.Match[str]] = []
    for line in _COLONS.finditer(raw, begin):
        if line.start() in taken:
            continue
        if line.group().strip(" \t\r:"):
            opened.append(line)
        elif opened:
            lines += (opened.pop(), line)
    lines += [line for line in _ADMONITION.finditer(raw, begin) if line.start() not in taken]
    taken.update(line.start() for line in lines)
    titles = [
        outer(raw, *line.span(name))
        for line in lines
        for name, words in line.groupdict("").items()
        if not is_blank(words)
    ]
    return [Block("heading", *title, (title,)) for title in titles]


_COMPONENT = re.compile(
    r"^[ \t]{0,8}<(?P<end>/?)(?P<name>[A-Z][A-Za-z0-9.]{0,60}|[a-z][a-z0-9]{0,20}-[A-Za-z0-9-]{1,60})"
    r"(?P<rest>(?:[ \t][^<>\n]{0,2000}|/)?)>[ \t\r]*$",
    re.MULTILINE,
)
"""A line that is one tag of a component: ``<Alert type="info">``, ``<news-list />``, as MDX and VuePress read
it. ``<T>`` alone is text.
"""


def _components(raw: str, begin: int, taken: set[int]) -> None:
    """Enter the lines of such tags in ``taken``: those with attributes, those that are closed at once, and
    each pair. They are markup, and what is between the lines of a pair is text.
    """
    opened: dict[str, list[int]] = {}
    for tag in _COMPONENT.finditer(raw, begin):
        if tag.start() in taken:
            continue
        if tag["end"]:
            taken.update([opened[tag["name"]].pop(), tag.start()] if opened.get(tag["name"]) else ())
        elif tag["rest"].endswith("/"):
            taken.add(tag.start())
        else:
            opened.setdefault(tag["name"], []).append(tag.start())
            if "=" in tag["rest"]:
                taken.add(tag.start())


_TAG = r"#(?=[^\s#]{0,60}[^\W\d_])[^\s#,，。！？；：、.!?;:()（）\"“”<>\[\]{}=]{1,60}"
_NOTE_LINE = re.compile(
    rf"^[ ]{{0,3}}{_TAG}(?:[ \t\u3000,，]{{1,8}}{_TAG}){{1,50}}[ \t\r]*$"
    r"|^[ \t]{0,200}(?:-[ \t]{1,8})?(?:collapsed|id|heading|tags|alias|type|icon|public|filters"
    r"|template(?:-[\w-]{1,40})?|file(?:-path)?|background-color|exclude-from-graph-view"
    r"|(?:created|updated)-at|(?:query|card|hl|ls)-[\w-]{1,40}|logseq\.[\w.-]{1,60})"
    r"::(?:[ \t][^\n]*)?$",
    re.MULTILINE,
)
"""A line of two or more tags, ``#读书 #河流``, or of a property of Logseq, ``collapsed:: true``. One tag alone
may be a heading.
"""


def _notes(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Blocks of such lines, which a program for notes wrote or reads: metadata."""
    blocks: list[Block] = []
    for line in _NOTE_LINE.finditer(raw, begin):
        if line.start() not in taken:
            taken.add(line.start())
            span = outer(raw, *line.span())
            blocks.append(Block("front_matter", *span, (span,)))
    return blocks


_CLOSE_MARK = re.compile(r"\n#{1,6}[^#\s]")
_HASHES = re.compile(r"^[ ]{0,3}(#{1,6})(?!#)([ \t\u3000]?)([^\n]*)$", re.MULTILINE)
_NUMBERED = re.compile(
    r"第[〇零一二三四五六七八九十百千\d]{1,7}[章节節回卷部篇]|[一二三四五六七八九十]{1,3}、"
)
_CLOSE_TITLE = re.compile(rf"(?=[{HAN}A-Z“《「【（])[^#\n]{{1,60}}(?<![。！？；，：.!?;,:\s])")


def _close_headings(raw: str, begin: int, taken: set[int], labels: Labels) -> list[Block]:
    """Headings like ``#读书笔记``: one ``#`` and no white space, as in older Chinese files.

    A line like this may also be a tag. So it is a heading only if the document writes its other headings in
    this way too, and more of them than with white space: ``##第一节``, or with a number: ``#第一章``. If they
    have marks on both sides, ``##第一节##``, so may this one.
    """
    lines = [line for line in _HASHES.finditer(raw, begin) if line.start() not in taken]
    spaced = [line for line in lines if line[2]]
    close = [
        line
        for line in lines
        if not line[2] and (_NUMBERED.match(line[3]) or (len(line[1]) > 1 and HEADING.match(line.group())))
    ]
    if len(close) <= len(spaced) or any(len(line[1]) == 1 for line in spaced):
        return []
    both = any(len(line[1]) > 1 and line[3].rstrip().endswith(line[1]) for line in close)
    blocks: list[Block] = []
    for line in lines:
        start, end = outer(raw, *line.span(3))
        end -= both and raw.endswith("#", start, end)
        if len(line[1]) == 1 and not line[2] and _CLOSE_TITLE.fullmatch(raw, start, end):
            taken.add(line.start())
            spans = trim(raw, text_spans(raw, [(start, end)], (), labels))
            if spans:
                blocks.append(Block("heading", *outer(raw, *line.span()), spans))
    return blocks


_DELIMITER = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t\r]*$", re.MULTILINE)
_CELL_END = re.compile(r"(?<!\\)\|")


def _tables(raw: str, begin: int, taken: set[int], labels: Labels) -> list[Block]:
    """Rows of tables, each a block. A line like ``|---|---|`` makes a table and is markup."""
    blocks: list[Block] = []
    place = begin
    while delimiter := _DELIMITER.search(raw, place):
        start, place = delimiter.start(), delimiter.end() + 1
        above = raw.rfind("\n", 0, start - 1) + 1 if start > begin else -1
        if "|" not in delimiter.group() or above < begin or above in taken or start in taken:
            continue
        if not _CELL_END.search(raw, above, start):
            continue
        taken.add(start)
        rows = [(above, start - 1)]
        while place < len(raw):
            end = line_end(raw, place)
            if place in taken or not _CELL_END.search(raw, place, end):
                break
            rows.append((place, end))
            place = end + 1
        for row_start, row_end in rows:
            taken.add(row_start)
            if block := _row(raw, row_start, row_end, labels):
                blocks.append(block)
    return blocks


def _row(raw: str, start: int, end: int, labels: Labels) -> Block | None:
    begin, stop = outer(raw, start, end)
    if quote := QUOTE.match(raw, begin, stop):
        begin = quote.end()
    spans: list[Span] = []
    place = begin
    for bar in (*_CELL_END.finditer(raw, begin, stop), None):
        cell = outer(raw, place, bar.start() if bar else stop)
        if cell[0] < cell[1]:
            spans += trim(raw, text_spans(raw, [cell], (), labels))
        place = bar.end() if bar else stop
    return Block("table", begin, stop, tuple(spans)) if spans else None


_DEEP = re.compile(r"[ ]{4,}|[ ]{0,3}\t")
_DEEP_LINE = re.compile(rf"^(?:[ ]{{4}}|[ ]{{0,3}}\t)[^{HAN}\n]*$", re.MULTILINE)
"""A line with such an indent and without Chinese. Most texts have none."""
_ITEM = re.compile(r"[ \t]*(?:[-+*•·]|\d{1,9}[.)、]|\[\^[^\]]+\]:)[ \t]")
_CODELIKE = re.compile(
    r"[{}();=<>$\\|\[\]#]|^\s*(?:\$|>>>|import |from |sudo |git |npm |pip |cd |def |class )"
)


def _indented(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code with an indent of four spaces or a tab: after a blank line, outside lists, similar to
    code and without Chinese.
    """
    blocks: list[Block] = []
    run: list[Span] = []
    listed, blank = False, True
    if not _DEEP_LINE.search(raw, begin):
        return blocks
    for start, end in lines_of(raw, begin, len(raw)):
        if start in taken:
            blank = True
            continue
        deep = raw[start : start + 1] in (" ", "\t") and _DEEP.match(raw, start, end) is not None
        empty = is_blank(raw[start:end])
        if deep and not empty and not listed and (blank or run) and not HAN_CHARACTER.search(raw, start, end):
            run.append((start, end))
        elif not empty or not run:
            blocks += _indented_code(raw, run, taken)
            run = []
        if not empty and not deep:
            listed = _ITEM.match(raw, start, end) is not None or (listed and raw[start] in " \t")
        blank = empty
    return blocks + _indented_code(raw, run, taken)


def _indented_code(raw: str, run: list[Span], taken: set[int]) -> list[Block]:
    if sum(_CODELIKE.search(raw, start, end) is not None for start, end in run) * 2 < len(run) or not run:
        return []
    taken.update(start for start, _ in run)
    return _code(raw, run, quoted=False)

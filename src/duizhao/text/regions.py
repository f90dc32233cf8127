"""Regions: lines of a document that are not prose, found before its paragraphs: code, tables, comments of
HTML.
"""

from __future__ import annotations

import re

from duizhao.text.block import Block
from duizhao.text.formulas import find_formulas
from duizhao.text.han import HAN
from duizhao.text.listings import ADMONITION, REST, find_fenced, find_indented, find_preformatted, find_tagged
from duizhao.text.markdown import QUOTE, Labels, text_spans
from duizhao.text.modules import find_modules
from duizhao.text.paragraphs import HEADING
from duizhao.text.spans import Span, is_blank, line_end, lines_of, outer, trim


def find_regions(raw: str, begin: int, taken: set[int], markdown: bool, labels: Labels) -> list[Block]:
    """Blocks of the lines that are code, a table or hidden; the starts of their lines are entered in
    ``taken``.
    """
    blocks: list[Block] = []
    if "```" in raw or "~~~" in raw:
        blocks += find_fenced(raw, begin, taken)
    if markdown and ("{%" in raw or "{{<" in raw):
        blocks += find_tagged(raw, begin, taken)
    if markdown and "<pre" in raw:
        blocks += find_preformatted(raw, begin, taken)
    if "<!--" in raw or "<style" in raw or "<script" in raw or "{/*" in raw:
        blocks += _hidden(raw, begin, taken)
    if markdown and ("$" in raw or "\\[" in raw or "\\begin{" in raw):
        blocks += find_formulas(raw, begin, taken)
    if markdown and ("import " in raw or "export " in raw):
        blocks += find_modules(raw, begin, taken)
    if "|" in raw and "-" in raw:
        blocks += _tables(raw, begin, taken, labels)
    if markdown and ("\n    " in raw or "\n\t" in raw):
        blocks += find_indented(raw, begin, taken)
    if markdown and any(mark in raw for mark in (":::", "!!! ", "??? ", "???+ ", "=== ", "===! ", "===+ ")):
        blocks += _containers(raw, begin, taken)
    if markdown and "<" in raw:
        _components(raw, begin, taken)
    if markdown and (" #" in raw or "::" in raw):
        blocks += _notes(raw, begin, taken)
    if markdown and (raw.startswith("#", begin) or _CLOSE_MARK.search(raw, begin)):
        blocks += _close_headings(raw, begin, taken, labels)
    return blocks


def _hidden(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Comments, style sheets and scripts of HTML, and comments of MDX, that stand on lines of their own."""
    blocks: list[Block] = []
    for opening, closing in _HIDDEN:
        place = begin
        while (start := opening.search(raw, place)) and (end := raw.find(closing, start.end())) >= 0:
            place = end + len(closing)
            if rest := REST.match(raw, place):
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
_COLONS = re.compile(
    r"^[ \t]{0,8}(:{3,})[ \t]*(?:(?:[A-Za-z][\w-]{0,40}|\{[^{}\n]{0,300}\})(?:\{[^{}\n]{0,300}\})?"
    r"(?:[ \t]+(?P<words>[^\n]*)|\[(?P<label>[^\[\]\n]*)\])?)?[ \t\r]*$",
    re.MULTILINE,
)
"""The first or the last line of a container: ``::: tip``, ``::: {.note}``, ``:::note[Title]``, ``:::``, as
VuePress, Docusaurus and Pandoc read it.
"""


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
    lines += [line for line in ADMONITION.finditer(raw, begin) if line.start() not in taken]
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
    r"(?P<rest>(?:(?=\s)(?:[^<>\n]|\n(?![ \t\r]*\n)){1,2000}|/)?)>[ \t\r]*$",
    re.MULTILINE,
)
"""A tag of a component on one or more lines of its own: ``<Alert type="info">``, ``<news-list />``, as MDX
and VuePress read it. ``<T>`` alone is text.
"""
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def _components(raw: str, begin: int, taken: set[int]) -> None:
    """Enter the lines of such tags in ``taken``: those with attributes, those that are closed at once, and
    each pair. They are markup, and what is between the lines of a pair is text. A tag on more lines than one
    has Chinese only in quoted values.
    """
    opened: dict[str, list[int]] = {}
    for tag in _COMPONENT.finditer(raw, begin):
        name, rest = tag["name"], tag["rest"]
        if tag.start() in taken or ("\n" in rest and not _QUOTED.sub("", rest).isascii()):
            continue
        if tag["end"]:
            taken.update([opened[name].pop(), tag.start()] if opened.get(name) else ())
        elif rest.endswith("/") or "=" in rest:
            taken.update(start for start, _ in lines_of(raw, tag.start(), tag.end()))
        if not tag["end"] and not rest.endswith("/"):
            opened.setdefault(name, []).append(tag.start())


_TAG = r"#(?=[^\s#]{0,60}[^\W\d_])[^\s#,，。！？；：、.!?;:()（）\"“”<>\[\]{}=]{1,60}"
_NOTE_LINE = re.compile(
    rf"^[ ]{{0,3}}{_TAG}(?:[ \t\u3000,，]{{1,8}}{_TAG}){{1,50}}[ \t\r]*$"
    r"|^[ \t]{0,200}(?:-[ \t]{1,8})?(?:collapsed|id|heading|tags|alias|type|icon|public|filters"
    r"|template(?:-[\w-]{1,40})?|file(?:-path)?|background-color|exclude-from-graph-view"
    r"|(?:created|updated)-at|(?:query|card|hl|ls)-[\w-]{1,40}|logseq\.[\w.-]{1,60})"
    r"::(?:[ \t][^\n]*)?$"
    r"|^[ ]{0,3}\[[Tt][Oo][Cc]\][ \t\r]*$",
    re.MULTILINE,
)
"""A line of two or more tags, ``#读书 #河流``, of a property of Logseq, ``collapsed:: true``, or of the place of
a table of contents, ``[TOC]``. One tag alone may be a heading.
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

"""Blocks: the paragraphs, headings and turns of a document, with exact spans in the raw text.

A block's text is read from its spans: emphasis marks, line wraps, link targets and speaker labels are between
the spans, as markup. Nothing is copied, moved or changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from duizhao.text.block import Block
from duizhao.text.dialogue import find_turns
from duizhao.text.document import Document, find_front_matter
from duizhao.text.headings import find_title
from duizhao.text.markdown import (
    BOLD_LINE,
    IMAGE,
    MARKED,
    MEDIA,
    Labels,
    alert,
    is_markdown,
    links_notes,
    text_spans,
)
from duizhao.text.paragraphs import (
    DEFINITION,
    NOTE,
    OPENERS,
    RULERS,
    find_elements,
    find_paragraphs,
    find_runs,
    is_rule,
    opening,
)
from duizhao.text.regions import find_regions
from duizhao.text.spans import BLANKS, Span, is_blank, line_end, lines_of, outer, read, trim
from duizhao.text.threads import Post, find_posts
from duizhao.text.titles import part_title
from duizhao.text.transcripts import Head, find_heads, heads_of, name_speakers_of

_BRACKETS = frozenset("[]")
"""The rest of a link around an image that is broken over lines."""
_LONGEST_MARKED = 4_000_000
"""In a paragraph with more characters than this, marks of Markdown are kept as text: nobody writes such a
paragraph in Markdown.
"""
_HTML = re.compile(r"^[ \t]*<(?:p|div|table)\b[^<>\n]{0,2000}>", re.MULTILINE)
"""A line that shows that a text is the source of a page. A text about tags has no such line."""
_TITLES = frozenset(("title", "标题", "標題", "文章标题", "文章標題"))
_CELL = re.compile(r"<t[dh]\b", re.IGNORECASE)
_TRAILING_HASHES = re.compile(r"[ \t]#+[ \t]*$")
_ATTRIBUTE = r"(?:[#.][\w.:-]+|[A-Za-z][\w:-]*=(?:\"[^\"{}]*\"|'[^'{}]*'|[^\s\"'{}]+)|[a-z]+(?:-[a-z]+)+|-)"
_ATTRIBUTES = re.compile(
    rf"(?<=\S)[ \t]*\{{:?[ \t]*(?!#(?:if|each|await|key|snippet)\b)"
    rf"{_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*[ \t]*\}}[ \t]*$"
)
"""Attributes at the end of a heading: ``{#id .class key=value}``, as Pandoc, kramdown and MkDocs read them. A
block of Svelte, ``{#if …}``, is text.
"""


def find_blocks(document: Document) -> list[Block]:
    """Blocks of a document in order. They do not overlap; between them is only white space and markup."""
    raw = document.text
    if document.blocks is not None:
        return _told(document, list(document.blocks), set(), heads_of(raw, document.blocks))
    html = (
        "<" in raw and ("</p>" in raw or "</div>" in raw or "</td>" in raw) and _HTML.search(raw) is not None
    )
    markdown = html or document.name.endswith((".md", ".markdown", ".html", ".htm")) or is_markdown(raw)
    labels = _labels(raw) if markdown and ("]:" in raw or "[[" in raw) else Labels()
    blocks, begin = _front_matter(document)
    taken = {block.start for block in blocks}
    above = max((header.end for header in document.headers), default=begin)
    posts = find_posts(raw, begin)
    blocks += _parts_of_posts(raw, posts, taken, above)
    underlined: set[int] = set()
    if markdown or "```" in raw:
        blocks += find_regions(raw, begin, taken, markdown, labels)
    heads = find_heads(raw, begin) if not posts else []
    for head in heads:
        start = raw.rfind("\n", begin, head.start) + 1 or begin
        line = outer(raw, head.start, line_end(raw, head.start))
        if start not in taken and line[1] <= head.end:  # the words stand below it
            blocks.append(Block("paragraph", *line, (line,)))
            taken.add(start)
    html = html and any(tag.start() not in taken for tag in _HTML.finditer(raw, begin))
    groups = find_paragraphs(raw, find_runs(raw, begin, taken, underlined, markdown), markdown)
    for group in find_elements(raw, groups, taken) if html else groups:
        if block := _make(raw, group, markdown, labels, blocks):
            blocks.append(block)
    if taken or markdown:
        blocks.sort(key=lambda block: block.start)
    if "\x1b[" in raw:
        blocks = _without_codes(raw, blocks)
    return _told(document, blocks, underlined, heads)


def _told(
    document: Document, blocks: list[Block], underlined: set[int], heads: Sequence[Head]
) -> list[Block]:
    """Blocks with title, headings and speakers."""
    raw = document.text
    found = name_speakers_of(raw, blocks, heads) if heads else blocks
    found = find_title(raw, found, document.language, underlined)
    return part_title(raw, found if heads else find_turns(raw, found), document.facts.get("publisher"))


def _without_codes(raw: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks without the codes that colour a text on a terminal; those with nothing else are left out."""
    found = []
    for block in blocks:
        parts: list[Span] = []
        for start, end in block.spans:
            for code in _CODE.finditer(raw, start, end):
                parts.append((start, code.start()))
                start = code.end()
            parts.append((start, end))
        if spans := trim(raw, [part for part in parts if part[0] < part[1]]):
            found.append(block._replace(spans=spans))
        elif not block.spans:
            found.append(block)
    return found


_CODE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
"""A control sequence (ECMA-48)."""


def posts_of(document: Document) -> list[Post]:
    """Posts of the thread that a document holds; none if it is no thread, or a page of HTML."""
    if document.blocks is not None:
        return []
    front = find_front_matter(document.text)
    return find_posts(document.text, line_end(document.text, front[1]) if front else 0)


def _parts_of_posts(raw: str, posts: Sequence[Post], taken: set[int], above: int) -> list[Block]:
    """Blocks of the lines of posts that go on in no other line: heads, replies of one line, signatures.

    A title in the head of the first post is a title if nothing stands between ``above`` and it. The starts of
    the lines are entered in ``taken``.
    """
    blocks = []
    for post in posts:
        first = [next(lines_of(raw, post.start, post.end))] if post.author and not post.head else []
        for start, end in (*post.head, *first, *lines_of(raw, post.signature, post.end)):
            line = outer(raw, start, end)
            if start not in taken and line[0] < line[1] and not raw.startswith(("```", "~~~"), line[0]):
                blocks.append(Block("front_matter" if start < post.body else "paragraph", *line, (line,)))
                taken.add(start)
    title = posts[0].title if posts else None
    if title and title[0] < title[1] and is_blank(raw[above : posts[0].start].replace("```", "")):
        blocks = [
            block._replace(kind="title", spans=(title,)) if block.start <= title[0] < block.end else block
            for block in blocks
        ]
    return blocks


def _labels(raw: str) -> Labels:
    """Labels of the links and notes that a document defines, each on a line of its own, and whether it links
    notes.
    """
    links, notes = set(), set()
    for match in _DEFINED.finditer(raw):
        if match[1]:
            notes.add(match[1].lower())
        elif match[2]:
            links.add(" ".join(match[2].lower().split()))
    return Labels(frozenset(links), frozenset(notes), links_notes(raw))


_DEFINED = re.compile(rf"^(?:{NOTE.pattern}|{DEFINITION.pattern})", re.MULTILINE)


def _front_matter(document: Document) -> tuple[list[Block], int]:
    """Header lines, and where the text after them may begin. A title that is only in the header is text."""
    raw, blocks = document.text, []
    for header in document.headers:
        spans: tuple[Span, ...] = (
            ((header.value, header.value_end),) if header.value < header.value_end else ()
        )
        kind = "title" if header.key.lower() in _TITLES and spans else "front_matter"
        blocks.append(Block(kind, header.start, header.end, spans))
    front = find_front_matter(raw)
    if front is None:
        return blocks, 0
    taken = {block.start for block in blocks}
    for start, end in lines_of(raw, *front):
        if start not in taken and not is_blank(raw[start:end]):
            blocks.append(Block("front_matter", start, end, (outer(raw, start, end),)))
    return blocks, line_end(raw, front[1])


def _make(
    raw: str, group: Sequence[Span], markdown: bool, labels: Labels, aside: list[Block]
) -> Block | None:
    """The block of a group of lines; None if it has only marks. Other blocks found in it are added to
    ``aside``.
    """
    start, stop, last = group[0][0], group[0][1], group[-1][1]
    first = raw[start]
    marked = (
        markdown
        and last - start <= _LONGEST_MARKED
        and (MARKED.search(raw, start, last) is not None or raw.find("((", start, last) >= 0)
    )
    bold = BOLD_LINE.fullmatch(raw, start, last) if marked and first == "*" else None
    if bold and not is_blank(bold[1]) and not is_rule(bold[1]):
        return Block("paragraph", start, last, (outer(raw, *bold.span(1)),))
    kind, text, number, quoted = "paragraph", start, None, -1
    if first in OPENERS:
        if first in " [" and (note := NOTE.match(raw, start, stop)):
            kind, text = "footnote", note.end()
        elif first in " [" and DEFINITION.match(raw, start, stop):
            return Block("front_matter", *outer(raw, start, last), tuple(_plain_spans(raw, group)))
        else:
            head = opening(raw, start, stop, markdown)
            kind, text, number, quoted = head.kind, head.text, head.number, head.quoted
    if quoted >= 0 and raw.startswith("[!", quoted) and (word := alert(raw, quoted, stop)):
        aside.append(Block("front_matter", start, word[1] + 1, (word,)))
        rest = _behind(raw, group, word[1] + 1)
        block = _make(raw, rest, markdown, labels, aside) if rest else None
        return block._replace(kind="quote") if block and block.kind == "paragraph" else block
    whole = first in BLANKS or raw[last - 1] in BLANKS
    begin, end = outer(raw, start, last) if whole else (start, last)
    if not marked and len(group) == 1 and text == start:
        # Most blocks are made here, and a named tuple's own constructor takes twice the time.
        if begin >= end:
            return None
        return tuple.__new__(Block, (kind, begin, end, ((begin, end),), None, False))
    if marked and raw[end - 1] in ")]" and IMAGE.fullmatch(raw, begin, end):
        return Block("image", begin, end, ())
    lines = [(text, end if len(group) == 1 else stop), *group[1:]]
    if kind == "heading":
        for marks in (_ATTRIBUTES, _TRAILING_HASHES):
            till = lines[-1][1]
            if raw[till - 1] in "}# \t" and (found := marks.search(raw, max(text, till - 100), till)):
                lines[-1] = (lines[-1][0], found.start())
        if raw[text - 1] == "#":
            lines[-1] = (lines[-1][0], _without_closing_hashes(raw, text, lines[-1][1]))
    prefixes = _prefixes(raw, lines, markdown and quoted >= 0)
    spans = trim(raw, text_spans(raw, lines, prefixes, labels) if marked else _plain_spans(raw, lines))
    if number is not None and spans:
        spans = (number, *spans)
    if marked and spans and raw[spans[0][0]] in RULERS and is_rule(read(raw, spans)):
        return None
    if marked and "<t" in raw[start : start + 2000] and _CELL.search(raw, start, last):
        kind = "table"
    if spans and not (raw[spans[0][0]] in _BRACKETS and read(raw, spans) in _BRACKETS):
        return Block(kind, begin, end, spans)
    return Block("image", begin, end, ()) if MEDIA.search(raw, begin, end) else None


def _without_closing_hashes(raw: str, start: int, end: int) -> int:
    """Where the text of a heading like ``##第一节##`` ends, which has the same marks on both sides."""
    stop = outer(raw, start, end)[1]
    head = raw[max(0, start - 6) : start]
    size = len(head) - len(head.rstrip("#"))
    last = raw[stop - size - 1]
    closed = stop - size > start and raw.endswith("#" * size, start, stop)
    return stop - size if closed and last != "#" and not last.isascii() else end


def _behind(raw: str, group: Sequence[Span], place: int) -> list[Span]:
    """The rest of a group of lines after a place in the first one."""
    start, stop = outer(raw, place, group[0][1])
    return [(start, stop), *group[1:]] if start < stop else list(group[1:])


def _prefixes(raw: str, lines: Sequence[Span], quoted: bool) -> list[Span]:
    """Quotation marks of Markdown at the start of a paragraph's lines, from the second line on."""
    if not quoted:
        return []
    heads = [(start, opening(raw, start, end, True)) for start, end in lines[1:]]
    return [(start, head.quoted) for start, head in heads if head.quoted > start]


def _plain_spans(raw: str, lines: Sequence[Span]) -> list[Span]:
    return [outer(raw, start, end) for start, end in lines if start < end]

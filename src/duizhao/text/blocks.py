"""Blocks: the paragraphs, headings and turns of a document, with exact spans in the raw text.

A block's text is read from its spans: emphasis marks, line wraps, link targets and speaker labels
lie between the spans and are markup. Nothing is copied, moved or changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from duizhao.text.document import Document, front_matter_start
from duizhao.text.markdown import BLOCK_TAG, BOLD_LINE, IMAGE, MARKED, MEDIA, QUOTE, is_markdown, text_spans
from duizhao.text.spans import Span, cut, outer, read, trim
from duizhao.text.titles import part_title

QUESTIONERS = frozenset(
    (
        "记者",
        "記者",
        "问",
        "問",
        "主持人",
        "提问",
        "提問",
        "采访者",
        "採訪者",
        "q",
        "reporter",
        "interviewer",
        "host",
        "question",
    )
)
_HEADING = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]+")
_HAN = re.compile("[\u3400-\u9fff]")
_FENCE = re.compile(r"^[ ]{0,3}(`{3,}|~{3,})([^`\n]*)$", re.MULTILINE)
_LIST = re.compile(r"[ \t]*(?:[-+*•·]|\d{1,3}[.)])[ \t]+")
_DEFINITION = re.compile(
    r"[ ]{0,3}\[(?:#|//|[^\[\]^\n]{1,60}(?=\]:[ \t]{0,4}<?(?:https?:|/|#|mailto:)))\]:[ \t]"
)
"""A link's definition or a Markdown comment: never shown to a reader. A footnote (``[^1]:``) is."""
_COLON = re.compile("[：:]")
_NO_LABEL = re.compile('[。！？!?，,；;\n“”"「」]')
_DULL = frozenset(
    " \t\r\v\f\x1c\x1d\x1e\x1f\x85\xa0　*-_=\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f"
)
"""What a blank line or a rule may begin with."""
_OPENERS = frozenset("[#>-+*•·0123456789 \t　=_")
"""What a line that is more than a paragraph's may begin with."""
_BRACKETS = frozenset("[]")
"""What is left of a link around an image, broken over lines."""
_LONGEST_MARKED = 1_000_000
"""A paragraph of more characters than this is no Markdown that anybody wrote; its marks are left as text."""
_ENDS = frozenset('。！？!?…；;：:.”’"』」）)~～—')
_NO_HEADING = frozenset('“「"*(（')
_TERMINAL = frozenset("。！？!?…；;：:，,、.~～")


NO_TEXT = frozenset(("front_matter", "image", "navigation"))
"""Kinds of blocks that are no part of a text whatever they say: metadata, images, what stands around a page's article."""


class Block(NamedTuple):
    """One paragraph-like piece of a document. A tuple, for speed.

    ``kind``: title, heading, paragraph, quote, list_item, code, table, image, front_matter or navigation.
    ``start``, ``end``: its half-open range in the raw text, without the blank lines around it.
    ``spans``: the parts of that range that are text; the rest of the range is markup.
    ``speaker``: the label of an interview turn, as written; ``asks`` if it is a questioner's.
    """

    kind: str
    start: int
    end: int
    spans: tuple[Span, ...]
    speaker: str | None = None
    asks: bool = False


def is_rule(line: str) -> bool:
    """Whether a line is a thematic break or an underline: three or more of one of ``* - _ =`` and nothing else."""
    mark = line.lstrip(" \t")[:1]
    return mark != "" and mark in "*-_=" and line.count(mark) >= 3 and not line.strip(f"{mark} \t\r")


def split(raw: str, block: Block, place: int) -> tuple[Block, Block]:
    """The two parts of a block that lie before and after a place of the raw text. Both must hold text."""
    left, right = (
        trim(raw, cut(block.spans, block.start, place)),
        trim(raw, cut(block.spans, place, block.end)),
    )
    first = block._replace(end=left[-1][1], spans=left)
    return first, block._replace(start=right[0][0], spans=right, speaker=None, asks=False)


def find_blocks(document: Document) -> list[Block]:
    """Blocks of a document in order. They do not overlap; between them lies only white space and markup."""
    raw = document.text
    if document.blocks is not None:
        found = _find_turns(raw, _find_title(raw, list(document.blocks)))
        return part_title(raw, found, document.facts.get("publisher"))
    tags = "<" in raw
    html = tags and ("</p>" in raw or "</div>" in raw) and _HTML.search(raw) is not None
    markdown = html or document.name.endswith(".md") or is_markdown(raw)
    blocks, body_start = _front_matter(document)
    taken = {block.start for block in blocks}
    if "```" in raw or "~~~" in raw:
        blocks += _code(raw, body_start, taken)
    if tags and ("<!--" in raw or "<style" in raw or "<script" in raw):
        blocks += _hidden(raw, body_start, taken)
    groups = _paragraphs(raw, body_start, taken)
    for group in _elements(raw, groups) if html else groups:
        if block := _make(raw, group, markdown):
            blocks.append(block)
    if taken:
        blocks.sort(key=lambda block: block.start)
    found = _find_turns(raw, _find_title(raw, blocks))
    return part_title(raw, found, document.facts.get("publisher"))


def _front_matter(document: Document) -> tuple[list[Block], int]:
    """Header lines, and where the text after them may begin; the value of a title that stands only there is text."""
    raw, blocks = document.text, []
    for header in document.headers:
        spans: tuple[Span, ...] = (
            ((header.value, header.value_end),) if header.value < header.value_end else ()
        )
        kind = (
            "title"
            if header.key.lower() in ("title", "标题", "標題", "文章标题", "文章標題") and spans
            else "front_matter"
        )
        blocks.append(Block(kind, header.start, header.end, spans))
    first = front_matter_start(raw)
    if not blocks or first is None:
        return blocks, 0
    close = _line_end(raw, raw.find("\n---", blocks[-1].end - 1) + 1)
    taken = {block.start for block in blocks}
    for start, end in _lines(raw, first, close):
        if start not in taken and raw[start:end].strip() not in ("", "---", "..."):
            blocks.append(Block("front_matter", start, end, tuple(_plain_spans(raw, [(start, end)]))))
    return blocks, close


def _code(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code between two fences, each a block as it stands; these lines and the fences are entered in ``taken``.

    A fence that nothing closes is a stray mark: in CommonMark it would make code of all that follows. Two with
    more Chinese than code between them are a tool's wrapping of the text.
    """
    blocks: list[Block] = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(raw, begin):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            inside = raw[opened.end() : fence.start()]
            lines = list(_lines(raw, opened.start(), fence.end()))
            if 2 * len(_HAN.findall(inside)) <= len("".join(inside.split())) and taken.isdisjoint(
                start for start, _ in lines
            ):
                taken.update(start for start, _ in lines)
                blocks += [
                    Block("code", start, end, (outer(raw, start, end),))
                    for start, end in lines[1:-1]
                    if raw[start:end].strip()
                ]
            opened = None
    return blocks


def _hidden(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Comments, style sheets and scripts of HTML that stand on lines of their own; these lines are entered in ``taken``."""
    blocks: list[Block] = []
    for opening, closing in _HIDDEN:
        place = begin
        while (start := opening.search(raw, place)) and (end := raw.find(closing, start.end())) >= 0:
            place = end + len(closing)
            if rest := _REST.match(raw, place):
                place = rest.end()
                starts = [at for at, _ in _lines(raw, start.start(), place)]
                if taken.isdisjoint(starts):
                    taken.update(starts)
                    blocks.append(Block("front_matter", *outer(raw, start.start(), place), ()))
    return blocks


_HIDDEN = tuple(
    (re.compile(rf"^[ \t]*{opening}", re.MULTILINE), closing)
    for opening, closing in (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"))
)
_REST = re.compile(r"[ \t\r]*$", re.MULTILINE)


def _line_end(raw: str, start: int) -> int:
    end = raw.find("\n", start)
    return len(raw) if end < 0 else end


def _lines(raw: str, start: int, stop: int) -> Iterator[Span]:
    """Spans of the lines from ``start`` to ``stop``, without their line breaks; trailing white space stays."""
    while start < stop:
        end = min(_line_end(raw, start), stop)
        yield start, end - (raw[end - 1 : end] == "\r" and end > start)
        start = end + 1


def _paragraphs(raw: str, begin: int, taken: set[int]) -> list[list[Span]]:
    """Lines grouped into paragraphs: at blank lines, and at each line unless the text is hard-wrapped.

    Lines that start at a place in ``taken`` are left out.
    """
    runs = list(_runs(raw, begin, taken))
    longer = [run for run in runs if len(run) > 1]
    if not longer:
        return runs
    if not _hard_wrapped(raw, longer):
        return [[line] for run in runs for line in run]
    groups: list[list[Span]] = []
    for run in runs:
        groups.append([run[0]])
        for line in run[1:]:
            if _continues(raw, groups[-1][-1], line):
                groups[-1].append(line)
            else:
                groups.append([line])
    return groups


def _runs(raw: str, begin: int, taken: set[int]) -> Iterator[list[Span]]:
    """Lines between blank lines and rules."""
    run: list[Span] = []
    position = begin
    for line in (raw[begin:] if begin else raw).split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        if not line:
            if run:
                yield run
                run = []
            continue
        if line[0] not in _DULL and start not in taken:
            run.append((start, end - 1 if line[-1] == "\r" else end))
            continue
        if not (line.isspace() or start in taken or is_rule(line)):
            run.append((start, end - 1 if line[-1] == "\r" else end))
        elif run:
            yield run
            run = []
    if run:
        yield run


_HTML = re.compile(r"^[ \t]*<(?:p|div)\b[^<>\n]{0,2000}>", re.MULTILINE)
"""A line that says that a text is a page's source, not one that speaks of tags."""


def _elements(raw: str, groups: Iterable[Sequence[Span]]) -> Iterator[list[Span]]:
    """Groups of lines parted at the tags of HTML that open or close a paragraph, a heading, a list or a cell."""
    for group in groups:
        part: list[Span] = []
        for start, end in group:
            for tag in BLOCK_TAG.finditer(raw, start, end):
                part += _said(raw, start, tag.start())
                if part:
                    yield part
                    part = []
                start = tag.end()
            part += _said(raw, start, end)
        if part:
            yield part


def _said(raw: str, start: int, end: int) -> list[Span]:
    """A stretch of a line, if it is more than white space or a rule."""
    line = raw[start:end]
    return [] if not line.strip() or is_rule(line) else [(start, end)]


def _hard_wrapped(raw: str, runs: Sequence[Sequence[Span]]) -> bool:
    """Whether line breaks inside paragraphs mean nothing: many lines of some length stop in mid-sentence."""
    joints = [raw[start:end].rstrip(" *_\t") for run in runs for start, end in run[:-1]]
    broken = sum(1 for line in joints if len(line) >= 25 and line[-1] not in _ENDS)
    return broken >= 1 and broken >= 0.25 * len(joints)


def _continues(raw: str, before: Span, line: Span) -> bool:
    """Whether ``line`` goes on the paragraph of the line before it, in a hard-wrapped text."""
    text, previous = raw[slice(*line)], raw[slice(*before)]
    if previous.endswith("  ") and previous.rstrip(" *_")[-1:] in (_ENDS | {""}):
        return False
    if previous.endswith("  ") and not previous.rstrip().endswith(("-", "—")) and len(previous) < 40:
        return False
    if previous[0] in " \t#" and _HEADING.match(previous):
        return False
    if text[0] not in _OPENERS and text[0] != "!":
        return True
    return not (_DEFINITION.match(text) or _HEADING.match(text) or _LIST.match(text) or IMAGE.match(text))


def _make(raw: str, group: Sequence[Span], markdown: bool) -> Block | None:
    """The block that a group of lines is; None where it is only marks."""
    start, stop, last = group[0][0], group[0][1], group[-1][1]
    opener = raw[start]
    marked = markdown and last - start <= _LONGEST_MARKED and MARKED.search(raw, start, last) is not None
    if marked and opener == "*" and (bold := BOLD_LINE.fullmatch(raw, start, last)) and not bold[1].isspace():
        return Block("paragraph", start, last, (outer(raw, *bold.span(1)),))
    kind, skip = "paragraph", 0
    if opener in _OPENERS:
        first = raw[start:stop]
        if opener in " [" and _DEFINITION.match(first):
            return Block("front_matter", *outer(raw, start, last), tuple(_plain_spans(raw, group)))
        kind, skip = _kind(first, markdown)
    begin, end = outer(raw, start, last) if opener.isspace() or raw[last - 1].isspace() else (start, last)
    if not marked and len(group) == 1 and not skip:
        # A named tuple's own constructor is a Python function, at twice the price: most blocks are made here.
        return tuple.__new__(Block, (kind, begin, end, ((begin, end),), None, False)) if begin < end else None
    if marked and raw[end - 1] in ")]" and IMAGE.fullmatch(raw, begin, end):
        return Block("image", begin, end, ())
    lines = [(start + skip, end if len(group) == 1 else stop), *group[1:]]
    spans = trim(raw, text_spans(raw, lines) if marked else _plain_spans(raw, lines))
    if spans and not (raw[spans[0][0]] in _BRACKETS and read(raw, spans) in _BRACKETS):
        return Block(kind, begin, end, spans)
    return Block("image", begin, end, ()) if MEDIA.search(raw, begin, end) else None


def _kind(line: str, markdown: bool) -> tuple[str, int]:
    """Kind of a block from its first line, and how many characters of it are markup."""
    opener = line[0]
    if opener in "# \t" and (heading := _HEADING.match(line)):
        return "heading", heading.end()
    if markdown and opener in "> \t" and (quote := QUOTE.match(line)):
        return "quote", quote.end()
    if opener not in "#>[" and (item := _LIST.match(line)):
        return "list_item", item.end() if item.group().strip() in "-+*•·" else 0
    return "paragraph", 0


def _plain_spans(raw: str, lines: Sequence[Span]) -> list[Span]:
    return [outer(raw, start, end) for start, end in lines if start < end]


def _find_title(raw: str, blocks: list[Block]) -> list[Block]:
    """The first heading or short first line is the title, unless a header gave one; short lone lines are headings.

    Where a header's title is printed again above the text, the printed one is the title and the header is metadata.
    """
    given = next((index for index, block in enumerate(blocks) if block.kind == "title"), None)
    titled = given is not None
    found = list(blocks)
    for index, block in enumerate(blocks):
        kind, begin, stop, spans, _, _ = block
        if kind not in ("heading", "paragraph"):
            continue
        short = stop - begin <= 80 or sum([end - start for start, end in spans]) <= 80
        if titled and not short and kind == "paragraph":
            continue
        text = read(raw, spans) if short else ""
        if given is not None and _same(text, read(raw, blocks[given].spans)):
            found[given] = blocks[given]._replace(kind="front_matter")
            found[index], given = block._replace(kind="title"), None
        elif not titled:
            titled = True
            if kind == "heading" or (
                short and not text.endswith(("。", "；", "，", "：", ".")) and len(blocks) > index + 1
            ):
                found[index] = block._replace(kind="title")
        elif short and kind == "paragraph" and _reads_as_heading(raw, block, text):
            found[index] = Block("heading", begin, stop, spans)
    return found


def _same(left: str, right: str) -> bool:
    """Whether two titles differ in white space at most."""
    return "".join(left.split()) == "".join(right.split())


def _reads_as_heading(raw: str, block: Block, text: str) -> bool:
    if (
        len(text) > 40
        or text[-1] in _TERMINAL
        or text[0] in _NO_HEADING
        or len(block.spans) > 12
        or "http" in text
    ):
        return False
    if text[-1] not in "”’」』）)" or (len(text) <= 16 and text.count("“") == text.count("”")):
        return True
    return raw.startswith("**", block.start) and raw.endswith("**", 0, block.end)


def _find_turns(raw: str, blocks: list[Block]) -> list[Block]:
    """Interview turns: paragraphs that open with a speaker's label, which becomes markup.

    Where labels are emphasised, only those count; elsewhere labels that come back (two at least, twice each).
    """
    labels = {}
    for index, (_, _, _, spans, _, _) in enumerate(blocks):
        if spans:
            opening = raw[spans[0][0] : spans[0][0] + 32]
            if ("：" in opening or ":" in opening) and (label := _label(raw, blocks[index])):
                labels[index] = label
    if not labels:
        return blocks
    emphasised = any(label[2] for label in labels.values())
    names = Counter(label[0] for label in labels.values())
    recurring = {name for name, count in names.items() if count > 1}
    found = list(blocks)
    for index, (name, stop, marked) in labels.items():
        block = blocks[index]
        if marked if emphasised else name in recurring and len(recurring) > 1:
            spans = trim(raw, cut(block.spans, stop, block.end))
            if spans:
                found[index] = block._replace(
                    kind="paragraph", spans=spans, speaker=name, asks=name.lower() in QUESTIONERS
                )
    return found


def _label(raw: str, block: Block) -> tuple[str, int, bool] | None:
    """Speaker label at the head of a block: (name, raw end of the label, whether it is emphasised)."""
    begin, stop = block.spans[0]
    colon = _COLON.search(raw, begin, min(stop, begin + 29))
    name = raw[begin : colon.start()] if colon else ""
    if (
        not colon
        or not 0 < len(name.rstrip(" \t")) <= 24
        or _NO_LABEL.search(name)
        or block.kind not in _SPEAKING
    ):
        return None
    opened = raw[block.start : begin].strip()
    closed = raw.startswith("*", colon.end())
    return name.strip(), colon.end(), bool(opened and closed and set(opened) <= set("*_"))


_SPEAKING = frozenset(("paragraph", "heading", "list_item"))

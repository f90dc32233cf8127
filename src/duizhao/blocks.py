"""Blocks: the paragraphs, headings and turns of a document, with exact spans in the raw text.

A block's text is read from its spans: emphasis marks, line wraps, link targets and speaker labels
lie between the spans and are markup. Nothing is copied, moved or changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from duizhao.markdown import IMAGE, MARKDOWN, MARKED, MEDIA, QUOTE, text_spans
from duizhao.source import Document
from duizhao.spans import Span, cut, outer, read, trim

QUESTIONERS = frozenset(
    ("记者", "記者", "问", "問", "主持人", "提问", "提問", "采访者", "採訪者", "q", "reporter", "interviewer", "host", "question")
)
_HEADING = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]+")
_LIST = re.compile(r"[ \t]*(?:[-+*•·]|\d{1,3}[.)])[ \t]+")
_DEFINITION = re.compile(r"[ ]{0,3}\[(?:#|//|[^\[\]^\n]{1,60}(?=\]:[ \t]{0,4}<?(?:https?:|/|#|mailto:)))\]:[ \t]")
"""A link's definition or a Markdown comment: never shown to a reader. A footnote (``[^1]:``) is."""
_LABEL = re.compile(r"([^：:。！？!?，,；;\n“”\"「」]{1,24}?)[ \t]{0,4}[：:]")
_LINE = re.compile(r"[^\n]+")
_DULL = frozenset(
    " \t\r\v\f\x1c\x1d\x1e\x1f\x85\xa0　*-_=\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f"
)
"""What a blank line or a rule may begin with."""
_OPENERS = frozenset("#>-+*•·0123456789 \t　=_")
_LONGEST_MARKED = 1_000_000
"""A paragraph of more characters than this is no Markdown that anybody wrote; its marks are left as text."""
_ENDS = frozenset('。！？!?…；;：:.”’"』」）)~～—')
_TERMINAL = frozenset("。！？!?…；;：:，,、.~～")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-like piece of a document.

    ``kind``: title, heading, paragraph, quote, list_item, image, front_matter or rule.
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
    left, right = trim(raw, cut(block.spans, block.start, place)), trim(raw, cut(block.spans, place, block.end))
    first = replace(block, end=left[-1][1], spans=left)
    return first, replace(block, start=right[0][0], spans=right, speaker=None, asks=False)


def find_blocks(document: Document) -> list[Block]:
    """Blocks of a document in order. They do not overlap; between them lies only white space and markup."""
    raw = document.text
    markdown = document.name.endswith(".md") or bool(MARKDOWN.search(raw))
    blocks, body_start = _front_matter(document)
    taken = {block.start for block in blocks}
    for group in _paragraphs(raw, body_start, taken):
        blocks += _make(raw, group, markdown)
    if taken:
        blocks.sort(key=lambda block: block.start)
    return _find_turns(raw, _find_title(raw, blocks))


def _front_matter(document: Document) -> tuple[list[Block], int]:
    """Header lines, and where the text after them may begin; the value of a title that stands only there is text."""
    raw, blocks = document.text, []
    for header in document.headers:
        spans: tuple[Span, ...] = ((header.value, header.value_end),) if header.value < header.value_end else ()
        kind = "title" if header.key.lower() in ("title", "标题", "標題", "文章标题", "文章標題") and spans else "front_matter"
        blocks.append(Block(kind, header.start, header.end, spans))
    if not blocks or not raw.lstrip("\ufeff").startswith("---"):
        return blocks, 0
    close = _line_end(raw, raw.find("\n---", blocks[-1].end - 1) + 1)
    taken = {block.start for block in blocks}
    for start, end in _lines(raw[:close], _line_end(raw, 0) + 1):
        if start not in taken and raw[start:end].strip() not in ("", "---", "..."):
            blocks.append(Block("front_matter", start, end, tuple(_plain_spans(raw, [(start, end)]))))
    return blocks, close


def _line_end(raw: str, start: int) -> int:
    end = raw.find("\n", start)
    return len(raw) if end < 0 else end


def _lines(raw: str, start: int) -> Iterator[Span]:
    """Spans of the lines from ``start``, without their line breaks; trailing white space stays."""
    while start < len(raw):
        end = _line_end(raw, start)
        yield start, end - (raw[end - 1 : end] == "\r" and end > start)
        start = end + 1


def _paragraphs(raw: str, begin: int, taken: set[int]) -> Iterator[Sequence[Span]]:
    """Lines grouped into paragraphs: at blank lines, and at each line unless the text is hard-wrapped.

    Lines that start at a place in ``taken`` are left out.
    """
    runs = list(_runs(raw, begin, taken))
    wrapped = _hard_wrapped(raw, runs)
    for run in runs:
        if len(run) == 1:
            yield run
            continue
        group: list[Span] = []
        for span in run:
            if group and not (wrapped and _continues(raw, group[-1], span)):
                yield group
                group = []
            group.append(span)
        yield group


def _runs(raw: str, begin: int, taken: set[int]) -> Iterator[Sequence[Span]]:
    """Lines between blank lines; a rule is a run of its own."""
    run: list[Span] = []
    last = -1
    for match in _LINE.finditer(raw, begin):
        start, end = match.span()
        if start in taken:
            continue
        if raw[end - 1] == "\r":
            end -= 1
        dull = start == end or raw[start] in _DULL
        if run and (start != last + 1 or (dull and (not raw[start:end].strip() or is_rule(raw[start:end])))):
            yield run
            run = []
        last = match.end()
        if not dull or raw[start:end].strip():
            run.append((start, end))
            if dull and is_rule(raw[start:end]):
                yield run
                run = []
    if run:
        yield run


def _hard_wrapped(raw: str, runs: Sequence[Sequence[Span]]) -> bool:
    """Whether line breaks inside paragraphs mean nothing: many lines of some length stop in mid-sentence."""
    joints = [raw[slice(*run[i])].rstrip(" *_\t") for run in runs if len(run) > 1 for i in range(len(run) - 1)]
    broken = sum(1 for line in joints if len(line) >= 25 and line[-1:] not in _ENDS)
    return broken >= 1 and broken >= 0.25 * len(joints) and any(len(run) > 1 for run in runs)


def _continues(raw: str, before: Span, line: Span) -> bool:
    """Whether ``line`` goes on the paragraph of the line before it, in a hard-wrapped text."""
    text, previous = raw[slice(*line)], raw[slice(*before)]
    if previous.endswith("  ") and previous.rstrip(" *_")[-1:] in (_ENDS | {""}):
        return False
    if previous.endswith("  ") and not previous.rstrip().endswith(("-", "—")) and len(previous) < 40:
        return False
    return not (_DEFINITION.match(text) or _HEADING.match(text) or _LIST.match(text) or IMAGE.match(text) or _HEADING.match(previous))


def _make(raw: str, group: Sequence[Span], markdown: bool) -> list[Block]:
    """The block that a group of lines is; none where it is only marks."""
    start, end = group[0][0], group[-1][1]
    marked = markdown and end - start <= _LONGEST_MARKED
    bare = len(group) == 1 and raw[start] not in _OPENERS and raw[start] != "["
    if bare and not (raw[start].isspace() or raw[end - 1].isspace() or (marked and MARKED.search(raw, start, end))):
        return [Block("paragraph", start, end, ((start, end),))]
    first = raw[slice(*group[0])]
    if is_rule(first):
        return []
    if _DEFINITION.match(first):
        return [Block("front_matter", *outer(raw, start, end), tuple(_plain_spans(raw, group)))]
    kind, skip = _kind(first, markdown)
    lines = [(group[0][0] + skip, group[0][1]), *group[1:]]
    marks = marked and MARKED.search(raw, start + skip, end)
    spans = trim(raw, text_spans(raw, lines) if marks else _plain_spans(raw, lines))
    if not spans:
        return [Block("image", *outer(raw, start, end), ())] if MEDIA.search(raw, start, end) else []
    return [Block(kind, *outer(raw, start, end), spans)]


def _kind(line: str, markdown: bool) -> tuple[str, int]:
    """Kind of a block from its first line, and how many characters of it are markup."""
    if line[:1] not in _OPENERS:
        return "paragraph", 0
    if heading := _HEADING.match(line):
        return "heading", heading.end()
    if markdown and (quote := QUOTE.match(line)):
        return "quote", quote.end()
    if item := _LIST.match(line):
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
    found: list[Block] = []
    for index, block in enumerate(blocks):
        if titled and block.kind == "paragraph" and block.spans[0][1] - block.spans[0][0] > 80:
            found.append(block)
            continue
        short = _length(block) <= 80
        text = read(raw, block.spans) if short else ""
        if block.kind in ("heading", "paragraph") and given is not None and _same(text, read(raw, blocks[given].spans)):
            found[given] = replace(blocks[given], kind="front_matter")
            block, given = replace(block, kind="title"), None
        elif not titled and block.kind in ("heading", "paragraph"):
            titled = True
            if block.kind == "heading" or (short and not text.endswith(("。", "；", "，", "：", ".")) and len(blocks) > index + 1):
                block = replace(block, kind="title")
        elif block.kind == "paragraph" and short and _reads_as_heading(raw, block, text):
            block = replace(block, kind="heading")
        found.append(block)
    return found


def _length(block: Block) -> int:
    return sum(end - start for start, end in block.spans)


def _same(left: str, right: str) -> bool:
    """Whether two titles differ in white space at most."""
    return "".join(left.split()) == "".join(right.split())


def _reads_as_heading(raw: str, block: Block, text: str) -> bool:
    if len(text) > 40 or len(block.spans) > 12 or "http" in text:
        return False
    marked = raw.startswith("**", block.start) and raw.endswith("**", 0, block.end)
    plain = text[-1:] not in _TERMINAL and not text.startswith(("“", "「", '"', "*", "(", "（"))
    return (plain and (marked or text[-1:] not in "”’」』）)")) or (plain and len(text) <= 16 and text.count("“") == text.count("”"))


def _find_turns(raw: str, blocks: list[Block]) -> list[Block]:
    """Interview turns: paragraphs that open with a speaker's label, which becomes markup.

    Where labels are emphasised, only those count; elsewhere labels that come back (two at least, twice each).
    """
    labels = [_label(raw, block) for block in blocks]
    if not any(labels):
        return blocks
    emphasised = any(label and label[2] for label in labels)
    names = Counter(label[0] for label in labels if label)
    recurring = {name for name, count in names.items() if count > 1}
    found: list[Block] = []
    for block, label in zip(blocks, labels, strict=True):
        if label and (label[2] if emphasised else label[0] in recurring and len(recurring) > 1):
            name, stop, _ = label
            spans = trim(raw, cut(block.spans, stop, block.end))
            if spans:
                block = replace(block, kind="paragraph", spans=spans, speaker=name, asks=name.lower() in QUESTIONERS)
        found.append(block)
    return found


def _label(raw: str, block: Block) -> tuple[str, int, bool] | None:
    """Speaker label at the head of a block: (name, raw end of the label, whether it is emphasised)."""
    if block.kind not in ("paragraph", "heading", "list_item") or not block.spans:
        return None
    begin = block.spans[0][0]
    if raw.find("：", begin, begin + 32) < 0 and raw.find(":", begin, begin + 32) < 0:
        return None
    match = _LABEL.match(raw, block.spans[0][0], block.spans[0][1])
    if not match:
        return None
    opened = raw[block.start : block.spans[0][0]].strip()
    closed = raw.startswith("*", match.end())
    return match.group(1).strip(), match.end(), bool(opened and closed and set(opened) <= set("*_"))

"""Titles and headings: the short lines above a text or above a part of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duizhao.text.block import Block
from duizhao.text.boundaries import ends_of
from duizhao.text.dialogue import is_label
from duizhao.text.document import Document
from duizhao.text.markdown import LINK
from duizhao.text.spans import read, runs

_NO_HEADING = frozenset('“「"*(（')
_TERMINAL = frozenset("。！？!?…；;：:，,、.~～⋯")
_QUOTES = "”’」』）)"
_CLOSERS = _QUOTES + "】〕]"
_STOPS = frozenset("。！？!?…⋯—―～~；，")
"""What ends a sentence before such marks at the end of a line."""
_DASHES = ("—", "―")
_HOUR = r"(?:凌晨|清晨|早上|早晨|上午|中午|正午|下午|傍晚|晚上|晚间|晚間|深夜|夜里|当晚|當晚|晚)"
_COUNT = r"(?:\d{1,4}|[〇零一二两三四五六七八九十]{1,4})"
_DATE_LINE = re.compile(
    rf"(?:[^\d。！？，,]{{0,6}}到了?)?(?:{_COUNT}年)?(?:{_COUNT}月)?(?:{_COUNT}[日号號]?)?"
    rf"(?:[（(]?(?:周|星期|週|礼拜|禮拜)[一二三四五六日天末][）)]?)?{_HOUR}?"
    rf"(?:{_COUNT}(?:[:：]\d\d|[点點时時](?:半|整|{_COUNT}分?)?))?(?:左右)?[：:]?"
)
"""A line that is only a time. In a chronicle it is the heading of what happened then."""
_DAY = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号號]?T?[（(]?(?:(?:周|星期|週|礼拜|禮拜)[一二三四五六日天])?[）)]?"
    r"(?:[上下]午|晚上|凌晨)?(?:\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+")
_PROPERTY = re.compile(r"[A-Za-z][\w-]{0,40}::(?=\s|$)")
"""A property of a note, as Logseq writes it: ``collapsed:: true``."""
_CLOCK = re.compile(r"[\d:：.\s\[\]()（）-]*")
_ARROW = re.compile(r"\S[ \t]*(?:→|⇒|->|=>)[ \t]*\S")
_NUMBER = re.compile(
    r"[一二三四五六七八九十百]{1,4}[、.．，]|\d{1,2}(?:\.\d{1,2}){1,3}[、. \t](?=\D)"
    r"|第[〇零一二两三四五六七八九十百千0-9]{1,6}[章节節部回卷篇编編幕讲講]"
)
"""The number of a chapter or a section: a mark of a heading."""
_COMMA = re.compile("[，,]")
_LONGEST_WITH_COMMA = 20
_MANY = 3
"""As many short lines in a row are verse, a list or a text without stops. A heading has text below it."""
_HASHES = re.compile(r"[ \t>+*•·\d.)-]{0,40}#{1,6}(?!#)")
_ELEMENT = re.compile(r"[ \t>]{0,9}<h[1-6]\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)h[1-6]\b", re.IGNORECASE)
_UNDERLINE = re.compile(r"[ \t\r]*\n[ \t]*(?:-+|=+)[ \t\r]*(?:\n|\Z)")
BOXES = (":::", "!!!", "???", "===")
"""What the line of a box or of a tab with a title begins with."""


def find_title(raw: str, blocks: list[Block], language: str, underlined: set[int]) -> list[Block]:
    """Mark the title and the headings. The first heading or short first line is the title, unless a metadata
    header has one. Other short lines that stand alone are headings, as far as their form goes (see
    `find_lines`).

    If the title of the header is printed again above the text, the printed one is the title, and the header
    is metadata.
    """
    given = next((index for index, block in enumerate(blocks) if block.kind == "title"), None)
    titled = given is not None
    found = blocks
    for index, block in enumerate(blocks):
        kind, begin, stop, spans, speaker, _ = block
        if kind not in ("heading", "paragraph"):
            continue
        if speaker is not None:
            titled = True
            continue
        short = stop - begin <= 80 or sum([end - start for start, end in spans]) <= 80
        if titled and not short and kind == "paragraph":
            continue
        text = read(raw, spans) if short else ""
        if given is not None and _same(text, read(raw, blocks[given].spans)):
            found[given] = blocks[given]._replace(kind="front_matter")
            found[index], given = block._replace(kind="title"), None
        elif not titled:
            if (kind == "paragraph" and short and _is_fact(text)) or _is_way_back(raw, blocks, index):
                continue
            titled = True
            if kind == "heading" or (
                short
                and len(blocks) > index + 1
                and _may_be_title(text, language)
                and not _is_mapping(raw, blocks[index : index + 2])
            ):
                found[index] = block._replace(kind="title")
        elif short and kind == "paragraph" and _is_heading(raw, block, text, language, begin in underlined):
            found[index] = Block("heading", begin, stop, spans)
    return found


def find_lines(document: Document, blocks: Sequence[Block]) -> set[int]:
    """Indexes of the headings that are lines of the text, although they are short and have no full stop.

    They have no mark of a heading (``#``, a tag, an underline, bold type, a number), and one of these is
    true: other headings of the document are marked, the line is a sentence or a link, several such lines
    follow one another. This is decided after cleaning, which knows all short lines as headings.
    """
    raw = document.text
    styled = {block.start for block in document.blocks or () if block.kind == "heading"}
    first = next((index for index, block in enumerate(blocks) if block.kind in ("heading", "paragraph")), -1)
    lines: list[int] = []
    marked = False
    for index, block in enumerate(blocks):
        if block.kind != "heading":
            continue
        if _is_marked(raw, block):
            # Above the text, a heading of the first level is a second title, and a link leads to other pages.
            marked = (
                marked or index != first or not (raw.startswith("# ", block.start) or _is_link(raw, block))
            )
        elif block.start not in styled:
            lines.append(index)
        elif document.extraction is None or _is_tagged(raw, block):
            marked = True
    found: set[int] = set()
    texts = {index: read(raw, blocks[index].spans) for index in lines}
    free = [index for index in lines if not _is_bold(raw, blocks[index]) and not _is_numbered(texts[index])]
    for run in runs(free):
        if marked or len(run) >= _MANY:
            found.update(run)
        else:
            found.update(
                index
                for index in run
                if _is_sentence(texts[index]) or _is_aside(raw, blocks, index, texts[index])
            )
    return found


def _is_marked(raw: str, block: Block) -> bool:
    """Whether a heading has a mark: ``#`` or a tag before it, a line under it, or the line of a box."""
    line = raw.rfind("\n", max(block.start - 200, 0), block.start) + 1
    hashes = _HASHES.match(raw, block.start)
    return (
        (hashes is not None and hashes.end() <= block.spans[0][0])
        or _ELEMENT.match(raw, block.start) is not None
        or _UNDERLINE.match(raw, block.end) is not None
        or raw.startswith(BOXES, line)
    )


def _is_tagged(raw: str, block: Block) -> bool:
    """Whether a heading of a page is in an element ``h1`` to ``h6``. Others are only bold."""
    tags = _TAG.findall(raw, max(block.start - 400, 0), block.start)
    return bool(tags) and not tags[-1]


def _is_sentence(text: str) -> bool:
    """Whether a line ends a sentence inside brackets or quotation marks or with a dash, or has a comma where
    it is longer than headings with a comma are.
    """
    if text[-1] in _CLOSERS:
        return text.rstrip(_CLOSERS)[-1:] in _STOPS
    if text.endswith(_DASHES):
        return not text.startswith(_DASHES)
    return len(text) > _LONGEST_WITH_COMMA and _COMMA.search(text) is not None


def _is_numbered(text: str) -> bool:
    """Whether a line has the number of a section before it, and is no sentence."""
    number = _NUMBER.match(text)
    return number is not None and _COMMA.search(text, number.end()) is None and not _is_sentence(text)


def _is_aside(raw: str, blocks: Sequence[Block], index: int, text: str) -> bool:
    """Whether a line is links, a time, a property of a note, or one of several lines with an arrow."""
    return (
        _is_link(raw, blocks[index])
        or _PROPERTY.match(text) is not None
        or (":" in text and _CLOCK.fullmatch(text) is not None)
        or _is_mapping(raw, blocks[max(index - 1, 0) : index + 1])
        or _is_mapping(raw, blocks[index : index + 2])
    )


def _is_link(raw: str, block: Block) -> bool:
    """Whether a block is links and marks between them."""
    text = raw[block.start : block.end].lstrip("# \t")
    return text.startswith("[") and not any(map(str.isalnum, LINK.sub("", text)))


def _is_fact(text: str) -> bool:
    """Whether a line above a title is only a date, an address, a property of a note or an ornament."""
    return (
        _ADDRESS.fullmatch(text) is not None
        or _PROPERTY.match(text) is not None
        or not any(map(str.isalnum, text))
        or _is_date(text)
    )


def _is_way_back(raw: str, blocks: Sequence[Block], index: int) -> bool:
    """Whether a line above the title is only links, as on pages with a link to the index: a marked heading is
    directly below it, of a higher level if it is a heading itself.
    """
    block, below = blocks[index], blocks[index + 1 : index + 2]
    if not below or below[0].kind != "heading" or not _is_link(raw, block):
        return False
    return block.kind == "paragraph" or _level(raw, block) > _level(raw, below[0]) > 0


def _level(raw: str, block: Block) -> int:
    """The number of marks ``#`` before a heading."""
    return raw.count("#", block.start, block.spans[0][0])


def _is_date(text: str) -> bool:
    """Whether a text is only a day, with or without a time."""
    text = "".join(text.split())
    return _DAY.fullmatch(text) is not None or (
        _DATE_LINE.fullmatch(text) is not None and any(day in text for day in "日号號")
    )


def _may_be_title(text: str, language: str) -> bool:
    """Whether the form of a first line is that of a title."""
    inner = text.rstrip(_QUOTES)
    return (
        not text.endswith(("。", "；", "，", "：", ".", "、", ",", ";", ":", "——"))
        and not (inner != text and inner.endswith(("。", "…", "——")))
        and not is_label(text)
        and not _has_full_stop(text, language)
    )


def _is_mapping(raw: str, blocks: Sequence[Block]) -> bool:
    """Whether two lines say with an arrow what each of two things does or becomes: ``x → 删除字符``."""
    return len(blocks) > 1 and all(
        block.spans and _ARROW.search(raw, block.spans[0][0], min(block.spans[0][1], block.start + 200))
        for block in blocks
    )


def _same(left: str, right: str) -> bool:
    """Whether two titles are the same except for white space."""
    return "".join(left.split()) == "".join(right.split())


def _is_heading(raw: str, block: Block, text: str, language: str, underlined: bool) -> bool:
    if text[-1] in "：:" and len(text) <= 24:
        return _is_time(text)
    if text[-1] in _TERMINAL or _stops_inside(text, language):
        return False
    if underlined:
        return True
    if len(text) > 40 or text[0] in _NO_HEADING or len(block.spans) > 12 or "http" in text:
        return False
    if text[-1] in "\"'":
        return False
    if text[-1] not in _QUOTES or (len(text) <= 16 and text.count("“") == text.count("”")):
        return True
    return _is_bold(raw, block)


def _is_time(text: str) -> bool:
    return any(map(str.isdigit, text)) and _DATE_LINE.fullmatch(text) is not None and text[-1] in "：:"


def _is_bold(raw: str, block: Block) -> bool:
    """Whether all of a line is bold."""
    text = raw[block.start : block.end]
    return any(
        text.startswith(mark) and text.endswith(mark) and mark not in text.strip(mark)
        for mark in ("**", "__")
    )


def _has_full_stop(text: str, language: str) -> bool:
    """Whether a sentence inside a text ends with a full stop. A title never has one, but it may have a
    question or an exclamation mark.
    """
    return any("。" in text[end - 3 : end] or "." in text[end - 3 : end] for end in ends_of(text, language))


def _stops_inside(text: str, language: str) -> bool:
    """Whether a sentence ends inside a text. Such a text is never a heading."""
    return next(iter(ends_of(text, language)), None) is not None

"""Titles and headings: the short lines above a text or above a part of it."""

from __future__ import annotations

import re

from duizhao.text.block import Block
from duizhao.text.boundaries import ends_of
from duizhao.text.spans import read

_NO_HEADING = frozenset('“「"*(（')
_TERMINAL = frozenset("。！？!?…；;：:，,、.~～⋯")
_QUOTES = "”’」』）)"
_HOUR = r"(?:凌晨|清晨|早上|早晨|上午|中午|正午|下午|傍晚|晚上|晚间|晚間|深夜|夜里|当晚|當晚|晚)"
_COUNT = r"(?:\d{1,4}|[〇零一二两三四五六七八九十]{1,4})"
_DATE_LINE = re.compile(
    rf"(?:[^\d。！？，,]{{0,6}}到了?)?(?:{_COUNT}年)?(?:{_COUNT}月)?(?:{_COUNT}[日号號]?)?"
    rf"(?:[（(]?(?:周|星期|週|礼拜|禮拜)[一二三四五六日天末][）)]?)?{_HOUR}?"
    rf"(?:{_COUNT}(?:[:：]\d\d|[点點时時](?:半|整|{_COUNT}分?)?))?(?:左右)?[：:]?"
)
"""A line that is only a time. In a chronicle it is the heading of what happened then."""


def find_title(raw: str, blocks: list[Block], language: str, underlined: set[int]) -> list[Block]:
    """Mark the title and the headings. The first heading or short first line is the title, unless a metadata
    header has one. Other short lines that stand alone are headings.

    If the title of the header is printed again above the text, the printed one is the title, and the header
    is metadata.
    """
    given = next((index for index, block in enumerate(blocks) if block.kind == "title"), None)
    titled = given is not None
    found = blocks
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
                and not _has_full_stop(text, language)
            ):  # fmt: skip
                found[index] = block._replace(kind="title")
        elif short and kind == "paragraph" and _is_heading(raw, block, text, language, begin in underlined):
            found[index] = Block("heading", begin, stop, spans)
    return found


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
    return raw.startswith("**", block.start) and raw.endswith("**", 0, block.end)


def _has_full_stop(text: str, language: str) -> bool:
    """Whether a sentence inside a text ends with a full stop. A title never has one, but it may have a
    question or an exclamation mark.
    """
    return any("。" in text[end - 3 : end] or "." in text[end - 3 : end] for end in ends_of(text, language))


def _stops_inside(text: str, language: str) -> bool:
    """Whether a sentence ends inside a text. Such a text is never a heading."""
    return next(iter(ends_of(text, language)), None) is not None

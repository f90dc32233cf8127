"""One block: a paragraph-like piece of a document."""

from __future__ import annotations

from typing import NamedTuple

from duizhao.text.spans import Span, cut, trim

NO_TEXT = frozenset(("front_matter", "image", "navigation", "left_out"))
"""Kinds of blocks that are never part of the article: metadata, images, the page around the article, and the
lines of bilingual subtitles that are in the other language.
"""


class Block(NamedTuple):
    """One paragraph-like piece of a document. A tuple, for speed.

    ``kind``: title, heading, paragraph, quote, list_item, table (one row), code (one line or one formula),
    cue (of subtitles), footnote, image, front_matter, navigation or left_out.
    ``start``, ``end``: its half-open range in the raw text, without the blank lines around it.
    ``spans``: the parts of that range that are text; the rest of the range is markup.
    ``speaker``: the label of a turn in an interview, as written. ``asks``: whether a questioner speaks.
    """

    kind: str
    start: int
    end: int
    spans: tuple[Span, ...]
    speaker: str | None = None
    asks: bool = False


def split(raw: str, block: Block, place: int) -> tuple[Block, Block]:
    """The two parts of a block before and after a place of the raw text. Both must have text."""
    left, right = (
        trim(raw, cut(block.spans, block.start, place)),
        trim(raw, cut(block.spans, place, block.end)),
    )
    first = block._replace(end=left[-1][1], spans=left)
    return first, block._replace(start=right[0][0], spans=right, speaker=None, asks=False)

"""Text: a decoded document, its blocks and sentences with spans, and its script."""

from __future__ import annotations

from duizhao.text.block import NO_TEXT, Block, split
from duizhao.text.blocks import find_blocks, posts_of
from duizhao.text.credits import find_credits, iso_date
from duizhao.text.damage import Damage, find_damage, find_damage_together, repair
from duizhao.text.document import DATE, Document, find_headers, front_matter_doubt, is_date, make_document
from duizhao.text.han import HAN, HAN_CHARACTER, HAN_RANGES, count_han
from duizhao.text.headings import BOXES, find_lines
from duizhao.text.markdown import CLOSING, LINK
from duizhao.text.paragraphs import is_rule
from duizhao.text.personal import KINDS, Personal, find_personal
from duizhao.text.script import (
    Conversion,
    Doubt,
    Script,
    convert,
    detect_script,
    engine,
    find_script,
    make_conversion,
    make_conversions,
    same_characters,
    simplify,
    simplify_together,
)
from duizhao.text.sentences import Sentence, split_block, split_sentences
from duizhao.text.simplified import traditional_only
from duizhao.text.spans import (
    SUPERSCRIPT,
    Span,
    cut,
    has_values,
    is_blank,
    join,
    locate,
    merge,
    positions,
    raised,
    read,
    read_all,
    read_pieces,
    runs,
    spaced,
    trim,
)
from duizhao.text.titles import is_outlet, site_suffix

__all__ = [
    "BOXES",
    "CLOSING",
    "DATE",
    "HAN",
    "HAN_CHARACTER",
    "HAN_RANGES",
    "KINDS",
    "LINK",
    "NO_TEXT",
    "SUPERSCRIPT",
    "Block",
    "Conversion",
    "Damage",
    "Document",
    "Doubt",
    "Personal",
    "Script",
    "Sentence",
    "Span",
    "convert",
    "count_han",
    "cut",
    "detect_script",
    "engine",
    "find_blocks",
    "find_credits",
    "find_damage",
    "find_damage_together",
    "find_headers",
    "find_lines",
    "find_personal",
    "find_script",
    "front_matter_doubt",
    "has_values",
    "is_blank",
    "is_date",
    "is_outlet",
    "is_rule",
    "iso_date",
    "join",
    "locate",
    "make_conversion",
    "make_conversions",
    "make_document",
    "merge",
    "positions",
    "posts_of",
    "raised",
    "read",
    "read_all",
    "read_pieces",
    "repair",
    "runs",
    "same_characters",
    "simplify",
    "simplify_together",
    "site_suffix",
    "spaced",
    "split",
    "split_block",
    "split_sentences",
    "traditional_only",
    "trim",
]

"""Text: a decoded document, its blocks and sentences with spans, and its script."""

from __future__ import annotations

from duizhao.text.blocks import Block, find_blocks, is_rule, split
from duizhao.text.damage import Damage, find_damage, repair
from duizhao.text.document import DATE, Document, find_headers, front_matter_start, make_document
from duizhao.text.markdown import CLOSING, LINK
from duizhao.text.script import (
    Conversion,
    Doubt,
    Script,
    convert,
    detect_script,
    engine,
    find_script,
    make_conversion,
    same_characters,
    simplify,
    traditional_only,
)
from duizhao.text.sentences import Sentence, split_block, split_sentences
from duizhao.text.spans import Span, join, locate, positions, read

__all__ = [
    "CLOSING",
    "DATE",
    "LINK",
    "Block",
    "Conversion",
    "Damage",
    "Document",
    "Doubt",
    "Script",
    "Sentence",
    "Span",
    "convert",
    "detect_script",
    "engine",
    "find_blocks",
    "find_damage",
    "find_headers",
    "find_script",
    "front_matter_start",
    "is_rule",
    "join",
    "locate",
    "make_conversion",
    "make_document",
    "positions",
    "read",
    "repair",
    "same_characters",
    "simplify",
    "split",
    "split_block",
    "split_sentences",
    "traditional_only",
]

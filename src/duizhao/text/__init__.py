"""Text: a decoded document, its blocks and sentences with spans, and its script."""

from __future__ import annotations

from duizhao.text.blocks import NO_TEXT, Block, find_blocks, is_rule, split
from duizhao.text.credits import find_credits, iso_date
from duizhao.text.document import DATE, Document, find_headers, front_matter_start, make_document
from duizhao.text.markdown import CLOSING, LINK
from duizhao.text.script import convert, detect_script, engine, simplify, traditional_only
from duizhao.text.sentences import Sentence, split_block, split_sentences
from duizhao.text.spans import Span, join, locate, positions, read
from duizhao.text.titles import is_outlet, site_suffix

__all__ = [
    "CLOSING",
    "DATE",
    "LINK",
    "NO_TEXT",
    "Block",
    "Document",
    "Sentence",
    "Span",
    "convert",
    "detect_script",
    "engine",
    "find_blocks",
    "find_credits",
    "find_headers",
    "front_matter_start",
    "is_outlet",
    "is_rule",
    "iso_date",
    "join",
    "locate",
    "make_document",
    "positions",
    "read",
    "simplify",
    "site_suffix",
    "split",
    "split_block",
    "split_sentences",
    "traditional_only",
]

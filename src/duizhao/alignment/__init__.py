"""Alignment: find which sentences of a text and of its translation correspond."""

from __future__ import annotations

from duizhao.alignment.aligner import Bead, align, belongs_together
from duizhao.alignment.documents import DocumentPair, pair_documents
from duizhao.alignment.formats import (
    FORMATS,
    align_texts,
    check_together,
    format_beads,
    split_document,
    split_text,
    summarize,
)
from duizhao.alignment.pairing import format_pairs, format_sources, part_languages, summarize_pairs
from duizhao.alignment.quality import NameTable, Quality, assess

__all__ = [
    "FORMATS",
    "Bead",
    "DocumentPair",
    "NameTable",
    "Quality",
    "align",
    "align_texts",
    "assess",
    "belongs_together",
    "check_together",
    "format_beads",
    "format_pairs",
    "format_sources",
    "pair_documents",
    "part_languages",
    "split_document",
    "split_text",
    "summarize",
    "summarize_pairs",
]

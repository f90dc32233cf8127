"""Alignment: two texts that translate one another, sentence by sentence."""

from __future__ import annotations

from duizhao.alignment.aligner import Bead, align, belongs_together
from duizhao.alignment.formats import (
    FORMATS,
    align_texts,
    format_beads,
    split_document,
    split_text,
    summarize,
)

__all__ = [
    "FORMATS",
    "Bead",
    "align",
    "align_texts",
    "belongs_together",
    "format_beads",
    "split_document",
    "split_text",
    "summarize",
]

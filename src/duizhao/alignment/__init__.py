"""Alignment: find which sentences of a text and of its translation correspond."""

from __future__ import annotations

from duizhao.alignment.aligner import Bead, align, belongs_together
from duizhao.alignment.documents import DocumentPair, pair_documents
from duizhao.alignment.exchange import BILINGUAL, read_bilingual
from duizhao.alignment.formats import (
    FORMATS,
    LANGUAGES,
    Row,
    format_rejected,
    format_rows,
    is_rejected,
    low_quality,
    make_rows,
    released_rows,
    summarize_rows,
)
from duizhao.alignment.interleaved import part_languages, part_subtitles
from duizhao.alignment.pairing import format_pairs, format_sources, summarize_pairs
from duizhao.alignment.quality import NameTable, Quality, assess
from duizhao.alignment.quantities import Quantity, chinese_quantities, english_quantities
from duizhao.alignment.texts import (
    Text,
    align_texts,
    check_together,
    split_document,
    split_text,
    summarize,
)
from duizhao.alignment.units import VERBATIM

__all__ = [
    "BILINGUAL",
    "FORMATS",
    "LANGUAGES",
    "VERBATIM",
    "Bead",
    "DocumentPair",
    "NameTable",
    "Quality",
    "Quantity",
    "Row",
    "Text",
    "align",
    "align_texts",
    "assess",
    "belongs_together",
    "check_together",
    "chinese_quantities",
    "english_quantities",
    "format_pairs",
    "format_rejected",
    "format_rows",
    "format_sources",
    "is_rejected",
    "low_quality",
    "make_rows",
    "pair_documents",
    "part_languages",
    "part_subtitles",
    "read_bilingual",
    "released_rows",
    "split_document",
    "split_text",
    "summarize",
    "summarize_pairs",
    "summarize_rows",
]

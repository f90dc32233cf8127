"""Sources: the files of a raw folder, found, decoded and read as documents."""

from __future__ import annotations

from duizhao.sources.decode import ENCODINGS, Decoded, decode, hashes_to, known_encoding
from duizhao.sources.docx import EXTRACTION as EXTRACTION_OF_DOCX
from duizhao.sources.docx import is_docx, read_docx
from duizhao.sources.folder import (
    CORPUS,
    SUFFIXES,
    Reader,
    Source,
    find_alone,
    find_made_ids,
    find_skipped,
    find_sources,
    make_id,
    read_document,
)
from duizhao.sources.listing import KEYS, read_listing
from duizhao.sources.reading import read_bytes
from duizhao.sources.rows import FIELDS, Row, check_row, fit_id, read_row
from duizhao.sources.subtitles import are_one_in_both, cue_lines, find_cues, is_subtitles, without_tags
from duizhao.sources.tree import Tree, find_below, find_home, name_below

__all__ = [
    "CORPUS",
    "ENCODINGS",
    "EXTRACTION_OF_DOCX",
    "FIELDS",
    "KEYS",
    "SUFFIXES",
    "Decoded",
    "Reader",
    "Row",
    "Source",
    "Tree",
    "are_one_in_both",
    "check_row",
    "cue_lines",
    "decode",
    "find_alone",
    "find_below",
    "find_cues",
    "find_home",
    "find_made_ids",
    "find_skipped",
    "find_sources",
    "fit_id",
    "hashes_to",
    "is_docx",
    "is_subtitles",
    "known_encoding",
    "make_id",
    "name_below",
    "read_bytes",
    "read_document",
    "read_docx",
    "read_listing",
    "read_row",
    "without_tags",
]

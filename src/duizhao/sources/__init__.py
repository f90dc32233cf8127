"""Sources: the files of a raw folder, found, decoded and read as documents."""

from __future__ import annotations

from duizhao.sources.decode import ENCODINGS, Decoded, decode, hashes_to, known_encoding
from duizhao.sources.folder import SUFFIXES, Reader, Source, find_skipped, find_sources, read_document
from duizhao.sources.reading import read_bytes
from duizhao.sources.rows import FIELDS, Row, check_row, fit_id, read_row

__all__ = [
    "ENCODINGS",
    "FIELDS",
    "SUFFIXES",
    "Decoded",
    "Reader",
    "Row",
    "Source",
    "check_row",
    "decode",
    "find_skipped",
    "find_sources",
    "fit_id",
    "hashes_to",
    "known_encoding",
    "read_bytes",
    "read_document",
    "read_row",
]

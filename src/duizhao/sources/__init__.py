"""Sources: the files of a raw folder, found, decoded and read as documents."""

from __future__ import annotations

from duizhao.sources.decode import ENCODINGS, decode
from duizhao.sources.folder import Source, find_sources, read_document
from duizhao.sources.html import extract_html

__all__ = ["ENCODINGS", "Source", "decode", "extract_html", "find_sources", "read_document"]

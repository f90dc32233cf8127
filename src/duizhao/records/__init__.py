"""Records: documents to rows, and the checks of rows. No files, no clock."""

from __future__ import annotations

from duizhao.records.checks import FATAL_LEVELS, acknowledge, file_texts, validate
from duizhao.records.pipeline import Options, make_records

__all__ = ["FATAL_LEVELS", "Options", "acknowledge", "file_texts", "make_records", "validate"]

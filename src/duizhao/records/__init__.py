"""Records: documents to rows, and the checks of rows. No files, no clock."""

from __future__ import annotations

from duizhao.records.checks import FATAL_LEVELS, acknowledge, file_texts, validate
from duizhao.records.pipeline import ArticleRecords, Options, make_article, make_records
from duizhao.records.roles import ROLES, choose_roles

__all__ = [
    "FATAL_LEVELS",
    "ROLES",
    "ArticleRecords",
    "Options",
    "acknowledge",
    "choose_roles",
    "file_texts",
    "make_article",
    "make_records",
    "validate",
]

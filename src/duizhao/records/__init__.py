"""Turn documents into rows, and check the rows. No files and no clock are read."""

from __future__ import annotations

from duizhao.records.batches import LARGE, in_batches
from duizhao.records.checks import (
    FATAL_LEVELS,
    acknowledge,
    drop_acknowledged,
    leave_out_absent,
    validate,
)
from duizhao.records.columns import choose_columns, settle_columns
from duizhao.records.files import file_texts
from duizhao.records.pipeline import (
    ArticleRecords,
    Options,
    Prepared,
    make_article,
    make_records,
    prepare_documents,
)
from duizhao.records.roles import ROLES, choose_roles
from duizhao.records.scripts import derive_columns
from duizhao.records.splits import ALIKE, assign_splits, part_records, read_shares

__all__ = [
    "ALIKE",
    "FATAL_LEVELS",
    "LARGE",
    "ROLES",
    "ArticleRecords",
    "Options",
    "Prepared",
    "acknowledge",
    "assign_splits",
    "choose_columns",
    "choose_roles",
    "derive_columns",
    "drop_acknowledged",
    "file_texts",
    "in_batches",
    "leave_out_absent",
    "make_article",
    "make_records",
    "part_records",
    "prepare_documents",
    "read_shares",
    "settle_columns",
    "validate",
]

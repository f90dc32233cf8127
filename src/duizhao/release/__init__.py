"""Releases: write, read, check, describe and upload them.

A name is imported when it is first used. So a user who only loads data does not import the pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duizhao.imports import import_name

if TYPE_CHECKING:
    from duizhao.release.attachments import Attachments, read_attachments
    from duizhao.release.card import card_title, count_removed, make_skeleton
    from duizhao.release.check import check_release, validate_release
    from duizhao.release.hub import describe, plan_push, push
    from duizhao.release.ids import SeenIds, hash_id
    from duizhao.release.loading import ALL, load, read_records, read_rows
    from duizhao.release.manifest import Layout, data_files, find_file, is_sharded, read_layout, read_manifest
    from duizhao.release.sharded import write_sharded_release
    from duizhao.release.shards import REJECTED, find_rows, iterate_articles, read_report
    from duizhao.release.target import Claim, check_place, claim_target, system_errors
    from duizhao.release.writer import write_release

_HOMES = {
    "ALL": "loading",
    "REJECTED": "shards",
    "SeenIds": "ids",
    "Attachments": "attachments",
    "Claim": "target",
    "Layout": "manifest",
    "card_title": "card",
    "check_place": "target",
    "check_release": "check",
    "claim_target": "target",
    "count_removed": "card",
    "data_files": "manifest",
    "describe": "hub",
    "find_file": "manifest",
    "find_rows": "shards",
    "hash_id": "ids",
    "is_sharded": "manifest",
    "iterate_articles": "shards",
    "load": "loading",
    "make_skeleton": "card",
    "plan_push": "hub",
    "push": "hub",
    "read_attachments": "attachments",
    "read_layout": "manifest",
    "read_manifest": "manifest",
    "read_records": "loading",
    "read_rows": "loading",
    "read_report": "shards",
    "system_errors": "target",
    "validate_release": "check",
    "write_release": "writer",
    "write_sharded_release": "sharded",
}

__all__ = [
    "ALL",
    "REJECTED",
    "Attachments",
    "Claim",
    "Layout",
    "SeenIds",
    "card_title",
    "check_place",
    "check_release",
    "claim_target",
    "count_removed",
    "data_files",
    "describe",
    "find_file",
    "find_rows",
    "hash_id",
    "is_sharded",
    "iterate_articles",
    "load",
    "make_skeleton",
    "plan_push",
    "push",
    "read_attachments",
    "read_layout",
    "read_manifest",
    "read_records",
    "read_report",
    "read_rows",
    "system_errors",
    "validate_release",
    "write_release",
    "write_sharded_release",
]


def __getattr__(name: str) -> Any:
    return import_name(__name__, _HOMES, name)

"""Releases: write, read, check, describe and upload them.

A name is imported when it is first used. So a user who only loads data does not import the pipeline.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duizhao.release.attachments import read_attachments
    from duizhao.release.card import card_title, count_removed, make_skeleton
    from duizhao.release.check import check_release, validate_release
    from duizhao.release.hub import describe, plan_push, push
    from duizhao.release.loading import load, read_records
    from duizhao.release.manifest import Layout, read_manifest
    from duizhao.release.target import Claim, check_place, claim_target
    from duizhao.release.writer import write_release

_HOME = {
    "Claim": "target",
    "Layout": "manifest",
    "card_title": "card",
    "check_place": "target",
    "check_release": "check",
    "claim_target": "target",
    "count_removed": "card",
    "describe": "hub",
    "load": "loading",
    "make_skeleton": "card",
    "plan_push": "hub",
    "push": "hub",
    "read_attachments": "attachments",
    "read_manifest": "manifest",
    "read_records": "loading",
    "validate_release": "check",
    "write_release": "writer",
}

__all__ = [
    "Claim",
    "Layout",
    "card_title",
    "check_place",
    "check_release",
    "claim_target",
    "count_removed",
    "describe",
    "load",
    "make_skeleton",
    "plan_push",
    "push",
    "read_attachments",
    "read_manifest",
    "read_records",
    "validate_release",
    "write_release",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'duizhao.release' has no attribute {name!r}")
    return getattr(import_module(f"duizhao.release.{_HOME[name]}"), name)

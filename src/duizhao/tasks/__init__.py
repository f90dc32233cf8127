"""The dataset as tasks of other people's harnesses: lm-evaluation-harness and MTEB. See the README beside this file."""

from __future__ import annotations

from pathlib import Path

from duizhao.tasks.documents import VARIABLE


def folder() -> Path:
    """Folder of the task files of lm-evaluation-harness: what its ``--include_path`` wants."""
    return Path(__file__).parent / "lm_eval"


__all__ = ["VARIABLE", "folder"]

"""The dataset as tasks for lm-evaluation-harness and MTEB. See ``lm_eval/README.md``."""

from __future__ import annotations

from pathlib import Path

from duizhao.tasks.documents import VARIABLE, choose_split


def folder() -> Path:
    """Return the folder of the task files. Give it to lm-evaluation-harness as ``--include_path``."""
    return Path(__file__).parent / "lm_eval"


__all__ = ["VARIABLE", "choose_split", "folder"]

"""A build that is killed at any of its renames and writes leaves the old or the new release whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).parent / "faults.py"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")
@pytest.mark.parametrize(("way", "least"), [("first", 20), ("one-step", 35), ("two-steps", 35)])
def test_a_kill_at_every_rename_and_write(way: str, least: int, small_release: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(tmp_path), str(small_release), way],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= least

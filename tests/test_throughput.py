"""The benchmark of throughput runs and prints its table; no time is asserted."""

from __future__ import annotations

import os
import subprocess
import sys

from conftest import ROOT


def test_the_table_has_the_floor_and_every_stage() -> None:
    command = [sys.executable, "benchmarks/throughput.py", "--megabytes", "0.02", "--only", "floor", "stages"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for row in ("floor", "– clean", "– convert the script", "– validate", "– write", "– make records"):
        assert f"| {row}" in done.stdout, done.stdout
    assert "not measured without --other: the obvious script, datatrove" in done.stdout

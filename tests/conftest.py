"""Fixtures: a small raw folder, and the command line run as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SMALL = Path(__file__).parent / "small"

os.environ["DUIZHAO_CACHE"] = ""  # no test takes anything from a cache, but for test_cache.py

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that open a browser are slow."""
    for item in items:
        if isinstance(item, pytest.Function) and "browser" in item.fixturenames:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def run() -> Run:
    """``run("build", "raw", cwd=…)``: the installed command in a process of its own, output decoded."""

    def call(
        *args: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "duizhao", *map(str, args)]
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, "PYTHONUTF8": "0", **(env or {})},
            capture_output=True,
            encoding="utf-8",
            check=False,
            **options,
        )
        return done

    return call


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A raw folder of two small articles, one with an English side, in a folder of its own."""
    shutil.copytree(SMALL, tmp_path / "work")
    return tmp_path / "work" / "raw"


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """The release of the small raw folder. Read only: copy it before changing it."""
    work = tmp_path_factory.mktemp("small")
    shutil.copytree(SMALL, work / "work")
    done = run("build", "raw", "--out", "release", cwd=work / "work")
    assert done.returncode == 0, done.stderr
    return work / "work" / "release"


def snapshot(folder: Path) -> dict[str, bytes]:
    """Bytes of every file of a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

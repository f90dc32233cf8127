"""A build that is killed, or refused by the system, at any of its renames and writes leaves the old or the
new release whole.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hostile
from duizhao.builder import build_release
from duizhao.errors import InputError
from duizhao.sources import Reader, find_sources

HARNESS = Path(__file__).parent / "faults.py"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")
@pytest.mark.parametrize(("way", "least"), [("first", 20), ("one-step", 35), ("two-steps", 35)])
def test_a_kill_at_every_rename_and_write(way: str, least: int, small_release: Path, tmp_path: Path) -> None:
    assert faults(tmp_path, small_release, way, "kill") >= least


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")
@pytest.mark.parametrize(
    ("way", "fault", "least"),
    [
        ("first", "full", 15),
        ("one-step", "full", 15),
        ("one-step", "read-only", 15),
        ("two-steps", "read-only", 20),
    ],
)
def test_a_full_or_read_only_disk_at_every_rename_and_write(
    way: str, fault: str, least: int, small_release: Path, tmp_path: Path
) -> None:
    assert faults(tmp_path, small_release, way, fault) >= least


def faults(folder: Path, release: Path, way: str, fault: str) -> int:
    """How many faults there were; each of them left the old or the new release whole."""
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(folder), str(release), way, fault],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_a_raw_file_that_changes_between_two_readings_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("灯塔\n\n灯塔亮了。\n", encoding="utf-8")
    source = find_sources(tmp_path)[0][0]
    reader = Reader()
    assert reader.read(source) is not None
    (tmp_path / "a.txt").write_text("灯塔\n\n灯塔灭了。\n", encoding="utf-8")
    assert reader.read(source) is None
    with pytest.raises(InputError, match=r"a\.txt: changed while the build read it; run the build again"):
        reader.stop()


@pytest.mark.parametrize("name", ["annotations/entities.jsonl", "cues.toml"])
def test_annotations_and_cues_that_change_while_a_build_runs_are_told(name: str, tmp_path: Path) -> None:
    hostile.write_work(tmp_path)
    (tmp_path / "cues.toml").write_text('[ad]\ncertain = ["晨光伴读"]\n', encoding="utf-8")

    def change(what: str, done: int, total: int) -> None:
        if what == "validating":
            (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"\n")

    with pytest.raises(InputError) as caught:
        build_release(
            tmp_path / "raw", tmp_path / "out", topic=False, cues=tmp_path / "cues.toml", tick=change
        )
    assert caught.value.id == "changed-while-built"
    assert Path(name).name in str(caught.value)
    assert not (tmp_path / "out").exists()

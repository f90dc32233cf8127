"""The engine of Ray, embedded: the same bytes as the local one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import snapshot
from corpus_rows import article, write_lines

BUILD = """
import sys
from pathlib import Path
from duizhao.corpus import Sizes, build_corpus
if __name__ == "__main__":
    engine, out, address = sys.argv[1], Path(sys.argv[2]) / "release", sys.argv[3] or None
    workers = 2 - (engine == "local")
    sizes = Sizes(3000, 6000)
    build_corpus(["corpus.jsonl"], out, sizes=sizes, engine=engine, workers=workers, address=address)
"""


def build(folder: Path, engine: str, address: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "build.py").write_text(BUILD, encoding="utf-8")
    command = [sys.executable, "build.py", engine, engine, address]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.slow
def test_ray_gives_the_bytes_of_the_local_engine_and_a_missing_cluster_is_told(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    write_lines(tmp_path / "corpus.jsonl", [*(article(number) for number in range(20)), article(3)])
    for engine in ("local", "ray"):
        done = build(tmp_path, engine)
        assert done.returncode == 0, done.stderr
    assert snapshot(tmp_path / "ray") == snapshot(tmp_path / "local")
    done = build(tmp_path, "ray", "nonsense")
    assert "InputError: nonsense: Ray cannot be reached" in done.stderr

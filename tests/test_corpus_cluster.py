"""The engine of Ray, embedded: the same bytes as the local one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import snapshot
from corpus_rows import article, write_lines
from duizhao.corpus.cluster import RayEngine
from duizhao.corpus.engines import Context
from duizhao.errors import MissingExtra
from duizhao.records import Options

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


FAIL = """
import os
import sys
from dataclasses import replace
from pathlib import Path

from duizhao.corpus.cluster import RayEngine
from duizhao.corpus.engines import Context
from duizhao.corpus.inputs import find_inputs
from duizhao.corpus.pieces import cut_pieces
from duizhao.corpus.rows import read_rows
from duizhao.corpus.shards import Shard
from duizhao.errors import DuizhaoError
from duizhao.records import Options


class Deadly:
    def __reduce__(self):
        return os._exit, (1,)  # the process that reads it dies


if __name__ == "__main__":
    [piece] = cut_pieces(read_rows(find_inputs(["corpus.jsonl"])[0]))
    first, *rest, last = piece.rows
    deadly = replace(piece, rows=(first, replace(last, content=Deadly())))
    engine = RayEngine(Context(Path("missing").resolve(), Options()), 1, None)
    for task in (piece, deadly, Shard(7, (), (0,), {0: Deadly()})):
        engine.submit(task)
        try:
            engine.next()
        except DuizhaoError as error:
            with open("told.txt", "a", encoding="utf-8") as file:  # Ray writes to the standard output too
                print(f"{error.id}: {error}", file=file)
    engine.close()
"""


@pytest.mark.slow
def test_what_goes_wrong_in_a_process_of_ray_is_told_as_an_error_with_its_place(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    write_lines(tmp_path / "corpus.jsonl", [article(number) for number in range(3)])
    (tmp_path / "fail.py").write_text(FAIL, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "fail.py"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    refused, died, shard = (tmp_path / "told.txt").read_text(encoding="utf-8").splitlines()
    assert refused.startswith("cannot-write: the system refused (")
    assert died.startswith("worker-died: corpus.jsonl: row 1 to corpus.jsonl: row 3: a worker died twice")
    assert shard.startswith("worker-died: shard 7: a worker died twice while it wrote it")


def test_without_ray_its_engine_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"pip install 'duizhao\[ray\]'"):
        RayEngine(Context(tmp_path, Options()), 1, None)

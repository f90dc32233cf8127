"""Kills a build of a corpus at seeded moments and lets it go on: ``corpus_faults.py FOLDER COUNT``.

Each build is a forked process that kills itself (SIGKILL, nothing is cleaned up) before its n-th change of
the disk. After each kill the target is missing or whole; the next build must give the bytes of one that
nobody killed.
"""

from __future__ import annotations

import random
import shutil
import sys
from functools import partial
from pathlib import Path

from corpus_rows import article, write_lines
from duizhao.corpus import Sizes, build_corpus
from faults import kill_at, killed, snapshot

SIZES = Sizes(piece=1000, shard=2000)
MOMENTS = 130


def main(folder: Path, count: int) -> int:
    rows = [article(number) for number in range(12)]
    rows.insert(8, rows[2])  # a duplicate id in another shard
    corpus = write_lines(folder / "corpus.jsonl", rows)
    out = folder / "here" / "out"

    def build(target: Path = out) -> None:
        build_corpus([str(corpus)], target, sizes=SIZES, workers=1)

    build(folder / "there" / "out")
    expected = snapshot(folder / "there" / "out")
    assert sum("/train-" in name for name in expected) >= 9, "not enough shards to say something"
    chance = random.Random(0)
    kills = tries = 0
    while kills < count and tries < 3 * count:
        tries += 1
        shutil.rmtree(out.parent, ignore_errors=True)
        out.parent.mkdir(parents=True)
        moment = chance.randrange(1, MOMENTS)
        if killed(build, partial(kill_at, moment, str(folder / "here"))):
            kills += 1
            assert not out.exists() or snapshot(out) == expected, (
                f"{moment}: something half-written is visible"
            )
        assert not killed(build, lambda: None)
        assert snapshot(out) == expected, f"{moment}: the next build gave other bytes"
        assert [path.name for path in out.parent.iterdir()] == ["out"], f"{moment}: something was left behind"
    return kills


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2])))

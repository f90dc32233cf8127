"""Alignment at scale: time, ratio to encoding each sentence once, and peak memory for N sentences a side.

    python benchmarks/scale.py [N]

The text is our own five articles, repeated; each round's sentences carry the round's number, so that no two
are the same.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from duizhao.alignment.aligner import align
from duizhao.encoders.encoder import default_encoder

DATASET = Path(__file__).parents[1] / "dataset" / "sentences" / "test.jsonl"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    rows = [json.loads(line) for line in DATASET.read_text(encoding="utf-8").splitlines()]
    rounds = -(-count // len(rows))
    zh = [f"第{number}轮，{row['zh_hans']}" for number in range(rounds) for row in rows][:count]
    en = [f"Round {number}: {row['en']}" for number in range(rounds) for row in rows][:count]
    align(zh[:50], en[:50])
    start = time.perf_counter()
    for side in (zh, en):
        for first in range(0, count, 4096):
            default_encoder().encode(side[first : first + 4096])
    encoding = time.perf_counter() - start
    start = time.perf_counter()
    beads = align(zh, en)
    seconds = time.perf_counter() - start
    right = sum(bead.zh == bead.en and len(bead.zh) == 1 for bead in beads)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{count:,} sentences a side: {seconds:.0f} s, {seconds / encoding:.2f} times encoding them "
        f"once, peak {peak:.2f} GB"
    )
    print(f"strict recall {right / count:.4f}")


if __name__ == "__main__":
    main()

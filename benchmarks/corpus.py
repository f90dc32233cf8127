"""Make a corpus of any size from our five articles and their noise, the same bytes for the same seed.

    python benchmarks/corpus.py OUT.jsonl [MEGABYTES] [SEED]

Each document has kept paragraphs of one article in their order, some left out, with the noise of another
article before and after them, as `dataset/blocks` tells the two apart. Its first line carries its number, so
that no two are the same.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

BLOCKS = Path(__file__).parents[1] / "dataset" / "blocks" / "test.jsonl"


def read_parts() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Paragraphs and pieces of noise of the Chinese files, by article id."""
    rows = [json.loads(line) for line in BLOCKS.read_text(encoding="utf-8").splitlines()]
    kept: dict[str, list[str]] = {}
    noise: dict[str, list[str]] = {}
    for article, group in groupby(rows, key=lambda row: row["article_id"]):
        chinese = [row for row in group if row["language"] == "zh"]
        kept[article] = [
            "".join(row["text"] for row in paragraph)
            for number, paragraph in groupby(chinese, key=lambda row: row["paragraph"])
            if number is not None
        ]
        noise[article] = [row["text"] for row in chinese if row["label"] == "drop"]
    return kept, noise


def make_documents(size: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Documents with together at least ``size`` bytes of text in UTF-8."""
    kept, noise = read_parts()
    articles = sorted(kept)
    chance = random.Random(seed)
    made = number = 0
    while made < size:
        article, other = chance.choice(articles), chance.choice(articles)
        body = [text for text in kept[article] if chance.random() < 0.9]
        scraps = noise[other] or noise[articles[0]]
        before = chance.sample(scraps, min(len(scraps), chance.randrange(3)))
        after = chance.sample(scraps, min(len(scraps), chance.randrange(1, 8)))
        first = f"第{number}篇，第{chance.randrange(10**9)}号。"
        text = "\n\n".join([*before, first, *body, *after]) + "\n"
        yield {"id": f"doc-{number:08d}", "text": text, "source": article}
        made += len(text.encode())
        number += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path, help="the file to write")
    parser.add_argument("megabytes", type=float, nargs="?", default=10)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    told = parser.parse_args()
    with told.out.open("w", encoding="utf-8", newline="\n") as file:
        for row in make_documents(int(told.megabytes * 1e6), told.seed):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{told.out}: {told.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

"""What a bilingual corpus build costs beside encoding each of its sentences once.

    python benchmarks/bilingual.py [COPIES]

The corpus has each article of `raw/` with its English, COPIES times (default 1). Both parts run in this
process with one worker, one after the other: the build of the corpus, then the default encoder on the texts
of both columns of its rows, which are one sentence or two. The ratio is the CPU time of the build divided by
that of the encoder. The encoder is loaded before.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from duizhao.corpus import build_corpus
from duizhao.encoders import load_encoder

RAW = Path(__file__).parents[1] / "raw"


def make_rows(copies: int) -> Iterator[dict[str, Any]]:
    """Yield a Chinese and an English row for each article and copy. The first line of a copy has its number,
    so that no two are the same.
    """
    for copy in range(copies):
        for zh in sorted((RAW / "zh").glob("*.txt")):
            en = RAW / "en" / f"{zh.stem}.md"
            for language, file in (("zh", zh), ("en", en)):
                text = file.read_text(encoding="utf-8")
                id = f"{zh.stem}-{copy}"
                yield {"id": id, "pair_id": id, "language": language, "text": f"{copy}\n\n{text}"}


def cost(function: Callable[[], object]) -> float:
    """Return the seconds of CPU of a call, with those of all its threads."""
    start = time.process_time()
    function()
    return time.process_time() - start


def main() -> None:
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    encoder = load_encoder("default")
    encoder.encode(["灯塔亮了。", "The lighthouse is lit."])
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start")
    with tempfile.TemporaryDirectory() as folder:
        corpus, out = Path(folder) / "corpus.jsonl", Path(folder) / "release"
        rows = list(make_rows(copies))
        corpus.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        build = cost(lambda: build_corpus([str(corpus)], out, workers=1))
        columns = [
            pq.read_table(file, columns=["zh_hans", "en"]) for file in out.rglob("sentences/*.parquet")
        ]
    texts = [text for table in columns for name in table.column_names for text in table[name].to_pylist()]
    sentences = [text for text in texts if text]
    encode = cost(lambda: encoder.encode(sentences))
    print("| | s CPU | ratio |\n|---|---|---|")
    print(f"| encode {len(sentences):,} sentences once | {encode:.1f} | 1.00 |")
    print(f"| bilingual build of {len(rows):,} rows | {build:.1f} | {build / encode:.2f} |")


if __name__ == "__main__":
    main()

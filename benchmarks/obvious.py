"""The obvious script, to compare with: datasets.map, regular expressions, opencc-python-reimplemented,
jsonschema.

    python benchmarks/obvious.py CORPUS.jsonl OUT_FOLDER

It reads, cleans, converts, splits, validates and writes, as one would in an afternoon. It must run where
`opencc-python-reimplemented` is installed and `opencc` is not: both have the same module.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

import datasets
import jsonschema
import opencc

NOISE = re.compile(
    r"关注|公众号|点击|转载|版权|来源[:：]|编辑[:：]|责编|扫码|二维码|阅读原文|相关阅读|推荐阅读|广告|免责声明|http|^\s*[*·\-=_]+\s*$"
)
ENDS = re.compile(r"(?<=[。！？!?…])(?![”’」』）)])")
TO_TRADITIONAL, TO_SIMPLIFIED = opencc.OpenCC("s2tw"), opencc.OpenCC("t2s")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "article_id", "position", "zh_hans", "zh_hant"],
    "properties": {
        "id": {"type": "string", "pattern": "^[^:\\s]+:[0-9]+$"},
        "article_id": {"type": "string"},
        "position": {"type": "integer", "minimum": 0},
        "zh_hans": {"type": "string", "minLength": 1},
        "zh_hant": {"type": "string", "minLength": 1},
    },
}
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def clean(row: dict[str, Any]) -> dict[str, Any]:
    paragraphs = [line.strip() for line in row["text"].split("\n") if line.strip()]
    return {"paragraphs": [text for text in paragraphs if len(text) > 200 or not NOISE.search(text)]}


def split(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {name: [] for name in ("id", "article_id", "position", "zh_hans", "zh_hant")}
    for id, paragraphs in zip(batch["id"], batch["paragraphs"], strict=True):
        position = 0
        for paragraph in paragraphs:
            for sentence in ENDS.split(paragraph):
                if sentence.strip():
                    values = (
                        f"{id}:{position}",
                        id,
                        position,
                        TO_SIMPLIFIED.convert(sentence),
                        TO_TRADITIONAL.convert(sentence),
                    )
                    for name, value in zip(out, values, strict=True):
                        out[name].append(value)
                    position += 1
    return out


def check(row: dict[str, Any]) -> dict[str, Any]:
    VALIDATOR.validate(dict(row))
    return row


def main() -> None:
    start, cpu = time.perf_counter(), time.process_time()
    datasets.disable_progress_bars()
    datasets.disable_caching()
    rows = datasets.load_dataset(
        "json", data_files=sys.argv[1], split="train", cache_dir=str(Path(sys.argv[2]) / "cache")
    )
    rows = rows.map(clean, remove_columns=["text"])
    rows = rows.map(split, batched=True, remove_columns=rows.column_names)
    rows = rows.map(check)
    rows.to_parquet(str(Path(sys.argv[2]) / "sentences.parquet"))
    print(
        f"{len(rows):,} sentences, {time.perf_counter() - start:.1f} s, {time.process_time() - cpu:.1f} "
        f"s of the processor"
    )


if __name__ == "__main__":
    main()

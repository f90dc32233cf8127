"""Open every config of a release folder with nothing but ``datasets``: open_folder.py DATASET."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import datasets

folder = Path(sys.argv[1])
counts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["counts"]
assert datasets.load_dataset(str(folder))["test"].column_names[0] == "id"
for config, count in counts.items():
    loaded = datasets.load_dataset(str(folder), config, split="test")
    lines = [
        json.loads(line) for line in (folder / config / "test.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert loaded.num_rows == count, config
    assert loaded.to_list() == lines, config
    streamed = datasets.load_dataset(str(folder), config, split="test", streaming=True)
    assert list(streamed) == lines, config  # to the end: a reader left half-way aborts some versions at exit
print(f"datasets {datasets.__version__}: {len(counts)} configs equal their JSON Lines")

"""Report what another conversion engine does differently: compare_scripts.py DATASET OTHER."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def rows(folder: str) -> dict[str, dict[str, str]]:
    lines = (Path(folder) / "sentences" / "test.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


ours, theirs = rows(sys.argv[1]), rows(sys.argv[2])
engines = [
    json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))["script_conversion"]["engine"]
    for folder in sys.argv[1:3]
]
assert engines == ["opencc", "opencc-python-reimplemented"], engines
assert set(ours) == set(theirs), "the engines may not change which rows there are"
for column in ("zh_hans", "zh_hant"):
    different = [id for id in ours if ours[id][column] != theirs[id][column]]
    characters = sum(
        a != b for id in different for a, b in zip(ours[id][column], theirs[id][column], strict=False)
    )
    print(f"{column}: {len(different)} of {len(ours)} rows differ, {characters} characters")
    for id in different[:5]:
        places = [
            i for i, (a, b) in enumerate(zip(ours[id][column], theirs[id][column], strict=False)) if a != b
        ][:3]
        print(
            "   ",
            id,
            ", ".join(
                f"{ours[id][column][max(0, i - 2) : i + 3]} / {theirs[id][column][max(0, i - 2) : i + 3]}"
                for i in places
            ),
        )

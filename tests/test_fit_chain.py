"""The command that fits the cleaner's chain, on four small articles, and what it says of its weights."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from duizhao.cleaning.chain import load_model, read_model

pytest.importorskip("scipy", reason="needs the extra [fit]")
pytest.importorskip("rapidfuzz", reason="needs the extra [fit]")

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "src" / "duizhao" / "cleaning" / "_data" / "weights.json"


def write_articles(folder: Path) -> Path:
    """Two articles of each of two sites, with a line of the site behind the text."""
    folder.mkdir()
    for number in range(4):
        story = [f"第{number}天，祖母把第{line}根竹竿找了出来，靠在院子的墙边。" for line in range(3)]
        text = "\n\n".join([f"第{number}天的柿子", *story, "责任编辑：柳下"])
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        lines = [[1, 7, "keep", None], [8, 9, "drop", "editor_credit"]]
        labels = {"repo": f"site{number % 2}", "lines": lines}
        (folder / f"{number}.json").write_text(json.dumps(labels), encoding="utf-8")
    return folder


def fit(folder: Path, out: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, str(ROOT / "training" / "fit_chain.py"), str(folder), "--out", str(out)]
    subprocess.run([*command, "--write", *options], capture_output=True, check=True, cwd=ROOT)
    table: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return table


@pytest.mark.slow
def test_the_fit_is_one_command_and_says_which_weights_it_took_from_the_prior(tmp_path: Path) -> None:
    out = tmp_path / "weights.json"
    table = fit(write_articles(tmp_path / "articles"), out)
    told = table["provenance"]
    assert (told["articles"], told["sites"], told["other"]) == (4, 2, [])
    assert "corpus" in told["prior"] and "always" in told["fitted"]
    assert {*told["prior"], *told["fitted"]} == {*table["evidence"], *table["steps"]}
    model = read_model(out.read_text(encoding="utf-8"))
    assert set(load_model().steps) == set(model.steps)


@pytest.mark.slow
def test_the_provenance_of_a_file_is_written_without_a_change_to_its_weights(tmp_path: Path) -> None:
    out = tmp_path / "weights.json"
    out.write_bytes(WEIGHTS.read_bytes())
    before = json.loads(out.read_text(encoding="utf-8"))
    after = fit(write_articles(tmp_path / "articles"), out, "--provenance")
    kept = ("evidence", "steps", "calibration")
    assert [json.dumps(after[key]) for key in kept] == [json.dumps(before[key]) for key in kept]
    told = after["provenance"]
    assert "menu" in told["prior"] and "always" in told["other"]


def test_the_file_says_of_each_weight_where_it_comes_from() -> None:
    table = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    told = table["provenance"]
    names = [*told["prior"], *told["fitted"], *told["other"]]
    assert sorted(names) == sorted([*table["evidence"], *table["steps"]])

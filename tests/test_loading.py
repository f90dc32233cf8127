from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import duizhao
from corpus_rows import article, write_lines
from duizhao.corpus import Sizes, build_corpus
from duizhao.errors import DuizhaoError
from duizhao.release.loading import read_records
from duizhao.release.writer import write_release

ROOT = Path(__file__).parents[1]
CONFIGS = list(json.loads((ROOT / "dataset" / "manifest.json").read_text(encoding="utf-8"))["counts"])


@pytest.mark.parametrize("config", CONFIGS)
def test_every_config_of_the_package_loads_as_dataset_and_as_arrow(config: str) -> None:
    data = duizhao.load(config)
    table = duizhao.load(config, as_="arrow")
    assert len(data) == table.num_rows > 0
    assert data.features == __import__("duizhao.schema", fromlist=["features"]).features(config)
    assert data[0] == table.slice(0, 1).to_pylist()[0]


@pytest.mark.parametrize("config", CONFIGS)
def test_the_folder_loads_with_load_dataset(config: str) -> None:
    from datasets import load_dataset

    loaded = load_dataset(str(ROOT / "dataset"), config, split="test")
    assert loaded.to_list() == duizhao.load(config).to_list()


def test_sentences_are_the_default_config_of_the_folder() -> None:
    from datasets import load_dataset

    assert load_dataset(str(ROOT / "dataset"))["test"].column_names == duizhao.load("sentences").column_names


def test_arrow_does_without_datasets_and_import_does_without_everything() -> None:
    code = (
        "import sys, duizhao; heavy = {'pyarrow', 'datasets', 'numpy', 'opencc', 'typer', 'jsonschema'} "
        "& set(sys.modules); assert not heavy, heavy; "
        "duizhao.load('sentences', as_='arrow'); pipeline = {'datasets', 'opencc', 'duizhao.records', "
        "'duizhao.sources'} & set(sys.modules); "
        "assert not pipeline, pipeline"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_names_are_errors_that_list_the_known_ones() -> None:
    with pytest.raises(DuizhaoError, match="known: sentences, articles, blocks"):
        duizhao.load("sentence")
    with pytest.raises(DuizhaoError, match="known: test"):
        duizhao.load("sentences", "train")


def test_a_newer_or_tampered_release_says_so(small_release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(small_release, copy)
    parquet = copy / "sentences" / "test.parquet"
    parquet.write_bytes(parquet.read_bytes()[:-1] + b"x")
    with pytest.raises(DuizhaoError, match=r"sentences/test\.parquet"):
        duizhao.load("sentences", path=copy)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")
    with pytest.raises(DuizhaoError, match="newer version"):
        duizhao.load("sentences", path=copy)


def test_a_read_only_folder_with_chinese_characters_in_its_path_loads(
    small_release: Path, tmp_path: Path
) -> None:
    from datasets import load_dataset

    folder = tmp_path / "数据 对照"
    shutil.copytree(small_release, folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert len(load_dataset(str(folder), "articles", split="test")) == 2
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_release_that_was_built_again_is_not_loaded_from_the_cache_of_the_old_one(
    small_release: Path, tmp_path: Path
) -> None:
    """datasets 3.6 to 5 know a local folder by the YAML of its card: the same YAML over other files gives the
    old rows.
    """
    from datasets import load_dataset

    records = read_records(small_release)
    seen = []
    for rights in ("first", "second"):
        rows = [{**row, "rights": rights} for row in records["articles"]]
        write_release(tmp_path / "release", {**records, "articles": rows}, None, {})
        seen.append(
            load_dataset(
                str(tmp_path / "release"), "articles", split="test", cache_dir=str(tmp_path / "cache")
            )[0]["rights"]
        )
    assert seen == ["first", "second"]


def test_pandas_and_polars_give_the_rows_of_the_arrow_table() -> None:
    pytest.importorskip("polars", reason="needs the extra [readers]")
    rows = duizhao.load("entities", as_="arrow").to_pylist()
    assert duizhao.load("entities", as_="pandas")["id"].tolist() == [row["id"] for row in rows]
    assert duizhao.load("entities", as_="polars").to_dicts() == rows


OLD = ROOT / "tests" / "mistakes" / "other-version" / "old"


@pytest.mark.parametrize("config", CONFIGS)
def test_a_release_of_version_0_1_0_loads_as_it_is(config: str) -> None:
    rows = duizhao.load(config, path=OLD).to_list()
    assert rows == duizhao.load(config, path=OLD, as_="arrow").to_pylist()
    assert len(rows) == json.loads((OLD / "manifest.json").read_text(encoding="utf-8"))["counts"][config]


def test_reading_the_records_of_an_old_release_says_what_to_do() -> None:
    with pytest.raises(DuizhaoError, match=r"made by duizhao 0\.1\.0.*build it again from its raw files"):
        read_records(OLD)


def test_a_release_in_shards_loads_in_each_form_and_its_records_are_read(tmp_path: Path) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", [article(number) for number in range(3)])
    build_corpus([str(corpus)], tmp_path / "sharded", sizes=Sizes(600, 600), workers=1)
    rows = duizhao.load("articles", path=tmp_path / "sharded")
    assert (type(rows).__module__.split(".")[0], len(rows)) == ("datasets", 3)
    table = duizhao.load("articles", path=tmp_path / "sharded", as_="arrow")
    assert (type(table).__module__.split(".")[0], table.num_rows) == ("pyarrow", 3)
    frame = duizhao.load("articles", path=tmp_path / "sharded", as_="pandas")
    assert (type(frame).__module__.split(".")[0], len(frame)) == ("pandas", 3)
    assert table.column("id").to_pylist() == rows["id"] == list(frame["id"])
    assert [row["id"] for row in read_records(tmp_path / "sharded")["articles"]] == list(rows["id"])

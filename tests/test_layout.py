"""What a release contains: splits, columns, a least score. Each build here is small and without the topic's
evidence.
"""

from __future__ import annotations

import json
import shutil
from itertools import cycle
from pathlib import Path

import mlcroissant
import pytest

import duizhao
from conftest import ROOT, SMALL
from duizhao import schema
from duizhao.builder import Built, build_release
from duizhao.errors import DuizhaoError
from duizhao.records import validate
from duizhao.release import Layout, read_manifest, read_records, validate_release, write_release
from duizhao.release.card import hash_rows, split_card
from duizhao.tasks import choose_split

ZH = "海港重开灯塔\n\n二零二三年三月，海港小镇的灯塔在关闭十年之后重新点亮。\n\n居民们在岸边唱歌。\n\n镇长很高兴。\n"
EN = (
    "Harbour reopens lighthouse\n\nThe bank sold cars.\n\nPrices rose by 12 percent.\n\nThe mayor was "
    "very happy.\n"
)


def build(folder: Path, raw: Path, **options: object) -> Built:
    return build_release(raw, folder / "out", topic=False, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four articles, two of them with English; some English sentences translate nothing."""
    folder = tmp_path_factory.mktemp("layout") / "raw"
    shutil.copytree(SMALL / "raw", folder)
    (folder / "zh" / "lamp.txt").write_text(ZH, encoding="utf-8")
    (folder / "en" / "lamp.md").write_text(EN, encoding="utf-8")
    (folder / "zh" / "cart.txt").write_text(
        "修车的人\n\n他在街角修自行车。\n\n冬天也来。\n", encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def parted(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parted")
    build(folder, raw, splits="train=0.5,validation=0.25,test=0.25")
    return folder / "out"


@pytest.mark.slow
def test_each_split_is_loaded_by_its_name_from_the_folder_and_by_the_package(
    parted: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import datasets

    counts = read_manifest(parted)["splits"]
    assert [counts[split]["articles"] for split in ("train", "validation", "test")] == [2, 1, 1]
    data = datasets.load_dataset(str(parted), "sentences", cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in data.items()} == {
        split: count["sentences"] for split, count in counts.items()
    }
    for split in counts:
        assert duizhao.load("sentences", split, path=parted).to_list() == data[split].to_list()
    with pytest.raises(DuizhaoError, match="known: train, validation, test, or all"):
        duizhao.load("sentences", "dev", path=parted)


def test_no_split_is_chosen_in_silence_and_all_gives_the_rows_of_all(parted: Path) -> None:
    with pytest.raises(
        DuizhaoError, match=r"train, validation, test; say which one: split='train'"
    ) as caught:
        duizhao.load("articles", path=parted)
    assert caught.value.id == "which-split"
    for config, rows in read_records(parted).items():
        whole = duizhao.load(config, "all", path=parted)
        assert (whole.split, whole.to_list()) == ("all", rows)
        assert duizhao.load(config, "all", path=parted, as_="arrow").to_pylist() == rows


def test_the_tasks_run_on_the_test_split_or_else_on_all_rows(parted: Path, raw: Path, tmp_path: Path) -> None:
    assert choose_split(parted) == "test"
    build(tmp_path, raw, splits="train=0.5,validation=0.5")
    assert choose_split(tmp_path / "out") == "all"


def test_an_entity_that_is_in_several_splits_is_loaded_once(tmp_path: Path) -> None:
    records = read_records(ROOT / "dataset")
    homes = {row["id"]: split for row, split in zip(records["articles"], cycle(("train", "test")))}
    write_release(tmp_path / "out", records, None, {}, layout=Layout(("train", "test"), frozenset(), homes))
    ids = duizhao.load("entities", "all", path=tmp_path / "out", as_="arrow")["id"].to_pylist()
    assert sorted(ids) == sorted({row["id"] for row in records["entities"]})
    parts = [duizhao.load("entities", split, path=tmp_path / "out") for split in ("train", "test")]
    assert sum(map(len, parts)) > len(ids)


def test_a_release_of_several_splits_is_valid_and_reads_as_one(parted: Path) -> None:
    findings, counts = validate_release(parted)
    assert not [finding for finding in findings if finding.level != 4]
    assert counts == read_manifest(parted)["counts"]
    records = read_records(parted)
    assert len(records["articles"]) == 4
    head, _ = split_card((parted / "README.md").read_text(encoding="utf-8"))
    stated = {config["config_name"]: config["description"] for config in head["configs"]}
    assert stated == {config: f"sha256 {hash_rows(rows)}" for config, rows in records.items()}


def test_a_row_that_is_taken_from_a_split_is_found(parted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(parted, folder)
    file = folder / "articles" / "train.jsonl"
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    assert {f.id for f in validate_release(folder)[0]} >= {"file-hash", "parquet-jsonl"}


def test_croissant_has_a_record_set_for_each_split(parted: Path) -> None:
    data = mlcroissant.Dataset(jsonld=str(parted / "croissant.json"))
    assert {one.id for one in data.metadata.record_sets} >= {
        "articles-train",
        "articles-validation",
        "articles-test",
    }
    assert len(list(data.records("articles-train"))) == 2


def test_the_only_split_can_have_another_name(raw: Path, tmp_path: Path) -> None:
    build(tmp_path, raw, splits="train")
    assert (tmp_path / "out" / "sentences" / "train.parquet").is_file()
    assert duizhao.load("sentences", path=tmp_path / "out").split == "train"
    assert not [finding for finding in validate_release(tmp_path / "out")[0] if finding.level != 4]


def test_rows_below_the_least_score_are_in_rejected_jsonl_and_in_the_ledger(
    raw: Path, tmp_path: Path
) -> None:
    whole = build(tmp_path, raw).records["sentences"]
    weak = [row for row in whole if row["score"] is not None and row["score"] < 0.5]
    assert weak, "English that translates nothing has a low score"
    built = build(tmp_path, raw, min_score=0.5)
    out = tmp_path / "out"
    lines = [json.loads(line) for line in (out / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["record"] for line in lines] == weak
    for line in lines:
        assert schema.problems("release/rejected", line) == []
        assert (line["reason"], line["source"]) == ("min-score", f"zh/{line['article_id']}.txt")
        assert f"score {line['record']['score']:.3f} is below --min-score 0.5" == line["message"]
    kept = {row["id"] for row in built.records["sentences"]}
    assert kept == {row["id"] for row in whole} - {row["id"] for row in weak}
    assert read_manifest(out)["rejected"] == {"min-score": len(weak)}
    gone = [row for row in built.records["blocks"] if row["category"] == "left_out"]
    texts = {text for row in weak for text in (row["zh_hans"], row["en"]) if text}
    assert {row["text"] for row in gone} == texts
    assert not [finding for finding in validate_release(out)[0] if finding.level != 4]


def test_a_release_without_english_has_no_english_columns_unless_asked(raw: Path, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    shutil.copytree(raw / "zh", folder)
    build(tmp_path, folder)
    out = tmp_path / "out"
    names = duizhao.load("sentences", path=out, as_="arrow").column_names
    assert not {"en", "en_spans", "score"}.intersection(names)
    article = duizhao.load("articles", path=out)[0]
    assert list(article["title"]) == ["zh_hans", "zh_hant"]
    assert not {"en_path", "en_sha256"}.intersection(article)
    assert read_manifest(out)["columns"] == ["zh_hans", "zh_hant"]
    assert not [finding for finding in validate_release(out)[0] if finding.level != 4]
    assert all(row["en"] is None and row["en_spans"] == [] for row in read_records(out)["sentences"])
    head, body = split_card((out / "README.md").read_text(encoding="utf-8"))
    assert head["language"] == ["zh"]
    assert "`en`" not in body
    build(tmp_path, folder, columns="zh_hans,zh_hant,en")
    assert "en" in duizhao.load("sentences", path=out, as_="arrow").column_names


@pytest.mark.parametrize("left_out", ["zh_hans", "zh_hant", "en"])
def test_a_column_that_is_left_out_is_in_no_file_and_the_rest_is_valid(
    left_out: str, raw: Path, tmp_path: Path
) -> None:
    built = build(tmp_path, raw, columns=f"-{left_out}")
    out = tmp_path / "out"
    for config in ("sentences", "articles"):
        for name in (f"{config}/test.jsonl", "croissant.json", "README.md"):
            text = (out / name).read_text(encoding="utf-8")
            forms = (f'"{left_out}": ', f'/{left_out}"', f"name: {left_out},")
            assert not [form for form in forms if form in text], name
    findings = validate_release(out)[0]
    assert not [finding for finding in findings if finding.level != 4]
    assert left_out not in {finding.field for finding in findings}
    assert len(built.unread) == (2 if left_out == "en" else 0)
    assert duizhao.load("sentences", path=out).num_rows == len(built.records["sentences"])


def test_a_changed_character_is_found_in_a_release_without_simplified(raw: Path, tmp_path: Path) -> None:
    build(tmp_path, raw, columns="-zh_hans")
    rows = read_records(tmp_path / "out")
    rows["sentences"][0]["zh_hant"] = "錯" + rows["sentences"][0]["zh_hant"][1:]
    assert "span-text" in {finding.id for finding in validate(rows, frozenset(("zh_hans",)))}


@pytest.mark.parametrize("columns", ["de", "en", "-zh_hans,-zh_hant", "zh_hans,-en", ""])
def test_columns_that_cannot_be_chosen_are_told_with_the_allowed_ones(
    columns: str, raw: Path, tmp_path: Path
) -> None:
    with pytest.raises(DuizhaoError, match="allowed: zh_hans, zh_hant, en") as caught:
        build(tmp_path, raw, columns=columns)
    assert caught.value.id == "unknown-column"


DOUBTFUL = "标题\n\n他叫钟里。\n"


def test_a_build_tells_no_doubt_about_a_column_that_it_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(DOUBTFUL, encoding="utf-8")
    told = '{"finding": "doubtful-script", "record": "a:s00004", "reason": "a name"}\n'
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "acknowledged.jsonl").write_text(told, encoding="utf-8")
    fields = {
        columns: {finding.field for finding in build(tmp_path, tmp_path / "raw", columns=columns).findings}
        for columns in (None, "-zh_hant", "-zh_hans")
    }
    assert fields == {None: set(), "-zh_hant": set(), "-zh_hans": set()}, "an acknowledgement stays one"
    (tmp_path / "annotations" / "acknowledged.jsonl").unlink()
    ids = {
        columns: {finding.id for finding in build(tmp_path, tmp_path / "raw", columns=columns).findings}
        for columns in (None, "-zh_hant", "-zh_hans")
    }
    assert "doubtful-script" in (ids[None] & ids["-zh_hans"])
    assert "doubtful-script" not in ids["-zh_hant"]
    build(tmp_path, tmp_path / "raw", columns="-zh_hant", strict=True)


@pytest.mark.parametrize("left_out", ["zh_hans", "zh_hant"])
def test_broken_characters_are_told_of_the_column_that_is_released(left_out: str, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("标题\n\n他说锟斤拷锟斤拷，然后走了。\n", encoding="utf-8")
    built = build(tmp_path, tmp_path / "raw", columns=f"-{left_out}")
    (finding,) = [finding for finding in built.findings if finding.id == "broken-characters"]
    assert finding.field == {"zh_hans": "zh_hant", "zh_hant": "zh_hans"}[left_out]
    again = [one for one in validate_release(tmp_path / "out")[0] if one.id == "broken-characters"]
    assert [one.field for one in again] == [finding.field]

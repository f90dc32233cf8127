"""Every field of a release is derived again: a change of any one is named, with file, id, field and both
values.
"""

from __future__ import annotations

import copy
import inspect
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import duizhao
import forgeries
import hostile
from conftest import ROOT, SMALL, Run
from corpus_rows import article, write_lines
from duizhao import verification
from duizhao.builder import build_release
from duizhao.corpus import Sizes, build_corpus
from duizhao.errors import DuizhaoError, Finding
from duizhao.files import show
from duizhao.records import validate
from duizhao.release import read_manifest, read_records, write_release
from duizhao.release.card import hash_rows
from duizhao.report.findings import list_fatal
from duizhao.schema import load_schema
from duizhao.verification import compare_releases, compare_rows, verify
from forgeries import FORGERIES, NOT_ALONE, Rows, another, forged, leaves
from test_quality_build import Letters

WRITTEN = ("fable-clean", "gov-notice", "hk-column", "letters", "news-tw", "poem", "wechat-list")
SOURCES = '[[article]]\nfile = "zh/a.txt"\npublished = "2024-05-02"\npublisher = "灯塔报"\n'
OPTIONS: Mapping[str, Any] = {"topic": False, "threshold": 0.6, "hant": "zh-Hant-HK", "roles": "-footnote"}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten articles, annotations of every kind, and their release, built with other options than the default
    ones.
    """
    folder = tmp_path_factory.mktemp("ten")
    hostile.write_work(folder)
    (folder / "raw" / "sources.toml").write_text(SOURCES, encoding="utf-8")
    for name in ("zh/harbor.txt", "zh/orchard.txt", "en/harbor.md"):
        shutil.copyfile(SMALL / "raw" / name, folder / "raw" / name)
    for name in WRITTEN:
        shutil.copyfile(ROOT / "tests" / "written" / f"{name}.txt", folder / "raw" / "zh" / f"{name}.txt")
    (folder / "cues.toml").write_text('[ad]\ncertain = ["晨光伴读"]\n', encoding="utf-8")
    build_release(folder / "raw", folder / "release", cues=folder / "cues.toml", **OPTIONS)
    return folder


@pytest.fixture(scope="module")
def ten(work: Path) -> Rows:
    return read_records(work / "release")


@pytest.fixture(scope="module")
def ours() -> Rows:
    return read_records(ROOT / "dataset")


def differences(told: Rows, derived: Rows) -> list[Finding]:
    changed = [config for config in derived if told[config] is not derived[config]]
    return [finding for config in changed for finding in compare_rows(config, told[config], derived[config])]


@pytest.mark.slow
def test_a_release_is_derived_again_with_its_recorded_options(work: Path, ten: Rows) -> None:
    result = verify(work / "release", work / "raw", cues=work / "cues.toml")
    assert [finding for finding in result.findings if finding.level != 4] == []
    assert result.notes == []
    assert result.counts == {config: len(rows) for config, rows in ten.items()}
    assert len(ten["articles"]) == 10
    assert len(ten) == 8


@pytest.mark.parametrize("name", FORGERIES)
@pytest.mark.parametrize("release", ["ours", "ten"])
def test_every_forgery_is_named(name: str, release: str, request: pytest.FixtureRequest) -> None:
    records: Rows = request.getfixturevalue(release)
    assert differences(forged(records, name), records)


@pytest.mark.parametrize("name", FORGERIES)
def test_validate_names_what_the_rows_alone_can_show(name: str, ten: Rows) -> None:
    named = any(finding.level != 4 for finding in validate(forged(ten, name)))
    assert named == (name not in NOT_ALONE)


@pytest.mark.parametrize("name", FORGERIES)
def test_the_card_of_a_release_states_other_rows_than_forged_ones(name: str, ten: Rows) -> None:
    changed = forged(ten, name)
    assert [config for config in ten if hash_rows(changed[config]) != hash_rows(ten[config])]


@pytest.mark.parametrize("config", read_manifest(ROOT / "dataset")["counts"])
def test_a_change_of_any_field_is_named_with_file_id_field_and_both_values(config: str, ours: Rows) -> None:
    rows = ours[config]
    paths = {path: row for row in rows for path in leaves(row)}
    assert {path[0] for path in paths} == set(load_schema(config)["properties"])
    for path, row in paths.items():
        changed = copy.deepcopy(row)
        part: Any = changed
        for key in path[:-1]:
            part = part[int(key)] if isinstance(part, list) else part[key]
        last: Any = int(path[-1]) if isinstance(part, list) else path[-1]
        old, part[last] = part[last], another(part[last])
        found = list(compare_rows(config, [changed], [row]))
        if path == ("id",):
            assert [finding.id for finding in found] == ["missing-record", "added-record"]
            continue
        (finding,) = found
        assert (finding.id, finding.level, finding.record) == ("not-derived", 6, row["id"])
        assert finding.field == ".".join(path)
        assert finding.message.startswith(f"{config}/test.jsonl: there stands ")
        assert json.dumps(old, ensure_ascii=False)[-12:] in finding.message


def test_scores_may_differ_by_rounding_and_not_by_more() -> None:
    row = {"id": "a", "score": 0.75}
    assert list(compare_rows("blocks", [{"id": "a", "score": 0.751}], [row])) == []
    assert len(list(compare_rows("blocks", [{"id": "a", "score": 0.752}], [row]))) == 1
    assert len(list(compare_rows("blocks", [{"id": "a", "score": None}], [row]))) == 1


def test_rows_are_paired_by_id_also_where_an_id_stands_twice() -> None:
    rows = [{"id": "a", "x": 1}, {"id": "a", "x": 2}, {"id": "b", "x": 3}]
    assert [f.id for f in compare_rows("events", [*rows, rows[1]], rows)] == ["added-record"]
    assert [f.id for f in compare_rows("events", rows[:1], rows)] == ["missing-record"] * 2
    assert [(f.id, f.record) for f in compare_rows("events", rows[::-1], rows)] == [
        ("not-derived", "a"), ("not-derived", "a"), ("other-order", "b"),
    ]  # fmt: skip


def forge_files(work: Path, tmp_path: Path, name: str) -> Path:
    """A whole release of forged rows: Parquet, JSON Lines, card and hashes are made as a build makes them."""
    records = read_records(work / "release")
    FORGERIES[name](records)
    manifest = json.loads((work / "release" / "manifest.json").read_text(encoding="utf-8"))
    provenance = {key: value for key, value in manifest.items() if key not in ("format", "counts", "files")}
    out = tmp_path / "release"
    write_release(out, records, (work / "DATASET_CARD.md").read_text(encoding="utf-8"), provenance)
    return out


@pytest.mark.slow
def test_the_command_names_a_forgery_of_the_whole_release(work: Path, tmp_path: Path, run: Run) -> None:
    out = forge_files(work, tmp_path, "question answer")
    done = run("verify", out, "--raw", work / "raw", "--cues", work / "cues.toml")
    assert done.returncode == 1
    told = done.stderr.replace("\n  ", " ").splitlines()  # a long line goes on after two spaces
    assert [line for line in told if " articles, " not in line] == [
        "level 6 not-derived: question-001: answer: questions/test.jsonl: there stands 1; derived is 0"
    ]
    alone = run("verify", out)
    assert alone.returncode == 0
    assert alone.stderr.startswith("not checked, because --raw is not given: ")


def test_many_differences_of_one_field_are_told_as_one_kind(ours: Rows) -> None:
    rows = [{**row, "speaker": "别人", "raw_spans": [[1, 2]]} for row in ours["sentences"]]
    lines = list_fatal(compare_rows("sentences", rows, ours["sentences"]))
    assert sum(": speaker: " in line for line in lines) == 4
    assert (
        lines[3] == "level 6 not-derived: sentences/test.jsonl: speaker: … and 717 more; --verbose shows each"
    )


def test_the_first_line_says_that_another_version_made_the_release(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "release"
    shutil.copytree(work / "release", out)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    manifest["made_by"]["duizhao"] = "0.0.9"
    manifest["sentence_encoder"]["version"] = "0.0.1"
    manifest["models"]["cleaning/_data/weights.json"] = "0" * 64
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    notes = verify(out).notes
    assert notes[0].startswith(f"made by duizhao 0.0.9, and {duizhao.__version__} is installed")
    assert any(note.startswith("sentence_encoder: version is ") for note in notes)
    assert any(note.startswith("models: cleaning/_data/weights.json is ") for note in notes)


def test_other_raw_files_annotations_and_options_are_named(work: Path, tmp_path: Path) -> None:
    shutil.copytree(work, tmp_path / "work")
    raw, out = tmp_path / "work" / "raw", tmp_path / "work" / "release"
    (raw / "zh" / "poem.txt").write_text("山中\n\n山中何所有，岭上多白云。\n", encoding="utf-8")
    entities = tmp_path / "work" / "annotations" / "entities.jsonl"
    entities.write_text(entities.read_text(encoding="utf-8").replace("A person", "A man"), encoding="utf-8")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    manifest["acknowledged"] = [{"finding": "length-ratio", "record": "a:s00002", "reason": "None."}]
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = verify(out, raw, cues=work / "cues.toml").findings
    assert {f.record for f in found if f.id == "other-source"} == {"zh/poem.txt", "entities.jsonl"}
    assert {(f.record, f.field) for f in found if f.record == "manifest.json"} == {
        ("manifest.json", "acknowledged")
    }
    assert "description.en" in {f.field for f in found if f.record == "wang-li"}


def test_another_croissant_is_named_where_the_rows_have_the_same_bytes(work: Path, tmp_path: Path) -> None:
    for rows, told in ((False, ["croissant.json"]), (True, [])):
        out = tmp_path / f"release-{rows}"
        shutil.copytree(work / "release", out)
        file = out / "croissant.json"
        file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        if rows:  # as another version of pyarrow would write them
            (out / "events" / "test.parquet").write_bytes(b"other bytes")
        found = verification._compare_files(
            out, work / "release", read_manifest(work / "release"), cards=True
        )
        assert [finding.record for finding in found] == told


def test_a_changed_card_is_named(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "release"
    card = (work / "DATASET_CARD.md").read_text(encoding="utf-8") + "\nPerfect.\n"
    manifest = json.loads((work / "release" / "manifest.json").read_text(encoding="utf-8"))
    write_release(
        out,
        read_records(work / "release"),
        card,
        {key: manifest[key] for key in manifest if key not in ("format", "counts", "files")},
    )
    found = list(compare_releases(out, work / "release"))
    assert {(finding.id, finding.record) for finding in found} >= {("other-file", "README.md")}
    assert not [finding for finding in found if finding.id != "other-file"]


def test_without_raw_files_the_conversion_is_derived_again(work: Path, tmp_path: Path) -> None:
    records = read_records(work / "release")
    for column in ("sentences", "articles"):  # alike in the row and in the text of the article
        for row in records[column]:
            if row.get("article_id", row["id"]) == "harbor":
                text = row if column == "sentences" else row["text"]
                text["zh_hant"] = (text["zh_hant"] or "").replace("港", "巷")
    manifest = json.loads((work / "release" / "manifest.json").read_text(encoding="utf-8"))
    for title in ("title",):
        row = next(row for row in records["articles"] if row["id"] == "harbor")
        row[title]["zh_hant"] = row[title]["zh_hant"].replace("港", "巷")
    kept = {
        key: manifest[key]
        for key in ("made_by", "script_conversion", "sentence_encoder", "models", "options")
    }
    for corrections in ({}, {"script.jsonl": "0" * 64}):
        write_release(tmp_path / "release", records, None, {**kept, "annotations": corrections})
        result = verify(tmp_path / "release")
        found = {finding.id for finding in result.findings if finding.level != 4}
        assert found == (set() if corrections else {"not-converted"})
        assert any("港→巷" in note for note in result.notes) == bool(corrections)


def test_the_rows_of_a_card_are_those_of_the_release(work: Path, tmp_path: Path) -> None:
    """Whoever changes a row, Parquet, JSON Lines and hashes alike must change the card too."""
    out = forge_files(work, tmp_path, "claim label")
    shutil.copyfile(work / "release" / "README.md", out / "README.md")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["README.md"] = json.loads(
        (work / "release" / "manifest.json").read_text(encoding="utf-8")
    )["files"]["README.md"]
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = [finding for finding in duizhao.validate(out)[0] if finding.level != 4]
    assert [(finding.id, finding.record) for finding in found] == [("card-rows", "README.md")]
    assert found[0].message.endswith("of claims")


@pytest.mark.parametrize(
    ("missing", "id"), [("annotations", "missing-annotations"), ("cues", "missing-cues")]
)
def test_what_the_release_was_made_with_must_be_given(
    work: Path, tmp_path: Path, missing: str, id: str
) -> None:
    shutil.copytree(work / "raw", tmp_path / "raw")
    annotations = None if missing == "annotations" else work / "annotations"
    with pytest.raises(DuizhaoError) as caught:
        verify(work / "release", tmp_path / "raw", annotations)
    assert caught.value.id == id
    if missing == "annotations":
        assert show(tmp_path / "annotations") in str(caught.value)


@pytest.fixture
def sharded(tmp_path: Path) -> Path:
    corpus = write_lines(tmp_path / "corpus.jsonl", [article(number) for number in range(4)])
    build_corpus([str(corpus)], tmp_path / "sharded", sizes=Sizes(600, 600), workers=1)
    return tmp_path / "sharded"


def test_the_scripts_of_a_release_in_shards_are_derived_again(
    sharded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = verify(sharded)
    assert not result.findings
    assert result.counts["articles"] == 4
    assert [note for note in result.notes if "compare manifest.json" in note] == list(result.notes)
    wrong = {"zh_hans": "错", "zh_hant": "錯"}
    monkeypatch.setattr(
        verification, "derive_columns", lambda records, to: [(row, wrong) for row in records["sentences"]]
    )
    findings = verify(sharded).findings
    assert {finding.id for finding in findings} == {"not-converted"}
    assert len(findings) == 2 * result.counts["sentences"]
    assert findings[0].message.startswith("data/sentences: there stands")


def test_a_release_in_shards_is_not_compared_with_raw_files_and_told_what_to_do(sharded: Path) -> None:
    with pytest.raises(DuizhaoError, match="build the corpus again into another folder") as caught:
        verify(sharded, sharded.parent)
    assert caught.value.id == "large-release"


def test_options_that_need_raw_are_refused_without_it(run: Run) -> None:
    done = run("verify", ROOT / "dataset", "--cues", "x")
    assert done.returncode == 2
    assert "goes with --raw" in done.stderr


@pytest.mark.slow
def test_our_own_release_is_what_its_raw_files_give() -> None:
    result = verify(ROOT / "dataset", ROOT / "raw")
    assert [finding for finding in result.findings if finding.level != 4] == []


def test_forgeries_are_the_reviewers() -> None:
    assert len(forgeries.FORGERIES) == 38


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small raw folder with a wrong number in its English: one row has a low quality."""
    raw = tmp_path_factory.mktemp("weak") / "raw"
    shutil.copytree(SMALL / "raw", raw)
    file = raw / "en" / "harbor.md"
    file.write_text(file.read_text(encoding="utf-8").replace("1931", "1978"), encoding="utf-8")
    return raw


SHAPED: Mapping[str, Mapping[str, Any]] = {
    "min_quality": {"min_quality": 0.95},
    "min_score": {"min_score": 0.9},
    "roles": {"roles": "-title"},
    "columns": {"columns": "-zh_hant"},
    "columns-without-simplified": {"columns": "-zh_hans"},
    "columns-without-english": {"columns": "-en"},
    "columns-named": {"columns": "zh_hans,en"},
    "split": {"splits": "train"},
    "splits": {"splits": "train=0.5,test=0.5"},
    "hant": {"hant": "zh-Hant-HK"},
    "threshold": {"threshold": 0.3},
    "topic": {"topic": True},
    "together": {
        "min_quality": 0.95,
        "min_score": 0.6,
        "columns": "-zh_hant",
        "splits": "validation",
        "roles": "-title",
        "hant": "zh-Hant-HK",
        "threshold": 0.6,
    },
}


@pytest.mark.parametrize("name", SHAPED)
@pytest.mark.slow
def test_a_release_of_any_option_is_derived_again_with_and_without_raw_files(
    name: str, weak: Path, tmp_path: Path
) -> None:
    build_release(weak, tmp_path / "out", **SHAPED[name])
    for raw in (weak, None):
        assert [f for f in verify(tmp_path / "out", raw).findings if f.level != 4] == []


def test_each_option_of_a_build_is_recorded_or_needs_no_record() -> None:
    """A new option that shapes the rows must be recorded, or verify cannot derive them again."""
    options = load_schema("release/manifest")["properties"]["options"]["properties"]
    given = {"raw", "out", "annotations", "card", "cues"}  # verify is given them, or finds them beside raw
    elsewhere = {"hant"}  # in script_conversion
    shapeless = {"strict", "cache", "tick"}
    parameters = set(inspect.signature(build_release).parameters)
    assert parameters == {*options, *given, *elsewhere, *shapeless}
    assert {option for one in SHAPED.values() for option in one} == {*options, *elsewhere} - {"encoder"}


def test_a_row_in_another_split_and_another_rejected_row_are_named_with_their_files(
    weak: Path, tmp_path: Path
) -> None:
    told, made = tmp_path / "told", tmp_path / "made"
    build_release(weak, told, splits="train=0.5,test=0.5", min_quality=0.95)
    shutil.copytree(told, made)
    for file in (told / "articles" / "train.jsonl", told / "articles" / "test.jsonl"):
        other = {"train.jsonl": "test.jsonl", "test.jsonl": "train.jsonl"}[file.name]
        shutil.copyfile(made / "articles" / other, file)
    found = {(finding.id, finding.message.partition(":")[0]) for finding in compare_releases(told, made)}
    assert found == {
        (id, f"articles/{split}.jsonl")
        for id in ("missing-record", "added-record")
        for split in ("train", "test")
    }
    shutil.copytree(made, told, dirs_exist_ok=True)
    (told / "rejected.jsonl").write_text("{}\n", encoding="utf-8")
    assert [finding.record for finding in compare_releases(told, made, cards=False)] == ["rejected.jsonl"]


def test_a_release_of_an_encoder_of_one_s_own_is_derived_again_with_it_and_asks_for_it(
    weak: Path, tmp_path: Path
) -> None:
    build_release(weak, tmp_path / "out", encoder=Letters())
    result = verify(tmp_path / "out", weak, encoder=Letters())
    assert [finding for finding in result.findings if finding.level != 4] == []
    assert not [note for note in result.notes if "encoder" in note]
    assert any("an encoder of one's own (Letters)" in note for note in verify(tmp_path / "out").notes)


def test_a_difference_of_long_texts_is_shown_where_it_is() -> None:
    left, right = "甲" * 40 + "乙" + "丙" * 60, "甲" * 40 + "丁" + "丙" * 60
    assert verification._around(left, right) == (
        "…" + "甲" * 15 + "乙" + "丙" * 44 + "…",
        "…" + "甲" * 15 + "丁" + "丙" * 44 + "…",
    )
    assert verification._around("甲" * 60, "乙") == ("甲" * 60, "乙")
    assert verification._around("甲" * 61, "甲" * 60) == ("…" + "甲" * 16, "…" + "甲" * 15)
    assert verification._show("甲" * 178) == '"' + "甲" * 178 + '"'
    assert verification._show("甲" * 179) == '"' + "甲" * 179 + " …"

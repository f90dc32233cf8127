from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import mlcroissant
import pytest
from huggingface_hub import DatasetCard, DatasetCardData

import duizhao
from conftest import ROOT
from duizhao import schema
from duizhao.release import read_records
from duizhao.release.card import split_card
from duizhao.release.croissant import (
    RESPONSIBLE_AI,
    cite,
    leaves,
    make_croissant,
    responsible_ai,
    split_sections,
)
from duizhao.release.manifest import read_manifest

OURS = ROOT / "dataset"
CONFIGS = list(read_manifest(OURS)["counts"])


@pytest.fixture(scope="module")
def ours() -> mlcroissant.Dataset:
    return mlcroissant.Dataset(jsonld=str(OURS / "croissant.json"))


def dig(value: Any, path: tuple[str, ...]) -> Any:
    """The scalars under a path, lists around them kept: what one flat field of a record set holds."""
    if isinstance(value, list):
        return [dig(item, path) for item in value]
    return value if value is None or not path else dig(value[path[0]], path[1:])


def decoded(value: Any) -> Any:
    """mlcroissant reads text as bytes."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


def test_it_validates_without_errors_or_warnings(
    ours: mlcroissant.Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    issues = ours.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    with caplog.at_level(logging.WARNING):
        mlcroissant.Dataset(jsonld=json.loads((OURS / "croissant.json").read_text(encoding="utf-8")))
    assert caplog.text == ""


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.slow
def test_its_records_are_the_json_lines(ours: mlcroissant.Dataset, config: str) -> None:
    lines = [
        json.loads(line) for line in (OURS / config / "test.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    expected = [{"/".join([config, *path]): dig(row, path) for path, *_ in leaves(config)} for row in lines]
    assert [{name: decoded(value) for name, value in row.items()} for row in ours.records(config)] == expected


def test_a_small_release_without_card_has_it_too(small_release: Path) -> None:
    data = mlcroissant.Dataset(jsonld=str(small_release / "croissant.json"))
    assert {record_set.id for record_set in data.metadata.record_sets} == {"sentences", "articles", "blocks"}
    assert len(list(data.records("articles"))) == 2


def test_a_tampered_parquet_is_refused_by_its_hash(small_release: Path, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    shutil.copytree(small_release, folder)
    file = folder / "sentences" / "test.parquet"
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(Exception, match=r"Download\(sentences/test\.parquet\)"):
        list(mlcroissant.Dataset(jsonld=str(folder / "croissant.json")).records("sentences"))


def test_it_says_what_the_card_and_the_citation_say_and_nothing_else() -> None:
    made = json.loads((OURS / "croissant.json").read_text(encoding="utf-8"))
    head, body = split_card((OURS / "README.md").read_text(encoding="utf-8"))
    assert made["name"] == head["pretty_name"]
    assert made["license"] == {
        "@type": "sc:CreativeWork",
        "name": head["license_name"],
        "url": head["license_link"],
    }
    assert (OURS / made["license"]["url"]).is_file()
    assert made["version"] == duizhao.__version__
    hashes = read_manifest(OURS)["files"]
    bare = make_croissant(CONFIGS, {}, body, hashes)
    assert not {"version", "datePublished", "license", "url", "citeAs", "creator"} & set(bare)


def test_responsible_ai_is_taken_from_the_sections_of_our_card() -> None:
    made = json.loads((OURS / "croissant.json").read_text(encoding="utf-8"))
    assert {name for name in made if name.startswith("rai:")} == {name for name, _ in RESPONSIBLE_AI}
    assert made["rai:dataCollection"].startswith("The Chinese files are in `raw/zh/`")
    assert "|" not in made["rai:dataPreprocessingProtocol"]
    assert "Characters of the Chinese files" not in made["rai:dataPreprocessingProtocol"]


def test_sections_are_split_at_headings_outside_code() -> None:
    card = (
        "# A\n\nfirst\n\n```sh\n# no heading\n```\n\n## Uses\n\nOne\nline.\n\n## Biases\n\nSome:\n\n| a "
        "|\n|---|\n"
    )
    sections = split_sections(card)
    assert list(sections) == ["A", "Uses", "Biases"]
    assert responsible_ai(sections) == {"rai:dataUseCases": "One line."}


def test_the_headings_of_the_hubs_own_template_are_known() -> None:
    sections = {
        "Direct Use": "a",
        "Personal and Sensitive Information": "b",
        "Bias, Risks, and Limitations": "c",
    }
    assert set(responsible_ai(sections)) == {
        "rai:dataUseCases",
        "rai:personalSensitiveInformation",
        "rai:dataBiases",
        "rai:dataLimitations",
    }


def test_lists_of_structs_become_flat_fields_and_arrays_have_a_shape() -> None:
    assert ("evidence", "sentence_id") in [path for path, *_ in leaves("events")]
    field = next(f for s in _made()["recordSet"] for f in s["field"] if f["@id"] == "sentences/raw_spans")
    assert (field["isArray"], field["arrayShape"], field["dataType"]) == (True, "-1,-1", "sc:Integer")


def test_a_citation_becomes_bibtex() -> None:
    told = {
        "title": "Side by side",
        "date-released": "2026-01-02",
        "authors": [{"given-names": "Mei", "family-names": "Lin"}],
    }
    assert (
        cite(told) == "@misc{side,\n  title = {Side by side},\n  author = {{Mei Lin}},\n  year = {2026},\n}"
    )


def test_every_config_that_has_a_schema_can_be_described() -> None:
    for config in schema.available():
        assert all(kind in {"string", "integer", "number", "boolean"} for _, kind, *_ in leaves(config))


@pytest.mark.parametrize("folder", ["ours", "small"])
def test_the_cards_yaml_passes_the_hubs_own_classes(folder: str, small_release: Path) -> None:
    release = OURS if folder == "ours" else small_release
    card = DatasetCard.load(release / "README.md")
    assert isinstance(card.data, DatasetCardData)
    data = card.data.to_dict()
    assert [config["config_name"] for config in data["configs"]] == list(read_manifest(release)["counts"])
    assert data["language"] == ["zh", "en"]
    assert DatasetCardData(**data, ignore_metadata_errors=False).to_dict() == data
    assert [info["config_name"] for info in data["dataset_info"]] == list(read_records(release))


def _made() -> dict[str, Any]:
    return make_croissant(
        CONFIGS, {}, "", dict.fromkeys((f"{config}/test.parquet" for config in CONFIGS), "0")
    )

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from duizhao import schema
from duizhao.errors import DuizhaoError
from duizhao.release import check, writer
from duizhao.release.card import count_removed, escape, hash_rows, make_card, make_sharded_card
from duizhao.release.check import check_release
from duizhao.release.loading import read_records
from duizhao.release.manifest import USUAL
from duizhao.schema import Record


def test_parquet_is_plain_and_typed_by_the_schemas(small_release: Path) -> None:
    for config in ("sentences", "articles", "blocks"):
        table = pq.read_table(small_release / config / "test.parquet")
        assert table.schema == schema.arrow_schema(config)
        assert table.schema.metadata is None


def test_parquet_has_all_rows_in_order_also_where_they_are_turned_into_columns_in_parts(
    small_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = read_records(small_release)["sentences"]
    assert len(rows) > 5
    monkeypatch.setattr(writer, "_AT_ONCE", 3)
    monkeypatch.setattr(writer, "_GROUP", 5)
    writer._write_parquet(tmp_path / "rows.parquet", "sentences", rows, USUAL)
    file = pq.ParquetFile(tmp_path / "rows.parquet")
    assert file.num_row_groups == -(-len(rows) // 5)
    assert file.read().to_pylist() == rows
    writer._write_parquet(tmp_path / "none.parquet", "sentences", [], USUAL)
    assert pq.read_table(tmp_path / "none.parquet").schema == schema.arrow_schema("sentences")


def test_json_lines_are_one_readable_record_a_line(small_release: Path) -> None:
    text = (small_release / "sentences" / "test.jsonl").read_bytes().decode()
    assert text.endswith("}\n")
    assert "\r" not in text
    assert json.loads(text.splitlines()[0])["zh_hans"] == "海港小镇重开灯塔"
    assert "灯塔" in text


def test_a_fresh_release_has_no_findings_and_a_tampered_one_names_the_file(
    small_release: Path, tmp_path: Path
) -> None:
    assert check_release(small_release) == []
    copy = tmp_path / "release"
    shutil.copytree(small_release, copy)
    file = copy / "sentences" / "test.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("灯塔", "燈塔", 1), encoding="utf-8")
    assert {(finding.id, finding.record) for finding in check_release(copy)} == {
        ("file-hash", "sentences/test.jsonl"),
        ("parquet-jsonl", "sentences/test.parquet"),
    }


@pytest.mark.parametrize(
    ("category", "score", "threshold", "found"),
    [
        ("ad", 0.657, 0.658, True),
        ("ad", 0.658, 0.658, False),
        ("ad", 0.658, 0.6584, False),
        ("left_out", 0.1, 0.658, False),
        ("ad", 0.1, None, False),
    ],
)
def test_a_removed_block_has_a_score_from_the_recorded_threshold_on(
    category: str, score: float, threshold: float | None, found: bool
) -> None:
    options = {} if threshold is None else {"options": {"threshold": threshold}}
    row = {"id": "a:zh:00000", "label": "drop", "category": category, "score": score}
    assert [finding.field for finding in check._check_scores(options, [row])] == ["score"] * found


def test_the_manifest_names_what_shaped_the_bytes(small_release: Path) -> None:
    manifest = json.loads((small_release / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["made_by"]) >= {"duizhao", "pyarrow"}
    assert manifest["script_conversion"]["dictionaries_sha256"]
    assert set(manifest["sources"]) == {"zh/harbor.txt", "zh/orchard.txt", "en/harbor.md"}
    assert manifest["counts"]["articles"] == 2
    assert "README.md" in manifest["files"]


def test_the_card_declares_configs_and_features_and_no_counts_by_hand(small_release: Path) -> None:
    head = yaml.safe_load((small_release / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert [config["config_name"] for config in head["configs"]] == ["sentences", "articles", "blocks"]
    assert head["configs"][0]["default"] is True
    assert all("splits" not in info for info in head["dataset_info"])


def test_placeholders_of_a_card_are_filled_and_unknown_ones_refused(small_release: Path) -> None:
    records = read_records(small_release)
    card = make_card(
        "---\nlicense: other\n---\n# A\n\n<!-- duizhao:fields sentences -->\n\n<!-- duizhao:record "
        "articles -->\n",
        records,
    )
    assert "license: other" in card
    assert "| `zh_hans` | string or null |" in card
    assert '"id": "orchard"' in card
    with pytest.raises(DuizhaoError, match="counts, fields, removed, record, acknowledged"):
        make_card("<!-- duizhao:nothing -->", records)


def test_numbers_of_a_card_are_counted_from_the_records(small_release: Path) -> None:
    records = read_records(small_release)
    card = make_card(
        "<!-- duizhao:rows articles -->|<!-- duizhao:parts sentences raw_spans -->|<!-- duizhao:filled "
        "articles genre -->|"
        "<!-- duizhao:split articles source_script -->",
        records,
    )
    rows, parts, filled, split = card.split("---\n")[-1].split("|")
    assert rows == "2"
    assert int(parts) == sum(len(row["raw_spans"]) for row in records["sentences"])
    assert int(filled) == sum(row["genre"] is not None for row in records["articles"])
    scripts = Counter(row["source_script"] for row in records["articles"])
    assert split == ", ".join(
        f"{number} `{script}`"
        for script, number in sorted(scripts.items(), key=lambda one: (-one[1], one[0]))
    )
    for unknown in ("rows claims", "split articles colour", "filled articles", "citation"):
        with pytest.raises(DuizhaoError, match=f"cannot fill the placeholder duizhao:{unknown};"):
            make_card(f"<!-- duizhao:{unknown} -->", records)


def test_a_card_can_show_how_to_cite_the_release(small_release: Path) -> None:
    told = {
        "title": "Harbours",
        "version": "1.2.0",
        "date-released": "2026-01-02",
        "authors": [{"name": "The Harbour"}],
    }
    card = make_card("<!-- duizhao:citation -->", read_records(small_release), citation=told)
    assert "```bibtex\n@misc{harbours," in card
    assert "  version = {1.2.0}," in card


def test_the_yaml_of_a_card_takes_few_lines_so_that_its_text_begins_early(small_release: Path) -> None:
    head = (small_release / "README.md").read_text(encoding="utf-8").split("\n---\n")[0]
    keys = yaml.safe_load(head.removeprefix("---\n"))
    assert head.count("\n") <= len(keys) + len(keys["configs"]) + len(keys["dataset_info"])


def test_removed_characters_are_counted_by_category(small_release: Path) -> None:
    counted = count_removed(read_records(small_release)["blocks"])
    assert sum(counted["harbor"].values()) == len(
        (Path(__file__).parent / "small/raw/zh/harbor.txt").read_text(encoding="utf-8")
    )
    assert counted["harbor"]["image"] > 0
    assert set(counted["orchard"]) == {"kept", "markup"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ceo-ousted_analysis", "ceo-ousted_analysis"),
        ("a|b", "a\\|b"),
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("[a](b)", "\\[a\\](b)"),
        (
            "**a** _b_ `c` ~d~ \\e &amp; #f !g",
            "\\*\\*a\\*\\* \\_b\\_ \\`c\\` \\~d\\~ \\\\e \\&amp; \\#f \\!g",
        ),
        ("a\nb\x1b[2J\u202ec", "a b \\[2J c"),
        ("灯塔", "灯塔"),
    ],
)
def test_names_stand_in_a_card_as_they_are(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_an_article_of_any_id_is_one_row_of_the_card(small_release: Path) -> None:
    records = read_records(small_release)
    blocks = [{**row, "article_id": f"{row['article_id']}|<b>`"} for row in records["blocks"]]
    card = make_card("# A\n\n<!-- duizhao:removed -->\n", {**records, "blocks": blocks})
    assert "| harbor\\|\\<b\\>\\` |" in card


def test_every_key_of_a_card_comes_back_as_it_was(small_release: Path) -> None:
    own = {
        "a: b": 1,
        "#x": "null",
        "null": "2023-11-20",
        "-": ["@a", "a: b", "# c"],
        "x": {"y": "- z"},
        "灯": "塔\n灯",
    }
    head = yaml.safe_dump(own, allow_unicode=True)
    card = make_card(f"---\n{head}---\n# A\n", read_records(small_release))
    back = yaml.safe_load(card.split("\n---\n")[0][4:])
    assert {key: back[key] for key in own} == own


def test_a_card_with_old_line_ends_keeps_its_head(small_release: Path) -> None:
    card = make_card("---\r\nlicense: mit\r\n---\r\n# A\r\n", read_records(small_release))
    assert yaml.safe_load(card.split("\n---\n")[0][4:])["license"] == "mit"


def test_a_card_whose_head_does_not_end_is_an_error(small_release: Path) -> None:
    with pytest.raises(DuizhaoError, match="does not end"):
        make_card("---\nlicense: mit\n\n# A\n", read_records(small_release))


def test_the_cache_of_the_hub_is_a_release_and_other_links_are_not(
    small_release: Path, tmp_path: Path
) -> None:
    """huggingface_hub keeps ``snapshots/REVISION/README.md`` as a link to ``blobs/…``."""
    snapshot, blobs = tmp_path / "data" / "snapshots" / "1a2b", tmp_path / "data" / "blobs"
    blobs.mkdir(parents=True)
    for number, file in enumerate(path for path in small_release.rglob("*") if path.is_file()):
        (blobs / str(number)).write_bytes(file.read_bytes())
        link = snapshot / file.relative_to(small_release)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(blobs / str(number), link.parent))
    assert check_release(snapshot) == []
    snapshot.parent.rename(tmp_path / "data" / "copies")
    with pytest.raises(DuizhaoError, match="not a Duizhao release"):
        check_release(tmp_path / "data" / "copies" / "1a2b")


def test_the_hash_of_rows_is_that_of_one_json_list() -> None:
    rows: list[Record] = [{"id": "a", "text": "灯塔"}, {"id": "b", "text": None}]
    for some in (rows[:0], rows[:1], rows):
        assert hash_rows(some) == hashlib.sha256(json.dumps(some, ensure_ascii=False).encode()).hexdigest()


def test_the_card_of_a_release_in_shards_has_its_counts_and_its_default_config(small_release: Path) -> None:
    samples = read_records(small_release)
    counts = {config: 1000 + len(rows) for config, rows in samples.items()}
    report = {"rows": counts}
    digests = dict.fromkeys(counts, "0" * 64)
    card = make_sharded_card("<!-- duizhao:counts -->", "big", report, digests, samples, ("parquet",))
    head = yaml.safe_load(card.split("---\n")[1])
    assert [one["config_name"] for one in head["configs"] if one.get("default")] == ["sentences"]
    assert f"| `articles` | {counts['articles']} |" in card


def test_a_row_that_only_json_lines_have_is_told(small_release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(small_release, copy)
    file = copy / "sentences" / "test.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    assert "parquet-jsonl" in {finding.id for finding in check_release(copy)}


def test_the_card_of_a_release_in_shards_fills_what_a_corpus_has_and_refuses_the_rest(
    small_release: Path,
) -> None:
    records = read_records(small_release)
    report: dict[str, Any] = {
        "rows": {config: len(rows) for config, rows in records.items()},
        "removed": {"by_category": {"share_call": {"blocks": 2, "characters": 1234}}},
        "characters": {"kept": 9000, "removed": 1234, "markup": 5},
    }
    digests = dict.fromkeys(report["rows"], "0" * 64)
    citation = {"title": "Walks", "authors": [{"name": "The walkers"}], "date-released": "2024-01-02"}

    def fill(asked: str) -> str:
        samples = {config: rows[:1] for config, rows in records.items()}
        card = make_sharded_card(
            f"<!-- duizhao:{asked} -->", "big", report, digests, samples, ("parquet",), citation
        )
        return card.rpartition("---\n")[2].strip()

    assert fill("acknowledged") == "0"
    assert fill("rows articles") == "2"
    assert "1,234" in fill("removed")
    assert fill("citation").startswith("```bibtex\n@")
    assert f'"id": "{records["articles"][0]["id"]}"' in fill("record articles")
    with pytest.raises(DuizhaoError, match="cannot fill the placeholder duizhao:splits for a corpus"):
        fill("splits")

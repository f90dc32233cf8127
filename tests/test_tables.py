from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Run
from duizhao.languages import BY_TAG
from duizhao.release.attachments import find_pictures
from duizhao.release.loading import read_records
from duizhao.report.plots import read_digest, write_plots
from duizhao.report.tables import (
    Table,
    beads,
    describe_records,
    entities,
    length_summary,
    lengths,
    removed,
    timeline,
)
from duizhao.schema import Record

RECORDS = read_records(ROOT / "dataset")
PLOTS = ROOT / "docs" / "plots"


def sentence(zh: str | None, en: str | None, bead: str = "1-1") -> dict[str, object]:
    return {"article_id": "a", "zh_hans": zh, "en": en, "bead": bead}


def test_a_release_has_only_the_tables_that_it_has_records_for(small_release: Path) -> None:
    small = [table.id for table in describe_records(read_records(small_release))]
    assert small == ["sizes", "articles", "beads", "length-summary", "lengths", "removed"]
    assert [table.id for table in describe_records(RECORDS)] == [*small, "entities", "timeline"]
    assert [table.id for table in describe_records({"sentences": [], "articles": [], "blocks": []})] == [
        "sizes"
    ]


def test_beads_are_counted_commonest_first() -> None:
    rows = [sentence("一", "One.", bead) for bead in ("1-1", "2-1", "1-1", "1-0")]
    assert beads(rows).rows == (("1-1", 2, 50.0), ("1-0", 1, 25.0), ("2-1", 1, 25.0))


def test_chinese_is_measured_in_characters_english_in_words_and_empty_sides_not_at_all() -> None:
    rows = [sentence("一二三", "One two."), sentence(None, "Alone."), sentence("十" * 12, None)]
    assert length_summary(rows).rows == (
        ("zh_hans", "characters", 3, 5.25, 7.5, 9.75, 12),
        ("en", "words", 1, 1.25, 1.5, 1.75, 2),
    )
    assert lengths(rows).rows == (("0-9", 1, 2), ("10-19", 1, 0))
    assert BY_TAG["en"].length(None) == 0


def test_what_was_removed_sums_to_the_files() -> None:
    table = removed(RECORDS["blocks"])
    sums = {row[0]: sum(int(cell) for cell in row[1:]) for row in table.rows}
    assert sums == {row["id"]: row["chars"]["raw"] for row in RECORDS["articles"]}


def test_mentions_are_counted_by_column() -> None:
    rows = [
        {"entity_id": id, "language": language}
        for id, language in [("b", "en"), ("a", "zh-Hans"), ("a", "zh-Hant"), ("a", "en")]
    ]
    assert entities(rows).rows == (("a", 1, 1, 1, 3), ("b", 0, 0, 1, 1))
    assert sum(int(row[-1]) for row in entities(RECORDS["mentions"]).rows) > len(RECORDS["mentions"]) / 2


def test_events_stand_in_their_order_with_the_articles_that_report_them() -> None:
    evidence = [{"article_id": "y"}, {"article_id": "x"}, {"article_id": "y"}]
    rows: list[Record] = [
        {"id": "late", "start": "2024-01-02", "evidence": []},
        {"id": "early", "start": "2024", "evidence": evidence},
    ]
    assert timeline(rows).rows == (("2024", "early", "x, y"), ("2024-01-02", "late", ""))


def test_the_command_prints_every_table_and_writes_nothing(run: Run, small_release: Path) -> None:
    before = sorted(small_release.rglob("*"))
    done = run("stats", small_release)
    assert done.returncode == 0, done.stderr
    assert all(table.title in done.stdout for table in describe_records(read_records(small_release)))
    assert sorted(small_release.rglob("*")) == before


@pytest.mark.slow
def test_pictures_are_the_same_bytes_every_time_and_carry_no_date(run: Run, tmp_path: Path) -> None:
    files = write_plots(describe_records(RECORDS), tmp_path / "one")
    done = run(
        "stats",
        ROOT / "dataset",
        "--plots",
        tmp_path / "two",
        env={"SOURCE_DATE_EPOCH": "1", "MPLBACKEND": "svg"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(tmp_path / "two" / file.name) for file in files]
    for file in files:
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name
        assert "<dc:date>" not in file.read_text(encoding="utf-8")
        assert file.read_text(encoding="utf-8").isascii(), f"{file.name}: a word that needs a Chinese font"


@pytest.mark.slow
def test_png_is_the_other_format(run: Run, small_release: Path, tmp_path: Path) -> None:
    assert run("stats", small_release, "--plots", tmp_path, "--format", "png").returncode == 0
    assert (tmp_path / "beads.png").read_bytes().startswith(b"\x89PNG")
    assert run("stats", small_release, "--plots", tmp_path, "--format", "bmp").returncode == 2


def test_a_picture_of_many_articles_draws_the_largest(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rows = tuple((f"article-{n:03d}", n, 0) for n in range(300))
    table = Table("removed", "Characters", ("article", "kept", "ad"), rows)
    (file,) = write_plots([table], tmp_path)
    drawn = file.read_text(encoding="utf-8")
    assert "Characters: the 40 largest" in drawn
    assert [f"article-{n:03d}" in drawn for n in (259, 260, 299)] == [False, True, True]


@pytest.mark.slow
def test_without_matplotlib_tables_work_and_pictures_say_what_to_install(small_release: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None; sys.argv = ['duizhao', 'stats', *sys.argv[1:]]; "
        "from duizhao.__main__ import main; main()"
    )
    done = [
        subprocess.run(
            [sys.executable, "-c", code, *args], capture_output=True, encoding="utf-8", check=False
        )
        for args in ([str(small_release)], [str(small_release), "--plots", "out"])
    ]
    assert [each.returncode for each in done] == [0, 1]
    assert done[1].stderr == "error: pictures need matplotlib; run: pip install 'duizhao[plots]'\n"


def test_the_committed_pictures_fit_the_release() -> None:
    """A stale picture is fixed by: duizhao stats --plots docs/plots (and then: duizhao build --strict)."""
    expected = {table.id: table.digest() for table in describe_records(RECORDS)}
    found = {file.stem: read_digest(file.read_text(encoding="utf-8")) for file in PLOTS.glob("*.svg")}
    assert found == {id: digest for id, digest in expected.items() if id in found}
    assert {"sizes", "beads", "lengths", "removed", "entities", "timeline"} <= set(found)


def test_the_card_shows_pictures_that_the_release_ships() -> None:
    pictures = find_pictures((ROOT / "dataset" / "README.md").read_text(encoding="utf-8"))
    named = json.loads((ROOT / "dataset" / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert pictures
    assert set(pictures) <= set(named)


@pytest.mark.parametrize("id", ["sizes", "beads", "lengths", "removed", "entities", "timeline"])
def test_a_table_without_rows_has_no_picture(id: str, tmp_path: Path) -> None:
    assert write_plots([Table(id, "Empty", ("a", "b"), ())], tmp_path) == []


def test_a_timeline_without_a_single_day_is_drawn(tmp_path: Path) -> None:
    assert write_plots(
        [Table("timeline", "Events", ("start", "event", "reported by"), (("2003", "a", "x"),))], tmp_path
    )

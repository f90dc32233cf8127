"""What became of an article or a row, and the tables of a release in shards."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from conftest import Run
from corpus_rows import article, write_lines
from duizhao.builder import build_release
from duizhao.corpus import Sizes, build_corpus, tell_why
from duizhao.corpus.ledger import LEGEND, _short
from duizhao.errors import InputError, ReleaseError
from duizhao.release import loading, read_records


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    rows: list[dict[str, Any] | bytes] = [
        *(article(number) for number in range(8)),
        {"id": "a:b", "text": "今天天气很好。"},
        {"id": "none"},
        b"{",
        {"id": "a:b", "text": "昨天下雨了。"},
    ]
    corpus = write_lines(folder / "corpus.jsonl", rows)
    build_corpus([str(corpus)], folder / "release", sizes=Sizes(1000, 2000), workers=1, most_rejected=0.5)
    return folder / "release"


def test_the_ledger_of_an_article_has_every_kept_and_removed_block(release: Path) -> None:
    head, _, _, *lines = tell_why(release, "walk-0003")
    assert head.startswith("walk-0003: corpus.jsonl#4: ")
    removed = [number for number, line in enumerate(lines) if line.startswith("- ")]
    assert len(removed) == 1 and "点击关注" in lines[removed[0]]
    assert "follow_call (" in lines[removed[0] + 1]
    assert any("今天天气很好" in line for line in lines)


def test_an_article_is_found_by_the_id_of_its_row_and_by_its_place(release: Path) -> None:
    told = tell_why(release, "a:b")
    assert told == tell_why(release, "a%3Ab")
    assert [line for line in told if "rejected" not in line] == tell_why(release, "corpus.jsonl#9")


def test_a_rejected_row_is_found_by_its_id_and_by_its_place(release: Path) -> None:
    assert tell_why(release, "none") == tell_why(release, "corpus.jsonl#10")
    assert tell_why(release, "corpus.jsonl#11") == [
        "corpus.jsonl: row 11: rejected: bad-json: not valid JSON (at column 2); it begins with '{'"
    ]


def test_a_row_that_was_rejected_because_its_id_is_kept_is_told_before_the_ledger(release: Path) -> None:
    head, rejected, *lines = tell_why(release, "a:b")
    assert head.startswith("a%3Ab: corpus.jsonl#9: ")
    assert rejected.startswith("corpus.jsonl: row 12: rejected: duplicate-id: ")
    assert tuple(lines[:2]) == LEGEND and all(len(line) <= 80 for line in LEGEND)
    assert "今天天气很好" in lines[2]


def test_an_article_of_a_folder_is_found_by_the_name_of_its_file(small_release: Path) -> None:
    told = tell_why(small_release, "harbor")
    assert told == tell_why(small_release, "zh/harbor.txt") == tell_why(small_release, "harbor.txt")
    with pytest.raises(InputError, match=r"did you mean harbor; of a file that a build refused, --raw RAW"):
        tell_why(small_release, "harbour")


def test_a_file_that_was_not_read_and_a_row_that_is_not_released_are_told_with_the_reason(
    small: Path,
) -> None:
    (small / "zh" / "notes.pdf").write_bytes(b"x")
    out = small.parent / "out"
    built = build_release(small, out, min_quality=0.999)
    (told,) = tell_why(out, "notes.pdf")
    assert told == tell_why(out, "zh/notes.pdf")[0]
    assert told.startswith("zh/notes.pdf: not released: skipped-file: not read, because of its kind")
    rows = [one for one in built.rejected if one.record_id is not None]
    assert rows
    for row in rows:
        (line,) = tell_why(out, row.record_id or "")
        assert line == f"{row.source}: {row.record_id}: rejected: {row.reason}: {row.message}"
        assert line in tell_why(out, row.article_id or "")


def test_a_file_that_a_build_refuses_is_told_from_the_raw_folder(small: Path, small_release: Path) -> None:
    (small / "zh" / "broken.txt").write_bytes(b"\x00\xff\x00")
    (small / "zh" / "later.txt").write_text("后来\n\n今天天气很好。\n", encoding="utf-8")
    (small / "README.md").write_text("x", encoding="utf-8")
    for release in (small_release, small.parent / "nothing there"):
        (line,) = tell_why(release, "broken.txt", small)
        assert line.startswith("zh/broken.txt: refused: ")
        assert tell_why(release, "later", small) == [
            "zh/later.txt: can be read, and the release does not hold it: build again"
        ]
        (line,) = tell_why(release, "README.md", small)
        assert line.startswith("README.md: not read: ")
        with pytest.raises(InputError, match="nobody"):
            tell_why(release, "nobody", small)


def test_the_ledger_has_80_columns_also_with_chinese_text(release: Path) -> None:
    texts = ["今天天气很好，" * 30, "word " * 60, "很长" * 100]
    assert [cell_len(_short(text, 40)) <= 40 for text in texts] == [True] * 3
    assert _short("今天天气很好", 12) == "今天天气很好"
    blocks = [line for line in tell_why(release, "walk-0003")[1:] if " zh " in line]
    assert blocks and all(cell_len(line) <= 80 for line in blocks)


def test_what_is_not_there_is_told(release: Path, small_release: Path) -> None:
    for folder in (release, small_release):
        with pytest.raises(InputError) as error:
            tell_why(folder, "nobody")
        assert error.value.id == "unknown-article"


def test_why_works_on_a_release_of_a_folder_and_without_one_on_dataset(
    small_release: Path, run: Run, tmp_path: Path
) -> None:
    import duizhao

    id = duizhao.load("articles", path=small_release, as_="arrow")["id"][0].as_py()
    done = run("why", small_release, id)
    assert done.returncode == 0 and done.stdout.startswith(f"{id}: zh/")
    assert max(map(cell_len, done.stdout.splitlines())) <= 80
    shutil.copytree(small_release, tmp_path / "dataset")
    alone = run("why", id, cwd=tmp_path)
    assert (alone.stdout, alone.stderr) == (
        done.stdout,
        "release: dataset, in the folder you are in\n",
    )
    assert run("why", "a", "b", "c", cwd=tmp_path).returncode == 2


@pytest.mark.slow
def test_stats_and_view_read_a_release_in_shards(release: Path, tmp_path: Path, run: Run) -> None:
    done = run("stats", release)
    assert done.returncode == 0 and "Rejected rows" in done.stdout and "walks-1" in done.stdout
    done = run("view", release, "--article", "walk-0002", "--out", "page.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "walk-0002" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert run("view", release, "--out", "whole.html", cwd=tmp_path).returncode == 0
    whole = (tmp_path / "whole.html").read_text(encoding="utf-8")
    assert all(f"walk-{number:04d}" in whole for number in range(8))


def test_a_release_in_shards_that_is_too_large_to_be_read_as_a_whole_is_told(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(read_records(release)["articles"]) == 9
    monkeypatch.setattr(loading, "MOST_ROWS", 20)
    with pytest.raises(ReleaseError, match="at most 20 are read as a whole; take single articles") as error:
        read_records(release)
    assert error.value.id == "large-release"

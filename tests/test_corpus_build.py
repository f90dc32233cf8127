"""A build of a corpus: its bytes do not depend on workers or kills, bad rows are told, the release is
whole.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer

import duizhao
from conftest import Run, snapshot
from corpus_rows import article, write_lines
from duizhao.annotations import Annotations
from duizhao.cli import _read_names
from duizhao.corpus import Sizes, build_corpus, engines, work
from duizhao.corpus.engines import Context, ProcessEngine
from duizhao.corpus.inputs import find_inputs
from duizhao.corpus.pieces import cut_pieces
from duizhao.corpus.progress import open_progress, read_proof, write_proof
from duizhao.corpus.rows import read_rows
from duizhao.corpus.tally import Tally
from duizhao.errors import InputError, ReleaseError
from duizhao.records import Options, make_article, prepare_documents
from duizhao.release import SeenIds, read_manifest, read_records, validate_release
from duizhao.report import print_report
from duizhao.schema import problems
from duizhao.text import make_document
from duizhao.text.document import Document

HARNESS = Path(__file__).parent / "corpus_faults.py"
SMALL = Sizes(piece=1000, shard=2500)
ROWS = [article(number) for number in range(20)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lines(tmp_path_factory.mktemp("corpus") / "corpus.jsonl", ROWS)


@pytest.fixture(scope="module")
def release(corpus: Path) -> Path:
    """A release of several shards. Read only."""
    out = corpus.parent / "release"
    build_corpus([str(corpus)], out, sizes=SMALL, workers=1, formats=("parquet", "jsonl"))
    return out


def test_a_release_in_shards_is_valid_and_has_every_article(release: Path) -> None:
    findings, counts = validate_release(release)
    assert [finding for finding in findings if finding.level != 4] == []
    articles = duizhao.load("articles", path=release, as_="arrow").to_pylist()
    assert [row["id"] for row in articles] == [row["id"] for row in ROWS]
    assert counts["articles"] == 20
    shards = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["shards"]
    assert shards["count"] > 2
    assert (release / "data" / "blocks" / f"train-00000-of-{shards['count']:05d}.jsonl").is_file()


def test_rows_of_a_corpus_are_those_of_the_pipeline(release: Path) -> None:
    sentences = duizhao.load("sentences", path=release, as_="arrow").to_pylist()
    blocks = duizhao.load("blocks", path=release, as_="arrow").to_pylist()
    made = [make_article(make_document(row["id"], row["text"]), None, Annotations()).records for row in ROWS]
    assert sentences == [row for records in made for row in records["sentences"]]
    assert blocks == [row for records in made for row in records["blocks"]]


def test_a_broken_release_in_shards_is_found(release: Path, tmp_path: Path, run: Run) -> None:
    shutil.copytree(release, tmp_path / "release")
    shard = sorted((tmp_path / "release" / "data" / "sentences").glob("*.parquet"))[1]
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    done = run("validate", "release", cwd=tmp_path)
    assert done.returncode == 1
    assert "file-hash" in done.stderr and shard.name in done.stderr


@pytest.mark.slow
def test_load_dataset_streams_the_shards(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    rows = datasets.load_dataset(str(release), "sentences", split="train", streaming=True)
    assert next(iter(rows))["article_id"] == "walk-0000"
    assert rows.features == duizhao.load("sentences", path=release).features


def test_the_report_adds_up_and_fits_its_schema(release: Path) -> None:
    report = json.loads((release / "report.json").read_text(encoding="utf-8"))
    assert problems("release/report", report) == []
    blocks = duizhao.load("blocks", path=release, as_="arrow").to_pylist()
    removed = sum(row["raw_end"] - row["raw_start"] for row in blocks if row["label"] == "drop")
    assert report["characters"]["removed"] == removed > 0
    for table in ("by_category", "by_reason"):
        assert sum(found["characters"] for found in report["removed"][table].values()) == removed
    assert {name: found["articles"] for name, found in report["sources"].items()} == {
        "walks-0": 10,
        "walks-1": 10,
    }
    assert sum(found["removed"] for found in report["sources"].values()) == removed


def test_bad_rows_are_told_with_their_place_and_the_build_goes_on(tmp_path: Path) -> None:
    rows: list[Any] = [
        *ROWS[:3],
        b'{"id": "bytes", "text": "\xff"}',
        {"id": "none"},
        b"",
        b'{"id": "half", "text": "\\ud800"}',
        {"id": 5, "text": 5},
        ROWS[1],
        {"id": "large", "text": "x" * 5000},
        ROWS[4],
    ]
    corpus = write_lines(tmp_path / "corpus.jsonl", rows)
    out = tmp_path / "out"
    report = build_corpus([str(corpus)], out, sizes=Sizes(10**6, 10**6, 4000), workers=1, most_rejected=0.9)
    lines = [json.loads(line) for line in (out / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["row"], line["article_id"], line["reason"]) for line in lines] == [
        (4, None, "bad-utf8"),
        (5, "none", "no-text"),
        (7, "half", "lone-surrogate"),
        (8, "5", "wrong-type"),
        (9, "walk-0001", "duplicate-id"),
        (10, None, "row-too-large"),
    ]
    assert all(problems("release/rejected", line) == [] for line in lines)
    assert report["rows"]["articles"] == 4
    assert report["rejected"]["rows"] == 6
    assert lines[0]["message"].endswith("""; it begins with '{"id": "bytes", "text": "\ufffd"}'""")


def test_a_duplicate_in_another_shard_is_rejected_with_its_rows(tmp_path: Path) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", [*ROWS, ROWS[0], *ROWS[5:7], article(99)])
    build_corpus([str(corpus)], tmp_path / "out", sizes=SMALL, workers=1, most_rejected=0.5)
    articles = duizhao.load("articles", path=tmp_path / "out", as_="arrow")["id"].to_pylist()
    assert articles == [*(row["id"] for row in ROWS), "walk-0099"]
    findings, _ = validate_release(tmp_path / "out")
    assert [finding for finding in findings if finding.level != 4] == []
    rejected = (tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["row"] for line in rejected] == [21, 22, 23]


@pytest.mark.slow
def test_two_rows_of_a_pair_become_one_article(tmp_path: Path) -> None:
    zh = {"id": "a", "text": "今天天气很好。我们去公园。", "pair_id": "1", "title": "天气"}
    en = {"id": "a-en", "text": "The weather is fine. We go to the park.", "pair_id": "1", "language": "en"}
    alone = {"id": "b", "text": "Nobody is here.", "language": "en"}
    corpus = write_lines(tmp_path / "corpus.jsonl", [en, zh, alone])
    build_corpus([str(corpus)], tmp_path / "out", workers=1, most_rejected=0.5)
    [row] = duizhao.load("articles", path=tmp_path / "out", as_="arrow").to_pylist()
    assert (row["raw_path"], row["en_path"], row["title"]["zh_hans"]) == (
        "corpus.jsonl#2",
        "corpus.jsonl#1",
        "天气",
    )
    rejected = json.loads((tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8"))
    assert (rejected["article_id"], rejected["reason"]) == ("b", "no-chinese")


def test_one_bad_row_may_be_in_a_small_corpus_and_none_with_0(tmp_path: Path) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", [*ROWS[:2], {"id": "none"}])
    with pytest.raises(InputError, match="allows 0"):
        build_corpus([str(corpus)], tmp_path / "out", workers=1, most_rejected=0)
    assert not (tmp_path / "out").exists()
    build_corpus([str(corpus)], tmp_path / "out", workers=1)


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_number_of_workers(release: Path, tmp_path: Path, run: Run) -> None:
    write_lines(tmp_path / "corpus.jsonl", ROWS)
    code = (
        "from duizhao.corpus import *; from pathlib import Path\n"
        "if __name__ == '__main__':\n"
        "    build_corpus(['corpus.jsonl'], Path('release'), sizes=Sizes(1000, 2500), workers=3, "
        "formats=('parquet', 'jsonl'))"
    )
    (tmp_path / "build.py").write_text(code, encoding="utf-8")
    subprocess.run([sys.executable, "build.py"], cwd=tmp_path, check=True)
    assert snapshot(tmp_path / "release") == snapshot(release)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")
def test_a_build_killed_at_50_moments_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(tmp_path), "50"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 50


def test_a_finished_piece_is_not_made_again_and_a_changed_one_is(tmp_path: Path) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", [*ROWS, {"id": "none"}, {"id": "nothing"}])
    out, progress = tmp_path / "out", tmp_path / ".out.duizhao" / "progress"
    times = []
    for _ in range(2):
        with pytest.raises(InputError, match="rows are rejected"):
            build_corpus([str(corpus)], out, sizes=SMALL, workers=1)
        shards = sorted((progress / "shards").glob("*/proof.json"))
        times.append([shard.stat().st_mtime_ns for shard in shards])
    assert times[0] == times[1]
    damaged = shards[0].parent / "blocks.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    build_corpus([str(corpus)], out, sizes=SMALL, workers=1, most_rejected=0.5)
    assert [finding for finding in validate_release(out)[0] if finding.level != 4] == []
    assert not progress.exists()


def test_a_corpus_that_changed_in_place_is_built_from_its_new_rows(tmp_path: Path) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", [*ROWS, {"id": "none"}, {"id": "nothing"}])
    with pytest.raises(InputError):
        build_corpus([str(corpus)], tmp_path / "out", sizes=SMALL, workers=1)
    data = corpus.read_bytes()
    corpus.write_bytes(data.replace("公园".encode(), "森林".encode()))
    assert len(data) == corpus.stat().st_size
    build_corpus([str(corpus)], tmp_path / "out", sizes=SMALL, workers=1, most_rejected=0.5)
    texts = duizhao.load("articles", path=tmp_path / "out", as_="arrow").to_pylist()
    assert "森林" in texts[0]["text"]["zh_hans"] and "公园" not in str(texts)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no limit of the system")
def test_a_full_disk_is_told_and_nothing_half_written_is_visible(tmp_path: Path, run: Run) -> None:
    write_lines(tmp_path / "corpus.jsonl", ROWS)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    done = run("build", "corpus.jsonl", "--out", "out", "--workers", "1", cwd=tmp_path, preexec_fn=limit)
    assert done.returncode == 1
    assert done.stderr.startswith("error: out: cannot be written (")
    assert done.stderr.endswith("File too large); the old release is untouched\n")
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.rglob("*.part")) == []
    assert run("build", "corpus.jsonl", "--out", "out", "-q", cwd=tmp_path).returncode == 0


def children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(part) for part in found.split()]


def engine(folder: Path, corpus: Path) -> tuple[ProcessEngine, Any]:
    (folder / "pieces").mkdir(parents=True)
    pieces = cut_pieces(read_rows(find_inputs([str(corpus)])[0]), 3000, 10**6)
    return ProcessEngine(Context(folder, Options()), 1), next(iter(pieces))


def kill_workers(made: ProcessEngine, times: int) -> None:
    """Kill the worker of an engine as soon as it has a task, several times."""

    def kill() -> None:
        last = 0
        for _ in range(times):
            while made._workers[0].process.pid == last:
                time.sleep(0.01)
            last = made._workers[0].process.pid
            os.kill(last, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_worker_that_dies_once_is_replaced(corpus: Path, tmp_path: Path) -> None:
    made, piece = engine(tmp_path, corpus)
    try:
        made.submit(piece)
        kill_workers(made, 1)
        task, proof = made.next()
        assert task.number == piece.number and proof["rows"] == len(piece.rows)
    finally:
        made.close()


def test_row_by_row_each_article_is_prepared_before_the_next_row_is_read(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = next(iter(cut_pieces(read_rows(find_inputs([str(corpus)])[0]), 3000, 10**6)))
    together = work.process_piece(piece, Options())
    places: list[int] = []
    prepared: list[tuple[int, list[str]]] = []

    def prepare(documents: Sequence[Document], *rest: Any) -> Any:
        prepared.append((places[-1], [document.id for document in documents]))
        return prepare_documents(documents, *rest)

    monkeypatch.setattr(work, "prepare_documents", prepare)
    alone = work.process_piece(piece, Options(), at=places.append, row_by_row=True)
    assert (alone.records, alone.made) == (together.records, together.made)
    assert prepared == [(one.place, [one.id]) for one in alone.made]


def test_a_fault_in_preparing_documents_together_costs_no_other_row(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = next(iter(cut_pieces(read_rows(find_inputs([str(corpus)])[0]), 3000, 10**6)))
    whole = work.process_piece(piece, Options())
    fault: list[BaseException] = [ValueError("first line\nsecond")]

    def make(zh: Document, *rest: Any) -> Any:
        if zh.id == "walk-0001":
            raise fault[0]
        return make_article(zh, *rest)

    def prepare(documents: Sequence[Document], *rest: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(work, "make_article", make)
    monkeypatch.setattr(work, "prepare_documents", prepare)
    made = work.process_piece(piece, Options())
    assert [(one.id, one.row, one.reason) for one in made.rejected] == [("walk-0001", 2, "internal-error")]
    assert made.rejected[0].message == "a fault of Duizhao (ValueError: first line); please report it"
    assert made.made == [one for one in whole.made if one.id != "walk-0001"]
    fault[0] = InputError("no-text", "told")
    [one] = work.process_piece(piece, Options()).rejected
    assert (one.reason, one.message) == ("no-text", "told")
    fault[0] = MemoryError()
    with pytest.raises(MemoryError):
        work.process_piece(piece, Options())


def test_what_a_killed_build_was_writing_is_removed_by_the_next(tmp_path: Path) -> None:
    settings = {"threshold": 0.5}
    assert not open_progress(tmp_path / "progress", settings)
    part = tmp_path / "progress" / "pieces" / "0000001.arrow.12.part"
    whole = part.with_name("0000001.arrow")
    part.write_bytes(b"half")
    whole.write_bytes(b"whole")
    assert open_progress(tmp_path / "progress", settings)
    assert not part.exists() and whole.exists()
    assert not open_progress(tmp_path / "progress", {"threshold": 0.6})
    assert not whole.exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_worker_that_dies_twice_is_named_with_its_row(corpus: Path, tmp_path: Path) -> None:
    made, piece = engine(tmp_path, corpus)
    try:
        made.submit(piece)
        kill_workers(made, 2)
        with pytest.raises(
            InputError, match=r"corpus.jsonl: row 1: a worker died twice there \(signal 9"
        ) as error:
            made.next()
        assert error.value.id == "worker-died"
    finally:
        made.close()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_workers_end_with_a_build_that_is_killed(tmp_path: Path) -> None:
    write_lines(
        tmp_path / "corpus.jsonl", [{"id": f"a{n}", "text": ROWS[0]["text"] * 60} for n in range(400)]
    )
    command = [
        sys.executable,
        "-m",
        "duizhao",
        "build",
        "corpus.jsonl",
        "--out",
        "out",
        "--workers",
        "2",
        "-q",
    ]
    process = subprocess.Popen(command, cwd=tmp_path)
    workers: list[int] = []
    while len(workers) < 2:
        time.sleep(0.05)
        workers = [
            pid for pid in children(process.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
    process.kill()
    process.wait()
    for _ in range(100):
        if not any(Path(f"/proc/{pid}").exists() for pid in workers):
            break
        time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_ids_are_seen_again_after_they_went_to_the_disk(tmp_path: Path) -> None:
    seen = SeenIds(tmp_path, run=10)
    hashes = [bytes([number]) * 15 + b"\0" for number in range(100)]
    for number in range(0, 100, 5):
        assert seen.add(b"".join(hashes[number : number + 5])) == []
    assert seen.add(hashes[3] + b"x" * 16 + hashes[97]) == [0, 2]
    assert len(list(tmp_path.iterdir())) == 10


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_fields_that_have_other_names_are_read_if_they_are_named(tmp_path: Path, suffix: str) -> None:
    rows = [{"post_id": n, "content": f"今天天气很好，第{n}天。", "who": "甲"} for n in range(1, 4)]
    corpus = tmp_path / f"posts.{suffix}"
    if suffix == "jsonl":
        write_lines(corpus, rows)
    else:
        pq.write_table(pa.Table.from_pylist(rows), corpus)
    with pytest.raises(InputError, match="--fields id=") as error:
        build_corpus([str(corpus)], tmp_path / "out", workers=1)
    assert "post_id" in str(error.value) and "content" in str(error.value)
    names = {"id": "post_id", "text": "content", "source": "who"}
    build_corpus([str(corpus)], tmp_path / "out", workers=1, names=names)
    records = read_records(tmp_path / "out")
    assert [(row["id"], row["publisher"]) for row in records["articles"]] == [
        ("1", "甲"),
        ("2", "甲"),
        ("3", "甲"),
    ]
    assert read_manifest(tmp_path / "out")["settings"]["fields"] == names


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_fields_that_are_not_read_are_counted_and_told(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[dict[str, Any]] = [
        {"id": n, "content": f"今天天气很好，第{n}天。", "text": "", "tags": ["甲"], "likes": 3}
        for n in range(3)
    ]
    corpus = tmp_path / f"posts.{suffix}"
    if suffix == "jsonl":
        del rows[1]["likes"]
        write_lines(corpus, rows)
    else:
        pq.write_table(pa.Table.from_pylist(rows), corpus)
    report = build_corpus([str(corpus)], tmp_path / "out", workers=1, names={"text": "content"})
    assert report["unread"] == {"likes": 2 if suffix == "jsonl" else 3, "tags": 3, "text": 3}
    assert problems("release/report", report) == []
    print_report(report, tmp_path / "out")
    assert "Not read: 3 fields of the rows (" in capsys.readouterr().out
    report = build_corpus([str(write_lines(tmp_path / "a.jsonl", ROWS))], tmp_path / "out", workers=1)
    assert report["unread"] == {}


def test_names_of_fields_are_read_and_wrong_ones_are_told() -> None:
    assert _read_names("id=post_id, text=content") == {"id": "post_id", "text": "content"}
    for told in ("id", "who=x", "id=", "id=a,id=b"):
        with pytest.raises(typer.BadParameter, match="is not FIELD=NAME; FIELD is one of id, text, html"):
            _read_names(told)


def forge_shard(folder: Path, config: str, number: int, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change the rows of a shard, and state its new hash in the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    name = f"data/{config}/train-{number:05d}-of-{manifest['shards']['count']:05d}.parquet"
    pq.write_table(change(pq.read_table(folder / name)), folder / name)
    manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize(("config", "change", "found"), [
    ("articles", lambda table: pa.concat_tables([table, table.slice(0, 1)]), {"duplicate-id", "row-count"}),
    ("articles", lambda table: table.slice(0, table.num_rows - 1), {"dangling-reference"}),
    ("blocks", lambda table: table.drop_columns(["reason"]), {"parquet-schema"}),
])  # fmt: skip
def test_a_forged_shard_whose_hash_is_right_is_found_by_its_rows(
    release: Path, tmp_path: Path, config: str, change: Callable[[pa.Table], pa.Table], found: set[str]
) -> None:
    shutil.copytree(release, tmp_path / "release")
    forge_shard(tmp_path / "release", config, 1, change)
    findings, _ = validate_release(tmp_path / "release")
    assert {finding.id for finding in findings if finding.level != 4} >= found


def test_a_corpus_in_json_lines_alone_is_told_to_have_no_parquet_and_its_card_has_examples(
    tmp_path: Path,
) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", ROWS[:2])
    (tmp_path / "DATASET_CARD.md").write_text(
        "# Walks\n\n<!-- duizhao:counts -->\n\n<!-- duizhao:record articles -->\n\n"
        "<!-- duizhao:rows articles --> articles\n",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    build_corpus([str(corpus)], out, tmp_path / "DATASET_CARD.md", workers=1, formats=("jsonl",))
    assert {path.suffix for path in (out / "data").rglob("*.*")} == {".jsonl"}
    card = (out / "README.md").read_text(encoding="utf-8")
    assert '"id": "walk-000' in card and "2 articles" in card
    assert [finding.id for finding in validate_release(out)[0]] == ["unreadable-parquet"]
    with pytest.raises(ReleaseError, match=r"has no Parquet; read data/articles/\*\.jsonl"):
        duizhao.load("articles", path=out)


def test_a_fault_of_ours_in_one_row_rejects_this_row_and_the_build_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(document: Document, *rest: Any) -> Any:
        if document.id == "walk-0001":
            raise ZeroDivisionError("division by zero")
        return make_article(document, *rest)

    monkeypatch.setattr(work, "make_article", make)
    corpus = write_lines(tmp_path / "corpus.jsonl", ROWS[:3])
    report = build_corpus([str(corpus)], tmp_path / "out", workers=1)
    assert report["rows"]["articles"] == 2
    [line] = (tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["article_id"] == "walk-0001"
    assert json.loads(line)["reason"] == "internal-error"
    assert "ZeroDivisionError: division by zero" in json.loads(line)["message"]


def test_a_corpus_of_very_many_sources_counts_the_later_ones_together() -> None:
    tally = Tally()
    for number in range(1003):
        tally.reject(f"site-{number}", {"reason": "no-text", "row": number})
    sources = tally.report(dict.fromkeys(("sentences", "articles", "blocks"), 0))["sources"]
    assert len(sources) == 1001
    assert sources["(others)"]["rejected"] == 3
    assert sources["site-0"]["rejected"] == 1


def test_counts_of_a_part_are_added_as_if_its_articles_were_counted_one_by_one() -> None:
    made = [{"source": f"site-{number % 1500}", "sentences": 2, "blocks": 2} for number in range(3000)]
    row = ("zh", "drop", "advert", "cue: x · place", 0, 7), ("en", "keep", None, None, 0, 9)
    whole, parts = Tally(), Tally()
    whole.add(made, row * 3000, [])
    for start in (0, 1700):
        some = made[start : start + 1700]
        part = Tally(most=5000)
        part.add(some, row * len(some), [])
        parts.merge(part.as_json())
    assert parts.as_json() == whole.as_json()
    assert parts.as_json()["sources"]["(others)"] == {"articles": 1000, "sentences": 2000, "drop": 7000}
    assert whole.characters == {"drop": 21000}


@pytest.mark.parametrize("text", ["", "[]", '{"input": "other", "files": {}}', '{"input": "same"}'])
def test_a_proof_that_is_cut_off_or_of_other_rows_counts_for_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text(text, encoding="utf-8")
    assert read_proof(tmp_path / "proof.json", "same") is None


def test_a_proof_counts_only_while_its_files_are_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"rows")
    sha256 = hashlib.sha256(b"rows").hexdigest()
    write_proof(tmp_path / "proof.json", {"input": "same", "files": {"a": sha256}})
    assert read_proof(tmp_path / "proof.json", "same") == {"input": "same", "files": {"a": sha256}}
    (tmp_path / "a").write_bytes(b"other")
    assert read_proof(tmp_path / "proof.json", "same") is None


def test_a_worker_sends_back_proofs_and_errors_until_its_pipe_is_closed(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "pieces").mkdir()
    piece = next(iter(cut_pieces(read_rows(find_inputs([str(corpus)])[0]), 3000, 10**6)))
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.getsignal(getattr(signal, name)) for name in names}
    places = [-1]

    def work_on(folder: Path) -> Any:
        ours, theirs = multiprocessing.Pipe()
        ours.send((piece, False))

        def take() -> None:
            ours.poll(60)
            results.append(ours.recv())
            ours.close()

        closer = threading.Thread(target=take)
        closer.start()
        engines._work(theirs, Context(folder, Options()), places, 0)
        closer.join()
        return results.pop()

    results: list[Any] = []
    try:
        proof = work_on(tmp_path)
        assert (proof["input"], proof["rows"]) == (piece.digest, len(piece.rows))
        assert places == [len(piece.rows) - 1]
        error = work_on(tmp_path / "missing")
        assert isinstance(error, ReleaseError) and error.id == "cannot-write"
        assert "what is finished is kept" in str(error)
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)

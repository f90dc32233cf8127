"""Near-duplicates of a corpus: the first is kept, the others are told, whatever the pieces, kills and ids
are.
"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import duizhao
from conftest import Run, snapshot
from corpus_rows import article, write_lines
from duizhao.cli import app
from duizhao.corpus import Sizes, build_corpus
from duizhao.corpus.duplicates import KeptArticles
from duizhao.errors import InputError
from duizhao.release import validate_release
from duizhao.schema import problems
from duizhao.text import convert

CHARACTERS = "今天我们从公园走到河边大家都在那里喝茶看书说起去年冬天的事情后来又到了图书馆和车站"
SMALL = Sizes(piece=2000, shard=5000)


def story(number: int) -> str:
    chance = random.Random(number)
    return "\n\n".join("".join(chance.choices(CHARACTERS, k=30)) + "。" for _ in range(12))


STORIES = [story(number) for number in range(8)]
ROWS = [
    *({"id": f"s{number}", "text": text} for number, text in enumerate(STORIES)),
    {"id": "reprint", "text": f"{STORIES[2]}\n\n那天晚上下了雪，我们在山上的小屋里过夜。"},
    article(1),
    {"id": "again", "text": STORIES[5]},
    {"id": "s3", "text": STORIES[4]},
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lines(tmp_path_factory.mktemp("duplicates") / "corpus.jsonl", ROWS)


@pytest.fixture(scope="module")
def release(corpus: Path) -> Path:
    """Built in several shards. Read only."""
    out = corpus.parent / "release"
    build_corpus([str(corpus)], out, sizes=SMALL, workers=1, similarity=0.8)
    return out


def test_the_first_is_kept_and_the_others_are_told_with_their_cluster(release: Path) -> None:
    ids = duizhao.load("articles", path=release, as_="arrow")["id"].to_pylist()
    assert ids == [*(f"s{number}" for number in range(8)), "walk-0001"]
    lines = [json.loads(line) for line in (release / "duplicates.jsonl").read_text("utf-8").splitlines()]
    assert all(problems("release/duplicates", line) == [] for line in lines)
    assert [(line["kept"], line["left_out"], line["row"]) for line in lines] == [
        ("s2", "reprint", 9),
        ("s5", "again", 11),
    ]
    assert 0.8 <= lines[0]["similarity"] < lines[1]["similarity"] == 1
    rejected = [json.loads(line) for line in (release / "rejected.jsonl").read_text("utf-8").splitlines()]
    assert [(line["article_id"], line["reason"]) for line in rejected] == [
        ("reprint", "near-duplicate"),
        ("again", "near-duplicate"),
        ("s3", "duplicate-id"),
    ]
    assert "'s2'" in rejected[0]["message"]
    assert [finding for finding in validate_release(release)[0] if finding.level != 4] == []
    assert json.loads((release / "manifest.json").read_text("utf-8"))["shards"]["count"] > 1


def test_near_duplicates_do_not_count_as_rejected_and_all_are_kept_without_the_option(tmp_path: Path) -> None:
    corpus = write_lines(tmp_path / "corpus.jsonl", [{"id": name, "text": STORIES[0]} for name in "abc"])
    build_corpus([str(corpus)], tmp_path / "one", workers=1, similarity=0.8, most_rejected=0)
    assert duizhao.load("articles", path=tmp_path / "one", as_="arrow")["id"].to_pylist() == ["a"]
    build_corpus([str(corpus)], tmp_path / "all", workers=1, most_rejected=0)
    assert duizhao.load("articles", path=tmp_path / "all", as_="arrow")["id"].to_pylist() == ["a", "b", "c"]
    assert not (tmp_path / "all" / "duplicates.jsonl").exists()


def test_a_build_that_goes_on_leaves_out_the_same_articles(
    release: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus.parent)
    seen = []

    def stop(what: str, done: int, total: int) -> None:
        if what.endswith("row 11"):
            seen.append(what)
            if len(seen) == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_corpus([str(corpus)], tmp_path / "release", sizes=SMALL, workers=1, similarity=0.8, tick=stop)
    assert list((tmp_path / ".release.duizhao/progress/shards").glob("*/proof.json"))
    build_corpus([str(corpus)], tmp_path / "release", sizes=SMALL, workers=1, similarity=0.8, tick=stop)
    assert snapshot(tmp_path / "release") == snapshot(release)


def test_a_traditional_copy_is_a_near_duplicate(tmp_path: Path) -> None:
    simple = "我们在图书馆里读书，后来去了车站，火车已经开走了。" + "今天的会议讨论了经济和贸易的问题。" * 2
    hant = convert(simple, "zh-Hant")
    rows = [{"id": "hans", "text": simple}, {"id": "hant", "text": hant}]
    corpus = write_lines(tmp_path / "corpus.jsonl", rows)
    build_corpus([str(corpus)], tmp_path / "out", workers=1, similarity=0.8)
    assert duizhao.load("articles", path=tmp_path / "out", as_="arrow")["id"].to_pylist() == ["hans"]


def test_articles_without_a_text_are_no_duplicates() -> None:
    kept = KeptArticles(0.8)
    assert kept.decide([("a", ""), ("b", "")], ()) == {}


def test_time_is_linear_where_all_articles_share_a_band() -> None:
    def spend(count: int) -> float:
        kept, chance = KeptArticles(0.8), random.Random(0)
        start = time.process_time()
        for number in range(count):
            kept.add(str(number), bytes(400) + chance.randbytes(112))
            kept.find(bytes(400) + chance.randbytes(112))
        return time.process_time() - start

    spend(100)
    assert spend(4000) < 16 * spend(500) + 0.2
    assert max(map(len, KeptArticles(0.8)._buckets.values()), default=0) <= 8


def test_a_similarity_out_of_range_is_told_before_any_work(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="allowed: above 0"):
        build_corpus([str(corpus)], tmp_path / "out", similarity=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_takes_keep_first_and_nothing_else(corpus: Path, tmp_path: Path, run: Run) -> None:
    for options, message in (
        (["--deduplicate", "random"], "'random' is not keep-first"),
        (["--similarity", "0.9"], "goes only with --deduplicate"),
    ):
        told = CliRunner().invoke(app, ["build", str(corpus), "--out", str(tmp_path / "out"), *options])
        assert told.exit_code == 2 and message in told.output
    done = run("build", str(corpus), "--out", "out", "--deduplicate", "keep-first", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "duplicates.jsonl").exists()

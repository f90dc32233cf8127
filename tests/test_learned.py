"""What the cleaner has learned: its file, its forest, its traits, and the command that fits it."""

from __future__ import annotations

import hashlib
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from duizhao.cleaning import traits as traits_module
from duizhao.cleaning.chain import load_model, read_model
from duizhao.cleaning.characters import (
    fold_script,
    load_characters,
    pack_arrays,
    pack_characters,
    read_characters,
    windows,
)
from duizhao.cleaning.forest import Forest, grow
from duizhao.cleaning.form import Piece
from duizhao.cleaning.learned import (
    FILE,
    Caution,
    Trust,
    be_careful,
    load_learned,
    pack_learned,
    read_learned,
    speaking_kinds,
    trust_chain,
)
from duizhao.cleaning.lexicon import RANK, find_cues, load_cues
from duizhao.cleaning.ngrams import NgramWeights, score_ngrams
from duizhao.cleaning.reasons import KIND_WORDS
from duizhao.cleaning.traits import COLUMNS, LOCAL, Traits, column_kinds, matrices, measure_traits
from duizhao.cleaning.verdicts import PRESETS, THRESHOLD, clean, gather, judge, judge_together, weigh
from duizhao.records.batches import ITEMS, LARGE, MOST, in_batches
from duizhao.text import find_blocks, make_document

ROOT = Path(__file__).parents[1]
STORY = "\n\n".join(
    f"那一年的秋天来得很早，院子里的柿子还没有红透，祖母已经把第{number}根竹竿找了出来。"
    for number in range(6)
)


def traits_of(text: str) -> tuple[list[Piece], Traits]:
    document, model = make_document("text", text), load_model()
    evidence = gather(document, find_blocks(document))
    chances = weigh(evidence, model)
    pieces = [evidence.pieces[index] for index in evidence.judged]
    names = [evidence.names[index] for index in evidence.judged]
    seen = [chances.get(index, (0.0, 0.0)) for index in evidence.judged]
    return pieces, measure_traits(text, pieces, names, seen, model, load_learned().tables)


def scores_of(texts: Sequence[str], ngrams: NgramWeights) -> NDArray[np.float32]:
    characters = read_characters(texts, load_characters())
    return score_ngrams(characters, *windows(characters), ngrams)


def column(text: str, name: str) -> dict[str, float]:
    pieces, traits = traits_of(text)
    return {
        piece.text: float(value)
        for piece, value in zip(pieces, traits.local[:, LOCAL.index(name)], strict=True)
    }


@pytest.mark.parametrize(
    "text", ["狀態碼：200", "閱讀狀態", "發佈時間：2024", "發布時間：2024", "发布时间：2024"]
)
def test_a_cue_is_found_in_each_traditional_form_of_its_characters(text: str) -> None:
    assert [hit.start for hit in find_cues([text], load_cues())[0]] == [0]


def test_a_text_keeps_its_length_where_scripts_are_folded() -> None:
    text = "發佈😀時間\ud800：Ａ9"
    assert fold_script(text) == "发布😀时间\ud800：Ａ9"


def test_the_score_of_n_grams_is_the_same_in_both_scripts_and_on_all_dates() -> None:
    texts = ["发布时间：2024年5月1日", "發佈時間：2019年3月7日", "院子里的柿子还没有红透"]
    scores = scores_of(texts, load_learned().tables.ngrams)
    assert np.array_equal(scores[0], scores[1]) and not np.array_equal(scores[0], scores[2])


def test_a_forest_adds_the_leaves_that_a_row_falls_into() -> None:
    forest = Forest(
        np.array([[0, 1], [1, 0]], np.int16), np.array([[0.5, 2.0], [1.0, np.inf]], np.float32),
        np.array([[1, 2, 3, 4], [10, 20, 30, 40]], np.int16), 0.5, 1.0, 2.0, 0,
    )  # fmt: skip
    rows = np.array([[0, 0], [1, 0], [0, 3], [1, 3]], np.float32)
    assert grow(rows, forest).tolist() == [6.5, 9.0, 12.5, 15.0]


def test_a_short_text_is_the_chains_and_a_long_one_the_forests() -> None:
    _, traits = traits_of(STORY)
    logits, size = np.linspace(-3, 3, len(traits.local)), len("".join(STORY.split()))
    chain = 2 * traits.local[:, LOCAL.index("chance")].astype(np.float64) + 1
    short, middle, long = (
        trust_chain(logits, traits, Trust(2, 1, *ends))
        for ends in ((size + 1, size + 9), (0, 2 * size), (0, size - 1))
    )
    assert short == pytest.approx(chain) and long.tolist() == logits.tolist()
    assert middle == pytest.approx((chain + logits) / 2)


CAUTION = Caution(weight=2.0, doubt=4.0, usual=0.1, short=0.0, long=100.0)


def test_caution_grows_with_the_share_of_the_text_that_would_go() -> None:
    _, traits = traits_of(STORY)
    few, many = np.full(len(traits.local), -9.0), np.full(len(traits.local), 9.0)
    few[0] = many[0] = 1.0
    assert be_careful(few, traits, CAUTION)[0] > 0 > be_careful(many, traits, CAUTION)[0]
    assert be_careful(few, traits, CAUTION._replace(usual=2.0)).tolist() == few.tolist()
    assert be_careful(many, traits, CAUTION._replace(weight=0.0)).tolist() == many.tolist()


def test_nothing_is_taken_off_in_a_short_text_and_all_in_a_long_one() -> None:
    _, traits = traits_of(STORY)
    logits, size = np.full(len(traits.local), 2.0), len("".join(STORY.split()))
    none, half, whole = (
        2 - be_careful(logits, traits, CAUTION._replace(short=short, long=long))[0]
        for short, long in ((size + 1, size + 9), (0, 2 * size), (0, size))
    )
    assert none == 0 and half == pytest.approx(whole / 2)


def test_caution_leaves_lines_alone_that_are_sure_without_it() -> None:
    pieces, traits = traits_of(f"{STORY}\n\n扫码关注我们\n\n祖母的竹竿")
    assert pieces[-2].hits and min(RANK[hit.strength] for hit in pieces[-2].hits) == 0
    logits, recurs = np.full(len(pieces), 2.0), np.arange(len(pieces)) == len(pieces) - 1
    found = be_careful(logits, traits, CAUTION, recurs)
    assert found[-2:].tolist() == [2.0, 2.0] and (found[:-2] < 2).all()
    loud = logits + np.where(np.arange(len(pieces)) < len(pieces) - 2, 0, 9)
    assert be_careful(loud, traits, CAUTION, recurs)[0] == found[0]


def test_caution_of_a_text_does_not_depend_on_the_texts_beside_it() -> None:
    (_, one), (_, two) = traits_of(STORY), traits_of(f"{STORY}\n\n{STORY}")
    both = Traits(
        np.concatenate([one.local, two.local]), np.concatenate([one.labels, two.labels]),
        np.array([0, len(one.local)]),
    )  # fmt: skip
    logits = np.linspace(-3, 3, len(both.local))
    apart = [
        be_careful(logits[: len(one.local)], one, CAUTION),
        be_careful(logits[len(one.local) :], two, CAUTION),
    ]
    assert be_careful(logits, both, CAUTION).tolist() == np.concatenate(apart).tolist()


def test_the_file_is_small_says_what_it_was_fitted_on_and_packs_to_the_same_bytes() -> None:
    learned = load_learned()
    assert FILE.stat().st_size < 3_000_000
    assert {"labels_sha256", "archives_sha256", "pages"} <= set(learned.about)
    assert pack_learned(learned) == pack_learned(read_learned(pack_learned(learned)))
    assert pack_characters(load_characters()) == (FILE.parent / "characters.npz").read_bytes()


def test_labels_that_the_weights_were_fitted_on_are_the_committed_ones() -> None:
    about = load_learned().about
    for name, digest in about["labels_sha256"].items():
        labels = ROOT / "benchmarks" / "lines" / name
        assert hashlib.sha256(labels.read_bytes()).hexdigest() == digest
    assert sorted(about["labels_sha256"]) == ["fourth.jsonl", "labels.jsonl", "own.jsonl", "third.jsonl"]


def test_chain_and_forest_were_fitted_by_one_run_of_the_command() -> None:
    weights = json.loads((FILE.parent / "weights.json").read_text(encoding="utf-8"))
    assert weights["about"] == load_learned().about


def test_verdicts_are_those_of_the_parts_that_are_given() -> None:
    document = make_document("a", f"{STORY}\n\n扫码关注我们")
    nothing = replace(load_learned(), scale=0.0, shift=-30.0)
    verdicts = judge(document, find_blocks(document), learned=nothing)
    assert {(verdict.label, verdict.score) for verdict in verdicts} == {("keep", 0.0)}


def test_presets_are_those_of_the_file_and_go_from_careful_to_thorough() -> None:
    assert dict(load_learned().presets) == PRESETS
    assert THRESHOLD == PRESETS["careful"] > PRESETS["balanced"] > PRESETS["thorough"]


def test_traits_that_the_file_does_not_know_are_an_error() -> None:
    packed = pack_learned(load_learned()).replace(b"\0", b"\0")
    assert read_learned(packed).forest.columns.max() < len(COLUMNS)
    unknown = json.dumps({"columns": [*COLUMNS[:-1], "weather"]}).encode()
    with pytest.raises(ValueError, match="weather"):
        read_learned(pack_arrays({"settings": np.frombuffer(unknown, np.uint8)}))


def test_each_column_gives_one_kind_of_reason() -> None:
    found = sorted(index for columns in column_kinds().values() for index in columns)
    assert found == list(range(len(COLUMNS)))


def test_parts_of_the_matrix_are_the_rows_of_the_whole() -> None:
    _, traits = traits_of(f"秋天的柿子\n\n{STORY}\n\n相关阅读\n\n冬天的柿子\n\n春天的柿子")
    (whole,) = matrices(traits)
    assert whole.shape == (len(traits.local), len(COLUMNS))
    assert np.array_equal(np.concatenate(list(matrices(traits, rows=2))), whole)
    (some,) = matrices(traits, np.array([1, 4]))
    assert np.array_equal(some, whole[[1, 4]])


def test_verdicts_do_not_depend_on_the_parts_in_which_pieces_are_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = f"秋天的柿子\n\n{STORY}\n\n相关阅读\n\n冬天的柿子\n\n春天的柿子"
    texts = [text, "柿子\n\n扫码关注我们", f"{STORY}\n\n{text}"]
    documents = [make_document(str(number), text) for number, text in enumerate(texts)]
    blocks = [find_blocks(document) for document in documents]
    whole = judge_together(documents, blocks)
    monkeypatch.setattr(traits_module, "_PIECES", 3)
    monkeypatch.setattr(traits_module, "_CHARACTERS", 40)
    assert judge_together(documents, blocks) == whole


def test_a_batch_of_documents_is_bounded_and_a_large_one_is_alone() -> None:
    sizes = [10, LARGE, 10, 20, MOST - LARGE, LARGE - 1, *[1] * (ITEMS + 1)]
    batches = list(in_batches(sizes, lambda size: size))
    assert [size for batch in batches for size in batch] == sizes
    assert [LARGE] in batches
    assert all(len(batch) <= ITEMS and (len(batch) == 1 or sum(batch) <= MOST) for batch in batches)


def test_what_shares_the_articles_words_is_nearer_to_it_than_another_story() -> None:
    own, other = "祖母把竹竿找出来，院子里的柿子红透了。", "央行昨日宣布下调存款准备金率，股市应声上涨。"
    near = column(f"秋天的柿子\n\n{STORY}\n\n{own}\n\n{other}", "as_body")
    assert near[own] > 0.5 > near[other]


def test_a_reason_names_what_spoke_for_that_piece_and_not_for_another() -> None:
    words = set(KIND_WORDS.values()) - {KIND_WORDS["heading"]}  # evidence of the chain has these words too
    found = 0
    for path in sorted((ROOT / "tests" / "written").glob("*.txt")):
        document = make_document("text", path.read_text(encoding="utf-8"), name=path.name)
        pieces, traits = traits_of(document.text)
        rows = {piece.block.start: row for row, piece in enumerate(pieces)}
        for verdict in judge(document, find_blocks(document), threshold=0.15):
            told = (verdict.reason or "").split(" · ")[:2]
            if verdict.label == "drop" and words.intersection(told):
                kinds = speaking_kinds(load_learned(), traits, [rows[verdict.block.start]])[0]
                assert told[0] == next(KIND_WORDS[kind] for kind in kinds if kind in KIND_WORDS)
                found += 1
    assert found > 20


def test_a_reason_in_words_stands_on_every_dropped_block() -> None:
    text = (
        f"秋天的柿子\n\n作者：某人　2024-05-01\n\n{STORY}\n\n责任编辑：某人\n\n相关阅读\n\n"
        "[冬天的雪](https://a.example/1)\n\n[春天的花](https://a.example/2)\n\n扫码关注我们"
    )
    document = make_document("text", text)
    found = judge(document, find_blocks(document), threshold=PRESETS["thorough"])
    gone = [verdict for verdict in found if verdict.label == "drop"]
    assert len(gone) >= 4
    assert all(verdict.reason and ": " in verdict.reason and verdict.category for verdict in gone)


HOSTILE = (
    "a\n\n" * 400,
    "字" * 3_000 + "\n\n",
    "那一年的秋天来得很早，院子里的柿子还没有红透，祖母已经把竹竿找了出来，又放了回去。\n\n" * 60,
    "[冬天的雪](https://a.example/1)\n\n" * 60,
    "相关阅读\n\n责任编辑：某人\n\n" * 60,
)


@pytest.mark.slow
def test_time_grows_linearly_from_one_to_ten_megabytes() -> None:
    mixed = "".join(HOSTILE)
    small = mixed * (1_000_000 // len(mixed.encode()))
    times = []
    for text in (small[:100_000], small, small * 10):
        start = time.process_time()
        clean(text)
        times.append(time.process_time() - start)
    assert times[2] < 16 * times[1]


@pytest.mark.slow
def test_the_fit_is_one_command_and_learns_lines_that_recur(tmp_path: Path) -> None:
    pytest.importorskip("catboost")
    write_pages(tmp_path)
    out = tmp_path / "learned.npz"
    subprocess.run(
        [sys.executable, str(ROOT / "training" / "fit_cleaning.py"), str(tmp_path / "pages"), "--archives",
         str(tmp_path / "archives"), "--labels", str(tmp_path / "labels.jsonl"), "--trees", "4", "--write",
         "--out", str(out)],
        capture_output=True, encoding="utf-8", check=True, cwd=ROOT,
    )  # fmt: skip
    learned = read_learned(out.read_bytes())
    assert learned.about["pages"] == 12
    model = read_model((tmp_path / "weights.json").read_text(encoding="utf-8"))
    assert set(model.evidence) == set(load_model().evidence) and set(model.steps) == set(load_model().steps)
    lines = ["更多精彩请看下一页", "院子里的柿子还没有红透。"]
    assert (np.diff(scores_of(lines, learned.tables.ngrams), axis=0) < 0).all()


@pytest.mark.slow
def test_the_fit_reads_rows_as_the_package_reads_lines_and_keeps_a_title_in_the_front_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("catboost")
    monkeypatch.syspath_prepend(ROOT / "training")
    fit = importlib.import_module("fit_cleaning")
    rows = [
        {"repo": "owner/a", "sha256": f"{number}", "text": f"{STORY}\n\n甲\u2028乙。"} for number in range(3)
    ]
    file = tmp_path / "archive.jsonl"
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_text(lines, encoding="utf-8")
    owner, recurring, _ = fit.archive_lines(file)
    assert (owner, "甲\u2028乙。" in recurring) == ("owner", True)
    text = "---\ntitle: 柿子\ndate: 2020-10-08\n---\n\n祖母找出了竹竿。"
    page = fit.Article(
        "1", "owner/a", text, [(1, 4, "drop", "front_matter"), (5, 6, "keep", "body")], (), [2]
    )
    gone = fit.dropped_characters(page)[: len(text)]
    assert "".join(compress(text, gone)) == "---\ndate: 2020-10-08\n---\n"


def write_pages(folder: Path) -> None:
    """Twelve labelled pages of six owners and an archive of one more, in which two lines are the site's."""
    (folder / "pages").mkdir()
    (folder / "archives").mkdir()
    rows, archive = [], []
    lines_of_a_site = "更多精彩请看首页\n\n更多精彩请看下一页"
    for number in range(12):
        text = f"第{number}天的柿子\n\n更多精彩请看首页\n\n{STORY}\n\n更多精彩请看下一页"
        (folder / "pages" / f"{number}.txt").write_text(text, encoding="utf-8")
        rows.append({
            "id": str(number), "repo": f"owner{number % 6}/a",
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "lines": [[1, 2, "keep", "title"], [3, 4, "drop", "site_header"], [5, 16, "keep", "body"],
                      [17, 17, "drop", "navigation"]], "mixed": [], "front_title": [], "no_article": False,
        })  # fmt: skip
        own = "\n\n".join(f"{chr(0x4E00 + 2 * number + step) * 60}。" for step in range(2))
        archive.append(
            {"repo": "other/b", "sha256": f"{number:064x}", "text": f"{text}\n\n{own}\n\n{lines_of_a_site}"}
        )
    for name, part in (("labels.jsonl", rows), ("archives/other.jsonl", archive)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        (folder / name).write_text(lines, encoding="utf-8")

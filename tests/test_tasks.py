"""The benchmarks, in the harnesses themselves: lm-evaluation-harness's command line and mteb's evaluate,
offline.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import datasets
import pytest

from duizhao.errors import DuizhaoError
from duizhao.languages import KEYS
from duizhao.release import load
from duizhao.tasks import documents, folder

TASKS = {path.stem for path in folder().glob("duizhao_*.yaml")}
LIMIT = 4


# What is asked


@pytest.mark.parametrize(
    ("source", "target"), [("zh_hans", "en"), ("zh_hant", "en"), ("en", "zh_hans"), ("zh_hans", "zh_hant")]
)
def test_translation_has_text_on_both_sides(source: str, target: str) -> None:
    rows = documents.translation(source, target)
    assert len(rows) > 600
    assert all(row["source"] and row["target"] for row in rows)


def test_a_text_to_be_mined_has_one_right_match(monkeypatch: pytest.MonkeyPatch) -> None:
    beads = [
        ("是。", "Yes."),
        ("对。", "Yes."),
        ("是。", "It is."),
        ("好。", "Good."),
        (None, "Only English."),
        ("只有中文。", None),
    ]
    rows = [{"id": str(i), "article_id": "a", "zh_hans": zh, "en": en} for i, (zh, en) in enumerate(beads)]
    monkeypatch.setattr(documents, "_rows", lambda config, release: rows)
    assert [row["id"] for row in documents.bitext("zh_hans", "en")] == ["0", "3"]


@pytest.mark.parametrize("column", KEYS)
def test_a_question_comes_with_its_articles_its_evidence_or_nothing(column: str) -> None:
    article, evidence, none = (documents.reading(column, context) for context in documents.CONTEXTS)
    assert [row["id"] for row in article] == [row["id"] for row in evidence] == [row["id"] for row in none]
    assert all(len(row["choices"]) == 4 and 0 <= row["answer"] < 4 for row in article)
    assert all(
        len(whole["passage"]) > len(part["passage"]) > 0
        for whole, part in zip(article, evidence, strict=True)
    )
    assert not any(row["passage"] for row in none)


def test_a_question_can_be_filtered_by_its_level_by_an_error_of_the_source_and_by_the_closed_book() -> None:
    rows = documents.reading("en", "none")
    released = load("questions", as_="arrow").to_pylist()
    for field in ("type", "source_error", "closed_book"):
        assert [row[field] for row in rows] == [row[field] for row in released]
        assert any(row[field] != rows[0][field] for row in rows)


def test_boilerplate_rows_know_their_neighbours_and_no_other_article() -> None:
    rows = documents.boilerplate()
    assert {row["label"] for row in rows} == {0, 1}
    for first, second in pairwise(rows):
        same = first["article_id"] == second["article_id"]
        assert (first["after"], second["before"]) == ((second["text"], first["text"]) if same else ("", ""))


def test_pairs_of_claims_have_text_and_a_label() -> None:
    for column in KEYS:
        rows = documents.contradiction(column)
        assert {row["label"] for row in rows} == set(range(len(documents.CLAIM_LABELS)))
        assert all(row["context"] and row["premise"] and row["hypothesis"] for row in rows)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: documents.translation("zh-Hans", "en"), "zh-Hans: no such column; known: zh_hans, zh_hant, en"),
    (lambda: documents.reading("en", "book"), "book: no such context; known: article, evidence, none"),
])  # fmt: skip
def test_an_unknown_name_is_told_with_the_known_ones(call: object, words: str) -> None:
    with pytest.raises(DuizhaoError, match=re.escape(words)):
        call()  # type: ignore[operator]


# The task files


def test_no_task_file_has_a_path() -> None:
    for file in folder().glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"^\s*dataset_path|(^|[\s\"'])(/|~|[A-Z]:\\)\w", text, re.MULTILINE), file.name


def test_the_group_has_every_task() -> None:
    import yaml

    groups = {}
    for file in folder().glob("_group_*.yaml"):
        group = yaml.safe_load(file.read_text(encoding="utf-8"))
        groups[group["group"]] = group["task"]
    members = [task for name in groups["duizhao"] for task in groups.get(name, [name])]
    assert sorted(members) == sorted(TASKS)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_prompt_is_in_the_script_of_its_column(name: str) -> None:
    from duizhao.text.script import convert

    prompt = re.search(
        r"^doc_to_text: (.*)", (folder() / f"{name}.yaml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert prompt
    if "_zh_hant" in name and "_en_" not in name:
        assert convert(prompt[1], "zh-Hant") == prompt[1]
    elif "_en_" in name or (name.endswith("_en") and "translation" not in name):
        assert not re.search(r"[一-鿿]", prompt[1])
    else:
        assert convert(prompt[1], "zh-Hans") == prompt[1]


# The metrics

GOOD = [
    ("董事会解除了他的职务。", "董事会解除了他的职务。"),
    ("他随后回到公司担任首席执行官。", "他随后回到公司任首席执行官。"),
]


def test_a_good_chinese_translation_does_not_score_zero() -> None:
    pytest.importorskip("sacrebleu", reason="needs the extra [bench]: pip install 'duizhao[bench]'")
    from duizhao.tasks import metrics

    assert metrics.bleu_zh(GOOD[:1]) == pytest.approx(100)
    assert metrics.bleu_zh(GOOD) > 60
    assert metrics.bleu_en(GOOD[1:]) < 1  # the English tokenizer sees one word, and a wrong one
    assert metrics.bleu_zh([("董事会解除了他的职务。", "The board removed him.")]) < 5


def test_bleu_into_english_is_sacrebleus_own() -> None:
    pytest.importorskip("sacrebleu", reason="needs the extra [bench]: pip install 'duizhao[bench]'")
    import sacrebleu

    from duizhao.tasks import metrics

    reference, hypothesis = (
        "The board removed him from his post, in haste.",
        "The board removed him from the post in haste.",
    )
    assert metrics.bleu_en([(reference, hypothesis)]) == pytest.approx(
        sacrebleu.corpus_bleu([hypothesis], [[reference]]).score
    )


def test_f1_counts_what_is_found_and_what_is_missed() -> None:
    from duizhao.tasks import metrics

    assert metrics.macro_f1([(0, 0), (1, 1), (2, 2)]) == 1
    assert metrics.macro_f1([(0, 0), (1, 0), (2, 0)]) == pytest.approx(0.5 / 3)
    assert metrics.f1_drop([(1, 1), (1, 0), (0, 1), (0, 0)]) == 0.5
    assert metrics.f1_drop([(0, 0), (1, 0)]) == 0


# lm-evaluation-harness


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GPT-2 of random weights and a tokenizer of bytes, made here: nothing is downloaded."""
    pytest.importorskip("lm_eval", reason="needs the extra [bench]: pip install 'duizhao[bench]'")
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    home = tmp_path_factory.mktemp("tiny")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(
        models.BPE(vocab={piece: i for i, piece in enumerate([*alphabet, "<end>"])}, merges=[])
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<end>", eos_token="<end>", pad_token="<end>"
    ).save_pretrained(home)
    torch.manual_seed(0)
    end = len(alphabet)
    config = GPT2Config(
        vocab_size=end + 1,
        n_positions=1024,
        n_embd=32,
        n_layer=1,
        n_head=2,
        bos_token_id=end,
        eos_token_id=end,
    )
    GPT2LMHeadModel(config).save_pretrained(home)
    return home


def lm_eval(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """The installed command line, in a process of its own, without a network."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    command = [sys.executable, "-m", "lm_eval", *map(str, args)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)


@pytest.fixture(scope="session")
def lm_eval_results(
    tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, object]]:
    """What ``lm_eval --tasks duizhao`` wrote: the results of every task and group, and the samples."""
    out = tmp_path_factory.mktemp("results")
    tasks = subprocess.run(
        [sys.executable, "-m", "duizhao", "tasks"], capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()
    done = lm_eval(
        "--model", "hf", "--model_args", f"pretrained={tiny_model},dtype=float32", "--device", "cpu",
        "--batch_size", "8",
        "--include_path", tasks, "--tasks", "duizhao", "--limit", str(LIMIT), "--gen_kwargs",
        "max_gen_toks=16",
        "--output_path", out, "--log_samples",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    file = next(out.rglob("results_*.json"))
    samples = {
        path.name.split("_2")[0].removeprefix("samples_"): path.read_text(encoding="utf-8")
        for path in out.rglob("samples_*.jsonl")
    }
    return {"samples": samples, **json.loads(file.read_text(encoding="utf-8"))}


def test_lm_eval_runs_every_task_of_the_group(lm_eval_results: dict[str, dict[str, object]]) -> None:
    assert set(lm_eval_results["results"]) >= TASKS
    samples = lm_eval_results["n-samples"].values()
    assert {counts["effective"] for counts in samples} == {LIMIT}  # type: ignore[index]


@pytest.mark.parametrize(("kind", "metrics", "top"), [
    ("translation", {"bleu,none", "chrf,none"}, 100), ("reading", {"acc,none"}, 1),
    ("contradiction", {"acc,none", "f1,none"}, 1), ("boilerplate", {"acc,none", "f1,none"}, 1),
])  # fmt: skip
def test_lm_eval_scores_each_kind_by_its_metrics(
    lm_eval_results: dict[str, dict[str, dict[str, float]]], kind: str, metrics: set[str], top: int
) -> None:
    for task in (name for name in TASKS if name.startswith(f"duizhao_{kind}")):
        scores = lm_eval_results["results"][task]
        assert metrics <= set(scores), task
        assert all(0 <= scores[metric] <= top for metric in metrics), task


def test_a_perfect_translation_scores_100_through_lm_evals_own_task(
    lm_eval_results: dict[str, dict[str, object]],
) -> None:
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=str(folder()))
    for target in ("zh_hans", "zh_hant"):
        task = manager.load([f"duizhao_translation_en_{target}"])["tasks"][f"duizhao_translation_en_{target}"]
        rows = [
            task.process_results(doc, [f" {task.doc_to_target(doc)}"]) for doc in list(task.eval_docs)[:20]
        ]
        for metric in ("bleu", "chrf"):
            assert task.aggregation()[metric]([row[metric] for row in rows]) == pytest.approx(100)


def test_tasks_read_the_release_that_the_variable_names(
    small_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(documents.VARIABLE, str(small_release))
    found = documents.lm_eval_translation("zh_hans", "en")["test"]
    assert found["id"] == [row["id"] for row in documents.translation("zh_hans", "en", small_release)]
    assert not set(found["id"]) & {row["id"] for row in documents.translation("zh_hans", "en")}


# mteb


def test_mteb_mines_the_bitext_as_the_baselines_do() -> None:
    mteb = pytest.importorskip("mteb", reason="needs the extra [bench]: pip install 'duizhao[bench]'")
    import numpy as np

    from duizhao.encoders.encoder import default_encoder
    from duizhao.tasks.mteb_tasks import PAIRS, DuizhaoBitextMining, EncoderForMTEB

    result = mteb.evaluate(
        EncoderForMTEB(default_encoder(), "duizhao/default"),
        DuizhaoBitextMining(),
        cache=None,
        co2_tracker=False,
    )
    scores = {score["hf_subset"]: score for score in result.task_results[0].scores["test"]}
    assert set(scores) == set(PAIRS)
    for subset, (source, target) in PAIRS.items():
        rows = documents.bitext(source, target)
        left, right = (default_encoder().encode([row[side] for row in rows]) for side in ("source", "target"))
        hits = (left @ right.T).argmax(axis=1) == np.arange(len(rows))
        assert scores[subset]["accuracy"] == pytest.approx(hits.mean())
        assert scores[subset]["main_score"] > 0.9


@pytest.mark.parametrize(("made", "rows"), [
    (lambda: documents.lm_eval_reading("en", "none", metadata={}), lambda: documents.reading("en", "none")),
    (lambda: documents.lm_eval_contradiction("en", metadata={}), lambda: documents.contradiction("en")),
    (lambda: documents.lm_eval_boilerplate(metadata={}), lambda: documents.boilerplate()),
])  # fmt: skip
def test_the_harness_is_given_the_rows_of_the_task_as_its_test_split(
    made: Callable[[], dict[str, datasets.Dataset]], rows: Callable[[], list[dict[str, object]]]
) -> None:
    given = made()
    assert list(given) == ["test"]
    assert given["test"].to_list() == rows()

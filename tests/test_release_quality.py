"""What the committed release promises about itself, read from its files."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from conftest import ROOT
from duizhao.schema import available


def rows(config: str) -> list[dict[str, Any]]:
    file = ROOT / "dataset" / config / "test.jsonl"
    if not file.is_file():
        pytest.skip(f"this release has no {config}")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_config_that_has_a_schema_is_released() -> None:
    manifest = json.loads((ROOT / "dataset" / "manifest.json").read_text(encoding="utf-8"))
    assert tuple(manifest["counts"]) == available()


def test_every_row_has_three_columns_and_there_are_more_than_500() -> None:
    sentences = rows("sentences")
    assert len(sentences) > 500
    full = [row for row in sentences if row["zh_hans"] and row["zh_hant"] and row["en"]]
    assert len(full) >= 0.98 * len(sentences)


def test_nothing_of_headers_trailers_and_artefacts_is_in_a_row() -> None:
    text = "\n".join(f"{row['zh_hans']}\n{row['en']}" for row in rows("sentences"))
    for gone in (
        "*。",
        "![",
        "mmbiz",
        "http",
        "文章作者",
        "发布地",
        "原文如下",
        "字數",
        "点赞",
        "参考资料",
        "相关推荐",
        "阿森纳",
        "Arsenal",
        "NAINA",
        "Alex Heath",
        "——原文",
    ):
        assert gone not in text, gone


def test_interview_turns_have_a_role_and_a_speaker_and_no_label_in_the_text() -> None:
    turns = [row for row in rows("sentences") if row["speaker"]]
    assert {(row["role"], row["speaker"]) for row in turns} == {
        ("question", "记者"),
        ("answer", "Sam Altman"),
        ("answer", "Mira Murati"),
    }
    for row in turns:
        assert not row["zh_hans"].startswith(("记者：", "Sam Altman:", "Mira Murati:"))
        assert not row["en"].startswith(("Reporter:", "Sam Altman:", "Mira Murati:"))


def test_there_are_as_many_annotations_as_promised() -> None:
    assert len(rows("entities")) >= 60
    assert len(rows("events")) >= 30
    assert len(rows("mentions")) >= 1500
    assert {row["language"] for row in rows("mentions")} == {"zh-Hans", "zh-Hant", "en"}


def test_every_article_has_mentions_events_and_questions() -> None:
    articles = {row["id"] for row in rows("articles")}
    assert {row["sentence_id"].split(":")[0] for row in rows("mentions")} == articles
    assert {part["article_id"] for row in rows("events") for part in row["evidence"]} == articles
    assert {id for row in rows("questions") for id in row["article_ids"]} == articles


def test_questions_are_many_their_answers_uniform_and_some_need_two_articles() -> None:
    questions = rows("questions")
    assert len(questions) >= 250
    answers = Counter(row["answer"] for row in questions)
    assert max(answers.values()) - min(answers.values()) <= 1
    assert sum(len(row["article_ids"]) > 1 for row in questions) >= 30
    for row in questions:
        for choices in row["choices"].values():
            assert len(set(choices)) == 4, row["id"]
        assert {part["article_id"] for part in row["evidence"]} == set(row["article_ids"]), row["id"]


def test_the_right_choice_is_not_the_longest_more_often_than_chance() -> None:
    for column in ("zh_hans", "en"):
        longest = [
            max(map(len, row["choices"][column])) == len(row["choices"][column][row["answer"]])
            for row in rows("questions")
        ]
        ties = [row["choices"][column] for row in rows("questions")]
        share = sum(
            hit / sum(len(c) == max(map(len, cs)) for c in cs) for hit, cs in zip(longest, ties, strict=True)
        ) / len(ties)
        assert share < 0.29, column


def test_claims_are_many_and_no_fact_makes_more_than_a_tenth_of_them() -> None:
    claims = rows("claims")
    labels = Counter(row["label"] for row in claims)
    assert len(claims) >= 190
    assert labels["contradiction"] >= 24
    assert max(Counter(row["topic"] for row in claims).values()) <= len(claims) / 10


def test_two_thirds_or_more_of_the_beads_are_one_to_one_but_not_all() -> None:
    kinds = Counter(row["bead"] for row in rows("sentences"))
    assert 0.6 < kinds["1-1"] / sum(kinds.values()) < 0.9

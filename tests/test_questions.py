"""What must hold of the questions, read from ``annotations/questions.jsonl``: no question is another one in
other words.
"""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

from conftest import ROOT

QUESTIONS = [
    json.loads(line)
    for line in (ROOT / "annotations" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
LIKE_ANSWER = 0.6
LIKE_QUESTION = 0.15


def pairs_of_characters(text: str) -> set[str]:
    letters = re.sub(r"\W", "", text.lower())
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def share(one: set[str], other: set[str]) -> float:
    """Which part of the smaller set is in the larger."""
    return len(one & other) / max(1, min(len(one), len(other)))


def answer(question: dict[str, Any]) -> set[str]:
    return pairs_of_characters(question["choices"]["zh_hans"][question["answer"]])


def places(question: dict[str, Any]) -> set[tuple[str, int]]:
    return {(part["article_id"], part["start"]) for part in question["evidence"]}


def is_near_duplicate(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """The same sentences, nearly the same right answer, and words of the question in common."""
    first, second = (pairs_of_characters(row["question"]["zh_hans"]) for row in (one, other))
    return (
        (places(one) <= places(other) or places(other) <= places(one))
        and share(answer(one), answer(other)) >= LIKE_ANSWER
        and len(first & second) / len(first | second) >= LIKE_QUESTION
    )


def test_no_two_questions_ask_for_the_same_fact_of_the_same_sentences() -> None:
    assert [
        (one["id"], other["id"]) for one, other in combinations(QUESTIONS, 2) if is_near_duplicate(one, other)
    ] == []


def test_a_question_in_other_words_is_found() -> None:
    question = next(row for row in QUESTIONS if row["id"] == "question-401")
    words = {**question["question"], "zh_hans": f"据文章，{question['question']['zh_hans']}"}
    assert is_near_duplicate({**question, "question": words}, question)


def test_a_dropped_id_is_not_given_again() -> None:
    dropped = (ROOT / "tests" / "gold" / "questions-dropped-ids.txt").read_text(encoding="utf-8").split()
    assert not set(dropped) & {row["id"] for row in QUESTIONS}

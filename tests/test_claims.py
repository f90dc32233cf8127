"""What must hold of the claims, read from ``annotations/claims.jsonl``: how the pairs are chosen, and that
nothing gives a label away.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter, defaultdict
from types import ModuleType
from typing import Any

import pytest

from conftest import ROOT
from duizhao.tasks.documents import CLAIM_LABELS
from duizhao.text import convert

MOST_USES = 3
MOST_OF_ONE_ARTICLE = 0.25
LARGE_TOPIC = 5
ABOVE_MAJORITY = 0.08
SIDES = ("premise", "hypothesis")

CLAIMS = [
    json.loads(line)
    for line in (ROOT / "annotations" / "claims.jsonl").read_text(encoding="utf-8").splitlines()
]


def overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same = one["article_id"] == other["article_id"]
    return bool(same and one["start"] < other["end"] and other["start"] < one["end"])


def text(statement: dict[str, Any], language: str) -> str:
    """English, or Simplified whatever script the source is in."""
    if language == "en":
        return str(statement["en"]["surface"])
    return convert(str(statement["surface"]), "zh-Hans")


def test_no_statement_stands_in_more_than_three_pairs_and_excerpts_of_one_passage_count_as_one() -> None:
    statements = [(claim["id"], claim[side]) for claim in CLAIMS for side in SIDES]
    for id, statement in statements:
        users = [user for user, other in statements if overlaps(statement, other)]
        assert len(users) <= MOST_USES, (id, users)


def test_no_article_has_more_than_a_quarter_of_the_sides_of_contradictions() -> None:
    sides = Counter(
        claim[side]["article_id"] for claim in CLAIMS if claim["label"] == "contradiction" for side in SIDES
    )
    assert max(sides.values()) <= MOST_OF_ONE_ARTICLE * sides.total(), sides


def test_few_contradictions_rest_on_the_corrupted_year_or_on_the_denial_of_an_investment() -> None:
    found = Counter(claim["topic"] for claim in CLAIMS if claim["label"] == "contradiction")
    corrupted = sum(
        claim["label"] == "contradiction"
        and any(
            claim[side]["article_id"] == "leadership-change-report" and "2023" in claim[side]["surface"]
            for side in SIDES
        )
        for claim in CLAIMS
    )
    assert corrupted <= found.total() / 4
    assert found["microsoft-investor-denied"] <= found.total() / 8


def test_labels_are_in_balance_as_far_as_the_articles_allow() -> None:
    labels = Counter(claim["label"] for claim in CLAIMS)
    assert max(labels.values()) < len(CLAIMS) * 2 / 3
    assert labels["entailment"] >= len(CLAIMS) / 4
    assert labels["contradiction"] >= len(CLAIMS) / 8


def test_no_topic_of_five_pairs_or_more_has_one_label_only() -> None:
    labels: dict[str, list[str]] = defaultdict(list)
    for claim in CLAIMS:
        labels[claim["topic"]].append(claim["label"])
    for topic, given in labels.items():
        assert len(given) < LARGE_TOPIC or len(set(given)) > 1, topic


def test_the_context_names_the_outlet_of_both_statements_in_both_languages() -> None:
    for claim in CLAIMS:
        for language, words in (("zh_hans", ("前提：", "假设：")), ("en", ("Premise: ", "Hypothesis: "))):
            assert all(word in claim["context"][language] for word in words), claim["id"]


def test_a_dropped_id_is_not_given_again() -> None:
    released = (ROOT / "tests" / "gold" / "claims-dropped-ids.txt").read_text(encoding="utf-8").split()
    assert not set(released) & {claim["id"] for claim in CLAIMS}


@pytest.fixture(scope="module")
def baselines() -> ModuleType:
    spec = importlib.util.spec_from_file_location("claims_baselines", ROOT / "benchmarks" / "baselines.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["hypothesis only", "overlap", "numbers and years", "length"])
@pytest.mark.parametrize("group", ["topic", "pair of articles"])
def test_no_shortcut_tells_the_label(baselines: ModuleType, name: str, language: str, group: str) -> None:
    rows = [
        {
            "topic": claim["topic"],
            "article_ids": sorted({claim[side]["article_id"] for side in SIDES}),
            "label": CLAIM_LABELS.index(claim["label"]),
            **{side: text(claim[side], language) for side in SIDES},
        }
        for claim in CLAIMS
    ]
    gold, labels = baselines.shortcut(rows, baselines.SHORTCUTS[name], group)
    majority = max(Counter(gold.tolist()).values()) / len(gold)
    assert (gold == labels).mean() <= majority + ABOVE_MAJORITY

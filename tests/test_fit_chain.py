"""The fit of the cleaner's chain, on a few pages."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy", reason="needs the extra [fit]")
pytest.importorskip("sklearn", reason="needs the extra [fit]")
pytest.importorskip("catboost", reason="needs the extra [fit]")
pytest.importorskip("rapidfuzz", reason="needs the extra [fit]")

ROOT = Path(__file__).parents[1]
PAGE = [("prose", "head"), ("prose",), ("sentence",), ("certain_short", "end", "unmarked")]
ODD = [("crumbs", "head"), ("prose",), ("link_only",), ("prose",), ("link_only", "unmarked"), ("tiny",)]


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "training")
    return importlib.import_module("fit_chain")


def examples(chain: Any) -> list[Any]:
    return [
        chain.make_example(PAGE, [False, False, False, True]),
        chain.make_example(ODD, [True, False, True, False, True, True], 0.5),
        chain.make_example(PAGE[:1], [False]),
        chain.make_example([], []),
    ]


def test_what_is_dropped_behind_the_last_kept_line_is_the_tail(chain: Any) -> None:
    found = chain.make_example(ODD, [True, False, True, False, True, True])
    assert found.states == (1, 0, 1, 0, 2, 2)


def test_the_gradient_is_the_slope_of_the_likelihood(chain: Any) -> None:
    names = list(chain.PRIOR)
    rows = chain.make_rows(examples(chain), names, None)
    chances = np.random.default_rng(1)
    weights, steps = chances.normal(size=(len(names), 2)), dict(chain.STEP_PRIOR)
    value, slope = chain.learn(rows, weights, steps)
    for name in ("prose", "link_only", "always", "certain_short"):
        for state in (0, 1):
            moved = weights.copy()
            moved[names.index(name), state] += 1e-6
            told = (chain.learn(rows, moved, steps)[0] - value) / 1e-6
            assert told == pytest.approx(slope[2 * names.index(name) + state], abs=1e-4)
    for number, step in enumerate(steps):
        told = (chain.learn(rows, weights, {**steps, step: steps[step] + 1e-6})[0] - value) / 1e-6
        assert told == pytest.approx(slope[2 * len(names) + number], abs=1e-4)


def test_the_likelihood_is_that_of_the_program(chain: Any) -> None:
    """The gradient of a weight is what the chain of the package expects less what is labelled."""
    from duizhao.cleaning.chain import Model, marginals, odds

    evidence = {name: pair[:2] for name, pair in chain.PRIOR.items()}
    model = Model(evidence, chain.STEP_PRIOR)
    (example,) = examples(chain)[1:2]
    told = np.array(marginals(model, [odds(model, names) for names in example.names]))
    names = list(chain.PRIOR)
    rows = chain.make_rows([example], names, None)
    _, slope = chain.learn(rows, np.array(list(evidence.values())), chain.STEP_PRIOR)
    links = [index for index, seen in enumerate(ODD) if "link_only" in seen]
    expected = 0.5 * sum(
        told[index] - [example.states[index] == 1, example.states[index] == 2] for index in links
    )
    at = 2 * names.index("link_only")
    assert slope[at : at + 2] == pytest.approx(expected)


def test_a_weight_follows_many_labels_and_keeps_its_sign(chain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "STRENGTH", 1.0)
    lines = [("prose",), ("latin",), ("prose",)]
    many = [chain.make_example(lines, [False, True, False])] * 2_000
    prior = chain.PRIOR
    found = chain.fit_chain(many, prior)
    assert found.evidence["latin"][0] > prior["latin"][0] + 1
    assert found.evidence["citation"] == pytest.approx(prior["citation"][:2])
    wrong = [chain.make_example([("prose",), ("contact",), ("prose",)], [False] * 3)] * 2_000
    assert chain.fit_chain(wrong, prior).evidence["contact"][0] == 0.0


def test_with_a_base_only_the_named_evidence_is_fitted(chain: Any) -> None:
    base = chain.fit_chain(examples(chain), chain.PRIOR)
    many = [chain.make_example([("prose",), ("tiny", "corpus"), ("prose",)], [False, True, False])] * 2_000
    found = chain.fit_chain(many, chain.CORPUS_PRIOR, base)
    assert found.evidence["corpus"][0] > 4 and found.steps == base.steps
    assert {**found.evidence, "corpus": ()} == {**base.evidence, "corpus": ()}


def test_a_short_copy_has_all_boilerplate_and_both_ends_of_the_article(chain: Any) -> None:
    lines = ["题", *("字" * 100 for _ in range(9)), "", "关注", "末"]
    dropped = [False] * 11 + [True, False]
    stays = chain.shorten(lines, dropped)
    assert [index for index, stay in enumerate(stays) if stay] == [0, 1, 9, 10, 11, 12]
    assert chain.shorten(lines[:5], dropped[:5]) is None

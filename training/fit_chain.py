"""The fit of the cleaner's chain: the most probable weights under a normal prior. `fit_cleaning` runs it.

The prior has its mean at the values of PRIOR and STEP_PRIOR, which people chose, and the sign of a piece of
evidence is fixed where PRIOR says so. So evidence that few labelled pages show keeps its prior weight in
place of losing it. Each page is seen up to three times: as it is; as a short copy with all its boilerplate;
and as that copy without any. The chain decides in short texts (`duizhao.cleaning.learned.trust_chain`), and
hardly a labelled page is short.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from duizhao.cleaning.chain import STARTS, STEPS, UNMARKED, Model

WEIGHTS = Path(__file__).parents[1] / "src" / "duizhao" / "cleaning" / "_data" / "weights.json"

# name: prior weight of drop, of tail; "+" where the weight may not fall below zero, "-" where it may not rise
# above. "=" holds a weight near its prior: what every line has must not learn from some sites that tails are
# full of short lines.
PRIOR: dict[str, tuple[float, float, str]] = {
    "always": (-3.4, -1.6, "="),
    "certain_short": (5.0, 4.0, "+"), "certain_medium": (3.5, 3.5, "+"), "certain_long": (0.5, 1.5, "+"),
    "opens_short": (4.5, 3.5, "+"), "opens_medium": (2.0, 2.5, "+"), "opens_long": (0.3, 1.0, "+"),
    "strong_short": (1.8, 2.3, "+"), "strong_medium": (0.7, 1.3, "+"), "strong_long": (0.0, 0.4, "+"),
    "weak_short": (0.7, 0.8, "+"), "weak_medium": (0.0, 0.3, "+"), "weak_long": (0.0, 0.0, "+"),
    "cues_short": (1.0, 1.0, "+"), "cues_medium": (1.7, 1.5, "+"), "cues_long": (1.0, 1.2, "+"),
    "covered": (1.3, 1.0, "+"),
    "title": (-5.0, -5.0, "-"), "heading": (0.0, 0.0, "="), "quote": (0.0, 0.0, "="),
    "list_item": (-0.8, -0.5, "="), "speaker": (-1.5, -1.5, "-"),
    "prose": (-2.6, -1.2, "="), "long_prose": (-3.5, -2.0, "="), "sentence": (-1.6, -1.2, "="),
    "unstopped": (0.8, 0.5, "="), "tiny": (0.5, 0.6, "="),
    "symbols_only": (1.0, 1.5, "+"), "truncated": (0.3, 2.0, "+"), "unfinished": (0.0, 1.8, "+"),
    "date_only": (2.0, 2.0, "+"), "dated": (1.0, 1.0, "+"), "signed": (-2.0, -2.0, "="),
    "crumbs": (4.0, 1.0, "+"), "byline": (3.0, 2.0, "+"), "teaser": (0.0, 3.0, "+"), "ended": (0.0, 1.0, "+"),
    "pointer": (0.7, 0.8, "+"), "caption": (-1.0, -1.0, "-"), "footnote": (-1.0, -1.5, "-"),
    "numbered": (-0.8, -0.7, "="), "contact": (1.0, 1.5, "+"), "account": (2.5, 1.5, "+"),
    "latin": (0.2, 0.0, ""), "barred": (0.7, 0.7, "+"),
    "citation": (1.0, 2.5, "+"), "address_only": (1.0, 1.5, "+"), "address_first": (4.0, 1.5, "+"),
    "addressed": (0.1, -0.3, ""),
    "link_only": (1.8, 2.2, "+"), "linked": (1.0, 0.7, "+"),
    "before_title": (1.0, 0.0, "+"), "head": (1.6, 0.0, "+"), "lead": (0.3, 0.0, "="),
    "dateline": (2.7, 0.0, "+"), "repeated": (5.0, 0.0, "+"),
    "much_ahead": (0.0, -5.0, "-"), "some_ahead": (0.0, -2.5, "="), "after_prose": (0.1, 0.3, "="),
    "end": (0.1, 0.3, "="),
    "after_rule": (0.1, 0.8, "+"), "cue_before": (0.7, 0.5, "="), "cue_after": (0.7, 0.3, "="),
    "card": (5.0, 2.0, "+"), "under_heading": (2.8, 2.0, "+"),
    "again": (3.0, 0.0, "+"), "head_list": (0.5, 0.0, "+"), "code": (-2.0, -2.0, "-"),
    "recurs": (2.0, 1.5, "+"), "list_over": (0.0, -2.0, "-"), "reply": (3.0, 2.5, "+"),
    "clauses": (-1.5, -0.3, "-"),
    "menu": (3.0, 2.0, "+"), "credit": (1.5, 0.0, "+"), "note": (8.0, 0.0, "+"), "retold": (4.0, 1.0, "+"),
}  # fmt: skip
STEP_PRIOR = {"keep-keep": 0.5, "keep-drop": -0.4, "keep-tail": -1.8, "drop-keep": 0.0, "drop-drop": 0.5,
    "drop-tail": -1.2, "tail-tail": 0.5, UNMARKED: -3.5,
              "start-keep": 0.0, "start-drop": 0.0, "start-tail": -3.0}  # fmt: skip
FIRM = 20.0
"""How much firmer the prior is for "=" and for steps."""

CORPUS_PRIOR = {"corpus": (4.0, 4.0, "+")}
TOPIC_PRIOR = {"foreign": (0.3, 1.0, "+"), "distant": (0.1, 0.5, "+")}
"""Evidence that is there only in a corpus, and only with sentence vectors. It is fitted with all else as it
is.
"""

STRENGTH = 300.0
"""Precision of the prior: one over its variance. The cross-validated figures do not tell 1, 10, 100, 300 and
1,000 apart; the firmer the prior, the less do rare kinds of evidence follow single sites.
"""

COPY_SIZE, COPY_WEIGHT = 300, 0.5
"""Characters of the article in a short copy, and what such a copy weighs against a page."""


@dataclass(frozen=True, slots=True)
class Example:
    """One article as the model sees it: names of evidence per judged piece, and its true states (0 keep, 1
    drop, 2 tail).
    """

    names: tuple[tuple[str, ...], ...]
    states: tuple[int, ...]
    weight: float = 1.0


def make_example(names: Sequence[tuple[str, ...]], dropped: Sequence[bool], weight: float = 1.0) -> Example:
    """What is dropped behind the last kept piece is in the state ``tail``."""
    last = max((index for index, drop in enumerate(dropped) if not drop), default=-1)
    states = tuple(0 if not drop else 1 if index < last else 2 for index, drop in enumerate(dropped))
    return Example(tuple(names), states, weight)


def shorten(lines: Sequence[str], dropped: Sequence[bool], most: int = COPY_SIZE) -> list[bool] | None:
    """Which lines of a page stay in its short copy: all that are dropped by label, and lines of the article
    from both of its ends, in turn, until they have ``most`` characters. None if the article is no longer than
    twice that.
    """
    sizes = [len("".join(line.split())) for line in lines]
    own = [index for index, drop in enumerate(dropped) if not drop and sizes[index]]
    if sum(sizes[index] for index in own) <= 2 * most:
        return None
    stays, room = {own[0]}, most - sizes[own[0]]
    for index in (index for pair in zip(own, reversed(own), strict=True) for index in pair):
        if index not in stays:
            room -= sizes[index]
            if room < 0:
                break
            stays.add(index)
    return [drop or index in stays or not sizes[index] for index, drop in enumerate(dropped)]


def fit_chain(
    training: Sequence[Example], prior: dict[str, tuple[float, float, str]], base: Model | None = None
) -> Model:
    """The most probable weights. With ``base`` only the evidence of ``prior`` is fitted and all else
    stays. Without any piece the weights are those of the prior.
    """
    names = list(prior)
    steps = [] if base else list(STEP_PRIOR)
    start = np.array(
        [weight for name in names for weight in prior[name][:2]] + [STEP_PRIOR[step] for step in steps]
    )
    bounds = [bound for name in names for bound in [_bound(prior[name][2])] * 2] + [(None, None)] * len(steps)
    firm = STRENGTH * np.array(
        [FIRM if prior[name][2] == "=" else 1.0 for name in names for _ in "dt"] + [FIRM] * len(steps)
    )
    training = [one for one in training if one.names]
    rows = make_rows(training, names, base)

    def model(vector: NDArray[np.float64]) -> Model:
        pairs = vector[: 2 * len(names)].reshape(-1, 2).tolist()
        evidence = dict(base.evidence) if base else {}
        evidence.update({name: (drop, tail) for name, (drop, tail) in zip(names, pairs, strict=True)})
        moves = vector[2 * len(names) :].tolist()
        return Model(evidence, base.steps if base else dict(zip(steps, moves, strict=True)))

    def loss(vector: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = learn(rows, vector[: 2 * len(names)].reshape(-1, 2), model(vector).steps)
        away = firm * (vector - start)
        return value + 0.5 * float((away * (vector - start)).sum()), slope[: len(vector)] + away

    if not training:
        return model(start)
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300})
    return model(result.x)


def _bound(sign: str) -> tuple[float | None, float | None]:
    return (0.0, None) if sign == "+" else (None, 0.0) if sign == "-" else (None, None)


@dataclass(frozen=True, slots=True)
class Rows:
    """Pieces of all examples, the longest example first, as the steps of the chain need them.

    ``seen`` [pieces, names]: evidence. ``rest`` [pieces, 2]: scores of evidence that is not fitted.
    ``unmarked``, ``states``, ``weight`` [pieces]. ``at``: for each step the pieces that have this number in
    their example, in the order of the examples, of which fewer and fewer are long enough.
    """

    seen: csr_matrix
    rest: NDArray[np.float64]
    unmarked: NDArray[np.float64]
    states: NDArray[np.int64]
    weight: NDArray[np.float64]
    at: Sequence[NDArray[np.int64]]


def make_rows(training: Sequence[Example], names: Sequence[str], base: Model | None) -> Rows:
    training = sorted(training, key=lambda one: -len(one.names))
    column = {name: number for number, name in enumerate(names)}
    pieces = [seen for one in training for seen in one.names]
    coded = [[column[name] for name in ("always", *seen) if name in column] for seen in pieces]
    ends = np.cumsum([0, *(len(codes) for codes in coded)])
    codes = np.array([code for codes in coded for code in codes], np.int64)
    other = dict(base.evidence) if base else {}
    rest = np.zeros((len(pieces), 2))
    for number, seen in enumerate(pieces):
        for name in ("always", *seen):
            if name in other and name not in column:
                rest[number] += other[name]
    sizes = np.array([len(one.names) for one in training], np.int64)
    firsts = sizes.cumsum() - sizes
    return Rows(
        csr_matrix((np.ones(len(codes)), codes, ends), shape=(len(pieces), len(names))),
        rest,
        np.array(["unmarked" in seen for seen in pieces], np.float64),
        np.array([state for one in training for state in one.states], np.int64),
        np.repeat([one.weight for one in training], sizes),
        [firsts[sizes > step] + step for step in range(int(sizes.max(initial=0)))],
    )


def learn(
    rows: Rows, weights: NDArray[np.float64], steps: Mapping[str, float]
) -> tuple[float, NDArray[np.float64]]:
    """Negative log-likelihood of all examples, and its gradient: of the weights of evidence [names, 2], then
    of the steps in the order of STEP_PRIOR. By the forward-backward algorithm in logarithms, for all examples
    at once.
    """
    local = np.zeros((len(rows.states), 3))
    local[:, 1:] = rows.seen @ weights + rows.rest
    enter = rows.unmarked * steps[UNMARKED]
    order = ("keep", "drop", "tail")
    move = np.full((3, 3), -np.inf)
    for name in STEPS:
        before, after = name.split("-")
        move[order.index(before), order.index(after)] = steps[name]
    ahead, behind = np.zeros_like(local), np.zeros_like(local)
    for number, now in enumerate(rows.at):
        if not number:
            ahead[now] = local[now] + [steps[name] for name in STARTS]
            continue
        moved = move + _INTO_TAIL * enter[now, None, None]
        ahead[now] = local[now] + np.logaddexp.reduce(ahead[now - 1][:, :, None] + moved, axis=1)
    for now in rows.at[:0:-1]:
        moved = move + _INTO_TAIL * enter[now, None, None]
        behind[now - 1] = np.logaddexp.reduce(moved + (local[now] + behind[now])[:, None, :], axis=2)
    total = np.logaddexp.reduce(ahead + behind, axis=1)
    chance = np.exp(ahead + behind - total[:, None]) * rows.weight[:, None]
    truth = np.zeros_like(chance)
    truth[np.arange(len(truth)), rows.states] = rows.weight
    firsts = rows.at[0]
    later = np.concatenate([np.zeros(0, np.int64), *rows.at[1:]])
    pairs = np.exp(
        ahead[later - 1][:, :, None] + move + _INTO_TAIL * enter[later, None, None]
        + (local[later] + behind[later])[:, None, :] - total[later, None, None]
    ) * rows.weight[later, None, None]  # fmt: skip
    pairs[np.arange(len(later)), rows.states[later - 1], rows.states[later]] -= rows.weight[later]
    moves, entering = pairs.sum(axis=0), float((pairs[:, :2, 2].sum(axis=1) * rows.unmarked[later]).sum())
    begun = (chance[firsts] - truth[firsts]).sum(axis=0)
    slopes = {f"{one}-{two}": moves[order.index(one), order.index(two)] for one in order for two in order}
    slopes.update({f"start-{name}": begun[order.index(name)] for name in order})
    slopes[UNMARKED] = entering
    path = (truth * local).sum() + (rows.weight[firsts] * (
        np.array([steps[name] for name in STARTS])[rows.states[firsts]] - total[firsts]
    )).sum()  # fmt: skip
    taken = move[rows.states[later - 1], rows.states[later]]
    taken = taken + _INTO_TAIL[rows.states[later - 1], rows.states[later]] * enter[later]
    value = -float(path + (rows.weight[later] * taken).sum())
    slope = rows.seen.T @ (chance - truth)[:, 1:]
    return value, np.concatenate([slope.ravel(), [slopes[name] for name in STEP_PRIOR]])


_INTO_TAIL = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])


def write_weights(model: Model, path: Path, about: Mapping[str, Any]) -> None:
    """Write the file of weights, to two decimals."""
    evidence = {name: [round(drop, 2), round(tail, 2)] for name, (drop, tail) in model.evidence.items()}
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(pair)}" for name, pair in evidence.items())
    steps = json.dumps({name: round(weight, 2) for name, weight in model.steps.items()})
    path.write_text(
        f'{{\n  "about": {json.dumps(about)},\n  "evidence": {{\n{lines}\n  }},\n  "steps": {steps}\n}}\n',
        encoding="utf-8",
    )

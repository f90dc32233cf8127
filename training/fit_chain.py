"""Fit the weights of the cleaner's chain from a folder of labelled articles, and say by cross-validation how
good they are.

    python training/fit_chain.py DIR [--write] [--threshold T] [--topic]
    python training/fit_chain.py DIR --provenance [--write] [--topic]

DIR holds ``NNN.txt`` and ``NNN.json`` (``lines``: [first, last, "keep" or "drop", category]; ``repo``: the
source site). Each fold leaves out all articles of one site. Weights are the most probable ones under a normal
prior around the values of PRIOR, with the sign of a piece of evidence fixed where PRIOR says so: 24 articles
are few, and evidence that they do not show (a cue of a kind of site that is not among them) keeps its prior
weight instead of losing it. People chose the values of PRIOR, STEP_PRIOR, TOPIC_PRIOR and FIXED; they are
input of the fit. The file of weights says which of its weights are still those values (see `describe`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from duizhao.cleaning.chain import STARTS, STEPS, UNMARKED, Model, emission, marginals, odds, read_model
from duizhao.cleaning.lexicon import Lexicon, load_cues, make_lexicon
from duizhao.cleaning.topic import measure_topic
from duizhao.cleaning.verdicts import THRESHOLD, Verdict, gather, judge, kept
from duizhao.text.blocks import find_blocks
from duizhao.text.document import Document, make_document

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from cleaning import Article, load_articles, measure, report

WEIGHTS = Path(__file__).parents[1] / "src" / "duizhao" / "cleaning" / "_data" / "weights.json"

# name: prior weight of drop, of tail; "+" where the weight may not fall below zero, "-" where it may not rise
# above. "=" holds a weight near its prior: what every line has must not learn from 24 articles that tails are
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

FIXED = {"corpus": (4.0, 4.0)}
"""Evidence that the labelled articles cannot show, with a weight set by judgement."""

TOPIC_PRIOR = {"foreign": (0.3, 1.0, "+"), "distant": (0.1, 0.5, "+")}
FOREIGN_WEIGHT = 0.25
"""What an article with foreign teasers put behind its text weighs against one as it was found."""

STRENGTH = 1.0
"""Precision of the prior: one over its variance."""


@dataclass(frozen=True, slots=True)
class Example:
    """One article as the model sees it: names of evidence per judged piece, and its true states (0 keep, 1
    drop, 2 tail).
    """

    site: str
    names: tuple[tuple[str, ...], ...]
    states: tuple[int, ...]
    weight: float = 1.0


def example(
    article: Article,
    document: Document,
    dropped: Sequence[bool],
    topic: bool,
    weight: float = 1.0,
    lexicon: Lexicon | None = None,
) -> Example:
    """Evidence and true states of an article; ``dropped`` says of each line whether it is labelled so.

    ``lexicon`` has the cues, those of the package if it is not given.
    """
    blocks = find_blocks(document)
    evidence = gather(document, blocks, measure_topic(document, blocks) if topic else None, lexicon=lexicon)
    starts = [0]
    for line in document.text.split("\n")[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    names, gone = [], []
    for index, (piece, seen) in enumerate(zip(evidence.pieces, evidence.names, strict=True)):
        if index not in evidence.settled:
            at = [
                int(np.searchsorted(starts, place, side="right")) - 1
                for span in piece.block.spans
                for place in range(span[0], span[1])
            ]
            names.append(seen)
            gone.append(sum(dropped[line] for line in at) > 0.5 * len(at))
    last = max((index for index, drop in enumerate(gone) if not drop), default=-1)
    states = tuple(0 if not drop else 1 if index < last else 2 for index, drop in enumerate(gone))
    return Example(article.site, tuple(names), states, weight)


def labels(article: Article) -> list[bool]:
    dropped = [False] * (article.text.count("\n") + 1)
    for first, last, label, _ in article.lines:
        for line in range(first - 1, last):
            dropped[line] = label == "drop"
    return dropped


def examples(articles: Sequence[Article], topic: bool, lexicon: Lexicon | None = None) -> list[Example]:
    """The articles as they are, and each with teasers of two others behind its text: foreign matter that no
    cue gives away.
    """
    found = []
    for number, article in enumerate(articles):
        document = make_document(article.name, article.text)
        found.append(example(article, document, labels(article), topic, lexicon=lexicon))
        lines, dropped = article.text.split("\n"), labels(article)
        last = max(index for index, drop in enumerate(dropped) if not drop and lines[index].strip()) + 1
        others = [articles[(number + step) % len(articles)] for step in (5, 11)]
        teasers = [line for index, other in enumerate(others) for line in teaser(other, index)]
        mixed = lines[:last] + teasers + lines[last:]
        found.append(
            example(
                article,
                make_document(article.name, "\n".join(mixed)),
                dropped[:last] + [True] * len(teasers) + dropped[last:],
                topic,
                FOREIGN_WEIGHT,
                lexicon,
            )
        )
    return found


def teaser(article: Article, style: int) -> list[str]:
    """What an aggregator prints of another story: its title and the beginning of its text, cut off."""
    dropped = labels(article)
    kept = [
        line.strip("# *>")
        for line, drop in zip(article.text.split("\n"), dropped, strict=True)
        if not drop and len(line.strip("# *=->")) > 5
    ]
    long = next((line for line in kept[1:] if len(line) > 100), kept[-1])
    return ["", kept[0], "", long[:95] + ("..." if style else ""), ""]


def fit(
    training: Sequence[Example], prior: dict[str, tuple[float, float, str]], base: Model | None = None
) -> Model:
    """The most probable weights. With ``base`` only the evidence of ``prior`` is fitted and all else
    stays.
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
    column = {name: 2 * number for number, name in enumerate(names)}
    coded = [
        [[column[name] for name in ("always", *seen) if name in column] for seen in one.names]
        for one in training
    ]

    def model(vector: np.ndarray) -> Model:
        evidence = dict(base.evidence) if base else dict(FIXED)
        evidence.update({name: (float(vector[at]), float(vector[at + 1])) for name, at in column.items()})
        return Model(
            evidence,
            base.steps if base else {step: float(vector[2 * len(names) + n]) for n, step in enumerate(steps)},
        )

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        current = model(vector)
        value, slope = 0.5 * float((firm * (vector - start) ** 2).sum()), firm * (vector - start)
        for one, codes in zip(training, coded, strict=True):
            value += _learn(current, one, codes, slope, 2 * len(names) if steps else None)
        return value, slope

    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 150})
    return model(result.x)


def _bound(sign: str) -> tuple[float | None, float | None]:
    return (0.0, None) if sign == "+" else (None, 0.0) if sign == "-" else (None, None)


def _learn(
    model: Model, one: Example, codes: Sequence[Sequence[int]], slope: np.ndarray, steps_at: int | None
) -> float:
    """Negative log-likelihood of one article; its gradient is added to ``slope``."""
    if not one.names:
        return 0.0
    scores = [emission(model, seen) for seen in one.names]
    local = np.array([(0.0, drop, tail) for drop, tail, _ in scores])
    enter = np.array([score for _, _, score in scores])
    move = np.full((3, 3), -np.inf)
    for step in STEPS:
        a, b = (("keep", "drop", "tail").index(state) for state in step.split("-"))
        move[a, b] = model.steps[step]
    first = np.array([model.steps[step] for step in STARTS])
    count = len(local)
    ahead, behind = np.zeros((count, 3)), np.zeros((count, 3))
    ahead[0] = first + local[0]
    for i in range(1, count):
        ahead[i] = (
            np.logaddexp.reduce(ahead[i - 1][:, None] + move + _INTO_TAIL * enter[i], axis=0) + local[i]
        )
    for i in range(count - 2, -1, -1):
        behind[i] = np.logaddexp.reduce(
            move + _INTO_TAIL * enter[i + 1] + (local[i + 1] + behind[i + 1])[None, :], axis=1
        )
    total = np.logaddexp.reduce(ahead[-1])
    chance = np.exp(ahead + behind - total)
    truth = (
        local[0, one.states[0]]
        + first[one.states[0]]
        + sum(
            local[i, one.states[i]]
            + move[one.states[i - 1], one.states[i]]
            + _INTO_TAIL[one.states[i - 1], one.states[i]] * enter[i]
            for i in range(1, count)
        )
    )
    for i, places in enumerate(codes):
        for at in places:
            slope[at] += one.weight * (chance[i, 1] - (one.states[i] == 1))
            slope[at + 1] += one.weight * (chance[i, 2] - (one.states[i] == 2))
    if steps_at is not None:
        expected = np.zeros((3, 3))
        for i in range(1, count):
            expected += np.exp(
                ahead[i - 1][:, None] + move + _INTO_TAIL * enter[i] + (local[i] + behind[i])[None, :] - total
            )
            expected[one.states[i - 1], one.states[i]] -= 1
        order = ("keep", "drop", "tail")
        for number, step in enumerate(STEP_PRIOR):
            if step == UNMARKED:
                continue
            before, after = step.split("-")
            slope[steps_at + number] += (
                one.weight * (chance[0, order.index(after)] - (one.states[0] == order.index(after)))
                if before == "start"
                else one.weight * expected[order.index(before), order.index(after)]
            )
    return one.weight * float(total - truth)


_INTO_TAIL = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])


def chances(model: Model, found: Sequence[Example]) -> Iterator[tuple[float, bool]]:
    """Probability of being boilerplate, and the truth, of every piece."""
    for one in (one for one in found if one.weight == 1):
        scores = marginals(model, [odds(model, seen) for seen in one.names])
        yield from ((sum(score), state > 0) for score, state in zip(scores, one.states, strict=True))


def calibration(pairs: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Scale and shift of the log-odds that make probabilities true (Platt 1999), by cross-validated
    scores.
    """
    odds = np.array(
        [math.log(min(max(p, 1e-9), 1 - 1e-9) / (1 - min(max(p, 1e-9), 1 - 1e-9))) for p, _ in pairs]
    )
    truth = np.array([float(t) for _, t in pairs])

    def loss(vector: np.ndarray) -> float:
        score = vector[0] * odds + vector[1]
        return float(
            np.logaddexp(0, score).sum()
            - (truth * score).sum()
            + 2.0 * (vector[0] - 1) ** 2
            + 2.0 * vector[1] ** 2
        )

    scale, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(scale), float(shift)


def calibration_table(model: Model, pairs: Sequence[tuple[float, bool]]) -> str:
    from duizhao.cleaning.chain import calibrate

    edges = (0, 0.02, 0.1, 0.3, 0.6, 0.9, 0.98, 1.0001)
    rows = ["| score | pieces | mean score | boilerplate |", "|---|---|---|---|"]
    scored = [(calibrate(model, p), t) for p, t in pairs]
    for low, high in pairwise(edges):
        cell = [(p, t) for p, t in scored if low <= p < high]
        if cell:
            rows.append(
                f"| {low:.2f}–{min(high, 1):.2f} | {len(cell)} | "
                f"{sum(p for p, _ in cell) / len(cell):.3f} | {sum(t for _, t in cell) / len(cell):.3f} |"
            )
    return "\n".join(rows)


def describe(model: Model, fitted: Model, articles: Sequence[Article], topic: bool) -> dict[str, Any]:
    """Where the weights of a model come from: the data, and the names of the weights of each origin.

    ``prior``: the weights are those of PRIOR, STEP_PRIOR, TOPIC_PRIOR or FIXED, which people chose.
    ``fitted``: they are those of the argument ``fitted``, the fit to these articles. ``other``: they are
    neither. Such weights come from a fit to other data or by earlier code, or were set by hand.
    """
    pairs: dict[str, tuple[float, ...]] = {**model.evidence}
    pairs.update({name: (weight,) for name, weight in model.steps.items()})
    again: dict[str, tuple[float, ...]] = {**fitted.evidence}
    again.update({name: (weight,) for name, weight in fitted.steps.items()})
    chosen: dict[str, tuple[float, ...]] = {**FIXED}
    chosen.update({name: pair[:2] for name, pair in (PRIOR | TOPIC_PRIOR).items()})
    chosen.update({name: (weight,) for name, weight in STEP_PRIOR.items()})
    origins: dict[str, list[str]] = {"prior": [], "fitted": [], "other": []}
    for name, pair in pairs.items():
        found = "prior" if _same(pair, chosen.get(name)) else "other"
        if found == "other" and _same(pair, again.get(name)):
            found = "fitted"
        origins[found].append(name)
    data = hashlib.sha256()
    for article in articles:
        data.update(json.dumps([article.name, article.site, article.text, article.lines]).encode())
    return {
        "command": "python training/fit_chain.py DIR" + (" --topic" if topic else ""),
        "articles": len(articles),
        "sites": len({article.site for article in articles}),
        "data_sha256": data.hexdigest(),
        **origins,
    }


def _same(pair: Sequence[float], other: Sequence[float] | None) -> bool:
    """Whether two weights are the same to the two decimals that the file has."""
    return other is not None and all(abs(a - b) < 0.0051 for a, b in zip(pair, other, strict=True))


def write(model: Model, path: Path, provenance: dict[str, Any]) -> None:
    evidence = {name: [round(drop, 2), round(tail, 2)] for name, (drop, tail) in model.evidence.items()}
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(pair)}" for name, pair in evidence.items())
    told = ",\n".join(f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in provenance.items())
    steps = json.dumps({name: round(weight, 2) for name, weight in model.steps.items()})
    path.write_text(
        "{\n"
        '  "about": "Written by training/fit_chain.py. evidence: [drop, tail] against keep; '
        "steps: neighbouring states; calibration: scale, shift. provenance: prior has the values that people "
        "chose; fitted has what a fit to these articles gives; other has neither: it comes from another fit, "
        'or was set by hand.",\n'
        f'  "provenance": {{\n{told}\n  }},\n  "evidence": {{\n{lines}\n  }},\n  "steps": {steps},\n'
        f'  "calibration": {json.dumps([round(model.scale, 3), round(model.shift, 3)])}\n}}\n',
        encoding="utf-8",
    )


def predict(
    model: Model, article: Article, threshold: float, topic: bool, lexicon: Lexicon
) -> tuple[Document, list[Verdict]]:
    document = make_document(article.name, article.text)
    blocks = find_blocks(document)
    seen = measure_topic(document, blocks) if topic else None
    return document, judge(document, blocks, threshold=threshold, topic=seen, model=model, lexicon=lexicon)


def cross_validate(
    articles: Sequence[Article], options: argparse.Namespace
) -> tuple[dict[str, Model], list[tuple[float, bool]]]:
    """A model per site, fitted without its articles, and the calibrated scale from all held-out pieces."""
    folds: dict[str, Model] = {}
    pairs: list[tuple[float, bool]] = []
    plain: list[Example] = []
    for site in sorted({article.site for article in articles}):
        if not plain or options.cues == "unseen":
            plain = examples(articles, options.topic, lexicon_for(articles, site, options.cues))
        rest = [one for one in plain if one.site != site]
        model = fit(rest, PRIOR)
        if options.topic:
            model = fit(rest, TOPIC_PRIOR, model)
        folds[site] = model
        pairs += chances(model, [one for one in plain if one.site == site])
    scale, shift = calibration(pairs)
    return {site: replace(model, scale=scale, shift=shift) for site, model in folds.items()}, pairs


def lexicon_for(articles: Sequence[Article], site: str, which: str) -> Lexicon:
    """The lexicon cut down, to see how much rests on it.

    ``half`` keeps every second cue (by a hash of its text); ``unseen`` takes away every cue that stands in an
    article of the site held out and in none of another site; ``none`` takes away all cues.
    """
    full = load_cues()
    own = "\n".join(article.text for article in articles if article.site == site)
    others = "\n".join(article.text for article in articles if article.site != site)
    rules: dict[str, Callable[[str], bool]] = {
        "all": lambda text: True,
        "half": lambda text: hashlib.sha256(text.encode()).digest()[0] % 2 == 0,
        "unseen": lambda text: text not in own or text in others,
        "none": lambda text: text == "\0\0",
    }
    keep = rules[which]
    cues = {text: cue for text, cue in full.cues.items() if keep(text)} or {
        "\0\0": next(iter(full.cues.values()))
    }
    return make_lexicon(cues)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit the cleaner's weights; cross-validate by site.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all articles")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="the file of weights")
    parser.add_argument(
        "--provenance",
        action="store_true",
        help="say which weights of the file are the prior's, which the fit gives again, and which are "
        "neither; with --write also in the file, whose weights stay",
    )
    parser.add_argument("--threshold", type=float, nargs="*", default=[THRESHOLD])
    parser.add_argument(
        "--topic",
        action="store_true",
        help="with sentence vectors; fits the weights of topic on top of the others",
    )
    parser.add_argument(
        "--cues", choices=("all", "half", "unseen", "none"), default="all", help="cut the lexicon down"
    )
    parser.add_argument("--in-kept", action="store_true", help="only print the cues in what is kept by label")
    parser.add_argument("--show", action="store_true", help="print every piece that is judged wrongly")
    parser.add_argument("--weights", action="store_true", help="print the weights")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    articles = load_articles(options.folder)
    if options.in_kept:
        return show_cues(articles)
    if options.provenance:
        return show_provenance(articles, options)
    folds, pairs = cross_validate(articles, options)
    for threshold in options.threshold:
        texts = {}
        for article in articles:
            lexicon = lexicon_for(articles, article.site, options.cues)
            document, verdicts = predict(folds[article.site], article, threshold, options.topic, lexicon)
            texts[article.name] = "\n".join(kept(document, verdicts))
            if options.show:
                show(article, document, verdicts)
        print(
            f"cross-validated by site ({len(folds)} sites), cues: {options.cues}, topic: "
            f"{options.topic}, threshold {threshold}"
        )
        print(report(measure(articles, texts), verbose=len(options.threshold) == 1))
    plain = examples(articles, options.topic)
    final = fit(plain, PRIOR)
    some = next(iter(folds.values()))
    final = replace(
        fit(plain, TOPIC_PRIOR, final) if options.topic else final, scale=some.scale, shift=some.shift
    )
    print("\ncalibration, cross-validated:\n" + calibration_table(final, pairs))
    if options.weights:
        print({name: (round(d, 1), round(t, 1)) for name, (d, t) in final.evidence.items()}, final.steps)
    if options.write:
        write(final, options.out, describe(final, final, articles, options.topic))
        print(f"written: {options.out.name}, {len(final.evidence)} kinds of evidence")
    return None


def show_provenance(articles: Sequence[Article], options: argparse.Namespace) -> None:
    """Fit to the articles, print where each weight of the file comes from, and write that into the file with
    ``--write``. The weights stay as they are.
    """
    model = read_model(options.out.read_text(encoding="utf-8"))
    plain = examples(articles, options.topic)
    fitted = fit(plain, PRIOR)
    if options.topic:
        fitted = fit(plain, TOPIC_PRIOR, fitted)
    told = describe(model, fitted, articles, options.topic)
    for key, value in told.items():
        print(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    if options.write:
        write(model, options.out, told)


def show_cues(articles: Sequence[Article]) -> None:
    for article in articles:
        document, dropped = make_document(article.name, article.text), labels(article)
        for piece in gather(document, find_blocks(document)).pieces:
            line = document.text.count("\n", 0, piece.block.spans[0][0] if piece.block.spans else 0)
            told = [
                f"{hit.strength}:{piece.text[hit.start : hit.end]}"
                for hit in piece.hits
                if hit.strength != "weak"
            ]
            if told and not dropped[line]:
                print(article.name, line + 1, told, len(piece.text), piece.text[:60])


def show(article: Article, document: Document, verdicts: Sequence[Verdict]) -> None:
    dropped = labels(article)
    for verdict in verdicts:
        line = document.text.count(
            "\n", 0, verdict.block.start if not verdict.block.spans else verdict.block.spans[0][0]
        )
        if (
            verdict.block.spans
            and verdict.block.kind != "front_matter"
            and dropped[line] != (verdict.label == "drop")
        ):
            text = document.text[verdict.block.start : verdict.block.end].replace("\n", " ")
            print(
                f"{article.name}:{line + 1} gold {'drop' if dropped[line] else 'keep'} score "
                f"{verdict.score} {verdict.reason or ''} | {text[:80]}"
            )


if __name__ == "__main__":
    main()

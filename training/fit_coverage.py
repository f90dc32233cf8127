"""Fit the weights that tell which sentences of a bead have no counterpart, on texts with planted ones.

    python training/fit_coverage.py GOLD [TEXTS ...] [--out src/duizhao/alignment/_data/coverage.json]

GOLD is a folder as for `fit_alignment.py`. TEXTS are folders with ``zh/NAME.md`` and ``en/NAME.md``,
documents and their translations without hand-made beads: the beads that the aligner is sure of stand for
them. Sentences are taken out of each text or put into it (sentences of another text, headings, notes,
exchanged sentences); the aligner, as shipped, aligns what is left; each sentence that shares its side of a
bead with another is one example. Printed last: what is found in texts, with weights fitted on the others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from duizhao.alignment.aligner import load_weights, search
from duizhao.alignment.anchors import corridor
from duizhao.alignment.coverage import STRANGER, Judge, divided, judge
from duizhao.alignment.features import MAX_SPAN
from duizhao.alignment.sides import Side, length_ratio, side
from duizhao.alignment.texts import split_text
from duizhao.encoders.use import UniversalSentenceEncoder
from fit_alignment import Doubles, Pair, minimise, read_gold

NOTES = (
    ["（注：本节为译者补充。）", "图一", "第三章　归途", "编者按", "参见下文。", "小结", "作者简介", "（未完待续）"],
    ["Note: this section was added by the translator.", "Figure 1", "Chapter Three: The Way Home",
    "See below.",
     "Editor's note", "Summary", "About the author", "(To be continued)"],
)  # fmt: skip
SURE = 0.9
L2 = 10.0
DOCUMENT_WEIGHT = 3.0  # an example of a document against one of a gold text, which has many more
DOCUMENTS = 4  # of each folder of texts
BYTES = (3_000, 14_000)  # size of their Chinese files
WHOLE_WEIGHT = 6.0  # an example of a text in which nothing was planted
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Source:
    """A text with its beads, and those of them that sentences may be taken out of."""

    name: str
    sides: tuple[list[str], list[str]]
    gold: list[Pair]
    ones: list[int]


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence that the aligner put beside others: is it a stranger there?"""

    name: str
    evidence: dict[str, float]
    stranger: bool
    planted: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One text as the field aligned it, kept to see what dividing its beads changes."""

    name: str
    judge: Judge
    links: list[Pair]
    gold: list[Pair]
    planted: bool


class CachingEncoder(UniversalSentenceEncoder):
    """The default encoder; a sentence that was seen before costs nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, tuple[Any, Any]] = {}

    def _sums(self, sentences: Sequence[str]) -> tuple[Any, Any]:
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._seen]
        if new:
            self._seen.update(zip(new, zip(*super()._sums(new), strict=True), strict=True))
        sums, tokens = zip(*(self._seen[sentence] for sentence in sentences), strict=True)
        return np.stack(sums), np.stack(tokens)


def read_texts(folder: Path) -> Iterator[Source]:
    """Yield the hand-aligned texts of a folder."""
    for path in sorted((folder / "gold").glob("*.align")):
        zh, en = (
            (folder / lang / f"{path.stem}.txt").read_text(encoding="utf-8").splitlines()
            for lang in ("zh", "en")
        )
        gold = read_gold(path)
        yield Source(path.stem, (zh, en), gold, [k for k, (a, b) in enumerate(gold) if len(a) == len(b) == 1])


def read_documents(folder: Path, encoder: CachingEncoder) -> Iterator[Source]:
    """Yield some documents of a folder, chosen by a hash of their names, with the beads found in them."""
    paths = sorted((folder / "zh").glob("*.md"), key=lambda path: sha256(path.name.encode()).hexdigest())
    found = 0
    for path in paths:
        if found == DOCUMENTS or not BYTES[0] < path.stat().st_size < BYTES[1]:
            continue
        texts = [
            split_text((folder / lang / path.name).read_text(encoding="utf-8"), lang, path.name)
            for lang in ("zh", "en")
        ]
        zh, en = (list(text.sentences) for text in texts)
        beads = aligned(zh, en, encoder)[1].beads
        sure = [k for k, bead in enumerate(beads) if bead.kind == "1-1" and bead.score > SURE]
        if len(sure) >= 30:
            found += 1
            yield Source(f"{folder.name} {path.stem}", (zh, en), [(b.zh, b.en) for b in beads], sure)


def planted(
    source: Source, rate: float, added: float, pool: Source, seed: int
) -> tuple[list[list[str]], list[Pair]]:
    """Return the text with one side of some beads taken out and strangers put in, and its beads then.

    ``rate`` is the share of the beads in ``ones`` that lose a side, evenly spaced; ``added`` the share of
    sentences before which a stranger is put: one of ``pool``, a note, or one of the same text (exchanged).
    """
    random = np.random.default_rng(seed)
    step = round(1 / rate)
    out: tuple[set[int], set[int]] = (set(), set())
    for k in source.ones[int(random.integers(step)) :: step]:
        at = int(random.integers(2))
        out[at].add(source.gold[k][at][0])
    sides: list[list[str]] = []
    places: list[dict[int, int]] = []
    strangers: list[list[int]] = []
    for at, sentences in enumerate(source.sides):
        side_now: list[str] = []
        place: dict[int, int] = {}
        new: list[int] = []
        for i, sentence in enumerate(sentences):
            if random.random() < added:
                new.append(len(side_now))
                choices = ([*pool.sides[at], *NOTES[at]], NOTES[at], sentences)[int(random.integers(3))]
                side_now.append(choices[int(random.integers(len(choices)))])
            if i not in out[at]:
                place[i] = len(side_now)
                side_now.append(sentence)
        sides.append(side_now)
        places.append(place)
        strangers.append(new)
    gold: list[Pair] = []
    for bead in source.gold:
        zh, en = (
            tuple(place[i] for i in part if i in place) for part, place in zip(bead, places, strict=True)
        )
        gold += [(zh, en)] if zh and en else [((i,), ()) for i in zh] + [((), (j,)) for j in en]
    gold += [((i,), ()) for i in strangers[0]] + [((), (j,)) for j in strangers[1]]
    return sides, gold


def aligned(zh: list[str], en: list[str], encoder: CachingEncoder) -> tuple[tuple[Side, Side], Any]:
    """Return both sides and the path that the field finds, before any sentence is judged by itself."""
    sides = (
        side(zh, encoder.encode_spans(zh, MAX_SPAN)),
        side(en, encoder.encode_spans(en, MAX_SPAN)),
    )
    found = corridor(sides[0].vectors.spans[0], sides[1].vectors.spans[0])
    return sides, search(*sides, found, None, load_weights())


def run(
    name: str, zh: list[str], en: list[str], gold: list[Pair], encoder: CachingEncoder, planted: bool
) -> Run:
    """Return a text aligned by the field."""
    sides, path = aligned(zh, en, encoder)
    links = [(bead.zh, bead.en) for bead in path.beads]
    unpaired = path.unpaired_zh, path.unpaired_en
    return Run(
        name, judge(sides, links, length_ratio(*sides), unpaired, {"constant": 0.0}), links, gold, planted
    )


def partners(gold: Sequence[Pair]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Return what each sentence of either side is linked with."""
    return {i: set(en) for zh, en in gold for i in zh}, {j: set(zh) for zh, en in gold for j in en}


def examples(one: Run) -> Iterator[Example]:
    """Yield the sentences that the field put beside others."""
    linked = partners(one.gold)
    for bead in one.links:
        for at, place, evidence in one.judge.evidence(bead):
            mine = linked[at].get(bead[at][place], set())
            yield Example(one.name, evidence, not mine & set(bead[1 - at]), one.planted)


def measure(runs: Sequence[Run], weights: dict[str, dict[str, float]] | None) -> tuple[float, float, float]:
    """Return strict F1, and the shares of sentences without counterpart that are in a bead with two sides,
    and that are in one where no sentence's chance of being a stranger is above 0.1. Without weights: before
    dividing.
    """
    hit = total = strangers = swallowed = hidden = 0
    for one in runs:
        judged = replace(one.judge, weights=weights[one.name]) if weights else None
        linked = partners(one.gold)
        gold = set(one.gold)
        strangers += sum(not partner for side in linked for partner in side.values())
        for bead in one.links:
            parts = divided(judged, bead) if judged and bead[0] and bead[1] else None
            beads = [*parts.before, parts.link, *parts.after] if parts else [bead]
            hit += sum(link in gold for link in beads)
            total += len(beads)
            kept = parts.link if parts else bead
            inside = (
                sum(not linked[at].get(k, {0}) for at in (0, 1) for k in kept[at])
                if kept[0] and kept[1]
                else 0
            )
            swallowed += inside
            hidden += inside if not parts or max(*parts.chances[0], *parts.chances[1]) < 0.1 else 0
        total += len(gold)
    return 2 * hit / total, swallowed / max(strangers, 1), hidden / max(strangers, 1)


def fit(some: Sequence[Example], gold_names: set[str]) -> dict[str, float]:
    """Return the weights of greatest penalised likelihood."""
    names = list(some[0].evidence)
    values = np.array([[example.evidence[name] for name in names] for example in some])
    strangers = np.array([example.stranger for example in some])
    weight = np.array(
        [
            (1.0 if example.name in gold_names else DOCUMENT_WEIGHT)
            * (1.0 if example.planted else WHOLE_WEIGHT)
            for example in some
        ]
    )
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    inputs = np.column_stack([(values - mean) / scale, np.ones(len(values))])
    penalty = np.r_[np.full(len(names), L2), 0.0]

    def loss(x: Doubles) -> tuple[float, Doubles]:
        total = inputs @ x
        value = weight @ (np.logaddexp(0, total) - strangers * total) + (penalty * x) @ x / 2
        chance = 1 / (1 + np.exp(-np.clip(total, -50, 50)))
        return float(value), inputs.T @ (weight * (chance - strangers)) + penalty * x

    x = minimise(loss, np.zeros(len(names) + 1), steps=400)
    slopes = x[:-1] / scale
    weights = {"constant": round(float(x[-1] - slopes @ mean), 5)}
    return weights | {name: round(float(slope), 5) for name, slope in zip(names, slopes, strict=True)}


def chances(some: Sequence[Example], weights: dict[str, float]) -> Doubles:
    """Return each example's chance of being a stranger."""
    totals = [
        weights["constant"] + sum(weights[name] * value for name, value in example.evidence.items())
        for example in some
    ]
    return np.asarray(1 / (1 + np.exp(-np.clip(totals, -50, 50))))


def report(all_examples: Sequence[Example], runs: Sequence[Run], gold_names: set[str]) -> None:
    """Print what is found in each text with weights fitted on the others."""
    weights: dict[str, dict[str, float]] = {}
    print(
        "| text, left out | sentences | strangers | found | false | strangers below 0.1 "
        "|\n|---|---|---|---|---|---|"
    )
    for name in sorted({one.name for one in runs}):
        some = [example for example in all_examples if example.name == name]
        weights[name] = fit([e for e in all_examples if e.name != name], gold_names)
        if not some:
            continue
        found = chances(some, weights[name])
        strange = np.array([example.stranger for example in some])
        hit, false = (found[strange] > STRANGER).sum(), (found[~strange] > STRANGER).sum()
        hidden = (found[strange] < 0.1).sum()
        print(f"| {name} | {len(some)} | {strange.sum()} | {hit} | {false} | {hidden} |")
    print("\n| texts, each left out | strict F1 | swallowed | swallowed and below 0.1 |\n|---|---|---|---|")
    for label, gold, planted in (
        ("gold", True, False),
        ("gold, planted", True, True),
        ("documents", False, False),
        ("documents, planted", False, True),
    ):
        some_runs = [one for one in runs if (one.name in gold_names) == gold and one.planted == planted]
        for when, how in (("before", None), ("after", weights)):
            if some_runs:
                print(
                    f"| {label}, {when} | " + " | ".join(f"{x:.4f}" for x in measure(some_runs, how)) + " |"
                )


def main() -> None:
    """Plant, align, fit, report, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("texts", type=Path, nargs="*")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    encoder = CachingEncoder()
    sources = list(read_texts(arguments.gold))
    gold_names = {source.name for source in sources}
    for folder in arguments.texts:
        sources += read_documents(folder, encoder)
    found: list[Example] = []
    runs: list[Run] = []
    for at, source in enumerate(sources):
        pool = sources[(at + 1) % len(sources)]
        runs.append(run(source.name, *source.sides, source.gold, encoder, planted=False))
        found += examples(runs[-1])
        for seed in range(ROUNDS):
            for rate, added in ((0.1, 0.0), (0.04, 0.03)) if source.name in gold_names else ((0.1, 0.0),):
                (zh, en), gold = planted(source, rate, added, pool, 1000 * at + seed)
                one = run(source.name, zh, en, gold, encoder, planted=True)
                found += examples(one)
                if seed == 0 and not added:
                    runs.append(one)
        print(f"{source.name}: {len(found)} examples so far", flush=True)
    if arguments.out:
        weights = fit(found, gold_names)
        arguments.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
        print(f"weights fitted on all {len(sources)} texts: {arguments.out}")
    report(found, runs, gold_names)


if __name__ == "__main__":
    main()

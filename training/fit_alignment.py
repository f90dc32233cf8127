"""Fit the aligner's weights on hand-aligned texts, and print what they reach on texts left out.

    python training/fit_alignment.py FOLDER [--out src/duizhao/alignment/_data/weights.json] [--l2 3]

FOLDER holds ``zh/NAME.txt`` and ``en/NAME.txt`` (one sentence a line) and ``gold/NAME.align`` (one bead a
line, ``[0, 1]:[0]``). The weights maximise the likelihood of the gold alignments, less ``l2`` / 2 times the
squared weights in units of each evidence's spread. Every number printed before the last line is for texts
that had no part in fitting the weights used on them.
"""

from __future__ import annotations

import argparse
import json
from ast import literal_eval
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.aligner import Weights
from duizhao.alignment.anchors import corridor
from duizhao.alignment.band import Band
from duizhao.alignment.features import KINDS, MAX_SPAN, BeadEvidence, Window
from duizhao.alignment.search import Lattice, adapted_posteriors, best_path, posteriors
from duizhao.alignment.sides import BeadKind, Floats, length_ratio, side
from duizhao.encoders.encoder import default_encoder, span_vectors

Doubles = NDArray[np.float64]
Pair = tuple[tuple[int, ...], tuple[int, ...]]
THINNED_WEIGHT = 0.05  # more makes the aligner see gaps where there are none (0.2: F1 0.5 points less)
GROUPS = ("paired", "unpaired Chinese", "unpaired English")


@dataclass(frozen=True, slots=True)
class Text:
    """One hand-aligned text: its evidence ``[names, cells]`` by kind, its gold path and beads."""

    name: str
    evidence: dict[BeadKind, Floats]
    band: Band
    lattice: Lattice
    path: list[tuple[int, int, BeadKind]]
    gold: list[Pair]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each weight stands in the vector: evidence by group, then one constant for each kind."""

    names: dict[str, list[str]]

    @property
    def size(self) -> int:
        return sum(map(len, self.names.values())) + len(KINDS)

    def evidence(self, kind: BeadKind) -> slice:
        start = 0
        for name in GROUPS:
            if name == group(kind):
                break
            start += len(self.names[name])
        return slice(start, start + len(self.names[group(kind)]))

    def constant(self, kind: BeadKind) -> int:
        return self.size - len(KINDS) + KINDS.index(kind)

    def weights(self, vector: Doubles) -> Weights:
        """Return the vector as the file that the aligner reads."""
        out: dict[str, dict[str, float]] = {}
        for name, kind in zip(GROUPS, ((1, 1), (1, 0), (0, 1)), strict=True):
            values = vector[self.evidence(kind)]
            out[name] = {key: round(float(v), 4) for key, v in zip(self.names[name], values, strict=True)}
        out["kind"] = {f"{a}-{b}": round(float(vector[self.constant((a, b))]), 4) for a, b in KINDS}
        return out


def group(kind: BeadKind) -> str:
    """Return which evidence a kind of bead has."""
    return {(1, 0): GROUPS[1], (0, 1): GROUPS[2]}.get(kind, GROUPS[0])


def read_gold(path: Path) -> list[Pair]:
    """Return the beads of a ``.align`` file."""
    lines = [line.split(":") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(tuple(literal_eval(zh.strip())), tuple(literal_eval(en.strip()))) for zh, en in lines]


def monotone(gold: Sequence[Pair], rows: int, columns: int) -> list[tuple[int, int, BeadKind]]:
    """Return a path that the aligner can take and that has all gold beads it can have."""
    path: list[tuple[int, int, BeadKind]] = []
    i = j = 0

    def take(kind: BeadKind) -> None:
        nonlocal i, j
        path.append((i, j, kind))
        i, j = i + kind[0], j + kind[1]

    for zh, en in [*gold, ((rows,), (columns,))]:
        zh, en = tuple(x for x in zh if x >= i), tuple(x for x in en if x >= j)
        while zh and i < zh[0]:
            take((1, 0))
        while en and j < en[0]:
            take((0, 1))
        if (i, j) == (rows, columns) or not (zh or en):
            continue
        kind = len(zh), len(en)
        while kind not in KINDS:
            kind = (kind[0], kind[1] - 1) if kind[1] > 1 else (kind[0] - 1, kind[1])
        take(kind)
        for _ in zh[kind[0] :]:
            take((1, 0))
        for _ in en[kind[1] :]:
            take((0, 1))
    return path


def thinned(
    zh: list[str], en: list[str], gold: list[Pair], seed: int
) -> tuple[list[str], list[str], list[Pair]]:
    """Return the text without some sentences of either side: three in a hundred, and a passage of eight.

    Published translations leave little out, so a model fitted on them alone would link what has no
    counterpart to whatever stands beside it.
    """
    random = np.random.default_rng(seed)
    kept = []
    for sentences in (zh, en):
        keep = random.random(len(sentences)) > 0.03
        at = int(random.integers(max(len(sentences) - 8, 1)))
        keep[at : at + 8] = False
        kept.append(keep)
    places = [np.cumsum(keep) - 1 for keep in kept]
    beads: list[Pair] = []
    for bead in gold:
        left, right = (
            tuple(int(place[i]) for i in numbers if keep[i])
            for numbers, keep, place in zip(bead, kept, places, strict=True)
        )
        if left and right:
            beads.append((left, right))
        else:
            beads += [((i,), ()) for i in left] + [((), (j,)) for j in right]
    zh, en = (
        [s for s, k in zip(side, keep, strict=True) if k] for side, keep in zip((zh, en), kept, strict=True)
    )
    return zh, en, beads


def read_text(folder: Path, name: str, seed: int | None = None) -> tuple[Text, Layout]:
    """Read one text and gather its evidence; with a seed, of the text `thinned`."""
    zh, en = (
        (folder / lang / f"{name}.txt").read_text(encoding="utf-8").splitlines() for lang in ("zh", "en")
    )
    gold = read_gold(folder / "gold" / f"{name}.align")
    if seed is not None:
        zh, en, gold = thinned(zh, en, gold, seed)
    sides = [side(sentences, span_vectors(default_encoder(), sentences, MAX_SPAN)) for sentences in (zh, en)]
    found = corridor(*(one.vectors.spans[0] for one in sides))
    band = Band.of(found.low, found.high, len(en))
    evidence = BeadEvidence(Window(sides[0], sides[1], band, length_ratio(*sides)))
    tables = {kind: evidence.of(kind) for kind in KINDS}
    names = {group(kind): list(tables[kind]) for kind in KINDS}
    stacked = {
        kind: np.stack([np.broadcast_to(values, band.size) for values in table.values()])
        for kind, table in tables.items()
    }
    path = monotone(gold, len(zh), len(en))
    weight = 1.0 if seed is None else THINNED_WEIGHT
    return Text(name, stacked, band, Lattice.of(band, KINDS), path, gold, weight), Layout(names)


def score(text: Text, layout: Layout, vector: Doubles) -> dict[BeadKind, Floats]:
    """Return the scores of all beads of a text."""
    return {
        kind: vector[layout.evidence(kind)].astype(np.float32) @ table
        + np.float32(vector[layout.constant(kind)])
        for kind, table in text.evidence.items()
    }


def gradient(text: Text, layout: Layout, vector: Doubles) -> tuple[float, Doubles]:
    """Return the negative log-likelihood of a text's gold path and its gradient."""
    scores = score(text, layout, vector)
    chances, total = posteriors(scores, text.band, text.lattice)
    slope = np.zeros(layout.size)
    for kind, table in text.evidence.items():
        chance = chances[kind].astype(np.float32)
        slope[layout.evidence(kind)] += table @ chance
        slope[layout.constant(kind)] += chance.sum()
    for row, column, kind in text.path:
        at = text.band.cell(row, column)
        total -= float(scores[kind][at])
        slope[layout.evidence(kind)] -= text.evidence[kind][:, at]
        slope[layout.constant(kind)] -= 1
    return text.weight * total, text.weight * slope


def spread(texts: Sequence[Text], layout: Layout) -> Doubles:
    """Return one over the standard deviation of each evidence over gold beads (1 for constants)."""
    out = np.ones(layout.size)
    rows = [
        text.evidence[kind][:, text.band.cell(row, column)]
        for text in texts
        for row, column, kind in text.path
        if group(kind) == "paired"
    ]
    out[layout.evidence((1, 1))] = 1 / (np.stack(rows).std(axis=0) + 1e-3)
    return out


def fit(texts: Sequence[Text], layout: Layout, l2: float, start: Doubles | None = None) -> Doubles:
    """Return the weights of greatest penalised likelihood."""
    scale = spread(texts, layout)

    def loss(x: Doubles) -> tuple[float, Doubles]:
        parts = [gradient(text, layout, x * scale) for text in texts]
        value = sum(part for part, _ in parts) + l2 / 2 * float(x @ x)
        return value, sum((part for _, part in parts), np.zeros(layout.size)) * scale + l2 * x

    return minimise(loss, np.zeros(layout.size) if start is None else start / scale) * scale


def minimise(loss: Callable[[Doubles], tuple[float, Doubles]], x: Doubles, steps: int = 150) -> Doubles:
    """Minimise a smooth convex function with L-BFGS (Nocedal 1980; memory 12, backtracking)."""
    value, slope = loss(x)
    memory: list[tuple[Doubles, Doubles]] = []
    for _ in range(steps):
        step = -_curved(slope, memory)
        size = 1.0
        while True:
            new_value, new_slope = loss(x + size * step)
            if new_value <= value + 1e-4 * size * float(slope @ step) or size < 1e-6:
                break
            size /= 2
        moved, turned = size * step, new_slope - slope
        if float(moved @ turned) > 1e-10:
            memory = [*memory[-11:], (moved, turned)]
        done = value - new_value < 1e-5 * max(1.0, abs(value))
        x, value, slope = x + moved, new_value, new_slope
        if done:
            break
    return x


def _curved(slope: Doubles, memory: Sequence[tuple[Doubles, Doubles]]) -> Doubles:
    direction: Doubles = slope.copy()
    taken: list[float] = []
    for moved, turned in reversed(memory):
        taken.append(float(moved @ direction) / float(turned @ moved))
        direction -= taken[-1] * turned
    if memory:
        moved, turned = memory[-1]
        direction *= float(moved @ turned) / float(turned @ turned)
    else:
        direction /= max(float(np.linalg.norm(slope)), 1.0)
    for (moved, turned), size in zip(memory, reversed(taken), strict=True):
        direction += moved * (size - float(turned @ direction) / float(turned @ moved))
    return direction


def decode(text: Text, layout: Layout, vector: Doubles) -> list[tuple[Pair, float]]:
    """Return the beads found in a text, with their probabilities."""
    chances = adapted_posteriors(score(text, layout, vector), text.band, text.lattice)
    return [
        (
            (tuple(range(i, i + kind[0])), tuple(range(j, j + kind[1]))),
            float(chances[kind][text.band.cell(i, j)]),
        )
        for i, j, kind in best_path(chances, text.band, text.lattice)
    ]


def f1(found: Sequence[Pair], gold: Sequence[Pair]) -> float:
    """Return strict F1 over beads."""
    return 2 * len(set(found) & set(gold)) / (len(found) + len(gold))


def left_out(
    texts: Sequence[Text], layout: Layout, l2: float, start: Doubles
) -> list[list[tuple[Pair, float]]]:
    """Align each text with weights fitted on those of other names."""
    weights: dict[str, Doubles] = {}
    for text in texts:
        if text.name not in weights:
            others = [other for other in texts if other.name != text.name]
            weights[text.name] = fit(others, layout, l2, start)
    return [decode(text, layout, weights[text.name]) for text in texts]


def report(texts: Sequence[Text], found: Sequence[list[tuple[Pair, float]]]) -> float:
    """Print F1 by text and by kind, and the reliability of the scores; return strict F1 over all."""
    right: list[tuple[float, bool]] = []
    wanted: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    print("| text | F1 |\n|---|---|")
    for text, beads in zip(texts, found, strict=True):
        gold = set(text.gold)
        right += [(chance, bead in gold) for bead, chance in beads]
        wanted.update(f"{len(zh)}-{len(en)}" for zh, en in text.gold)
        hit.update(f"{len(zh)}-{len(en)}" for (zh, en), _ in beads if (zh, en) in gold)
        print(f"| {text.name} | {f1([bead for bead, _ in beads], text.gold):.4f} |")
    total = 2 * sum(ok for _, ok in right) / (len(right) + sum(wanted.values()))
    print(f"| all, each left out | {total:.4f} |\n\n| kind | gold beads | found |\n|---|---|---|")
    for kind, count in wanted.most_common():
        print(f"| {kind} | {count} | {hit[kind] / count:.3f} |")
    print("\n| score | beads | mean score | right |\n|---|---|---|---|")
    for low, high in pairwise((0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)):
        some = [(chance, ok) for chance, ok in right if low <= chance < high]
        if some:
            chances, oks = zip(*some, strict=True)
            print(f"| {low}–{min(high, 1)} | {len(some)} | {np.mean(chances):.3f} | {np.mean(oks):.3f} |")
    return total


def main() -> None:
    """Fit, report, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--l2", type=float, default=3.0)
    arguments = parser.parse_args()
    names = sorted(path.stem for path in (arguments.folder / "gold").glob("*.align"))
    read = [read_text(arguments.folder, name) for name in names]
    thin = [read_text(arguments.folder, name, seed) for seed, name in enumerate(names)]
    texts, layout = [text for text, _ in [*read, *thin]], read[0][1]
    vector = fit(texts, layout, arguments.l2)
    found = left_out(texts, layout, arguments.l2, vector)
    report(texts[: len(names)], found[: len(names)])
    print("\nThe same texts with sentences and passages left out on both sides:\n")
    report(texts[len(names) :], found[len(names) :])
    if arguments.out:
        arguments.out.write_text(json.dumps(layout.weights(vector), indent=1) + "\n", encoding="utf-8")
        print(f"\nweights fitted on all {len(names)} texts: {arguments.out}")


if __name__ == "__main__":
    main()

"""Fit the weights that say whether a translation is whole and right, on pairs with planted errors.

python training/fit_quality.py PAIRS ... [--test PAIRS ...] [--out src/duizhao/alignment/_data/quality.json]

PAIRS are files of pairs in order, as ``duizhao align --format jsonl`` writes them, or folders as for
`fit_alignment.py`. Each pair counts as right; pairs that the aligner is less sure of than 0.8 are left out.
Into copies of the pairs errors are planted: a number, a name or a negation is changed, a part is left out on
one side, the English is that of the next pair. Printed for the texts of ``--test``, which have no part in the
fitting: which share of the errors is below the quality that 5% of the right pairs are below. Without
``--test`` each file is left out in turn.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from duizhao.alignment.lexicon import default_lexicon
from duizhao.alignment.names import english_names
from duizhao.alignment.quality import KINDS, PRIOR, Weights, assess, complete, evidence, usual_values
from duizhao.alignment.quantities import chinese_quantities, english_quantities
from duizhao.text import join
from fit_alignment import Doubles, minimise, read_gold

L2 = 3.0
SURE = 0.8
FALSE_ALARMS = 0.05
SHARES = {"number": 1.0, "name": 1.0, "negation": 1.0, "omission": 1.0, "addition": 1.0, "neighbour": 1.0}
"""How many of the errors are of each kind."""
Pair = tuple[str, str]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Sample:
    """One text: its right pairs, and by kind the same pairs with an error; the evidence of each."""

    name: str
    right: list[dict[str, float]]
    wrong: dict[str, list[dict[str, float]]]
    pairs: dict[str, list[Pair]]


def read_pairs(path: Path) -> dict[str, list[Pair]]:
    """Return the pairs of a file or of each text of a folder."""
    if path.is_dir():
        out = {}
        for gold in sorted((path / "gold").glob("*.align")):
            zh, en = (
                (path / lang / f"{gold.stem}.txt").read_text(encoding="utf-8").split("\n")
                for lang in ("zh", "en")
            )
            if not zh[-1]:
                zh.pop()
            sides = [[line for line in side if line.strip()] for side in (zh, en)]
            beads = read_gold(gold)
            out[gold.stem] = [
                (join(sides[0][i] for i in a), join(sides[1][j] for j in b)) for a, b in beads if a and b
            ]
        return out
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        path.stem: [(r["zh_text"], r["en_text"]) for r in rows if r["zh"] and r["en"] and r["score"] >= SURE]
    }


HAN_DIGITS = "二三四五六七八九"


def other_number(text: str, random: Random) -> str:
    """Return another number, written like this one."""
    words = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    if text.lower() in words:
        return str(random.choice([word for word in words if word != text.lower()]))
    signs = [at for at, c in enumerate(text) if c in HAN_DIGITS]
    if signs and not any(c.isdigit() for c in text):
        at = int(random.choice(signs))
        return text[:at] + str(random.choice([c for c in HAN_DIGITS if c != text[at]])) + text[at + 1 :]
    digits = [at for at, c in enumerate(text) if c.isdigit()]
    if not digits:
        return text
    at = int(random.choice(digits))
    choices = [d for d in "123456789" if d != text[at]]
    return text[:at] + str(random.choice(choices)) + text[at + 1 :]


def wrong_number(pair: Pair, random: Random, _: Sequence[str]) -> Pair | None:
    """Change a number on one side."""
    zh, en = pair
    places = [(1, q) for q in english_quantities(en) if q.kind not in ("weak", "vague")]
    places += [(0, q) for q in chinese_quantities(zh) if q.kind not in ("weak", "vague")]
    random.shuffle(places)
    for side, quantity in places:
        text = pair[side]
        new = other_number(text[quantity.start : quantity.end], random)
        if new != text[quantity.start : quantity.end]:
            changed = text[: quantity.start] + new + text[quantity.end :]
            return (changed, en) if side == 0 else (zh, changed)
    return None


def wrong_name(pair: Pair, random: Random, names: Sequence[str]) -> Pair | None:
    """Put another name of the same text in the place of one."""
    zh, en = pair
    found = [name for name in english_names(en) if name[1:].islower() and len(name) > 2]
    others = [name for name in names if name not in en]
    if not found or not others:
        return None
    name = found[int(random.integers(len(found)))]
    return zh, re.sub(rf"\b{re.escape(name)}\b", str(others[int(random.integers(len(others)))]), en)


ADDED = (
    r"\b(is|was|are|were|will|would|can|could|should|must|may|might|did|does|do|has|have|had)\b(?! "
    r"not|n['’]t| never)",
    r"\1 not",
)
REMOVED = (
    r"\b(?:not|never) (?!only|just|merely|to mention|at all)|n['’]t\b|\bno (?!matter|longer|doubt)(?=[a-z])",
    "",
)
ZH_ADDED = (
    r"(?<![不没社董学议机都只总可还但就若凡或大])(是|会|能|可以|应该)(?![不没非否员议计力源量谈见])",
    r"不\1",
)
ZH_REMOVED = (r"(?<![要差])不(?=[是会能可应要想知敢再])|没有|没(?=[人想能])|并未|从不", "")


def wrong_negation(pair: Pair, random: Random, _: Sequence[str]) -> Pair | None:
    """Add or remove a negation on one side."""
    choices = [(1, *ADDED), (1, *REMOVED), (1, *ADDED), (1, *REMOVED), (0, *ZH_ADDED), (0, *ZH_REMOVED)]
    random.shuffle(choices)
    for side, pattern, new in choices:
        places = list(re.finditer(pattern, pair[side]))
        if places:
            place = places[int(random.integers(len(places)))]
            changed = pair[side][: place.start()] + place.expand(new) + pair[side][place.end() :]
            return (changed, pair[1]) if side == 0 else (pair[0], changed)
    return None


def omission(pair: Pair, random: Random, _: Sequence[str]) -> Pair | None:
    """Leave out a part of the English: a fifth to three fifths of it, from mark to mark."""
    shorter = without_part(pair[1], 15, random)
    return (pair[0], shorter) if shorter else None


def addition(pair: Pair, random: Random, _: Sequence[str]) -> Pair | None:
    """Leave out a part of the Chinese, so that the English has it in addition."""
    shorter = without_part(pair[0], 5, random)
    return (shorter, pair[1]) if shorter else None


def without_part(text: str, shortest: int, random: Random) -> str | None:
    ends = [m.end() for m in re.finditer(r"[，。；：！？—]+[”」’]?|[,;:.!?—]+[”\"’]?(?=\s|$)", text)]
    cuts = sorted({0, *ends, len(text)})
    choices = [
        (a, b)
        for k, a in enumerate(cuts)
        for b in cuts[k + 1 :]
        if 0.2 * len(text) <= b - a <= 0.6 * len(text) and b - a > shortest
    ]
    if not choices:
        return None
    a, b = choices[int(random.integers(len(choices)))]
    return (text[:a] + text[b:]).strip()


PLANTED: dict[str, Callable[[Pair, Random, Sequence[str]], Pair | None]] = {
    "number": wrong_number,
    "name": wrong_name,
    "negation": wrong_negation,
    "omission": omission,
    "addition": addition,
}


def sample(name: str, pairs: list[Pair], seed: int) -> Sample:
    """Plant errors in the pairs of a text, and gather the evidence of all."""
    lexicon = default_lexicon()
    random = np.random.default_rng(seed)
    names = list(
        dict.fromkeys(n for _, en in pairs for n in english_names(en) if n[1:].islower() and len(n) > 2)
    )
    right = [evidence(zh, en, lexicon) for zh, en in pairs]
    usual = usual_values(right)
    planted: dict[str, list[Pair]] = {kind: [] for kind in KINDS}
    for at, pair in enumerate(pairs):
        for kind, plant in PLANTED.items():
            changed = plant(pair, random, names)
            if changed is not None and changed != pair:
                planted[kind].append(changed)
        if at + 1 < len(pairs):
            planted["neighbour"].append((pair[0], pairs[at + 1][1]))
    wrong = {
        kind: [complete(evidence(zh, en, lexicon), usual) for zh, en in some]
        for kind, some in planted.items()
    }
    return Sample(name, [complete(one, usual) for one in right], wrong, {**planted, "right": pairs})


def matrix(rows: Sequence[dict[str, float]], names: Sequence[str]) -> Doubles:
    return np.array([[row[name] for name in names] for row in rows], dtype=np.float64).reshape(-1, len(names))


def fit(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Return for each kind of error the weights of greatest penalised likelihood, against the right pairs."""
    names = list(samples[0].right[0])
    right = np.concatenate([matrix(one.right, names) for one in samples])
    out = {}
    for kind in KINDS:
        wrong = np.concatenate([matrix(one.wrong[kind], names) for one in samples])
        own = [at for at, name in enumerate(names) if any(word in name for word in EVIDENCE.get(kind, ("",)))]
        prior = PRIOR * SHARES[kind] / sum(SHARES.values())
        out[kind] = fit_kind([names[at] for at in own], right[:, own], wrong[:, own], prior)
    return out


EVIDENCE = {
    "number": ("number", "figure", "few words"),
    "name": ("name", "Latin", "few words"),
    "negation": ("negation", "few words", "question"),
}
"""What the names of the evidence contain that counts for a kind of error; for the other kinds all counts."""


def fit_kind(names: Sequence[str], right: Doubles, wrong: Doubles, prior: float) -> dict[str, float]:
    """Return the weights for one kind of error, which a share ``prior`` of all pairs has."""
    values = np.concatenate([right, wrong])
    labels = np.r_[np.zeros(len(right)), np.ones(len(wrong))]
    # Fitted as if half of all pairs were wrong, then moved to the prior.
    weight = np.r_[np.full(len(right), 0.5 / len(right)), np.full(len(wrong), 0.5 / len(wrong))] * len(right)
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    inputs = np.column_stack([(values - mean) / scale, np.ones(len(values))])
    penalty = np.r_[np.full(len(names), L2), 0.0]

    def loss(x: Doubles) -> tuple[float, Doubles]:
        totals = inputs @ x
        value = weight @ (np.logaddexp(0, totals) - labels * totals) + (penalty * x) @ x / 2
        chance = 1 / (1 + np.exp(-np.clip(totals, -50, 50)))
        return float(value), inputs.T @ (weight * (chance - labels)) + penalty * x

    x = minimise(loss, np.zeros(len(names) + 1), steps=500)
    slopes = x[:-1] / scale
    constant = float(x[-1] - slopes @ mean + np.log(prior / (1 - prior)))
    return {"constant": round(constant, 4)} | {
        name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)
    }


def qualities(rows: Sequence[dict[str, float]], weights: Weights) -> Doubles:
    names = list(rows[0])
    values = matrix(rows, names)
    out = np.ones(len(rows))
    for own in weights.values():
        totals = own["constant"] + values @ np.array([own.get(name, 0.0) for name in names])
        out *= 1 - 1 / (1 + np.exp(-np.clip(totals, -50, 50)))
    return out


def report(samples: Sequence[Sample], weights: Mapping[str, Weights], verbose: bool) -> None:
    """Print the share of errors found in each text at 5% false alarms in all of them together."""
    right = {one.name: qualities(one.right, weights[one.name]) for one in samples}
    limit = float(np.quantile(np.concatenate(list(right.values())), FALSE_ALARMS))
    print(
        f"limit {limit:.3f} at {FALSE_ALARMS:.0%} false alarms\n\n| text | pairs | false alarms | "
        + " | ".join(KINDS)
        + " |\n|"
        + "---|" * 9
    )
    hits: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    for one in samples:
        cells = []
        for kind in KINDS:
            found = (
                (qualities(one.wrong[kind], weights[one.name]) < limit).tolist() if one.wrong[kind] else []
            )
            hits[kind] += found
            cells.append(f"{np.mean(found):.3f} of {len(found)}" if found else "–")
            if verbose:
                for ok, (zh, en) in zip(found, one.pairs[kind], strict=True):
                    if not ok:
                        print(f"MISSED {kind}\t{zh}\t{en}", file=sys.stderr)
        if verbose:
            for q, (zh, en) in zip(right[one.name], one.pairs["right"], strict=True):
                if q < limit:
                    print(f"FALSE {q:.3f}\t{zh}\t{en}", file=sys.stderr)
        print(
            f"| {one.name} | {len(one.right)} | {np.mean(right[one.name] < limit):.3f} | "
            + " | ".join(cells)
            + " |"
        )
    print(
        "| **all** | | | "
        + " | ".join(f"**{np.mean(hits[kind]):.3f}** of {len(hits[kind])}" for kind in KINDS)
        + " |"
    )
    low = [
        np.concatenate(list(right.values())),
        np.concatenate(
            [
                qualities(one.wrong[kind], weights[one.name])
                for one in samples
                for kind in KINDS
                if one.wrong[kind]
            ]
        ),
    ]
    print("\n| quality | right pairs | planted errors |\n|---|---|---|")
    for a, b in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        print(
            f"| {a}–{min(b, 1)} | "
            + " | ".join(f"{np.mean((part >= a) & (part < b)):.3f}" for part in low)
            + " |"
        )


def main() -> None:
    """Plant, fit, report, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", type=Path, nargs="*")
    parser.add_argument("--test", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    read = [
        [(n, p) for path in paths for n, p in read_pairs(path).items() if len(p) >= 20]
        for paths in (arguments.pairs, arguments.test)
    ]
    samples = [[sample(name, pairs, seed) for seed, (name, pairs) in enumerate(some)] for some in read]
    weights = fit(samples[0])
    if arguments.out:
        arguments.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    if samples[1]:
        report(samples[1], {one.name: weights for one in samples[1]}, arguments.verbose)
        if arguments.out:
            start = time.perf_counter()
            count = sum(len(assess(pairs)) for _, pairs in read[1])
            print(f"\n{count / (time.perf_counter() - start):,.0f} pairs a second")
    else:
        left = {one.name: fit([other for other in samples[0] if other is not one]) for one in samples[0]}
        report(samples[0], left, arguments.verbose)


if __name__ == "__main__":
    main()

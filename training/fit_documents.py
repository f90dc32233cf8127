"""Fit the weights that pair documents, and measure pairing on folders that had no part in the fitting.

    python training/fit_documents.py FOLDER ... [--out src/duizhao/alignment/_data/documents.json]
    python training/fit_documents.py --test FOLDER ...

A FOLDER holds ``zh/NAME`` and ``en/NAME``: files of the same name are a pair; a file whose name stands on one
side only is a distractor. Of every third pair one side is taken away, so that documents without counterpart
stand among those most like them. With ``--test`` all folders are one collection, paired with the shipped
weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from duizhao.alignment.documents import (
    Candidate,
    Profile,
    candidates,
    likeness,
    linked,
    load_weights,
    margins,
    profile,
)
from duizhao.alignment.texts import split_text
from duizhao.encoders import default_encoder
from duizhao.errors import DuizhaoError
from fit_alignment import Doubles, minimise

L2 = 1.0
Named = tuple[str, Profile]


def read(folder: Path) -> tuple[list[Named], list[Named]]:
    """Return both sides of a folder; of every third pair one side is left out, in turns."""
    names = [{path.name for path in (folder / lang).glob("*") if path.is_file()} for lang in ("zh", "en")]
    left_out: list[set[str]] = [set(), set()]
    for at, name in enumerate(sorted(names[0] & names[1])):
        if at % 3 == 2:
            left_out[at // 3 % 2].add(name)
    sides: list[list[Named]] = []
    for lang, some, gone in zip(("zh", "en"), names, left_out, strict=True):
        side: list[Named] = []
        for name in sorted(some - gone):
            try:
                text = split_text((folder / lang / name).read_text(encoding="utf-8"), lang, name)
            except DuizhaoError:
                continue
            side.append((f"{folder.name}/{name}", profile(text.sentences, default_encoder())))
        sides.append(side)
        print(f"{folder.name}/{lang}: {len(side)} documents", flush=True)
    return sides[0], sides[1]


def logistic(inputs: Doubles, right: Doubles) -> Doubles:
    """Return the weights of greatest penalised likelihood, the constant last."""
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    some = np.column_stack([(inputs - mean) / scale, np.ones(len(inputs))])
    penalty = np.r_[np.full(inputs.shape[1], L2), 0.0]

    def loss(x: Doubles) -> tuple[float, Doubles]:
        total = some @ x
        value = (np.logaddexp(0, total) - right * total).sum() + (penalty * x) @ x / 2
        chance = 1 / (1 + np.exp(-np.clip(total, -50, 50)))
        return float(value), some.T @ (chance - right) + penalty * x

    x = minimise(loss, np.zeros(some.shape[1]), steps=400)
    return np.asarray(np.r_[x[:-1] / scale, x[-1] - (x[:-1] / scale) @ mean])


def rounded(names: Sequence[str], x: Doubles) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip([*names, "constant"], x, strict=True)}


def fit(collections: Sequence[tuple[list[Named], list[Named]]]) -> dict[str, dict[str, float]]:
    """Return the weights of the likeness and of the competition."""
    found: list[tuple[list[Candidate], Doubles]] = []
    for zh, en in collections:
        some = candidates([one for _, one in zh], [one for _, one in en])
        found.append((some, np.array([zh[one.zh][0] == en[one.en][0] for one in some], dtype=np.float64)))
    names = list(found[0][0][0].evidence)
    inputs = np.array([[one.evidence[name] for name in names] for some, _ in found for one in some])
    right = np.concatenate([labels for _, labels in found])
    first = rounded(names, logistic(inputs, right))
    second = []
    for some, _ in found:
        totals = likeness(some, first)
        second.append(np.stack([totals, margins(some, totals)], axis=1))
    return {
        "likeness": first,
        "competition": rounded(("likeness", "margin"), logistic(np.concatenate(second), right)),
    }


def report(zh: list[Named], en: list[Named], weights: dict[str, dict[str, float]]) -> None:
    """Print precision, recall and F1 over pairs, and the scores of what is wrong."""
    found = linked(candidates([one for _, one in zh], [one for _, one in en]), len(zh), len(en), weights)
    wanted = {name for name, _ in zh} & {name for name, _ in en}
    pairs = [
        (zh[one.zh][0], en[one.en][0], one.score)
        for one in found
        if one.zh is not None and one.en is not None
    ]
    hit = sum(left == right for left, right, _ in pairs)
    print(f"{len(wanted)} pairs among {len(zh)} Chinese and {len(en)} English documents")
    print(
        f"precision {hit / len(pairs):.4f}  recall {hit / len(wanted):.4f}  F1 "
        f"{2 * hit / (len(pairs) + len(wanted)):.4f}"
    )
    for left, right, score in pairs:
        if left != right:
            print(f"wrong: {left} with {right} at {score}")
    missed = sorted(wanted - {left for left, right, _ in pairs if left == right})
    print("missed: " + (", ".join(missed) or "none"))


def main() -> None:
    """Fit and write, or test."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    collections = [read(folder) for folder in arguments.folders]
    if arguments.test:
        zh, en = ([one for sides in collections for one in sides[at]] for at in (0, 1))
        report(zh, en, {group: dict(some) for group, some in load_weights().items()})
        return
    weights = fit(collections)
    for zh, en in collections:
        report(zh, en, weights)
    if arguments.out:
        arguments.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

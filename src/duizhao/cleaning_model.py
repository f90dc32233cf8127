"""The cleaner's model: a linear chain over three states, with its weights in ``cleaning_weights.json``.

A piece is ``keep``, ``drop`` (not the author's, with the article going on after it) or ``tail`` (behind the change
point after which nothing belongs to the article; nothing follows a tail but tail). Each state but ``keep`` has a weight
per named piece of evidence, and each pair of neighbours one: a conditional random field (Lafferty et al. 2001).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

STEPS = ("keep-keep", "keep-drop", "keep-tail", "drop-keep", "drop-drop", "drop-tail", "tail-tail")
UNMARKED = "enter-unmarked"
"""Step into the tail where nothing marks a change point: added to the step itself."""

STARTS = ("start-keep", "start-drop", "start-tail")


@dataclass(frozen=True, slots=True)
class Model:
    """Weights. ``evidence``: name to (drop, tail); ``steps``: neighbouring states; ``scale``, ``shift``: calibration."""

    evidence: Mapping[str, tuple[float, float]]
    steps: Mapping[str, float]
    scale: float = 1.0
    shift: float = 0.0


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The fitted model of the package."""
    return read_model((Path(__file__).parent / "cleaning_weights.json").read_text(encoding="utf-8"))


def read_model(text: str) -> Model:
    """A model from the text of a weights file."""
    table = json.loads(text)
    evidence = {name: (float(drop), float(tail)) for name, (drop, tail) in table["evidence"].items()}
    return Model(evidence, {name: float(weight) for name, weight in table["steps"].items()}, *table["calibration"])


def odds(model: Model, names: Sequence[str]) -> tuple[float, float, float]:
    """Odds of ``drop`` and of ``tail`` against ``keep`` for one piece by itself, and the factor of entering the tail with it."""
    drop, tail, enter = emission(model, names)
    return _exp(drop), _exp(tail), _exp(enter)


def emission(model: Model, names: Sequence[str]) -> tuple[float, float, float]:
    """The logarithms of ``odds``: sums of weights. Evidence without a weight is ignored."""
    drop, tail = model.evidence["always"]
    for name in names:
        weight = model.evidence.get(name)
        if weight:
            drop += weight[0]
            tail += weight[1]
    return drop, tail, model.steps[UNMARKED] if "unmarked" in names else 0.0


def marginals(model: Model, local: Sequence[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """Probability of ``drop`` and of ``tail`` for each piece from the pieces' odds, by the forward-backward algorithm."""
    step = {name: math.exp(model.steps[name]) for name in (*STEPS, *STARTS)}
    kk, kd, kt, dk, dd, dt, tt = (step[name] for name in STEPS)
    forward = []
    keep, drop, tail = (step[name] for name in STARTS)
    for index, (d, t, e) in enumerate(local):
        if index:
            keep, drop, tail = keep * kk + drop * dk, keep * kd + drop * dd, (keep * kt + drop * dt) * e + tail * tt
        drop, tail = drop * d, tail * t
        total = keep + drop + tail
        keep, drop, tail = keep / total, drop / total, tail / total
        forward.append((keep, drop, tail))
    found = [(0.0, 0.0)] * len(local)
    keep = drop = tail = 1.0
    for index in range(len(local) - 1, -1, -1):
        fk, fd, ft = forward[index]
        pk, pd, pt = fk * keep, fd * drop, ft * tail
        total = pk + pd + pt
        found[index] = (pd / total, pt / total)
        d, t, e = local[index]
        drop, tail = drop * d, tail * t
        keep, drop, tail = kk * keep + kd * drop + kt * e * tail, dk * keep + dd * drop + dt * e * tail, tt * tail
        total = keep + drop + tail
        keep, drop, tail = keep / total, drop / total, tail / total
    return found


def _exp(score: float) -> float:
    return math.exp(max(-30.0, min(30.0, score)))


def surely_kept(model: Model) -> float:
    """Probability below which the calibrated one rounds to 0.000: most pieces are there, and need no logarithm."""
    return _inverse(model, 0.0004)


def _inverse(model: Model, calibrated: float) -> float:
    return 1 / (1 + math.exp(-(math.log(calibrated / (1 - calibrated)) - model.shift) / model.scale))


def calibrate(model: Model, probability: float) -> float:
    """Calibrated probability of being boilerplate, rounded to three decimals."""
    probability = min(max(probability, 1e-9), 1 - 1e-9)
    score = model.scale * math.log(probability / (1 - probability)) + model.shift
    return round(1 / (1 + math.exp(-score)), 3)

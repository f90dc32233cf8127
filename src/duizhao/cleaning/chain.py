"""The cleaner's model: a linear chain over three states, with its weights in ``_data/weights.json``.

A piece is in one of three states. ``keep``: it belongs to the article. ``drop``: it does not, and the article
continues after it. ``tail``: it is after the point where the article ends; only ``tail`` can follow ``tail``.
``drop`` and ``tail`` have one weight for each kind of evidence, and each pair of neighbouring states has one
weight. This is a conditional random field (Lafferty et al. 2001).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

STEPS = ("keep-keep", "keep-drop", "keep-tail", "drop-keep", "drop-drop", "drop-tail", "tail-tail")
UNMARKED = "enter-unmarked"
"""Weight added to a step into ``tail`` where no evidence marks the end of the article."""

STARTS = ("start-keep", "start-drop", "start-tail")

SURELY_KEPT = 0.003
"""A probability below this counts as 0: most pieces are below it."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Weights. ``evidence``: name to (drop, tail); ``steps``: neighbouring states.

    Two models are never equal, even with the same weights. So results can be cached by model.
    """

    evidence: Mapping[str, tuple[float, float]]
    steps: Mapping[str, float]


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The fitted model of the package."""
    return read_model((Path(__file__).parent / "_data" / "weights.json").read_text(encoding="utf-8"))


def read_model(text: str) -> Model:
    """A model from the text of a weights file."""
    table = json.loads(text)
    evidence = {name: (float(drop), float(tail)) for name, (drop, tail) in table["evidence"].items()}
    return Model(evidence, {name: float(weight) for name, weight in table["steps"].items()})


@lru_cache(maxsize=1 << 14)
def odds(model: Model, names: tuple[str, ...]) -> tuple[float, float, float]:
    """Odds of ``drop`` and of ``tail`` against ``keep`` for one piece by itself, and a factor for a step into
    ``tail`` at this piece.

    Cached, because the same evidence occurs in every article.
    """
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
    """Probability of ``drop`` and of ``tail`` for each piece from the pieces' odds, by the forward-backward
    algorithm.

    Both passes compute odds against ``keep``. The odds of ``tail`` can become too large or too small for a
    float in a long text, because no step leads out of ``tail``. So they are stored as a float times a whole
    power of _HUGE. Where that power is not 0, the odds of the other states are too small to count.
    """
    if not local:
        return []
    step = {name: math.exp(model.steps[name]) for name in (*STEPS, *STARTS)}
    kk, kd, kt, dk, dd, dt, tt = (step[name] for name in STEPS)
    drop, tail, _ = local[0]
    drop, tail, power = (
        drop * step["start-drop"] / step["start-keep"],
        tail * step["start-tail"] / step["start-keep"],
        0,
    )
    forward: list[tuple[float, float, int]] = [(drop, tail, power)]
    for d, t, e in islice(local, 1, None):
        entered = 0.0 if power else (kt + drop * dt) * e
        keep = kk + drop * dk
        drop, tail = (kd + drop * dd) * d / keep, (entered + tail * tt) * t / keep
        if power or tail > _HUGE:
            if tail > _HUGE:
                tail, power = tail / _HUGE, power + 1
            elif tail < 1:
                tail, power = tail * _HUGE, power - 1
        forward.append((drop, tail, power))
    found: list[tuple[float, float]] = []
    drop, tail, power = 1.0, 1.0, 0
    for (drop_before, tail_before, power_before), (d, t, e) in zip(
        reversed(forward), reversed(local), strict=True
    ):
        dropped, tailed = drop_before * drop, tail_before * tail
        if power_before != power:
            apart = power_before - power
            tailed = (
                _HUGE * _HUGE
                if apart > 1
                else 0.0
                if apart < -1
                else tailed * _HUGE
                if apart > 0
                else tailed / _HUGE
            )
        total = 1 + dropped + tailed
        found.append((dropped / total, tailed / total))
        drop *= d
        tail *= t
        entered = 0.0 if power else tail * e
        keep = kk + kd * drop + kt * entered
        drop = (dk + dd * drop + dt * entered) / keep
        tail *= tt / keep
        if power or tail < 1 / _HUGE:
            if tail < 1 / _HUGE:
                tail, power = tail * _HUGE, power + 1
            elif tail > 1:
                tail, power = tail / _HUGE, power - 1
    found.reverse()
    return found


_HUGE = 1e140


def _exp(score: float) -> float:
    return math.exp(max(-30.0, min(30.0, score)))

"""Find the sentences of a bead that have no counterpart on its other side.

The model of `search` scores a bead as a whole, so a sentence without a counterpart can be part of
a larger bead. Here each sentence that shares its side with others is judged alone. The evidence
is how good the bead would be without it, and which numbers and names occur on both sides. The
weights are those of a logistic regression. It is fitted on texts in which sentences were left out
or added on purpose (`training/fit_coverage.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.sides import Floats, Side

Doubles = NDArray[np.float64]
Link = tuple[tuple[int, ...], tuple[int, ...]]

STRANGER = 0.45
"""A sentence whose probability of having no counterpart is higher than this is taken out of its bead.

If the division is right, one wrong bead becomes two right ones. If it is wrong, one right bead is lost. With
exact probabilities, 1/3 would be the best limit. With 0.45, texts without omissions lose nothing.
"""

_USUAL_COSINE = 0.55
_USUAL_SPREAD = 0.3
_BELIEVED_SENTENCES = 50  # prior: as if 50 sentences had been seen, one of them without a counterpart
_BELIEVED = 10  # prior: as if so many beads with the usual values had been seen


@dataclass(frozen=True, slots=True)
class Judge:
    """A text with everything that is needed to judge its sentences.

    - ``cosine``: the mean cosine of the 1-1 beads.
    - ``spread``: the standard deviation of the logarithm of their length ratio.
    - ``scales``: English characters per character of each side.
    - ``unpaired``: for each sentence, the probability from `search` that it has no counterpart.
    - ``rate``: the logarithm of the mean of ``unpaired``. It differs widely between translators.
    """

    sides: tuple[Side, Side]
    unpaired: tuple[Doubles, Doubles]
    rate: float
    cosine: float
    spread: float
    scales: tuple[float, float]
    weights: Mapping[str, float]

    def strangers(self, bead: Link) -> tuple[list[float], list[float]]:
        """Return the probability of each sentence that it has no counterpart; 0 if alone on its side."""
        zh, en = ([0.0] * len(numbers) for numbers in bead)
        for at, place, evidence in self.evidence(bead):
            total = self.weights["constant"] + sum(self.weights[name] * v for name, v in evidence.items())
            (zh, en)[at][place] = float(1 / (1 + np.exp(-min(max(total, -50.0), 50.0))))
        return zh, en

    def evidence(self, bead: Link) -> Iterator[tuple[int, int, dict[str, float]]]:
        """Yield side, place in the bead, and evidence of each sentence that is not alone on its side."""
        for at in (0, 1):
            if len(bead[at]) > 1 and bead[1 - at]:
                for place in range(len(bead[at])):
                    yield at, place, self._evidence(bead[at], bead[1 - at], at, place)

    def _evidence(self, own: Sequence[int], other: Sequence[int], at: int, place: int) -> dict[str, float]:
        mine, number = self.sides[at], own[place]
        return _crossed(
            {
                **self._meaning(own, other, at, place),
                **self._lengths(own, other, at, place),
                **_shared(mine.tokens(number), self.sides[1 - at], other, english=at == 1),
                "alone in the field": _log_odds(float(self.unpaired[at][number])),
                "two on its side": float(len(own) == 2),
                "four and more on its side": float(len(own) >= 4),
                "several on the other side": float(len(other) > 1),
                "first": float(place == 0),
                "last": float(place == len(own) - 1),
                "English": float(at),
                "unpaired in this text": self.rate,
            },
            min(max((self.cosine - 0.5) * 10, -1.0), 1.0),
        )

    def _meaning(self, own: Sequence[int], other: Sequence[int], at: int, place: int) -> dict[str, float]:
        mine, theirs = self.sides[at], self.sides[1 - at]
        target, vector = _span(theirs, other), mine.vectors.spans[0, own[place]]
        whole, without = float(_span(mine, own) @ target), float(_without(mine, own, place) @ target)
        alone = float(vector @ target)
        beside = [k for k in (other[0] - 1, other[-1] + 1) if 0 <= k < len(theirs)]
        outside = max((float(vector @ theirs.vectors.spans[0, k]) for k in beside), default=0.0)
        return {
            "gain": whole - without,
            "own cosine": alone,
            "best match": float((_parts(theirs, other) @ vector).max()),
            "cosine without": without,
            "cosine without, over usual": without - self.cosine,
            "cosine, over usual": whole - self.cosine,
            "fits outside": outside - alone,
        }

    def _lengths(self, own: Sequence[int], other: Sequence[int], at: int, place: int) -> dict[str, float]:
        full = _length(self.sides[at], own) * self.scales[at]
        part = _length(self.sides[at], own[place : place + 1]) * self.scales[at]
        expected = _length(self.sides[1 - at], other) * self.scales[1 - at]
        excess, without = (
            float(np.log((length + 5) / (expected + 5)) / self.spread) for length in (full, full - part)
        )
        return {
            "misfit of length": min(abs(excess), 5.0),
            "misfit without": min(abs(without), 5.0),
            "too long": min(max(excess, -4.0), 4.0),
            "too long without": min(max(without, -4.0), 4.0),
            "share": part / full,
            "log length": float(np.log(part + 1)),
        }


def judge(
    sides: tuple[Side, Side],
    beads: Sequence[Link],
    ratio: float,
    unpaired: tuple[Doubles, Doubles],
    weights: Mapping[str, float] | None = None,
) -> Judge:
    """Return the judge of one text. ``ratio`` is English characters per Chinese character."""
    zh, en = sides
    ones = [(i[0], j[0]) for i, j in beads if len(i) == len(j) == 1]
    cosines, logs = [_USUAL_COSINE] * _BELIEVED, [_USUAL_SPREAD, -_USUAL_SPREAD] * (_BELIEVED // 2)
    if ones:
        rows, columns = (np.array(part) for part in zip(*ones, strict=True))
        zh_lengths, en_lengths = np.diff(zh.lengths)[rows], np.diff(en.lengths)[columns]
        if len(ones) >= _BELIEVED:
            ratio *= float(np.median((en_lengths + 5) / (zh_lengths * ratio + 5)))
        cosines += np.einsum("ij,ij->i", zh.vectors.spans[0, rows], en.vectors.spans[0, columns]).tolist()
        logs += np.clip(np.log((en_lengths + 5) / (zh_lengths * ratio + 5)), -1, 1).tolist()
    mean = (float(sum(part.sum() for part in unpaired)) + 1) / (len(zh) + len(en) + _BELIEVED_SENTENCES)
    return Judge(
        sides=sides,
        unpaired=unpaired,
        rate=float(np.log(mean)),
        cosine=float(np.mean(cosines)),
        spread=float(np.std(logs)),
        scales=(ratio, 1.0),
        weights=weights or load_weights(),
    )


@dataclass(frozen=True, slots=True)
class Divided:
    """A bead from whose ends the sentences without a counterpart were removed.

    The removed sentences are in ``before`` and ``after``, as links with one empty side. ``sure`` is the
    probability that all of them were removed rightly. ``chances`` are the probabilities of the
    sentences that are left.
    """

    before: list[Link]
    link: Link
    after: list[Link]
    sure: float
    chances: tuple[list[float], list[float]]


def divided(judge: Judge, bead: Link) -> Divided:
    """Remove sentences without a counterpart from the ends of a bead, the surest first.

    Each side keeps at least one.
    """
    if len(bead[0]) == len(bead[1]) == 1:
        return Divided([], bead, [], 1.0, ([0.0], [0.0]))
    sure = 1.0
    before: list[Link] = []
    after: list[Link] = []
    while True:
        chances = judge.strangers(bead)
        ends = [
            (chances[at][place], at, place)
            for at in (0, 1)
            if len(bead[at]) > 1
            for place in (0, len(bead[at]) - 1)
        ]
        chance, at, place = max(ends, default=(0.0, 0, 0))
        if chance <= STRANGER:
            return Divided(before, bead, after[::-1], sure, chances)
        sure *= chance
        alone = bead[at][place : place + 1]
        (after if place else before).append((alone, ()) if at == 0 else ((), alone))
        kept = bead[at][:-1] if place else bead[at][1:]
        bead = (kept, bead[1]) if at == 0 else (bead[0], kept)


@cache
def load_weights() -> Mapping[str, float]:
    """Return the fitted weights by the name of the evidence."""
    text = files("duizhao.alignment").joinpath("_data/coverage.json").read_text(encoding="utf-8")
    weights: Mapping[str, float] = json.loads(text)
    return weights


def _crossed(e: dict[str, float], close: float) -> dict[str, float]:
    """Add products of the evidence. ``close`` says how close the translation is (-1 to 1).

    In a close translation, evidence against a sentence is stronger.
    """
    gain, alone, extra = e["gain"], e["own cosine"], max(e["too long without"], 0.0)
    better = e["misfit of length"] - e["misfit without"]
    field, fit = e["alone in the field"], e["cosine without, over usual"]
    return {
        **e,
        "gain x share": gain * e["share"],
        "own cosine x share": alone * e["share"],
        "better length x own distance": better * (1 - alone),
        "gain squared": min(gain, 0.1) ** 2 * float(np.sign(gain)),
        "still too long": extra,
        "length no better": min(better, 0.0),
        "better length x cosine without": better * fit,
        "share squared": e["share"] ** 2,
        "best match squared": e["best match"] ** 2,
        "field x gain": field * min(gain, 0.2),
        "own cosine x cosine without": alone * e["cosine without"],
        "close x gain": close * gain,
        "close x still too long": close * extra,
        "close x better length": close * better,
        "close x cosine without": close * fit,
        "close x own cosine": close * alone,
        "close x field": close * field,
    }


def _shared(tokens: frozenset[str], side: Side, numbers: Sequence[int], *, english: bool) -> dict[str, float]:
    """Count the tokens that the other side also has, and those that it lacks.

    Of the tokens of an English sentence, only numbers count as lacking.
    """
    there = frozenset().union(*(side.tokens(k) for k in numbers))
    asked = frozenset(t for t in tokens if t[0].isdigit()) if english else tokens
    return {
        "shared tokens": float(min(len(tokens & there), 3)),
        "missing tokens": float(min(len(asked - there), 3)),
    }


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return float(np.log(chance / (1 - chance)))


def _span(side: Side, numbers: Sequence[int]) -> Floats:
    vector: Floats = side.vectors.spans[len(numbers) - 1, numbers[0]]
    return vector


def _without(side: Side, numbers: Sequence[int], place: int) -> Floats:
    """Return the vector of a side of a bead without one sentence.

    For an inner sentence, it is approximate.
    """
    left, right = numbers[:place], numbers[place + 1 :]
    if not left or not right:
        return _span(side, left or right)
    total = _span(side, left) * len(left) + _span(side, right) * len(right)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-6), dtype=np.float32)


def _length(side: Side, numbers: Sequence[int]) -> float:
    return float(side.lengths[numbers[-1] + 1] - side.lengths[numbers[0]])


def _parts(side: Side, numbers: Sequence[int]) -> Floats:
    """Return the vectors of the sentences, and of their first and last clauses."""
    some = slice(numbers[0], numbers[-1] + 1)
    return np.concatenate([side.vectors.spans[0, some], side.vectors.heads[some], side.vectors.tails[some]])

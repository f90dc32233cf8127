"""Find which English document is the translation of which Chinese document.

1. Find candidates: pairs with similar mean vectors, and pairs that share rare tokens. 2. Score each candidate
by matching sentences in order, shared names, numbers and dates, titles, and lengths. 3. Link the best
candidates first (competitive linking: Melamed 2000). The score of a pair also depends on how far it is ahead
of the other candidates of its two documents.

The weights are fitted by `training/fit_documents.py`.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.anchors import find_anchors
from duizhao.alignment.tokens import shared_tokens
from duizhao.encoders import Encoder, Vectors, checked_vectors, load_encoder

Doubles = NDArray[np.float64]
Weights = Mapping[str, Mapping[str, float]]

ACCEPTED = 0.5
"""Two documents with at least this score are returned as a pair."""

_SENTENCES = 64  # only so many sentences at the beginning of a document are encoded
_NEIGHBOURS = 8  # how many candidates the mean vector gives for each document
_RARE = 4  # a token is rare if at most so many documents of a side have it
_ROWS = 512
_NO_RIVAL = -8.0


@dataclass(frozen=True, slots=True)
class DocumentPair:
    """A pair of a Chinese and an English document, by number.

    One is None for a document without a counterpart. ``score`` is a probability in [0, 1], to three decimals.
    For a pair, it is the probability that the two belong together. For a single document, it is the
    probability that it has no counterpart here.
    """

    zh: int | None
    en: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a document: vectors ``[sentences, dimension]``, number of characters, tokens."""

    vectors: Vectors
    characters: int
    tokens: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two documents that may belong together, by number, with the evidence."""

    zh: int
    en: int
    evidence: dict[str, float]


def pair_documents(
    zh: Sequence[Sequence[str]], en: Sequence[Sequence[str]], *, encoder: Encoder | str | None = None
) -> list[DocumentPair]:
    """Return the pairs among the documents, and then the documents without a counterpart.

    A document is a list of sentences. Pairs come first, in the order of the Chinese documents. Then come the
    Chinese and then the English documents without a counterpart. Each document is in exactly one result. Only
    the beginning of a long document is compared.
    """
    if encoder is None or isinstance(encoder, str):
        encoder = load_encoder(encoder or "default")
    sides = [[profile(sentences, encoder) for sentences in side] for side in (zh, en)]
    return linked(candidates(*sides), len(zh), len(en), load_weights())


def profile(sentences: Sequence[str], encoder: Encoder) -> Profile:
    """Return the profile of a document."""
    some = list(sentences[:_SENTENCES])
    vectors = checked_vectors(encoder, some) if some else np.zeros((0, encoder.dimension), dtype=np.float32)
    tokens: frozenset[str] = frozenset().union(*map(shared_tokens, sentences))
    return Profile(vectors, sum(map(len, sentences)), tokens)


def candidates(zh: Sequence[Profile], en: Sequence[Profile]) -> list[Candidate]:
    """Return the pairs of documents to compare, with their evidence, sorted by number."""
    if not zh or not en:
        return []
    centres = _centres(zh), _centres(en)
    weights = _token_weights(zh, en)
    pairs = _nearest(*centres) | {(i, j) for j, i in _nearest(centres[1], centres[0])}
    pairs |= _by_rare_tokens(zh, en)
    found = [(i, j) for i, j in sorted(pairs) if len(zh[i].vectors) and len(en[j].vectors)]
    ratios = [np.log((en[j].characters + 50) / (zh[i].characters + 50)) for i, j in found]
    usual = float(np.median(ratios)) if len(ratios) >= 20 else 1.2
    return [
        Candidate(
            i,
            j,
            {
                "topic": float(centres[0][i] @ centres[1][j]),
                "title": float(zh[i].vectors[0] @ en[j].vectors[0]),
                "sentences in order": _chain(zh[i].vectors, en[j].vectors),
                "tokens": _shared(zh[i].tokens, en[j].tokens, weights),
                "length": min(abs(float(ratio) - usual), 2.0),
            },
        )
        for (i, j), ratio in zip(found, ratios, strict=True)
    ]


def linked(found: Sequence[Candidate], zh: int, en: int, weights: Weights) -> list[DocumentPair]:
    """Link candidates, the surest first. ``zh`` and ``en`` say how many documents each side has."""
    totals = likeness(found, weights["likeness"])
    inputs = np.stack([totals, margins(found, totals)], axis=1).reshape(-1, 2)
    chances = _chance(inputs, weights["competition"])
    partners: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    likely: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for at in np.argsort(-chances, kind="stable"):
        one, chance = found[at], float(chances[at])
        if chance >= ACCEPTED and one.zh not in partners and one.en not in taken:
            partners[one.zh] = one.en, chance
            taken.add(one.en)
        likely[0].setdefault(one.zh, chance)
        likely[1].setdefault(one.en, chance)
    pairs = [DocumentPair(i, j, round(chance, 3)) for i, (j, chance) in sorted(partners.items())]
    alone = [
        DocumentPair(i, None, round(1 - likely[0].get(i, 0.0), 3)) for i in range(zh) if i not in partners
    ]
    rest = [DocumentPair(None, j, round(1 - likely[1].get(j, 0.0), 3)) for j in range(en) if j not in taken]
    return [*pairs, *alone, *rest]


def likeness(found: Sequence[Candidate], weights: Mapping[str, float]) -> Doubles:
    """Return the log-odds of each candidate, before it is compared with other candidates."""
    return np.array(
        [weights["constant"] + sum(weights[k] * v for k, v in one.evidence.items()) for one in found],
        dtype=np.float64,
    )


def margins(found: Sequence[Candidate], totals: Doubles) -> Doubles:
    """Return how far each candidate is ahead of the best other candidate of its two documents."""
    best: dict[tuple[int, int], list[float]] = defaultdict(lambda: [_NO_RIVAL, _NO_RIVAL])
    for one, total in zip(found, totals.tolist(), strict=True):
        for key in ((0, one.zh), (1, one.en)):
            best[key] = sorted([*best[key], total])[-2:]
    out = np.empty(len(found))
    for at, (one, total) in enumerate(zip(found, totals.tolist(), strict=True)):
        rivals = [
            best[key][0] if best[key][1] == total else best[key][1] for key in ((0, one.zh), (1, one.en))
        ]
        out[at] = total - max(rivals)
    return np.clip(out, -10, 10)


@cache
def load_weights() -> Weights:
    """Return the fitted weights by group and name."""
    text = files("duizhao.alignment").joinpath("_data/documents.json").read_text(encoding="utf-8")
    weights: Weights = json.loads(text)
    return weights


def _chance(inputs: Doubles, weights: Mapping[str, float]) -> Doubles:
    total = weights["constant"] + inputs @ np.array([weights["likeness"], weights["margin"]])
    return np.asarray(1 / (1 + np.exp(-np.clip(total, -50, 50))))


def _centres(side: Sequence[Profile]) -> Vectors:
    """Return a unit vector for each document: its mean vector, minus the mean of all documents."""
    means = [one.vectors.mean(axis=0) if len(one.vectors) else np.zeros(one.vectors.shape[1]) for one in side]
    out = np.array(means, dtype=np.float32).reshape(len(side), -1)
    if len(side) >= 3:
        out = out - out.mean(axis=0)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def _nearest(one: Vectors, other: Vectors) -> set[tuple[int, int]]:
    out: set[tuple[int, int]] = set()
    count = min(_NEIGHBOURS, len(other))
    for start in range(0, len(one), _ROWS):
        cosines = one[start : start + _ROWS] @ other.T
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
        out.update((start + row, int(column)) for row, columns in enumerate(best) for column in columns)
    return out


def _by_rare_tokens(zh: Sequence[Profile], en: Sequence[Profile]) -> set[tuple[int, int]]:
    """Return the pairs that share two rare tokens."""
    holders: tuple[dict[str, list[int]], dict[str, list[int]]] = (defaultdict(list), defaultdict(list))
    for side, where in zip((zh, en), holders, strict=True):
        for number, one in enumerate(side):
            for token in one.tokens:
                where[token].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for token, chinese in holders[0].items():
        english = holders[1].get(token, [])
        if len(chinese) <= _RARE and len(english) <= _RARE:
            shared.update((i, j) for i in chinese for j in english)
    return {pair for pair, count in shared.items() if count >= 2}


def _token_weights(zh: Sequence[Profile], en: Sequence[Profile]) -> dict[str, float]:
    """Return the weight of each token that both sides have. Rare tokens weigh more."""
    counts = [Counter(token for one in side for token in one.tokens) for side in (zh, en)]
    total = len(zh) + len(en) + 1
    return {
        token: float(np.log(total / (count + counts[1][token])))
        for token, count in counts[0].items()
        if token in counts[1]
    }


def _shared(zh: frozenset[str], en: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return the weighted cosine of the tokens of two documents; 0 if one has none."""
    sums = [sum(weights[t] ** 2 for t in sorted(side) if t in weights) for side in (zh, en, zh & en)]
    return sums[2] / float(np.sqrt(sums[0] * sums[1])) if sums[2] else 0.0


def _chain(zh: Vectors, en: Vectors) -> float:
    """Return the sum of the squared cosines of matches in order, per sentence of the shorter side."""
    found = find_anchors(zh, en)
    cosines = np.maximum(np.einsum("ij,ij->i", zh[found.rows], en[found.columns]), 0)
    return float((cosines**2).sum()) / min(len(zh), len(en))

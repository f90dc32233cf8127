"""N-grams: what a piece's beginning, end and characters say, as two scores with learned weights.

One score is fitted on labelled pages. The other is fitted without labels: on lines that recur over an
archive's documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from duizhao.cleaning.characters import BITS, WINDOW, Characters, Codes, mix

PREFIXES, SUFFIXES, ORDERS = 6, 5, (2, 3)
"""Lengths, up to, of the beginnings and the ends that count as a whole; orders of the n-grams inside the
windows.
"""

SCORES = ("recurring", "labelled")
_FACTORS = tuple(map(np.uint32, (2654435761, 2246822519, 3266489917)))
_STEP, _INNER = np.uint32(1000003), np.uint32(31)
WHOLE = np.float32(0.5)
"""Value of a beginning or an end; n-grams share a unit of length, each one over the root of their number."""


@dataclass(frozen=True, slots=True, eq=False)
class NgramWeights:
    """``weights`` [2 ** BITS, scores] in steps of ``scale`` [scores]; ``bias`` [scores]."""

    weights: NDArray[np.int16]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]


def whole_ngrams(ahead: Codes, behind: Codes) -> NDArray[np.int64]:
    """Hashes [texts, PREFIXES + SUFFIXES] of beginnings and ends; one longer than its text is like the whole
    text.
    """
    sums = np.empty((len(ahead), PREFIXES + SUFFIXES), np.uint32)
    sums[:, :PREFIXES] = ahead[:, :PREFIXES] @ (_POWERS[:PREFIXES, :PREFIXES] * _FACTORS[0])
    sums[:, PREFIXES:] = behind[:, :SUFFIXES] @ (_POWERS[:SUFFIXES, :SUFFIXES] * _FACTORS[1])
    return mix(sums, _TAGS, BITS)


_TAGS = np.array([*range(1, 1 + PREFIXES), *range(11, 11 + SUFFIXES)], np.uint32)
_POWERS = np.array(
    [
        [pow(int(_STEP), end - at, 1 << 32) if at <= end else 0 for end in range(PREFIXES)]
        for at in range(PREFIXES)
    ],
    np.uint32,
)
"""What the character at a place counts in the hash of the text up to an end: a polynomial in _STEP."""


def inner_ngrams(codes: Codes) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Hashes of the n-grams of windows, and which of them have no place behind the text's end."""
    hashes, real = [], []
    for order in ORDERS:
        width = WINDOW - order + 1
        sums = codes[:, :width] * _FACTORS[0]
        for step in range(1, order):
            sums = sums * _INNER + codes[:, step : step + width] * _FACTORS[step]
        hashes.append(mix(sums, 20 + order, BITS))
        real.append((codes[:, :width] != 0) & (codes[:, order - 1 :] != 0))
    return np.concatenate(hashes, axis=1), np.concatenate(real, axis=1)


def score_ngrams(
    characters: Characters, ahead: Codes, behind: Codes, model: NgramWeights
) -> NDArray[np.float32]:
    """Return scores [texts, SCORES]: log-odds of being boilerplate.

    ``ahead`` and ``behind`` are the windows of the texts.
    """
    scores = np.empty((len(ahead), len(SCORES)), np.float32)
    for first in range(0, len(ahead), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        scores[some] = _score_some(characters.sizes[some], ahead[some], behind[some], model)
    return scores


_TOGETHER = 1 << 15
"""Texts that are scored at once: bounds memory."""


def _score_some(
    sizes: NDArray[np.int64], ahead: Codes, behind: Codes, model: NgramWeights
) -> NDArray[np.float32]:
    table = _table(model)
    whole = _apart(table[whole_ngrams(ahead, behind)].sum(axis=1))
    long = np.flatnonzero(sizes > WINDOW)
    told, number = _inside(table, np.concatenate([ahead, behind[long, ::-1]]))
    sums, counts = told[: len(ahead)], number[: len(ahead)]
    sums[long] += told[len(ahead) :]
    counts[long] += number[len(ahead) :]
    inner = _apart(sums) / np.sqrt(np.maximum(counts, 1))[:, None]
    scores: NDArray[np.float32] = ((whole * WHOLE + inner) * model.scale + model.bias).astype(np.float32)
    return scores


def _inside(table: NDArray[np.int64], codes: Codes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sums of the weights of the n-grams inside windows, and their number."""
    hashes, real = inner_ngrams(codes)
    return table[np.where(real, hashes, len(table) - 1)].sum(axis=1), real.sum(axis=1)


@lru_cache(maxsize=8)
def _table(model: NgramWeights) -> NDArray[np.int64]:
    """Both weights of each hash in one number, so that one sum adds both; behind them a zero for places past
    a text's end.
    """
    both = (model.weights[:, 1].astype(np.int64) << 32) + model.weights[:, 0]
    return np.append(both, [0])


def _apart(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """The two sums [texts, 2] in one: the lower 32 bits, which have a sign, and the rest."""
    low = ((sums & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000
    return np.stack([low, (sums - low) >> 32], axis=1)

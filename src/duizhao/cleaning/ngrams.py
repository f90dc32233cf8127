"""N-grams: two scores with learned weights from the beginning, the end and the characters of a piece.

One score is fitted on labelled pages. The other is fitted without labels, on lines that occur in many
documents of an archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from duizhao.cleaning.characters import BITS, WINDOW, Characters, Codes, mix

PREFIXES, SUFFIXES, ORDERS = 6, 5, (2, 3)
"""Greatest lengths of the beginnings and ends that are hashed as a whole; lengths of the n-grams inside the
windows.
"""

SCORES = ("recurring", "labelled")
_FACTORS = tuple(map(np.uint32, (2654435761, 2246822519, 3266489917)))
_STEP, _INNER = np.uint32(1000003), np.uint32(31)
WHOLE = np.float32(0.5)
"""Value of a beginning or an end. Each of n n-grams inside the windows has the value 1 / sqrt(n)."""


@dataclass(frozen=True, slots=True, eq=False)
class NgramWeights:
    """``weights`` [2 ** BITS, scores] in steps of ``scale`` [scores]; ``bias`` [scores]."""

    weights: NDArray[np.int16]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]


def whole_ngrams(ahead: Codes, behind: Codes) -> Codes:
    """Hashes [texts, PREFIXES + SUFFIXES] of beginnings and ends. Where a text is shorter than a beginning or
    an end, the whole text is hashed.
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
"""Factor [place, end] of the character at a place in the hash of the text up to an end: powers of _STEP."""


def inner_ngrams(codes: Codes) -> tuple[Codes, NDArray[np.bool_]]:
    """Hashes of the n-grams of windows, and which of them are wholly inside the text."""
    widths = [WINDOW - order + 1 for order in ORDERS]
    shape = len(codes), sum(widths)
    sums, real = np.empty(shape, np.uint32), np.empty(shape, np.bool_)
    some, partial, column = codes != 0, codes * _FACTORS[0], 0
    for step in range(1, max(ORDERS)):
        partial = partial[:, :-1] * _INNER + codes[:, step:] * _FACTORS[step]
        if step + 1 in ORDERS:
            own = slice(column, column := column + partial.shape[1])
            sums[:, own] = partial
            np.logical_and(some[:, :-step], some[:, step:], out=real[:, own])
    return mix(sums, _INNER_TAGS, BITS), real


_INNER_TAGS = np.repeat([np.uint32(20 + order) for order in ORDERS], [WINDOW - order + 1 for order in ORDERS])


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
    whole = _sums(table, whole_ngrams(ahead, behind))
    long = np.flatnonzero(sizes > WINDOW)
    hashes, real = inner_ngrams(np.concatenate([ahead, behind[long, ::-1]]))
    hashes[~real] = len(table) - 1
    told, number = _sums(table, hashes), real.sum(axis=1)
    inner, counts = told[: len(ahead)], number[: len(ahead)]
    inner[long] += told[len(ahead) :]
    counts[long] += number[len(ahead) :]
    inner /= np.sqrt(np.maximum(counts, 1))[:, None]
    scores: NDArray[np.float32] = ((whole * WHOLE + inner) * model.scale + model.bias).astype(np.float32)
    return scores


@lru_cache(maxsize=8)
def _table(model: NgramWeights) -> NDArray[np.uint32]:
    """Both weights of each hash as one number. The last entry is a zero, for n-grams past the end of a
    text.
    """
    both = np.ascontiguousarray(model.weights).view(np.uint32)[:, 0]
    return np.append(both, np.uint32(0))


def _sums(table: NDArray[np.uint32], hashes: Codes) -> NDArray[np.float64]:
    """Sums [texts, SCORES] of the weights of some hashes. Both scores are added as one complex number. The
    sums are whole numbers below 2 ** 24, so they are exact.
    """
    weights = table.take(hashes).view(np.int16).astype(np.float32).view(np.complex64)
    sums: NDArray[np.float32] = weights.sum(axis=1).view(np.float32)
    return sums.reshape(-1, 2).astype(np.float64)

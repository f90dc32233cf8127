"""Near-identical texts, found by MinHash (Broder 1997): sketches of texts, and pairs whose sketches agree."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from duizhao.errors import InputError
from duizhao.text import Document

_PERMUTATIONS = 128
_WEIGHTS = (
    0.1,
    0.9,
)  # cost of a needless comparison, and of a missed pair; each pair compared is then checked by its estimate
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: spreads all bits
_CHUNK = 4096  # shingles that are hashed together: a long text needs no more memory than a short one


def find_near_duplicates(
    documents: Sequence[Document], threshold: float = 0.8
) -> list[tuple[str, str, float]]:
    """Pairs of near-identical documents: (id, id, estimated Jaccard similarity of their 5-character
    shingles), best first.

    Documents are compared if their sketches have a band in common (see `choose_bands`). The time is linear in
    the length of the texts plus the number of pairs found. Raises InputError ``bad-threshold`` and
    ``duplicate-article``.
    """
    bands, width = choose_bands(threshold)
    seen: dict[str, Any] = {}
    buckets: dict[tuple[int, bytes], list[str]] = {}
    pairs = []
    for document in documents:
        if document.id in seen:
            raise InputError(
                "duplicate-article", f"two documents have the id {document.id!r}; ids must differ"
            )
        sketch = _make_sketch(document.text)
        keys = [(band, sketch[width * band : width * (band + 1)].tobytes()) for band in range(bands)]
        for other in {id for key in keys for id in buckets.get(key, ())}:
            similarity = round(int((sketch == seen[other]).sum()) / _PERMUTATIONS, 3)
            if similarity >= threshold:
                pairs.append((other, document.id, similarity))
        seen[document.id] = sketch
        for key in keys:
            buckets.setdefault(key, []).append(document.id)
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))


def sketch_text(text: str) -> bytes:
    """Return the MinHash of a text, 512 bytes: 128 values of 32 bits. Empty if the text is only white space.

    The share of values that two sketches have in common estimates the Jaccard similarity of the texts'
    5-character shingles.
    """
    return bytes(_make_sketch(text).astype("<u4").tobytes()) if text.strip() else b""


@cache
def choose_bands(threshold: float) -> tuple[int, int]:
    """Return the number of bands of a sketch, and the number of values in a band.

    Two texts of similarity s have a band in common with the probability 1 - (1 - s**width)**bands. The
    numbers are those with the least cost over all s: of texts below the threshold that are compared, and of
    texts above it that are not. Raises InputError ``bad-threshold``.
    """
    if not 0 < threshold <= 1:
        raise InputError(
            "bad-threshold", f"threshold {threshold:g}: out of range; allowed: above 0, at most 1"
        )
    # The probability is a polynomial of degree 128 or less: 65 places give its integral without an error.
    places, weights = np.polynomial.legendre.leggauss(65)
    below = threshold * (places + 1) / 2
    above = threshold + (1 - threshold) * (places + 1) / 2
    costs = {}
    for bands in range(1, _PERMUTATIONS + 1):
        for width in range(1, _PERMUTATIONS // bands + 1):
            needless = threshold / 2 * float(weights @ (1 - (1 - below**width) ** bands))
            missed = (1 - threshold) / 2 * float(weights @ (1 - above**width) ** bands)
            costs[bands, width] = _WEIGHTS[0] * needless + _WEIGHTS[1] * missed
    return min(costs, key=lambda pair: costs[pair])


@cache
def _permutations() -> tuple[Any, Any]:
    """Factors and terms of 128 permutations h -> factor * h + term of the numbers of 32 bits."""
    numbers = np.random.RandomState(1).randint(0, 2**32, (2, _PERMUTATIONS), dtype=np.uint32)
    return numbers[0] | np.uint32(1), numbers[1]  # an odd factor gives a permutation


def _make_sketch(text: str) -> Any:
    """Return for each permutation the least value that it gives a shingle of the text."""
    factors, terms = _permutations()
    hashes = _hash_shingles(text)
    sketch = np.full(_PERMUTATIONS, 0xFFFFFFFF, dtype=np.uint32)
    for start in range(0, len(hashes), _CHUNK):
        part = hashes[start : start + _CHUNK, None]
        sketch = np.minimum(sketch, (part * factors + terms).min(axis=0))
    return sketch


def _hash_shingles(text: str) -> Any:
    """Hash each run of five characters to 32 bits, without white space. A shorter text is one shingle."""
    codes = np.frombuffer("".join(text.split()).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    codes = np.pad(codes, (0, max(0, 5 - len(codes))))
    hashes = np.zeros(len(codes) - 4, dtype=np.uint64)
    for place in range(5):
        hashes = hashes * _FACTOR + codes[place : len(codes) - 4 + place]
    mixed = (hashes ^ (hashes >> np.uint64(29))) * _FACTOR
    return np.unique((mixed ^ (mixed >> np.uint64(32))).astype(np.uint32))

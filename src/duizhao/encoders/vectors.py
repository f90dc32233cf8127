"""Vectors: what encoders give and the aligner takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 4000
"""Characters of one sentence that are encoded; what stands after them has no part in its vector."""

CLAUSE_MARKS = "，、；：,;:。…—？！?!"
"""Characters that end a clause."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SpanVectors:
    """Unit vectors, float32, of a text's spans and of each sentence's first and last clause.

    ``spans[k, i]`` (``[max_span, n, dimension]``) is the span of ``k + 1`` sentences from ``i`` on; where
    it would run past the last sentence, the row is zero. ``heads`` and ``tails`` are ``[n, dimension]``; a
    sentence of one clause is its own head and tail.
    """

    spans: Vectors
    heads: Vectors
    tails: Vectors

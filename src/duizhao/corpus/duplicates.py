"""Near-duplicate articles of a corpus: of articles that are alike, the first is kept.

An article is left out if an earlier article that is kept is similar enough. So each cluster is one kept
article and all that are similar to it; no later article is compared with one that is left out. It is
decided in the order of the corpus, so neither workers nor a kill change it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from duizhao.cleaning import choose_bands, sketch_text
from duizhao.schema import Record

SIMILARITY = 0.8
"""From this estimated similarity on, an article is left out."""

NEAR = "near-duplicate"
"""The reason of the rejected row."""

_MOST = 8  # articles of a bucket that are compared: more would cost quadratic time


class Near(NamedTuple):
    """The kept article that an article is similar to, and how similar, between 0 and 1."""

    kept: str
    similarity: float


def sketch_articles(articles: Iterable[Record]) -> list[str]:
    """Return the sketches of rows of ``articles``, as hexadecimal digits: of the kept
    text, in simplified characters.
    """
    return [sketch_text(row["text"]["zh_hans"] or "").hex() for row in articles]


class KeptArticles:
    """The kept articles of a build, found by their sketches. About 2 KB of memory for each.

    A sketch is cut into bands. Articles are compared if they have a band in common, or all of the sketch.
    Only the first articles of a band are compared, so time and memory are linear in the number of articles.
    """

    def __init__(self, similarity: float) -> None:
        self._similarity = similarity
        self._bands, self._width = choose_bands(similarity)
        self._ids: list[str] = []
        self._sketches: list[bytes] = []
        self._buckets: dict[bytes, tuple[int, ...]] = {}

    def add(self, id: str, sketch: bytes) -> None:
        """Add an article that is kept. One without a text is similar to none."""
        if not sketch:
            return
        for key in self._keys(sketch):
            numbers = self._buckets.get(key, ())
            if len(numbers) < _MOST:
                self._buckets[key] = (*numbers, len(self._ids))
        self._ids.append(id)
        self._sketches.append(sketch)

    def find(self, sketch: bytes) -> Near | None:
        """Return the most similar kept article, of several the first; None if none is similar enough."""
        if not sketch:
            return None
        found = sorted({number for key in self._keys(sketch) for number in self._buckets.get(key, ())})
        if not found:
            return None
        values = np.frombuffer(sketch, dtype="<u4")
        others = np.frombuffer(b"".join(self._sketches[number] for number in found), dtype="<u4")
        equal = (others.reshape(len(found), -1) == values).sum(axis=1)
        best = int(equal.argmax())
        similarity = round(int(equal[best]) / len(values), 3)
        return Near(self._ids[found[best]], similarity) if similarity >= self._similarity else None

    def decide(self, articles: Iterable[tuple[str, str]], skip: Collection[int]) -> dict[int, Near]:
        """Return which of some articles, given by id and sketch, are left out, by their places; add the
        others.

        ``skip`` are the places of articles that are left out for another reason.
        """
        left_out = {}
        for place, (id, digits) in enumerate(articles):
            if place in skip:
                continue
            sketch = bytes.fromhex(digits)
            near = self.find(sketch)
            if near is None:
                self.add(id, sketch)
            else:
                left_out[place] = near
        return left_out

    def _keys(self, sketch: bytes) -> list[bytes]:
        size = 4 * self._width
        parts = [sketch[size * band : size * band + size] for band in range(self._bands)]
        return [
            hashlib.blake2b(part, digest_size=8, salt=band.to_bytes(2, "big")).digest()
            for band, part in enumerate([*parts, sketch])
        ]


def tell_near(near: Near) -> str:
    """Return the message of the rejected row."""
    return f"similar to the earlier article {near.kept!r} (estimated similarity {near.similarity:.3f})"


def cluster_line(near: Near, made: Mapping[str, object]) -> dict[str, object]:
    """Return the line of duplicates.jsonl for an article that is left out."""
    return {
        "kept": near.kept,
        "left_out": made["id"],
        "similarity": near.similarity,
        "source": made["file"],
        "row": made["row"],
    }

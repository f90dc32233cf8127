"""Recurrence: lines that occur in many articles of one source, and articles that are nearly identical."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from duizhao.errors import InputError, MissingExtra
from duizhao.text import NO_TEXT, Document, find_blocks, read

FEWEST_ARTICLES = 5
"""Recurrence is evidence only if a source has at least this many articles. With fewer, a repeated line may
belong to a series of articles.
"""

CAPACITY = 200_000
"""The greatest number of lines that a first pass keeps in memory, whatever the size of the corpus."""

_FIGURES = re.compile(r"[0-9０-９]+")
_TARGETS = re.compile(r"\]\([^()\s]*\)|https?://[^\s，。；、（）]+")
_SITE = re.compile(r"https?://(?:www\.)?([^/\s]+)")


def template(text: str) -> str:
    """A line without what changes from page to page: figures (so also dates), addresses and white space."""
    return _FIGURES.sub("0", _TARGETS.sub("", "".join(text.split())))


def source_of(document: Document) -> str:
    """The source of a document: its publisher; else the site of its address; else its folder."""
    publisher = document.facts.get("publisher")
    if publisher:
        return publisher
    site = _SITE.match(document.facts.get("url", ""))
    return site[1] if site else document.name.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class CorpusStatistics:
    """How many articles a corpus has, and in how many of them each line of a source occurs, by a hash (see
    `paragraph_keys`).

    Only lines in at least two articles are counted. A count may be too low, by at most the number of keys
    divided by CAPACITY (lossy counting, Manku and Motwani 2002).
    """

    articles: int
    counts: Mapping[bytes, int]

    def repeated(self, source: str, text: str) -> bool:
        """Whether a line occurs in so many articles of its source that it belongs to the source and not to
        an author.
        """
        return self.recurs(_source_key(source) + _key(template(text)))

    def recurs(self, key: bytes) -> bool:
        """The same for the hash of a line of a source."""
        articles = self.counts.get(key[:_SOURCE] + _ANY, 0)
        return articles >= FEWEST_ARTICLES and self.counts.get(key, 0) >= max(3, articles // 20)


@dataclass(frozen=True, slots=True)
class AskedStatistics(CorpusStatistics):
    """Statistics that record each question and its answer, by the hash of the line."""

    asked: dict[bytes, bool] = field(default_factory=dict)

    def recurs(self, key: bytes) -> bool:
        """Whether a line recurs. The answer is recorded in ``asked``."""
        self.asked[key] = CorpusStatistics.recurs(self, key)
        return self.asked[key]


def paragraph_keys(document: Document) -> set[bytes]:
    """Hashes of the lines of a document, for counting, and one more hash that counts the articles of its
    source.
    """
    source = _source_key(source_of(document))
    lines = (
        template(read(document.text, block.spans))
        for block in find_blocks(document)
        if block.kind not in NO_TEXT
    )
    return {source + _ANY, *(source + _key(line) for line in lines if len(line) >= 2)}


def count_paragraphs(documents: Iterable[Document], capacity: int = CAPACITY) -> CorpusStatistics:
    """Statistics of a corpus, from a first pass over it."""
    return count_keys(map(paragraph_keys, documents), capacity)


def count_keys(articles: Iterable[Iterable[bytes]], capacity: int = CAPACITY) -> CorpusStatistics:
    """Statistics of a corpus from the hashes of each article's lines, each hash once. ``capacity`` bounds the
    memory.
    """
    counts: dict[bytes, tuple[int, int]] = {}
    number = missed = 0
    for keys in articles:
        number += 1
        for key in sorted(keys):
            count, before = counts.get(key, (0, missed))
            counts[key] = count + 1, before
        while len(counts) > capacity:
            missed += 1
            counts = {key: pair for key, pair in counts.items() if sum(pair) > missed}
    return CorpusStatistics(number, {key: count for key, (count, _) in counts.items() if count > 1})


def find_near_duplicates(
    documents: Sequence[Document], threshold: float = 0.8
) -> list[tuple[str, str, float]]:
    """Pairs of near-identical documents: (id, id, estimated Jaccard similarity of their 5-character
    shingles), best first.

    MinHash with 128 permutations and banding (Broder 1997), by ``datasketch``. The time is linear in the
    length of the texts plus the number of pairs found. Raises DuizhaoError ``bad-threshold``.
    """
    index = _make_index(threshold)
    seen: dict[str, Any] = {}
    pairs = []
    for document in documents:
        sketch = _make_sketch(document.text)
        for other in index.query(sketch):
            similarity = round(float(sketch.jaccard(seen[other])), 3)
            if similarity >= threshold:
                pairs.append((str(other), document.id, similarity))
        if document.id in seen:
            raise InputError(
                "duplicate-article", f"two documents have the id {document.id!r}; ids must differ"
            )
        seen[document.id] = sketch
        index.insert(document.id, sketch)
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))


def sketch_text(text: str) -> bytes:
    """Return the MinHash of a text, 512 bytes: 128 values of 32 bits. Empty if the text is only white space.

    The share of values that two sketches have in common estimates the Jaccard similarity of the texts'
    5-character shingles. Raises MissingExtra.
    """
    return bytes(_make_sketch(text).hashvalues.astype("<u4").tobytes()) if text.strip() else b""


def choose_bands(threshold: float) -> tuple[int, int]:
    """Return the number of bands of a sketch, and the number of values in a band. They are chosen so that two
    texts as similar as the threshold probably have a band in common. Raises InputError ``bad-threshold``,
    MissingExtra.
    """
    index = _make_index(threshold)
    return index.b, index.r


_PERMUTATIONS = 128
_WEIGHTS = (
    0.1,
    0.9,
)  # cost of a needless comparison, and of a missed pair; each pair compared is then checked by its estimate
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: spreads all bits
_CHUNK = 4096  # shingles that are hashed together: a long text needs no more memory than a short one


def _load_datasketch() -> Any:
    try:
        return import_module("datasketch")
    except ImportError:
        raise MissingExtra(
            "missing-extra", "near-duplicates need datasketch; run: pip install 'duizhao[corpus]'"
        ) from None


def _make_index(threshold: float) -> Any:
    if not 0 < threshold <= 1:
        raise InputError(
            "bad-threshold", f"threshold {threshold:g}: out of range; allowed: above 0, at most 1"
        )
    return _load_datasketch().MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS, weights=_WEIGHTS)


@cache
def _empty_sketch() -> Any:
    return _load_datasketch().MinHash(num_perm=_PERMUTATIONS, hashfunc=_as_it_is)


def _as_it_is(hash: int) -> int:
    return hash


def _make_sketch(text: str) -> Any:
    sketch = _empty_sketch().copy()
    hashes = _hash_shingles(text)
    for start in range(0, len(hashes), _CHUNK):
        sketch.update_batch(hashes[start : start + _CHUNK].tolist())
    return sketch


def _hash_shingles(text: str) -> Any:
    """Hash each run of five characters to 32 bits, without white space. A shorter text is one shingle."""
    codes = np.frombuffer("".join(text.split()).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    codes = np.pad(codes, (0, max(0, 5 - len(codes))))
    hashes = np.zeros(len(codes) - 4, dtype=np.uint64)
    for place in range(5):
        hashes = hashes * _FACTOR + codes[place : len(codes) - 4 + place]
    return np.unique((hashes ^ (hashes >> np.uint64(29))) * _FACTOR >> np.uint64(32))


_SOURCE, _LINE = 4, 8
"""Number of bytes of a hash for the source and for the line."""

_ANY = bytes(_LINE)


def _source_key(source: str) -> bytes:
    return hashlib.blake2b(source.encode("utf-8", "replace"), digest_size=_SOURCE).digest()


def _key(line: str) -> bytes:
    return hashlib.blake2b(line.encode("utf-8", "replace"), digest_size=_LINE).digest()

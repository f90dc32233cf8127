"""Duplicates: near-identical articles, and paragraphs that stand in many articles."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from duizhao.errors import InputError, MissingExtra
from duizhao.text import NO_TEXT, Document, find_blocks, read

FEWEST_ARTICLES = 10
"""Corpus statistics are evidence from this many articles on: in fewer, what is repeated may be a series' own."""


@dataclass(frozen=True, slots=True)
class CorpusStatistics:
    """How many articles each paragraph stands in, by the paragraph's hash; only those that stand in two or more."""

    articles: int
    counts: Mapping[bytes, int]

    def repeated(self, text: str) -> bool:
        """Whether a paragraph stands in so many articles that it is the source's, not an author's."""
        if self.articles < FEWEST_ARTICLES or not text.strip():
            return False
        return self.recurs(_key(text))

    def recurs(self, key: bytes) -> bool:
        """The same for the hash of a paragraph."""
        return self.counts.get(key, 0) >= max(3, self.articles // 20)


@dataclass(frozen=True, slots=True)
class AskedStatistics(CorpusStatistics):
    """Statistics that note what they were asked: the answer by the hash of the paragraph."""

    asked: dict[bytes, bool] = field(default_factory=dict)

    def recurs(self, key: bytes) -> bool:
        """Whether a paragraph recurs. The answer is noted."""
        self.asked[key] = CorpusStatistics.recurs(self, key)
        return self.asked[key]


def paragraph_keys(document: Document) -> set[bytes]:
    """Hashes of the paragraphs of a document that a corpus counts."""
    texts = (read(document.text, block.spans) for block in find_blocks(document) if block.kind not in NO_TEXT)
    return {_key(text) for text in texts if len(text.strip()) >= 4}


def count_paragraphs(documents: Iterable[Document]) -> CorpusStatistics:
    """Statistics of a corpus, from a first pass over it."""
    return count_keys(map(paragraph_keys, documents))


def count_keys(articles: Iterable[Iterable[bytes]]) -> CorpusStatistics:
    """Statistics of a corpus from the hashes of each article's paragraphs, each hash once."""
    counts: Counter[bytes] = Counter()
    number = 0
    for keys in articles:
        number += 1
        counts.update(keys)
    return CorpusStatistics(number, {key: count for key, count in counts.items() if count > 1})


def find_near_duplicates(
    documents: Sequence[Document], threshold: float = 0.8
) -> list[tuple[str, str, float]]:
    """Pairs of near-identical documents: (id, id, estimated Jaccard similarity of their 5-character shingles), best first.

    MinHash with 128 permutations and banding (Broder 1997), by ``datasketch``; time is linear in the text but for the
    pairs found. Raises DuizhaoError ``bad-threshold``.
    """
    if not 0 < threshold <= 1:
        raise InputError(
            "bad-threshold", f"threshold {threshold:g}: out of range; allowed: above 0, at most 1"
        )
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        raise MissingExtra(
            "missing-extra", "near-duplicates need datasketch; run: pip install 'duizhao[corpus]'"
        ) from None

    index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
    seen: dict[str, MinHash] = {}
    pairs = []
    for document in documents:
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in sorted(_shingles(document.text))])
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


_PERMUTATIONS = 128


def _shingles(text: str) -> set[str]:
    """Every five characters in a row, white space aside; a shorter text is one shingle."""
    bare = "".join(text.split())
    return {bare[start : start + 5] for start in range(max(1, len(bare) - 4))}


def _key(text: str) -> bytes:
    return hashlib.blake2b("".join(text.split()).encode(), digest_size=8).digest()

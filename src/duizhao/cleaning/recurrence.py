"""Recurrence: lines that occur in many articles of one source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
        line = template(text)
        return len(line) >= 2 and self.recurs(_source_key(source) + _key(line))

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


_SOURCE, _LINE = 4, 8
"""Number of bytes of a hash for the source and for the line."""

_ANY = bytes(_LINE)


def _source_key(source: str) -> bytes:
    return hashlib.blake2b(source.encode("utf-8", "replace"), digest_size=_SOURCE).digest()


def _key(line: str) -> bytes:
    return hashlib.blake2b(line.encode("utf-8", "replace"), digest_size=_LINE).digest()

"""Corpora: rows in files too large to read as a whole, built to a release in shards."""

from __future__ import annotations

from duizhao.corpus.build import ENGINES, FORMATS, MOST_REJECTED, Sizes, build_corpus, make_options
from duizhao.corpus.duplicates import SIMILARITY
from duizhao.corpus.inputs import is_corpus
from duizhao.corpus.ledger import tell_why

__all__ = [
    "ENGINES",
    "FORMATS",
    "MOST_REJECTED",
    "SIMILARITY",
    "Sizes",
    "build_corpus",
    "is_corpus",
    "make_options",
    "tell_why",
]

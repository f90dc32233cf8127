"""Cleaning: what belongs to the article, and what site, account or tool added."""

from __future__ import annotations

from duizhao.cleaning.lexicon import CATEGORIES
from duizhao.cleaning.recurrence import (
    FEWEST_ARTICLES,
    CorpusStatistics,
    count_paragraphs,
    find_near_duplicates,
)
from duizhao.cleaning.topic import measure_topic
from duizhao.cleaning.verdicts import THRESHOLD, Verdict, clean, explain, judge, kept

__all__ = [
    "CATEGORIES",
    "FEWEST_ARTICLES",
    "THRESHOLD",
    "CorpusStatistics",
    "Verdict",
    "clean",
    "count_paragraphs",
    "explain",
    "find_near_duplicates",
    "judge",
    "kept",
    "measure_topic",
]

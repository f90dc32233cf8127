"""Cleaning: what belongs to the article, and what site, account or tool added."""

from __future__ import annotations

from duizhao.cleaning.decisions import PERSON, Decision, as_annotations, decide
from duizhao.cleaning.lexicon import CATEGORIES, Lexicon, add_cues
from duizhao.cleaning.reasons import is_reason, settled_category
from duizhao.cleaning.recurrence import (
    FEWEST_ARTICLES,
    AskedStatistics,
    CorpusStatistics,
    choose_bands,
    count_keys,
    count_paragraphs,
    find_near_duplicates,
    paragraph_keys,
    sketch_text,
)
from duizhao.cleaning.safety import count_characters, is_much, may_be_wrong
from duizhao.cleaning.topic import measure_topic
from duizhao.cleaning.verdicts import (
    PRESETS,
    SPARED,
    THRESHOLD,
    Verdict,
    clean,
    explain,
    judge,
    judge_together,
    kept,
)

__all__ = [
    "CATEGORIES",
    "FEWEST_ARTICLES",
    "PERSON",
    "PRESETS",
    "SPARED",
    "THRESHOLD",
    "AskedStatistics",
    "CorpusStatistics",
    "Decision",
    "Lexicon",
    "Verdict",
    "add_cues",
    "as_annotations",
    "choose_bands",
    "clean",
    "count_characters",
    "count_keys",
    "count_paragraphs",
    "decide",
    "explain",
    "find_near_duplicates",
    "is_much",
    "is_reason",
    "judge",
    "judge_together",
    "kept",
    "may_be_wrong",
    "measure_topic",
    "paragraph_keys",
    "settled_category",
    "sketch_text",
]

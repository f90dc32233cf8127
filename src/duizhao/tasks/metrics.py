"""Scores for lm-evaluation-harness, where its own metrics do not fit.

The ``bleu`` of the harness splits texts at spaces, so a good Chinese translation can score 0. The functions
here use the tokenizer of sacreBLEU for the target language (Post 2018). chrF (Popović 2015) counts
characters, so the metric of the harness is used. The ``f1`` of the harness draws 100,000 bootstrap samples
with scikit-learn, which takes minutes. The functions here draw no samples.
"""

from __future__ import annotations

from collections.abc import Sequence

from duizhao.tasks.documents import BLOCK_LABELS, CLAIM_LABELS


def bleu_zh(items: Sequence[tuple[str, str]]) -> float:
    """Corpus BLEU into Chinese, 0 to 100, of (reference, hypothesis) pairs.

    Each Chinese character is a token.
    """
    return _bleu(items, "zh")


def bleu_en(items: Sequence[tuple[str, str]]) -> float:
    """Corpus BLEU into English, 0 to 100, of (reference, hypothesis) pairs.

    The tokenizer is sacreBLEU's ``13a``.
    """
    return _bleu(items, "13a")


def f1_drop(items: Sequence[tuple[int, int]]) -> float:
    """F1 of "drop", 0 to 1, of (gold, predicted) pairs in the boilerplate task; 0 if none is found."""
    return _f1(items, BLOCK_LABELS.index("drop"))


def macro_f1(items: Sequence[tuple[int, int]]) -> float:
    """Mean F1 of the labels, 0 to 1, of (gold, predicted) pairs in the contradiction task.

    A label that is never predicted rightly scores 0.
    """
    return sum(_f1(items, label) for label in range(len(CLAIM_LABELS))) / len(CLAIM_LABELS)


def _f1(items: Sequence[tuple[int, int]], label: int) -> float:
    hits = sum(gold == predicted == label for gold, predicted in items)
    named = sum((gold == label) + (predicted == label) for gold, predicted in items)
    return 2 * hits / named if named else 0.0


def _bleu(items: Sequence[tuple[str, str]], tokenize: str) -> float:
    from sacrebleu.metrics import BLEU

    references, hypotheses = zip(*items, strict=True)
    return float(BLEU(tokenize=tokenize).corpus_score(list(hypotheses), [list(references)]).score)

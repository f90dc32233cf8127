"""Each part of the aligner does what it is there for: take it away, and a test here fails."""

from __future__ import annotations

import numpy as np
import pytest

from duizhao.alignment import aligner
from duizhao.alignment.anchors import corridor, find_anchors
from duizhao.alignment.band import Band
from duizhao.alignment.calibration import trust
from duizhao.alignment.features import Window
from duizhao.alignment.paragraphs import Breaks, ParagraphEvidence, paragraph_evidence
from duizhao.alignment.search import adapted_posteriors, posteriors
from duizhao.alignment.sides import Side, side
from duizhao.encoders import SpanVectors


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


def spans_of(sentences: np.ndarray) -> SpanVectors:
    """Vectors of spans that are the sums of those of their sentences."""
    count, dimension = sentences.shape
    spans = np.zeros((6, count, dimension), dtype=np.float32)
    for extra in range(6):
        for at in range(count - extra):
            spans[extra, at] = unit(sentences[at : at + extra + 1].sum(axis=0))
    return SpanVectors(spans, spans[0], spans[0])


def text_and_translation(seed: int, count: int) -> tuple[Side, Side]:
    """Two sides of made-up sentences; now and then two of the Chinese ones are one in English."""
    rng = np.random.default_rng(seed)
    zh = unit(rng.normal(size=(count, 64)) + 0.2)
    en, at = [], 0
    while at < count:
        size = 2 if rng.random() < 0.3 and at + 2 <= count else 1
        en.append(unit(unit(zh[at : at + size].sum(axis=0)) + rng.normal(size=64) * 0.08))
        at += size
    return side(["句子" * 5] * count, spans_of(zh)), side(
        ["a sentence of it"] * len(en), spans_of(np.array(en))
    )


def test_windows_overlap_so_that_a_bead_at_a_seam_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    weights, differ = aligner.load_weights(), 0
    for seed in range(3):
        zh, en = text_and_translation(seed, 120)
        found = corridor(zh.vectors.spans[0], en.vectors.spans[0])
        whole = [(bead.zh, bead.en) for bead in aligner.search(zh, en, found, None, weights).beads]
        with monkeypatch.context() as patch:
            patch.setattr(aligner, "_WINDOW_ROWS", 24)
            patch.setattr(aligner, "_OVERLAP_ROWS", 8)
            parts = [(bead.zh, bead.en) for bead in aligner.search(zh, en, found, None, weights).beads]
            patch.setattr(aligner, "_OVERLAP_ROWS", 0)
            cut = [(bead.zh, bead.en) for bead in aligner.search(zh, en, found, None, weights).beads]
        assert parts == whole
        differ += cut != whole
    assert differ


def test_a_second_search_uses_the_scores_of_the_first_and_finds_the_same() -> None:
    zh, en = text_and_translation(1, 40)
    found = corridor(zh.vectors.spans[0], en.vectors.spans[0])
    breaks = Breaks.of([i // 4 for i in range(40)], [i // 4 for i in range(len(en))])
    believed = paragraph_evidence(breaks, [((i,), (i,), 0.9) for i in range(20)])
    scored: aligner.Scored = {}
    aligner.search(zh, en, found, None, aligner.load_weights(), scored)
    [(key, (_, scores, _))] = scored.items()
    kept = {kind: table.copy() for kind, table in scores.items()}
    again = aligner.search(zh, en, found, believed, aligner.load_weights(), scored)
    alone = aligner.search(zh, en, found, believed, aligner.load_weights())
    assert again.beads == alone.beads
    assert list(scored) == [key]
    assert all(np.array_equal(scored[key][1][kind], table) for kind, table in kept.items())


def test_a_text_that_lacks_much_is_believed_to_lack_more() -> None:
    size = 40
    band = Band.of(np.zeros(size + 1, dtype=np.int64), np.full(size + 1, size // 2), size // 2)
    shape = band.size
    scores = {(1, 1): np.full(shape, -0.5), (2, 1): np.full(shape, -2.0), (1, 0): np.full(shape, -2.5),
              (0, 1): np.full(shape, -9.0)}  # fmt: skip
    plain, _ = posteriors(scores, band)
    assert adapted_posteriors(scores, band)[1, 0].sum() > 1.05 * plain[1, 0].sum()


def test_one_free_translation_among_close_ones_keeps_its_score() -> None:
    count = 31
    zh = np.eye(64, dtype=np.float32)[:count]
    other = np.eye(64, dtype=np.float32)[32 : 32 + count]
    near = np.full(count, 0.75)
    near[15] = 0.1
    en = unit(zh * near[:, None] + other * np.sqrt(1 - near**2)[:, None])
    beads = [((k,), (k,)) for k in range(count)]
    factors = trust(beads, spans_of(zh).spans, spans_of(en).spans)
    assert factors[15] > 0.9
    low = unit(zh * 0.1 + other)
    assert trust(beads, spans_of(zh).spans, spans_of(low).spans).max() < 0.1


def test_a_paragraph_break_inside_either_side_of_a_bead_speaks_against_it() -> None:
    zh, en = text_and_translation(0, 6)
    band = Band.of(np.zeros(7, dtype=np.int64), np.full(7, 3), 3)
    window = Window(zh, en, band, 3.0)
    flags = np.array([True, False, True, False, False, False, True])
    none = np.array([True, *[False] * (len(en) - 1), True])
    start = np.zeros((2, 2))
    chinese = ParagraphEvidence(Breaks(flags, none), start, -2.0, 0.0).of((2, 1), window)
    assert chinese[band.cell(1, 0)] == -2.0  # sentences 1 and 2: a paragraph begins with 2
    assert chinese[band.cell(0, 0)] == chinese[band.cell(3, 0)] == 0.0
    english = ParagraphEvidence(
        Breaks(
            np.array([True, *[False] * 5, True]),
            np.array([True, False, True, *[False] * (len(en) - 3), True]),
        ),
        start,
        0.0,
        -3.0,
    ).of((1, 2), window)
    assert english[band.cell(0, 1)] == -3.0
    assert english[band.cell(0, 0)] == 0.0


def test_one_sure_anchor_outweighs_two_doubtful_ones_that_cross_it() -> None:
    basis = np.eye(8, dtype=np.float32)
    zh = basis[:3]
    # The first Chinese sentence is surely the last English one; the others are a little like the first two.
    en = unit(np.array([basis[1] * 0.4 + basis[5], basis[2] * 0.4 + basis[6], basis[0] + basis[7] * 0.1]))
    found = find_anchors(zh, en)
    rows, columns = found.rows, found.columns
    assert (rows.tolist(), columns.tolist()) == ([0], [2])

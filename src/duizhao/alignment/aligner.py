"""Align the sentences of a text and its translation: beads of m to n sentences, with calibrated scores.

The method uses ideas of four papers:

- Gale and Church (1993): dynamic programming over kinds of beads, sentence lengths.
- hunalign (Varga et al. 2005): two passes.
- Vecalign (Thompson and Koehn 2019): vectors of all spans, cost linear in the length of the text.
- Bertalign (Liu and Zhu 2022): anchors first, margins.

Two things are new here. A semi-Markov conditional random field weighs the evidence. It is fitted on beads
aligned by hand (`training/fit_alignment.py`), so the score of a bead is its probability. And the result is
the path with the largest expected number of right beads, not the single most probable path.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from duizhao.alignment.anchors import Corridor, corridor
from duizhao.alignment.band import Band
from duizhao.alignment.calibration import trust
from duizhao.alignment.coverage import Link, divided, judge
from duizhao.alignment.features import KINDS, MAX_SPAN, BeadEvidence, Window
from duizhao.alignment.paragraphs import Breaks, ParagraphEvidence, paragraph_evidence
from duizhao.alignment.search import Lattice, adapted_posteriors, best_path
from duizhao.alignment.sides import BeadKind, Floats, Side, length_ratio, side
from duizhao.encoders import Encoder, load_encoder, one_thread, span_vectors
from duizhao.errors import InputError, counted

MAX_SENTENCES = 60_000
"""The most sentences of one side. The vectors of so many sentences and their spans take 2 GB."""

_WINDOW_ROWS = 256
_OVERLAP_ROWS = 32  # a window extends so many sentences past the last bead that is taken from it
_SHORTEST_WINDOW = 16
_KEPT_WINDOWS, _KEPT_CELLS = 4, 10_000  # windows that are kept for the second search: 18 MB at most
_BARRED = np.float32(-1e9)  # the score of a bead that goes over a border
_WINDOW_CELLS = 100_000  # about 10 MB of scores, because beads of 23 kinds can start in each cell

Doubles = NDArray[np.float64]
Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Bead:
    """One bead: the numbers of the sentences that correspond. One of the two sides may be empty.

    ``score`` is the probability, in [0, 1] to three decimals, that exactly this bead is right.
    ``zh_coverage`` and ``en_coverage`` give for each sentence the probability that it has a counterpart in
    the bead. It is 1 for a sentence that is alone on its side, and 0 in a bead with an empty side. Beads made
    by hand have no coverage.
    """

    zh: tuple[int, ...]
    en: tuple[int, ...]
    score: float
    zh_coverage: tuple[float, ...] = ()
    en_coverage: tuple[float, ...] = ()

    @property
    def kind(self) -> str:
        """Number of Chinese and of English sentences, for example "1-1", "2-1" or "1-0"."""
        return f"{len(self.zh)}-{len(self.en)}"


def align(
    zh: Sequence[str],
    en: Sequence[str],
    *,
    zh_paragraphs: Sequence[int] | None = None,
    en_paragraphs: Sequence[int] | None = None,
    zh_sections: Sequence[int] | None = None,
    en_sections: Sequence[int] | None = None,
    encoder: Encoder | str | None = None,
) -> list[Bead]:
    """Return beads that cover all sentences of both sides in order.

    ``zh_paragraphs`` and ``en_paragraphs`` give the number of each sentence's paragraph. The numbers must not
    decrease. How often paragraphs agree in this text is measured, and they count as evidence accordingly.
    ``zh_sections`` and ``en_sections`` give the number of each sentence's section in the same way; either may
    be left out. No bead has sentences of two sections of one side, for example of before and after a table.
    A sentence without a counterpart gets a bead of kind 1-0 or 0-1. If the two texts do not belong together,
    all scores are low; see `belongs_together`. Memory is linear in the length of the text. ``encoder`` is an
    object of the protocol `Encoder`, or a name (see `load_encoder`); the weights were fitted with the default
    one.

    Raises TypeError for a text that is not split into sentences, DuizhaoError ``too-many-sentences`` for more
    than `MAX_SENTENCES` on a side, and ``bad-paragraphs`` if only one side has paragraphs, or if there is not
    one number of a paragraph or a section for each sentence.
    """
    if isinstance(zh, str) or isinstance(en, str):
        raise TypeError(
            "align takes two lists of sentences, not two texts; "
            "split them first: duizhao.align(duizhao.split(zh), duizhao.split(en, 'en'))"
        )
    if max(len(zh), len(en)) > MAX_SENTENCES:
        sizes = f"{len(zh):,} Chinese and {len(en):,} English sentences"
        raise InputError(
            "too-many-sentences",
            f"{sizes}: align {MAX_SENTENCES:,} a side at most; divide the text at its chapters",
        )
    breaks = _breaks(zh, en, zh_paragraphs, en_paragraphs)
    borders = _borders(zh, en, zh_sections, en_sections)
    if not zh or not en:
        return [Bead((i,), (), 1.0, (0.0,)) for i in range(len(zh))] + [
            Bead((), (j,), 1.0, (), (0.0,)) for j in range(len(en))
        ]
    if encoder is None or isinstance(encoder, str):
        encoder = load_encoder(encoder or "default")
    sides: tuple[Side, Side] = (
        side(zh, span_vectors(encoder, zh, MAX_SPAN)),
        side(en, span_vectors(encoder, en, MAX_SPAN)),
    )
    with one_thread():
        return _beads(sides, breaks, borders)


def _beads(sides: tuple[Side, Side], breaks: Breaks | None, borders: Breaks | None) -> list[Bead]:
    found = corridor(sides[0].vectors.spans[0], sides[1].vectors.spans[0])
    weights = load_weights()
    scored: Scored = {}
    path = search(*sides, found, None, weights, scored, borders)
    if breaks is not None:
        believed = paragraph_evidence(breaks, [(bead.zh, bead.en, bead.score) for bead in path.beads])
        path = search(*sides, found, believed, weights, scored, borders)
    beads = _judged(sides, path)
    factors = trust([(bead.zh, bead.en) for bead in beads], sides[0].vectors.spans, sides[1].vectors.spans)
    return [
        replace(bead, score=round(float(bead.score * factor), 3))
        for bead, factor in zip(beads, factors, strict=True)
    ]


def _judged(sides: tuple[Side, Side], path: Path) -> list[Bead]:
    """Add the coverage of each sentence to the beads.

    Sentences at the ends of a bead that have no counterpart become beads of their own. Other sentences that
    may have no counterpart lower the score of their bead.
    """
    links = [(bead.zh, bead.en) for bead in path.beads]
    judged = judge(sides, links, length_ratio(*sides), (path.unpaired_zh, path.unpaired_en))
    beads: list[Bead] = []
    for bead in path.beads:
        if not (bead.zh and bead.en):
            beads.append(replace(bead, zh_coverage=(0.0,) * len(bead.zh), en_coverage=(0.0,) * len(bead.en)))
            continue
        left = divided(judged, (bead.zh, bead.en))
        zh, en = left.link
        strangest = max(*left.chances[0], *left.chances[1])
        coverage = [tuple(round(1 - chance, 3) for chance in side) for side in left.chances]
        beads += [_alone(link, left.sure) for link in left.before]
        beads.append(Bead(zh, en, bead.score * left.sure * (1 - strangest), coverage[0], coverage[1]))
        beads += [_alone(link, left.sure) for link in left.after]
    return beads


def _alone(link: Link, chance: float) -> Bead:
    return Bead(*link, chance, (0.0,) * len(link[0]), (0.0,) * len(link[1]))


def belongs_together(beads: Sequence[Bead]) -> float:
    """Return how sure it is, in [0, 1], that the two sides are a text and its translation.

    The value is the mean score over all sentences. A sentence without a counterpart counts as 0. For
    translations it is mostly above 0.7, for unrelated texts below 0.2. Empty input gives 0.
    """
    sizes = [len(bead.zh) + len(bead.en) for bead in beads]
    paired = sum(size * bead.score for size, bead in zip(sizes, beads, strict=True) if bead.zh and bead.en)
    return round(paired / sum(sizes), 3) if beads else 0.0


def _breaks(
    zh: Sequence[str],
    en: Sequence[str],
    zh_paragraphs: Sequence[int] | None,
    en_paragraphs: Sequence[int] | None,
) -> Breaks | None:
    if zh_paragraphs is None and en_paragraphs is None:
        return None
    if zh_paragraphs is None or en_paragraphs is None:
        raise InputError(
            "bad-paragraphs",
            "paragraphs are given for one side only; give them for both sides or for neither",
        )
    _check_numbers("zh_paragraphs", zh_paragraphs, zh)
    _check_numbers("en_paragraphs", en_paragraphs, en)
    return Breaks.of(zh_paragraphs, en_paragraphs)


def _borders(
    zh: Sequence[str],
    en: Sequence[str],
    zh_sections: Sequence[int] | None,
    en_sections: Sequence[int] | None,
) -> Breaks | None:
    if zh_sections is None and en_sections is None:
        return None
    zh_sections = [0] * len(zh) if zh_sections is None else zh_sections
    en_sections = [0] * len(en) if en_sections is None else en_sections
    _check_numbers("zh_sections", zh_sections, zh)
    _check_numbers("en_sections", en_sections, en)
    return Breaks.of(zh_sections, en_sections)


def _check_numbers(name: str, numbers: Sequence[int], sentences: Sequence[str]) -> None:
    if len(sentences) != len(numbers):
        raise InputError(
            "bad-paragraphs",
            f"{name} has {counted(len(numbers), 'entries')} for "
            f"{counted(len(sentences), 'sentences')}; give one each",
        )


@dataclass(frozen=True, slots=True)
class Path:
    """The beads found, and the probability of each sentence (``[n]``, ``[m]``) that it has no counterpart."""

    beads: list[Bead]
    unpaired_zh: Doubles
    unpaired_en: Doubles


Scored = dict[tuple[int, int, int], tuple[Window, dict[BeadKind, Floats], Lattice]]
"""Windows that were searched before, by row, column and last row: their scores without paragraphs."""


def search(
    zh: Side,
    en: Side,
    found: Corridor,
    believed: ParagraphEvidence | None,
    weights: Weights,
    scored: Scored | None = None,
    borders: Breaks | None = None,
) -> Path:
    """Align the text in windows.

    A window begins after the last bead that is taken from the window before it. ``scored`` keeps some windows
    for a further search of the same text. No bead goes over one of the ``borders``.
    """
    scored = {} if scored is None else scored
    ratio = length_ratio(zh, en)
    beads: list[Bead] = []
    alone = np.zeros(len(zh)), np.zeros(len(en))
    row = column = 0
    while True:
        stop = _window_stop(found, row)
        end = len(en) if stop == len(zh) else max(int(found.centre[stop]), column)
        certain = stop if stop == len(zh) else stop - min(_OVERLAP_ROWS, (stop - row) // 2)
        known = scored.get((row, column, stop))
        if known is None:
            window = _window(zh, en, found, row, stop, column, end, ratio)
            known = window, _scores(window, weights), Lattice.of(window.band, KINDS)
            if len(scored) < _KEPT_WINDOWS and window.band.size <= _KEPT_CELLS:
                scored[row, column, stop] = known
        window, scores, lattice = known
        if believed is not None:
            scores = {kind: table + believed.of(kind, window) for kind, table in scores.items()}
        barred = {} if borders is None else {kind: borders.inside(kind, window) for kind in KINDS}
        if barred:
            scores = {kind: np.where(barred[kind], _BARRED, table) for kind, table in scores.items()}
        chances = adapted_posteriors(scores, window.band, lattice)
        chances |= {kind: np.where(never, -1.0, chances[kind]) for kind, never in barred.items()}
        for bead in _window_beads(window, lattice, chances):
            if bead.zh and bead.zh[-1] >= certain:
                break
            beads.append(bead)
            row, column = row + len(bead.zh), column + len(bead.en)
        _fill_unpaired(alone, window, chances, row, column)
        if stop == len(zh):
            return Path(beads, *alone)


def _fill_unpaired(
    alone: tuple[Doubles, Doubles], window: Window, chances: Mapping[BeadKind, Doubles], row: int, column: int
) -> None:
    """Write the probability of having no counterpart for the window's sentences before (row, column)."""
    rows, columns = row - window.row, column - window.column
    alone[0][window.row : row] = np.bincount(window.band.row, chances[1, 0], rows)[:rows]
    alone[1][window.column : column] = np.bincount(window.band.column, chances[0, 1], columns)[:columns]


def _window_stop(found: Corridor, row: int) -> int:
    """Return where the window from ``row`` ends: after 256 sentences, or fewer if the corridor is wide."""
    rows = len(found.low) - 1 - row
    if rows > _WINDOW_ROWS + _OVERLAP_ROWS:
        rows = _WINDOW_ROWS
    while rows > _SHORTEST_WINDOW:
        part = slice(row, row + rows + 1)
        if int((found.high[part] - found.low[part] + 1).sum()) <= _WINDOW_CELLS:
            break
        rows //= 2
    return row + rows


def _window(
    zh: Side, en: Side, found: Corridor, row: int, stop: int, column: int, end: int, ratio: float
) -> Window:
    """Return the window from (row, column) to (stop, end)."""
    rows = slice(row, stop + 1)
    low, high = (np.maximum(border[rows] - column, 0) for border in (found.low, found.high))
    band = Band.of(low, high, end - column)
    beyond = min(end + MAX_SPAN, len(en))
    return Window(zh.part(row, stop), en.part(column, beyond), band, ratio, row, column)


def _scores(window: Window, weights: Weights) -> dict[BeadKind, Floats]:
    evidence = BeadEvidence(window)
    return {kind: _score(evidence, kind, weights) for kind in KINDS}


def _window_beads(window: Window, lattice: Lattice, chances: Mapping[BeadKind, Doubles]) -> list[Bead]:
    beads = []
    for at, to, kind in best_path(chances, window.band, lattice):
        i, j = window.row + at, window.column + to
        chance = float(chances[kind][window.band.cell(at, to)])
        beads.append(Bead(tuple(range(i, i + kind[0])), tuple(range(j, j + kind[1])), chance))
    return beads


def _score(evidence: BeadEvidence, kind: BeadKind, weights: Weights) -> Floats:
    group = weights[{(1, 0): "unpaired Chinese", (0, 1): "unpaired English"}.get(kind, "paired")]
    total: Floats | None = None
    for name, table in evidence.of(kind).items():
        part = np.float32(group[name]) * table
        total = part if total is None else np.add(total, part, out=total)
    assert total is not None
    total += np.float32(weights["kind"][f"{kind[0]}-{kind[1]}"])
    return total


@cache
def load_weights() -> Weights:
    """Return the fitted weights by group and name."""
    text = files("duizhao.alignment").joinpath("_data/weights.json").read_text(encoding="utf-8")
    weights: Weights = json.loads(text)
    return weights

"""Verdicts: which blocks of a document are the author's, and why the others are not.

A small chain combines named evidence: cues, form, place, lines that recur in a corpus. Then a forest decides.
Its input is the result of the chain, n-grams, similarity to the article's own words, and the same of the
neighbouring blocks. The weights of both are data files.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from duizhao.cleaning.chain import SURELY_KEPT, Model, load_model, marginals, odds
from duizhao.cleaning.cuts import cut_blocks
from duizhao.cleaning.form import Piece, form, settle_style
from duizhao.cleaning.learned import Learned, load_learned, score_traits, speaking_kinds
from duizhao.cleaning.lexicon import CATEGORIES, Lexicon, load_cues
from duizhao.cleaning.place import place, retitle
from duizhao.cleaning.reasons import categories, reason
from duizhao.cleaning.recurrence import CorpusStatistics, source_of
from duizhao.cleaning.replies import NOTE, find_asides, is_note, match_asides
from duizhao.cleaning.safety import is_told, spare, spare_parts
from duizhao.cleaning.topic import TopicEvidence
from duizhao.cleaning.traits import Judged, Traits, measure_all
from duizhao.errors import InputError
from duizhao.text import NO_TEXT, Block, Document, find_blocks, is_rule, make_document, read

PRESETS = {"careful": 0.575, "balanced": 0.425, "thorough": 0.28}
"""Thresholds by name. A block is dropped if its probability is at least the threshold. The fitted file,
``learned.npz``, has the same values.

On pages that nobody had read, ``careful`` of the fit before this one lost 0.7% of the articles'
characters, ``balanced`` 1.0%, ``thorough`` 1.6%. On 1,006 pages of owners that were not in the fit,
``careful`` of this fit loses 0.9%.
"""

THRESHOLD = PRESETS["careful"]
"""The default threshold. It is high because a lost sentence of the author is worse than a kept share line."""

SPARED = "kept: one kind of evidence alone spoke for dropping it"
"""The reason of a block that the model would drop and that is kept: long prose, or much of the text."""

_MARK = re.compile(r"[\s>]*([-+*•·](?: \[[ xX]\])?)[\s>]")
"""The mark of a list item, after the marks of a quotation."""
_SCRAPS = frozenset("*＊。，、； \t")


class Verdict(NamedTuple):
    """The decision on a block, or on a part that was cut off from one. A tuple, for speed.

    ``label`` is ``keep`` or ``drop``. ``category`` is one of CATEGORIES for a dropped block, else None.
    ``reason`` is the evidence that decided for a dropped block; for a kept one it is SPARED, a person's
    reason or None. ``score`` is the calibrated probability of being boilerplate, to three decimals.
    """

    block: Block
    label: str
    category: str | None
    reason: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pieces of a document in order, and the names of the evidence on each.

    ``settled`` has the category of the pieces that the model need not judge (metadata, images, stray marks),
    by their index, ``told`` the reason of those that are not the article because of their place. ``judged``
    are the indexes of the others, in order, without the cues of subtitles: what is said is the article's.
    """

    pieces: Sequence[Piece]
    names: Sequence[tuple[str, ...]]
    settled: Mapping[int, str]
    judged: Sequence[int]
    told: Mapping[int, str] = field(default_factory=dict)


def judge(
    document: Document,
    blocks: Sequence[Block],
    *,
    threshold: float = THRESHOLD,
    topic: TopicEvidence | None = None,
    corpus: CorpusStatistics | None = None,
    model: Model | None = None,
    lexicon: Lexicon | None = None,
    learned: Learned | None = None,
) -> list[Verdict]:
    """Verdicts on all blocks, in order. A block of which only a part is the author's is cut into parts.

    ``topic`` and ``corpus`` are optional further evidence. ``lexicon`` has the cues; the default is the
    lexicon of the package (see `add_cues`). Raises DuizhaoError ``bad-threshold``.
    """
    return judge_together(
        [document],
        [blocks],
        threshold=threshold,
        topics=[topic],
        corpora=[corpus],
        model=model,
        lexicon=lexicon,
        learned=learned,
    )[0]


def judge_together(
    documents: Sequence[Document],
    blocks: Sequence[Sequence[Block]],
    *,
    threshold: float = THRESHOLD,
    topics: Sequence[TopicEvidence | None] | None = None,
    corpora: Sequence[CorpusStatistics | None] | None = None,
    model: Model | None = None,
    lexicon: Lexicon | None = None,
    learned: Learned | None = None,
) -> list[list[Verdict]]:
    """The verdicts of `judge` on each of several documents. One call takes less time than one for each.

    ``blocks``, ``topics`` and ``corpora`` have one entry for each document. Memory grows with the documents
    that are judged together. Raises DuizhaoError ``bad-threshold``.
    """
    check_threshold(threshold)
    model, learned = model or load_model(), learned or load_learned()
    nothing = [None] * len(documents)
    evidence = [
        gather(document, own, topic, corpus, lexicon)
        for document, own, topic, corpus in zip(
            documents, blocks, topics or nothing, corpora or nothing, strict=True
        )
    ]
    chances = [weigh(one, model) for one in evidence]
    scores, traits = _assess([document.text for document in documents], evidence, chances, model, learned)
    chosen = [
        _choose(document.text, one, own, seen, threshold, model)
        for document, one, own, seen in zip(documents, evidence, scores, chances, strict=True)
    ]
    kinds = _kinds_of(learned, traits, evidence, chances, [dropped for dropped, _ in chosen])
    return [
        _tell(one, own, seen, dropped, spared, told, model)
        for one, own, seen, (dropped, spared), told in zip(
            evidence, scores, chances, chosen, kinds, strict=True
        )
    ]


def _tell(
    evidence: Evidence,
    scores: Sequence[float],
    chances: Mapping[int, tuple[float, float]],
    dropped: Sequence[int],
    spared: Iterable[int],
    kinds: Mapping[int, Sequence[str]],
    model: Model,
) -> list[Verdict]:
    """The verdicts on the pieces of a document, of which those of ``dropped`` go."""
    pieces, names, settled = evidence.pieces, evidence.names, evidence.settled
    verdicts = [
        _VERDICT((block, "keep", None, None, score))
        for (block, _, _, _), score in zip(pieces, scores, strict=True)
    ]
    for index in spared:
        verdicts[index] = verdicts[index]._replace(reason=SPARED)
    for index, category in categories(pieces, names, settled, dropped):
        chance = None if index in settled else chances.get(index, (0.0, 0.0))
        why = evidence.told.get(index) or reason(
            model, pieces[index], names[index], chance, kinds.get(index, ())
        )
        verdicts[index] = Verdict(pieces[index].block, "drop", category, why, scores[index])
    return verdicts


def _kinds_of(
    learned: Learned,
    traits: Traits | None,
    evidence: Sequence[Evidence],
    chances: Sequence[Mapping[int, tuple[float, float]]],
    dropped: Sequence[Sequence[int]],
) -> list[dict[int, list[str]]]:
    """Kinds of traits that decided, for each dropped piece of a document that the chain alone would have
    kept.
    """
    kinds: list[dict[int, list[str]]] = [{} for _ in evidence]
    asked: list[tuple[int, int]] = []
    rows: list[int] = []
    before = 0
    for number, (one, seen, gone) in enumerate(zip(evidence, chances, dropped, strict=True)):
        own = [index for index in gone if index not in one.settled and sum(seen.get(index, (0.0,))) < 0.5]
        if own:
            row = {index: place for place, index in enumerate(one.judged, before)}
            asked += [(number, index) for index in own]
            rows += [row[index] for index in own]
        before += len(one.judged)
    if traits is not None and asked:
        for (number, index), found in zip(asked, speaking_kinds(learned, traits, rows), strict=True):
            kinds[number][index] = found
    return kinds


def _choose(
    raw: str,
    evidence: Evidence,
    scores: Sequence[float],
    chances: Mapping[int, tuple[float, float]],
    threshold: float,
    model: Model,
) -> tuple[list[int], set[int]]:
    """Indexes of the pieces to drop, in order, and of those that are kept for safety. A title is dropped only
    if the chain would drop it too. Parts of what is kept stay as well: see `spare_parts`.
    """
    going = sorted([*evidence.settled, *(index for index in evidence.judged if scores[index] >= threshold)])
    seen = {index: chances.get(index, (0.0, 0.0)) for index in going if index not in evidence.settled}
    titles = {
        index for index in seen if evidence.pieces[index].block.kind == "title" and sum(seen[index]) < 0.5
    }
    told = {
        index for index in seen if is_told(evidence.pieces[index]) and "corpus" not in evidence.names[index]
    }
    going = [index for index in going if index not in titles and index not in told]
    spared = spare(evidence.pieces, evidence.names, evidence.judged, going, seen, model) | told
    left = [index for index in going if index in seen and index not in spared]
    parts = spare_parts(raw, evidence.pieces, evidence.names, evidence.judged, left)
    return [index for index in going if index not in spared and index not in parts], spared


def check_threshold(threshold: float) -> None:
    """Raises DuizhaoError ``bad-threshold``."""
    if not 0 < threshold < 1:
        raise InputError(
            "bad-threshold", f"threshold {threshold:g}: out of range; allowed: above 0 and below 1"
        )


def weigh(evidence: Evidence, model: Model) -> dict[int, tuple[float, float]]:
    """The chain's probabilities of ``drop`` and ``tail`` of each piece, without the pieces that it surely
    keeps.
    """
    names, judged = evidence.names, evidence.judged
    found = marginals(model, [odds(model, names[index]) for index in judged])
    return {index: both for index, both in zip(judged, found, strict=True) if both[0] + both[1] > SURELY_KEPT}


def _assess(
    raws: Sequence[str],
    evidence: Sequence[Evidence],
    chances: Sequence[Mapping[int, tuple[float, float]]],
    model: Model,
    learned: Learned,
) -> tuple[list[list[float]], Traits | None]:
    """The forest's score of each piece of several documents, and the traits of the judged pieces of all. The
    traits are None if no piece is judged.
    """
    scores = [[0.0] * len(one.pieces) for one in evidence]
    texts, recurring = [], []
    for raw, one, seen, own in zip(raws, evidence, chances, scores, strict=True):
        for index in one.settled:
            own[index] = 1.0
        if one.judged:
            pieces, names = (
                [one.pieces[index] for index in one.judged],
                [one.names[index] for index in one.judged],
            )
            texts.append(Judged(raw, pieces, names, [seen.get(index, (0.0, 0.0)) for index in one.judged]))
            recurring += ["corpus" in told for told in names]
    if not texts:
        return scores, None
    traits = measure_all(texts, model, learned.tables)
    found = iter(score_traits(learned, traits, recurring))
    for one, own in zip(evidence, scores, strict=True):
        for index in one.judged:
            own[index] = next(found)
    return scores, traits


_VERDICT = partial(tuple.__new__, Verdict)
"""A named tuple from a row, without the call of its own constructor."""


def gather(
    document: Document,
    blocks: Sequence[Block],
    topic: TopicEvidence | None = None,
    corpus: CorpusStatistics | None = None,
    lexicon: Lexicon | None = None,
) -> Evidence:
    """All evidence on the pieces of a document. Nothing is decided here."""
    raw, lexicon = document.text, lexicon or load_cues()
    pieces: list[Piece] = []
    settled: dict[int, str] = {}
    told: dict[int, str] = {}
    rules: set[int] = set()
    said: set[int] = set()
    texts = [block for block in blocks if block.spans and block.kind not in NO_TEXT]
    cut = cut_blocks(raw, texts, lexicon)
    end = 0
    for block, aside in zip(blocks, match_asides(blocks, find_asides(document)), strict=True):
        start, kind = block.start, block.kind
        if start - end > 4 and _breaks(raw[end:start]):
            rules.add(len(pieces))
        end = block.end
        if not block.spans or kind in NO_TEXT:
            settled[len(pieces)] = kind if kind in NO_TEXT else "front_matter"
            if aside and kind == "front_matter":
                settled[len(pieces)], told[len(pieces)] = aside.category, aside.reason
            pieces.append(Piece(block, "", (), False))
            continue
        for piece in next(cut):
            if aside:
                settled[len(pieces)], told[len(pieces)] = aside.category, aside.reason
            elif kind == "cue":
                said.add(len(pieces))
            elif is_note(piece.text):
                settled[len(pieces)], told[len(pieces)] = "artefact", NOTE
            elif len(piece.text) < 8 and block.kind != "code" and _SCRAPS.issuperset(piece.text):
                settled[len(pieces)] = "artefact"
            pieces.append(piece)
    retitle(raw, pieces)
    judged = [index for index in range(len(pieces)) if index not in settled and index not in said]
    found = _names(
        raw,
        [pieces[index] for index in judged],
        [index in rules for index in judged] if rules else [False] * len(judged),
        topic,
        corpus,
        source_of(document) if corpus else "",
    )
    names: list[tuple[str, ...]] = [()] * len(pieces)
    for index, seen in zip(judged, found, strict=True):
        names[index] = seen
    return Evidence(pieces, names, settled, judged, told)


def _names(
    raw: str,
    pieces: Sequence[Piece],
    rules: Sequence[bool],
    topic: TopicEvidence | None,
    corpus: CorpusStatistics | None,
    source: str,
) -> list[tuple[str, ...]]:
    forms = settle_style(pieces, [form(piece, raw) for piece in pieces])
    names = list(map(operator.add, forms, place(pieces, forms, rules)))
    if topic is not None:
        names = [seen + topic.names(piece.block) for seen, piece in zip(names, pieces, strict=True)]
    if corpus is not None:
        names = [
            (*seen, "corpus") if corpus.repeated(source, piece.text) else seen
            for seen, piece in zip(names, pieces, strict=True)
        ]
    same: dict[tuple[str, ...], tuple[str, ...]] = {}  # most pieces of a long text have the same evidence
    return [same.setdefault(seen, seen) for seen in names]


def _breaks(gap: str) -> bool:
    """Whether the markup between two blocks has a thematic break. A rule directly under a line of text does
    not count, because it underlines a heading.
    """
    if gap.isspace():
        return False
    lines = gap.split("\n")
    return any(
        is_rule(line) and not lines[index - 1].strip() and index > 1 for index, line in enumerate(lines)
    )


def clean(text: str, *, threshold: float = THRESHOLD, lexicon: Lexicon | None = None) -> str:
    """The author's text in its own script: paragraphs with a blank line between them, headings without marks.

    ``lexicon`` has the cues; the default is the lexicon of the package (see `add_cues`).
    """
    document = make_document("text", text)
    verdicts = judge(document, find_blocks(document), threshold=threshold, lexicon=lexicon)
    return "\n\n".join(kept(document, verdicts))


def kept(document: Document, verdicts: Iterable[Verdict]) -> list[str]:
    """Texts of the kept blocks, with the speakers of an interview and the marks of list items as written."""
    return [shown(document.text, verdict.block) for verdict in verdicts if verdict.label == "keep"]


def shown(raw: str, block: Block) -> str:
    """The text of a block as a reader should see it."""
    text = read(raw, block.spans)
    if block.speaker:
        return f"{block.speaker}：{text}"
    if block.kind == "list_item" and block.spans:
        mark = _MARK.match(raw, block.start, block.spans[0][0])
        return f"{mark[1]} {text}" if mark else text
    return text


def explain(document: Document, verdicts: Iterable[Verdict]) -> str:
    """A listing for an editor: each block on a line with its mark and score. Under a dropped block are its
    category and reason.
    """
    lines = []
    for verdict in verdicts:
        text = shown(document.text, verdict.block) or document.text[verdict.block.start : verdict.block.end]
        text = " ".join(text.split())
        text = text if len(text) <= 60 else text[:40] + " … " + text[-15:]
        mark = "  " if verdict.label == "keep" else "- "
        lines.append(f"{mark}{verdict.score:.3f}  {text}")
        if verdict.label == "drop":
            lines.append(f"         {verdict.category} ({verdict.reason})")
    return "\n".join(lines)


__all__ = [
    "CATEGORIES",
    "PRESETS",
    "SPARED",
    "THRESHOLD",
    "Evidence",
    "Verdict",
    "clean",
    "explain",
    "gather",
    "judge",
    "judge_together",
    "kept",
    "shown",
    "weigh",
]

"""Reasons: the words that explain why a piece is dropped, and its category."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from duizhao.cleaning.chain import Model
from duizhao.cleaning.form import Piece
from duizhao.cleaning.lexicon import RANK, SURE, Hit
from duizhao.cleaning.replies import NOTE, REPLY, SIGNATURE

_SETTLED = {
    "image": "form: image",
    "front_matter": "place: metadata",
    "navigation": "page: outside the article",
    "left_out": "form: line in the other language",
}
"""The reason of a block by its kind, which is its category too."""

_CATEGORY_OF = {
    **{told: category for category, told in _SETTLED.items()},
    REPLY: "comment",
    SIGNATURE: "artefact",
    NOTE: "artefact",
}

_WORDS = {
    "covered": "form: cues make up most of it", "title": "form: title", "heading": "form: short lone line",
    "quote": "form: quotation",
    "list_item": "form: list item", "symbols_only": "form: symbols only",
    "unstopped": "form: no sentence punctuation",
    "tiny": "form: a few characters", "truncated": "form: cut-off teaser",
    "unfinished": "form: stops in mid-sentence",
    "date_only": "form: a date alone", "dated": "form: dated line", "pointer": "form: arrows",
    "numbered": "form: numbered line",
    "contact": "form: contact details", "latin": "form: mostly Latin", "barred": "form: parted by bars",
    "address_only": "form: an address alone", "link_only": "form: a link alone",
    "linked": "form: links make up much of it",
    "head": "place: between title and text", "before_title": "place: before the title",
    "after_prose": "place: after the last prose",
    "end": "place: end of the file", "after_rule": "place: after a break",
    "cue_before": "place: after a cue line",
    "cue_after": "place: before a cue line", "card": "place: account card",
    "repeated": "form: repeated in the text below",
    "under_heading": "place: under such a heading", "citation": "form: citation",
    "addressed": "form: address", "dateline": "place: date line under the title",
    "crumbs": "form: path of a site", "byline": "form: byline", "signed": "form: a date alone",
    "teaser": "form: headline with a cut-off story",
    "ended": "place: after the end mark", "account": "form: account name", "again": "form: printed twice",
    "note": "place: note above the text", "menu": "form: short links in a row",
    "credit": "form: says where it is from", "retold": "form: says the title again",
    "reply": "form: reader's comment", "recurs": "form: stands many times in the text",
    "head_list": "place: short lines above the text", "address_first": "form: begins with an address",
    "foreign": "topic: far from the article", "distant": "topic: distant from the article",
    "corpus": "corpus: stands in many articles",
    "sentence": "form: short sentence", "prose": "form: prose", "lead": "place: first paragraph",
}  # fmt: skip


KIND_WORDS = {
    "wording": "wording: like boilerplate of other pages", "place": "place: where boilerplate stands",
    "topic": "topic: unlike the article's words", "around": "place: among such lines",
    "heading": "place: under such a heading", "form": "form: like boilerplate",
}  # fmt: skip
"""Words for each kind of traits that decided."""


_KINDS = ("form", "place: ", "page: ", "wording: ", "topic: ", "corpus: ", "role: ", "min-")


def is_reason(text: str) -> bool:
    """Return whether a reason has the form of a reason that a build writes. A person's reason has not."""
    return text.startswith(_KINDS)


def settled_category(text: str) -> str | None:
    """Return the category that belongs to a reason, or None where the category does not follow from the
    reason.
    """
    return _CATEGORY_OF.get(text)


def reason(
    model: Model,
    piece: Piece,
    names: tuple[str, ...],
    chances: tuple[float, float] | None,
    kinds: Sequence[str] = (),
) -> str:
    """The strongest evidence for dropping a piece, at most three items, the strongest first.

    ``kinds`` are the kinds of traits that decided, for a piece that the evidence in ``names`` alone would not
    drop.
    """
    if chances is None:
        return _SETTLED.get(piece.block.kind, "form: stray marks")
    tail = chances[1] > chances[0]
    told = [words or _cue_words(piece) for words in _weighty(model, names, int(tail))]
    if kinds:
        told = [*[KIND_WORDS[kind] for kind in kinds if kind in KIND_WORDS][:2], *told]
    elif tail:
        told.insert(1, "place: tail after the change point")
    return " · ".join(list(dict.fromkeys(told))[:3]) or "place: among boilerplate"


@lru_cache(maxsize=1 << 14)
def _weighty(model: Model, names: tuple[str, ...], state: int) -> tuple[str | None, ...]:
    """Words for the strongest evidence for a state, at most three. None means the cue of the piece."""
    weights = sorted(((model.evidence.get(name, (0.0, 0.0))[state], name) for name in names), reverse=True)
    return tuple(dict.fromkeys(_WORDS.get(name) for weight, name in weights if weight > 0.25))[:3]


def _cue_words(piece: Piece) -> str:
    hit = _main_hit(piece)
    return f"form: cue {piece.text[hit.start : hit.end].strip()}" if hit else "form"


def _main_hit(piece: Piece) -> Hit | None:
    if len(piece.hits) < 2:
        return piece.hits[0] if piece.hits else None
    return min(piece.hits, key=lambda hit: (RANK[hit.strength], hit.start))


def categories(
    pieces: Sequence[Piece],
    names: Sequence[Sequence[str]],
    settled: Mapping[int, str],
    dropped: Iterable[int],
) -> Iterator[tuple[int, str]]:
    """Index and category of each dropped piece: its own category, or that of the dropped pieces directly
    before it.
    """
    dropped = list(dropped)
    facts = _facts(pieces, names, dropped)
    running, last = None, -1
    for index in dropped:
        running = running if index == last + 1 else None
        last = index
        category = settled.get(index)
        if category is None and index in facts:
            category = "front_matter"
        elif category is None:
            own = _teaser(names[index], running) or _own(pieces[index], names[index], running)
            running = own if own in _RUNNING else running
            category = own or running or _weak(pieces[index]) or _default(names[index])
        yield index, category


_RUNNING = frozenset(
    (
        "unrelated_trailer",
        "related",
        "references",
        "ad",
        "follow_call",
        "editor_credit",
        "comment",
        "navigation",
    )
)


def _teaser(names: Sequence[str], running: str | None) -> str | None:
    """Category of a headline with a cut-off story. If the topic of the headline is far from the article, the
    headline and its story are unrelated.
    """
    if "teaser" not in names:
        return None
    if {"foreign", "distant"}.intersection(names):
        return "unrelated_trailer"
    return "unrelated_trailer" if running == "unrelated_trailer" and "truncated" in names else "related"


def _facts(pieces: Sequence[Piece], names: Sequence[Sequence[str]], dropped: Sequence[int]) -> set[int]:
    """Lines like 标签：… and 原文链接：… above the text, if at least three follow each other: a table of facts,
    unless all are credits.
    """
    found: set[int] = set()
    row: list[int] = []
    for index in dropped:
        row = row if row and index == row[-1] + 1 else []
        if not _ABOVE.isdisjoint(names[index]) and _FACT.match(pieces[index].text):
            row.append(index)
        else:
            row = []
        if len(row) >= 3 and any(_own(pieces[fact], names[fact], None) != "editor_credit" for fact in row):
            found.update(row)
    return found


_ABOVE = frozenset(("head", "before_title", "lead"))
_FACT = re.compile(r"[^：:，。！？\s]{1,12}[：:]")


def _own(piece: Piece, names: Sequence[str], running: str | None) -> str | None:
    hit = _main_hit(piece)
    if hit and hit.strength in SURE:
        return hit.category
    if "dateline" in names:
        return "editor_credit" if "byline" in names else "front_matter"
    if hit and hit.strength == "strong" and len(piece.text) <= (120 if hit.start <= 4 else 60):
        return hit.category
    if "symbols_only" in names:
        return "artefact"
    if "byline" in names:
        return "editor_credit"
    if "crumbs" in names:
        return "navigation"
    if "reply" in names:
        return "comment"
    if "citation" in names:
        return "references"
    if "address_only" in names:
        return None if running == "references" else "source_link"
    if "foreign" in names and piece.prose:
        return "unrelated_trailer"
    if {"link_only", "truncated", "teaser", "date_only"}.intersection(names) and "head" not in names:
        return "related"
    return "follow_call" if "card" in names else None


def _weak(piece: Piece) -> str | None:
    hit = _main_hit(piece)
    return hit.category if hit and len(piece.text) <= 60 else None


def _default(names: Sequence[str]) -> str:
    """The category of a dropped piece without evidence of its own, by its place."""
    if not _ABOVE.isdisjoint(names):
        return "front_matter" if "address_first" in names else "site_header"
    return "unrelated_trailer" if "prose" in names or "unfinished" in names else "related"

"""Safety: limits on what may be dropped.

A large part of a text is dropped only if two kinds of evidence agree. Long prose is never dropped on its cues
alone. The kinds are cues, form (with topic and recurrence) and place.

Some pieces belong together. Code is never dropped, rows of a table stay if at least half of them stay, and a
heading stays if the text below it stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from duizhao.cleaning.chain import Model
from duizhao.cleaning.form import BOXED, Piece, heading_level, is_word
from duizhao.cleaning.lexicon import SURE
from duizhao.cleaning.replies import REPLY
from duizhao.text import runs

LONG = 120
"""A piece of prose of at least this many characters is not dropped on its cues alone."""

LARGEST = 1 / 3
"""Greatest share of a text's prose that a run of dropped pieces may have on one kind of evidence. It applies
to runs with at least LONG characters of prose.
"""

MOST = 0.8
"""If a run of dropped pieces has more than this share of a text, its place is no evidence, because too little
is left to be an article.
"""

MOST_OF_LINES = 0.5
"""The same share in a text without prose."""

MUCH, LEAST = 0.5, 200
"""If more than this share of a text goes, and at least so many characters, its author should look."""

_CUES = ("certain_", "opens_", "strong_", "weak_", "cues_", "covered", "note", "credit")
_FORM = frozenset(
    ("truncated", "teaser", "link_only", "linked", "address_only", "address_first", "citation", "contact",
    "account",
     "byline", "menu", "card", "reply", "again", "repeated", "retold", "recurs", "corpus", "foreign",
     "distant",
     "crumbs", "date_only", "dated", "symbols_only", "barred", "pointer")
)  # fmt: skip
_ABOVE = frozenset(("head", "head_list", "before_title", "lead"))
"""Places above the text. Cues decide where the text begins. So these places are not independent evidence if a
large part of the text would be above it.
"""

_TOLD = re.compile(
    r"(?:[说說讲講写寫喊问問念]|[话話字][都就只]?是|[写寫印贴貼标標挂掛说說喊][着著道])"
    r"(?:[：:，,]?[ 　]*[“「『\"‘][^”」』\"’]{0,40}|[：:，,][ 　]*)$"
)
"""Somebody says or writes what follows, in quotation marks or after a comma."""

_ENOUGH = 0.3
"""A kind of evidence counts for dropping a piece if its weights sum to more than this."""


def spare(
    pieces: Sequence[Piece],
    names: Sequence[Sequence[str]],
    judged: Sequence[int],
    dropped: Sequence[int],
    chances: Mapping[int, tuple[float, float]],
    model: Model,
) -> set[int]:
    """Return the indexes of the pieces that the model would drop and that are kept for safety.

    ``judged`` are the indexes of the pieces that the model judges. ``dropped`` are the indexes of those that
    it would drop, in order. ``chances`` has the probabilities of ``drop`` and ``tail`` of the pieces that are
    in both.
    """
    spared: set[int] = set()
    if not any(index in chances for index in dropped):
        return spared
    whole = max(1, sum(len(pieces[index].text) for index in judged))
    prose = max(1, sum(len(pieces[index].text) for index in judged if pieces[index].prose))
    most = MOST if any(pieces[index].prose for index in judged) else MOST_OF_LINES
    for run in runs(dropped):
        inside = [index for index in run if index in chances]
        if sum(len(pieces[index].text) for index in inside) > most * whole:
            spared.update(index for index in inside if not _speaks_itself(names[index]))
        said = [index for index in inside if pieces[index].prose]
        size = sum(len(pieces[index].text) for index in said)
        share = size / prose
        much = share > MOST or (share > LARGEST and size >= LONG)
        for index in said:
            if not much and len(pieces[index].text) < LONG:
                continue
            drop, tail = chances[index]
            cues, form, place = _kinds(names[index], model, int(tail > drop), much=much)
            enough = cues + form + (place and share < MOST) >= 2 if much else form or place
            if not enough:
                spared.add(index)
    return spared


def spare_parts(
    raw: str,
    pieces: Sequence[Piece],
    names: Sequence[Sequence[str]],
    judged: Sequence[int],
    dropped: Collection[int],
) -> set[int]:
    """Return the indexes of the pieces that the model would drop and that are parts of what is kept.

    These are lines of code, rows of a table of which at most half would go, headings that the author marked
    (``# …``) directly above text that stays, titles of boxes (``::: tip 提示``) likewise, and a title of one
    word. A heading with a sure cue of a site stays dropped, unless a deeper heading follows, and so does one
    that is only a link, tells a date or repeats the title.
    """
    gone = set(dropped)
    spared = {index for index in dropped if pieces[index].block.kind == "code"}
    for rows in runs([index for index in judged if pieces[index].block.kind == "table"]):
        going = gone.intersection(rows)
        if 2 * len(going) <= len(rows):
            spared |= going
    title = next((pieces[index].text for index in judged if pieces[index].block.kind == "title"), None)
    below = 0  # the level of the piece below if it stays: of a heading the number of its marks, else _DEEPEST
    for index in reversed(judged):
        piece = pieces[index]
        level = heading_level(raw, piece.block)
        stays = index not in gone or index in spared
        if not stays and level > 0 and _stays_above(piece, names[index], level, below, title):
            spared.add(index)
            stays = True
        below = (level or _DEEPEST) if stays else 0
    return spared


def _stays_above(piece: Piece, names: Sequence[str], level: int, below: int, title: str | None) -> bool:
    """Whether a marked heading stays because of what it is or of the piece below it: see `spare_parts`."""
    if piece.block.kind == "title":
        return is_word(piece.text)
    if level == BOXED:
        return below > BOXED
    if piece.text == title or not {"retold", "link_only"}.isdisjoint(names):
        return False
    if "dateline" in names and _COLON.search(piece.text):
        return False
    sure = any(hit.strength in SURE for hit in piece.hits)
    return level < below and (not sure or below < BOXED)


_COLON = re.compile("[:：]")
_DEEPEST = 8


def count_characters(text: str) -> int:
    """The number of letters and figures of a text, addresses of the web aside. Marks of Markdown do not
    count, so it is the same for the source of a paragraph and for its text.
    """
    return len(_NO_WORD.sub("", _WEB.sub("", text) if "://" in text else text))


_WEB = re.compile(r"https?://[^\s\u3000-\uffff)\]]+")
_NO_WORD = re.compile(r"[\W_]+")


def is_much(dropped: int, kept: int) -> bool:
    """Whether so many characters of a text were taken for boilerplate that somebody should look at it."""
    return dropped >= LEAST and dropped > MUCH * (dropped + kept)


def may_be_wrong(score: float | None, reason: str | None) -> bool:
    """Whether a block was dropped because of what it says or where: by the model, or as a reply. Metadata and
    images are dropped for what they are, and a person knows why.
    """
    return score is not None and (score < 1 or reason == REPLY)


def is_told(piece: Piece) -> bool:
    """Whether a piece is a sentence in which somebody says or writes the words of its strongest cues:
    他说，扫码关注就能打九折。 Such a sentence is the author's.
    """
    text = piece.text
    cues = [hit for hit in piece.hits if hit.strength in SURE] or [
        hit for hit in piece.hits if hit.strength == "strong"
    ]
    if not cues or len(text) < _SENTENCE or not text.endswith(_ENDS) or piece.block.kind != "paragraph":
        return False
    return all(_TOLD.search(text[max(0, hit.start - 80) : hit.start]) for hit in cues)


_SENTENCE, _ENDS = 16, tuple(end + quote for end in "。！？" for quote in ("", "”", "」", "』", '"', "’"))


def _speaks_itself(names: Collection[str]) -> bool:
    """Whether a piece has evidence in itself: a cue, or a form that does not occur in an article's text."""
    return not _FORM.isdisjoint(names) or any(name.startswith(_CUES) for name in names)


def _kinds(names: Sequence[str], model: Model, state: int, *, much: bool) -> tuple[bool, bool, bool]:
    """Whether the cues, the form and the place of a piece are each evidence for dropping it. ``state``: 0 for
    ``drop``, 1 for ``tail``.
    """
    cues = form = place = 0.0
    for name in names:
        weight = max(0.0, model.evidence.get(name, (0.0, 0.0))[state])
        if name.startswith(_CUES):
            cues += weight
        elif name in _FORM:
            form += weight
        elif not (much and name in _ABOVE):
            place += weight
    return cues > _ENOUGH, form > _ENOUGH, place > _ENOUGH

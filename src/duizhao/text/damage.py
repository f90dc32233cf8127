"""Damage: what careless converters do to a Traditional text, and its repair.

Such a converter writes one Traditional form for a Simplified character wherever it stands: 科學傢, 隻要, 專註, 瞭解決.
People do not write these. A text counts as damaged only where it has several of them. Then its forms are the
converter's, not an author's: each place whose form is unlikely in its context, or is none of Taiwan's, is repaired, and
no other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duizhao.text import engine as opencc
from duizhao.text.conversion import codes, decide, load_model
from duizhao.text.forms import canonical

IMPOSSIBLE = 0.001
"""A written form with a smaller probability is evidence, where it is a form that only Traditional Chinese has."""

UNLIKELY = 0.2
"""In a damaged text, a written form with a smaller probability is repaired."""

PLACES, CHARACTERS, RATE = 4, 2, 0.01
"""A text is damaged with as many places of evidence, of as many characters, among its decided places."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged place of a Traditional text: the character that stands there and the one that should."""

    place: int
    written: str
    right: str


def find_damage(text: str) -> tuple[Damage, ...]:
    """Damaged places of a text that is known to be Traditional, in order; none where a person may have written it."""
    model = load_model()
    simplified = opencc.run("t2s", text)
    written = codes(canonical(text))
    source = model.fold[codes(simplified)]
    answer = canonical(opencc.run("s2tw", simplified))
    decided = decide(model, source, codes(answer))
    forms = model.forms[decided.classes]
    there = forms == written[decided.places][:, None]
    probable = np.where(there, decided.probabilities, 0).sum(axis=1)
    known = there.any(axis=1)
    best = decided.probabilities.max(axis=1, initial=0.0)
    marked = written[decided.places] != source[decided.places]
    strong = known & marked & (probable < IMPOSSIBLE) & (best > 0.98)
    if (
        strong.sum() < max(PLACES, RATE * decided.places.size)
        or np.unique(source[decided.places[strong]]).size < CHARACTERS
    ):
        return ()
    right = codes(answer)
    right[decided.places] = np.where(
        known & (probable >= UNLIKELY), written[decided.places], forms[np.arange(best.size), decided.choices]
    )
    there_now = codes(text)
    return tuple(
        Damage(int(place), text[place], chr(right[place]))
        for place in np.flatnonzero((right != there_now) & (model.fold[right] == source))
    )


def repair(text: str, damage: tuple[Damage, ...]) -> str:
    """A text with its damaged places mended, of the same length."""
    characters = list(text)
    for one in damage:
        characters[one.place] = one.right
    return "".join(characters)

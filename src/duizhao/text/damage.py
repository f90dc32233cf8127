"""Damage: what careless converters do to a Traditional text, and its repair.

Such a converter writes one Traditional form for a Simplified character wherever it stands: 科學傢, 隻要, 專註, 瞭解決.
People do not write these. A text counts as damaged only where it has several of them. Then its forms are the
converter's, not an author's: each place whose form is unlikely in its context, or is none of Taiwan's, is
repaired, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duizhao.text import opencc
from duizhao.text.conversion import codes, decide, load_model
from duizhao.text.forms import canonical, settle

IMPOSSIBLE = 0.01
"""A written form with a smaller probability is evidence, where it is a Traditional form and the Simplified
one is right.
"""

_FREE = "升周回念搜欲烟占凶折系局"
"""Characters whose Traditional form people too write where the dictionary has the plain one: 提昇, 週邊, 迴歸, 侷限,
Cantonese 係.
"""

UNLIKELY = 0.2
"""In a damaged text, a written form with a smaller probability is repaired."""

CHARACTERS = 2
LEAST = ((4, 0.01), (3, 0.1))
"""A text is damaged with evidence of CHARACTERS characters, in as many places and at that share of its
decided places.
"""


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged place of a Traditional text: the character that stands there and the one that should."""

    place: int
    written: str
    right: str


def find_damage(text: str) -> tuple[Damage, ...]:
    """Damaged places of a text that is known to be Traditional, in order; none where a person may have
    written it.
    """
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
    plain = source[decided.places]
    right = forms[np.arange(best.size), decided.choices]
    strong = known & (right == plain) & (probable < IMPOSSIBLE) & ~np.isin(plain, codes(_FREE))
    count, share = int(strong.sum()), strong.sum() / max(1, strong.size)
    several = any(count >= places and share >= rate for places, rate in LEAST)
    if not several or np.unique(plain[strong]).size < CHARACTERS:
        return ()
    repaired = codes(answer)
    repaired[decided.places] = np.where(known & (probable >= UNLIKELY), written[decided.places], right)
    settled = codes(settle("".join(map(chr, repaired.tolist()))))
    policy = np.intersect1d(decided.places, np.flatnonzero(settled != repaired))
    repaired[policy] = settled[policy]
    there_now = codes(text)
    return tuple(
        Damage(int(place), text[place], chr(repaired[place]))
        for place in np.flatnonzero((repaired != there_now) & (model.fold[repaired] == source))
    )


def repair(text: str, damage: tuple[Damage, ...]) -> str:
    """A text with its damaged places repaired, of the same length."""
    characters = list(text)
    for one in damage:
        characters[one.place] = one.right
    return "".join(characters)

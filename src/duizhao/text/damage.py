"""Damage: errors of careless converters in a Traditional text, and their repair.

Such a converter always writes the same Traditional form for a Simplified character: 科學傢, 隻要, 專註, 瞭解決.
People do not write these words. A text counts as damaged only if it has several of them. Then its forms come
from a converter and not from an author. Only those places are repaired whose form is unlikely in its context
or is not used in Taiwan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from duizhao.text import opencc
from duizhao.text.conversion import Codes, Decisions, codes, decide, load_model
from duizhao.text.forms import canonical, settle
from duizhao.text.joined import join_texts

IMPOSSIBLE = 0.01
"""A written form with a smaller probability is evidence of damage, if it is a Traditional form and the
Simplified form is the right one.
"""

_FREE = "升周回念搜欲烟占凶折系局症扣"
"""Characters that are no evidence, because people also write them where the dictionary has the plain form:
提昇, 週邊, 迴歸, 侷限, 癥狀, 釦子, Cantonese 係.
"""

UNLIKELY = 0.2
"""In a damaged text, a written form with a smaller probability is repaired."""

CHARACTERS = 2
LEAST = ((4, 0.01), (3, 0.1))
"""A text is damaged if the evidence reaches all three limits: the number of different characters, the number
of places, and the share of the decided places.
"""


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged place of a Traditional text: its character, and the right character."""

    place: int
    written: str
    right: str


def find_damage(text: str) -> tuple[Damage, ...]:
    """Damaged places of a text that is known to be Traditional, in order. There are none if a person may have
    written the text as it is.
    """
    return find_damage_together([text])[0]


def find_damage_together(texts: Sequence[str]) -> list[tuple[Damage, ...]]:
    """The damage of each text as `find_damage` gives it. One call takes less time than one for each."""
    model = load_model()
    joined = join_texts(texts)
    simplified = opencc.run("t2s", joined.text)
    written = codes(canonical(joined.text))
    source = model.fold[codes(simplified)]
    answer = np.zeros_like(source)
    ambiguous = np.flatnonzero(model.index[source] >= 0)
    if ambiguous.size:  # the engine is asked for their clauses only: for a whole text it takes far longer
        where, answered = opencc.run_around("s2tw", simplified, ambiguous)
        answer[where] = codes(canonical(answered))
    decided = decide(model, source, answer)
    bounds = np.searchsorted(decided.places, np.append(joined.starts, source.size)).tolist()
    found = []
    for number, (text, plain) in enumerate(zip(texts, joined.part(simplified), strict=True)):
        own = slice(bounds[number], bounds[number + 1])
        start = int(joined.starts[number])
        end = start + len(text)
        judged = Decisions(
            decided.places[own] - start,
            decided.classes[own],
            decided.choices[own],
            decided.probabilities[own],
        )
        found.append(_damage_of(text, plain, source[start:end], written[start:end], judged))
    return found


def _damage_of(
    text: str, simplified: str, source: Codes, written: Codes, decided: Decisions
) -> tuple[Damage, ...]:
    """The damage of one text: ``source`` [n] are its folded code points, ``written`` [n] those of the text in
    Taiwan's forms.
    """
    model = load_model()
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
    repaired = codes(canonical(opencc.run("s2tw", simplified)))
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

"""Names in Latin letters of a Chinese text: which of them does an English text not have?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from duizhao.records.glosses import glosses, notes, targets, without

_NAME = re.compile(r"[A-Z][A-Za-z’'.-]*[a-zA-Z]")
_NO_LETTERS = re.compile(r"[^a-z]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")  # JavaScript is two
_ACRONYM = re.compile(r"(?=[a-z]*[A-Z][a-z]*[A-Z])[A-Za-z]{2,6}")
_SMALL_WORDS = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with")
)
_LONG_ACRONYM = 3  # letters; two letters begin two words in nearly every paragraph


def names_missing(chinese: str, english: str, paragraph: str) -> list[str]:
    """Names of a Chinese text that an English text and its paragraph do not have.

    Names that stand side by side are one. A name is there letter by letter, in the singular, or spelled out:
    CDN for content delivery network, JS for JavaScript. A gloss in brackets is
    there if half of its names are, or its initials. Addresses, paths and notes of a translator are left out.
    """
    if not _NAME.search(chinese):
        return []
    chinese = without(chinese, [*notes(chinese), *targets(chinese)])
    there = _Text(english), _Text(paragraph)
    brackets = glosses(chinese)
    missing = [
        name for start, end in brackets for name in _missing_gloss(chinese[start + 1 : end - 1], there)
    ]
    chinese = without(chinese, brackets)
    runs: list[tuple[int, int]] = []
    for match in _NAME.finditer(chinese):
        if _is_there(match[0], there):
            continue
        start, end = match.span()
        if runs and runs[-1][1] == start - 1 and chinese[start - 1] == " ":
            start = runs.pop()[0]
        runs.append((start, end))
    return list(dict.fromkeys([*missing, *(chinese[start:end] for start, end in runs)]))


class _Text:
    """An English text as names are looked for in it: its letters, and the initials of its words."""

    __slots__ = ("initials", "letters", "words")

    def __init__(self, text: str) -> None:
        self.letters = _letters(text)
        words = [word.lower() for word in _WORD.findall(text)]
        self.words = frozenset(words)
        self.initials = tuple(
            "".join(word[0] for word in some)
            for some in (words, [word for word in words if word not in _SMALL_WORDS])
        )


def _is_there(name: str, there: Sequence[_Text]) -> bool:
    """Whether a name is in the sentence or in its paragraph."""
    letters = _letters(name)
    if any(letters in text.letters or _singular(letters) in text.letters for text in there):
        return True
    if not _ACRONYM.fullmatch(name.removesuffix("s")):
        return False
    some = there if len(letters) >= _LONG_ACRONYM else there[:1]
    return any(_singular(letters) in row for text in some for row in text.initials)


def _missing_gloss(gloss: str, there: Sequence[_Text]) -> list[str]:
    """The gloss, or nothing if the English has it."""
    names = _NAME.findall(gloss)
    lost = [name for name in names if not _is_there(name, there)]
    if 2 * len(lost) <= len(names):
        return []
    initials = "".join(word[0].lower() for word in _WORD.findall(gloss))
    if len(names) > 1 and any(initials in text.words for text in there):
        return []
    return [gloss[gloss.index(names[0]) : gloss.rindex(names[-1]) + len(names[-1])]]


def _singular(letters: str) -> str:
    return letters.removesuffix("s") if len(letters) > _LONG_ACRONYM else letters


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.lower())

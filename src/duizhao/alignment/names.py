"""The names of a sentence pair: is each English name also in the Chinese, in the same letters, translated,
or by its sound?

The sound of a name is the row of its consonants in six classes, and so is the sound of a Chinese text. A name
is found in it with the fewest changes (Sellers 1980, with the bit vectors of Myers 1999).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from duizhao.alignment.lexicon import STOPWORDS, Lexicon, stem

_CAPITALISED = re.compile(r"[A-Z][A-Za-zÀ-ɏ]*(?:['’][A-Z]?[a-z]+)?")
_CONTRACTED = re.compile(r"(?:n['’]t|['’](?:s|m|d|ll|re|ve))$")
_START = re.compile(r"(?:^|[.!?:;…—–\n“\"‘'(\[]\s*|--\s*)[“\"‘'(\[]*$")
_WORDS = re.compile(r"[A-Za-z]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9]+")
_NO_NAMES = frozenset(
    [
        "i",
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "sir",
        "madam",
        "lord",
        "lady",
        "god",
        "ok",
        "tv",
        "am",
        "pm",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "uncle",
        "aunt",
        "auntie",
        "mother",
        "father",
        "mom",
        "mum",
        "dad",
        "grandma",
        "grandpa",
        "professor",
        "president",
        "chapter",
        "figure",
        "table",
    ]
)

_NEVER_NAMES = _NO_NAMES | STOPWORDS

_ENGLISH_SOUNDS = (
    (r"sch|tch|sh|ch|ts|tz|cz|ps|pt", "S"), (r"ph|gh(?=t)", "F"), (r"kn|gn", "N"), (r"wr|rh", "L"),
    (r"ck|qu|x|c(?![eiy])|g(?![eiy])|k|q|g", "K"),
    (r"th|t|d", "T"), (r"[jszc]", "S"), (r"[bp]", "P"), (r"[fvw]", "F"), (r"n", "N"), (r"m", "M"),
    (r"[lr]", "L"), (r"h", "H"),
    (r"[^A-Z]", ""),
)  # fmt: skip
_INITIALS = {
    "b": "P", "p": "P", "m": "M", "f": "F", "d": "T", "t": "T", "n": "N", "l": "L", "r": "L", "g": "K",
    "k": "K", "h": "H", "j": "S",
    "q": "S", "x": "S", "z": "S", "c": "S", "s": "S", "w": "F", "y": "",
}  # fmt: skip


def english_names(text: str) -> list[str]:
    """Return the capitalised words of an English text that are probably names, in order.

    The first word of a sentence counts only if it is capitalised elsewhere in the text too.
    """
    return names_and_first_words(text)[0]


def names_and_first_words(text: str) -> tuple[list[str], list[str]]:
    """Return `english_names`, and the capitalised first words of sentences, which may be names."""
    found: list[str] = []
    doubtful: list[str] = []
    first: list[str] = []
    for match in _CAPITALISED.finditer(text):
        whole, place = match.group(), match.start()
        word = _CONTRACTED.sub("", whole) if "'" in whole or "’" in whole else whole
        begins = place == 0 or _START.search(text[max(place - 4, 0) : place]) is not None
        if begins and len(whole) > 3 and whole.lower() not in STOPWORDS:
            first.append(whole)
        if len(word) > 1 and word.lower() not in _NEVER_NAMES:
            (doubtful if begins else found).append(word)
    if (found or doubtful) and _is_heading(text):
        return [], first
    sure = set(found)
    return found + [word for word in doubtful if word in sure or not word.isascii()], first


def _is_heading(text: str) -> bool:
    """Return whether nearly every word is capitalised."""
    letters = [word for word in _WORDS.findall(text) if word.lower() not in STOPWORDS]
    return len(letters) >= 4 and sum(word[0].isupper() for word in letters) > 0.7 * len(letters)


def latin_names(text: str) -> list[str]:
    """Return the words in Latin letters of a Chinese text."""
    return _LATIN.findall(text)


class Sounds:
    """A Chinese text as it sounds: its pinyin, and its consonants in classes."""

    __slots__ = ("_lexicon", "_sound", "_text", "words")

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text, self._lexicon = text, lexicon
        self._sound: tuple[str, str, str] | None = None
        self.words = frozenset(word.lower() for word in _LATIN.findall(text))

    def _spoken(self) -> tuple[str, str, str]:
        """Return the pinyin, the pinyin in few letters, and the consonants. Many texts are never asked."""
        if self._sound is None:
            syllables = [_syllable(c, self._lexicon) for c in self._text]
            pinyin = "".join(reading for reading, _ in syllables)
            # A syllable without a consonant keeps its neighbours apart and costs nothing.
            row = _merged("".join(sound or "." for reading, sound in syllables if reading or sound))
            self._sound = pinyin, _simple(pinyin), row.replace(".", "")
        return self._sound

    def likeness(self, name: str) -> float:
        """Return how much of the sound of a name is in the text, in [0, 1]; 1 if it is
        there letter by letter.
        """
        lower = _plain(name)
        if self._is_written(lower):
            return 1.0
        _, letters, row = self._spoken()
        sound = english_sound(lower)
        alike = 1 - least_changes(sound, row) / len(sound) if sound else 0.0
        if len(sound) > 3:
            return alike
        # Few consonants are found in any text by chance: the vowels count too.
        spelt = 1 - least_changes(_simple(lower), letters) / len(lower)
        return min(alike, spelt) if len(sound) < 3 else (alike + spelt) / 2

    def has(self, name: str) -> bool:
        """Return whether the likeness of a name is 1."""
        lower = _plain(name)
        if self._is_written(lower):
            return True
        _, letters, row = self._spoken()
        sound = english_sound(lower)
        return bool(sound) and sound in row and (len(sound) > 3 or _simple(lower) in letters)

    def _is_written(self, lower: str) -> bool:
        """Return whether a name is in the text letter by letter, in English or in pinyin."""
        if lower in self.words or (
            len(lower) > 3 and any(lower in word or (len(word) > 3 and word in lower) for word in self.words)
        ):
            return True
        return len(lower) >= 2 and lower in self._spoken()[0]


@lru_cache(maxsize=32_768)
def _syllable(character: str, lexicon: Lexicon) -> tuple[str, str]:
    reading = lexicon.reading(character)
    if not reading:
        return "", ""
    if reading in ("er", "r"):
        return reading, "L"
    initial = _INITIALS.get(reading[0], "")
    return reading, initial + ("N" if reading.endswith(("n", "ng")) else "")


@lru_cache(maxsize=32_768)
def english_sound(name: str) -> str:
    """Return the consonants of a name in classes: P M F T N L K H S."""
    for pattern, sound in _ENGLISH_SOUNDS:
        name = re.sub(pattern, sound, name)
    return _merged(name)


_TWICE = re.compile(r"(.)\1+")


def _merged(row: str) -> str:
    return _TWICE.sub(r"\1", row)


def _simple(letters: str) -> str:
    """Return the letters, with one letter for all those that names exchange between the languages."""
    return letters.translate(_ALIKE)


_ALIKE = str.maketrans("rvqxzcjyo", "lwksssiia")


def _plain(name: str) -> str:
    lower = name.lower()
    return lower if lower.isascii() and lower.isalpha() else re.sub(r"[^a-z]", "", lower)


@lru_cache(maxsize=65_536)
def least_changes(sound: str, row: str) -> int:
    """Return the fewest insertions, deletions and substitutions that turn ``sound`` into
    a part of ``row``.
    """
    size = len(sound)
    if sound in row:
        return 0
    masks: dict[str, int] = {}
    for at, c in enumerate(sound):
        masks[c] = masks.get(c, 0) | 1 << at
    full, high = (1 << size) - 1, 1 << (size - 1)
    plus, minus, changes = full, 0, size
    best = size
    for c in row:
        equal = masks.get(c, 0)
        xv = equal | minus
        xh = (((equal & plus) + plus) ^ plus) | equal
        hplus = minus | ~(xh | plus) & full
        hminus = plus & xh
        if hplus & high:
            changes += 1
        elif hminus & high:
            changes -= 1
        hplus = hplus << 1 & full
        hminus = hminus << 1 & full
        plus = hminus | ~(xv | hplus) & full
        minus = hplus & xv
        best = min(best, changes)
    return best


@lru_cache(maxsize=32_768)
def name_stems(name: str) -> tuple[str, ...]:
    """Return the stems that a name has among the translations of the Chinese words, if it is translated."""
    lower = _plain(name)
    return (stem(lower), lower[:5]) if len(lower) > 4 else (stem(lower),)


def names_of(table: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...], chinese: str) -> Iterator[str]:
    """Yield the English names of the entities that the Chinese text names. ``table`` has
    both names of each.
    """
    for zh, en in table:
        if any(name in chinese for name in zh):
            yield from en

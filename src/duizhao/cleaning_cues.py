"""Cues: the words that web pages say around an article, read from ``cues.toml`` and found in one pass."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from duizhao.errors import DuizhaoError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CATEGORIES = (
    "front_matter", "site_header", "image", "ad", "follow_call", "share_call", "related", "unrelated_trailer", "references",
    "source_link", "editor_credit", "editor_note", "disclaimer", "navigation", "comment", "artefact",
)  # fmt: skip
"""Why a block may be dropped."""

STRENGTHS = ("certain", "opens", "strong", "weak")

LEAD = frozenset(" \t　*_#>·•●■◆▲△▼▶►◤↓↑→|｜丨-—－~～=&+,，.。:：【[（(「『《“\"'‘’<👇👆👉⬇☝✦★☆※◎○◇□")
_DELIMITERS = frozenset("“「『《 \t　：:|｜丨/／\\>》】]）)」』”·•-—－~～↓，,@＠_…👇")


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue of the lexicon: its category, its strength in a text, and whether it counts where a line begins."""

    text: str
    category: str
    strength: str
    opens: bool


class Hit(NamedTuple):
    """A cue found at ``[start, end)`` of a text; ``strength`` is what it weighs there. A tuple, for speed."""

    start: int
    end: int
    category: str
    strength: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Cues by their text; an expression for where one may begin; the cues by their first two characters.

    ``certain`` is the lexicon of the certain cues alone, for the ends of long paragraphs; it has none itself.
    """

    cues: dict[str, Cue]
    pattern: re.Pattern[str]
    starts: dict[str, tuple[str, ...]]
    certain: Lexicon | None = None


@lru_cache(maxsize=1)
def load_cues() -> Lexicon:
    """The lexicon of the package, Simplified and Traditional. Raises DuizhaoError ``bad-cues``."""
    return read_cues((Path(__file__).parent / "cues.toml").read_text(encoding="utf-8"))


def read_cues(toml: str) -> Lexicon:
    """A lexicon from the text of a cue file. Raises DuizhaoError ``bad-cues`` for an unknown category or strength."""
    try:
        table: dict[str, Any] = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise DuizhaoError("bad-cues", f"cues.toml: not valid TOML ({error})") from None
    script = table.pop("script", {})
    simplified, traditional = str(script.get("simplified", "")), str(script.get("traditional", ""))
    if len(simplified) != len(traditional):
        raise DuizhaoError("bad-cues", "cues.toml: [script] must pair each Simplified character with one Traditional character")
    forms = (str.maketrans(simplified, traditional), str.maketrans(traditional, simplified))
    cues: dict[str, Cue] = {}
    for category, lists in table.items():
        _check(category, lists)
        for strength in STRENGTHS:
            for written in lists.get(strength, ()):
                for text in {written, *(written.translate(form) for form in forms)}:
                    _enter(cues, text, category, strength)
    return make_lexicon(cues)


def make_lexicon(cues: dict[str, Cue]) -> Lexicon:
    """A lexicon of some cues."""
    certain = {text: cue for text, cue in cues.items() if cue.strength == "certain"}
    return Lexicon(cues, *_starts(cues), Lexicon(certain, *_starts(certain)) if certain else None)


def _check(category: str, lists: Any) -> None:
    if category not in CATEGORIES:
        raise DuizhaoError("bad-cues", f"cues.toml: unknown category {category!r}; allowed: {', '.join(CATEGORIES)}")
    unknown = sorted(set(lists) - set(STRENGTHS))
    if unknown:
        raise DuizhaoError("bad-cues", f"cues.toml: {category}: unknown strength {unknown[0]!r}; allowed: {', '.join(STRENGTHS)}")


def _enter(cues: dict[str, Cue], text: str, category: str, strength: str) -> None:
    """Put a cue into the lexicon. One that opens lines and stands in a second list has both; else its first list decides."""
    if len(text) < 2:
        raise DuizhaoError("bad-cues", f"cues.toml: {category}: {text!r} is too short; a cue has two characters at least")
    known = cues.get(text)
    if known is None:
        cues[text] = Cue(text, category, "" if strength == "opens" else strength, strength == "opens")
    elif known.opens and not known.strength and strength != "opens":
        cues[text] = Cue(text, known.category, strength, True)
    elif strength == "opens":
        cues[text] = Cue(text, known.category, known.strength, True)


def _starts(cues: Iterable[str]) -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """An expression for where a cue may begin, and the cues by their first two characters, longest first.

    A few tests of character sets per place keep the search at the speed of a scan; an alternation of two
    thousand cues would try hundreds of branches at every character. Cues of two, three and more characters have
    sets of their own, since the longer ones let the fewer places pass.
    """
    table: dict[str, list[str]] = {}
    for cue in sorted(cues, key=lambda cue: (-len(cue), cue)):
        table.setdefault(cue[:2], []).append(cue)
    every = [cue for found in table.values() for cue in found]
    tests = []
    for length in (2, 3, 4):
        some = [cue for cue in every if min(len(cue), 4) == length]
        if some:
            first, *rest = (_characters(cue[at] for cue in some) for at in range(length))
            tests.append(f"(?<={first})(?={''.join(rest)})")
    return re.compile(f"{_characters(cue[0] for cue in every)}(?:{'|'.join(tests)})"), {pair: tuple(found) for pair, found in table.items()}


def _characters(characters: Iterable[str]) -> str:
    return "[" + "".join(sorted({re.escape(character) for character in characters})) + "]"


def find_cues(text: str, lexicon: Lexicon) -> list[Hit]:
    """Cues in a text, left to right, the longest at each place, not overlapping. Time is linear in the text."""
    hits: list[Hit] = []
    free, starts = 0, lexicon.starts
    for match in lexicon.pattern.finditer(text):
        start = match.start()
        if start < free:
            continue
        for candidate in starts.get(text[start : start + 2], ()):
            if text.startswith(candidate, start):
                free = start + len(candidate)
                strength = _strength(text, start, free, lexicon.cues[candidate])
                if strength:
                    hits.append(Hit(start, free, lexicon.cues[candidate].category, strength))
                break
    return hits


def _strength(text: str, start: int, end: int, cue: Cue) -> str:
    """What a cue weighs where it stands: one that opens lines does so only there, and only as a word of its own."""
    if not cue.opens or cue.strength == "certain":
        return cue.strength
    alone = end == len(text) or cue.text[-1] in _DELIMITERS or text[end] in _DELIMITERS
    return "opens" if alone and start <= 20 and start <= head(text) else cue.strength


def head(text: str) -> int:
    """Where a line begins to speak, behind brackets, bullets and arrows."""
    for index, character in enumerate(text[:20]):
        if character not in LEAD and not 0xFE00 <= ord(character) <= 0xFE0F:
            return index
    return min(len(text), 20)

"""Cues: words that web pages print around an article, read from ``cues.toml`` and found in one pass."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from duizhao.cleaning.characters import fold_script
from duizhao.errors import InputError
from duizhao.files import reason, show

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CATEGORIES = (
    "front_matter", "site_header", "image", "ad", "follow_call", "share_call", "related", "unrelated_trailer",
    "references",
    "source_link", "editor_credit", "editor_note", "disclaimer", "navigation", "comment", "artefact",
)  # fmt: skip
"""Why a block may be dropped."""

STRENGTHS = ("certain", "opens", "strong", "weak")
"""Strengths of a cue, the strongest first."""

RANK = {strength: rank for rank, strength in enumerate(STRENGTHS)}
SURE = frozenset(("certain", "opens"))
"""Strengths that are enough to drop a short line."""

LEAD = frozenset(" \t　*_#>·•●■◆▲△▼▶►◤↓↑→|｜丨-—－~～=&+,，.。:：【[（(「『《“\"'‘’<👇👆👉⬇☝✦★☆※◎○◇□")
_DELIMITERS = frozenset("“「『《 \t　：:|｜丨/／\\>》】]）)」』”·•-—－~～↓，,@＠_…👇")


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue of the lexicon: its category, its strength anywhere in a text (empty if it counts only at the
    beginning of a line), and whether it counts at the beginning of a line.
    """

    text: str
    category: str
    strength: str
    opens: bool


class Hit(NamedTuple):
    """A cue found at ``[start, end)`` of a text, with its strength at that place. A tuple, for speed."""

    start: int
    end: int
    category: str
    strength: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Cues by their text, and an automaton that finds them all in one pass and counts them in the same order.

    ``certain`` is a second lexicon with only the certain cues, for the ends of long paragraphs. In that
    lexicon ``certain`` is None.
    """

    cues: Mapping[str, Cue]
    counted: tuple[Cue, ...]
    automaton: AhoCorasick
    certain: Lexicon | None = None


@lru_cache(maxsize=1)
def load_cues() -> Lexicon:
    """The lexicon of the package, Simplified and Traditional. Raises DuizhaoError ``bad-cues``."""
    return read_cues(_of_package())


def add_cues(file: Path) -> Lexicon:
    """The lexicon of the package together with the cues of a file. The file has the format of ``cues.toml``.

    If both have the same cue, the entry of the file is used. Raises DuizhaoError ``bad-cues``.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "not UTF-8"
        raise InputError("bad-cues", f"{show(file)}: cannot be read ({why})") from None
    cues: dict[str, Cue] = {}
    _enter_all(cues, _parse(text, show(file)), show(file))
    _enter_all(cues, _parse(_of_package(), "cues.toml"), "cues.toml")
    return make_lexicon(cues)


def read_cues(toml: str) -> Lexicon:
    """A lexicon from the text of a cue file. Raises DuizhaoError ``bad-cues`` for an unknown category or
    strength.
    """
    cues: dict[str, Cue] = {}
    _enter_all(cues, _parse(toml, "cues.toml"), "cues.toml")
    return make_lexicon(cues)


def _of_package() -> str:
    return (Path(__file__).parent / "_data" / "cues.toml").read_text(encoding="utf-8")


def _parse(toml: str, name: str) -> dict[str, Any]:
    try:
        table: dict[str, Any] = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise InputError("bad-cues", f"{name}: not valid TOML ({error})") from None
    return table


def _enter_all(cues: dict[str, Cue], table: Mapping[str, Any], name: str) -> None:
    for category, lists in table.items():
        _check(category, lists, name)
        for strength in STRENGTHS:
            for written in lists.get(strength, ()):
                text = fold_script(written) if isinstance(written, str) else ""
                _enter(cues, text, category, strength, name, written)
                if (narrow := text.translate(_NARROW)) != text:
                    _enter(cues, narrow, category, strength, name, written)


_NARROW = str.maketrans("：（）", ":()")
"""Full-width marks that many pages print in half width."""


def make_lexicon(cues: Mapping[str, Cue]) -> Lexicon:
    """A lexicon of some cues."""
    certain = {text: cue for text, cue in cues.items() if cue.strength == "certain"}
    return _lexicon(cues, _lexicon(certain))


def _lexicon(cues: Mapping[str, Cue], certain: Lexicon | None = None) -> Lexicon:
    automaton = AhoCorasick(cues, MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
    return Lexicon(cues, tuple(cues.values()), automaton, certain)


def _check(category: str, lists: Any, name: str) -> None:
    if category not in CATEGORIES:
        raise InputError(
            "bad-cues", f"{name}: unknown category {category!r}; allowed: {', '.join(CATEGORIES)}"
        )
    if not isinstance(lists, dict):
        raise InputError(
            "bad-cues", f"{name}: {category}: not a table; write [{category}] and lists under it, by strength"
        )
    unknown = sorted(set(lists) - set(STRENGTHS))
    if unknown:
        raise InputError(
            "bad-cues",
            f"{name}: {category}: unknown strength {unknown[0]!r}; allowed: {', '.join(STRENGTHS)}",
        )
    for strength, texts in lists.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise InputError(
                "bad-cues", f'{name}: {category}: {strength}: not a list of texts; write {strength} = ["…"]'
            )


def _enter(cues: dict[str, Cue], text: str, category: str, strength: str, name: str, written: object) -> None:
    """Put a cue into the lexicon. A cue may be in the list ``opens`` and in one other list; then it has both
    strengths. In all other cases the first list that has it decides.
    """
    if len(text) < 2 or "\n" in text:
        raise InputError(
            "bad-cues",
            f"{name}: {category}: {written!r} is no cue; one has two characters at least, on one line",
        )
    known = cues.get(text)
    if known is None:
        cues[text] = Cue(text, category, "" if strength == "opens" else strength, strength == "opens")
    elif known.opens and not known.strength and strength != "opens":
        cues[text] = Cue(text, known.category, strength, True)
    elif strength == "opens":
        cues[text] = Cue(text, known.category, known.strength, True)


def find_cues(texts: Sequence[str], lexicon: Lexicon) -> list[Sequence[Hit]]:
    """Cues in each of some texts, left to right, the longest at each place, not overlapping.

    All texts are read in one pass. The time is linear in their length, whatever they contain (Aho and
    Corasick 1975). A cue is found in Simplified and in any Traditional spelling (發佈時間, 發布時間).
    """
    joined = fold_script("\n".join(texts))
    try:
        matches = lexicon.automaton.find_matches_as_indexes(joined)
    except UnicodeEncodeError:
        matches = lexicon.automaton.find_matches_as_indexes(_LONE_SURROGATE.sub("\ufffd", joined))
    found: list[Sequence[Hit]] = [()] * len(texts)
    if not matches:
        return found
    at, begin, until = 0, 0, len(texts[0]) + 1
    own: list[Hit] = []
    for number, start, end in matches:
        if start >= until:
            own = []
            while start >= until:
                begin = until
                at += 1
                until += len(texts[at]) + 1
        cue = lexicon.counted[number]
        strength = _strength(texts[at], start - begin, end - begin, cue) if cue.opens else cue.strength
        if strength:
            own.append(Hit(start - begin, end - begin, cue.category, strength))
            found[at] = own
    return found


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair, as in JSON that was cut in the middle of an emoji. It cannot be encoded."""


_SPOKEN = re.compile("[，。！？；“”]")


def _strength(text: str, start: int, end: int, cue: Cue) -> str:
    """The strength of a cue at its place. A cue of the list ``opens`` has that strength only at the beginning
    of a line, and only as a whole word.

    There are two exceptions for credits: at the end of a short line (晨光报道), and after a role (整理编辑：).
    """
    if cue.category == "editor_credit" and start and end == len(text) <= 16 and not cue.strength:
        return "strong"
    if (
        cue.category == "editor_credit"
        and 0 < start <= 8
        and cue.text[-1] in "：:"
        and len(text) <= 30
        and not _SPOKEN.search(text)
    ):
        return "opens"
    if start > 20 or cue.strength == "certain":
        return cue.strength
    alone = end == len(text) or cue.text[-1] in _DELIMITERS or text[end] in _DELIMITERS
    return "opens" if alone and start <= head(text) else cue.strength


def head(text: str) -> int:
    """Where the words of a line begin, after brackets, bullets and arrows."""
    for index, character in enumerate(text[:20]):
        if character not in LEAD and not 0xFE00 <= ord(character) <= 0xFE0F:
            return index
    return min(len(text), 20)

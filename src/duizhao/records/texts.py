"""Find articles whose text is wrong as a whole: nothing is kept, the wrong language, broken characters."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from duizhao.errors import Finding, counted
from duizhao.records.runs import Run
from duizhao.schema import Record
from duizhao.sources import EXTRACTION_OF_DOCX
from duizhao.text import HAN_CHARACTER, HAN_RANGES, count_han

"""A run of Han characters."""
_BROKEN = (
    (re.compile("锟斤拷|锟斤|斤拷"), "U+FFFD, read as GBK"),
    (re.compile("\ufffd"), "bytes that could not be read"),
    (re.compile("烫烫烫|屯屯屯|葺葺葺"), "memory that nothing was written to"),
)
"""Signs of broken text, each with its cause."""
_SIGNS = ("锟斤", "斤拷", "\ufffd", "烫烫烫", "屯屯屯", "葺葺葺")
"""A text with one of the signs has one of these."""
_MISREADINGS = (("gb18030", "utf-8"), ("latin-1", "gb18030"), ("latin-1", "utf-8"), ("cp1252", "utf-8"))
"""Pairs of encodings: the one in which a text was wrongly read, and the right one."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_ASCII = bytes(range(0x80))
_TOGETHER = 1000  # paragraphs that are unpacked at once
_HAN_BYTES = re.compile(rb"[\xe3-\xe9\xf0][\x80-\xbf]{2}")
"""How a Han character begins in UTF-8. To count them is cheaper than to decode, and they are never too few.
"""
_LETTERS = 40
"""The language of a text or a paragraph is determined only if it has at least so many letters."""
_FEW, _SHARE = 20, 0.05
"""If fewer characters are kept, or a smaller share of the text, then nearly nothing is kept."""


_COLUMNS = (("zh_hans", "raw_path", "Chinese"), ("en", "en_path", "English"))
"""Each column that is checked, the field of its file, and its language."""


class Texts:
    """Level 4: articles with nothing kept or in the wrong language, bilingual files, broken characters.

    The sentences are added in runs; then the articles are checked.
    """

    def __init__(self) -> None:
        self._bodies: set[str] = set()  # articles with a row of text that is no title and no heading
        self._told: dict[tuple[str, str], _Column] = {}

    def add(self, run: Run) -> Iterable[Finding]:
        """Add the rows of a run, with the fields id, paragraph, role and the text columns."""
        if run.key not in self._bodies and any(
            text and role not in ("title", "heading")
            for text, role in zip(run["zh_hans"], run["role"], strict=True)
        ):
            self._bodies.add(run.key)
        for key, _, _ in _COLUMNS:
            given = [place for place, text in enumerate(run[key]) if text]
            if given:
                ids, paragraphs, texts = (
                    run[field] if len(given) == len(run) else [run[field][place] for place in given]
                    for field in ("id", "paragraph", key)
                )
                self._told.setdefault((run.key, key), _Column()).add(ids, paragraphs, texts)
        return ()

    def findings(self, articles: Iterable[Record]) -> Iterator[Finding]:
        """Yield the findings on each article."""
        for article in articles:
            yield from _check_kept(article, article["id"] in self._bodies)
            told = {key: self._told.get((article["id"], key), _Column()) for key, _, _ in _COLUMNS}
            for key, file, language in _COLUMNS:
                yield from _check_language(article, told[key], file, language)
            for key, column in told.items():
                yield from _check_characters(article, column, key)


def _check_kept(article: Record, body: bool) -> Iterator[Finding]:
    chars = article["chars"]
    kept, told = chars["kept"], chars["kept"] + chars["removed"]
    page = article["extraction"] not in (None, EXTRACTION_OF_DOCX)
    if (
        kept == 0
        or kept < _FEW * page
        or (not page and kept < _SHARE * told)
        or (not body and 2 * kept < told)
    ):
        message = (
            f"{kept} of {counted(told, 'characters')} of its text {'is' if told == 1 else 'are'} kept; "
            f"look at what was removed and why, or "
            f"remove the file"
        )
        yield Finding("nothing-kept", 4, article["id"], "text", message)


def _check_language(article: Record, column: _Column, file: str, language: str) -> Iterator[Finding]:
    """Each side is in its language as a whole, and the Chinese side also in most of its paragraphs."""
    told = [lean for han, latin in column.letters() if (lean := _lean(han, latin))]
    other = sum(count for lean, count in told if lean != language)
    total = sum(count for _, count in told)
    if total and other > 0.8 * total:
        found = f"its text is not {language}; put it into the folder of its language, or remove it"
        yield Finding("other-language", 4, article["id"], file, found)
    elif language == "Chinese" and total and other > 0.2 * total:
        found = (
            "holds both Chinese and English paragraphs; put the English ones into a file of the same "
            "name in the folder en"
        )
        yield Finding("bilingual-file", 4, article["id"], file, found)


def _count_letters(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return how many Han characters and how many Latin letters each of some texts has [texts, 2]."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _letter_kinds()[np.minimum(points, _BEYOND)]
    owner = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    counts = np.bincount(owner * 3 + kinds, minlength=3 * len(texts)).reshape(-1, 3)
    return counts[:, 1:].astype(np.int64)


@cache
def _letter_kinds() -> NDArray[np.uint8]:
    """By code point up to _BEYOND: 1 for a Han character, 2 for a Latin letter, else 0."""
    kinds = np.zeros(_BEYOND + 1, np.uint8)
    for first, last in HAN_RANGES:
        kinds[first : last + 1] = 1
    for first, last in ((ord("A"), ord("Z")), (ord("a"), ord("z"))):
        kinds[first : last + 1] = 2
    return kinds


_BEYOND = 0x40000


def _lean(han: int, latin: int) -> tuple[str, int] | None:
    """Return the language of a paragraph and its size in words; None if it is too short.

    It has so many Han characters and Latin letters. A Han character counts as one word.
    """
    if han + latin < _LETTERS:
        return None
    return ("English", latin // 5) if han * 10 < latin else ("Chinese", han)


def _check_characters(article: Record, column: _Column, key: str) -> Iterator[Finding]:
    """Yield one finding for each kind of broken character in a column of an article.

    It names the first place and the number of rows.
    """
    broken, control = column.broken, column.control
    if broken.first:
        id, told = broken.first
        advice = f"{told}; get the file again, or read it in its right encoding{_more(broken.count, article)}"
        yield Finding("broken-characters", 4, id, key, advice)
    if control.first:
        id, told = control.first
        advice = f"{told}; remove it from the file{_more(control.count, article)}"
        yield Finding("control-character", 4, id, key, advice)


@dataclass(slots=True)
class _Seen:
    """The first row that shows a sign, with the sign, and the number of all that do."""

    first: tuple[str, str] | None = None
    count: int = 0

    def add(self, id: str, sign: str | None) -> None:
        if sign is not None:
            self.first = self.first or (id, sign)
            self.count += 1


@dataclass(slots=True)
class _Column:
    """What the texts of one column of an article show: its letters by paragraph, and broken characters.

    ``sums`` has the number of a paragraph, its Han characters and its Latin letters, in turn.
    """

    sums: array[int] = field(default_factory=lambda: array("q"))
    broken: _Seen = field(default_factory=_Seen)
    control: _Seen = field(default_factory=_Seen)

    def add(self, ids: Sequence[str], paragraphs: Sequence[int], texts: Sequence[str]) -> None:
        """Add some rows. No text is empty."""
        counts = _count_letters(texts)
        numbers = np.array(paragraphs, dtype=np.int64)
        self.sums.frombytes(_sum(np.column_stack([numbers, counts])).tobytes())
        whole = "\n".join(texts)
        other = [n for n in np.flatnonzero(counts[:, 0] == 0).tolist() if not texts[n].isascii()]
        # Most articles have none of them: one search in many rows is enough to see that.
        signs = any(sign in whole for sign in _SIGNS)
        for number in range(len(texts)) if signs else sorted({*_suspects(texts, whole), *other}):
            self.broken.add(ids[number], _broken(texts[number], signs))
        if _CONTROL.search(whole):
            for id, text in zip(ids, texts, strict=True):
                match = _CONTROL.search(text)
                self.control.add(id, match and f"U+{ord(match.group()):04X} at {match.start()}")

    def letters(self) -> Iterator[tuple[int, int]]:
        """Yield the Han characters and the Latin letters of each paragraph, in the order of their numbers."""
        sums = _sum(np.array(self.sums, dtype=np.int64).reshape(-1, 3))
        for start in range(0, len(sums), _TOGETHER):
            for _, han, latin in sums[start : start + _TOGETHER].tolist():
                yield han, latin


def _sum(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add up the rows [rows, 3] of each paragraph, in the order of their numbers."""
    order = np.argsort(table[:, 0], kind="stable")
    numbers, counts = table[order, 0], table[order, 1:]
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
    if not len(firsts):
        return table
    return np.column_stack([numbers[firsts], np.add.reduceat(counts, firsts)])


def _more(count: int, article: Record) -> str:
    return f" (and so in {counted(count - 1, 'more rows')} of {article['id']})" if count > 1 else ""


def _suspects(texts: Sequence[str], whole: str) -> Sequence[int]:
    """Return the numbers of the texts with Han characters that may be read in a wrong encoding. All others
    are surely not.

    As `_read_again` does it for each text, but for all texts at once, it compares the bytes of a Chinese text
    in GB18030 with those of Han characters in UTF-8. ``whole`` has the texts with a line feed between them.
    """
    try:
        data = np.frombuffer(whole.encode("gb18030"), np.uint8)
    except UnicodeEncodeError:
        return range(len(texts))
    ends = np.append(np.flatnonzero(data == ord("\n")), data.size)
    if ends.size != len(texts):
        return range(len(texts))
    tail = (data >= 0x80) & (data <= 0xBF)
    begins = np.flatnonzero((((data >= 0xE3) & (data <= 0xE9)) | (data == 0xF0))[:-2] & tail[1:-1] & tail[2:])
    high = np.diff(np.cumsum(data >= 0x80, dtype=np.int64)[ends - 1], prepend=0)
    found = np.bincount(np.searchsorted(ends, begins), minlength=len(texts))
    likely: list[int] = np.flatnonzero((found * 3 >= 0.6 * high) & (high >= 12)).tolist()
    return likely


def _broken(text: str, signs: bool) -> str | None:
    """Describe what is broken in a text; None if nothing is. Without ``signs``, no
    pattern is searched for.
    """
    if text.isascii():
        return None
    for pattern, what in _BROKEN if signs else ():
        if match := pattern.search(text):
            return f"{match.group()!r} at {match.start()} comes from {what}"
    for wrong, right in _MISREADINGS[
        : 1 if HAN_CHARACTER.search(text) else None
    ]:  # the others have no Han characters
        if found := _read_again(text, wrong, right):
            return (
                f"reads like {right.upper()} that was read as {wrong.upper()}: {text[:8]!r} is {found[:6]!r}"
            )
    return None


def _read_again(text: str, wrong: str, right: str) -> str | None:
    """Decode a text again in the right encoding. Return it if most of the result is Chinese, else None."""
    try:
        data = text.encode(wrong)
    except UnicodeEncodeError:
        return None
    high = len(data.translate(None, _ASCII))
    if right == "utf-8" and len(_HAN_BYTES.findall(data)) * 3 < 0.6 * high:
        return None
    found = data.decode(right, "ignore")
    han = count_han(found)
    size = 3 if right == "utf-8" else 2
    return found if high >= 4 * size and han * size >= 0.6 * high else None

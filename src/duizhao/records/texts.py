"""Find articles whose text is wrong as a whole: nothing is kept, the wrong language, broken characters."""

from __future__ import annotations

import re
import shlex
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from duizhao.errors import Finding, counted
from duizhao.records.roles import VERBATIM
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
_MISREADINGS = (("gb18030", "utf-8"), ("latin-1", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "gb18030"))
"""Pairs of encodings: the one in which a text was wrongly read, and the right one. Bytes that fit UTF-8 by
chance are rare, so it comes first.
"""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_ASCII = bytes(range(0x80))
_HAN_BYTES = re.compile(rb"[\xe3-\xe9\xf0][\x80-\xbf]{2}")
"""How a Han character begins in UTF-8. To count them is cheaper than to decode, and they are never too few.
"""
_HIGH_BYTES = re.compile(rb"[\x80-\xff]{2,}")
"""Bytes of common Chinese characters in GB18030. An accent or a sign between letters stands alone."""
_AGAIN = re.compile(rb"([\x80-\xff])\1+")
"""Spaces, dots and lines that somebody repeated to indent or to fill: no Chinese character."""
_LETTERS = 40
"""The language of a text is determined only if it has at least so many letters."""
_WORDS, _FEWEST = 12, 3
"""A sentence with at least so many Latin letters and words, and next to no Chinese, is English. Most of its
words have only letters: an address or a command is no sentence.
"""
_MARKS = ".,;:!?\"'()[]…–—“”‘’"
_PLAIN = frozenset(
    ("the", "of", "to", "a", "an", "are", "that", "you", "it", "be", "on", "by", "can", "have", "has", "will",
     "we", "they", "he", "she", "his", "her", "was", "were", "which", "what", "how", "your", "our")
)  # fmt: skip
"""Words that are frequent in English, and rare in code, in names and in other languages."""
_PLAIN_SHARE = 0.08
"""A text with a smaller share of such words is not English prose."""
_PAIRS = 3
"""So many Chinese passages, each beside an English one of a translation's length, make a file bilingual."""
_KANA_RANGES = ((0x3041, 0x3096), (0x30A1, 0x30FA))
_FEWEST_KANA, _KANA_SHARE = 20, 0.1
"""A text with so many kana, and a larger share of them among its Han characters and kana, holds Japanese
passages: half of a Japanese text is kana, and a word that a Chinese text cites has few.
"""
_UNREAD = (*VERBATIM, "footnote")
"""Roles that do not tell the language of an article: tables, code, references."""
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
                ids, paragraphs, roles, texts = (
                    run[field] if len(given) == len(run) else [run[field][place] for place in given]
                    for field in ("id", "paragraph", "role", key)
                )
                self._told.setdefault((run.key, key), _Column(key)).add(ids, paragraphs, roles, texts)
        return ()

    def findings(self, articles: Iterable[Record]) -> Iterator[Finding]:
        """Yield the findings on each article."""
        for article in articles:
            yield from _check_kept(article, article["id"] in self._bodies)
            told = {key: self._told.get((article["id"], key), _Column(key)) for key, _, _ in _COLUMNS}
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
    """Each side is in its language as a whole, and the Chinese side holds no English one."""
    units = column.units()
    english = units[:, _CLASS] == _ENGLISH
    letters, words = units[:, _HAN].sum() + units[:, _LATIN].sum(), units[english, _LATIN] // 5
    han = units[~english, _HAN].sum()  # one counts as a word
    other = words.sum() if language == "Chinese" else han
    prose = column.plain >= _PLAIN_SHARE * column.words
    if language == "Chinese" and column.kana > max(
        _FEWEST_KANA - 1, _KANA_SHARE * (column.kana + column.han)
    ):
        found = (
            f"holds Japanese: {column.kana} kana beside {counted(column.han, 'Han characters')}; if its text "
            "is not Chinese, remove it"
        )
        yield Finding("other-language", 4, article["id"], file, found)
    elif language == "Chinese" and article["en_path"] is None and prose and _alternate(units):
        yield _bilingual(article, file)
    elif letters < _LETTERS:
        return
    elif other > 0.8 * (words.sum() + han):
        found = f"its text is not {language}; put it into the folder of its language, or remove it"
        yield Finding("other-language", 4, article["id"], file, found)
    elif language == "Chinese" and article["en_path"] is None and prose:
        long = words[units[english, _LATIN] >= _LETTERS].sum()
        if long > 0.2 * (long + han):
            yield _bilingual(article, file)


def _bilingual(article: Record, file: str) -> Finding:
    name = shlex.quote(article["raw_path"])
    found = (
        "holds both Chinese and English paragraphs; put the English ones into a file of the same name in the "
        f"folder en, or align them: duizhao align --interleaved {name}"
    )
    return Finding("bilingual-file", 4, article["id"], file, found)


def _alternate(units: NDArray[np.int64]) -> bool:
    """Whether Chinese and English passages stand beside each other, most of them as long as a translation of
    the other.
    """
    english = units[:, _CLASS] == _ENGLISH
    count = int(english.sum())
    if count < _PAIRS:
        return False
    pairs, last = 0, -1
    changes = np.flatnonzero(english[1:] != english[:-1])
    for place in changes.tolist():
        left, right = (place, place + 1) if english[place + 1] else (place + 1, place)
        fits = _SHORTEST * units[left, _HAN] <= units[right, _LATIN] <= _LONGEST * units[left, _HAN]
        if fits and place > last:
            pairs, last = pairs + 1, place + 1
    return pairs >= _PAIRS and 2 * pairs >= count and 3 * pairs >= len(units) - count


_SHORTEST, _LONGEST = 1.2, 8
"""Letters of an English translation for a Chinese character."""
_PARAGRAPH, _CLASS, _HAN, _LATIN = range(4)
"""What is counted of a passage, a run of sentences of a paragraph in one language."""
_CHINESE, _ENGLISH = 1, 2


def _count_letters(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return how many Han characters, Latin letters and kana each of some texts has [texts, 3]."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _letter_kinds()[np.minimum(points, _BEYOND)]
    owner = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    counts = np.bincount(owner * 4 + kinds, minlength=4 * len(texts)).reshape(-1, 4)
    return counts[:, 1:].astype(np.int64)


@cache
def _letter_kinds() -> NDArray[np.uint8]:
    """By code point up to _BEYOND: 1 for a Han character, 2 for a Latin letter, 3 for kana, else 0."""
    kinds = np.zeros(_BEYOND + 1, np.uint8)
    for first, last in HAN_RANGES:
        kinds[first : last + 1] = 1
    for first, last in ((ord("A"), ord("Z")), (ord("a"), ord("z"))):
        kinds[first : last + 1] = 2
    for first, last in _KANA_RANGES:
        kinds[first : last + 1] = 3
    return kinds


_BEYOND = 0x40000


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
    """What the texts of one column of an article show: its passages in one language, and broken characters.

    ``sums`` has of each passage the number of its paragraph, its language, its Han characters and its Latin
    letters, in turn. ``words`` counts the words of the English ones of a Chinese side, ``plain`` those in
    _PLAIN; ``han`` and ``kana`` count these characters of all rows that tell the language.
    """

    key: str
    sums: array[int] = field(default_factory=lambda: array("q"))
    words: int = 0
    plain: int = 0
    han: int = 0
    kana: int = 0
    broken: _Seen = field(default_factory=_Seen)
    control: _Seen = field(default_factory=_Seen)

    def add(
        self, ids: Sequence[str], paragraphs: Sequence[int], roles: Sequence[str], texts: Sequence[str]
    ) -> None:
        """Add some rows. No text is empty."""
        counts = _count_letters(texts)
        han, latin, kana = counts.T
        read = np.array([role not in _UNREAD for role in roles])
        self.han += int(han[read].sum())
        self.kana += int(kana[read].sum())
        english = read & (latin >= _WORDS) & (han * 10 < latin)
        for number in np.flatnonzero(english).tolist() if self.key != "en" else ():
            words = [word.strip(_MARKS) for word in texts[number].lower().split()]
            english[number] = sum(map(str.isalpha, words)) >= max(_FEWEST, len(words) / 2)
            if english[number]:
                self.words += len(words)
                self.plain += sum(map(_PLAIN.__contains__, words))
        told = np.flatnonzero(english | (read & (han > 0)))
        languages = np.where(english, _ENGLISH, _CHINESE)
        rows = np.column_stack([np.array(paragraphs, dtype=np.int64), languages, counts[:, :2]])
        self.sums.frombytes(_sum(rows[told]).tobytes())
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

    def units(self) -> NDArray[np.int64]:
        """The passages [passages, 4], in order."""
        return _sum(np.array(self.sums, dtype=np.int64).reshape(-1, 4))


def _sum(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add up the rows [rows, 4] that follow each other in the same paragraph and language."""
    if not len(rows):
        return rows
    firsts = np.flatnonzero(np.any(np.diff(rows[:, :_HAN], axis=0, prepend=-1), axis=1))
    return np.column_stack([rows[firsts, :_HAN], np.add.reduceat(rows[:, _HAN:], firsts)])


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
    sure = data
    if right == "gb18030":
        data = _AGAIN.sub(b" ", data)
        sure = b" ".join(_HIGH_BYTES.findall(data))
    high = len(data.translate(None, _ASCII))
    if right == "utf-8" and len(_HAN_BYTES.findall(data)) * 3 < 0.6 * high:
        return None
    han = count_han(sure.decode(right, "ignore"))
    size = 3 if right == "utf-8" else 2
    return data.decode(right, "ignore") if high >= 4 * size and han * size >= 0.6 * high else None

"""Check that both sides of a row have the same numbers and names, and the right script (level 4).

A finding may be an error or not. A person reads it and then fixes the row or acknowledges the
finding with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import islice
from typing import Any

from duizhao.alignment import chinese_quantities, english_quantities
from duizhao.records.roles import VERBATIM
from duizhao.schema import Record
from duizhao.text import traditional_only

_UNITS = {
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "萬": 10_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 10**8,
    "億": 10**8,
    "万亿": 10**12,
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_UP_TO_NINETEEN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS: dict[str, float] = {
    **{word: value for value, word in enumerate(_UP_TO_NINETEEN)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    "first": 1,
    "second": 2,
    "third": 3,
    "once": 1,
    "twice": 2,
    "both": 2,
    "dozen": 12,
    "half": 0.5,
    "a": 1,
    "noon": 12,
    "midday": 12,
}

_CHINESE_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(万亿|百万|千万|[百千万亿萬億])?")
_CHINESE_WORDS = re.compile(r"[零〇一二两三四五六七八九十百千]+(?:万亿|[万亿萬億])?|万(?=字)")
_ENGLISH_NUMBER = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)(?:st|nd|rd|th|s)?(?:[\s-]+(hundred|thousand|million|billion|trillion)s?\b)?", re.I
)
_ENGLISH_WORD = re.compile(r"\b([a-z]+)(?:[\s-]+(?:a\s+)?([a-z]+))?\b", re.I)
_HOUR = r"\d{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]"
_CHINESE_TIME = re.compile(
    r"(?P<part>凌晨|清晨|早上|早晨|上午|下午|傍晚|晚上|夜里|今晚|当晚|昨晚)?"
    rf"(?<![\d.十第])(?P<hour>{_HOUR})"
    r"(?:[时点](?!\d*%)(?:(?P<minute>\d{1,2})分?|(?P<half>半)|(?P<quarter>[一三])刻)?"
    r"|[:：](?P<clock>\d\d)(?!\d))"
)
_ENGLISH_TIME = re.compile(
    r"(?<![\d.,:])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*(?P<half>[ap])\.?m\b"
    r"|(?<![\d.,:])(?P<plain>\d{1,2}):(?P<clock>\d\d)(?![:\d])",
    re.I,
)
_MORNING = frozenset({"凌晨", "清晨", "早上", "早晨", "上午"})
Time = tuple[int, int]
"""Hour (0 to 23) and minute."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_NAME = re.compile(r"[A-Z][A-Za-z’'.-]*[a-zA-Z]")

_TOGETHER = 10_000  # rows that are converted at once

SHORTEST, LONGEST = 0.45, 2.2
"""Limits of an English row's length divided by the expected length: 3.2 letters for each Han character."""


def check_sense(sentences: Sequence[Record]) -> Iterator[tuple[str, str, str, str]]:
    """Yield (finding id, record id, field, message) for each row whose columns may differ in content."""
    paragraphs: dict[tuple[str, int], str] = {}
    impure: set[str] = set()
    remaining = iter(sentences)
    while some := list(islice(remaining, _TOGETHER)):
        for row in some:
            if row["en"]:
                key = (row["article_id"], row["paragraph"])
                paragraphs[key] = f"{paragraphs.get(key, '')} {row['en']}"
        impure |= _impure_articles(some, impure)
    if not impure and not paragraphs:
        return
    for row in sentences:
        if row["role"] in VERBATIM:
            continue
        if row["article_id"] in impure:
            yield from _check_script(row)
        if row["en"] and _HAN.search(row["en"]):
            yield "untranslated", row["id"], "en", "Han characters in the English"
        if row["zh_hans"] and row["en"]:
            yield from _check_numbers(row)
            yield from _check_names(row, paragraphs[row["article_id"], row["paragraph"]])
            yield from _check_length(row)


def chinese_numbers(text: str) -> tuple[set[float], set[float]]:
    """Return the numbers in a Chinese text: those in Arabic digits, and those in Chinese characters."""
    figures = {
        float(number.replace(",", "")) * _UNITS.get(unit, 1) for number, unit in _CHINESE_NUMBER.findall(text)
    }
    words = {value for match in _CHINESE_WORDS.finditer(text) for value in _spoken(match.group())}
    return figures, words


def english_numbers(text: str) -> tuple[set[float], set[float]]:
    """Return the numbers in an English text: those in digits, and those in words. Months are numbers too."""
    figures = {
        float(number.rstrip(",").replace(",", "")) * _SCALES.get(scale.lower(), 1)
        for number, scale in _ENGLISH_NUMBER.findall(text)
    }
    words: set[float] = set()
    for match in _ENGLISH_WORD.finditer(text):
        first, second = match.group(1).lower(), (match.group(2) or "").lower()
        for word, after in ((first, second), (second, "")):
            if word in _MONTHS:
                words.add(float(_MONTHS.index(word) + 1))
            elif word in _WORDS:
                value = _WORDS[word]
                words |= {float(value), value * _SCALES.get(after, 1) * 1.0}
                if value >= 20 and value % 10 == 0 and after in _WORDS:
                    words.add(float(value + _WORDS[after]))
    return figures, words


def _chinese_times(text: str) -> list[tuple[re.Match[str], frozenset[Time]]]:
    """Return the times of day of a Chinese text, and what each may mean: 3点 is 3:00 or 15:00."""
    out = []
    for match in _CHINESE_TIME.finditer(text):
        written = match["hour"]
        hour = int(written) if written.isdigit() else int(min(_spoken(written)))
        minute = 30 if match["half"] else int(match["minute"] or match["clock"] or 0)
        if match["quarter"]:
            minute = 15 if match["quarter"] == "一" else 45
        part = match["part"]
        if hour > 12 or (hour == 12 and part in (None, "上午")) or part in _MORNING:
            hours = {hour % 24}
        elif part:
            hours = {hour + 12 if hour < 12 else 0 if part != "下午" else 12}
        else:
            hours = {hour, hour + 12}
        if minute < 60 and hour <= 24:
            out.append((match, frozenset((one, minute) for one in hours)))
    return out


def _english_times(text: str) -> list[tuple[re.Match[str], frozenset[Time]]]:
    """Return the times of day of an English text, and what each may mean. 7 p.m. is 19:00."""
    out = []
    for match in _ENGLISH_TIME.finditer(text):
        hour, minute = int(match["hour"] or match["plain"]), int(match["minute"] or match["clock"] or 0)
        if match["half"]:
            hours = {hour % 12 + (12 if match["half"].lower() == "p" else 0)}
        else:
            hours = {hour, hour + 12} if hour < 12 else {hour % 24}
        if minute < 60 and hour <= 24:
            out.append((match, frozenset((one, minute) for one in hours)))
    return out


def _without_equal_times(chinese: str, english: str) -> tuple[str, str]:
    """Return both texts without the times of day that stand on both sides."""
    sides = (_chinese_times(chinese), _english_times(english))
    return _without_equal(
        (chinese, english), [[(match.span(), times) for match, times in side] for side in sides]
    )


def _without_equal_quantities(chinese: str, english: str) -> tuple[str, str]:
    """Return both texts without the quantities that stand on both sides in any writing: 3万5千 and 35,000,
    三点五亿 and "350 million", 八十年代 and "the 1980s". Times of day are left as they are.
    """
    quantities = (chinese_quantities(chinese), english_quantities(english))
    sides = []
    for side, times in zip(quantities, (_chinese_times(chinese), _english_times(english)), strict=True):
        spans = [match.span() for match, _ in times]
        sides.append(
            [
                ((one.start, one.end), one.values)
                for one in sorted(side, key=lambda one: one.start)
                if not any(start <= one.start and one.end <= end for start, end in spans)
            ]
        )
    return _without_equal((chinese, english), sides)


def _without_equal(
    texts: tuple[str, str], sides: Sequence[Sequence[tuple[tuple[int, int], Set[Any]]]]
) -> tuple[str, str]:
    """Return both texts without the spans that may mean the same as one of the other text. Each side has its
    spans in order, with what each may mean.
    """
    known = [frozenset().union(*(values for _, values in side)) for side in sides]
    out = []
    for text, side, others in zip(texts, sides, known[::-1], strict=True):
        parts, at = [], 0
        for (start, end), values in side:
            if start >= at and not values.isdisjoint(others):
                parts.append(text[at:start])
                at = end
        out.append(" ".join([*parts, text[at:]]))
    return out[0], out[1]


def _spoken(text: str) -> set[float]:
    """Return the two values that a Chinese number word may have: with its last unit (万, 亿), and without."""
    unit = next((unit for unit in ("万亿", "亿", "億", "万", "萬") if text.endswith(unit)), "")
    total, digit = 0, None
    for character in text.removesuffix(unit):
        if character in _DIGITS:
            digit = _DIGITS[character]
        else:
            total += (1 if digit is None else digit) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = None
    value = (total + (digit or 0)) or 1
    return {float(value), float(value * _UNITS.get(unit, 1))}


def _check_numbers(row: Record) -> Iterator[tuple[str, str, str, str]]:
    chinese, spoken = chinese_numbers(row["zh_hans"])
    english, written = english_numbers(row["en"])
    lost = {value for value in chinese if not _among(value, english | written)}
    added = {value for value in english if not _among(value, chinese | spoken)}
    if lost or added:
        # 19时 and "7 p.m." are the same time, though written with other figures.
        zh, en = _without_equal_times(row["zh_hans"], row["en"])
        lost &= chinese_numbers(zh)[0]
        added &= english_numbers(en)[0]
    if lost or added:
        zh, en = _without_equal_quantities(zh, en)
        lost &= chinese_numbers(zh)[0]
        added &= english_numbers(en)[0]
    if lost or added:
        parts = [f"{_show(lost)} only in Chinese"] * bool(lost) + [f"{_show(added)} only in English"] * bool(
            added
        )
        yield "number-mismatch", row["id"], "en", "; ".join(parts)


def _among(value: float, values: set[float]) -> bool:
    return any(abs(value - other) <= 1e-9 * max(value, other) for other in values)


def _show(values: set[float]) -> str:
    return ", ".join(f"{value:,.10g}" for value in sorted(values))


def _check_names(row: Record, paragraph: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield a finding for each Latin name in the Chinese row that is not in the English paragraph."""
    there = re.sub(r"[^a-z]", "", paragraph.lower())
    for name in dict.fromkeys(_LATIN_NAME.findall(row["zh_hans"])):
        if re.sub(r"[^a-z]", "", name.lower()) not in there:
            yield (
                "name-missing",
                row["id"],
                "en",
                f"{name!r} stands in the Chinese and not in the English paragraph",
            )


def _impure_articles(rows: Iterable[Record], known: Set[str]) -> set[str]:
    """Return the ids of further articles with Traditional-only characters in their Simplified column.

    Many rows are converted at once: one call for each row would cost far more.
    """
    texts: dict[str, list[str]] = {}
    for row in rows:
        if row["zh_hans"] and row["role"] not in VERBATIM and row["article_id"] not in known:
            texts.setdefault(row["article_id"], []).append(row["zh_hans"])
    return {id for id, parts in texts.items() if traditional_only("\n".join(parts))}


def _check_script(row: Record) -> Iterator[tuple[str, str, str, str]]:
    text = row["zh_hans"] or ""
    wrong = "".join(text[place] for place in traditional_only(text))
    if wrong:
        yield "script-impure", row["id"], "zh_hans", f"Traditional-only characters: {wrong}"


def _check_length(row: Record) -> Iterator[tuple[str, str, str, str]]:
    han = len(_HAN.findall(row["zh_hans"]))
    expected = 3.2 * han + (len(row["zh_hans"]) - han)
    ratio = len(row["en"]) / expected
    if expected >= 24 and not SHORTEST <= ratio <= LONGEST:
        yield (
            "length-ratio",
            row["id"],
            "en",
            f"{len(row['en'])} letters where about {expected:.0f} are expected",
        )

"""Check that both sides of a row have the same numbers and names, and the right script (level 4).

A finding may be an error or not. A person reads it and then fixes the row or acknowledges the
finding with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice

from duizhao.alignment import Quantity, chinese_quantities, english_quantities
from duizhao.records.glosses import notes, readings, targets, without_mentions
from duizhao.records.latin import names_missing
from duizhao.records.roles import VERBATIM
from duizhao.schema import Record
from duizhao.text import HAN_CHARACTER, Span, count_han, traditional_only

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

_TimeFound = tuple[re.Match[str], frozenset[Time]]
"""Where a time of day stands, and what it may mean."""

_BOUND = re.compile(
    r"(?:(?P<above>(?<![\w/=\"'-])[>＞]|大[于於]|\b(?:more|greater|newer|later) than)"
    r"|[<＜]|小[于於]|\b(?:less|fewer|older) than)"
    r"\s*(?:[A-Za-z]{1,12}\s+)?\Z"
)
_BOUND_REACH = 26  # characters before the number
_MARK = re.compile(r"\s{0,9}[（(]?\d{1,3}[.．)）、](?!\d)")
"""The number of an item of a list at the beginning of a row."""
_DIGIT = re.compile(r"\d")
_ARTICLE = re.compile(r"\ban?\b", re.I)

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
        if (
            row["en"]
            and HAN_CHARACTER.search(row["en"])
            and HAN_CHARACTER.search(without_mentions(row["en"]))
        ):
            yield "untranslated", row["id"], "en", "Han characters in the English"
        if row["zh_hans"] and row["en"]:
            yield from _check_numbers(row)
            yield from _check_names(row, paragraphs[row["article_id"], row["paragraph"]])
            yield from _check_length(row)


def _chinese_times(text: str) -> list[_TimeFound]:
    """Return the times of day of a Chinese text, and what each may mean: 3点 is 3:00 or 15:00."""
    out = []
    for match in _CHINESE_TIME.finditer(text):
        hour = int(_value(match["hour"]))
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


def _english_times(text: str) -> list[_TimeFound]:
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


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of a text as it is written, the values that it can have, and whether it has digits."""

    written: str
    values: frozenset[float]
    is_figure: bool


def _numbers(
    text: str,
    quantities: Sequence[Quantity],
    times: Sequence[_TimeFound],
    others: Sequence[_TimeFound],
    left_out: Sequence[Span],
) -> list[_Number]:
    """Return the numbers of one side, without the times of day that the other side also has.

    A time that the other side has not counts with its hour and its minute as they are written: 19时 is 19,
    and not 7, as it is for `chinese_quantities`. A figure in ``left_out`` need not be on the other side.
    """
    spans = [match.span() for match, _ in times]
    found = [
        (
            one.start,
            _Number(
                text[one.start : one.end],
                one.values | _beside_bound(text, one),
                one.kind == "figure" and not _within(one.start, left_out),
            ),
        )
        for one in quantities
        if not _within(one.start, spans, one.end)
    ]
    there = frozenset().union(*(meant for _, meant in others))
    for match, meant in times:
        if meant.isdisjoint(there):
            found += [
                (match.start(name), _Number(written, frozenset({_value(written)}), written.isdigit()))
                for name in ("hour", "plain", "minute", "clock")
                if name in match.re.groupindex and (written := match[name])
            ]
    return [number for _, number in sorted(found, key=lambda one: one[0])]


def _within(start: int, spans: Sequence[Span], end: int = 0) -> bool:
    return any(first <= start and max(start, end) <= last for first, last in spans)


def _beside_bound(text: str, one: Quantity) -> frozenset[float]:
    """Return the bound that a whole number has in other words: > 9 is 10 or more."""
    bound = _BOUND.search(text, max(0, one.start - _BOUND_REACH), one.start) if one.kind == "figure" else None
    if bound is None:
        return frozenset()
    step = 1 if bound["above"] else -1
    return frozenset(value + step for value in one.values if value.is_integer())


def _trimmed(text: str, quantities: Sequence[Quantity]) -> list[Quantity]:
    """Return the quantities without the comma or the space that may follow them."""
    return [replace(one, end=one.start + len(text[one.start : one.end].rstrip(", "))) for one in quantities]


def _whole(times: Sequence[_TimeFound], quantities: Sequence[Quantity]) -> list[_TimeFound]:
    """Return the times of day that are no part of a longer quantity, as 三点 is of 三点五亿."""
    return [
        (match, meant)
        for match, meant in times
        if not any(
            one.start <= match.start() < match.end() < one.end
            or one.start < match.start() < match.end() <= one.end
            for one in quantities
        )
    ]


def _value(written: str) -> float:
    """Return the value of a number without a unit, in digits or in Chinese characters."""
    return float(written) if written.isdigit() else max(chinese_quantities(written)[0].values)


def _check_numbers(row: Record) -> Iterator[tuple[str, str, str, str]]:
    """Yield a finding if a number in digits has no equal number of any kind on the other side."""
    zh, en = row["zh_hans"], row["en"]
    if not _DIGIT.search(zh) and not _DIGIT.search(en):
        return
    quantities = _trimmed(zh, chinese_quantities(zh)), _trimmed(en, english_quantities(en))
    zh_times, en_times = _whole(_chinese_times(zh), quantities[0]), _whole(_english_times(en), quantities[1])
    zh_mark, en_mark = _MARK.match(zh), _MARK.match(en)
    marks = [mark.span() for mark in (zh_mark, en_mark) if mark and not (zh_mark and en_mark)]
    zh_left, en_left = (marks, []) if zh_mark else ([], marks)
    chinese = _numbers(zh, quantities[0], zh_times, en_times, [*targets(zh), *notes(zh), *zh_left])
    english = _numbers(en, quantities[1], en_times, zh_times, [*targets(en), *en_left])
    lost, added = _alone(chinese, english), _alone(english, chinese)
    if _ARTICLE.search(en):  # "an hour" is 1小时
        lost = [one for one in lost if 1.0 not in one.values]
    if lost or added:
        parts = [f"{_show(lost)} only in Chinese"] * bool(lost)
        parts += [f"{_show(added)} only in English"] * bool(added)
        yield "number-mismatch", row["id"], "en", "; ".join(parts)


def _alone(some: Sequence[_Number], others: Sequence[_Number]) -> list[_Number]:
    """Return the numbers in digits that may not be equal to any number of the other side."""
    there = frozenset().union(*(one.values for one in others))
    return [one for one in some if one.is_figure and one.values.isdisjoint(there)]


def _show(numbers: Sequence[_Number]) -> str:
    return ", ".join(dict.fromkeys(one.written for one in numbers))


def _check_names(row: Record, paragraph: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield a finding for each Latin name in the Chinese row that is not in the English paragraph."""
    for name in names_missing(row["zh_hans"], row["en"], paragraph):
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
    """Yield a finding if the English is far shorter or longer than the Chinese. A gloss says the same once
    more, and a note of a translator is not in the original, so each may count or not.
    """
    length, expected = len(row["en"]), _expected(row["zh_hans"])
    if expected < _SHORT or SHORTEST <= length / expected <= LONGEST:
        return
    others = [_expected(text) for text in readings(row["zh_hans"])[1:]]
    if all(not SHORTEST * other <= length <= LONGEST * other for other in others):
        yield (
            "length-ratio",
            row["id"],
            "en",
            f"{length} letters where about {expected:.0f} are expected",
        )


_SHORT = 24  # letters; below it, a ratio says little


def _expected(chinese: str) -> float:
    """Return the letters that the English of a Chinese text usually has."""
    han = count_han(chinese)
    return 3.2 * han + (len(chinese) - han)

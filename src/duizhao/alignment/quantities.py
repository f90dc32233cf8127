"""The quantities of a sentence: numbers in figures and in words, shares, dates, times, ordinals, weekdays.

A written quantity can often be read in several ways (``三四`` is 3 or 4 or 34, ``80年代`` 80 or 1980, ``八折`` 80%
or 20% off), so each has a set of values. Two quantities agree if they share a value.

A vague quantity (``数百亿``, ``几十``, "dozens", "thousands of") has an order of magnitude and no exact value.
It agrees with every quantity of this order. See `unmatched`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "兩": 2,
    "俩": 2,
    "倆": 2,
}
_TENS = {"十": 10, "百": 100, "千": 1000, "廿": 20, "卅": 30}
_GREAT = {"万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8, "兆": 10**12}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = 10_007  # the value of Monday is this number and a half, so that no written number is equal

_H = "〇○零一二三四五六七八九十百千两兩俩倆廿卅"
_VERSION = r"(?P<version>(?<![\d.])\d+(?:\.\d+){2,})"
_CHINESE = re.compile(
    rf"{_VERSION}|(?P<weekday>(?:星期|礼拜|禮拜|周|週)(?P<day>[一二三四五六日天]))"
    rf"|(?P<below>[\d.]+|[{_H}万萬]+)分之(?P<above>[\d.]+|[{_H}]+(?:点[{_H}]+)?)"
    rf"|(?P<number>(?:\d[\d,]*(?:\.\d+)?(?:\s(?=[百千万萬亿億]|[多余餘][万萬亿億]))?|"
    rf"[{_H}])[\d{_H}万萬亿億兆]*(?:(?<=十)有[一二三四五六七八九])?(?:[点點][{_H}]+)?|[{_H}万萬亿億]+)"
    r"(?P<some>[多余餘来來几幾])?(?P<great>[万萬亿億]{0,2})"
    r"(?P<unit>成半?|[个個]半|折|[点點]半|[点點时時]|年代|世纪|世紀|年|月|%|％)?"
    r"|(?P<half>半)"
)
_NO_NUMBER = re.compile(
    r"一(?:些|样|樣|直|定|般|切|起|旦|边|邊|面|致|向|味|概|律|再|同|点|點|下|会|會|时|時|番|并|併|贯|貫|路|举|舉|流|块|塊|生|手|方|部|带|帶|度|连|連|体|"
    r"體|道|共|心|带一路|如|无|無|场|場|口|旁|早|股|层|層|头|頭|片|身|番|瞬|系列|半)"
    r"|万(?:一|分|万(?=[没不别]))"
    r"|十分|十足|百姓|千万(?=[别不要])|四川|三亚|九江|五角|统一|統一|唯一|之一|单一|單一|同一|专一|逐一|万岁|百度|千克|千瓦|百分点|四周|四处|四處|不一|"
    r"两岸|兩岸|百货|七夕|八卦|三星|一一|千方百计|千古|万物|萬物|三明治|四季|五官|二手|三国|零售|零件|成千上万|"
    r"三番|乱七八糟|七嘴八舌|五花八门|五颜六色|四面八方|三心二意|接二连三|独一无二|再三|百科|万维|零食|零钱|一二"
)
_TINY = frozenset({1.0, 2.0})  # "one" is mostly a pronoun, and "two" is often added ("the two men")

_SMALL = {
    word: float(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_SMALL |= {
    word: float(10 * value)
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_ORDINALS = {
    word: float(value)
    for value, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
        ],
        start=1,
    )
}
_ORDINALS |= {f"{word[:-1]}ieth": value for word, value in _SMALL.items() if word.endswith("ty")}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3,
    "m": 1e6, "mn": 1e6,
           "bn": 1e9, "b": 1e9, "lakh": 1e5, "crore": 1e7}  # fmt: skip
_MONTHS = {
    name: float(at)
    for at, name in enumerate(
        [
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
        ],
        start=1,
    )
}
_MONTHS |= {name[:3]: at for name, at in _MONTHS.items() if name != "may"} | {"sept": 9.0}
_OTHER: dict[str, tuple[float, ...]] = {
    "once": (1,), "twice": (2,), "thrice": (3,), "both": (2,), "pair": (2,), "couple": (2,), "two": (2,),
    "double": (2,),
    "doubled": (2,), "doubling": (2,), "triple": (3,), "tripled": (3,), "half": (0.5, 50, 30),
    "halved": (0.5,), "halves": (0.5,),
    "quarter": (0.25, 25, 15, 3), "quarters": (0.25, 25, 15), "dozen": (12,), "dozens": (12, 10),
    "decade": (10,),
    "decades": (10,), "century": (100,), "centuries": (100,), "score": (20,), "fortnight": (2, 14),
    "noon": (12,),
    "midday": (12,), "midnight": (12, 0), "week": (7,), "tens": (10,), "hundreds": (100,),
    "thousands": (1000,), "millions": (100_0000,),
    "billions": (1e9,), "neither": (2,), "either": (2,), "teens": (10,), "twenties": (20,), "thirties": (30,),
    "forties": (40,),
    "fifties": (50,), "sixties": (60,), "seventies": (70,), "eighties": (80,), "nineties": (90,),
    "zeroes": (0,), "zeros": (0,), "single": (1,),
    "sole": (1,), "twin": (2,), "twins": (2,), "quadruple": (4,), "trio": (3,), "duo": (2,),
    "percent": (100,), "twofold": (2,), "threefold": (3,),
    "fivefold": (5,), "tenfold": (10,), "fourfold": (4,),
}  # fmt: skip
_ENGLISH = re.compile(
    rf"{_VERSION}|"
    r"(?P<figure>\d[\d,]*(?:\.\d+)?)(?P<ending>(?:st|nd|rd|th)\b|['’]?s\b)?"
    r"(?:[\s-]*(?P<scale>hundred|thousand|million|billion|trillion|mn|bn|k|m|b)\b)?(?P<half>"
    r"\s+and\s+a\s+half)?"
    r"(?P<pm>\s*[ap]\.?m\b)?|(?P<word>[a-z]+)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity: where it stands, the values that it can have, and whether it is surely a quantity.

    ``kind`` is ``figure`` (written with digits), ``word``, ``weak`` (a word that is often no quantity), or
    ``vague``. ``orders`` are the possible orders of magnitude: 2 is 100 to 999. A quantity without orders
    (a weekday, a fraction) agrees with no vague one.
    """

    start: int
    end: int
    values: frozenset[float]
    kind: str
    orders: frozenset[int] = frozenset()

    def agrees(self, others: frozenset[float]) -> bool:
        """Return whether one of the values is among ``others``."""
        return not self.values.isdisjoint(others)


def unmatched(
    chinese: Sequence[Quantity], english: Sequence[Quantity]
) -> tuple[list[Quantity], list[Quantity]]:
    """Return the quantities of each side that agree with nothing of the other side.

    A vague quantity is never among them. Vague quantities of one order are partners first. One that has no
    vague partner is the partner of one exact quantity of its order.
    """
    zh, en = (frozenset().union(*(one.values for one in some)) for some in (chinese, english))
    lost = [one for one in chinese if one.kind != "vague" and not one.agrees(en)]
    added = [one for one in english if one.kind != "vague" and not one.agrees(zh)]
    if _all_exact(chinese, english):
        return lost, added
    zh_free, en_free = _vague_alone(chinese, english)
    return _without_vague(lost, en_free), _without_vague(added, zh_free)


def unmatched_one_to_one(chinese: Sequence[Quantity], english: Sequence[Quantity]) -> list[Quantity]:
    """Return the quantities of both sides without a partner of their own. None of them is vague."""
    free = [one for one in chinese if one.kind != "vague"]
    alone = []
    for one in sorted(english, key=lambda quantity: len(quantity.values)):
        if one.kind == "vague":
            continue
        partner = next((other for other in free if one.agrees(other.values)), None)
        if partner is None:
            alone.append(one)
        else:
            free.remove(partner)
    if _all_exact(chinese, english):
        return alone + free
    zh_free, en_free = _vague_alone(chinese, english)
    return _without_vague(alone, zh_free) + _without_vague(free, en_free)


def _all_exact(*sides: Iterable[Quantity]) -> bool:
    return not any(one.kind == "vague" for side in sides for one in side)


def _without_vague(some: Iterable[Quantity], vague: Counter[frozenset[int]]) -> list[Quantity]:
    """Return the quantities that are left when each vague one has taken one of its order.

    ``vague`` counts the vague quantities by their orders.
    """
    free = vague.copy()
    return [one for one in some if not _taken(one.orders, free)]


def _vague_alone(
    chinese: Iterable[Quantity], english: Iterable[Quantity]
) -> tuple[Counter[frozenset[int]], Counter[frozenset[int]]]:
    """Count the vague quantities of each side, by their orders, that have no vague partner."""
    free = Counter(one.orders for one in chinese if one.kind == "vague")
    rest = [one.orders for one in english if one.kind == "vague" and not _taken(one.orders, free)]
    return free, Counter(rest)


def _taken(orders: frozenset[int], free: Counter[frozenset[int]]) -> bool:
    """Take away one that shares an order; return whether there was one."""
    for key, count in free.items():
        if count and not orders.isdisjoint(key):
            free[key] -= 1
            return True
    return False


def chinese_quantities(text: str) -> list[Quantity]:
    """Return the quantities of a Chinese text, in order."""
    if not _NUMERIC.search(text):
        return []
    if _WIDE.search(text):
        text = text.translate(_FULL_WIDTH)
    blocked = [match.span() for match in _NO_NUMBER.finditer(text)]
    out = [_vague_chinese(match) for match in _VAGUE_CHINESE.finditer(text)]
    if out:
        text = _VAGUE_CHINESE.sub(_blank, text)
    for match in _CHINESE.finditer(text):
        start, end = match.span()
        if match["version"]:
            out += _version(match)
            continue
        inside = any(a <= start and end <= b for a, b in blocked)
        quantity = _chinese(match)
        if inside:
            quantity = Quantity(start, end, quantity.values, "weak", quantity.orders)
        out.append(quantity)
    return sorted(_weak_in_words(text, out), key=lambda one: one.start)


def english_quantities(text: str) -> list[Quantity]:
    """Return the quantities of an English text, in order."""
    lower = text.lower()
    vague = [
        match
        for match in (_VAGUE_ENGLISH.finditer(text) if any(part in lower for part in _OF_VAGUE) else ())
        if not _counted(text, match.start())
    ]
    out = [_vague_english(match) for match in vague]
    if vague:
        text = _VAGUE_ENGLISH.sub(lambda m: m[0] if _counted(text, m.start()) else _blank(m), text)
    words: list[tuple[int, int, str]] = []
    for match in _ENGLISH.finditer(text):
        word = match["word"]
        if word is None:
            out += _spoken(words)
            words = []
            out += _version(match) if match["version"] else [_figure(match)]
            continue
        if words and not _JOINED.fullmatch(text, words[-1][1], match.start()):
            out += _spoken(words)
            words = []
        word = word.lower()
        if words or word in _FIRST:  # before the first number, words say nothing
            words.append((*match.span(), word))
    return sorted([*_weak_in_words(text, out), *_spoken(words)], key=lambda one: one.start)


def _weak_in_words(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Return the quantities; those between the letters of a word, as in E2E and i18n, are weak.

    They stay quantities, because iPhone15Pro is also written iPhone 15 Pro.
    """
    if not _AFTER_LETTER.search(text):
        return quantities
    inside = {place for match in _DIGITS_IN_WORD.finditer(text) for place in range(*match.span())}
    return [
        replace(one, kind="weak") if one.kind == "figure" and one.start in inside else one
        for one in quantities
    ]


_FIRST = frozenset(
    {*_SMALL, *_ORDINALS, *_WEEKDAYS, *_MONTHS, *_OTHER, "hundred", "thousand", "million", "billion"}
)
"""The words that `_spoken` reads a quantity from."""

_AFTER_LETTER = re.compile(r"(?<=[A-Za-z])[0-9]")
_DIGITS_IN_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]+(?:[0-9]+[A-Za-z]+)+(?![A-Za-z0-9])")
"""A word such as k8s or B2B2C. One that ends in digits has a number: COVID19, GPT4."""
_FULL_WIDTH = {ord(c): str(i) for i, c in enumerate("０１２３４５６７８９")} | {ord("．"): "."}
_NUMERIC = re.compile(rf"[\d{_H}万萬亿億兆半日天]")  # each Chinese quantity has one of these
_WIDE = re.compile("[０-９．]")
_ABOUT = re.compile(r"([一二三四五六七八九])([一二三四五六七八九])(?=[十百千万亿])")
_JOINED = re.compile(r"[\s\-‑–]+")
_GREAT_SIGNS = "十百千万萬亿億"
_VAGUE_CHINESE = re.compile(
    rf"(?P<hundreds>成百上千)|(?P<thousands>成千上[万萬])|[数數]以(?P<counted>[{_GREAT_SIGNS}]+)[计計]"
    rf"|(?:好?[几幾]|(?<![人次总總多少倍分参參函整指系常])[数數]"
    rf"|(?<![以晚早网網线線加路身世马馬天手地街船车車海赶趕岸桌书書台场場会會])上(?!十))"
    rf"(?P<some>[{_GREAT_SIGNS}]+)(?![{_GREAT_SIGNS}姓度货貨]|分[之点點])"
    rf"|(?<![\d{_H}万萬亿億第])(?P<more>[{_GREAT_SIGNS}](?:[多余餘几幾]|[来來](?![自到说說临臨]))[万萬亿億]*)"
)
_VAGUE_ENGLISH = re.compile(
    r"\b(?:(?:tens|dozens|scores(?=\s+of\b)|hundreds|thousands|millions|billions|trillions)"
    r"(?:\s+of\s+(?:thousands|millions|billions|trillions))*"
    r"|(?:a\s+few|several|(?:a\s+)?couple(?:\s+of)?|many)"
    r"(?:\s+(?:dozen|hundred|thousand|million|billion|trillion))+)\b",
    re.I,
)
_OF_VAGUE = ("ens", "ores", "reds", "sands", "lions", "few", "several", "couple", "many")
"""Letters of which each vague English quantity has some."""
_BEFORE = re.compile(r"(\d|[A-Za-z]+)[\s-]+\Z")


def _blank(match: re.Match[str]) -> str:
    return "□" * len(match[0])


def _order(value: float) -> frozenset[int]:
    """Return the order of magnitude of a value: 2 for 100 to 999. A value below 1 has none."""
    if not 1 <= value < math.inf:
        return frozenset()
    return frozenset({int(f"{value:.9e}".partition("e")[2])})


def _vague_chinese(match: re.Match[str]) -> Quantity:
    start, end = match.span()
    if match["hundreds"] or match["thousands"]:
        least = 2 if match["hundreds"] else 3
        return Quantity(start, end, frozenset({10.0**least}), "vague", frozenset({least, least + 1}))
    signs = re.sub("[多余餘来來几幾]", "", match["some"] or match["counted"] or match["more"])
    value = max(_read(signs))
    return Quantity(start, end, _rounded({value}), "vague", _order(value))


def _counted(text: str, start: int) -> bool:
    """Return whether a number is before a word such as "hundreds": "two hundreds" is exact."""
    before = _BEFORE.search(text, max(start - 12, 0), start)
    return before is not None and (before[1].isdigit() or before[1].lower() in _SMALL)


def _vague_english(match: re.Match[str]) -> Quantity:
    value = 1.0
    for word in match[0].lower().split():
        one = word.rstrip("s")
        value *= {"ten": 10.0, "dozen": 10.0, "score": 10.0}.get(one) or _SCALES.get(one, 1.0)
    return Quantity(*match.span(), _rounded({value}), "vague", _order(value))


def _chinese(match: re.Match[str]) -> Quantity:
    start, end = match.span()
    if match["weekday"]:
        day = "一二三四五六日天".index(match["day"])
        return Quantity(start, end, frozenset({_WEEKDAY + min(day, 6) + 0.5}), "word")
    if match["half"]:
        return Quantity(start, end, frozenset({0.5, 50.0, 30.0, 6.0}), "weak")
    if match["below"]:
        below, above = max(_read(match["below"])), max(_read(match["above"]))
        values = {above / below, 100 * above / below} if below else set()
        return Quantity(start, end, _rounded(values | ({above} if below >= 100 else {above, below})), "word")
    number, unit = match["number"], match["unit"] or ""
    values = _read(number)
    factor = 1.0
    for sign in match["great"]:
        factor *= _GREAT[sign]
    values = {value * factor for value in values} | (values if factor > 1 else set())
    order = _order(max(values))
    if match["some"] and match["great"]:
        values |= {max(values)}
    values |= _with_unit(values, unit, number)
    digits = any(c.isdigit() for c in number)
    sure = digits or len(number) > 1 or unit in ("成半", "折", "点半", "點半", "个半", "個半")
    kind = "figure" if digits else "word" if sure else "weak"
    if kind == "weak" and number in "二三四五六七八九两兩十" and match.string[end : end + 1] in _MEASURES:
        kind = "word"
    return Quantity(start, end, _rounded(values), kind, order)


_MEASURES = frozenset(
    "个個位名年月日天周週岁歲次人种種家只隻条條本张張件块塊元美分小秒点點倍届屆章节節层層辆輛艘座间間所台臺成"
)


def _with_unit(values: set[float], unit: str, number: str) -> set[float]:
    if unit.startswith("成"):
        half = 5.0 if unit == "成半" else 0.0
        return {10 * value + half for value in values if value <= 10} | {
            (10 * value + half) / 100 for value in values if value <= 10
        }
    if unit == "折":
        tens = {value * 10 if value < 10 else value for value in values}
        return tens | {100 - value for value in tens} | {value / 100 for value in tens}
    if unit in ("点半", "點半", "个半", "個半"):
        return {value + 0.5 for value in values} | {30.0, 0.5}
    if unit in ("点", "點", "时", "時"):
        return {value - 12 for value in values if 12 < value <= 24} | {
            value + 12 for value in values if value < 12
        }
    if unit == "年代":
        return {1900 + value for value in values if 10 <= value < 100} | {value % 100 for value in values}
    if unit == "年":
        short = {value for value in values if value < 100 and len(number) == 2}
        return (
            {1900 + value for value in short}
            | {2000 + value for value in short}
            | {v / 10 for v in values if v % 10 == 0 and v < 100}
        )
    return set()


_LONGEST = 32
"""Characters of a number that are read. Nobody writes a longer one, and each unit costs a call of `_read`."""


def _read(number: str) -> set[float]:
    """Return the values of a number that may mix figures and words: 3万5, 六十有三, 二〇二三, 三四, 1.3亿."""
    number = re.sub(r"[有,\s]", "", number)[:_LONGEST]
    whole, dot, decimals = number.partition("点") if "点" in number else number.partition("點")
    if dot and all(c in _DIGITS for c in decimals):
        tail = "".join(str(_DIGITS[c]) for c in decimals)
        return {value + float(f"0.{tail}") for value in _read(whole)}
    if all(c in _DIGITS for c in number):
        each = [float(_DIGITS[c]) for c in number]
        joined = float("".join(str(int(digit)) for digit in each))
        return {joined, *each} if len(number) <= 2 else {joined}
    about = _ABOUT.search(number)
    if about:
        return {
            value
            for digit in (1, 2)
            for value in _read(number[: about.start()] + about[digit] + number[about.end(2) :])
        }
    total, section, figure, last = 0.0, 0.0, "", 1.0
    value: float | None = None
    for before, c in zip(f" {number}", number, strict=False):
        if c.isdigit() or c == ".":
            figure += c
            continue
        if figure:
            value, figure = _number(figure), ""
        if c in _DIGITS:
            value = float(_DIGITS[c])
        elif c in ("廿", "卅"):
            section += _TENS[c]
        elif c in _TENS:
            section += (1.0 if value is None else value) * _TENS[c]
            value, last = None, float(_TENS[c])
        elif c == before:  # 万万 is ten thousand times ten thousand
            total *= _GREAT[c]
        else:
            section += value or 0.0
            total = (
                (total + (section or 1.0)) * _GREAT[c]
                if total < _GREAT[c]
                else total + (section or 1.0) * _GREAT[c]
            )
            section, value, last = 0.0, None, float(_GREAT[c])
    if figure:
        value = _number(figure)
    rest = value or 0.0
    out = {total + section + rest}
    if value is not None and last >= 100 and len(number) > 1 and number[-2] in (*_TENS, *_GREAT):
        out.add(total + section + rest * last / 10)  # 一百五 is 150, 三万五 is 35,000
    if number[-1:] in _GREAT and len(number) > 1:
        out |= _read(number[:-1])
    return out


def _number(figure: str) -> float:
    try:
        return float(figure)
    except ValueError:
        return float(figure.replace(".", "") or 0)


def _version(match: re.Match[str]) -> list[Quantity]:
    """Return the quantity of a version such as 2.5.0, or the three of a date such as 2023.11.17.

    A version agrees with the same version, without zeros at its end too: 2.5.0 is 2.5.
    """
    parts = match["version"].split(".")
    year, month, day = (int(part[:9]) for part in parts[:3])
    at = match.start()
    if len(parts) == 3 and 1900 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= 31:
        out = []
        for part in parts:
            value = float(part)
            short = {value % 100} if value >= 1900 else set()
            out.append(Quantity(at, at + len(part), frozenset({value} | short), "figure", _order(value)))
            at += len(part) + 1
        return out
    value = 0.0
    for part in parts[:5]:
        value = 1000 * value + float(part[:9])
    values = {-value - 1}  # no other number is negative
    while len(parts) > 1 and not parts[-1].strip("0"):
        parts.pop()
    if len(parts) < 3:
        values.add(float(".".join(parts)))
    return [Quantity(at, match.end(), frozenset(values), "figure")]


def _figure(match: re.Match[str]) -> Quantity:
    start, end = match.span()
    value = _number(match["figure"].replace(",", ""))
    half = 0.5 if match["half"] else 0.0
    values = {value, value + half}
    order = _order(value)
    if match["scale"]:
        scale = _SCALES[match["scale"].lower()]
        values |= {(value + half) * scale}
        order = _order((value + half) * scale)
    if match["ending"] in ("s", "'s", "’s") and 1000 <= value < 2100:
        values |= {value % 100}
    if match["pm"]:
        values |= {value + 12, value % 12}
    elif 12 < value < 24:
        values |= {value - 12}
    if 1900 <= value < 2100:
        values |= {value % 100}
    return Quantity(start, end, _rounded(values), "figure", order)


def _spoken(words: list[tuple[int, int, str]]) -> Iterator[Quantity]:
    """Yield the quantities in a run of English words that nothing but spaces and hyphens separates."""
    at = 0
    while at < len(words):
        start, end, word = words[at]
        if (
            word in _SMALL
            or word in _ORDINALS
            or (word == "hundred")
            or word in ("thousand", "million", "billion")
        ):
            size, quantity = _compound(words, at)
            yield quantity
            at += size
            continue
        if word in _WEEKDAYS:
            yield Quantity(start, end, frozenset({_WEEKDAY + _WEEKDAYS.index(word) + 0.5}), "word")
        elif word in _MONTHS:
            yield Quantity(
                start,
                end,
                frozenset({_MONTHS[word]}),
                "word" if len(word) > 3 and word != "march" else "weak",
            )
        elif size := _size_of_share(words, at):
            share, scale = _SHARES[word], _SCALES[words[at + size - 1][2]]
            values = {share * scale}
            yield Quantity(start, words[at + size - 1][1], _rounded(values), "word", _order(share * scale))
            at += size
            continue
        elif word in _OTHER:
            scale = 1.0
            following = words[at + 1][2] if at + 1 < len(words) else ""
            if following in _SCALES and len(following) > 2:
                scale = _SCALES[following]
            values = {value * scale for value in _OTHER[word]} | set(map(float, _OTHER[word]))
            yield Quantity(start, end, _rounded(values), "weak", _order(max(values)))
        at += 1


_GREAT_WORDS = ("hundred", "thousand", "million", "billion", "trillion")
_SHARES = {"half": 0.5, "quarter": 0.25}


def _size_of_share(words: list[tuple[int, int, str]], at: int) -> int:
    """Return how many words "half a million" or "quarter of a million" has at a place; 0 if there is none."""
    first, *following = [word for _, _, word in words[at : at + 4]]
    if first in _SHARES:
        for between in ([], ["a"], ["of", "a"]):
            size = len(between)
            if following[:size] == between and len(following) > size and following[size] in _GREAT_WORDS:
                return size + 2
    return 0


def _half_after(words: list[tuple[int, int, str]], at: int, last: str) -> float:
    """Return what the "and a half" at a place adds: one half in "two and a half million", half a million in
    "a million and a half". Elsewhere it adds nothing: it stays a number of its own.
    """
    following = [word for _, _, word in words[at + 1 : at + 4]]
    if following[:2] != ["a", "half"]:
        return 0.0
    if last in _GREAT_WORDS:
        return _SCALES[last] / 2
    return 0.5 if following[2:] and following[2] in _GREAT_WORDS else 0.0


def _compound(words: list[tuple[int, int, str]], at: int) -> tuple[int, Quantity]:
    total, section, size, values, ordinal = 0.0, 0.0, 0, set[float](), False
    last = ""
    while at + size < len(words):
        word = words[at + size][2]
        if word in _SMALL:
            if last in _SMALL and not (_SMALL[last] >= 20 and _SMALL[word] < 10):
                break
            section += _SMALL[word]
            values.add(_SMALL[word])
        elif word in _ORDINALS:
            section += _ORDINALS[word]
            values.add(_ORDINALS[word])
            if last in _SMALL and _ORDINALS[word] >= 3 and _SMALL[last] < _ORDINALS[word]:
                values.add(_SMALL[last] / _ORDINALS[word])  # two thirds
            ordinal = True
        elif word.rstrip("s") in _ORDINALS and last in _SMALL:
            below = _ORDINALS[word.rstrip("s")]
            values |= {_SMALL[last] / below, 100 * _SMALL[last] / below, below}
            size += 1
            break
        elif word == "hundred":
            section = max(section, 1.0) * 100
        elif word in ("thousand", "million", "billion", "trillion"):
            total += max(section, 1.0) * _SCALES[word]
            section = 0.0
        elif word == "and" and (half := _half_after(words, at + size, last)):
            total, section = total + half * (half > 1), section + half * (half < 1)
            size += 2
            word = "half"
        elif (
            word == "and"
            and last in ("hundred", "thousand", "million")
            and at + size + 1 < len(words)
            and words[at + size + 1][2] in _SMALL
        ):
            pass
        else:
            break
        last = word
        size += 1
        if ordinal:
            break
    values.add(total + section)
    value = total + section
    if value == 3 and ordinal:
        values.add(1 / 3)
    end = words[at + size - 1][1]
    weak = value in _TINY or (ordinal and value <= 2)
    order = _order(value)
    if words[at][2] in _SMALL and value < 13 and size == 1:
        values.add(value + 12)  # three in the afternoon is 15点
    return size, Quantity(words[at][0], end, _rounded(values), "weak" if weak else "word", order)


def _rounded(values: set[float]) -> frozenset[float]:
    """Return the values to nine significant digits, so that equal values are equal."""
    return frozenset(float(f"{value:.9g}") for value in values)

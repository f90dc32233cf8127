"""Tokens that are the same in both languages: numbers, and words in Latin letters."""

from __future__ import annotations

import re
from functools import lru_cache

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]+|(?<![A-Za-z])[A-Z](?![A-Za-z])")
_FIGURE = re.compile(r"\d+(?:[,，]\d{3})*(?:\.\d+)?")
_HAN_NUMBER = re.compile(r"[〇零一二两三四五六七八九十百千]+")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_WORDS = [
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
    "twenty",
]
_ENGLISH_NUMBERS = {word: str(value) for value, word in enumerate(_WORDS)}
_ENGLISH_NUMBERS |= {word: str(10 * value) for value, word in enumerate(
    ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred"], start=3)}  # fmt: skip
_MONTHS = [
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
]
_ENGLISH_NUMBERS |= {month: str(at) for at, month in enumerate(_MONTHS, start=1)}


@lru_cache(maxsize=8192)
def shared_tokens(sentence: str) -> frozenset[str]:
    """Return the tokens of a sentence of either language that its translation probably repeats.

    These are numbers and words in Latin letters. Numbers are written in digits. They also come from
    Chinese number words of two and more characters, English number words, and English months. Words are
    in lower case. Every word of an English sentence is such a token. Callers compare them with the tokens
    of the Chinese side.
    """
    found = {_plain(figure) for figure in _FIGURE.findall(sentence)}
    for word in _LATIN.findall(sentence):
        lower = word.lower()
        found.add(_ENGLISH_NUMBERS.get(lower, lower))
    found.update(_value(word) for word in _HAN_NUMBER.findall(sentence) if len(word) > 1)
    return frozenset(found)


def _plain(figure: str) -> str:
    return figure.replace(",", "").replace("，", "").lstrip("0") or "0"


def _value(word: str) -> str:
    """Return the value of a Chinese number word below ten thousand in digits, or its digits one by one."""
    if not any(c in _UNITS for c in word):
        return "".join(str(_DIGITS[c]) for c in word).lstrip("0") or "0"
    total, digit = 0, 0
    for c in word:
        if c in _UNITS:
            total, digit = total + max(digit, 1) * _UNITS[c], 0
        else:
            digit = _DIGITS[c]
    return str(total + digit)

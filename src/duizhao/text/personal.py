"""Personal data in a text: telephone numbers, e-mail addresses, street addresses, identity numbers.

Only clear forms are found. So the list helps a person to find such data, but an empty list does not prove
that there is none. Identity numbers must have the right check digit: GB 11643-1999 (mainland China), or
Taiwan's rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from duizhao.dates import is_real_date


class Personal(NamedTuple):
    """A piece of personal data: its kind, and where it stands in the text, in code points."""

    kind: str
    start: int
    end: int


KINDS = ("telephone", "email", "address", "identity number")
"""All kinds, in the order of the report."""

_BEFORE = r"(?<![A-Za-z0-9_./=&%#@+-])"
_AFTER = r"(?![A-Za-z0-9_@=/%-])"
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+/:-])(?!git@)[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9][A-Za-z0-9-]{0,"
    r"62}\.){1,5}[A-Za-z]{2,18}(?![A-Za-z0-9-])"
)
_LABEL = (
    r"(?:电\s?话|電\s?話|手\s?机|手\s?機|热\s?线|熱\s?線|专线|專線|传真|傳真|联系方式|聯絡方式|咨询|諮詢|"
    r"(?<![A-Za-z])(?:[Tt]el|TEL|[Ff]ax|FAX|[Pp]hone|PHONE|[Mm]obile|WhatsApp))"
)
_TELEPHONES = tuple(
    re.compile(pattern)
    for pattern in (
        # mobile numbers of mainland China, of Taiwan
        r"(?<![A-Za-z0-9_./=&%#@-])(?:\+?86[ -]?)?1[3-9][0-9](?P<s>[ "
        r"-]?)[0-9]{4}(?P=s)[0-9]{4}(?![0-9A-Za-z@=/%.-]*[0-9A-Za-z@=/%])",
        rf"{_BEFORE}09[0-9]{{2}}-[0-9]{{3}}-?[0-9]{{3}}{_AFTER}",
        # an area code, in parentheses or with a hyphen, and a number
        rf"{_BEFORE}(?:\(0[1-9][0-9]{{1,2}}\)|（0[1-9][0-9]{{1,2}}）)[ -]?[1-9][0-9]{{3}}[ "
        rf"-]?[0-9]{{3,4}}{_AFTER}",
        rf"{_BEFORE}(?:\+?86[ "
        rf"-])?0(?:10|2[0-9]|[3-9][0-9]{{2}})[-－—][1-9][0-9]{{6,7}}(?:[-转轉][0-9]{{1,5}})?{_AFTER}",
        rf"{_BEFORE}\(?0[2-8][0-9]?\)?[ -][0-9]{{3,4}}-[0-9]{{4}}{_AFTER}",
        rf"{_BEFORE}[48]00[ -][0-9]{{3}}[ -]?[0-9]{{4}}{_AFTER}",
        # a country code
        r"(?<![A-Za-z0-9_+])\+[1-9][0-9]{0,2}[ -]?(?:\([0-9]{1,4}\)[ -]?)?[0-9]{2,4}(?:[ "
        r"-]?[0-9]{2,4}){1,3}(?![A-Za-z0-9_-])",
        # a number behind a word for it
        rf"{_LABEL}(?:号码|號碼)?[ ]?(?:[:：][ ]?|[为為是])(?P<number>(?:\(?[0-9]{{2,4}}\)?[ -]?)?[0-9]{{3,4}}[ "
        rf"-]?[0-9]{{4}}){_AFTER}",
    )
)
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_TAIWAN = re.compile(r"(?<![0-9A-Za-z])[A-Z][1289][0-9]{8}(?![0-9A-Za-z])")
_ROAD = r"[\u4e00-\u9fff]{1,6}?(?:[东東南西北中][一二三四五六七八九十]?)?(?:大道|路|街|巷|弄|胡同)"
_PLACE = r"(?:[\u4e00-\u9fff]{2,7}?(?:[省市区區县縣镇鎮鄉乡]))"
_NUMBER = (
    r"[0-9０-９]{1,5}(?:[-—之][0-9]{1,4})?[号號](?!线|線|文|令|公路|高速|机|機|车|車|院线|选手|選手|位|人)"
)
_HOUSE = r"(?:[\u4e00-\u9fff0-9A-Za-z-]{0,10}?(?:室|层|樓|楼|单元|單元|栋|棟|座))?"
_ADDRESS = re.compile(
    rf"{_PLACE}{{1,3}}{_ROAD}(?:[一二三四五六七八九十0-9]{{1,3}}段)?(?:[0-9]{{1,4}}[巷弄]){{0,2}}{_NUMBER}"
    rf"{_HOUSE}"
)
_NAME = r"(?:(?![在于於到去往住址这這那条條走沿过過我你他她们們两兩是为為有的了])[\u4e00-\u9fff]){2,6}?"
_STREET = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[在于於到去往住])|(?<=[地住]址)|(?<=地址[为為是]))"
    rf"{_NAME}[东東南西北中]?[一二三四五六七八九十]?(?:大道|(?<![铁鐵公线線道马馬高电電网網思])路|街|巷|胡同)"
    rf"(?:[一二三四五六七八九十0-9]{{1,3}}段)?(?:[0-9]{{1,4}}[巷弄]){{0,2}}{_NUMBER}{_HOUSE}"
)
"""An address without the name of a district: its street stands at the beginning of what is told, or behind a
word for a place.
"""

_ESTATE = re.compile(
    rf"{_NAME}(?:小区|小區|花园|花園|新村|公寓|家园|家園)[0-9]{{1,3}}(?:号楼|號樓|栋|棟|幢|座)"
    r"(?:[0-9一二三四五六七八九十]{1,2}(?:单元|單元))?[0-9]{1,2}[0-9]{2}[室号號]"
)
"""A flat in an estate, without a street."""

_FILE = re.compile(
    r"[A-Za-z0-9_.-]{0,40}(?: ?[(（][0-9]{1,3}[)）]|副本)?\.(?:jpe?g|png|gif|webp|bmp|svg|tiff?|heic|avif|"
    r"mp[34]|mov|wav|pdf|docx?|xlsx?|pptx?|zip|rar|7z|html?|txt|srt|vtt)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""What follows a number that is part of the name of a file."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def find_personal(text: str) -> list[Personal]:
    """Personal data in a text, in order; where two kinds overlap, only the first found, identity numbers
    first.
    """
    found: list[Personal] = []
    for kind, spans in (
        ("identity number", _identities(text)),
        ("email", (match.span() for match in _EMAIL.finditer(text))),
        ("telephone", _telephones(text)),
        *(
            ("address", (match.span() for match in pattern.finditer(text)))
            for pattern in (_ADDRESS, _STREET, _ESTATE)
        ),
    ):
        for start, end in spans:
            if not any(one.start < end and start < one.end for one in found):
                found.append(Personal(kind, start, end))
    return sorted(found, key=lambda one: one.start)


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are an identity number of mainland China: a real date of birth, and the right
    check digit.
    """
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "1880" <= born[:4] < "2100" and is_real_date(born) and _CHECKS[total % 11] == number[17].upper()


def is_taiwanese_number(number: str) -> bool:
    """Whether a letter and nine digits are an identity number of Taiwan: the right check digit."""
    code = _LETTERS.index(number[0]) + 10
    digits = [code // 10, code % 10, *map(int, number[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 10 == 0


def _identities(text: str) -> Iterator[tuple[int, int]]:
    rules: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
        (_IDENTITY, is_identity_number),
        (_TAIWAN, is_taiwanese_number),
    )
    for pattern, is_valid in rules:
        yield from (match.span() for match in pattern.finditer(text) if is_valid(match.group()))


def _telephones(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _TELEPHONES:
        for match in pattern.finditer(text):
            start, end = match.span("number" if "number" in pattern.groupindex else 0)
            digits = sum(c.isdigit() for c in text[start:end])
            if 7 <= digits <= 16 and not _FILE.match(text, end):
                yield start, end

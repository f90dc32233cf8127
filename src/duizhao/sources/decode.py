"""Bytes of a file to text: in the given encoding, or in the one that two detectors agree on."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from duizhao.errors import DuizhaoError, InputError
from duizhao.text import is_blank

ENCODINGS = ("utf-8", "gb18030", "big5", "big5hkscs", "cp950", "utf-16", "utf-16-le", "utf-16-be")
"""Encodings that a file may have, as ``sources.toml`` and ``--encoding`` name them."""
_NAMES = {
    "utf8": "utf-8", "utf-8-sig": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "gb-18030": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030", "big5-hkscs": "big5hkscs", "ms950": "cp950", "utf16": "utf-16",
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip
"""Other names of these encodings. GB2312 and GBK are read as GB18030, which has all their characters."""
_FAMILIES = {
    "gb18030": ("gb18030",),
    "big5": ("big5", "big5hkscs", "cp950"),
    "utf-16-le": ("utf-16-le",),
    "utf-16-be": ("utf-16-be",),
}
"""Encodings that Chinese files without a mark have, the narrowest of a family first."""
_WITNESS = (
    "gb18030",
    "big5",
    "utf_16_le",
    "utf_16_be",
    "utf_8",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "cp1252",
    "cp1251",
)
"""What charset-normalizer chooses from."""
_COMMON = frozenset(
    "的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過子说說产產种種面"
    "而方后後多定行学學法所民得经經十三之进進着著等部度家电電力里裡如水化高自二理起小物现現实實加量都两兩体體制机機当當使点點从從业業本去把"
    "性好应應开開它合还還因由其些然前外天政四日那社义義事平形相全表间間样樣与與关關各重新线線内內数數正心反你明看原又利比或但质質气氣第向道"
    "，。、「」“”；：？！　\n"
)
_SURE, _RIVAL = 0.15, 0.5
"""The least share of common characters in Chinese text. A second reading with this share of the best
reading's value makes the result doubtful.
"""
_SHORT = 20
"""In a text with fewer characters than this, the share of common characters says too little."""
_BROKEN = 0.005
"""Share of characters that a page may have lost to broken bytes."""
_META = re.compile(rb"<meta[^<>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


class Decoded(NamedTuple):
    """A text, the encoding that it was read in, and whether that encoding was detected.

    ``unsure`` says which characters another encoding of the same family reads differently; empty where none.
    """

    text: str
    encoding: str
    detected: bool
    unsure: str = ""


def decode(data: bytes, name: str, encoding: str | None = None, *, option: str = "sources.toml") -> Decoded:
    """Text of a file's bytes; line ends as they are, a byte order mark is not part of it.

    Without ``encoding``, these are tried in order: the byte order mark, UTF-8, the encoding on which the
    share of common characters and charset-normalizer agree. ``option`` is where the user can set the
    encoding, for the messages: ``sources.toml`` or ``--encoding``. Raises DuizhaoError ``empty-file``,
    ``nul-character``, ``wrong-encoding``, ``doubtful-encoding``, ``not-text``.
    """
    told = encoding or _marked(data) or ("utf-8" if _fits(data, "utf-8") else None)
    if told is None:
        decoded = _detect(data, name, option)
    else:
        decoded = Decoded(_strict(data, name, told, option), told, encoding is None and told != "utf-8")
    _refuse_empty(decoded.text, name, "article")
    return decoded._replace(text=_checked(decoded.text, name))


def decode_html(
    data: bytes, name: str, encoding: str | None = None, *, option: str = "sources.toml"
) -> Decoded:
    """Text of a page's bytes: in the given encoding, by its byte order mark, as UTF-8, as its ``meta``
    declares, or as detected.

    Unlike in other files, a few broken bytes are read as U+FFFD: pages have them. Raises
    DuizhaoError as ``decode`` does.
    """
    declared = _declared(data)
    told = encoding or _marked(data) or ("utf-8" if _fits(data, "utf-8") else None)
    if told is None and declared and declared != "utf-8":
        told = _member(data, _FAMILIES.get(_family(declared), (declared,)))
    if told:
        unsure = "" if encoding else _unsure(data, told)
        text = data.decode(told, "replace")
        if "\ufffd" not in text:
            _check_forms(data, text, name, told)
        _refuse_empty(text, name, "page")
        return Decoded(_without_mark(text), told, bool(unsure), unsure)
    members = ["utf-8"]
    for family in _FAMILIES.values():  # of a family, only the one in which nothing is broken, if there is one
        fits = _member(data, family)
        members += [fits] if fits else family
    readings = {found: data.decode(found, "replace") for found in members}
    found = max(readings, key=lambda each: (_share(readings[each]), each == declared))
    text = readings[found]
    if _share(text) < _SURE / 3 or text.count("\ufffd") > _BROKEN * len(text) + 5:
        raise _doubtful(name, [each for each in readings if _share(readings[each]) >= _SURE / 3], option)
    return Decoded(_without_mark(text), found, _family(found) != _family(declared or ""))


def _refuse_empty(text: str, name: str, what: str) -> None:
    if is_blank(text):
        raise InputError("empty-file", f"{name}: the file is empty; remove it or put the {what} there")


def known_encoding(name: str) -> str | None:
    """The encoding of ENCODINGS that a name means; None for any other name."""
    plain = name.strip().lower().replace("_", "-")
    found = _NAMES.get(plain, plain)
    return found if found in ENCODINGS else None


def hashes_to(text: str, sha256: str) -> bool:
    """Whether a text is that of a file with this SHA-256, in one of the encodings that are read."""
    marks = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    for encoding in ENCODINGS:
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        for mark in (b"", marks.get(encoding, b"")):
            if hashlib.sha256(mark + data).hexdigest() == sha256:
                return True
    return False


def _strict(data: bytes, name: str, encoding: str, option: str) -> str:
    try:
        text = data.decode(encoding)
        _check_forms(data, text, name, encoding)
        return _without_mark(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = f"not {encoding.upper()} (byte 0x{data[error.start]:02X} at {error.start}, line {line})"
        fitting = _fitting(data)
        if not fitting:
            raise InputError(
                "not-text",
                f"{name}: {place}, and no other known encoding fits: save it as UTF-8, or remove it if "
                f"it is no text",
            ) from None
        raise InputError(
            "wrong-encoding", f"{name}: {place}; looks like {fitting[0]}: {_advice(fitting[0], option)}"
        ) from None


def _check_forms(data: bytes, text: str, name: str, encoding: str) -> None:
    """The text must give the file's bytes back: the release is checked against them."""
    place = _second_form(data, text, encoding)
    if place >= 0:
        line = data.count(b"\n", 0, place) + 1
        code = data[place : place + 2]
        raise InputError(
            "wrong-encoding",
            f"{name}: 0x{code.hex().upper()} at {place}, line {line}, is a second form of "
            f"{code.decode(encoding)!r} "
            f"in {encoding.upper()}, so the text does not give the bytes back; save the file as UTF-8",
        )


def _detect(data: bytes, name: str, option: str) -> Decoded:
    """A text in the detected encoding, where it is sure. It is sure if its share of common characters is well
    ahead and the library chooses it too. Where the library finds none, as for Cantonese or a few words, twice
    as many common characters are enough.
    """
    fitting = _fitting(data)
    if not fitting:
        _strict(data, name, "utf-8", option)
    shares = {found: _share(data.decode(found)) for found in fitting}
    best = fitting[0]
    alone = all(share < _RIVAL * shares[best] for found, share in shares.items() if found != best)
    witness = _witness(data) if shares[best] >= _SURE and alone else ""
    long = sum(byte > 0x7F for byte in data) >= 2 * _SHORT
    if witness == _family(best) or (witness is None and long and shares[best] >= 2 * _SURE):
        return Decoded(_strict(data, name, best, option), best, True, _unsure(data, best))
    raise _doubtful(name, fitting, option)


def _member(data: bytes, family: Sequence[str]) -> str | None:
    """The encoding of a family in which the bytes are read; None where they fit none.

    All of Big5 agree on nearly all codes. Where they do not, the choice is that of browsers for most places:
    the codes from 0xC6 on as in Big5-HKSCS, the others as in CP950.
    """
    fitting = [encoding for encoding in family if _fits(data, encoding)]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    apart = _apart(data, fitting)
    high = sum(code >= b"\xc6" for _, code in apart) * 2 > len(apart)
    wanted = [] if not apart else ["big5hkscs", "cp950"] if high else ["cp950", "big5hkscs"]
    order = sorted(fitting, key=lambda found: wanted.index(found) if found in wanted else len(wanted))
    return next((found for found in order if _second_form(data, data.decode(found), found) < 0), order[0])


def _second_form(data: bytes, text: str, encoding: str) -> int:
    """Place of the first code that is a second form of its character, so that the text does not give the
    bytes back; -1 where there is none. Only Big5 has such codes.
    """
    if encoding not in _FAMILIES["big5"] or text.encode(encoding, "replace") == data:
        return -1
    at = 0
    for character in text:
        code = character.encode(encoding, "replace")
        if data[at : at + len(code)] != code:
            break
        at += len(code)
    return at


def _apart(data: bytes, encodings: Sequence[str]) -> list[tuple[int, bytes]]:
    """Codes of two bytes that some encodings read differently, each with its place as a character."""
    readings = [data.decode(encoding) for encoding in encodings]
    if len(set(readings)) == 1:
        return []
    found, at = [], 0
    for place, characters in enumerate(zip(*readings, strict=True)):
        size = 1 if characters[0] < "\x80" else 2
        if len(set(characters)) > 1:
            found.append((place, data[at : at + size]))
        at += size
    return found


def _unsure(data: bytes, encoding: str) -> str:
    """Says where another encoding of the family reads the bytes differently; empty where none does."""
    family = [other for other in _FAMILIES.get(_family(encoding), ()) if _fits(data, other)]
    apart = _apart(data, family) if len(family) > 1 else []
    if not apart:
        return ""
    place, code = apart[0]
    read = f"{code.decode(encoding)!r} at {place}"
    others = sorted({other: code.decode(other) for other in family}.items())
    told = ", ".join(f"{text!r} in {other}" for other, text in others if text != code.decode(encoding))
    more = f" (and {len(apart) - 1} more)" if len(apart) > 1 else ""
    return f"{read} is {told}{more}"


def _fitting(data: bytes) -> list[str]:
    """Encodings in which the bytes may be Chinese text: one of each family, the most probable first."""
    if marked := _marked(data):
        return [marked] if _fits(data, marked) else []
    fitting = []
    for family in _FAMILIES.values():
        found = _member(data, family)
        if found and _may_be(data.decode(found)):
            fitting.append(found)
    return sorted(fitting, key=lambda found: -_share(data.decode(found)))


def _may_be(text: str) -> bool:
    """Whether a reading may be Chinese: it has enough common characters, or it is short and all
    of it is Chinese.
    """
    wide = [character for character in text if character > "\x7f"]
    short = len(wide) < _SHORT and all(
        "\u3000" <= each <= "\u9fff" or "\uff00" <= each <= "\uffef" for each in wide
    )
    return "\0" not in text and (short or _share(text) >= _SURE / 3)


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _share(text: str) -> float:
    """Share of common characters among those that are not ASCII."""
    wide = [character for character in text if character > "\x7f"]
    return sum(map(_COMMON.__contains__, wide)) / len(wide) if wide else 0.0


def _witness(data: bytes) -> str | None:
    """The family of the encoding that charset-normalizer finds."""
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=list(_WITNESS)).best()
    return _family(best.encoding.replace("_", "-")) if best else None


def _family(encoding: str) -> str:
    return next((family for family, members in _FAMILIES.items() if encoding in members), encoding)


def _marked(data: bytes) -> str | None:
    """The encoding that a byte order mark says."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _declared(data: bytes) -> str | None:
    """The encoding that the head of a page declares in a ``meta``."""
    match = _META.search(data, 0, 8192)
    return known_encoding(match[1].decode("ascii")) if match else None


def _without_mark(text: str) -> str:
    return text[1:] if text.startswith("\ufeff") else text


def _checked(text: str, name: str) -> str:
    place = text.find("\0")
    if place >= 0:
        line = text.count("\n", 0, place) + 1
        raise InputError(
            "nul-character",
            f"{name}: NUL at character {place}, line {line}; text has none: remove it from the file",
        )
    return text


def _doubtful(name: str, candidates: list[str], option: str) -> DuizhaoError:
    if not candidates:
        return DuizhaoError(
            "not-text",
            f"{name}: no known encoding gives Chinese text: not a text file; remove it, or save it as UTF-8",
        )
    told = " or ".join(candidates)
    return DuizhaoError(
        "doubtful-encoding",
        f"{name}: not UTF-8, and its encoding is not sure: {told}; {_advice(candidates[0], option)}",
    )


def _advice(encoding: str, option: str) -> str:
    return (
        f"give --encoding {encoding}"
        if option == "--encoding"
        else f'set encoding = "{encoding}" for it in {option}'
    )

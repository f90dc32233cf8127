"""OpenCC: conversion by it. Characters that it does not accept are kept as they are."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from duizhao.errors import MissingExtra

if TYPE_CHECKING:
    from opencc import OpenCC

_NAMES = ("opencc", "opencc-python-reimplemented")
_STRANGE = re.compile("([\0\ud800-\udfff]+)")
_HAN = ((0x2E80, 0x3000), (0x3005, 0x3008), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00),
        (0xFFFD, 0xFFFE))  # fmt: skip
"""Code points that a phrase of OpenCC may have. U+FFFD means all code points above U+FFFF."""


def run(configuration: str, text: str) -> str:
    """OpenCC's conversion of a text, of the same length. NUL and lone surrogates are kept, because OpenCC
    does not accept them.
    """
    return _run_whole(configuration, text)


@lru_cache(maxsize=2)
def _run_whole(configuration: str, text: str) -> str:
    """See `run`. Two texts are remembered: the same text is converted for several questions in a row."""
    converted = _run(configuration, text)
    if len(converted) == len(text):
        return converted
    return "".join(_run_line(configuration, line) for line in text.splitlines(keepends=True))


def alone(configuration: str) -> NDArray[np.uint16]:
    """Table [65536] of OpenCC's conversion of each character alone."""
    table: NDArray[np.uint16] = _alone(configuration)
    return table


def run_around(configuration: str, text: str, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], str]:
    """OpenCC's conversion of the clauses that have one of the places (sorted): the place and the converted
    form of each character.

    A clause is a run of Han characters. No phrase of OpenCC goes beyond it, so it is converted as it would be
    in the whole text.
    """
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    breaks = np.flatnonzero(~_phrase_characters()[np.minimum(code_points, 0xFFFD)])
    clauses = np.unique(np.searchsorted(breaks, places))
    bounds = np.concatenate([[-1], breaks, [code_points.size]])
    starts, ends = bounds[clauses] + 1, bounds[clauses + 1]
    joined = "\n".join([text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])
    lengths = ends - starts + 1  # with the line feed
    where = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    inside = np.ones(where.size, dtype=np.bool_)
    inside[np.cumsum(lengths) - 1] = False
    return where[inside], run(configuration, joined).replace("\n", "")


def describe() -> dict[str, str]:
    """Which OpenCC was used: distribution, version, configurations and a hash of their conversions."""
    for name in _NAMES:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        return {
            "engine": name,
            "version": version,
            "configurations": "t2s s2tw",
            "dictionaries_sha256": _fingerprint(),
        }
    raise MissingExtra("no-opencc", "OpenCC is not installed; run: pip install opencc")


def _run(configuration: str, text: str) -> str:
    if "\0" not in text:
        try:
            return str(_converter(configuration).convert(text))
        except UnicodeEncodeError:
            pass
    parts = _STRANGE.split(text)
    parts[::2] = [str(_converter(configuration).convert(part)) for part in parts[::2]]
    return "".join(parts)


def _run_line(configuration: str, line: str) -> str:
    """A line; character by character where OpenCC would change its length."""
    converted = _run(configuration, line)
    if len(converted) == len(line):
        return converted
    parts = (_run(configuration, character) for character in line)
    return "".join(part if len(part) == 1 else character for part, character in zip(parts, line, strict=True))


@lru_cache
def _converter(configuration: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(configuration)


@lru_cache
def _alone(configuration: str) -> NDArray[np.uint16]:
    table = np.arange(0x10000, dtype=np.uint16)
    characters = [chr(code) for start, end in _HAN for code in range(start, end)]
    for character, converted in zip(
        characters, run(configuration, "\n".join(characters)).split("\n"), strict=True
    ):
        if len(converted) == 1 and ord(converted) <= 0xFFFF:
            table[ord(character)] = ord(converted)
    return table


@lru_cache
def _phrase_characters() -> NDArray[np.bool_]:
    table = np.zeros(0x10000, dtype=np.bool_)
    for start, end in _HAN:
        table[start:end] = True
    return table


@lru_cache
def _fingerprint() -> str:
    """Hash of the conversion of every CJK character. It changes if any dictionary changes the conversion of a
    character.
    """
    characters = "\n".join(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))))
    digest = hashlib.sha256()
    for configuration in ("tw2s", "s2tw"):
        digest.update(str(_converter(configuration).convert(characters)).encode())
    return digest.hexdigest()

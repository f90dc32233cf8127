"""OpenCC, with what it cannot take kept as it is."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING

from duizhao.errors import MissingExtra

if TYPE_CHECKING:
    from opencc import OpenCC

_NAMES = ("opencc", "opencc-python-reimplemented")
_STRANGE = re.compile("([\0\ud800-\udfff]+)")


def run(configuration: str, text: str) -> str:
    """OpenCC's conversion of a text, of the same length. NUL and lone surrogates, which OpenCC cannot take, stay."""
    converted = _run(configuration, text)
    if len(converted) == len(text):
        return converted
    return "".join(_run_line(configuration, line) for line in text.splitlines(keepends=True))


def describe() -> dict[str, str]:
    """Which OpenCC shaped the text: distribution, version, configurations and a hash of what they convert to."""
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
def _fingerprint() -> str:
    """Hash of how every CJK character converts: it changes whenever a dictionary does, whatever file holds it."""
    characters = "\n".join(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))))
    digest = hashlib.sha256()
    for configuration in ("tw2s", "s2tw"):
        digest.update(str(_converter(configuration).convert(characters)).encode())
    return digest.hexdigest()

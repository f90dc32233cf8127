"""Script conversion between Simplified and Traditional Chinese, through OpenCC.

``zh-Hans`` is the pivot: Traditional text is converted to it, and ``zh-Hant`` is derived from it
again, which mends what a careless converter broke (``科學傢`` → ``科学家`` → ``科學家``).
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING

from duizhao.errors import DuizhaoError

if TYPE_CHECKING:
    from opencc import OpenCC

CONFIGURATIONS = {"zh-Hans": "tw2s", "zh-Hant": "s2tw", "zh-Hant-TW": "s2tw", "zh-Hant-HK": "s2hk"}
"""OpenCC configuration that converts into a script. ``zh-Hant`` is Taiwan's standard forms, without change
of idiom: ``s2t`` is OpenCC's internal form, which nobody writes."""

_ENGINES = ("opencc", "opencc-python-reimplemented")
_SAMPLE = 20_000
_LONE_LIAO = re.compile("瞭(?![望哨])")


def convert(text: str, to: str) -> str:
    """Text in the script ``to`` (BCP 47: zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK).

    Text that is in the script already stays as it is, but for characters of the other script.
    Raises DuizhaoError ``unknown-script``.
    """
    if to not in CONFIGURATIONS:
        raise DuizhaoError("unknown-script", f"{to}: unknown script; allowed: {', '.join(CONFIGURATIONS)}")
    if to == "zh-Hans" and detect_script(text) == "zh-Hans":
        return str(_converter("t2s").convert(text))
    return str(_converter(CONFIGURATIONS[to]).convert(text))


def simplify(text: str) -> str:
    """Text that is known to be Traditional, in Simplified: also the ``著`` of ``有著``, which ``t2s`` leaves.

    Mends ``瞭``, which careless converters write for every ``了``: Simplified has it in ``瞭望`` and ``瞭哨`` alone.
    """
    return _LONE_LIAO.sub("了", str(_converter("tw2s").convert(text)))


def detect_script(text: str) -> str:
    """``zh-Hant`` where Traditional-only characters outnumber Simplified-only ones, else ``zh-Hans``.

    Reads the first 20,000 code points.
    """
    sample = text[:_SAMPLE]
    traditional = _changed(sample, str(_converter("t2s").convert(sample)))
    simplified = _changed(sample, str(_converter("s2t").convert(sample)))
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def traditional_only(text: str) -> list[int]:
    """Positions of characters that Simplified Chinese does not use."""
    simplified = str(_converter("t2s").convert(text))
    if len(simplified) != len(text):
        return []
    return [i for i, (a, b) in enumerate(zip(text, simplified, strict=True)) if a != b]


def engine() -> dict[str, str]:
    """Which OpenCC shaped the text: distribution, version, configurations and a hash of what they convert to."""
    for name in _ENGINES:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        return {
            "engine": name,
            "version": version,
            "configurations": "tw2s s2tw",
            "dictionaries_sha256": _fingerprint(),
        }
    raise DuizhaoError("no-opencc", "OpenCC is not installed; run: pip install opencc")


@lru_cache
def _converter(configuration: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(configuration)


def _changed(before: str, after: str) -> int:
    return sum(a != b for a, b in zip(before, after, strict=False))


@lru_cache
def _fingerprint() -> str:
    """Hash of how every CJK character converts: it changes whenever a dictionary does, whatever file holds it."""
    characters = "\n".join(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))))
    digest = hashlib.sha256()
    for configuration in ("tw2s", "s2tw"):
        digest.update(str(_converter(configuration).convert(characters)).encode())
    return digest.hexdigest()

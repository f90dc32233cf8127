"""Characters: code points as the learned model reads them. 發佈 and 发布 are the same for it, and so are 2019
and 2024.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).parent / "_data" / "characters.npz"

KINDS = ("letter", "space", "digit", "latin", "stop", "comma", "colon", "bar", "bracket", "symbol")
"""Kinds of characters; a table has their numbers."""

LETTER, LATIN, STOP = KINDS.index("letter"), KINDS.index("latin"), KINDS.index("stop")
WINDOW = 36
"""Characters at the beginning and at the end of a piece whose n-grams count."""

BITS = 16
TOPIC_BITS = 15
"""Bits of the hashes of n-grams, and of the hashes of character pairs that show the topic of a text."""

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CharacterTable:
    """By code point: ``fold``, the code used in its place (Simplified, lower case, any digit as 0), and its
    ``kind``.

    Both have 65,536 entries. A code point above U+FFFF counts as U+FFFF.
    """

    fold: NDArray[np.uint16]
    kind: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """The characters of some texts in one array, with a zero after each text.

    ``codes`` are folded; ``starts`` and ``sizes`` have one entry per text, ``kinds`` and ``owner`` (the
    text's number) one per character.
    """

    codes: Codes
    kinds: NDArray[np.uint8]
    owner: NDArray[np.uint32]
    starts: Places
    sizes: Places


def read_characters(texts: Sequence[str], table: CharacterTable) -> Characters:
    """The characters of texts, of which none is empty."""
    points = np.frombuffer("\0".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = (sizes + 1).cumsum()
    owner = np.arange(len(texts), dtype=np.uint32).repeat(sizes + 1)
    codes = table.fold.take(points, mode="clip").astype(np.uint32)
    return Characters(codes, table.kind.take(points, mode="clip"), owner, ends - sizes - 1, sizes)


@lru_cache(maxsize=1)
def load_characters() -> CharacterTable:
    """The table of the package."""
    with np.load(FILE, allow_pickle=False) as file:
        fold = np.arange(0x10000) + file["fold"].astype(np.int64)
        return CharacterTable(fold.astype(np.uint16), file["kind"])


def pack_characters(table: CharacterTable) -> bytes:
    """The bytes of the package's file: the same for the same table."""
    return pack_arrays(
        {"fold": (table.fold.astype(np.int64) - np.arange(0x10000)).astype(np.int32), "kind": table.kind}
    )


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as the bytes of an ``.npz`` file without any date."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), part.getvalue(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()


@lru_cache(maxsize=1)
def _script() -> NDArray[np.uint32]:
    """By code point below 65,536: the Simplified form of a Chinese character, any other as it is."""
    points = np.arange(0x10000)
    chinese = (points >= 0x3400) & (points < 0xA000)
    return np.where(chinese, load_characters().fold, points).astype("<u4")


def fold_script(text: str) -> str:
    """A text with each Traditional character replaced by its Simplified one. The length stays the same."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    try:
        folded = _script().take(points)
    except IndexError:  # a character above U+FFFF
        folded = np.where(points < 0x10000, _script().take(points, mode="clip"), points).astype("<u4")
    return str(folded.tobytes(), "utf-32-le", "surrogatepass")


def windows(characters: Characters) -> tuple[Codes, Codes]:
    """The first WINDOW codes of each text, and the last WINDOW codes in reverse order. A shorter text is
    filled up with zeros.
    """
    steps = np.arange(WINDOW)
    ahead, behind = (np.empty((len(characters.sizes), WINDOW), np.uint32) for _ in range(2))
    for first in range(0, len(ahead), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        starts, sizes = characters.starts[some, None], characters.sizes[some, None]
        inside = steps < sizes
        for window, places in ((ahead, starts + steps), (behind, starts + sizes - 1 - steps)):
            np.multiply(characters.codes.take(places, mode="clip"), inside, out=window[some])
    return ahead, behind


_TOGETHER = 1 << 15
"""Texts whose windows are made at once: bounds memory."""


def mix(values: Codes, tag: int | Codes, bits: int) -> Codes:
    """A hash of ``bits`` bits of each value. Each kind of value has its own ``tag``, which changes the hash.
    Steps of MurmurHash3 (Appleby 2011).
    """
    salt = np.uint32(tag * 0x9E3779B1 & 0xFFFFFFFF) if isinstance(tag, int) else tag * np.uint32(0x9E3779B1)
    mixed: Codes = (values ^ salt) * np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed >>= np.uint32(32 - bits)
    return mixed

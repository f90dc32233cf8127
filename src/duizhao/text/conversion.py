"""Ambiguous characters, decided by their context.

One Simplified character may stand for several Traditional ones: 发 for 發 and 髮, 里 for 裡 and 里. OpenCC decides by
its list of words, read from the left, and errs where words touch: 是|只有 becomes 是隻有. Here each such place is decided
again by a log-linear model of the characters around it, with OpenCC's own answer as one more piece of evidence. The
weights are fitted by ``training/fit_script.py`` on text that people wrote in Traditional Chinese.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]
Hashes = NDArray[np.uint64]
Floats = NDArray[np.float32]

TEMPLATES: tuple[tuple[int, ...], ...] = (
    *((), (-1,), (1,), (-2, -1), (-1, 1), (1, 2), (-3, -2, -1), (-2, -1, 1), (-1, 1, 2), (1, 2, 3)),
    *((-2,), (2,), (-2, -1, 1, 2), (-3, -2, -1, 1), (-1, 1, 2, 3)),
)
"""Which neighbours are looked at together, by their distance."""

ENGINE_TEMPLATES: tuple[tuple[int, ...], ...] = ((), (-1,), (1,), (-1, 1))
"""Neighbours that are looked at together with the engine's answer."""

REGION_TEMPLATES: tuple[tuple[int, ...], ...] = ((), (-1,), (1,), (-2, -1), (-1, 1), (1, 2))
"""Neighbours that are looked at once more where the text is for Hong Kong."""

NO_FORM = 255
"""Number of an engine's answer that is none of a class's forms."""

SURE = 0.7
"""Another form than the engine's needs a probability of this."""

DOUBTFUL = 0.9
"""A decision whose probability is below this is a finding."""

_REACH = 3
_OTHER, _DIGIT, _LETTER, _SPACE = 0xFFFD, ord("0"), ord("a"), ord("\n")
_PRIMES = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F,
     0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3],
    dtype=np.uint64,
)  # fmt: skip
_CLASS, _TEMPLATE, _ENGINE, _ALTERNATIVE = (
    np.uint64(prime)
    for prime in (0x589965CC75374CC3, 0x1D8E4E27C47D124F, 0xEB44ACCAB455D165, 0x2545F4914F6CDD1D)
)
_PIECE = 1 << 18  # characters decided at once: bounds memory


@dataclass(frozen=True, slots=True)
class Model:
    """What decides ambiguous characters.

    ``classes`` are strings: a Simplified character, then its Traditional forms as Taiwan writes them. ``fold`` [65536]
    gives each code point's Simplified form, by which context is compared; ``index`` [65536] its class, or -1; ``back``
    is such a table for the way to Simplified (着 or 著). ``shared`` are characters that both scripts write.
    ``forms`` [classes, most] are the Traditional code points, 0 where there are fewer. A piece of evidence has its
    place in ``prints`` (8 bits of its hash; 0: nothing there) and ``weights`` [slots], in steps of ``scale``.
    """

    classes: tuple[str, ...]
    fold: Codes
    index: NDArray[np.int16]
    back: NDArray[np.int16]
    shared: str
    forms: Codes
    prints: NDArray[np.uint8]
    weights: NDArray[np.int8]
    scale: float
    fingerprint: str

    @property
    def bits(self) -> int:
        """Binary logarithm of the number of slots."""
        return int(self.prints.size).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decided places of a text, in order: where, which class, which of its forms, and how probable each form is."""

    places: NDArray[np.int64]
    classes: NDArray[np.int16]
    choices: NDArray[np.int8]
    probabilities: Floats


def codes(text: str) -> Codes:
    """Code points of a text; those beyond U+FFFF as U+FFFD."""
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.where(wide > 0xFFFF, _OTHER, wide).astype(np.uint16)


def make_fold(pairs: Mapping[str, str]) -> Codes:
    """Table of folded code points: Simplified forms, one code for all letters, one for all digits, one for white space."""
    fold = np.arange(0x10000, dtype=np.uint16)
    for character in map(chr, range(0x100)):
        if character.isalpha():
            fold[ord(character)] = _LETTER
        elif character.isdigit():
            fold[ord(character)] = _DIGIT
        elif character.isspace() or not character.isprintable():
            fold[ord(character)] = _SPACE
    fold[0x3000] = _SPACE
    fold[0xFF10:0xFF1A] = _DIGIT
    for traditional, simplified in pairs.items():
        fold[ord(traditional)] = ord(simplified)
    return fold


def evidence(
    folded: Codes, places: NDArray[np.int64], classes: NDArray[np.int16], engine: NDArray[Any], region: str
) -> Hashes:
    """Hashes [places, evidence] of what is seen around each place, before an alternative is mixed in.

    ``engine`` [places] is the number of the engine's answer among the class's forms, or NO_FORM.
    """
    padded = np.full(folded.size + 2 * _REACH, _SPACE, dtype=np.uint64)
    padded[_REACH : _REACH + folded.size] = folded
    around = {
        offset: padded[places + (_REACH + offset)] * _PRIMES[offset + _REACH]
        for offset in range(-_REACH, _REACH + 1)
        if offset
    }
    base = classes.astype(np.uint64) * _CLASS
    answered = base + (engine.astype(np.uint64) + np.uint64(1)) * _ENGINE
    columns: list[Hashes] = []
    groups = [(base, TEMPLATES), (answered, ENGINE_TEMPLATES)]
    if region:
        groups.append((base, REGION_TEMPLATES))
    number = 0
    for start, templates in groups:
        for template in templates:
            number += 1
            column = start + _TEMPLATE * np.array(number, np.uint64)
            for offset in template:
                column = column + around[offset]
            columns.append(column)
    return np.stack(columns, axis=1) if columns else np.zeros((places.size, 0), np.uint64)


def slots(hashes: Hashes, alternative: int, bits: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Slot and fingerprint of each piece of evidence for one of a class's forms (never 0 for its first)."""
    mixed = hashes + _ALTERNATIVE * np.array(alternative, np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(29)
    prints = (mixed & np.uint64(0xFF)).astype(np.uint8) | np.uint8(1)
    return (mixed >> np.uint64(64 - bits)).astype(np.int64), prints


def decide(
    model: Model, source: Codes, answer: Codes, region: str = "", index: NDArray[np.int16] | None = None
) -> Decisions:
    """Decide every ambiguous place of a text; ``index`` says which class a character has, else the model's own.

    ``source`` [n] are the code points of the text, ``answer`` [n] those of the engine's conversion, as Taiwan writes
    them. A place is decided where the source has the Simplified form. Time and memory are linear in n.
    """
    table = model.index if index is None else index
    found = [
        _decide_piece(model, source, answer, start, region, table)
        for start in range(0, source.size or 1, _PIECE)
    ]
    return Decisions(
        np.concatenate([part.places for part in found]),
        np.concatenate([part.classes for part in found]),
        np.concatenate([part.choices for part in found]),
        np.concatenate([part.probabilities for part in found]),
    )


def _decide_piece(
    model: Model, source: Codes, answer: Codes, start: int, region: str, index: NDArray[np.int16]
) -> Decisions:
    first, end = max(0, start - _REACH), min(source.size, start + _PIECE)
    piece = source[first : min(source.size, end + _REACH)]
    folded = model.fold[piece]
    known = index[piece]
    places = np.flatnonzero((known >= 0) & (folded == piece))
    places = places[(places >= start - first) & (places < end - first)]
    classes = known[places]
    forms = model.forms[classes]
    given = answer[first + places]
    engine = np.argmax(forms == given[:, None], axis=1)
    engine[(given == 0) | (forms[np.arange(places.size), engine] != given)] = NO_FORM
    hashes = evidence(folded, places, classes, engine, region)
    scores = np.zeros(forms.shape, dtype=np.float32)
    scores[forms == 0] = -np.inf
    for alternative in range(1, forms.shape[1]):
        those = np.flatnonzero(forms[:, alternative])
        if not those.size:
            continue
        where, prints = slots(hashes[those], alternative, model.bits)
        told = np.where(model.prints[where] == prints, model.weights[where], 0)
        scores[those, alternative] = told.sum(axis=1, dtype=np.int32) * np.float32(model.scale)
    scores -= scores.max(axis=1, keepdims=True, initial=0.0)
    likely = np.exp(scores)
    likely /= likely.sum(axis=1, keepdims=True)
    choices = likely.argmax(axis=1)
    unsure = (likely.max(axis=1, initial=0.0) < SURE) & (engine != NO_FORM)
    kept = unsure & (index is model.index)  # the engine has no answer on the way to Simplified
    return Decisions(first + places, classes, np.where(kept, engine, choices).astype(np.int8), likely)


def pack(head: Mapping[str, Any], arrays: Sequence[NDArray[Any]]) -> bytes:
    """A model as one compressed file: its head as a line of JSON, then its arrays."""
    body = json.dumps(head, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    return zlib.compress(body + b"".join(array.tobytes() for array in arrays), 9)


def unpack(data: bytes) -> Model:
    """The model that `pack` wrote."""
    raw = zlib.decompress(data)
    end = raw.index(b"\n")
    head = json.loads(raw[:end])
    size = 1 << head["bits"]
    classes = (*head["classes"], *head["back"])
    index, back = (np.full(0x10000, -1, dtype=np.int16) for _ in range(2))
    forms = np.zeros((len(classes), max(map(len, classes)) - 1), dtype=np.uint16)
    for number, word in enumerate(classes):
        (index if number < len(head["classes"]) else back)[ord(word[0])] = number
        forms[number, : len(word) - 1] = [ord(character) for character in word[1:]]
    fold = make_fold(dict(zip(head["traditional"], head["simplified"], strict=True)))
    prints = np.frombuffer(raw, np.uint8, size, end + 1)
    weights = np.frombuffer(raw, np.int8, size, end + 1 + size)
    fingerprint = f"{zlib.crc32(data):08x}"
    return Model(
        classes, fold, index, back, head["shared"], forms, prints, weights, head["scale"], fingerprint
    )


@lru_cache
def load_model() -> Model:
    """The model that ships with the package."""
    return unpack((Path(__file__).parent / "_data" / "script.bin").read_bytes())

"""Conversion: ambiguous characters, decided by their context.

One Simplified character may have several Traditional forms: 发 has 發 and 髮, 里 has 裡 and 里. OpenCC decides by
its list of words, read from the left. It makes errors where two words meet: 是|只有 becomes 是隻有. Here each such
place is decided again by a log-linear model of the characters around it. OpenCC's own answer is one more
piece of evidence. The weights are fitted by ``training/fit_script.py`` on text that people wrote in
Traditional Chinese.
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
"""Groups of neighbours that are used as one piece of evidence, by their distance."""

ENGINE_TEMPLATES: tuple[tuple[int, ...], ...] = ((),)
"""Neighbours that are combined with the engine's answer: none. So that answer is a piece of evidence of its
own.
"""

REGION_TEMPLATES: tuple[tuple[int, ...], ...] = ((), (-1,), (1,), (-2, -1), (-1, 1), (1, 2))
"""Groups of neighbours that get a second weight if the text is for Hong Kong."""

KIND_TEMPLATES: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    *(((), (-2, -1, 1, 2)), ((), (-1, 1)), ((), (1, 2)), ((), (-2, -1)), ((), (-3, -2, -1, 1))),
    *(((3,), (1, 2)), ((2,), (-1, 1)), ((1,), (-2, -1)), ((-1,), (1, 2))),
)
"""Groups of neighbours, each as (characters, kinds): of a neighbour in the second group only its kind counts,
that is, how often it is part of a name. So a name that no text of the fit has is known as a name.
"""

NO_FORM = 255
"""Number for an answer of the engine that is none of the forms of the class."""

NOT_ASKED = 254
"""Number for a place where the engine was not asked."""

SETTLED = 0.97
"""The engine is asked if the characters around a place give no form at least this probability."""

SURE = 0.6
"""A form that is not the engine's is chosen only if its probability is at least this."""

DOUBTFUL = 0.95
"""A decision whose probability is below this is a finding."""

KNOWN, OPEN = 0.95, 0.9
"""A place whose best form has a probability below OPEN gets the form that the same word has elsewhere in the
text, if the form there has at least KNOWN; or, if no place there has, the form that all of them together
make most probable, if that is clear (TOGETHER).
"""

TOGETHER = 0.7
"""The least probability of a form for all places of a word together."""

_LEAST = 1e-6
"""A form is never quite impossible, so that one place does not decide for all others."""

REACH = 3
"""Greatest distance of evidence from its place, in characters."""

WIDE = 10
"""Greatest distance of a character of the same line that counts as evidence wherever it stands, if the engine
is asked.
"""

_OTHER, _DIGIT, _LETTER, _SPACE = 0xFFFD, ord("0"), ord("a"), ord("\n")
_PRIMES = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F,
     0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3],
    dtype=np.uint64,
)  # fmt: skip
_CLASS, _TEMPLATE, _ENGINE, _ALTERNATIVE, _NEAR_BY = (
    np.uint64(prime)
    for prime in (
        *(0x589965CC75374CC3, 0x1D8E4E27C47D124F, 0xEB44ACCAB455D165, 0x2545F4914F6CDD1D),
        0xD1B54A32D192ED03,
    )
)
_PIECE = 1 << 15  # places decided at once: bounds memory


@dataclass(frozen=True, slots=True)
class Model:
    """What decides ambiguous characters.

    ``classes`` are strings: a Simplified character, then its Traditional forms as Taiwan writes them.
    ``fold`` [65536] has the Simplified form of each code point; contexts are compared in that form. ``index``
    [65536] has the class of each code point, or -1. ``back`` is the same table for conversion to Simplified
    (着 or 著). ``shared`` are characters that both scripts use. ``asked`` are phrases for which the engine is
    asked, because it has a form there that no class has. ``kinds`` [65536] says how often a character is part
    of a name. ``forms`` [classes, most] are the Traditional code points, filled up with 0. ``cells`` [slots]
    is the table of weights: 8 bits of the hash of a piece of evidence (0: empty), then its weight in steps of
    ``scale``.
    """

    classes: tuple[str, ...]
    fold: Codes
    index: NDArray[np.int16]
    back: NDArray[np.int16]
    shared: str
    asked: tuple[str, ...]
    kinds: NDArray[np.uint8]
    forms: Codes
    cells: NDArray[np.uint16]
    scale: float
    fingerprint: str

    @property
    def bits(self) -> int:
        """Binary logarithm of the number of slots."""
        return int(self.cells.size).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decided places of a text, in order: the place, its class, the chosen form, and the probability of each
    form.
    """

    places: NDArray[np.int64]
    classes: NDArray[np.int16]
    choices: NDArray[np.int8]
    probabilities: Floats


def codes(text: str) -> Codes:
    """Code points of a text; those beyond U+FFFF as U+FFFD."""
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.where(wide > 0xFFFF, _OTHER, wide).astype(np.uint16)


def make_fold(pairs: Mapping[str, str]) -> Codes:
    """Table of folded code points: Simplified forms, one code for all letters, one for all digits, one for
    white space.
    """
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


def _weigh(templates: Sequence[Sequence[int]], offsets: Sequence[int]) -> Hashes:
    """Table [templates, offsets]: 1 where a template has an offset."""
    return np.array([[offset in template for offset in offsets] for template in templates], dtype=np.uint64)


_OFFSETS = tuple(offset for offset in range(-REACH, REACH + 1) if offset)
_NEAR_PRIMES = np.array([_PRIMES[offset + REACH] for offset in _OFFSETS])
_NEAR_TEMPLATES = _weigh((*TEMPLATES, *ENGINE_TEMPLATES, *REGION_TEMPLATES), _OFFSETS)
_KIND_CHARACTERS = _weigh([characters for characters, _ in KIND_TEMPLATES], _OFFSETS)
_KIND_KINDS = _weigh([kinds for _, kinds in KIND_TEMPLATES], _OFFSETS)
_FAR = tuple(offset for offset in range(-WIDE, WIDE + 1) if abs(offset) > REACH)


def evidence(
    folded: Codes, places: NDArray[np.int64], classes: NDArray[np.int16], engine: NDArray[Any], region: str
) -> Hashes:
    """Hashes [templates, places] of the characters around each place, without the form that is tested.

    ``engine`` [places] is the number of the engine's answer among the class's forms, or NO_FORM, or
    NOT_ASKED.
    """
    padded = np.full(folded.size + 2 * REACH, _SPACE, dtype=np.uint16)
    padded[REACH : REACH + folded.size] = folded
    around = _around(padded, places + REACH, _OFFSETS).astype(np.uint64)
    around *= _NEAR_PRIMES[:, None]
    base = classes.astype(np.uint64) * _CLASS
    answered = base + (engine.astype(np.uint64) + np.uint64(1)) * _ENGINE
    count = len(_NEAR_TEMPLATES) - (0 if region else len(REGION_TEMPLATES))
    numbers = np.arange(1, count + 1, dtype=np.uint64)
    seen: Hashes = _NEAR_TEMPLATES[:count] @ around + (_TEMPLATE * numbers)[:, None] + base
    own = slice(len(TEMPLATES), len(TEMPLATES) + len(ENGINE_TEMPLATES))
    seen[own] += answered - base
    return seen


def _around(table: NDArray[Any], places: NDArray[np.int64], offsets: Sequence[int]) -> NDArray[Any]:
    """What a table has at each distance [offsets, places] from some places."""
    there: NDArray[Any] = table[places + np.array(offsets, dtype=np.int64)[:, None]]
    return there


def distant_evidence(
    folded: Codes,
    lines: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    places: NDArray[np.int64],
    classes: NDArray[np.int16],
) -> Hashes:
    """Hashes [pieces, places] of more evidence, for places where the engine is asked: what else stands in the
    line, and the kinds of the neighbours. 0 is no evidence.

    ``lines`` [n] is the number of the line of each character, ``kinds`` that of the model.
    """
    padded = np.zeros(folded.size + 2 * WIDE, dtype=np.uint16)
    padded[WIDE : WIDE + folded.size] = folded
    row = np.zeros(folded.size + 2 * WIDE, dtype=np.uint32)  # line 0 is outside the text
    row[WIDE : WIDE + folded.size] = lines
    row[WIDE : WIDE + folded.size] += np.uint32(1)
    centres = places + WIDE
    own = row[centres]
    base = classes.astype(np.uint64) * _CLASS
    there = _around(padded, centres, _FAR)
    inside = (_around(row, centres, _FAR) == own) & (there != _SPACE)
    far = np.where(inside, base + _NEAR_BY * (there.astype(np.uint64) + np.uint64(1)), np.uint64(0))
    there = _around(padded, centres, _OFFSETS)
    inside = _around(row, centres, _OFFSETS) == own
    primes = _NEAR_PRIMES[:, None]
    kind = np.where(inside, kinds[there], 0).astype(np.uint64) * primes
    around = np.where(inside, there, _SPACE).astype(np.uint64) * primes * _NEAR_BY
    numbers = np.arange(101, 101 + len(KIND_TEMPLATES), dtype=np.uint64)
    near = _KIND_CHARACTERS @ around + _KIND_KINDS @ kind + (_TEMPLATE * numbers)[:, None] + base
    return np.concatenate([far, near])


def slots(hashes: Hashes, alternative: int, bits: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Slot and fingerprint (never 0) of each piece of evidence, for one form of a class."""
    mixed = hashes + _ALTERNATIVE * np.array(alternative, np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(29)
    prints = (mixed & np.uint64(0xFF)).astype(np.uint8) | np.uint8(1)
    return (mixed >> np.uint64(64 - bits)).astype(np.int64), prints


def decide(
    model: Model,
    source: Codes,
    answer: Codes | None = None,
    region: str = "",
    index: NDArray[np.int16] | None = None,
    within: NDArray[np.bool_] | None = None,
) -> Decisions:
    """Decide the ambiguous places of a text. ``index`` gives the class of a character; the default is that of
    the model.

    ``source`` [n] are the code points of the text, ``answer`` [n] those of the engine's conversion, as Taiwan
    writes them, 0 where it was not asked. A place is decided where the source has the Simplified form, and
    where ``within`` [n] says so. Time and memory are linear in n.
    """
    table = model.index if index is None else index
    known = table[source]
    wanted = known >= 0 if within is None else (known >= 0) & within
    places = np.flatnonzero(wanted)
    places = places[model.fold[source[places]] == source[places]]
    pieces = [_probabilities(model, source, answer, places[start : start + _PIECE], region, table)
              for start in range(0, places.size or 1, _PIECE)]  # fmt: skip
    probabilities = np.concatenate([piece for piece, _ in pieces])
    engine = np.concatenate([piece for _, piece in pieces])
    choices = probabilities.argmax(axis=1)
    unsure = (probabilities.max(axis=1, initial=0.0) < SURE) & (engine < NOT_ASKED) & (index is None)
    kept = np.where(unsure, engine, choices).astype(np.int8)
    return Decisions(places, known[places], kept, probabilities)


def agree(source: Codes, decided: Decisions, texts: NDArray[np.int64] | None = None) -> Decisions:
    """Decisions in which places that the context leaves open follow places of the same word in the same text.

    ``texts`` [places] is the number of the text of each decided place; None means one text. Two places are
    alike if they have the same character and the same Han character before it, or after it. If all decided
    places that are like an open one have one form, this is the form of the open one too. If none is decided,
    those that are alike get the form that is the most probable for all of them together, if its probability
    is at least TOGETHER. Time is n log k for k places that are not decided.
    """
    best = decided.probabilities.max(axis=1, initial=0.0)
    unknown, known = np.flatnonzero(best < KNOWN), np.flatnonzero(best >= KNOWN)
    open_ = best[unknown] < OPEN
    if not open_.any():
        return decided
    own = np.zeros_like(decided.places) if texts is None else texts
    padded = np.concatenate([[0], source, [0]])
    votes = np.zeros((unknown.size, decided.probabilities.shape[1]), dtype=np.bool_)
    together, most = np.zeros(votes.shape), np.ones(unknown.size, dtype=np.int64)
    told = np.log(np.maximum(decided.probabilities[unknown], _LEAST))
    for side in (0, 2):
        beside = padded[decided.places + side].astype(np.int64)
        han = (beside >= 0x3400) & (beside <= 0x9FFF)
        words = np.where(han, own << 32 | decided.classes.astype(np.int64) << 16 | beside, -1)
        wanted, inverse = np.unique(words[unknown], return_inverse=True)
        found = np.minimum(np.searchsorted(wanted, words[known]), wanted.size - 1)
        same = (wanted[found] == words[known]) & (words[known] >= 0)
        seen = np.zeros((wanted.size, votes.shape[1]), dtype=np.bool_)
        seen[found[same], decided.choices[known[same]]] = True
        votes |= seen[inverse]
        count = np.bincount(inverse)[inverse]
        larger = (count > most) & (words[unknown] >= 0)
        sums = np.zeros(seen.shape)
        np.add.at(sums, inverse, told)
        together[larger], most[larger] = sums[inverse[larger]], count[larger]
    forms = votes.sum(axis=1)
    share = np.exp(together - np.logaddexp.reduce(together, axis=1, keepdims=True)).max(axis=1)
    clear, alone = open_ & (forms == 1), open_ & (forms == 0) & (most > 1) & (share >= TOGETHER)
    choices = decided.choices.copy()
    choices[unknown[clear]] = votes[clear].argmax(axis=1)
    choices[unknown[alone]] = together[alone].argmax(axis=1)
    return Decisions(decided.places, decided.classes, choices, decided.probabilities)


def _probabilities(
    model: Model, source: Codes, answer: Codes | None, places: NDArray[np.int64], region: str,
    index: NDArray[np.int16],
) -> tuple[Floats, NDArray[np.int64]]:  # fmt: skip
    """The probability of each form [places, forms], and the number of the engine's answer [places]."""
    first = max(0, int(places[0]) - REACH) if places.size else 0
    end = int(places[-1]) + 1 + REACH if places.size else 0
    classes = index[source[places]]
    forms = model.forms[classes]
    engine = np.full(places.size, NOT_ASKED, dtype=np.int64)
    if answer is not None:
        given = answer[places]
        same = forms == given[:, None]
        engine = np.where(given == 0, NOT_ASKED, np.where(same.any(axis=1), same.argmax(axis=1), NO_FORM))
    told = np.zeros(forms.shape, dtype=np.int32)
    folded = model.fold[source[first:end]]
    seen = evidence(folded, places - first, classes, engine, region)
    _tell(model, seen, np.arange(places.size), forms, told)
    asked = np.flatnonzero((engine != NOT_ASKED) & (index is model.index))
    if asked.size:
        first = max(0, int(places[asked[0]]) - WIDE)
        end = int(places[asked[-1]]) + 1 + WIDE
        part = source[first:end]
        lines = np.cumsum(part == _SPACE, dtype=np.uint32)
        more = distant_evidence(model.fold[part], lines, model.kinds, places[asked] - first, classes[asked])
        _tell(model, more, asked, forms, told)
    scores = told * np.float32(model.scale)
    scores[forms == 0] = -np.inf
    scores -= scores.max(axis=1, keepdims=True, initial=0.0)
    likely = np.exp(scores)
    likely /= likely.sum(axis=1, keepdims=True)
    return likely, engine


def _tell(
    model: Model, seen: Hashes, places: NDArray[np.int64], forms: Codes, told: NDArray[np.int32]
) -> None:
    """Add the weights of the evidence [evidence, places] to ``told`` [all places, forms]."""
    for alternative in range(1, forms.shape[1]):
        those = np.flatnonzero(forms[places, alternative])
        hashes = seen if those.size == places.size else seen[:, those]
        where, prints = slots(hashes, alternative, model.bits)
        cells = model.cells[where]
        weights = (cells & 0xFF).astype(np.uint8).view(np.int8)
        there = (cells >> 8 == prints) & (hashes != 0)
        told[places[those], alternative] += np.where(there, weights, 0).sum(axis=0, dtype=np.int32)


def pack(head: Mapping[str, Any], arrays: Sequence[NDArray[Any]]) -> bytes:
    """A model as the bytes of one compressed file: a line of JSON, then the arrays."""
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
    weights = np.frombuffer(raw, np.uint8, size, end + 1 + size)
    cells = prints.astype(np.uint16) << np.uint16(8) | weights
    kinds = np.zeros(0x10000, dtype=np.uint8)
    for kind, characters in enumerate(head.get("kinds", ())):
        kinds[[ord(character) for character in characters]] = kind
    fingerprint = f"{zlib.crc32(data):08x}"
    return Model(
        classes,
        fold,
        index,
        back,
        head["shared"],
        tuple(head.get("asked", ())),
        kinds,
        forms,
        cells,
        head["scale"],
        fingerprint,
    )


@lru_cache
def load_model() -> Model:
    """The model that ships with the package."""
    return unpack((Path(__file__).parent / "_data" / "script.bin").read_bytes())

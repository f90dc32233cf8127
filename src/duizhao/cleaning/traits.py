"""Traits: the input of the forest for each piece: the chain's evidence, n-grams, form, place, topic, and the
same of its neighbours.

Each trait is a number and is declared once, below. A place is a share of the text or a kind of place, never a
line number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from duizhao.cleaning.chain import Model, odds
from duizhao.cleaning.characters import (
    KINDS,
    LATIN,
    LETTER,
    STOP,
    TOPIC_BITS,
    WINDOW,
    Characters,
    CharacterTable,
    Codes,
    mix,
    read_characters,
    windows,
)
from duizhao.cleaning.form import Piece
from duizhao.cleaning.lexicon import RANK, STRENGTHS
from duizhao.cleaning.ngrams import SCORES, NgramWeights, score_ngrams

LOCAL = (
    *SCORES,
    "chance", "tail", "drop_evidence", "tail_evidence", "unstopped", "unmarked", "head", "latin_text", "cues",
    "best_cue",
    "digits", "latin", "stops", "commas", "colons", "bars", "brackets", "symbols", "first_kind", "last_kind",
    "ends_stopped",
    "length", "colon_at", "colon_share", "key", "markup", "gap", "links", "address", "heading", "list_item",
    "quote", "table", "prose",
    "fenced", "before", "behind", "prose_behind", "after_title", "as_body", "as_title", "as_any", "rare",
    "pairs", "same", "same_start",
    "all_pieces", "mean_length", "all_prose", "all_stops",
)  # fmt: skip
"""Traits of a piece by itself, of its place and of the whole text."""

CORE = (
    *SCORES, "chance", "drop_evidence", "tail_evidence", "length", "ends_stopped", "links", "prose",
    "as_body", "as_title",
    "stops", "digits", "list_item", "heading", "latin", "best_cue", "colon_share", "key",
)  # fmt: skip
"""Traits that are also used of the neighbours of a piece."""

ABOVE = 7
"""How many of CORE, from its beginning, are also used of the heading above a piece."""

STEPS, NEAR = (1, 2, 3), 5
"""Distances of the neighbours that are used one by one, and how many on each side are used as a mean."""

_AROUND = (
    *(f"{side}_{step}" for step in STEPS for side in ("before", "after")),
    f"before_{NEAR}",
    f"after_{NEAR}",
    "all_before",
    "all_after",
    "everywhere",
)
COLUMNS = (
    *LOCAL,
    *(f"{around}:{name}" for around in _AROUND for name in CORE),
    *(f"heading:{name}" for name in CORE[:ABOVE]),
    "heading:distance",
)
"""Names of the matrix's columns."""

_LOWEST = 3e-4
"""Probabilities of the chain below this are all treated as equal to it."""

_KEY = re.compile(r"[A-Za-z][\w.\- ]{0,23}\s?[:=：](?:\s|$|[\"'\[])")
"""A key and its value, as in metadata."""

_NAMES = ("unstopped", "unmarked", "head", "latin")
_BORDERS = {"heading": 0, "list_item": 1, "quote": 2, "table": 3}
_SHORT_LABEL, _BODY, _FAR = 14, 0.75, 30


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Fitted data about characters: their table, the weights of n-grams, how rare each pair of characters
    is.
    """

    characters: CharacterTable
    ngrams: NgramWeights
    rarity: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """``local`` [pieces, LOCAL]; ``labels``: pieces that may be a heading of what follows."""

    local: NDArray[np.float32]
    labels: NDArray[np.bool_]


@lru_cache(maxsize=1 << 14)
def _evidence(model: Model, names: tuple[str, ...]) -> tuple[float, ...]:
    """Odds of drop and of tail by the chain's evidence, and which of _NAMES are among it."""
    drop, tail, _ = odds(model, names)
    return (drop, tail, *(float(name in names) for name in _NAMES))


def measure_traits(
    raw: str,
    pieces: Sequence[Piece],
    names: Sequence[tuple[str, ...]],
    chances: Sequence[tuple[float, float]],
    model: Model,
    tables: Tables,
) -> Traits:
    """Traits of the judged pieces of a text. ``chances``: the chain's probabilities of drop and of tail."""
    count = len(pieces)
    characters = read_characters([piece.text for piece in pieces], tables.characters)
    told = np.array([_evidence(model, seen) for seen in names], np.float64)
    chance = np.array(chances, np.float64)
    marks = np.empty((3 + len(_MARKS), count))
    for first in range(0, count, _TOGETHER):
        some = slice(first, first + _TOGETHER)
        marks[:, some] = np.array([_marks(raw, piece) for piece in pieces[some]], np.float64).T
    starts, ends, prose = marks[0], marks[1], marks[2] > 0
    title = next((index for index, piece in enumerate(pieces) if piece.block.kind == "title"), -1)
    ahead, behind = windows(characters)
    scores = score_ngrams(characters, ahead, behind, tables.ngrams)
    length = characters.sizes.astype(np.float64)
    found: dict[str, NDArray[np.float64]] = {
        **dict(zip(SCORES, scores.T.astype(np.float64), strict=True)),
        "chance": _logit(chance.sum(axis=1)),
        "tail": _logit(chance[:, 1]),
        "drop_evidence": np.log(told[:, 0]),
        "tail_evidence": np.log(told[:, 1]),
        **dict(zip(("unstopped", "unmarked", "head", "latin_text"), told.T[2:], strict=True)),
        **dict(zip(_MARKS, marks[3:], strict=True)),
        **_kinds(characters),
        "length": np.log1p(length),
        "prose": marks[2],
        **_places(raw, starts, ends, title, length, prose),
        **_topic(characters, title, length, prose, tables.rarity),
        **_repeats(ahead),
    }
    found["colon_share"] = found["colon_at"] / length
    found["markup"] = 1 - length / np.maximum(found["markup"], 1)
    del characters, ahead, behind
    local = np.empty((count, len(LOCAL)), np.float32)
    for column, name in enumerate(LOCAL):
        local[:, column] = found[name]
    labels = (found["heading"] > 0) | (
        (length < _SHORT_LABEL) & (found["ends_stopped"] == 0) & (found["list_item"] == 0)
    )
    return Traits(local, labels)


_TOGETHER = 1 << 15
"""Pieces whose marks are looked for at once: bounds memory."""
_MARKS = ("cues", "best_cue", "colon_at", "key", "markup", "links", "address", *_BORDERS)


def _marks(raw: str, piece: Piece) -> tuple[float, ...]:
    """Start and end of a piece, whether it is prose, and _MARKS. ``markup`` is its length with markup."""
    block, text, hits, prose = piece
    start, end = block.start, block.end
    size, whole = len(text), end - start
    best = min([RANK[hit.strength] for hit in hits]) if hits else len(STRENGTHS)
    colon = text.find("：", 0, 24)
    colon = colon if colon >= 0 else text.find(":", 0, 24)
    key = colon > 0 or "=" in text[:26]
    return (
        start,
        end,
        prose,
        len(hits),
        best,
        colon + 1,
        key and _KEY.match(text) is not None,
        whole,
        raw.count("](", start, end) if whole > size + 3 else 0,
        "http" in text or "www." in text,
        *_ONE_HOT[_BORDERS.get(block.kind, 4)],
    )


_ONE_HOT = tuple(tuple(float(column == row) for column in range(4)) for row in range(5))


def _logit(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(chance, _LOWEST, 1 - _LOWEST)
    return np.log(inside / (1 - inside))


def _kinds(characters: Characters) -> dict[str, NDArray[np.float64]]:
    """Shares of kinds of characters, and the kinds of the first and the last."""
    count, width = len(characters.sizes), len(KINDS)
    cells = np.bincount(characters.owner * width + characters.kinds, minlength=count * width)
    cells = cells.reshape(count, width).astype(np.float64)
    cells[:, KINDS.index("symbol")] -= 1  # the zero after each text
    shares = cells / characters.sizes[:, None]
    first = characters.kinds[characters.starts]
    last = characters.kinds[characters.starts + characters.sizes - 1]
    names = ("digits", "latin", "stops", "commas", "colons", "bars", "brackets", "symbols")
    return {
        **dict(zip(names, shares.T[2:], strict=True)),
        "first_kind": first.astype(np.float64),
        "last_kind": last.astype(np.float64),
        "ends_stopped": (last == STOP).astype(np.float64),
        "all_stops": np.full(count, cells[:, STOP].sum() / max(1, characters.sizes.sum())),
    }


def _places(
    raw: str,
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    title: int,
    length: NDArray[np.float64],
    prose: NDArray[np.bool_],
) -> dict[str, NDArray[np.float64]]:
    """Traits of place. ``title`` is the number of the piece that is the title, or -1."""
    count, total = len(length), max(1.0, length.sum())
    until = np.cumsum(length)
    said = np.cumsum(length * prose)
    told = max(1.0, said[-1])
    fence = _fenced(raw)
    return {
        "fenced": (starts < fence).astype(np.float64),
        "before": (until - length) / total,
        "behind": (total - until) / total,
        "prose_behind": (told - said) / told,
        "after_title": np.clip(np.arange(count) - title, -5, 5).astype(np.float64) * (title >= 0),
        "gap": np.minimum(np.diff(starts, prepend=starts[0]) - np.append([0.0], (ends - starts)[:-1]), 12),
        "all_pieces": np.full(count, np.log1p(count)),
        "mean_length": np.full(count, np.log1p(total / count)),
        "all_prose": np.full(count, told / total),
    }


def _fenced(raw: str) -> int:
    """Where metadata between two fences at the head of a file ends; 0 where there is none."""
    head = raw[:64].lstrip("\ufeff \r\n")
    if not head.startswith(("---\n", "+++\n", "---\r", "+++\r")):
        return 0
    start = raw.index(head[:3])
    return max(0, raw.find(f"\n{head[:3]}", start + 3))


def _topic(
    characters: Characters,
    title: int,
    length: NDArray[np.float64],
    prose: NDArray[np.bool_],
    rarity: NDArray[np.float32],
) -> dict[str, NDArray[np.float64]]:
    """Share of the character pairs of a piece, weighted by rarity, that also occur in the text's body and in
    its title.
    """
    count, size = len(length), 1 << TOPIC_BITS
    codes, kinds = characters.codes, characters.kinds
    first = np.flatnonzero((kinds[:-1] == kinds[1:]) & ((kinds[:-1] == LETTER) | (kinds[:-1] == LATIN)))
    sums = codes[first] * np.uint32(2654435761) + codes[first + 1] * np.uint32(2246822519)
    cells = (characters.owner[first] << TOPIC_BITS) | mix(sums, 77, TOPIC_BITS)
    cells.sort()
    cells = cells[np.concatenate([[True], cells[1:] != cells[:-1]])] if len(cells) else cells
    owner, pairs = cells >> TOPIC_BITS, cells & (size - 1)
    weights = rarity[pairs].astype(np.float64)
    whole = np.bincount(owner, weights, count)
    some = np.maximum(whole, 1e-6)
    early = np.cumsum(length) <= _BODY * length.sum()
    body = early & prose if (early & prose).any() else early
    inside = body[owner]
    often = np.bincount(pairs[inside], minlength=size)
    anywhere = np.bincount(pairs, minlength=size)[pairs] > 1
    shared = often[pairs] - inside > 0
    in_title = np.zeros(size, np.bool_)
    in_title[pairs[owner == title]] = True
    number = np.bincount(owner, minlength=count)
    return {
        "as_body": np.bincount(owner, weights * shared, count) / some,
        "as_any": np.bincount(owner, weights * anywhere, count) / some,
        "as_title": np.bincount(owner, weights * in_title[pairs], count) / some,
        "rare": whole / np.maximum(number, 1),
        "pairs": np.log1p(number),
    }


def _repeats(ahead: Codes) -> dict[str, NDArray[np.float64]]:
    """How many pieces begin with the same WINDOW characters, and with the same 4; digits count as one."""
    products = ahead * _POWERS
    return {
        name: np.minimum(_counted(products[:, :width].sum(axis=1, dtype=np.uint32)), most).astype(np.float64)
        for name, width, most in (("same", WINDOW, 6), ("same_start", 4, 8))
    }


_POWERS = np.array([pow(0x9E3779B1, step + 1, 1 << 32) for step in range(WINDOW)], np.uint32)


def _counted(values: NDArray[np.uint32]) -> NDArray[np.int64]:
    """How often each value occurs among all values."""
    order = np.sort(values)
    found: NDArray[np.int64] = order.searchsorted(values, "right") - order.searchsorted(values)
    return found


def matrices(
    traits: Traits, chosen: NDArray[np.int64] | None = None, rows: int = 1024
) -> Iterator[NDArray[np.float32]]:
    """The matrix of COLUMNS of the chosen pieces, of all if none are named; some rows at a time, to save
    memory.
    """
    local = traits.local
    count = len(local)
    core = local[:, _CORE]
    edge = max(STEPS)
    padded = np.zeros((count + 2 * edge, len(CORE)), np.float32)
    padded[edge : edge + count] = core
    sums = np.zeros((count + 1, len(CORE)))
    np.cumsum(core, axis=0, out=sums[1:], dtype=np.float64)
    heading = np.maximum.accumulate(np.where(traits.labels, np.arange(count), -1))
    heading = np.append([-1], heading[:-1])
    chosen = np.arange(count) if chosen is None else chosen
    for first in range(0, len(chosen), rows):
        at = chosen[first : first + rows]
        matrix, column = np.empty((len(at), len(COLUMNS)), np.float32), 0
        for part in (local[at], *_around(at, count, padded, sums), *_heading(at, heading[at], core)):
            matrix[:, column : column + part.shape[1]] = part
            column += part.shape[1]
        yield matrix


_CORE = [LOCAL.index(name) for name in CORE]


def _around(
    at: NDArray[np.int64], count: int, padded: NDArray[np.float32], sums: NDArray[np.float64]
) -> Iterator[NDArray[np.float32] | NDArray[np.float64]]:
    edge = max(STEPS)
    for step in STEPS:
        yield padded[at + edge - step]
        yield padded[at + edge + step]
    low, high = np.maximum(at - NEAR, 0), np.minimum(at + NEAR + 1, count)
    yield (sums[at] - sums[low]) / np.maximum(at - low, 1)[:, None]
    yield (sums[high] - sums[at + 1]) / np.maximum(high - at - 1, 1)[:, None]
    yield sums[at] / np.maximum(at, 1)[:, None]
    yield (sums[count] - sums[at + 1]) / np.maximum(count - at - 1, 1)[:, None]
    yield np.broadcast_to(sums[count] / count, (len(at), sums.shape[1]))


def _heading(
    at: NDArray[np.int64], heading: NDArray[np.int64], core: NDArray[np.float32]
) -> Iterator[NDArray[np.float32]]:
    known = heading >= 0
    yield core[np.maximum(heading, 0), :ABOVE] * known[:, None]
    distance = np.where(known, np.minimum(at - heading, _FAR - 10), _FAR)
    yield distance.astype(np.float32)[:, None]


@lru_cache(maxsize=1)
def column_kinds() -> Mapping[str, list[int]]:
    """Columns by the kind of reason to which they belong: see ``reasons``."""
    kinds: dict[str, list[int]] = {}
    for index, name in enumerate(COLUMNS):
        around, _, own = name.rpartition(":")
        kind = _KIND_OF.get(own, "form") if not around else "heading" if around == "heading" else "around"
        kinds.setdefault(kind, []).append(index)
    return kinds


_KIND_OF = {
    **dict.fromkeys(SCORES, "wording"),
    **dict.fromkeys(("fenced", "before", "behind", "prose_behind", "after_title", "head", "gap"), "place"),
    **dict.fromkeys(("as_body", "as_title", "as_any", "rare", "pairs"), "topic"),
    **dict.fromkeys(
        ("chance", "tail", "drop_evidence", "tail_evidence", "cues", "best_cue", "unmarked"), "evidence"
    ),
}

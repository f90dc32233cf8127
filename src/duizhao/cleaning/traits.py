"""Traits: the input of the forest for each piece: the chain's evidence, n-grams, form, place, topic, and the
same of its neighbours.

Each trait is a number and is declared once, below. A place is a share of the text or a kind of place, never a
line number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from itertools import chain, pairwise
from typing import Any, NamedTuple

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
    Places,
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
"""Kinds of blocks that are traits, and a number for each."""
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
    """``local`` [pieces, LOCAL]; ``labels``: pieces that may be a heading of what follows.

    The pieces are those of one text, or those of several texts one after the other. ``firsts`` [texts] are
    the numbers of the first piece of each text.
    """

    local: NDArray[np.float32]
    labels: NDArray[np.bool_]
    firsts: Places = field(default_factory=lambda: np.zeros(1, np.int64))


class Judged(NamedTuple):
    """The judged pieces of a text, at least one: the text, the pieces, the names of the evidence on each, and
    the chain's probabilities of drop and of tail.
    """

    raw: str
    pieces: Sequence[Piece]
    names: Sequence[tuple[str, ...]]
    chances: Sequence[tuple[float, float]]


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
    return measure_all([Judged(raw, pieces, names, chances)], model, tables)


def measure_all(texts: Sequence[Judged], model: Model, tables: Tables) -> Traits:
    """Traits of the judged pieces of several texts. They are the same as those of each text by itself."""
    pieces = [piece for text in texts for piece in text.pieces]
    names = [seen for text in texts for seen in text.names]
    chances = [seen for text in texts for seen in text.chances]
    raws = (
        [text.raw for text in texts for _ in text.pieces] if len(texts) > 1 else [texts[0].raw] * len(pieces)
    )
    local = np.empty((len(pieces), len(LOCAL)), np.float32)
    rest: dict[str, list[NDArray[Any]]] = {}
    for first, stop in _parts([len(piece.text) for piece in pieces]):
        some = slice(first, stop)
        found, kept = _measure_some(raws[some], pieces[some], names[some], chances[some], model, tables)
        for name, values in found.items():
            local[some, _PLACE[name]] = values
        for name, values in kept.items():
            rest.setdefault(name, []).append(values)
    told = {name: np.concatenate(values) for name, values in rest.items()}
    titles = np.array([_title(text.pieces) for text in texts], np.int64)
    prose, length = told["prose"] > 0, told["length"]
    fences = np.array([_fenced(text.raw) for text in texts], np.float64)
    whole = _whole(texts, length)
    for found in (
        _places(told["start"], told["end"], titles, prose, told["stops"], fences, whole),
        _topic(told["pairs"], told["number"], titles, prose, tables.rarity, whole),
        _repeats(told["same"], told["same_start"], whole),
    ):
        for name, values in found.items():
            local[:, _PLACE[name]] = values
    labels = (local[:, _PLACE["heading"]] > 0) | (
        (length < _SHORT_LABEL)
        & (local[:, _PLACE["ends_stopped"]] == 0)
        & (local[:, _PLACE["list_item"]] == 0)
    )
    return Traits(local, labels, whole.firsts)


class _Whole(NamedTuple):
    """Several texts: the text of each piece, and of each text its first piece and its number of pieces. Then
    the length of each piece, the sum of the lengths up to it in its text, and the length of each text.
    """

    text: Places
    firsts: Places
    counts: Places
    length: NDArray[np.float64]
    until: NDArray[np.float64]
    sizes: NDArray[np.float64]

    def total(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of each text, of whole numbers."""
        found: NDArray[np.float64] = np.add.reduceat(values, self.firsts)
        return found


def _whole(texts: Sequence[Judged], length: NDArray[np.float64]) -> _Whole:
    counts = np.array([len(text.pieces) for text in texts], np.int64)
    text, firsts = np.arange(len(texts)).repeat(counts), counts.cumsum() - counts
    return _Whole(
        text, firsts, counts, length, _since_first(length, text, firsts), np.add.reduceat(length, firsts)
    )


def _since_first(values: NDArray[np.float64], text: Places, firsts: Places) -> NDArray[np.float64]:
    """Running sums within each text, of whole numbers."""
    sums: NDArray[np.float64] = values.cumsum()
    return sums - (sums - values)[firsts][text]


_PLACE = {name: column for column, name in enumerate(LOCAL)}
_PIECES, _CHARACTERS = 1 << 12, 1 << 18
"""Pieces, and characters, that are measured at once: bounds memory."""


def _parts(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Parts of a list of pieces: at most _PIECES pieces and few more than _CHARACTERS characters in each."""
    first = room = 0
    for index, size in enumerate(sizes):
        room += size
        if room >= _CHARACTERS or index - first >= _PIECES - 1:
            yield first, index + 1
            first, room = index + 1, 0
    if first < len(sizes):
        yield first, len(sizes)


def _measure_some(
    raws: Sequence[str],
    pieces: Sequence[Piece],
    names: Sequence[tuple[str, ...]],
    chances: Sequence[tuple[float, float]],
    model: Model,
    tables: Tables,
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """Traits of pieces by themselves, and what the traits of their texts need: where a piece starts and ends
    and so on.
    """
    characters = read_characters([piece.text for piece in pieces], tables.characters)
    marks = _table(list(map(_marks, raws, pieces)))
    ahead, behind = windows(characters)
    scores = score_ngrams(characters, ahead, behind, tables.ngrams)
    length = characters.sizes.astype(np.float64)
    kinds, stops = _kinds(characters)
    pairs, number = _pairs(characters)
    same = ahead * _POWERS
    found: dict[str, NDArray[Any]] = {
        **dict(zip(SCORES, scores.T, strict=True)),
        **measure_evidence(names, chances, model),
        **dict(zip(_MARKS, marks[3:], strict=False)),
        **{name: marks[-1] == number for number, name in enumerate(_BORDERS)},
        **kinds,
        "length": np.log1p(length),
        "prose": marks[2],
    }
    found["colon_share"] = found["colon_at"] / length
    found["markup"] = 1 - length / np.maximum(found["markup"], 1)
    kept = {
        **dict(zip(("start", "end", "prose"), marks, strict=False)),
        "length": length,
        "stops": stops,
        "pairs": pairs,
        "number": number,
        "same": same.sum(axis=1, dtype=np.uint32),
        "same_start": same[:, :4].sum(axis=1, dtype=np.uint32),
    }
    return found, kept


def measure_evidence(
    names: Sequence[tuple[str, ...]], chances: Sequence[tuple[float, float]], model: Model
) -> dict[str, NDArray[np.float64]]:
    """The traits that come from the chain and its evidence, by name, each with a value for every piece."""
    told, chance = _table([_evidence(model, seen) for seen in names]), _table(chances)
    return {
        "chance": _logit(chance[0] + chance[1]),
        "tail": _logit(chance[1]),
        "drop_evidence": np.log(told[0]),
        "tail_evidence": np.log(told[1]),
        **dict(zip(("unstopped", "unmarked", "head", "latin_text"), told[2:], strict=True)),
    }


def _title(pieces: Sequence[Piece]) -> int:
    """The number of the piece that is the title, or -1."""
    return next((index for index, piece in enumerate(pieces) if piece.block.kind == "title"), -1)


_MARKS = ("cues", "best_cue", "colon_at", "key", "markup", "links", "address")


def _marks(raw: str, piece: Piece) -> tuple[float, ...]:
    """Start and end of a piece, whether it is prose, _MARKS, and which of _BORDERS it is. ``markup`` is its
    length with markup.
    """
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
        _BORDERS.get(block.kind, -1),
    )


def _table(rows: Sequence[tuple[float, ...]]) -> NDArray[np.float64]:
    """The columns of some rows of numbers."""
    values: NDArray[np.float64] = np.fromiter(chain.from_iterable(rows), np.float64)
    columns: NDArray[np.float64] = values.reshape(len(rows), -1).T
    return columns


def _logit(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.minimum(np.maximum(chance, _LOWEST), 1 - _LOWEST)
    logits: NDArray[np.float64] = np.log(inside / (1 - inside))
    return logits


def _kinds(characters: Characters) -> tuple[dict[str, NDArray[Any]], NDArray[np.float64]]:
    """Shares of kinds of characters, and the kinds of the first and the last; then the number of stops."""
    count, width = len(characters.sizes), len(KINDS)
    numbers = np.bincount(characters.owner * width + characters.kinds, minlength=count * width)
    cells: NDArray[np.float64] = numbers.reshape(count, width).astype(np.float64)
    cells[:, KINDS.index("symbol")] -= 1  # the zero after each text
    shares = cells / characters.sizes[:, None]
    first = characters.kinds[characters.starts]
    last = characters.kinds[characters.starts + characters.sizes - 1]
    names = ("digits", "latin", "stops", "commas", "colons", "bars", "brackets", "symbols")
    found: dict[str, NDArray[Any]] = {
        **dict(zip(names, shares.T[2:], strict=True)),
        "first_kind": first,
        "last_kind": last,
        "ends_stopped": last == STOP,
    }
    return found, cells[:, STOP]


def _places(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    titles: Places,
    prose: NDArray[np.bool_],
    stops: NDArray[np.float64],
    fences: NDArray[np.float64],
    whole: _Whole,
) -> dict[str, NDArray[Any]]:
    """Traits of place. ``titles``: the number of the piece that is the title of each text, or -1. ``fences``:
    where the metadata at the head of each text end.
    """
    text, length, until = whole.text, whole.length, whole.until
    words = length * prose
    said = _since_first(words, text, whole.firsts)
    total, told = np.maximum(1.0, whole.sizes), np.maximum(1.0, whole.total(words))
    own_total, own_told = total[text], told[text]
    after = np.arange(len(text)) - (whole.firsts + titles)[text]
    gap = np.zeros(len(text))
    np.minimum(starts[1:] - ends[:-1], 12, out=gap[1:])
    gap[whole.firsts] = 0
    return {
        "fenced": starts < fences[text],
        "before": (until - length) / own_total,
        "behind": (own_total - until) / own_total,
        "prose_behind": (own_told - said) / own_told,
        "after_title": np.minimum(np.maximum(after, -5), 5) * (titles >= 0)[text],
        "gap": gap,
        "all_pieces": np.log1p(whole.counts)[text],
        "mean_length": np.log1p(total / whole.counts)[text],
        "all_prose": (told / total)[text],
        "all_stops": (whole.total(stops) / total)[text],
    }


def _fenced(raw: str) -> int:
    """Where metadata between two fences at the head of a file ends; 0 where there is none."""
    head = raw[:64].lstrip("\ufeff \r\n")
    if not head.startswith(("---\n", "+++\n", "---\r", "+++\r")):
        return 0
    start = raw.index(head[:3])
    return max(0, raw.find(f"\n{head[:3]}", start + 3))


def _pairs(characters: Characters) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """The different pairs of neighbouring letters of each piece, as hashes in order, piece by piece; and how
    many each piece has.
    """
    codes, kinds = characters.codes, characters.kinds
    first = np.flatnonzero((kinds[:-1] == kinds[1:]) & ((kinds[:-1] == LETTER) | (kinds[:-1] == LATIN)))
    sums = codes.take(first) * np.uint32(2654435761) + codes.take(first + 1) * np.uint32(2246822519)
    cells = (characters.owner.take(first) << np.uint32(TOPIC_BITS)) | mix(sums, 77, TOPIC_BITS)
    cells.sort()
    new = np.ones(len(cells), np.bool_)
    np.not_equal(cells[1:], cells[:-1], out=new[1:])
    cells = cells[new]
    number = np.bincount(cells >> np.uint32(TOPIC_BITS), minlength=len(characters.sizes))
    return cells.astype(np.uint16) & np.uint16((1 << TOPIC_BITS) - 1), number


def _topic(
    pairs: NDArray[np.uint16],
    number: NDArray[np.int64],
    titles: Places,
    prose: NDArray[np.bool_],
    rarity: NDArray[np.float32],
    whole: _Whole,
) -> dict[str, NDArray[np.float64]]:
    """Share of the character pairs of a piece, weighted by rarity, that also occur in the text's body and in
    its title. ``pairs`` are the different pairs of each piece, ``number`` [pieces] how many.
    """
    count = len(number)
    body, early = np.zeros(count, np.bool_), whole.until <= (_BODY * whole.sizes)[whole.text]
    ends = np.zeros(count + 1, np.int64)
    number.cumsum(out=ends[1:])
    sums = np.zeros((4, count))
    for title, first, stop in zip(
        titles.tolist(), whole.firsts.tolist(), (whole.firsts + whole.counts).tolist(), strict=True
    ):
        own = slice(first, stop)
        both = early[own] & prose[own]
        body[own] = both if both.any() else early[own]
        _add_topic(pairs, number, ends, body, first, stop, title, rarity, sums)
    some = np.maximum(sums[0], 1e-6)
    return {
        "as_body": sums[1] / some,
        "as_any": sums[2] / some,
        "as_title": sums[3] / some,
        "rare": sums[0] / np.maximum(number, 1),
        "pairs": np.log1p(number),
    }


def _add_topic(
    pairs: NDArray[np.uint16],
    number: NDArray[np.int64],
    ends: Places,
    body: NDArray[np.bool_],
    first: int,
    stop: int,
    title: int,
    rarity: NDArray[np.float32],
    sums: NDArray[np.float64],
) -> None:
    """Fill in ``sums`` [4, pieces] for the pieces of one text: weights of all pairs, and of those that are
    also in its body, anywhere else, in its title. The weights are between 0.1 and 1 and have 24 bits, so
    sums in 53 bits are exact in any order.
    """
    parts = [(first, stop)] if ends[stop] - ends[first] <= _CHARACTERS else _cut(ends, first, stop)
    inside = [(pairs[ends[start] : ends[end]], slice(start, end)) for start, end in parts]
    found = _count(own for own, _ in inside)
    in_body = _count(own[body[some].repeat(number[some])] for own, some in inside)
    in_title = np.zeros(1 << TOPIC_BITS, np.bool_)
    if title >= 0:
        in_title[pairs[ends[first + title] : ends[first + title + 1]]] = True
    for own, some in inside:
        own = own.astype(np.intp)
        known = in_body.take(own) > body[some].repeat(number[some]), found.take(own) > 1, in_title.take(own)
        weights = np.empty((4, len(own)))
        weights[0] = rarity.take(own)
        for row, seen in enumerate(known, 1):
            np.multiply(weights[0], seen, out=weights[row])
        full = some.start + np.flatnonzero(number[some])
        sums[:, full] = np.add.reduceat(weights, ends[full] - ends[some.start], axis=1)


def _count(parts: Iterable[NDArray[np.uint16]]) -> NDArray[np.int64]:
    """How many pieces have each pair."""
    return reduce(np.add, (np.bincount(part, minlength=1 << TOPIC_BITS) for part in parts))


def _cut(ends: Places, first: int, stop: int) -> list[tuple[int, int]]:
    """Parts of the pieces of a text, each with few more than _CHARACTERS pairs."""
    steps = np.arange(ends[first], ends[stop], _CHARACTERS)
    cuts = sorted({first, *(ends.searchsorted(steps[1:]).tolist()), stop})
    return list(pairwise(cuts))


def _repeats(
    same: NDArray[np.uint32], same_start: NDArray[np.uint32], whole: _Whole
) -> dict[str, NDArray[np.float64]]:
    """How many pieces of the text begin with the same WINDOW characters, and with the same 4; digits count as
    one.
    """
    return {
        name: np.minimum(_counted(values, whole), most).astype(np.float64)
        for name, values, most in (("same", same, 6), ("same_start", same_start, 8))
    }


_POWERS = np.array([pow(0x9E3779B1, step + 1, 1 << 32) for step in range(WINDOW)], np.uint32)


def _counted(values: NDArray[np.uint32], whole: _Whole) -> NDArray[np.int64]:
    """How often each value occurs among all values of its text."""
    keys = (whole.text << 32) | values
    order = np.sort(keys)
    found: NDArray[np.int64] = order.searchsorted(keys, "right") - order.searchsorted(keys)
    return found


def matrices(
    traits: Traits, chosen: NDArray[np.int64] | None = None, rows: int = 512
) -> Iterator[NDArray[np.float32]]:
    """The matrix of COLUMNS of the chosen pieces, of all if none are named; some rows at a time, to save
    memory.
    """
    local, firsts = traits.local, traits.firsts
    count = len(local)
    stops = np.empty_like(firsts)
    stops[:-1], stops[-1] = firsts[1:], count
    text = np.arange(len(firsts)).repeat(stops - firsts)
    apart = np.zeros((count + STEPS[-1] * (len(firsts) + 1), len(CORE)), np.float32)
    place = np.arange(count) + STEPS[-1] * (text + 1)
    apart[place] = core = local.take(_CORE, axis=1)
    sums = np.zeros((count + len(firsts), len(CORE)))
    for number, (first, stop) in enumerate(zip(firsts.tolist(), stops.tolist(), strict=True)):
        core[first:stop].cumsum(axis=0, out=sums[first + number + 1 : stop + number + 1], dtype=np.float64)
    heading = np.full(count, -1)
    np.maximum.accumulate(np.where(traits.labels, np.arange(count), -1)[:-1], out=heading[1:])
    chosen = np.arange(count) if chosen is None else chosen
    for start in range(0, len(chosen), rows):
        at = chosen[start : start + rows]
        own = text[at]
        parts = (
            local[at],
            apart.take(place[at][:, None] + _NEIGHBOURS, axis=0),
            _means(at, own, firsts[own], stops[own], sums),
            *_heading(at, heading[at], firsts[own], core),
        )
        matrix, column = np.empty((len(at), len(COLUMNS)), np.float32), 0
        for part in parts:
            flat = part.reshape(len(at), -1)
            matrix[:, column : column + flat.shape[1]] = flat
            column += flat.shape[1]
        yield matrix


_CORE = [LOCAL.index(name) for name in CORE]
_NEIGHBOURS = np.array([side * step for step in STEPS for side in (-1, 1)])


def _means(
    at: Places, text: Places, first: Places, stop: Places, sums: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means [pieces, 5, CORE] of the pieces before and after some pieces: near ones, all ones, the whole
    text. ``text`` is the number of the text of each piece, ``first`` and ``stop`` are its pieces.
    """
    begin = np.stack([np.maximum(at - NEAR, first), at + 1, first, at + 1, first], axis=1)
    end = np.stack([at, np.minimum(at + NEAR + 1, stop), at, stop, stop], axis=1)
    shift = text[:, None]
    total = sums.take(end + shift, axis=0) - sums.take(begin + shift, axis=0)
    means: NDArray[np.float64] = total / np.maximum(end - begin, 1)[:, :, None]
    return means


def _heading(
    at: Places, heading: Places, first: Places, core: NDArray[np.float32]
) -> Iterator[NDArray[np.float32] | Places]:
    """Traits of the heading above some pieces, and its distance. ``first`` are the first pieces of their
    texts: what is before them is not above them.
    """
    known = heading >= first
    yield core.take(np.maximum(heading, 0), axis=0)[:, :ABOVE] * known[:, None]
    yield np.where(known, np.minimum(at - heading, _FAR - 10), _FAR)


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

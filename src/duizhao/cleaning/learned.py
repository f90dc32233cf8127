"""The fitted parts of the cleaner, in ``_data/learned.npz``: n-grams, forest, calibration. A command writes
that file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from duizhao.cleaning.characters import load_characters, pack_arrays
from duizhao.cleaning.forest import Forest, grow
from duizhao.cleaning.lexicon import RANK
from duizhao.cleaning.ngrams import NgramWeights
from duizhao.cleaning.traits import COLUMNS, LOCAL, Tables, Traits, column_kinds, matrices

FILE = Path(__file__).parent / "_data" / "learned.npz"


class Caution(NamedTuple):
    """How much evidence is taken off in a text of which much may go: see `be_careful`.

    ``weight``: log-odds for each share of one. ``doubt``: how much more a character counts if its fate is in
    doubt. ``usual``: the share that is not unusual. ``short``, ``long``: in a text of ``short`` characters
    nothing is taken off, in one of ``long`` characters all.
    """

    weight: float
    doubt: float
    usual: float
    short: float
    long: float


class Trust(NamedTuple):
    """How far the chain is trusted in place of the forest: see `trust_chain`.

    ``slope``, ``start``: the line that turns the chain's log-odds into those of the forest with the same
    probability. ``short``, ``long``: a text of ``short`` characters is the chain's alone, one of ``long``
    characters the forest's alone.
    """

    slope: float
    start: float
    short: float
    long: float


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """``tables`` and ``forest`` give log-odds; ``scale`` and ``shift`` turn them into calibrated
    probabilities (Platt 1999).

    ``trust``: see `trust_chain`. ``caution``: see `be_careful`. ``recurs``: log-odds added to a line that
    occurs in many documents of its source. ``presets``: thresholds by name. ``usual``: the median of each
    column, used for "nothing known". ``about``: the data of the fit.
    """

    tables: Tables
    forest: Forest
    scale: float
    shift: float
    trust: Trust
    caution: Caution
    recurs: float
    presets: Mapping[str, float]
    usual: NDArray[np.float32]
    about: Mapping[str, Any]


@lru_cache(maxsize=1)
def load_learned() -> Learned:
    """The fitted parts in the package."""
    return read_learned(FILE.read_bytes())


def read_learned(data: bytes) -> Learned:
    """Read the bytes of a file that `pack_learned` made. Raises ValueError if its columns are not those of
    the program.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        table = {name: file[name] for name in file.files}
    settings = json.loads(table["settings"].tobytes())
    if tuple(settings["columns"]) != COLUMNS:
        unknown = sorted(set(settings["columns"]) ^ set(COLUMNS))
        raise ValueError(f"learned.npz has other traits than the program: {', '.join(unknown) or 'order'}")
    tables = Tables(
        load_characters(),
        NgramWeights(table["weights"], table["weight_scale"], table["weight_bias"]),
        table["rarity"],
    )
    forest = Forest(
        table["tree_columns"], table["tree_borders"], table["leaves"], settings["leaf_scale"],
            settings["bias"],
        settings["slope"], COLUMNS.index("chance"),
    )  # fmt: skip
    scale, shift = settings["calibration"]
    return Learned(
        tables,
        forest,
        scale,
        shift,
        Trust(*settings["trust"]),
        Caution(*settings["caution"]),
        settings["recurs"],
        settings["presets"],
        table["usual"],
        settings["about"],
    )


def pack_learned(learned: Learned) -> bytes:
    """The bytes of a file: the same for the same content, without any date."""
    tables, forest = learned.tables, learned.forest
    settings = {
        "about": learned.about, "columns": COLUMNS, "calibration": [learned.scale, learned.shift],
        "trust": learned.trust, "caution": learned.caution, "recurs": learned.recurs,
        "presets": learned.presets, "leaf_scale": forest.scale, "bias": forest.bias,
        "slope": forest.slope,
    }  # fmt: skip
    arrays: dict[str, NDArray[Any]] = {
        "settings": np.frombuffer(json.dumps(settings, ensure_ascii=False).encode(), np.uint8),
        "weights": tables.ngrams.weights, "weight_scale": tables.ngrams.scale,
        "weight_bias": tables.ngrams.bias, "rarity": tables.rarity, "tree_columns": forest.columns,
        "tree_borders": forest.borders, "leaves": forest.leaves, "usual": learned.usual,
    }  # fmt: skip
    return pack_arrays(arrays)


def score_traits(learned: Learned, traits: Traits, recurring: Sequence[bool]) -> list[float]:
    """Probability that each piece is boilerplate, to three decimals. ``recurring``: whether its line occurs
    in many documents of its source.
    """
    logits = np.concatenate([grow(matrix, learned.forest) for matrix in matrices(traits)])
    recurs = np.array(recurring, np.bool_)
    logits = trust_chain(logits, traits, learned.trust)
    logits = be_careful(share_in_lists(logits, traits), traits, learned.caution, recurs)
    odds = learned.scale * (logits + learned.recurs * recurs) + learned.shift
    scores: list[float] = np.round(1 / (1 + np.exp(-np.clip(odds, -30, 30))), 3).tolist()
    return scores


def trust_chain(logits: NDArray[np.float64], traits: Traits, trust: Trust) -> NDArray[np.float64]:
    """Log-odds of which those of a short text are the chain's, and those of a text in between a mean of both.

    Hardly a labelled page is shorter than a few hundred characters, so the forest has not learned short
    texts. The weights of the chain depend less on the labelled pages: many have values that people chose.
    """
    length, chance = (traits.local[:, LOCAL.index(name)].astype(np.float64) for name in ("length", "chance"))
    text = _text_of_each(traits)
    whole = np.bincount(text, np.expm1(length))
    share = np.clip((trust.long - whole) / max(1.0, trust.long - trust.short), 0.0, 1.0)[text]
    found: NDArray[np.float64] = logits + share * (trust.slope * chance + trust.start - logits)
    return found


def share_in_lists(logits: NDArray[np.float64], traits: Traits) -> NDArray[np.float64]:
    """Log-odds with one value, the mean, for each run of list items that are links. So the whole list is kept
    or dropped.
    """
    links, markup, listed = (traits.local[:, LOCAL.index(name)] for name in ("links", "markup", "list_item"))
    member = (links > 0) & (markup > _LINKED) & (listed > 0)
    if not member.any():
        return logits
    begins = np.diff(member, prepend=False) | ~member
    begins[traits.firsts] = True
    run = np.cumsum(begins)
    mean = np.bincount(run, logits) / np.maximum(np.bincount(run), 1)
    return np.where(member, mean[run], logits)


def be_careful(
    logits: NDArray[np.float64],
    traits: Traits,
    caution: Caution,
    recurring: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Log-odds that are lower in a text of which a larger share than usual may go. All other texts keep
    theirs.

    A text of which much would go, or much is in doubt, is often one that the forest misreads: a digest, or a
    list that is itself the article. A short text says little about its share, so less is taken off. Lines
    with a certain cue, and pieces that recur over a source, are sure without this: they do not count, and
    they keep their log-odds. A character counts as the probability of its going, and up to 1 + ``doubt``
    times this if it is in doubt.
    """
    cue, prose, length = (traits.local[:, LOCAL.index(name)] for name in ("best_cue", "prose", "length"))
    unsure = (cue > RANK["certain"]) | (prose > 0)
    if recurring is not None:
        unsure &= ~recurring
    size = np.expm1(length.astype(np.float64)) * unsure
    going = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    going *= 1 + caution.doubt * (1 - going)
    text = _text_of_each(traits)
    whole = np.bincount(text, size)
    share = np.bincount(text, size * going) / np.maximum(whole, 1.0)
    off = caution.weight * np.maximum(share - caution.usual, 0.0)
    off *= np.clip((whole - caution.short) / max(1.0, caution.long - caution.short), 0.0, 1.0)
    found: NDArray[np.float64] = logits - off[text] * unsure
    return found


def _text_of_each(traits: Traits) -> NDArray[np.int64]:
    """The number of the text of each piece."""
    counts = np.diff(traits.firsts, append=len(traits.local))
    return np.arange(len(counts), dtype=np.int64).repeat(counts)


_LINKED = 0.4
"""A piece with a link counts as a link if more than this share of its source is markup (the address)."""


def speaking_kinds(learned: Learned, traits: Traits, chosen: Sequence[int]) -> list[list[str]]:
    """For each chosen piece, the kinds of traits that are evidence for boilerplate, the strongest first.

    The strength of a kind is the decrease of the log-odds when all its columns get their usual values.
    """
    found: list[list[str]] = []
    kinds = column_kinds()
    for matrix in matrices(traits, np.array(chosen, np.int64), 128):
        cases = np.repeat(matrix[None], len(kinds) + 1, axis=0)
        for case, columns in zip(cases[1:], kinds.values(), strict=True):
            case[:, columns] = learned.usual[columns]
        told = grow(cases.reshape(-1, matrix.shape[1]), learned.forest).reshape(len(cases), len(matrix))
        for falls in (told[0] - told[1:]).T.tolist():
            ranked = sorted((-round(fall, 6), kind) for fall, kind in zip(falls, kinds, strict=True))
            found.append([kind for fall, kind in ranked if fall < -_SAYS])
    return found


_SAYS = 0.2
"""A kind of traits is a reason if the log-odds decrease by more than this."""

"""Fit the model that decides ambiguous characters, on text that people wrote in Traditional Chinese.

python training/fit_script.py FOLDER [--words FILE] [--names FILE] [--phrases FILE]
[--out src/duizhao/text/_data/script.bin] [--bits 21]

FOLDER holds one JSON Lines file a source (``{"text": …}`` a line); ``hk-NAME.jsonl`` is a source from Hong
Kong, all others are from Taiwan, but for ``hans-NAME.jsonl``, text in Simplified Chinese for 着 and 著. FILE of
``--words`` holds words of dictionaries in Traditional Chinese, one a line; that of ``--names`` holds names of
people and places. Labels cost nothing: OpenCC's ``t2s`` gives the Simplified side, and what the author wrote
is the answer. Where authors use two forms of one word without a difference (台 and 臺, 佈 and 布), the answer is
the form of the policy in ``duizhao.text.forms``.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from duizhao.text.conversion import (
    ENGINE_TEMPLATES,
    KIND_TEMPLATES,
    NO_FORM,
    NOT_ASKED,
    REACH,
    TEMPLATES,
    WIDE,
    Codes,
    Hashes,
    codes,
    distant_evidence,
    evidence,
    make_fold,
    pack,
    slots,
)
from duizhao.text.forms import canonical, canonical_points

Floats = NDArray[np.float32]
Part = tuple[Hashes, NDArray[Any], NDArray[Any]]
"""Places of one region: their evidence [places, evidence], the numbers of their forms, how many places each
stands for.
"""

SEED = 7
TIMES = 3
"""How often each word of the dictionary counts."""
_POLICY = tuple(
    (re.compile(pattern), right)
    for pattern, right in (
        ("(?<!為)了解(?![決釋除散僱答放開脫剖析碼法藥壓凍])", "瞭解"),
        ("(?<![卜口星])占(?![卜星筮夢卦])", "佔"),
        ("[盡儘](?=[量快速早]|可能)", "儘"),
        ("反[復複](?![雜製])", "反覆"),
        ("(?<=[提上])昇", "升"),
        ("計畫", "計劃"),  # which of the two is the policy's business
    )
)
_COUNTED = "上下本每這那近前後兩數幾半首隔一二三四五六七八九十0-9０-９"
_TAIWAN_POLICY = tuple(
    (re.compile(pattern), right)
    for pattern, right in (
        (
            f"周(?=[末一二三四五六日刊報年期休]|歲)|(?<=[{_COUNTED}])周(?![邊圍遭知全密折旋轉身])",
            "週",
        ),
        (f"(?<![{_COUNTED}])週(?=[邊圍遭到知密折旋轉])", "周"),
        ("(?<![關干])係", "\0"),  # 係 for 是: no text in Simplified Chinese writes it
    )
)
MOST = 60_000
"""Places of one form of one character that are fitted on; what is left out counts through the weight of the
rest.
"""
FEWEST, SHARE = 50, 0.01
"""A form that is not in two words of the dictionary is one of its character's where it stands often enough.
"""
PENALTY, STEPS = 1.0, 40
_PIECE = 1 << 22  # characters searched at once: bounds memory
_WORK: list[Any] = []  # what the processes share
AROUND = np.arange(-WIDE, WIDE + 1)
BACK_PENALTY = 0.3
"""The penalty on the way back to Simplified, where no engine helps and words of dictionaries count more."""
BACK = ["着着著"]
"""Simplified characters that a Traditional one stands for two of: the way back to Simplified needs a decision
too.
"""
SEEN, SEEN_FAR = 2, 4
"""Evidence that was seen in fewer places is left out; the second is for distant evidence."""
FAR_PENALTY = 2.0
"""The penalty of distant evidence. Much of it is chance."""
NEAR, FAR = len(TEMPLATES) + len(ENGINE_TEMPLATES), 2 * (WIDE - REACH) + len(KIND_TEMPLATES)
"""Pieces of evidence near a place, and distant ones."""
LISTS = ("words", "names")
"""Parts that are lists: each entry stands alone."""
HOME = 3
"""How often a place of a Taiwan text counts where there are texts from Hong Kong."""
UNHEARD = 0.5
"""Share of places at which the engine's answer is kept from the fit, so that the words around learn to stand
alone.
"""
DRAWS = 3
"""Fits on different random choices of places, whose mean is the model. A mean has less chance in it."""
SMALLEST = 0.06
"""Weights nearer to 0 are left out."""
REGIONAL = 0.05
"""A character that Hong Kong writes otherwise than Taiwan in more of its places than this learns apart there.
"""


@dataclass(frozen=True, slots=True)
class Corpus:
    """All text of one region in one row: folded, the engine's answer, what the author wrote (0: not a place),
    the number of the line.

    ``places`` says where each ambiguous character stands.
    """

    folded: Codes
    answer: Codes
    label: Codes
    lines: NDArray[np.uint32]
    places: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--words", type=Path)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--phrases", type=Path, help="OpenCC's STPhrases.txt")
    parser.add_argument("--out", type=Path, default=Path("src/duizhao/text/_data/script.bin"))
    parser.add_argument("--bits", type=int, default=21)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    pairs = fold_pairs()
    fold = make_fold(pairs)
    regions: dict[str, list[str]] = {"": [], "hk": [], "hans": []}
    for path in sorted(options.folder.glob("*.jsonl")):
        region = path.name.partition("-")[0]
        regions[region if region in regions else ""] += _texts(path)
    aspect = [
        OpenCC("t2s").convert(text) for text in regions["hk"] if text.count("着") >= 3 > text.count("著")
    ]
    simplified = read_simplified(regions.pop("hans") + aspect, fold)
    shared = find_shared(regions.values(), fold)
    foreign = find_foreign(shared)
    corpora = {region: read_corpus(texts, fold, foreign, region) for region, texts in regions.items()}
    if options.words:
        corpora["words"] = read_corpus(TIMES * _words(options.words), fold, np.zeros_like(foreign))
    if options.names:
        corpora["names"] = read_corpus(_words(options.names), fold, np.zeros_like(foreign))
    classes = find_classes(corpora)
    named = find_kinds(_names(options.names), corpora, fold) if options.names else []
    if options.names and "" in corpora:
        corpora["named"] = put_names(_names(options.names), corpora[""], fold, {word[0] for word in classes})
    corpora = {region: find_places(corpus, classes) for region, corpus in corpora.items()}
    simplified = find_places(simplified, BACK)
    print(
        f"{sum(corpus.folded.size for corpus in corpora.values()):,} characters, {len(classes)} "
        f"ambiguous ones",
        flush=True,
    )
    kinds = np.zeros(0x10000, np.uint8)
    for kind, characters in enumerate(named):
        kinds[codes(characters)] = kind
    work: list[tuple[int, str, dict[str, Corpus], NDArray[np.uint8] | None]]
    work = [(number, word, corpora, kinds) for number, word in enumerate(classes)]
    work += [(number, word, {"": simplified}, None) for number, word in enumerate(BACK, len(classes))]
    _WORK.extend(work)
    with get_context("fork").Pool(options.jobs) as pool:
        found = [part for parts in pool.map(_fit_one, range(len(work)), chunksize=1) for part in parts]
    asked = find_asked(options.phrases, {word[0] for word in classes}) if options.phrases else []
    head = {"classes": classes, "back": BACK, "shared": shared, "asked": asked, "kinds": named}
    write(
        options.out,
        options.bits,
        {**head, "traditional": "".join(pairs), "simplified": "".join(pairs.values())},
        found,
    )


def _fit_one(number: int) -> list[tuple[Hashes, NDArray[Any], int]]:
    return fit_class(*_WORK[number])


def fold_pairs() -> dict[str, str]:
    """Every character that has a Simplified form, with it; one that Simplified Chinese also keeps for some
    words too.
    """
    engine = OpenCC("t2s")
    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    pairs = {}
    for character, simplified in zip(
        characters, engine.convert("\n".join(characters)).split("\n"), strict=True
    ):
        if len(simplified) == 1 and simplified != character and ord(simplified) <= 0xFFFF:
            pairs[character] = simplified
    pairs.update({"著": "着", "乾": "干", "瞭": "了", "裏": "里", "矽": "硅", "麼": "么", "藉": "借"})
    return {key: pairs.get(value, value) for key, value in pairs.items()}


def read_corpus(texts: list[str], fold: Codes, foreign: NDArray[np.bool_], region: str = "") -> Corpus:
    """Texts in one row, with what OpenCC makes of their Simplified side; lines with ``foreign`` characters
    teach nothing.
    """
    simplify, convert, taiwan = OpenCC("t2s"), OpenCC("s2tw"), OpenCC("t2tw")
    rows: list[tuple[Codes, Codes, Codes]] = []
    starts: list[NDArray[np.bool_]] = []
    for text in texts:
        simplified = simplify.convert(text)
        answer = canonical(convert.convert(simplified))
        written = _label(taiwan.convert(text), region)
        if not len(text) == len(simplified) == len(answer) == len(written):
            continue
        source, there = codes(simplified), codes(text)
        folded = fold[source]
        lines = np.cumsum(there == ord("\n"))
        strange = np.bincount(lines, foreign[there])[lines] > 0
        label = np.where((source == folded) & ~strange, codes(written), 0).astype(np.uint16)
        label[label < 0x3400] = 0
        rows.append((folded, codes(answer), label))
        starts.append(there == ord("\n"))
    if not rows:
        empty = np.zeros(0, np.uint16)
        return Corpus(empty, empty, empty, empty.astype(np.uint32))
    folds, answers, labels = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return Corpus(folds, answers, labels, np.cumsum(np.concatenate(starts), dtype=np.uint32))


def read_simplified(texts: list[str], fold: Codes) -> Corpus:
    """Texts in Simplified Chinese in one row, with what they write for 着 and 著; no engine answers."""
    source = codes("".join(texts))
    folded = fold[source]
    label = np.where(np.isin(folded, codes(BACK[0])), source, 0).astype(np.uint16)
    return Corpus(folded, np.zeros_like(source), label, np.cumsum(folded == ord("\n"), dtype=np.uint32))


def find_shared(regions: Iterable[list[str]], fold: Codes) -> str:
    """Characters with another form that Traditional texts write nevertheless: 台, 里, 后, 著."""
    counts = np.zeros(0x10000, np.int64)
    for texts in regions:
        counts += np.bincount(codes("".join(texts)), minlength=0x10000)
    sums = np.bincount(fold, counts, minlength=0x10000)[fold]
    common = (counts >= FEWEST) & (counts >= SHARE * sums)
    engine = OpenCC("s2t")
    return "".join(chr(code) for code in np.flatnonzero(common) if 0x3400 <= code <= 0x9FFF
                   and engine.convert(chr(code)) != chr(code)) + "著乾瞭藉"  # fmt: skip


def find_foreign(shared: str) -> NDArray[np.bool_]:
    """Table of characters that only Simplified Chinese uses."""
    engine, table = OpenCC("s2t"), np.zeros(0x10000, np.bool_)
    han = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    for character, converted in zip(han, engine.convert("\n".join(han)).split("\n"), strict=True):
        table[ord(character)] = converted != character and character not in shared
    return table


def find_classes(corpora: dict[str, Corpus]) -> list[str]:
    """Simplified characters with more than one form in the texts: each with its forms, the most frequent one
    first.
    """
    counts: dict[int, Counter[int]] = {}
    words: Counter[tuple[int, int]] = Counter()
    for region, corpus in corpora.items():
        joined = corpus.folded.astype(np.uint32) << np.uint32(16) | corpus.label
        for key, count in zip(*np.unique(joined[corpus.label > 0], return_counts=True), strict=True):
            character, form = int(key) >> 16, int(key) & 0xFFFF
            counts.setdefault(character, Counter())[form] += int(count)
            words[character, form] += int(count) * (region == "words") // TIMES
    classes = []
    for character, forms in sorted(counts.items()):
        least = max(FEWEST, SHARE * sum(forms.values()))
        kept = [form for form, count in sorted(forms.items(), key=lambda item: (-item[1], item[0]))
                if count >= least or (words[character, form] >= 2 and count >= 4)]  # fmt: skip
        if len(kept) > 1 and 0x3400 <= character <= 0x9FFF:
            classes.append("".join(map(chr, (character, *kept))))
    return classes


def find_places(corpus: Corpus, classes: list[str]) -> Corpus:
    """A corpus with the places of its ambiguous characters."""
    wanted = np.zeros(0x10000, np.bool_)
    wanted[[ord(word[0]) for word in classes]] = True
    places = np.flatnonzero((corpus.label > 0) & wanted[corpus.folded])
    characters = corpus.folded[places]
    order = np.argsort(characters, kind="stable")
    places, characters = places[order], characters[order]
    starts, ends = (
        np.searchsorted(characters, [ord(word[0]) for word in classes], side) for side in ("left", "right")
    )
    return replace(
        corpus,
        places={word[0]: places[start:end] for word, start, end in zip(classes, starts, ends, strict=True)},
    )


def find_kinds(names: list[str], corpora: Mapping[str, Corpus], fold: Codes) -> list[str]:
    """Characters by kind: the kind is 1 for all Han characters that are rare in names; others by how much
    more often than in texts they are a surname (3 steps) and in a given name (4 steps). Kind 0 is everything
    else.
    """
    persons = [codes(name) for name in names if len(name) in (2, 3)]
    surnames = np.bincount(fold[[name[0] for name in persons]], minlength=0x10000)
    given = np.bincount(fold[np.concatenate([name[1:] for name in persons])], minlength=0x10000)
    texts = sum((np.bincount(corpus.folded, minlength=0x10000) for region, corpus in corpora.items()
                 if region not in LISTS), np.zeros(0x10000, np.int64))  # fmt: skip
    texts[np.r_[0:0x3400, 0xA000:0x10000]] = 0
    steps = []
    for counts, bounds in ((surnames, (0.3, 3)), (given, (0.1, 1, 5))):
        more = (counts + 0.5) / counts.sum() / ((texts + 1) / texts.sum())
        steps.append(np.where(counts >= 3, np.searchsorted(bounds, more), 0))
    kind = np.where(texts > 0, 1 + 4 * steps[0] + steps[1], 0)
    return ["" if number == 0 else "".join(map(chr, np.flatnonzero(kind == number))) if number > 1 else
            "".join(map(chr, np.flatnonzero((kind == 1) & (texts >= FEWEST))))
            for number in range(13)]  # fmt: skip


def put_names(names: list[str], corpus: Corpus, fold: Codes, ambiguous: set[str]) -> Corpus:
    """Names of three characters, each in a place where a text has another name of the list.

    So the words around names are learnt with more names than the texts have. Only the characters of the name
    are places. Names without an ``ambiguous`` character teach nothing and are left out.
    """
    simplified = OpenCC("t2s").convert("\n".join(names)).split("\n")
    pairs = [pair for pair in zip(names, simplified, strict=True) if len(pair[0]) == len(pair[1]) == 3]
    written, source = (codes("".join(part)).reshape(-1, 3) for part in zip(*pairs, strict=True))
    folded = fold[source]
    label = np.where(source == folded, canonical_points(written), 0).astype(np.uint16)
    wanted = np.isin(folded, codes("".join(sorted(ambiguous)))) & (label > 0)
    rows = np.flatnonzero(wanted.any(axis=1))
    found = _find_triples(corpus.folded, np.unique(_triples(folded)))
    found = found[(found >= WIDE) & (found < corpus.folded.size - WIDE - 3)]
    if not rows.size or not found.size:
        empty = np.zeros(0, np.uint16)
        return Corpus(empty, empty, empty, empty.astype(np.uint32))
    chosen = np.random.default_rng(SEED).choice(found, rows.size)
    where = chosen[:, None] + np.arange(-WIDE, WIDE + 4)
    same = corpus.lines[where] == corpus.lines[chosen][:, None]
    text = np.where(same, corpus.folded[where], ord("\n")).astype(np.uint16)
    text[:, WIDE : WIDE + 3], text[:, -1] = folded[rows], ord("\n")
    labels = np.zeros_like(text)
    labels[:, WIDE : WIDE + 3] = label[rows]
    answer = canonical_points(codes(OpenCC("s2tw").convert("".join(map(chr, text.ravel().tolist())))))
    lines = np.repeat(np.arange(rows.size, dtype=np.uint32), text.shape[1])
    return Corpus(text.ravel(), answer, labels.ravel(), lines)


def _triples(characters: NDArray[np.uint16]) -> Hashes:
    """Three code points as one number: [n, 3] to [n]."""
    wide = characters.astype(np.uint64)
    return np.asarray(wide[:, 0] << np.uint64(32) | wide[:, 1] << np.uint64(16) | wide[:, 2])


def _find_triples(text: Codes, known: Hashes) -> NDArray[np.int64]:
    """Where a text has one of the triples (sorted)."""
    found = [np.zeros(0, np.int64)]
    for start in range(0, text.size - 2, _PIECE):
        piece = text[start : start + _PIECE + 2]
        triples = _triples(np.stack([piece[:-2], piece[1:-1], piece[2:]], axis=1))
        places = np.minimum(np.searchsorted(known, triples), known.size - 1)
        found.append(start + np.flatnonzero(known[places] == triples))
    return np.concatenate(found)


def find_asked(path: Path, decided: set[str]) -> list[str]:
    """Phrases of OpenCC in which a character that no class decides has another form than it has alone."""
    lines = path.read_text(encoding="utf-8").splitlines()
    phrases = [line.split("\t")[0] for line in lines if "\t" in line and not line.startswith("#")]
    phrases = [phrase for phrase in phrases if max(phrase) <= "\uffff"]
    characters = "".join(sorted(set("".join(phrases))))
    asked: set[str] = set()
    for configuration in ("s2tw", "s2hk"):
        engine = OpenCC(configuration)
        alone = dict(zip(characters, engine.convert("\n".join(characters)).split("\n"), strict=True))
        together = engine.convert("\n".join(phrases)).split("\n")
        for phrase, converted in zip(phrases, together, strict=True):
            forms = zip(phrase, canonical(converted), strict=True)
            if any(form != canonical(alone[one]) for one, form in forms if one not in decided):
                asked.add(phrase)
    return sorted(asked)


def _spread(column: Hashes, asked: NDArray[np.bool_]) -> Hashes:
    """Evidence of the places that are asked, as evidence of all places: 0 elsewhere."""
    wide = np.zeros(asked.size, np.uint64)
    wide[asked] = column
    return wide


def fit_class(
    number: int, word: str, corpora: dict[str, Corpus], kinds: NDArray[np.uint8] | None
) -> list[tuple[Hashes, NDArray[Any], int]]:
    """Weights of one character's evidence: (hashes, weights, form) for each form but the first.

    They are the means of DRAWS fits. Without ``kinds`` it gets no distant evidence.
    """
    fitted = [fit for draw in range(DRAWS) for fit in _fit_draw(number, word, corpora, kinds, SEED + draw)]
    if not fitted:
        return []
    hashes = np.unique(np.concatenate([known for known, _ in fitted]))
    weights = np.zeros((hashes.size, fitted[0][1].shape[1]), np.float32)
    for known, values in fitted:
        weights[np.searchsorted(hashes, known)] += values / DRAWS
    found = []
    for form in range(1, weights.shape[1]):
        values = weights[:, form] - weights[:, 0]
        keep = np.abs(values) >= SMALLEST
        found.append((hashes[keep], values[keep], form))
    return found


def _fit_draw(
    number: int,
    word: str,
    corpora: dict[str, Corpus],
    kinds: NDArray[np.uint8] | None,
    seed: int,
) -> list[tuple[Hashes, Floats]]:
    """One fit on one random choice of places: hashes and weights [evidence, forms]; none without places."""
    forms = np.array([ord(character) for character in word[1:]], dtype=np.uint16)
    parts: dict[str, tuple[Hashes, NDArray[Any], NDArray[Any]]] = {}
    random = np.random.default_rng(seed)
    table = np.zeros(0x10000, np.uint8) if kinds is None else kinds
    for region, corpus in corpora.items():
        places = corpus.places[word[0]]
        places = places[np.isin(corpus.label[places], forms)]
        if not places.size:
            continue
        labels = np.argmax(corpus.label[places][:, None] == forms, axis=1)
        kept, weights = _sample(labels, random)
        places, labels = places[kept], labels[kept]
        given = corpus.answer[places]
        engine = np.where(np.isin(given, forms), np.argmax(given[:, None] == forms, axis=1), NO_FORM)
        engine[random.random(engine.size) < (1 if region in LISTS else UNHEARD)] = NOT_ASKED
        numbers = np.full(places.size, number, np.int16)
        where = np.clip(places[:, None] + AROUND, 0, corpus.folded.size - 1)
        around, lines = corpus.folded[where].ravel(), corpus.lines[where].ravel()
        centres = np.arange(places.size) * AROUND.size + AROUND.size // 2
        columns = list(evidence(around, centres, numbers, engine, region if region == "hk" else ""))
        asked = engine != NOT_ASKED if kinds is not None else np.zeros(engine.size, np.bool_)
        more = distant_evidence(around, lines, table, centres[asked], numbers[asked])
        columns[NEAR:NEAR] = [_spread(column, asked) for column in more]
        seen = np.stack(columns, axis=1)
        parts[region] = (seen, labels, weights)
    if not parts:
        return []
    fitted = fit_regions(parts, forms.size, BACK_PENALTY if kinds is None else PENALTY)
    if seed == SEED:
        counts = {
            region: np.bincount(part[1], minlength=forms.size).tolist() for region, part in parts.items()
        }
        print(word, counts, "apart" if len(fitted) > 1 else "", flush=True)
    return fitted


def fit_regions(parts: dict[str, Part], forms: int, penalty: float) -> list[tuple[Hashes, Floats]]:
    """Taiwan and Hong Kong together; where they write a character otherwise, Hong Kong's own evidence on
    top.
    """
    home = [(seen, labels, HOME * counts if region == "" and "hk" in parts else counts)
            for region, (seen, labels, counts) in parts.items() if region != "hk"]  # fmt: skip
    if (
        not home
        or "hk" not in parts
        or not _differ(parts[""] if "" in parts else home[0], parts["hk"], forms)
    ):
        return [fit([*home, *([parts["hk"]] if "hk" in parts else [])], forms, penalty)]
    seen, labels, counts = parts["hk"]
    shared = home[0][0].shape[1]
    hashes, weights = fit(home, forms, penalty)
    offset = _scores(hashes, weights, seen[:, :shared])
    return [(hashes, weights), fit([(seen[:, shared:], labels, counts)], forms, penalty, offset)]


def _differ(home: Part, away: Part, forms: int) -> bool:
    """Whether Hong Kong has another form than Taiwan between the same two neighbours more often than
    REGIONAL.
    """
    if home[1].size < 300:
        return False
    column = TEMPLATES.index((-1, 1))
    known, inverse = np.unique(home[0][:, column], return_inverse=True)
    usual = np.zeros((known.size, forms))
    np.add.at(usual, (inverse, home[1]), home[2])
    places = np.minimum(np.searchsorted(known, away[0][:, column]), known.size - 1)
    both = known[places] == away[0][:, column]
    wrong = usual[places[both]].argmax(axis=1) != away[1][both]
    counts = away[2][both]
    return bool(counts.size >= 100 and (counts * wrong).sum() > REGIONAL * counts.sum())


def _sample(labels: NDArray[Any], random: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    kept, weights = [], []
    for form in range(int(labels.max()) + 1):
        those = np.flatnonzero(labels == form)
        taken = np.sort(random.permutation(those)[:MOST]) if those.size > MOST else those
        kept.append(taken)
        weights.append(np.full(taken.size, those.size / max(1, taken.size), np.float32))
    return np.concatenate(kept), np.concatenate(weights)


def fit(parts: list[Part], forms: int, near: float, offset: Floats | None = None) -> tuple[Hashes, Floats]:
    """Softmax regression with an L2 penalty: the evidence's hashes, sorted, and their weights [evidence,
    forms].

    The first form's weights are 0. ``near`` is the penalty of evidence that is not distant. ``offset``
    [places, forms] is added to every score: what is known before.
    """
    known, counts = np.unique(np.concatenate([part[0].ravel() for part in parts]), return_counts=True)
    distant = np.isin(known, np.concatenate([part[0][:, NEAR : NEAR + FAR].ravel() for part in parts]))
    kept = (counts >= np.where(distant, SEEN_FAR, SEEN)) & (known != 0)
    known = known[kept]
    penalty = np.repeat(np.where(distant[kept], FAR_PENALTY, near), forms - 1)
    seen = vstack([_matrix(part[0], known) for part in parts]).tocsr()
    turned = seen.T.tocsr()
    labels = np.concatenate([part[1] for part in parts])
    importance = np.concatenate([part[2] for part in parts])[:, None]
    rows = np.arange(labels.size)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(known.size, forms - 1)
        scores = np.zeros((labels.size, forms)) if offset is None else offset.astype(np.float64)
        scores[:, 1:] += seen @ weights
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        slope = np.exp(scores)
        slope[rows, labels] -= 1
        value = -float((scores[rows, labels] * importance[:, 0]).sum()) + float((penalty / 2 * flat) @ flat)
        return value, (turned @ (slope[:, 1:] * importance)).ravel() + penalty * flat

    start = np.zeros(known.size * (forms - 1))
    done = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 6})
    weights = np.zeros((known.size, forms), np.float32)
    weights[:, 1:] = done.x.reshape(known.size, forms - 1)
    return known, weights


def _matrix(hashes: Hashes, known: Hashes) -> csr_matrix:
    """Places by known evidence, 1 where it is there."""
    places = np.minimum(np.searchsorted(known, hashes), known.size - 1)
    there = (known[places] == hashes) & (hashes != 0)
    ends = np.concatenate([[0], there.sum(axis=1).cumsum()])
    return csr_matrix((np.ones(ends[-1]), places[there], ends), shape=(len(hashes), known.size))


def _scores(hashes: Hashes, weights: Floats, seen: Hashes) -> Floats:
    places = np.minimum(np.searchsorted(hashes, seen), hashes.size - 1)
    told = weights[places] * ((hashes[places] == seen) & (seen != 0))[..., None]
    return np.asarray(told.sum(axis=1), dtype=np.float32)


def write(path: Path, bits: int, head: dict[str, Any], found: list[Any]) -> None:
    """Put the weights into their slots, the heavier one where two want the same, and write the file."""
    prints, weights = np.zeros(1 << bits, np.uint8), np.zeros(1 << bits, np.float32)
    placed = [(*slots(hashes, form, bits), values) for hashes, values, form in found]
    where, marks, values = (np.concatenate(columns) for columns in zip(*placed, strict=True))
    order = np.argsort(np.abs(values), kind="stable")
    prints[where[order]], weights[where[order]] = marks[order], values[order]
    lost = values.size - int((weights != 0).sum())
    scale = float(np.abs(weights).max() / 127)
    scale = min(scale, 0.08)
    steps = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    prints[steps == 0] = 0
    data = pack({**head, "bits": bits, "scale": scale}, [prints, steps])
    path.write_bytes(data)
    print(
        f"{values.size:,} weights, {lost:,} of them in a slot that another wants; {len(data):,} bytes: {path}"
    )


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] + "\n" for line in lines]


def _label(text: str, region: str) -> str:
    """What the author wrote, in Taiwan's forms, with the policy's form of words of which authors use both."""
    for pattern, right in _POLICY:
        text = pattern.sub(right, text)
    if region != "hk":
        for pattern, right in _TAIWAN_POLICY:
            text = pattern.sub(right, text)
    return canonical(text)


def _words(path: Path) -> list[str]:
    """Words, each between characters that no other stands between: only what is inside a word is learnt."""
    return list(_apart(path.read_text(encoding="utf-8").split()))


def _names(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split()


def _apart(words: list[str]) -> Iterator[str]:
    random = np.random.default_rng(SEED)
    for start in range(0, len(words), 1000):
        strange = random.integers(0xE000, 0xF8FF, 4 * 1001)
        piece = [
            "".join(map(chr, strange[4 * number : 4 * number + 4])) + word
            for number, word in enumerate(words[start : start + 1000])
        ]
        yield "".join(piece) + "".join(map(chr, strange[-4:]))


if __name__ == "__main__":
    main()

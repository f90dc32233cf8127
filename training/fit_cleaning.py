"""Fit what the cleaner has learned, from labelled pages and from lines that recur in archives; cross-validate
it first.

python training/fit_cleaning.py PAGES [PAGES ...] --archives DIR [--labels FILE [FILE ...]] [--write]
    [--save FOLDER]

PAGES are folders with the text of the pages that the files of LABELS in ``benchmarks/lines`` point at
(``read.py`` there makes one; our own articles are found without it).

DIR holds one JSON Lines file per archive: ``repo``, ``sha256`` and
``text`` of its documents (``read.py --archives`` makes it). Labels of people's decisions
(``annotations/cleaning.jsonl``) can be given as a further FILE.

A fold leaves out all pages and archives of some owners of repositories. What the forest learns from, the
scores of n-grams and of the chain, comes from models that saw neither its fold nor the fold that is tested.
Thresholds are chosen on the other folds, and so is caution: see `duizhao.cleaning.learned.be_careful`.
``--save`` writes the cleaned text of each page, by the model that did not see it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from numpy.typing import NDArray
from opencc import OpenCC
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression, SGDClassifier

from duizhao.cleaning.chain import UNMARKED, Model
from duizhao.cleaning.characters import (
    BITS,
    KINDS,
    TOPIC_BITS,
    WINDOW,
    CharacterTable,
    load_characters,
    mix,
    pack_characters,
    read_characters,
    windows,
)
from duizhao.cleaning.characters import FILE as CHARACTERS
from duizhao.cleaning.forest import Forest, grow
from duizhao.cleaning.learned import (
    FILE,
    Caution,
    Learned,
    Trust,
    be_careful,
    pack_learned,
    share_in_lists,
    trust_chain,
)
from duizhao.cleaning.ngrams import SCORES, WHOLE, NgramWeights, inner_ngrams, whole_ngrams
from duizhao.cleaning.recurrence import FEWEST_ARTICLES, CorpusStatistics, count_paragraphs
from duizhao.cleaning.topic import measure_topic
from duizhao.cleaning.traits import COLUMNS, LOCAL, Tables, Traits, matrices, measure_evidence, measure_traits
from duizhao.cleaning.verdicts import Evidence, gather, judge, kept, weigh
from duizhao.text import NO_TEXT, find_blocks, make_document, read

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from cleaning import Article, measure, report
from fit_chain import (
    COPY_SIZE,
    COPY_WEIGHT,
    CORPUS_PRIOR,
    PRIOR,
    STRENGTH,
    TOPIC_PRIOR,
    WEIGHTS,
    Example,
    fit_chain,
    make_example,
    shorten,
    write_weights,
)

LINES = Path(__file__).parents[1] / "benchmarks" / "lines"
LABELS = tuple(LINES / f"{name}.jsonl" for name in ("labels", "third", "fourth", "own"))
OWN = Path(__file__).parents[1] / "raw" / "zh"
CHAIN = ("chance", "tail", "drop_evidence", "tail_evidence")
SEEN = (*SCORES, *CHAIN)
"""Traits that are scores of fitted models: of n-grams and of the chain."""
FOLDS = 6
COST = 3.0
"""What a character of the article that is dropped costs against one of boilerplate that stays."""

POWER, LONGEST = 1.0, 300
"""A piece weighs as much as its length, up to LONGEST characters, to this power."""

DEPTH, RATE = 6, 0.1
ADDED_SLOPE = 0.2
"""What is added to the fitted weight of the chain's log-odds. On the labelled pages it changes little; on
texts that are shorter than all of them, and for the cues of a user's file, the chain knows better than the
trees.
"""

SHORT, LONG = float(COPY_SIZE), 1000.0
"""In a text of SHORT characters the chain decides, in one of LONG characters the forest: few labelled pages
are shorter. Caution takes nothing off in a text of SHORT characters.
"""

CAUTIONS = [
    Caution(weight, doubt, usual, SHORT, long)
    for weight, doubt, usual, long in product(
        (0.0, 4.0, 8.0, 12.0, 16.0), (0.0, 2.0, 4.0, 8.0), (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8),
        (600.0, 1000.0, 2000.0, 3000.0),
    )
]  # fmt: skip
"""Amounts of caution that are tried. One is chosen on pages that the models did not see."""

LOST = {"careful": 0.008, "balanced": 0.014, "thorough": 0.024}
"""Share of the articles' characters that each preset may lose without caution, on pages that the model did
not see.
"""

COUNTED = 100
"""Of an archive: documents whose lines are counted as at build time."""

SAMPLE, RECURRING, OTHER = 250, 1500, 3000
"""Of an archive: documents that are read, and lines that are taken, recurring and not."""

Lines = tuple[str, Sequence[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Page:
    """A labelled page: its pieces' texts, sizes, shares of dropped characters and evidence, and its traits
    without those of SEEN. ``copies`` are short copies, see `shorten`. ``recurring`` has the evidence in a
    corpus, if there is one of its repository.
    """

    article: Article
    owner: str
    texts: Sequence[str]
    sizes: NDArray[np.float64]
    dropped: NDArray[np.float64]
    names: Sequence[tuple[str, ...]]
    traits: Traits
    copies: Sequence[Example]
    recurring: Sequence[tuple[str, ...]] = ()


def load_pages(labels: Sequence[Path], folders: Sequence[Path]) -> list[tuple[Article, str]]:
    """Pages with an article, and the owner of each page's repository. Stops where a page's text is not the
    labelled one.
    """
    found, wrong = [], []
    for row in (row for file in labels for row in rows_of(file)):
        if row["no_article"] or all(label == "drop" for _, _, label, _ in row["lines"]):
            continue
        file = next(
            (folder / f"{row['id']}.txt" for folder in folders if (folder / f"{row['id']}.txt").is_file()),
            None,
        )
        data = file.read_bytes() if file else b""
        if hashlib.sha256(data).hexdigest() != row["sha256"]:
            wrong.append(row["id"])
            continue
        text = data.decode("utf-8")
        lines = text.split("\n")
        mixed = [(at, lines[at - 1][start:end], name) for at, start, end, name in row["mixed"]]
        told = [(first, last, label, category or "") for first, last, label, category in row["lines"]]
        article = Article(row["id"], row["repo"], text, told, mixed, row["front_title"])
        found.append((article, row["repo"].split("/")[0].lower()))
    if wrong:
        print(f"{len(wrong)} pages are missing or have other bytes: {', '.join(wrong[:8])}", file=sys.stderr)
    if not found:
        raise SystemExit("no labelled page found; give the folders that hold their texts")
    return found


def rows_of(file: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file. Only a line feed ends a line: U+2028 may be in a text."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def dropped_characters(article: Article) -> NDArray[np.bool_]:
    """Which characters of a page are labelled for dropping. A title in the front matter may stay, so it
    counts as kept.
    """
    lines = article.text.split("\n")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
    gone = np.zeros(starts[-1], np.bool_)
    for first, last, label, _ in article.lines:
        if label == "drop":
            gone[starts[first - 1] : starts[min(last, len(lines))]] = True
    for line in article.front_title:
        gone[starts[line - 1] : starts[line]] = False
    for line, part, _ in article.mixed:
        at = lines[line - 1].find(part)
        if at >= 0:
            gone[starts[line - 1] + at : starts[line - 1] + at + len(part)] = True
    return gone


def read_page(article: Article, owner: str, tables: Tables, corpus: CorpusStatistics | None) -> Page:
    gone = dropped_characters(article)
    evidence, shares = judged_pieces(article.text, gone)
    pieces = [evidence.pieces[index] for index in evidence.judged]
    names = [evidence.names[index] for index in evidence.judged]
    traits = Traits(np.zeros((0, len(LOCAL)), np.float32), np.zeros(0, np.bool_))
    if pieces:
        traits = measure_traits(article.text, pieces, names, [(0.0, 0.0)] * len(pieces), NO_CHAIN, tables)
    recurring: Sequence[tuple[str, ...]] = ()
    if corpus:
        document = make_document(article.name, article.text)
        again = gather(document, find_blocks(document), corpus=corpus)
        recurring = [again.names[index] for index in again.judged]
    return Page(
        article, owner, [piece.text for piece in pieces],
        np.array([len("".join(piece.text.split())) for piece in pieces], np.float64),
        shares, names, traits, list(short_copies(article.text, gone)),
        recurring if len(recurring) == len(names) else (),
    )  # fmt: skip


NO_CHAIN = Model({"always": (0.0, 0.0)}, {UNMARKED: 0.0})
"""A chain without evidence. What it says of a page is replaced by what fitted chains say: see SEEN."""


def judged_pieces(text: str, gone: NDArray[np.bool_], topic: bool = False) -> tuple[Evidence, NDArray[Any]]:
    """Evidence on a text, and of each judged piece the share of characters that are labelled for dropping.
    ``topic``: with sentence vectors.
    """
    document = make_document("page", text)
    blocks = find_blocks(document)
    evidence = gather(document, blocks, measure_topic(document, blocks) if topic else None)
    spans = [evidence.pieces[index].block.spans for index in evidence.judged]
    places = [np.concatenate([np.arange(start, end) for start, end in own]) for own in spans]
    return evidence, np.array([gone[at].mean() for at in places])


def example_of(text: str, gone: NDArray[np.bool_], weight: float, topic: bool = False) -> Example:
    evidence, shares = judged_pieces(text, gone, topic)
    return make_example([evidence.names[index] for index in evidence.judged], (shares > 0.5).tolist(), weight)


def short_copies(text: str, gone: NDArray[np.bool_]) -> Iterator[Example]:
    """A short copy of a page with its boilerplate, and one without any."""
    lines, marks = split_lines(text, gone)
    stays = shorten(lines, [bool(mark[:-1].mean() > 0.5) if len(mark) > 1 else False for mark in marks])
    if stays is None:
        return
    for part in (stays, [stay and not mark.any() for stay, mark in zip(stays, marks, strict=True)]):
        own = [line for line, stay in zip(lines, part, strict=True) if stay]
        kept_marks = [mark for mark, stay in zip(marks, part, strict=True) if stay]
        if "".join(own).strip():
            yield example_of("\n".join(own), np.concatenate(kept_marks), COPY_WEIGHT)


def split_lines(text: str, gone: NDArray[np.bool_]) -> tuple[list[str], list[NDArray[np.bool_]]]:
    """The lines of a text, and which of their characters, with the line feed, are labelled for dropping."""
    lines = text.split("\n")
    return lines, np.split(gone, np.cumsum([len(line) + 1 for line in lines])[:-1])


def topic_examples(pages: Sequence[Page]) -> list[Example]:
    """Each page with titles and first words of two others behind its text, as an aggregator prints them. The
    evidence is that of sentence vectors too.
    """
    parts = [split_lines(page.article.text, dropped_characters(page.article)) for page in pages]
    own = [
        [line.strip("# *>") for line, mark in zip(*part, strict=True) if not mark.any() and len(line) > 5]
        for part in parts
    ]
    found = []
    for number, (lines, marks) in enumerate(parts):
        last = max(index for index, (line, mark) in enumerate(zip(lines, marks, strict=True))
            if line.strip() and not mark.all()) + 1  # fmt: skip
        teasers = [""]
        for step, end in ((5, ""), (11, "...")):
            other = own[(number + step) % len(own)] or [""]
            long = next((line for line in other[1:] if len(line) > 100), other[-1])
            teasers += [other[0], "", long[:95] + end, ""]
        text = "\n".join([*lines[:last], *teasers, *lines[last:]])
        told = [np.ones(len(line) + 1, np.bool_) for line in teasers]
        found.append(example_of(text, np.concatenate([*marks[:last], *told, *marks[last:]]), 1.0, topic=True))
    return found


def fold_of(owners: Iterable[str]) -> dict[str, int]:
    """Folds of about as many pages each; all of an owner's pages are in one."""
    sizes, folds = [0] * FOLDS, {}
    for owner, count in sorted(Counter(owners).items(), key=lambda pair: (-pair[1], pair[0])):
        folds[owner] = sizes.index(min(sizes))
        sizes[folds[owner]] += count
    return folds


def make_characters() -> CharacterTable:
    """The table of characters, from Unicode and from OpenCC's Simplified form of each character."""
    import unicodedata

    convert, fold, kind = OpenCC("t2s").convert, np.arange(0x10000), np.zeros(0x10000, np.uint8)
    groups = {"stop": "。！？!?；;…", "comma": "，,、", "colon": "：:", "bar": "|｜丨>»›/／·•_",
              "bracket": "（）()【】[]《》「」『』“”\"‘’"}  # fmt: skip
    named = {character: name for name, characters in groups.items() for character in characters}
    for point in range(0x10000):
        character = chr(point)
        if 0xD800 <= point < 0xE000:
            kind[point] = KINDS.index("symbol")
            continue
        plain = unicodedata.normalize("NFKC", character).lower()
        plain = convert(plain) if 0x3400 <= point < 0xA000 else plain
        plain = {"佈": "布", "爲": "为", "徵": "征"}.get(character, plain)
        if len(plain) == 1 and ord(plain) < 0x10000:
            fold[point] = ord("0") if character.isdigit() else ord(plain)
        name = named.get(character) or (
            "space" if character.isspace() else "digit" if character.isdigit()
            else "latin" if character.isascii() and character.isalpha()
            else "letter" if character.isalpha() else "symbol"
        )  # fmt: skip
        kind[point] = KINDS.index(name)
    return CharacterTable(fold.astype(np.uint16), kind)


def archive_lines(file: Path) -> Lines:
    """Owner, lines that recur over an archive's documents, and others from inside the documents' bodies."""
    rows = sorted(rows_of(file), key=lambda row: str(row["sha256"]))[:SAMPLE]
    texts = [_lines_of(row["text"][:20_000]) for row in rows]
    counts = Counter(key for lines in texts for key in {_template(line) for line in lines})
    often = max(3, 0.03 * len(rows))
    recurring: Counter[str] = Counter()
    others: list[str] = []
    for lines in texts:
        keys = [_template(line) for line in lines]
        body = [at for at, line in enumerate(lines) if len(line) >= 50 and counts[keys[at]] == 1]
        for at, line in enumerate(lines):
            if counts[keys[at]] >= often:
                recurring[line] += recurring[line] < 5
            elif counts[keys[at]] == 1 and body and body[0] <= at <= body[-1]:
                others.append(line)
    owner = rows[0]["repo"].split("/")[0].lower() if rows else ""
    return owner, _some(recurring.elements(), RECURRING), _some(others, OTHER)


def _lines_of(text: str) -> list[str]:
    document = make_document("archive", text)
    blocks = [
        block for block in find_blocks(document) if block.spans and block.kind not in (*NO_TEXT, "title")
    ]
    return [line for block in blocks if (line := read(text, block.spans).strip())]


def _template(line: str) -> str:
    return "".join("0" if character.isdigit() else character for character in line if not character.isspace())


def _some(lines: Iterable[str], most: int) -> list[str]:
    """Some of the lines, by a hash of each: no chance, no order of files."""
    return sorted(lines, key=lambda line: hashlib.sha256(line.encode("utf-8", "replace")).digest())[:most]


def make_rarity(lines: Iterable[str], table: CharacterTable) -> NDArray[np.float32]:
    """How rare each hashed pair of characters is among lines, from 0 to 1 (inverse document frequency)."""
    counts, number = np.zeros(1 << TOPIC_BITS), 0
    for line in lines:
        codes = read_characters([line], table).codes[:-1]
        sums = codes[:-1] * np.uint32(2654435761) + codes[1:] * np.uint32(2246822519)
        counts[np.unique(mix(sums, 77, TOPIC_BITS))] += 1
        number += 1
    rarity = np.log((number + 1) / (counts + 1))
    return np.asarray(rarity / max(rarity.max(), 1e-9), dtype=np.float32)


def ngram_matrix(texts: Sequence[str], table: CharacterTable) -> csr_matrix:
    """The n-grams of texts as rows, with the values that `score_ngrams` gives them."""
    parts = [_ngram_rows(texts[at : at + 20_000], table) for at in range(0, len(texts), 20_000)]
    values, columns, counts = (np.concatenate(part) for part in zip(*parts, strict=True))
    return csr_matrix((values, columns, np.append([0], np.cumsum(counts))), shape=(len(texts), 1 << BITS))


def _ngram_rows(texts: Sequence[str], table: CharacterTable) -> tuple[NDArray[Any], ...]:
    characters = read_characters(texts, table)
    ahead, behind = windows(characters)
    whole = whole_ngrams(ahead, behind)
    first, real = inner_ngrams(ahead)
    last, also = inner_ngrams(np.ascontiguousarray(behind[:, ::-1]))
    also &= (characters.sizes > WINDOW)[:, None]
    inner, real = np.concatenate([first, last], axis=1), np.concatenate([real, also], axis=1)
    share = 1 / np.sqrt(np.maximum(real.sum(axis=1), 1))
    values = np.concatenate([np.full(whole.shape, WHOLE), real * share[:, None]], axis=1).astype(np.float32)
    keep = values != 0
    return values[keep], np.concatenate([whole, inner], axis=1)[keep].astype(np.int32), keep.sum(axis=1)


def fit_ngrams(rows: csr_matrix, truth: NDArray[Any], weights: NDArray[Any], alpha: float) -> SGDClassifier:
    model = SGDClassifier(loss="log_loss", alpha=alpha, max_iter=8, tol=None, average=True, random_state=0)
    return model.fit(rows, truth, sample_weight=weights / weights.mean())


def pack_ngrams(models: Sequence[SGDClassifier]) -> NgramWeights:
    weights = np.stack([model.coef_[0] for model in models], axis=1)
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 32_000
    return NgramWeights(
        np.round(weights / scale).astype(np.int16), scale.astype(np.float32),
        np.array([model.intercept_[0] for model in models], np.float32),
    )  # fmt: skip


@dataclass(slots=True)
class Data:
    """All that is fitted on, in rows: of pieces of labelled pages, and of lines of archives."""

    pages: Sequence[Page]
    tables: Tables
    pieces: csr_matrix
    page: NDArray[np.int64]
    fold: NDArray[np.int64]
    truth: NDArray[np.bool_]
    size: NDArray[np.float64]
    share: NDArray[np.float64]
    lines: csr_matrix
    line_fold: NDArray[np.int64]
    line_truth: NDArray[np.bool_]
    line_weight: NDArray[np.float64]

    def ngram_models(self, without: Sequence[int]) -> list[SGDClassifier]:
        """The models of SCORES, fitted without some folds."""
        at, of = ~np.isin(self.line_fold, without), ~np.isin(self.fold, without)
        weight = np.sqrt(np.minimum(self.size[of], 60) + 1)
        return [
            fit_ngrams(self.lines[at], self.line_truth[at], self.line_weight[at], 3e-6),
            fit_ngrams(self.pieces[of], self.truth[of], weight, 2e-5),
        ]

    def chain(self, without: Sequence[int]) -> Model:
        """The chain, fitted without some folds, with the weight of recurrence in a corpus."""
        pages = [
            page
            for page, fold in zip(self.pages, self.page_folds(), strict=True)
            if fold not in without and page.texts
        ]
        plain = [make_example(page.names, (page.dropped > 0.5).tolist()) for page in pages]
        model = fit_chain([*plain, *(copy for page in pages for copy in page.copies)], PRIOR)
        again = [
            make_example(page.recurring, (page.dropped > 0.5).tolist()) for page in pages if page.recurring
        ]
        return fit_chain(again, CORPUS_PRIOR, model)

    def page_folds(self) -> NDArray[np.int64]:
        """The fold of each page."""
        folds = fold_of(page.owner for page in self.pages)
        return np.array([folds[page.owner] for page in self.pages])

    def all_traits(self, seen: NDArray[np.float32]) -> Traits:
        """Traits of the pieces of all pages, one page after the other, with these scores [pieces, SEEN]."""
        pages = [page.traits for page in self.pages if page.texts]
        counts = np.array([len(traits.local) for traits in pages], np.int64)
        local = np.concatenate([traits.local for traits in pages])
        local[:, [LOCAL.index(name) for name in SEEN]] = seen
        labels = np.concatenate([traits.labels for traits in pages])
        return Traits(local, labels, counts.cumsum() - counts)

    def weights(self) -> NDArray[np.float64]:
        return np.minimum(self.size, LONGEST) ** POWER * np.where(self.truth, 1, COST)


def collect(found: Sequence[tuple[Article, str]], files: Sequence[Path]) -> Data:
    archives = [archive_lines(file) for file in files]
    corpora = dict(read_corpora(files, {article.site for article, _ in found}))
    characters = load_characters()
    empty = NgramWeights(np.zeros((1 << BITS, 2), np.int16), np.ones(2, np.float32), np.zeros(2, np.float32))
    rarity = make_rarity((line for _, _, others in archives for line in others[:800]), characters)
    tables = Tables(characters, empty, rarity)
    pages = [read_page(article, owner, tables, corpora.get(article.site)) for article, owner in found]
    folds = fold_of(page.owner for page in pages)
    number = [len(page.texts) for page in pages]
    share = np.concatenate([page.dropped for page in pages])
    lines = [line for _, recurring, others in archives for line in (*recurring, *others)]
    balance = [
        np.full(len(part), 1 / np.sqrt(max(len(part), 30)))
        for _, recurring, others in archives for part in (recurring, others)
    ]  # fmt: skip
    return Data(
        pages, tables, ngram_matrix([text for page in pages for text in page.texts], characters),
        np.repeat(np.arange(len(pages)), number), np.repeat([folds[page.owner] for page in pages], number),
        share > 0.5, np.concatenate([page.sizes for page in pages]), share, ngram_matrix(lines, characters),
        np.repeat([folds.get(owner, -1) for owner, _, _ in archives],
            [len(a) + len(b) for _, a, b in archives]),
        np.concatenate([np.full(len(part), part is recurring) for _, recurring,
            others in archives for part in (recurring, others)]),
        np.concatenate(balance),
    )  # fmt: skip


def read_corpora(files: Sequence[Path], sites: Collection[str]) -> Iterator[tuple[str, CorpusStatistics]]:
    """The repositories of archives that have pages, and their lines as they are counted at build time."""
    for file in files:
        rows = sorted(rows_of(file), key=lambda row: str(row["sha256"]))[:COUNTED]
        if len(rows) >= FEWEST_ARTICLES and rows[0]["repo"] in sites:
            documents = (make_document(row["sha256"], row["text"][:20_000]) for row in rows)
            yield rows[0]["repo"], count_paragraphs(documents)


def matrix_of(traits: Traits) -> NDArray[np.float32]:
    """The matrix of the pieces of all pages."""
    ends = np.append(traits.firsts, len(traits.local))
    found: list[NDArray[np.float32]] = []
    for start, end in pairwise(ends.tolist()):
        found += list(matrices(Traits(traits.local[start:end], traits.labels[start:end])))
    return np.concatenate(found)


def chain_scores(names: Sequence[tuple[str, ...]], model: Model) -> NDArray[np.float32]:
    """The traits of CHAIN [pieces, CHAIN] of a page with this evidence."""
    chances = weigh(Evidence((), names, {}, range(len(names))), model)
    told = measure_evidence(names, [chances.get(index, (0.0, 0.0)) for index in range(len(names))], model)
    return np.stack([told[name] for name in CHAIN], axis=1).astype(np.float32)


def fit_forest(
    matrix: NDArray[np.float32], truth: NDArray[np.bool_], weights: NDArray[np.float64], trees: int
) -> Forest:
    model = CatBoostClassifier(
        iterations=trees, depth=DEPTH, learning_rate=RATE, l2_leaf_reg=6, rsm=0.2, border_count=32,
            subsample=0.7,
        bootstrap_type="Bernoulli", random_seed=0, thread_count=1, verbose=0, allow_writing_files=False,
    )  # fmt: skip
    chance = matrix[:, [COLUMNS.index("chance")]].astype(np.float64)
    start = LogisticRegression(C=1e3).fit(chance, truth, sample_weight=weights / weights.mean())
    slope = float(start.coef_[0, 0])
    pool = Pool(matrix, truth.astype(int), weight=weights / weights.mean(), baseline=slope * chance)
    model.fit(pool)
    forest = replace(pack_forest(model), slope=slope + ADDED_SLOPE, start=COLUMNS.index("chance"))
    told = (
        model.predict(matrix[:2000], prediction_type="RawFormulaVal")
        + (slope + ADDED_SLOPE) * chance[:2000, 0]
    )
    apart = np.abs(told - grow(matrix[:2000], forest)).max()
    if apart > 0.02:
        raise SystemExit(f"the packed forest differs from the fitted one by {apart:.3f}")
    return forest


def pack_forest(model: CatBoostClassifier) -> Forest:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_model(f"{folder}/model.json", format="json")
        table = json.loads(Path(folder, "model.json").read_text(encoding="utf-8"))
    trees = table["oblivious_trees"]
    columns = np.zeros((len(trees), DEPTH), np.int16)
    borders = np.full((len(trees), DEPTH), np.inf, np.float32)
    leaves = np.zeros((len(trees), 1 << DEPTH))
    for row, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"] or ()):
            columns[row, level], borders[row, level] = split["float_feature_index"], split["border"]
        leaves[row, : len(tree["leaf_values"])] = tree["leaf_values"]
    scale, (bias,) = table["scale_and_bias"]
    step = float(np.abs(leaves).max() * abs(scale)) / 32_000 or 1.0
    return Forest(columns, borders, np.round(leaves * scale / step).astype(np.int16), step, float(bias))


def calibrate(logits: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    model = LogisticRegression(C=1e6).fit(logits[:, None], truth)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def fit_trust(
    data: Data, logits: NDArray[np.float64], chains: Mapping[int, Model], of: NDArray[np.bool_]
) -> Trust:
    """The line from the chain's log-odds to the forest's ``logits``, from the folds of some pieces.

    The forest is calibrated on the pages, the chain on their short copies, by chains that did not see them.
    The line goes through the point where both have the probability of ``careful``. There a step of the
    chain's log-odds is as long as one of the calibrated forest's.
    """
    scale, shift = calibrate(logits[of], data.truth[of])
    folds, chance, truth = set(data.fold[of].tolist()), [], []
    for page, fold in zip(data.pages, data.page_folds().tolist(), strict=True):
        for copy in page.copies if fold in folds else ():
            chance += chain_scores(copy.names, chains[fold])[:, 0].tolist()
            truth += [state > 0 for state in copy.states]
    if len(set(truth)) < 2:
        return Trust(0.0, 0.0, 0.0, 0.0)  # no page is long enough for a short copy
    own_scale, own_shift = calibrate(np.array(chance), np.array(truth))
    careful = choose(data, 1 / (1 + np.exp(-(scale * logits + shift))), LOST["careful"], of)
    at = np.log(careful / (1 - careful))
    start = (at - shift - (at - own_shift) / own_scale) / scale
    return Trust(round(1 / scale, 4), round(float(start), 4), SHORT, LONG)


def choose(data: Data, scores: NDArray[np.float64], lost: float, of: NDArray[np.bool_]) -> float:
    """The lowest threshold at which no more than a share of the articles' characters in some pieces is
    lost.
    """
    order = np.argsort(-scores[of], kind="stable")
    cost = np.cumsum((data.size * (1 - data.share))[of][order]) / (data.size * (1 - data.share))[of].sum()
    at = int(np.searchsorted(cost, lost))
    return round(float(min(0.99, max(0.05, scores[of][order][min(at, len(order) - 1)]) + 0.001)), 3)


def choose_caution(
    data: Data, logits: NDArray[np.float64], traits: Traits, lost: float, of: NDArray[np.bool_]
) -> Caution:
    """The caution with the best mean F1 of pages. The threshold is the one that loses a share of the
    articles' characters in some pieces without caution. The first of equal ones.
    """
    page = data.page[of]
    kept, gone = (data.size * (1 - data.share))[of], (data.size * data.share)[of]
    order = np.argsort(-logits[of], kind="stable")
    at = int(np.searchsorted(np.cumsum(kept[order]), lost * kept.sum()))
    threshold = logits[of][order][min(at, len(order) - 1)]
    whole = np.bincount(page, kept)
    best, found = -1.0, CAUTIONS[0]
    for caution in CAUTIONS:
        stays = be_careful(logits, traits, caution)[of] < threshold
        both, left = np.bincount(page, kept * stays), np.bincount(page, (kept + gone) * stays)
        mean = float((2 * both / np.maximum(whole + left, 1))[whole > 0].mean())
        if mean > best + 1e-9:
            best, found = mean, caution
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """What models say that did not see a piece's fold: ``own`` [pieces, SEEN], and ``forest``, the forest's
    log-odds; and these models, by fold.
    """

    own: NDArray[np.float32]
    forest: NDArray[np.float64]
    forests: Mapping[int, Forest]
    packed: Mapping[int, NgramWeights]
    chains: Mapping[int, Model]

    def logits(self, traits: Traits, trust: Trust) -> NDArray[np.float64]:
        """The log-odds with the chain's part, shared in lists. Caution is not yet taken off."""
        return share_in_lists(trust_chain(self.forest, traits, trust), traits)


def cross_validate(data: Data, save: Path | None, trees: int) -> Held:
    """Print the figures of all folds."""
    seen = np.zeros((FOLDS, len(data.truth), len(SEEN)), np.float32)
    packed: dict[int, NgramWeights] = {}
    chains: dict[int, Model] = {}
    page_folds = data.page_folds()
    for one, two in combinations_with_replacement(range(FOLDS), 2):
        models, chain = data.ngram_models((one, two)), data.chain((one, two))
        if one == two:
            packed[one], chains[one] = pack_ngrams(models), chain
        for mine, tested in {(one, two), (two, one)}:
            rows = data.fold == mine
            if rows.any():
                grams = np.stack([model.decision_function(data.pieces[rows]) for model in models], 1)
                told = [
                    chain_scores(page.names, chain)
                    for page, fold in zip(data.pages, page_folds, strict=True)
                    if fold == mine and page.texts
                ]
                seen[tested, rows] = np.concatenate([grams, np.concatenate(told)], axis=1)
    forest, forests = np.zeros(len(data.truth)), {}
    for fold in range(FOLDS):
        train = data.fold != fold
        if train.all():
            continue
        matrix = matrix_of(data.all_traits(seen[fold]))
        forests[fold] = fit_forest(matrix[train], data.truth[train], data.weights()[train], trees)
        forest[~train] = grow(matrix[~train], forests[fold])
        print(f"fold {fold}: {len({data.pages[row].owner for row in data.page[~train]})} owners", flush=True)
    own = np.array([seen[fold, row] for row, fold in enumerate(data.fold)])
    held = Held(own, forest, forests, packed, chains)
    print("\nthe program itself, careful:\n" + _figures(data, held, LOST["careful"], save), flush=True)
    return held


def fit_recurrence(data: Data, held: Held, trust: Trust, caution: Caution) -> float:
    """Log-odds that a line's recurrence over its source's documents adds to what the program says of it
    otherwise.
    """
    logits, recurs, truth = [], [], []
    for index, (page, fold) in enumerate(zip(data.pages, data.page_folds().tolist(), strict=True)):
        if not page.recurring or fold not in held.forests:
            continue
        local = page.traits.local.copy()
        local[:, [LOCAL.index(name) for name in SEEN]] = held.own[data.page == index]
        columns = [LOCAL.index(name) for name in CHAIN]
        local[:, columns] = chain_scores(page.recurring, held.chains[fold])
        traits = Traits(local, page.traits.labels)
        own = np.concatenate([grow(matrix, held.forests[fold]) for matrix in matrices(traits)])
        own = share_in_lists(trust_chain(own, traits, trust), traits)
        again = np.array(["corpus" in names for names in page.recurring])
        logits += be_careful(own, traits, caution, again).tolist()
        recurs += again.tolist()
        truth += (page.dropped > 0.5).tolist()
    if not any(recurs):
        return 0.0
    fitted = LogisticRegression(C=1.0).fit(np.stack([logits, recurs], axis=1), truth)
    print(f"{sum(recurs)} recurring pieces among {len(recurs)}", flush=True)
    return max(0.0, float(fitted.coef_[0, 1] / fitted.coef_[0, 0]))


def curve(data: Data, logits: NDArray[np.float64]) -> str:
    """Boilerplate gone against text lost, by pieces, each by a forest that did not see it. Pieces that a rule
    drops are left out.
    """
    order = np.argsort(-logits, kind="stable")
    lost = np.cumsum((data.size * (1 - data.share))[order]) / (data.size * (1 - data.share)).sum()
    gone = np.cumsum((data.size * data.share)[order]) / (data.size * data.share).sum()
    rows = ["| text lost | boilerplate gone |", "|---|---|"]
    for level in (0.001, 0.002, 0.004, 0.006, 0.008, 0.012, 0.016, 0.024):
        rows.append(f"| {level:.1%} | {gone[max(0, int(np.searchsorted(lost, level)) - 1)]:.3f} |")
    return "\n".join(rows)


def _figures(data: Data, held: Held, lost: float, save: Path | None) -> str:
    """Figures of the program itself on each fold's pages, with the trust, the caution, the threshold and the
    calibration of the other folds.
    """
    outputs, articles, traits = {}, [], data.all_traits(held.own)
    for fold, forest in held.forests.items():
        rest = data.fold != fold
        trust = fit_trust(data, held.forest, held.chains, rest)
        logits = held.logits(traits, trust)
        caution = choose_caution(data, logits, traits, lost, rest)
        scale, shift = calibrate(logits[rest], data.truth[rest])
        threshold = choose(data, 1 / (1 + np.exp(-(scale * logits + shift))), lost, rest)
        tables = replace(data.tables, ngrams=held.packed[fold])
        usual = np.zeros(len(COLUMNS), np.float32)
        learned = Learned(tables, forest, scale, shift, trust, caution, 0.0, {}, usual, {})
        for index in sorted(set(data.page[~rest].tolist())):
            article = data.pages[index].article
            document = make_document(article.name, article.text)
            verdicts = judge(
                document, find_blocks(document), threshold=threshold, learned=learned,
                model=held.chains[fold],
            )  # fmt: skip
            outputs[article.name] = "\n\n".join(kept(document, verdicts))
            articles.append(article)
    if save:
        save.mkdir(parents=True, exist_ok=True)
        for name, text in outputs.items():
            (save / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    scores = measure(articles, outputs)
    long = [score for score in scores if score.gold >= 300]
    return report(scores) + (
        f"\nworst recall of {len(long)} articles of 300 characters and more: "
        f"{min((score.recall for score in long), default=1.0):.4f}"
    )


def fit(data: Data, held: Held, about: dict[str, Any], trees: int) -> Learned:
    """What is fitted on all pages. The forest learns from scores of models that did not see the page."""
    traits, everywhere = data.all_traits(held.own), np.ones(len(data.truth), np.bool_)
    trust = fit_trust(data, held.forest, held.chains, everywhere)
    logits = held.logits(traits, trust)
    caution = choose_caution(data, logits, traits, LOST["careful"], everywhere)
    print(f"\n{trust}\n{caution}\n" + curve(data, be_careful(logits, traits, caution)), flush=True)
    recurs = fit_recurrence(data, held, trust, caution)
    matrix = matrix_of(traits)
    forest = fit_forest(matrix, data.truth, data.weights(), trees)
    scale, shift = calibrate(logits, data.truth)
    scores = 1 / (1 + np.exp(-(scale * logits + shift)))
    presets = {name: choose(data, scores, lost, everywhere) for name, lost in LOST.items()}
    tables = replace(data.tables, ngrams=pack_ngrams(data.ngram_models(())))
    usual = np.median(matrix[~data.truth], axis=0).astype(np.float32)
    scale, shift, recurs = round(scale, 4), round(shift, 4), round(recurs, 3)
    return Learned(tables, forest, scale, shift, trust, caution, recurs, presets, usual, about)


def fit_last_chain(data: Data) -> Model:
    """The chain of all pages. Evidence of sentence vectors has the weight that fits it best with all else as
    it is.
    """
    return fit_chain(topic_examples(data.pages), TOPIC_PRIOR, data.chain(()))


def describe(data: Data, labels: Sequence[Path], archives: Sequence[Path]) -> dict[str, Any]:
    """Where all this comes from: no date, no path."""
    return {
        "command": "training/fit_cleaning.py",
        "labels_sha256": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in labels},
        "pages": len(data.pages), "owners": len({page.owner for page in data.pages}),
        "archives": len(archives), "archives_sha256": hash_archives(archives),
        "strength": STRENGTH, "depth": DEPTH, "rate": RATE, "cost": COST, "power": POWER, "longest": LONGEST,
    }  # fmt: skip


def hash_archives(files: Sequence[Path]) -> str:
    """The SHA-256 of the hashes of the files, in order."""
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--archives", type=Path, required=True)
    parser.add_argument("--labels", type=Path, nargs="+", default=LABELS)
    parser.add_argument("--write", action="store_true", help="fit on all pages and write the file")
    parser.add_argument("--out", type=Path, default=FILE, help="where --write writes")
    parser.add_argument("--trees", type=int, default=200)
    parser.add_argument("--save", type=Path, help="folder for the cleaned text of each page")
    options = parser.parse_args()
    characters = pack_characters(make_characters())
    if options.write and options.out == FILE and CHARACTERS.read_bytes() != characters:
        CHARACTERS.write_bytes(characters)
        print(f"written: {CHARACTERS.name}, {len(characters):,} bytes", flush=True)
    files = sorted(options.archives.glob("*.jsonl"))
    data = collect(load_pages(options.labels, [*options.folders, OWN]), files)
    print(
        f"{len(data.pages)} pages, {len(data.truth)} pieces, {data.lines.shape[0]} lines of {len(files)} "
        f"archives",
        flush=True,
    )
    held = cross_validate(data, options.save, options.trees)
    if options.write:
        about = describe(data, options.labels, files)
        learned = fit(data, held, about, options.trees)
        options.out.write_bytes(pack_learned(learned))
        weights = WEIGHTS if options.out == FILE else options.out.with_name(WEIGHTS.name)
        write_weights(fit_last_chain(data), weights, about)
        print(f"written: {options.out.name}, {options.out.stat().st_size:,} bytes, presets {learned.presets}")


if __name__ == "__main__":
    main()

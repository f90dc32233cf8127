"""What the package makes of the short texts in ``tests/readings/``: ``python tests/readings.py [--write]``.

Each line of a file is a list: a text and how it is read. The tests compare both. Where a rule is changed on
purpose, ``--write`` writes what is read now. Then every changed line must be read and found right.

Nothing here depends on fitted weights: the cues and the vectors are small ones that are made here.
"""

from __future__ import annotations

import copy
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import hostile
from duizhao.alignment.aligner import Bead
from duizhao.alignment.band import Band
from duizhao.alignment.coverage import Judge, divided, judge
from duizhao.alignment.documents import Profile, candidates, linked
from duizhao.alignment.exchange import read_bilingual
from duizhao.alignment.formats import Row, format_rejected, format_rows, summarize_rows
from duizhao.alignment.lexicon import default_lexicon
from duizhao.alignment.names import Sounds, english_names, english_sound, names_and_first_words
from duizhao.alignment.quality import Quality, evidence
from duizhao.alignment.quantities import Quantity, chinese_quantities, english_quantities, unmatched
from duizhao.alignment.quantities import unmatched_one_to_one as left_over
from duizhao.alignment.search import Lattice, Logarithms, Ratios, adapted_posteriors, best_path
from duizhao.alignment.sides import BeadKind, Side, side
from duizhao.alignment.tokens import shared_tokens
from duizhao.annotations import (
    Annotations,
    Line,
    check_articles,
    check_corrections,
    read_annotations,
    read_decisions,
    resolve,
    resolve_beads,
)
from duizhao.annotations.lines import check_speakers
from duizhao.builder import build_release
from duizhao.cleaning import Decision, Verdict, decide
from duizhao.cleaning.chain import Model, marginals, odds
from duizhao.cleaning.characters import BITS, TOPIC_BITS, load_characters
from duizhao.cleaning.form import Piece
from duizhao.cleaning.lexicon import Hit, Lexicon, read_cues
from duizhao.cleaning.ngrams import NgramWeights
from duizhao.cleaning.reasons import categories, reason
from duizhao.cleaning.safety import spare
from duizhao.cleaning.traits import LOCAL, Tables, matrices, measure_traits
from duizhao.cleaning.verdicts import explain, gather, kept
from duizhao.encoders import SpanVectors
from duizhao.errors import DuizhaoError
from duizhao.files import hash_file
from duizhao.records import Options, make_article, make_records, validate
from duizhao.records.pipeline import Prepared, _prose, clean_document
from duizhao.records.roles import choose_roles
from duizhao.records.scripts import write_both_together
from duizhao.release import load, read_records, validate_release
from duizhao.release.card import escape, make_card
from duizhao.sources.decode import decode, decode_html
from duizhao.sources.folder import find_skipped, find_sources
from duizhao.sources.html import read_html
from duizhao.sources.page import read_page
from duizhao.sources.subtitles import find_cues
from duizhao.text import NO_TEXT, Block, find_blocks
from duizhao.text.document import make_document
from duizhao.text.sentences import Sentence, split
from duizhao.text.spans import join, locate, positions, read
from duizhao.text.threads import find_letter_head, find_posts
from duizhao.verification import check_conversion, compare_manifests, compare_rows

FOLDER = Path(__file__).parent / "readings"


_SHORT = {
    "{A}": "那一年的秋天来得很早，院子里的柿子还没有红透，祖母已经把竹竿找了出来，靠在墙边，等着一个晴天，好把它们一个一个地打下来。",
    "{M}": "后来我在很远的城市里买过柿子，装在塑料盒里，一个一个贴着标签，红得整整齐齐，咬下去却没有声音，也没有秋天，更没有那根竹竿。",
}
_SHORT |= {
    "{B}": "<p>天还没有亮，渡口已经有人在等船了。摆渡的老人姓朱，平日里很少说话，见了人只是点头。</p>",
    "{C}": "<p>船开了以后，对岸的灯才一盏一盏地亮起来。老人说，从前这里一天要走三十趟船。</p>",
}
_MANY = re.compile(r"\{([^{}\d])(\d+)\}")


def spell_out(text: str) -> str:
    """A text of a file in full: ``{A}`` to ``{M}`` are paragraphs, ``{字40}`` is 40 times 字."""
    for short, long in _SHORT.items():
        text = text.replace(short, long)
    return _MANY.sub(lambda match: match[1] * int(match[2]), text)


def _brief(text: str) -> str:
    """A text, or of a long one the beginning and the number of characters."""
    return text if len(text) <= 16 else f"{text[:9]}~{len(text)}"


def _quantity(text: str, one: Quantity) -> str:
    values = " ".join(f"{value:.6g}" for value in sorted(one.values))
    orders = "".join(f" ~{order}" for order in sorted(one.orders))
    return f"{one.kind} {text[one.start : one.end]}: {values}{orders}"


def read_numbers(text: str) -> list[str]:
    """The quantities of a text, in Chinese if it has a Chinese sign: kind, place, values, orders."""
    find = english_quantities if text.isascii() else chinese_quantities
    return [_quantity(text, one) for one in find(text)]


def read_numbers_of_pair(text: str) -> list[str]:
    """The quantities of ``Chinese | English`` without a partner: lost, added, left over."""
    zh, en = text.split(" | ")
    sides = chinese_quantities(zh), english_quantities(en)
    lost, added = unmatched(*sides)
    words = [[zh[one.start : one.end] for one in lost], [en[one.start : one.end] for one in added]]
    return [*(", ".join(some) for some in words), str(len(left_over(*sides)))]


def read_chinese(text: str) -> list[str]:
    return [read(text, spans) for spans in split(text, [(0, len(text))], "zh")]


def read_english(text: str) -> list[str]:
    return [read(text, spans) for spans in split(text, [(0, len(text))], "en")]


def _block(raw: str, block: Block) -> str:
    speaker = f" ({block.speaker})" if block.speaker else ""
    return f"{block.kind} {block.start}-{block.end}{speaker}: {read(raw, block.spans)}"


def read_markdown(text: str) -> list[str]:
    return [_block(text, block) for block in find_blocks(make_document("t", text, name="t.md"))]


def read_plain(text: str) -> list[str]:
    return [_block(text, block) for block in find_blocks(make_document("t", text, name="t.txt"))]


def read_subtitles(text: str) -> list[str]:
    return [_block(text, block) for block in find_cues(text)]


def read_units(page: str) -> list[str]:
    """The units of a page: element, text, characters in links and in bold, a line break before, hidden."""
    found = read_page(page)
    return [
        f"{found.elements[unit.element].tag} {unit.text} link {unit.linked} bold {unit.bold}"
        f"{' broken' * unit.broken}{' hidden' * unit.hidden}"
        for unit in found.units
    ]


def read_article(page: str) -> list[str]:
    """The blocks of a page and its facts, or the error."""
    try:
        blocks, facts = read_html(page)
    except DuizhaoError as error:
        return [f"{error.id}: {error}"]
    told = [f"{name} = {value}" for name, value in sorted(facts.items())]
    return [f"{block.kind}: {_brief(read(page, block.spans))}" for block in blocks] + told


def read_bytes(text: str) -> list[str]:
    """``ENCODING TEXT``: the text of a file in this encoding, as a file and as a page.

    ``\\xNN`` in the text stands for this byte.
    """
    encoding, text = text.split(" ", 1)
    parts = text.split("\\x")
    data = parts[0].encode(encoding)
    for part in parts[1:]:
        data += bytes.fromhex(part[:2]) + part[2:].encode(encoding)
    told = []
    for way in (decode, decode_html):
        try:
            found = way(data, "a.txt")
        except DuizhaoError as error:
            told.append(f"{error.id}: {error}")
        else:
            told.append(f"{found.encoding}{'?' * found.detected} {found.text} {found.unsure}".rstrip())
    return told


@cache
def _cues() -> Lexicon:
    return read_cues(
        '[share_call]\ncertain = ["点击分享", "扫码转发"]\nstrong = ["转发", "朋友圈"]\nweak = ["收藏"]\n'
        '[follow_call]\ncertain = ["关注公众号"]\nopens = ["公众号"]\n'
        '[related]\ncertain = ["相关阅读："]\nopens = ["推荐阅读", "往期回顾"]\n'
        '[references]\nopens = ["参考文献"]\n[artefact]\ncertain = ["全文完"]\n'
        '[editor_credit]\nopens = ["编辑：", "作者："]\nweak = ["报道"]\n'
        '[editor_note]\ncertain = ["编者按"]\n[source_link]\nstrong = ["来源："]\n[comment]\nopens = ["热门评论"]\n'
    )


def read_evidence(text: str) -> list[str]:
    """The pieces of an article and the evidence on each, by its form and its place, with a few cues."""
    document = make_document("t", text, name="t.md")
    found = gather(document, find_blocks(document), lexicon=_cues())
    told = []
    for index, (piece, names) in enumerate(zip(found.pieces, found.names, strict=True)):
        short = piece.text if len(piece.text) <= 12 else f"{piece.text[:9]}~{len(piece.text)}"
        hits = "".join(f" {hit.strength}@{hit.start}" for hit in piece.hits)
        told.append(f"{short}{hits}: {found.settled.get(index, ' '.join(names))}")
    return told


@cache
def _tables() -> Tables:
    """Tables of characters as in the package, with weights that are made here."""
    steps = np.arange(1 << BITS)
    weights = np.stack([steps * 7 % 11 - 5, steps * 5 % 13 - 6], axis=1).astype(np.int16)
    ngrams = NgramWeights(weights, np.array([0.1, 0.05], np.float32), np.array([0.3, -0.2], np.float32))
    rarity = ((np.arange(1 << TOPIC_BITS) % 9 + 1) / 10).astype(np.float32)
    return Tables(load_characters(), ngrams, rarity)


def read_traits(text: str) -> list[str]:
    """The traits of each piece of an article that are not 0, and the sum of its row of the matrix."""
    document = make_document("t", text, name="t.md")
    found = gather(document, find_blocks(document), lexicon=_cues())
    pieces = [found.pieces[index] for index in found.judged]
    names = [found.names[index] for index in found.judged]
    chances = [(0.1 + 0.8 * (at % 3 == 1), 0.05 * (at % 2)) for at in range(len(pieces))]
    traits = measure_traits(text, pieces, names, chances, _MODEL, _tables())
    rows = np.concatenate(list(matrices(traits, None, 3)))
    return [
        f"{_shown(dict(zip(LOCAL, own.tolist(), strict=True)))}, label {int(label)}, sum {row.sum():.3f}, "
        f"squares {np.square(row).sum():.3f}"
        for own, label, row in zip(traits.local, traits.labels, rows.astype(np.float64), strict=True)
    ]


def _shown(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in values.items() if value)


def read_threads(text: str) -> list[str]:
    """The posts of a text: author, whether it is a reply, its head, what it says, its signature. Then the
    facts in the head that it begins with.
    """
    raw = spell_out(text)

    def part(start: int, end: int) -> str:
        return _brief(raw[start:end].strip().replace("\n", "/"))

    posts = [
        f"{'reply' if post.reply else 'article'} {post.author or '?'}: "
        + " | ".join((
            "/".join(part(*line) for line in post.head), part(*post.title) if post.title else "",
            part(post.body, post.signature), part(post.signature, post.end),
        ))
        for post in find_posts(raw)
    ]  # fmt: skip
    return [*posts, *(f"{field.key}={part(field.value, field.value_end)}" for field in find_letter_head(raw))]


def read_names(text: str) -> list[str]:
    """The names of an English text, the first words that may be names, and how the names sound."""
    names = english_names(text)
    return [
        " ".join(names),
        " ".join(names_and_first_words(text)[1]),
        " ".join(map(english_sound, map(str.lower, names))),
    ]


def read_sounds(text: str) -> list[str]:
    """``Chinese | name``: whether the name is in the text by its sound, and how much of it."""
    zh, name = text.split(" | ")
    sounds = Sounds(zh, default_lexicon())
    return [str(sounds.has(name)), f"{sounds.likeness(name):.3f}"]


def read_pair(text: str) -> list[str]:
    """``Chinese | English``: the evidence on the pair that is not 0, and what is told."""
    zh, _, en = text.partition(" | ")
    found = evidence(zh, en, default_lexicon())
    return [_shown(found.values), _shown(found.compared), *found.told.values()]


def read_spans(text: str) -> list[str]:
    """A text whose markup is between ``¦``: how it reads, and the places of its characters."""
    raw, spans, out = "", [], True
    for part in text.split("¦"):
        if out and part:
            spans.append((len(raw), len(raw) + len(part)))
        raw, out = raw + part, not out
    places = positions(raw, spans)
    located = [locate(raw, spans, offset) for offset in range(len(places))]
    return [read(raw, spans), " ".join(map(str, places)), str(located == places)]


def read_joined(text: str) -> list[str]:
    """Sentences with ``¦`` between them, as one text."""
    return [join(text.split("¦"))]


def _vectors(count: int, seed: int) -> np.ndarray:
    """Vectors that are alike for the same number in two texts of the same seed."""
    rows = np.sin(np.outer(np.arange(count) + 1 + seed, np.arange(16) ** 2 + 1.0))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _side(sentences: Sequence[str], shift: float) -> Side:
    """A side whose vectors are near those of the other side, and spans that are means of their sentences."""
    own = _vectors(len(sentences), 0) + np.float32(shift) * _vectors(len(sentences), 40)
    spans = np.zeros((6, *own.shape), np.float32)
    for extra in range(6):
        for at in range(len(own) - extra):
            mean = own[at : at + extra + 1].mean(axis=0)
            spans[extra, at] = mean / np.linalg.norm(mean)
    return side(sentences, SpanVectors(spans, spans[0] * 0.9, spans[0] * 0.8))


_ZH = [
    "第1句在此。",
    "第二句GPT很长很长很长。",
    "三。",
    "第4句和5月。",
    "五句。",
    "第六句在2024年。",
    "七。",
    "第八句说完了。",
]
_EN = ["Sentence 1 is here.", "The 2nd is about GPT and it is long.", "Three.", "It is 4 in May.", "Five.",
       "The sixth in 2024 and 2025.", "Seven.", "The eighth is the end."]  # fmt: skip
_COVERAGE = {"constant": -2.0, "own cosine": -3.0, "too long": 2.0, "missing tokens": 1.0, "last": 0.5,
             "alone in the field": 0.4, "gain": -2.0}  # fmt: skip


@cache
def _judge() -> Judge:
    sides = _side(_ZH, 0.2), _side(_EN, -0.3)
    ones = [((k,), (k,)) for k in (0, 3, 4, 7)]
    unpaired = np.linspace(0.0, 0.9, 8), np.linspace(1.0, 0.2, 8)
    known = [
        name for _, _, found in judge(sides, ones, 3.0, unpaired).evidence(((0, 1), (1,))) for name in found
    ]
    return judge(sides, ones, 3.0, unpaired, dict.fromkeys(known, 0.0) | _COVERAGE)


def read_coverage(text: str) -> list[str]:
    """``0,1 | 1``: the evidence that a sentence of this bead has no counterpart, and what is taken out."""
    zh, en = (tuple(map(int, part.split(","))) for part in text.split(" | "))
    found = _judge()
    told = [f"{at} {place}: {_shown(own)}" for at, place, own in found.evidence((zh, en))]
    left = divided(found, (zh, en))
    chances = " ".join(f"{chance:.3f}" for some in left.chances for chance in some)
    return [*told, f"{left.before} {left.link} {left.after} sure {left.sure:.3f} chances {chances}"]


def read_paths(text: str) -> list[str]:
    """``ROWS COLUMNS WIDTH SEED SCALE``: sums over all alignments in a band of made-up scores, in three ways,
    and the best path.
    """
    rows, last, width, seed, scale = map(float, text.split())
    centre = np.linspace(0, last, int(rows) + 1)
    band = Band.of((centre - width).astype(np.int64), (centre + width).astype(np.int64), int(last))
    kinds = ((1, 1), (1, 2), (2, 1), (1, 0), (0, 1), (2, 2), (1, 3))
    steps = np.arange(band.size)
    scores = {kind: np.sin(seed + (at + 1.3) * steps) * scale - 0.2 * at for at, kind in enumerate(kinds)}
    lattice = Lattice.of(band, scores)
    table, every = lattice.table(scores), range(len(lattice.kinds))
    told = []
    for sums in (Ratios(lattice, table, scores[0, 1]), Logarithms(lattice, table, scores[0, 1])):
        for change in ((0.0, 0.0), (0.4, -0.3)):
            found = sums.chances(change, every)
            told.append("not exact" if found is None else f"{found[1]:.3f}: {_weighed(found[0])}")
    for lone in (scores, {kind: values + 2.0 * (0 in kind) for kind, values in scores.items()}):
        chances = adapted_posteriors(lone, band, lattice)
        told.append(_weighed(chances))
        told.append(" ".join(f"{i}:{j}:{a}-{b}" for i, j, (a, b) in best_path(chances, band, lattice)))
    return told


def _weighed(chances: Mapping[BeadKind, np.ndarray]) -> str:
    """The sum of the chances of each kind of bead, and their sum weighted by their cell."""
    return ", ".join(
        f"{a}-{b} {values.sum():.3f} {(values * np.arange(len(values))).sum() / len(values):.3f}"
        for (a, b), values in sorted(chances.items())
    )


def read_both_languages(text: str) -> list[str]:
    """``NAME CONTENT``: the two sides of a file that holds both languages, or the error."""
    name, content = text.split(" ", 1)
    try:
        sides = read_bilingual(content.encode(), name, lambda data: data.decode())
    except DuizhaoError as error:
        return [f"{error.id}: {error}"]
    return [" / ".join(side.sentences) for side in sides]


def read_rows_in_format(text: str) -> list[str]:
    """``FORMAT LANGUAGE``: a few beads in a format."""
    format, language = text.split()
    times = (("00:00:01", "00:00:02"), None)
    rows = [
        Row(
            Bead((0,), (0, 1), 0.5, (1.0,), (0.25, 1.0)),
            ([0], [0, 1]),
            "灯塔\t亮了。",
            'It "is"\nlit. Yes.',
            Quality(0.75, ""),
        ),
        Row(Bead((1,), (), 0.9, (0.0,), ()), ([1], []), "燈塔。\x00", "", None, times),
        Row(Bead((), (2,), 0.1, (), (0.0,)), ([], [2]), "", "No.", None),
        Row(
            Bead((2,), (3,), 0.0),
            ([], []),
            "<好>&",
            "<Good>&",
            Quality(0.25, "numbers differ"),
            id="a:s00001",
            scored=False,
        ),
    ]
    some = rows if format != "moses" else rows[:3]
    try:
        files = format_rows(some, format, language=None if language == "-" else language, name="名\x01.txt")
    except DuizhaoError as error:
        return [f"{error.id}: {error}"]
    lines = [f"{suffix}> {line}" for suffix, content in files.items() for line in content.splitlines()]
    return [
        *(re.sub('creationtoolversion="[^"]*"', "", line) for line in lines),
        *format_rejected(rows, 0.5, "zh.txt").splitlines(),
        summarize_rows(rows),
        summarize_rows(rows[:1]),
    ]


def _profile(text: str, seed: int) -> Profile:
    sentences = text.split("¦") if text else []
    return Profile(_vectors(len(sentences), seed), sum(map(len, sentences)),
                   frozenset().union(*map(shared_tokens, sentences)))  # fmt: skip


def read_documents(text: str) -> list[str]:
    """Chinese documents ``|`` English documents, parted by ``/``: the evidence on the candidates, the pairs.

    Sentences are parted by ``¦``. The vectors depend only on a document's place.
    """
    zh, en = ([_profile(one, 3 * at) for at, one in enumerate(part.split("/"))] for part in text.split("|"))
    found = candidates(zh, en)
    weights = {
        "likeness": {"constant": -2.0, "topic": 2.0, "title": 1.0, "sentences in order": 2.0, "tokens": 3.0,
                     "length": -1.0},
        "competition": {"constant": -0.5, "likeness": 1.0, "margin": 0.5},
    }  # fmt: skip
    told = [f"{one.zh} {one.en}: {_shown(one.evidence)}" for one in found]
    pairs = linked(found, len(zh), len(en), weights) if found else []
    return [*told, *(f"{one.zh} {one.en} {one.score:.3f}" for one in pairs)]


_STEPS = dict.fromkeys(
    ("keep-keep", "keep-drop", "keep-tail", "drop-keep", "drop-drop", "drop-tail", "tail-tail",
     "start-keep", "start-drop", "start-tail", "enter-unmarked"), 0.0,
)  # fmt: skip
_MODEL = Model(
    {"always": (-1.0, -1.0), "certain_short": (3.0, 2.0), "strong_short": (1.0, 0.5), "prose": (-2.0, -2.0),
     "head": (0.6, 0.0), "after_prose": (0.0, 0.8), "end": (0.2, 0.4), "truncated": (1.0, 1.1),
     "link_only": (2.0, 1.0), "byline": (0.31, 0.3), "dated": (0.3, 0.31), "lead": (0.2, 0.1),
     "foreign": (1.0, 1.5), "teaser": (0.26, 0.25), "recurs": (0.25, 0.26), "covered": (0.5, 0.5)},
    _STEPS,
)  # fmt: skip


def read_chances(text: str) -> list[str]:
    """``NAMES / NAMES …``: the probabilities of drop and tail in a row of pieces, of some of them.
    ``NAMES*9`` are nine pieces.
    """
    steps = {name: 0.3 * at - 1 for at, name in enumerate(_STEPS)}
    model = Model(_MODEL.evidence, steps)
    local = []
    for part in text.split("/"):
        names, _, times = part.partition("*")
        local += [odds(model, tuple(names.split()))] * int(times or 1)
    found = [f"{drop:.3f} {tail:.3f}" for drop, tail in marginals(model, local)]
    return [*found[:8], *found[8::37], *found[-3:]]


def read_safety(text: str) -> list[str]:
    """Pieces parted by ``/``: which of those to drop are spared, and category and reason of the rest.

    A piece is ``SIZE[p][!] [NAME…] [DROP,TAIL] [CATEGORY:STRENGTH:START…]``. Prose has ``p``, and what the
    model would drop has ``!``.
    """
    pieces: list[Piece] = []
    names: list[tuple[str, ...]] = []
    dropped: list[int] = []
    chances: dict[int, tuple[float, float]] = {}
    for index, part in enumerate(text.split("/")):
        size, *words = part.split()
        hits = [word.split(":") for word in words if ":" in word]
        length = int(size.rstrip("p!"))
        pieces.append(Piece(
            Block("paragraph", 0, length, ((0, length),)),
            ("标题：" if "x" in words else "字字字") + "字" * (length - 3),
            [Hit(int(start), int(start) + 2, category, strength) for category, strength, start in hits],
            "p" in size,
        ))  # fmt: skip
        names.append(tuple(word for word in words if ":" not in word and "," not in word))
        if "!" in size:
            dropped.append(index)
        for word in words:
            if "," in word:
                drop, tail = word.split(",")
                chances[index] = float(drop), float(tail)
    spared = spare(pieces, names, range(len(pieces)), dropped, chances, _MODEL)
    told = ["spared " + " ".join(map(str, sorted(spared)))]
    for index, category in categories(pieces, names, {}, [one for one in dropped if one not in spared]):
        why = reason(_MODEL, pieces[index], names[index], chances.get(index))
        told.append(f"{index} {category}: {why}")
    return told


def read_folder(text: str) -> list[str]:
    """Files of a raw folder, with the text of ``sources.toml`` after ``|``: the articles, what is skipped.

    With ``every`` at the head, subfolders are read too.
    """
    files, _, listing = text.partition(" | ")
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        raw.mkdir()
        for name in files.split():
            if name != "every":
                path = raw / name
                (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
                if not name.endswith("/"):
                    path.write_text("文。", encoding="utf-8")
        if listing:
            (raw / "sources.toml").write_text(listing, encoding="utf-8")
        try:
            found = find_sources(raw, every="every" in files.split())
            told = [f"{zh.id} {zh.name} {en.name if en else ''} {zh.encoding} {dict(zh.facts)} made {zh.made}"
                    for zh, en in found]  # fmt: skip
            told += [f"{one.id} {one.record}: {one.message}" for one in find_skipped(raw, found)]
        except DuizhaoError as error:
            told = [f"{error.id}: {error}"]
        return [one.replace(folder, "").replace("\\", "/") for one in told]


@cache
def _release() -> tuple[Any, Path]:
    """The release of ``hostile.write_work`` in a folder that is there as long as the process. Read only."""
    folder = tempfile.TemporaryDirectory()
    work = Path(folder.name)
    hostile.write_work(work)
    build_release(work / "raw", work / "release", topic=False)
    return folder, work / "release"


@cache
def released() -> dict[str, list[dict[str, Any]]]:
    """Its records. Read only: copy them before changing them."""
    return read_records(_release()[1])


def read_tampered(text: str) -> list[str]:
    """The release of ``hostile.write_work`` after changes, parted by ``; ``: what is found, and what loads.

    ``FILE gone``, ``FILE empty``, ``FILE + TEXT`` (a line more), ``FILE twice`` (its last line),
    ``FILE A => B``, ``manifest FIELD = JSON``.
    ``hash`` at the end writes the hashes of all files into the manifest again.
    """
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "release"
        shutil.copytree(_release()[1], folder)
        for change in text.split("; ") if text else []:
            _tamper(folder, change)
        told = []
        try:
            findings, counts = validate_release(folder)
            told = [
                f"{one.id} {one.level} {one.record} {one.field}: {one.message}"
                for one in findings
                if one.level != 4
            ]
            told.append(" ".join(f"{config} {count}" for config, count in counts.items()))
        except DuizhaoError as error:
            told.append(f"{error.id}: {error}")
        for config, split in (
            ("sentences", None),
            ("events", "test"),
            ("nothing", None),
            ("sentences", "train"),
        ):
            try:
                told.append(f"{config}: {load(config, split, path=folder, as_='arrow').num_rows} rows")
            except DuizhaoError as error:
                told.append(f"{error.id}: {error}")
        try:
            read_records(folder)
        except DuizhaoError as error:
            told.append(f"{error.id}: {error}")
        return [one.replace(home, "").replace("\\", "/") for one in dict.fromkeys(told)]


def read_compared(text: str) -> list[str]:
    """``rows LEFT | RIGHT`` or ``manifests LEFT | RIGHT`` in JSON: what differs between what stands in a
    release and what is derived. ``{字9}`` is 9 times 字 here too.
    """
    kind, _, rest = text.partition(" ")
    left, right = map(json.loads, rest.split(" | "))
    found = compare_manifests(left, right) if kind == "manifests" else compare_rows("events", left, right)
    return [f"{one.id} {one.level} {one.record} {one.field}: {one.message}" for one in found]


def read_converted(text: str) -> list[str]:
    """``CHANGE | MANIFEST``: what the conversion finds in the release of ``hostile.write_work`` where one
    value of its sentences is another (``ROW FIELD = JSON``), with this manifest.
    """
    change, _, manifest = text.partition(" | ")
    records = released()
    if change:
        place, value = change.split(" = ")
        number, field = place.split(" ")
        rows = [*records["sentences"]]
        rows[int(number)] = {**rows[int(number)], field: json.loads(value)}
        records = {**records, "sentences": rows}
    findings, notes = check_conversion(records, json.loads(manifest))
    return [*(f"{one.id} {one.level} {one.record} {one.field}: {one.message}" for one in findings), *notes]


def _tamper(folder: Path, change: str) -> None:
    manifest = folder / "manifest.json"
    if change == "hash":
        told = json.loads(manifest.read_text(encoding="utf-8"))
        told["files"] = {
            name: hash_file(folder / name) for name in told["files"] if (folder / name).is_file()
        }
        manifest.write_text(json.dumps(told), encoding="utf-8")
        return
    name, _, edit = change.partition(" ")
    if name == "manifest":
        told = json.loads(manifest.read_text(encoding="utf-8"))
        field, value = edit.split(" = ")
        *path, last = field.split("/", 1)
        inner = told
        for part in path:
            inner = inner[part]
        inner[last] = json.loads(value)
        manifest.write_text(json.dumps(told), encoding="utf-8")
    elif edit == "gone":
        (folder / name).unlink()
    elif edit == "empty":
        (folder / name).write_bytes(b"")
    elif edit == "twice":
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text + text.splitlines()[-1] + "\n", encoding="utf-8")
    elif edit.startswith("+ "):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(edit[2:] + "\n")
    else:
        old, new = edit.split(" => ")
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def forge(records: dict[str, list[dict[str, Any]]], change: str) -> list[str]:
    """``CONFIG ROW FIELD = JSON``: what `validate` finds where this one value is another.

    Findings of level 4 are left out: they depend on fitted scores.
    """
    place, value = change.split(" = ", 1)
    config, number, field = place.split(" ")
    rows = [*records[config]]
    row = copy.deepcopy(rows[int(number)])
    *path, last = field.split(".")
    inner: Any = row
    for part in path:
        inner = inner[int(part) if part.isdecimal() else part]
    inner[last] = json.loads(value)
    rows[int(number)] = row
    found = [one for one in validate({**records, config: rows}) if one.level != 4]
    return sorted(f"{one.id} {one.level} {one.record} {one.field}: {one.message}" for one in found)


def read_forged(change: str) -> list[str]:
    """As `forge`, in the release of ``hostile.write_work``."""
    return forge(released(), change)


_MORE_LINES: dict[str, dict[str, Any]] = {
    "cleaning": {
        "article_id": "a",
        **hostile.anchor("灯塔建于1931年。"),
        "label": "drop",
        "category": "ad",
        "why": "-",
    },
    "speakers": {
        "article_id": "a",
        **hostile.anchor("等了太久"),
        "speaker": "王立",
        "role": "answer",
        "why": "-",
    },
    "beads": {"article_id": "a", "zh": [2], "en": [2]},
}


@cache
def _sentences() -> tuple[dict[str, Any], ...]:
    """The rows of the article of ``hostile``, made without annotations."""
    sides = make_document("a", hostile.ZH, name="a.md"), make_document("a", hostile.EN, "en", "a.md")
    return tuple(make_records(*sides, Annotations())["sentences"])


def read_annotation_lines(text: str) -> list[str]:
    """Annotations as in ``hostile``, changed: what is wrong with them, or the records that they give.

    ``KIND FIELD = JSON`` changes a field, ``KIND -`` takes the line away, ``KIND 2`` writes it twice, and
    changes are parted by ``; ``.
    """
    lines = {**copy.deepcopy(hostile.ANNOTATIONS), **copy.deepcopy(_MORE_LINES)}
    times = dict.fromkeys(lines, 1)
    for change in text.split("; ") if text else []:
        kind, _, rest = change.partition(" ")
        if rest in ("-", "2", "60"):
            times[kind] = 0 if rest == "-" else int(rest)
            continue
        field, value = rest.split(" = ")
        *path, last = field.split(".")
        inner: Any = lines[kind]
        for part in path:
            inner = inner[int(part) if part.isdecimal() else part]
        inner[last] = json.loads(value)
    with tempfile.TemporaryDirectory() as folder:
        for kind, row in lines.items():
            if times[kind]:
                (Path(folder) / f"{kind}.jsonl").write_text(hostile.line(row) * times[kind], encoding="utf-8")
        try:
            told = _use(read_annotations(Path(folder)), text.split())
        except DuizhaoError as error:
            told = [f"{error.id}: {error}"]
        return [one.replace(folder + "/", "") for one in told]


def _use(annotations: Annotations, kinds: Sequence[str]) -> list[str]:
    """The findings on annotations, the decisions, and the records of some kinds."""
    document = make_document("a", hostile.ZH, name="a.md")
    check_articles(annotations, {"a"})
    check_corrections(document, annotations.of("script", "a"))
    check_speakers(document, annotations.of("speakers", "a"))
    decisions = read_decisions(document, annotations.of("cleaning", "a"))
    texts = {("a", "zh"): hostile.ZH, ("a", "en"): hostile.EN}
    records, findings = resolve(annotations, _sentences(), texts)
    told = [f"{one.id} {one.level} {one.record} {one.field}: {one.message}" for one in findings]
    told += [f"{one.start}-{one.end} {one.label} {one.category} {one.why}" for one in decisions]
    return told + [
        f"{kind}: {json.dumps(row, ensure_ascii=False)}"
        for kind, rows in records.items()
        if kind in kinds
        for row in rows
    ]


def read_beads(text: str) -> list[str]:
    """Beads by hand, ``1,2:3``, parted by ``; ``. The Chinese sentences start at 0, 10, 20 and 30, and the
    English ones at 0, 5 and 15.
    """
    lines = [
        Line(f"b:{number}", {"article_id": "a", **{
            side: [int(start) for start in part.split(",") if start]
            for side, part in zip(("zh", "en"), bead.split(":"), strict=True)
        }})
        for number, bead in enumerate(text.split("; "), 1)
    ]  # fmt: skip
    zh, en = (
        [Sentence("字", ((start, start + 1),), 0) for start in starts]
        for starts in ((0, 10, 20, 30), (0, 5, 15))
    )
    try:
        return [f"{bead.zh} {bead.en} {bead.score:.3f}" for bead in resolve_beads(lines, zh, en)]
    except DuizhaoError as error:
        return [f"{error.id}: {error}"]


def read_decided(text: str) -> list[str]:
    """``0-5 7-9 | 2-3d 8-9k``: blocks and a person's decisions on them; the verdicts after the decisions.

    A block with ``!`` is one that the model drops.
    """
    blocks, _, told = text.partition(" | ")
    raw = "".join(chr(0x4E00 + at) for at in range(30)).replace(chr(0x4E00 + 6), " ")
    verdicts = []
    for part in blocks.split():
        start, end = map(int, part.rstrip("!").split("-"))
        block = Block("paragraph", start, end, ((start, end),))
        gone = ("drop", "ad", "form", 0.9) if "!" in part else ("keep", None, None, 0.1)
        verdicts.append(Verdict(block, *gone))
    decisions = []
    for part in told.split():
        start, end = map(int, part[:-1].split("-"))
        label, category = ("drop", "related") if part[-1] == "d" else ("keep", None)
        decisions.append(Decision(start, end, label, category, "-"))
    found = decide(make_document("a", raw), verdicts, decisions)
    return [
        f"{one.block.start}-{one.block.end} {one.block.spans} {one.label} {one.category} {one.reason} "
        f"{one.score}"
        for one in found
    ]


def read_explained(text: str) -> list[str]:
    """A text of which the blocks that begin with ``广告`` go: what an editor is shown of it."""
    document = make_document("t", text, name="t.md")
    verdicts = [
        Verdict(block, "drop", "ad", "form: an advertisement", 0.9876)
        if not block.spans or read(text, block.spans).startswith("广告")
        else Verdict(block, "keep", None, None, 0.0123)
        for block in find_blocks(document)
    ]
    return [*explain(document, verdicts).splitlines(), *kept(document, verdicts)]


def read_card(text: str) -> list[str]:
    """A card, filled in with the records of ``hostile.write_work``: what is after its head, or the error."""
    try:
        head, _, body = make_card(text, released(), 3).partition("\n---\n")
    except DuizhaoError as error:
        return [f"{error.id}: {error}"]
    own = [
        line for line in head.splitlines() if not line.startswith(("- ", "---", "configs", "dataset_info"))
    ]
    return [*own, *body.splitlines()]


def read_escaped(text: str) -> list[str]:
    return [escape(text)]


def read_records_of_article(text: str) -> list[str]:
    """``ZH ¦¦ EN ¦¦ OPTIONS``: the records of an article. What begins with ``广告`` is dropped.

    Options are ``roles=…``, ``hant=…``, ``min_score=…``, ``min_quality=…``. No score is shown.
    """
    zh, en, told = (*text.split(" ¦¦ "), "", "")[:3]
    chosen: dict[str, Any] = dict(part.split("=") for part in told.split())
    options = Options(
        roles=choose_roles(chosen.get("roles")),
        hant=chosen.get("hant", "zh-Hant"),
        min_score=float(chosen.get("min_score", 0)),
        min_quality=float(chosen.get("min_quality", 0)),
    )
    document = make_document("a", zh, name="a.md", sha256="0" * 64)
    verdicts = [
        Verdict(block, "drop", "ad", "form", 0.9876)
        if not block.spans or block.kind in NO_TEXT or read(zh, block.spans).startswith("广告")
        else Verdict(block, "keep", None, None, 0.1234)
        for block in find_blocks(document)
    ]
    english = make_document("a", en, "en", "en/a.md", "1" * 64) if en else None
    side = clean_document(document, options, judged=verdicts)
    [both] = write_both_together([document], [_prose(side)], Annotations(), options.hant)
    made = make_article(document, english, Annotations(), options, Prepared(side, both))
    rows = [
        f"{row['id']} {row['position']} {row['paragraph']} {row['role']} {row['speaker']} {row['zh_hans']} "
        f"{row['zh_hant']} {row['en']} {row['bead']} {row['score'] is None} {row['quality'] is None} "
        f"{row['raw_spans']} {row['en_spans']}"
        for row in made.records["sentences"]
    ]
    blocks = [
        f"{row['id']} {row['position']} {row['paragraph']} {row['raw_start']}-{row['raw_end']} "
        f"{row['label']} {row['category']} {str(row['reason']).partition(': ')[0]} {row['score']}"
        for row in made.records["blocks"]
    ]
    article = dict(made.records["articles"][0])
    findings = [f"{one.id} {one.record} {one.field}: {one.message}" for one in made.findings]
    gone = [f"rejected {one.record_id} {one.reason}" for one in made.rejected]
    return [*rows, *blocks, json.dumps(article, ensure_ascii=False), *findings, *gone]


READERS: dict[str, Callable[[str], list[str]]] = {
    "numbers": read_numbers,
    "numbers-of-pairs": read_numbers_of_pair,
    "sentences-zh": read_chinese,
    "sentences-en": read_english,
    "markdown": read_markdown,
    "plain": read_plain,
    "subtitles": read_subtitles,
    "units": read_units,
    "articles": read_article,
    "bytes": read_bytes,
    "evidence": read_evidence,
    "names": read_names,
    "threads": read_threads,
    "sounds": read_sounds,
    "pairs": read_pair,
    "spans": read_spans,
    "joined": read_joined,
    "coverage": read_coverage,
    "documents": read_documents,
    "paths": read_paths,
    "both-languages": read_both_languages,
    "rows": read_rows_in_format,
    "decisions": read_safety,
    "chances": read_chances,
    "folders": read_folder,
    "annotations": read_annotation_lines,
    "beads": read_beads,
    "decided": read_decided,
    "explained": read_explained,
    "cards": read_card,
    "traits": read_traits,
    "records": read_records_of_article,
    "tampered": read_tampered,
    "compared": read_compared,
    "converted": read_converted,
    "escaped": read_escaped,
    "forged": read_forged,
}
"""How the texts of each file are read."""


def lines_of(name: str) -> list[tuple[str, list[str]]]:
    """The texts of a file and how each must be read."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [(text, told) for text, told in map(json.loads, lines)]


def read_line(name: str, text: str) -> list[str]:
    """How the text of a line of a file is read now."""
    return READERS[name](spell_out(text))


def same(told: Sequence[str], found: Sequence[str]) -> bool:
    """Whether two readings are equal. Numbers with decimals may differ by 0.002."""
    left, right = (" ".join(some).replace(",", " ").split() for some in (told, found))
    return len(told) == len(found) and len(left) == len(right) and all(map(_alike, left, right))


def _alike(left: str, right: str) -> bool:
    try:
        return left == right or ("." in left and abs(float(left) - float(right)) <= 0.002)
    except ValueError:
        return False


def main(names: Iterable[str], write: bool) -> int:
    differ = 0
    for name in names:
        lines = lines_of(name)
        found = [(text, read_line(name, text)) for text, _ in lines]
        for (text, told), (_, now) in zip(lines, found, strict=True):
            if not same(told, now):
                differ += 1
                print(f"{name}: {text!r}\n  told  {told}\n  found {now}")
        if write:
            rows = [
                [text, told if same(told, now) else now]
                for (text, told), (_, now) in zip(lines, found, strict=True)
            ]
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (FOLDER / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return int(differ > 0 and not write)


if __name__ == "__main__":
    asked = sys.argv[1:]
    sys.exit(main([name for name in asked if name != "--write"] or READERS, "--write" in asked))

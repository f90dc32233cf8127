"""Judge each pair of texts: is the translation whole and right?

`score` says whether two texts are a pair. ``quality`` asks more, and it asks words, not vectors: do
both sides have the same numbers, names and negations, is there a translation for each part, are the
lengths usual? The weights are those of a logistic regression, fitted on right pairs and on the same
pairs with planted errors (``training/fit_quality.py``).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from duizhao.alignment.lexicon import (
    FUNCTION_WORDS,
    STOPWORDS,
    Lexicon,
    Word,
    content_stems,
    default_lexicon,
    stem,
)
from duizhao.alignment.names import (
    Sounds,
    latin_names,
    name_stems,
    names_and_first_words,
    names_of,
)
from duizhao.alignment.quantities import (
    Quantity,
    chinese_quantities,
    english_quantities,
    unmatched,
    unmatched_one_to_one,
)
from duizhao.text import count_han

Weights = Mapping[str, Mapping[str, float]]
NameTable = Sequence[tuple[Sequence[str], Sequence[str]]]
"""Entities: the Chinese and the English names of each."""

_CLAUSE_END = re.compile(r"[，。；：！？、…—,;:!?\n（）()]+|\.(?=\s|$)|\s[-–]\s")
_ENGLISH_WORDS = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_NO_LETTERS = re.compile(r"[^a-z0-9]")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_LATIN_RUN = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*[ ,;]+){5,}")
_NOT = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|unable|hardly|barely|"
    r"scarcely|lack\w*|fail\w*|"
    r"refus\w*|den(?:y|ied|ies|ying)|avoid\w*|prevent\w*|absen\w*|un(?!der|it|til|ion|iver|i|cle)\w+|"
    r"in(?:correct|visib|abilit|capab|secur|valid|definit|"
    r"differen|adequa|suffici|complete|consist|decis|direct|evit|access|effect|efficien|expens|ac+ur)\w*|"
    r"im(?:possib|pati|perfect|mature|prop)\w*|ir(?:reg|rel|rev|resp)\w*|"
    r"dis(?!c|t|p|h|k|m)\w+|\w+less|stop\w*|reject\w*|except|far\s+from|instead|rather\s+than|little|few|"
    r"loath\w*|ban(?:ned|s)?|forbid\w*|mustn|don)\b|n['’]t\b",
    re.I,
)
_PLAIN_NOT = re.compile(r"\b(?:not|no|never|cannot|none|nothing|nobody|neither|nor|without)\b|n['’]t\b", re.I)
_FIRM_NOT = re.compile(
    r"(?<!if )(?<!or )(?<!why )\b(?:not(?! only| just| merely| simply| long| to mention)|never(?! "
    r"mind)|cannot|no(?! matter| doubt| longer than| sooner|\.))\b|n['’]t\b(?! "
    r"(?:it|they|he|she|you|we|I)\b)",
    re.I,
)
_SEVERAL_WORDS = re.compile(r"['’][tT]|\b(?:far|rather)\s", re.I)
"""Where a negation may be more or less than one word."""
_ANY_WORDS = re.compile(r"\w+")
_ZH_NOT = frozenset("不没沒無无非未别別莫勿否毋休甭弗")
_ZH_PLAIN = frozenset(
    ("不", "没", "沒", "没有", "沒有", "不是", "不会", "不會", "不能", "不要", "无", "無", "从不", "從不", "从未", "從未", "未", "并不",
    "并非",
     "不可", "不可能", "不想", "不敢", "不必", "不用", "别", "別", "没人", "不再", "不应", "無法", "无法", "毫无", "决不", "绝不", "不知",
     "不知道", "不可以")
)  # fmt: skip
_MORE_ZH_NOT = re.compile(
    "拒绝|拒絕|缺乏|缺少|避免|禁止|防止|难以|難以|失败|失敗|除了|除非|反对|反對|停止|绝|差点|哪里|哪能|岂|豈|何必|谁|怎么|几乎"
)

PRIOR = 0.1
"""Quality is a probability as if so many of all pairs had an error."""

_TOLD = 0.05  # a kind of error with at least this probability is named in the reason
_USUAL_ROWS = 20  # a text counts with its own values as far as it has more rows than this
_USUAL = {"zh covered": 0.62, "en covered": 0.62, "log ratio": 1.25}


@dataclass(frozen=True, slots=True)
class Quality:
    """``value`` is the probability, in [0, 1] to three decimals, that the translation is whole and right.

    ``reason`` names what speaks most against it, in words. It is empty if nothing does.
    """

    value: float
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one pair.

    ``compared`` is what only counts in comparison with the rest of the document. ``told`` says
    in words what differs.
    """

    values: dict[str, float]
    compared: dict[str, float]
    told: dict[str, str]


def assess(
    pairs: Sequence[tuple[str, str]], *, names: NameTable = (), lexicon: Lexicon | None = None
) -> list[Quality]:
    """Return the quality of each pair of a Chinese and an English text, all of one document.

    What is usual in a document (how freely it is translated, how long the English is) is measured in it.
    ``names`` are known entities. Pairs that are the same text on both sides are whole and right. ``lexicon``
    is CC-CEDICT if it is None.
    """
    if not pairs:
        return []  # a text without English needs no dictionary
    lexicon = lexicon or default_lexicon()
    table = tuple((tuple(zh), tuple(en)) for zh, en in names)
    judge = Judge(load_weights())
    found = [evidence(zh, en, lexicon, table) for zh, en in pairs]
    usual = usual_values(found)
    return [
        Quality(1.0, "") if zh == en else judge.quality(one, usual)
        for (zh, en), one in zip(pairs, found, strict=True)
    ]


def usual_values(found: Sequence[Evidence]) -> dict[str, float]:
    """Return what is usual in a document: the medians of its rows, or nearly `_USUAL` in a short one."""
    out = {}
    for name, usual in _USUAL.items():
        values = [one.compared[name] for one in found if one.values["size"] > 1]
        own = float(np.median(values)) if values else usual
        share = len(values) / (len(values) + _USUAL_ROWS)
        out[name] = share * own + (1 - share) * usual
    return out


def complete(one: Evidence, usual: Mapping[str, float]) -> dict[str, float]:
    """Return all evidence of a pair by name: what is known of it, and how it differs from the usual."""
    ratio = one.compared["log ratio"] - usual["log ratio"]
    sure = one.values["size"] / (one.values["size"] + 1)
    zh, en = (one.compared[f"{side} covered"] - usual[f"{side} covered"] for side in ("zh", "en"))
    short, long = max(-ratio - 0.15, 0.0), max(ratio - 0.15, 0.0)
    return {
        **{name: value for name, value in one.values.items() if name != "size"},
        "zh less covered": max(-zh, 0.0),
        "zh better covered": max(zh, 0.0),
        "en less covered": max(-en, 0.0),
        "en better covered": max(en, 0.0),
        "English short": min(short * sure, 1.5),
        "English long": min(long * sure, 1.5),
        "English short, squared": min(short * sure, 1.5) ** 2,
        "English long, squared": min(long * sure, 1.5) ** 2,
        "short and zh less covered": min(short, 1.0) * max(-zh, 0.0),
        "long and en less covered": min(long, 1.0) * max(-en, 0.0),
        "both less covered": max(-zh, 0.0) * max(-en, 0.0),
        "few words": 1 - sure,
    }


KINDS = {
    "number": "numbers differ",
    "name": "names differ",
    "negation": "a negation on one side only",
    "omission": "the English lacks a part",
    "addition": "the English has a part more",
    "neighbour": "the two sides say different things",
}
"""The kinds of errors, and what the reason says of each."""


class Judge:
    """Fitted weights, ready to judge many pairs."""

    def __init__(self, weights: Weights) -> None:
        self._kinds = tuple(weights)
        self._names = tuple(dict.fromkeys(name for own in weights.values() for name in own))
        self._table = np.array([[own.get(name, 0.0) for name in self._names] for own in weights.values()])

    def chances(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each kind of error."""
        given = {**values, "constant": 1.0}
        inputs = np.array([given[name] for name in self._names])
        found = 1 / (1 + np.exp(-np.clip(self._table @ inputs, -50, 50)))
        return dict(zip(self._kinds, found.tolist(), strict=True))

    def quality(self, one: Evidence, usual: Mapping[str, float]) -> Quality:
        """Return the probability that a pair has no error, and which errors are likely."""
        chances = self.chances(complete(one, usual))
        whole = math.prod(1 - chance for chance in chances.values())
        likely = sorted((kind for kind in chances if chances[kind] >= _TOLD), key=lambda kind: -chances[kind])
        told = [
            f"{KINDS[kind]} ({one.told[kind]})" if kind in one.told else KINDS[kind] for kind in likely[:2]
        ]
        return Quality(round(whole, 3), "; ".join(told))


def evidence(
    zh: str, en: str, lexicon: Lexicon, names: Sequence[tuple[Sequence[str], Sequence[str]]] = ()
) -> Evidence:
    """Return the evidence of one pair."""
    words = lexicon.words(zh)
    there = frozenset(content_stems(en))
    written = _english_words(en)
    capitalised = names_and_first_words(en)
    sounds = Sounds(zh, lexicon)
    numbers, told_numbers = _numbers(zh, en)
    asked = there.union((stem for _, _, stem in written), *map(name_stems, capitalised[0]))
    hits, meanings = _translations(words, lexicon, there, asked)
    named, told_names, good_names = _names(zh, en, capitalised, sounds, meanings, names)
    size, zh_covered, zh_parts = _chinese_coverage(zh, en, hits)
    en_covered, en_parts = _english_coverage(en, written, meanings, sounds, good_names)
    han = count_han(zh)
    letters = _ENGLISH_WORDS.search(en) is not None
    expected = han + 0.35 * (len(zh) - han) + 2
    told = {"number": told_numbers, "name": told_names}
    return Evidence(
        values={
            "size": size,
            **numbers,
            **named,
            **_negation(zh, en, words, there),
            **zh_parts,
            **en_parts,
            "Han in English": float(min(count_han(en), 3)),
            "English in Chinese": float(bool(_LATIN_RUN.search(zh)) and han > 0),
            "question differs": float(
                zh.rstrip("”」』\"' ").endswith(("？", "?")) != en.rstrip("”\"'’ ").endswith("?")
            ),
        },
        compared={
            "zh covered": zh_covered,
            "en covered": en_covered,
            "log ratio": float(np.log((len(en) + 8) / expected)) if letters else 0.0,
        },
        told={group: text for group, text in told.items() if text},
    )


def _numbers(zh: str, en: str) -> tuple[dict[str, float], str]:
    chinese, english = chinese_quantities(zh), english_quantities(en)
    if not chinese and not english:
        return _NO_NUMBERS.copy(), ""
    return _compared(zh, en, chinese, english)


def _compared(
    zh: str, en: str, chinese: Sequence[Quantity], english: Sequence[Quantity]
) -> tuple[dict[str, float], str]:
    """Return what the quantities of both sides say, by name and in words."""
    lost, added = unmatched(chinese, english)
    out = {}
    for side, some in (("Chinese", lost), ("English", added)):
        for kind, name in (("figure", "figure"), ("word", "word number"), ("weak", "weak number")):
            count = sum(one.kind == kind for one in some)
            out[f"{name} only in {side}"] = float(min(count, 2))
            if kind != "weak":
                out[f"{name} only in {side}, any"] = float(count > 0)
    sure = {kind: [one for one in some if one.kind != "weak"] for kind, some in (("zh", lost), ("en", added))}
    out["word number on each side only"] = float(bool(sure["zh"] and sure["en"]))
    out["weak number on each side only"] = float(bool(lost and added))
    over = unmatched_one_to_one(chinese, english)
    out["word number left over"] = float(min(sum(one.kind != "weak" for one in over), 2))
    told = [f"{_quoted(zh, sure['zh'])} only in Chinese"] * bool(sure["zh"])
    told += [f"{_quoted(en, sure['en'])} only in English"] * bool(sure["en"])
    return out, ", ".join(told)


def _quoted(text: str, some: Sequence[Quantity]) -> str:
    return ", ".join(text[one.start : one.end].strip() for one in some[:3])


_NO_NUMBERS = _compared("", "", (), ())[0]


Hit = tuple[int, float, float]
"""Where a word stands, its weight, and the share of it that is translated."""


def _translations(
    words: Sequence[Word], lexicon: Lexicon, there: frozenset[str], asked: frozenset[str]
) -> tuple[list[Hit], set[str]]:
    """Return the hits of the Chinese words with a content, and which of the stems ``asked`` are among the
    translations of all words and of their characters. ``there`` are the stems of the English.
    """
    hits: list[Hit] = []
    meanings: set[str] = set()
    for text, start, stems in words:
        found = asked & stems
        meanings |= found
        share = 0.0 if there.isdisjoint(found) else 1.0
        if len(text) == 1:
            if text not in FUNCTION_WORDS:
                hits.append((start, 1.0, share))
            continue
        for c in text:
            found = asked & lexicon.stems(c)
            if found:
                meanings |= found
                if not share and not there.isdisjoint(found):
                    share = 0.5
        hits.append((start, 2.0, share))
    return hits, meanings


def _names(
    zh: str,
    en: str,
    capitalised: tuple[Sequence[str], Sequence[str]],
    sounds: Sounds,
    meanings: Set[str],
    table: Sequence[tuple[Sequence[str], Sequence[str]]],
) -> tuple[dict[str, float], str, frozenset[str]]:
    named = names_of(tuple(table), zh)  # type: ignore[arg-type]
    known = {part.lower() for name in named for part in name.split()}
    found, first = capitalised
    names = list(dict.fromkeys(found))
    doubts: list[tuple[float, str]] = []
    good = set()
    for name in names:
        if name.lower() in known or not meanings.isdisjoint(name_stems(name)):
            good.add(name.lower())
            continue
        likeness = sounds.likeness(name)
        if likeness >= 0.7:
            good.add(name.lower())
        doubts.append((1 - likeness, name))
    for name in first:
        if name.lower() in known or sounds.has(name):
            good.add(name.lower())
    strange = [(doubt, name) for doubt, name in doubts if doubt > 0.3]
    latin = latin_names(zh)
    if latin:
        plain = _NO_LETTERS.sub("", en.lower())
        latin = [word for word in latin if _NO_LETTERS.sub("", word.lower()) not in plain]
    out = {
        "name that sounds otherwise": max((doubt for doubt, _ in doubts), default=0.0),
        "names that sound otherwise": float(min(len(strange), 3)),
        "names, share that sounds otherwise": len(strange) / max(len(names), 1),
        "name, nothing alike": float(any(doubt >= 0.6 for doubt, _ in doubts)),
        "Latin word only in Chinese": float(min(len(latin), 2)),
        "names": float(min(len(names), 3)),
    }
    told = [f"{', '.join(name for _, name in strange[:3])} only in English"] * bool(strange)
    told += [f"{', '.join(latin[:3])} only in Chinese"] * bool(latin)
    return out, ", ".join(told), frozenset(good)


def _negation(zh: str, en: str, words: Sequence[Word], there: frozenset[str]) -> dict[str, float]:
    """Compare negations. Some may stand for one or not: 不过 and "not only" are none, 无疑 is "no doubt"."""
    chinese = [] if _ZH_NOT.isdisjoint(zh) else [word for word in words if not _ZH_NOT.isdisjoint(word.text)]
    plain = sum(word.text in _ZH_PLAIN for word in chinese)
    sure = sum(not _translated_alike(word, there) for word in chinese)
    most = len(chinese) + len(_MORE_ZH_NOT.findall(zh))
    english, strong, firm = _english_negations(en)
    return {
        "negation only in English": float(firm > 0 and not most),
        "negation only in English, or doubt": float(strong > 0 and not chinese),
        "negation only in English, no sure one": float(firm > 0 and not sure),
        "negation only in Chinese": float(plain > 0 and not english),
        "negation only in Chinese, some word": float(sure > 0 and not english),
        "negation only in Chinese, no firm one": float(plain > 0 and not strong),
        "negation more in English": float(min(max(firm - most, 0), 2)),
        "negation more in English, or doubt": float(min(max(strong - len(chinese), 0), 2)),
        "negation more in Chinese": float(min(max(plain - english, 0), 2)),
        "negation more in Chinese, or doubt": float(min(max(plain - strong, 0), 2)),
        "negation on both sides": float(plain > 0 and strong > 0),
        "negation differs by one": float((plain - firm) % 2 == 1),
    }


def _english_negations(en: str) -> tuple[int, int, int]:
    """Return how many negations an English text has, how many plain ones, and how many firm ones."""
    if _SEVERAL_WORDS.search(en):
        english, strong = len(_NOT.findall(en)), len(_PLAIN_NOT.findall(en))
    else:  # then a negation is one word, and most words are known
        kinds = [_negates(word) for word in _ANY_WORDS.findall(en)]
        english, strong = sum(one for one, _ in kinds), sum(plain for _, plain in kinds)
    return english, strong, len(_FIRM_NOT.findall(en)) if strong else 0


@lru_cache(maxsize=32_768)
def _negates(word: str) -> tuple[bool, bool]:
    """Return whether an English word is a negation, and whether it is a plain one."""
    return _NOT.fullmatch(word) is not None, _PLAIN_NOT.fullmatch(word) is not None


def _translated_alike(word: Word, there: frozenset[str]) -> bool:
    """Return whether a word with a negating character has its translation in the English (不断, 不过)."""
    return len(word.text) > 1 and word.text not in _ZH_PLAIN and not there.isdisjoint(word.stems)


def _chinese_coverage(zh: str, en: str, hits: Sequence[Hit]) -> tuple[float, float, dict[str, float]]:
    latin = [(match.start(), match.group()) for match in _LATIN_WORD.finditer(zh)]
    if latin:
        lower = en.lower()
        hits = sorted([*hits, *((at, 1.0, float(word.lower() in lower)) for at, word in latin)])
    ends = [match.start() for match in _CLAUSE_END.finditer(zh)]
    size, covered, worst, run = _parts(hits, ends)
    return (
        size,
        covered,
        {
            "worst Chinese clause": worst,
            "Chinese run": min(run / 10, 2.0),
            "Chinese run, share": run / (size + 3),
            **_counts("Chinese", hits),
        },
    )


def _english_words(en: str) -> list[tuple[int, str, str]]:
    """Return where each English word with a content stands, the word in lower case, and its stem."""
    return [
        (match.start(), *known)
        for match in _ENGLISH_WORDS.finditer(en)
        if (known := _word_and_stem(match.group()))[0]
    ]


def _english_coverage(
    en: str,
    written: Sequence[tuple[int, str, str]],
    meanings: Set[str],
    sounds: Sounds,
    good: frozenset[str],
) -> tuple[float, dict[str, float]]:
    there = sounds.words
    hits = [
        (place, 1.0, 1.0 if root in meanings or word in good or word in there else 0.0)
        for place, word, root in written
    ]
    ends = [match.start() for match in _CLAUSE_END.finditer(en)]
    size, covered, worst, run = _parts(hits, ends)
    return covered, {
        "worst English clause": worst,
        "English run": min(run / 10, 2.0),
        "English run, share": run / (size + 3),
        **_counts("English", hits),
    }


@lru_cache(maxsize=65_536)
def _word_and_stem(written: str) -> tuple[str, str]:
    """Return an English word in lower case and its stem, both empty if it says nothing of the content."""
    word = written.lower().removesuffix("'s").removesuffix("’s")
    return ("", "") if word in STOPWORDS else (word, stem(word))


def _counts(side: str, hits: Sequence[Hit]) -> dict[str, float]:
    """Say how many words have a translation. In a short pair, a single one says much."""
    found = sum(hit >= 0.5 for _, _, hit in hits)
    return {
        f"{side} words found": min(found, 5) / 5,
        f"{side} words, none found": float(not found and len(hits) > 1),
        f"{side} words, few found": float(found * 4 <= len(hits) and len(hits) > 3),
    }


def _parts(hits: Sequence[Hit], ends: Sequence[int]) -> tuple[float, float, float, float]:
    """Return weight, share covered (towards the usual in a short text), the worst clause, and the longest
    gap. ``hits`` are in the order of the text.

    The worst clause is the weight that it lacks, less what a usual clause of its size lacks.
    """
    total = got = worst = run = longest = own = hit_of_own = 0.0
    at, last = 0, len(ends)
    for place, weight, hit in hits:
        if at < last and place > ends[at]:
            while at < last and place > ends[at]:
                at += 1
            worst = max(worst, (0.4 * own - hit_of_own) / 3)
            own = hit_of_own = 0.0
        own += weight
        hit_of_own += weight * hit
        total += weight
        got += weight * hit
        run = 0.0 if hit else run + weight
        if run > longest:
            longest = run
    worst = max(worst, (0.4 * own - hit_of_own) / 3)
    return total / 4, (got + 2.5) / (total + 4), min(worst, 2.0), longest


@cache
def load_weights() -> Weights:
    """Return the fitted weights by kind of error and name of evidence. Positive weights
    speak for an error.
    """
    text = files("duizhao.alignment").joinpath("_data/quality.json").read_text(encoding="utf-8")
    weights: Weights = json.loads(text)
    return weights

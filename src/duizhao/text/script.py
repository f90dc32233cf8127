"""Script: the script of a text, and conversion between Simplified and Traditional Chinese.

OpenCC converts, ``conversion`` decides ambiguous characters by context, and ``forms`` chooses one spelling
for each word. Characters that are already in the target script are kept as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duizhao.errors import InputError
from duizhao.text import opencc
from duizhao.text.conversion import (
    DOUBTFUL,
    SETTLED,
    Codes,
    Decisions,
    Model,
    agree,
    codes,
    decide,
    load_model,
)
from duizhao.text.forms import canonical_points, settle, settle_everywhere, settled_places
from duizhao.text.joined import Joined, join_texts
from duizhao.text.points import Points, points_of, text_of
from duizhao.text.simplified import keep_surnames, settle_simplified
from duizhao.text.surnames import find_surnames

SCRIPTS = ("zh-Hans", "zh-Hant", "zh-Hant-TW", "zh-Hant-HK")
"""Scripts to convert into (BCP 47). ``zh-Hant`` is Taiwan's standard forms, without change of vocabulary."""

_SAMPLE = 20_000
_LONE_LIAO = re.compile("瞭(?![望哨])")
_AUTHOR = re.compile(r"(?<=[\s\u3000])着(?![\u3400-\u9fff])")  # the author's 著 after a name: 林某某 著
_ASPECT = re.compile("著(?=名[为贵叫])")  # 经营着|名为, 卖着|名贵: words that touch as 著名 would
_SURNAMES = "陈林黄张李王吴刘蔡杨许郑谢郭洪邱曾廖赖徐周叶苏庄吕江何萧罗高潘简朱钟游詹胡施沈余卢梁赵颜柯翁魏孙戴范方宋邓杜傅侯曹薛丁卓马董唐蓝石冯姚程汪田"
_GIVEN = re.compile(f"(?<=叫[{_SURNAMES}])着")  # 叫陈著之
_SHOWN = 0.005
_OTHER = 0xFFFD  # what `codes` gives for all beyond U+FFFF
_HONG_KONG_WRITES = "葱毁横抛踪撑厦户脱卧携册"  # forms that are Simplified too

_FEWEST_LINE = 2
_FEWEST_REGION, _TIMES_REGION = 3, 8
_HONG_KONG = re.compile(
    "[嘅咗喺佢嗰啲冇哋嚟裏衞綫]|本港|港元|港鐵|的士|網絡|視像|警務|行政長官|軟件|硬件|互聯網|巴士|着"
)
_TAIWAN = re.compile(
    "軟體|硬體|網路|滑鼠|程式碼|專案|捷運|計程車|新[台臺]幣|資料庫|臺|物件|部落格|公車|健保|里長|國中|週末|品質"
)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Script:
    """The script of a text.

    ``tag`` is zh-Hans, zh-Hant, zh-Hant-TW or zh-Hant-HK (BCP 47), or ``mixed``; ``written`` is the script of
    most of it, zh-Hans or zh-Hant; ``mixed`` are its lines in the other one.
    """

    tag: str
    written: str
    mixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubtful character: its place in the text, the character there, and its possible forms.

    ``forms`` are (character, probability), the most probable first. The converted text has one of them.
    """

    place: int
    written: str
    forms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """A converted text, as long as the text that it comes from, and its doubtful places in order."""

    text: str
    doubts: tuple[Doubt, ...] = ()


def convert(text: str, to: str, names: Mapping[str, str] | None = None) -> str:
    """Text in the script ``to`` (BCP 47: zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK), of the same length.

    A text that is already in the script is kept, except for characters of the other script. ``names`` maps
    names in Simplified Chinese to their Traditional form. Raises DuizhaoError ``unknown-script``.

    >>> convert("是只有一个", "zh-Hant")
    '是只有一個'
    """
    return make_conversion(text, to, names).text


def make_conversion(text: str, to: str, names: Mapping[str, str] | None = None) -> Conversion:
    """The same conversion as `convert`, with the doubtful places."""
    return make_conversions([text], to, names)[0]


def make_conversions(
    texts: Sequence[str], to: str, names: Mapping[str, str] | None = None
) -> list[Conversion]:
    """The conversion of each text as `make_conversion` gives it. One call takes less time than one for each.

    Memory grows with the texts together.
    """
    if to not in SCRIPTS:
        raise InputError("unknown-script", f"{to}: unknown script; allowed: {', '.join(SCRIPTS)}")
    simplified, traditional = _only()
    done = [Conversion(text) for text in texts]
    wanted: dict[int, Mask | None] = {}  # of a text of two scripts: the places that are converted
    for number, text in enumerate(texts):
        source = codes(text)
        if to == "zh-Hans":
            foreign, own = traditional[source], simplified[source]
        else:
            foreign, own = simplified[source], traditional[source]
        if to != "zh-Hans" and not own.any():
            wanted[number] = None
        elif foreign.any():
            wanted[number] = _wanted(source, foreign, own)
    converting = [texts[number] for number in wanted]
    if to == "zh-Hans":
        converted = [Conversion(text) for text in simplify_together(converting)]
    else:
        converted = _to_traditional(converting, to, names or {})
    for (number, places), one in zip(wanted.items(), converted, strict=True):
        if places is None:
            done[number] = one
        else:
            doubts = tuple(doubt for doubt in one.doubts if places[doubt.place])
            done[number] = Conversion(_merge(texts[number], one.text, places), doubts)
    return done


def simplify(text: str) -> str:
    """Text that is known to be Traditional, in Simplified, of the same length.

    ``著`` is decided by its context: 看著 becomes 看着, but 名著 and 著 after an author's name are kept. ``瞭``, which
    careless converters write for every ``了``, is repaired: Simplified has it only in ``瞭望`` and ``瞭哨``.
    """
    return simplify_together([text])[0]


def simplify_together(texts: Sequence[str]) -> list[str]:
    """Each text as `simplify` gives it. One call takes less time than one for each."""
    joined = join_texts(texts)
    simplified = keep_surnames(settle_simplified(opencc.run("t2s", joined.text)), joined.text)
    simplified = _LONE_LIAO.sub("了", simplified).replace("矽", "硅")
    having = ["著" in text for text in texts]
    if not any(having):
        return joined.part(simplified)
    model = load_model()
    folded = model.fold[codes(simplified)]
    within = np.array(having)[joined.number(np.arange(folded.size))]
    decided = _write(simplified, decide(model, folded, folded, index=model.back, within=within))
    return [
        _GIVEN.sub("著", _ASPECT.sub("着", _AUTHOR.sub("著", text))) if has else text
        for text, has in zip(joined.part(decided), having, strict=True)
    ]


def detect_script(text: str) -> str:
    """``zh-Hant`` if there are more Traditional-only than Simplified-only characters, else ``zh-Hans``.

    Reads the first 20,000 code points.
    """
    source = codes(text[:_SAMPLE])
    simplified, traditional = _only()
    return "zh-Hant" if traditional[source].sum() > simplified[source].sum() else "zh-Hans"


def find_script(text: str) -> Script:
    """The script of a whole text, with its region if words and characters show it, or ``mixed`` if its lines
    have different scripts.

    A line is in the other script if it has at least two characters that only the other script uses, and none
    that only the script of the text uses.
    """
    source = codes(text)
    simplified, traditional = _only()
    written = "zh-Hant" if traditional[source].sum() > simplified[source].sum() else "zh-Hans"
    own, other = (traditional, simplified) if written == "zh-Hant" else (simplified, traditional)
    mixed: list[str] = []
    if other[source].sum() >= _FEWEST_LINE:
        lines = np.cumsum(source == ord("\n"))
        theirs, ours = (np.bincount(lines[mask[source]], minlength=lines[-1] + 1) for mask in (other, own))
        texts = text.split("\n")
        mixed = [texts[line] for line in np.flatnonzero((theirs >= _FEWEST_LINE) & (ours == 0))]
    if mixed:
        return Script("mixed", written, tuple(mixed))
    return Script(_region(text) if written == "zh-Hant" else written, written)


def _region(text: str) -> str:
    hong_kong, taiwan = len(_HONG_KONG.findall(text)), len(_TAIWAN.findall(text))
    if hong_kong >= max(_FEWEST_REGION, _TIMES_REGION * taiwan):
        return "zh-Hant-HK"
    if taiwan >= max(_FEWEST_REGION, _TIMES_REGION * hong_kong):
        return "zh-Hant-TW"
    return "zh-Hant"


def same_characters(left: str, right: str) -> bool:
    """Whether two texts are the same, character by character, except for the script.

    The table of the model has only code points up to U+FFFF. For pairs that it does not have, such as 㑮 and
    𫝈, OpenCC decides.
    """
    if len(left) != len(right):
        return False
    if left == right:
        return True
    one, other = codes(left), codes(right)
    fold = load_model().fold
    unknown = np.flatnonzero((fold[one] != fold[other]) | (one == _OTHER) | (other == _OTHER))
    if not unknown.size:
        return True
    pairs = ("\n".join(text[place] for place in unknown) for text in (left, right))
    return len({settle_simplified(opencc.run("t2s", characters)) for characters in pairs}) == 1


def engine() -> dict[str, str]:
    """What was used to convert: OpenCC's distribution, version and dictionaries, and the model of ambiguous
    characters.
    """
    return {**opencc.describe(), "model_crc32": load_model().fingerprint}


def _to_traditional(texts: Sequence[str], to: str, names: Mapping[str, str]) -> list[Conversion]:
    """The conversion of each text, with all its places."""
    model = load_model()
    hong_kong = to == "zh-Hant-HK"
    region = "hk" if hong_kong else ""
    joined = join_texts(texts)
    text = joined.text
    source, wide = codes(text), points_of(text)
    if hong_kong:  # whole words have a Hong Kong form: 觀塘綫
        converted = points_of(opencc.run("s2hk", text)).copy()
    else:
        converted = np.where(wide <= 0xFFFF, _alone()[source], wide)
    decided = decide(model, source, region=region)
    asked = _to_ask(model, text, wide, decided)
    if asked.size:
        where, answered = opencc.run_around("s2tw", text, asked)
        answer = np.zeros_like(source)
        answer[where] = canonical_points(codes(answered))
        decided = _again(decided, decide(model, source, answer, region, within=_mask(source.size, asked)))
        if not hong_kong:
            converted[where] = canonical_points(points_of(answered))
    decided = agree(source, _name(decided, find_surnames(text)), joined.number(decided.places))
    forms = model.forms[decided.classes, decided.choices]
    if hong_kong:
        there = converted[decided.places]
        own = _hong_kong_forms()[forms]
        forms = np.where(canonical_points(there) == forms, there, own)
    converted[decided.places] = forms
    done = text_of(converted)
    parts = joined.part(settle_everywhere(done) if hong_kong else settle(done))
    doubts = _share(joined, _doubts(text, decided))
    conversions = []
    for before, after, found in zip(texts, parts, doubts, strict=True):
        if found and not hong_kong:
            policy = settled_places(after)
            found = [doubt for doubt in found if doubt.place not in policy]
        if names:
            after, found = _write_names(before, after, names, found)
        conversions.append(Conversion(after, tuple(found)))
    return conversions


def _share(joined: Joined, doubts: Sequence[Doubt]) -> list[list[Doubt]]:
    """The doubts of each text, with their places in it."""
    shared: list[list[Doubt]] = [[] for _ in joined.starts]
    numbers = joined.number(np.array([doubt.place for doubt in doubts], dtype=np.int64)).tolist()
    for number, doubt in zip(numbers, doubts, strict=True):
        shared[number].append(replace(doubt, place=doubt.place - int(joined.starts[number])))
    return shared


def _to_ask(model: Model, text: str, wide: Points, decided: Decisions) -> NDArray[np.int64]:
    """Places for which OpenCC is asked: those that their context does not decide, and those with a form that
    no class has.
    """
    unsure = decided.places[decided.probabilities.max(axis=1, initial=0.0) < SETTLED]
    phrases = [match.start() for match in _any_of(model.asked).finditer(text)] if model.asked else []
    rare = np.flatnonzero(wide > 0xFFFF)
    return np.unique(np.concatenate([unsure, np.array(phrases, np.int64), rare]))


def _again(decided: Decisions, later: Decisions) -> Decisions:
    """Decisions, where a second decision on a place replaces the first."""
    choices, probabilities = decided.choices.copy(), decided.probabilities.copy()
    rows = np.searchsorted(decided.places, later.places)
    choices[rows], probabilities[rows] = later.choices, later.probabilities
    return Decisions(decided.places, decided.classes, choices, probabilities)


def _name(decided: Decisions, surnames: Mapping[int, str]) -> Decisions:
    """Decisions, where each surname has its own form, without a doubt."""
    if not surnames:
        return decided
    forms = load_model().forms[decided.classes]
    choices, probabilities = decided.choices.copy(), decided.probabilities.copy()
    for row in np.flatnonzero(np.isin(decided.places, list(surnames))).tolist():
        choices[row] = np.argmax(forms[row] == ord(surnames[int(decided.places[row])]))
        probabilities[row] = np.arange(forms.shape[1]) == choices[row]
    return Decisions(decided.places, decided.classes, choices, probabilities)


def _mask(size: int, places: NDArray[np.int64]) -> Mask:
    mask = np.zeros(size, dtype=np.bool_)
    mask[places] = True
    return mask


@cache
def _alone() -> Codes:
    """Table [65536] of the conversion of each character alone, in the form of Taiwan's policy."""
    return canonical_points(opencc.alone("s2tw"))


@cache
def _hong_kong_forms() -> Codes:
    """Table [65536] of the Hong Kong form of each of Taiwan's forms."""
    return opencc.alone("t2hk")[opencc.alone("tw2t")]


def _write(text: str, decided: Decisions) -> str:
    """A text with the decided characters put in."""
    if not decided.places.size:
        return text
    wide = points_of(text).copy()
    wide[decided.places] = load_model().forms[decided.classes, decided.choices]
    return text_of(wide)


def _doubts(text: str, decided: Decisions) -> list[Doubt]:
    forms = load_model().forms
    found = []
    for number in np.flatnonzero(decided.probabilities.max(axis=1, initial=0.0) < DOUBTFUL):
        likely = decided.probabilities[number]
        ranked = sorted(
            zip(forms[decided.classes[number]].tolist(), likely.tolist(), strict=True),
            key=lambda form: -form[1],
        )
        place = int(decided.places[number])
        found.append(Doubt(place, text[place], tuple((chr(form), p) for form, p in ranked if p >= _SHOWN)))
    return found


def _write_names(
    text: str, converted: str, names: Mapping[str, str], doubts: list[Doubt]
) -> tuple[str, list[Doubt]]:
    """The conversion with each name in its known form. Characters inside a name are no longer doubtful."""
    characters = list(converted)
    named: set[int] = set()
    for match in _any_of(tuple(sorted(names, key=lambda name: (-len(name), name)))).finditer(text):
        characters[match.start() : match.end()] = names[match.group()]
        named.update(range(match.start(), match.end()))
    return "".join(characters), [doubt for doubt in doubts if doubt.place not in named]


@lru_cache(maxsize=8)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)))


def _wanted(source: Codes, foreign: Mask, own: Mask) -> Mask:
    """Which places of a text of two scripts are converted: lines mostly in the other script, and its lone
    characters.

    A line without characters of only one script counts as in the script of the text.
    """
    lines = np.cumsum(source == ord("\n"))
    size = int(lines[-1]) + 1
    balance = np.bincount(lines[foreign], minlength=size) - np.bincount(lines[own], minlength=size)
    shown = np.bincount(lines[foreign | own], minlength=size) > 0
    whole = np.where(shown, balance > 0, balance.sum() > 0)
    return np.asarray(whole[lines] | foreign)


def _merge(text: str, converted: str, wanted: Mask) -> str:
    return text_of(np.where(wanted, points_of(converted), points_of(text)))


def _in_big5(character: str) -> bool:
    """Whether a character can be one of a Traditional text. For example, 别 cannot, although converters often
    leave it.
    """
    try:
        return bool(character.encode("big5hkscs"))
    except UnicodeEncodeError:
        return False


def _in_common_use(character: str) -> bool:
    """Whether a character is among the 5,401 of Big5's first level. Traditional Chinese uses these, for
    example 于 and 后.
    """
    try:
        return b"\xa4\x40" <= character.encode("big5") <= b"\xc6\x7e"
    except UnicodeEncodeError:
        return False


@lru_cache
def _only() -> tuple[Mask, Mask]:
    """Tables [65536] of characters that only Simplified and only Traditional Chinese uses."""
    model = load_model()
    han = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    joined = "\n".join(han)
    tables: list[Any] = []
    for configuration in ("s2t", "t2s"):
        table = np.zeros(0x10000, dtype=np.bool_)
        for character, converted in zip(han, opencc.run(configuration, joined).split("\n"), strict=True):
            table[ord(character)] = converted != character
        shared = [one for one in model.shared if configuration == "t2s" or _in_big5(one)]
        table[[ord(character) for character in (*shared, *_HONG_KONG_WRITES)]] = False
        if configuration == "s2t":
            table[[ord(character) for character in han if _in_common_use(character)]] = False
        tables.append(table)
    return tables[0], tables[1]

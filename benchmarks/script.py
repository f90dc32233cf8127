"""Conversion to Traditional Chinese, there and back: who is wrong how often, by ambiguous character and in
all.

python benchmarks/script.py FOLDER [--articles FILE] [--cases FILE] [--reimplemented FOLDER]
[--dictionary FILE] [--most 30]

FOLDER holds texts that people wrote in Traditional Chinese, one JSON Lines file a source (``{"text": …}`` a
line), none of which had a part in fitting; names that begin with ``hk-`` or ``ud-hk`` are from Hong Kong.
Each text goes to Simplified Chinese with OpenCC's ``t2s`` and back with every converter, and is compared with
what its author wrote. Forms between which authors choose freely (台 and 臺, 佈 and 布) count as one, for all
converters: ``_FREE`` below and ``duizhao.text.forms``. Sources from Hong Kong are compared with what each
converter makes for Hong Kong, where it can. FILE of ``--articles`` has articles in Simplified Chinese, for
eleven patterns that are wrong in Traditional Chinese; ``--cases`` is OpenCC's
``test/testcases/testcases.json``; ``--reimplemented`` is a folder into which ``pip install --target FOLDER
opencc-python-reimplemented`` was run.

With ``--dictionary`` (CC-CEDICT) a second table sorts the errors of Taiwan's sources by one rule for all
converters:

- *Simplified source*: the author's line has more characters that only Simplified Chinese uses than
  Traditional ones, so there is no reference.
- *published pair*: the dictionary has the author's word as a variant of the converter's word, or the other
  way round.
- *policy*: the converter's form is the one that the policy (``duizhao.text.forms.settle``) has for the
  author's word.
- *rest*: all others. These count as errors.

It has two halves. Texts with an even SHA-256 are for development: their errors were read. Nobody read the
errors of the other texts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from opencc import OpenCC

from duizhao.text import convert, detect_script
from duizhao.text.conversion import load_model
from duizhao.text.forms import canonical, settle

Converter = Callable[[str], str]
Pairs = Mapping[str, frozenset[str]]
"""Words that a dictionary has as variants of each other."""

KINDS = ("Simplified source", "published pair", "policy", "rest")

PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        "(?<![明])瞭(?:如何|什麼|[不一三四五幾全所各整這那我你他其])",
        "更復雜",
        "髮[明現布送出生表展起達給掘揮]",
        "是隻[有是能要會可想在用讓做對會需]",
        "[^是一二三四五六七八九十兩幾船]隻[有能要是]",
        "箇中[間]",
        "幹[擾預]",
        "[公私]有云",
        "參與制[作造]",
        "調製解調",
        "幹淨",
    )
)
"""Patterns that are wrong in Traditional Chinese, counted on technical articles."""

HONG_KONG = ("hk-", "ud-hk")
"""How the names of sources from Hong Kong begin."""

CONFIGURATIONS = ("s2t", "t2s", "s2tw", "tw2s", "s2hk", "hk2s", "s2twp", "tw2sp", "t2tw", "t2hk")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--reimplemented", type=Path)
    parser.add_argument("--dictionary", type=Path, help="CC-CEDICT, for the table of kinds of errors")
    parser.add_argument("--most", type=int, default=30, help="ambiguous characters to list")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        _serve()
        return
    engines = dict(converters(options.reimplemented))
    back = dict(_sources(options.folder))
    for name, engine in engines.items():
        slow = "reimplemented" in name  # it runs in another process
        clock = time.perf_counter if slow else time.process_time
        print(f"{name:<36} {speed(engine, back, clock, 1 if slow else 10):6.2f} MB/s", flush=True)
    pairs = read_pairs(options.dictionary) if options.dictionary else None
    counts = {name: compare(engine, back, pairs) for name, engine in engines.items()}
    print_table(counts, options.most)
    if options.dictionary:
        print_kinds(counts)
    if options.articles:
        texts = list(_texts(options.articles))
        for name, engine in engines.items():
            hits = [sum(len(p.findall(done)) for p in PATTERNS) for done in map(engine, texts)]
            share = sum(map(bool, hits)) / len(texts)
            print(f"{name:<36} {sum(hits):5} wrong words in {share:.1%} of {len(texts)} articles")
    if options.cases:
        print_cases(options.cases)


def converters(reimplemented: Path | None) -> Iterator[tuple[str, Converter]]:
    """Every converter that is installed, by name."""
    yield "duizhao", lambda text: convert(text, "zh-Hant")
    yield "duizhao zh-Hant-HK", lambda text: convert(text, "zh-Hant-HK")
    for configuration in ("s2tw", "s2twp", "s2hk"):
        yield f"OpenCC {configuration}", OpenCC(configuration).convert
    try:
        import opencc_jieba_pyo3
    except ImportError:
        pass
    else:
        jieba = opencc_jieba_pyo3.OpenCC("s2tw")
        yield "opencc-jieba-pyo3 s2tw", lambda text: jieba.convert(text, False)
    try:
        import zhconv_rs
    except ImportError:
        pass
    else:
        yield "zhconv-rs zh-TW", lambda text: zhconv_rs.zhconv(text, "zh-TW")
    if reimplemented:
        ours, theirs = _child(reimplemented)
        yield "opencc-python-reimplemented s2tw", theirs
        yield "duizhao over the reimplemented", ours


@dataclass(frozen=True, slots=True)
class Count:
    """Of one source, by ambiguous Simplified character: how often it stood there, how often its form came
    back otherwise.

    ``wrong`` leaves out the forms between which authors choose freely; ``other`` has every difference.
    ``kinds`` has the wrong ones by half and kind, ``places`` all ambiguous characters by half.
    """

    seen: Counter[str]
    wrong: Counter[str]
    other: Counter[str]
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)


def compare(engine: Converter, texts: dict[str, list[str]], pairs: Pairs | None) -> dict[str, Count]:
    """What comes back otherwise than its author wrote it, by source."""
    simplify = OpenCC("t2s").convert
    ambiguous = {word[0] for word in load_model().classes[: len(load_model().classes) - 1]}
    found = {}
    for source, those in texts.items():
        count = Count(Counter(), Counter(), Counter())
        for text in those:
            middle, half = simplify(text), find_half(text)
            seen = [character for character in middle if character in ambiguous]
            count.seen.update(seen)
            count.places[half] += len(seen)
            for line, written, done in zip(
                *(part.split("\n") for part in (middle, text, engine(middle))), strict=True
            ):
                if written == done or not len(written) == len(line) == len(done):
                    continue
                common = _common(written), _common(done)
                wrong = list(_differing(line, *common, ambiguous))
                count.other.update(line[place] for place in _differing(line, written, done, ambiguous))
                count.wrong.update(line[place] for place in wrong)
                if pairs is not None:
                    count.kinds.update((half, find_kind(written, done, place, pairs)) for place in wrong)
        found[source] = count
    return found


def find_half(text: str) -> str:
    """Whether the errors of a text may be read."""
    even = hashlib.sha256(text.encode()).digest()[-1] % 2 == 0
    return "development" if even else "untouched"


def find_kind(written: str, done: str, place: int, pairs: Pairs) -> str:
    """The kind of an error: ``written`` is the author's line, ``done`` the converter's, ``place`` the
    character.
    """
    if detect_script(written + "門") == "zh-Hans":  # 門 decides a draw
        return "Simplified source"
    for right, given in ((written, done), (_common(written), _common(done))):
        for length in (2, 3, 4):
            for start in range(max(0, place - length + 1), place + 1):
                if given[start : start + length] in pairs.get(right[start : start + length], ()):
                    return "published pair"
    return "policy" if _common(settle(written))[place] == _common(done)[place] else "rest"


def read_pairs(path: Path) -> Pairs:
    """Words of CC-CEDICT of which one is "variant of" or "also written" the other, of the same length."""
    pairs: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = re.match(r"(\S+) \S+ \[[^\]]*\] /(.*)/", line)
        if not entry or len(entry[1]) < 2:
            continue
        for other in re.findall(r"(?:variant of|also written) ([^\s\[|/,;)]+)", entry[2]):
            if len(other) == len(entry[1]) and other != entry[1]:
                pairs.setdefault(entry[1], set()).add(other)
                pairs.setdefault(other, set()).add(entry[1])
    return {word: frozenset(others) for word, others in pairs.items()}


def print_kinds(counts: dict[str, dict[str, Count]]) -> None:
    """Wrong forms of Taiwan's sources by half and kind."""
    print("\nTaiwan, by half and kind of error")
    for half in ("development", "untouched"):
        for name, by_source in counts.items():
            those = [count for source, count in by_source.items() if not source.startswith(HONG_KONG)]
            kinds = [sum(count.kinds[half, kind] for count in those) for kind in KINDS]
            shown = ", ".join(f"{kind} {number}" for kind, number in zip(KINDS, kinds, strict=True))
            print(f"{half} {sum(count.places[half] for count in those):6} {name:<36} {sum(kinds):4}: {shown}")


def _differing(line: str, written: str, done: str, ambiguous: set[str]) -> Iterator[int]:
    for place, (character, right, given) in enumerate(zip(line, written, done, strict=True)):
        if right != given and character in ambiguous:
            yield place


def print_table(counts: dict[str, dict[str, Count]], most: int) -> None:
    """Wrong forms among ambiguous characters: by source and converter, then by character."""
    names = list(counts)
    print(
        "\nby source: ambiguous characters; wrong, and in brackets with the forms that authors choose freely"
    )
    print(f"{'':<22} {'':>8}", "  ".join(names))
    for source, first in counts[names[0]].items():
        cells = [counts[name][source] for name in names]
        row = [f"{cell.wrong.total():6} ({cell.other.total():5})" for cell in cells]
        print(f"{source:<22} {first.seen.total():8}", "  ".join(row))
    for region, chosen in (("Taiwan", False), ("Hong Kong", True)):
        those = [source for source in counts[names[0]] if source.startswith(HONG_KONG) == chosen]
        row = [
            f"{sum(counts[name][source].wrong.total() for source in those):6}"
            f" ({sum(counts[name][source].other.total() for source in those):5})"
            for name in names
        ]
        print(f"{region:<22} {sum(counts[names[0]][s].seen.total() for s in those):8}", "  ".join(row))
    print("\nwrong, by character (all sources)")
    totals = {name: sum((count.wrong for count in counts[name].values()), Counter[str]()) for name in names}
    seen = sum((count.seen for count in counts[names[0]].values()), Counter[str]())
    worst = sorted(seen, key=lambda c: (-max(totals[name][c] for name in names), c))[:most]
    for character in worst:
        print(f"{character} {seen[character]:7}", "  ".join(f"{totals[name][character]:6}" for name in names))


def print_cases(path: Path) -> None:
    """How many of OpenCC's own cases its engine passes, and those of s2tw and s2hk that the second step
    changes.
    """
    plain = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.M)  # JSON with comments
    cases = json.loads(re.sub(r",(\s*[}\]])", r"\1", plain))["cases"]
    passed = total = 0
    for configuration in CONFIGURATIONS:
        engine = OpenCC(configuration).convert
        for case in cases:
            expected = case["expected"].get(configuration)
            if expected is None:
                continue
            total += 1
            given = engine(case["input"])
            target = {"s2tw": "zh-Hant-TW", "s2hk": "zh-Hant-HK"}.get(configuration)
            ours = convert(case["input"], target) if target else given
            passed += ours == expected
            if ours != given:
                print(f"{configuration} {case['id']}: {case['input']} expected {expected} duizhao {ours}")
    print(f"{passed} of {total} of OpenCC's cases as they are written there")


def speed(engine: Converter, texts: dict[str, list[str]], clock: Callable[[], float], most: int) -> float:
    """Megabytes of Simplified text (UTF-8) a second, ``most`` documents of 100,000 characters, on one core;
    the best of three runs.
    """
    simplify = OpenCC("t2s").convert
    documents = [simplify(text) for those in texts.values() for text in those]
    documents = ["\n".join(documents)[start : start + 100_000] for start in range(0, most * 100_000, 100_000)]
    size = sum(len(document.encode()) for document in documents)
    best = float("inf")
    for _ in range(3):
        start = clock()
        for document in documents:
            engine(document)
        best = min(best, clock() - start)
    return size / best / 1e6


_WEEK = "周(?=[末一二三四五六日刊報年期]|歲)|(?<=[上下本每這那兩數幾半一二三四五六七八九十0-9])周(?![邊圍遭到知全密折旋轉身])"
_FREE = tuple(
    (re.compile(pattern), right)
    for pattern, right in (
        *(
            ("瞭解", "了解"),
            ("佔", "占"),
            ("身份", "身分"),
            ("計畫", "計劃"),
            (_WEEK, "週"),
            ("反[復複]", "反覆"),
        ),
        *(
            ("[盡儘](?=[量快速早]|可能)", "儘"),
            ("(?<=[提上])昇", "升"),
            ("唸", "念"),
            ("蒐", "搜"),
            ("拚", "拼"),
            ("菸", "煙"),
        ),
        *(
            ("塚", "冢"),
            ("兇", "凶"),
            ("摺(?=疊)", "折"),
            ("註(?=解)|(?<=標)註", "注"),
            ("託(?=運)", "托"),
            ("誌(?=同)|(?<=同人)誌", "志"),
        ),
    )
)
"""Forms of one word that the Ministry of Education's dictionary has side by side: authors choose freely."""


def _common(text: str) -> str:
    """A text with the forms that authors choose freely between made one."""
    for pattern, right in _FREE:
        text = pattern.sub(right, text)
    return canonical(text)


def _sources(folder: Path) -> Iterator[tuple[str, list[str]]]:
    taiwan = OpenCC("t2tw").convert
    for path in sorted(folder.glob("*.jsonl")):
        yield path.stem, [taiwan(text) for text in _texts(path)]


def _texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def _child(folder: Path) -> tuple[Converter, Converter]:
    """Two converters in a process of their own: OpenCC's two packages cannot be in one."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), *filter(None, sys.path)))}
    child = subprocess.Popen(
        [sys.executable, __file__, ".", "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
    )

    def ask(which: str, text: str) -> str:
        assert child.stdin and child.stdout
        child.stdin.write(json.dumps([which, text]) + "\n")
        child.stdin.flush()
        return str(json.loads(child.stdout.readline()))

    return (lambda text: ask("ours", text)), (lambda text: ask("theirs", text))


def _serve() -> None:
    theirs = OpenCC("s2tw").convert
    for line in sys.stdin:
        which, text = json.loads(line)
        sys.stdout.write(json.dumps(convert(text, "zh-Hant") if which == "ours" else theirs(text)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

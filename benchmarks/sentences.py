"""Sentence boundaries: F1 of ours and of two rivals on hard places, with the time that each takes.

    python benchmarks/sentences.py [--errors]

The places are those of tests/gold/sentences/. A splitter is right where it begins a sentence at a place that
the gold marks, and nowhere else; white space around a boundary does not count. Rivals: pysbd (English and
Chinese), and for Chinese a regular expression that cuts behind 。！？…… and the marks that close behind them, as
many scripts do; sentencex where it is installed. ``--errors`` prints where ours is wrong.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from duizhao.text.boundaries import ends_of

GOLD = Path(__file__).parents[1] / "tests" / "gold" / "sentences"
Splitter = Callable[[str], Iterable[int]]
_SIMPLE = re.compile(r"(?:[。！？!?]+|…{2,})[”’」』）]*")


def read_gold(path: Path) -> list[tuple[str, frozenset[int]]]:
    """Paragraphs of a gold file, each with the places at which a sentence begins in it."""
    joint = " " if path.stem == "en" else ""
    paragraphs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        parts = line.split(f"{joint}|{joint}")
        text = joint.join(parts)
        ends, place = [], 0
        for part in parts[:-1]:
            place += len(part)
            ends.append(place)
            place += len(joint)
        paragraphs.append((text, starts(text, ends)))
    return paragraphs


def starts(text: str, ends: Iterable[int]) -> frozenset[int]:
    """Places at which sentences begin, behind the white space that follows a boundary; none at the text's two
    ends.
    """
    size = len(text.rstrip())
    moved = (end + len(text[end:]) - len(text[end:].lstrip()) for end in ends)
    return frozenset(place for place in moved if 0 < place < size)


def score(split: Splitter, paragraphs: Sequence[tuple[str, frozenset[int]]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of boundaries."""
    hit = found = wanted = 0
    for text, gold in paragraphs:
        places = starts(text, split(text))
        hit, found, wanted = hit + len(places & gold), found + len(places), wanted + len(gold)
    return hit / max(found, 1), hit / max(wanted, 1), 2 * hit / max(found + wanted, 1)


def _by_pieces(split: Callable[[str], Iterable[str]]) -> Splitter:
    """A splitter of places from one that returns sentences as texts."""

    def places(text: str) -> list[int]:
        ends, place = [], 0
        for piece in split(text):
            at = text.find(piece.strip(), place)
            place = (at if at >= 0 else place) + len(piece.strip())
            ends.append(place)
        return ends

    return places


def _rivals(language: str) -> dict[str, Splitter]:
    rivals: dict[str, Splitter] = {}
    try:
        import pysbd

        rivals["pysbd"] = _by_pieces(pysbd.Segmenter(language=language, clean=False).segment)
    except ImportError:
        print("pysbd is not installed: pip install 'duizhao[bench]'", file=sys.stderr)
    if language == "zh":
        rivals["regular expression"] = lambda text: [match.end() for match in _SIMPLE.finditer(text)]
    try:
        import sentencex

        rivals["sentencex"] = _by_pieces(lambda text: sentencex.segment(language, text))
    except ImportError:
        pass
    return rivals


def _show_errors(language: str, paragraphs: Sequence[tuple[str, frozenset[int]]]) -> None:
    for text, gold in paragraphs:
        places = starts(text, ends_of(text, language))
        marks = dict.fromkeys(places - gold, "[+]") | dict.fromkeys(gold - places, "[-]")
        if marks:
            print("".join(marks.get(index, "") + character for index, character in enumerate(text)))


def main(arguments: Sequence[str]) -> None:
    print(f"{'':24}{'boundaries':>12}{'precision':>11}{'recall':>9}{'F1':>9}{'s':>9}")
    for language in ("zh", "en"):
        paragraphs = read_gold(GOLD / f"{language}.txt")
        total = sum(len(gold) for _, gold in paragraphs)

        def ours(text: str, language: str = language) -> Iterable[int]:
            return ends_of(text, language)

        for name, split in {"duizhao": ours, **_rivals(language)}.items():
            begun = time.perf_counter()
            precision, recall, f1 = score(split, paragraphs)
            took = time.perf_counter() - begun
            print(f"{language} {name:21}{total:>12}{precision:>11.4f}{recall:>9.4f}{f1:>9.4f}{took:>9.3f}")
        if "--errors" in arguments:
            _show_errors(language, paragraphs)


if __name__ == "__main__":
    main(sys.argv[1:])

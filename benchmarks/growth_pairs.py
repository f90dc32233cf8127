"""How the work grows with the length of hostile texts: every printable ASCII character and every CJK mark,
alone and in pairs.

python benchmarks/growth_pairs.py [--singles 100000] [--pairs 2000] [--again 20000] [--most 12] [--count]
[--steps STEP ...]

A text repeats one or two characters. Each step works on a text and on one of ten times its length; the
measure is CPU time, the least of some tries, or with ``--count`` the number of function calls, which is the
same in each run but does not see the work inside of one call. A unit that grows more than ``--most`` times is
measured again with texts of ``--again`` characters and more tries before it is named: short times are
uncertain. Prints the units that grow too fast, then the ten worst. Exit 1 where one grows too fast. All pairs
take about 20 minutes on one core; CI runs a sample of them (``tests/test_growth.py``).
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType

from duizhao.cleaning import judge, kept
from duizhao.errors import DuizhaoError
from duizhao.sources import read_bytes
from duizhao.text import find_blocks, make_document, split_block

ASCII = "".join(map(chr, range(0x20, 0x7F))) + "\n"
"""The printable characters of ASCII, and the end of a line."""
MARKS = (
    "　、。〃々〈〉《》「」『』【】〔〕〖〗〝〞～，．：；！？（）［］｛｝＂＇＃＊＿｀＜＞＝｜／＼—…⋯·‘’“”•●字"
)
"""Marks of Chinese text, and one character that is none."""
UNITS = ASCII + MARKS


def blocks(text: str) -> None:
    """A Markdown text into blocks and sentences."""
    document = make_document("t", text, name="t.md")
    for block in find_blocks(document):
        split_block(text, block, "zh")


def plain(text: str) -> None:
    """A plain English text into blocks and sentences."""
    document = make_document("t", text, language="en", name="t.txt")
    for block in find_blocks(document):
        split_block(text, block, "en")


def clean(text: str) -> None:
    """What ``duizhao clean`` does."""
    document = make_document("t", text, name="t.md")
    kept(document, judge(document, find_blocks(document)))


def page(text: str) -> None:
    """A page of HTML with the text in its body."""
    try:
        read_bytes(f"<html><body><p>{text}".encode(), "t.html")
    except DuizhaoError:  # a page without an article
        return


STEPS: dict[str, Callable[[str], None]] = {step.__name__: step for step in (blocks, plain, clean, page)}


def hostile(unit: str, size: int) -> str:
    """A title, and ``size`` characters that repeat one unit."""
    return "题\n\n" + unit * (size // len(unit))


def calls(step: Callable[[str], None], text: str) -> int:
    """How many functions a step calls, of Python and of C: work that can be counted, the same in each run."""
    count = 0

    def see(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    step(text)  # what is made once
    sys.setprofile(see)
    try:
        step(text)
    finally:
        sys.setprofile(None)
    return count


def seconds(step: Callable[[str], None], unit: str, size: int, tries: int) -> float:
    """The least CPU seconds of a step on a text of ``size`` characters."""
    text = hostile(unit, size)
    least = float("inf")
    for _ in range(tries):
        start = time.process_time()
        step(text)
        least = min(least, time.process_time() - start)
    return least


def grown(step: Callable[[str], None], unit: str, size: int, count: bool, tries: int = 1) -> float:
    """CPU time, or with ``count`` calls, on ten times the text by that on the text."""
    if count:
        return calls(step, hostile(unit, 10 * size)) / calls(step, hostile(unit, size))
    return seconds(step, unit, 10 * size, tries) / max(seconds(step, unit, size, 1 + tries), 1e-4)


def measure(
    units: Iterable[str], steps: Iterable[str], size: int, again: int, most: float, count: bool
) -> Iterator[tuple[float, str, str]]:
    """Growth, step and unit of each, measured again where it is above ``most``."""
    for unit in units:
        for name in steps:
            growth = grown(STEPS[name], unit, size, count)
            for tries in (2, 4):  # other work on the machine makes single tries of the longer text slower
                if growth > most:
                    growth = min(growth, grown(STEPS[name], unit, again, count, tries))
            yield growth, name, unit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--singles", type=int, default=100_000, help="length of the shorter text of one character"
    )
    parser.add_argument(
        "--pairs", type=int, default=2000, help="length of the shorter text of two characters; 0: none"
    )
    parser.add_argument(
        "--again", type=int, default=20_000, help="length where the first measure is above --most"
    )
    parser.add_argument("--most", type=float, default=12.0)
    parser.add_argument("--count", action="store_true", help="count function calls instead of time")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    told = parser.parse_args()
    gc.disable()
    found = []
    pairs = [a + b for a in UNITS for b in UNITS if a != b]
    random.Random(0).shuffle(pairs)  # what was measured before it is stopped is a fair sample
    for size, units in ((told.singles, list(UNITS)), (told.pairs, pairs)):
        for row in measure(units if size else (), told.steps, size, told.again, told.most, told.count):
            found.append(row)
            if row[0] > told.most:
                print(f"too fast: {row[0]:6.1f}  {row[1]:8s} {row[2]!r}", flush=True)
            if len(found) % 1000 == 0:
                gc.collect()
                print(f"{len(found)} measures, {time.process_time():.0f} CPU seconds", flush=True)
    for growth, name, unit in sorted(found, reverse=True)[:10]:
        print(f"{growth:6.1f}  {name:8s} {unit!r}")
    print(f"{len(found)} measures, {time.process_time():.0f} CPU seconds")
    sys.exit(any(growth > told.most for growth, _, _ in found))


if __name__ == "__main__":
    main()

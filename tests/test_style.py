"""The style of the code: the length of lines, counted as Unicode characters, where a text is divided over
lines, and which words are used.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "tests", "training", "benchmarks", "docs")
LONGEST = 110

EXCEPTIONS = {
    "src/duizhao/inventory.py": "# What each file is. duizhao init wrote what it found out;",
    "src/duizhao/release/card.py": "TODO: ",
}
"""Files with lines that are longer, and how such lines begin: they are text that a command writes to a user.
"""


def long_lines(path: Path) -> list[str]:
    """The lines of a file that are too long, each with its place."""
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    return [
        f"{name}:{number}: {len(line)} characters"
        for number, line in enumerate(text.split("\n"), 1)
        if len(line) > LONGEST and not (name in EXCEPTIONS and EXCEPTIONS[name] in line)
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_line_of_code_is_longer_than_110_characters(folder: str) -> None:
    files = sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)
    assert files
    assert [line for path in files for line in long_lines(path)] == []


def test_each_exception_is_still_needed() -> None:
    for name, start in EXCEPTIONS.items():
        lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
        assert [line for line in lines if len(line) > LONGEST and start in line], name


def short_parts(path: Path) -> list[str]:
    """Lines with one or two words of a text that goes on in the next line, each with its place."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").split("\n")]
    part = re.compile(r'f?"[^"{]*"')
    return [
        f"{path.name}:{number}: {line}"
        for number, (line, after) in enumerate(pairwise(lines), 1)
        if part.fullmatch(line) and part.fullmatch(after) and line.endswith(' "') and len(line.split()) < 4
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_text_is_divided_so_that_a_line_has_only_one_or_two_words_of_it(folder: str) -> None:
    files = sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)
    assert [part for path in files for part in short_parts(path)] == []


def test_what_is_wrong_is_fixed_and_not_mended() -> None:
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")]
    files += (ROOT / "tests" / "mistakes").glob("*/expected.txt")
    found = [path for path in files if re.search(r"\bmend(s|ed|ing)?\b", path.read_text(encoding="utf-8"))]
    assert [path.relative_to(ROOT).as_posix() for path in found] == []

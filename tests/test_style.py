"""The style of the code: no line is longer than 110 characters, counted as Unicode characters."""

from __future__ import annotations

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

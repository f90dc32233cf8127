"""Inputs that a fuzzer found, or that reach far: none ends in anything but a DuizhaoError.

``fuzz/fuzz.py`` makes new ones; an input that once failed stays in ``fuzz/corpus/TARGET`` under a name that
says why.
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "fuzz"
sys.path.append(str(FOLDER))

from targets import TARGETS, mutate, run_one  # noqa: E402

CASES = sorted(path for path in (FOLDER / "corpus").glob("*/*"))


def test_every_target_has_a_corpus() -> None:
    assert {path.parent.name for path in CASES} == set(TARGETS)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_input_of_the_corpus_does_no_harm(path: Path) -> None:
    run_one(TARGETS[path.parent.name], path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_inputs_do_no_harm(name: str) -> None:
    """A few mutations of the corpus, the same in every run: for Pythons without atheris."""
    generator = random.Random(name)
    corpus = [path.read_bytes() for path in CASES if path.parent.name == name]
    for _ in range(40):
        run_one(TARGETS[name], mutate(corpus, generator))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "usage: python tests/fuzz/fuzz.py TARGET|all SECONDS [plain]; TARGET is one of "),
        (["text"], "fuzz: '' is no number of seconds; give a whole number above 0; usage: "),
        (["nothing", "5"], "fuzz: no target 'nothing'; it is all or one of "),
        (["text", "-5"], "fuzz: '-5' is no number of seconds"),
        (["text", "5", "fast"], "fuzz: 'fast' is not understood"),
    ],
)
def test_wrong_words_of_the_fuzzer_get_its_usage_and_exit_code_2(words: list[str], told: str) -> None:
    command = [sys.executable, str(FOLDER / "fuzz.py"), *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(told) and done.stderr.count("\n") == 1

"""The list of reasons and of test files of the script that changes the code."""

from __future__ import annotations

import shlex
from pathlib import Path

import mutation


def test_each_reason_is_for_a_mutant_that_exists() -> None:
    for module, part, old, new in mutation.SAME:
        source = (mutation.PACKAGE / module).read_text(encoding="utf-8")
        lines = source.splitlines()
        assert any(
            (mutant.old, mutant.new) == (old, new) and part in lines[mutant.line - 1]
            for mutant in mutation.find_mutants(module, source)
        ), (module, part, old, new)


def test_each_test_file_of_a_module_exists() -> None:
    names = {shlex.split(words)[0] for words in (mutation.RULES, *sum(mutation.TESTS.values(), ()))}
    assert [name for name in names if not (Path(__file__).parent / f"test_{name}.py").is_file()] == []

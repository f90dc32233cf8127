"""How texts of every kind are read: sentences, blocks, pages, numbers, names, evidence (tests/readings/)."""

from __future__ import annotations

import pytest

import readings


@pytest.mark.parametrize("name", sorted({*readings.READERS} - {"forged"}))  # forged: test_consistency.py
def test_every_text_is_read_as_its_file_says(name: str) -> None:
    wrong = [(text, told, readings.read_line(name, text)) for text, told in readings.lines_of(name)]
    assert [one for one in wrong if not readings.same(one[1], one[2])] == []


def test_every_file_of_readings_has_a_reader_and_texts() -> None:
    assert {path.stem for path in readings.FOLDER.glob("*.jsonl")} == set(readings.READERS)
    assert all(len(readings.lines_of(name)) >= 5 for name in readings.READERS)


def test_two_readings_are_the_same_if_only_their_decimals_differ_a_little() -> None:
    assert readings.same(["a 0.500, b"], ["a 0.501, b"])
    assert not readings.same(["a 0.500"], ["a 0.503"])
    assert not readings.same(["a 5"], ["a 6"])
    assert not readings.same(["a"], ["a", "b"])

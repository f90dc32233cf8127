"""One fact at the head of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Header:
    """One line of metadata, or one member of an object: ``key``, ``text[start:end]`` is the line, and
    ``text[value:value_end]`` its value.
    """

    key: str
    start: int
    value: int
    value_end: int
    end: int

"""Boundaries: where a new sentence begins in a paragraph, in Chinese or in English."""

from __future__ import annotations

from collections.abc import Iterator

from duizhao.text.chinese import chinese_ends
from duizhao.text.english import english_ends


def ends_of(text: str, language: str) -> Iterator[int]:
    """Offsets at which a new sentence begins inside a paragraph's text, in order. ``language`` is ``zh`` or
    ``en``.
    """
    return chinese_ends(text) if language == "zh" else english_ends(text)

"""Boundaries: where a new sentence begins in a paragraph, in Chinese or in English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duizhao.text.chinese import chinese_ends
from duizhao.text.english import english_ends
from duizhao.text.spans import UNSEEN

_UNSEEN = re.compile(f"[{UNSEEN}]")


def ends_of(text: str, language: str) -> Iterator[int]:
    """Offsets at which a new sentence begins inside a paragraph's text, in order. ``language`` is ``zh`` or
    ``en``.

    Characters that show nothing do not count: a zero width space may be between a stop and the quotation mark
    that closes after it. A sentence begins with a character that can be seen.
    """
    ends = chinese_ends if language == "zh" else english_ends
    if text.isascii() or _UNSEEN.search(text) is None:
        yield from ends(text)
        return
    seen = [place for place, character in enumerate(text) if character not in UNSEEN]
    for end in ends("".join([text[place] for place in seen])):
        yield seen[end]

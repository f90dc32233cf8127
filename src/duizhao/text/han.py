"""Han characters: which characters the whole package counts as Chinese ones."""

from __future__ import annotations

import re

HAN_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""The first and the last code point of each range: the unified ideographs with extension A, the compatibility
ideographs, and planes 2 and 3, which Unicode keeps for ideographs."""

HAN = "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN_RANGES)
"""What stands between the brackets of a pattern for one Han character."""

HAN_CHARACTER = re.compile(f"[{HAN}]")


def count_han(text: str, start: int = 0, end: int | None = None) -> int:
    """How many Han characters ``text[start:end]`` has."""
    return len(HAN_CHARACTER.findall(text, start, len(text) if end is None else end))

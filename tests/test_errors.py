from __future__ import annotations

import pytest

from duizhao.errors import counted


@pytest.mark.parametrize(
    ("count", "things", "told"),
    [
        (1, "rows", "1 row"),
        (1, "entries", "1 entry"),
        (1, "more lines", "1 more line"),
        (0, "rows", "0 rows"),
        (2000, "entities", "2,000 entities"),
    ],
)
def test_what_is_counted_stands_in_the_singular_only_for_one(count: int, things: str, told: str) -> None:
    assert counted(count, things) == told

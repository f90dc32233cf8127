"""How much more work ten times the input is: for tests that a step is linear."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

TRIES = 3


def growth(work: Callable[[Any], object], small: Any, large: Any) -> float:
    """CPU seconds of ``work(large)`` by those of ``work(small)``, where ``large`` is ten times as much: the
    least of several tries, for other work disturbs.

    Memory is slower where there is more of it: on some machines even a list of small tables takes 13 times
    as long if it has ten times as many. So the growth is divided by that of such a list, which takes about
    as long as ``work``.
    """
    work(small)  # what is made once, like tables of characters
    gc.collect()
    gc.disable()  # its passes over all objects would count
    try:
        return min(_time(work, large) / max(first := _time(work, small), 0.002) / slowing(first)
                   for _ in range(TRIES))  # fmt: skip
    finally:
        gc.enable()


def slowing(seconds: float) -> float:
    """How much slower memory gets from work of so many seconds to ten times as much, at least 1."""
    count = max(1000, int(1000 * seconds / _time(make_tables, 1000)))
    return max(1.0, _time(make_tables, 10 * count) / _time(make_tables, count) / 10)


def make_tables(count: int) -> list[dict[str, Any]]:
    return [{"number": number, "text": f"{number}"} for number in range(count)]


def _time(work: Callable[[Any], object], value: Any) -> float:
    times = []
    for _ in range(2):
        start = time.process_time()
        work(value)
        times.append(time.process_time() - start)
    return min(times)

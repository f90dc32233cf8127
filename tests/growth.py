"""How much more work ten times the input is: for tests that a step is linear."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

TRIES = 3


def growth(work: Callable[[Any], object], small: Any, large: Any) -> float:
    """CPU seconds of ``work(large)`` by those of ``work(small)``: the least of several tries, for other work
    disturbs.
    """
    work(small)  # what is made once, like tables of characters
    gc.collect()
    gc.disable()  # its passes over all objects would count
    try:
        return min(_time(work, large) / max(_time(work, small), 0.002) for _ in range(TRIES))
    finally:
        gc.enable()


def _time(work: Callable[[Any], object], value: Any) -> float:
    times = []
    for _ in range(2):
        start = time.process_time()
        work(value)
        times.append(time.process_time() - start)
    return min(times)

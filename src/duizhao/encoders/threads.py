"""Matrix products on one thread.

The products of the encoder and of the aligner are small. Several threads mostly wait for one another then:
on two cores they take 1.5 times the processor time, and far more if other programs run too. The last bits of
a product also depend on the number of threads. With one thread, the vectors are the same on any number of
cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_thread() -> Iterator[None]:
    """Let numpy compute matrix products on one thread, in this block."""
    with _libraries().limit(limits=1):
        yield


@cache
def _libraries() -> Any:
    """Return the libraries that numpy computes with. To find them takes a few milliseconds."""
    import numpy  # noqa: F401  (its libraries are found only after it is loaded)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")

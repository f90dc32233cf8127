"""Batches: documents that are judged together, because many in one call take less time than one for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

LARGE, MOST, ITEMS = 1 << 16, 1 << 18, 128
"""A document with LARGE characters is a batch of its own.

The others have together at most MOST characters and ITEMS documents.
"""


def in_batches(items: Iterable[Item], size: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Yield items in order, in lists of bounded size. ``size`` gives the characters of an item."""
    batch: list[Item] = []
    room = MOST
    for item in items:
        characters = size(item)
        if batch and (characters > room or characters >= LARGE):
            yield batch
            batch, room = [], MOST
        batch.append(item)
        room -= characters
        if characters >= LARGE or len(batch) == ITEMS:
            yield batch
            batch, room = [], MOST
    if batch:
        yield batch

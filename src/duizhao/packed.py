"""Rows of a release in little memory: many rows are kept as compressed bytes, and become dicts again when
they are read.

A row as a dict takes about 1,300 bytes, and packed about 100. So a release with millions of
rows fits into memory.
"""

from __future__ import annotations

import marshal
import zlib
from array import array
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any, TypeVar, overload

Row = dict[str, Any]
Key = TypeVar("Key", bound=Hashable)

PLAIN = 20_000
"""So many rows are kept as they are: packing them would save little memory."""

_TOGETHER = 256
"""How many rows are packed and unpacked at a time."""


class PackedRows(Sequence[Row]):
    """A sequence of rows that can only grow.

    The values of a row must be plain JSON values. A row that is read can be a new dict each time, so a change
    of it is not kept: change a row before it is added. Reading all rows in order is fast. Reading one row by
    its index unpacks the rows around it.
    """

    __slots__ = ("_loose", "_packs")

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._packs: list[bytes] = []
        self._loose: list[Row] = []  # the last rows, not yet packed
        self.extend(rows)

    def append(self, row: Row) -> None:
        """Add one row."""
        self._loose.append(row)
        if len(self._loose) >= self._most():
            self._pack()

    def extend(self, rows: Iterable[Row]) -> None:
        """Add rows. They are taken from an iterator one at a time."""
        remaining = iter(rows)
        while True:
            most = self._most()
            self._loose.extend(islice(remaining, most - len(self._loose)))
            if len(self._loose) < most:
                return
            self._pack()

    def between(self, start: int, stop: int) -> Iterator[Row]:
        """Yield the rows from ``start`` up to, and not including, ``stop``. Both count from the first row."""
        packed = len(self._packs) * _TOGETHER
        for number in range(start // _TOGETHER, -(-min(stop, packed) // _TOGETHER)):
            rows = _unpack(self._packs[number])
            first = number * _TOGETHER
            if start <= first and first + _TOGETHER <= stop:
                yield from rows
            else:
                yield from rows[max(0, start - first) : stop - first]
        if stop > packed:
            yield from islice(self._loose, max(0, start - packed), stop - packed)

    def __len__(self) -> int:
        return len(self._packs) * _TOGETHER + len(self._loose)

    def __iter__(self) -> Iterator[Row]:
        for pack in self._packs:
            yield from _unpack(pack)
        yield from self._loose

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        places = range(len(self))[index]  # raises IndexError as a list does
        if isinstance(places, int):
            return next(self.between(places, places + 1))
        if places.step == 1:
            return list(self.between(places.start, places.stop))
        return [self[place] for place in places]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, tuple, PackedRows)):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"PackedRows({len(self)} rows)"

    def _most(self) -> int:
        """How many rows are packed as soon as so many are loose."""
        return _TOGETHER if self._packs else max(PLAIN, _TOGETHER)

    def _pack(self) -> None:
        whole = len(self._loose) // _TOGETHER * _TOGETHER
        for start in range(0, whole, _TOGETHER):
            rows = self._loose[start : start + _TOGETHER]
            self._packs.append(zlib.compress(marshal.dumps(rows), 1))
        self._loose = self._loose[whole:]


class Part(Collection[Row]):
    """Some rows of a sequence, in their order. They are read again in each pass, and not held."""

    __slots__ = ("_ranges", "_rows")

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._ranges = array("q")  # start and stop of each run of rows that follow one another

    def add(self, place: int, count: int = 1) -> None:
        """Add the row at a place of the sequence, or several that follow it. Places must rise."""
        if self._ranges and self._ranges[-1] == place:
            self._ranges[-1] += count
        else:
            self._ranges.extend((place, place + count))

    def __iter__(self) -> Iterator[Row]:
        read = self._rows.between if isinstance(self._rows, PackedRows) else None
        for at in range(0, len(self._ranges), 2):
            start, stop = self._ranges[at : at + 2]
            yield from read(start, stop) if read else self._rows[start:stop]

    def __contains__(self, row: object) -> bool:
        return any(one == row for one in self)

    def __len__(self) -> int:
        return sum(self._ranges[1::2]) - sum(self._ranges[::2])


def group_rows(rows: Sequence[Row], key: Callable[[Row], Key]) -> dict[Key, Part]:
    """Return the rows that have the same key, by key, in the order of the first row of each."""
    parts: dict[Key, Part] = {}
    place = 0
    for value, run in groupby(map(key, rows)):
        count = sum(1 for _ in run)
        part = parts.get(value)
        if part is None:
            part = parts[value] = Part(rows)
        part.add(place, count)
        place += count
    return parts


def _unpack(pack: bytes) -> list[Row]:
    rows: list[Row] = marshal.loads(zlib.decompress(pack))
    return rows

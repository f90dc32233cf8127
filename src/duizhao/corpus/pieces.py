"""Cut the rows of a corpus into pieces of equal size: the unit of work, and what a killed build keeps.

Where a piece ends depends on the bytes of the rows only. So neither the number of workers nor a
kill changes a byte.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from duizhao.corpus.rows import RawRow, parse_line
from duizhao.errors import InputError

PIECE = 1 << 20
"""Bytes of rows in a piece. A worker needs a few seconds for it."""

SHARD = 256 << 20
"""Bytes of rows in a shard of the release, unless the user gives another size."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive rows. ``number`` counts the pieces of a build, ``shard`` is the shard that they go to.

    ``digest`` is the SHA-256 of the rows and of their places: it proves that a finished piece
    was made from them.
    """

    number: int
    shard: int
    rows: tuple[RawRow, ...]
    digest: str


def cut_pieces(rows: Iterable[RawRow], piece: int = PIECE, shard: int = SHARD) -> Iterator[Piece]:
    """Yield the pieces of a corpus.

    A row that is larger than a piece is a piece by itself. Rows of one pair that follow each
    other are not parted.
    """
    number = size = filled = at = 0
    waiting: list[RawRow] = []
    for row in rows:
        full = size >= piece
        if full and not _parts_pair(waiting, row):
            yield _made(number, at, waiting)
            number, filled, waiting, size = number + 1, filled + size, [], 0
            if filled >= shard:
                at, filled = at + 1, 0
        waiting.append(row)
        size += row.size
    if waiting:
        yield _made(number, at, waiting)


def pair_of(row: RawRow) -> str | None:
    """Return the ``pair_id`` of a row; None if it has none or cannot be read."""
    content = row.content
    if isinstance(content, bytes):
        if b'"pair_id"' not in content:
            return None
        try:
            content = parse_line(content)
        except InputError:
            return None
    value = None if isinstance(content, int) else content.get("pair_id")
    return value if isinstance(value, str) and value.strip() else None


def _parts_pair(rows: list[RawRow], next: RawRow) -> bool:
    """Return whether a cut before ``next`` would part the two rows of a pair."""
    pair = pair_of(next)
    if pair is None or pair_of(rows[-1]) != pair:
        return False
    run = sum(1 for _ in takewhile(lambda row: pair_of(row) == pair, reversed(rows)))
    return run % 2 == 1


def _made(number: int, shard: int, rows: list[RawRow]) -> Piece:
    digest = hashlib.sha256()
    for row in rows:
        content = row.content if isinstance(row.content, bytes) else _bytes(row)
        digest.update(f"{row.file}\n{row.number}\n{len(content)}\n".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return Piece(number, shard, tuple(rows), digest.hexdigest())


def _bytes(row: RawRow) -> bytes:
    try:
        return json.dumps(row.content, sort_keys=True).encode()
    except TypeError:  # dates and bytes
        return pickle.dumps(row.content, 4)

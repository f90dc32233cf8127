"""The article ids of a build that were seen, in bounded memory: sorted runs of hashes on the disk."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

RUN = 1 << 20
"""How many hashes are in memory before they become a run on the disk. One has 16 bytes."""


class SeenIds:
    """A set of hashes of 16 bytes. Runs on the disk lie in ``folder``, which must be empty."""

    def __init__(self, folder: Path, run: int = RUN) -> None:
        self._folder, self._most = folder, run
        self._recent: set[bytes] = set()
        self._runs: list[Any] = []

    def add(self, hashes: bytes) -> list[int]:
        """Add hashes of 16 bytes each, and return the places of those that were there before."""
        count = len(hashes) // 16
        if not count:
            return []
        parts = [hashes[16 * place : 16 * place + 16] for place in range(count)]
        known = np.zeros(count, dtype=bool)
        values = _array(hashes)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, values), len(run) - 1)
            known |= run[places] == values
        found = [place for place, part in enumerate(parts) if known[place] or part in self._recent]
        twice = set(found)
        self._recent.update(part for place, part in enumerate(parts) if place not in twice)
        if len(self._recent) >= self._most:
            self._flush()
        return found

    def _flush(self) -> None:
        path = self._folder / f"{len(self._runs):05d}.npy"
        np.save(path, np.sort(_array(b"".join(self._recent))))
        self._runs.append(np.load(path, mmap_mode="r"))
        self._recent = set()


def hash_id(id: str) -> bytes:
    """Return 16 bytes that stand for an article id."""
    return hashlib.blake2b(id.encode(), digest_size=16).digest()


def _array(hashes: bytes) -> Any:
    """Return hashes as an array that numpy sorts and searches fast."""
    return np.frombuffer(hashes, dtype="S16")

"""What a build has finished, in a folder beside its target, so that a killed build can go on.

A file counts only if its SHA-256 is the one in its proof, and only for the rows that it was made from.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from duizhao.files import hash_file

SETTINGS = "settings.json"
PIECES, SHARDS, IDS = "pieces", "shards", "ids"


def open_progress(folder: Path, settings: Mapping[str, Any]) -> bool:
    """Prepare a folder of progress, and return whether an earlier build with the same settings left something
    there.

    What a build with other settings left is removed.
    """
    file = folder / SETTINGS
    text = json.dumps(settings, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    try:
        same = file.read_text(encoding="utf-8") == text
    except (OSError, ValueError):
        same = False
    if not same:
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder / IDS, ignore_errors=True)  # made again from the shards
    for name in (PIECES, SHARDS, IDS):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for part in folder.glob("**/*.part"):  # what a killed process was writing
        part.unlink(missing_ok=True)
    if not same:
        write_whole(file, text.encode())
    return same


def piece_file(folder: Path, number: int) -> Path:
    """Return the file of the tables of a piece."""
    return folder / PIECES / f"{number:07d}.arrow"


def shard_folder(folder: Path, number: int) -> Path:
    """Return the folder of the files of a shard."""
    return folder / SHARDS / f"{number:05d}"


def read_proof(file: Path, digest: str | None = None) -> dict[str, Any] | None:
    """Return the proof ``file`` if all its files have their SHA-256, and it is of input with
    this digest; else None.
    """
    try:
        proof = json.loads(file.read_text(encoding="utf-8"))
        if digest is not None and proof["input"] != digest:
            return None
        files: Mapping[str, str] = proof["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if any(hash_file(file.parent / name) != sha256 for name, sha256 in files.items()):
        return None
    return dict(proof)


def write_proof(file: Path, proof: Mapping[str, Any]) -> None:
    """Write a proof, after all its files have been written."""
    write_whole(file, json.dumps(proof, ensure_ascii=False).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under another name, then give it its own: nobody sees a part of it."""
    with whole(path) as part:
        part.write_bytes(data)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to. The file gets its own name at the end, and is removed if there is an error."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise

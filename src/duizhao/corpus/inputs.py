"""Find and open the files of a corpus: a local path, a glob, or
an address like ``s3://bucket/part-*.parquet``.
"""

from __future__ import annotations

import glob
import posixpath
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from duizhao.errors import InputError, one_line
from duizhao.sources import CORPUS
from duizhao.sources import SUFFIXES as SUFFIXES_OF_ARTICLES

SUFFIXES = {
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".parquet": "parquet",
    ".warc": "warc",
}
"""Endings of the files that a corpus may have, and how each is read."""

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
"""Endings that may follow ``.jsonl``, ``.ndjson`` and ``.warc``."""

SCHEMES = ("s3", "gs", "hf")
"""Object stores that are read. ``file`` addresses are local paths."""

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Input:
    """One file of a corpus. ``name`` is its path below the folder that all files of the corpus share."""

    name: str
    address: str
    kind: str
    compression: str | None
    size: int


def is_corpus(place: str) -> bool:
    """Return whether a place that the user gives is a corpus, and not a folder of raw articles."""
    if _ADDRESS.match(place):
        return True
    path = Path(place)
    try:
        if path.is_dir():
            return not (path / "zh").is_dir() and any(_kind(inner.name) for inner in path.iterdir())
        return path.is_file() or _kind(place) is not None or bool(_MAGIC.search(place))
    except (OSError, ValueError):
        return False


def find_inputs(places: Sequence[str]) -> list[Input]:
    """Return the files of a corpus, sorted by name.

    A folder stands for all files of known kinds in it. Raises InputError ``no-corpus`` if a place
    has no file, ``unknown-corpus`` if a file has another ending, and ``unreadable-corpus`` if a
    store cannot be listed.
    """
    found: dict[str, int] = {}
    for place in places:
        listed = _list_remote(place) if _scheme(place) else _list_local(place)
        if not listed:
            raise InputError("no-corpus", f"{place}: no such file; give an existing one: {CORPUS}")
        found.update(listed)
    wrong = [address for address in found if _kind(address) is None]
    if wrong:
        raise InputError(
            "unknown-corpus",
            f"{wrong[0]}: not a file that a corpus is read from; allowed: {CORPUS}{_hint(wrong[0])}",
        )
    addresses = sorted(found)
    base = len(_shared(addresses))
    return [
        Input(address[base:], address, str(_kind(address)), _compression(address), found[address])
        for address in addresses
    ]


def _hint(address: str) -> str:
    """What the user probably means to do with a file that is no corpus."""
    suffix = Path(address).suffix.lower()
    if suffix == ".json":
        return "; write each document as one line of a file FILE.jsonl"
    if suffix in SUFFIXES_OF_ARTICLES:
        return f"; this is one article: give the folder that it is in ({Path(address).parent.as_posix()})"
    return ""


@contextmanager
def open_input(file: Input, *, decompress: bool = True) -> Iterator[Any]:
    """Open a file as a ``pyarrow.NativeFile`` of its bytes; ``decompress`` unpacks gzip and zstd."""
    import pyarrow as pa

    store, path = _store(file.address)
    try:
        stream = store.open_input_stream(path, compression=None)
    except Exception as error:  # each store has errors of its own
        raise unreadable(file, error) from None
    with stream:
        if decompress and file.compression:
            with pa.CompressedInputStream(stream, file.compression) as unpacked:
                yield unpacked
        else:
            yield stream


def open_table(file: Input) -> Any:
    """Open a file for random access, as Parquet needs it."""
    store, path = _store(file.address)
    try:
        return store.open_input_file(path)
    except Exception as error:
        raise unreadable(file, error) from None


def unreadable(file: Input, error: BaseException, row: int | None = None) -> InputError:
    """Return the error for a file that breaks while it is read, after ``row`` rows."""
    where = f" after row {row:,}" if row else ""
    return InputError("unreadable-corpus", f"{file.address}: cannot be read{where} ({one_line(error)[:200]})")


def _scheme(place: str) -> str | None:
    match = _ADDRESS.match(place)
    if match is None or match[1].lower() == "file":
        return None
    scheme = match[1].lower()
    if scheme not in SCHEMES:
        allowed = ", ".join(f"{name}://" for name in SCHEMES)
        raise InputError(
            "unknown-corpus", f"{place}: no such kind of address; allowed: {allowed}, local paths"
        )
    return scheme


def _list_local(place: str) -> dict[str, int]:
    match = _ADDRESS.match(place)
    name = place[match.end() :] if match else place
    path = Path(name)
    try:
        if path.is_dir():
            paths = [inner for inner in path.iterdir() if inner.is_file() and _kind(inner.name)]
        elif path.is_file():
            paths = [path]
        else:
            # Path.glob cannot take an absolute pattern.
            names = glob.glob(name, recursive=True)  # noqa: PTH207
            paths = [path for path in map(Path, names) if path.is_file()]
        return {inner.as_posix(): inner.stat().st_size for inner in paths}
    except (OSError, ValueError) as error:
        raise InputError("unreadable-corpus", f"{place}: cannot be read ({one_line(error)})") from None


def _list_remote(place: str) -> dict[str, int]:
    from pyarrow.fs import FileSelector, FileType

    start = _MAGIC.search(place)
    base = place[: place.rindex("/", 0, start.start())] if start else place
    scheme = place[: place.index("://") + 3]
    store, path = _store(base)
    pattern = _bare(place)
    try:
        info = store.get_file_info(path)
        if info.type == FileType.File:
            return {place: info.size}
        if info.type == FileType.NotFound:
            return {}
        listed = store.get_file_info(FileSelector(path, recursive=start is not None))
    except Exception as error:
        raise InputError(
            "unreadable-corpus", f"{place}: cannot be listed ({one_line(error)[:200]})"
        ) from None
    return {
        f"{scheme}{info.path}": info.size
        for info in listed
        if info.type == FileType.File
        and (_matches(info.path, pattern) if start else _kind(info.path) is not None)
    }


def _matches(path: str, pattern: str) -> bool:
    """Return whether a path matches a pattern. A star does not match a slash, two stars do."""
    if "**" in pattern:
        return fnmatchcase(path, pattern)
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def _bare(address: str) -> str:
    return address[address.index("://") + 3 :]


@lru_cache(maxsize=64)
def _filesystem(scheme: str, host: str) -> Any:
    from pyarrow import fs

    if scheme == "hf":
        from huggingface_hub import HfFileSystem

        return fs.PyFileSystem(fs.FSSpecHandler(HfFileSystem()))
    return fs.FileSystem.from_uri(f"{scheme}://{host}")[0]


def _store(address: str) -> tuple[Any, str]:
    """Return the file system of an address and the path in it."""
    from pyarrow import fs

    scheme = _scheme(address)
    if scheme is None:
        match = _ADDRESS.match(address)
        return fs.LocalFileSystem(), str(Path(address[match.end() :] if match else address).resolve())
    bare = _bare(address)
    try:
        return _filesystem(scheme, bare.partition("/")[0]), bare
    except Exception as error:
        raise InputError(
            "unreadable-corpus", f"{address}: the store cannot be opened ({one_line(error)[:200]})"
        ) from None


def _kind(name: str) -> str | None:
    name = name.lower()
    for ending in COMPRESSIONS:
        if name.endswith(ending):
            kind = SUFFIXES.get(posixpath.splitext(name.removesuffix(ending))[1])
            return None if kind == "parquet" else kind
    return SUFFIXES.get(posixpath.splitext(name)[1])


def _compression(name: str) -> str | None:
    return COMPRESSIONS.get(posixpath.splitext(name.lower())[1])


def _shared(addresses: Sequence[str]) -> str:
    """Return the part that all addresses share, up to the last slash."""
    first, last = addresses[0], addresses[-1]
    size = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rfind("/", 0, size) + 1]

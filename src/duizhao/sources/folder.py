"""Source files: finding them and reading them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from duizhao.errors import DuizhaoError
from duizhao.files import read_bytes, read_toml, reason
from duizhao.sources.decode import ENCODINGS, decode
from duizhao.sources.html import extract_html
from duizhao.text import Document, is_date, make_document

SUFFIXES = (".txt", ".md", ".html", ".htm")
KEYS = (
    "id",
    "file",
    "encoding",
    "publisher",
    "byline",
    "published",
    "url",
    "translated_from",
    "genre",
    "rights",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, not yet read. ``facts`` are what ``sources.toml`` says of it."""

    id: str
    language: str
    path: Path
    name: str
    encoding: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def find_sources(raw: Path) -> list[tuple[Source, Source | None]]:
    """Chinese sources of a raw folder, by id, each with its English side if there is one.

    A folder with ``sources.toml`` must match it, file by file (READMEs excepted). Without it, every
    ``.txt``, ``.md`` and ``.html`` of ``raw/zh`` (or of ``raw`` itself) is an article whose id is the file's stem.
    Raises DuizhaoError for a file that is missing, not named, twice there, or outside ``raw``.
    """
    if not raw.is_dir():
        raise DuizhaoError(
            "no-raw-folder", f"{raw}: no such folder; give the folder that holds the raw articles"
        )
    listing = raw / "sources.toml"
    chinese = _named(raw, listing) if listing.is_file() else _found(raw)
    if not chinese:
        raise DuizhaoError(
            "no-articles", f"{raw}: no articles; put files that end in {' or '.join(SUFFIXES)} there"
        )
    english = {path.stem: path for path in _files(raw / "en", raw)}
    for stem, path in english.items():
        if stem not in {source.id for source in chinese}:
            raise DuizhaoError(
                "english-without-chinese",
                f"{path.as_posix()}: no Chinese article has the id {stem!r}; name the English file after its Chinese one",
            )
    return [(source, _english(source, english.get(source.id), raw)) for source in chinese]


def read_document(source: Source) -> Document:
    """Read and decode a source. Raises DuizhaoError for what is not text in the expected encoding."""
    data = read_bytes(source.path, "unreadable-file", None)
    sha256 = hashlib.sha256(data).hexdigest()
    if source.path.suffix.lower() in (".html", ".htm"):
        text = extract_html(data, source.path.as_posix())
        document = make_document(source.id, text, source.language, source.name, sha256, source.facts)
        return replace(document, extraction=f"trafilatura {metadata.version('trafilatura')}")
    text = decode(data, source.path.as_posix(), source.encoding)
    return make_document(source.id, text, source.language, source.name, sha256, source.facts)


def _named(raw: Path, listing: Path) -> list[Source]:
    """Sources that ``sources.toml`` names, checked against the files that are there."""
    entries = _read_listing(listing)
    sources: dict[str, Source] = {}
    for entry in entries:
        source = _entry_source(raw, listing.as_posix(), entry)
        if source.id in sources:
            raise DuizhaoError(
                "duplicate-article",
                f"{listing.as_posix()}: two articles have the id {source.id!r}; ids must differ",
            )
        sources[source.id] = source
    named = {source.path for source in sources.values()}
    folders = sorted({raw, *(path.parent for path in named), raw / "zh"})
    for path in (path for folder in folders for path in _files(folder, raw)):
        if path not in named:
            raise DuizhaoError(
                "unnamed-file",
                f"{path.as_posix()}: not named in {listing.as_posix()}; add an [[article]] for it or remove it",
            )
    return [sources[id] for id in sorted(sources)]


def _read_listing(listing: Path) -> list[dict[str, Any]]:
    table = read_toml(listing, "bad-sources")
    unknown = sorted(set(table) - {"article"})
    entries = table.get("article", [])
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        key = unknown[0] if unknown else "article"
        raise DuizhaoError(
            "unknown-key", f"{listing.as_posix()}: unknown table {key!r}; allowed: [[article]]"
        )
    return entries


def _entry_source(raw: Path, listing: str, entry: dict[str, Any]) -> Source:
    label = entry.get("id") or entry.get("file") or "an [[article]]"
    for key, value in entry.items():
        if key not in KEYS:
            raise DuizhaoError(
                "unknown-key", f"{listing}: {label}: unknown key {key!r}; allowed: {', '.join(KEYS)}"
            )
        if not isinstance(value, str) or not value:
            raise DuizhaoError(
                "bad-value", f"{listing}: {label}: {key} must be a text that is not empty, between quotes"
            )
    if "file" not in entry:
        raise DuizhaoError("bad-value", f"{listing}: {label}: the key file is missing")
    encoding = entry.get("encoding", "utf-8").lower()
    if encoding not in ENCODINGS:
        raise DuizhaoError(
            "unknown-encoding",
            f"{listing}: {label}: unknown encoding {encoding!r}; allowed: {', '.join(ENCODINGS)}",
        )
    published = entry.get("published")
    if published is not None and not is_date(published):
        raise DuizhaoError(
            "bad-value",
            f"{listing}: {label}: published must be an ISO 8601 date like 2023-11-20 or 2023-11-20T11:33:36+08:00",
        )
    path = raw / entry["file"]
    _inside(path, raw)
    if not _is_file(path):
        raise DuizhaoError("missing-file", f"{path.as_posix()}: named in {listing} but not there")
    facts = {key: value for key, value in entry.items() if key not in ("id", "file", "encoding")}
    return Source(_checked_id(entry.get("id", path.stem), path), "zh", path, entry["file"], encoding, facts)


def _found(raw: Path) -> list[Source]:
    sources: dict[str, Source] = {}
    folder = raw / "zh" if (raw / "zh").is_dir() else raw
    for path in _files(folder, raw):
        name = path.relative_to(raw).as_posix()
        if path.stem in sources:
            other = sources[path.stem].path.name
            raise DuizhaoError(
                "duplicate-article",
                f"{path.as_posix()}: the id {path.stem!r} is taken by {other}; rename one",
            )
        sources[path.stem] = Source(_checked_id(path.stem, path), "zh", path, name)
    return [sources[id] for id in sorted(sources)]


def _english(source: Source, path: Path | None, raw: Path) -> Source | None:
    return Source(source.id, "en", path, path.relative_to(raw).as_posix()) if path else None


def _files(folder: Path, raw: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    try:
        found = list(folder.iterdir())
    except OSError as error:
        raise DuizhaoError(
            "unreadable-file", f"{folder.as_posix()}: cannot be read ({reason(error)})"
        ) from None
    paths = sorted(
        path for path in found if path.suffix.lower() in SUFFIXES and path.stem.upper() != "README"
    )
    for path in paths:
        _inside(path, raw)
    return [path for path in paths if path.is_file()]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _inside(path: Path, raw: Path) -> None:
    try:
        inside = path.resolve().is_relative_to(raw.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise DuizhaoError(
            "unreadable-file", f"{path.as_posix()}: cannot be read ({reason(error)})"
        ) from None
    if not inside:
        raise DuizhaoError(
            "outside-raw",
            f"{path.as_posix()}: leads out of the raw folder; copy the file there instead of linking it",
        )


def _checked_id(id: str, path: Path) -> str:
    if re.search(r"[:\s/\\]", id):
        raise DuizhaoError(
            "bad-id",
            f"{path.as_posix()}: the id {id!r} holds a space, colon or slash; rename the file or set id in sources.toml",
        )
    if not id.isprintable():
        raise DuizhaoError(
            "bad-id",
            f"{path.as_posix()}: the id {id!r} holds bytes that are not UTF-8 or control characters; rename the file",
        )
    return id

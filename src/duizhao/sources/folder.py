"""Source files: finding them and reading them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duizhao.errors import DuizhaoError, Finding, InputError
from duizhao.files import read_bytes as read_file
from duizhao.files import read_toml, reason
from duizhao.sources.decode import ENCODINGS, known_encoding
from duizhao.sources.reading import read_bytes
from duizhao.text import Document, is_date

SUFFIXES = (".txt", ".md", ".html", ".htm", ".srt", ".vtt")
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
    """A file that is not read yet. ``facts`` are its entries in ``sources.toml``."""

    id: str
    language: str
    path: Path
    name: str
    encoding: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def find_sources(raw: Path) -> list[tuple[Source, Source | None]]:
    """Chinese sources of a raw folder, by id, each with its English side if there is one.

    Every text, page and file of subtitles in ``raw/zh`` (or in ``raw`` itself, where there is no ``raw/zh``)
    is an article whose id is the file's stem. ``sources.toml`` may describe some of them and add others; with
    ``complete = true`` it must name all. Raises DuizhaoError for a file that is missing, not named, twice
    there, or outside ``raw``.
    """
    if not raw.is_dir():
        raise InputError(
            "no-raw-folder", f"{raw}: no such folder; give the folder that holds the raw articles"
        )
    listing = raw / "sources.toml"
    chinese = _chinese(raw, listing)
    if not chinese:
        raise InputError(
            "no-articles", f"{raw}: no articles; put files that end in {' or '.join(SUFFIXES)} there"
        )
    english = {path.stem: path for path in _files(raw / "en", raw)}
    known = {source.id for source in chinese}
    for stem, path in english.items():
        if stem not in known:
            raise InputError(
                "english-without-chinese",
                f"{path.as_posix()}: no Chinese article has the id {stem!r}; name the English file after its Chinese one",
            )
    return [(source, _english(source, english.get(source.id), raw)) for source in chinese]


def find_skipped(raw: Path) -> list[Finding]:
    """A finding for each file and folder of a raw folder that is not read, READMEs and hidden files excepted."""
    parted = (raw / "zh").is_dir()
    named = {source.path for source in _chinese(raw, raw / "sources.toml")}
    read = {*named, *_files(raw / "zh" if parted else raw, raw), *_files(raw / "en", raw)}
    findings = []
    for folder in (raw, raw / "zh", raw / "en"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path in read or path in (raw / "zh", raw / "en", raw / "sources.toml") or _is_aside(path):
                continue
            name = path.relative_to(raw).as_posix()
            if not (path.is_dir() and any(other.is_relative_to(path) for other in named)):
                findings.append(Finding("skipped-file", 4, name, "raw", _why_skipped(path, parted)))
    return findings


def _is_aside(path: Path) -> bool:
    return path.name.startswith(".") or path.stem.upper() in ("README", "LICENSE", "THUMBS", "DESKTOP")


def _why_skipped(path: Path, parted: bool) -> str:
    if path.is_dir():
        return (
            "this folder is not read; Chinese texts belong into zh, English ones into en, in no folder below"
        )
    if path.suffix.lower() in SUFFIXES and parted:
        return "not read, because it is not in the folder zh; move it there or name it in sources.toml"
    return f"not read, because of its kind; save its text as {' or '.join(SUFFIXES)}"


def read_document(source: Source) -> Document:
    """Read and decode a source. Raises DuizhaoError for what is not text in the expected encoding."""
    return read_bytes(
        read_file(source.path, "unreadable-file", None),
        source.name,
        id=source.id,
        path=source.path.as_posix(),
        language=source.language,
        encoding=source.encoding,
        facts=source.facts,
    )


def _chinese(raw: Path, listing: Path) -> list[Source]:
    """The Chinese sources: the files that ``sources.toml`` names and, unless it is complete, the others too."""
    complete, entries = _read_listing(listing) if listing.is_file() else (False, [])
    sources: dict[str, Source] = {}
    for entry in entries:
        source = _entry_source(raw, listing.as_posix(), entry)
        if source.id in sources:
            raise InputError(
                "duplicate-article",
                f"{listing.as_posix()}: two articles have the id {source.id!r}; ids must differ",
            )
        sources[source.id] = source
    named = {source.path for source in sources.values()}
    folders = (
        {raw, raw / "zh", *(path.parent for path in named)}
        if complete
        else {raw / "zh" if (raw / "zh").is_dir() else raw}
    )
    for path in (path for folder in sorted(folders) for path in _files(folder, raw)):
        if path in named:
            continue
        if complete:
            raise InputError(
                "unnamed-file",
                f"{path.as_posix()}: not named in {listing.as_posix()}, which says that it is complete; add an [[article]] for it or remove it",
            )
        if path.stem in sources:
            other = sources[path.stem].path.name
            raise InputError(
                "duplicate-article",
                f"{path.as_posix()}: the id {path.stem!r} is taken by {other}; rename one",
            )
        sources[path.stem] = Source(
            _checked_id(path.stem, path), "zh", path, path.relative_to(raw).as_posix()
        )
    return [sources[id] for id in sorted(sources)]


def _read_listing(listing: Path) -> tuple[bool, list[dict[str, Any]]]:
    """Whether the list is complete, and its entries."""
    table = read_toml(listing, "bad-sources")
    unknown = sorted(set(table) - {"article", "complete"})
    entries, complete = table.get("article", []), table.get("complete", False)
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        key = unknown[0] if unknown else "article"
        raise InputError(
            "unknown-key", f"{listing.as_posix()}: unknown table {key!r}; allowed: [[article]], complete"
        )
    if not isinstance(complete, bool):
        raise InputError("bad-value", f"{listing.as_posix()}: complete must be true or false")
    return complete, entries


def _entry_source(raw: Path, listing: str, entry: dict[str, Any]) -> Source:
    label = entry.get("id") or entry.get("file") or "an [[article]]"
    for key, value in entry.items():
        if key not in KEYS:
            raise InputError(
                "unknown-key", f"{listing}: {label}: unknown key {key!r}; allowed: {', '.join(KEYS)}"
            )
        if not isinstance(value, str) or not value:
            raise InputError(
                "bad-value", f"{listing}: {label}: {key} must be a text that is not empty, between quotes"
            )
    if "file" not in entry:
        raise InputError("bad-value", f"{listing}: {label}: the key file is missing")
    encoding = known_encoding(entry["encoding"]) if "encoding" in entry else None
    if "encoding" in entry and encoding is None:
        raise InputError(
            "unknown-encoding",
            f"{listing}: {label}: unknown encoding {entry['encoding']!r}; allowed: {', '.join(ENCODINGS)}",
        )
    published = entry.get("published")
    if published is not None and not is_date(published):
        raise InputError(
            "bad-value",
            f"{listing}: {label}: published must be an ISO 8601 date like 2023-11-20 or 2023-11-20T11:33:36+08:00",
        )
    path = raw / entry["file"]
    _inside(path, raw)
    if not _is_file(path):
        raise InputError("missing-file", f"{path.as_posix()}: named in {listing} but not there")
    facts = {key: value for key, value in entry.items() if key not in ("id", "file", "encoding")}
    return Source(_checked_id(entry.get("id", path.stem), path), "zh", path, entry["file"], encoding, facts)


def _english(source: Source, path: Path | None, raw: Path) -> Source | None:
    return Source(source.id, "en", path, path.relative_to(raw).as_posix()) if path else None


def _files(folder: Path, raw: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    try:
        found = list(folder.iterdir())
    except OSError as error:
        raise InputError(
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
        raise InputError("unreadable-file", f"{path.as_posix()}: cannot be read ({reason(error)})") from None
    if not inside:
        raise InputError(
            "outside-raw",
            f"{path.as_posix()}: leads out of the raw folder; copy the file there instead of linking it",
        )


def _checked_id(id: str, path: Path) -> str:
    if re.search(r"[:\s/\\]", id):
        raise InputError(
            "bad-id",
            f"{path.as_posix()}: the id {id!r} holds a space, colon or slash; rename the file or set id in sources.toml",
        )
    if not id.isprintable():
        raise InputError(
            "bad-id",
            f"{path.as_posix()}: the id {id!r} holds bytes that are not UTF-8 or control characters; rename the file",
        )
    return id


@dataclass(slots=True)
class Reader:
    """Reads the sources of a build. A file that cannot be read does not stop the build: ``stop`` names all of
    them at the end. ``findings`` and ``encodings`` are by file name: what the user should know, and the
    encoding used.
    """

    errors: dict[str, DuizhaoError] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)

    def read(self, source: Source) -> Document | None:
        """The document of a source, None where it cannot be read."""
        try:
            document = read_document(source)
        except DuizhaoError as error:
            self.errors[source.name] = error
            return None
        self.findings[source.name] = document.findings
        self.encodings[source.name] = document.encoding
        return document

    def stop(self) -> None:
        """Raises one DuizhaoError that names every file that could not be read, one on each line."""
        if self.errors:
            errors = [self.errors[name] for name in sorted(self.errors)]
            raise InputError(errors[0].id, "\n".join(map(str, errors)))

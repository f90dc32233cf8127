"""Source files: finding them and reading them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duizhao.errors import DuizhaoError, Finding, InputError
from duizhao.files import read_bytes as read_file
from duizhao.files import reason
from duizhao.sources.decode import known_encoding
from duizhao.sources.listing import Entry, read_listing
from duizhao.sources.reading import read_bytes
from duizhao.text import Document

SUFFIXES = (".txt", ".md", ".html", ".htm", ".srt", ".vtt")
"""Endings of the files that are articles."""

CORPUS = "FILE.jsonl, .jsonl.gz, .jsonl.zst, .parquet, .warc, .warc.gz"
"""Files with a document in each row, for messages. The package ``corpus`` reads them."""

_CORPUS_END = r"\.(jsonl|ndjson|parquet|warc)(\.gz|\.zst)?$"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is not read yet. ``facts`` are its entries in ``sources.toml``.

    ``made`` is true where the id was made from a name that is no id (see `make_id`).
    """

    id: str
    language: str
    path: Path
    name: str
    encoding: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    made: bool = False


def make_id(stem: str) -> str:
    """The id of a file by the stem of its name: a hyphen stands for spaces, colons and slashes, which
    no id may hold.
    """
    return re.sub(r"[:\s/\\]+", "-", stem).strip("-") or stem


def find_sources(raw: Path, *, every: bool = False) -> list[tuple[Source, Source | None]]:
    """Chinese sources of a raw folder, by id, each with its English side if there is one.

    Every text, page and file of subtitles in ``raw/zh`` (or in ``raw`` itself, where there is no ``raw/zh``)
    is an article whose id is the file's stem (see `make_id`). ``sources.toml`` may describe some of them and
    add others; with ``complete = true`` it must name all, unless ``every`` asks for those too that it does
    not name. Raises DuizhaoError for a file that is missing, not named, named twice, or outside ``raw``.
    """
    if not raw.is_dir():
        raise InputError("no-raw-folder", _why_no_folder(raw))
    listing = raw / "sources.toml"
    chinese = _chinese(raw, listing, every)
    if not chinese:
        raise InputError("no-articles", f"{raw}: no articles; {_what_instead(raw)}")
    english: dict[str, Path] = {}
    known = {source.id for source in chinese}
    alone = []
    for path in _files(raw / "en", raw):
        id = make_id(path.stem)
        if id in english:
            raise _taken(path, id, english[id])
        english[id] = path
        if id not in known:
            alone.append(
                f"{path.as_posix()}: no Chinese article has the id {id!r}; name the English file after "
                f"its Chinese one, or move it away if it has none"
            )
    if alone:
        chinese_folder = raw / "zh" if (raw / "zh").is_dir() else raw
        folders = f"{shlex.quote(chinese_folder.as_posix())} {shlex.quote((raw / 'en').as_posix())}"
        alone.append(f"duizhao pair {folders} finds out which English file belongs to which Chinese one")
        raise InputError("english-without-chinese", "\n".join(alone))
    return [(source, _english(source, english.get(source.id), raw)) for source in chinese]


def _what_instead(raw: Path) -> str:
    """What to do where a folder has no article: a corpus in it is built as it is."""
    corpora = sorted(path.name for path in raw.iterdir() if re.search(_CORPUS_END, path.name.lower()))
    put = f"put files that end in {' or '.join(SUFFIXES)} there"
    if (raw / "manifest.json").is_file():
        return f"it holds a release, not raw articles; {put}"
    if not corpora:
        return put
    file = shlex.quote((raw / corpora[0]).as_posix())
    return f"{put}; a corpus like {corpora[0]} is read as it is, by: duizhao build {file}"


def _why_no_folder(raw: Path) -> str:
    """What is wrong with a path that is not a folder of articles, and what to give instead."""
    suffix = raw.suffix.lower()
    if suffix in SUFFIXES:
        home = raw.parent.as_posix()
        put = "give a folder of articles" if home == "." else f"give the folder that it is in: {home}"
        return f"{raw}: {'a file' if raw.is_file() else 'no such file'}, and a folder is read here; {put}"
    if raw.is_file():
        return (
            f"{raw}: a file, and a folder is read here: each article is a file of its own "
            f"({', '.join(SUFFIXES)}); "
            f"only duizhao build reads a corpus ({CORPUS}), "
            "and its --deduplicate keep-first leaves out near-duplicates"
        )
    if suffix:
        return (
            f"{raw}: no such file or folder; give the folder that holds the raw articles, "
            f"or to duizhao build a corpus ({CORPUS})"
        )
    return f"{raw}: no such folder; give the folder that holds the raw articles"


def find_made_ids(sources: Iterable[tuple[Source, Source | None]]) -> list[Finding]:
    """A finding for each article whose id was made from a name that is no id."""
    return [
        Finding(
            "made-id",
            4,
            source.id,
            "id",
            f"made from the name {source.path.name!r}, because an id holds no space, colon or slash; "
            f'id = "{source.id}" in sources.toml says so for good',
        )
        for source, _ in sources
        if source.made
    ]


def find_skipped(raw: Path, *, every: bool = False) -> list[Finding]:
    """A finding for each file and folder of a raw folder that is not read, READMEs
    and hidden files excepted.
    """
    parted = (raw / "zh").is_dir()
    named = {source.path for source in _chinese(raw, raw / "sources.toml", every)}
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


def _chinese(raw: Path, listing: Path, every: bool = False) -> list[Source]:
    """The Chinese sources: the files that ``sources.toml`` names and, unless it is
    complete, the others too.
    """
    complete, entries = read_listing(listing) if listing.is_file() else (False, [])
    sources: dict[str, Source] = {}
    complete = complete and not every
    problems: list[DuizhaoError] = []
    for entry in entries:
        try:
            source = _entry_source(raw, listing.as_posix(), entry)
        except DuizhaoError as error:
            problems.append(error)
            continue
        if source.id in sources:
            told = f"{entry.place(listing.as_posix())}: the id is that of an article above; ids must differ"
            problems.append(InputError("duplicate-article", told))
        sources[source.id] = source
    if problems:
        raise InputError(problems[0].id, "\n".join(map(str, problems)))
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
                f"{path.as_posix()}: not named in {listing.as_posix()}, which says that it is complete; "
                f"add an [[article]] for it (duizhao init does) or remove it",
            )
        id = make_id(path.stem)
        if id in sources:
            raise _taken(path, id, sources[id].path)
        sources[id] = Source(
            _checked_id(id, path), "zh", path, path.relative_to(raw).as_posix(), made=id != path.stem
        )
    return [sources[id] for id in sorted(sources)]


def _entry_source(raw: Path, listing: str, entry: Entry) -> Source:
    values = entry.values
    path = raw / values["file"]
    _inside(path, raw)
    if not _is_file(path):
        raise InputError(
            "missing-file",
            f"{entry.place(listing, 'file')}: no such file: {path.as_posix()}; correct its 'file', or "
            f"remove the entry",
        )
    encoding = known_encoding(values["encoding"]) if "encoding" in values else None
    facts = {key: value for key, value in values.items() if key not in ("id", "file", "encoding")}
    made = "id" not in values
    id = make_id(path.stem) if made else values["id"]
    return Source(
        _checked_id(id, path), "zh", path, values["file"], encoding, facts, made and id != path.stem
    )


def _english(source: Source, path: Path | None, raw: Path) -> Source | None:
    return Source(source.id, "en", path, path.relative_to(raw).as_posix()) if path else None


def _taken(path: Path, id: str, other: Path) -> DuizhaoError:
    return InputError(
        "duplicate-article", f"{path.as_posix()}: the id {id!r} is taken by {other.name}; rename one"
    )


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
            f"{path.as_posix()}: the id {id!r} in sources.toml holds a space, colon or slash; take it out",
        )
    if not id.isprintable():
        raise InputError(
            "bad-id",
            f"{path.as_posix()}: the id {id!r} holds bytes that are not UTF-8 or control characters; "
            f"rename the file",
        )
    return id


@dataclass(slots=True)
class Reader:
    """Reads the sources of a build. A file that cannot be read does not stop it: ``stop`` reports all
    such files at the end.

    ``findings`` and ``encodings`` map the name of a file to the findings on its reading, and to the
    encoding that it was read in.
    """

    errors: dict[str, DuizhaoError] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)

    def read(self, source: Source) -> Document | None:
        """The document of a source, None where it cannot be read."""
        try:
            document = read_document(source)
        except DuizhaoError as error:
            self.errors[source.name] = error
            return None
        if self.hashes.setdefault(source.name, document.sha256) != document.sha256:
            told = f"{source.path.as_posix()}: changed while the build read it; run the build again"
            self.errors[source.name] = InputError("changed-while-built", told)
            return None
        self.findings[source.name] = document.findings
        self.encodings[source.name] = document.encoding
        return document

    def stop(self) -> None:
        """Raises one DuizhaoError that tells of every file that could not be read, one a line."""
        if self.errors:
            errors = [self.errors[name] for name in sorted(self.errors)]
            raise InputError(errors[0].id, "\n".join(map(str, errors)))

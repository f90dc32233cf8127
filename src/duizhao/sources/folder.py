"""Source files: finding them and reading them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duizhao.errors import DuizhaoError, Finding, InputError
from duizhao.files import read_bytes as read_file
from duizhao.files import reason
from duizhao.sources.aside import is_aside, is_readme, why_no_article
from duizhao.sources.decode import decode, known_encoding
from duizhao.sources.listing import Entry, Listing, read_listing
from duizhao.sources.reading import read_bytes
from duizhao.sources.subtitles import holds_both, is_subtitles
from duizhao.sources.tags import bare_stem, language_of, pair_by_tags
from duizhao.sources.tree import find_below, is_hidden, name_below
from duizhao.text import Document, count_han

SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx", ".srt", ".vtt")
"""Endings of the files that are articles."""

CORPUS = "FILE.jsonl, .jsonl.gz, .jsonl.zst, .parquet, .warc, .warc.gz"
"""Files with a document in each row, for messages. The package ``corpus`` reads them."""

_ALONE = "English without a Chinese article, as alone in sources.toml says"

_CORPUS_END = r"\.(jsonl|ndjson|parquet|warc)(\.gz|\.zst)?$"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is not read yet. ``facts`` are its entries in ``sources.toml``.

    ``made`` is true where the id was made from a name that is no id (see `make_id`). ``listed`` is true
    where ``sources.toml`` names the file, and ``en`` is the English file that it names there.
    """

    id: str
    language: str
    path: Path
    name: str
    encoding: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    made: bool = False
    listed: bool = False
    en: Path | None = None


def make_id(stem: str) -> str:
    """The id of a file by the stem of its name, or by its path below a folder: a hyphen stands for spaces,
    colons and slashes, which no id may hold.
    """
    return re.sub(r"[:\s/\\]+", "-", stem).strip("-") or stem


def find_sources(raw: Path, *, every: bool = False) -> list[tuple[Source, Source | None]]:
    """Chinese sources of a raw folder, by id, each with its English side if there is one.

    Every text, page and file of subtitles in ``raw/zh`` (or in ``raw`` itself, where there is no ``raw/zh``)
    is an article whose id is the file's stem (see `make_id`). ``sources.toml`` may describe some of them,
    add others, and say which English file belongs to an article or to none; with ``complete = true`` it
    must name all. With ``every``, it need not, and subfolders are read too: files of the same path belong
    together. Raises DuizhaoError for a file that is missing, not named, named twice, or outside ``raw``.
    """
    if not raw.is_dir():
        raise InputError("no-raw-folder", _why_no_folder(raw))
    told = _read_listing(raw)
    chinese, tagged = _chinese(raw, told, every)
    if not chinese:
        raise InputError("no-articles", f"{raw}: no articles; {_what_instead(raw)}")
    english = _find_english(raw, told, chinese, every)
    english = {**{source.id: tagged[source.path] for source in chinese if source.path in tagged}, **english}
    return [(source, _english(source, english.get(source.id), raw)) for source in chinese]


def _english(source: Source, path: Path | None, raw: Path) -> Source | None:
    """The English side of a source; bilingual subtitles are their own."""
    if path:
        return Source(source.id, "en", path, path.relative_to(raw).as_posix())
    if is_subtitles(source.name) and _is_bilingual(source):
        return Source(source.id, "en", source.path, source.name, source.encoding)
    return None


def _is_bilingual(source: Source) -> bool:
    try:
        return holds_both(
            decode(read_file(source.path, "unreadable-file", None), source.name, source.encoding).text
        )
    except DuizhaoError:  # it is told where the file is read as the Chinese side
        return False


def _find_english(raw: Path, told: Listing, chinese: Iterable[Source], every: bool) -> dict[str, Path]:
    """The English files by the id of their article; DuizhaoError for those that belong to none."""
    known = {source.id: source for source in chinese}
    english = {source.id: source.en for source in known.values() if source.en}
    placed = {*english.values(), *(raw / one.file for one in told.alone)}
    by_name: dict[str, Path] = {}
    bare: dict[str, str] = {}
    for id in known:
        bare.setdefault(bare_stem(id), id)
    alone: list[Path] = []
    problems = []
    for path in _texts_below(raw / "en", raw) if every else _files(raw / "en", raw):
        if path in placed or why_no_article(path):
            continue
        id = make_id(name_below(path, raw / "en"))
        id = id if id in known else bare.get(bare_stem(id), id)
        if id in by_name:
            raise _taken(path, id, by_name[id])
        if id not in known:
            alone.append(path)
            problems.append(f"{path.as_posix()}: no Chinese article has the id {id!r}")
        elif id in english:
            alone.append(path)
            said = f"sources.toml names another English file for the article {id!r}"
            problems.append(f"{path.as_posix()}: {said}")
        elif path.parent == raw / "en" or not known[id].listed:  # init changes no entry
            by_name[id] = path
    if alone:
        problems.append(_what_to_do_alone(raw, alone[0].relative_to(raw).as_posix()))
        raise InputError("english-without-chinese", "\n".join(problems))
    return {**by_name, **english}


def _what_to_do_alone(raw: Path, file: str) -> str:
    """What to do about English files without a Chinese one."""
    listing = raw / "sources.toml"
    chinese = raw / "zh" if (raw / "zh").is_dir() else raw
    command = f"duizhao pair {shlex.quote(chinese.as_posix())} {shlex.quote((raw / 'en').as_posix())}"
    if not listing.exists():
        command += f" --out {shlex.quote(listing.as_posix())}"
    return (
        f"Name an English file after its Chinese one; or, if it has none, name it at the head of "
        f'{listing.as_posix()}: alone = ["{file}"]\n'
        f"{command} finds out which English file belongs to which Chinese one"
    )


def _what_instead(raw: Path) -> str:
    """What to do where a folder has no article: a corpus in it is built as it is."""
    corpora = sorted(path.name for path in raw.iterdir() if re.search(_CORPUS_END, path.name.lower()))
    put = f"put files that end in {' or '.join(SUFFIXES)} there"
    below = raw / "zh" if (raw / "zh").is_dir() else raw
    if not all(why_no_article(path) for path in _texts_below(below, raw) if path.parent != below):
        init = f"duizhao init {shlex.quote(raw.as_posix())}"
        return f"texts in folders below are read where sources.toml names them; {init} lists them there"
    if (raw / "manifest.json").is_file():
        return f"it holds a release, not raw articles; {put}"
    if corpora:
        file = shlex.quote((raw / corpora[0]).as_posix())
        return f"{put}; a corpus like {corpora[0]} is read as it is, by: duizhao build {file}"
    texts = sorted(path for path in below.iterdir() if path.suffix.lower() in SUFFIXES)
    passed = [(path.name, "for its name: rename it if it is an article") for path in texts if is_readme(path)]
    passed += [(path.name, f"as {why}") for path in texts if path.is_file() and (why := why_no_article(path))]
    return f"{put}; {passed[0][0]} is passed over {passed[0][1]}" if passed else put


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


def find_skipped(raw: Path, sources: Iterable[tuple[Source, Source | None]]) -> list[Finding]:
    """A finding for each file and folder of a raw folder that is not read, READMEs
    and hidden files excepted. ``sources`` are those that `find_sources` found in it.
    """
    told = _read_listing(raw)
    alone = {raw / one.file for one in told.alone}
    read = {side.path for pair in sources for side in pair if side is not None}
    folders = (raw, raw / "zh", raw / "en")
    holders = {folder for path in (*read, *alone) for folder in path.parents}
    paired = {_key(zh.path) for zh, en in sources if en is not None}
    findings = [Finding("skipped-file", 4, one.file, "raw", _ALONE) for one in told.alone]
    left = [folder for folder in reversed(folders) if folder.is_dir()]
    while left:
        below = []
        for path in sorted(left.pop().iterdir()):
            if path in read or path in alone or path in (*folders, raw / "sources.toml") or is_aside(path):
                continue
            if path in holders:
                below.append(path)
            else:
                name = path.relative_to(raw).as_posix()
                findings.append(Finding("skipped-file", 4, name, "raw", _why_skipped(path, raw, paired)))
        left.extend(reversed(below))
    return findings


def find_alone(raw: Path) -> dict[tuple[str, str], str]:
    """The findings that the key ``alone`` of ``sources.toml`` acknowledges: id and record, and the reason."""
    return {("skipped-file", one.file): "named as alone in sources.toml" for one in _read_listing(raw).alone}


def _key(path: Path) -> tuple[Path, str]:
    """What files have in common whose names differ in their tags alone."""
    return path.parent, bare_stem(path.stem).casefold()


def _why_skipped(path: Path, raw: Path, paired: Collection[tuple[Path, str]]) -> str:
    """Why a file or folder is not read. ``paired`` has the keys of the articles with an English side."""
    parted = (raw / "zh").is_dir()
    inside = path.is_relative_to(raw / "zh") or path.is_relative_to(raw / "en") or not parted
    if path.is_dir() and inside:
        return (
            "this folder is not read; texts in folders below are read where sources.toml names them: "
            "duizhao init lists them there, and duizhao pair where the names on both sides differ"
        )
    if path.is_dir():
        return "this folder is not read; Chinese texts belong into zh, English ones into en"
    if path.suffix.lower() in SUFFIXES and inside and (why := why_no_article(path)):
        return f"not read, because it is {why}"
    if path.suffix.lower() in SUFFIXES and inside and language_of(path.stem) == "en" and _key(path) in paired:
        return "not read, because another file is the English side of its article; sources.toml can name it"
    if path.suffix.lower() in SUFFIXES and inside:
        return "not read, because sources.toml does not name it; in a folder below it must"
    if path.suffix.lower() in SUFFIXES:
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


def _read_listing(raw: Path) -> Listing:
    listing = raw / "sources.toml"
    return read_listing(listing) if listing.is_file() else Listing()


def _chinese(raw: Path, told: Listing, every: bool = False) -> tuple[list[Source], dict[Path, Path]]:
    """The Chinese sources: the files that ``sources.toml`` names and, unless it is complete, the others too;
    and the English files that lie beside some of them, by the path of the Chinese one (see `pair_by_tags`).
    """
    listing = (raw / "sources.toml").as_posix()
    sources = _listed(raw, told, listing)
    named = {path for source in sources.values() for path in (source.path, source.en)}
    named |= {raw / one.file for one in told.alone}
    complete = told.complete and not every
    home = raw / "zh" if (raw / "zh").is_dir() else raw
    folders = {raw, raw / "zh", *(one.path.parent for one in sources.values())} if complete else {home}
    paths = [path for folder in sorted(folders) for path in _files(folder, raw)]
    paths = _texts_below(home, raw) if every else paths
    tagged: dict[Path, Path] = {}
    if not complete:
        without = [source.path for source in sources.values() if source.en is None]
        free = {path for path in [*paths, *_readmes([*paths, *without])] if path not in named}
        pairs = pair_by_tags([*sorted(free), *without], _is_english)
        tagged = {zh: en for zh, en in pairs.items() if en in free}
    others = set(tagged.values())
    for path in [*paths, *filter(is_readme, tagged)]:
        if path in named or path in others or why_no_article(path):
            continue
        if complete:
            raise InputError(
                "unnamed-file",
                f"{path.as_posix()}: not named in {listing}, which says that it is complete; "
                f"add an [[article]] for it (duizhao init does) or remove it",
            )
        id = make_id(name_below(path, home))
        if id in sources:
            raise _taken(path, id, sources[id].path)
        sources[id] = Source(
            _checked_id(id, path), "zh", path, path.relative_to(raw).as_posix(), made=id != path.stem
        )
    return [sources[id] for id in sorted(sources)], tagged


def _readmes(paths: Iterable[Path]) -> list[Path]:
    """The READMEs beside files like ``README.zh-CN.md`` or ``README.en.md``: one may be the other side."""
    beside = {path.parent for path in paths if bare_stem(path.stem).upper() == "README"}
    found = [path for folder in sorted(beside) for path in sorted(folder.iterdir())]
    return [path for path in found if is_readme(path) and path.suffix.lower() in SUFFIXES]


def _is_english(path: Path) -> bool:
    """Whether a text has next to no Chinese characters among its letters."""
    try:
        text = decode(read_file(path, "unreadable-file", None), path.as_posix()).text
    except DuizhaoError:  # it is told where the file is read
        return False
    return count_han(text) * 10 < sum(map(str.isalpha, text))


def _listed(raw: Path, told: Listing, listing: str) -> dict[str, Source]:
    """The sources that ``sources.toml`` names, by id. Raises DuizhaoError that tells all that is wrong with
    the files it names.
    """
    sources: dict[str, Source] = {}
    problems: list[DuizhaoError] = []
    files = {raw / entry.values["file"] for entry in told.entries}
    taken: set[Path] = set()
    for entry in told.entries:
        try:
            source = _entry_source(raw, listing, entry)
        except DuizhaoError as error:
            problems.append(error)
            continue
        if source.id in sources:
            said = f"{entry.place(listing)}: the id is that of an article above; ids must differ"
            problems.append(InputError("duplicate-article", said))
        if source.en in files:
            said = f"{entry.place(listing, 'en')}: {entry.values['en']} is the 'file' of an article too"
            problems.append(InputError("bad-value", f"{said}; it is Chinese or English: correct one"))
        if source.en in taken:
            said = (
                f"{entry.place(listing, 'en')}: {entry.values['en']} is the English file of an article above"
            )
            problems.append(InputError("duplicate-article", said))
        if source.en:
            taken.add(source.en)
        sources[source.id] = source
    for one in told.alone:
        path, place = raw / one.file, one.place(listing)
        try:
            _inside(path, raw)
        except DuizhaoError as error:
            problems.append(error)
            continue
        if not _is_file(path):
            said = f"{place}: no such file: {path.as_posix()}; correct the name, or remove it"
            problems.append(InputError("missing-file", said))
        elif path in files or path in taken or path.is_relative_to(raw / "zh"):
            what = "is in the folder zh" if path.is_relative_to(raw / "zh") else "belongs to an [[article]]"
            said = f"{place}: {one.file} {what}; alone names English files that have no Chinese one"
            problems.append(InputError("bad-value", said))
    if problems:
        raise InputError(problems[0].id, "\n".join(map(str, problems)))
    return sources


def _entry_source(raw: Path, listing: str, entry: Entry) -> Source:
    values = entry.values
    paths = {key: raw / values[key] for key in ("file", "en") if key in values}
    for key, path in paths.items():
        _inside(path, raw)
        if not _is_file(path):
            raise InputError(
                "missing-file",
                f"{entry.place(listing, key)}: no such file: {path.as_posix()}; correct its {key!r}, or "
                f"remove the entry",
            )
    path = paths["file"]
    encoding = known_encoding(values["encoding"]) if "encoding" in values else None
    facts = {key: value for key, value in values.items() if key not in ("id", "file", "en", "encoding")}
    made = "id" not in values
    id = make_id(path.stem) if made else values["id"]
    made = made and id != path.stem
    return Source(
        _checked_id(id, path), "zh", path, values["file"], encoding, facts, made, True, paths.get("en")
    )


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
        path for path in found if path.suffix.lower() in SUFFIXES and not (is_readme(path) or is_hidden(path))
    )
    for path in paths:
        _inside(path, raw)
    return [path for path in paths if path.is_file()]


def _texts_below(folder: Path, raw: Path) -> list[Path]:
    """The texts in a folder of a raw folder and in its subfolders. Releases, and ``raw/en`` in a folder
    without ``zh``, are left out.
    """

    def leave(path: Path) -> bool:
        return path == raw / "en" or (path / "manifest.json").is_file()

    if not folder.is_dir():
        return []
    paths = [path for path in find_below(folder, SUFFIXES, leave).files if not is_readme(path)]
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

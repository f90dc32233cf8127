"""Source files: finding them, decoding them, and reading the metadata that stands at their head."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from duizhao.errors import DuizhaoError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SUFFIXES = (".txt", ".md", ".html", ".htm")
ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")
KEYS = ("id", "file", "encoding", "publisher", "byline", "published", "url", "translated_from", "genre", "rights")

_FACTS = {
    "title": "title", "标题": "title", "標題": "title", "文章标题": "title", "文章標題": "title",
    "author": "byline", "作者": "byline", "文章作者": "publisher", "公众号": "publisher", "publisher": "publisher",
    "来源": "publisher", "來源": "publisher", "source": "publisher",
    "date": "published", "published": "published", "发布时间": "published", "發布時間": "published", "发布日期": "published",
    "url": "url", "link": "url", "原文链接": "url", "原文鏈接": "url", "原文連結": "url",
}  # fmt: skip
"""Header keys that tell a fact about the article, and the field that they fill."""

_HEADER_KEYS = (*_FACTS, "发布地", "發布地", "封面图链接", "封面圖鏈接", "categories", "tags", "description")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$")


@dataclass(frozen=True, slots=True)
class Header:
    """One line of metadata: ``key`` … ``text[start:end]`` is the line, ``text[value:value_end]`` its value."""

    key: str
    start: int
    value: int
    value_end: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, not yet read. ``facts`` are what ``sources.toml`` says of it."""

    id: str
    language: str
    path: Path
    name: str
    encoding: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded source file. All spans in Duizhao count code points of ``text``.

    ``language`` is ``zh`` or ``en``; ``name`` is the path inside the raw folder; ``sha256`` is of the
    bytes; ``facts`` come from ``sources.toml`` and, where it is silent, from the headers. ``extraction`` names the
    tool that took ``text`` out of an HTML page; None where the file is the text itself.
    """

    id: str
    language: str
    name: str
    text: str
    sha256: str
    headers: tuple[Header, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    extraction: str | None = None


def find_sources(raw: Path) -> list[tuple[Source, Source | None]]:
    """Chinese sources of a raw folder, by id, each with its English side if there is one.

    A folder with ``sources.toml`` must match it, file by file (READMEs excepted). Without it, every
    ``.txt``, ``.md`` and ``.html`` of ``raw/zh`` (or of ``raw`` itself) is an article whose id is the file's stem.
    Raises DuizhaoError for a file that is missing, not named, twice there, or outside ``raw``.
    """
    if not raw.is_dir():
        raise DuizhaoError("no-raw-folder", f"{raw}: no such folder; give the folder that holds the raw articles")
    listing = raw / "sources.toml"
    chinese = _named(raw, listing) if listing.is_file() else _found(raw)
    if not chinese:
        raise DuizhaoError("no-articles", f"{raw}: no articles; put files that end in {' or '.join(SUFFIXES)} there")
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
    try:
        data = source.path.read_bytes()
    except OSError as error:
        raise DuizhaoError("unreadable-file", f"{source.path.as_posix()}: cannot be read ({error.strerror})") from None
    sha256 = hashlib.sha256(data).hexdigest()
    if source.path.suffix.lower() in (".html", ".htm"):
        text = extract_html(data, source.path.as_posix())
        document = make_document(source.id, text, source.language, source.name, sha256, source.facts)
        return replace(document, extraction=f"trafilatura {metadata.version('trafilatura')}")
    text = decode(data, source.path.as_posix(), source.encoding)
    return make_document(source.id, text, source.language, source.name, sha256, source.facts)


def make_document(
    id: str, text: str, language: str = "zh", name: str = "", sha256: str = "", facts: Mapping[str, str] | None = None
) -> Document:
    """A Document from text in memory; headers are read from the text."""
    headers = tuple(find_headers(text))
    told: dict[str, str] = {}
    for header in headers:
        target, value = _FACTS.get(header.key.lower()), text[header.value : header.value_end]
        if target == "published":
            value = value.replace(" ", "T")
            target = target if _DATE.match(value) else None
        if target and value:
            told.setdefault(target, value)
    return Document(id, language, name or id, text, sha256, headers, {**told, **(facts or {})})


def decode(data: bytes, name: str, encoding: str | None = None) -> str:
    """Text of a file's bytes; line ends as they are. A UTF-8 byte order mark is kept as the first character.

    Raises DuizhaoError ``empty-file``, ``nul-character``, ``wrong-encoding`` or ``not-text``.
    """
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DuizhaoError("empty-file", f"{name}: the file is empty; remove it or put the article there")
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        raise _undecodable(data, name, encoding or "utf-8", error) from None
    place = text.find("\0")
    if place >= 0:
        guess = _guess(data)
        hint = f'; looks like {guess}: set encoding = "{guess}" for it in sources.toml' if guess else ""
        raise DuizhaoError("nul-character", f"{name}: NUL at character {place}; text has none{hint}")
    return text


def find_headers(text: str) -> Iterator[Header]:
    """Metadata lines: YAML front matter, or ``key: value`` lines before the first line of prose."""
    first = front_matter_start(text)
    front = first is not None
    title_may_come = True
    for start, end in _lines(text, first or 0):
        line = text[start:end].rstrip("\r")
        if front and line.strip() in ("---", "..."):
            return
        key, colon, _ = line.partition(":") if ":" in line else line.partition("：")
        if colon and (front or key.strip().lower() in _HEADER_KEYS):
            value = start + len(key) + 1
            shift = len(text[value:end]) - len(text[value:end].lstrip(" \t\"'"))
            yield Header(key.strip(), start, value + shift, value + shift + len(text[value + shift : end].rstrip(" \t\r\"'")), end)
        elif not front and line.strip():
            if not title_may_come:
                return
            title_may_come = False


def front_matter_start(text: str) -> int | None:
    """Where the line after the ``---`` that opens YAML front matter starts; None where there is none."""
    rest = text.lstrip("\ufeff \t\r\n")
    end = rest.find("\n")
    return len(text) - len(rest) + end + 1 if rest[: end + 1].rstrip() == "---" else None


def _lines(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _named(raw: Path, listing: Path) -> list[Source]:
    """Sources that ``sources.toml`` names, checked against the files that are there."""
    entries = _read_listing(listing)
    sources: dict[str, Source] = {}
    for entry in entries:
        source = _entry_source(raw, listing.as_posix(), entry)
        if source.id in sources:
            raise DuizhaoError("duplicate-article", f"{listing.as_posix()}: two articles have the id {source.id!r}; ids must differ")
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
    try:
        table = tomllib.loads(listing.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = re.search(r"at line \d+, column \d+|at end of document", str(error))
        raise DuizhaoError("bad-sources", f"{listing.as_posix()}: not valid TOML ({place.group() if place else 'not UTF-8'})") from None
    unknown = sorted(set(table) - {"article"})
    entries = table.get("article", [])
    if unknown or not isinstance(entries, list):
        key = unknown[0] if unknown else "article"
        raise DuizhaoError("unknown-key", f"{listing.as_posix()}: unknown table {key!r}; allowed: [[article]]")
    return entries


def _entry_source(raw: Path, listing: str, entry: dict[str, Any]) -> Source:
    label = entry.get("id") or entry.get("file") or "an [[article]]"
    for key, value in entry.items():
        if key not in KEYS:
            raise DuizhaoError("unknown-key", f"{listing}: {label}: unknown key {key!r}; allowed: {', '.join(KEYS)}")
        if not isinstance(value, str) or not value:
            raise DuizhaoError("bad-value", f"{listing}: {label}: {key} must be a text that is not empty, between quotes")
    if "file" not in entry:
        raise DuizhaoError("bad-value", f"{listing}: {label}: the key file is missing")
    encoding = entry.get("encoding", "utf-8").lower()
    if encoding not in ENCODINGS:
        raise DuizhaoError("unknown-encoding", f"{listing}: {label}: unknown encoding {encoding!r}; allowed: {', '.join(ENCODINGS)}")
    published = entry.get("published")
    if published is not None and not _DATE.match(published):
        raise DuizhaoError(
            "bad-value", f"{listing}: {label}: published must be an ISO 8601 date like 2023-11-20 or 2023-11-20T11:33:36+08:00"
        )
    path = raw / entry["file"]
    _inside(path, raw)
    if not path.is_file():
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
            raise DuizhaoError("duplicate-article", f"{path.as_posix()}: the id {path.stem!r} is taken by {other}; rename one")
        sources[path.stem] = Source(_checked_id(path.stem, path), "zh", path, name)
    return [sources[id] for id in sorted(sources)]


def _english(source: Source, path: Path | None, raw: Path) -> Source | None:
    return Source(source.id, "en", path, path.relative_to(raw).as_posix()) if path else None


def _files(folder: Path, raw: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.stem.upper() != "README")
    for path in paths:
        _inside(path, raw)
    return [path for path in paths if path.is_file()]


def _inside(path: Path, raw: Path) -> None:
    if not path.resolve().is_relative_to(raw.resolve()):
        raise DuizhaoError("outside-raw", f"{path.as_posix()}: leads out of the raw folder; copy the file there instead of linking it")


def _checked_id(id: str, path: Path) -> str:
    if re.search(r"[:\s/\\]", id):
        raise DuizhaoError(
            "bad-id", f"{path.as_posix()}: the id {id!r} holds a space, colon or slash; rename the file or set id in sources.toml"
        )
    return id


def _undecodable(data: bytes, name: str, encoding: str, error: UnicodeDecodeError) -> DuizhaoError:
    place = f"not {encoding.upper()} (byte 0x{data[error.start]:02X} at {error.start})"
    guess = _guess(data)
    if guess is None or guess == encoding:
        return DuizhaoError("not-text", f"{name}: {place}, and no other known encoding fits: not a text file")
    return DuizhaoError("wrong-encoding", f'{name}: {place}; looks like {guess}: set encoding = "{guess}" for it in sources.toml')


def _guess(data: bytes) -> str | None:
    """Likely encoding of bytes that are not UTF-8: the one whose reading is most like common Chinese prose.

    GB18030 and Big5 decode most of each other's bytes; the right one gives common characters
    and the usual punctuation, the wrong one rare characters. UTF-16 must have its byte order mark.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    best, best_share = None, 0.05
    for encoding in ("gb18030", "big5"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        share = sum(character in _COMMON for character in text) / len(text)
        if "\0" not in text and share > best_share:
            best, best_share = encoding, share
    return best


_COMMON = frozenset("的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年，。、")


def extract_html(data: bytes | str, name: str = "page.html") -> str:
    """The text of an HTML page as Markdown, its title first, by ``trafilatura`` (extra ``html``; Barbaresi 2021).

    What follows, the ledger included, speaks of this text, not of the page. Raises DuizhaoError ``missing-extra`` or
    ``no-article-text``.
    """
    try:
        import trafilatura
    except ImportError:
        raise DuizhaoError("missing-extra", f"{name}: reading HTML needs trafilatura; run: pip install 'duizhao[html]'") from None
    text = trafilatura.extract(data, output_format="markdown", include_comments=False, include_links=False, favor_recall=True)
    if not text or not text.strip():
        raise DuizhaoError("no-article-text", f"{name}: no article text was found in the page; give the text itself as .txt or .md")
    told = trafilatura.extract_metadata(data)
    title = (told.title or "").strip() if told else ""
    printed = "".join(text.lstrip("# \n").split())
    return text if not title or printed.startswith("".join(title.split())) else f"# {title}\n\n{text}"

"""The work on one piece: rows to records, tables and rejected rows. It reads no file and no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from duizhao.annotations import Annotations
from duizhao.corpus.pieces import Piece
from duizhao.corpus.rows import RawRow, parse_line, rename
from duizhao.errors import DuizhaoError, Finding, InputError, Rejection, one_line
from duizhao.records import (
    FATAL_LEVELS,
    LARGE,
    ArticleRecords,
    Options,
    Prepared,
    in_batches,
    make_article,
    prepare_documents,
    validate,
)
from duizhao.schema import Record, arrow_schema
from duizhao.sources import FIELDS, Row, check_row, read_row
from duizhao.text import Document

if TYPE_CHECKING:
    import pyarrow as pa

CONFIGS = ("sentences", "articles", "blocks")
"""The configs of a corpus release."""

NOTHING_TOLD = Annotations()
"""A corpus has no annotations."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not in the release. ``place`` is its rank among the rows of its piece.

    ``source`` is its field of this name, or its file.
    """

    place: int
    source: str
    file: str
    row: int
    id: str | None
    reason: str
    message: str

    def line(self) -> Rejection:
        """Return the line of rejected.jsonl, where ``source`` is the file."""
        return Rejection(self.id, None, self.file, self.row, self.reason, self.message)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a row: an article. ``sentences`` and ``blocks`` are the numbers of its rows.

    ``english`` is the number of the row of its English side.
    """

    place: int
    source: str
    file: str
    row: int
    id: str
    english: int | None
    sentences: int
    blocks: int


@dataclass(slots=True)
class PieceRecords:
    """The records of a piece by config, in order, and what became of each of its rows.

    ``unread`` are the fields of lines of JSON that are not read, with the number of rows that have each.
    ``sketches`` are those of its articles, if near-duplicates are left out.
    """

    records: dict[str, list[Record]] = field(default_factory=lambda: {config: [] for config in CONFIGS})
    made: list[Made] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    sketches: list[str] | None = None

    def tables(self) -> dict[str, pa.Table]:
        """Return an Arrow table for each config, with the schema of the release."""
        import pyarrow as pa

        return {
            config: pa.Table.from_pylist(rows, schema=arrow_schema(config))
            for config, rows in self.records.items()
        }


@dataclass(frozen=True, slots=True)
class _Read:
    """A row that could be read, with its place in the piece."""

    place: int
    raw: RawRow
    row: Row


@dataclass(frozen=True, slots=True)
class _Sides:
    """The rows of an article and their documents, or None where it has no English."""

    chinese: _Read
    english: _Read | None
    zh: Document
    en: Document | None


def process_piece(
    piece: Piece,
    options: Options,
    *,
    strict: bool = False,
    names: Mapping[str, str] = MappingProxyType({}),
    at: Callable[[int], None] = lambda place: None,
    row_by_row: bool = False,
) -> PieceRecords:
    """Return the records of a piece, and a reason for each row that is rejected.

    ``strict`` rejects an article that has a finding of level 4. ``names`` are the fields of the lines
    of JSON that have other names (see `rename`). ``at`` is told the place of the row that is worked on.
    ``row_by_row`` finishes each article before the next row is read: slower, and the same records.
    """
    out = PieceRecords()
    articles: list[tuple[_Read, _Read | None, ArticleRecords]] = []
    documents = _documents(piece, out, names, at)
    for together in in_batches(documents, lambda one: LARGE if row_by_row else len(one.zh.text)):
        for one, prepared in zip(together, _prepare(together, options), strict=True):
            at(one.chinese.place)
            rows = [one.chinese, *([one.english] if one.english else [])]
            with _rejecting(rows, out):
                made = make_article(one.zh, one.en, NOTHING_TOLD, options, prepared)
                articles.append((one.chinese, one.english, made))
    _settle(articles, out, strict)
    out.rejected.sort(key=lambda one: one.place)
    return out


def _documents(
    piece: Piece, out: PieceRecords, names: Mapping[str, str], at: Callable[[int], None]
) -> Iterator[_Sides]:
    """Yield the documents of each article of a piece; the rows without one are rejected."""
    for rows in _pairs(_read(piece, out, names)):
        at(rows[0].place)
        chinese = next((one for one in rows if one.row.language == "zh"), None)
        english = next((one for one in rows if one.row.language == "en"), None)
        if chinese is None:
            message = "an English row without its Chinese row next to it (the same pair_id)"
            out.rejected += [_reject(one.place, one.raw, one.row, "no-chinese", message) for one in rows]
            continue
        sides: _Sides | None = None
        with _rejecting(rows, out):
            zh = read_row(chinese.row)
            en = read_row(replace(english.row, id=chinese.row.id)) if english else None
            sides = _Sides(chinese, english, zh, en)
        if sides is not None:
            yield sides


def _prepare(together: Sequence[_Sides], options: Options) -> Sequence[Prepared | None]:
    """The Chinese sides of articles. None after a fault: then each is prepared by itself, to find the row of
    the fault.
    """
    try:
        return prepare_documents([one.zh for one in together], [options] * len(together), NOTHING_TOLD)
    except (OSError, MemoryError):
        raise
    except Exception:
        return [None] * len(together)


@contextmanager
def _rejecting(rows: Sequence[_Read], out: PieceRecords) -> Iterator[None]:
    """Reject rows if the work on them fails: one row must not end a build of millions."""
    try:
        yield
    except DuizhaoError as error:
        out.rejected += [_reject(one.place, one.raw, one.row, error.id, str(error)) for one in rows]
    except (OSError, MemoryError):
        raise
    except Exception as error:
        told = f"a fault of Duizhao ({type(error).__name__}: {one_line(error)[:200]}); please report it"
        out.rejected += [_reject(one.place, one.raw, one.row, "internal-error", told) for one in rows]


def _read(piece: Piece, out: PieceRecords, names: Mapping[str, str]) -> Iterator[_Read]:
    """Yield the rows that can be read; the others are rejected. Of two rows with one id,
    the first is read.
    """
    seen: set[tuple[str, str]] = set()
    known = {names.get(name, name) for name in FIELDS}
    for place, raw in enumerate(piece.rows):
        fields: Mapping[str, Any] = {}
        try:
            if isinstance(raw.content, int):
                raise InputError(
                    "row-too-large", f"{raw.content:,} bytes in one row, more than --largest-row allows"
                )
            content = raw.content
            if isinstance(content, bytes):
                told = parse_line(content)
                out.unread.update(_plain(name) or "" for name in told.keys() - known)
                fields = rename(told, names)
            else:
                fields = content
            row = check_row(fields, f"{raw.file}#{raw.number}")
            if (row.id, row.language) in seen:
                raise InputError("duplicate-id", f"an earlier row has the id {row.id!r}")
        except InputError as error:
            out.rejected.append(_reject(place, raw, fields, error.id, str(error)))
            continue
        seen.add((row.id, row.language))
        yield _Read(place, raw, row)


def _pairs(rows: Iterator[_Read]) -> Iterator[list[_Read]]:
    """Yield each row by itself, or two neighbours of one pair: one Chinese, one English."""
    waiting: _Read | None = None
    for one in rows:
        if waiting is None:
            waiting = one
        elif (
            waiting.row.pair_id is not None
            and waiting.row.pair_id == one.row.pair_id
            and waiting.row.language != one.row.language
        ):
            yield [waiting, one]
            waiting = None
        else:
            yield [waiting]
            waiting = one
    if waiting is not None:
        yield [waiting]


def _settle(
    articles: Sequence[tuple[_Read, _Read | None, ArticleRecords]], out: PieceRecords, strict: bool
) -> None:
    """Check all articles together. Reject those with findings that stop a release, and add the others."""
    records: dict[str, list[Record]] = {config: [] for config in CONFIGS}
    for _, _, made in articles:
        for config in CONFIGS:
            records[config] += made.records[config]
    findings: dict[str, list[Finding]] = {}
    for one, english, made in articles:
        told = (*one.row.findings, *(english.row.findings if english else ()))
        findings[one.row.id] = [*told, *made.findings]
    for finding in validate(records):
        findings.setdefault(finding.record.partition(":")[0], []).append(finding)
    for one, english, made in articles:
        found = findings[one.row.id]
        stop = next((f for f in found if f.level in FATAL_LEVELS or strict), None)
        if stop is not None:
            for row in (one, english) if english else (one,):
                out.rejected.append(_reject(row.place, row.raw, row.row, stop.id, stop.message))
            continue
        out.findings += found
        for config in CONFIGS:
            out.records[config] += made.records[config]
        out.made.append(
            Made(
                one.place,
                one.row.source or one.raw.file,
                one.raw.file,
                one.raw.number,
                one.row.id,
                english.raw.number if english else None,
                len(made.records["sentences"]),
                len(made.records["blocks"]),
            )
        )


def _reject(place: int, raw: RawRow, row: Row | Mapping[str, Any], reason: str, message: str) -> Rejected:
    id = row.id if isinstance(row, Row) else row.get("id")
    source = row.source if isinstance(row, Row) else row.get("source")
    return Rejected(
        place,
        _plain(source) or raw.file,
        raw.file,
        raw.number,
        _plain(id),
        reason,
        _plain(message) or reason,
    )


def _plain(value: Any) -> str | None:
    """Return a value as a short text that can be written."""
    if value is None or isinstance(value, (dict, list, bytes, float)):
        return None
    return str(value)[:1000].encode("utf-8", "replace").decode() or None

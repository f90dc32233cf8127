"""Read the files of a corpus as raw rows, in order, a bounded number of bytes at a time.

A raw row is not parsed here: a line of JSON Lines stays bytes, a row of Parquet is its columns, a record of a
WARC file its page. So one process can read for many.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from duizhao.corpus.inputs import Input, open_input, open_table, unreadable
from duizhao.errors import InputError, MissingExtra
from duizhao.sources import FIELDS

LARGEST_ROW = 8 * 2**20
"""The most bytes of one row. A larger one is rejected, and is never in memory as a whole."""

_CHUNK = 1 << 20
_BATCH = 1 << 20  # bytes of Parquet rows that are read together, about
_SHOWN = 40  # characters of a line that cannot be read
_LOST = 100  # the size that a row counts in its piece if it is too large

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row before it is checked: its file, its number in it from 1, and a line, its fields, or the size of
    a row that is too large.
    """

    file: str
    number: int
    content: bytes | Fields | int
    size: int


def read_rows(
    file: Input,
    largest: int = LARGEST_ROW,
    names: Mapping[str, str] = MappingProxyType({}),
    unread: Counter[str] | None = None,
) -> Iterator[RawRow]:
    """Yield the rows of a file. Raises InputError ``unreadable-corpus`` and ``bad-columns``, MissingExtra.

    ``names`` are the columns of a table that have other names than the fields (see `rename`). The columns of
    a table that are not read are added to ``unread``, with the number of its rows.
    """
    if file.kind == "parquet":
        return _table_rows(file, largest, names, Counter() if unread is None else unread)
    if file.kind == "warc":
        return _warc_rows(file, largest)
    return _line_rows(file, largest)


def rename(fields: Fields, names: Fields) -> Fields:
    """Return the fields of a row with those of ``names`` taken from others: ``{"text": "content"}``."""
    return {**fields, **{name: fields.get(other) for name, other in names.items()}}


def parse_line(line: bytes) -> Fields:
    """Return the object of a line of JSON Lines. Raises InputError ``bad-utf8`` or ``bad-json``, whose
    message has the beginning of the line.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "bad-utf8",
            f"not UTF-8 (byte 0x{line[error.start]:02X} at {error.start} of the line){_begins(line)}",
        ) from None
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise InputError("bad-json", f"not valid JSON (at column {error.colno}){_begins(line)}") from None
    except (RecursionError, ValueError):
        told = f"nested too deeply, or a number with too many digits{_begins(line)}"
        raise InputError("bad-json", told) from None
    if not isinstance(value, dict):
        raise InputError("bad-json", f"not a JSON object in braces, with names and values{_begins(line)}")
    return value


def _begins(line: bytes) -> str:
    """What tells a line that cannot be read from others: its first characters."""
    text = line[: 4 * _SHOWN].decode("utf-8", "replace").strip()
    return f"; it begins with {text[:_SHOWN]!r}{'…' * (len(text) > _SHOWN)}"


def _line_rows(file: Input, largest: int) -> Iterator[RawRow]:
    number = 0
    try:
        with open_input(file) as stream:
            for line, size in _bounded_lines(stream, largest):
                number += 1
                if line is None:
                    yield RawRow(file.name, number, size, _LOST)
                elif line and not line.isspace():
                    yield RawRow(file.name, number, line, size)
    except (OSError, ValueError) as error:  # ArrowInvalid is a ValueError
        raise unreadable(file, error, number) from None


def _bounded_lines(stream: Any, largest: int) -> Iterator[tuple[bytes | None, int]]:
    """Yield each line with its size; None instead of a line of more than ``largest`` bytes."""
    rest: list[bytes] = []
    size = 0  # parts of a line that is not ended yet; none are kept once it is too long
    while chunk := stream.read(_CHUNK):
        *lines, last = chunk.split(b"\n")
        for line in lines:
            size += len(line)
            if size > largest:
                yield None, size
            else:
                yield (b"".join((*rest, line)) if rest else line), size
            rest, size = [], 0
        size += len(last)
        if size > largest:
            rest = []
        elif last:
            rest.append(last)
    if size:
        yield (None if size > largest else b"".join(rest)), size


def _table_rows(
    file: Input, largest: int, names: Mapping[str, str], unread: Counter[str]
) -> Iterator[RawRow]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with open_table(file) as stream, pq.ParquetFile(stream, pre_buffer=False) as table:
            wanted = {name: names.get(name, name) for name in FIELDS}
            columns = [name for name in dict.fromkeys(wanted.values()) if name in table.schema_arrow.names]
            if wanted["id"] not in columns or not {wanted["text"], wanted["html"]} & set(columns):
                raise InputError(
                    "bad-columns",
                    f"{file.address}: has no column {wanted['id']}, or neither {wanted['text']} nor "
                    f"{wanted['html']}; its columns: {', '.join(table.schema_arrow.names[:20])}; "
                    f"--fields id=COLUMN,text=COLUMN tells other names",
                )
            others = dict.fromkeys(set(table.schema_arrow.names) - set(columns), table.metadata.num_rows)
            unread.update(others)
            for group in range(table.num_row_groups):
                told = table.metadata.row_group(group)
                average = told.total_byte_size // max(told.num_rows, 1) + 1
                size = max(1, min(10_000, _BATCH // average))
                for batch in table.iter_batches(size, [group], columns, use_threads=False):
                    for fields in _fields(batch):
                        row = rename(fields, names) if names else fields
                        number += 1
                        size = _bytes(row)
                        yield (
                            RawRow(file.name, number, size, _LOST)
                            if size > largest
                            else RawRow(file.name, number, row, size)
                        )
    except (OSError, ValueError, pa.ArrowException) as error:
        raise unreadable(file, error, number) from None


def _fields(batch: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a batch. A text with invalid UTF-8 stays bytes."""
    columns = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            columns[name] = column.to_pylist()
        except UnicodeDecodeError:
            columns[name] = [_value(part) for part in column]
    names = list(columns)
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(names, values, strict=True))


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return bytes(scalar.as_buffer())


def _bytes(fields: Fields) -> int:
    return sum(
        len(v) if isinstance(v, bytes) else len(v.encode("utf-8", "surrogatepass"))
        for v in fields.values()
        if isinstance(v, (str, bytes))
    )


def _warc_rows(file: Input, largest: int) -> Iterator[RawRow]:
    """Yield the pages of a WARC file: its responses of HTML with status 200. Other records are no rows."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError:
        raise MissingExtra(
            "missing-extra", "a WARC file needs warcio; run: pip install 'duizhao[corpus]'"
        ) from None
    number = 0
    try:
        with open_input(file, decompress=False) as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type != "response" or not _is_page(record):
                    continue
                number += 1
                data = record.content_stream().read(largest + 1)
                if len(data) > largest:
                    yield RawRow(file.name, number, max(record.payload_length, len(data)), _LOST)
                    continue
                head = record.rec_headers
                id = (head.get_header("WARC-Record-ID") or "").strip("<>").removeprefix("urn:uuid:")
                fields = {"id": id, "html": data, "url": head.get_header("WARC-Target-URI")}
                yield RawRow(file.name, number, fields, len(data))
    except (OSError, ValueError, EOFError, zlib.error, ArchiveLoadFailed) as error:
        raise unreadable(file, error, number) from None


def _is_page(record: Any) -> bool:
    if record.http_headers is None or record.http_headers.get_statuscode() != "200":
        return False
    kind = record.http_headers.get_header("Content-Type") or ""
    return kind.split(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")

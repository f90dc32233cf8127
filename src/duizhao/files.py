"""Safe reading and writing of files that people or other programs wrote. Each format has one reader.

A reader accepts only regular files up to a size limit. It returns only values that every later step can use:
text without lone surrogates, integers of 64 bits, finite numbers, and nesting of limited depth. Anything else
raises an InputError with the id that the caller gives, the path, and the place in the file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import math
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duizhao.errors import InputError, one_line

if TYPE_CHECKING:
    import pyarrow as pa

DEEPEST = 64
"""How deep lists and mappings may be nested."""

MOST_VALUES = 1_000_000
"""How many values a YAML or TOML file may hold. Each use of an alias counts."""

LARGEST = 64 * 2**20
"""The most bytes of a file that is read as a whole: a card, a citation, sources.toml, a manifest."""

LARGEST_YAML = 2**20
"""The most characters of a YAML text. The YAML reader needs about ten seconds for this size."""

LONGEST_LINE = 512 * 2**20
"""The most bytes of one line of JSON Lines."""

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_CHUNK = 1 << 20


def open_regular(path: Path, id: str) -> Iterator[bytes]:
    """Yield the chunks of a regular file.

    A FIFO, a device, a folder or a socket is refused without waiting.
    """
    # O_NONBLOCK: without it, opening a FIFO that has no writer would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:  # ValueError: the path contains NUL
        raise _unreadable(path, id, error) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InputError(id, f"{show(path)}: not a regular file")
        while chunk := os.read(descriptor, _CHUNK):
            yield chunk
    except OSError as error:
        raise _unreadable(path, id, error) from None
    finally:
        os.close(descriptor)


def read_bytes(path: Path, id: str, largest: int | None = LARGEST) -> bytes:
    """Read a regular file of at most ``largest`` bytes (None: any size). Raises InputError ``id``."""
    chunks: list[bytes] = []
    size = 0
    for chunk in open_regular(path, id):
        size += len(chunk)
        if largest is not None and size > largest:
            raise InputError(id, f"{show(path)}: larger than {largest:,} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def read_text(path: Path, id: str, largest: int | None = LARGEST) -> str:
    """Read a UTF-8 text.

    Line ends stay as they are; a byte order mark is dropped. Raises InputError ``id``.
    """
    return _decoded(read_bytes(path, id, largest), show(path), id)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a regular file in hexadecimal; an empty string if it cannot be read."""
    digest = hashlib.sha256()
    try:
        for chunk in open_regular(path, "unreadable-file"):
            digest.update(chunk)
    except InputError:
        return ""
    return digest.hexdigest()


def read_json(path: Path, id: str) -> Any:
    """Read the value of a JSON file. Raises InputError ``id``."""
    return parse_json(read_text(path, id), show(path), id)


def read_json_lines(path: Path, id: str) -> Iterator[tuple[str, dict[str, Any] | InputError]]:
    """Yield the place, ``file:line``, and the object of each line of a JSON Lines file.

    Empty lines are skipped. If a line cannot be read, its InputError is yielded instead of an object, and
    reading goes on. Raises InputError ``id`` if the file itself cannot be read.
    """
    name = show(path)
    for number, line in enumerate(_raw_lines(path, id), 1):
        place = f"{name}:{number}"
        try:
            text = _decoded(line, place, id) if number == 1 else _utf8(line, place, id)
            if not text.strip():
                continue
            row = parse_json(text, place, id)
            if not isinstance(row, dict):
                raise InputError(id, f"{place}: not a JSON object in braces, with names and values")
        except InputError as error:
            yield place, error
        else:
            yield place, row


to_json_line = json.JSONEncoder(ensure_ascii=False).encode
"""A JSON value as text on one line. ``json.dumps`` with options makes a new encoder for each value."""


@cache
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        parse_int=_integer, parse_float=_number, parse_constant=_constant, object_pairs_hook=_object
    )


def parse_json(text: str, place: str, id: str) -> Any:
    """Parse a JSON value. Raises InputError ``id``, whose message names ``place``.

    Besides invalid JSON, these are refused: a name that occurs twice in one object, integers beyond 64 bits,
    NaN, numbers beyond the range of a double, lone surrogates, and more than ``DEEPEST`` levels.
    """
    try:
        value = _decoder().decode(text)
    except json.JSONDecodeError as error:
        where = (
            f"at column {error.colno}"
            if error.lineno == 1
            else f"at line {error.lineno}, column {error.colno}"
        )
        raise InputError(id, f"{place}: not valid JSON ({where})") from None
    except RecursionError:
        raise InputError(id, f"{place}: nested too deeply; {DEEPEST} levels are allowed") from None
    except ValueError as error:
        raise InputError(id, f"{place}: {error}") from None
    if text.count("[") + text.count("{") > DEEPEST and _depth(value) > DEEPEST:
        raise InputError(id, f"{place}: nested too deeply; {DEEPEST} levels are allowed")
    if _SURROGATE_ESCAPE.search(text) and not _is_encodable(json.dumps(value, ensure_ascii=False)):
        raise InputError(
            id, f"{place}: half of a surrogate pair (\\ud800 to \\udfff), which no text can hold"
        )
    return value


def read_toml(path: Path, id: str) -> dict[str, Any]:
    """Read the table of a TOML file. Raises InputError ``id``."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    text, name = read_text(path, id), show(path)
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line \d+, column \d+|at end of document", str(error))
        raise InputError(id, f"{name}: not valid TOML ({place.group() if place else error})") from None
    except RecursionError:
        raise InputError(id, f"{name}: nested too deeply; {DEEPEST} levels are allowed") from None
    except ValueError as error:  # for example a number of thousands of digits
        raise InputError(id, f"{name}: not valid TOML ({error})") from None
    _check_plain(table, name, id)
    return table


def parse_yaml(text: str, name: str, id: str) -> Any:
    """Parse a YAML text. Dates stay text. Raises InputError ``id``, whose message names ``name``."""
    import yaml

    if len(text) > LARGEST_YAML:
        raise InputError(id, f"{name}: its YAML is longer than {LARGEST_YAML:,} characters")
    try:
        value = yaml.load(text, Loader=_plain_loader())
    except yaml.YAMLError as error:
        raise InputError(id, f"{name}: its YAML cannot be read ({one_line(error)})") from None
    except RecursionError:
        raise InputError(id, f"{name}: its YAML is nested too deeply; {DEEPEST} levels are allowed") from None
    except Exception as error:  # PyYAML can raise any kind of error when it makes values
        detail = f" ({one_line(error)})" if isinstance(error, ValueError) else ""
        raise InputError(id, f"{name}: its YAML holds a value that cannot be read{detail}") from None
    _check_plain(value, name, id)
    return value


def read_parquet(path: Path, id: str) -> pa.Table:
    """Read the table of a Parquet file. Raises InputError ``id``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = pa.py_buffer(read_bytes(path, id, None))
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
        table.validate(full=True)  # checks offsets and UTF-8; reading does not
    except Exception:  # for damaged bytes, the library may raise any kind of error
        raise InputError(id, f"{show(path)}: cannot be read as Parquet") from None
    return table


def iterate_parquet(path: Path, id: str, most: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file, at most ``most`` at a time: not all of them are in memory.

    The first batch is empty, for its schema. Raises InputError ``id``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = pa.py_buffer(read_bytes(path, id, None))
    try:
        with pq.ParquetFile(pa.BufferReader(data)) as file:
            yield pa.RecordBatch.from_pylist([], schema=file.schema_arrow)
            for batch in file.iter_batches(most, use_threads=False):
                batch.validate(full=True)  # checks offsets and UTF-8; reading does not
                yield batch
    except GeneratorExit:
        raise
    except Exception:  # for damaged bytes, the library may raise any kind of error
        raise InputError(id, f"{show(path)}: cannot be read as Parquet") from None


def check_output(path: Path, inputs: Iterable[Path]) -> None:
    """Raise InputError ``same-file`` if ``path`` is one of ``inputs``, or lies in one that is a folder."""
    for other in inputs:
        if is_same_or_inside(path, other):
            verb = "lies in" if other.is_dir() else "is"
            raise InputError(
                "same-file", f"{show(path)}: {verb} the input {show(other)}; write to another file"
            )


def write_file(path: Path, text: str) -> None:
    """Write a text file as UTF-8.

    It is written under another name and then renamed, so it is never half written. A link is followed. The
    permissions of an old file stay. If the path is not a regular file, for example ``/dev/stdout``, the text
    is written to it directly. Raises InputError ``cannot-write`` if the system refuses.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError("cannot-write", f"{show(path)}: cannot be written ({reason(error)})") from None


def remove_file(path: Path) -> None:
    """Remove a file. Raises InputError ``cannot-write`` if the system refuses."""
    try:
        path.unlink()
    except OSError as error:
        raise InputError("cannot-write", f"{show(path)}: cannot be removed ({reason(error)})") from None


def is_same_or_inside(path: Path, other: Path) -> bool:
    """Return whether ``path`` is the file or folder ``other`` or lies in it.

    The files on the disk are compared, so links, hard links and letter case do not matter.
    """
    try:
        inner = path.resolve()
        wanted = other.resolve()
    except (OSError, RuntimeError, ValueError):
        return False
    return any(is_same(candidate, wanted) for candidate in (inner, *inner.parents))


def is_same(one: Path, two: Path) -> bool:
    """Return whether two paths lead to the same file or folder.

    If nothing exists there, compare the paths.
    """
    if one == two:
        return True
    try:
        return one.samefile(two)
    except (OSError, ValueError):
        return False


def show(path: Path) -> str:
    """Return a path for a message: with forward slashes, and one escape for each byte that is not UTF-8."""
    return path.as_posix()


def reason(error: BaseException) -> str:
    """Return the system's reason for an error in words, without the path."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if "symlink" in str(error).lower():  # RuntimeError of Path.resolve before Python 3.13
        return "too many levels of symbolic links"
    return one_line(error)


def _replace(path: Path, data: bytes) -> None:
    """Write ``data`` to a new file in the same folder, and rename it to ``path``."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}-", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        beside.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _raw_lines(path: Path, id: str) -> Iterator[bytes]:
    """Yield the lines of a file as bytes, without their line feeds. The file is not read as a whole."""
    rest: list[bytes] = []
    size = 0
    for chunk in open_regular(path, id):
        first, *others = chunk.split(b"\n")
        rest.append(first)
        size += len(first)
        if size > LONGEST_LINE:
            raise InputError(id, f"{show(path)}: a line is longer than {LONGEST_LINE:,} bytes")
        if others:
            yield b"".join(rest)
            yield from others[:-1]
            rest, size = [others[-1]], len(others[-1])
    if size:
        yield b"".join(rest)


def _decoded(data: bytes, name: str, id: str) -> str:
    return _utf8(data.removeprefix(b"\xef\xbb\xbf"), name, id)


def _utf8(data: bytes, name: str, id: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(id, f"{name}: not UTF-8 (byte 0x{data[error.start]:02X} at {error.start})") from None


def _unreadable(path: Path, id: str, error: Exception) -> InputError:
    return InputError(id, f"{show(path)}: cannot be read ({reason(error)})")


def _integer(digits: str) -> int:
    if len(digits) < 20 and -(2**63) <= (value := int(digits)) < 2**63:
        return value
    raise ValueError(f"the integer {digits[:20]}{'…' * (len(digits) > 20)} is out of range (64 bits)")


def _number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"the number {digits[:20]} is out of range")
    return value


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that JSON knows")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = ""
        for twice, _ in pairs:
            if twice in seen:
                break
            seen.add(twice)
        raise ValueError(f"the name {twice!r} stands twice in one object")
    return made


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _depth(value: Any) -> int:
    """Count the levels of lists and mappings without recursion."""
    deepest = 0
    level = [value]
    while level := [child for parent in level for child in _children(parent)]:
        deepest += 1
    return deepest


def _check_plain(value: Any, name: str, id: str) -> None:
    """Raise InputError ``id`` if a value is too deep, too large or has text that is not valid Unicode.

    Each use of a YAML alias counts.
    """
    count = 0
    open_values: list[tuple[Any, int]] = [(value, 0)]
    while open_values:
        inner, depth = open_values.pop()
        count += 1
        if depth > DEEPEST:
            raise InputError(id, f"{name}: nested too deeply; {DEEPEST} levels are allowed")
        if count > MOST_VALUES:
            raise InputError(id, f"{name}: more than {MOST_VALUES:,} values")
        if isinstance(inner, dict):
            for key in inner:
                if not isinstance(key, str):
                    raise InputError(id, f"{name}: the key {key!r} is not a text; put it between quotes")
                _check_text(key, name, id)
        elif isinstance(inner, str):
            _check_text(inner, name, id)
        elif isinstance(inner, (int, float)) and not -(2**63) <= inner < 2**63:  # also refuses NaN
            raise InputError(id, f"{name}: a number is out of range (64 bits)")
        elif isinstance(inner, (set, bytes, tuple)):
            raise InputError(id, f"{name}: a value of the kind {type(inner).__name__} is not allowed")
        open_values += [(child, depth + 1) for child in _children(inner)]


def _check_text(text: str, name: str, id: str) -> None:
    if not _is_encodable(text):
        raise InputError(id, f"{name}: half of a surrogate pair (\\ud800 to \\udfff), which no text can hold")


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _plain_loader() -> Any:
    """Return PyYAML's safe loader, changed so that dates stay text."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return Loader

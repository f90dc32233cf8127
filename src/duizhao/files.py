"""Files that people or other programs wrote: one guarded reader for each format, and one way to write a file.

A reader takes only regular files, up to a size, and gives plain values that every later step can use: text
without lone surrogates, integers of 64 bits, finite numbers, a nesting that recursion can follow. Everything
else is an InputError with the id that the caller gives, its path, and its place in the file.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duizhao.errors import InputError, one_line

if TYPE_CHECKING:
    import pyarrow as pa

DEEPEST = 64
"""Levels of lists and mappings that a value may have."""

MOST_VALUES = 1_000_000
"""Values that a YAML or TOML file may hold, each use of an alias counted."""

LARGEST = 64 * 2**20
"""Bytes of a file that is read as a whole: a card, a citation, sources.toml, a manifest."""

LARGEST_YAML = 2**20
"""Characters of YAML: its reader takes about ten seconds for as much."""

LONGEST_LINE = 512 * 2**20
"""Bytes of one line of JSON Lines."""

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_CHUNK = 1 << 20


def open_regular(path: Path, id: str) -> Iterator[bytes]:
    """Chunks of a regular file. A FIFO, a device, a folder or a socket is refused without waiting for it."""
    # O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:  # ValueError: NUL in the path
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
    """Bytes of a regular file of at most ``largest`` bytes (None: of any size). Raises InputError ``id``."""
    chunks: list[bytes] = []
    size = 0
    for chunk in open_regular(path, id):
        size += len(chunk)
        if largest is not None and size > largest:
            raise InputError(id, f"{show(path)}: larger than {largest:,} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def read_text(path: Path, id: str, largest: int | None = LARGEST) -> str:
    """UTF-8 text of a file, line ends as they are, without a byte order mark. Raises InputError ``id``."""
    return _decoded(read_bytes(path, id, largest), show(path), id)


def hash_file(path: Path) -> str:
    """SHA-256 of a regular file in hexadecimal; an empty string where there is none that can be read."""
    digest = hashlib.sha256()
    try:
        for chunk in open_regular(path, "unreadable-file"):
            digest.update(chunk)
    except InputError:
        return ""
    return digest.hexdigest()


def read_json(path: Path, id: str) -> Any:
    """The value of a JSON file. Raises InputError ``id``."""
    return parse_json(read_text(path, id), show(path), id)


def read_json_lines(path: Path, id: str) -> Iterator[tuple[str, dict[str, Any] | InputError]]:
    """Lines of a JSON Lines file that are not empty: the place, ``file:line``, and the object that stands there.

    A line that cannot be read gives its InputError instead of an object; the lines after it are still read.
    Raises InputError ``id`` where the file itself cannot be read.
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


def parse_json(text: str, place: str, id: str) -> Any:
    """A JSON value; ``place`` is told in the error. Raises InputError ``id``.

    Refused beside what is not JSON: a name twice in one object, integers beyond 64 bits, NaN and numbers beyond
    a double's range, lone surrogates, more than ``DEEPEST`` levels.
    """
    try:
        value = json.loads(
            text,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
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
    """The table of a TOML file. Raises InputError ``id``."""
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
    except ValueError as error:  # a number of thousands of digits
        raise InputError(id, f"{name}: not valid TOML ({error})") from None
    _check_plain(table, name, id)
    return table


def parse_yaml(text: str, name: str, id: str) -> Any:
    """The value of a YAML text, dates as text; ``name`` is told in the error. Raises InputError ``id``."""
    import yaml

    if len(text) > LARGEST_YAML:
        raise InputError(id, f"{name}: its YAML is longer than {LARGEST_YAML:,} characters")
    try:
        value = yaml.load(text, Loader=_plain_loader())
    except yaml.YAMLError as error:
        raise InputError(id, f"{name}: its YAML cannot be read ({one_line(error)})") from None
    except RecursionError:
        raise InputError(id, f"{name}: its YAML is nested too deeply; {DEEPEST} levels are allowed") from None
    except Exception as error:  # PyYAML's making of values raises whatever its input makes Python raise
        detail = f" ({one_line(error)})" if isinstance(error, ValueError) else ""
        raise InputError(id, f"{name}: its YAML holds a value that cannot be read{detail}") from None
    _check_plain(value, name, id)
    return value


def read_parquet(path: Path, id: str) -> pa.Table:
    """The table of a Parquet file. Raises InputError ``id``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = pa.py_buffer(read_bytes(path, id, None))
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
        table.validate(full=True)  # offsets and UTF-8, which reading alone does not check
    except Exception:  # the library promises no kind of error for bytes that are damaged
        raise InputError(id, f"{show(path)}: cannot be read as Parquet") from None
    return table


def check_output(path: Path, inputs: Iterable[Path]) -> None:
    """Raises InputError ``same-file`` where ``path`` is one of ``inputs``, or lies in one that is a folder."""
    for other in inputs:
        if is_same_or_inside(path, other):
            verb = "lies in" if other.is_dir() else "is"
            raise InputError(
                "same-file", f"{show(path)}: {verb} the input {show(other)}; write to another file"
            )


def write_file(path: Path, text: str) -> None:
    """Write a text file as UTF-8, beside and then in its place: nobody ever sees half of it.

    A link is followed, an old file's permissions stay, and what is no regular file (``/dev/stdout``) is written
    to as it is. Raises InputError ``cannot-write`` where the system refuses.
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


def is_same_or_inside(path: Path, other: Path) -> bool:
    """Whether ``path`` is the file or folder ``other``, or lies in it; links, hard links and letter case followed."""
    try:
        inner = path.resolve()
        wanted = other.resolve()
    except (OSError, RuntimeError, ValueError):
        return False
    return any(is_same(candidate, wanted) for candidate in (inner, *inner.parents))


def is_same(one: Path, two: Path) -> bool:
    """Whether two paths lead to one file or folder, or are one path where nothing is there."""
    if one == two:
        return True
    try:
        return one.samefile(two)
    except (OSError, ValueError):
        return False


def show(path: Path) -> str:
    """A path as messages show it: slashes forward; bytes that are no UTF-8 stay one escape each."""
    return path.as_posix()


def reason(error: BaseException) -> str:
    """What the system says, in words, without the path."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if "symlink" in str(error).lower():  # RuntimeError of Path.resolve before Python 3.13
        return "too many levels of symbolic links"
    return one_line(error)


def _replace(path: Path, data: bytes) -> None:
    """Write ``data`` into a new file of the same folder, and rename it to ``path``."""
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
    """Lines of a file as bytes, without their line feeds, whatever their number."""
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
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice!r} stands twice in one object")
    return made


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _depth(value: Any) -> int:
    """Levels of lists and mappings, counted without recursion."""
    deepest = 0
    level = [value]
    while level := [child for parent in level for child in _children(parent)]:
        deepest += 1
    return deepest


def _check_plain(value: Any, name: str, id: str) -> None:
    """Raises InputError ``id`` for what is too deep, too much or no text; aliases are followed, so they count."""
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
        elif isinstance(inner, (int, float)) and not -(2**63) <= inner < 2**63:  # not a number is neither
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
    """PyYAML's safe loader, but for dates, which stay the text that they are."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return Loader

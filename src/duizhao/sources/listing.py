"""``sources.toml``: what it says of the articles of a raw folder, and on which line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duizhao.errors import InputError
from duizhao.files import read_text, read_toml
from duizhao.sources.decode import ENCODINGS, known_encoding
from duizhao.text import is_date

KEYS = (
    "id",
    "file",
    "en",
    "encoding",
    "publisher",
    "byline",
    "published",
    "url",
    "translated_from",
    "genre",
    "rights",
)
"""Keys that an [[article]] may have."""

HEAD = ("complete", "alone")
"""Keys that stand at the head of the file, above the first [[article]]."""

_TOKEN = re.compile(
    r'"""[\s\S]*?"""|'
    r"'''[\s\S]*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'|#[^\n]*"
    r"|^[ \t]*\[\[[ \t]*(?P<head>[A-Za-z0-9_-]+)[ \t]*\]\]|^[ \t]*(?P<key>[A-Za-z0-9_-]+)(?=[ \t]*=)",
    re.MULTILINE,
)
"""Texts and comments of TOML, and outside them the head of a table of a list and a key at the
beginning of a line.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An [[article]]: its values, and the lines of its head and of its keys, from 1, as far
    as they are known.
    """

    values: Mapping[str, Any]
    line: int | None
    lines: Mapping[str, int]

    def place(self, listing: str, key: str | None = None) -> str:
        """Where the entry, or one of its keys, stands: file, line, and the id or file that it names."""
        line = self.lines.get(key or "", self.line)
        label = self.values.get("id") or self.values.get("file") or "an [[article]]"
        return f"{listing}: line {line}: {label}" if line else f"{listing}: {label}"


@dataclass(frozen=True, slots=True)
class Alone:
    """An English file without a Chinese one, from the key ``alone``, and its line from 1, if it is known."""

    file: str
    line: int | None

    def place(self, listing: str) -> str:
        """Where the file is named: file and line."""
        return f"{listing}: line {self.line}: alone" if self.line else f"{listing}: alone"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a ``sources.toml`` says: whether it names all files, its entries, and the English files without
    a Chinese one.
    """

    complete: bool = False
    entries: Sequence[Entry] = ()
    alone: Sequence[Alone] = ()


def read_listing(listing: Path) -> Listing:
    """Read a ``sources.toml``.

    Raises InputError ``bad-sources`` for what is no TOML, and ``unknown-key``, ``bad-value`` or
    ``unknown-encoding`` that tells every mistake in it, one a line.
    """
    table = read_toml(listing, "bad-sources")
    unknown = sorted(set(table) - {"article", *HEAD})
    values, complete = table.get("article", []), table.get("complete", False)
    alone = table.get("alone", [])
    if unknown or not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        key = unknown[0] if unknown else "article"
        raise InputError(
            "unknown-key",
            f"{listing.as_posix()}: unknown table {key!r}; allowed: [[article]], complete, alone",
        )
    if not isinstance(complete, bool):
        raise InputError("bad-value", f"{listing.as_posix()}: complete must be true or false")
    if not isinstance(alone, list) or not all(isinstance(file, str) and file for file in alone):
        raise InputError(
            "bad-value",
            f'{listing.as_posix()}: alone must be a list of files between quotes, like ["en/notes.md"]',
        )
    text = read_text(listing, "bad-sources")
    entries = _locate(values, text)
    problems = [problem for entry in entries for problem in _check(entry, listing.as_posix())]
    if problems:
        raise InputError(problems[0].id, "\n".join(map(str, problems)))
    return Listing(complete, entries, _locate_alone(alone, text))


def _locate(values: list[dict[str, Any]], text: str) -> list[Entry]:
    """The entries with their lines; without, where the file writes the list in
    another form than [[article]].
    """
    found: list[tuple[int, dict[str, int]]] = []
    line, end = 1, 0
    for match in _TOKEN.finditer(text):
        line, end = line + text.count("\n", end, match.start()), match.start()
        if match["head"] == "article":
            found.append((line, {}))
        elif match["key"] and found:
            found[-1][1].setdefault(match["key"], line)
    if len(found) != len(values):
        return [Entry(value, None, {}) for value in values]
    return [Entry(value, line, lines) for value, (line, lines) in zip(values, found, strict=True)]


def _locate_alone(files: list[str], text: str) -> list[Alone]:
    """The files of the key ``alone`` with their lines."""
    lines: list[int] = []
    line, end, inside = 1, 0, False
    for match in _TOKEN.finditer(text):
        line, end = line + text.count("\n", end, match.start()), match.start()
        if match["head"] or match["key"]:
            if inside or match["head"]:
                break
            inside = match["key"] == "alone"
        elif inside and not match[0].startswith("#"):
            lines.append(line)
    if len(lines) != len(files):
        return [Alone(file, None) for file in files]
    return [Alone(file, line) for file, line in zip(files, lines, strict=True)]


def _check(entry: Entry, listing: str) -> Iterator[InputError]:
    """What is wrong with an entry."""
    for key, value in entry.values.items():
        place = entry.place(listing, key)
        if key in HEAD:
            told = f"{place}: {key!r} is no key of an [[article]]; put it above the first [[article]]"
            yield InputError("unknown-key", told)
        elif key not in KEYS:
            yield InputError("unknown-key", f"{place}: unknown key {key!r}; allowed: {', '.join(KEYS)}")
        elif not isinstance(value, str) or not value:
            yield InputError("bad-value", f"{place}: {key} must be a text that is not empty, between quotes")
        elif key == "encoding" and known_encoding(value) is None:
            yield InputError(
                "unknown-encoding", f"{place}: unknown encoding {value!r}; allowed: {', '.join(ENCODINGS)}"
            )
        elif key == "published" and not is_date(value):
            yield InputError(
                "bad-value",
                f"{place}: published must be an ISO 8601 date like 2023-11-20 or 2023-11-20T11:33:36+08:00",
            )
    if "file" not in entry.values:
        yield InputError("bad-value", f"{entry.place(listing)}: the key file is missing")

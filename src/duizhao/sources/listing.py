"""``sources.toml``: what it says of the articles of a raw folder, and on which line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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


def read_listing(listing: Path) -> tuple[bool, list[Entry]]:
    """Whether a ``sources.toml`` says that it is complete, and its entries.

    Raises InputError ``bad-sources`` for what is no TOML, and ``unknown-key``, ``bad-value`` or
    ``unknown-encoding`` that tells every mistake in it, one a line.
    """
    table = read_toml(listing, "bad-sources")
    unknown = sorted(set(table) - {"article", "complete"})
    values, complete = table.get("article", []), table.get("complete", False)
    if unknown or not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        key = unknown[0] if unknown else "article"
        raise InputError(
            "unknown-key", f"{listing.as_posix()}: unknown table {key!r}; allowed: [[article]], complete"
        )
    if not isinstance(complete, bool):
        raise InputError("bad-value", f"{listing.as_posix()}: complete must be true or false")
    entries = _locate(values, read_text(listing, "bad-sources"))
    problems = [problem for entry in entries for problem in _check(entry, listing.as_posix())]
    if problems:
        raise InputError(problems[0].id, "\n".join(map(str, problems)))
    return complete, entries


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


def _check(entry: Entry, listing: str) -> Iterator[InputError]:
    """What is wrong with an entry."""
    for key, value in entry.values.items():
        place = entry.place(listing, key)
        if key not in KEYS:
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

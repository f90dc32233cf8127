"""Tables that describe a release: sizes, beads, sentence lengths, removed text, entities, events.

No file is read.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from duizhao.languages import BY_TAG, COLUMNS, KEYS
from duizhao.release import count_removed
from duizhao.schema import Record, Records

Cell = str | int | float

TOP = 20
"""How many entities are shown: those with the most mentions."""

BIN = 10
"""Width of a bin of sentence lengths, in characters and in words."""

MEASURED = tuple(column for column in COLUMNS if column.key != "zh_hant")
"""Columns whose lengths are shown. Traditional is left out: its lengths are nearly those of Simplified."""


NOT_REMOVED = frozenset(("kept", "markup"))
"""What `count_removed` counts beside the categories of what is removed."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: an id that never changes, a title, column names, and rows of text and numbers."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    """Whether the last row sums up the others."""

    def digest(self) -> str:
        """Return the SHA-256 of the table's whole content. A picture of the table contains this hash."""
        return hashlib.sha256(
            json.dumps([self.id, self.title, self.columns, self.rows], ensure_ascii=False).encode()
        ).hexdigest()


def describe_records(records: Records) -> list[Table]:
    """Return all tables, in a fixed order. A release without entities or events has no table of them."""
    tables = [sizes(records)]
    if records.get("sentences"):
        tables += [
            articles(records),
            beads(records["sentences"]),
            length_summary(records["sentences"]),
            lengths(records["sentences"]),
        ]
    if records.get("blocks"):
        tables.append(removed(records["blocks"]))
    if records.get("mentions"):
        tables.append(entities(records["mentions"]))
    if records.get("events"):
        tables.append(timeline(records["events"]))
    return tables


def describe_report(report: Mapping[str, Any]) -> list[Table]:
    """Return the tables of a release in shards, from its report.json."""
    characters = report["characters"]
    every = sum(characters.values()) or 1
    told = [("kept", characters["kept"]), ("markup", characters["markup"])]
    told += [(name, found["characters"]) for name, found in report["removed"]["by_category"].items()]
    sources = ("articles", "sentences", "kept", "removed", "rejected")
    return [
        Table("sizes", "Rows", ("config", "rows"), tuple(report["rows"].items())),
        Table(
            "sources",
            "Sources",
            ("source", *sources),
            tuple((name, *(found[field] for field in sources)) for name, found in report["sources"].items()),
        ),
        Table(
            "characters",
            "Characters of the Chinese texts",
            ("category", "characters", "percent"),
            tuple((name, n, round(100 * n / every, 1)) for name, n in told),
        ),
        *_counted("rejected", "Rejected rows", "rows", report["rejected"]["by_reason"]),
        *_counted("findings", "Warnings (findings of level 4)", "count", report["findings"]),
    ]


def _counted(id: str, title: str, field: str, counted: Mapping[str, Mapping[str, Any]]) -> list[Table]:
    """Return a table of names and numbers; none if there are none."""
    rows = tuple((name, found[field]) for name, found in counted.items())
    return [Table(id, title, ("kind", "rows"), rows)] if rows else []


def sizes(records: Records) -> Table:
    """Count the rows of each config."""
    return Table(
        "sizes", "Rows", ("config", "rows"), tuple((config, len(rows)) for config, rows in records.items())
    )


def articles(records: Records) -> Table:
    """Count beads, characters of the Simplified column (code points) and English words of each article."""
    counted: dict[str, list[int]] = {}
    for row in records["sentences"]:
        numbers = counted.setdefault(row["article_id"], [0, 0, 0])
        for place, number in enumerate((1, *(column.length(row[column.key]) for column in MEASURED))):
            numbers[place] += number
    total = [sum(numbers[place] for numbers in counted.values()) for place in range(3)]
    rows = tuple(_row(article, numbers) for article, numbers in [*counted.items(), ("all", total)])
    return Table(
        "articles",
        "Articles",
        ("article", "beads", *(f"{column.key} {column.unit}" for column in MEASURED)),
        rows,
        total=True,
    )


def overview(records: Records) -> Table:
    """Each article and all together: rows, Chinese characters kept and removed, rows with English, mean
    score.

    Characters are Unicode code points of the Chinese file without its markup. "English %" is the
    percentage of rows that have an English side; the mean score is over the rows that have a score, and
    empty where none has.
    """
    characters = count_removed(records["blocks"])
    seen = {article: _Seen() for article in characters}
    every = _Seen()
    for row in records["sentences"]:
        for one in (seen.setdefault(row["article_id"], _Seen()), every):
            one.rows += 1
            one.english += bool(row["en"])
            if row["score"] is not None:
                one.scores += 1
                one.score += row["score"]
    rows = [_overview_row(article, one, [characters.get(article, {})]) for article, one in seen.items()]
    rows.append(_overview_row("all", every, list(characters.values())))
    columns = ("article", "rows", "kept", "removed", "English %", "mean score")
    return Table("overview", "Articles", columns, tuple(rows), total=True)


@dataclass(slots=True)
class _Seen:
    """Numbers of rows: all, with English, with a score; and the sum of the scores."""

    rows: int = 0
    english: int = 0
    scores: int = 0
    score: float = 0.0


def _overview_row(name: str, seen: _Seen, characters: Sequence[Mapping[str, int]]) -> tuple[Cell, ...]:
    kept = sum(counts.get("kept", 0) for counts in characters)
    removed = sum(n for counts in characters for key, n in counts.items() if key not in NOT_REMOVED)
    english = round(100 * seen.english / seen.rows, 1) if seen.rows else ""
    return (
        name,
        seen.rows,
        kept,
        removed,
        english,
        round(seen.score / seen.scores, 3) if seen.scores else "",
    )


def by_category(table: Table) -> Table:
    """The table `removed`, all files together: characters of each category and
    their percentage, most first.
    """
    sums = [
        (name, sum(int(row[place]) for row in table.rows))
        for place, name in enumerate(table.columns)
        if place
    ]
    every = sum(number for _, number in sums) or 1
    rows = tuple(
        (name, number, round(100 * number / every, 1))
        for name, number in sorted(sums, key=lambda item: (-item[1], item[0]))
    )
    return Table(table.id, table.title, ("category", "characters", "percent"), rows)


def without(table: Table, *columns: str) -> Table:
    """A table without some of its columns."""
    kept = [place for place, name in enumerate(table.columns) if name not in columns]
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return Table(table.id, table.title, tuple(table.columns[place] for place in kept), rows, table.total)


def beads(sentences: Sequence[Record]) -> Table:
    """Count the beads of each type, the most frequent first.

    ``1-2`` is a bead of one Chinese and two English sentences.
    """
    counted = Counter(row["bead"] for row in sentences)
    rows = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return Table(
        "beads",
        "Bead types",
        ("bead", "rows", "percent"),
        tuple((bead, n, round(100 * n / len(sentences), 1)) for bead, n in rows),
    )


def length_summary(sentences: Sequence[Record]) -> Table:
    """Summarize the lengths of rows, Chinese in characters, English in words.

    Rows with an empty side are left out.
    """
    rows = []
    for column in MEASURED:
        found = sorted(column.length(row[column.key]) for row in sentences if row[column.key])
        if found:
            low, _, high = quantiles(found, n=4, method="inclusive") if len(found) > 1 else (found[0],) * 3
            rows.append((column.key, column.unit, found[0], low, median(found), high, found[-1]))
    columns = ("column", "unit", "shortest", "lower quartile", "median", "upper quartile", "longest")
    return Table("length-summary", "Length of a row", columns, tuple(rows))


def lengths(sentences: Sequence[Record]) -> Table:
    """Count rows by length, in bins of ten Chinese characters and of ten English words."""
    counted = {
        column.key: Counter(column.length(row[column.key]) // BIN for row in sentences if row[column.key])
        for column in MEASURED
    }
    last = max((place for column in counted.values() for place in column), default=-1)
    rows = tuple(
        _row(f"{place * BIN}-{place * BIN + BIN - 1}", [found[place] for found in counted.values()])
        for place in range(last + 1)
    )
    return Table(
        "lengths",
        "Rows by length",
        ("length", *(f"{column.key}, in {column.unit}" for column in MEASURED)),
        rows,
    )


def removed(blocks: Sequence[Record]) -> Table:
    """Count the code points of each Chinese file: kept, markup, and removed by category."""
    counted = count_removed(blocks)
    categories = sorted({name for row in counted.values() for name in row} - NOT_REMOVED)
    columns = ("kept", "markup", *categories)
    rows = tuple(_row(article, [row.get(name, 0) for name in columns]) for article, row in counted.items())
    return Table("removed", "Characters of the Chinese files", ("article", *columns), rows)


def entities(mentions: Sequence[Record]) -> Table:
    """Count the mentions of the most mentioned entities by column, over all articles."""
    counted: dict[str, Counter[str]] = {}
    for row in mentions:
        counted.setdefault(row["entity_id"], Counter())[BY_TAG[row["language"]].key] += 1
    first = sorted(counted.items(), key=lambda item: (-item[1].total(), item[0]))[:TOP]
    rows = tuple(
        _row(entity, [*(found[language] for language in KEYS), found.total()]) for entity, found in first
    )
    return Table(
        "entities",
        f"Mentions of the {len(rows)} most mentioned of {len(counted)} entities",
        ("entity", *KEYS, "all"),
        rows,
    )


def timeline(events: Sequence[Record]) -> Table:
    """List events by start date, with the articles that report each."""
    ordered = sorted(events, key=lambda row: (row["start"], row["id"]))
    rows = tuple(
        (row["start"], row["id"], ", ".join(sorted({item["article_id"] for item in row["evidence"]})))
        for row in ordered
    )
    return Table("timeline", "Events", ("start", "event", "reported by"), rows)


def _row(name: str, numbers: Sequence[int]) -> tuple[Cell, ...]:
    return (name, *numbers)

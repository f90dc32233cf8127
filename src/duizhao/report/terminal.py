"""What the command line shows: progress, findings, tables. Tables go to standard output, the
rest to standard error.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from duizhao.builder import Built, Tick, beside
from duizhao.errors import Finding, counted
from duizhao.inventory import Inventory, missing_facts
from duizhao.process import MOST_LINES, plain, say, stop_if_asked
from duizhao.process import shorten as shorten_message
from duizhao.records import part_records
from duizhao.report.findings import SHOWN, WARNING, list_fatal, list_findings, list_warnings
from duizhao.report.tables import Cell, by_category, describe_report, overview, removed, without
from duizhao.report.tables import Table as Described
from duizhao.schema import Record

WIDTH = 80
"""Width of what is printed, in columns, if it does not go to a terminal."""

WIDE = 200
"""The same for tables with all their columns."""

MOST_ROWS = 20
"""Rows of a table that are shown, beside the one that sums up the others."""

MOST_NAMES, MOST_NAME = 8, 40
"""Names of fields in a line, and the characters of each."""

MOST_TITLE = 8
"""Characters of a title in a table: Chinese ones are two columns wide."""

EVERY = 5.0
"""Seconds between two lines of progress."""


@contextmanager
def progress(*, quiet: bool = False, unit: str = "articles") -> Iterator[Tick]:
    """Progress on standard error: a bar in a terminal, gone when the work is done; elsewhere a line every
    five seconds.

    ``unit`` is what the numbers count.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    lines = progress_lines(say, unit=unit)
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def tick(what: str, done: int, total: int) -> None:
            stop_if_asked()
            bar.update(task, description=escape(plain(what)), completed=done, total=total)
            if not quiet and not console.is_terminal:
                lines(what, done, total)

        yield tick


def progress_lines(
    write: Callable[[str], None],
    *,
    every: float = EVERY,
    clock: Callable[[], float] = time.monotonic,
    unit: str = "articles",
) -> Tick:
    """A tick that writes a line at most every ``every`` seconds: articles (or another ``unit``) done, how
    many a second, time left.

    Time counts from the first tick. There is no line before one article is done: nothing is
    known of the rate.
    """
    started: list[float] = []
    last: list[float] = []

    def tick(what: str, done: int, total: int) -> None:
        now = clock()
        if not started:
            started.append(now)
            last.append(now)
        spent = now - started[0]
        if not 0 < done < total or now - last[0] < every or not spent:
            return
        last[0] = now
        left = _duration(spent * (total - done) / done)
        write(f"{done} of {total} {unit}, {done / spent:.2g} a second, {left} left; now {what}")

    return tick


def print_lines(text: str) -> None:
    """A text on standard output, in lines of at most 80 columns."""
    for part in wrap(text):
        print(part)


def print_findings(findings: Sequence[Finding], *, verbose: bool = False, most: int | None = SHOWN) -> None:
    """Findings by kind, on standard error: what makes a release invalid, then the warnings.

    ``verbose`` shows each on one line of its own, which is not wrapped. ``most`` is how many of a kind that
    makes a release invalid are shown, if they fit a screen: None shows all.
    """
    sys.stdout.flush()
    if verbose:
        for line in list_findings(findings):
            say(line)
        return
    for part in (*_fatal_lines(findings, most), *_wrap_all(list_warnings(findings))):
        say(part)


def _fatal_lines(findings: Sequence[Finding], most: int | None) -> list[str]:
    """Lines for what makes a release invalid; fewer of each kind where all together do not fit a screen."""
    if most is None:
        return _wrap_all(list_fatal(findings, most))
    for shown in range(most, 0, -1):
        lines = _wrap_all(list_fatal(findings, shown))
        if len(lines) <= MOST_LINES:
            return lines
    count = sum(finding.level != WARNING for finding in findings)
    return [*lines[: MOST_LINES - 1], f"…: --verbose shows all {count:,} findings"]


def _wrap_all(lines: Sequence[str]) -> list[str]:
    return [part for line in lines for part in wrap(line)]


def print_duplicates(pairs: Sequence[tuple[str, str, float]]) -> None:
    """Pairs of near-duplicates: similarity and two ids, with tabs between them.

    In a terminal, what is longer than a line of it stands on a line for each id.
    """
    for first, second, similarity in pairs:
        ids = plain(first), plain(second)
        if sys.stdout.isatty() and cell_len("  ".join(ids)) > WIDTH - 7:
            print(f"{similarity:.3f}\t{ids[0]}\n\t{ids[1]}")
        else:
            print(f"{similarity:.3f}\t{ids[0]}\t{ids[1]}")


def print_summary(records: Mapping[str, Sequence[Record]], out: Path, *, verbose: bool = False) -> None:
    """What was kept and removed: a row for each article, then characters by category; then
    where the release is.
    """
    table = overview(records)
    if not any(row["en"] for row in records["sentences"]):
        table = without(table, "English %", "mean score")
    print_tables([table], verbose=verbose)
    counts = removed_counts(records)
    listed = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in counts.items())
    all_removed = f"{sum(counts.values()):,}" + (f" ({listed})" if listed else "")
    sizes = ", ".join(counted(len(rows), config) for config, rows in records.items())
    for line in (f"Removed characters: {all_removed}", f"{out}: {sizes}"):
        print_lines(line)


def print_contents(built: Built, out: Path, raw: Path | None = None) -> None:
    """What is special about the release: its splits, the missing columns, and what was not released.

    ``raw`` is the folder that was built: where it is the folder ``zh`` of a raw folder, a line says so.
    """
    lines = []
    if len(built.layout.splits) > 1:
        parts = part_records(built.records, built.layout.splits, built.layout.homes)
        counts = [
            f"{split} " + ", ".join(counted(len(part[name]), name) for name in ("articles", "sentences"))
            for split, part in parts.items()
        ]
        lines.append(f"Splits: {'; '.join(counts)}")
    if built.unread:
        lines.append(
            f"Not read, because --columns leaves en out: {counted(len(built.unread), 'English files')}"
        )
    elif built.layout.absent:
        only_english = built.layout.absent == {"en"}
        told = ": no article has English (--columns zh_hans,zh_hant,en keeps it)" if only_english else ""
        names = sorted(built.layout.absent)
        lines.append(f"Without the column{'s' * (len(names) > 1)} {', '.join(names)}{told}")
    if raw is not None:
        lines += _tell_above(raw, "build")
    for what, some in (
        ("rows", [one for one in built.rejected if one.record_id is not None]),
        ("files", [one for one in built.rejected if one.record_id is None]),
    ):
        if some:
            reasons = Counter(one.reason for one in some)
            listed = ", ".join(f"{reason} {number:,}" for reason, number in sorted(reasons.items()))
            lines.append(f"Not released: {counted(len(some), what)} ({listed}); see {out / 'rejected.jsonl'}")
    for line in lines:
        print_lines(line)


def print_report(report: Mapping[str, Any], out: Path) -> None:
    """What a build of a corpus kept, removed, rejected and did not read; then where the release is."""
    print_tables(describe_report(report)[1:], verbose=False)
    rejected = report["rejected"]
    told = ", ".join(f"{reason} {found['rows']:,}" for reason, found in rejected["by_reason"].items())
    sizes = ", ".join(counted(count, config) for config, count in report["rows"].items())
    lines = [f"Rejected rows: {rejected['rows']:,}" + (f" ({told})" if told else "")]
    if names := list(report["unread"]):
        shown = ", ".join(name[:MOST_NAME] for name in names[:MOST_NAMES])
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        lines.append(f"Not read: {counted(len(names), 'fields')} of the rows ({shown}{more})")
    for line in (*lines, f"{out}: {sizes}"):
        print_lines(line)


def print_inventory(
    inventory: Inventory, raw: Path, card: Path, made: bool, *, verbose: bool = False
) -> None:
    """What ``duizhao init`` found and wrote, and what to do next; files that cannot be read
    go to standard error.
    """
    rows = [
        (
            article.source.id,
            article.title[:MOST_TITLE] + "…" * (len(article.title) > MOST_TITLE),
            article.script,
            article.encoding,
            article.facts.get("published", "")[:10],
            "yes" if article.english else "",
        )
        for article in inventory.articles
    ]
    columns = ("article", "title", "script", "encoding", "date", "English")
    table = Described("inventory", "Articles", columns, tuple(rows))
    if not any(article.english for article in inventory.articles):
        table = without(table, "English")
    print_tables([table], verbose=verbose)
    new, there = len(inventory.new), len(inventory.articles) - len(inventory.new)
    lacking = missing_facts(inventory.new)
    listed = ", ".join(f"{fact} {count:,}" for fact, count in lacking.items())
    lines = [
        f"{raw / 'sources.toml'}: {counted(new, 'articles')} added"
        + ("; 1 was there and stays as it is" if there == 1 else "")
        + (f"; {there:,} were there and stay as they are" if there > 1 else ""),
        f"{_place(card)}, beside {_place(raw)}: "
        + ("written; fill in what is marked TODO" if made else "was there and stays as it is"),
        *([f"Not found in the new articles: {listed}; fill in what you know"] if lacking else []),
    ]
    if inventory.errors:
        lines.append(f"Next: fix the files named below, then run: duizhao init {shlex.quote(str(raw))}")
    else:
        lines.append(f"Next: duizhao build {shlex.quote(str(raw))} --out {shlex.quote(_place_for(raw))}")
    lines[-1:-1] = _tell_above(raw, "init")
    for line in lines:
        print_lines(line)
    sys.stdout.flush()
    if inventory.errors:
        say(shorten_message("\n".join(f"not read: {error}" for error in inventory.errors)))
    print_findings(inventory.findings, verbose=verbose)


def tell_next(zh: Path, en: Path, home: Path, out: Path | None) -> str:
    """What to do after ``duizhao pair ZH EN --out OUT``; ``home`` is the raw folder for a build."""
    listing = home / "sources.toml"
    command = f"duizhao build {shlex.quote(str(home))} --out {shlex.quote(_place_for(home))}"
    if out is None or out.suffix != ".toml":
        if listing.exists():
            return f"Next: name the English file of each article as en in {listing}, then {command}"
        names = " ".join(shlex.quote(str(folder)) for folder in (zh, en))
        return f"Next, to build them: duizhao pair {names} --out {shlex.quote(str(listing))}"
    if out.resolve() == listing.resolve():
        return f"Next: {command}"
    if home.resolve() == home.resolve().parent:
        return f"Next: put {zh} and {en} into one folder, and run this command again for it"
    if listing.exists():
        return f"Next: take over into {listing} what you need of {out}, then {command}"
    return f"Next: move {out} to {listing}, then {command}"


def _tell_above(raw: Path, command: str) -> list[str]:
    """A line where ``raw`` is a folder ``zh`` with ``en`` beside it: the raw folder is the one above."""
    home = beside(raw)
    if raw.resolve().name != "zh" or not (home / "en").is_dir():
        return []
    then = f" --out {shlex.quote(_place_for(home))}" if command == "build" else ""
    return [
        f"{home / 'en'} is not read: RAW is the folder above zh and en: "
        f"duizhao {command} {shlex.quote(str(home))}{then}"
    ]


def _place(path: Path) -> str:
    """A path as a place: one without a folder begins with ``./``."""
    return str(path) if path.name == "" or len(path.parts) > 1 else f"./{path}"


def _place_for(raw: Path) -> str:
    """Where a release of a raw folder can go: ``dataset`` here, or beside the raw folder if
    we are inside it.
    """
    inside = Path.cwd().resolve().is_relative_to(raw.resolve())
    return os.path.relpath(raw.resolve().parent / "dataset") if inside else "dataset"


def removed_counts(records: Mapping[str, Sequence[Record]]) -> dict[str, int]:
    """Removed characters of the Chinese files by category, the largest first."""
    rows = by_category(removed(records["blocks"])).rows
    return {str(name): int(number) for name, number, _ in rows if name not in ("kept", "markup")}


def make_report(records: Mapping[str, Sequence[Record]], findings: Sequence[Finding], out: Path) -> str:
    """The whole report of a build as JSON: every article, removed characters by category, every finding."""
    table = overview(records)
    names = [name.replace("%", "percent").replace(" ", "_").lower() for name in table.columns]
    rows = [
        dict(zip(names, (None if cell == "" else cell for cell in row), strict=True)) for row in table.rows
    ]
    report = {
        "release": str(out),
        "rows": {config: len(found) for config, found in records.items()},
        "articles": rows[:-1],
        "all": {name: value for name, value in rows[-1].items() if name != "article"},
        "removed": removed_counts(records),
        "findings": [
            {"id": f.id, "level": f.level, "record": f.record, "field": f.field, "message": f.message}
            for f in findings
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def print_tables(tables: Sequence[Described], *, verbose: bool = False) -> None:
    """Tables on standard output, one under the other; numbers stand to the right.

    At most 20 rows of each are shown, and how many more there are; what was removed is summed up over all
    articles. ``verbose`` shows all rows and columns.
    """
    width = None if sys.stdout.isatty() else WIDE if verbose else WIDTH
    for described in tables:
        if described.id == "removed" and not verbose:
            described = by_category(described)
        table = Table()
        for place, name in enumerate(described.columns):
            numeric = all(isinstance(row[place], (int, float)) or row[place] == "" for row in described.rows)
            table.add_column(plain(name), justify="right" if numeric else "left", overflow="fold")
        for row in described.rows if verbose else shorten(described):
            table.add_row(
                *(f"{cell:,}" if isinstance(cell, (int, float)) else Text(plain(cell)) for cell in row)
            )
        print_lines(described.title)
        Console(width=width, highlight=False, markup=False).print(table)


def shorten(table: Described) -> list[tuple[Cell, ...]]:
    """At most 20 rows of a table, then one that says how many more there are, then the one
    that sums them up.
    """
    rows = list(table.rows)
    last = [rows.pop()] if table.total and rows else []
    rest = len(rows) - MOST_ROWS
    more: list[tuple[Cell, ...]] = (
        [(f"… and {rest:,} more", *("" for _ in table.columns[1:]))] if rest > 0 else []
    )
    return [*rows[:MOST_ROWS], *more, *last]


def wrap(text: str, width: int = WIDTH) -> list[str]:
    """Lines of at most ``width`` columns, a Chinese character being two wide; those after
    the first are indented.
    """
    safe = plain(text)
    indent = " " * (len(safe) - len(safe.lstrip(" ")) + 2)
    console = Console(width=width)
    first, *rest = Text(safe).wrap(console, width)
    if not rest:
        return [first.plain.rstrip()]
    after = safe[len(first.plain) :].lstrip(" ")
    more = Text(after).wrap(console, width - len(indent))
    return [first.plain.rstrip(), *(f"{indent}{line.plain.rstrip()}" for line in more)]


def _duration(seconds: float) -> str:
    """A time for people: 40 s, 12 min, 3 h 20 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"

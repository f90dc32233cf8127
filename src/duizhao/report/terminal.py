"""What the command line shows: progress, findings, tables. Tables go to standard output, the rest to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from duizhao.builder import Tick
from duizhao.errors import Finding
from duizhao.process import plain, say, stop_if_asked
from duizhao.release import count_removed
from duizhao.report.tables import Table as Described
from duizhao.schema import Record


@contextmanager
def progress() -> Iterator[Tick]:
    """A progress bar on standard error; it is gone when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def tick(what: str, done: int, total: int) -> None:
            stop_if_asked()
            bar.update(task, description=escape(plain(what)), completed=done, total=total)

        yield tick


def print_findings(findings: Sequence[Finding]) -> None:
    """One line a finding, on standard error."""
    for finding in findings:
        say(str(finding).replace("\n", "\\n"))


def print_summary(records: Mapping[str, Sequence[Record]], out: Path) -> None:
    """What was kept and removed, per article and per category, in characters; then where the release is."""
    counted = count_removed(records["blocks"])
    categories = sorted({name for row in counted.values() for name in row} - {"kept", "markup"})
    beads: dict[str, int] = {}
    for row in records["sentences"]:
        beads[row["article_id"]] = beads.get(row["article_id"], 0) + 1
    table = Table(title="Characters kept and removed", title_justify="left")
    table.add_column("article")
    for name in ("rows", "kept", "removed", "markup", *categories):
        table.add_column(name.replace("_", " "), justify="right")
    for article, row in counted.items():
        removed = sum(row.get(name, 0) for name in categories)
        numbers = (
            beads.get(article, 0),
            row.get("kept", 0),
            removed,
            row.get("markup", 0),
            *(row.get(name, 0) for name in categories),
        )
        table.add_row(Text(plain(article)), *(str(number) if number else "·" for number in numbers))
    width = None if sys.stdout.isatty() else 40 + 12 * (len(categories) + 4)
    Console(width=width).print(table)
    sizes = ", ".join(f"{len(rows)} {config}" for config, rows in records.items())
    print(plain(f"{out}: {sizes}"))


def print_tables(tables: Sequence[Described]) -> None:
    """Tables on standard output, one under the other; numbers stand to the right."""
    for described in tables:
        table = Table(title=described.title, title_justify="left")
        for place, name in enumerate(described.columns):
            numeric = all(isinstance(row[place], (int, float)) for row in described.rows)
            table.add_column(name, justify="right" if numeric else "left", overflow="fold")
        for row in described.rows:
            table.add_row(*(f"{cell:,}" if isinstance(cell, (int, float)) else plain(cell) for cell in row))
        width = None if sys.stdout.isatty() else 200
        Console(width=width, highlight=False, markup=False).print(table)

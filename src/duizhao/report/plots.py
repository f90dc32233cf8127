"""Pictures of the tables of ``stats``, drawn by matplotlib (the extra ``[plots]``).

The same table always gives the same bytes. The words in a picture are English or ids, so no Chinese font is
needed. An SVG keeps its words as text and has no date. Its identifier is the hash of its table. So a test can
check without matplotlib that a committed picture matches its data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duizhao.errors import InputError, MissingExtra
from duizhao.report.tables import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = ("svg", "png")

MOST_BARS = 40
"""The most bars of a picture with one bar for each article or entity. Those of the largest rows are drawn."""

_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#999999", "#000000")
"""The palette of Okabe and Ito. Colour-blind readers can tell these colours apart."""

_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "duizhao",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write_plots(tables: Sequence[Table], folder: Path, format: str = "svg") -> list[Path]:
    """Write ``<table id>.<format>`` into ``folder`` for each table that has a picture.

    Create the folder if missing. Raises DuizhaoError ``missing-extra`` without matplotlib, ``cannot-write``
    if a file cannot be written.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra(
            "missing-extra", "pictures need matplotlib; run: pip install 'duizhao[plots]'"
        ) from None
    files = []
    for table in tables:
        if table.id not in _DRAW or not table.rows:
            continue
        file = folder / f"{table.id}.{format}"
        with matplotlib.rc_context({**matplotlib.rcParamsDefault, **_STYLE}):
            figure = Figure(figsize=(8, _height(table)), layout="constrained")
            _DRAW[table.id](figure, table)
            try:
                folder.mkdir(parents=True, exist_ok=True)
                figure.savefig(file, format=format, metadata=_metadata(table, format), dpi=150)
            except OSError as error:
                raise InputError(
                    "cannot-write", f"{file}: cannot be written ({error.strerror or error})"
                ) from None
        files.append(file)
    return files


def read_digest(svg: str) -> str | None:
    """Return the hash of the table that an SVG was drawn from; None if it has none."""
    found = re.search(r"<dc:identifier>([0-9a-f]{64})</dc:identifier>", svg)
    return found[1] if found else None


def _metadata(table: Table, format: str) -> dict[str, Any]:
    if format == "png":
        return {"Title": table.title, "Software": None}
    return {
        "Title": table.title,
        "Identifier": table.digest(),
        "Creator": "duizhao stats --plots",
        "Date": None,
    }


def _height(table: Table) -> float:
    return {"beads": 2.6, "lengths": 3.2, "sizes": 2.6, "timeline": 5.2}.get(
        table.id, 1.4 + 0.24 * min(len(table.rows), MOST_BARS)
    )


def _bars(figure: Any, table: Table) -> None:
    """Draw a bar for each config or bead type, labelled with its number.

    Small bars cannot be read otherwise.
    """
    axes = figure.subplots()
    drawn = axes.bar([str(row[0]) for row in table.rows], [row[1] for row in table.rows], color=_COLORS[0])
    axes.bar_label(drawn, fontsize=8)
    _label(axes, table.title, ylabel="rows")


def _histogram(figure: Any, table: Table) -> None:
    for place, axes in enumerate(figure.subplots(1, 2, sharey=True)):
        column = place + 1
        axes.bar(
            [str(row[0]) for row in table.rows],
            [row[column] for row in table.rows],
            color=_COLORS[place],
            width=0.9,
        )
        axes.set_xticks(
            range(0, len(table.rows), 2), [str(row[0]).split("-")[0] for row in table.rows[::2]], fontsize=7
        )
        _label(axes, table.columns[column], ylabel="" if place else "rows")


def _stacked(figure: Any, table: Table) -> None:
    """Draw a bar for each article or entity, with its parts in colours.

    The column ``all`` is a sum and is left out. Of many rows, the `MOST_BARS` largest are drawn.
    """
    axes = figure.subplots()
    parts = [place for place, column in enumerate(table.columns) if place and column != "all"]
    largest = sorted(
        range(len(table.rows)), key=lambda at: -sum(float(table.rows[at][part]) for part in parts)
    )
    rows = [table.rows[at] for at in sorted(largest[:MOST_BARS])]
    title = table.title if len(rows) == len(table.rows) else f"{table.title}: the {MOST_BARS} largest"
    names = [str(row[0]) for row in rows]
    left = [0.0] * len(names)
    for place, column in enumerate(table.columns[1:]):
        if column != "all":
            widths = [float(row[place + 1]) for row in rows]
            color, hatch = _COLORS[place % len(_COLORS)], "//" if place >= len(_COLORS) else None
            axes.barh(names, widths, left=left, label=column, color=color, hatch=hatch)
            left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set_ylim(len(rows) - 0.4, -0.6)
    figure.legend(fontsize=7, frameon=False, ncols=7, loc="outside lower center")
    _label(axes, title)


def _timeline(figure: Any, table: Table) -> None:
    """Draw two charts.

    Above: events by year. Below, for the month with most events: events by day and article.
    """
    years, days = figure.subplots(2, 1, height_ratios=(1, 2))
    starts = [str(row[0]) for row in table.rows]
    by_year = Counter(int(start[:4]) for start in starts)
    years.bar(list(by_year), list(by_year.values()), color=_COLORS[0])
    years.xaxis.get_major_locator().set_params(integer=True)
    _label(years, f"{table.title} by year", ylabel="events")
    month = max(
        sorted(months := Counter(start[:7] for start in starts if len(start) >= 7)),
        key=lambda name: months[name],
        default="",
    )
    found: Counter[tuple[int, str]] = Counter()
    for start, _, reported in table.rows:
        if len(str(start)) >= 10 and str(start).startswith(month) and reported:
            found.update((int(str(start)[8:10]), article) for article in str(reported).split(", "))
    articles = sorted({article for _, article in found})
    places = [articles.index(article) for _, article in found]
    days.scatter(
        [day for day, _ in found], places, s=[45 * number for number in found.values()], color=_COLORS[1]
    )
    for (day, _), place, number in zip(found, places, found.values(), strict=True):
        days.annotate(str(number), (day, place), ha="center", va="center", fontsize=7, color="white")
    days.set_yticks(range(len(articles)), articles)
    days.set_ylim(len(articles) - 0.4, -0.6)
    days.xaxis.get_major_locator().set_params(integer=True)
    _label(days, f"{table.title} of {month} that each article reports, by day")


def _label(axes: Axes, title: str, ylabel: str = "") -> None:
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_ylabel(ylabel)


_DRAW: dict[str, Callable[[Any, Table], None]] = {
    "sizes": _bars,
    "beads": _bars,
    "lengths": _histogram,
    "removed": _stacked,
    "entities": _stacked,
    "timeline": _timeline,
}

"""Runs: rows of one article or file that follow one another, as columns. All checks of rows are fed from them
in one pass.

Most checks compare a whole column at once. They look at single rows only where a column is not as it should
be.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

from duizhao.errors import Finding
from duizhao.schema import Record

MOST = 4096
"""The most rows of a run. A longer one is parted."""

_KINDS = 4096
"""How many kinds of rows a check remembers."""


@dataclass(frozen=True, slots=True)
class Run:
    """Rows with the same ``key``, and the values of each field in their order. ``place`` is that of the first
    row among all.
    """

    key: Any
    place: int
    rows: Sequence[Record]
    columns: Mapping[str, Sequence[Any]]

    def __getitem__(self, field: str) -> Sequence[Any]:
        return self.columns[field]

    def __len__(self) -> int:
        return len(self.rows)


Check = Callable[[Run], Iterable[Finding]]
"""Gives the findings on a run. It may remember what the runs before it said."""


def make_runs(rows: Iterable[Record], key: Sequence[str], fields: Sequence[str]) -> Iterator[Run]:
    """Yield the runs of rows with the same values in the fields of ``key``, in order, with the columns
    ``fields``.

    The key of one field is its value, that of several a tuple. ``fields`` are two or more.
    """
    values = itemgetter(*fields)
    place = 0
    for shared, group in groupby(rows, itemgetter(*key)):
        while some := list(islice(group, MOST)):
            columns = dict(zip(fields, zip(*map(values, some), strict=True), strict=True))
            yield Run(shared, place, some, columns)
            place += len(some)


def feed(runs: Iterable[Run], checks: Mapping[str, Check]) -> dict[str, list[Finding]]:
    """Read the runs once. Return the findings of each check by its name, in the order of the rows."""
    found: dict[str, list[Finding]] = {name: [] for name in checks}
    for run in runs:
        for name, check in checks.items():
            found[name].extend(check(run))
    return found


def check_kinds(
    kinds: Callable[[Run], Iterable[Hashable]], explain: Callable[[Record], Iterator[Finding]]
) -> Check:
    """Return a check of single rows whose result depends on few values: the kind of a row.

    One row of each kind is checked. All rows of a run are, if one of these has a finding.
    """
    right: set[Hashable] = set()

    def check(run: Run) -> Iterable[Finding]:
        examples = dict(zip(kinds(run), run.rows, strict=True))
        new = examples.keys() - right
        if any(next(explain(examples[kind]), None) for kind in new):
            return chain.from_iterable(map(explain, run.rows))
        if len(right) < _KINDS:
            right.update(new)
        return ()

    return check

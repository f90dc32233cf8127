"""Runs of rows: each check gives the same findings, however the rows are parted."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from duizhao.annotations import Annotations
from duizhao.errors import Finding
from duizhao.packed import PackedRows
from duizhao.records import runs, validate
from duizhao.records.pipeline import make_records
from duizhao.records.runs import Run, check_kinds, feed, make_runs
from duizhao.text import make_document

TEXT = (
    "# 灯塔\n\n灯塔**重新**亮起。镇长说：“等了太久。”孩子们跑到海边。\n\n## 海边\n\n海边很冷。没有人回家。\n"
)
TRADITIONAL = "長期計畫\n\n這個長期計畫讓孩子們的生活變得更好。大家都高興。\n\n這是很多人一起努力的結果。\n"

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def made() -> Rows:
    """The records of two articles, one in each script."""
    found: Rows = {"sentences": [], "articles": [], "blocks": []}
    for id, text in (("a", TEXT), ("b", TRADITIONAL)):
        document = make_document(id, text, sha256=hashlib.sha256(text.encode()).hexdigest())
        for config, rows in make_records(document, None, Annotations()).items():
            found[config] += rows
    return found


def forgeries(records: Rows) -> Iterator[Rows]:
    """The records with one field changed: each text one character longer, each number one higher."""
    for config in ("sentences", "blocks"):
        for place, row in enumerate(records[config]):
            for field, value in row.items():
                forged: Any = copy.deepcopy(value)
                if isinstance(value, str):
                    forged = value + "字"
                elif isinstance(value, int):
                    forged = value + 1
                elif isinstance(value, list) and value:
                    forged[-1][-1] += 1
                else:
                    continue
                rows = list(records[config])
                rows[place] = {**row, field: forged}
                yield {**records, config: rows}


def tell(records: Any) -> list[str]:
    return [repr(finding) for finding in validate(records)]


def test_the_findings_do_not_depend_on_how_the_rows_are_parted(
    made: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = list(forgeries(made))[::5]
    whole = [tell(records) for records in forged]
    monkeypatch.setattr(runs, "MOST", 1)
    assert whole == [tell(records) for records in forged]
    assert sum(map(bool, whole)) == len(whole) > 40


def test_the_rows_of_an_article_need_not_stand_together(made: Rows) -> None:
    mixed = dict(made)
    for config in ("sentences", "blocks"):
        first, second = ([row for row in made[config] if row["article_id"] == id] for id in "ab")
        pairs = list(zip(first, second, strict=False))
        rest = [*first[len(pairs) :], *second[len(pairs) :]]
        mixed[config] = [*(row for pair in pairs for row in pair), *rest]
    assert [finding for finding in validate(mixed) if finding.level < 4] == []


def test_packed_rows_have_the_same_findings(made: Rows) -> None:
    for records in list(forgeries(made))[::20]:
        assert tell({config: PackedRows(rows) for config, rows in records.items()}) == tell(records)


def test_a_run_has_the_columns_of_its_rows_and_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST", 2)
    rows = [{"a": key, "b": number} for number, key in enumerate("xxxyx")]
    found = [(run.key, run.place, list(run["b"])) for run in make_runs(rows, ("a",), ("a", "b"))]
    assert found == [("x", 0, [0, 1]), ("x", 2, [2]), ("y", 3, [3]), ("x", 4, [4])]


def test_rows_of_a_kind_that_is_wrong_are_all_told() -> None:
    def explain(row: dict[str, Any]) -> Iterator[Finding]:
        if row["a"] == "y":
            yield Finding("f", 3, str(row["b"]), "a", "is y")

    def kinds(run: Run) -> Any:
        return run["a"]

    rows = [{"c": 0, "a": key, "b": number} for number, key in enumerate("xyxyyx")]
    found = feed(make_runs(rows, ("c",), ("a", "b")), {"only": check_kinds(kinds, explain)})
    assert [finding.record for finding in found["only"]] == ["1", "3", "4"]

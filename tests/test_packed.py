"""Rows in little memory read like a list of rows, and a build of packed rows gives the same bytes."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from conftest import snapshot
from duizhao import packed
from duizhao.builder import build_release
from duizhao.packed import PackedRows, Row, group_rows

SMALL = Path(__file__).parent / "small"


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are packed from the first on, seven at a time."""
    monkeypatch.setattr(packed, "PLAIN", 1)
    monkeypatch.setattr(packed, "_TOGETHER", 7)


def rows(count: int) -> list[Row]:
    return [
        {"id": f"a:{n}", "text": "灯塔" * (n % 5), "spans": [[n, n + 1]], "score": n / 7}
        for n in range(count)
    ]


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 20, 21, 50])
def test_packed_rows_read_like_a_list(count: int) -> None:
    plain = rows(count)
    made = PackedRows(plain)
    assert len(made) == count
    assert list(made) == plain
    assert made == plain
    assert plain == made
    assert made != [*plain, {}]
    assert [made[place] for place in range(-count, count)] == plain + plain
    with pytest.raises(IndexError):
        made[count]
    for start in (0, 3, 7, 13):
        for stop in (0, 3, 7, 14, 60):
            assert made[start:stop] == plain[start:stop]
            assert list(made.between(start, min(stop, count))) == plain[start:stop]
    assert made[::3] == plain[::3]


@pytest.mark.usefixtures("early")
def test_groups_have_the_rows_of_one_key_in_order_and_can_be_read_again() -> None:
    plain = rows(40)
    for sequence in (plain, PackedRows(plain)):
        groups = group_rows(sequence, lambda row: len(row["text"]))
        for key, part in groups.items():
            expected = [row for row in plain if len(row["text"]) == key]
            assert list(part) == list(part) == expected
            assert len(part) == len(expected)


def test_a_packed_row_takes_a_small_part_of_the_memory_of_a_dict() -> None:
    tracemalloc.start()
    try:
        made = PackedRows(row for row in rows(packed.PLAIN))
        before = tracemalloc.get_traced_memory()[0]
        made.extend(
            {"id": f"a:{n}", "text": f"第{n}行写着灯塔。", "spans": [[n, n + 1]]} for n in range(20_000)
        )
        assert (tracemalloc.get_traced_memory()[0] - before) / 20_000 < 150
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.usefixtures("early")
def test_a_build_of_packed_rows_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_release(SMALL / "raw", tmp_path / "packed" / "release")
    monkeypatch.setattr(packed, "PLAIN", 10**9)
    build_release(SMALL / "raw", tmp_path / "plain" / "release")
    assert snapshot(tmp_path / "packed" / "release") == snapshot(tmp_path / "plain" / "release")

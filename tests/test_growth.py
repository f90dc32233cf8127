"""Ten times the input is at most twelve times the work: annotations, checks, readers, the card.

The rest of growth, over texts, is tested with blocks and sentences, and here with a sample of all pairs of
characters; ``benchmarks/growth.py`` measures all of them.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duizhao.annotations import Annotations, Line, read_annotations, resolve
from duizhao.errors import InputError
from duizhao.records import validate
from duizhao.release.card import escape, make_card, split_card
from duizhao.release.target import find_foreign
from duizhao.schema import Record
from growth import growth

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from growth_pairs import STEPS, UNITS, calls, hostile

MOST = 12.0


def sentences(count: int) -> tuple[list[Record], str]:
    raw = "".join(f"第{number:06d}句说王立来了。" for number in range(count))
    width = len(raw) // count
    rows = [
        {
            "id": f"a:s{at:05d}",
            "article_id": "a",
            "zh_hans": raw[at : at + width],
            "zh_hant": raw[at : at + width],
            "en": None,
            "raw_spans": [[at, at + width]],
            "en_spans": [],
        }
        for at in range(0, len(raw), width)
    ]
    return rows, raw


def mentions(count: int) -> Any:
    rows, raw = sentences(count)
    entity = (Line("e:1", {"id": "wang"}),)
    lines = tuple(
        Line(
            f"m:{number}",
            {
                "article_id": "a",
                "file": "zh",
                "start": row["raw_spans"][0][0] + 9,
                "end": row["raw_spans"][0][0] + 11,
                "surface": "王立",
                "entity_id": "wang",
            },
        )
        for number, row in enumerate(rows)
    )
    return Annotations(configs={"entities": entity, "mentions": lines}), rows, {("a", "zh"): raw}


def mentions_of_one_row(count: int) -> Any:
    annotations, rows, texts = mentions(count)
    raw = texts["a", "zh"]
    return annotations, [{**rows[0], "zh_hans": raw, "zh_hant": raw, "raw_spans": [[0, len(raw)]]}], texts


def check_resolve(made: Any) -> None:
    records, findings = resolve(*made)
    assert findings == []
    assert len(records["mentions"]) == 2 * len(made[0].configs["mentions"])


@pytest.mark.slow
@pytest.mark.parametrize("make", [mentions, mentions_of_one_row])
def test_mentions_are_resolved_in_linear_time(make: Callable[[int], Any]) -> None:
    assert growth(check_resolve, make(800), make(8000)) <= MOST


def test_each_line_is_looked_at_once_to_find_the_lines_of_many_articles() -> None:
    looked = []

    class Row(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            looked.append(name)
            return super().__getitem__(name)

    rows = [Row(article_id=f"a{number}") for number in range(3000)]
    annotations = Annotations(script=[Line(f"s:{number}", row) for number, row in enumerate(rows)])
    assert all(len(annotations.of("script", f"a{number}")) == 1 for number in range(len(rows)))
    assert looked == ["article_id"] * len(rows)


def article(count: int) -> dict[str, list[Record]]:
    """Records of an article of many short lines, as a build makes them."""
    import hashlib

    from duizhao.records import make_records
    from duizhao.text import make_document

    text = "".join(f"第{number:06d}行写着灯塔。\n\n" for number in range(count))
    document = make_document("a", text, sha256=hashlib.sha256(text.encode()).hexdigest())
    return make_records(document, None, Annotations())


@pytest.mark.slow
def test_records_are_checked_and_described_in_linear_time() -> None:
    small, large = article(200), article(2000)

    def check(records: dict[str, list[Record]]) -> None:
        assert [finding for finding in validate(records) if finding.level != 4] == []

    assert growth(check, small, large) <= MOST
    assert (
        growth(lambda records: make_card("# A\n\n<!-- duizhao:removed -->\n", records), small, large) <= MOST
    )


@pytest.mark.slow
def test_json_lines_are_read_in_linear_time(tmp_path: Path) -> None:
    def work(count: int) -> None:
        (tmp_path / "entities.jsonl").write_text('{"id": 1}\n' * count, encoding="utf-8")
        with pytest.raises(InputError):
            read_annotations(tmp_path)

    assert growth(work, 300, 3000) <= MOST


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["[", "{", "a: [", "---\n", "- ", "a: |\n", "&a ", "*", "? ", "'", '"', "<", "\t", "!"]
)
def test_a_card_is_read_in_linear_time(unit: str) -> None:
    def work(count: int) -> None:
        with contextlib.suppress(InputError):
            split_card("---\n" + unit * (count // len(unit)) + "\n---\n# A\n")

    assert growth(work, 1000, 10_000) <= MOST


@pytest.mark.parametrize("unit", ["|", "_", "a_", "\\", "\x1b", "灯", " "])
@pytest.mark.slow
def test_names_are_escaped_in_linear_time(unit: str) -> None:
    assert growth(escape, unit * 10_000, unit * 100_000) <= MOST


def test_a_folder_of_many_files_is_looked_through_in_linear_time(tmp_path: Path) -> None:
    for count in (200, 2000):
        (tmp_path / str(count)).mkdir()
        for number in range(count):
            (tmp_path / str(count) / str(number)).touch()
    assert growth(lambda count: find_foreign(tmp_path / str(count)), 200, 2000) <= MOST


@pytest.mark.slow
def test_no_character_and_no_pair_makes_calls_grow_faster_than_the_text() -> None:
    """Counts calls, not time: the numbers are the same in each run. The sample has each character in two
    units or more.
    """
    sample = random.Random(11)
    second = sample.sample(UNITS, len(UNITS))
    units = [a if a == b else a + b for a, b in zip(UNITS, second, strict=True)]
    for unit in units:
        few, many = (calls(STEPS["clean"], hostile(unit, size)) for size in (300, 3000))
        assert many <= MOST * few, f"{unit!r}: {few} calls, {many} for ten times the text"


@pytest.mark.slow
@pytest.mark.parametrize("name", STEPS)
def test_a_sample_of_pairs_takes_time_in_proportion_to_the_text(name: str) -> None:
    # six short measures on a busy machine: what is not linear grows a hundred times
    for unit in random.Random(12).sample([a + b for a in UNITS for b in UNITS], 6):
        assert growth(STEPS[name], hostile(unit, 5000), hostile(unit, 50_000)) <= MOST + 3, unit


PEAK_OF_A_BUILD = """
import sys
from pathlib import Path

from duizhao.builder import build_release

folder = Path(sys.argv[1])
build_release(folder / "raw", folder / "release")
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_a_build_of_a_text_of_short_lines_needs_a_few_kilobytes_for_each_line(tmp_path: Path) -> None:
    """A text of a million lines must fit into 2 GB. What a build needs for no line at all is not counted."""
    peaks = []
    for count in (10_000, 30_000):
        folder = tmp_path / str(count)
        (folder / "raw" / "zh").mkdir(parents=True)
        lines = (f"第{number:06d}行写着灯塔，{number % 977}号船来了。\n" for number in range(count))
        (folder / "raw" / "zh" / "a.txt").write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, "-c", PEAK_OF_A_BUILD, str(folder)]
        peaks.append(1024 * int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    assert (peaks[1] - peaks[0]) / 20_000 < 3_500

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from conftest import SMALL, Run
from duizhao.alignment.aligner import Bead
from duizhao.alignment.formats import format_rows, make_rows
from duizhao.alignment.texts import Text, align_texts, split_text, summarize
from duizhao.builder import build_release
from duizhao.cli import app
from duizhao.errors import DuizhaoError
from duizhao.release import read_records

ZH = Text(("第一句。", "第二句 <b> & “引号”。", "第三句\t有制表符。"), (0, 0, 1))
EN = Text(("One.", 'Two <b> & "quotes".'), (0, 1))
BEADS = [Bead((0,), (0,), 0.98, (1.0,), (1.0,)), Bead((1,), (1,), 0.5), Bead((2,), (), 0.7)]


def format_beads(beads: Sequence[Bead], zh: Text, en: Text, format: str, **rest: Any) -> dict[str, str]:
    return format_rows(make_rows(beads, zh, en), format, **rest)


def test_align_format_is_the_one_of_the_gold_files() -> None:
    assert format_beads(BEADS, ZH, EN, "align") == {"": "[0]:[0]\n[1]:[1]\n[2]:[]\n"}


def test_json_lines_carry_indices_texts_and_score() -> None:
    rows = [json.loads(line) for line in format_beads(BEADS, ZH, EN, "jsonl")[""].splitlines()]
    assert rows[0] == {
        "zh": [0],
        "en": [0],
        "zh_text": "第一句。",
        "en_text": "One.",
        "bead": "1-1",
        "score": 0.98,
        "quality": rows[0]["quality"],
        "zh_coverage": [1.0],
        "en_coverage": [1.0],
    }
    assert 0 <= rows[0]["quality"] <= 1
    assert rows[2]["en_text"] == ""
    assert rows[2]["quality"] is None


def test_tsv_has_five_cells_a_line_whatever_the_text_holds() -> None:
    lines = format_beads(BEADS, ZH, EN, "tsv")[""].splitlines()
    assert {line.count("\t") for line in lines} == {4}
    assert lines[3].startswith("第三句 有制表符。\t\t1-0")


def test_moses_files_have_as_many_lines_on_both_sides() -> None:
    files = format_beads(BEADS, ZH, EN, "moses")
    assert files[".zh"].count("\n") == files[".en"].count("\n") == 2


def test_tmx_is_valid_1_4_and_reads_back_as_written() -> None:
    root = etree.fromstring(format_beads(BEADS, ZH, EN, "tmx")[""].encode())
    assert root.get("version") == "1.4"
    assert root.find("header").get("srclang") == "zh-CN"
    segments = [[seg.text for seg in unit.iter("seg")] for unit in root.iter("tu")]
    assert segments == [["第一句。", "One."], ["第二句 <b> & “引号”。", 'Two <b> & "quotes".']]


def test_presplit_lines_are_sentences_and_blank_lines_part_paragraphs() -> None:
    assert split_text("甲。乙。\n丙。\n\n丁。\n", "zh", "a", presplit=True) == Text(
        ("甲。乙。", "丙。", "丁。"), (0, 0, 1), (0, 1, 3)
    )


def test_a_text_in_the_wrong_language_or_empty_is_refused() -> None:
    with pytest.raises(DuizhaoError, match="does not look Chinese"):
        split_text("This is an English text and nothing else.", "zh", "a.txt")
    with pytest.raises(DuizhaoError, match="does not look English"):
        split_text("这是一篇中文文章，里面没有一个英文单词，一个都没有。", "en", "a.txt")
    with pytest.raises(DuizhaoError, match="no sentences"):
        split_text("\n\n", "zh", "a.txt")


def test_unrelated_texts_get_a_warning_not_confident_nonsense() -> None:
    zh = split_text("今天的股市大幅下跌。投资者纷纷抛售。央行没有表态。分析师感到担忧。", "zh", "a")
    en = split_text(
        "Beat two eggs with sugar. Add flour and milk. Bake for half an hour. Let the cake cool.", "en", "b"
    )
    assert "do not seem" in summarize(align_texts(zh, en))


@pytest.mark.slow
def test_the_command_writes_beads_to_standard_output_and_a_summary_to_standard_error(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("# 灯塔\n\n灯塔周三亮起。镇长很高兴。\n", encoding="utf-8")
    (tmp_path / "b.md").write_text(
        "# The Lighthouse\n\nThe lighthouse lit up on Wednesday. The mayor was delighted.\n", encoding="utf-8"
    )
    done = run("align", "a.md", "b.md", "--format", "align", cwd=tmp_path)
    assert done.stdout == "[0]:[0]\n[1]:[1]\n[2]:[2]\n"
    assert done.stderr.startswith("3 beads (1-1: 3)")
    assert run("align", "a.md", "b.md", "--format", "moses", "--out", "c", cwd=tmp_path).returncode == 0
    assert (tmp_path / "c.zh").read_text(encoding="utf-8").splitlines() == [
        "灯塔",
        "灯塔周三亮起。",
        "镇长很高兴。",
    ]
    assert run("align", "a.md", "b.md", "--format", "moses", cwd=tmp_path).returncode == 2
    assert run("align", "a.md", "b.md", "--format", "xml", cwd=tmp_path).returncode == 2


def test_paragraphs_are_evidence_only_where_both_sides_have_several(monkeypatch: pytest.MonkeyPatch) -> None:
    from duizhao.alignment import texts

    asked: list[dict[str, object]] = []

    def align(zh: object, en: object, *, encoder: object, **told: object) -> list[Bead]:
        asked.append(told)
        return []

    monkeypatch.setattr(texts, "align", align)
    several, one = Text(("一。", "二。"), (0, 1)), Text(("One.", "Two."), (0, 0))
    align_texts(several, one)
    align_texts(several, Text(("One.", "Two."), (0, 1)))
    paragraphs = [(told["zh_paragraphs"], told["en_paragraphs"]) for told in asked]
    assert paragraphs == [(None, None), ([0, 1], [0, 1])]


QUOTED = (
    '"We leave tomorrow.',
    '"Who is there?" she asked.',
    'a "b" c',
    '"',
    '""',
    "it's, so; to say",
    "a\tb\nc",
    "'quoted'",
    "1,5 \\n \\",
)


def test_tsv_reads_back_as_written_in_every_reader_with_default_settings(tmp_path: Path) -> None:
    import csv

    import duckdb
    import pandas
    import polars
    from datasets import load_dataset

    zh = Text(tuple(f"第{number}句“引号”。" for number in range(len(QUOTED))), (0,) * len(QUOTED))
    beads = [Bead((number,), (number,), 0.5) for number in range(len(QUOTED))]
    path = tmp_path / "a.tsv"
    path.write_text(
        format_beads(beads, zh, Text(QUOTED, zh.paragraphs), "tsv")[""], encoding="utf-8", newline="\n"
    )
    expected = ["a b c" if text == "a\tb\nc" else text for text in QUOTED]
    with path.open(encoding="utf-8", newline="") as file:
        assert [row[1] for row in csv.reader(file, delimiter="\t")][1:] == expected
    assert pandas.read_csv(path, sep="\t")["en"].tolist() == expected
    assert polars.read_csv(path, separator="\t")["en"].to_list() == expected
    assert [row[1] for row in duckdb.read_csv(str(path), delimiter="\t", header=True).fetchall()] == expected
    loaded = load_dataset(
        "csv", data_files=str(path), sep="\t", split="train", cache_dir=str(tmp_path / "cache")
    )
    assert loaded["en"][:] == expected


def test_the_chinese_side_of_a_bead_is_joined_like_text() -> None:
    zh, en = Text(("React 18", "Node.js", "我们用它。", "“好。”"), (0,) * 4), Text(("A.", "B."), (0, 0))
    row = json.loads(format_beads([Bead((0, 1, 2, 3), (0, 1), 1.0)], zh, en, "jsonl")[""])
    assert (row["zh_text"], row["en_text"]) == ("React 18 Node.js 我们用它。“好。”", "A. B.")


def test_numbers_of_texts_that_are_split_already_count_all_lines_of_the_file() -> None:
    zh = split_text("第一课\n\n老师走进教室。\n", "zh", "a", presplit=True)
    en = split_text("\nLesson One\nThe teacher walked in.\n", "en", "b", presplit=True)
    assert format_beads([Bead((0,), (0,), 1.0), Bead((1,), (1,), 1.0)], zh, en, "align") == {
        "": "[0]:[1]\n[2]:[2]\n"
    }


@pytest.mark.slow
def test_a_page_gives_the_sentences_of_its_article(run: Run, tmp_path: Path) -> None:
    paragraph = "天还没有亮，渡口已经有人在等船了。摆渡的老人姓朱，平日里很少说话，见了人只是点头。"
    page = f'<title>渡口</title><ul><li><a href="/">首页</a></ul><h1>渡口</h1><div><p>{paragraph}</p></div>'
    (tmp_path / "a.html").write_bytes(page.encode("gb18030"))
    (tmp_path / "b.txt").write_text(
        "The Ferry\n\nPeople were waiting before dawn. The old man seldom spoke and nodded.\n"
    )
    done = run("align", "a.html", "b.txt", cwd=tmp_path)
    assert next(json.loads(line)["zh"] for line in done.stdout.splitlines()) == [0], done.stderr
    assert "首页" not in done.stdout


def call(*words: str | Path) -> Result:
    """Run ``duizhao align`` in this process."""
    return CliRunner().invoke(app, ["align", *map(str, words)])


def test_the_beads_of_a_release_are_written_in_each_format_as_they_are_released(
    small_release: Path, tmp_path: Path
) -> None:
    rows = read_records(small_release)["sentences"]
    both = [row for row in rows if row["zh_hans"] and row["en"]]
    assert 0 < len(both) < len(rows), "an article has no English"
    lines = [json.loads(line) for line in call(small_release).stdout.splitlines()]
    assert lines == [
        {
            "id": row["id"],
            "zh_text": row["zh_hans"],
            "en_text": row["en"] or "",
            **{field: row[field] for field in ("bead", "score", "quality")},
        }
        for row in rows
    ]
    table = list(csv.DictReader(call(small_release, "--format", "tsv").stdout.splitlines(), delimiter="\t"))
    assert [(row["zh"], row["score"], row["id"]) for row in table] == [
        (row["zh_hans"], "" if row["score"] is None else str(row["score"]), row["id"]) for row in rows
    ]
    root = etree.fromstring(call(small_release, "--format", "tmx", "--language", "zh-TW").stdout.encode())
    assert root.xpath("//tuv[1]/seg/text()") == [row["zh_hant"] for row in both]
    assert root.xpath("//prop[@type='x-quality']/text()") == [str(row["quality"]) for row in both]
    assert root.xpath("//prop[@type='x-id']/text()") == [row["id"] for row in both]
    assert call(small_release, "--format", "xliff").stdout.count("<source>") == len(rows)
    done = call(small_release, "--format", "moses", "--out", tmp_path / "m", "--min-quality", "1")
    assert f"{len(rows)} beads as they are released" in done.stderr
    low = [json.loads(line) for line in (tmp_path / "m.rejected.jsonl").read_text("utf-8").splitlines()]
    assert [(line["article_id"], line["record_id"]) for line in low] == [
        (row["article_id"], row["id"]) for row in both if row["quality"] < 1
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["en.txt"], "goes not with a release"),
        (["--format", "align"], "goes not with a release"),
        (["--interleaved"], "goes not with a release"),
    ],
)
def test_what_goes_only_with_texts_is_refused_for_a_release(
    words: list[str], told: str, small_release: Path
) -> None:
    done = call(small_release, *words)
    assert (done.exit_code, told in " ".join(done.stderr.split())) == (2, True)


def test_a_file_of_a_release_or_a_folder_that_is_none_is_told_what_to_give(
    small_release: Path, tmp_path: Path
) -> None:
    for name in ("sentences/test.parquet", "sentences/test.jsonl"):
        done = call(small_release / name, "--format", "tmx")
        assert (done.exit_code, "give the folder of the release" in done.stderr) == (2, True)
    assert "duizhao pair" in call(tmp_path, tmp_path).stderr
    error = call(tmp_path).exception
    assert isinstance(error, DuizhaoError)
    assert error.id == "not-a-release"


def test_a_release_without_a_column_gives_the_other_and_one_without_english_is_refused(
    tmp_path: Path,
) -> None:
    build_release(SMALL / "raw", tmp_path / "hant", columns="-zh_hans")
    assert "海港小鎮重開燈塔" in call(tmp_path / "hant").stdout
    assert "has no column zh_hans" in call(tmp_path / "hant", "--language", "zh-CN").stderr
    build_release(SMALL / "raw", tmp_path / "chinese", columns="-en")
    error = call(tmp_path / "chinese").exception
    assert isinstance(error, DuizhaoError)
    assert error.id == "no-pairs"


def test_rejected_beads_are_written_only_where_there_are_some_and_none_of_an_earlier_run_stay(
    small_release: Path, tmp_path: Path
) -> None:
    out, rejected = tmp_path / "m.tsv", tmp_path / "m.tsv.rejected.jsonl"
    words = (small_release, "--format", "tsv", "--out", out, "--min-quality")
    assert " below --min-quality" not in call(*words, "0.01").stderr
    assert not rejected.exists()
    assert "beads below --min-quality 1: " in call(*words, "1").stderr
    assert rejected.read_text("utf-8")
    assert f"{rejected}: removed" in call(*words, "0.01").stderr
    assert not rejected.exists()
    call(*words, "1")
    assert rejected.exists()
    assert f"{rejected}: removed" in call(*words[:-1]).stderr
    assert not rejected.exists()
    rejected.write_text("mine", encoding="utf-8")
    assert "removed" not in call(*words, "0.01").stderr
    assert rejected.read_text("utf-8") == "mine", "a file of another kind stays"

"""Whose turn a paragraph is, as a person said it in ``annotations/speakers.jsonl``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from duizhao.annotations import Annotations, Line
from duizhao.builder import check_anchors
from duizhao.errors import DuizhaoError
from duizhao.records import Options, make_records
from duizhao.text import make_document

TEXT = """# 一次采访

**记者：** 你为什么回来？

**王立：** 我喜欢这座灯塔。

**记者：** 你还会离开吗？你的朋友们怎么看这件事？

**王立：** 不会，我的朋友们都很高兴，他们说我应该留下来。

电话挂断之后，他又打了回来。

我还想说一句话。你们要记得来看我。

**谢谢你们。**
"""


ALL = Options()


def line(surface: str, speaker: str | None = "王立", role: str | None = "answer", text: str = TEXT) -> Line:
    start = text.index(surface)
    row = {"article_id": "a", "start": start, "end": start + len(surface), "surface": surface}
    return Line("speakers.jsonl:1", {**row, "speaker": speaker, "role": role, "why": "-"})


def turns(*lines: Line, options: Options = ALL) -> list[tuple[str, str | None, str]]:
    records = make_records(make_document("a", TEXT), None, Annotations(speakers=lines), options)
    return [(row["role"], row["speaker"], row["zh_hans"]) for row in records["sentences"]]


def test_a_paragraph_without_a_label_gets_the_speaker_that_a_person_named_and_no_other_row_changes() -> None:
    before, after = turns(), turns(line("记得来看我"))
    assert [row for row in before if row[1] is None][1:] == [
        ("body", None, "电话挂断之后，他又打了回来。"),
        ("body", None, "我还想说一句话。"),
        ("body", None, "你们要记得来看我。"),
        ("body", None, "谢谢你们。"),
    ]
    expected = [
        ("answer", "王立", row[2]) if row[2][-5:] in ("说一句话。", "得来看我。") else row for row in before
    ]
    assert after == expected


def test_a_speaker_that_the_source_got_wrong_is_corrected_or_taken_away() -> None:
    assert turns(line("灯塔", "李明", "question"))[2] == ("question", "李明", "我喜欢这座灯塔。")
    assert turns(line("灯塔", None, None))[2] == ("body", None, "我喜欢这座灯塔。")


def test_roles_to_leave_out_see_the_speaker_that_a_person_named() -> None:
    kept = turns(line("谢谢"), options=Options(roles=frozenset({"body"})))
    assert [text for _, _, text in kept] == [
        "电话挂断之后，他又打了回来。",
        "我还想说一句话。",
        "你们要记得来看我。",
    ]


@pytest.mark.parametrize(("lines", "id"), [
    ([line("谢谢", text=TEXT.replace("我喜欢", "我"))], "stale-correction"),
    ([line("谢谢", "王立", None)], "bad-speaker"),
    ([line("谢谢", None, "answer")], "bad-speaker"),
    ([line("一句话"), line("看我")], "bad-speaker"),
])  # fmt: skip
def test_a_line_that_does_not_fit_stops_the_build(lines: list[Line], id: str) -> None:
    with pytest.raises(DuizhaoError) as error:
        turns(*lines)
    assert error.value.id == id


def test_the_check_of_anchors_tells_where_the_words_of_a_speaker_are_now(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "annotations").mkdir()
    row = dict(line("谢谢你们").row)
    start = row["start"]
    row.update(start=start - 3, end=row["end"] - 3)
    file = tmp_path / "annotations" / "speakers.jsonl"
    file.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    (finding,) = check_anchors(tmp_path / "raw")
    assert finding.id == "stale-anchor"
    assert f"it stands at {start} now" in finding.message


def test_every_word_of_the_interviewed_has_its_speaker() -> None:
    """The rows of the interview that no label introduces: only narration, and what is quoted inside it."""
    raw = (ROOT / "raw" / "zh" / "altman-return-interview.txt").read_bytes().decode("utf-8")
    lines = (ROOT / "annotations" / "speakers.jsonl").read_text(encoding="utf-8").splitlines()
    speakers = [Line("speakers.jsonl", json.loads(text)) for text in lines]
    document = make_document("altman-return-interview", raw)
    rows: list[dict[str, Any]] = make_records(document, None, Annotations(speakers=speakers))["sentences"]
    first = next(index for index, row in enumerate(rows) if row["speaker"])
    without = [row["zh_hans"] for row in rows[first:] if row["speaker"] is None and row["role"] != "heading"]
    assert without == ["我们挂断电话后不久，Altman又打了回来。"]

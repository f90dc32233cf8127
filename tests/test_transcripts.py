"""Transcripts that a program made of a recording: a speaker and a time above what each one says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duizhao.annotations import Annotations
from duizhao.records import make_records
from duizhao.sources.html import read_html
from duizhao.text import find_blocks, read
from duizhao.text.document import make_document
from growth import growth

FIRST = "今天我们请到了做陶器的老林，来聊一聊他这些年的经历。"
SECOND = "大家好，我是老林，做陶器做了二十多年了。"


def turns(text: str, name: str = "t.txt") -> list[tuple[str, str | None, str]]:
    document = make_document("t", text, name=name)
    return [(block.kind, block.speaker, read(text, block.spans)) for block in find_blocks(document)]


@pytest.mark.parametrize("name", ["t.txt", "t.md"])
@pytest.mark.parametrize(
    ("heads", "speakers"),
    [
        (("说话人 1 00:00", "说话人 2 00:09", "说话人 1 00:15"), ("说话人 1", "说话人 2")),
        (("王小明 00:01", "李红 00:09", "王小明 00:15"), ("王小明", "李红")),
        (("发言人1 00:12:03", "发言人2 00:12:09", "发言人1 01:02:15"), ("发言人1", "发言人2")),
        (("Speaker 2 00:09", "Speaker 1 00:12", "Speaker 2 00:15"), ("Speaker 2", "Speaker 1")),
        (("王小明(00:01:02):", "李红(00:01:09):", "王小明(00:02:15):"), ("王小明", "李红")),
        (("00:01 王小明：", "00:09 李红：", "00:15 王小明："), ("王小明", "李红")),
        (("[00:00:01] 主持人：", "[00:00:09] 李红：", "[00:00:15] 主持人："), ("主持人", "李红")),
        (("**王小明** 00:01", "**李红** 00:09", "**王小明** 00:15"), ("王小明", "李红")),
        (("### 王小明 00:01", "### 李红 00:09", "### 王小明 00:15"), ("王小明", "李红")),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_head_of_a_turn_names_the_speaker_and_is_markup(
    heads: tuple[str, ...], speakers: tuple[str, str], gap: str, name: str
) -> None:
    if heads[0].startswith("*") and name == "t.txt":
        gap = "\n\n"
    said = (FIRST, SECOND, "是这样吗")
    text = "\n\n".join(f"{head}{gap}{words}" for head, words in zip(heads, said, strict=True)) + "\n"
    one, two = speakers
    assert turns(text, name) == [
        ("paragraph", one, FIRST),
        ("paragraph", two, SECOND),
        ("paragraph", one, "是这样吗"),
    ]


def test_words_may_stand_in_the_line_of_the_head() -> None:
    text = f"王小明(00:01:02): {FIRST}\n李红(00:01:05)：{SECOND}\n王小明(00:01:09): 好\n"
    assert [turn[1:] for turn in turns(text)] == [("王小明", FIRST), ("李红", SECOND), ("王小明", "好")]


def test_a_turn_has_all_paragraphs_up_to_the_next_head_and_the_title_stays() -> None:
    text = f"访谈记录\n\n王小明 00:00\n{FIRST}\n\n请坐\n\n李红 00:09\n{SECOND}\n\n王小明 00:15\n好\n\n整理：小张\n"
    assert turns(text)[0] == ("title", None, "访谈记录")
    assert [turn[1:] for turn in turns(text)[1:]] == [
        ("王小明", FIRST),
        ("王小明", "请坐"),
        ("李红", SECOND),
        ("王小明", "好"),
        (None, "整理：小张"),
    ]


def test_lines_without_stops_are_not_joined_with_the_head_below_them() -> None:
    said = "我先说两句没有标点的话这样程序就以为它在中间断开了"
    text = "".join(f"发言人{n % 2} 00:1{n}:03\n{said}\n" for n in range(4))
    assert [turn[1:] for turn in turns(text)] == [(f"发言人{n % 2}", said) for n in range(4)]


def test_a_transcript_has_no_title_and_each_character_in_the_ledger() -> None:
    text = f"说话人 1 00:00\n{FIRST}\n\n说话人 2 00:09\n{SECOND}\n\n说话人 1 00:15\n好的。\n"
    records = make_records(make_document("t", text), None, Annotations())
    (article,) = records["articles"]
    assert article["title"]["zh_hans"] is None
    assert [row["speaker"] for row in records["sentences"]] == ["说话人 1", "说话人 2", "说话人 1"]
    assert "".join(row["text"] for row in records["blocks"]) == text


@pytest.mark.parametrize(
    "text",
    [
        f"说话人 1 00:00\n{FIRST}\n\n说话人 2 00:09\n{SECOND}\n",  # two heads
        f"王小明 00:15\n{FIRST}\n\n李红 00:09\n{SECOND}\n\n王小明 00:01\n好的。\n",  # times fall
        f"签到 08:30\n{FIRST}\n\n开幕式 09:00\n{SECOND}\n\n参观 10:00\n好的。\n",  # no name comes back
        "节目单\n\n签到 00:30\n\n茶歇 09:00\n\n讲座 10:30\n\n茶歇 15:00\n\n讲座 16:00\n",  # no words
        f"诗篇 23:10\n{FIRST}\n\n箴言 24:10\n{SECOND}\n\n诗篇 25:10\n好的。\n",  # verses
        f"见面的时间是 00:10\n{FIRST}\n\n后来改到 00:20\n{SECOND}\n\n最后是 00:30\n好的。\n",
    ],
    ids=["two", "falling", "timetable", "no-words", "verses", "sentences"],
)
def test_lines_with_times_that_are_no_transcript_stay_text(text: str) -> None:
    assert {speaker for _, speaker, _ in turns(text)} == {None}
    letters = [character for character in text if not character.isspace()]
    assert [c for _, _, read_as in turns(text) for c in read_as if not c.isspace()] == letters


@pytest.mark.parametrize("mark", ["<p>{}</p>", "<p><b>{}</b></p>", "<h3>{}</h3>"])
def test_heads_in_a_page_name_the_speakers_if_words_follow(mark: str) -> None:
    def speakers(words: str) -> list[str | None]:
        turns = "".join(f"{mark.format(f'王{n % 2} 00:0{n}')}\n{words}\n" for n in range(6))
        page = (
            f"<html><body><article><h1>访谈记录</h1>\n<p>{FIRST}{SECOND}</p>\n{turns}</article></body></html>"
        )
        blocks, facts = read_html(page)
        document = replace(make_document("t", page), blocks=blocks, extraction="article", facts=facts)
        found = [block for block in find_blocks(document) if block.spans][2:]
        assert "".join(read(page, block.spans) for block in found).count("00:0") == (0 if words else 6)
        return [block.speaker for block in found]

    assert speakers(f"<p>{SECOND}</p>") == ["王0", "王1"] * 3
    assert speakers("") == [None] * 6


def test_a_head_without_words_stays_text() -> None:
    text = f"说话人 1 00:00\n{FIRST}\n\n说话人 2 00:09\n{SECOND}\n\n说话人 1 00:15\n"
    assert turns(text)[-1][1:] == (None, "说话人 1 00:15")


@pytest.mark.parametrize(
    "unit",
    ["0:00", "说话人 1 00:00\n", "王 00:00：", "甲 00:00\n话\n", "[00:00] 甲：话\n", "甲" * 25 + "0:00 "],
)
def test_work_on_a_transcript_grows_with_the_length_of_a_text(unit: str) -> None:
    def work(size: int) -> None:
        find_blocks(make_document("t", unit * (size // len(unit)), name="t.txt"))

    assert growth(work, 10_000, 100_000) <= 14

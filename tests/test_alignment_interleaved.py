"""A text that holds both languages is split into two, by lines, by sentences in a line, or by cues."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import Run
from duizhao.alignment.interleaved import part_languages, part_subtitles
from duizhao.cli import app
from duizhao.errors import DuizhaoError
from growth import growth
from test_alignment_documents import EN, ZH
from test_sources_subtitles import as_cues


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def test_a_file_of_alternating_paragraphs_is_parted() -> None:
    zh, en = part_languages("第一段。\n\nFirst paragraph.\n\n第二段有 API。\nSecond one.\n---\n")
    assert [line for line in zh.split("\n") if line] == ["第一段。", "第二段有 API。"]
    assert [line for line in en.split("\n") if line] == ["First paragraph.", "Second one.", "---"]
    assert "\n\n" in zh.strip()


@pytest.mark.slow
def test_interleaved_is_aligned_as_two_files_are(run: Run, tmp_path: Path) -> None:
    zh, en = ZH["图书馆.txt"].split("\n\n"), EN["library.txt"].split("\n\n")
    (tmp_path / "both.txt").write_text("\n\n".join([zh[0], en[0], zh[1], en[1]]), encoding="utf-8")
    done = run("align", "both.txt", "--interleaved", "--format", "align", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "[0]:[0]"
    assert run("align", "both.txt", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        ("我有一个梦想。I have a dream.", "我有一个梦想。", "I have a dream."),
        ("我有一个梦想。 I have a dream.", "我有一个梦想。", "I have a dream."),
        ("I have a dream. 我有一个梦想。", "我有一个梦想。", "I have a dream."),
        ("The gate is open!门开了！", "门开了！", "The gate is open!"),
        ("他说：“门开了。”“The gate is open,” he said.", "他说：“门开了。”", "“The gate is open,” he said."),
        (
            "门开了。The gate is open. 灯亮了。The lamp is lit.",
            "门开了。灯亮了。",
            "The gate is open. The lamp is lit.",
        ),
        ("你好。Hello.", "你好。", "Hello."),
    ],
)
def test_a_line_with_sentences_of_both_languages_is_split(line: str, zh: str, en: str) -> None:
    assert [lines(part) for part in part_languages(line + "\n")] == [[zh], [en]]


@pytest.mark.parametrize(
    "line",
    [
        "他用的是 Node.js。Vue.js 也可以。",
        "请先读说明。README.md",
        "这台机器来自 Apple Inc. 公司。",
        "Apple Inc. 公司发布了新的机器。",
        "他说好。OK，我们走。",
        "版本是 2.0.现在可以用了。",
        "it.val = val === undefined ? 0 : val; // 节点的值",
        "他问：“Is it open?”门没有开。",
    ],
)
def test_a_chinese_line_with_foreign_words_is_not_split(line: str) -> None:
    zh, en = part_languages(f"{line}\n\nThe line is in Chinese.\n")
    assert (lines(zh), lines(en)) == ([line], ["The line is in Chinese."])


def test_code_belongs_to_both_languages() -> None:
    code = "```js\nopen();\n\nclose();\n```"
    zh, en = part_languages(f"打开它。\n\nOpen it.\n\n{code}\n\n小心。\n\nBe careful.\n")
    assert code in zh
    assert code in en
    assert lines(zh) == ["打开它。", *lines(code), "小心。"]
    assert lines(en) == ["Open it.", *lines(code), "Be careful."]


@pytest.mark.parametrize(
    "text", ["门开了。\n灯亮了。\n", "- 门开了 / The gate is open\n", "门开了。README.md\n"]
)
def test_a_text_without_english_is_refused_with_what_is_taken(text: str) -> None:
    with pytest.raises(
        DuizhaoError, match=r"a\.md: no sentences in English; --interleaved takes lines"
    ) as told:
        part_languages(text, "a.md")
    assert told.value.id == "empty-side"
    with pytest.raises(DuizhaoError, match="no sentences in Chinese"):
        part_languages("The gate is open.\n\n---\n")


FIRST, SECOND = "00:00:00,000 --> 00:00:02,000\n", "00:00:02,000 --> 00:00:04,000\n"
TWO_LINES = (
    f"1\n{FIRST}大家晚上好。\nGood evening, everyone.\n\n2\n{SECOND}今天讲数字。\nToday is about numbers.\n"
)
DOUBLED = (
    f"1\n{FIRST}Good evening, everyone.\n\n1\n{FIRST}大家晚上好。\n\n"
    f"2\n{SECOND}Today is about numbers.\n\n2\n{SECOND}今天讲数字。\n"
)
ONE_LINE = (
    f"1\n{FIRST}大家晚上好。Good evening, everyone.\n\n2\n{SECOND}今天讲数字。 Today is about numbers.\n"
)
VTT = "WEBVTT\n\nNOTE both languages\n\n" + TWO_LINES.replace(",000", ".000").replace("1\n", "").replace(
    "2\n", ""
)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.srt", TWO_LINES),
        ("a.srt", DOUBLED),
        ("a.srt", ONE_LINE),
        ("a.srt", TWO_LINES.replace("\n", "\r\n")),
        ("a.srt", TWO_LINES.replace("大家", "<i>大家").replace("好。", "好。</i>")),
        ("a.vtt", VTT),
    ],
    ids=["two lines", "doubled cues", "one line", "CRLF", "tags", "vtt"],
)
def test_subtitles_in_both_languages_are_aligned_with_their_times(
    name: str, raw: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(raw.encode())
    done = CliRunner().invoke(app, ["align", str(tmp_path / name), "--interleaved"])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["zh_text"], row["en_text"]) for row in rows] == [
        ("大家晚上好。", "Good evening, everyone."),
        ("今天讲数字。", "Today is about numbers."),
    ]
    times = [["00:00:00.000", "00:00:02.000"], ["00:00:02.000", "00:00:04.000"]]
    assert [row["zh_time"] for row in rows] == [row["en_time"] for row in rows] == times
    lines = CliRunner().invoke(app, ["align", str(tmp_path / name), "--interleaved", "--presplit"])
    assert [json.loads(line)["bead"] for line in lines.stdout.splitlines()] == ["1-1", "1-1"]


def aligned(raw: str, folder: Path) -> list[tuple[str, str]]:
    (folder / "a.srt").write_text(raw, encoding="utf-8")
    done = CliRunner().invoke(app, ["align", str(folder / "a.srt"), "--interleaved"])
    assert done.exit_code == 0, done.output
    return [(row["zh_text"], row["en_text"]) for row in map(json.loads, done.stdout.splitlines())]


@pytest.mark.parametrize("mark", ["？", "", "。"])
def test_each_cue_is_a_paragraph_with_and_without_punctuation(mark: str, tmp_path: Path) -> None:
    pairs = [
        ("你好吗？", "How are you?"), ("我很好", "I am fine"), ("你呢？", "And you?"), ("我也很好", "I am fine too"),
        ("我们走吧", "Let us go"), ("去哪里？", "Where to?"), ("去河边", "To the river"), ("天黑了", "It is dark"),
    ]  # fmt: skip
    pairs = [(zh.replace("？", mark), en) for zh, en in pairs]
    assert aligned(as_cues(*(f"{zh}\n{en}" for zh, en in pairs)), tmp_path) == pairs


@pytest.mark.parametrize(
    "tag",
    [
        "{\\fn微软雅黑\\fs14}",
        "{\\an8}",
        '<font face="微软雅黑">',
        "{\\fad(200,200)\\fn方正黑体简体\\fs14\\b0\\c&HFFFFFF&\\3c&H2F2F2F&\\4c&H000000&\\pos(192,270)\\shad1}",
    ],
)
def test_tags_do_not_count_for_the_language_of_a_line(tag: str, tmp_path: Path) -> None:
    pairs = [("人们筑堤", "People built dikes."), ("好", "OK."), ("水退了", "No.")]
    assert aligned(as_cues(*(f"{zh}\n{tag}{en}" for zh, en in pairs)), tmp_path) == pairs
    assert aligned(as_cues(*(f"{tag}{zh}\n{en}" for zh, en in pairs)), tmp_path) == pairs
    one_line = as_cues(f"人们筑堤。{tag}People built dikes.", f"水退了。{tag}The water fell.")
    assert aligned(one_line, tmp_path) == [
        ("人们筑堤。", "People built dikes."),
        ("水退了。", "The water fell."),
    ]


@pytest.mark.parametrize("same", ["iPhone", "2023", "♪"])
def test_equal_lines_of_a_cue_are_one_on_each_side(same: str) -> None:
    for zh, en in (("好", "OK"), ("OK", "好")):
        sides = part_subtitles(as_cues(f"{zh}\n{en}", f"{same}\n{{\\an8}}{same}"))
        assert [side.count(same) for side in sides] == [1, 1]
    sides = part_subtitles(as_cues("好\nOK", "走\n走", "- No\n- No"))
    assert [(side.count("走"), side.count("No")) for side in sides] == [(2, 0), (0, 2)]
    with pytest.raises(DuizhaoError, match="no sentences in Chinese"):
        part_subtitles(as_cues("OK", "2023\n2023", "iPhone\niPhone"))


def test_braces_that_are_no_tags_are_text() -> None:
    zh, en = part_subtitles(as_cues("{微软雅黑} x\nAn example", "好\nOK {the end}"))
    assert "{微软雅黑} x" in zh
    assert "OK {the end}" in en


def test_a_cue_without_letters_belongs_to_both_and_a_cue_of_one_language_to_one() -> None:
    third, fourth = "00:00:04,000 --> 00:00:06,000\n", "00:00:06,000 --> 00:00:08,000\n"
    zh, en = part_subtitles(f"{TWO_LINES}\n3\n{third}♪\n\n4\n{fourth}Bye.\n……\n")
    assert "♪" in zh
    assert "♪" in en
    assert "……" in en
    assert "……" not in zh
    assert zh.count("-->") == en.count("-->") == 4


def test_subtitles_in_one_language_are_refused() -> None:
    for raw in (f"1\n{FIRST}大家晚上好。\n", f"1\n{FIRST}♪\n"):
        with pytest.raises(DuizhaoError) as told:
            part_subtitles(raw, "a.srt")
        assert told.value.id == "empty-side"


@pytest.mark.parametrize(
    "unit", ["门开了。", "Open it.门开了。", ". ' ", "门\nOpen it\n", "```\n门\n", "门。   "]
)
def test_a_text_of_both_languages_is_split_in_linear_time(unit: str) -> None:
    def work(text: str) -> None:
        part_languages(f"门开了。\n\nThe gate is open.\n\n{text}")

    assert growth(work, unit * 1000, unit * 10_000) <= 15

from __future__ import annotations

import pytest

from duizhao.text.sentences import split
from duizhao.text.spans import read


def sentences(text: str, language: str = "zh") -> list[str]:
    return [read(text, spans) for spans in split(text, [(0, len(text))], language)]


@pytest.mark.parametrize(
    "whole",
    [
        "“这个问题很难，”他说，“但我们会解决。”",
        "公司发布了 GPT-3.5，投入 9.5 百万美元，占 1.68%。",
        "会议在12:23开始,D’Angelo没有出席。",
        "他问了“为什么？”的问题，没有人回答。",
        "《谁动了我的奶酪？》是一本书。",
        "（他说这种可能性“不为零”。）",
        "他回忆，“我发了条消息，决定就这么做。”",
        "还有一件事……",
    ],
)
def test_a_chinese_sentence_is_not_broken(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    "parts",
    [
        ["“我一直在努力。", "但很难。”", "他停了下来。"],
        ["为什么？", "没有人知道！", "真的。"],
        ["这是什么?", "不知道!", "走吧。"],
        ["他说：“今天不行。”", "然后走了。"],
        ["他走了……", "没有人送他。"],
        ["（他没有来。）", "会议照常。"],
        ["第一句。", "第二句没有句号"],
        ["怎么会这样？！", "她喊道。"],
    ],
)
def test_chinese_sentences_end_at_their_stops_and_keep_their_closing_marks(parts: list[str]) -> None:
    assert sentences("".join(parts)) == parts


def test_white_space_between_sentences_belongs_to_none() -> None:
    assert sentences("他走了。 “好。” 她说。") == ["他走了。", "“好。”", "她说。"]


@pytest.mark.parametrize(
    "parts",
    [
        ["He left the U.S. in May.", "Nobody knew why."],
        ["It cost $9.5 million, or 1.68% of sales.", "That was all."],
        ['"I did not expect it," she said.', '"Not at all."'],
        ['"Is it over?" Altman said.', "It was."],
        ["She ran the Model X.", "After that she left."],
        ["J. R. Smith of Acme Inc. agreed.", "So did we."],
        ["No.", "These events have nothing to do with it."],
        ["It was No. 5 on the list.", "We waited..."],
        ["He met Mr. Lee at 12:19 p.m. on Friday.", "They talked."],
        ["(It was late.)", "They went home."],
    ],
)
def test_english_sentences_end_at_their_stops_but_not_at_abbreviations(parts: list[str]) -> None:
    assert sentences(" ".join(parts), "en") == parts


def test_spans_skip_markup_inside_a_sentence() -> None:
    raw = "他**说**好。再见。"
    found = split(raw, [(0, 1), (3, 4), (6, 11)], "zh")
    assert [read(raw, spans) for spans in found] == ["他说好。", "再见。"]
    assert found[0] == ((0, 1), (3, 4), (6, 8))


def test_time_grows_linearly_on_a_long_line_without_stops() -> None:
    assert len(sentences("啊" * 300_000)) == 1
    assert len(sentences("”" * 100_000)) == 1

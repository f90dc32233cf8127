"""Labels before a colon: whose turns they are, and which are narration."""

from __future__ import annotations

import pytest

from duizhao.text import find_blocks, read
from duizhao.text.document import make_document


def turns(text: str, name: str = "t.md", language: str = "zh") -> list[tuple[str | None, bool, str]]:
    """Speaker, whether it asks, and text of the blocks behind the title."""
    document = make_document("t", text, language, name)
    return [(block.speaker, block.asks, read(text, block.spans)) for block in find_blocks(document)[1:]]


def dialogue(first: str, second: str) -> list[str | None]:
    """The speakers of four turns of two labels."""
    text = (
        f"# 夜里的仓库\n\n{first}：这件事你知道了吗？\n\n{second}：知道，那我就讲给你听。\n\n"
        f"{first}：门是谁开的？\n\n{second}：我也不知道，你问别人吧。\n"
    )
    return [speaker for speaker, _, _ in turns(text)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("王科长说", "老李点点头"),
        ("毛泽东说", "周恩来插话"),
        ("李德生回答", "毛泽东点点头"),
        ("宝玉笑道", "黛玉道"),
        ("王科長說", "老李搖搖頭"),
        ("他问", "她答"),
        ("王科长问", "老李喊"),
        ("王科长表示", "老李补充"),
        ("老王想了想", "老李反问"),
        ("Mr Li said", "Mr Wang replied"),
    ],
)
def test_a_label_that_ends_in_a_verb_of_speaking_or_a_gesture_stays_in_the_text(
    first: str, second: str
) -> None:
    assert dialogue(first, second) == [None] * 4


def test_the_words_of_narration_stay_in_the_text() -> None:
    prose = "大家都没有动，屋子里安静得很，只有炉子上的水在响。"
    text = "# 夜里的仓库\n\n" + "\n\n".join(
        [
            "王科长说：这件事我知道了。你们先回去，等我的通知。",
            prose,
            "老李点点头：好，那我就讲。昨天夜里仓库的门是开着的。",
            "王科长说：这件事我知道了。你们先回去，等我的通知。",
            "老李点点头：好，那我就讲。昨天夜里仓库的门是开着的。",
            prose,
            "王科长说：这件事我知道了。你们先回去，等我的通知。",
        ]
    )
    assert {speaker for speaker, _, _ in turns(text)} == {None}
    assert "".join(text for _, _, text in turns(text)).count("王科长说：") == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("问", "答"),
        ("記者問", "林先生答"),
        ("记者提问", "嘉宾回答"),
        ("记者追问", "李大海"),
        ("主持人", "王守道"),
        ("记者", "李笑"),
        ("王科长", "老李"),
        ("王科长问", "老李答"),
        ("解说", "老李"),
        ("Q1", "A1"),
    ],
)
def test_a_label_of_an_interview_is_a_speaker(first: str, second: str) -> None:
    assert dialogue(first, second) == [first, second, first, second]


def test_one_line_of_narration_does_not_undo_an_interview() -> None:
    talk = "王科长问：门是谁开的？\n\n老李答：我也不知道，你问别人吧。\n\n"
    names = [name for name, _, _ in turns(f"# 夜里的仓库\n\n{talk * 3}他说：那一夜很冷。\n")]
    assert names == ["王科长问", "老李答"] * 3 + [None]
    assert {
        name for name, _, _ in turns(f"# 夜里的仓库\n\n{talk * 3}{'他说：那一夜很冷。' * 2}\n\n她说：是。\n")
    } == {None}


@pytest.mark.parametrize("name", ["问", "提问", "记者问", "记者提问", "Q", "Q2", "王科长问"])
def test_who_asks_is_told_by_the_label(name: str) -> None:
    text = f"# 题\n\n{name}：你好吗？\n\n答：我很好，你呢？\n\n{name}：我也好。\n\n答：那就好。\n"
    assert [asks for _, asks, _ in turns(text)] == [True, False, True, False]


def test_a_question_label_is_emphasised_without_its_colon_or_with_the_whole_question() -> None:
    text = (
        "# 修表\n\n**问**：您是什么时候开始学修表的？\n\n**答**：我十六岁就跟着师傅学，到现在四十多年了。\n\n"
        "**Q：最难修的是什么表？**\n\n**A**: 都不难。\n\n**记者：** 您累吗？\n\n__答__：不累。\n"
    )
    assert turns(text) == [
        ("问", True, "您是什么时候开始学修表的？"),
        ("答", False, "我十六岁就跟着师傅学，到现在四十多年了。"),
        ("Q", True, "最难修的是什么表？"),
        ("A", False, "都不难。"),
        ("记者", True, "您累吗？"),
        ("答", False, "不累。"),
    ]


@pytest.mark.parametrize("answer", ["A：", "A1：", "林师傅："])
def test_an_answer_need_not_be_emphasised_where_the_questions_are(answer: str) -> None:
    text = (
        f"# 修表\n\n**Q1：最难修的是什么表？**\n\n{answer}都不难，你自己试试。\n\n"
        f"**Q2：您累吗？**\n\n{answer}不累，你看我这双手。\n"
    )
    names = [speaker for speaker, _, _ in turns(text)]
    assert names == ["Q1", answer[:-1], "Q2", answer[:-1]]


def test_an_emphasised_word_before_a_colon_is_no_speaker_in_a_text_that_is_no_dialogue() -> None:
    text = "# 洗衣机\n\n**波轮**：便宜，洗得也快，就是费水。\n\n**滚筒**：贵一些，衣服不容易坏。\n"
    assert turns(text) == [
        (None, False, "波轮：便宜，洗得也快，就是费水。"),
        (None, False, "滚筒：贵一些，衣服不容易坏。"),
    ]


def test_bold_labels_in_a_list_are_no_speakers_unless_somebody_asks() -> None:
    items = "".join(
        f"* **用法**：表示和事实{word}。\n* **例句**：这是{word}的例子。\n\n"
        for word in ("相反", "相同", "有关")
    )
    blocks = find_blocks(make_document("t", "# 题\n\n" + items, name="t.md"))
    assert {block.speaker for block in blocks} == {None}
    asked = "".join(
        f"* **问**：{word}是什么意思？\n* **答**：我想是{word}的反面。\n\n"
        for word in ("相反", "相同", "有关")
    )
    blocks = find_blocks(make_document("t", "# 题\n\n" + asked, name="t.md"))
    assert {block.speaker for block in blocks} == {None, "问", "答"}

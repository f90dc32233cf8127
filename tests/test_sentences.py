from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duizhao.text import Block, find_blocks, split_block, split_sentences
from duizhao.text.boundaries import ends_of
from duizhao.text.document import make_document
from duizhao.text.sentences import split
from duizhao.text.spans import cut, read
from growth import growth

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from sentences import GOLD, read_gold, score


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
    assert sentences("他走了。 “好。” 她走了。") == ["他走了。", "“好。”", "她走了。"]


FLOOR = 0.98
"""F1 of boundaries on tests/gold/sentences/: lowered only on purpose, with the reason in the commit."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_boundaries_at_hard_places_reach_the_floor(language: str) -> None:
    paragraphs = read_gold(GOLD / f"{language}.txt")
    assert sum(len(gold) for _, gold in paragraphs) >= 400
    assert score(lambda text: ends_of(text, language), paragraphs)[2] >= FLOOR


@pytest.mark.parametrize(
    "whole",
    [
        "“船已经开了。”老人说。",
        "“你来了？”她问，“怎么不敲门？”",
        "“为什么是我？”的声音响了一路。",
        "有人问“这行吗？”我没有回答。",
        "判断写成 if (a != b) 就行。",
        "我在Yahoo!公司上过班。",
        "会议（原定周一召开。后来改期。）照常举行。",
        "他有三个理由：一是贵；二是慢；三是难。",
        "约翰．史密斯是个作家。",
    ],
)
def test_what_goes_on_is_one_sentence(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    "quotation",
    ["“" + "长" * 39 + "？”", "“" + "长" * 70 + "？”"],
    ids=["short", "long"],
)
def test_only_a_short_quotation_is_part_of_the_clause_that_it_opens_in(quotation: str) -> None:
    text = f"有人问{quotation}我没有回答。"
    assert len(sentences(text)) == (1 if len(quotation) < 60 else 2)


def test_the_mark_of_a_footnote_belongs_to_the_sentence_before_it() -> None:
    assert sentences("河从山里来。[1]它流进海里。[2]") == ["河从山里来。[1]", "它流进海里。[2]"]
    assert sentences("It rises.[1] It falls.[^2] The end.", "en") == [
        "It rises.[1]",
        "It falls.[^2]",
        "The end.",
    ]


def test_tables_code_titles_and_headings_are_one_sentence_each() -> None:
    for kind in ("title", "heading", "table", "code"):
        assert len(split_block("一。二。三。", Block(kind, 0, 6, ((0, 6),)), "zh")) == 1
    assert len(split_block("一。二。三。", Block("list_item", 0, 6, ((0, 6),)), "zh")) == 3


@given(st.text("他说。？！“”「」（）《》…⋯.!?\"' aZ1、，：—的\n", max_size=60), st.sampled_from(["zh", "en"]))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_sentences_hold_every_character_of_a_paragraph_in_order(text: str, language: str) -> None:
    if not text.strip():
        return
    spans = [span for sentence in split(text, [(0, len(text))], language) for span in sentence]
    assert spans == sorted(spans)
    assert "".join(text[start:end] for start, end in spans).split() == text.split() or "".join(
        "".join(text[start:end] for start, end in spans).split()
    ) == "".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "language"),
    [
        ("他走了。", "zh"), ("“他走了。”她说。", "zh"), ("“他走了。", "zh"), ("他走了。”", "zh"), ("《他走了。", "zh"),
        ('"甲。', "zh"), ("我……", "zh"), ("a!", "zh"), ("“好！”", "zh"), ("甲.", "zh"),
        ("He left. ", "en"), ('"He left." ', "en"), ("A. ", "en"), ("1. ", "en"), (". ", "en"),
    ],
)  # fmt: skip
def test_work_grows_with_the_length_of_a_paragraph_not_faster(unit: str, language: str) -> None:
    """100,000 sentences in one paragraph took 21 s; ten times the text may cost twelve times the work."""

    def work(size: int) -> None:
        text = unit * (size // len(unit))
        split(text, [(0, len(text))], language)

    assert growth(work, 20_000, 200_000) <= 12


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


def test_a_sentence_ends_right_behind_a_title_that_holds_a_mark() -> None:
    assert sentences("他看了《灯！塔》。她走了。") == ["他看了《灯！塔》。", "她走了。"]


def test_a_word_inside_an_address_is_no_abbreviation() -> None:
    told = ["We read http://a.example/Mr.", "Then we left the town."]
    assert split_sentences(" ".join(told), "en") == told


@pytest.mark.parametrize("parts", [
    ["真好!", "(他笑了。)"], ["你来吗?[1]", "他没有来。"], ["他喊:快跑!", '"大家都跑了。"'], ["好!", "'对。'"],
    ['他说:"走!"', "然后走了。"], ["我买了iPhone!", "它很好。"], ["今天来吗?", "12点见。"], ["太好了!", "Bye。"],
    ["真的吗?!", "他问。"], ["他说5!等于120。"], ["网址是a.com/page?id=3。"], ["函数f(x)!=0时。"],
])  # fmt: skip
def test_a_half_width_mark_ends_a_sentence_unless_it_is_part_of_a_word_a_formula_or_an_address(
    parts: list[str],
) -> None:
    assert sentences("".join(parts)) == parts


@pytest.mark.parametrize("parts", [
    ["See Fig. 3 for the plan.", "It is clear."], ["See vol. IV of the work.", "It is long."],
    ["He said no.", "I left."], ["They said no.", "V came."],
    ["There is no. 1 reason.", "It is this."], ["It is No. 5 on the list.", "No.", "The list is short."],
    ["She lives on Main St.", "The house is old."], ["He prayed at St. Mary's.", "It was cold."],
    ["At 5 p.m. they left.", "At 9 a.m.", "They came."],
    ["In A.D. 5 it rose.", "It fell in 44 B.C.", "Rome burned."],
    ["It began in Jan. 2020 and went on.", "It ended in Jan.", "They left."], ["Plan B.", "It works."],
    ["So did I.", "He left."], ["Many tools, e.g. Git, help.", "They do."],
    ["Apples, pears, etc. were sold.", "We bought pears, etc.", "The shop closed."],
    ["I … I do not know.", "It rained …", "The road was wet."], ["Yahoo! Mail is slow.", "It is."],
    ["1. Open the door.", "2. Close it."], ["He has a Ph.D. in law.", "She too."],
    ['"Stop." — he said.', "They did."], ["(He left.)", "They stayed.", "(She came.)"],
    ["Hello... world.", "Wait...", "The end."], ["Gen. Lee came.", "He is a gen.", "They said."],
])  # fmt: skip
def test_a_full_stop_of_an_abbreviation_ends_an_english_sentence_only_where_a_new_one_begins(
    parts: list[str],
) -> None:
    assert sentences(" ".join(parts), "en") == parts


@pytest.mark.parametrize("unseen", ["\u200b", "\u200e", "\ufeff", "\u200b\u2060"])
@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("zh", "他说：“好。|”然后走了。", ["他说：“好。|”", "然后走了。"]),
        ("zh", "真的吗？|！我不信。", ["真的吗？|！", "我不信。"]),
        ("zh", "他问：“真的吗？|”|我说是。", ["他问：“真的吗？|”", "我说是。"]),
        ("zh", "第一句。|第二句。", ["第一句。", "第二句。"]),
        (
            "en",
            "“Really?|” he asked. |Then he left – at once.",
            ["“Really?|” he asked.", "Then he left – at once."],
        ),
    ],
)
def test_characters_that_show_nothing_change_no_boundary(
    unseen: str, language: str, text: str, sentences: list[str]
) -> None:
    """Neither a zero width space nor a mark of direction parts a stop from what closes after it."""
    expected = [sentence.replace("|", unseen) for sentence in sentences]
    assert split_sentences(text.replace("|", unseen), language) == expected
    assert split_sentences(text.replace("|", ""), language) == [part.replace("|", "") for part in sentences]


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("示例像前面那样使用 `println!` 宏。", "zh"),
        ("用 `a.` 表示一切，用 `?` 表示错误，`你好！` 是问候。", "zh"),
        ("写 <code>println!</code> 宏，再写 ``a`b!`` 宏。", "zh"),
        ("- 写 **`vec![]?`** 或 `x!` 都行。", "zh"),
        ("Write `println!` Then run `what?` Now it works.", "en"),
    ],
)
def test_no_sentence_ends_at_a_mark_in_code(raw: str, language: str) -> None:
    text = f"# 题\n\n{raw}"
    block = find_blocks(make_document("t", text, language, "t.md"))[-1]
    assert len(split(text, block.spans, language)) == 1


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("用 `x!`。然后 `panic!`！好。", ["用 x!。", "然后 panic!！", "好。"]),
        ("他见到 `一切正常。请走吧。` 就走了。", ["他见到 一切正常。", "请走吧。", "就走了。"]),
        ("`天亮了。路还很长。`", ["天亮了。", "路还很长。"]),
        ("没有 ` 闭合。天亮了！走吧。", ["没有 ` 闭合。", "天亮了！", "走吧。"]),
        ("`a!` 一。二。`b!` 三。", ["a! 一。", "二。", "b! 三。"]),
    ],
)
def test_sentences_end_beside_code_and_in_prose_that_is_set_as_code(raw: str, parts: list[str]) -> None:
    text = f"# 题\n\n{raw}"
    block = find_blocks(make_document("t", text, name="t.md"))[-1]
    assert [read(text, part) for part in split(text, block.spans, "zh")] == parts


def test_no_sentence_ends_at_a_mark_between_backticks_of_a_plain_text() -> None:
    text = "示例像前面那样使用 `println!` 宏。"
    assert split_sentences(f"{text}好。") == [text, "好。"]


def test_a_part_of_a_paragraph_that_begins_behind_code_is_divided_at_its_stops() -> None:
    text = "# 题\n\n写 `x!`天亮了！走吧。`y!` 好。"
    spans = find_blocks(make_document("t", text, name="t.md"))[-1].spans
    rest = cut(spans, text.index("天"), len(text))
    assert [read(text, part) for part in split(text, rest, "zh")] == ["天亮了！", "走吧。", "y! 好。"]

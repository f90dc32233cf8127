"""Titles and headings: which short lines are headings in the records, and which are lines of the text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duizhao.records.pipeline import clean_document
from duizhao.sources.html import read_html
from duizhao.text import find_blocks, find_lines, read
from duizhao.text.document import make_document
from growth import growth

BEFORE = "我们先来看看项目的结构，弄清楚每个目录是做什么的，再决定从哪里改起。"
AFTER = "这样一来，照片的名字里就有了日期，找起来方便得多，也不会再有两张同名的照片。"


def roles(text: str, name: str = "t.md", language: str = "zh") -> dict[str, str]:
    """The role of each sentence."""
    side = clean_document(make_document("t", text, language, name))
    return {sentence.text: sentence.role for sentence in side.sentences}


def role(line: str, name: str = "t.txt") -> str:
    """The role of a line between two paragraphs of a text with a title, without marked headings."""
    document = make_document("t", f"照片的名字\n\n{BEFORE}\n\n{line}\n\n{AFTER}\n", name=name)
    (found,) = {s.role for s in clean_document(document).sentences if s.paragraph == 2}
    return found


@pytest.mark.parametrize("title", ["", "# 照片的名字\n\n", "---\ntitle: 照片的名字\n---\n\n"])
def test_an_unmarked_line_is_no_heading_where_headings_are_marked(title: str) -> None:
    text = (
        f"{title}## 准备工作\n\n{BEFORE}\n\n我想做一个小工具，第一步主要是解决照片的命名问题\n\n"
        f"接下来点击运行，可以看到效果\n\n点击运行\n\n## 小结\n\n{AFTER}\n"
    )
    found = roles(text)
    assert found["我想做一个小工具，第一步主要是解决照片的命名问题"] == "body"
    assert found["接下来点击运行，可以看到效果"] == found["点击运行"] == "body"
    assert found["小结"] == "heading"


@pytest.mark.parametrize(
    "line",
    [
        "**运行的效果**",
        "__运行的效果__",
        "一、运行的效果",
        "第三章 运行的效果",
        "运行的效果\n---",
    ],
)
def test_a_line_with_another_mark_is_a_heading_where_headings_are_marked(line: str) -> None:
    text = f"# 照片的名字\n\n## 准备工作\n\n{BEFORE}\n\n{line}\n\n{AFTER}\n\n## 小结\n\n{AFTER}\n"
    assert list(roles(text).values()).count("heading") == 3


@pytest.mark.parametrize("line", ["**运行**的**效果**", "一，先把相机里的照片拷出来，再改名字"])
def test_a_line_that_is_not_marked_as_a_whole_is_none(line: str) -> None:
    text = f"# 照片的名字\n\n## 准备工作\n\n{BEFORE}\n\n{line}\n\n{AFTER}\n\n## 小结\n\n{AFTER}\n"
    assert list(roles(text).values()).count("heading") == 2


@pytest.mark.parametrize(
    "title",
    [
        "# 照片的名字\n\n",
        "---\ntitle: 照片\n---\n\n# 照片的名字\n\n",
        "### [返回](README.md)\n\n# 照片的名字\n\n",
        "",
    ],
)
def test_a_title_alone_does_not_mark_the_headings(title: str) -> None:
    text = f"{title or '照片的名字'}\n\n{BEFORE}\n\n运行的效果\n\n{AFTER}\n\n小结\n\n{AFTER}\n"
    found = roles(text)
    assert found["运行的效果"] == found["小结"] == "heading"


def test_a_page_marks_its_headings_by_tags_and_bold_lines_of_it_may_be_headings() -> None:
    page = (
        "<html><head><title>照片的名字</title></head><body><article><h1>照片的名字</h1><p>{0}</p>{1}"
        "<p>点击运行</p><p>{0}</p><p><b>其他的办法</b></p><p>{0}</p></article></body></html>"
    )
    for heading, expected in (("<h2>准备工作</h2>", "body"), ("", "heading")):
        raw = page.format(BEFORE + AFTER, heading)
        blocks, facts = read_html(raw)
        document = replace(make_document("t", raw), blocks=blocks, extraction="article", facts=facts)
        found = {s.text: s.role for s in clean_document(document).sentences}
        assert (found["点击运行"], found["其他的办法"]) == (expected, "heading")


@pytest.mark.parametrize(
    "line",
    [
        "嗡——",
        "就在他几乎要放弃的那一刻——",
        "李四笑道：「你去有什么用？」",
        "她问：“你去吗？”",
        "他说：“好……”",
        "他說：「走吧！」",
        "【本章完。】",
        "我想做一个小工具，第一步主要是解决照片的命名问题",
        "collapsed:: true",
        "12:30",
    ],
)
def test_a_line_that_ends_a_sentence_or_is_one_is_no_heading(line: str) -> None:
    assert role(line) == "body"


@pytest.mark.parametrize(
    "line",
    [
        "运行的效果",
        "老街，新店",
        "什么是“内卷”",
        "—— 闲聊时刻 ——",
        "迷雾重重：传言纷飞 人心涣散",
        "第三章 归途",
        "照片（上）",
        "11月17号下午两点：",
    ],
)
def test_a_short_line_between_paragraphs_is_a_heading(line: str) -> None:
    assert role(line) == "heading"


@pytest.mark.parametrize("line", ["[在演练场中尝试一下](https://a.example/b)", "[上篇](/a) | [下篇](/b)"])
def test_links_alone_are_no_heading_and_a_heading_may_have_a_link(line: str) -> None:
    assert role(line, "t.md") == "body"
    assert role("再看[演练场](https://a.example/b)的效果", "t.md") == "heading"


def test_short_lines_in_a_row_are_no_headings_and_two_are() -> None:
    lines = ["雖然下著雨", "排隊的人還是很多", "我覺得很好"]
    text = "照片的名字\n\n{}\n\n{}\n\n{}\n"
    for count, expected in ((3, "body"), (2, "heading")):
        found = roles(text.format(BEFORE, "\n\n".join(lines[:count]), AFTER), "t.txt")
        assert {found[line] for line in lines[:count]} == {expected}


def test_cleaning_sees_the_short_lines_as_before() -> None:
    text = f"# 照片的名字\n\n## 准备工作\n\n{BEFORE}\n\n点击运行\n\n{AFTER}\n"
    document = make_document("t", text, name="t.md")
    blocks = find_blocks(document)
    (line,) = find_lines(document, blocks)
    assert blocks[line].kind == "heading"


@pytest.mark.parametrize(
    "text",
    [
        "i → 进入 Insert 模式\n\nx → 删除当前光标所在的字符\n",
        "嗡——\n\n他从梦里醒来，窗外还是黑的，雨下了一夜也没有停。\n",
        "他说：“就这样……”\n\n他从梦里醒来，窗外还是黑的，雨下了一夜也没有停。\n",
        "问：几点了？\n\n答：三点。你问这个做什么？\n",
        "Q1: 几点了？\n\nA1: 三点。你问这个做什么？\n",
        "https://a.example/b\n\n他从梦里醒来，窗外还是黑的，雨下了一夜也没有停。\n",
    ],
)
def test_a_text_whose_first_line_is_plainly_no_title_has_none(text: str) -> None:
    assert "title" not in {block.kind for block in find_blocks(make_document("t", text, name="t.txt"))}


@pytest.mark.parametrize(
    "line",
    [
        "collapsed:: true",
        "2023年11月18日 星期六",
        "2023-11-18 10:20",
        "二〇二三年十一月十八日",
        "https://a.example/b?c=d",
        "www.a.example",
        "★★★",
    ],
)
def test_a_title_may_stand_below_a_line_that_is_only_a_fact(line: str) -> None:
    text = f"{line}\n\n灯塔的故事\n\n{AFTER}\n"
    document = make_document("t", text, name="t.txt")
    (title,) = [block for block in find_blocks(document) if block.kind == "title"]
    assert text[title.start : title.end] == "灯塔的故事"


@pytest.mark.parametrize(
    "title",
    [
        "从 A → B 的迁移",
        "他说：“我不会走！”",
        "谁动了我的奶酪？",
        "2023年",
        "A: 一封信",
        "std::move 的用法",
        "九月十八日的雨夜",
    ],
)
def test_a_first_line_that_may_be_a_title_is_one(title: str) -> None:
    text = f"{title}\n\n{AFTER}\n"
    first = find_blocks(make_document("t", text, name="t.txt"))[0]
    assert (first.kind, text[first.start : first.end]) == ("title", title)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("### [返回](README.md)\n---\n\n## 灯塔的故事\n\n", "灯塔的故事"),
        ("[返回](README.md) | [上一篇](1.md)\n\n# 灯塔的故事\n\n", "灯塔的故事"),
        ("# [灯塔的故事](https://a.example/b)\n\n## 一场雨\n\n", "灯塔的故事"),
        ("## [灯塔的故事](https://a.example/b)\n\n## 一场雨\n\n", "灯塔的故事"),
        ("### 返回灯塔\n\n## 一场雨\n\n", "返回灯塔"),
        ("[灯塔的故事](https://a.example/b)\n\n", "灯塔的故事"),
    ],
)
def test_a_link_above_the_title_is_passed_over_and_a_title_may_be_a_link(text: str, title: str) -> None:
    document = make_document("t", f"{text}{BEFORE}\n\n{AFTER}\n", name="t.md")
    found = [read(document.text, b.spans) for b in find_blocks(document) if b.kind == "title"]
    assert found == [title]


@pytest.mark.parametrize(
    "unit", ["短行\n\n", "[短行](a)\n\n", "## 题\n\n短行\n\n", "x → y\n\n", "短行：“好……”\n\n"]
)
def test_work_on_headings_grows_with_the_length_of_a_text(unit: str) -> None:
    def work(size: int) -> None:
        document = make_document("t", "# 题\n\n文。\n\n" + unit * (size // len(unit)), name="t.md")
        find_lines(document, find_blocks(document))

    assert growth(work, 5_000, 50_000) <= 14


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("###程序二：说明", "程序二：说明"),
        ('<h4 id="3.9">怎样设置</h4>', "怎样设置"),
        ("4.2 操作流程", "4.2 操作流程"),
        ("1.2.3、操作流程", "1.2.3、操作流程"),
    ],
)
def test_tight_marks_tags_and_numbers_with_points_mark_a_heading_too(line: str, text: str) -> None:
    raw = f"# 题目\n\n## 第一节\n\n{BEFORE}\n\n{line}\n\n{AFTER}\n"
    assert roles(raw)[text] == "heading"


@pytest.mark.parametrize("line", ['=== "春天"', '!!! note "春天"'])
def test_the_title_of_a_box_or_of_a_tab_is_a_heading_where_headings_are_marked(line: str) -> None:
    raw = f"# 题目\n\n## 第一节\n\n{BEFORE}\n\n{line}\n\n    {AFTER}\n\n{BEFORE[:-1]}，{AFTER}\n"
    assert roles(raw)["春天"] == "heading"

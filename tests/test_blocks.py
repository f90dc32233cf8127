from __future__ import annotations

from pathlib import Path

import pytest

from duizhao.text import Block, find_blocks
from duizhao.text.document import make_document
from duizhao.text.spans import cut, positions, read, trim

RAW = Path(__file__).parents[1] / "raw"


def blocks_of(text: str, name: str = "text.md") -> list[tuple[str, str]]:
    document = make_document("text", text, name=name)
    return [(block.kind, read(text, block.spans)) for block in find_blocks(document)]


def paragraphs(text: str) -> list[str]:
    return [text for kind, text in blocks_of("# 标题\n\n" + text)[1:] if kind != "image"]


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("这是一个很长很长的句子，它在写到一半的地方就被转换器硬生生地断\n开了，读者不应当看到。", "这是一个很长很长的句子，它在写到一半的地方就被转换器硬生生地断开了，读者不应当看到。"),
        ("疲惫不堪的创始人在经历了漫长的一周之后终于见到了老朋友 Sam\nAltman，两人谈了很久。", "疲惫不堪的创始人在经历了漫长的一周之后终于见到了老朋友 Sam Altman，两人谈了很久。"),
        ("这家公司在经历了漫长的一周之后终于宣布，它在过去的一年里投入了 11\n月份的全部收入。", "这家公司在经历了漫长的一周之后终于宣布，它在过去的一年里投入了 11 月份的全部收入。"),
    ],
)  # fmt: skip
def test_hard_wrapped_lines_are_joined_without_a_space_between_han_and_with_one_next_to_latin(
    raw: str, read_as: str
) -> None:
    assert paragraphs(raw) == [read_as]


def test_lines_that_are_whole_paragraphs_stay_apart() -> None:
    assert paragraphs("第一段到这里就说完了。\n第二段是另外一件事。\n第三段也是。") == [
        "第一段到这里就说完了。",
        "第二段是另外一件事。",
        "第三段也是。",
    ]


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [
        ("**全部**加粗", "全部加粗"),
        ("******问题**** 2：**谁来****？", "问题 2：谁来？"),
        ("没有闭合的**，强调", "没有闭合的，强调"),
        ("这是**晚宴** 。就是", "这是晚宴。就是"),
        ("关于模型**Q** * 的突破**", "关于模型Q* 的突破"),
        ("关于模型Q* 的突破。", "关于模型Q* 的突破。"),
        ("_**原文如下：**_", "原文如下："),
        ("变量 snake_case_name 不变", "变量 snake_case_name 不变"),
        ("见[首页](https://example.org/a_(b))。", "见首页。"),
        ("写作\\*星号\\*。", "写作*星号*。"),
    ],
)
def test_markdown_marks_are_markup_whether_or_not_they_close(raw: str, read_as: str) -> None:
    assert paragraphs(raw) == [read_as]


def test_stars_that_blot_out_a_word_stay_as_received() -> None:
    assert paragraphs("他接受了一场中国**的采访。") == ["他接受了一场中国**的采访。"]
    assert blocks_of("标题\n\n他向**透露，又在中国**采访。", "text.txt")[1] == (
        "paragraph",
        "他向**透露，又在中国**采访。",
    )


def test_images_rules_and_lone_marks_are_no_text() -> None:
    assert blocks_of("# 题\n\n![](https://e.org/a.png)\n\n* * *\n\n**  \n**\n\n正文。") == [
        ("title", "题"),
        ("image", ""),
        ("paragraph", "正文。"),
    ]


def test_interview_labels_become_speakers_and_leave_the_text() -> None:
    text = "# 题\n\n**记者：** 你好吗？\n\n****Sam Altman:****\n我很好，谢谢你问起这一件小小的事情，我这几天来一直都在\n想着它。\n"
    turns = [block for block in find_blocks(make_document("t", text, name="t.md")) if block.speaker]
    assert [(turn.speaker, turn.asks, read(text, turn.spans)) for turn in turns] == [
        ("记者", True, "你好吗？"),
        ("Sam Altman", False, "我很好，谢谢你问起这一件小小的事情，我这几天来一直都在想着它。"),
    ]


def test_a_byline_is_no_turn_where_turns_are_emphasised() -> None:
    text = "# 题\n\n记者：张三，2023年11月29日 事情是这样的。\n\n**记者：** 你好吗？\n\n**李四：** 好。\n"
    assert [block.speaker for block in find_blocks(make_document("t", text, name="t.md"))] == [
        None,
        None,
        "记者",
        "李四",
    ]


def test_plain_labels_that_come_back_are_turns_and_single_ones_are_not() -> None:
    turns = "题\n\n问：几点了？\n\n答：三点。\n\n问：晚了吗？\n\n答：不晚。\n"
    assert [block.speaker for block in find_blocks(make_document("t", turns))][1:] == ["问", "答", "问", "答"]
    single = "题\n\n人物介绍：他生于上海。\n\n时间：昨天下午。\n"
    assert [block.speaker for block in find_blocks(make_document("t", single))] == [None, None, None]


def test_a_title_that_stands_only_in_front_matter_is_text_and_the_other_keys_are_not() -> None:
    text = "---\ntitle: 从头到尾\ndate: 2023-11-24\n---\n第一段。\n第二段。\n"
    assert blocks_of(text) == [
        ("title", "从头到尾"),
        ("front_matter", "2023-11-24"),
        ("paragraph", "第一段。"),
        ("paragraph", "第二段。"),
    ]


def test_short_lines_without_a_stop_are_headings() -> None:
    assert blocks_of("题目在此\n\n正文第一段。\n\n迷雾重重：传言纷飞 人心涣散\n正文第二段。\n", "t.txt")[
        2
    ] == (
        "heading",
        "迷雾重重：传言纷飞 人心涣散",
    )


@pytest.mark.parametrize(
    "path", sorted(RAW.glob("*/*.*")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_blocks_of_our_articles_neither_overlap_nor_leave_letters_between_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = find_blocks(make_document(path.stem, text, path.parent.name, path.name))
    end = 0
    for block in found:
        assert block.start >= end
        assert not any(map(str.isalnum, text[end : block.start])), text[end : block.start]
        assert all(block.start <= a < b <= block.end for a, b in block.spans)
        end = block.end
    assert not any(map(str.isalnum, text[end:]))


def test_marks_are_read_alike_whatever_ends_the_file() -> None:
    for end in ("", "\\"):
        assert (
            blocks_of(f"*斜体*的一句话，说完了。\n\n第二段。{end}", "t.md")[0][1] == "斜体的一句话，说完了。"
        )


def test_marks_in_an_address_are_no_emphasis() -> None:
    text = "# 题\n\n见[*某页*](https://a.example/b*c_d)，还有[另页](https://a.example/*)。\n\n**整行粗体。**"
    assert [block[1] for block in blocks_of(text, "t.md")] == ["题", "见某页，还有另页。", "整行粗体。"]


def test_code_between_fences_is_kept_line_by_line_as_it_stands() -> None:
    text = "# 题\n\n先看代码：\n\n```python\n# 注释 *不是* 标题\nfor a in b:\n\n    print(a)\n```\n\n说完了。"
    assert blocks_of(text, "t.md") == [
        ("title", "题"), ("paragraph", "先看代码："),
        ("code", "# 注释 *不是* 标题"), ("code", "for a in b:"), ("code", "print(a)"), ("paragraph", "说完了。"),
    ]  # fmt: skip


def test_fence_that_nothing_closes_or_that_wraps_the_text_makes_no_code() -> None:
    prose = "院子里的柿子还没有红透，祖母已经把竹竿找了出来。"
    for text in (f"# 题\n\n```\n\n{prose}", f"```\n题\n\n{prose}\n```"):
        assert ("paragraph", prose) in blocks_of(text, "t.md")


def test_embedded_files_are_images_and_comments_of_html_are_no_text() -> None:
    text = "# 题\n\n![[图一.png]]\n\n**![[图二.png|300]]**\n\n<!--\n来源：某处\n-->\n\n正文<!-- 注 -->在此。\n\n<style>\np { color: red }\n</style>"
    assert blocks_of(text, "t.md") == [
        ("title", "题"), ("image", ""), ("image", ""), ("front_matter", ""), ("paragraph", "正文在此。"), ("front_matter", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "# 题\n\n```html\n<!-- 注 -->\n<p>a</p>\n```\n\n完了。",
        "# 题\n\n<!--\n```\nx\n```\n-->\n\n正文在此。",
        "第一行\n<!-- meta\ndate: 2026-07-02\n-->\n\n正文在此。",
    ],
    ids=["comment-in-code", "code-in-comment", "header-in-comment"],
)
def test_code_comments_and_headers_never_overlap(text: str) -> None:
    end = 0
    for block in find_blocks(make_document("t", text, "zh", "t.md")):
        assert block.start >= end
        end = block.end


def test_links_with_a_title_are_links() -> None:
    text = '# 题\n\n见[某页](https://a.example/b "某页的题目")。\n\n- [另一页](https://a.example/c "另一页")'
    assert [text for _, text in blocks_of(text, "t.md")] == ["题", "见某页。", "另一页"]


def test_paragraphs_of_html_are_blocks_and_its_tags_are_no_text() -> None:
    text = (
        "# 题\n\n<div>\n<blockquote>\n <p>第一段，<strong>粗</strong>的&nbsp;字。</p> \n <p>第二段。</p><p>&nbsp;</p>\n</blockquote>\n"
        '<p><img src="a.png"><br>图中的字<br>第三段，<a href="https://a.example/b">链接</a>。</p>\n</div>'
    )
    texts = ["题", "第一段，粗的字。", "第二段。", "", "图中的字", "第三段，链接。"]
    assert [text for _, text in blocks_of(text, "t.txt")] == texts


def test_white_space_of_html_is_no_text_in_a_bold_line_either() -> None:
    assert blocks_of("# 题\n\n**第&nbsp;一行。**\n\n第&nbsp;二行。", "t.md")[1:] == [
        ("paragraph", "第一行。"),
        ("paragraph", "第二行。"),
    ]


def test_text_that_speaks_of_tags_is_not_parted_at_them() -> None:
    text = "# 题\n\n先写 `</div>`，再写别的。\n第二行是另一段。\n第三行也是。"
    assert [kind for kind, _ in blocks_of(text, "t.md")] == ["title", "paragraph", "paragraph", "paragraph"]


def test_link_that_a_converter_broke_over_lines_leaves_only_what_it_says() -> None:
    text = "# 题\n\n[\n\n![图](https://a.example/a.png)\n\n](https://a.example/b)\n\n正文在此，很短。\n\n另一篇的题目](https://a.example/c)"
    assert blocks_of(text, "t.md") == [
        ("title", "题"), ("image", ""), ("paragraph", "正文在此，很短。"), ("heading", "另一篇的题目"),
    ]  # fmt: skip


def test_front_matter_may_stand_behind_blank_lines_and_hold_lists() -> None:
    found = blocks_of("\n---\ntitle: 题\ntags:\n - 甲\n - 乙\n---\n\n正文。", "t.md")
    assert [kind for kind, _ in found] == [
        "title",
        "front_matter",
        "front_matter",
        "front_matter",
        "paragraph",
    ]


def test_positions_point_at_the_character_that_is_read() -> None:
    raw = "甲乙**丙**\nSam\nAltman"
    spans = [(0, 2), (4, 5), (8, 11), (12, 18)]
    places = positions(raw, spans)
    assert len(places) == len(read(raw, spans)) == 14
    assert [
        raw[place] for place, character in zip(places, read(raw, spans), strict=True) if character != " "
    ] == list("甲乙丙SamAltman")


def test_cut_and_trim_keep_to_the_spans() -> None:
    assert cut([(0, 4), (6, 9)], 2, 7) == ((2, 4), (6, 7))
    assert trim(" 甲 乙 ", [(0, 1), (1, 5)]) == ((1, 4),)
    assert trim("   ", [(0, 3)]) == ()


def test_time_grows_linearly_on_hostile_lines() -> None:
    for character in "*_[(!# -.·：“<\\":
        text = "题\n\n" + character * 20_000 + "\n\n**" + "a" * 10
        assert isinstance(find_blocks(make_document("t", text, name="t.md"))[0], Block)

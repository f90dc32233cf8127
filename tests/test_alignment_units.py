"""Rows of tables and lines of code: what is the same on both sides is paired, and no bead crosses another."""

from __future__ import annotations

import pytest

from duizhao.alignment import Bead
from duizhao.alignment.texts import Text, align_texts, split_text
from duizhao.alignment.units import Unit, in_order, pair_units
from duizhao.annotations import Annotations
from duizhao.records import make_records, validate
from duizhao.text import make_document
from growth import growth

Links = list[tuple[tuple[int, ...], tuple[int, ...]]]


def rows(role: str, *texts: str, start: int = 0) -> list[Unit]:
    return [(start + number, role, text) for number, text in enumerate(texts)]


def links(beads: list[Bead]) -> Links:
    return [(bead.zh, bead.en) for bead in beads]


def pairs(zh: str, en: str) -> list[tuple[str, str]]:
    """The texts of the beads of two Markdown texts. Sentences of one side are joined by a slash."""
    sides = split_text(zh, "zh", "zh.md"), split_text(en, "en", "en.md")
    return [
        (
            " / ".join(sides[0].sentences[k] for k in bead.zh),
            " / ".join(sides[1].sentences[k] for k in bead.en),
        )
        for bead in align_texts(*sides)
    ]


def table(*texts: str) -> str:
    head, *others = texts
    lines = [head, "|".join("-" for _ in head.split("|")), *others]
    return "".join(f"| {line} |\n" for line in lines) + "\n"


def code(*lines: str) -> str:
    return "```\n" + "".join(f"{line}\n" for line in lines) + "```\n\n"


def test_lines_that_read_the_same_pair_where_the_two_sides_differ() -> None:
    zh = [(0, "code", "a"), (1, "code", "b"), (3, "code", "d")]
    en = [(0, "code", "b"), (1, "code", "c"), (3, "code", "d"), (4, "code", "e")]
    prose = [Bead((2,), (2,), 1.0)]
    assert links(pair_units(zh, en, prose)) == [
        ((0,), ()),
        ((1,), (0,)),
        ((), (1,)),
        ((3,), (3,)),
        ((), (4,)),
    ]


def test_beads_stand_in_the_order_of_the_chinese_file_and_english_ones_behind_what_they_follow() -> None:
    beads = [
        Bead((2,), (3,), 1.0),
        Bead((), (0,), 1.0),
        Bead((0,), (1,), 1.0),
        Bead((), (2,), 1.0),
        Bead((1,), (), 1.0),
    ]
    assert links(in_order(beads)) == [((), (0,)), ((0,), (1,)), ((), (2,)), ((1,), ()), ((2,), (3,))]


def test_what_is_paired_as_it_stands_has_the_score_one() -> None:
    lines = rows("code", "a", "b")
    for zh, en in ((lines, lines), (lines, lines[:1]), (lines[:1], lines), (lines, rows("table", "c"))):
        assert {bead.score for bead in pair_units(zh, en)} == {1.0}


def test_a_row_is_not_paired_across_a_bead_of_prose() -> None:
    zh, en = rows("code", "a = 1"), rows("code", "a = 1", start=1)
    prose = [Bead((1,), (0,), 1.0)]
    assert links(in_order([*prose, *pair_units(zh, en, prose)])) == [((0,), ()), ((1,), (0,)), ((), (1,))]
    assert links(pair_units(zh, en, [Bead((1,), (), 1.0), Bead((), (0,), 1.0)])) == [((0,), (1,))]


ZH_SERVER = (
    "# 服务器\n\n下面说明如何配置服务器。\n\n#### Caddy\n\n"
    + code("rewrite {", "    regexp .*", "    to {path} /", "}")
    + "#### 其他\n\n请看文档。\n"
)
EN_SERVER = (
    "# Servers\n\nThis is how a server is configured.\n\n#### Caddy v2\n\n"
    + code("try_files {path} /")
    + "#### Caddy v1\n\n"
    + code("rewrite {", "    regexp .*", "    to {path} /", "}")
    + "#### Others\n\nSee the documentation.\n"
)


def test_no_bead_goes_over_code_or_a_table_on_either_side() -> None:
    texts = split_text(ZH_SERVER, "zh", "t.md"), split_text(EN_SERVER, "en", "t.md")
    for zh, en in (texts, (texts[1], texts[0])):
        beads = align_texts(zh, en)
        for numbers in (number for bead in beads for number in (bead.zh, bead.en)):
            assert numbers == tuple(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    found = pairs(ZH_SERVER, EN_SERVER)
    assert [(zh, en) for zh, en in found if zh == "}" or zh.startswith("re")] == [
        ("rewrite {", "rewrite {"),
        ("regexp .*", "regexp .*"),
        ("}", "}"),
    ]
    assert ("", "try_files {path} /") in found


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        (ZH_SERVER, EN_SERVER),
        (code("a = 1") + "今天下雨了。\n", "It rained today.\n\n" + code("a = 1")),
        ("今天下雨了。\n\n" + table("甲|乙", "a|1"), table("A|B", "a|1") + "It rained today.\n"),
    ],
    ids=["a heading over code", "code before and after", "a table after and before"],
)
def test_rows_are_in_the_order_of_both_files(zh: str, en: str) -> None:
    sides = make_document("a", zh, "zh", "a.md"), make_document("a", en, "en", "b.md")
    found = validate(make_records(*sides, Annotations()))
    assert [finding for finding in found if finding.id == "wrong-order"] == []


ZH_OPTIONS = table("选项|描述", "text|链接的文字", "title|链接的标题")
EN_OPTIONS = table("Option|Description", "text|Text of the link", "title|Title of the link")
EN_MORE = EN_OPTIONS.rstrip("\n") + "\n| class | Class of the link |\n\n"


def test_a_row_that_one_table_has_more_stays_alone_and_the_others_pair() -> None:
    expected = [
        ("参数", "Options"),
        ("选项\t描述", "Option\tDescription"),
        ("text\t链接的文字", "text\tText of the link"),
        ("title\t链接的标题", "title\tTitle of the link"),
        ("", "class\tClass of the link"),
    ]
    assert pairs("# 参数\n\n" + ZH_OPTIONS, "# Options\n\n" + EN_MORE) == expected
    first = EN_OPTIONS.replace("| text|", "| class|Class of the link |\n| text|")
    found = pairs("# 参数\n\n" + ZH_OPTIONS, "# Options\n\n" + first)
    assert found == [*expected[:2], expected[4], *expected[2:4]]


def test_a_table_of_another_size_does_not_part_the_rows_of_one_of_the_same_size() -> None:
    zh = ZH_OPTIONS + "第二个表列出主机。\n\n" + table("名称|值", "路径|一", "主机|二")
    en = EN_OPTIONS + "The second table lists the hosts.\n\n" + table("Name|Value", "Path|one")
    assert pairs(zh, en)[:3] == [
        ("选项\t描述", "Option\tDescription"),
        ("text\t链接的文字", "text\tText of the link"),
        ("title\t链接的标题", "title\tTitle of the link"),
    ]


def test_a_table_without_a_counterpart_stays_alone() -> None:
    zh = "下面是选项。\n\n" + ZH_OPTIONS
    en = (
        "These are the options.\n\n"
        + table("Kind|Size", "small|1", "large|2")
        + "And so on.\n\n"
        + EN_OPTIONS
    )
    assert pairs(zh, en)[-3:] == [
        ("选项\t描述", "Option\tDescription"),
        ("text\t链接的文字", "text\tText of the link"),
        ("title\t链接的标题", "title\tTitle of the link"),
    ]


def test_rows_with_nothing_in_common_pair_by_meaning_one_with_one() -> None:
    zh = table("水果|颜色", "苹果|红色", "香蕉|黄色", "葡萄|紫色")
    en = table("Fruit|Colour", "Apple|red", "Watermelon|green", "Banana|yellow", "Grape|purple")
    assert pairs(zh, en) == [
        ("水果\t颜色", "Fruit\tColour"),
        ("苹果\t红色", "Apple\tred"),
        ("", "Watermelon\tgreen"),
        ("香蕉\t黄色", "Banana\tyellow"),
        ("葡萄\t紫色", "Grape\tpurple"),
    ]


def test_tables_of_the_same_size_pair_in_order() -> None:
    zh = table("店名|价钱", "老赵家|两块五", "老王家|三块")
    en = table("Shop|Price", "Old Zhao|2.5", "Old Wang|3")
    assert links(align_texts(split_text(zh, "zh", "a.md"), split_text(en, "en", "b.md"))) == [
        ((0,), (0,)),
        ((1,), (1,)),
        ((2,), (2,)),
    ]


def test_a_cell_that_many_rows_have_does_not_pair_them() -> None:
    zh = rows("table", "名称\t类型", "甲\tint", "乙\tint", "age\t整数")
    en = rows("table", "Name\tType", "A\tint", "B\tint", "age\tnumber", "C\tint")
    assert links(pair_units(zh, en)) == [
        *(((k,), (k,)) for k in range(4)),
        ((), (4,)),
    ]


def test_a_translated_comment_between_equal_lines_is_paired() -> None:
    zh = rows("code", "open()", "// 获取数据", "fetchData()", "// 打印结果", "print(data)")
    en = rows("code", "start()", "open()", "// Get the data", "fetchData()", "// Print it", "print(data)")
    assert links(pair_units(zh, en)) == [((), (0,)), *(((k,), (k + 1,)) for k in range(5))]


def test_translated_comments_pair_by_their_beginning_where_the_sides_have_other_lines() -> None:
    zh = rows("code", "run()", "# 开始", "x = 1", "# 结束")
    en = rows("code", "run()", "# start", "y = 2", "z = 3", "# end")
    assert links(pair_units(zh, en)) == [
        ((0,), (0,)),
        ((1,), (1,)),
        ((), (2,)),
        ((), (3,)),
        ((2,), ()),
        ((3,), (4,)),
    ]
    more = rows("code", "run()", "# start", "# and go on", "z = 3", "# end")
    assert [bead.kind for bead in pair_units(zh, more)].count("1-1") == 1


@pytest.mark.parametrize(
    ("zh", "en", "is_pair"),
    [
        ("use io::{self, Write};", "{{#include listing}}", False),
        ("https://a.cn/zh/tools", "https://a.com/en/tools", True),
        ("# 开始", "# start", True),
        ("# 开始", "start()", False),
        ("你好", "Hello", True),
        ("{", "}", True),
    ],
)
def test_lines_of_code_at_the_same_place_pair_only_if_they_are_alike(zh: str, en: str, is_pair: bool) -> None:
    found = links(pair_units(rows("code", "run()", zh, "stop()"), rows("code", "run()", en, "stop()")))
    assert (((1,), (1,)) in found) is is_pair


def test_brackets_that_repeat_do_not_draw_lines_from_their_place() -> None:
    zh = rows("code", "if (a) {", "  go()", "}", "if (b) {", "  stop()", "}")
    en = rows("code", "if (a) {", "  go()", "}", "else {", "}", "if (b) {", "  stop()", "}")
    assert links(pair_units(zh, en)) == [
        *(((k,), (k,)) for k in range(3)),
        ((), (3,)),
        ((), (4,)),
        *(((k,), (k + 2,)) for k in range(3, 6)),
    ]


def test_runs_of_another_role_do_not_pair() -> None:
    zh = [*rows("table", "甲\t1"), *rows("code", "x = 1", start=1)]
    en = rows("code", "x = 1")
    assert links(pair_units(zh, en)) == [((0,), ()), ((1,), (0,))]


def alternating(count: int) -> list[Unit]:
    """Tables and code of one row each, which have nothing in common with those of another language."""
    return [(number, ("table", "code")[number % 2], f"{number}") for number in range(count)]


def test_many_tables_without_prose_between_them_are_paired() -> None:
    some = alternating(600)
    assert [bead.kind for bead in pair_units(some, some)] == ["1-1"] * 600
    assert [bead.kind for bead in pair_units(some, some[:-2])] == ["1-1"] * 598 + ["1-0"] * 2


@pytest.mark.parametrize(
    ("role", "zh", "en"),
    [
        ("code", "x = {}", "x = {}"),
        ("code", "}}", "}}"),
        ("code", "// 数{}", "// number {}"),
        ("table", "k\t数{}", "k\tnumber {}"),
        ("", "数{}", "number {}"),
    ],
    ids=["equal lines", "one line again and again", "comments", "rows", "runs of one row"],
)
def test_rows_are_paired_in_linear_time(role: str, zh: str, en: str) -> None:
    def sides(count: int) -> tuple[list[Unit], list[Unit]]:
        roles = [role or ("table", "code")[number % 2] for number in range(count)]
        left = [(number, role, zh.format(number)) for number, role in enumerate(roles)]
        right = [(number, role, en.format(number + 3)) for number, role in enumerate(roles)]
        return left, right if role == "table" else right[:-3]

    assert growth(lambda both: pair_units(*both), sides(500), sides(5000)) <= 15


def test_a_heading_is_not_joined_with_the_text_under_it() -> None:
    assert pairs("生成链接。\n\n它很快。\n", "# Links\n\nMakes links.\n\nIt is fast.\n") == [
        ("", "Links"),
        ("生成链接。", "Makes links."),
        ("它很快。", "It is fast."),
    ]


ZH_DELIVERY = "# 持续交付\n\n持续交付让团队能够频繁发布软件。\n\n它还能减少发布时的错误，提高系统的稳定性。\n"
EN_DELIVERY = (
    "# Continuous delivery\n\nContinuous delivery lets teams release software often.\n\n"
    "It also reduces errors at a release and makes the system more stable.\n\n"
    "## Related terms\n\n* Continuous integration\n* Continuous deployment\n"
)


def test_a_heading_and_a_list_without_counterpart_are_not_joined_with_a_sentence() -> None:
    assert pairs(ZH_DELIVERY, EN_DELIVERY)[2:] == [
        (
            "它还能减少发布时的错误，提高系统的稳定性。",
            "It also reduces errors at a release and makes the system more stable.",
        ),
        ("", "Related terms"),
        ("", "Continuous integration"),
        ("", "Continuous deployment"),
    ]


def test_a_sentence_pairs_with_the_sentence_and_the_list_that_it_is_in_english() -> None:
    zh = "# 角色\n\n词汇表有两种审批者：英语词汇表的审批者和本地化团队的审批者。\n\n两者都很重要。\n"
    en = (
        "# Roles\n\nThe glossary has two kinds of approvers:\n\n- approvers of the English glossary and\n"
        "- approvers of the localization teams.\n\nBoth are important.\n"
    )
    assert [
        len(bead.en) for bead in align_texts(split_text(zh, "zh", "a.md"), split_text(en, "en", "b.md"))
    ] == [1, 3, 1]


def test_sentences_of_one_paragraph_are_joined_as_before() -> None:
    zh = Text(("面包店今天开门，店里有四张桌子。", "明天不营业。"), (0, 0), kinds=("body", "body"))
    en = Text(
        ("The bakery opens today.", "It has four tables.", "Tomorrow it is closed."),
        (0, 0, 0),
        kinds=("body",) * 3,
    )
    assert links(align_texts(zh, en)) == [((0,), (0, 1)), ((1,), (2,))]

"""Cleaning: on texts written for these tests, on the five raw articles, and on hostile input."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from duizhao.cleaning.chain import Model, load_model, marginals
from duizhao.cleaning.form import PROSE, Piece, is_prose
from duizhao.cleaning.lexicon import add_cues, find_cues, head, load_cues, read_cues
from duizhao.cleaning.place import _teasers, _zones, place
from duizhao.cleaning.reasons import _own
from duizhao.cleaning.recurrence import count_paragraphs
from duizhao.cleaning.safety import MOST, count_characters, is_much, spare, spare_parts
from duizhao.cleaning.verdicts import (
    CATEGORIES,
    PRESETS,
    SPARED,
    Verdict,
    clean,
    explain,
    gather,
    judge,
    kept,
)
from duizhao.errors import DuizhaoError
from duizhao.text.block import Block
from duizhao.text.blocks import find_blocks
from duizhao.text.document import Document, make_document
from duizhao.text.spans import runs

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
RAW = HERE.parent / "raw" / "zh"
GOLD = sorted((HERE / "gold" / "cleaning").glob("*.toml"))
WRITTEN = sorted((HERE / "written").glob("*.txt"))
STATES = ("keep", "drop", "tail")
Odds = tuple[float, float, float]
BODY = "那一年的秋天来得很早，院子里的柿子还没有红透，祖母已经把竹竿找了出来，靠在墙边，等着一个晴天。"
MORE = "后来我在很远的城市里买过柿子，装在塑料盒里，一个一个贴着标签，红得整整齐齐，咬下去却没有声音，也没有秋天，更没有那根竹竿。"


def marked(path: Path) -> tuple[str, list[bool]]:
    """Text of a written article and whether each line is to be dropped; such lines begin with
    ``~category~``.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    plain = [re.sub(r"^~[a-z_]+~", "", line) for line in lines]
    return "\n".join(plain), [line.startswith("~") for line in lines]


def verdicts(text: str, **options: Any) -> tuple[Document, list[Verdict]]:
    document = make_document("text", text)
    return document, judge(document, find_blocks(document), **options)


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_raw_articles_lose_nothing_and_keep_no_boilerplate(path: Path) -> None:
    gold = tomllib.loads(path.read_text(encoding="utf-8"))
    text = (RAW / f"{path.stem}.txt").read_text(encoding="utf-8")
    document, found = verdicts(text)
    texts = [" ".join(part.split()) for part in kept(document, found)]
    output = "\n".join(texts)
    assert [snippet for snippet in gold["must_keep"] if snippet not in output] == []
    assert [snippet for snippet in gold["must_drop"] if snippet in output] == []
    assert gold["kept_at_least"] <= sum(len("".join(part.split())) for part in texts) <= gold["kept_at_most"]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_written_articles_lose_nothing(path: Path) -> None:
    text, dropped = marked(path)
    _, found = verdicts(text)
    lost = [
        lines
        for verdict in found
        if verdict.label == "drop" and verdict.block.spans
        for lines in [text[verdict.block.start : verdict.block.end]]
        if not dropped[text.count("\n", 0, verdict.block.start)]
    ]
    assert lost == []


@pytest.mark.parametrize(("preset", "least"), [("careful", 0.93), ("balanced", 0.97)])
def test_written_articles_are_clean_of_most_boilerplate(preset: str, least: float) -> None:
    size = gone = 0
    for path in WRITTEN:
        text, dropped = marked(path)
        for verdict in verdicts(text, threshold=PRESETS[preset])[1]:
            if dropped[text.count("\n", 0, verdict.block.start)]:
                length = sum(end - start for start, end in verdict.block.spans)
                size, gone = size + length, gone + length * (verdict.label == "drop")
    assert gone / size >= least


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_clean_text_stays_whole(path: Path) -> None:
    text, dropped = marked(path)
    own = "\n".join(line for line, drop in zip(text.split("\n"), dropped, strict=True) if not drop)
    _, found = verdicts(own)
    assert [
        own[v.block.start : v.block.end]
        for v in found
        if v.label == "drop" and v.block.kind not in ("image", "front_matter")
    ] == []


def test_verdicts_cover_all_blocks_in_order() -> None:
    for path in [*WRITTEN, *RAW.glob("*.txt")]:
        text = marked(path)[0]
        document = make_document(path.stem, text)
        blocks = find_blocks(document)
        found = judge(document, blocks)
        spans = [span for verdict in found for span in verdict.block.spans]
        assert spans == sorted(spans)
        letters = [at for span in spans for at in range(*span) if not text[at].isspace()]
        assert letters == [
            at for block in blocks for span in block.spans for at in range(*span) if not text[at].isspace()
        ]
        assert all(
            verdict.category in CATEGORIES and verdict.reason for verdict in found if verdict.label == "drop"
        )


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("点击上方蓝字关注我们", "follow_call"),
        ("長按識別二維碼，加入我們", "follow_call"),
        ("觉得有用就点个赞再走吧", "share_call"),
        ("延伸閱讀：", "related"),
        ("参考文献", "references"),
        ("責任編輯：王小明", "editor_credit"),
        ("本文不构成投资建议，投资需谨慎，据此操作风险自担。", "disclaimer"),
        ("阅读原文", "source_link"),
        ("责任编辑:王小明", "editor_credit"),
        ("(完)", "artefact"),
        ("〔記者柳下／臺南報導〕", "editor_credit"),
        ("電子郵件地址不會公開。 必填欄位標示為 *", "comment"),
    ],
)
def test_line_behind_the_text_is_dropped_with_its_category(line: str, category: str) -> None:
    _, found = verdicts(f"秋天的柿子\n\n{BODY}\n\n{MORE}\n\n{line}")
    assert (found[-1].label, found[-1].category) == ("drop", category)


@pytest.mark.parametrize(
    ("head", "category"),
    [
        (["记者：柳下", "编辑：石榴", "摄影：白露"], "editor_credit"),
        (["记者：柳下", "标签：秋天、柿子", "原文链接：https://a.example/persimmon"], "front_matter"),
        (["晨光副刊 2024-10-02 08:30 阅读 120"], "front_matter"),
    ],
)
def test_lines_above_the_text_are_credits_or_facts(head: list[str], category: str) -> None:
    lines = "\n\n".join(head)
    _, found = verdicts(f"秋天的柿子\n\n{lines}\n\n{BODY}\n\n{MORE}")
    assert [verdict.category for verdict in found] == [None, *[category] * len(head), None, None]


def test_long_address_behind_the_text_is_no_citation() -> None:
    address = "原文链接：https://a.example/2024/10/02/a-very-long-name-of-a-page-about-persimmons.html"
    _, found = verdicts(f"秋天的柿子\n\n{BODY}\n\n{MORE}\n\n{address}\n\n更多内容无限分享")
    assert [verdict.category for verdict in found[-2:]] == ["source_link", "share_call"]


def test_byline_at_the_head_of_a_paragraph_is_cut_off() -> None:
    document, found = verdicts(f"秋天的柿子\n\n记者：周小满，2021年10月8日 {BODY}\n\n{MORE}")
    assert [verdict.category for verdict in found] == [None, "editor_credit", None, None]
    assert kept(document, found)[1] == BODY


def test_share_call_at_the_end_of_a_paragraph_is_cut_off() -> None:
    document, found = verdicts(f"秋天的柿子\n\n{BODY}\n\n{MORE}喜欢这篇文章的话，记得点赞转发哦！")
    assert found[-1].category == "share_call"
    assert kept(document, found)[-1] == MORE


def test_stray_mark_at_the_head_of_a_paragraph_is_an_artefact() -> None:
    _, found = verdicts(f"秋天的柿子\n\n*。{BODY}\n\n{MORE}")
    assert [verdict.category for verdict in found] == [None, "artefact", None, None]


def test_author_may_speak_of_sharing() -> None:
    text = f"一次走红\n\n{BODY}\n\n视频发出去以后，点赞的人很多，转发的人也很多，真正动手做的一个也没有。\n\n我没有关注过这些数字。\n\n{MORE}"
    assert clean(text).count("点赞") == 1


@pytest.mark.parametrize(
    "line",
    [
        "那年冬天，他在报上看到一则招聘启事，第二天就坐船走了。",
        "母亲不会扫码，菜钱总是装在手绢里，一张一张数给人家。",
        "我把订阅的杂志一本一本退掉，只留下讲柿子的那一种。",
        "广告里的柿子总是很红，我们家的从来不是那样。",
        "收到这封信的时候，树已经不在了。",
        "值班主任问我等谁，我说等一个拿竹竿的人。",
        "你在网上分享过的那些照片，我都存着，没有点赞。",
        "编辑部在三楼，窗外就是那棵树，我去过一次。",
        "图片无法显示的地方，我就自己画一个柿子上去。",
        "取消关注也好，忘记也好，秋天还是会来的。",
    ],
)
@pytest.mark.parametrize("behind", [False, True], ids=["inside", "last"])
def test_author_may_use_the_words_of_boilerplate(line: str, behind: bool) -> None:
    text = "\n\n".join(["秋天的柿子", BODY, *([MORE, line] if behind else [line, MORE])])
    assert clean(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "他的车上贴着一张二维码，上面写着“扫码关注，领取优惠”，他说那是儿子替他做的，从来没有人扫过。",
        "店员对我说，扫码关注就能打九折，我说我没有带手机。",
        "他在每篇文章的末尾都要写「欢迎关注我的公众号」，读者早就看腻了，可是他说不写就没有人来。",
        "如今走进任何一家小店，服务员的第一句话都是“扫码关注一下”，好像没有公众号就不能吃饭。",
    ],
)
def test_sentence_that_quotes_a_call_to_follow_is_the_authors_even_at_the_end(line: str) -> None:
    text = "\n\n".join(["秋天的柿子", BODY, MORE, line])
    assert clean(text) == text
    assert "他说" not in clean(
        "\n\n".join(["秋天的柿子", BODY, MORE, "扫码关注我们的公众号，听他说柿子的故事。"])
    )


def test_title_that_stands_only_in_a_header_is_kept() -> None:
    assert clean(f"---\ntitle: 秋天的柿子\ndate: 2020-01-01\n---\n{BODY}\n\n{MORE}").startswith(
        "秋天的柿子\n\n"
    )


def test_title_printed_twice_is_kept_once() -> None:
    assert clean(f"---\ntitle: 秋天的柿子\n---\n# 秋天的柿子\n\n{BODY}").count("秋天的柿子") == 1


def test_nothing_but_boilerplate_gives_nothing() -> None:
    assert (
        clean("点击上方蓝字关注我们\n\n长按识别二维码\n\n欢迎转发到朋友圈\n\n版权所有，未经授权不得转载")
        == ""
    )


def test_threshold_moves_the_trade() -> None:
    text = (HERE / "written" / "wechat-list.txt").read_text(encoding="utf-8").replace("~", "")
    counts = [
        sum(verdict.label == "drop" for verdict in verdicts(text, threshold=value)[1])
        for value in (0.3, 0.7, 0.98)
    ]
    assert counts[0] >= counts[1] >= counts[2]


@pytest.mark.parametrize("value", [-1.0, 0.0, 1.0, 7.0])
def test_threshold_out_of_range_says_what_is_allowed(value: float) -> None:
    with pytest.raises(DuizhaoError, match="allowed: above 0 and below 1"):
        verdicts(BODY, threshold=value)


def test_unknown_category_in_cues_lists_the_known() -> None:
    with pytest.raises(DuizhaoError, match=r"unknown category 'spam'; allowed: .*follow_call"):
        read_cues('[spam]\ncertain = ["买它买它"]')


def test_cues_stand_in_both_scripts() -> None:
    lexicon = load_cues()
    written = ["延伸阅读", "延伸閱讀", "责任编辑", "責任編輯", "免责声明", "免責聲明"]
    assert all(hits and hits[0].start == 0 for hits in find_cues(written, lexicon))
    assert [
        [hit.category for hit in hits] for hits in find_cues(["責任編輯：某人", "某人", "全文完"], lexicon)
    ] == [
        ["editor_credit"],
        [],
        ["artefact"],
    ]


def test_prose_without_full_stops_is_the_authors_style() -> None:
    lines = [
        f"到了第{number}个秋天 院子里的柿子还没有红透，祖母把竹竿靠在墙边 等着一个晴天，好把最高处的几个留给过冬的鸟 也留给从远处回来的人"
        for number in "一二三四五六七八"
    ]
    text = "\n\n".join(["秋天的柿子", *lines])
    assert clean(text) == text


def test_list_of_titled_links_behind_the_text_is_dropped() -> None:
    links = "\n".join(
        f'- [第{number}个秋天的另一个故事](https://a.example/{number} "第{number}个秋天的另一个故事")'
        for number in "一二三四五六"
    )
    text = f"# 秋天的柿子\n\n{BODY}\n\n{MORE}\n\n### 专题\n\n{links}"
    assert "另一个故事" not in clean(text, threshold=PRESETS["balanced"])


def test_list_items_are_printed_with_their_mark_and_without_other_marks() -> None:
    items = (
        "- **竹竿**，靠在墙边。\n- [柿子](https://a.example/persimmon)，还没有红透。\n* `梯子`，借给了邻居。"
    )
    printed = ["- 竹竿，靠在墙边。", "- 柿子，还没有红透。", "* 梯子，借给了邻居。"]
    assert clean(f"# 秋天的柿子\n\n{BODY}\n\n{items}\n\n{MORE}").split("\n\n")[2:5] == printed


def test_list_items_in_a_quotation_are_printed_without_the_marks_of_the_quotation() -> None:
    items = "> - 竹竿，靠在墙边。\n>> * 柿子，还没有红透。\n> 1. 梯子，借给了邻居。\n\n- > 祖母，坐在门口。\n- <b>屋顶</b>，漏了三年。"
    printed = [
        "- 竹竿，靠在墙边。",
        "* 柿子，还没有红透。",
        "1. 梯子，借给了邻居。",
        "- 祖母，坐在门口。",
        "- 屋顶，漏了三年。",
    ]
    assert clean(f"# 秋天的柿子\n\n{BODY}\n\n{items}\n\n{MORE}").split("\n\n")[2:7] == printed


def test_first_line_that_speaks_without_a_full_stop_is_kept() -> None:
    first = "最近在老家修屋顶，需要用到竹竿，找的时候想起了祖母，于是写下这些"
    assert first in clean(f"秋天的柿子\n\n版权声明：本文为博主原创文章\n\n{first}\n\n{BODY}\n\n{MORE}")


def test_commands_and_short_steps_after_the_last_prose_are_kept() -> None:
    steps = [f"第{number}步，把竹竿靠在墙边" for number in "一二三四五六"]
    command = "ln -s /Volumes/orchard/persimmon/2019/backup ~/Library/Application/persimmon/backup"
    text = "\n\n".join(["怎样存柿子", BODY + MORE, command, *steps, "做完这些就可以了，等它自己变软。"])
    assert clean(text) == text


def test_label_that_stands_with_every_part_is_dropped() -> None:
    parts = [f"{BODY}这是第{number}件。\n\n原始地址\n\n© 晨光副刊" for number in range(8)]
    _, found = verdicts("秋天的柿子\n\n" + "\n\n".join(parts))
    assert sum(verdict.label == "drop" for verdict in found) >= 7
    assert all(
        "recurs" not in (verdict.reason or "") and verdict.label == "keep"
        for verdict in found
        if verdict.block.end - verdict.block.start > 40
    )


def test_line_that_is_a_label_and_a_link_is_dropped_however_the_link_reads() -> None:
    links = [
        f"> 延伸閱讀： [為什麼第{number}個秋天的柿子還沒有紅透？祖母有三種說法，一次看懂](https://a.example/{number})"
        for number in "一二三"
    ]
    third = "晴天到底是来了。祖母把竹竿举过屋檐，我在下面撑开围裙，接住的第一个已经软了，第二个还硬着，要放到米缸里再等半个月。"
    fourth = "去年我回去，屋檐矮了一截，树还在原来的地方。邻居家的孩子问我找什么，我说找一根竹竿，他笑着跑开，拿来了一只网兜。"
    own = ["秋天的柿子", BODY, MORE, third, fourth]
    text = "\n\n".join([f"# {own[0]}", own[1], links[0], own[2], links[1], own[3], links[2], own[4]])
    assert clean(text, threshold=PRESETS["balanced"]) == "\n\n".join(own)


def test_address_with_a_question_mark_is_no_sentence() -> None:
    source = "来源：https://a.example/s?id=1873772350741957542&wfr=spider&for=pc&searchword=persimmon"
    assert clean(f"秋天的柿子\n\n> {source}\n\n{BODY}\n\n{MORE}") == f"秋天的柿子\n\n{BODY}\n\n{MORE}"


@pytest.mark.parametrize(
    "again", ["## 秋天的柿子和祖母的竹竿", "[秋天的柿子和祖母的竹竿](https://a.example/1)"]
)
def test_title_told_again_as_a_heading_or_a_link_is_dropped(again: str) -> None:
    text = f"# 秋天的柿子和祖母的竹竿 - 晨光副刊\n\n标签：散文\n\n{again}\n\n{BODY}\n\n{MORE}"
    assert clean(text) == f"秋天的柿子和祖母的竹竿 - 晨光副刊\n\n{BODY}\n\n{MORE}"


def test_menu_of_short_links_is_dropped() -> None:
    menu = "\n\n".join(f"[{name}](https://a.example/{name})" for name in ("国际", "军事", "财经", "文化"))
    assert "财经" not in clean(f"# 秋天的柿子\n\n{BODY}\n\n{MORE}\n\n{menu}")


def test_note_of_the_editors_above_the_text_is_dropped_and_one_below_is_the_authors() -> None:
    note = "编者按：秋天到了，我们请作者写一写柿子。" + MORE
    assert "编者按" not in clean(f"秋天的柿子\n\n{note}\n\n{BODY}\n\n{MORE}")
    assert "编者按" in clean("\n\n".join(["秋天的柿子", *[BODY, MORE] * 4, note, BODY]))


def test_lists_of_questions_without_full_stops_are_no_teasers() -> None:
    questions = [
        f"第{number}个问题，竹竿靠在墙边的时候 柿子离屋檐有多远，用什么办法可以不搬梯子就把最高处的那几个摘下来，又不让它掉在地上"
        for number in "一二三四五六七八"
    ]
    short = [f"柿子的第{number}种吃法" for number in "一二三四五六七八九十"]
    lines = [line for pair in zip(short, questions, strict=False) for line in pair]
    text = "\n\n".join(["怎样存柿子", BODY, *lines, MORE, *lines[:8]])
    assert clean(text) == text


@pytest.mark.parametrize(
    "line", ["晨光报道\n\n编辑：柳下", "石榴 发自 柳下", "整理编辑：白露", "晨光副刊 2024-10-02 08:30"]
)
def test_credit_between_title_and_text_is_dropped(line: str) -> None:
    text = f"秋天的柿子\n\n{line}\n\n{BODY}\n\n{MORE}"
    assert clean(text, threshold=PRESETS["thorough"]) == f"秋天的柿子\n\n{BODY}\n\n{MORE}"


def test_sentence_behind_a_list_of_sources_is_kept() -> None:
    text = f"秋天的柿子\n\n{BODY}\n\n{MORE}\n\n参考资料\n\n柳下，《柿子》，晨光社\n\n最后要说，祖母今年九十岁了，还记得每一棵树。\n\n觉得有用就点个赞再走吧"
    assert clean(text).endswith("最后要说，祖母今年九十岁了，还记得每一棵树。")


def test_cues_are_found_where_half_a_character_stands() -> None:
    assert [hit.category for hit in find_cues(["责任编辑：某人\ud83d"], load_cues())[0]] == ["editor_credit"]
    assert BODY in clean(f"标题\n\n{BODY}\ud83d\n\n责任编辑：某人")
    assert BODY in clean(f"标题\n\n{BODY}\n\nWritten by nobody of the house \ud83d")


def test_cue_on_two_lines_is_refused() -> None:
    with pytest.raises(DuizhaoError, match="on one line"):
        read_cues('[ad]\ncertain = ["买它\\n买它"]')


KEEP_LIKE, DROP_LIKE, TAIL_LIKE = (1e-3, 1e-4, 0.03), (2e4, 50.0, 1.0), (0.4, 900.0, 1.0)


@pytest.mark.parametrize(
    "local",
    [
        [KEEP_LIKE] * 3 + [DROP_LIKE] + [KEEP_LIKE] * 2 + [TAIL_LIKE] * 2,
        [TAIL_LIKE] * 600 + [KEEP_LIKE] * 600,
        [TAIL_LIKE] * 900 + [KEEP_LIKE] * 500 + [TAIL_LIKE] * 100,
        [(1e-13, 1e13, 1.0)] * 30 + [(1.0, 1e-13, 1.0)] * 31 + [(1e13, 1e-13, 0.03)] * 20,
    ],
    ids=["short", "tail-then-text", "tail-text-tail", "beyond-the-range-of-floats"],
)
def test_probabilities_are_exact_however_long_the_text(local: list[Odds]) -> None:
    """Against the same sums in whole fractions, which neither round nor overflow."""
    model = load_model()
    for found, exact in zip(marginals(model, local), exact_marginals(model, local), strict=True):
        assert found == pytest.approx(exact, abs=1e-9)


def exact_marginals(model: Model, local: Sequence[Odds]) -> list[tuple[float, float]]:
    step = {name: Fraction(math.exp(weight)) for name, weight in model.steps.items()}
    between = [[step.get(f"{left}-{right}", Fraction(0)) for right in STATES] for left in STATES]
    rows = [[Fraction(1), Fraction(drop), Fraction(tail)] for drop, tail, _ in local]
    enter = [[Fraction(1), Fraction(1), Fraction(e)] for _, _, e in local]

    def step_weight(index: int, left: int, right: int) -> Fraction:
        return between[left][right] * (enter[index][right] if left != 2 else 1)

    ahead = [[step[f"start-{state}"] * rows[0][number] for number, state in enumerate(STATES)]]
    for index in range(1, len(local)):
        ahead.append(
            rounded(
                [
                    sum((ahead[-1][a] * step_weight(index, a, b) for a in range(3)), Fraction())
                    * rows[index][b]
                    for b in range(3)
                ]
            )
        )
    back = [[Fraction(1)] * 3]
    for index in range(len(local) - 1, 0, -1):
        back.append(
            rounded(
                [
                    sum(
                        (step_weight(index, a, b) * rows[index][b] * back[-1][b] for b in range(3)),
                        Fraction(),
                    )
                    for a in range(3)
                ]
            )
        )
    both = [
        [x * y for x, y in zip(left, right, strict=True)]
        for left, right in zip(ahead, reversed(back), strict=True)
    ]
    return [
        (float(drop / (keep + drop + tail)), float(tail / (keep + drop + tail))) for keep, drop, tail in both
    ]


def rounded(numbers: Sequence[Fraction]) -> list[Fraction]:
    """Numbers cut to a hundred bits after scaling by the same power of two: exact enough, and short."""
    shift = max(number.numerator.bit_length() - number.denominator.bit_length() for number in numbers)
    found = []
    for number in numbers:
        own = number.numerator.bit_length() - number.denominator.bit_length() - 100 if number else 0
        found.append(Fraction(round(number / Fraction(2) ** own)) * Fraction(2) ** (own - shift))
    return found


def test_corpus_statistics_are_evidence_from_five_articles_on() -> None:
    sign = "晨光副刊读者服务台敬上"
    texts = [f"第{number}篇\n\n{BODY}{number}\n\n{BODY}又是{number}\n\n{sign}" for number in range(12)]
    documents = [make_document(str(number), text) for number, text in enumerate(texts)]
    for count, label in ((4, "keep"), (12, "drop")):
        corpus = count_paragraphs(documents[:count])
        found = judge(documents[0], find_blocks(documents[0]), corpus=corpus)
        assert found[-1].label == label


def test_explanation_marks_what_is_dropped() -> None:
    document, found = verdicts(f"秋天的柿子\n\n{BODY}\n\n{MORE}\n\n相关阅读")
    assert "- " in explain(document, found)
    assert "related (form: cue 相关阅读" in explain(document, found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "character",
    [
        "a",
        " ",
        "*",
        "_",
        "[",
        "！",
        "点",
        "关",
        "。",
        "　",
        ">",
        "#",
        "-",
        "|",
        "<",
        "(",
        "1",
        "=",
        "\\",
        "`",
        "~",
        "．",
    ],
)
def test_long_line_of_one_character_is_cleaned(character: str) -> None:
    """A million characters: linear time is about a second, the square of it would never end."""
    assert clean(f"标题\n\n{BODY}\n\n{character * 1_000_000}").startswith("标题\n\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "![",
        "[](",
        "](",
        "![](",
        "**a",
        "<a ",
        "{{<",
        "[^",
        "》、",
        "点击",
        "1.",
        "a.",
        "：",
        "http://",
        "# ",
        "> ",
        "2020-",
        "（",
        "a\n",
        "\n\n",
        "* ",
        "<!--",
        "<!-- a -->",
        "<!-- a -->\n",
        "```\na\n```\n",
        '[a](b "',
        "<p>a</p>",
        "<p>\n",
        "</div><p ",
        "a](b)\n",
        "&nbsp;",
        " 发自 ",
        "![[",
    ],
)
def test_hostile_pattern_is_cleaned(unit: str) -> None:
    assert clean(f"标题\n\n{BODY}\n\n{unit * (400_000 // len(unit))}").startswith("标题\n\n")


def test_prose_is_long_enough_to_be_seen_in_these_tests() -> None:
    assert len(BODY) > 40 and PROSE == 50


def test_article_on_one_line_is_not_dropped_on_the_cue_it_begins_with() -> None:
    text = f"原标题：秋天的柿子 {BODY}{MORE}{BODY}责任编辑：柳下"
    assert clean(text) == text
    (verdict,) = verdicts(text, threshold=PRESETS["balanced"])[1]
    assert verdict.score >= PRESETS["balanced"]
    assert (verdict.label, verdict.reason) == ("keep", SPARED)


def test_note_above_the_text_goes_only_if_the_text_is_most_of_the_page() -> None:
    note = f"编者按：{BODY}{MORE}{BODY}"
    paragraphs = [f"{MORE[:40]}第{number}次，{BODY[number:]}" for number in range(8)]
    thorough = PRESETS["thorough"]
    _, found = verdicts(f"秋天的柿子\n\n{note}\n\n" + "\n\n".join(paragraphs), threshold=thorough)
    assert [verdict.label for verdict in found] == ["keep", "drop", *["keep"] * 8]
    _, found = verdicts(f"秋天的柿子\n\n{note}\n\n{paragraphs[0]}", threshold=thorough)
    assert [verdict.label for verdict in found] == ["keep"] * 3
    assert found[1].reason == SPARED


@pytest.mark.parametrize(("gone", "spared"), [(40, set()), (41, {0})])
def test_a_short_run_is_spared_from_more_than_most_of_the_prose_on(gone: int, spared: set[int]) -> None:
    assert MOST == 40 / 50
    pieces = [
        Piece(Block("paragraph", 0, size, ((0, size),)), "字" * size, (), True) for size in (gone, 50 - gone)
    ]
    names = [("strong_short",), ()]
    assert spare(pieces, names, [0, 1], [0], {0: (0.9, 0.05)}, load_model()) == spared


def test_text_without_prose_does_not_go_as_a_whole() -> None:
    lines = "\n\n".join(f"第{number}行写的是柿子" for number in range(12))
    assert "第3行写的是柿子" in clean(f"相关阅读\n\n{lines}")


def test_lists_of_links_may_be_most_of_a_page() -> None:
    links = "\n\n".join(f"[秋天第{number}个故事的题目](https://a.example/{number})" for number in range(30))
    text = f"秋天的柿子\n\n{BODY}\n\n{MORE}\n\n相关阅读\n\n{links}"
    assert clean(text) == f"秋天的柿子\n\n{BODY}\n\n{MORE}"


def test_cues_of_a_users_file_count_in_both_scripts_beside_those_of_the_package(tmp_path: Path) -> None:
    file = tmp_path / "cues.toml"
    file.write_text('[ad]\ncertain = ["晨光伴读"]\n', encoding="utf-8")
    text = f"秋天的柿子\n\n{BODY}\n\n{MORE}\n\n"
    assert clean(f"{text}晨光伴讀") == f"{text}晨光伴讀"
    assert clean(f"{text}晨光伴讀\n\n相关阅读", lexicon=add_cues(file)) == text.strip()


def test_a_cue_in_the_list_of_openings_and_in_another_one_has_both_strengths(tmp_path: Path) -> None:
    file = tmp_path / "cues.toml"
    lists = ['opens = ["晨光伴读"]', 'strong = ["晨光伴读"]']
    for order in (lists, lists[::-1]):
        file.write_text("[ad]\n" + "\n".join(order), encoding="utf-8")
        cue = add_cues(file).cues["晨光伴读"]
        assert (cue.category, cue.strength, cue.opens) == ("ad", "strong", True)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('ad = ["晨光伴读"]', "ad: not a table"),
        ("[ad]\ncertain = [1]", "certain: not a list of texts"),
        ('[ad]\ncertain = ["晨"]', "'晨' is no cue"),
        ("[ad]\ncertain = ", "not valid TOML"),
        ('[script]\nsimplified = 5\ntraditional = "丙"', "unknown category 'script'"),
    ],
)
def test_file_of_cues_that_is_wrong_is_named_with_what_is_wrong(
    tmp_path: Path, toml: str, message: str
) -> None:
    (tmp_path / "mine.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(DuizhaoError, match=f"mine.toml: .*{re.escape(message)}"):
        add_cues(tmp_path / "mine.toml")


def test_lines_after_the_end_mark_and_lines_printed_twice_have_such_evidence() -> None:
    lines = [
        "# 灯塔",
        "晨光伴读",
        "晨光伴读",
        "东岬镇的灯塔昨晚重新亮了起来，镇上的人都来看。",
        "全文完",
        "往期回顾",
    ]
    document = make_document("a", "\n\n".join(lines))
    names = gather(document, find_blocks(document)).names
    assert ["again" in told for told in names] == [False, False, True, False, False, False]
    assert ["ended" in told for told in names] == [False, False, False, False, False, True]


def evidence(lines: list[str], name: str) -> list[bool]:
    """Whether each line has the evidence of this name."""
    document = make_document("a", "\n\n".join(lines))
    return [name in told for told in gather(document, find_blocks(document)).names]


def test_only_a_link_that_begins_with_the_title_tells_it_again() -> None:
    lines = [
        "# 东岬镇的灯塔昨晚重新亮起来了",
        "[东岬镇的天气与潮汐表](https://a.example/1)",
        "[东岬镇的灯塔昨晚重新亮起来了](https://a.example/2)",
        "东岬镇的灯塔昨晚重新亮起来了，镇上的人都来看，大家都很高兴。",
    ]
    assert evidence(lines, "retold") == [False, False, True, False]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_short_links_are_a_menu_from_three_in_a_row_on(count: int) -> None:
    links = [f"[第{number}版](https://a.example/{number})" for number in range(count)]
    long = "[这一条链接比菜单里的要长得多](https://a.example/9)"
    assert evidence([*links, long, BODY, links[0], BODY], "menu") == [*[count >= 3] * count, *[False] * 4]


def test_a_label_recurs_if_a_long_text_has_it_three_times() -> None:
    def told(copies: int, count: int = 24) -> int:
        lines = [f"第{number}天，{BODY}" for number in range(count - copies)]
        return sum(evidence([*lines[:3], *["图片说明"] * copies, *lines[3:]], "recurs"))

    assert [told(2), told(3), told(4), told(3, count=19)] == [0, 3, 4, 0]


def test_an_editors_note_stands_among_the_first_lines_and_begins_with_its_label() -> None:
    note = "编者按：这个故事来自一位读者，我们略有删改。"
    assert evidence(["# 柿子", note, BODY, MORE], "note") == [False, True, False, False]
    assert not any(evidence(["# 柿子", f"他后来还写了{note}", BODY, MORE], "note"))
    days = [f"第{number}天，{BODY}" for number in range(7)]
    assert not any(evidence(["# 柿子", *days, note, MORE], "note"))


def test_the_zones_of_an_article_cover_its_pieces() -> None:
    """Twelve pieces: the title is number 2, prose begins with number 5 and ends with number 8."""
    zones = {name: list(range(start, stop)) for start, stop, name in _zones(2, 5, 8, 12, 6, 7)}
    assert zones == {
        "before_title": [0, 1],
        "head": [3, 4],
        "lead": [5],
        "after_prose": [9, 10, 11],
        "end": [9, 10, 11],
        "much_ahead": [0, 1, 2, 3, 4, 5],
        "some_ahead": [6],
    }
    no_title = {name: list(range(start, stop)) for start, stop, name in _zones(-1, 0, 0, 2, 0, 0)}
    assert no_title["before_title"] == [] and no_title["head"] == []
    assert (no_title["lead"], no_title["after_prose"], no_title["end"]) == ([0], [1], [0, 1])


def test_a_text_is_prose_from_fifty_characters_on_if_a_sentence_ends_in_it() -> None:
    assert is_prose("字" * 49 + "。") and not is_prose("字" * 48 + "。")
    assert is_prose("字" * 20 + "。" + "字" * 29) and is_prose("字" * 49 + "；")
    assert not is_prose("字" * 50) and not is_prose("字" * 48 + "；字")
    assert not is_prose("www.example.com/?id=" + "字" * 40)


def test_pieces_next_to_each_other_are_one_run() -> None:
    assert list(runs([1, 2, 4, 7, 8])) == [[1, 2], [4], [7, 8]]
    assert list(runs([])) == []


def test_the_card_of_an_account_goes_with_its_name_and_description() -> None:
    card = "海边日报\n\n讲海边小城的故事\n\n128篇原创内容"
    _, found = verdicts(f"{BODY}\n\n{MORE}\n\n{card}")
    assert [one.label for one in found] == ["keep", "keep", "drop", "drop", "drop"]
    described = found[3]
    assert described.category == "follow_call" and "account card" in str(described.reason)


@pytest.mark.parametrize(
    ("names", "running", "category"),
    [
        (("dateline", "byline"), None, "editor_credit"),
        (("dateline",), None, "front_matter"),
        (("symbols_only", "byline"), None, "artefact"),
        (("byline",), None, "editor_credit"),
        (("crumbs", "reply"), None, "navigation"),
        (("reply", "citation"), None, "comment"),
        (("citation", "address_only"), None, "references"),
        (("address_only",), "references", None),
        (("address_only",), None, "source_link"),
        (("truncated",), None, "related"),
        (("truncated", "head"), None, None),
        (("card",), None, "follow_call"),
        ((), "related", None),
    ],
)
def test_the_form_of_a_piece_without_cues_names_its_category(
    names: tuple[str, ...], running: str | None, category: str | None
) -> None:
    piece = Piece(Block("paragraph", 0, 4, ((0, 4),)), "一二三四", (), False)
    assert _own(piece, names, running) == category


def test_without_pieces_there_is_no_chance_and_no_place() -> None:
    assert marginals(load_model(), []) == []
    assert place([], [], []) == []


def test_the_words_of_a_line_begin_after_its_brackets_at_most_twenty() -> None:
    assert [head("【【→一"), head("一"), head(""), head("【" * 30)] == [3, 0, 0, 20]


def test_a_file_of_cues_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DuizhaoError, match="cannot be read") as error:
        add_cues(tmp_path)
    (tmp_path / "a.toml").write_bytes(b"\xff")
    with pytest.raises(DuizhaoError, match=r"a.toml: cannot be read \(not UTF-8\)"):
        add_cues(tmp_path / "a.toml")
    assert error.value.id == "bad-cues"


def test_headlines_of_other_stories_have_at_most_fifty_characters_and_come_at_least_in_twos() -> None:
    def found(*sizes: int) -> set[int]:
        texts = [text for size in sizes for text in ("题" * size, "故事刚刚开始…")]
        pieces = [Piece(Block("paragraph", 0, 1, ((0, 1),)), text, (), False) for text in ["文", *texts]]
        forms: list[tuple[str, ...]] = [(), *((), ("truncated",)) * len(sizes)]
        return _teasers(pieces, forms, 0)

    assert found(50, 50) == {1, 2, 3, 4}
    assert found(50, 51) == found(50) == set()
    assert found(51, 50, 50) == {3, 4, 5, 6}


def test_count_of_characters_is_that_of_letters_and_figures_in_source_and_text_alike() -> None:
    assert count_characters("- [柿子 3 个](https://fruit.example/a/1)") == count_characters("柿子 3 个") == 4
    assert count_characters("見 https://fruit.example/a，再說。") == 3


@pytest.mark.parametrize(("dropped", "kept", "much"), [(200, 199, True), (200, 200, False), (199, 0, False)])
def test_much_is_more_than_half_of_a_text_and_at_least_200_characters(
    dropped: int, kept: int, much: bool
) -> None:
    assert is_much(dropped, kept) is much


def test_a_line_that_is_longer_than_the_name_on_a_card_is_not_on_it() -> None:
    document = make_document("a", f"{BODY}\n\n{MORE}\n\n秋天的柿子和祖母的竹竿\n\n海边日报\n\n128篇原创内容")
    evidence = gather(document, find_blocks(document))
    on_card = [
        piece.text for piece, names in zip(evidence.pieces, evidence.names, strict=True) if "card" in names
    ]
    assert on_card == ["海边日报"]


def kept_lines(text: str) -> list[str]:
    return clean(text).split("\n\n")


PARAGRAPH = (
    "这门课从一根网线讲起，一直讲到浏览器里的页面是怎样显示出来的。作业写得很用心，每一个都要动手做实验。"
)


def test_a_line_of_code_is_never_dropped_for_its_form_or_place() -> None:
    code = ["/**", "* 读取设置", "*", "* @return array", "*/", "function a() {", "}"]
    text = f"# 设置\n\n{PARAGRAPH}\n\n```php\n" + "\n".join(code) + "\n```\n\n欢迎关注本站，扫码加群。\n"
    found = kept_lines(text)
    assert found == ["设置", PARAGRAPH, *code]


@pytest.mark.parametrize("heading", ["## 课程简介", "## 转学经验分享", "## 推荐的片子"])
def test_a_marked_heading_above_text_that_stays_is_kept(heading: str) -> None:
    text = f"# 计算机网络\n\n{heading}\n\n{PARAGRAPH}\n\n{PARAGRAPH[::-1]}。\n"
    assert kept_lines(text)[1] == heading[3:]


@pytest.mark.parametrize("heading", ["## 扫码关注", "## 秋天的柿子", "## 相关阅读"])
def test_a_heading_of_a_site_or_the_title_again_goes_even_above_text_that_stays(heading: str) -> None:
    text = f"# 秋天的柿子\n\n{heading}\n\n{PARAGRAPH}\n\n{PARAGRAPH[:-1]}，柿子也红了。\n"
    assert heading[3:] not in kept_lines(text)[1:]


@pytest.mark.parametrize("word", ["导航", "链接", "分类"])
def test_a_word_that_is_a_cue_elsewhere_is_a_title_where_it_is_the_only_first_heading(word: str) -> None:
    text = f"# {word}\n\n{PARAGRAPH}\n\n## 用法\n\n{PARAGRAPH}\n"
    assert kept_lines(text)[0] == word
    assert word not in kept_lines(f"# {word}\n\n# 秋天的柿子和竹竿\n\n{PARAGRAPH}\n")


@pytest.mark.parametrize(
    "box",
    [
        "::: warning 提示\n请先保存文件，再关掉程序。\n:::",
        '!!! warning "提示"\n    请先保存文件，再关掉程序。',
    ],
)
def test_the_title_of_a_box_stays_with_its_text(box: str) -> None:
    text = f"# 设置\n\n{box}\n\n{PARAGRAPH}\n"
    assert kept_lines(text)[1:3] == ["提示", "请先保存文件，再关掉程序。"]


def spared_parts(raw: str, *dropped: str) -> list[str]:
    """Texts that stay of those that the model would drop."""
    document = make_document("text", raw, name="text.md")
    evidence = gather(document, find_blocks(document))
    texts = [piece.text for piece in evidence.pieces]
    gone = [texts.index(text) for text in dropped]
    return [
        texts[at] for at in sorted(spare_parts(raw, evidence.pieces, evidence.names, evidence.judged, gone))
    ]


def test_rows_of_a_table_stay_if_at_least_half_of_them_stay() -> None:
    table = "# 表\n\n| 甲 | 一 |\n| --- | --- |\n| 乙 | 二 |\n| 丙 | 三 |\n| 丁 | 四 |\n"
    rows = ["甲\t一", "乙\t二", "丙\t三", "丁\t四"]
    assert spared_parts(table, *rows[:2]) == rows[:2]
    assert spared_parts(table, *rows[:3]) == []


def test_headings_above_deeper_ones_stay_with_them_and_not_above_other_sections() -> None:
    raw = f"# 甲\n\n## 乙\n\n### 丙\n\n{PARAGRAPH}\n\n## 丁\n\n## 戊\n\n{PARAGRAPH[1:]}\n\n### 己\n"
    assert spared_parts(raw, "乙", "丙", "丁", "戊", "己") == ["乙", "丙", "戊"]


def test_a_heading_with_a_sure_cue_stays_above_a_deeper_heading_that_stays() -> None:
    assert spared_parts(f"# 甲\n\n## 参考\n\n### 用法\n\n{PARAGRAPH}\n", "参考") == ["参考"]
    assert spared_parts(f"# 甲\n\n## 参考\n\n{PARAGRAPH}\n", "参考") == []


def test_contents_and_a_date_in_a_heading_under_the_title_do_not_stay() -> None:
    assert "目录" not in kept_lines(
        f"# 目录\n\n* [定义](#定义)\n* [实践](#实践)\n\n{PARAGRAPH}\n\n## 定义\n\n{PARAGRAPH}\n"
    )
    assert kept_lines(f"# 找工作\n###### 撰寫時間 : 2021/09/07\n{PARAGRAPH}\n") == ["找工作", PARAGRAPH]


def test_a_line_without_a_mark_and_a_heading_that_is_a_link_do_not_stay_for_what_is_below() -> None:
    assert spared_parts(f"# 甲\n\n乙\n\n{PARAGRAPH}\n", "乙") == []
    assert spared_parts(f"# 甲\n\n## [乙](https://a.example/b)\n\n{PARAGRAPH}\n", "乙") == []


def test_lines_that_sites_of_novels_add_go() -> None:
    story = "雨下了一整夜，到天亮的时候还没有停。他坐在窗前，一直没有睡着。"
    lines = ("（本章完）", "PS：求月票，求推荐票！", "本书由某某小说网首发，请记住本站域名。", "（未完待续）")
    assert kept_lines(f"# 第三章 夜雨\n\n{story}\n\n{PARAGRAPH}\n\n" + "\n\n".join(lines)) == [
        "第三章 夜雨",
        story,
        PARAGRAPH,
    ]

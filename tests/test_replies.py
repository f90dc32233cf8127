"""Of a thread, the opening post is the article; replies and signatures go. Texts of ``test_threads.py``."""

from __future__ import annotations

import pytest

from duizhao.cleaning import CATEGORIES, Decision, clean, decide, judge
from duizhao.cleaning.reasons import is_reason, settled_category
from duizhao.cleaning.replies import NOTE, REPLY, SIGNATURE, find_asides, is_note, match_asides
from duizhao.text import find_blocks, make_document
from test_threads import DATED, FLOORS, MORE, PTT, STOREYS, STORY, TELNET

TITLE = "灯塔重新点亮"


@pytest.mark.parametrize(
    ("raw", "article"),
    [
        (PTT, ["[心得] 燈塔重新點亮", STORY, MORE]),
        (TELNET, [TITLE, STORY]),
        (FLOORS, [TITLE, STORY, "补充一句：" + MORE]),
        (STOREYS, [TITLE, STORY]),
        (DATED, [TITLE, STORY]),
    ],
    ids=["PTT", "telnet", "floors", "storeys", "dated"],
)
def test_the_opening_post_and_its_title_stay_and_nothing_else(raw: str, article: list[str]) -> None:
    assert clean(raw) == "\n\n".join(article)


def test_each_part_that_goes_has_its_reason_and_category() -> None:
    document = make_document("a", PTT)
    told = {
        (verdict.category, verdict.reason)
        for verdict in judge(document, find_blocks(document))
        if verdict.label == "drop"
    }
    assert told == {("front_matter", "place: metadata"), ("artefact", SIGNATURE), ("comment", REPLY)}
    for reason, category in ((REPLY, "comment"), (SIGNATURE, "artefact"), (NOTE, "artefact")):
        assert is_reason(reason)
        assert settled_category(reason) == category
        assert category in CATEGORIES


def test_a_person_may_keep_a_reply() -> None:
    document = make_document("a", STOREYS)
    start = STOREYS.index("花了多少钱")
    why = Decision(
        start, start + len("花了多少钱怎么不说。"), "keep", None, "asks what the article leaves out"
    )
    found = decide(document, judge(document, find_blocks(document)), [why])
    assert [verdict.block.start for verdict in found if verdict.label == "keep"][-1] == start


def test_a_block_belongs_to_the_part_that_it_begins_in() -> None:
    document = make_document("a", TELNET)
    asides = find_asides(document)
    blocks = find_blocks(document)
    assert [(aside.category, TELNET[aside.start : aside.end][:4]) for aside in asides] == [
        ("artefact", "--\n我"),
        ("comment", "发信人:"),
    ]
    for block, aside in zip(blocks, match_asides(blocks, asides), strict=True):
        inside = [one for one in asides if one.start <= block.start < one.end]
        assert ([aside] if aside else []) == inside


@pytest.mark.parametrize(
    "line",
    [
        "[ 本帖最后由 林小雨 于 2023-11-18 10:30 编辑 ]", "林小雨 _ 本帖最後由 林小雨 於 2023-11-18 10:30 編輯 _", "下载附件",
        "**灯塔 1.jpg** _(57.13 KB, 下载次数: 3)_", "[下載附件](forum.php?aid=1)", "查看全部评分", "2023-11-18 10:22 上传",
    ],
)  # fmt: skip
def test_lines_that_the_software_of_a_forum_adds_go_from_any_text(line: str) -> None:
    assert clean(f"# {TITLE}\n\n{STORY}\n\n{line}\n\n{MORE}\n") == f"{TITLE}\n\n{STORY}\n\n{MORE}"


@pytest.mark.parametrize(
    "line",
    ["他把照片上传了，2023-11-18 10:22 上传。", "下载附件以后再看。", "这篇文章本帖最后由我写。", "评分"],
)
def test_what_an_author_may_write_is_no_such_line(line: str) -> None:
    assert not is_note(line)


def test_what_stands_between_the_short_replies_of_a_board_goes_unless_it_is_long() -> None:
    for between, stays in (("謝謝大家的回覆。", False), (5 * MORE, True)):
        raw = PTT.replace("噓 critic", f"\n{between}\n\n噓 critic")
        assert (between in clean(raw)) == stays
        assert "seaman" not in clean(raw)


def test_a_text_that_is_no_thread_has_no_such_parts() -> None:
    assert find_asides(make_document("a", f"{STORY}\n\n{MORE}\n")) == []

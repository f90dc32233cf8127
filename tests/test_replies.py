"""Of a thread, the opening post is the article; replies and signatures go. Texts of ``test_threads.py``."""

from __future__ import annotations

import pytest

from duizhao.cleaning import CATEGORIES, Decision, clean, decide, judge
from duizhao.cleaning.reasons import is_reason, settled_category
from duizhao.cleaning.replies import NOTE, REPLY, SIGNATURE, find_asides, match_asides
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


def test_a_text_that_is_no_thread_has_no_such_parts() -> None:
    assert find_asides(make_document("a", f"{STORY}\n\n{MORE}\n")) == []

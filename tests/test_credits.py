from __future__ import annotations

from pathlib import Path

import pytest

from duizhao.annotations import read_annotations
from duizhao.records import make_records
from duizhao.sources import read_bytes
from duizhao.text import find_blocks, find_credits, read


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("来源：某某日报 作者：记者 朱某某", {"publisher": "某某日报", "byline": "朱某某"}),
        (
            "2019-09-26 12:11来源：某某时报网作者：朱某",
            {"publisher": "某某时报网", "byline": "朱某", "published": "2019-09-26T12:11"},
        ),
        ("文／朱某某 圖／玥某", {"byline": "朱某某"}),
        ("記者朱某某／台北報導", {"byline": "朱某某"}),
        ("作者 | 朱某、玥某", {"byline": "朱某、玥某"}),
        ("撰文｜Alex Heath 编辑｜朱某", {"byline": "Alex Heath"}),
        ("发布日期：2019-03-06 责任编辑：朱某", {"published": "2019-03-06"}),
        ("本文来源：某某报 责任编辑：朱某_N1", {"publisher": "某某报"}),
        ("圖／朱某某", {}),
        ("责任编辑：朱某", {}),
        ("来源：网络", {}),
    ],
)
def test_a_line_of_credits_tells_its_facts_and_no_more(line: str, facts: dict[str, str]) -> None:
    assert find_credits([line]) == facts


@pytest.mark.parametrize(
    ("opening", "byline"),
    [
        ("本报讯（记者 朱某 玥某某）天还没有亮。", "朱某、玥某某"),
        ("（记者 朱某 北京报道）天还没有亮。", "朱某"),
        ("新华社北京3月6日电（记者朱某、玥某）天还没有亮。", "朱某、玥某"),
        ("他是一名（记者）。", None),
    ],
)
def test_a_dateline_names_the_reporter(opening: str, byline: str | None) -> None:
    assert find_credits([], opening).get("byline") == byline


TEXT = """渡口的早晨 | 某某日报

来源：某某日报 作者：记者 朱某某 2019-03-06

天还没有亮，渡口已经有人在等船了。摆渡的老人姓朱，住在湖边上，平日里很少说话，见了人只是点头。

“你要去哪里？”她问。没有人回答她，因为大家都困了，只有河水在响，一声接着一声，像有人在数钱。
"""


def test_credits_of_a_text_fill_the_article_s_fields(tmp_path: Path) -> None:
    [article] = make_records(read_bytes(TEXT.encode(), "a.txt"), None, read_annotations(tmp_path))["articles"]
    assert (article["publisher"], article["byline"], article["published"]) == (
        "某某日报",
        "朱某某",
        "2019-03-06",
    )
    assert article["title"]["zh_hans"] == "渡口的早晨"


def test_the_site_s_name_is_parted_from_a_title_and_stays_in_the_ledger() -> None:
    document = read_bytes(TEXT.encode(), "a.txt")
    assert [(block.kind, read(document.text, block.spans)) for block in find_blocks(document)][:2] == [
        ("title", "渡口的早晨"),
        ("front_matter", "| 某某日报"),
    ]

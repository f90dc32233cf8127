"""Posts of threads: heads of boards and forums, replies, signatures, on texts written for these tests."""

from __future__ import annotations

import pytest

from duizhao.text import find_blocks, make_document, posts_of, read
from duizhao.text.threads import find_letter_head, find_posts
from growth import growth

STORY = "昨天晚上八点，董家湾的老灯塔又亮了。我和家人在码头等了两个小时，风很大，可是没有人离开。"
MORE = "镇长说，这座灯塔关了十二年，居民一直希望它能回来。工程师花了三个月更换灯具，也把生锈的楼梯全部换新。"

PTT = f"""作者 linxy (小雨) 看板 Lighthouse
標題 [心得] 燈塔重新點亮
時間 Sat Nov 18 10:22:31 2023

{STORY}

{MORE}

--
※ 發信站: 批踢踢實業坊(ptt.cc), 來自: 192.0.2.7 (臺灣)
推 seaman: 感動，我也在現場                              11/18 10:25
噓 critic: 花了多少錢怎麼不說                             11/18 10:40
→ critic: 納稅人有權知道                                 11/18 10:41
"""

TELNET = f"""发信人: linxy (小雨), 信区: Lighthouse
标  题: 灯塔重新点亮
发信站: 某某社区 (Sat Nov 18 10:22:31 2023), 站内

{STORY}
--
我的签名
※ 来源:·某某社区 bbs.example.net·[FROM: 192.0.2.*]

发信人: seaman (老船长), 信区: Lighthouse
标  题: Re: 灯塔重新点亮
发信站: 某某社区 (Sat Nov 18 10:31:02 2023), 站内

感动，我也在现场。

【 在 linxy (小雨) 的大作中提到: 】
: {STORY}
--
"""

FLOORS = f"""# 灯塔重新点亮

*****

####  林小雨
##### 1#       楼主       发表于 2023-11-18 10:22

{STORY}

*****

####  林小雨
##### 2#         楼主| 发表于 2023-11-18 10:23

补充一句：{MORE}

*****

####  老船长
##### 3#       发表于 2023-11-18 10:31

感动，我也在现场。

*****

####  林小雨
##### 4#         楼主| 发表于 2023-11-18 10:55

谢谢。
"""

STOREYS = f"""灯塔重新点亮

林小雨 1楼 2023-11-18 10:22
{STORY}
老船长 2楼 2023-11-18 10:31
感动，我也在现场。
不服 3楼 2023-11-18 10:40
花了多少钱怎么不说。
"""

DATED = f"""灯塔重新点亮

作者：林小雨 提交日期：2008-11-18 10:22:00 访问：768 回复：19

{STORY}

作者：老船长 回复日期：2008-11-18 10:31:00

感动，我也在现场。
"""

DISCOURSE = f"""## 由 林小雨 于 11月 18 日 发布

{STORY}

## 由 老船长 于 11月 18 日 发布

感动，我也在现场。
"""


def tell(raw: str) -> list[tuple[str, bool]]:
    """Who wrote each post, and whether it is a reply."""
    return [(post.author, post.reply) for post in find_posts(raw)]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (PTT, [("linxy", False), ("seaman", True), ("critic", True), ("critic", True)]),
        (TELNET, [("linxy", False), ("seaman", True)]),
        (FLOORS, [("林小雨", False), ("林小雨", False), ("老船长", True), ("林小雨", True)]),
        (STOREYS, [("林小雨", False), ("老船长", True), ("不服", True)]),
        (DATED, [("林小雨", False), ("老船长", True)]),
        (DISCOURSE, [("林小雨", False), ("老船长", True)]),
    ],
    ids=["PTT", "telnet", "floors", "storeys", "dated", "discourse"],
)
def test_posts_have_authors_and_all_but_the_opening_ones_are_replies(
    raw: str, told: list[tuple[str, bool]]
) -> None:
    assert tell(raw) == told


@pytest.mark.parametrize("raw", [PTT, TELNET, FLOORS, STOREYS, DATED, DISCOURSE])
def test_posts_tile_the_text_from_the_first_head_on(raw: str) -> None:
    posts = find_posts(raw)
    assert [post.start for post in posts[1:]] == [post.end for post in posts[:-1]]
    assert posts[-1].end == len(raw)
    assert all(post.start <= post.body <= post.signature <= post.end for post in posts)


def test_a_later_long_post_of_the_author_goes_on_with_the_article() -> None:
    long = FLOORS.replace("谢谢。", 6 * MORE)
    assert [post.reply for post in find_posts(long)] == [False, False, True, False]


def test_posts_below_an_article_are_all_replies() -> None:
    assert [post.reply for post in find_posts(3 * STORY + "\n\n" + STOREYS)] == [True, True, True]


def test_posts_of_other_titles_are_no_replies_to_the_first_one() -> None:
    other = TELNET.replace("Re: 灯塔重新点亮", "港口明天关闭")
    assert [post.reply for post in find_posts(other)] == [False, False]


def test_notes_in_a_title_make_no_other_subject() -> None:
    noted = TELNET.replace("题: 灯塔", "题: [转载] 灯塔").replace(
        "Re: 灯塔重新点亮", "Re: 灯塔重新点亮 zz (转寄)"
    )
    assert noted.count("zz (转寄)") == 1
    assert [post.reply for post in find_posts(noted)] == [False, True]


def test_the_rest_of_a_long_line_of_the_station_is_in_the_head() -> None:
    raw = PTT.replace("時間 Sat", "發信站 某某站 Sat").replace(" 2023\n", " 2023\n(bbs.example.net)\n", 1)
    post = find_posts(raw)[0]
    assert [raw[start:end] for start, end in post.head][-1] == "(bbs.example.net)"
    spoken = raw.replace("(bbs.example.net)", "(灯塔在海边)")
    assert len(find_posts(spoken)[0].head) == 3


def test_fences_around_a_letter_are_marks_also_where_it_holds_code() -> None:
    code = "lamp.on(); // x\n" * 30
    raw = f"# 灯塔\n\n```\n{TELNET.partition('--')[0]}\n{code}```\n"
    texts = [read(raw, block.spans) for block in find_blocks(make_document("a", raw, name="a.md"))]
    assert "```" not in "".join(texts)
    assert STORY in texts


def test_a_signature_begins_at_its_two_dashes_and_ends_the_post() -> None:
    for raw, said in ((PTT, MORE), (TELNET, STORY)):
        post = find_posts(raw)[0]
        assert raw[post.body : post.signature].rstrip().endswith(said)
        assert raw[post.signature : post.end].startswith("--\n")


def test_a_signature_has_less_than_200_chinese_characters() -> None:
    for more, ends in ((189, True), (190, False)):  # with those of 我的签名 and of the note: 199 and 200
        post = find_posts(TELNET.replace("我的签名", "我的签名" + "长" * more, 1))[0]
        assert (post.signature < post.end) is ends, more


def test_two_dashes_far_above_the_end_are_no_signature() -> None:
    raw = TELNET.partition("\n\n发信人: seaman")[0].replace(STORY, "--\n" + f"{STORY}\n\n" * 20)
    post = find_posts(raw)[0]
    assert raw[post.signature :].startswith("--\n我的签名")


@pytest.mark.parametrize(
    "raw",
    [
        f"我住1楼，他住2楼，她住3楼。\n{STORY}",
        "1楼 大厅\n2楼 餐厅\n3楼 客房\n",
        "#1 修复了问题\n#2 增加了测试\n#3 更新了文档\n",
        "".join(f"2023-11-18 10:2{number}:31 call #{number}: in=27\n" for number in (1, 2, 3)),
        "→ input: 一个文件\n→ output: 一张表\n→ result: 成功\n",
        f"作者：林小雨\n标题：灯塔\n\n{STORY}",
        f"张三：你好。\n李四：你好。\n张三：{STORY}\n",
        "1楼 2023-11-18 10:22\n好。\n2楼 2023-11-18 10:31\n好。\n",
        "7楼 2023-11-18 10:22\n好。\n8楼 2023-11-18 10:31\n好。\n9楼 2023-11-18 10:40\n好。\n",
    ],
)
def test_what_only_looks_like_a_thread_is_none(raw: str) -> None:
    assert find_posts(raw) == []


def test_a_letter_below_an_article_is_a_reply_only_if_it_says_so() -> None:
    letter = TELNET.partition("\n\n发信人: seaman")[0]
    for title, reply in (("标  题: ", False), ("标  题: Re: ", True)):
        raw = f"{3 * STORY}\n\n" + letter.replace("标  题: ", title)
        assert [post.reply for post in find_posts(raw)] == [reply]


def test_a_letter_between_fences_gives_its_title_too() -> None:
    head, _, rest = PTT.partition("\n\n")
    for raw in (f"```\n{head}\n```\n\n{rest}", f"```\n{PTT}```\n"):
        document = make_document("a", raw, name="a.md")
        kinds = [(block.kind, read(raw, block.spans)) for block in find_blocks(document)]
        assert ("title", "[心得] 燈塔重新點亮") in kinds
        assert document.facts["byline"] == "linxy (小雨)"


@pytest.mark.parametrize("raw", [PTT, TELNET])
def test_the_head_of_a_letter_gives_title_author_and_time(raw: str) -> None:
    document = make_document("a", raw)
    assert document.facts["byline"] == "linxy (小雨)"
    assert document.facts["title"].endswith(("燈塔重新點亮", "灯塔重新点亮"))
    assert document.facts["published"] == "2023-11-18T10:22:31"
    assert [raw[field.start : field.end] for field in find_letter_head(raw)] == raw.split("\n")[:3]


@pytest.mark.parametrize("raw", [PTT, TELNET, FLOORS, STOREYS, DATED, DISCOURSE])
def test_heads_and_replies_of_one_line_are_blocks_of_their_own(raw: str) -> None:
    document = make_document("a", raw, name="a.md" if raw is FLOORS else "a.txt")
    texts = {read(raw, block.spans) for block in find_blocks(document)}
    assert STORY in texts
    for post in posts_of(document):
        if not post.head:
            assert raw[post.start : post.end].rstrip() in texts


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "1楼 2023-11-18 10:22\n", "1楼 10:22 ", "9# 发表于 ", "楼", " #", "#1\n", "\n\n1#\n", "作者 a 看板 b\n",
        "作者 a 看板 b\n標題 c\n", "由 a 于 11月 发布\n", "推 abc: d 11/18\n",
        "--\n", "※ 发信站\n", "作者：a 回复日期：2008-1-1\n", "作" + " " * 50, "推abc" + " " * 50,
        "发信人: a\n\n标题: b 信区\n--\n",
    ],
)  # fmt: skip
def test_work_grows_with_the_length_of_a_text_not_faster(unit: str) -> None:
    def find(size: int) -> object:
        return find_posts((unit * (size // len(unit) + 1))[:size])

    assert growth(find, 20_000, 200_000) <= 12

"""Numbers, names and lengths of the two columns of a row: which differences are findings."""

from __future__ import annotations

import pytest

from duizhao.records.bilingual import check_sense
from duizhao.records.latin import names_missing
from growth import growth


def findings(zh: str, en: str, wanted: str = "number-mismatch") -> list[str]:
    row = {"id": "a:s1", "article_id": "a", "paragraph": 0, "role": "body", "zh_hans": zh, "en": en}
    return [message for id, _, _, message in check_sense([row]) if id == wanted]


def names(zh: str, en: str) -> list[str]:
    return [message.split("'")[1] for message in findings(zh, en, "name-missing")]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("会议于19时开始。", "The meeting began at 7 p.m."),
        ("会议于19时30分开始。", "The meeting began at 7:30 PM."),
        ("下午3时30分，他到了。", "He arrived at 3:30 p.m."),
        ("下午3时30分，他到了。", "He arrived at 15:30."),
        ("下午3点半，他到了。", "He arrived at 3:30 p.m."),
        ("晚上七点，他到了。", "He arrived at 19:00."),
        ("早上8点整，他到了。", "He arrived at 8:00 a.m."),
        ("凌晨0点15分，他到了。", "He arrived at 12:15 a.m."),
        ("会议从14:00开到16:45。", "The meeting ran from 2 p.m. to 4:45 p.m."),
        ("三点一刻，他到了。", "He arrived at 3:15."),
    ],
)
def test_one_time_of_day_written_in_two_ways_is_no_finding(zh: str, en: str) -> None:
    assert findings(zh, en) == []


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("它建于一九三二年。", "It was built in 1932."),
        ("他投了三点五亿元。", "He invested 350 million yuan."),
        ("2亿3000万人看了。", "230 million people watched."),
        ("3万5千人来了。", "35,000 people came."),
        ("增长三成半。", "It grew 35%."),
        ("那是二十世纪八十年代。", "That was in the 1980s."),
        ("他等了1小时。", "He waited for an hour."),
        ("50万人来了。", "Half a million people came."),
        ("中午12:19,他到了。", "He arrived at 12:19 p.m."),
        ("能容纳 100 多万个字。", "It holds over 1 million characters."),
        ("能容纳 100 多万个字。", "It holds over one million characters."),
        ("整数 0 是同一个对象。", "The integer zeros are one object."),
        ("支持 E2E 测试。", "It supports end-to-end tests."),
        ("用P2P和B2B的方式。", "It works among peers and businesses."),
        ("处理国际化文案和集群。", "It handles i18n texts and k8s clusters, and B2B2C."),
        ("他买了iPhone15Pro。", "He bought an iPhone 15 Pro."),
        ("1. 加载插件，然后重启。", "Loading plugins, then restarting."),
        ("（2）打开设置页面。", "Open the settings page."),
        ("3、保存文件。", "Save the file."),
        ("打开设置页面。", "12) Open the settings page."),
        ("1. 等待3秒。", "Wait three seconds."),
        ("版本需要 > JDK 9。", "Version 10 or later is needed."),
        ("数量大于 4 时。", "When there are at least 5 of them."),
        ("从 2.5.0+ 开始。", "Since 2.5."),
        ("写于2023.11.17。", "Written on November 17, 2023."),
        ("四万万同胞。", "Our 400 million compatriots."),
        ("请看 https://example.org/a/2019/123 的说明。", "See the explanation."),
        ("请看[说明](ch02-07.html#a)。", "See the explanation."),
        ("它像栈（译注：见 2018 版）。", "It is like a stack."),
    ],
)
def test_one_number_written_in_two_ways_is_no_finding(zh: str, en: str) -> None:
    assert findings(zh, en) == []


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("它建于一九三二年。", "It was built in 1923."),
        ("2亿3000万人看了。", "320 million people watched."),
        ("3万5千人来了。", "3,500 people came."),
        ("会议于19时开始。", "The meeting began at 7 a.m."),
        ("会议于19时开始。", "The meeting began at 8 p.m."),
        ("会议于19时30分开始。", "The meeting began at 7:40 p.m."),
        ("19人参加了会议。", "7 people attended the meeting."),
        ("19时，45人参加了会议。", "At 7 p.m., 54 people attended the meeting."),
        ("100万人来了。", "Half a million people came."),
        ("会议于19时开始。", "The meeting began at 7."),
    ],
)
def test_a_different_time_or_number_is_a_finding(zh: str, en: str) -> None:
    assert len(findings(zh, en)) == 1


def test_a_version_is_told_as_one_number() -> None:
    assert findings("从 2.5.0+ 开始。", "From now on.") == ["2.5.0 only in Chinese"]
    assert findings("从 3.11.1 开始。", "Since 3.11.2.") == ["3.11.1 only in Chinese; 3.11.2 only in English"]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("版本需要 JDK 9。", "Version 10 or later is needed."),
        ("见 https://example.org/a/1 的第 7 章。", "See https://example.org/a/1 for it."),
        ("能容纳 100 多万个字。", "It holds over 3 million characters."),
        ("1. 等待3秒。", "Wait for four seconds, then 4 more."),
        ("1. 打开设置页面。", "2. Open the settings page."),
        ("他买了iPhone15Pro。", "He bought an iPhone 14 Pro."),
        ("他用 GPT4 写。", "He wrote with a model."),
        ("3.5米高的墙。", "A high wall."),
        ("2、3个人来了。", "Some people came."),
        ("任务用了1h30m。", "It took an hour and 20 minutes."),
        ("第一行<br> 5 个人。", "The first line<br> 6 people."),
        ("万万没想到有2个人。", "There were 20,000 people."),
    ],
)
def test_a_number_that_only_looks_like_one_of_the_other_side_is_a_finding(zh: str, en: str) -> None:
    assert findings(zh, en) != []


@pytest.mark.parametrize(
    "en",
    [
        'Each character in "算法" (algorithm) takes two bytes.',
        'We can store all characters in "Hello 算法" as two bytes each.',
        "He worked at the Ministry of Culture (文化部) for two years.",
        "English | 简体中文 | 繁體中文 | 日本語",
        "English ∙ 日本語 ∙ 中文 ∙ 한국어",
    ],
)
def test_chinese_that_an_english_text_names_is_not_left_over(en: str) -> None:
    assert findings("原文", en, "untranslated") == []


@pytest.mark.parametrize(
    "en",
    [
        "The 中文 version of it is here for all of you.",
        'He said "这个方法没有翻译出来" and then he went out.',
        "Each character in 算法 takes two bytes here.",
        'A "算法"',
        "English | 简体中文 | 关于我们",
        "He worked there (他在文化部工作了两年，然后他又去了别的地方工作) for two years.",
    ],
)
def test_chinese_that_is_not_translated_is_a_finding(en: str) -> None:
    assert findings("原文", en, "untranslated") != []


def test_only_the_number_that_differs_is_told_beside_an_equal_time() -> None:
    assert findings("19时，45人来了。", "At 7 p.m., 54 people came.") == [
        "45 only in Chinese; 54 only in English"
    ]


def test_a_number_is_told_as_it_is_written() -> None:
    assert findings("他投了3.5亿元，是2月的事。", "In March he invested 35 million yuan.") == [
        "3.5亿, 2月 only in Chinese; 35 million only in English"
    ]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("颜色设定（Colour Settings）", "Colour Settings"),
        ("Set（不重复元素的集合）", "Sets"),
        ("Write-behind（双层缓冲的写入方式）", "Write-behind"),
        ("双层缓冲的写入方式(Write-behind)", "Write-behind"),
        ("双重检查的锁定模式（DC Mode）", "Double-checked"),
        (
            "它不像栈（译注：原文是这个词，也可以译作“堆叠”，本书里一律用“栈”）那么快。",
            "It is not as fast as the stack.",
        ),
    ],
)
def test_a_pair_is_as_long_as_usual_if_its_text_is_without_the_gloss_or_the_note(zh: str, en: str) -> None:
    assert findings(zh, en, "length-ratio") == []


def test_a_part_that_is_not_translated_is_told_beside_a_gloss() -> None:
    assert findings(
        "颜色设定（Colour Settings）在这里可以由每一位用户按照自己的喜好来改变",
        "Colour Settings",
        "length-ratio",
    )
    assert findings("这里的每一种颜色（包括背景的颜色）都可以由用户改变", "Colour Settings", "length-ratio")


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("用 CDN 分发文件", "Distribute files by a content delivery network"),
        ("欢迎提交 PR", "We welcome pull requests"),
        ("物联网（Internet of Things, IoT）", "The Internet of Things"),
        ("容器即服务（CaaS）", "Containers as a Service"),
        ("支持 JS 和 WP", "JavaScript and WordPress are supported"),
        ("传输控制协议（TCP）", "Transmission control protocol"),
        ("API（Application Programming Interface，应用程序接口）很重要", "An API is important"),
        ("脚本（Scripts）", "Script"),
        ("阿尔特曼（Sam Altman）来了", "Altman came"),
        (
            "请看 https://example.org/zh-CN/Tools/Install 的说明",
            "See https://example.org/tools/install for help",
        ),
        ("请看 example.org/zh-CN/Tools 和 /docs/zh-CN/Start", "See example.org/tools and the start"),
        ("请看[说明](#说明(AP Mode))", "See the explanation"),
        ("它很快（译注：和 Java 比较）。", "It is fast."),
    ],
)
def test_a_name_that_the_english_has_in_other_letters_and_what_is_no_name_are_no_finding(
    zh: str, en: str
) -> None:
    assert names(zh, en) == []


@pytest.mark.parametrize(
    ("zh", "en", "told"),
    [
        ("布罗克曼（Greg Brockman）来了", "Altman came", ["Greg Brockman"]),
        ("北京师范大学（Beijing Normal University）", "Tsinghua University", ["Beijing Normal University"]),
        ("用 CDN 分发文件", "Distribute files quickly", ["CDN"]),
        ("插件（Packages）", "Plugin", ["Packages"]),
        ("使用 Github Pages 时要有 CNAME 文件", "A file is needed", ["Github Pages", "CNAME"]),
        ("完成了大部分 CI/CD 任务（以 Java 为例）", "Most tasks are done", ["CI", "CD", "Java"]),
        ("OpenAl 说", "OpenAI said", ["OpenAl"]),
    ],
)
def test_a_name_that_is_on_the_chinese_side_alone_is_told_once(zh: str, en: str, told: list[str]) -> None:
    assert names(zh, en) == told


@pytest.mark.parametrize("unit", ["（A，", "](", "a.b", "(/a", "（CDN）", "译注：（", "CDN ", "A.b-"])
def test_brackets_addresses_and_names_cost_linear_time(unit: str) -> None:
    assert growth(lambda text: names_missing(text, "en", "en"), unit * 4_000, unit * 40_000) <= 12

"""Findings on the text of a whole article: its language, and broken characters."""

from __future__ import annotations

import hashlib

import pytest

from duizhao.annotations import Annotations
from duizhao.records import make_records, validate
from duizhao.text import make_document

ENGLISH = (
    "Java provides three kinds of exceptions. Use them well.",
    "A checked exception must be declared by the method that throws it.",
    "You can wrap an exception in another one to keep the cause.",
    "Never catch an error that you cannot handle.",
    "Close the file in a finally block, or let the language do it for you.",
    "A short message tells the reader what went wrong and where.",
)
CHINESE = (
    "Java 提供了三种异常。请好好使用它们。",
    "受检异常必须由抛出它的方法声明。",
    "可以把一个异常包在另一个里，以保留原因。",
    "处理不了的错误就不要捕获。",
    "在 finally 块里关闭文件，或者让语言替你关闭。",
    "简短的消息告诉读者哪里出了什么错。",
)
BOTH = list(zip(ENGLISH, CHINESE, strict=True))
ALTERNATE = "# 异常 Exceptions\n\n" + "".join(f"{en}\n\n{zh}\n\n" for en, zh in BOTH)


def findings(text: str, english: str | None = None) -> dict[str, str]:
    """The message of each kind of finding on an article with this text."""
    sides = [
        make_document("a", side, language, name, hashlib.sha256(side.encode()).hexdigest())
        for side, language, name in ((text, "zh", "zh/a b.md"), (english, "en", "en/a b.md"))
        if side is not None
    ]
    records = make_records(sides[0], sides[1] if english is not None else None, Annotations())
    return {finding.id: finding.message for finding in validate(records)}


@pytest.mark.parametrize(
    "text",
    [
        ALTERNATE,
        "# 异常\n\n" + "".join(f"{zh}\n{en}\n\n" for en, zh in BOTH),
        "# 异常\n\n" + "".join(f"- {zh}\n- {en}\n" for en, zh in BOTH),
        "# 异常\n\n" + "".join(f"> {zh}\n\n{en}\n\n" for en, zh in BOTH),
        "# 对话\n\n" + "".join(
            f"{en}\n\n{zh}\n\n" for en, zh in (
                ("Where are you going?", "你去哪儿？"), ("To the river.", "去河边。"), ("Is it far?", "远吗？"),
                ("Can you take me there?", "能带我去吗？"), ("We have to walk.", "得走路去。"),
            )
        ),
        "# 异常\n\n" + "\n\n".join([*CHINESE, *ENGLISH]),
    ],
    ids=["paragraphs", "lines", "items", "quotes", "short", "halves"],
)  # fmt: skip
def test_a_file_with_both_languages_is_bilingual(text: str) -> None:
    told = findings(text)
    assert "duizhao align --interleaved 'zh/a b.md'" in told["bilingual-file"]
    assert "other-language" not in told


LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et "
    "dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip."
)
CODE = (
    "for item in collection: if item is not None and item.name in names: print(item.name)",
    "return self.client.get(url, params=params, timeout=self.timeout).json()",
    "import numpy as np; import pandas as pd; from pathlib import Path",
)


@pytest.mark.parametrize(
    "text",
    [
        f"# 排版\n\n下面是占位文字的例子，常用来看版面的效果。\n\n{LOREM}\n\n可以换成任何文字。\n",
        "# 接口\n\n" + CHINESE[2] + "\n\n| name | what it is |\n|---|---|\n" + "".join(
            f"| user{n} | {text} |\n" for n, text in enumerate(ENGLISH * 3)
        ),
        "# 安装\n\n" + "".join(f"{zh}\n\n{code}\n\n" for zh, code in zip(CHINESE, CODE * 2, strict=True)),
        "# 参考\n\n" + "\n\n".join([*CHINESE, *(f"[^{n}]: {en}" for n, en in enumerate(ENGLISH))]),
        "# 引用\n\n" + "\n\n".join(CHINESE) + f"\n\n> {ENGLISH[0]}\n",
        "# 频道\n\n" + "\n\n".join(CHINESE) + "\n\n## The Film of the Week" + "".join(
            f"\n\n七百万人订阅了，十{n}万人看过。\n[https://example.org/watch{n}](https://example.org/w{n})"
            for n in range(8)
        ),
        "# 异常\n\n" + "\n\n".join(CHINESE),
    ],
    ids=["placeholder", "table", "code", "footnotes", "a quotation", "addresses", "Chinese"],
)  # fmt: skip
def test_english_that_is_no_side_of_the_article_makes_no_file_bilingual(text: str) -> None:
    assert not {"bilingual-file", "other-language"} & findings(text).keys()


@pytest.mark.parametrize(
    "line",
    [
        "let e\xa0\xa0=\xa0\xa0\xa01\xa0\xa0alert(1);",
        "let\xa0a\xa0=\xa0b\xa0+\xa0c\xa0+\xa0d;\xa0let\xa0f\xa0=\xa0g;",
        "Chapter 1 ················ 5",
        "Monday 20°C, Tuesday 21°C, Wednesday 22°C, 23°C, 24°C, 25°C, 26°C, then 27°C.",
        "L'été a été très chaud, les élèves étaient fatigués et la rivière était presque à sec.",
    ],
)
def test_spaces_signs_and_accents_are_no_damage(line: str) -> None:
    text = f"# 笔记\n\n这个插件用起来很方便。第一步：选字。\xa0\xa0\xa0\xa0第二步：点击。\n\n{line}\n"
    assert "broken-characters" not in findings(text)


@pytest.mark.parametrize("wrong, right", [("latin-1", "gb18030"), ("latin-1", "utf-8"), ("gb18030", "utf-8")])
def test_text_that_was_read_in_a_wrong_encoding_is_damage(wrong: str, right: str) -> None:
    line = "渡口的船夫在天亮以前就起床了，他先把缆绳检查一遍，然后点上灯。"
    broken = line.encode(right).decode(wrong, "ignore")
    told = findings(f"# 笔记\n\n这个插件用起来很方便，请大家试一试。\n\n{broken}  (2023-11-20)\n")
    assert f"{right.upper()} that was read as {wrong.upper()}" in told["broken-characters"]


def test_a_chinese_file_with_an_english_side_is_not_called_bilingual() -> None:
    assert "bilingual-file" not in findings(ALTERNATE, "# Exceptions\n\n" + "\n\n".join(ENGLISH))


JAPANESE = (
    "川は高い山から流れ出し、谷を通って平らな土地へ下っていきます。",
    "雨が多い季節には、川の水は増えて速く流れます。",
    "町の人は毎年、岸のごみを拾っています。",
)


def test_japanese_is_not_taken_as_chinese() -> None:
    told = findings("# 川について\n\n" + "\n\n".join(JAPANESE))["other-language"]
    assert told.startswith("holds Japanese: 45 kana beside 27 Han characters")
    assert "other-language" in findings("# ダム\n\n" + "コンクリートノダムヲ築造ス。" * 4)


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join([*CHINESE, "日语里“ありがとう”是谢谢的意思。", "这家店叫のんびり，招牌上写着ラーメン。"]),
        "\n\n".join([*CHINESE * 5, JAPANESE[0]]),
        "\n\n".join(CHINESE) + "\n\n| 词 | 意思 |\n|---|---|\n" + "| すみません | 对不起 |\n" * 9,
        "我的の店。",
        "北京ㄅㄟˇㄐㄧㄥ是首都。" * 20,
    ],
    ids=["words", "a quotation", "a table", "short", "bopomofo"],
)
def test_a_chinese_text_may_cite_japanese(text: str) -> None:
    assert "other-language" not in findings("# 笔记\n\n" + text)


def test_a_file_in_one_wrong_language_is_in_the_wrong_folder() -> None:
    assert "other-language" in findings("\n\n".join(ENGLISH))
    assert (
        "not English" in findings("# 异常\n\n" + "\n\n".join(CHINESE), "\n\n".join(CHINESE))["other-language"]
    )

"""Subtitles: what is said is the article; credits and lines of the other language are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from duizhao.records.pipeline import CleanedDocument, clean_document
from duizhao.sources import find_sources, read_bytes
from duizhao.text import read


def as_cues(*cues: str) -> str:
    """A file of subtitles with these words, three seconds each."""
    return "\n".join(
        f"{number}\n00:{number:02d}:00,000 --> 00:{number:02d}:03,000\n{cue}\n"
        for number, cue in enumerate(cues, 1)
    )


def late(cue: str) -> str:
    """A cue that comes after others."""
    return f"99\n01:00:00,000 --> 01:00:03,000\n{cue}\n"


SAID = (
    "大家好欢迎来到这门课", "今天我们来讲第一章的内容", "先说说什么是消息", "一个人想把话告诉另一个人",
    "他可以写一封信", "它先把消息写在一张纸上", "然后把纸折起来放到信封里", "信封上写着收信人的名字",
    "邮差会把信送到那个人手里", "这就是最早的消息传递方式", "后来有了电报", "再后来有了电话", "记者：你去哪",
    "翻译这一句并不难", "今天我们用的是网络", "下一节课再讲", "记得点赞", "打开网站首页", "关注 投稿 合作", "谢谢大家",
)  # fmt: skip
"""What is said in a lesson, without punctuation."""


def cleaned(text: str, language: str = "zh") -> CleanedDocument:
    return clean_document(read_bytes(text.encode(), "a.srt", language=language))


def sentences(text: str, language: str = "zh") -> list[str]:
    return [sentence.text for sentence in cleaned(text, language).sentences]


def test_what_is_said_is_body_and_stays() -> None:
    assert sentences(as_cues(*SAID)) == list(SAID)
    assert {sentence.role for sentence in cleaned(as_cues(*SAID)).sentences} == {"body"}


def test_a_short_cue_is_no_heading_where_others_end_sentences() -> None:
    stopped = as_cues("课程介绍", "天还没有亮，", "渡口已经有人在等船了。", "第二章", "他走了。")
    assert sentences(stopped) == ["课程介绍天还没有亮，渡口已经有人在等船了。", "第二章他走了。"]
    for text, language in ((stopped, "zh"), (as_cues("Chapter one", "He left.", "The boat came."), "en")):
        assert {sentence.role for sentence in cleaned(text, language).sentences} == {"body"}


QUESTIONS = (
    "你好吗？",
    "我很好",
    "你呢？",
    "我也很好",
    "我们走吧",
    "去哪里？",
    "去河边",
    "好的",
    "天黑了",
    "船没有来……",
)
"""Cues with question marks and dots, and without full stops."""


@pytest.mark.parametrize("mark", ["？", "！", "?", "……", "...", "”", "！”"])
def test_marks_that_are_no_full_stops_join_no_cues(mark: str) -> None:
    cues = [cue.replace("？", mark) for cue in QUESTIONS]
    assert sentences(as_cues(*cues)) == cues


@pytest.mark.parametrize("stop", ["。", ".", "。”", '."', "。』"])
def test_full_stops_join_the_cues_before_them_up_to_a_question_too(stop: str) -> None:
    paragraphs = [
        sentence.paragraph
        for sentence in cleaned(
            as_cues("天还没有亮，", f"船来了{stop}", "他问，", "谁在那里？", "没有人，", f"只有猫{stop}")
        ).sentences
    ]
    assert len(set(paragraphs)) == 3


CREDITS = [
    "字幕组：海上灯塔", "翻译：林某\n校对：周某", "时间轴：小船", "字幕由Amara.org社区提供", "海上灯塔字幕组 荣誉出品",
    "翻译/校对：林某", "翻譯人員: Lin Mou\n校對人員: Zhou Mou", "字幕志愿者 林某", "Subtitles by the Amara.org community",
    "Translator: Lin Mou\nReviewer: Zhou Mou", "校对 李四", "翻译　王小明 校对　李四", "時間軸 陳小明、林某", "翻译：青年协会",
    "听译：爱吃鱼的小猫", "字幕由蓝天字幕组提供\nSubtitles by Blue Sky", "字幕由蓝天字幕组提供\n校对：周某", "校对：周某\nProofread by Zhou Mou",
]  # fmt: skip


@pytest.mark.parametrize("credit", CREDITS)
def test_credits_go_at_the_beginning_and_at_the_end(credit: str) -> None:
    for cues in ((credit, *SAID), (*SAID, credit)):
        side = cleaned(as_cues(*cues))
        assert [sentence.text for sentence in side.sentences] == list(SAID)
        [dropped] = [verdict.block for verdict in side.verdicts if verdict.label == "drop"]
        assert side.document.text[dropped.start : dropped.end] == credit


def test_a_credit_between_sentences_is_no_part_of_them() -> None:
    half = ("天还没有亮，", "船来了。") * 6
    assert sentences(as_cues(*half, "字幕由灯塔社区提供", *half)) == ["天还没有亮，船来了。"] * 12


@pytest.mark.parametrize(
    "said",
    ["翻译：他说，他不知道", "翻译：他说今天不来了", "校对：这一步很难", "翻译：你们会去吗", "翻译 他的话", "校对 完成", "后期 制作",
     "校对 李四不在", "翻译 孙子", "翻译 唐诗", "监督 张开嘴",
     "字幕由蓝天字幕组提供\nI see a boat", "翻译：林某\n他走了",
     "字幕由我来做好了", "翻译的时候要小心", "字幕组的朋友都来了", "监制这部片子的人走了", "Translated by hand. Or not."],
)  # fmt: skip
def test_words_like_credits_stay(said: str) -> None:
    assert sentences(as_cues(said, *SAID))[0] == said.replace("\n", " " if "I" in said else "")


def test_labels_in_the_middle_and_those_that_come_often_are_no_credits() -> None:
    assert "校对：这一步最难" in sentences(as_cues(*SAID, "校对：这一步最难", *SAID))
    often = as_cues("翻译：他不知道", "翻译：船走了", "翻译：天黑了", *SAID)
    assert sentences(often)[:3] == ["翻译：他不知道", "翻译：船走了", "翻译：天黑了"]


def test_two_speakers_in_a_cue_are_two_sentences() -> None:
    two = as_cues("渡口很静", "- 我看见一只猫\n- 我看见一条\n很大的狗", "- 船来了", "零下\n-3度")
    assert sentences(two) == ["渡口很静", "我看见一只猫", "我看见一条很大的狗", "- 船来了", "零下 -3度"]
    assert sentences(as_cues("今天的气温", "-3度\n-5度", "--你好\n<i>--</i>再见"))[1:] == [
        "-3度 -5度",
        "你好",
        "再见",
    ]
    stopped = as_cues("天还没有亮，", "- 船来了？\n- 没有，", "还早。")
    assert sentences(stopped) == ["天还没有亮，", "船来了？", "没有，还早。"]


BILINGUAL = as_cues(
    "先看一个例子\nLet's look at an example first", "渡口的船夫天亮前就起床\nThe ferryman gets up before dawn",
    "It is still dark\n天还是黑的", "OK\n好", "1984年\n1984\nIn 1984", "完",
)  # fmt: skip
CHINESE = ["先看一个例子", "渡口的船夫天亮前就起床", "天还是黑的", "好", "1984年 1984", "完"]
ENGLISH = [
    "Let's look at an example first", "The ferryman gets up before dawn", "It is still dark", "OK", "In 1984",
]  # fmt: skip


def test_lines_of_bilingual_subtitles_are_divided_by_language() -> None:
    assert sentences(BILINGUAL) == CHINESE
    assert sentences(BILINGUAL, "en") == ENGLISH
    side = cleaned(BILINGUAL)
    dropped = [verdict for verdict in side.verdicts if verdict.label == "drop"]
    assert [read(side.document.text, verdict.block.spans) for verdict in dropped] == ENGLISH
    assert {(one.category, one.reason) for one in dropped} == {
        ("left_out", "form: line in the other language")
    }


@pytest.mark.parametrize(
    "credit",
    ["字幕由蓝天字幕组提供\nSubtitles by Blue Sky", "Brought to you by Blue Sky\n字幕由蓝天字幕组提供",
     "校对 李四\nProofreader Li Si", "翻译：林某\n校对：周某\nLin Mou, Zhou Mou"],
)  # fmt: skip
def test_a_credit_of_a_bilingual_file_is_on_neither_side(credit: str) -> None:
    for text in (f"{BILINGUAL}\n{late(credit)}", as_cues(credit) + "\n" + BILINGUAL):
        for language, said in (("zh", CHINESE), ("en", ENGLISH)):
            side = cleaned(text, language)
            assert [sentence.text for sentence in side.sentences] == said
            [dropped] = [one.block for one in side.verdicts if one.block.kind == "front_matter"]
            assert side.document.text[dropped.start : dropped.end] == credit


def test_words_like_credits_stay_in_a_bilingual_file() -> None:
    for zh, en in (
        ("翻译：他说今天不来了", "Translator: he says he will not come"),
        ("校对很难", "Subtitles by hand"),
    ):
        text = BILINGUAL + "\n" + late(f"{zh}\n{en}")
        assert sentences(text)[-1] == zh
        assert sentences(text, "en")[-1] == en


def test_two_speakers_in_a_bilingual_cue_are_two_sentences_on_each_side() -> None:
    two = as_cues("- 你好\n- 再见\n- Hello\n- Good bye", "完\nThe end")
    assert sentences(two) == ["你好", "再见", "完"]
    assert sentences(two, "en") == ["Hello", "Good bye", "The end"]


@pytest.mark.parametrize("same", ["iPhone", "2023", "♪", "100%", "-3"])
def test_equal_lines_of_a_bilingual_cue_are_one_on_each_side(same: str) -> None:
    text = as_cues("好\nOK", f"{same}\n{same}", f"<i>{same}</i>\n{same}", "完\nThe end", "不\nNo")
    assert sentences(text) == ["好", same, same, "完", "不"]
    assert sentences(text, "en") == ["OK", same, same, "The end", "No"]


def test_equal_lines_that_are_said_twice_stay_together() -> None:
    text = as_cues("好\nOK", "走\n走\nGo", "快走\n快走", "- No\n- No", "完\nThe end", "不\nNo", "是\nYes")
    assert sentences(text) == ["好", "走走", "快走快走", "完", "不", "是"]
    assert sentences(text, "en") == ["OK", "Go", "No", "No", "The end", "No", "Yes"]
    assert sentences(as_cues("2023\n2023", *SAID))[0] == "2023 2023"


def test_cues_of_the_same_times_are_one_for_the_languages() -> None:
    apart = BILINGUAL.replace("例子\n", "例子\n\n2\n00:01:00,000 --> 00:01:03,000\n")
    assert sentences(apart) == CHINESE


def test_a_name_in_latin_letters_makes_no_bilingual_subtitles() -> None:
    assert sentences(as_cues("先看一个例子\nJohn Smith", *SAID))[0] == "先看一个例子 John Smith"


def test_bilingual_subtitles_are_both_sides_of_an_article(tmp_path: Path) -> None:
    for name, text in (("zh/a.srt", BILINGUAL), ("zh/b.srt", as_cues(*SAID)), ("zh/c.srt", "\x00")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [(zh.name, en and (en.name, en.language)) for zh, en in find_sources(tmp_path)] == [
        ("zh/a.srt", ("zh/a.srt", "en")),
        ("zh/b.srt", None),
        ("zh/c.srt", None),
    ]


def test_an_english_file_goes_before_the_english_lines(tmp_path: Path) -> None:
    for name, text in (("zh/a.srt", BILINGUAL), ("en/a.srt", as_cues("An example"))):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [en and en.name for _, en in find_sources(tmp_path)] == ["en/a.srt"]

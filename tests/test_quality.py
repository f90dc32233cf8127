"""Whether a translation is whole and right: what lowers the quality of a pair, and what must not."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from duizhao.alignment import assess
from duizhao.alignment.lexicon import default_lexicon, stem
from duizhao.alignment.names import Sounds, english_names
from duizhao.alignment.quality import (
    _FIRM_NOT,
    _NOT,
    _PLAIN_NOT,
    KINDS,
    _english_negations,
    complete,
    evidence,
    load_weights,
    usual_values,
)
from duizhao.alignment.quantities import chinese_quantities, english_quantities

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "training"))

WHOLE = (
    "会议在星期五下午三点半结束，陈丽华宣布公司今年卖出了一千二百万辆自行车。",
    "The meeting ended at 3:30 on Friday afternoon, and Chen Lihua announced that the company had sold "
    "12 million "
    "bicycles this year.",
)


def of(zh: str, en: str) -> float:
    return assess([(zh, en)])[0].value


AGREEING = (
    ("他卖掉了两成股份。", "He sold 20 percent of the shares."),
    ("增长了三成半。", "It grew by 35 percent."),
    ("所有商品打八折。", "All goods are 20% off."),
    ("他们3点半出发。", "They set out at half past three."),
    ("老人六十有三。", "The old man is sixty-three."),
    ("公司价值13亿美元。", "The company is worth $1.3 billion."),
    ("公司价值 800 亿美元。", "The company is worth $80 billion."),
    ("有三分之二的人同意。", "Two thirds of the people agreed."),
    ("百分之三十五的人同意。", "Thirty-five percent of the people agreed."),
    ("二〇二三年十一月十七日，星期五", "Friday, November 17, 2023"),
    ("上世纪八十年代", "The 1980s"),
    ("他等了两个半小时。", "He waited for two and a half hours."),
    ("三四十个人在等。", "Thirty or forty people were waiting."),
    ("会议下午15点开始。", "The meeting begins at 3 p.m."),
    ("城里有五千多万人。", "There are more than 50 million people in the city."),
    ("这是第三次。", "This is the third time."),
    ("他在四川一样很有名。", "He is just as famous in Sichuan."),
    ("二十几岁的人", "People in their twenties"),
    ("一百五十公里", "150 kilometers"),
    ("３５％的学生", "35% of the students"),
)


@pytest.mark.parametrize(("zh", "en"), AGREEING)
def test_numbers_that_say_the_same_agree_however_they_are_written(zh: str, en: str) -> None:
    sides = chinese_quantities(zh), english_quantities(en)
    for some, others in (sides, sides[::-1]):
        there = frozenset().union(*(one.values for one in others))
        assert [one for one in some if one.kind != "weak" and not one.agrees(there)] == []
    assert "numbers" not in assess([(zh, en)])[0].reason


VAGUE = (
    ("公司损失了数百亿美元。", "The company lost tens of billions of dollars."),
    ("公司损失了数亿美元。", "The company lost hundreds of millions of dollars."),
    ("广场上站着几十个人。", "Dozens of people stood in the square."),
    ("广场上站着上千人。", "Thousands of people stood in the square."),
    ("广场上站着数千人。", "Several thousand people stood in the square."),
    ("广场上站着成千上万的人。", "Tens of thousands of people stood in the square."),
    ("十多个学生在等。", "About 15 students were waiting."),
    ("十余个学生在等。", "A dozen students were waiting."),
    ("广场上站着三百五十人。", "Hundreds of people stood in the square."),
    ("广场上站着数以百计的人。", "Some 400 people stood in the square."),
    ("他在这里住了几十年。", "He has lived here for decades."),
    ("上百万人看了这场比赛。", "Millions of people watched the match."),
    ("广场上站着好几百人。", "A few hundred people stood in the square."),
)


@pytest.mark.parametrize(("zh", "en"), VAGUE)
def test_a_vague_number_agrees_with_all_of_its_order_of_magnitude(zh: str, en: str) -> None:
    values = evidence(zh, en, default_lexicon()).values
    assert {name: value for name, value in values.items() if "number" in name or "figure" in name} == {
        name: 0.0 for name in values if "number" in name or "figure" in name
    }
    assert "numbers" not in assess([(zh, en)])[0].reason


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            ("数千人参加了2019年的集会。", "Thousands of people attended the rally in 2019."),
            ("数千人参加了2019年的集会。", "Thousands of people attended the rally in 2014."),
        ),
        (
            ("数百人来了，其中350人是学生。", "Hundreds of people came, of whom 350 were students."),
            ("数百人来了，其中350人是学生。", "Hundreds of people came, of whom 430 were students."),
        ),
        (
            ("几十个学生住在三十间房里。", "Dozens of students lived in thirty rooms."),
            ("几十个学生住在三十间房里。", "Dozens of students lived in seventy rooms."),
        ),
        (("十多个学生在等。", "About 15 students were waiting."),
         ("十多个学生在等。", "About 1,500 students were waiting.")),
    ],
)  # fmt: skip
def test_beside_a_vague_number_a_wrong_exact_one_still_counts(
    right: tuple[str, str], wrong: tuple[str, str]
) -> None:
    assert of(*wrong) < of(*right) - 0.03
    assert "numbers" in assess([wrong])[0].reason


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("人数百分之十在晚上千万别来", []),
        ("二十多人，一百多人，数百人", [("数百", 2)]),
        ("数百万分之一", []),
        ("以上百货", []),
        ("上亿元", [("上亿", 8)]),
        ("十几万人", [("十几万", 5)]),
    ],
)
def test_what_is_a_vague_number_in_chinese(text: str, vague: list[tuple[str, int]]) -> None:
    found = [one for one in chinese_quantities(text) if one.kind == "vague"]
    assert [(text[one.start : one.end], *one.orders) for one in found] == vague


def test_a_half_or_a_dozen_of_a_larger_unit_is_read_with_its_unit() -> None:
    for text, value in (("a half million dollars", 500_000), ("a dozen thousand", 12_000)):
        assert value in english_quantities(text)[0].values
    assert english_quantities("the other half")[0].values == {0.5, 50, 30}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("half a million people", 500_000),
        ("half million people", 500_000),
        ("a quarter of a million", 250_000),
        ("two and a half million", 2_500_000),
        ("a million and a half", 1_500_000),
        ("twenty-two and a half thousand", 22_500),
    ],
)
def test_half_of_a_large_number_is_one_number_and_not_the_whole_too(text: str, value: int) -> None:
    [found] = english_quantities(text)
    assert max(found.values) == value
    assert found.kind == "word"


def test_a_half_year_more_is_a_number_of_its_own() -> None:
    assert [one.kind for one in english_quantities("four and a half years")] == ["word", "weak"]


def test_a_counted_plural_is_an_exact_number_in_english() -> None:
    assert [one.kind for one in english_quantities("two hundreds")] != ["vague"]
    assert [one.kind for one in english_quantities("Hundreds of test scores")] == ["vague"]


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        ("numbers", WHOLE[0], WHOLE[1].replace("12 million", "17 million")),
        ("numbers", WHOLE[0].replace("一千二百万", "一千八百万"), WHOLE[1]),
        ("names", WHOLE[0], WHOLE[1].replace("Chen Lihua", "Peter Schwarz")),
        ("negation", WHOLE[0], WHOLE[1].replace("had sold", "had not sold")),
        ("lacks a part", WHOLE[0], "The meeting ended at 3:30 on Friday afternoon."),
        ("a part more", "会议在星期五下午三点半结束。", WHOLE[1]),
        (
            "different things",
            WHOLE[0],
            "The old tailor counted his buttons again, locked the shop, and walked home through the snow "
            "with a lamp.",
        ),
    ],
)
def test_each_kind_of_error_lowers_the_quality_and_is_named(kind: str, zh: str, en: str) -> None:
    before, after = assess([WHOLE])[0], assess([(zh, en)])[0]
    assert after.value < before.value - 0.03
    assert kind in after.reason
    assert before.value > 0.9
    assert before.reason == ""


def test_the_reason_quotes_what_stands_on_one_side_only() -> None:
    found = assess([(WHOLE[0], WHOLE[1].replace("12 million", "17 million"))])[0]
    assert "一千二百万 only in Chinese, 17 million only in English" in found.reason


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("这毫无疑问是他的功劳。", "This is without doubt his merit."),
        ("不过他还是来了。", "But he came all the same."),
        ("他不断地写作。", "He kept on writing."),
        ("江水不深。", "The river is not deep."),
    ],
)
def test_a_negation_that_both_sides_say_in_their_own_way_is_no_error(zh: str, en: str) -> None:
    assert "negation" not in assess([(zh, en)])[0].reason


@pytest.mark.parametrize(
    ("name", "chinese", "other"),
    [
        ("Altman", "阿尔特曼", "苏茨克韦尔"),
        ("Sutskever", "苏茨克韦尔", "纳德拉"),
        ("Brockman", "布罗克曼", "阿尔特曼"),
        ("Murati", "穆拉蒂", "霍夫曼"),
        ("Lihua", "陳麗華", "王建国"),
    ],
)
def test_a_name_is_found_by_its_sound(name: str, chinese: str, other: str) -> None:
    lexicon = default_lexicon()
    assert Sounds(f"他说{chinese}来了", lexicon).likeness(name) >= 0.75
    assert Sounds(f"他说{other}来了", lexicon).likeness(name) < 0.7


@pytest.mark.parametrize("name", ["Wang", "Altman", "Anna", "Sam", "OpenAI", "Ilya", "Bo", "Eve", "Smith"])
def test_a_name_is_there_only_if_its_likeness_is_1(name: str) -> None:
    lexicon = default_lexicon()
    for text in ("王先生和安娜来了", "阿尔特曼与萨姆", "OpenAI的伊利亚", "他走了", "博士买了史密斯的画"):
        sounds = Sounds(text, lexicon)
        assert sounds.has(name) == (sounds.likeness(name) >= 0.99)


@pytest.mark.parametrize(
    "text",
    [
        "It is far from clear, and he would rather than wait go.",
        "It isn't so, and they don't; we cannot, nor shall we.",
        "He was unable to refuse. Few disliked it, and none was careless or impossible.",
        "Not only he; no doubt never mind. Un_do is n’t 2un.",
        "Rather, far away, he had nothing. Naïve untruths, fünf unäußerste.",
    ],
)
def test_negations_counted_by_the_word_are_those_of_the_patterns(text: str) -> None:
    counts = tuple(len(pattern.findall(text)) for pattern in (_NOT, _PLAIN_NOT, _FIRM_NOT))
    assert _english_negations(text) == counts


@pytest.mark.parametrize(
    "text", ["他去卡拉OK唱歌", "中华人民共和国成立了。他说中国人民", "𠮷野家a我们b们", "", "三C产品和T恤"]
)
def test_a_chinese_text_is_divided_into_the_longest_words(text: str) -> None:
    lexicon, at, longest = default_lexicon(), 0, []
    while at < len(text):
        run = re.match(r"[㐀-䶵一-鿿𠀀-𮯠]+", text[at:])
        parts = [text[at : at + size] for size in range(min(8, run.end()) if run else 0, 0, -1)]
        if parts:
            longest.append((next((one for one in parts if one in lexicon._lines), parts[-1]), at))
        at += len(longest[-1][0]) if parts else 1
    assert [(word.text, word.start) for word in lexicon.words(text)] == longest


@pytest.mark.parametrize(
    "text",
    [
        "tens", "dozens of", "scores of", "Hundreds", "thousands", "Millions", "billions", "trillions",
        "a few hundred", "several dozen", "a couple of thousand", "many million",
    ],
)  # fmt: skip
def test_every_vague_number_in_english_is_read(text: str) -> None:
    assert [one.kind for one in english_quantities(f"{text} people")] == ["vague"]


def test_contractions_headings_and_first_words_are_no_names() -> None:
    assert english_names("When I'll go, Smith says I'm late. Perhaps Miller knows.") == ["Smith", "Miller"]
    assert english_names("We met Altman’s board.") == ["Altman"]
    assert english_names("The Real Reason for the Great Layoffs") == []


def test_words_of_one_family_have_one_stem() -> None:
    assert len({stem(word) for word in ("announce", "announced", "announcing", "announcement")}) == 1
    assert stem("went") == stem("go")
    assert stem("table") != stem("chair")


def test_known_entities_are_no_strange_names() -> None:
    pair = ("大卫写了这封信，寄给了报社。", "Old Joe wrote this letter and sent it to Gazette.")
    known = assess([pair], names=[(("大卫",), ("Joe", "Old Joe")), (("报社",), ("Gazette",))])[0]
    assert known.value > assess([pair])[0].value


def test_the_same_text_on_both_sides_is_whole() -> None:
    assert of("print(1)", "print(1)") == 1.0


def test_untranslated_text_lowers_the_quality() -> None:
    zh, en = WHOLE
    assert of(zh, en.replace("bicycles", "自行车")) < of(zh, en)


def test_what_is_usual_is_measured_in_the_document() -> None:
    lexicon = default_lexicon()
    rows = [evidence(*WHOLE, lexicon)] * 200
    usual = usual_values(rows)
    assert usual["log ratio"] == pytest.approx(rows[0].compared["log ratio"], abs=0.05)
    assert usual_values([])["log ratio"] == 1.25


def test_the_weights_are_for_the_evidence_that_there_is() -> None:
    found = evidence(*WHOLE, default_lexicon())
    names = {"constant", *complete(found, usual_values([found]))}
    weights = load_weights()
    assert set(weights) == set(KINDS)
    assert set(weights["neighbour"]) == names
    assert all(set(own) <= names for own in weights.values())


def test_an_empty_side_and_hostile_texts_are_judged_in_linear_time() -> None:
    assert 0 <= of("", "") <= 1
    assert 0 <= of("一" * 20_000, "one " * 20_000) <= 1
    assert 0 <= of("1" * 20_000, "1," * 20_000) <= 1


@pytest.mark.slow
def test_planted_errors_are_found_in_an_article_that_had_no_part_in_the_fitting() -> None:
    from fit_quality import FALSE_ALARMS, qualities, read_pairs, sample

    pairs = read_pairs(ROOT / "tests" / "gold" / "alignment")["power-struggle-chronicle"]
    one = sample("chronicle", pairs, 0)
    weights = load_weights()
    limit = np.quantile(qualities(one.right, weights), FALSE_ALARMS)
    floors = {
        "number": 0.95,
        "name": 0.85,
        "negation": 0.7,
        "omission": 0.75,
        "addition": 0.75,
        "neighbour": 0.95,
    }
    for kind, floor in floors.items():
        assert np.mean(qualities(one.wrong[kind], weights) < limit) >= floor, kind


@pytest.mark.parametrize("piece", ["万", "亿", "三四十", "三四", "数百亿", "点", "三点"])
def test_a_number_of_thousands_of_units_is_read_without_recursion(piece: str) -> None:
    found = list(chinese_quantities(piece * 4000))
    assert len(found) <= 4000

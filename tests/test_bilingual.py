"""Numbers of the two columns of a row: which differences are findings."""

from __future__ import annotations

import pytest

from duizhao.records.bilingual import check_sense


def findings(zh: str, en: str) -> list[str]:
    row = {"id": "a:s1", "article_id": "a", "paragraph": 0, "role": "body", "zh_hans": zh, "en": en}
    return [message for id, _, _, message in check_sense([row]) if id == "number-mismatch"]


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


def test_only_the_number_that_differs_is_told_beside_an_equal_time() -> None:
    assert findings("19时，45人来了。", "At 7 p.m., 54 people came.") == [
        "45 only in Chinese; 54 only in English"
    ]


def test_a_number_is_told_as_it_is_written() -> None:
    assert findings("他投了3.5亿元，是2月的事。", "In March he invested 35 million yuan.") == [
        "3.5亿, 2月 only in Chinese; 35 million only in English"
    ]

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from duizhao.errors import DuizhaoError
from duizhao.records import assign_splits, part_records, read_shares
from duizhao.schema import Record

SHARES = {"train": Fraction(4, 5), "validation": Fraction(1, 10), "test": Fraction(1, 10)}
WORDS = "海港灯塔果园书店桥梁学校天气剧院渡船市场茶叶自行车面包图书馆山路火车雨水早晨黄昏木匠医生"


def article(number: int, text: str | None = None) -> Record:
    own = text or "".join(WORDS[(number * 7 + place * (number + 3)) % len(WORDS)] for place in range(60))
    return {"id": f"a{number:02d}", "raw_path": "", "text": {"zh_hans": own}}


def counted(homes: dict[str, str]) -> dict[str, int]:
    return {split: list(homes.values()).count(split) for split in SHARES}


def test_shares_are_rounded_by_largest_remainder_and_no_split_is_empty() -> None:
    for number, expected in ((10, (8, 1, 1)), (3, (1, 1, 1)), (25, (20, 3, 2)), (100, (80, 10, 10))):
        homes = assign_splits({"articles": [article(n) for n in range(number)]}, SHARES)
        assert tuple(counted(homes).values()) == expected


def test_the_order_of_the_articles_does_not_change_their_splits() -> None:
    rows = [article(number) for number in range(12)]
    assert assign_splits({"articles": rows}, SHARES) == assign_splits({"articles": rows[::-1]}, SHARES)


def test_near_duplicates_are_in_the_same_split() -> None:
    text = article(0)["text"]["zh_hans"] * 3
    for start in range(0, 12, 3):
        rows = [article(number) for number in range(12)]
        for number in range(start, start + 3):
            rows[number] = article(number, text[:-1] + WORDS[number])
        homes = assign_splits({"articles": rows}, SHARES)
        assert len({homes[f"a{number:02d}"] for number in range(start, start + 3)}) == 1
        assert set(homes.values()) == set(SHARES)


def test_articles_that_one_claim_is_about_are_in_the_same_split() -> None:
    rows = [article(number) for number in range(10)]
    claims = [{"id": "c", "premise_id": f"a{n:02d}:s00001", "hypothesis_id": "a00:s00001"} for n in (4, 7)]
    homes = assign_splits({"articles": rows, "claims": claims}, SHARES)
    assert homes["a00"] == homes["a04"] == homes["a07"]


def test_too_few_articles_for_the_splits_are_an_error() -> None:
    with pytest.raises(DuizhaoError, match="2 articles, 2 apart from near-duplicates") as caught:
        assign_splits({"articles": [article(0), article(1)]}, SHARES)
    assert caught.value.id == "empty-split"


@pytest.mark.parametrize(
    ("text", "id", "message"),
    [
        ("train=0.9,test=0.2", "bad-splits", "sum up to 1.1; they must sum up to 1"),
        ("train=0.9,test=0.05", "bad-splits", "sum up to 0.95"),
        ("train=1.1,test=-0.1", "bad-splits", "train=1.1: the share must be a number above 0"),
        ("train=0.5,train=0.5", "bad-splits", "train stands twice"),
        ("train=1e9999999999", "bad-splits", "must be a number"),
        ("train=0.9,dev=0.1", "unknown-split", "'dev': no such split; known: train, validation, test"),
        ("", "unknown-split", "no such split"),
    ],
)
def test_wrong_shares_are_told(text: str, id: str, message: str) -> None:
    with pytest.raises(DuizhaoError, match=re.escape(message)) as caught:
        read_shares(text)
    assert caught.value.id == id


def test_every_mistake_of_the_shares_is_told_at_once() -> None:
    with pytest.raises(DuizhaoError) as caught:
        read_shares("dev=0.1,train=-1,all=2")
    assert len(str(caught.value).splitlines()) == 3


def test_shares_come_in_the_order_of_the_card() -> None:
    assert list(read_shares("test=0.1, train=0.9").items()) == [
        ("train", Fraction(9, 10)),
        ("test", Fraction(1, 10)),
    ]


def test_a_row_is_in_the_split_of_its_article_and_an_entity_in_every_split_that_names_it() -> None:
    records = {
        "articles": [{"id": "a"}, {"id": "b"}],
        "sentences": [{"id": "a:s00001", "article_id": "a"}, {"id": "b:s00001", "article_id": "b"}],
        "mentions": [
            {"id": "1", "sentence_id": "a:s00001", "entity_id": "both"},
            {"id": "2", "sentence_id": "b:s00001", "entity_id": "both"},
            {"id": "3", "sentence_id": "b:s00001", "entity_id": "one"},
        ],
        "entities": [{"id": "both"}, {"id": "one"}, {"id": "none"}],
    }
    parts = part_records(records, ("train", "test"), {"a": "train", "b": "test"})
    ids = {
        split: {config: [row["id"] for row in rows] for config, rows in part.items()}
        for split, part in parts.items()
    }
    assert ids == {
        "train": {
            "articles": ["a"],
            "sentences": ["a:s00001"],
            "mentions": ["1"],
            "entities": ["both", "none"],
        },
        "test": {
            "articles": ["b"],
            "sentences": ["b:s00001"],
            "mentions": ["2", "3"],
            "entities": ["both", "one"],
        },
    }

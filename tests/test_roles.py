from __future__ import annotations

import json

import pytest

from duizhao.annotations import Annotations
from duizhao.errors import DuizhaoError
from duizhao.records.pipeline import Options, make_records
from duizhao.records.roles import ROLES, choose_roles, role_of
from duizhao.schema import Record, home
from duizhao.text import Block, make_document

CHINESE = (
    "# 三家店的豆漿\n\n我把三家店的豆漿各喝了一個星期，價錢和甜度都記在下面，給附近的人做個參考。\n\n"
    "| 店名 | 價錢 |\n|---|---|\n| 老趙家 | 兩塊五 |\n\n```\nprint('豆漿') # 干預\nx = 1\n```\n\n- 要排隊的那家最好喝，可是要早起才買得到。\n\n"
    "結論是老趙家最好喝。[^1]\n\n[^1]: 冬天不開門。\n"
)
ENGLISH = (
    "# Soy milk from three shops\n\nI drank the soy milk of three shops for a week each and noted price "
    "and sweetness below.\n\n"
    "| Shop | Price |\n|---|---|\n| Old Zhao | 2.5 |\n\n```\nprint('豆漿') # 干預\nx = 1\n```\n\n- The one "
    "with a queue is the best, but you must rise early.\n\n"
    "In the end Old Zhao's is the best.[^1]\n\n[^1]: It is closed in winter.\n"
)


def records(
    roles: frozenset[str] = frozenset(ROLES), english: str | None = ENGLISH
) -> dict[str, list[Record]]:
    zh = make_document("shops", CHINESE, "zh", "shops.md")
    en = make_document("shops", english, "en", "shops.md") if english else None
    return make_records(zh, en, Annotations(), Options(roles=roles))


def test_the_roles_are_those_of_the_schema() -> None:
    schema = json.loads((home("schema") / "sentences.schema.json").read_text(encoding="utf-8"))
    assert list(ROLES) == schema["properties"]["role"]["enum"]


def test_each_kind_of_block_has_its_role() -> None:
    rows = records()["sentences"]
    assert [row["role"] for row in rows] == [
        "title", "body", "table", "table", "code", "code", "list_item", "body", "footnote",
    ]  # fmt: skip
    assert role_of("“好。”", Block("paragraph", 0, 4, ((0, 4),))) == "quote"
    assert role_of("好。", Block("paragraph", 0, 2, ((0, 2),), "问", True)) == "question"


def test_tables_and_code_pair_by_order_and_are_not_converted() -> None:
    rows = {row["zh_hant"]: row for row in records()["sentences"]}
    assert rows["老趙家\t兩塊五"]["en"] == "Old Zhao\t2.5"
    assert rows["老趙家\t兩塊五"]["zh_hans"] == "老趙家\t兩塊五"
    assert (
        rows["print('豆漿') # 干預"]["zh_hans"]
        == "print('豆漿') # 干預"
        == rows["print('豆漿') # 干預"]["en"]
    )
    assert rows["冬天不開門。"]["en"] == "It is closed in winter."


def test_a_role_that_is_not_wanted_is_dropped_on_both_sides_and_told_in_the_ledger() -> None:
    made = records(choose_roles("-table,-code"))
    assert not {row["role"] for row in made["sentences"]} & {"table", "code"}
    left = [row for row in made["blocks"] if row["category"] == "left_out"]
    assert {row["language"] for row in left} == {"zh", "en"}
    assert {row["reason"] for row in left} == {
        "role: table is left out (--roles)",
        "role: code is left out (--roles)",
    }
    for language, text in (("zh", CHINESE), ("en", ENGLISH)):
        assert "".join(row["text"] for row in made["blocks"] if row["language"] == language) == text


def test_roles_are_named_one_by_one_or_all_but_some() -> None:
    assert choose_roles(None) == frozenset(ROLES)
    assert choose_roles("title, body") == {"title", "body"}
    assert choose_roles("-code") == frozenset(ROLES) - {"code"}
    for text in ("verse", "title,-code", "", "-verse"):
        with pytest.raises(DuizhaoError) as error:
            choose_roles(text)
        assert error.value.id == "unknown-role"

from __future__ import annotations

import numpy as np
import pytest

from duizhao.text import opencc
from duizhao.text.conversion import load_model
from duizhao.text.forms import canonical
from duizhao.text.script import convert

TEXT = "他发现了头发，干部只有一个。\r\nabc 里程\0碑在里面\ud800台湾的皇后\U0002b12a后面人参〇一"


@pytest.mark.parametrize("configuration", ["s2tw", "s2hk", "t2s"])
def test_clauses_are_converted_as_in_the_whole_text(configuration: str) -> None:
    whole = opencc.run(configuration, TEXT)
    for place in range(len(TEXT)):
        where, converted = opencc.run_around(configuration, TEXT, np.array([place]))
        assert converted == "".join(whole[at] for at in where)
    where, converted = opencc.run_around(configuration, TEXT, np.arange(len(TEXT)))
    assert len(where) == len(converted) == len(set(where.tolist()))


def test_no_place_asks_for_nothing() -> None:
    where, converted = opencc.run_around("s2tw", TEXT, np.array([], np.int64))
    assert (where.size, converted) == (0, "")


def test_a_lone_character_is_converted_as_opencc_does() -> None:
    table = opencc.alone("s2tw")
    for character in "发后里个a，\u3007\ud800":
        assert chr(table[ord(character)]) == opencc.run("s2tw", character)


def test_what_no_class_decides_is_as_opencc_has_it() -> None:
    model = load_model()
    text = "\n".join((*model.asked, "他有一个人的坐标", "苹果和医药"))
    assert len(model.asked) > 50
    given, wanted = convert(text, "zh-Hant"), canonical(opencc.run("s2tw", text))
    undecided = [place for place, one in enumerate(text) if model.index[ord(one)] < 0]
    assert [given[place] for place in undecided] == [wanted[place] for place in undecided]


def test_a_line_whose_length_a_conversion_would_change_is_converted_character_by_character() -> None:
    text = "他的博客\n打印机和鼠标\r\n博客"  # with Taiwan's words, 博客 has three characters
    assert opencc.run("s2twp", text) == "他的博客\n印表機和滑鼠\r\n博客"

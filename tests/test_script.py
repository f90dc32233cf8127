from __future__ import annotations

import pytest

from duizhao import DuizhaoError, convert
from duizhao.text.script import detect_script, engine, traditional_only


def test_the_pivot_mends_a_text_that_a_careless_converter_broke() -> None:
    broken = "科學傢隻要專註於發佈,盡管關系復雜,有著著名的裡程碑"
    assert (
        convert(convert(broken, "zh-Hans"), "zh-Hant") == "科學家只要專注於發佈,儘管關係複雜,有著著名的里程碑"
    )


def test_traditional_has_taiwans_forms_not_opencc_s_internal_ones() -> None:
    assert convert("群众吃面，里面", "zh-Hant") == "群眾吃麵，裡面"


def test_hong_kong_is_an_option() -> None:
    assert convert("里面", "zh-Hant-HK") == "裏面"


def test_an_unknown_script_names_the_known_ones() -> None:
    with pytest.raises(DuizhaoError, match="zh-Hans, zh-Hant"):
        convert("字", "zh-Latn")


@pytest.mark.parametrize(
    ("text", "script"),
    [("这里没有繁体", "zh-Hans"), ("這裡沒有簡體", "zh-Hant"), ("中文", "zh-Hans"), ("", "zh-Hans")],
)
def test_the_script_is_read_off_the_characters(text: str, script: str) -> None:
    assert detect_script(text) == script


def test_traditional_only_characters_are_found_in_their_places() -> None:
    assert traditional_only("这裡有個字") == [1, 3]


def test_the_manifest_can_say_which_engine_and_dictionaries_shaped_the_text() -> None:
    told = engine()
    assert told["engine"] in ("opencc", "opencc-python-reimplemented")
    assert len(told["dictionaries_sha256"]) == 64


def test_simplified_text_is_left_alone_and_a_lone_traditional_character_mended() -> None:
    assert convert("性能显著提升，這里有著名的灯塔", "zh-Hans") == "性能显著提升，这里有著名的灯塔"
    assert convert("有著長期的關係", "zh-Hans") == "有着长期的关系"

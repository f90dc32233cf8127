"""Simplified: characters of Traditional Chinese that Simplified Chinese keeps in some words.

乾 becomes 干, but 乾坤 stays. OpenCC has such words as phrases, and it takes a phrase wherever its characters
meet: 相較於|單向 has 於單, the name of a prince, 健康|乾淨 has 康乾. So a character is kept here only in words that
are whole words in nearly all texts. Elsewhere each character gets its Simplified form.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from duizhao.text import opencc
from duizhao.text.han import HAN
from duizhao.text.points import points_of, text_of

_DRIED = "[饼擦吹烘晾晒风阴焙烤曝拭抹喝吸吐豆笋肉鱼果萄莓葱菜梅榄枣梨芒蕉薯虾贝口]"
_NOT_RISING = "(?![级温高华起格值空天降为至到])"  # 主张|昇级; 昇 of 李昇 is a name

# A pattern begins with a character of the word, because the search is then fast.
_KEPT = re.compile(
    "|".join(
        (
            "樊於期|於菟|於勇明|於呼哀哉|於崇文|於忠祥|於梨华|於清言|於世成|於仲完|於陵子",
            "於(?<=姓於)(?<![百同异各]姓於)(?=[的是，。、]|$)",
            "於潜(?=[县镇令])|於穆(?=[清不])",
            f"於[乎戏](?<![{HAN}]..)(?=[，,！!])",  # the sigh of old texts
            "乾(?:坤|隆|闼婆|清宫|佑县|安县|安镇)|康乾(?<!健康乾)(?=[盛时年之雍])",
            f"乾(?<!{_DRIED}乾)(?:元|卦|嘉|州|陵|旦|曜|盛世|纲|县|宅)|乾象(?<!{_DRIED}乾象)(?![征形])",
            f"乾道(?<!{_DRIED}乾道)(?=[元二三四五六七八九年])|竺乾|郭子乾|目乾连|朝乾夕惕|旋乾转坤|颠乾倒坤",
            "萧乾|张法乾|李乾德|尼乾[子陀]",
            "蒋昇|阎鹤昇|王彦昇|毕昇|梁昇卿|韩昇延|龚昇|徐胤昇|卢象昇|陈志昇|温昇豪|金昇玟|吴育昇|申昇勋|李昇勋",
            f"[张陈乌李]昇{_NOT_RISING}|杨联陞",
            "宫商角徵羽|角徵羽|魏徵|变徵(?=之[声音])|徵[弦羽]",
            "[胤允]祕|祕(?:丕笈|彭祖|琼)|谿工",
            "[挨]剋|剋[架毒]|[怀逆祝春]釐(?![清定正订])|段脩|腶脩|束脩|肉脩|脩[敬炳金脡脯]",
            "[哪木金]吒|笃麽|麽些族|[幺么]麽|[东南]氾(?!滥)|氾(?:水|胜之|南|国)|扞格",
            "[蒜芸]薹|袷袢|茅蒐|多蒐|春蒐(?![集罗证])|蒐于红|蒐[苗狩畋狝猎]|八濛山|目劄",
        )
    )
)
"""Words of a Simplified text. They are those phrases of OpenCC that do not often come about where two words
meet.
"""


_SURNAME = re.compile("沈(?:(?=沒有|船長)|(?<=[老小姓]沈))")
_VARIANTS = (
    "衞卫 敍叙 粧妆 枱台 衹只 糭粽 啣衔 姪侄 砲炮 瞇眯 簷檐 籐藤 煖暖 揹背 勦剿 踫碰 慇殷 鼇鳌 櫂棹 甦苏 毬球 搾榨 餽馈 燄焰 "
    "痺痹 菓果 荳豆 伕夫 迺乃 珮佩 糢模 繙翻 鑪炉 玆兹 賸剩 彊强"
)
"""Forms of Taiwan and Hong Kong that OpenCC leaves, and the one form of Simplified Chinese (第一批异体字整理表)."""

_SHARED = re.compile("[藉沈坏哩覆俱彷么]")
"""Characters that Simplified Chinese has too, although OpenCC changes them in some phrase: 打坏 is no 打坯."""


def settle_simplified(text: str) -> str:
    """A text that OpenCC simplified, of the same length, with Traditional characters only in the words that
    keep them.
    """
    left = _traditional(text)
    if not left.any():
        return text
    left &= ~_inside(_KEPT, text)
    points = points_of(text)
    return text_of(np.where(left, _alone()[np.where(left, points, 0)], points))


def keep_surnames(text: str, written: str) -> str:
    """A text that OpenCC simplified from ``written``, with the surname 沈 where OpenCC has 沉: 老沈|沒有 has
    沈沒 as a phrase.
    """
    places = [match.start() for match in _SURNAME.finditer(written)] if "沈" in written else []
    if not places:
        return text
    points = points_of(text).copy()
    points[places] = ord("沈")
    return text_of(points)


def traditional_only(text: str) -> list[int]:
    """Positions of characters that Simplified Chinese does not use, except in words that keep them (乾坤)."""
    changed = (points_of(text) != points_of(opencc.run("t2s", text))) | _traditional(text)
    if changed.any():
        changed &= ~(_inside(_KEPT, text) | _inside(_SHARED, text))
    found: list[int] = np.flatnonzero(changed).tolist()
    return found


def _traditional(text: str) -> NDArray[np.bool_]:
    """Whether each character of a text has another Simplified form, read alone."""
    points = np.minimum(points_of(text), 0xFFFD)
    found: NDArray[np.bool_] = _alone()[points] != points
    return found


@cache
def _alone() -> NDArray[np.uint16]:
    """Table [65536] of the Simplified form of each character, read alone."""
    table: NDArray[np.uint16] = opencc.alone("t2s").copy()
    for pair in _VARIANTS.split():
        if table[ord(pair[0])] == ord(pair[0]):
            table[ord(pair[0])] = ord(pair[1])
    return table


def _inside(pattern: re.Pattern[str], text: str) -> NDArray[np.bool_]:
    """Whether each character of a text is in a match of a pattern."""
    inside = np.zeros(len(text), dtype=np.bool_)
    for match in pattern.finditer(text):
        inside[match.start() : match.end()] = True
    return inside

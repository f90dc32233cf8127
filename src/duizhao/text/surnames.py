"""Surnames: characters of a Simplified text that are surnames by the words beside them.

周, 范, 余 and 于 are surnames and words. As a surname, each has one Traditional form: 姓范, 老周, 于师傅. The model of
characters does not know every such place, because a surname with a title is rare in the texts of its fit.
"""

from __future__ import annotations

import re

from duizhao.text.han import HAN

FORMS = {"叶": "葉", "钟": "鍾"} | {surname: surname for surname in "周范余于谷郁姜岳游卜曲涂沈"}
"""The Traditional form of each surname."""

_TITLE = "师傅|老师|先生|女士|小姐|太太|大爷|大妈|大叔|大哥|大姐|大嫂|阿姨|奶奶|爷爷|医生|大夫|教授|经理|主任|同学|师兄|师姐"
_OFFICE = "局长|处长|科长|院长|校长|董事长|律师|警官|队长|书记|工程师|老板"  # 于|院长办公会 is at a meeting
_SHORT_TITLE = "[总哥姐叔嫂伯董]"
_ACTS = "说道问笑也都就您你让叫给"
_BEFORE = "的和与跟叫请问找是给见说了让着被把像"
_WORD_GOES_ON = "围本例式文畴末期刊报边天额下生韵款量粮世我此他她它仓子堆物长岁会年月权江官情谋算政"

# The pattern begins with the surname, because the search is then fast. In a lookbehind, "." is the surname.
_SURNAME = re.compile(
    f"[{''.join(FORMS)}](?:"
    "(?<=姓.)(?<![百同异各他她]姓.)(?![\\d一二三四五六七八九十此氏])"
    "|(?<=[老小]周|[老小]范|[老小]余|老于)"
    f"(?:(?<![{HAN}]..)|(?<=[{_BEFORE}对向在从]..))(?![{_WORD_GOES_ON}])"
    f"|(?:(?<![{HAN}\\d].)|(?<=[{_BEFORE}].))(?:"
    f"(?:{_TITLE})(?![们会室办])(?!(?<=于..)(?:而|来[说讲]))"
    f"|(?<!于)(?:{_OFFICE})(?![们会室办])"
    f"|{_SHORT_TITLE}(?=[^{HAN}]|[{_ACTS}]|$)"
    "))"
)


def find_surnames(text: str) -> dict[int, str]:
    """Places of a Simplified text with a surname, and the Traditional form of each.

    >>> find_surnames("老周说，于师傅来了")
    {1: '周', 4: '于'}
    """
    return {match.start(): FORMS[match[0][0]] for match in _SURNAME.finditer(text)}

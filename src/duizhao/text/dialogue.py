"""Dialogues: who speaks in each paragraph of an interview or a conversation.

A label before a colon is a speaker only if the whole text is a dialogue. In any other text (``注意：``,
``优点：``, ``https:``) it is kept as a part of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from duizhao.text.block import Block
from duizhao.text.spans import cut, read, trim
from duizhao.text.words import words

QUESTIONERS = words(
    "记者 記者 问 問 主持人 提问 提問 采访者 採訪者 访谈者 訪談者 提问者 提問者 q reporter interviewer host question moderator"
)
_ANSWERERS = words("答 a 回答 受访者 受訪者 嘉宾 嘉賓 answer guest interviewee")
_DOES = ("问", "問", "答")
_ROLES = QUESTIONERS | _ANSWERERS | words("解说 解說")
_ACTS = ("提问", "提問", "追问", "追問", "回答", *_DOES)
_NUMBERED = re.compile(r"(?<=[qa问問答])[ .]?\d{1,3}$")
_THINGS = words(
    "注意 提示 例如 比如 备注 備註 说明 說明 时间 時間 地点 地點 来源 來源 作者 编辑 編輯 责编 優點 优点 缺点 缺點 优势 優勢 劣势 劣勢 好处 好處 坏处 壞處 特点 特點 价格 "
    "價格 结论 結論 结果 結果 原因 目的 方法 步骤 步驟 效果 背景 问题 問題 答案 解答 案例 摘要 关键词 關鍵詞 标题 標題 链接 連結 鏈接 网址 網址 地址 电话 電話 邮箱 信箱 日期 "
    "状态 狀態 类型 類型 名称 名稱 图 圖 图片 圖片 表 注 註 另 又 附 按 译注 譯註 警告 重要 总结 總結 小结 小結 建议 建議 推荐 推薦 评分 評分 导演 主演 出版社 原文 译文 "
    "譯文 正面 反面 之前 之后 之後 输入 輸入 输出 輸出 返回 参数 參數 示例 范例 範例 http https ftp note tip warning example source date "
    "time place title url link input output pros cons summary result step import todo ps p.s by via from "
    "image photo figure table"
)
"""Labels that are names of things, never of a person."""
_NARRATED = tuple(
    words(
        "说 說 道 笑 想 喊 叫 吼 嚷 骂 罵 哭 写 寫 说着 說著 笑着 笑著 点头 點頭 摇头 搖頭 低头 低頭 抬头 抬頭 摆手 擺手 挥手 揮手 招手 耸肩 聳肩 皱眉 皺眉 叹气 "
        "嘆氣 叹息 嘆息 沉默 沉思 反问 反問 追问 追問 询问 詢問 质问 質問 责问 責問 自问 自問 又问 又問 忙问 忙問 笑问 笑問 回答 又答 忙答 笑答 插话 插話 补充 補充 "
        "表示 解释 解釋 强调 強調 指出 认为 認為 宣布 宣佈 透露 坦言 回忆 回憶 感叹 感嘆 感慨 反驳 反駁 命令 吩咐 嘱咐 囑咐 叮嘱 叮囑 提醒 警告 承认 承認 "
        "答应 答應 告诉 告訴 介绍 介紹 批示 指示 高呼 低语 低語 嘀咕 嘟囔"
    )
)
"""Verbs of speaking and gestures: a label that ends in one is narration (``老李点点头：``), and its words are text.
"""
_SAID = re.compile(
    r"\b(?:said|says|asked|asks|replied|replies|answered|added|adds|explained|explains|continued|shouted|"
    r"whispered|nodded|smiled|laughed|wrote|writes|thought)$",
    re.IGNORECASE,
)
_OF_NAMES = ("道", "笑", "想")
"""Verbs that are also the last character of names: of 王守道."""
_PRONOUNS = ("他", "她", "我", "你", "您", "它", "们", "們")
_COLON = re.compile("[：:]")
_NO_LABEL = re.compile('[。！？!?，,；;\n“”"「」《》/|=<>{}#@￥$%]')
_TIME = re.compile(r"[\d\s.:-]+")
_SPEAKING = frozenset(("paragraph", "heading", "list_item", "cue"))
_SPOKEN = re.compile(r"[?？你您我妳]|\b(?:I|you|we|my|your)\b", re.IGNORECASE)
"""Words that a person uses when speaking to another person."""
_LONGEST = 24
"""Characters of the longest label."""
_SHARE = 0.4
"""In a dialogue, the turns must have at least this share of the characters."""


class Label(NamedTuple):
    """A label at the head of a block: the name, the place behind its colon, whether it is emphasised."""

    name: str
    end: int
    marked: bool


def find_turns(raw: str, blocks: list[Block]) -> list[Block]:
    """Blocks with the speakers of a dialogue; their labels become markup. Without a dialogue, the same
    blocks.
    """
    labels: dict[int, Label] = {}
    for index, block in enumerate(blocks):
        spans = block.spans
        if spans:
            head = raw[spans[0][0] : spans[0][0] + 32]
            if ("：" in head or ":" in head) and (label := _label(raw, block)):
                labels[index] = label
    if not labels:
        return blocks
    if QUESTIONERS.isdisjoint(_key(label.name) for label in labels.values()):
        # Bold labels in a list name what an item is about (用法, 例句), unless somebody asks.
        labels = {
            index: label
            for index, label in labels.items()
            if not (blocks[index].kind == "list_item" and raw[blocks[index].spans[0][0] - 1] in "*_")
        }
    marked = {_key(label.name) for label in labels.values() if label.marked}
    if len(marked) > 1 and not marked <= QUESTIONERS:
        labels = {index: label for index, label in labels.items() if label.marked}
    labels = _turns(_without_narration(labels))
    if not labels or not _is_dialogue(raw, blocks, labels):
        return blocks
    found = list(blocks)
    for index, (name, stop, _) in labels.items():
        block = blocks[index]
        spans = trim(raw, cut(block.spans, stop, block.end))
        kind = "cue" if block.kind == "cue" else "paragraph"
        if spans:
            found[index] = block._replace(kind=kind, spans=spans, speaker=name, asks=asks(name))
    return found


def asks(name: str) -> bool:
    """Whether a label is a questioner's."""
    return _role(name) in QUESTIONERS or name.endswith(("问", "問"))


def is_label(text: str) -> bool:
    """Whether a text begins with a label of a question or an answer: ``问：``."""
    name, colon, _ = text[:_LONGEST].replace(":", "：").partition("：")
    return colon != "" and _role(name) in _ROLES and name.strip().lower() != "a"


@lru_cache(maxsize=1 << 10)
def _role(name: str) -> str:
    """A label in small letters, without its number and without what its bearer does: ``q`` of ``Q1``, ``记者``
    of ``记者提问``.
    """
    role = _NUMBERED.sub("", name.strip().lower())
    bearers = (role.removesuffix(verb) for verb in _ACTS if role.endswith(verb))
    return next((bearer for bearer in bearers if bearer in _ROLES), role)


def _without_narration(labels: Mapping[int, Label]) -> dict[int, Label]:
    """The labels that are not narration. ``毛泽东问`` is narration only among other narration; else it is the
    label of an interview, as ``记者问`` always is.
    """
    asked = any(_role(label.name) in QUESTIONERS for label in labels.values())
    left = {index: label for index, label in labels.items() if not _is_narration(label.name, asked=asked)}
    doubtful = {
        index
        for index, label in left.items()
        if label.name.endswith(_ACTS) and _role(label.name) not in _ROLES
    }
    if 3 * (len(labels) - len(left)) < len(doubtful) or len(left) == len(labels):
        return left
    return {index: label for index, label in left.items() if index not in doubtful}


def _is_narration(name: str, *, asked: bool) -> bool:
    """Whether a label ends in a verb of speaking or a gesture. ``asked``: whether a questioner's label is in
    the text too; then a short one may be a name.
    """
    if _role(name) in _ROLES or (asked and len(name) <= 3 and name.endswith(_OF_NAMES)):
        return False
    if name.endswith(_NARRATED) or _SAID.search(name):
        return True
    return name.endswith(_ACTS) and name[:-1].endswith(_PRONOUNS)


def _turns(labels: Mapping[int, Label]) -> dict[int, Label]:
    """Labels that may be speakers: those that occur more than once, and those of a question and its
    answer.
    """
    counts = Counter(_key(label.name) for label in labels.values())
    short = not QUESTIONERS.isdisjoint(counts)
    return {
        index: label
        for index, label in labels.items()
        if counts[_key(label.name)] > 1 or (short and (label.marked or _role(label.name) in _ROLES))
    }


def _key(name: str) -> str:
    """What is the same in two labels of one speaker: ``Q1`` and ``Q2``."""
    role = _role(name)
    return role if role in _ROLES else name


def _is_dialogue(raw: str, blocks: Sequence[Block], turns: Mapping[int, Label]) -> bool:
    """Whether labels are speakers of a dialogue.

    Two or more names take turns, the speaker changes at most turns, the words are spoken to somebody, and the
    turns make up most of the text.
    """
    names = [_key(label.name) for label in turns.values()]
    counts = Counter(names)
    if len(counts) < 2 or (QUESTIONERS.isdisjoint(counts) and sum(n > 1 for n in counts.values()) < 2):
        return False
    changes = sum(left != right for left, right in pairwise(names))
    if 2 * changes < len(names) - 1:
        return False
    texts = [
        read(raw, trim(raw, cut(blocks[i].spans, label.end, blocks[i].end))) for i, label in turns.items()
    ]
    spoken = sum(_SPOKEN.search(text) is not None for text in texts)
    if 3 * spoken < len(texts):
        return False
    first, last = min(turns), max(turns)
    sizes = [
        sum(end - start for start, end in block.spans) if block.kind not in _UNREAD else 0 for block in blocks
    ]
    return sum(sizes[first : last + 1]) >= _SHARE * sum(sizes)


_UNREAD = frozenset(("image", "front_matter", "left_out", "code", "table"))


def _label(raw: str, block: Block) -> Label | None:
    begin, stop = block.spans[0]
    if block.kind not in _SPEAKING:
        return None
    colon = _COLON.search(raw, begin, min(stop, begin + _LONGEST + 5))
    name = raw[begin : colon.start()].strip() if colon else ""
    if not colon and len(block.spans) > 1 and stop - begin <= _LONGEST:
        colon = _COLON.match(raw, block.spans[1][0])  # behind the mark that ends the emphasis of the name
        name = raw[begin:stop].strip()
    if not colon or not 0 < len(name) <= _LONGEST or _NO_LABEL.search(name) or _TIME.fullmatch(name):
        return None
    if name.lower() in _THINGS or name[0].isdigit() or not any(map(str.isalpha, name)):
        return None
    opened = raw[block.start : begin].strip()
    closed = (
        raw.startswith("*", colon.end())
        or (raw.startswith(("*", "_"), colon.start() - 1) and opened != "")
        or raw.endswith("**", colon.end(), block.end)
    )
    return Label(name, colon.end(), bool(opened and closed and set(opened) <= set("*_")))

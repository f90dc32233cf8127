"""Dialogues: who speaks in each paragraph of an interview or a conversation.

A label before a colon is a speaker only if the whole text is a dialogue. In any other text (``注意：``,
``优点：``, ``https:``) it is kept as a part of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from duizhao.text.block import Block
from duizhao.text.spans import cut, read, trim
from duizhao.text.words import words

QUESTIONERS = words(
    "记者 記者 问 問 主持人 提问 提問 采访者 採訪者 访谈者 訪談者 提问者 提問者 q reporter interviewer host question moderator"
)
_ANSWERERS = words("答 a 回答 受访者 受訪者 嘉宾 嘉賓 answer guest interviewee")
_THINGS = words(
    "注意 提示 例如 比如 备注 備註 说明 說明 时间 時間 地点 地點 来源 來源 作者 编辑 編輯 责编 優點 优点 缺点 缺點 优势 優勢 劣势 劣勢 好处 好處 坏处 壞處 特点 特點 价格 "
    "價格 结论 結論 结果 結果 原因 目的 方法 步骤 步驟 效果 背景 问题 問題 答案 解答 案例 摘要 关键词 關鍵詞 标题 標題 链接 連結 鏈接 网址 網址 地址 电话 電話 邮箱 信箱 日期 "
    "状态 狀態 类型 類型 名称 名稱 图 圖 图片 圖片 表 注 註 另 又 附 按 译注 譯註 警告 重要 总结 總結 小结 小結 建议 建議 推荐 推薦 评分 評分 导演 主演 出版社 原文 译文 "
    "譯文 正面 反面 之前 之后 之後 输入 輸入 输出 輸出 返回 参数 參數 示例 范例 範例 http https ftp note tip warning example source date "
    "time place title url link input output pros cons summary result step import todo ps p.s by via from "
    "image photo figure table"
)
"""Labels that are names of things, never of a person."""
_COLON = re.compile("[：:]")
_NO_LABEL = re.compile('[。！？!?，,；;\n“”"「」《》/|=<>{}#@￥$%]')
_TIME = re.compile(r"[\d\s.:-]+")
_SPEAKING = frozenset(("paragraph", "heading", "list_item"))
_SPOKEN = re.compile(r"[?？你您我妳]|\b(?:I|you|we|my|your)\b", re.IGNORECASE)
"""Words that a person uses when speaking to another person."""
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
    if any(label.marked for label in labels.values()):
        labels = {index: label for index, label in labels.items() if label.marked}
    labels = _turns(labels)
    if not labels or not _is_dialogue(raw, blocks, labels):
        return blocks
    found = list(blocks)
    for index, (name, stop, _) in labels.items():
        block = blocks[index]
        spans = trim(raw, cut(block.spans, stop, block.end))
        if spans:
            found[index] = block._replace(kind="paragraph", spans=spans, speaker=name, asks=asks(name))
    return found


def asks(name: str) -> bool:
    """Whether a label is a questioner's."""
    return name.lower() in QUESTIONERS


def _turns(labels: Mapping[int, Label]) -> dict[int, Label]:
    """Labels that may be speakers: those that occur more than once, and those of a question and its
    answer.
    """
    counts = Counter(label.name for label in labels.values())
    short = any(asks(name) for name in counts)
    return {
        index: label
        for index, label in labels.items()
        if counts[label.name] > 1
        or (short and (label.marked or asks(label.name) or label.name.lower() in _ANSWERERS))
    }


def _is_dialogue(raw: str, blocks: Sequence[Block], turns: Mapping[int, Label]) -> bool:
    """Whether labels are speakers of a dialogue.

    Two or more names take turns, the speaker changes at most turns, the words are spoken to somebody, and the
    turns make up most of the text.
    """
    names = [label.name for label in turns.values()]
    counts = Counter(names)
    if len(counts) < 2 or (
        not any(asks(name) for name in counts) and sum(n > 1 for n in counts.values()) < 2
    ):
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


_UNREAD = frozenset(("image", "front_matter", "code", "table"))


def _label(raw: str, block: Block) -> Label | None:
    begin, stop = block.spans[0]
    if block.kind not in _SPEAKING:
        return None
    colon = _COLON.search(raw, begin, min(stop, begin + 29))
    name = raw[begin : colon.start()].strip() if colon else ""
    if not colon or not 0 < len(name) <= 24 or _NO_LABEL.search(name) or _TIME.fullmatch(name):
        return None
    if name.lower() in _THINGS or name[0].isdigit() or not any(map(str.isalpha, name)):
        return None
    opened = raw[block.start : begin].strip()
    closed = raw.startswith("*", colon.end()) or (raw.startswith("*", colon.start() - 1) and opened != "")
    return Label(name, colon.end(), bool(opened and closed and set(opened) <= set("*_")))

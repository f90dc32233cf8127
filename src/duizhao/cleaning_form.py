"""Form: what a block's text looks like, as names of evidence that hold or do not."""

from __future__ import annotations

import re
from typing import NamedTuple

from duizhao.blocks import Block
from duizhao.cleaning_cues import Hit

STOPS = frozenset("。！？!?…；;")
"""Marks that end a sentence or a clause of one; what has none of them is a label, a title or a list."""

_TERMINAL = STOPS | frozenset("：:”’」』）)】]》〉.~～\"'")
_STOP = re.compile("[。！？!?…；;]")
_FULL_STOP = re.compile("[。！？!?]")
_WORD = re.compile(r"[^\W_]")
_PLAIN_ENDS = _TERMINAL - frozenset(".…")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?\)")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s，。；、（）「」『』《》“”]+|[a-z0-9-]{2,40}(?:\.[a-z0-9-]{2,40}){0,3}\.(?:com|cn|net|org|tw|hk|io)(?![A-Za-z0-9.-])/?"
)
_DATE = re.compile(r"(?:19|20)\d\d ?[-年/.] ?\d{1,2} ?[-月/.] ?\d{1,2}")
_DIGIT = re.compile(r"\d")
DATE_ONLY = re.compile(r"[\d\s年月日时時分秒点點:：/.\-－—,，+TZ上下午周週星期一二三四五六日天发發布佈于於()（）]{4,40}")
_WRITTEN_DATE = re.compile(
    r"[（(]?[\d〇零一二三四五六七八九十]{2,4}年[\d一二三四五六七八九十]{1,3}月(?:[\d一二三四五六七八九十]{1,3}日)?[）)]?"
)
CRUMBS = re.compile(r"[^>›»\n]{1,12}(?:[ 　]?[>›»][ 　]?[^>›»\n]{1,16}){1,6}")
_BYLINE = re.compile(
    r"[^，。！？：:\n]{0,12}(?:记者|記者|通讯员|通訊員|编辑|編輯|作者|撰文|译者|譯者)[ 　/／丨｜|]{1,2}[^，。！？\n]{2,20}"
)
_CONTACT = re.compile(
    r"1[3-9]\d{9}|\d{3,4}-\d{7,8}|[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,}|(?:微信|[Vv]信|[Ww]e[Cc]hat|QQ)[号號]?[：: ]{1,3}[A-Za-z0-9_-]{5,}"
)
_ACCOUNT = re.compile(r"(?:ID|Id|id|微信|公众号|公眾號|微信号|微信號)[ ]?[：:][ ]?[A-Za-z][A-Za-z0-9_-]{3,}")
_CAPTION = re.compile(r"[（(【▲△▼\[]?(?:图|圖|表|Figure |Table |Fig\. ?)[\d一二三四五六七八九十为：]|[▲△▼]")
_POINTERS = frozenset("↓👇⬇▼☟👆☝👈👉⇩")
_NUMBERED = re.compile(r"[\d０-９]{1,3}[.、)）．]|[（(][\d一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|[①-⑳]")
_STARTERS = frozenset("（(【[▲△▼图圖表FT0123456789０１２３４５６７８９一二三四五六七八九十注註①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
"""What a caption, a footnote or a number may begin with."""
_CRUMB_MARKS = frozenset(">›»")
_DIGIT_OR_AT = re.compile(r"[\d@]|[：:][ ]?[A-Za-z]")
_FOOTNOTE = re.compile(r"\[\^[^\]\n]{1,20}\]:|\[(?:注|註)?\d{1,3}\]|[①-⑳]|[（(](?:注|註)[\d：:]|(?:注|註)(?:释|釋)?\d{0,2}[：:]")

_CITED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CITED_TYPE = re.compile(r"\[(?:[JMDCNRSPZ]|EB|DB)(?:/OL)?\]")

PROSE = 50
"""Characters from which a text with a sentence's end counts as prose."""


class Piece(NamedTuple):
    """A block, or the part of one that is judged by itself, with its text and the cues in it. A tuple, for speed."""

    block: Block
    text: str
    hits: tuple[Hit, ...]
    prose: bool


def is_prose(text: str) -> bool:
    """Whether a text is long enough and has sentences."""
    return len(text) >= PROSE and (text[-1] in STOPS or _FULL_STOP.search(text) is not None)


def form(piece: Piece, raw: str) -> tuple[str, ...]:
    """Names of what a piece looks like. The commonest by far, plain prose, is told first and costs nothing more."""
    text, size = piece.text, len(piece.text)
    plain_markup = piece.block.end - piece.block.start <= size + 16
    if piece.prose and not piece.hits and plain_markup and text[-1] in _PLAIN_ENDS and "http" not in text:
        return ("prose",) if size < 400 else ("prose", "long_prose")
    names = list(_cue_names(piece))
    names += _shape_names(piece)
    names += _link_names(piece, raw, plain_markup)
    return tuple(names)


def _cue_names(piece: Piece) -> list[str]:
    hits, size = piece.hits, len(piece.text)
    if not hits:
        return []
    length = "short" if size <= 40 else "medium" if size <= 120 else "long"
    best = min((_RANK[hit.strength], hit.start) for hit in hits)[0]
    heavy = {(hit.category, piece.text[hit.start : hit.end]) for hit in hits if hit.strength != "weak"}
    share = sum(hit.end - hit.start for hit in hits if hit.strength != "weak") / size
    # A common word or two (转发, 朋友圈) in a sentence that says other things too is the author's.
    passing = best == 2 and share < (0.15 if len(heavy) > 1 else 0.35) and _FULL_STOP.search(piece.text) is not None
    names = [f"{_STRONGEST[3 if passing else best]}_{length}"]
    if len(heavy) >= 2 and not passing:
        names.append(f"cues_{length}")
    if share >= 0.35:
        names.append("covered")
    return names


_RANK = {"certain": 0, "opens": 1, "strong": 2, "weak": 3}
_STRONGEST = tuple(_RANK)


def _shape_names(piece: Piece) -> list[str]:
    text, size, kind = piece.text, len(piece.text), piece.block.kind
    names = [kind] if kind in ("heading", "quote", "list_item") else []
    if kind == "title":
        names.append("title")
    if piece.block.speaker:
        names.append("speaker")
    if piece.prose:
        names.append("prose" if size < 400 else "long_prose")
    stopped = _STOP.search(text) is not None if size < PROSE else piece.prose
    if not _WORD.search(text, 0, 200):
        names.append("symbols_only")
    elif not stopped:
        names.append("unstopped" if size > 6 else "tiny")
    elif size < PROSE:
        names.append("sentence")
    if size >= 60 and text.endswith(("...", "…", "...]", "…]", "[详细]", "[全文]")) and not text.endswith("……"):
        names.append("truncated")
    elif size >= 60 and text[-1] not in _TERMINAL and kind == "paragraph" and not _NUMBERED.match(text):
        names.append("unfinished")
    digits = size <= 80 and _DIGIT.search(text) is not None
    if size <= 20 and _WRITTEN_DATE.fullmatch(text):
        names.append("signed")
    elif digits and size <= 40 and DATE_ONLY.fullmatch(text) and sum(map(str.isdigit, text)) >= 3:
        names.append("date_only")
    elif digits and not piece.prose and _DATE.search(text):
        names.append("dated")
    return names + _pattern_names(text, size)


def _pattern_names(text: str, size: int) -> list[str]:
    names = []
    if not _POINTERS.isdisjoint(text[:4]) or not _POINTERS.isdisjoint(text[-4:]):
        names.append("pointer")
    if text[0] in _STARTERS:
        if _CAPTION.match(text):
            names.append("caption")
        if _FOOTNOTE.match(text):
            names.append("footnote")
        elif _NUMBERED.match(text):
            names.append("numbered")
    if size <= 60:
        names += _label_names(text, size)
    if size <= 200 and _DIGIT_OR_AT.search(text):
        if _ACCOUNT.search(text):
            names.append("account")
        elif _CONTACT.search(text):
            names.append("contact")
    latin = size >= 20 and len(text[:200].encode()) <= 1.4 * min(size, 200)
    if size >= 40 and (latin or "[" in text) and _CITED.search(text, 0, 600) and (latin or _CITED_TYPE.search(text, 0, 600)):
        names.append("citation")
    elif latin:
        names.append("latin")
    return names


def _label_names(text: str, size: int) -> list[str]:
    names = []
    if not _CRUMB_MARKS.isdisjoint(text) and CRUMBS.fullmatch(text):
        names.append("crumbs")
    if size <= 36 and _BYLINE.fullmatch(text):
        names.append("byline")
    if "|" in text or "｜" in text or "丨" in text:
        names.append("barred")
    return names


def _link_names(piece: Piece, raw: str, plain_markup: bool) -> list[str]:
    text, size = piece.text, len(piece.text)
    linked = 0
    if not plain_markup:
        source = raw[piece.block.start : piece.block.end]
        linked = sum(len(match.group(1)) for match in _LINK.finditer(source))
    addresses = sum(len(match.group()) for match in _URL.finditer(text)) if size <= 2000 and "." in text else 0
    if not piece.prose and size <= 80 and piece.block.kind != "list_item" and (first := _URL.match(text)) and first.end() < size:
        return ["address_first"]
    if linked >= 0.7 * size:
        return ["link_only"]
    if addresses >= 0.9 * size:
        return ["address_only"]
    if addresses >= 0.3 * size:
        return ["addressed"]
    return ["linked"] if linked >= 0.3 * size else []

"""Form: what a block's text looks like. Each property is a name of evidence that is present or absent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from duizhao.cleaning.lexicon import RANK, STRENGTHS, SURE, Hit
from duizhao.text import BOXES, CLOSING, LINK, Block

STOPS = frozenset("。！？!?…；;")
"""Marks that end a sentence or a clause. A text without any of them is a label, a title or a list."""

_TERMINAL = STOPS | frozenset("：:”’」』）)】]》〉.~～\"'")
_STOP = re.compile("[。！？!?…；;](?!(?<=[!?;])[A-Za-z0-9%&=/_-])")
_FULL_STOP = re.compile("[。！？!?](?!(?<=[!?])[A-Za-z0-9%&=/_-])")
"""Ends of sentences. The same marks inside a web address do not count."""
_CLAUSE = re.compile("[，,、；;]")
_WORD = re.compile(r"[^\W_]")
_PLAIN_ENDS = _TERMINAL - frozenset(".…")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s，。；、（）「」『』《》“”]+|(?<![a-z0-9-])[a-z0-9-]{2,40}(?:\.[a-z0-9-]{2,40}){0,"
    r"3}\.(?:com|cn|net|org|tw|hk|io)(?![A-Za-z0-9.-])/?"
)
_ADDRESS = re.compile(r"https?://|www\.|\.(?:com|cn|net|org|tw|hk|io)")
_DATE = re.compile(r"(?:19|20)\d\d ?[-年/.] ?\d{1,2} ?[-月/.] ?\d{1,2}")
_DIGIT = re.compile("[0-9０-９]")
DATE_ONLY = re.compile(
    r"[\d\s年月日时時分秒点點:：/.\-－—,，+TZ上下午周週星期一二三四五六日天发發布佈于於()（）]{4,40}"
)
_WRITTEN_DATE = re.compile(
    r"[（(]?[\d〇零一二三四五六七八九十]{2,4}年[\d一二三四五六七八九十]{1,3}月(?:[\d一二三四五六七八九十]{1,3}日)?[）)]?"
)
CRUMBS = re.compile(r"[^>›»\n]{1,12}(?:[ 　]?[>›»]{1,2}[ 　]?[^>›»\n]{1,16}){1,6}")
_BYLINE = re.compile(
    r"[^，。！？：:\n]{2,16}[ （(][发發]自 ?[^，。！？：:\n]{2,10}|"
    r"[〔【（(]?(?:记者|記者|特派|特約|綜合|實習|编辑|編輯)[^，。！？：:\n]{1,14}[／/][^，。！？：:\n]{1,8}[报報](?:道|导|導)[〕】）)]?|"
    r"[^，。！？：:\n]{0,12}(?:记者|記者|通讯员|通訊員|编辑|編輯|作者|撰文|译者|譯者)[ 　/／丨｜|]{1,2}[^，。！？\n]{2,20}"
)
_CREDITED = re.compile("[记記通编編作撰译譯发發报報]")
"""A byline has one of these."""
_NUMBER = re.compile(r"\d(?:(?<=1)[3-9]\d{9}|\d{2,3}-\d{7,8})")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,}")
_CHAT = re.compile(r"(?:微信|V信|v信|WeChat|Wechat|weChat|wechat|QQ)[号號]?[：: ]{1,3}[A-Za-z0-9_-]{5,}")
_ACCOUNT = re.compile(
    r"(?:公众号|公眾號|微信号|微信號) [A-Za-z][A-Za-z0-9_-]{3,}|(?:ID|Id|id|微信|公众号|公眾號|微信号|微信號)[ ]?[：:][ "
    r"]?[A-Za-z][A-Za-z0-9_-]{3,}"
)
_CAPTION = re.compile(r"[（(【▲△▼\[]?(?:图|圖|表|Figure |Table |Fig\. ?)[\d一二三四五六七八九十为：]|[▲△▼]")
_POINTERS = frozenset("↓👇⬇▼☟👆☝👈👉⇩")
_NUMBERED = re.compile(
    r"[\d０-９]{1,3}[.、)）．]|[（(][\d一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|[①-⑳]"
)
_REPLY = re.compile(r"[推噓嘘→] ?\w{2,16} ?[:：]")
"""How a bulletin board prints a reader's comment."""
_YEAR_STARTERS = frozenset("（(〇零一二三四五六七八九十0123456789０１２３４５６７８９")
_STARTERS = frozenset(
    "（(【[▲△▼图圖表FT0123456789０１２３４５６７８９一二三四五六七八九十注註①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
)
"""What a caption, a footnote or a number may begin with."""
_MIXED = re.compile(rf"[\x00-\x7f\d：／｜丨›»　{''.join(sorted(_POINTERS))}]")
"""Characters that do not occur in Chinese prose and its punctuation."""
_PARTED = re.compile(r"[ 　/／丨｜|]")
_NAMED = re.compile(r"[：:号號] ?[A-Za-z]")
_FOOTNOTE = re.compile(
    r"\[\^[^\]\n]{1,20}\]:|\[(?:注|註)?\d{1,3}\]|[①-⑳]|[（(](?:注|註)[\d：:]|(?:注|註)(?:释|釋)?\d{0,2}[：:]"
)

_CITED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CITED_TYPE = re.compile(r"\[(?:[JMDCNRSPZ]|EB|DB)(?:/OL)?\]")

PROSE = 50
"""A text of at least this many characters that has an end of a sentence counts as prose."""


class Piece(NamedTuple):
    """A block, or a part of one that is judged separately, with its text and the cues in it. A tuple, for
    speed.
    """

    block: Block
    text: str
    hits: Sequence[Hit]
    prose: bool


_LONGEST_WORD = 4
"""A title of at most so many characters may be a word that is a cue elsewhere: ``# 导航``, ``# 链接``."""
_NO_TITLE = frozenset(("目录", "目錄", "首页", "首頁"))
"""Words that are above a list of links."""


def is_word(text: str) -> bool:
    """Whether a title is one word, and no word that is no title."""
    return len(text) <= _LONGEST_WORD and text not in _NO_TITLE


def heading_level(raw: str, block: Block) -> int:
    """The number of marks before a Markdown heading (``##``: 2), at most 6; BOXED for the title of a box
    (``::: tip 提示``) or of a tab (``=== "Go"``); 0 for a line that is not marked.
    """
    if block.kind not in ("heading", "title") or not block.spans:
        return 0
    start = block.spans[0][0]
    lead = raw[raw.rfind("\n", 0, start) + 1 : start].lstrip(" \t>")
    return BOXED if lead.startswith(BOXES) else min(len(lead) - len(lead.lstrip("#")), 6)


BOXED = 7


def is_prose(text: str) -> bool:
    """Whether a text has at least PROSE characters and the end of a sentence."""
    return len(text) >= PROSE and (text[-1] in STOPS or _FULL_STOP.search(text) is not None)


def form(piece: Piece, raw: str) -> tuple[str, ...]:
    """Names of what a piece looks like. Plain prose, by far the most common form, is recognized first and
    needs no further tests.
    """
    block, text, hits, prose = piece
    size = len(text)
    plain_markup = block.end - block.start <= size + 16
    if prose and not hits and plain_markup and text[-1] in _PLAIN_ENDS and "http" not in text:
        return ("prose",) if size < 400 else ("prose", "long_prose")
    if block.kind in ("code", "table"):
        return ("code",)
    mixed = not plain_markup or _MIXED.search(text) is not None
    links = _link_names(piece, raw, plain_markup) if mixed else []
    linked = not _ALL_LINK.isdisjoint(links)
    names = _cue_names(piece, linked) if hits else []
    names += _shape_names(piece)
    if linked:
        names = [name for name in names if name not in _SENTENCES]
    if mixed:
        names += _mixed_names(piece, "signed" in names)
        if text[0] in "推噓嘘→" and _REPLY.match(text):
            names.append("reply")
    names += links
    return tuple(names)


_ALL_LINK = frozenset(("link_only", "address_only"))
_SENTENCES = frozenset(("prose", "long_prose", "sentence"))


def settle_style(pieces: Sequence[Piece], forms: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The forms. ``unfinished`` and ``unstopped`` are removed where they are the author's own style: most of
    the text has no full stops, or it consists of lists.
    """
    unfinished = [len(pieces[index].text) for index, names in enumerate(forms) if "unfinished" in names]
    if not unfinished:
        return forms
    prose = [index for index, piece in enumerate(pieces) if piece.prose]
    body = forms[: prose[-1] + 1] if prose else []
    listed, said = (
        sum("unstopped" in names for names in body),
        sum(not _SENTENCES.isdisjoint(names) for names in body),
    )
    if sum(unfinished) <= sum(len(pieces[index].text) for index in prose) and listed < max(2 * said, 12):
        return forms
    return [tuple(name for name in names if name not in ("unfinished", "unstopped")) for names in forms]


def _cue_names(piece: Piece, linked: bool) -> list[str]:
    size, best, covered = len(piece.text), 3, 0
    heavy = set()
    for start, end, category, strength in piece.hits:
        best = min(best, RANK[strength])
        if strength != "weak":
            covered += end - start
            heavy.add((category, piece.text[start:end]))
    # A line that begins with a certain cue counts as short, however long the address or the title after the
    # colon is. If the rest of the line is a link, the cue is its label.
    opened = piece.hits[0].strength in SURE and piece.hits[0].start <= 3 and "。" not in piece.text
    label = linked and (opened or best == 1)
    length = "short" if size <= 40 or label else "medium" if size <= (240 if opened else 120) else "long"
    share = covered / size
    # One or two common words (转发, 朋友圈) in a sentence that is mostly about other things are the author's.
    passing = (
        best == 2 and share < (0.15 if len(heavy) > 1 else 0.35) and _FULL_STOP.search(piece.text) is not None
    )
    names = [f"{STRENGTHS[3 if passing else best]}_{length}"]
    if len(heavy) >= 2 and not passing:
        names.append(f"cues_{length}")
    if share >= 0.35:
        names.append("covered")
    if (
        best < 3
        and size <= 40
        and any(hit.category == "source_link" and hit.strength != "weak" for hit in piece.hits)
    ):
        names.append("credit")
    return names


def _shape_names(piece: Piece) -> list[str]:
    block, text, _, prose = piece
    size, kind = len(text), block.kind
    names = [kind] if kind in _KINDS else []
    if block.speaker:
        names.append("speaker")
    if prose:
        names.append("prose" if size < 400 else "long_prose")
    stopped = prose if size >= PROSE else text[-1] in STOPS or _STOP.search(text) is not None
    if not (text[0].isalnum() or _WORD.search(text, 0, 200)):
        names.append("symbols_only")
    elif not stopped:
        names.append("unstopped" if size > 6 else "tiny")
        if size >= 25 and text.count("，") >= 2:
            names.append("clauses")
    elif size < PROSE:
        names.append("sentence")
    if size >= 60:
        names += _end_names(text, kind)
    elif size <= 20 and text[0] in _YEAR_STARTERS and _WRITTEN_DATE.fullmatch(text):
        names.append("signed")
    if text[0] in _STARTERS:
        names += _opening_names(text)
    return names


_KINDS = frozenset(("footnote", "heading", "quote", "list_item", "title"))


def _end_names(text: str, kind: str) -> list[str]:
    if text.endswith(("...", "…", "...]", "…]", "[详细]", "[全文]")) and not text.endswith("……"):
        return ["truncated"]
    cut_off = (
        text[-1] not in _TERMINAL
        and kind == "paragraph"
        and _CLAUSE.search(text)
        and not _NUMBERED.match(text)
    )
    return ["unfinished"] if cut_off else []


def _opening_names(text: str) -> list[str]:
    names = ["caption"] if _CAPTION.match(text) else []
    if _FOOTNOTE.match(text):
        names.append("footnote")
    elif _NUMBERED.match(text):
        names.append("numbered")
    return names


def _mixed_names(piece: Piece, signed: bool) -> list[str]:
    """Forms that need figures, Latin letters, bars, colons or arrows: a date, a byline, contact details."""
    text, size = piece.text, len(piece.text)
    names = [] if _POINTERS.isdisjoint((text[0], text[1:2], text[-2:-1], text[-1])) else ["pointer"]
    digit = _DIGIT.search(text) if size <= 200 else None
    if signed or not digit or size > 80:
        pass
    elif size <= 40 and DATE_ONLY.fullmatch(text) and sum(map(str.isdigit, text)) >= 3:
        names.append("date_only")
    elif not piece.prose and _DATE.search(text, digit.start()):
        names.append("dated")
    if size <= 60:
        if (">" in text or "›" in text or "»" in text) and CRUMBS.fullmatch(text):
            names.append("crumbs")
        if size <= 36 and _CREDITED.search(text) and _PARTED.search(text) and _BYLINE.fullmatch(text):
            names.append("byline")
        if "|" in text or "｜" in text or "丨" in text:
            names.append("barred")
    named = size <= 200 and _NAMED.search(text) is not None
    if named and _ACCOUNT.search(text):
        names.append("account")
    elif size <= 200 and (digit or named or "@" in text) and _reaches(text, digit.start() if digit else size):
        names.append("contact")
    latin = size >= 20 and len(text[:200].encode("utf-8", "surrogatepass")) <= 1.4 * min(size, 200)
    if (
        size >= 40
        and (latin or "[" in text)
        and _CITED.search(text, 0, 600)
        and (latin or _CITED_TYPE.search(text, 0, 600))
    ):
        names.append("citation")
    elif latin:
        names.append("latin")
    return names


def _reaches(text: str, digits: int) -> bool:
    """Whether a text has a telephone number, an e-mail address or a user name of a messenger. ``digits`` is
    the place of its first figure.
    """
    if (digits + 10 < len(text) and _NUMBER.search(text, digits)) or ("@" in text and _MAIL.search(text)):
        return True
    return ("信" in text or "QQ" in text or "hat" in text) and _CHAT.search(text) is not None


def _link_names(piece: Piece, raw: str, plain_markup: bool) -> list[str]:
    text, size = piece.text, len(piece.text)
    linked = 0
    if not plain_markup:
        source = raw[piece.block.start : piece.block.end]
        if "](" in source:
            linked = sum([len(match.group(1)) for match in LINK.finditer(source)])
            if "[" not in source and CLOSING.fullmatch(source):
                linked = size
    addresses = 0
    if size <= 2000 and "." in text and _ADDRESS.search(text):
        found = [match.span() for match in _URL.finditer(text)]
        addresses = sum([end - start for start, end in found])
        if (
            found
            and found[0][0] == 0
            and found[0][1] < size <= 80
            and not piece.prose
            and piece.block.kind != "list_item"
        ):
            return ["address_first"]
    if not linked and not addresses:
        return []
    if linked >= 0.7 * size:
        return ["link_only"]
    if addresses >= 0.9 * size:
        return ["address_only"]
    if addresses >= 0.3 * size:
        return ["addressed"]
    return ["linked"] if linked >= 0.3 * size else []

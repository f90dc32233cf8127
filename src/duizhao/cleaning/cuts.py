"""Cuts: where to divide a paragraph of which only a part is the author's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from duizhao.cleaning.form import Piece, is_prose
from duizhao.cleaning.lexicon import SURE, Hit, Lexicon, find_cues
from duizhao.text import Block, locate, read, split

_SCRAP = re.compile(
    r"[*＊]{0,3}[。，、；](?![ \t]*[*＊]{0,3}[。，、；])[ \t]*"
)  # several marks may be the author's: 。。。
_NAME = r"[^：:。！？!?；;\n|｜丨]{2,40}?"
_BYLINE = re.compile(
    rf"(?:记者|記者|作者|撰文|撰稿|编辑|編輯|编译|編譯|译者|譯者|翻译|翻譯|文|来源|來源)[ 　]?[：:|｜丨/／][ 　]?{_NAME}"
    r"(?:[，,　 ]{1,3}(?:发布于|發佈於)?(?:19|20)\d\d ?[年./-] ?\d{1,2} ?[月./-] ?\d{1,2}日?(?:[ "
    r"　T]\d{1,2}:\d\d(?::\d\d)?)?[ 　]+|[　]{2,}| {2,})"
)
_CUT_STARTS = frozenset("*＊。，、；记記作撰编編译譯翻文来來")
_CREDIT_AT_END = re.compile(
    r"[（(【\[](?:责任编辑|責任編輯|责编|責編|编辑|編輯|校对|校對|审核|審核|本文来源|本文來源|原标题|原標題|通讯员|通訊員|实习生|完[）)】\]]|全文完|"
    r"文章来源|稿件来源|本报记者|本報記者|本网记者|转载自|轉載自)[^（(）)【】\[\]]{0,50}[）)】\]]?$"
)
_SENTENCE_END = re.compile(r"[。！？!?…～~][”’」』）)\"']{0,2}|\s{2,}|　")

LONG, HEAD_WINDOW, TAIL_WINDOW = 100, 24, 100
"""In a paragraph of more than LONG characters, cues count only in its first HEAD_WINDOW and in its last
TAIL_WINDOW characters. The middle is taken as the author's.
"""


def cut_blocks(raw: str, blocks: Sequence[Block], lexicon: Lexicon) -> Iterator[Sequence[Piece]]:
    """The pieces of each block in order. Most blocks are one piece."""
    for start in range(0, len(blocks), _TOGETHER):
        for piece in _pieces(raw, blocks[start : start + _TOGETHER], lexicon):
            if (
                piece.hits or piece.text[0] in _CUT_STARTS or piece.text[-1] in "）)】]"
            ) and piece.block.kind not in ("code", "cue"):
                yield _cut(raw, piece, lexicon)
            else:
                yield (piece,)


_TOGETHER = 1 << 14
"""Blocks in which cues are looked for at once: bounds memory."""


def _cut(raw: str, piece: Piece, lexicon: Lexicon) -> list[Piece]:
    if piece.text[0] in _CUT_STARTS and (at := _head_cut(piece.text)) and piece.text[at:].strip():
        head, rest = _pieces(raw, split(raw, piece.block, locate(raw, piece.block.spans, at)), lexicon)
        return [head, *_cut_end(raw, rest, lexicon)]
    return _cut_end(raw, piece, lexicon)


def _cut_end(raw: str, piece: Piece, lexicon: Lexicon) -> list[Piece]:
    at = _end_cut(piece.text, piece.hits) if len(piece.text) >= 40 else 0
    return (
        _pieces(raw, split(raw, piece.block, locate(raw, piece.block.spans, at)), lexicon) if at else [piece]
    )


def _pieces(raw: str, blocks: Sequence[Block], lexicon: Lexicon) -> list[Piece]:
    """Blocks with their texts and cues. In a long block only two kinds of cues count: those at its beginning
    and, at its end, the certain ones.
    """
    texts = [read(raw, block.spans) for block in blocks]
    hits = find_cues([text if len(text) <= LONG else text[:HEAD_WINDOW] for text in texts], lexicon)
    long = [index for index, text in enumerate(texts) if len(text) > LONG]
    ends = (
        find_cues([texts[index][-TAIL_WINDOW:] for index in long], lexicon.certain)
        if lexicon.certain
        else [()] * len(long)
    )
    for index, found in zip(long, ends, strict=True):
        tail = len(texts[index]) - TAIL_WINDOW
        if hits[index] or found:
            hits[index] = [
                *(hit for hit in hits[index] if hit.strength in SURE),
                *(
                    Hit(start + tail, end + tail, category, strength)
                    for start, end, category, strength in found
                ),
            ]
    rows = zip(blocks, texts, hits, map(is_prose, texts), strict=True)
    return list(map(_PIECE, rows))


_PIECE = partial(tuple.__new__, Piece)
"""A named tuple from a row, without the call of its own constructor."""


def _head_cut(text: str) -> int:
    """Where the author's text begins after a stray mark or a byline on the same line; 0 where there is
    neither.
    """
    if scrap := _SCRAP.match(text):
        return scrap.end() if scrap.end() < len(text) else 0
    byline = _BYLINE.match(text[:120]) if len(text) > 60 else None
    return byline.end() if byline else 0


def _end_cut(text: str, hits: Sequence[Hit]) -> int:
    """Where the part at the end that is not the author's begins; 0 where there is none.

    That part is a credit in brackets, or it is one or more sentences that each have a clear cue, such as a
    request to follow an account. The prose before them must have no such cue.
    """
    if (
        text[-1] in "）)】]"
        and (credit := _CREDIT_AT_END.search(text, max(0, len(text) - 80)))
        and credit.start() > 0
    ):
        return credit.start()
    if not hits:
        return 0
    calls = [
        hit
        for hit in hits
        if hit.strength in ("certain", "strong")
        and hit.category in _CALLS
        and hit.start >= len(text) - TAIL_WINDOW
    ]
    if not any(hit.strength == "certain" for hit in calls):
        return 0
    begin = 0
    ends = [
        match.end() for match in _SENTENCE_END.finditer(text, max(0, calls[0].start - TAIL_WINDOW), len(text))
    ]
    for end in ends:
        if end <= calls[0].start:
            begin = end
    sentences = [end for end in ends if end > begin] + [len(text)]
    start = begin
    for end in sentences:
        if end - start > 12 and not any(start <= hit.start < end for hit in calls):
            return 0
        start = end
    return begin if begin >= 30 else 0


_CALLS = frozenset(("follow_call", "share_call", "ad", "related", "source_link", "disclaimer"))

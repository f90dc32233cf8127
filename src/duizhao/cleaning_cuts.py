"""Cuts: where a paragraph holds a part that is the author's and a part that is not."""

from __future__ import annotations

import re

from duizhao.blocks import Block, split
from duizhao.cleaning_cues import Hit, Lexicon, find_cues
from duizhao.cleaning_form import Piece, is_prose
from duizhao.spans import locate, read

_SCRAP = re.compile(r"[*＊]{0,3}[。，、；][ \t]*")
_NAME = r"[^：:。！？!?；;\n|｜丨]{2,40}?"
_BYLINE = re.compile(
    rf"(?:记者|記者|作者|撰文|撰稿|编辑|編輯|编译|編譯|译者|譯者|翻译|翻譯|文|来源|來源)[ 　]?[：:|｜丨/／][ 　]?{_NAME}"
    r"(?:[，,　 ]{1,3}(?:发布于|發佈於)?(?:19|20)\d\d ?[年./-] ?\d{1,2} ?[月./-] ?\d{1,2}日?(?:[ 　T]\d{1,2}:\d\d(?::\d\d)?)?[ 　]+|[　]{2,}| {2,})"
)
_BYLINE_STARTS = frozenset("记記作撰编編译譯翻文来來")
_CREDIT_AT_END = re.compile(
    r"[（(【\[](?:责任编辑|責任編輯|责编|責編|编辑|編輯|校对|校對|审核|審核|本文来源|本文來源|原标题|原標題|通讯员|通訊員|实习生|完[）)】\]]|全文完|"
    r"文章来源|稿件来源|本报记者|本報記者|本网记者|转载自|轉載自)[^（(）)【】\[\]]{0,50}[）)】\]]?$"
)
_SENTENCE_END = re.compile(r"[。！？!?…～~][”’」』）)\"']{0,2}|\s{2,}|　")

LONG, HEAD_WINDOW, TAIL_WINDOW = 100, 24, 100
"""In a paragraph of more than LONG characters cues count only at its head and at its end. Its middle is the author's."""


def cut_block(raw: str, block: Block, lexicon: Lexicon) -> list[Piece]:
    """The pieces of a block in order; most blocks are one."""
    text = read(raw, block.spans)
    first, found = text[0], []
    if first in "*＊。，、；" and (scrap := _SCRAP.match(text)) and scrap.end() < len(text):
        head, block = split(raw, block, locate(raw, block.spans, scrap.end()))
        found.append(Piece(head, text[: scrap.end()], (), False))
        text = read(raw, block.spans)
    elif first in _BYLINE_STARTS and len(text) > 60 and (byline := _BYLINE.match(text[:120])):
        head, block = split(raw, block, locate(raw, block.spans, byline.end()))
        found.append(_piece(raw, head, lexicon))
        text = read(raw, block.spans)
    hits = _hits(text, lexicon)
    at = _end_cut(text, hits) if len(text) >= 40 else 0
    if not at:
        found.append(Piece(block, text, tuple(hits), is_prose(text)))
        return found
    body, tail = split(raw, block, locate(raw, block.spans, at))
    return [*found, _piece(raw, body, lexicon), _piece(raw, tail, lexicon)]


def _piece(raw: str, block: Block, lexicon: Lexicon) -> Piece:
    text = read(raw, block.spans)
    return Piece(block, text, tuple(_hits(text, lexicon)), is_prose(text))


def _hits(text: str, lexicon: Lexicon) -> list[Hit]:
    """Cues in a text. In a long one only cues that open it and, at its end, certain ones: a common word there is the author's."""
    if len(text) <= LONG:
        return find_cues(text, lexicon)
    tail = len(text) - TAIL_WINDOW
    hits = [hit for hit in find_cues(text[:HEAD_WINDOW], lexicon) if hit.strength in ("certain", "opens")]
    if lexicon.certain:
        found = find_cues(text[tail:], lexicon.certain)
        hits += [Hit(hit.start + tail, hit.end + tail, hit.category, hit.strength) for hit in found]
    return hits


def _end_cut(text: str, hits: list[Hit]) -> int:
    """Where the part at the end that is not the author's begins; 0 where there is none.

    It is a bracketed credit, or one sentence or more of which each makes a call that no author makes in passing, behind
    prose that makes none.
    """
    if text[-1] in "）)】]" and (credit := _CREDIT_AT_END.search(text, max(0, len(text) - 80))) and credit.start() > 0:
        return credit.start()
    if not hits:
        return 0
    calls = [
        hit for hit in hits if hit.strength in ("certain", "strong") and hit.category in _CALLS and hit.start >= len(text) - TAIL_WINDOW
    ]
    if not any(hit.strength == "certain" for hit in calls):
        return 0
    begin = 0
    ends = [match.end() for match in _SENTENCE_END.finditer(text, max(0, calls[0].start - TAIL_WINDOW), len(text))]
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

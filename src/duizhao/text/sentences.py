"""Sentences: where a paragraph divides, in Chinese and in English.

A boundary is an offset into the paragraph's text; ``split`` turns it into spans of the raw file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from duizhao.errors import DuizhaoError
from duizhao.text.blocks import Block, find_blocks
from duizhao.text.document import make_document
from duizhao.text.spans import Span, cut, positions, read, trim

_CHINESE_END = re.compile(r"(?:[。！？!?]+|…{2,}|\.{6}|。?…+(?=[”’」』]))[。！？!?…]*")
_CLOSERS = "”’」』）)】》〉\"'"
_PAIRS = {"“": "”", "「": "」", "『": "』", "（": "）", "(": ")", "‘": "’"}
_ENGLISH_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Inc|Ltd|Co|Corp|vs|etc|e\.g|i\.e|Nov|Dec|Jan|Feb|Aug|Sept|Oct|approx|Gen|Sen|Rep|Gov)"
    r"|\b(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
_INITIAL = re.compile(r"(?:^|[\s(\"“])[A-Z]\.$")
_ATTRIBUTION = re.compile(
    r"\s+(?:[A-Z][\w'’.-]*\s+){1,4}(?:said|says|asked|asks|told|wrote|writes|added|replied|answered|recalled|explained|continued)\b"
)
_NUMBER = re.compile(r"\s+\d")
_STARTER = re.compile(
    r"\s+(?:[\"“]|(?:The|A|An|In|On|At|After|Before|When|While|If|It|He|She|They|We|I|This|That|But|And|As|For|With)\s)"
)
_LOWER_AFTER = re.compile(r"\s+[a-z0-9,;:]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text as received and its half-open spans in the raw file.

    ``paragraph`` ranks its paragraph among the kept ones of its file, from 0.
    """

    text: str
    spans: tuple[Span, ...]
    paragraph: int
    role: str = "body"
    speaker: str | None = None


def split_sentences(text: str, language: str = "zh") -> list[str]:
    """Sentences of a plain or Markdown text in order, without its markup; metadata at its head is left out.

    ``language`` is ``zh`` or ``en``. Raises DuizhaoError ``unknown-language``.
    """
    if language not in ("zh", "en"):
        raise DuizhaoError("unknown-language", f"{language}: unknown language; allowed: zh, en")
    return [
        read(text, spans)
        for block in find_blocks(make_document("text", text, language))
        if block.spans and block.kind != "front_matter"
        for spans in split_block(text, block, language)
    ]


def split_block(raw: str, block: Block, language: str) -> list[tuple[Span, ...]]:
    """Spans of the sentences of a block; a title or heading is one, whatever stops it holds."""
    return [block.spans] if block.kind in ("title", "heading") else split(raw, block.spans, language)


def split(raw: str, spans: Sequence[Span], language: str) -> list[tuple[Span, ...]]:
    """Spans of the sentences of one paragraph. White space between them belongs to none."""
    text = read(raw, spans)
    ends = list(chinese_ends(text) if language == "zh" else english_ends(text))
    places = positions(raw, spans)
    found, start = [], spans[0][0]
    for end in [*ends, len(text)]:
        stop = places[end] if end < len(text) else spans[-1][1]
        sentence = trim(raw, cut(spans, start, stop))
        if sentence:
            found.append(sentence)
        start = max(stop, start)
    return found


def chinese_ends(text: str) -> Iterator[int]:
    """Offsets at which a new sentence begins in a Chinese paragraph.

    A sentence ends at 。！？ and at half-width ! and ? with what closes behind it; inside quotation marks
    or brackets it ends too, unless the quotation is part of a sentence that goes on. ``.`` ends a
    sentence only after a Chinese character.
    """
    for match in _CHINESE_END.finditer(text):
        end = match.end()
        while end < len(text) and text[end] in _CLOSERS and _closes(text, end):
            end += 1
        if end < len(text) and text[end:].strip() and not _goes_on(text, match.end(), end):
            yield end


def english_ends(text: str) -> Iterator[int]:
    """Offsets at which a new sentence begins in an English paragraph: after . ! ? and closing quotes.

    Not after abbreviations and initials, nor before a lower-case word, nor between a quotation and who said it.
    """
    for match in _ENGLISH_END.finditer(text):
        end = match.end()
        if end >= len(text) or (_LOWER_AFTER.match(text, end) and not text[end:].lstrip()[:1].isdigit()):
            continue
        if match.group()[0] in "?!" and match.group()[-1] in "\"”'’" and _ATTRIBUTION.match(text, end):
            continue
        if match.group()[0] == "." and _is_abbreviation(text, match.start() + 1):
            continue
        yield end


def _is_abbreviation(text: str, end: int) -> bool:
    """Whether the full stop before ``end`` belongs to an abbreviation or an initial, not to a sentence."""
    word = text[max(0, end - 14) : end]
    if word.endswith(("No.", "no.")):
        return bool(_NUMBER.match(text, end))
    return bool(_ABBREVIATION.search(word)) or bool(_INITIAL.search(word) and not _STARTER.match(text, end))


def _closes(text: str, index: int) -> bool:
    """Whether a closing mark at ``index`` closes what is open; straight quotes close after an odd number."""
    mark = text[index]
    if mark in "\"'":
        return text.count(mark, 0, index) % 2 == 1
    return True


def _goes_on(text: str, stop: int, end: int) -> bool:
    """Whether the sentence goes on after a stop at ``stop`` whose closing marks end at ``end``."""
    rest = text[end:].lstrip()
    if rest[0] in "，,、；;：:。！？!?）)…—":
        return True
    closed = end > stop and text[stop:end].strip() != ""
    if closed and _inner_question(text, stop, end, rest):
        return True
    return not closed and _inside_title(text, stop)


def _inner_question(text: str, stop: int, end: int, rest: str) -> bool:
    """A quoted question or exclamation, title or bracket in the middle of a clause: ``“为什么？”的问题``."""
    opener = next((a for a, b in _PAIRS.items() if b == text[stop:end][:1]), None)
    start = text.rfind(opener, 0, stop) if opener else -1
    before = text[:start].rstrip() if start > 0 else ""
    quote = text[start + 1 : stop]
    if text[stop:end][:1] in "》〉":
        return True
    return (
        bool(before)
        and before[-1] not in "。！？!?，,：:；;”…"
        and len(quote) <= 40
        and rest[0] in "的地得是与和及或在这那一中上之"
    )


def _inside_title(text: str, stop: int) -> bool:
    """Inside a book title 《…》 no sentence ends."""
    opened = text.rfind("《", 0, stop)
    return opened >= 0 and text.find("》", opened, stop) < 0 <= text.find("》", stop)

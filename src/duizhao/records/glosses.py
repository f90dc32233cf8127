"""Parts of a text that the other language need not repeat: glosses, notes of a translator, link targets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duizhao.text import HAN_CHARACTER, Span

_BRACKET = re.compile(r"[（(]([^（()）]*)[）)]")
_NOTE = re.compile(r"[（(【\[]\s*(?:[译譯]者?[注註]|[译譯]者?按)[^（(【\[\]】)）]*[）)】\]]")
_HEAD = re.compile(r"[^,，、;；:：]*")
_LATIN = re.compile(r"[A-Za-z]{2}")
_TRANSLATED = re.compile(r"(?<=[A-Za-z])[（(][\u3400-\u9fff]{1,12}[）)]")  # token（令牌）
_STOP = re.compile("[，。；：！？]")
_LANGUAGE = re.compile(
    r"\b(?:English|Deutsch|Français|Español|Italiano|Português|Русский)\b|한국어"
    "|(?:(?<![\u3400-\u9fff])(?:[简簡][体體]|[繁正][体體])?中文版?|[日汉漢][本]?[语語]|[简簡][体體]|[繁正][体體])(?![\u3400-\u9fff])"
)
_WORD = re.compile("[A-Za-z]{2,}")
_WORDS_OF_SENTENCE = 5
_MENTION = re.compile(
    r"[\"“「][^\"“”「」\u3400-\u9fff]{0,40}[\u3400-\u9fff]{1,4}[^\"“”「」\u3400-\u9fff]{0,40}[\"”」]"
    r"|(?<=[A-Za-z\"”] )[(（][\u3400-\u9fff·、，\s]{1,16}[)）]"
)
_TARGET = re.compile(
    r"(?<![A-Za-z])(?:https?|ftp)://[^\s<>\"“”‘’（）《》【】，。；、]*"
    r"|(?<=\])\((?:[^()\n]|\([^()\n]*\))*\)"  # [text](target)
    r"|(?<![\w.\-/])(?:[\w\-]+\.)+[A-Za-z]+/[\w./\-?=&%#~]*"  # example.org/zh/page
    r"|(?:(?<=[\s(（“\"'`：:，,、])|^)(?:~|\.{1,2})?/[a-z][\w.\-]*(?:/[\w.\-]*)+"  # /zh/page, ./zh/page
    r"|(?<![\w.\-/])[\w\-./]+\.html?(?:#\S*)?",
    re.ASCII,
)


def glosses(text: str) -> list[Span]:
    """Spans of the brackets of a Chinese text, with their brackets, that hold a word of another language:
    受检异常（checked exception）, 接口（interface，即…）.
    """
    found = []
    for match in _BRACKET.finditer(text):
        inside = match[1]
        if HAN_CHARACTER.search(inside):
            head = _HEAD.match(inside)
            inside = "" if head is None or head.end() == len(inside) else head[0]
        if _LATIN.search(inside) and not HAN_CHARACTER.search(inside):
            found.append(match.span())
    return found


def notes(text: str) -> list[Span]:
    """Spans of the notes of a translator in brackets: （译注：…）."""
    return [match.span() for match in _NOTE.finditer(text)]


def targets(text: str) -> list[Span]:
    """Spans of addresses, targets of links and paths. What stands in them is no name and no quantity."""
    if "/" not in text and ".htm" not in text and "](" not in text:
        return []
    return [match.span() for match in _TARGET.finditer(text)]


def without(text: str, spans: Sequence[Span], put: str = " ") -> str:
    """A text with ``put`` for each character that stands in the spans."""
    left, last = [], 0
    for start, end in sorted(spans):
        left += [text[last:start], put * (end - max(start, last))]
        last = max(last, end)
    return "".join([*left, text[last:]])


def without_mentions(text: str) -> str:
    """An English text without the Chinese that is named in it, and so is not left over: a short word in
    quotation marks, the original of a term in brackets, and the names of languages in a list of them.
    """
    names = [match.span() for match in _LANGUAGE.finditer(text)]
    if len(names) > 1:
        text = without(text, names)
    if len(_WORD.findall(text)) < _WORDS_OF_SENTENCE:
        return text
    return without(text, [match.span() for match in _MENTION.finditer(text)])


def readings(text: str) -> list[str]:
    """The texts for which a Chinese text with glosses and notes can stand: the whole of it, it without notes,
    it without glosses, and of a lone term its gloss.
    """
    own, told = glosses(text), notes(text)
    more = [match.span() for match in _TRANSLATED.finditer(text)]
    out = [text]
    if told:
        out.append(without(text, told, ""))
    if own or more:
        out.append(without(text, [*own, *more, *told], ""))
    if own:
        start, end = own[-1]
        if not text[end:].strip() and not _STOP.search(text[:start]):
            out.append(text[start + 1 : end - 1])
    return out

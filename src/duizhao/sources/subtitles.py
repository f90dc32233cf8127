"""Subtitles (SubRip, WebVTT): the spoken words are text; numbers, times and settings are markup."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from duizhao.text import HAN_CHARACTER, Block, Span, read

SUFFIXES = (".srt", ".vtt")

_TIMES = re.compile(
    r"^[ \t\ufeff]*(?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{1,3}[ \t]*-->[ "
    r"\t]*(?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{1,3}[^\n]*$",
    re.MULTILINE,
)
_NUMBER = re.compile(r"(?:^|\n)[ \t]*\d+[ \t\r]*\n[ \t\r]*\Z")
_CUE_NAME = re.compile(r"\n[ \t\r]*\n[^\n]+\n\Z")
_TAG = re.compile(
    r"</?(?:[bius]|font|c|v|lang|ruby|rt)\b[^<>\n]{0,200}>|<\d[\d:.]{3,14}>|\{\\an?\d{1,2}\}|"
    r"\{\\[^{}\n]{1,200}\}"
)
_NOTE = re.compile(r"\n[ \t\r]*\n(?:NOTE|STYLE|REGION)\b")
_ENDS = ("。", "！", "？", "!", "?", "…", ".", "”", "」", "』", "’", '"')
_STOP = re.compile(r"(?:。|(?<!\.)\.)[”」』’\"]*\Z")
"""A full stop at the end. Files without any still have question marks, exclamation marks and dots."""
_LONGEST = 400
"""Characters after which a paragraph of cues ends even without a full stop."""
_LETTERS = re.compile(r"[A-Za-zÀ-ɏ]{2}")
_DASH = re.compile(r"[-–—－]{1,2}(?:[ \t　]+|(?![ \t　\d.]))")
"""What stands before the words of a speaker where a cue has the words of two. A minus is none."""

_ROLE = (
    r"(?:中英|双语|雙語|中文|英文|日文|简体|繁體|原创|原創|初|终|終|精|总|總)?"
    r"(?:字幕[组組]?|听译|聽譯|听写|聽寫|翻译|翻譯|译者|譯者|译制|譯製|校对|校對|审校|審校|校|润色|潤色|时间[轴軸码]|時間[軸碼]|打轴"
    r"|压制|壓製|后期|後期|特效|片源|监制|監製|监督|監督|总监|總監)"
    r"(?:人员|人員|制作|製作|翻译|翻譯|校对|校對|组|組)?"
)
_SURNAMES = "李王张張刘劉陈陳杨楊赵趙吴吳徐孙孫朱胡郭林梁郑鄭谢謝冯馮董萧蕭曹袁邓鄧傅沈彭吕呂卢盧蒋蔣蔡魏薛阎閻潘杜戴汪姜谭譚廖邹鄒陆陸郝崔邱侯邵黎贺賀顾顧龚龔"
"""Surnames that begin few words."""
_NO_NAMES = r"张开|張開|陈列|陳列|.子(?![\u4e00-\u9fff])"
_NAMES = rf"(?:[ 　、]{{1,2}}(?!{_NO_NAMES})[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}){{1,3}}"
_LABEL = re.compile(
    rf"({_ROLE}(?:[ 　]?[/／&、和+][ 　]?{_ROLE}){{0,3}})"
    r"(?:[ 　]?[：:|｜丨/／@][ 　]?[^。！？!?，,；;]{1,30}"
    rf"|{_NAMES}(?:[ 　]{{1,2}}{_ROLE}{_NAMES}){{0,3}})"
    r"|((?:subtitle|caption|transcri|translat|review|proofread|sync|correct|encod|tim[ei])\w{0,8}"
    r"(?: (?:and|&) \w{1,12}| provided| made| created)?(?: by|:) [^.!?]{1,50}\.?)",
    re.IGNORECASE,
)
"""Who made the subtitles, after the name of what he did. Without a mark between them, the name begins with a
surname.
"""
_SENTENCE = re.compile(
    r"[我你您他她它这這没沒不了吗嗎吧呢啊是就还還说說在要让讓把被很]|(?<![协協学學员員金])[会會]|有(?!限)|怎|什么|什麼"
)
"""Words of a sentence. What has one behind a label is more than a name."""
_WORK = "制作|製作|翻译|翻譯|译制|譯製|听译|聽譯|校对|校對|出品"
_MADE = re.compile(
    r"(?:本|此|本片|中文|双语|雙語|英文|中英)?字幕(?:翻译|翻譯)?(?:由|来自|來自).{1,40}"
    rf"(?:{_WORK}|提供|生成|支持|社[区區])"
    r"|.{1,20}字幕[组組社][ 　·]{0,2}(?:荣誉|榮譽|倾情|傾情|联合|聯合|原创|原創)?"
    rf"(?:{_WORK}|作品|呈现|呈現|奉献|奉獻)"
    r"|(?:中文|英文)?字幕志[愿願]者[：:]?[ 　]?\S.{0,20}",
)
"""A sentence that says who made the subtitles."""
_SITE = re.compile(
    r"\b(?:amara|opensubtitles|addic7ed|subscene|zimuku|yyets|zimuzu)\.(?:org|com|net|tv)\b", re.IGNORECASE
)
_LONGEST_CREDIT, _EDGE, _OFTEN = 80, 8, 2
"""The most characters of a credit; the number of cues at either end in which a line is one that could also be
said; how often a label stands that is no speaker's.
"""

_Lines = list[list[Span]]
"""The lines of a cue, each by its spans."""


def is_subtitles(name: str) -> bool:
    """Whether a file's name says that it holds subtitles."""
    return name.lower().endswith(SUFFIXES)


def find_cues(raw: str, language: str = "zh", *, apart: bool = False) -> tuple[Block, ...]:
    """Blocks of a file of subtitles. What is said is of kind ``cue``: it is no heading, however short it is.

    Cues up to the end of a sentence are one block. Where few cues end in a full stop, as in most Chinese
    subtitles, and with ``apart``, each cue is a block. The words of two speakers in one cue are two blocks.
    Lines that say who made the subtitles are of kind ``front_matter``. If most cues are in Chinese and in a
    language with Latin letters, each cue is a block, and the lines that are not in ``language`` (``zh`` or
    ``en``) are of kind ``left_out``.
    """
    cues = [(times, lines) for times, lines in _cues(raw) if lines]
    said = [lines for _, lines in cues]
    both = _is_bilingual(raw, cues)
    credited = _find_credits(raw, said, both=both)
    ended = sum(bool(_STOP.search(read(raw, lines[-1]))) for lines in said)
    stopped = ended * 5 >= len(cues) and not both and not apart
    blocks: list[Block] = []
    group: list[Span] = []
    for number, lines in enumerate(said):
        runs = _by_language(raw, lines, language) if both else [("cue", lines)]
        if number in credited:
            runs = [("front_matter", lines)]
        parts = [
            (kind, part)
            for kind, run in runs
            for part in (_speakers(raw, run) if kind == "cue" else [_joined(run)])
        ]
        for kind, spans in parts:
            if group and (len(parts) > 1 or kind != "cue"):
                blocks.append(_block("cue", group))
                group = []
            if kind != "cue":
                blocks.append(_block(kind, spans))
                continue
            group += spans
            ends = raw[spans[-1][0] : spans[-1][1]].endswith(_ENDS)
            if ends or not stopped or sum(end - start for start, end in group) >= _LONGEST:
                blocks.append(_block("cue", group))
                group = []
    if group:
        blocks.append(_block("cue", group))
    return tuple(blocks)


def holds_both(raw: str) -> bool:
    """Whether most cues of a file of subtitles have a Chinese and an English line."""
    return _is_bilingual(raw, [(times, lines) for times, lines in _cues(raw) if lines])


def _block(kind: str, spans: Sequence[Span]) -> Block:
    return Block(kind, spans[0][0], spans[-1][1], tuple(spans))


def _is_bilingual(raw: str, cues: Sequence[tuple[str, _Lines]]) -> bool:
    """Whether at most times there are a line in Chinese and one with Latin letters only: in one cue, or in
    two cues of the same times.
    """
    languages: dict[str, set[str]] = {}
    for times, lines in cues:
        languages.setdefault(times, set()).update(_language(raw, line) for line in lines)
    both = sum({"zh", "en"} <= told for told in languages.values())
    return 2 * both > len(languages)


def _language(raw: str, line: Sequence[Span]) -> str:
    """``zh`` for a line with a Chinese character, ``en`` for one with Latin letters only, else nothing."""
    text = read(raw, line)
    if HAN_CHARACTER.search(text):
        return "zh"
    return "en" if _LETTERS.search(text) else ""


def _by_language(raw: str, lines: _Lines, language: str) -> list[tuple[str, _Lines]]:
    """The lines of a cue that follow each other in one language, with the kind of their block. A line without
    letters belongs to the line before it. Two equal lines, as of a name or a number, are one in each
    language.
    """
    if are_one_in_both([read(raw, line) for line in lines]):
        kinds = ("cue", "left_out") if language == "zh" else ("left_out", "cue")
        return [(kind, [line]) for kind, line in zip(kinds, lines, strict=True)]
    runs: list[tuple[str, _Lines]] = []
    for line in lines:
        told = _language(raw, line)
        kind = "cue" if told in (language, "") else "left_out"
        if runs and (not told or kind == runs[-1][0]):
            runs[-1][1].append(line)
        else:
            runs.append((kind, [line]))
    return runs


def are_one_in_both(texts: Sequence[str]) -> bool:
    """Whether the lines of a bilingual cue are the same words in Chinese and in English: two equal lines
    without a Chinese character and without the dash of a speaker.
    """
    return (
        len(texts) == 2
        and texts[0].strip() == texts[1].strip()
        and not HAN_CHARACTER.search(texts[0])
        and not _DASH.match(texts[0].strip())
    )


def _speakers(raw: str, lines: _Lines) -> list[list[Span]]:
    """The words of each speaker of a cue. There are several where several lines begin with a dash; then the
    dashes are markup.
    """
    dashes = {index: dash for index, line in enumerate(lines) if (dash := _DASH.match(raw, *line[0]))}
    if len(dashes) < 2 or 0 not in dashes:
        return [_joined(lines)]
    parts = []
    for start, stop in pairwise([*dashes, len(lines)]):
        spans = _joined(lines[start:stop])
        words = [(max(a, dashes[start].end()), b) for a, b in spans if b > dashes[start].end()]
        if not words:
            return [_joined(lines)]
        parts.append(words)
    return parts


def _joined(lines: _Lines) -> list[Span]:
    return [span for line in lines for span in line]


def _find_credits(raw: str, cues: Sequence[_Lines], *, both: bool) -> set[int]:
    """The numbers of the cues that only say who made the subtitles. In bilingual ones (``both``), a cue is
    what its Chinese lines are.
    """
    found: set[int] = set()
    labelled: dict[int, list[str]] = {}
    for number, lines in enumerate(cues):
        texts = [read(raw, line) for line in lines]
        if any(len(text) > _LONGEST_CREDIT for text in texts):
            continue
        if both:
            texts = [text for text in texts if HAN_CHARACTER.search(text)] or texts
        made = [bool(_MADE.fullmatch(text)) for text in texts]
        if all(made):
            found.add(number)
        elif _EDGE <= number < len(cues) - _EDGE:
            continue
        elif any(_SITE.search(text) for text in texts):
            found.add(number)
        else:
            labels = [_label(text) for text, is_made in zip(texts, made, strict=True) if not is_made]
            if all(labels):
                labelled[number] = labels
    counts = Counter(label for labels in labelled.values() for label in labels)
    said = {number for number, labels in labelled.items() if any(counts[label] > _OFTEN for label in labels)}
    found |= set(labelled) - said
    return found if len(found) < len(cues) else set()


def _label(text: str) -> str:
    """The label of a line that says who made the subtitles; nothing for another line."""
    found = _LABEL.fullmatch(text)
    if found is None or (found[1] and _SENTENCE.search(text, found.end(1))):
        return ""
    return found[1] or found[2]


def without_tags(line: str) -> str:
    """A line of a cue without the tags in it."""
    return _TAG.sub("", line) if "<" in line or "{" in line else line


def cue_lines(raw: str) -> Iterator[list[Span]]:
    """Yield the lines of each cue that are not blank, each with its line feed."""
    for start, end in _bodies(raw):
        yield [
            (begin, min(stop + 1, end)) for begin, stop in _lines(raw, start, end) if raw[begin:stop].strip()
        ]


def _cues(raw: str) -> Iterator[tuple[str, _Lines]]:
    """The times of each cue, and the lines of its words."""
    for start, end in _bodies(raw):
        lines = (list(_said(raw, begin, stop)) for begin, stop in _lines(raw, start, end))
        yield raw[raw.rfind("\n", 0, start) + 1 : start].strip(), [line for line in lines if line]


def _bodies(raw: str) -> Iterator[Span]:
    """Where the words of each cue are: from after its times to the number or the name of the next cue."""
    times = list(_TIMES.finditer(raw))
    for place, match in enumerate(times):
        stop = times[place + 1].start() if place + 1 < len(times) else len(raw)
        yield match.end(), _without_tail(raw, match.end(), stop, last=place + 1 == len(times))


def _without_tail(raw: str, start: int, stop: int, *, last: bool) -> int:
    """Where a cue's text ends: before a blank line with a number or name of the next cue, or
    a note behind it.
    """
    text = raw[start:stop]
    if note := _NOTE.search(text):
        return start + note.start()
    if not last and (tail := _NUMBER.search(text) or _CUE_NAME.search(text)):
        return start + tail.start()
    return stop


def _lines(raw: str, start: int, stop: int) -> Iterator[Span]:
    while start < stop:
        end = raw.find("\n", start, stop)
        end = stop if end < 0 else end
        yield start, end
        start = end + 1


def _said(raw: str, start: int, end: int) -> Iterator[Span]:
    """Spans of a line without the tags in it."""
    position = start
    for tag in [*_TAG.finditer(raw, start, end)]:
        yield from _trimmed(raw, position, tag.start())
        position = tag.end()
    yield from _trimmed(raw, position, end)


def _trimmed(raw: str, start: int, end: int) -> Iterator[Span]:
    text = raw[start:end]
    left, right = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
    if left < right:
        yield left, right

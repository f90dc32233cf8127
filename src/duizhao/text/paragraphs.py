"""Paragraphs: which lines of a document belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from duizhao.text.han import HAN
from duizhao.text.markdown import BLOCK_TAG, IMAGE, element
from duizhao.text.spans import BLANKS, UNSEEN, UNSEEN_REFERENCE, Span, is_blank

HEADING = re.compile(
    rf"[ \t]{{0,3}}(#{{1,6}})(?:[ \t\u3000]+|(?=[ \t]*$)|"
    rf"(?<=##)(?![\d.]*[ \t]*$)(?=\[?[{HAN}]|[A-Za-z\d“《「【（(*_`]))"
)
"""The mark of a heading. White space may be missing after two or more ``#``, as in older Chinese files."""
_BULLET = re.compile(r"[ \t]*[-+*•·][ \t]+(?:\[[ xX]\][ \t]+)?")
_NUMBER = re.compile(r"[ \t]*(\d{1,3}[.)])[ \t]+")
_COUNT = re.compile(r"^[ \t>*_]{0,12}(\d{1,3})[.)、．）]", re.MULTILINE)
"""A number at the head of a line, also in bold and in the forms of Chinese lists."""
_CLOSE = 1000
"""The numbers of other items are looked for in this many characters before a line and behind it."""
_QUOTE = re.compile(r"[ \t]*>[ \t]?")
_MARK = re.compile(r"[ \t]*[>\-+*•·#\d]")
"""What each of the patterns above begins with."""
_LINE_END = r"(?:[ \t]{1,4}[\"'(<“][^\n]{0,300})?[ \t\r]*(?:\n|\Z)"
"""What may follow the target of a link in its definition: a title."""
_PATH = r"[^\s，。；：！？、“”（）<>\[\]]"
_FILE = r"\.(?:x?html?|mdx?|markdown|rst|adoc|txt|pdf|docx?|ipynb|php|aspx?|jsp|png|jpe?g|gif|svg|webp|zip)"
_TARGETS = (
    r"[ \t]{1,5}<?(?:https?:|/|#|mailto:|\.{1,2}/|www\.)",
    rf"[ \t]{{1,4}}[!-~]{{0,200}}[./#][!-~]{{0,300}}{_LINE_END}",
    rf"<?(?:https?://|www\.)[!-~]{{1,2000}}(?:(?<=[/#?=:])(?![!-~]){_PATH}{{1,500}})?{_LINE_END}",
    rf"<?(?:mailto:|\.{{0,2}}/|#[A-Za-z])[!-~]{{1,2000}}{_LINE_END}",
    rf"[ \t]{{0,4}}<[^<>\n]{{0,300}}[./#][^<>\n]{{0,300}}>{_LINE_END}",
    rf"[ \t]{{0,4}}(?:[!-~]{{1,200}}|(?=[^\s/]{{1,100}}/){_PATH}{{1,200}}){_FILE}"
    rf"(?:[#?]{_PATH}{{0,200}})?{_LINE_END}",
)
"""Targets of links: an address; words with a mark of an address, and nothing behind them; an address without
white space before it; a name in angle brackets; the name of a file, also with Han characters.
"""
DEFINITION = re.compile(
    rf"[ ]{{0,3}}\[(?:(?:#|//)(?=\]:[ \t])|([^\[\]^\n]{{1,60}})(?=\]:(?:{'|'.join(_TARGETS)})))\]:"
)
"""The definition of a link or a Markdown comment. A reader never sees them. With other words behind the colon
it is a note, which a reader sees.
"""
NOTE = re.compile(r"[ ]{0,3}\[\^([^\[\]^\s]{1,60})\]:[ \t]*")
"""The definition of a footnote, which a reader sees."""
RULERS = frozenset("*-_=＊－＿＝—―─━┄┅┈┉╌╍═﹉﹊﹋﹌﹍﹎﹏￣")
"""Characters that a line is drawn with, in Markdown and by authors."""
_DULL = BLANKS | RULERS | frozenset(">&")
"""First characters of a blank line or of a rule."""
OPENERS = frozenset("[#>-+*•·0123456789 \t　=_")
"""First characters of a line that may be more than plain text of a paragraph."""
_ENDS = frozenset('。！？!?…；;：:.”’"』」）)~～—⋯')
_GOES_ON = frozenset("，、,（(“「『《-—·")
_LONG = 25
"""A program may have broken a line only if it has at least this many characters."""


class Opening(NamedTuple):
    """The marks before the text of a line: the kind of block, the place where the text starts, a number to
    keep. A tuple, for speed.
    """

    kind: str
    text: int
    number: Span | None = None
    quoted: int = -1


def is_rule(line: str) -> bool:
    """Whether a line is a thematic break or an underline: three or more of one of RULERS, and no more."""
    mark = line.lstrip(" \t\u3000")[:1]
    return mark in RULERS and line.count(mark) >= 3 and not line.strip(f"{mark} \t\r\u3000")


def opening(raw: str, start: int, end: int, markdown: bool) -> Opening:
    """Marks of quotations, lists and headings at the head of a line, in any nesting."""
    kind, place, number, quoted = "paragraph", start, None, -1
    for _ in range(20):
        if not _MARK.match(raw, place, end):
            break
        if markdown and (match := _QUOTE.match(raw, place, end)):
            kind = "quote" if kind == "paragraph" else kind
            place = quoted = match.end()
        elif match := _BULLET.match(raw, place, end):
            kind, place = "list_item", match.end()
        elif (match := HEADING.match(raw, place, end)) and number is None:
            return Opening("heading", match.end(), number, quoted)
        elif match := _NUMBER.match(raw, place, end):
            if not markdown or not HEADING.match(raw, match.end(), end):
                return Opening("list_item", match.start(1), number, quoted)
            heading = HEADING.match(raw, match.end(), end)
            assert heading
            return Opening("heading", heading.end(), match.span(1), quoted)
        else:
            break
        if place == end:
            break
    return Opening(kind, place, number, quoted)


def find_runs(
    raw: str, begin: int, taken: set[int], underlined: set[int], markdown: bool
) -> Iterator[list[Span]]:
    """Lines between blank lines and rules. Starts of lines that a rule underlines are entered in
    ``underlined``.
    """
    run: list[Span] = []
    position, size = begin, len(raw)
    while position < size:
        start = position
        end = raw.find("\n", start)
        position = end + 1 if end >= 0 else size
        end = end if end >= 0 else size
        if start == end:
            if run:
                yield run
                run = []
            continue
        if start in taken:
            if run:
                yield run
                run = []
            continue
        if raw[start] not in _DULL:
            run.append((start, end - 1 if raw[end - 1] == "\r" else end))
            continue
        line = raw[start:end]
        blank = _is_empty(line) or is_rule(line) or (markdown and _is_empty(line.lstrip("> \t")))
        if not blank and markdown and run and not line.strip("-= \t\r") and " " not in line.strip():
            blank = True
        if not blank:
            start += len(line) - len(line.lstrip(UNSEEN))  # a mark of Markdown may follow
            run.append((start, end - 1 if raw[end - 1] == "\r" else end))
        elif run:
            if markdown and line.strip()[:1] in ("-", "=") and " " not in line.strip():
                underlined.add(run[-1][0])
            yield run
            run = []
    if run:
        yield run


def _is_empty(line: str) -> bool:
    """Whether a line shows nothing. Exports also write such a line as ``&nbsp;`` or ``&#8203;``."""
    return is_blank(UNSEEN_REFERENCE.sub("", line) if "&" in line else line)


def find_paragraphs(raw: str, runs: Iterable[list[Span]], markdown: bool) -> Iterator[Sequence[Span]]:
    """Lines grouped into paragraphs: at blank lines, and at each line unless the text is hard-wrapped."""
    runs = list(runs)
    longer = [run for run in runs if len(run) > 1]
    if not longer:
        yield from runs
        return
    wrapped = is_wrapped(raw, longer, markdown)
    for run in runs:
        if len(run) == 1:
            yield run
            continue
        quoted = not wrapped and markdown and _all_quoted(raw, run) and is_wrapped(raw, [run], markdown, 0.5)
        group = [run[0]]
        for line in run[1:]:
            if ((wrapped or quoted) and _continues(raw, group, line, markdown)) or (
                markdown
                and (_is_in_tag(raw, group, run[-1][1]) or (not wrapped and _goes_on(raw, group, line)))
            ):
                group.append(line)
            else:
                yield group
                group = [line]
        yield group


def is_wrapped(raw: str, runs: Sequence[Sequence[Span]], markdown: bool, share: float = 0.25) -> bool:
    """Whether line breaks inside paragraphs have no meaning (hard-wrapped text): many lines of some length
    end inside a sentence. A line before a longer one was not broken for its length: it is a title, a verse or
    a label. Headings do not count.
    """
    joints = broken = 0
    for run in runs:
        for (start, end), after in pairwise(run):
            if _are_elements(raw, (start, end), after):
                continue
            joints += 1
            if end - start < _LONG or (raw[start] in " \t#" and HEADING.match(raw, start, end)):
                continue
            line = raw[start:end].rstrip(" *_\t")
            if len(line) < _LONG or line[-1] in _ENDS:
                continue
            if opens(raw, after, markdown) and not _is_figure(raw, (start, end), after):
                continue
            broken += _columns(raw[after[0] : after[1]]) <= 1.3 * _columns(line) + 16
    return broken >= 1 and broken >= share * joints


def _are_elements(raw: str, line: Span, after: Span) -> bool:
    """Whether each of two lines is one whole element of HTML, which a browser shows apart."""
    return (
        raw.startswith(("<", " ", "\t"), after[0])
        and _ELEMENT.fullmatch(raw, *after) is not None
        and _ELEMENT.fullmatch(raw, *line) is not None
    )


_ELEMENT = re.compile(
    r"[ \t]*<(?!(?:b|i|u|s|em|strong|span|font|small|big|sub|sup|mark|ruby)\b)([A-Za-z][\w.-]{0,60})"
    r"(?:\s[^<>]{0,2000})?>[^\n]*</\1>[ \t\r]*"
)
"""Elements of emphasis are not among them: a sentence may go on from one to the next."""


def _columns(text: str) -> int:
    """Approximate width of a text: three for a Han character, one for a Latin letter."""
    return len(text.encode("utf-8", "surrogatepass"))


def opens(raw: str, line: Span, markdown: bool) -> bool:
    """Whether a line begins a block of its own, whatever stands before it."""
    start, end = line
    first = raw[start]
    if first not in OPENERS and first != "!":
        return False
    if first == "\u3000" or (first == " " and raw.startswith("\u3000", start + 1)):
        return True
    if markdown and (quote := _QUOTE.match(raw, start, end)):
        start = quote.end()
    return any(
        pattern.match(raw, start, end) for pattern in (DEFINITION, NOTE, HEADING, _BULLET, _NUMBER, IMAGE)
    )


def _is_figure(raw: str, before: Span, line: Span) -> bool:
    """Whether a line that begins like an item of a list, ``38. When``, goes on with the sentence of the line
    ``before``.

    In CommonMark only a list that begins with 1 may follow a paragraph without a blank line. But Chinese
    authors also write a later item there. So it is an item if the line before it has ended its sentence, is
    short or is numbered, or if the number before it or after it begins a line near by.
    """
    count = _COUNT.match(raw, *line)
    if count is None or not _NUMBER.match(raw, count.start(1), line[1]) or int(count[1]) < 2:
        return False
    said = raw[slice(*before)].rstrip(" *_\t")
    if len(said) < _LONG or not (said[-1].isalnum() or said[-1] in "，,、") or _COUNT.match(raw, *before):
        return False
    above, below = raw[max(0, before[0] - _CLOSE) : before[0]], raw[line[1] : line[1] + _CLOSE]
    numbers = {int(one[1]) for one in _COUNT.finditer(above)}, {int(one[1]) for one in _COUNT.finditer(below)}
    return int(count[1]) - 1 not in numbers[0] and int(count[1]) + 1 not in numbers[1]


def _continues(raw: str, group: Sequence[Span], line: Span, markdown: bool) -> bool:
    """Whether ``line`` continues the paragraph of the lines before it, in a hard-wrapped text."""
    before = raw[slice(*group[-1])]
    if before.endswith("  "):
        said = before.rstrip(" *_")
        if said[-1:] in _ENDS or not said:
            return False
        if len(before) < 40 and not before.rstrip().endswith(("-", "—")):
            return False
    item = opens(raw, line, markdown) and not _is_figure(raw, group[-1], line)
    if item or _are_elements(raw, group[-1], line):
        return False
    start, end = group[0]
    if len(group) == 1 and before[0] in " \t#" and HEADING.match(raw, start, end):
        return before.rstrip()[-1:] in _GOES_ON
    quoted = markdown and _QUOTE.match(raw, start, end) is not None
    if markdown and quoted != (_QUOTE.match(raw, *line) is not None):
        return False
    indented = raw.startswith(("  ", "\t"), line[0])
    if indented and not quoted and not before.startswith(("  ", "\t")) and before.rstrip()[-1:] in _ENDS:
        return any(pattern.match(raw, start, end) for pattern in (_BULLET, _NUMBER, NOTE))
    return True


def _hangs(raw: str, group: Sequence[Span], line: Span) -> bool:
    """Whether an indented line continues the list item or the note before it, in a text that is not
    hard-wrapped.
    """
    if not raw.startswith(("  ", "\t"), line[0]) or opens(raw, line, True):
        return False
    start, end = group[0]
    last = raw[group[-1][0] : group[-1][1]].rstrip()
    if NOTE.match(raw, start, end):
        return True
    return (
        len(last) >= _LONG
        and last[-1] not in _ENDS
        and any(p.match(raw, start, end) for p in (_BULLET, _NUMBER))
    )


def _goes_on(raw: str, group: Sequence[Span], line: Span) -> bool:
    """Whether a line continues the lines before it also in a text that is not hard-wrapped."""
    return _hangs(raw, group, line) or _link_goes_on(raw, group, line)


def _is_in_tag(raw: str, group: Sequence[Span], end: int) -> bool:
    """Whether a group of lines ends inside a tag that is closed in a later line, before ``end``."""
    start = group[-_LONGEST_TAG:][0][0]
    opened = raw.rfind("<", start, group[-1][1])
    tag = element(raw, opened, end) if opened >= 0 else None
    return tag is not None and tag.end() > group[-1][1] and ("=" in tag[2] or tag[2].strip() in ("", "/"))


def _link_goes_on(raw: str, group: Sequence[Span], line: Span) -> bool:
    """Whether a link or an image that opens in the line before continues in this one."""
    if len(group) > _LONGEST_LINK:
        return False
    start, end = group[-1]
    if raw.endswith("](", start, end):
        return raw.find(")", *line) >= 0
    opened = raw.rfind("[", start, end)
    if opened < 0 or raw.find("]", opened, end) >= 0:
        return False
    closed = raw.find("]", *line)
    return closed >= 0 and raw.startswith("](", closed) and raw.find("[", line[0], closed) < 0


_LONGEST_TAG = 5
"""Greatest number of lines of a tag."""
_LONGEST_LINK = 3
"""Greatest number of lines that the words of a link may have, in a text that is not hard-wrapped."""


def _all_quoted(raw: str, run: Sequence[Span]) -> bool:
    return all(_QUOTE.match(raw, start, end) for start, end in run)


_ROW = re.compile(r"<(/?)tr\b", re.IGNORECASE)
_LONGEST_ROW = 200
"""Lines of a table's row in HTML, at most."""


def find_elements(raw: str, groups: Iterable[Sequence[Span]], taken: set[int]) -> Iterator[list[Span]]:
    """Groups of lines, divided at the tags of HTML that open or close a paragraph, a heading, a list or a
    table's row, and at the lines that other blocks have taken.
    """
    part: list[Span] = []
    row = False
    for group in groups:
        if part and _is_parted(raw, part[-1][1], group[0][0], taken):
            yield part
            part = []
        for start, end in group:
            ticks, counted = 0, start
            for tag in BLOCK_TAG.finditer(raw, start, end):
                ticks += raw.count("`", counted, tag.start())
                counted = tag.start()
                if ticks % 2:
                    continue
                part += _said(raw, start, tag.start())
                if part:
                    yield part
                    part = []
                start = tag.end()
                if match := _ROW.match(raw, tag.start()):
                    row = not match[1]
            part += _said(raw, start, end)
        if part and not (row and len(part) < _LONGEST_ROW):
            yield part
            part = []
    if part:
        yield part


def _is_parted(raw: str, end: int, start: int, taken: set[int]) -> bool:
    """Whether a line between two places is taken."""
    while (end := raw.find("\n", end, start)) >= 0:
        end += 1
        if end in taken:
            return True
    return False


def _said(raw: str, start: int, end: int) -> list[Span]:
    """A part of a line, if it is more than white space or a rule."""
    line = raw[start:end]
    return [] if is_blank(line) or is_rule(line) else [(start, end)]

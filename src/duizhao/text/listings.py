"""Lines of code in a document: between fences, between tags, or with an indent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duizhao.text.block import Block
from duizhao.text.han import HAN, HAN_CHARACTER, count_han
from duizhao.text.markdown import QUOTE, code_spans
from duizhao.text.spans import Span, is_blank, line_end, lines_of, outer, read, trim

_FENCE = re.compile(
    r"^[ \t]*(?:>[ \t]?){0,9}[ \t]*(?:[-*+][ \t]+)?(`{3,}(?=[^`\n]{0,300}$)|~{3,})([^\n]{0,300})$",
    re.MULTILINE,
)
_FENCE_MARK = re.compile("```|~~~")
_INFO = re.compile(r"[\w+#./=:\"'{}\[\], \t-]{0,80}\r?", re.ASCII)
"""The text after a fence that surely opens code: a language and its options."""


def find_fenced(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code between two fences, each an unchanged block.

    A fence without a closing fence is a stray mark. (CommonMark would read everything after it as code.) If
    there is more Chinese than code between two fences, or the head of a letter, a tool put them around the
    text, and the lines are not code. Fences are markup. Words after an opening fence are a name of the code:
    a block of metadata. They are text if no code follows, or if another fence opens before theirs is closed.
    """
    blocks: list[Block] = []
    opened: re.Match[str] | None = None
    sure = False
    for fence in _fences(raw, begin):
        words = not is_blank(fence[2])
        if opened is None or (words and not sure and fence[1].startswith(opened[1])):
            opened, sure = fence, _INFO.fullmatch(fence[2]) is not None
        elif fence[1].startswith(opened[1]) and not words:
            lines = list(lines_of(raw, opened.start(), fence.end()))
            if lines[0][0] not in taken and lines[-1][0] not in taken:
                inside = raw[opened.end() : fence.start()]
                named = _LANGUAGE.match(opened[2]) is not None
                code = taken.isdisjoint(start for start, _ in lines) and (
                    is_code(inside) or (named and _has_code(inside))
                )
                taken.update(
                    start for start, _ in (lines if code else (lines[:1] if sure else []) + lines[-1:])
                )
                if code and not sure:
                    blocks.append(_name(raw, *opened.span(2)))
                if code:
                    blocks += _code(raw, lines[1:-1], quoted=">" in raw[lines[0][0] : opened.start(1)])
            opened = None
    if opened is not None and sure:
        taken.add(opened.start())
    return blocks


def is_code(inside: str) -> bool:
    """Whether the text between two marks of code has more code than Chinese."""
    return 2 * count_han(inside) <= len("".join(inside.split()))


_LANGUAGE = re.compile(
    r"[ \t{.]{0,9}(?:javascript|js|jsx|typescript|tsx?|vue|html|css|scss|sass|less|python|py|java|kotlin|kt"
    r"|scala|c|cpp|c\+\+|csharp|cs|c#|go|golang|rust|rs|php|ruby|rb|swift|dart|lua|perl|r|sql|json5?|ya?ml"
    r"|toml|xml)(?!\w)",
    re.IGNORECASE,
)
"""The name of a language for programs or data."""


def _has_code(inside: str) -> bool:
    """Whether a seventh of a text or more is ASCII, with a sign that prose has not: code with long strings or
    comments in Chinese.
    """
    shown = "".join(inside.split())
    return 7 * sum(map(str.isascii, shown)) >= len(shown) and _SIGN.search(inside) is not None


_SIGN = re.compile(r"[{};=<>]|\w\(|^[ \t]*[#\"'-]|\w:[ \t]", re.MULTILINE | re.ASCII)


def _name(raw: str, start: int, end: int) -> Block:
    """A block of metadata: what an author calls a piece of code."""
    name = outer(raw, start, end)
    return Block("front_matter", *name, (name,))


def _fences(raw: str, begin: int) -> Iterator[re.Match[str]]:
    while mark := _FENCE_MARK.search(raw, begin):
        start = raw.rfind("\n", begin, mark.start()) + 1
        if fence := _FENCE.match(raw, start or begin):
            yield fence
        begin = line_end(raw, mark.end())


def _code(raw: str, lines: list[Span], *, quoted: bool) -> list[Block]:
    blocks = []
    for start, end in lines:
        if quoted and (mark := QUOTE.match(raw, start, end)):
            start = mark.end()
        if start < end and not is_blank(raw[start:end]):
            blocks.append(Block("code", start, end, (outer(raw, start, end),)))
    return blocks


_CODE_TAG = re.compile(
    r"^[ \t]*\{(?:%-?|\{[<%])[ \t]*(?P<end>end|/[ \t]*)?(?:codeblock|highlight|code)\b"
    r"(?P<words>[^{}\n]{0,300}?)-?[%>]\}\}?[ \t\r]*$",
    re.MULTILINE,
)
"""A line before or after code: ``{% codeblock lang:python %}``, ``{{< /highlight >}}``, as Hexo, Jekyll and
Hugo read it.
"""


def find_tagged(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code between two such lines, with the same rules as for fences."""
    blocks: list[Block] = []
    opened: re.Match[str] | None = None
    for tag in _CODE_TAG.finditer(raw, begin):
        if not tag["end"]:
            opened = tag
        elif opened is not None:
            lines = list(lines_of(raw, opened.start(), tag.end()))
            free = taken.isdisjoint(start for start, _ in lines)
            if free and is_code(raw[opened.end() : tag.start()]):
                taken.update(start for start, _ in lines)
                if not _INFO.fullmatch(opened["words"]):
                    blocks.append(_name(raw, *opened.span("words")))
                blocks += _code(raw, lines[1:-1], quoted=False)
            opened = None
    return blocks


REST = re.compile(r"[ \t\r]*$", re.MULTILINE)
_PRE = re.compile(r"^[ \t]*<pre\b[^<>\n]{0,2000}>", re.MULTILINE)


def find_preformatted(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code in an element ``pre`` of HTML that stands on lines of its own."""
    blocks: list[Block] = []
    place = begin
    while (start := _PRE.search(raw, place)) and (end := raw.find("</pre>", start.end())) >= 0:
        place = end + len("</pre>")
        rest = REST.match(raw, place)
        lines = list(lines_of(raw, start.start(), place))
        shown = [(line, trim(raw, code_spans(raw, *line))) for line in lines]
        if (
            rest
            and taken.isdisjoint(line for line, _ in lines)
            and is_code("\n".join(read(raw, spans) for _, spans in shown))
        ):
            place = rest.end()
            taken.update(line for line, _ in lines)
            blocks += [Block("code", *outer(raw, *line), spans) for line, spans in shown if spans]
    return blocks


ADMONITION = re.compile(
    r"^[ \t]{0,8}(?:(?:!!!|\?\?\?\+?)[ \t]+[A-Za-z][\w-]{0,40}(?:[ \t]+[A-Za-z][\w-]{0,40}){0,4}"
    r"|===[!+]?(?=[ \t]+\"))(?:[ \t]+\"(?P<words>[^\"\n]*)\")?[ \t\r]*$(?=\n(?:[ \t\r]*\n){0,3}[ \t]{2})",
    re.MULTILINE,
)
"""The first line of an admonition or a tab with an indented text, as MkDocs reads it: ``!!! note "Title"``,
``=== "Title"``.
"""
_BOX = re.compile(r"[ \t]*(?:!!!|\?\?\?|===)")
_DEEP = re.compile(r"[ ]{4,}|[ ]{0,3}\t")
_DEEP_LINE = re.compile(rf"^(?:[ ]{{4}}|[ ]{{0,3}}\t)[ \t]*[^\s{HAN}]", re.MULTILINE)
"""A line with such an indent that does not begin with Chinese. Most texts have none."""
_ITEM = re.compile(r"[ \t]*(?:[-+*•·]|\d{1,9}[.)、]|\[\^[^\]]+\]:)[ \t]")
_CODELIKE = re.compile(
    r"[{}();=<>$\\|\[\]#]|^\s*(?:\$|>>>|import |from |sudo |git |npm |pip |cd |def |class )"
)
_ASIDE = re.compile(
    r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`|(?:(?<![:\w])//|(?<!\S)#|/\*|<!--|(?<!\S)--(?=\s)|^\s*(?:;|%|REM\s)).*"
)
"""A comment in code, or a quoted text in it. Both may be Chinese."""
_PROSE = re.compile(r"\s*(?:[\"'(]?[A-Z][a-z' ]|[-+*•·]\s)|.*[a-z][.!?,;][\"')]*$|.*[^\x00-\x7f]")
"""A line that may be a sentence in English, a line of verse or an item of a list."""


def find_indented(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code with an indent of four spaces or a tab: after a blank line, outside lists, similar to
    code. Only their comments and quoted texts may be Chinese. A command is not similar to code: it is code
    below a heading, and below a line that ends with a colon or a full stop. The text of an admonition or a
    tab is indented too, and code in it has a deeper indent.
    """
    blocks: list[Block] = []
    run: list[tuple[int, int, str]] = []
    boxes: list[int] = []
    above = ""
    listed, blank, announced, remark = False, True, False, False
    if not _DEEP_LINE.search(raw, begin):
        return blocks
    for start, end in lines_of(raw, begin, len(raw)):
        box = _BOX.match(raw, start, end) is not None and ADMONITION.match(raw, start) is not None
        if box or start in taken:
            blank, above = True, ""
            if box and start not in taken:
                blocks += _indented_code(raw, run, announced, taken)
                run, listed = [], False
                boxes.append(_indent(raw, start, end) + 4)
            continue
        empty = is_blank(raw[start:end])
        while boxes and not empty and _indent(raw, start, end) < boxes[-1]:
            boxes.pop()
        deep = raw[start : start + 1] in (" ", "\t") and _DEEP.match(raw, start, end) is not None
        deep = deep and (not boxes or _indent(raw, start, end) >= boxes[-1] + 4)
        line = raw[start:end].strip() if deep and not empty and not listed and (blank or run) else ""
        remark = line.startswith("/*") or (remark and line.startswith("*"))
        code = "" if remark else _ASIDE.sub("", line) if HAN_CHARACTER.search(line) else line
        if line and not HAN_CHARACTER.search(code):
            announced = announced if run else above.endswith((":", "：", ".", "。")) or above.startswith("#")
            run.append((start, end, code.strip()))
        elif not empty or not run:
            blocks += _indented_code(raw, run, announced, taken)
            run = []
        if not empty and not deep:
            listed = _ITEM.match(raw, start, end) is not None or (listed and raw[start] in " \t")
        if not empty:
            above = "" if deep else raw[start:end].strip()
        blank = empty
    return blocks + _indented_code(raw, run, announced, taken)


def _indent(raw: str, start: int, end: int) -> int:
    """Columns of white space at the head of a line."""
    line = raw[start:end]
    return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4))


def _indented_code(
    raw: str, run: list[tuple[int, int, str]], announced: bool, taken: set[int]
) -> list[Block]:
    """The blocks of a run of lines, if it is code. Each has its code without comments and quoted texts."""
    lines = [code for _, _, code in run if code]
    announced = announced and bool(lines) and not _PROSE.match(lines[0])
    like = sum(_CODELIKE.search(code) is not None or (announced and not _PROSE.match(code)) for code in lines)
    if not lines or like * 2 < len(lines):
        return []
    taken.update(start for start, _, _ in run)
    return _code(raw, [(start, end) for start, end, _ in run], quoted=False)

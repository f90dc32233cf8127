"""Regions: lines of a document that are not prose, found before its paragraphs: code, tables, comments of
HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from duizhao.text.block import Block
from duizhao.text.han import HAN, HAN_CHARACTER, count_han
from duizhao.text.markdown import QUOTE, Labels, code_spans, text_spans
from duizhao.text.spans import Span, is_blank, outer, read, trim

_FENCE = re.compile(
    r"^[ \t]*(?:>[ \t]?){0,9}[ \t]*(?:[-*+][ \t]+)?(`{3,}(?=[^`\n]{0,300}$)|~{3,})([^\n]{0,300})$",
    re.MULTILINE,
)
_FENCE_MARK = re.compile("```|~~~")
_INFO = re.compile(r"[\w+#./=:\"'{}\[\], \t-]{0,80}\r?", re.ASCII)
"""The text after a fence that surely opens code: a language and its options."""


def find_regions(raw: str, begin: int, taken: set[int], markdown: bool, labels: Labels) -> list[Block]:
    """Blocks of the lines that are code, a table or hidden; the starts of their lines are entered in
    ``taken``.
    """
    blocks: list[Block] = []
    if "```" in raw or "~~~" in raw:
        blocks += _fenced(raw, begin, taken)
    if markdown and ("{%" in raw or "{{<" in raw):
        blocks += _tagged(raw, begin, taken)
    if markdown and "<pre" in raw:
        blocks += _preformatted(raw, begin, taken)
    if "<!--" in raw or "<style" in raw or "<script" in raw:
        blocks += _hidden(raw, begin, taken)
    if markdown and ("$" in raw or "\\[" in raw or "\\begin{" in raw):
        blocks += _formulas(raw, begin, taken)
    if markdown and ("import " in raw or "export " in raw):
        blocks += _modules(raw, begin, taken)
    if "|" in raw and "-" in raw:
        blocks += _tables(raw, begin, taken, labels)
    if markdown and ("\n    " in raw or "\n\t" in raw):
        blocks += _indented(raw, begin, taken)
    if markdown and any(mark in raw for mark in (":::", "!!! ", "??? ", "???+ ", "=== ", "===! ", "===+ ")):
        blocks += _containers(raw, begin, taken)
    if markdown and "<" in raw:
        _components(raw, begin, taken)
    return blocks


def lines_of(raw: str, start: int, stop: int) -> Iterator[Span]:
    """Spans of the lines from ``start`` to ``stop``, without their line breaks but with trailing white
    space.
    """
    while start < stop:
        end = raw.find("\n", start, stop)
        end = stop if end < 0 else end
        yield start, end - (end > start and raw[end - 1] == "\r")
        start = end + 1


def line_end(raw: str, start: int) -> int:
    end = raw.find("\n", start)
    return len(raw) if end < 0 else end


def _fenced(raw: str, begin: int, taken: set[int]) -> list[Block]:
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
                code = taken.isdisjoint(start for start, _ in lines) and _is_code(
                    raw[opened.end() : fence.start()]
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


def _is_code(inside: str) -> bool:
    """Whether the text between two marks of code has more code than Chinese."""
    return 2 * count_han(inside) <= len("".join(inside.split()))


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
"""A line before or after code: ``{% codeblock lang:python %}``, ``{{< /highlight >}}``, as Hexo, Jekyll and Hugo
read it.
"""


def _tagged(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code between two such lines, with the same rules as for fences."""
    blocks: list[Block] = []
    opened: re.Match[str] | None = None
    for tag in _CODE_TAG.finditer(raw, begin):
        if not tag["end"]:
            opened = tag
        elif opened is not None:
            lines = list(lines_of(raw, opened.start(), tag.end()))
            free = taken.isdisjoint(start for start, _ in lines)
            if free and _is_code(raw[opened.end() : tag.start()]):
                taken.update(start for start, _ in lines)
                if not _INFO.fullmatch(opened["words"]):
                    blocks.append(_name(raw, *opened.span("words")))
                blocks += _code(raw, lines[1:-1], quoted=False)
            opened = None
    return blocks


_PRE = re.compile(r"^[ \t]*<pre\b[^<>\n]{0,2000}>", re.MULTILINE)


def _preformatted(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Lines of code in an element ``pre`` of HTML that stands on lines of its own."""
    blocks: list[Block] = []
    place = begin
    while (start := _PRE.search(raw, place)) and (end := raw.find("</pre>", start.end())) >= 0:
        place = end + len("</pre>")
        rest = _REST.match(raw, place)
        lines = list(lines_of(raw, start.start(), place))
        shown = [(line, trim(raw, code_spans(raw, *line))) for line in lines]
        if (
            rest
            and taken.isdisjoint(line for line, _ in lines)
            and _is_code("\n".join(read(raw, spans) for _, spans in shown))
        ):
            place = rest.end()
            taken.update(line for line, _ in lines)
            blocks += [Block("code", *outer(raw, *line), spans) for line, spans in shown if spans]
    return blocks


def _hidden(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Comments, style sheets and scripts of HTML that stand on lines of their own."""
    blocks: list[Block] = []
    for opening, closing in _HIDDEN:
        place = begin
        while (start := opening.search(raw, place)) and (end := raw.find(closing, start.end())) >= 0:
            place = end + len(closing)
            if rest := _REST.match(raw, place):
                place = rest.end()
                starts = [at for at, _ in lines_of(raw, start.start(), place)]
                if taken.isdisjoint(starts):
                    taken.update(starts)
                    blocks.append(Block("front_matter", *outer(raw, start.start(), place), ()))
    return blocks


_HIDDEN = tuple(
    (re.compile(rf"^[ \t]*{opening}", re.MULTILINE), closing)
    for opening, closing in (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"))
)
_REST = re.compile(r"[ \t\r]*$", re.MULTILINE)

_IN_FORMULA = r"(?:[^$\\\n]|\\[^\[\]\n]|\n(?![ \t\r>]*(?:\n|\\\\?\[))){1,4000}"
_ENVIRONMENTS = (
    "align|aligned|alignat|array|cases|equation|eqnarray|gather|gathered|multline|split|[bpvBV]?matrix"
)
_FORMULA = re.compile(
    rf"^[ \t]*(?:>[ \t]?){{0,9}}[ \t]*(?P<formula>\$\$(?!\$){_IN_FORMULA}\$\$"
    r"|\$\$[ \t\r]*\n(?:[^$\\]|\\[^\n]){1,4000}\$\$|\$(?![\s$])[^$\n]{1,300}(?<!\s)\$"
    rf"|(?P<bracket>\\\\?\[){_IN_FORMULA}\\\\?\]"
    rf"|\\begin\{{(?P<name>{_ENVIRONMENTS})\*?\}}(?:[^\\]|\\(?!end\{{(?P=name)|begin\{{(?P=name))){{1,4000}}"
    r"\\end\{(?P=name)\*?\})[ \t]*(?:[.,;，。；、]|\(\d{1,3}\)|\{#[^{}\n]{1,60}\})?[ \t\r]*$",
    re.MULTILINE,
)
"""A formula of TeX on lines of its own."""
_TEX = re.compile(r"\\[A-Za-z]{2,}|[=^]")
_STOP = re.compile("[。！？]")


def _formulas(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Such formulas, each one block of code. What holds a sentence, or more Chinese than code between blank
    lines, is text, and so is a text in escaped brackets that has no sign of TeX.
    """
    blocks: list[Block] = []
    place = begin
    while found := _FORMULA.search(raw, place):
        place = min(line_end(raw, found.start()) + 1, len(raw))
        formula = found["formula"]
        lines = list(lines_of(raw, found.start(), found.end()))
        parted = any(is_blank(raw[start:end]) for start, end in lines)
        if (
            _STOP.search(formula)
            or (parted and not _is_code(formula))
            or (found["bracket"] and ("://" in formula or not _TEX.search(formula)))
            or not taken.isdisjoint(start for start, _ in lines)
        ):
            continue
        place = found.end()
        taken.update(start for start, _ in lines)
        if ">" in raw[found.start() : found.start("formula")]:
            lines = [
                (mark.end() if (mark := QUOTE.match(raw, *line)) else line[0], line[1]) for line in lines
            ]
        spans = trim(raw, [outer(raw, *line) for line in lines])
        blocks.append(Block("code", spans[0][0], spans[-1][1], spans))
    return blocks


_IMPORT = re.compile(
    r"import[ \t]+(?:[\w$*{}, \t\r\n]{1,1000}[\s}]from[ \t]*)?(?:\"[^\"\n]{1,300}\"|'[^'\n]{1,300}')[ \t]*;?[ \t\r]*$",
    re.MULTILINE | re.ASCII,
)
_EXPORT = re.compile(
    r"export[ \t]+(?:(?:const|let|var)[ \t]+[\w$]+[ \t]*=|default[ \t]+(?:[\w$.]+[ \t]*;?[ \t\r]*$|[({\[])"
    r"|(?:default[ \t]+)?(?:async[ \t]+)?function\b[ \t*]*[\w$]*\(|(?:default[ \t]+)?class[ \t]+[\w$]+[^\n{]{0,200}\{"
    r"|(?:\*|\{[\w$, \t\r\n]{1,1000}\})[ \t]*from[ \t]*[\"'])",
    re.MULTILINE | re.ASCII,
)
_TOKEN = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<!:)//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|[()\[\]{}\n]"
)
_LONGEST_STATEMENT = 20_000


def _modules(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """Statements of ECMAScript above the first line of prose, as MDX reads them: ``import A from "./a"`` and
    ``export const a = …``. They are metadata. Headings and tags may stand above them.
    """
    blocks: list[Block] = []
    after = begin
    for start, end in lines_of(raw, begin, len(raw)):
        if start < after:
            continue
        line = raw[start:end]
        stop = None
        if line.startswith("import ") and (found := _IMPORT.match(raw, start)):
            stop = found.end()
        elif line.startswith("export ") and _EXPORT.match(raw, start):
            stop = _statement_end(raw, start)
        lines = list(lines_of(raw, start, stop)) if stop and start not in taken else []
        if lines:
            after = lines[-1][1]
            own = [line for line in lines if line[0] not in taken and not is_blank(raw[slice(*line)])]
            taken.update(at for at, _ in lines)
            blocks += [Block("front_matter", *line, (line,)) for line in (outer(raw, *line) for line in own)]
        elif start not in taken and not is_blank(line) and not line.startswith(("#", "<")):
            break
    return blocks


def _statement_end(raw: str, start: int) -> int | None:
    """The end of the line in which all brackets of a statement are closed; None if they never are."""
    opened = 0
    for token in _TOKEN.finditer(raw, start, start + _LONGEST_STATEMENT):
        mark = token.group()
        opened += (mark in "([{") - (mark in ")]}")
        if (
            mark == "\n"
            and opened <= 0
            and not raw[start : token.start()].rstrip().endswith(("=", "=>", ",", "+"))
        ):
            return token.start() if not opened else None
    return len(raw) if not opened and len(raw) < start + _LONGEST_STATEMENT else None


_COLONS = re.compile(
    r"^[ \t]{0,8}(:{3,})[ \t]*(?:(?:[A-Za-z][\w-]{0,40}|\{[^{}\n]{0,300}\})(?:\{[^{}\n]{0,300}\})?"
    r"(?:[ \t]+(?P<words>[^\n]*)|\[(?P<label>[^\[\]\n]*)\])?)?[ \t\r]*$",
    re.MULTILINE,
)
"""The first or the last line of a container: ``::: tip``, ``::: {.note}``, ``:::note[Title]``, ``:::``, as
VuePress, Docusaurus and Pandoc read it.
"""
_ADMONITION = re.compile(
    r"^[ \t]{0,8}(?:(?:!!!|\?\?\?\+?)[ \t]+[A-Za-z][\w-]{0,40}(?:[ \t]+[A-Za-z][\w-]{0,40}){0,4}"
    r"|===[!+]?(?=[ \t]+\"))(?:[ \t]+\"(?P<words>[^\"\n]*)\")?[ \t\r]*$(?=\n(?:[ \t\r]*\n){0,3}[ \t]{2})",
    re.MULTILINE,
)
"""The first line of an admonition or a tab with an indented text, as MkDocs reads it: ``!!! note "Title"``,
``=== "Title"``.
"""
_BOX = re.compile(r"[ \t]*(?:!!!|\?\?\?|===)")


def _containers(raw: str, begin: int, taken: set[int]) -> list[Block]:
    """The lines that open and close a box around a text are markup; a title in them is text.

    A line of colons that closes nothing, and one that is never closed, are text.
    """
    opened: list[re.Match[str]] = []
    lines: list[re.Match[str]] = []
    for line in _COLONS.finditer(raw, begin):
        if line.start() in taken:
            continue
        if line.group().strip(" \t\r:"):
            opened.append(line)
        elif opened:
            lines += (opened.pop(), line)
    lines += [line for line in _ADMONITION.finditer(raw, begin) if line.start() not in taken]
    taken.update(line.start() for line in lines)
    titles = [
        outer(raw, *line.span(name))
        for line in lines
        for name, words in line.groupdict("").items()
        if not is_blank(words)
    ]
    return [Block("heading", *title, (title,)) for title in titles]


_COMPONENT = re.compile(
    r"^[ \t]{0,8}<(?P<end>/?)(?P<name>[A-Z][A-Za-z0-9.]{0,60}|[a-z][a-z0-9]{0,20}-[A-Za-z0-9-]{1,60})"
    r"(?P<rest>(?:(?=\s)(?:[^<>\n]|\n(?![ \t\r]*\n)){1,2000}|/)?)>[ \t\r]*$",
    re.MULTILINE,
)
"""A tag of a component on one or more lines of its own: ``<Alert type="info">``, ``<news-list />``, as MDX and
VuePress read it. ``<T>`` alone is text.
"""
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def _components(raw: str, begin: int, taken: set[int]) -> None:
    """Enter the lines of such tags in ``taken``: those with attributes, those that are closed at once, and
    each pair. They are markup, and what is between the lines of a pair is text. A tag on more lines than one has
    Chinese only in quoted values.
    """
    opened: dict[str, list[int]] = {}
    for tag in _COMPONENT.finditer(raw, begin):
        name, rest = tag["name"], tag["rest"]
        if tag.start() in taken or ("\n" in rest and not _QUOTED.sub("", rest).isascii()):
            continue
        if tag["end"]:
            taken.update([opened[name].pop(), tag.start()] if opened.get(name) else ())
        elif rest.endswith("/") or "=" in rest:
            taken.update(start for start, _ in lines_of(raw, tag.start(), tag.end()))
        if not tag["end"] and not rest.endswith("/"):
            opened.setdefault(name, []).append(tag.start())


_DELIMITER = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t\r]*$", re.MULTILINE)
_CELL_END = re.compile(r"(?<!\\)\|")


def _tables(raw: str, begin: int, taken: set[int], labels: Labels) -> list[Block]:
    """Rows of tables, each a block. A line like ``|---|---|`` makes a table and is markup."""
    blocks: list[Block] = []
    place = begin
    while delimiter := _DELIMITER.search(raw, place):
        start, place = delimiter.start(), delimiter.end() + 1
        above = raw.rfind("\n", 0, start - 1) + 1 if start > begin else -1
        if "|" not in delimiter.group() or above < begin or above in taken or start in taken:
            continue
        if not _CELL_END.search(raw, above, start):
            continue
        taken.add(start)
        rows = [(above, start - 1)]
        while place < len(raw):
            end = line_end(raw, place)
            if place in taken or not _CELL_END.search(raw, place, end):
                break
            rows.append((place, end))
            place = end + 1
        for row_start, row_end in rows:
            taken.add(row_start)
            if block := _row(raw, row_start, row_end, labels):
                blocks.append(block)
    return blocks


def _row(raw: str, start: int, end: int, labels: Labels) -> Block | None:
    begin, stop = outer(raw, start, end)
    if quote := QUOTE.match(raw, begin, stop):
        begin = quote.end()
    spans: list[Span] = []
    place = begin
    for bar in (*_CELL_END.finditer(raw, begin, stop), None):
        cell = outer(raw, place, bar.start() if bar else stop)
        if cell[0] < cell[1]:
            spans += trim(raw, text_spans(raw, [cell], (), labels))
        place = bar.end() if bar else stop
    return Block("table", begin, stop, tuple(spans)) if spans else None


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


def _indented(raw: str, begin: int, taken: set[int]) -> list[Block]:
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
        box = _BOX.match(raw, start, end) is not None and _ADMONITION.match(raw, start) is not None
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

"""Statements of ECMAScript at the head of a file of MDX."""

from __future__ import annotations

import re

from duizhao.text.block import Block
from duizhao.text.spans import is_blank, lines_of, outer

_IMPORT = re.compile(
    r"import[ \t]+(?:[\w$*{}, \t\r\n]{1,1000}[\s}]from[ \t]*)?"
    r"(?:\"[^\"\n]{1,300}\"|'[^'\n]{1,300}')[ \t]*;?[ \t\r]*$",
    re.MULTILINE | re.ASCII,
)
_EXPORT = re.compile(
    r"export[ \t]+(?:(?:const|let|var)[ \t]+[\w$]+[ \t]*=|default[ \t]+(?:[\w$.]+[ \t]*;?[ \t\r]*$|[({\[])"
    r"|(?:default[ \t]+)?(?:async[ \t]+)?function\b[ \t*]*[\w$]*\("
    r"|(?:default[ \t]+)?class[ \t]+[\w$]+[^\n{]{0,200}\{"
    r"|(?:\*|\{[\w$, \t\r\n]{1,1000}\})[ \t]*from[ \t]*[\"'])",
    re.MULTILINE | re.ASCII,
)
_TOKEN = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"
    r"|(?<!:)//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|[()\[\]{}\n]"
)
_LONGEST_STATEMENT = 20_000


def find_modules(raw: str, begin: int, taken: set[int]) -> list[Block]:
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

"""Formulas of TeX on lines of their own."""

from __future__ import annotations

import re

from duizhao.text.block import Block
from duizhao.text.listings import is_code
from duizhao.text.markdown import QUOTE
from duizhao.text.spans import is_blank, line_end, lines_of, outer, trim

_IN_FORMULA = r"(?:[^$\\\n]|\\[^\[\]\n]|\n(?![ \t\r>]*(?:\n|\\\\?\[))){1,4000}"
_ENVIRONMENTS = (
    "align|aligned|alignat|array|cases|equation|eqnarray|gather|gathered|multline|split|[bpvBV]?matrix"
)
_FORMULA = re.compile(
    rf"^[ \t]*(?:>[ \t]?){{0,9}}[ \t]*(?P<formula>\$\$(?![$`]){_IN_FORMULA}\$\$"
    r"|\$\$[ \t\r]*\n(?:[^$\\]|\\[^\n]){1,4000}\$\$|\$(?![\s$])[^$\n]{1,300}(?<!\s)\$"
    rf"|(?P<bracket>\\\\?\[){_IN_FORMULA}\\\\?\]"
    rf"|\\begin\{{(?P<name>{_ENVIRONMENTS})\*?\}}(?:[^\\]|\\(?!end\{{(?P=name)|begin\{{(?P=name))){{1,4000}}"
    r"\\end\{(?P=name)\*?\})[ \t]*(?:[.,;，。；、]|\(\d{1,3}\)|\{#[^{}\n]{1,60}\})?[ \t\r]*$",
    re.MULTILINE,
)
"""A formula of TeX on lines of its own."""
_TEX = re.compile(r"\\[A-Za-z]{2,}|[=^]")
_STOP = re.compile("[。！？]")


def find_formulas(raw: str, begin: int, taken: set[int]) -> list[Block]:
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
            or (parted and not is_code(formula))
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

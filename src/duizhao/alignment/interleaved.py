"""Split a text that holds both languages into its Chinese and its English part."""

from __future__ import annotations

import re
from bisect import bisect

from duizhao.errors import InputError
from duizhao.sources import are_one_in_both, cue_lines, without_tags
from duizhao.text import HAN_CHARACTER, count_han, find_blocks, make_document

Parts = tuple[str, str]
"""The Chinese and the English part."""

_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_FENCES = ("```", "~~~")
_HAN = HAN_CHARACTER.pattern
_CHANGE = re.compile(
    rf"(?:(?<=[。！？])|(?<={_HAN}[!?…])|(?<={_HAN}……))[”」』）]?[ \t\u3000]*"
    r"(?=[\"“‘(]?[A-Za-z0-9])"
    rf"|(?<=[.!?])[\"”’')]?[ \t\u3000]*(?=[“「『（《]?{_HAN})"
)
"""Where a sentence of one language may end and one of the other language begin."""
_ENGLISH_END = re.compile(r"[.!?…][\"”’')]*\Z")
_CHINESE_MARK = re.compile("[，。！？；：、]")


def part_languages(text: str, name: str = "text") -> Parts:
    """Split a text that holds both languages into its Chinese and its English lines.

    The paragraphs may alternate, or one language may follow the other, or the sentences of both stand in one
    line. A line without letters belongs to the language of the line before it. A change of language begins a
    new paragraph. Code belongs to both. Raises InputError ``empty-side`` if one of the languages is absent;
    the message calls the text ``name``.
    """
    text = text.lstrip("\ufeff")
    sides: tuple[list[str], list[str]] = ([], [])
    last, code, found = 0, _code_lines(text), [False, False]
    for number, line in enumerate(text.split("\n")):
        if number in code:
            sides[0].append(line)
            sides[1].append(line)
            continue
        if both := _part_line(line):
            found = [True, True]
            sides[0].append(both[0])
            sides[1].append(both[1])
            continue
        language = _language(line)
        at = last if language is None else language
        if not line.strip() or at != last:
            sides[0].append("")
            sides[1].append("")
        if line.strip():
            sides[at].append(line)
            last = at
            found[at] |= language is not None
    _check_found(found, name)
    return "\n".join(sides[0]) + "\n", "\n".join(sides[1]) + "\n"


def part_subtitles(raw: str, name: str = "text") -> Parts:
    """Split subtitles that hold both languages into Chinese and English ones, with all numbers and times.

    Each line of a cue belongs to one language, or has sentences of both. A line without letters belongs to
    the language of the other lines of its cue, and to both if they have none either. Two equal lines, as of a
    name or a number, are one in each language. Raises InputError like `part_languages`.
    """
    sides: tuple[list[str], list[str]] = ([], [])
    end, found = 0, [False, False]
    for cue in cue_lines(raw):
        texts = [without_tags(raw[start:stop]).rstrip() for start, stop in cue]
        languages = [0, 1] if are_one_in_both(texts) else [_language(text) for text in texts]
        known = [language for language in languages if language is not None]
        last = known[0] if known else None
        for (start, stop), text, language in zip(cue, texts, languages, strict=True):
            last = last if language is None else language
            line = raw[start:stop]
            both = _part_line(text)
            own = [line if last in (None, at) else "" for at in (0, 1)]
            for at, said in enumerate([f"{part}\n" for part in both] if both else own):
                sides[at].append(raw[end:start] + said)
                found[at] |= both is not None or _language(text) == at
            end = stop
    _check_found(found, name)
    return "".join([*sides[0], raw[end:]]), "".join([*sides[1], raw[end:]])


def _check_found(found: list[bool], name: str) -> None:
    for there, language in zip(found, ("Chinese", "English"), strict=True):
        if not there:
            raise InputError(
                "empty-side",
                f"{name}: no sentences in {language}; --interleaved takes lines in one language each, or "
                "sentences in turns within a line; write a table of both languages as .tsv",
            )


def _language(line: str) -> int | None:
    """Return 0 for a Chinese line, 1 for an English one, None for one without letters."""
    han, latin = count_han(line), len(_LATIN.findall(line))
    return int(han * 5 < latin) if han + latin else None


def _part_line(line: str) -> Parts | None:
    """Return the Chinese and the English sentences of a line that has both, or None for another line."""
    places = [match.end() for match in _CHANGE.finditer(line)]
    if not places or not HAN_CHARACTER.search(line):
        return None
    parts = [line[start:stop] for start, stop in zip([0, *places], [*places, len(line)], strict=True)]
    english = [_is_english(part.strip(), first=not at) for at, part in enumerate(parts)]
    if not any(english) or all(english):
        return None
    sides = ["".join(part for part, own in zip(parts, english, strict=True) if own == one).strip()
             for one in (False, True)]  # fmt: skip
    return (sides[0], sides[1]) if HAN_CHARACTER.search(sides[0]) else None


def _is_english(part: str, *, first: bool) -> bool:
    """Return whether a part of a line is one or more English sentences, and no name in a Chinese one.

    One word is enough behind a Chinese sentence, as in 你好。Hello.
    """
    if HAN_CHARACTER.search(part) or _CHINESE_MARK.search(part) or not _ENGLISH_END.search(part):
        return False
    return len(_WORD.findall(part)) >= (3 if first else 1)


def _code_lines(text: str) -> set[int]:
    """Return the numbers of the lines of code, and of the fences around them."""
    lines = text.split("\n")
    starts, place = [], 0
    for line in lines:
        starts.append(place)
        place += len(line) + 1
    found = {number for number, line in enumerate(lines) if line.lstrip(" \t>").startswith(_FENCES)}
    for block in find_blocks(make_document("text", text)):
        if block.kind == "code":
            found.update(range(bisect(starts, block.start) - 1, bisect(starts, block.end - 1)))
    return found

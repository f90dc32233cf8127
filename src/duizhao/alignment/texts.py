"""One side of what a user aligns: its sentences, their paragraphs, and what is kept beside them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from duizhao.alignment.aligner import Bead, align, belongs_together
from duizhao.alignment.units import VERBATIM, in_order, pair_units
from duizhao.encoders import Encoder
from duizhao.errors import InputError, counted
from duizhao.text import NO_TEXT, Document, count_han, find_blocks, make_document, read, split_block

BELONGS = 0.3
"""Two texts with a lower score than this probably do not belong together."""

Times = tuple[str, str]
"""When a sentence of subtitles begins and ends, as hours, minutes, seconds: 00:01:02.500."""

_HEADINGS = frozenset(("title", "heading"))
_LATIN = re.compile(r"[A-Za-z]")
_CUE_TIMES = re.compile(
    r"^[ \t\ufeff]*((?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{1,3})[ \t]*-->[ "
    r"\t]*((?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{1,3})",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """One side: its sentences, and the number of each sentence's paragraph (never decreasing).

    If the input has one sentence on each line, ``lines`` are the line numbers of the sentences, from 0. Then
    the formats print these instead of the numbers of the sentences. ``kinds`` are the kinds of their blocks;
    None means that all is prose. ``times`` are those of subtitles.
    """

    sentences: tuple[str, ...]
    paragraphs: tuple[int, ...]
    lines: tuple[int, ...] | None = None
    kinds: tuple[str, ...] | None = None
    times: tuple[Times, ...] | None = None

    def unit(self, number: int) -> bool:
        """Return whether a sentence is a row of a table or a line of code."""
        return self.kinds is not None and self.kinds[number] in VERBATIM


def split_text(text: str, language: str, name: str, *, presplit: bool = False) -> Text:
    """Split a plain or Markdown text into sentences.

    ``presplit`` means that each line is one sentence, and a blank line ends a paragraph. ``language`` is
    ``zh`` or ``en``. Raises InputError ``empty-side`` or ``wrong-language``.
    """
    return split_document(make_document("text", text, language, name), presplit=presplit)


def split_document(document: Document, *, presplit: bool = False) -> Text:
    """Split a document like `split_text`.

    For an HTML page, these are the sentences of its article. For subtitles, their times are kept.
    """
    name, language = document.name, document.language
    if presplit:
        rows = _lines(document.text)
        if not rows:
            raise empty_side(name)
        lines, paragraphs, sentences = zip(*rows, strict=True)
        check_language("".join(sentences), language, name)
        return Text(sentences, paragraphs, lines)
    found = [
        (paragraph, block.kind, spans[0][0], spans[-1][1], read(document.text, spans))
        for paragraph, block in enumerate(
            block for block in find_blocks(document) if block.spans and block.kind not in NO_TEXT
        )
        for spans in split_block(document.text, block, language)
    ]
    if not found:
        raise empty_side(name)
    numbers, kinds, starts, ends, sentences = zip(*found, strict=True)
    check_language("".join(sentences), language, name)
    return Text(sentences, numbers, None, kinds, _times(document, starts, ends))


def align_texts(zh: Text, en: Text, *, encoder: Encoder | str | None = None) -> list[Bead]:
    """Align two texts. Paragraphs are used as evidence if both sides have more than one.

    Rows of tables and lines of code are paired apart: see `pair_units`. No bead goes over one of
    them, nor over the border of a heading, nor over the beginning of an item of a list, unless the sentence
    before the list ends with a colon.
    """
    left, right = ([k for k in range(len(side.sentences)) if not side.unit(k)] for side in (zh, en))
    beads = _align(zh, en, left, right, encoder)
    units = pair_units(_units(zh), _units(en), beads, encoder=encoder)
    return in_order([*beads, *units]) if units else beads


def _units(text: Text) -> list[tuple[int, str, str]]:
    return [
        (k, text.kinds[k], text.sentences[k])
        for k in range(len(text.sentences))
        if text.kinds and text.unit(k)
    ]


def _align(
    zh: Text, en: Text, left: Sequence[int], right: Sequence[int], encoder: Encoder | str | None
) -> list[Bead]:
    """Align some sentences of two texts, and number the beads as in the whole texts."""
    sentences = [zh.sentences[k] for k in left], [en.sentences[k] for k in right]
    paragraphs = [zh.paragraphs[k] for k in left], [en.paragraphs[k] for k in right]
    several = all(numbers and numbers[0] != numbers[-1] for numbers in paragraphs)
    beads = align(
        *sentences,
        zh_paragraphs=paragraphs[0] if several else None,
        en_paragraphs=paragraphs[1] if several else None,
        zh_sections=_sections(zh, left),
        en_sections=_sections(en, right),
        encoder=encoder,
    )
    return [
        replace(bead, zh=tuple(left[k] for k in bead.zh), en=tuple(right[k] for k in bead.en))
        for bead in beads
    ]


def _sections(text: Text, numbers: Sequence[int]) -> list[int] | None:
    """Return the section of some sentences: what a bead may join (see `align_texts`)."""
    if text.kinds is None:
        return None
    section, introduced = 0, False
    out = [0] * bool(numbers)
    for last, number in pairwise(numbers):
        if number != last + 1 or text.paragraphs[number] != text.paragraphs[last]:
            before, kind = text.kinds[last], text.kinds[number]
            if before != "list_item":  # else it is the same list
                introduced = text.sentences[last].endswith((":", "："))
            item = kind == "list_item" and not introduced
            section += number != last + 1 or item or before in _HEADINGS or kind in _HEADINGS
        out.append(section)
    return out


def check_together(beads: Sequence[Bead], zh: str, en: str) -> None:
    """Raise InputError ``not-a-pair`` if the two texts do not seem to be translations of each other.

    ``zh`` and ``en`` are the names of the texts for the message.
    """
    together = belongs_together(beads)
    if together < BELONGS:
        raise InputError(
            "not-a-pair",
            f"{zh} and {en}: do not seem to be translations of one another ({together:.3f}; "
            f"translations reach {BELONGS} and more); "
            "give the right file, or --force to write beads all the same",
        )


def summarize(beads: Sequence[Bead], zh: Text | None = None, en: Text | None = None) -> str:
    """Summarize bead types and scores in a few lines. Warn if the texts do not seem to belong together."""
    kinds = Counter(bead.kind for bead in beads)
    kinds_told = ", ".join(
        f"{kind}: {count}" for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    )
    together = belongs_together(beads)
    mean = sum(bead.score for bead in beads) / len(beads)
    lines = [
        f"{counted(len(beads), 'beads')} ({kinds_told})",
        f"mean score {mean:.3f}; the two texts belong together: {together:.3f}",
    ]
    units = [len(_units(text)) for text in (zh, en) if text is not None]
    if any(units):
        lines.append(
            f"rows of tables and lines of code, paired as they are: {units[0]} Chinese, {units[-1]} English"
        )
    if together < BELONGS:
        lines.append("warning: these two texts do not seem to be translations of one another")
    return "\n".join(lines)


def empty_side(name: str) -> InputError:
    """Return the error for a text without sentences."""
    return InputError("empty-side", f"{name}: no sentences; give a text with at least one")


def check_language(text: str, language: str, name: str) -> None:
    """Raise InputError ``wrong-language`` if a text is clearly not in the language that it should be in."""
    han, latin = count_han(text), len(_LATIN.findall(text))
    wrong = han * 5 < latin if language == "zh" else han * 5 > latin
    if wrong and han + latin >= 20:
        expected = {"zh": "Chinese", "en": "English"}[language]
        found = f"{han} Han characters and {latin} Latin letters"
        raise InputError(
            "wrong-language",
            f"{name}: does not look {expected} ({found}); the Chinese text comes first, then the English",
        )


def _lines(text: str) -> list[tuple[int, int, str]]:
    """Return number, paragraph and text of each line that is not blank. Blank lines are counted too."""
    rows: list[tuple[int, int, str]] = []
    paragraph, parted = 0, False
    for number, line in enumerate(text.lstrip("\ufeff").split("\n")):
        if not line.strip():
            parted = bool(rows)
            continue
        paragraph, parted = paragraph + parted, False
        rows.append((number, paragraph, line.strip()))
    return rows


def _times(document: Document, starts: Sequence[int], ends: Sequence[int]) -> tuple[Times, ...] | None:
    """Return when each sentence of subtitles begins and ends: with the cue of its first and
    of its last character.
    """
    if not document.name.lower().endswith((".srt", ".vtt")):
        return None
    cues = [(match.start(), match[1], match[2]) for match in _CUE_TIMES.finditer(document.text)]
    places = [place for place, _, _ in cues]
    return tuple(
        (
            _clock(cues[bisect_right(places, start) - 1][1]),
            _clock(cues[bisect_right(places, end - 1) - 1][2]),
        )
        for start, end in zip(starts, ends, strict=True)
    )


def _clock(time: str) -> str:
    """Write a time as WebVTT does: hours, minutes, seconds and three decimals."""
    whole, _, decimals = time.replace(",", ".").partition(".")
    parts = [int(part) for part in whole.split(":")]
    hours, minutes, seconds = [0, 0, 0, *parts][-3:]
    return f"{hours:02}:{minutes:02}:{seconds:02}.{decimals:<03}"

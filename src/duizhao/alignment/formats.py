"""Align two texts of a user, and write the beads as JSON Lines, TSV, Moses, TMX or lists of indices."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from duizhao.alignment.aligner import Bead, align, belongs_together
from duizhao.errors import InputError, MissingExtra
from duizhao.text import (
    NO_TEXT,
    Document,
    detect_script,
    find_blocks,
    join,
    make_document,
    read,
    split_block,
)

FORMATS = ("jsonl", "tsv", "moses", "tmx", "align")
BELONGS = 0.3
"""Two texts with a lower score than this probably do not belong together."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]")
_LATIN = re.compile(r"[A-Za-z]")
_ILLEGAL_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Text:
    """One side: its sentences, and the number of each sentence's paragraph (never decreasing).

    If the input has one sentence on each line, ``lines`` are the line numbers of the sentences, from 0. Then
    the formats print these instead of the numbers of the sentences.
    """

    sentences: tuple[str, ...]
    paragraphs: tuple[int, ...]
    lines: tuple[int, ...] | None = None


def split_text(text: str, language: str, name: str, *, presplit: bool = False) -> Text:
    """Split a plain or Markdown text into sentences.

    ``presplit`` means that each line is one sentence, and a blank line ends a paragraph. ``language`` is
    ``zh`` or ``en``. Raises DuizhaoError ``empty-side`` or ``wrong-language``.
    """
    return split_document(make_document("text", text, language, name), presplit=presplit)


def split_document(document: Document, *, presplit: bool = False) -> Text:
    """Split a document like ``split_text``. For an HTML page, these are the sentences of its article."""
    rows = _lines(document.text) if presplit else [(0, *pair) for pair in _sentences(document)]
    if not rows:
        raise InputError("empty-side", f"{document.name}: no sentences; give a text with at least one")
    lines, paragraphs, sentences = zip(*rows, strict=True)
    _check_language("".join(sentences), document.language, document.name)
    return Text(sentences, paragraphs, lines if presplit else None)


def align_texts(zh: Text, en: Text) -> list[Bead]:
    """Align two texts. Paragraphs are used as evidence if both sides have more than one."""
    if zh.paragraphs[-1] == 0 or en.paragraphs[-1] == 0:
        return align(zh.sentences, en.sentences)
    return align(zh.sentences, en.sentences, zh_paragraphs=zh.paragraphs, en_paragraphs=en.paragraphs)


def format_beads(beads: Sequence[Bead], zh: Text, en: Text, format: str) -> dict[str, str]:
    """Return the files of a format by suffix. Moses has two, ``.zh`` and ``.en``; others have one, ``""``.

    Moses and TMX cannot hold an empty side. Their files have only the beads with two sides.
    """
    rows = [(bead, _joined(zh.sentences, bead.zh), _joined(en.sentences, bead.en)) for bead in beads]
    if format == "align":
        return {"": "".join(f"{_numbers(zh, bead.zh)}:{_numbers(en, bead.en)}\n" for bead in beads)}
    if format == "jsonl":
        return {
            "": "".join(_json_line(_numbers(zh, row[0].zh), _numbers(en, row[0].en), *row) for row in rows)
        }
    if format == "tsv":
        return {"": _tsv(rows)}
    if format == "moses":
        paired = [(left, right) for _, left, right in rows if left and right]
        return {
            ".zh": "".join(f"{_cell(left)}\n" for left, _ in paired),
            ".en": "".join(f"{_cell(right)}\n" for _, right in paired),
        }
    if format == "tmx":
        return {"": _tmx([(left, right) for _, left, right in rows if left and right])}
    raise InputError("unknown-format", f"{format}: unknown format; allowed: {', '.join(FORMATS)}")


def check_together(beads: Sequence[Bead], zh: str, en: str) -> None:
    """Raise DuizhaoError ``not-a-pair`` if the two texts do not seem to be translations of each other.

    ``zh`` and ``en`` are the names of the texts for the message.
    """
    together = belongs_together(beads)
    if together < BELONGS:
        raise InputError(
            "not-a-pair",
            f"{zh} and {en}: do not seem to be translations of one another ({together:.3f}; translations reach "
            f"{BELONGS} and more); give the right file, or --force to write beads all the same",
        )


def summarize(beads: Sequence[Bead]) -> str:
    """Summarize bead types and scores in a few lines. Warn if the texts do not seem to belong together."""
    kinds = Counter(bead.kind for bead in beads)
    counted = ", ".join(
        f"{kind}: {count}" for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    )
    together = belongs_together(beads)
    mean = sum(bead.score for bead in beads) / len(beads)
    lines = [
        f"{len(beads)} beads ({counted})",
        f"mean score {mean:.3f}; the two texts belong together: {together:.3f}",
    ]
    if together < BELONGS:
        lines.append("warning: these two texts do not seem to be translations of one another")
    return "\n".join(lines)


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


def _sentences(document: Document) -> list[tuple[int, str]]:
    blocks = [block for block in find_blocks(document) if block.spans and block.kind not in NO_TEXT]
    return [
        (paragraph, read(document.text, spans))
        for paragraph, block in enumerate(blocks)
        for spans in split_block(document.text, block, document.language)
    ]


def _check_language(text: str, language: str, name: str) -> None:
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    wrong = han * 5 < latin if language == "zh" else han * 5 > latin
    if wrong and han + latin >= 20:
        expected = {"zh": "Chinese", "en": "English"}[language]
        found = f"{han} Han characters and {latin} Latin letters"
        raise InputError(
            "wrong-language",
            f"{name}: does not look {expected} ({found}); the Chinese text comes first, then the English",
        )


def _joined(sentences: Sequence[str], indices: Sequence[int]) -> str:
    return join(sentences[index] for index in indices)


def _numbers(text: Text, indices: Sequence[int]) -> list[int]:
    return [text.lines[index] for index in indices] if text.lines is not None else list(indices)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _tsv(rows: Sequence[tuple[Bead, str, str]]) -> str:
    """Write cells separated by tabs.

    A cell with a straight quotation mark is quoted, and the mark is doubled. These are the rules of RFC 4180,
    with tabs. By default, ``csv``, pandas, Polars, DuckDB and ``datasets`` read files in this way.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    writer.writerow(("zh", "en", "bead", "score"))
    writer.writerows((_cell(left), _cell(right), bead.kind, bead.score) for bead, left, right in rows)
    return buffer.getvalue()


def _json_line(zh: list[int], en: list[int], bead: Bead, left: str, right: str) -> str:
    row = {
        "zh": zh,
        "en": en,
        "zh_text": left,
        "en_text": right,
        "bead": bead.kind,
        "score": bead.score,
        "zh_coverage": list(bead.zh_coverage),
        "en_coverage": list(bead.en_coverage),
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _tmx(pairs: Sequence[tuple[str, str]]) -> str:
    """Write TMX 1.4 with translate-toolkit. Characters that XML cannot hold are left out."""
    try:
        from translate.storage.tmx import tmxfile
    except ImportError:
        raise MissingExtra(
            "missing-extra", "TMX needs translate-toolkit; run: pip install 'duizhao[tmx]'"
        ) from None
    script = detect_script("".join(left for left, _ in pairs))
    store = tmxfile(sourcelanguage=script, targetlanguage="en")
    for left, right in pairs:
        store.addtranslation(_ILLEGAL_IN_XML.sub("", left), script, _ILLEGAL_IN_XML.sub("", right), "en")
    buffer = io.BytesIO()
    store.serialize(buffer)
    return buffer.getvalue().decode("utf-8")

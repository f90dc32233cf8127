"""Bitexts: anybody's two texts in, aligned beads out as JSON Lines, TSV, Moses, TMX or index lists."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from duizhao.alignment.aligner import Bead, align, belongs_together
from duizhao.errors import DuizhaoError
from duizhao.text import detect_script, find_blocks, make_document, read, split_block

FORMATS = ("jsonl", "tsv", "moses", "tmx", "align")
BELONGS = 0.3
"""Score of a pair of texts below which they probably do not belong together."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]")
_LATIN = re.compile(r"[A-Za-z]")
_ILLEGAL_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Text:
    """One side: its sentences, and the paragraph each is in (numbers that do not decrease)."""

    sentences: tuple[str, ...]
    paragraphs: tuple[int, ...]


def split_text(text: str, language: str, name: str, *, presplit: bool = False) -> Text:
    """Sentences of a plain or Markdown text, or its lines where it is split already (a blank line ends a paragraph).

    ``language`` is ``zh`` or ``en``. Raises DuizhaoError ``empty-side`` or ``wrong-language``.
    """
    pairs = _lines(text) if presplit else _sentences(text, language, name)
    if not pairs:
        raise DuizhaoError("empty-side", f"{name}: no sentences; give a text with at least one")
    _check_language("".join(sentence for _, sentence in pairs), language, name)
    return Text(tuple(sentence for _, sentence in pairs), tuple(paragraph for paragraph, _ in pairs))


def align_texts(zh: Text, en: Text) -> list[Bead]:
    """Beads of two texts; their paragraphs are evidence where both sides have more than one."""
    if zh.paragraphs[-1] == 0 or en.paragraphs[-1] == 0:
        return align(zh.sentences, en.sentences)
    return align(zh.sentences, en.sentences, zh_paragraphs=zh.paragraphs, en_paragraphs=en.paragraphs)


def format_beads(beads: Sequence[Bead], zh: Text, en: Text, format: str) -> dict[str, str]:
    """Files that a format writes, by suffix: one with the suffix ``""``, or Moses' two, ``.zh`` and ``.en``.

    Moses has no way to write an empty side: its files hold the beads with two sides only.
    """
    rows = [(bead, _joined(zh.sentences, bead.zh, ""), _joined(en.sentences, bead.en, " ")) for bead in beads]
    if format == "align":
        return {"": "".join(f"{list(bead.zh)}:{list(bead.en)}\n" for bead in beads)}
    if format == "jsonl":
        return {"": "".join(_json_line(*row) for row in rows)}
    if format == "tsv":
        lines = [f"{_cell(left)}\t{_cell(right)}\t{bead.kind}\t{bead.score}\n" for bead, left, right in rows]
        return {"": "zh\ten\tbead\tscore\n" + "".join(lines)}
    if format == "moses":
        paired = [(left, right) for _, left, right in rows if left and right]
        return {
            ".zh": "".join(f"{_cell(left)}\n" for left, _ in paired),
            ".en": "".join(f"{_cell(right)}\n" for _, right in paired),
        }
    if format == "tmx":
        return {"": _tmx([(left, right) for _, left, right in rows if left and right])}
    raise DuizhaoError("unknown-format", f"{format}: unknown format; allowed: {', '.join(FORMATS)}")


def summarize(beads: Sequence[Bead]) -> str:
    """Bead types and scores in a few lines, with a warning where the texts do not seem to belong together."""
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


def _lines(text: str) -> list[tuple[int, str]]:
    pairs: list[tuple[int, str]] = []
    paragraph, parted = 0, False
    for line in text.lstrip("\ufeff").split("\n"):
        if not line.strip():
            parted = bool(pairs)
            continue
        paragraph, parted = paragraph + parted, False
        pairs.append((paragraph, line.strip()))
    return pairs


def _sentences(text: str, language: str, name: str) -> list[tuple[int, str]]:
    blocks = [
        block
        for block in find_blocks(make_document("text", text, language, name))
        if block.spans and block.kind != "front_matter"
    ]
    return [
        (paragraph, read(text, spans))
        for paragraph, block in enumerate(blocks)
        for spans in split_block(text, block, language)
    ]


def _check_language(text: str, language: str, name: str) -> None:
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    wrong = han * 5 < latin if language == "zh" else han * 5 > latin
    if wrong and han + latin >= 20:
        expected = {"zh": "Chinese", "en": "English"}[language]
        found = f"{han} Han characters and {latin} Latin letters"
        raise DuizhaoError(
            "wrong-language",
            f"{name}: does not look {expected} ({found}); the Chinese text comes first, then the English",
        )


def _joined(sentences: Sequence[str], indices: Sequence[int], space: str) -> str:
    return space.join(sentences[index] for index in indices)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _json_line(bead: Bead, left: str, right: str) -> str:
    row = {
        "zh": list(bead.zh),
        "en": list(bead.en),
        "zh_text": left,
        "en_text": right,
        "bead": bead.kind,
        "score": bead.score,
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _tmx(pairs: Sequence[tuple[str, str]]) -> str:
    """TMX 1.4 through translate-toolkit. Characters that XML cannot hold are left out."""
    try:
        from translate.storage.tmx import tmxfile
    except ImportError:
        raise DuizhaoError(
            "missing-extra", "TMX needs translate-toolkit; run: pip install 'duizhao[tmx]'"
        ) from None
    script = detect_script("".join(left for left, _ in pairs))
    store = tmxfile(sourcelanguage=script, targetlanguage="en")
    for left, right in pairs:
        store.addtranslation(_ILLEGAL_IN_XML.sub("", left), script, _ILLEGAL_IN_XML.sub("", right), "en")
    buffer = io.BytesIO()
    store.serialize(buffer)
    return buffer.getvalue().decode("utf-8")

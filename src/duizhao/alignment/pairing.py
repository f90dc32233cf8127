"""Write document pairs for people and for ``duizhao build``, and split a text that holds both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePath

from duizhao.alignment.documents import DocumentPair

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]")
_LATIN = re.compile(r"[A-Za-z]")


def format_pairs(pairs: Sequence[DocumentPair], zh: Sequence[str], en: Sequence[str]) -> str:
    """Return a table of names and scores, separated by tabs. A missing counterpart is an empty cell."""
    lines = [f"{_name(zh, one.zh)}\t{_name(en, one.en)}\t{one.score}\n" for one in pairs]
    return "zh\ten\tscore\n" + "".join(lines)


def format_sources(pairs: Sequence[DocumentPair], zh: Sequence[str], en: Sequence[str]) -> str:
    """Return a ``sources.toml`` in which the id of each Chinese file is the name of its English file.

    The Chinese files are those of a folder ``zh`` beside it, the English ones of ``en``. ``duizhao build``
    uses the English file of this name as the translation. Comments list the documents
    without a counterpart.
    """
    out = [
        "# Written by duizhao pair: which English document belongs to which Chinese one. Check low scores.\n"
        "# Put this file into a folder with the Chinese documents in zh and the English ones in en. "
        "Build that folder.\n"
    ]
    for one in pairs:
        if one.zh is not None and one.en is not None:
            stem, file = PurePath(en[one.en]).stem, f"zh/{zh[one.zh]}"
            rows = [
                f"id = {json.dumps(stem, ensure_ascii=False)}",
                f"file = {json.dumps(file, ensure_ascii=False)}",
            ]
            out.append(
                "\n".join(["", f"# en/{_comment(en[one.en])}, score {one.score}", "[[article]]", *rows, ""])
            )
    alone = [f"zh/{_comment(zh[one.zh])}" for one in pairs if one.en is None and one.zh is not None]
    alone += [f"en/{_comment(en[one.en])}" for one in pairs if one.zh is None and one.en is not None]
    if alone:
        out.append("\n# Without counterpart here:\n" + "".join(f"# {name}\n" for name in alone))
    return "".join(out)


def summarize_pairs(pairs: Sequence[DocumentPair]) -> str:
    """Return the number of pairs, of pairs to check, and of documents without a counterpart."""
    both = [one for one in pairs if one.zh is not None and one.en is not None]
    zh, en = (sum(getattr(one, side) is None for one in pairs) for side in ("en", "zh"))
    doubtful = sum(one.score < 0.9 for one in both)
    check = (
        f"{doubtful} below 0.9: check {'it' if doubtful == 1 else 'these'}" if doubtful else "none below 0.9"
    )
    return (
        f"{len(both)} {'pair' if len(both) == 1 else 'pairs'}, {check}; "
        f"without counterpart: {zh} Chinese and {en} English documents"
    )


def part_languages(text: str) -> tuple[str, str]:
    """Split a text that holds both languages into its Chinese and its English lines.

    The paragraphs may alternate, or one language may follow the other. A line without letters belongs to the
    language of the line before it. A change of language begins a new paragraph.
    """
    sides: tuple[list[str], list[str]] = ([], [])
    last = 0
    for line in text.lstrip("\ufeff").split("\n"):
        han, latin = len(_HAN.findall(line)), len(_LATIN.findall(line))
        at = last if not han + latin else int(han * 5 < latin)
        if not line.strip() or at != last:
            sides[0].append("")
            sides[1].append("")
        if line.strip():
            sides[at].append(line)
            last = at
    return "\n".join(sides[0]) + "\n", "\n".join(sides[1]) + "\n"


def _name(names: Sequence[str], number: int | None) -> str:
    return "" if number is None else re.sub(r"[\t\r\n]", " ", names[number])


def _comment(name: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", name)

"""What the package makes of the short texts in ``tests/readings/``: ``python tests/readings.py [--write]``.

Each line of a file is a list: a text and how it is read. The tests compare both. Where a rule is changed on
purpose, ``--write`` writes what is read now. Then every changed line must be read and found right.

Nothing here depends on fitted weights: the cues and the vectors are small ones that are made here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from duizhao.alignment.lexicon import default_lexicon
from duizhao.alignment.names import Sounds, english_names, english_sound, first_words
from duizhao.alignment.quality import evidence
from duizhao.alignment.quantities import Quantity, chinese_quantities, english_quantities, unmatched
from duizhao.alignment.quantities import unmatched_one_to_one as left_over
from duizhao.cleaning.lexicon import Lexicon, read_cues
from duizhao.cleaning.verdicts import gather
from duizhao.errors import DuizhaoError
from duizhao.sources.decode import decode, decode_html
from duizhao.sources.html import read_html
from duizhao.sources.page import read_page
from duizhao.sources.subtitles import find_cues
from duizhao.text import Block, find_blocks
from duizhao.text.document import make_document
from duizhao.text.sentences import split
from duizhao.text.spans import read

FOLDER = Path(__file__).parent / "readings"


def _quantity(text: str, one: Quantity) -> str:
    values = " ".join(f"{value:.6g}" for value in sorted(one.values))
    orders = "".join(f" ~{order}" for order in sorted(one.orders))
    return f"{one.kind} {text[one.start : one.end]}: {values}{orders}"


def read_numbers(text: str) -> list[str]:
    """The quantities of a text, in Chinese if it has a Chinese sign: kind, place, values, orders."""
    find = english_quantities if text.isascii() else chinese_quantities
    return [_quantity(text, one) for one in find(text)]


def read_numbers_of_pair(text: str) -> list[str]:
    """The quantities of ``Chinese | English`` without a partner: lost, added, left over."""
    zh, en = text.split(" | ")
    sides = chinese_quantities(zh), english_quantities(en)
    lost, added = unmatched(*sides)
    words = [[zh[one.start : one.end] for one in lost], [en[one.start : one.end] for one in added]]
    return [*(", ".join(some) for some in words), str(len(left_over(*sides)))]


def read_chinese(text: str) -> list[str]:
    return [read(text, spans) for spans in split(text, [(0, len(text))], "zh")]


def read_english(text: str) -> list[str]:
    return [read(text, spans) for spans in split(text, [(0, len(text))], "en")]


def _block(raw: str, block: Block) -> str:
    speaker = f" ({block.speaker})" if block.speaker else ""
    return f"{block.kind} {block.start}-{block.end}{speaker}: {read(raw, block.spans)}"


def read_markdown(text: str) -> list[str]:
    return [_block(text, block) for block in find_blocks(make_document("t", text, name="t.md"))]


def read_plain(text: str) -> list[str]:
    return [_block(text, block) for block in find_blocks(make_document("t", text, name="t.txt"))]


def read_subtitles(text: str) -> list[str]:
    return [_block(text, block) for block in find_cues(text)]


def read_units(page: str) -> list[str]:
    """The units of a page: element, text, characters in links and in bold, a line break before, hidden."""
    found = read_page(page)
    return [
        f"{found.elements[unit.element].tag} {unit.text} link {unit.linked} bold {unit.bold}"
        f"{' broken' * unit.broken}{' hidden' * unit.hidden}"
        for unit in found.units
    ]


def read_article(page: str) -> list[str]:
    """The blocks of a page and its facts, or the error."""
    try:
        blocks, facts = read_html(page)
    except DuizhaoError as error:
        return [f"{error.id}: {error}"]
    told = [f"{name} = {value}" for name, value in sorted(facts.items())]
    return [f"{block.kind}: {read(page, block.spans)}" for block in blocks] + told


def read_bytes(text: str) -> list[str]:
    """``ENCODING TEXT``: the text of a file in this encoding, as a file and as a page.

    ``\\xNN`` in the text stands for this byte.
    """
    encoding, text = text.split(" ", 1)
    parts = text.split("\\x")
    data = parts[0].encode(encoding)
    for part in parts[1:]:
        data += bytes.fromhex(part[:2]) + part[2:].encode(encoding)
    told = []
    for way in (decode, decode_html):
        try:
            found = way(data, "a.txt")
        except DuizhaoError as error:
            told.append(f"{error.id}: {error}")
        else:
            told.append(f"{found.encoding}{'?' * found.detected} {found.text} {found.unsure}".rstrip())
    return told


@cache
def _cues() -> Lexicon:
    return read_cues(
        '[share_call]\ncertain = ["点击分享", "扫码转发"]\nstrong = ["转发", "朋友圈"]\nweak = ["收藏"]\n'
        '[follow_call]\ncertain = ["关注公众号"]\nopens = ["公众号"]\n'
        '[related]\ncertain = ["相关阅读："]\nopens = ["推荐阅读", "往期回顾"]\n'
        '[references]\nopens = ["参考文献"]\n[artefact]\ncertain = ["全文完"]\n'
        '[editor_credit]\nopens = ["编辑：", "作者："]\nweak = ["报道"]\n'
        '[editor_note]\ncertain = ["编者按"]\n[source_link]\nstrong = ["来源："]\n[comment]\nopens = ["热门评论"]\n'
    )


def read_evidence(text: str) -> list[str]:
    """The pieces of an article and the evidence on each, by its form and its place, with a few cues."""
    document = make_document("t", text, name="t.md")
    found = gather(document, find_blocks(document), lexicon=_cues())
    told = []
    for index, (piece, names) in enumerate(zip(found.pieces, found.names, strict=True)):
        short = piece.text if len(piece.text) <= 12 else f"{piece.text[:9]}~{len(piece.text)}"
        hits = "".join(f" {hit.strength}@{hit.start}" for hit in piece.hits)
        told.append(f"{short}{hits}: {found.settled.get(index, ' '.join(names))}")
    return told


def _shown(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in values.items() if value)


def read_names(text: str) -> list[str]:
    """The names of an English text, the first words that may be names, and how the names sound."""
    names = english_names(text)
    return [" ".join(names), " ".join(first_words(text)), " ".join(map(english_sound, map(str.lower, names)))]


def read_sounds(text: str) -> list[str]:
    """``Chinese | name``: how the text sounds, and how much of the name is in it."""
    zh, name = text.split(" | ")
    sounds = Sounds(zh, default_lexicon())
    return [sounds.row, f"{sounds.likeness(name):.3f}"]


def read_pair(text: str) -> list[str]:
    """``Chinese | English``: the evidence on the pair that is not 0, and what is told."""
    zh, _, en = text.partition(" | ")
    found = evidence(zh, en, default_lexicon())
    return [_shown(found.values), _shown(found.compared), *found.told.values()]


READERS: dict[str, Callable[[str], list[str]]] = {
    "numbers": read_numbers,
    "numbers-of-pairs": read_numbers_of_pair,
    "sentences-zh": read_chinese,
    "sentences-en": read_english,
    "markdown": read_markdown,
    "plain": read_plain,
    "subtitles": read_subtitles,
    "units": read_units,
    "articles": read_article,
    "bytes": read_bytes,
    "evidence": read_evidence,
    "names": read_names,
    "sounds": read_sounds,
    "pairs": read_pair,
}
"""How the texts of each file are read."""


def lines_of(name: str) -> list[tuple[str, list[str]]]:
    """The texts of a file and how each must be read."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [(text, told) for text, told in map(json.loads, lines)]


def same(told: Sequence[str], found: Sequence[str]) -> bool:
    """Whether two readings are equal. Numbers with decimals may differ by 0.002."""
    left, right = (" ".join(some).replace(",", " ").split() for some in (told, found))
    return len(told) == len(found) and len(left) == len(right) and all(map(_alike, left, right))


def _alike(left: str, right: str) -> bool:
    try:
        return left == right or ("." in left and abs(float(left) - float(right)) <= 0.002)
    except ValueError:
        return False


def main(names: Iterable[str], write: bool) -> int:
    differ = 0
    for name in names:
        lines = lines_of(name)
        found = [(text, READERS[name](text)) for text, _ in lines]
        for (text, told), (_, now) in zip(lines, found, strict=True):
            if not same(told, now):
                differ += 1
                print(f"{name}: {text!r}\n  told  {told}\n  found {now}")
        if write:
            rows = [
                [text, told if same(told, now) else now]
                for (text, told), (_, now) in zip(lines, found, strict=True)
            ]
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (FOLDER / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return int(differ > 0 and not write)


if __name__ == "__main__":
    asked = sys.argv[1:]
    sys.exit(main([name for name in asked if name != "--write"] or READERS, "--write" in asked))

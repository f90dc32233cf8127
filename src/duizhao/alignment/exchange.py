"""Files that hold both languages: TMX 1.4 and XLIFF in and out, TSV in.

XML is read without entities and without external files: a file that declares an entity is refused. So nothing
outside the file is read, and a small file cannot grow in memory.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat

import duizhao
from duizhao.alignment.texts import Text, check_language, empty_side
from duizhao.errors import InputError
from duizhao.text import HAN_CHARACTER, count_han

BILINGUAL = (".tmx", ".xlf", ".xliff", ".tsv")
"""Endings of files that hold both languages."""

XLIFF = "urn:oasis:names:tc:xliff:document:2.0"

Element = ElementTree.Element
Pair = tuple[str, str]

_LATIN = re.compile(r"[A-Za-z]")
_ILLEGAL_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODES = frozenset(("bpt", "ept", "it", "ph", "ut"))  # elements whose content is markup of the original file
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Unit:
    """A pair to write: the two texts, and what is noted beside them, by name."""

    zh: str
    en: str
    notes: tuple[tuple[str, str], ...] = ()


def read_bilingual(data: bytes, name: str, decode: Callable[[bytes], str]) -> tuple[Text, Text]:
    """Return the two sides of a file that holds both languages. Each segment is one sentence.

    The kind of file is told by the end of ``name``. ``decode`` decodes a TSV file. Raises InputError
    ``bad-xml`` for what is not XML or declares entities, ``no-pairs`` for a file without Chinese and English,
    ``wrong-language`` or ``empty-side``.
    """
    lower = name.lower()
    if lower.endswith(".tsv"):
        pairs = _read_tsv(decode(data), name)
    else:
        root = parse_xml(data, name)
        pairs = (_read_tmx if lower.endswith(".tmx") else _read_xliff)(root, name)
    sides = [[" ".join(pair[at].split()) for pair in pairs] for at in (0, 1)]
    texts = []
    for language, side in zip(("zh", "en"), sides, strict=True):
        sentences = tuple(sentence for sentence in side if sentence)
        if not sentences:
            raise empty_side(name)
        check_language("".join(sentences), language, name)
        texts.append(Text(sentences, (0,) * len(sentences)))
    return texts[0], texts[1]


def parse_xml(data: bytes, name: str) -> Element:
    """Parse XML without entities. Names are ``{namespace}name``. Raises InputError ``bad-xml``."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(_qualified(tag), {_qualified(key): value for key, value in attributes.items()})

    def refuse(*_: object) -> None:
        raise InputError(
            "bad-xml", f"{name}: declares an entity, which is not read; write the text itself and remove it"
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: builder.end(_qualified(tag))
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise InputError("bad-xml", f"{name}: is not XML that can be read ({error}); fix the file") from None


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _content(element: Element) -> str:
    """Return the text of a segment, without the codes of the original file."""
    parts: list[str] = []
    stack: list[tuple[Element, bool]] = [(element, False)]
    while stack:
        node, done = stack.pop()
        if done:
            parts.append(node.tail or "")
            continue
        if node is not element:
            stack.append((node, True))
        if _local(node) in _CODES and node is not element:
            continue
        parts.append(node.text or "")
        stack += [(child, False) for child in reversed(node)]
    return "".join(parts)


def _side(code: str | None) -> int | None:
    """Return 0 for a language code of Chinese, 1 for one of English."""
    language = (code or "").lower().replace("_", "-").partition("-")[0]
    return {"zh": 0, "zho": 0, "chi": 0, "cmn": 0, "en": 1, "eng": 1}.get(language)


def _read_tmx(root: Element, name: str) -> list[Pair]:
    pairs: list[Pair] = []
    codes: set[str] = set()
    for unit in root.iter():
        if _local(unit) != "tu":
            continue
        sides = ["", ""]
        for variant in unit:
            code = variant.get(_LANGUAGE) or variant.get("lang")
            segment = next((part for part in variant if _local(part) == "seg"), None)
            if _local(variant) == "tuv" and segment is not None:
                codes.add(code or "none")
                at = _side(code)
                if at is not None and not sides[at]:
                    sides[at] = _content(segment)
        pairs.append((sides[0], sides[1]))
    return _checked(pairs, codes, name)


def _read_xliff(root: Element, name: str) -> list[Pair]:
    """Read XLIFF 1.2, 2.0 and 2.1."""
    pairs: list[Pair] = []
    codes: set[str] = set()
    languages = root.get("srcLang"), root.get("trgLang")
    stack = [(root, languages)]
    while stack:
        node, languages = stack.pop()
        if _local(node) == "file" and node.get("source-language"):
            languages = node.get("source-language"), node.get("target-language")
        if _local(node) in ("segment", "trans-unit"):
            sides = ["", ""]
            for part in node:
                if _local(part) in ("source", "target"):
                    code = part.get(_LANGUAGE) or languages[_local(part) == "target"]
                    codes.add(code or "none")
                    at = _side(code)
                    if at is not None:
                        sides[at] = _content(part)
            pairs.append((sides[0], sides[1]))
        else:
            stack += [(child, languages) for child in reversed(node)]
    return _checked(pairs, codes, name)


def _checked(pairs: list[Pair], codes: set[str], name: str) -> list[Pair]:
    if not any(zh for zh, _ in pairs) or not any(en for _, en in pairs):
        found = f"its languages: {', '.join(sorted(codes))}" if codes else "no segments in it"
        raise InputError(
            "no-pairs", f"{name}: holds no Chinese and English ({found}); give a file with zh and en"
        )
    return pairs


def _read_tsv(text: str, name: str) -> list[Pair]:
    """Read a table. Its columns ``zh`` and ``en`` count, or else the first with Chinese and
    the first with English.
    """
    csv.field_size_limit(1 << 27)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter="\t") if row
        ]
    except csv.Error as error:
        raise InputError("no-pairs", f"{name}: is no table of cells parted by tabs ({error})") from None
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    places: list[int | None] = [None, None]
    for column, title in enumerate(head):
        at = _side(title)
        if at is not None and places[at] is None and len(title) < 8:
            places[at] = column
    if None not in places:
        rows = rows[1:]
    else:
        places = [_column(rows, HAN_CHARACTER), _column(rows, _LATIN)]
    if places[0] is None or places[1] is None or places[0] == places[1]:
        raise InputError(
            "no-pairs",
            f"{name}: no column of Chinese and one of English; name them zh and en in the first row",
        )
    zh, en = places[0], places[1]
    return [(row[zh] if zh < len(row) else "", row[en] if en < len(row) else "") for row in rows]


def _column(rows: Sequence[Sequence[str]], letters: re.Pattern[str]) -> int | None:
    """Return the first column in which the letters are most of the Han and Latin letters."""
    for column in range(max(map(len, rows), default=0)):
        cells = "".join(row[column] for row in rows if column < len(row))
        both = count_han(cells) * 5 + len(_LATIN.findall(cells))
        own = len(letters.findall(cells)) * (5 if letters is HAN_CHARACTER else 1)
        if both and own * 2 > both:
            return column
    return None


def write_tmx(units: Sequence[Unit], language: str) -> str:
    """Write TMX 1.4. ``language`` is the code of the Chinese. What XML cannot hold is left out."""
    root = ElementTree.Element("tmx", version="1.4")
    ElementTree.SubElement(
        root,
        "header",
        {
            "creationtool": "duizhao",
            "creationtoolversion": duizhao.__version__,
            "segtype": "sentence",
            "o-tmf": "duizhao",
            "adminlang": "en",
            "srclang": language,
            "datatype": "plaintext",
        },
    )
    body = ElementTree.SubElement(root, "body")
    for unit in units:
        element = ElementTree.SubElement(body, "tu")
        for kind, value in unit.notes:
            ElementTree.SubElement(element, "prop", type=f"x-{kind}").text = value
        for code, text in ((language, unit.zh), ("en", unit.en)):
            variant = ElementTree.SubElement(element, "tuv", {"xml:lang": code})
            ElementTree.SubElement(variant, "seg").text = _legal(text)
    return _serialized(root)


def write_xliff(units: Sequence[Unit], language: str, name: str) -> str:
    """Write XLIFF 2.0. A unit without English is not translated yet; one without Chinese has
    no place in it.
    """
    root = ElementTree.Element(
        "xliff", {"xmlns": XLIFF, "version": "2.0", "srcLang": language, "trgLang": "en"}
    )
    file = ElementTree.SubElement(root, "file", id="f1", original=_legal(name))
    for number, unit in enumerate((unit for unit in units if unit.zh), start=1):
        element = ElementTree.SubElement(file, "unit", id=f"u{number}")
        if unit.notes:
            notes = ElementTree.SubElement(element, "notes")
            for kind, value in unit.notes:
                ElementTree.SubElement(notes, "note", category=kind).text = value
        state = "translated" if unit.en else "initial"
        segment = ElementTree.SubElement(element, "segment", id="s1", state=state)
        ElementTree.SubElement(segment, "source").text = _legal(unit.zh)
        if unit.en:
            ElementTree.SubElement(segment, "target").text = _legal(unit.en)
    return _serialized(root)


def _legal(text: str) -> str:
    return _ILLEGAL_IN_XML.sub("", text)


def _serialized(root: Element) -> str:
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def tsv(header: Sequence[str], rows: Iterator[Sequence[object]]) -> str:
    """Write cells separated by tabs.

    A cell with a straight quotation mark is quoted, and the mark is doubled. These are the rules of RFC 4180,
    with tabs. By default, ``csv``, pandas, Polars, DuckDB and ``datasets`` read files in this way.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()

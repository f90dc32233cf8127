"""Make both Chinese columns of an article: one is the text as written, the other is converted from it."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

import numpy as np

from duizhao.annotations import Annotations, Line
from duizhao.errors import Finding, counted
from duizhao.packed import group_rows
from duizhao.records.roles import VERBATIM
from duizhao.schema import Record, Records
from duizhao.text import (
    Damage,
    Document,
    Doubt,
    Script,
    Span,
    cut,
    find_damage_together,
    find_script,
    has_values,
    make_conversions,
    merge,
    read,
    read_pieces,
    repair,
    simplify_together,
)


@dataclass(frozen=True, slots=True)
class ScriptPair:
    """The text of a document in both scripts.

    Each is as long as the source, so the same spans are valid in both. Text that is not kept is the same as
    in the source. ``doubts`` are the places where the conversion is not sure.
    """

    zh_hans: str
    zh_hant: str
    script: Script
    doubts: tuple[Doubt, ...]
    damage: Counter[tuple[str, str]]


def write_both(
    document: Document, paragraphs: Sequence[Sequence[Span]], annotations: Annotations, to: str
) -> ScriptPair:
    """Return the kept paragraphs of a document in both scripts.

    ``to`` is the script of a converted Traditional column. Corrections in ``annotations/script.jsonl`` are
    applied. A corrected place is not a doubt.
    """
    return write_both_together([document], [paragraphs], annotations, to)[0]


def write_both_together(
    documents: Sequence[Document],
    paragraphs: Sequence[Sequence[Sequence[Span]]],
    annotations: Annotations,
    to: str,
) -> list[ScriptPair]:
    """Return what `write_both` gives for each of several documents. One call takes less time than one
    for each.

    ``paragraphs`` has one entry for each document. Memory grows with the documents that are converted
    together.
    """
    kept = [
        spans if has_values(document.text) else [merge(some) for some in spans]
        for document, spans in zip(documents, paragraphs, strict=True)
    ]
    texts = [
        "\n".join([read(document.text, spans) for spans in own])
        for document, own in zip(documents, kept, strict=True)
    ]
    scripts, damages = _find_scripts(texts)
    names = _names(annotations)
    hant = [number for number, script in enumerate(scripts) if script.written == "zh-Hant"]
    hans = [number for number, script in enumerate(scripts) if script.written == "zh-Hans"]
    simplified, traditional = list(texts), list(texts)
    doubts: list[tuple[Doubt, ...]] = [()] * len(texts)
    for number in hant:
        traditional[number] = repair(texts[number], damages[number])
    converting = [*hans, *(number for number in hant if scripts[number].mixed)]
    conversions = make_conversions([traditional[number] for number in converting], to, names)
    for number, converted in zip(converting, conversions, strict=True):
        traditional[number], doubts[number] = converted.text, converted.doubts
    for number, text in zip(hant, simplify_together([traditional[number] for number in hant]), strict=True):
        simplified[number] = text
    mixed = [number for number in hans if scripts[number].mixed]
    for number, converted in zip(
        mixed, make_conversions([texts[number] for number in mixed], "zh-Hans"), strict=True
    ):
        simplified[number] = converted.text
    return [
        _put_together(document, own, text, (plain, full), script, found, damage, annotations)
        for document, own, text, plain, full, script, found, damage in zip(
            documents, kept, texts, simplified, traditional, scripts, doubts, damages, strict=True
        )
    ]


def _find_scripts(texts: Sequence[str]) -> tuple[list[Script], list[tuple[Damage, ...]]]:
    """Return the script of each text and its damaged places."""
    scripts = [find_script(text) for text in texts]
    damages: list[tuple[Damage, ...]] = [()] * len(texts)
    hant = [number for number, script in enumerate(scripts) if script.written == "zh-Hant"]
    for number, damage in zip(hant, find_damage_together([texts[number] for number in hant]), strict=True):
        damages[number] = damage
        if damage and scripts[number].tag != "mixed":
            # A converter chose the characters, so they do not show a region.
            scripts[number] = Script("zh-Hant", "zh-Hant")
    return scripts, damages


def _put_together(
    document: Document,
    paragraphs: Sequence[Sequence[Span]],
    text: str,
    converted: tuple[str, str],
    script: Script,
    doubts: Sequence[Doubt],
    damage: Sequence[Damage],
    annotations: Annotations,
) -> ScriptPair:
    """Return the pair of a document: ``text`` are its paragraphs, ``converted`` the same in Simplified and
    Traditional.
    """
    raw = document.text
    hans, hant = (raw if one == text else _put_back(raw, paragraphs, one) for one in converted)
    hant, settled = _correct(hant, raw, paragraphs, annotations.of("script", document.id))
    return ScriptPair(
        hans,
        hant,
        script,
        tuple(doubt for doubt in _locate(raw, paragraphs, doubts) if doubt.place not in settled),
        Counter((one.written, one.right) for one in damage),
    )


def _put_back(raw: str, paragraphs: Sequence[Sequence[Span]], text: str) -> str:
    """Return the raw text with the characters that ``text`` has for its paragraphs, which a line feed parts.

    A character reference such as &#8212; stays as it is: it is longer than the character that it stands for.
    """
    spans = array("q")  # start, end, and where the span begins in ``text``
    reached = 0
    for paragraph in paragraphs:
        for start, end, before, length in read_pieces(raw, paragraph):
            reached += before
            if length == end - start:
                spans.extend((start, end, reached))
            reached += length
        reached += 1
    table = np.frombuffer(spans, dtype=np.int64).reshape(-1, 3)
    table = table[np.argsort(table[:, 0], kind="stable")]
    whole = StringIO()
    last = 0
    for at in range(0, len(table), _AT_ONCE):
        for start, end, offset in table[at : at + _AT_ONCE].tolist():
            if start >= last:
                whole.write(raw[last:start])
                whole.write(text[offset : offset + end - start])
                last = end
    whole.write(raw[last:])
    return whole.getvalue()


_AT_ONCE = 10_000


def _correct(
    hant: str, raw: str, paragraphs: Sequence[Sequence[Span]], lines: Sequence[Line]
) -> tuple[str, set[int]]:
    """Return the Traditional text with corrections by hand, and the places that they settle.

    Only kept text is corrected. ``raw`` is the text as it is in the file.
    """
    if not lines:
        return hant, set()
    kept = sorted(
        (start, end if length == end - start else start + 1)
        for spans in paragraphs
        for start, end, _, length in read_pieces(raw, spans)
    )
    characters, settled = list(hant), set()
    for line in lines:
        for place, right in enumerate(line.row["right"], line.row["start"]):
            index = bisect_right(kept, (place, len(hant))) - 1
            if index >= 0 and kept[index][0] <= place < kept[index][1]:
                characters[place] = right
                settled.add(place)
    return "".join(characters), settled


def _locate(raw: str, paragraphs: Sequence[Sequence[Span]], doubts: Sequence[Doubt]) -> Iterator[Doubt]:
    """Yield doubts, which are in order, with their places in the raw text and not in
    that of the paragraphs.
    """
    waiting = iter(doubts)
    doubt = next(waiting, None)
    reached = 0
    for spans in paragraphs:
        if doubt is None:
            return
        for start, end, before, length in read_pieces(raw, spans):
            while doubt is not None and doubt.place < reached + before + length:
                within = doubt.place - reached - before
                place = start + (within if within > 0 and length == end - start else 0)
                yield Doubt(place, doubt.written, doubt.forms)
                doubt = next(waiting, None)
            reached += before + length
        reached += 1


def derive_columns(records: Records, to: str) -> Iterator[tuple[Record, dict[str, str]]]:
    """Yield each row of ``sentences`` that has Chinese, with both Chinese columns derived again.

    The text of the file comes from the ledger, the names from ``entities``. Corrections by hand are not in a
    release, so they are not applied. ``to`` is the script of a converted Traditional column.
    """
    entities = tuple(Line("entities", row) for row in records.get("entities", ()))
    files = group_rows(records["blocks"], lambda row: (row["article_id"], row["language"]))
    rows = group_rows(records["sentences"], lambda row: row["article_id"])
    for article in records["articles"]:
        own: Iterable[Record] = rows.get(article["id"], ())
        verbatim = {tuple(span) for row in own if row["role"] in VERBATIM for span in row["raw_spans"]}
        text = StringIO()
        kept: dict[int, list[Span]] = {}
        for block in files.get((article["id"], "zh"), ()):
            text.write(block["text"])
            if block["label"] == "keep":
                kept.setdefault(block["paragraph"], []).append((block["raw_start"], block["raw_end"]))
        prose = [spans for spans in kept.values() if spans[0] not in verbatim]
        document = Document(article["id"], "zh", article["raw_path"], text.getvalue(), "")
        both = write_both(document, prose, Annotations(configs={"entities": entities}), to)
        for row in own:
            if row["raw_spans"]:
                spans = [(start, end) for start, end in row["raw_spans"]]
                yield row, {"zh_hans": read(both.zh_hans, spans), "zh_hant": read(both.zh_hant, spans)}


def script_findings(article_id: str, pair: ScriptPair, rows: Sequence[Record]) -> list[Finding]:
    """Level 4: texts that a converter damaged, texts in two scripts, doubtful places without a correction.

    ``rows`` are its sentences, in the order of the text.
    """
    found = []
    if pair.damage:
        shown = ", ".join(f"{wrong} → {right} ({n})" for (wrong, right), n in pair.damage.most_common(8))
        told = counted(pair.damage.total(), "places") + (" is" if pair.damage.total() == 1 else " are")
        found.append(
            Finding(
                "damaged-script",
                4,
                article_id,
                "zh_hant",
                f"a converter broke its Traditional text; {told} repaired: {shown}",
            )
        )
    if pair.script.mixed:
        other = "Traditional" if pair.script.written == "zh-Hans" else "Simplified"
        first = pair.script.mixed[0]
        found.append(
            Finding(
                "mixed-script",
                4,
                article_id,
                "source_script",
                f"{len(pair.script.mixed)} of its lines are in {other} Chinese; the first: {first[:30]!r}",
            )
        )
    order, ends = array("q"), array("q")
    for row in rows if pair.doubts else ():
        if row["raw_spans"]:
            order.append(row["raw_spans"][0][0])
            ends.append(row["raw_spans"][-1][1])
    ranks = [bisect_right(order, doubt.place) - 1 for doubt in pair.doubts]
    needed = {order[rank] for rank in ranks if rank >= 0}
    spans = {row["raw_spans"][0][0]: row["raw_spans"] for row in rows
             if row["raw_spans"] and row["raw_spans"][0][0] in needed}  # fmt: skip
    for doubt, rank in zip(pair.doubts, ranks, strict=True):
        if rank < 0 or doubt.place >= ends[rank]:
            continue  # its row is not released
        start = order[rank]
        forms = " or ".join(f"{form} ({probability:.2f})" for form, probability in doubt.forms)
        given = pair.zh_hant[doubt.place]
        likely = given == doubt.forms[0][0]
        why = "" if likely else ", as the same word elsewhere in the article or OpenCC has it,"
        shown = _around(pair.zh_hant, spans[start], doubt.place)
        message = (
            f"{doubt.written} at {doubt.place} of the file is {forms}; the release has {given}{why} in "
            f"{shown!r}; a line of annotations/script.jsonl settles it: "
            f"{_correction(article_id, doubt, given)}"
        )
        found.append(Finding("doubtful-script", 4, f"{article_id}:s{start:05d}", "zh_hant", message))
    return found


def _around(text: str, spans: Sequence[Span], place: int) -> str:
    """Return the characters of a sentence around a place, without the markup between its spans."""
    before, after = read(text, cut(spans, 0, place)), read(text, cut(spans, place, len(text)))
    return before[-_SHOWN:] + after[: _SHOWN + 1]


_SHOWN = 6


def _correction(article_id: str, doubt: Doubt, given: str) -> str:
    """Return the line of ``annotations/script.jsonl`` that confirms the form which the release has."""
    row = {"article_id": article_id, "start": doubt.place, "end": doubt.place + 1, "surface": doubt.written,
           "engine": given, "right": given, "reason": "WHY"}  # fmt: skip
    return json.dumps(row, ensure_ascii=False)


def _names(annotations: Annotations) -> dict[str, str]:
    """Return the names of the entities: Simplified to Traditional form, if both have the same length."""
    names: dict[str, str] = {}
    for line in annotations.configs.get("entities", ()):
        simplified, traditional = line.row["names"]["zh_hans"], line.row["names"]["zh_hant"]
        names.update((a, b) for a, b in zip(simplified, traditional, strict=False) if len(a) == len(b) > 1)
    return names

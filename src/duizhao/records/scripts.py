"""Make both Chinese columns of an article: one is the text as written, the other is converted from it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from duizhao.annotations import Annotations, Line
from duizhao.errors import Finding
from duizhao.records.roles import VERBATIM
from duizhao.schema import Record, Records
from duizhao.text import (
    Document,
    Doubt,
    Script,
    Span,
    find_damage,
    find_script,
    make_conversion,
    positions,
    read,
    repair,
    simplify,
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
    raw = document.text
    text = "\n".join(read(raw, spans) for spans in paragraphs)
    places: list[int] = []
    for spans in paragraphs:
        places += [*positions(raw, spans), -1]
    script = find_script(text)
    damage = find_damage(text) if script.written == "zh-Hant" else ()
    if damage and script.tag != "mixed":
        # A converter chose the characters, so they do not show a region.
        script = Script("zh-Hant", "zh-Hant")
    doubts: tuple[Doubt, ...] = ()
    if script.written == "zh-Hant":
        traditional = repair(text, damage)
        if script.mixed:
            converted = make_conversion(traditional, to, _names(annotations))
            traditional, doubts = converted.text, converted.doubts
        simplified = simplify(traditional)
    else:
        simplified = make_conversion(text, "zh-Hans").text if script.mixed else text
        converted = make_conversion(text, to, _names(annotations))
        traditional, doubts = converted.text, converted.doubts
    hans, hant = list(raw), list(raw)
    for place, written, left, right in zip(places, text, simplified, traditional, strict=False):
        # A character reference such as &#8212; stays as it is: it is longer than the character that it stands
        # for.
        if place >= 0 and (raw[place] != "&" or written == "&"):
            hans[place], hant[place] = left, right
    settled: set[int] = set()
    kept = {place for place in places if place >= 0}
    for line in annotations.of("script", document.id):
        for place, right in enumerate(line.row["right"], line.row["start"]):
            if place in kept:
                hant[place] = right
                settled.add(place)
    doubtful = (Doubt(places[doubt.place], doubt.written, doubt.forms) for doubt in doubts)
    return ScriptPair(
        "".join(hans),
        "".join(hant),
        script,
        tuple(doubt for doubt in doubtful if doubt.place not in settled),
        Counter((one.written, one.right) for one in damage),
    )


def derive_columns(records: Records, to: str) -> Iterator[tuple[Record, dict[str, str]]]:
    """Yield each row of ``sentences`` that has Chinese, with both Chinese columns derived again.

    The text of the file comes from the ledger, the names from ``entities``. Corrections by hand are not in a
    release, so they are not applied. ``to`` is the script of a converted Traditional column.
    """
    entities = tuple(Line("entities", row) for row in records.get("entities", ()))
    texts: dict[str, list[str]] = defaultdict(list)
    kept: dict[str, dict[int, list[Span]]] = defaultdict(dict)
    rows: dict[str, list[Record]] = defaultdict(list)
    for row in records["sentences"]:
        if row["raw_spans"]:
            rows[row["article_id"]].append(row)
    for block in records["blocks"]:
        if block["language"] == "zh":
            texts[block["article_id"]].append(block["text"])
            if block["label"] == "keep":
                spans = kept[block["article_id"]].setdefault(block["paragraph"], [])
                spans.append((block["raw_start"], block["raw_end"]))
    for article in records["articles"]:
        own = rows[article["id"]]
        verbatim = {tuple(span) for row in own if row["role"] in VERBATIM for span in row["raw_spans"]}
        prose = [spans for spans in kept[article["id"]].values() if spans[0] not in verbatim]
        document = Document(article["id"], "zh", article["raw_path"], "".join(texts[article["id"]]), "")
        both = write_both(document, prose, Annotations(configs={"entities": entities}), to)
        for row in own:
            spans = [(start, end) for start, end in row["raw_spans"]]
            yield row, {"zh_hans": read(both.zh_hans, spans), "zh_hant": read(both.zh_hant, spans)}


def script_findings(article_id: str, pair: ScriptPair, starts: Mapping[int, str]) -> list[Finding]:
    """Level 4: texts that a converter damaged, texts in two scripts, doubtful places without a correction.

    ``starts`` maps the place where each sentence begins to its id, in the order of the text.
    """
    found = []
    if pair.damage:
        shown = ", ".join(f"{wrong} → {right} ({n})" for (wrong, right), n in pair.damage.most_common(8))
        found.append(
            Finding(
                "damaged-script",
                4,
                article_id,
                "zh_hant",
                f"a converter broke its Traditional text; {pair.damage.total()} places are repaired: {shown}",
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
    order = list(starts)
    for doubt in pair.doubts:
        sentence = order[max(0, bisect_right(order, doubt.place) - 1)]
        forms = " or ".join(f"{form} ({probability:.2f})" for form, probability in doubt.forms)
        found.append(
            Finding(
                "doubtful-script",
                4,
                starts[sentence],
                "zh_hant",
                f"{doubt.written} at {doubt.place} of the file is {forms}; settle it in annotations/script.jsonl",
            )
        )
    return found


def _names(annotations: Annotations) -> dict[str, str]:
    """Return the names of the entities: Simplified to Traditional form, if both have the same length."""
    names: dict[str, str] = {}
    for line in annotations.configs.get("entities", ()):
        simplified, traditional = line.row["names"]["zh_hans"], line.row["names"]["zh_hant"]
        names.update((a, b) for a, b in zip(simplified, traditional, strict=False) if len(a) == len(b) > 1)
    return names

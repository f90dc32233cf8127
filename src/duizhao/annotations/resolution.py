"""Turn annotations into records that contain the text of their sentences.

No file is read: the input is the ``sentences`` records and the texts of the files. The output is records and
findings. The ``record`` of a finding is the place of its annotation, ``file:line``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from duizhao.annotations.lines import (
    Anchor,
    Annotations,
    Line,
    anchors,
    decision_anchors,
    holds,
    locate,
    statement_anchors,
)
from duizhao.errors import Finding
from duizhao.languages import CHINESE, COLUMNS, KEYS
from duizhao.packed import group_rows
from duizhao.schema import Record, load_schema
from duizhao.text import Span, positions

Texts = Mapping[tuple[str, str], str]

_REMEMBERED = 1000  # rows whose offsets are cached; annotations of one row mostly follow one another

_SPANS = {"zh": "raw_spans", "en": "en_spans"}


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an anchor: its sentence, and half-open offsets in the columns of the anchor's language."""

    sentence: Mapping[str, Any]
    start: int
    end: int


class Resolver:
    """Finds the sentence that contains an anchor.

    It has an index of the rows of each article, which is made when the first anchor of that
    article is looked up.
    """

    def __init__(self, sentences: Sequence[Record], texts: Texts) -> None:
        self.texts = texts
        self._sentences = sentences
        self._spans: dict[tuple[str, str], list[tuple[int, int, Mapping[str, Any]]]] = {}
        self._offsets: dict[tuple[str, str], dict[int, int]] = {}

    def kept(self, anchor: Anchor) -> list[Span]:
        """Return the kept spans that overlap the anchor, in order."""
        spans = self._spans_of(anchor)
        index = max(bisect_right(spans, anchor.start, key=lambda span: span[0]) - 1, 0)
        touched: list[Span] = []
        while index < len(spans) and spans[index][0] < anchor.end:
            start, end, _ = spans[index]
            touched += [(start, end)] if end > anchor.start else []
            index += 1
        return touched

    def find(self, anchor: Anchor) -> Place | None:
        """Return the place of an anchor, or None if it is not inside the kept text of one sentence."""
        spans = self._spans_of(anchor)
        index = bisect_right(spans, anchor.start, key=lambda span: span[0]) - 1
        if index < 0 or anchor.start >= spans[index][1]:
            return None
        row = spans[index][2]
        offsets = self._offsets_of(row, anchor)
        if anchor.end - 1 not in offsets:
            return None
        return Place(row, offsets[anchor.start], offsets[anchor.end - 1] + 1)

    def _spans_of(self, anchor: Anchor) -> list[tuple[int, int, Mapping[str, Any]]]:
        """Return all spans of the anchor's file, each with its row, in order."""
        key = (anchor.article_id, anchor.file)
        if key not in self._spans:
            field = _SPANS[anchor.file]
            self._spans[key] = sorted(
                (
                    (start, end, row)
                    for row in self._rows.get(anchor.article_id, ())
                    for start, end in row[field]
                ),
                key=lambda span: span[0],
            )
        return self._spans[key]

    @cached_property
    def _rows(self) -> Mapping[str, Iterable[Record]]:
        return group_rows(self._sentences, lambda row: row["article_id"])

    def _offsets_of(self, row: Mapping[str, Any], anchor: Anchor) -> dict[int, int]:
        """Map the place of each kept character in the file to its offset in the row's text.

        The result is cached.
        """
        key = (row["id"], anchor.file)
        if key not in self._offsets:
            if len(self._offsets) >= _REMEMBERED:
                self._offsets.clear()
            spans = [(start, end) for start, end in row[_SPANS[anchor.file]]]
            places = positions(self.texts[anchor.article_id, anchor.file], spans)
            # A space inserted between spans has the place of the next character. The later entry, that
            # character, overwrites the space.
            self._offsets[key] = {place: offset for offset, place in enumerate(places)}
        return self._offsets[key]


def resolve(
    annotations: Annotations, sentences: Sequence[Record], texts: Texts
) -> tuple[dict[str, list[Record]], list[Finding]]:
    """Return the records of the annotated configs, by config, and the findings on the annotations.

    ``texts`` are the raw texts by (article id, file). If there is any finding, there are no records.
    """
    resolver = Resolver(sentences, texts)
    findings = [
        *_check_ids(annotations),
        *_check_anchors(annotations, resolver),
        *_check_sense(annotations, resolver),
    ]
    if findings:
        return {}, findings
    make: dict[str, Callable[[Line, Resolver], list[Record]]] = {
        "entities": lambda line, _: [dict(line.row)],
        "mentions": _mention,
        "events": _event,
        "claims": _claim,
        "questions": _question,
    }
    records = {
        kind: [record for line in lines for record in make[kind](line, resolver)]
        for kind, lines in annotations.configs.items()
    }
    return {
        kind: sorted(rows, key=_mention_order) if kind == "mentions" else rows
        for kind, rows in records.items()
    }, []


def check_annotations(annotations: Annotations, resolver: Resolver) -> Iterator[Finding]:
    """Yield a finding for each anchor that no longer matches the text, with its probable new place."""
    yield from _check_anchors(annotations, resolver)


def _check_ids(annotations: Annotations) -> Iterator[Finding]:
    for lines in annotations.configs.values():
        counts = Counter(line.row.get("id") for line in lines)
        for line in lines:
            if line.row.get("id") is not None and counts[line.row["id"]] > 1:
                yield Finding(
                    "duplicate-annotation",
                    2,
                    line.place,
                    "id",
                    f"{line.row['id']} stands {counts[line.row['id']]} times",
                )
    known = {line.row["id"] for line in annotations.configs.get("entities", ())}
    for kind, field in (("mentions", "entity_id"), ("events", "participants")):
        for line in annotations.configs.get(kind, ()):
            named = [line.row[field]] if isinstance(line.row[field], str) else line.row[field]
            for id in named:
                if id not in known:
                    yield Finding(
                        "unknown-entity", 2, line.place, field, f"no entity {id!r} in entities.jsonl"
                    )


def _check_anchors(annotations: Annotations, resolver: Resolver) -> Iterator[Finding]:
    decisions = set(decision_anchors(annotations))
    for anchor in (*decision_anchors(annotations), *anchors(annotations)):
        text = resolver.texts.get((anchor.article_id, anchor.file))
        where = f"{anchor.article_id} {anchor.file}[{anchor.start}:{anchor.end}]"
        if text is None:
            yield Finding("stale-anchor", 3, anchor.place, "article_id", f"{where}: there is no such file")
        elif not holds(anchor, text, resolver.kept(anchor) if anchor not in decisions else ()):
            moved = locate(anchor, text)
            hint = (
                f"it stands at {moved} now, probably"
                if moved is not None
                else "it stands nowhere in the file"
            )
            yield Finding(
                "stale-anchor",
                3,
                anchor.place,
                "surface",
                f"{where} does not read {anchor.surface!r}; {hint}",
            )
        elif anchor not in decisions and resolver.find(anchor) is None:
            yield Finding(
                "anchor-outside", 3, anchor.place, "start", f"{where} is not inside one sentence that is kept"
            )


def _check_sense(annotations: Annotations, resolver: Resolver) -> Iterator[Finding]:
    for line in annotations.configs.get("events", ()):
        end = line.row["end"]
        if end is not None and end < line.row["start"][: len(end)]:
            yield Finding(
                "event-ends-first",
                3,
                line.place,
                "end",
                f"{line.row['id']} ends {end}, before it starts {line.row['start']}",
            )
    for line in annotations.configs.get("claims", ()):
        sides = [
            resolver.find(statement_anchors(line.row[part], line.place)[0])
            for part in ("premise", "hypothesis")
        ]
        if sides[0] and sides[1] and sides[0].sentence["id"] == sides[1].sentence["id"]:
            yield Finding(
                "claim-of-one",
                3,
                line.place,
                "hypothesis",
                f"{line.row['id']}: both statements are in {sides[0].sentence['id']}",
            )


def _mention(line: Line, resolver: Resolver) -> list[Record]:
    row = line.row
    place = _found(
        resolver, Anchor(row["article_id"], row["file"], row["start"], row["end"], row["surface"], line.place)
    )
    return [
        {
            "id": f"{place.sentence['id']}:{column}:{place.start:04d}",
            "entity_id": row["entity_id"],
            "sentence_id": place.sentence["id"],
            "language": tag,
            "start": place.start,
            "end": place.end,
            "surface": place.sentence[column][place.start : place.end],
            "text": place.sentence[column],
        }
        for column, tag in ((c.key, c.tag) for c in COLUMNS if c.language == row["file"])
    ]


def _mention_order(row: Mapping[str, Any]) -> tuple[str, int, str, int]:
    article, _, rest = row["sentence_id"].partition(":")
    return article, int(rest[1:]), row["language"], row["start"]


def _event(line: Line, resolver: Resolver) -> list[Record]:
    return [{**line.row, "evidence": _evidence(line, resolver)}]


def _question(line: Line, resolver: Resolver) -> list[Record]:
    row = {"source_error": None, "closed_book": None, **line.row, "evidence": _evidence(line, resolver)}
    return [{field: row[field] for field in load_schema("questions")["properties"]}]


def _evidence(line: Line, resolver: Resolver) -> list[Record]:
    rows = {}
    for part in line.row["evidence"]:
        sentence = _found(
            resolver,
            Anchor(part["article_id"], "zh", part["start"], part["end"], part["surface"], line.place),
        ).sentence
        rows[sentence["id"]] = {
            "sentence_id": sentence["id"],
            **{field: sentence[field] for field in ("article_id", *KEYS)},
        }
    return list(rows.values())


def _claim(line: Line, resolver: Resolver) -> list[Record]:
    row = line.row
    premise_id, premise = _statement(row["premise"], line.place, resolver)
    hypothesis_id, hypothesis = _statement(row["hypothesis"], line.place, resolver)
    sides = {
        "premise_id": premise_id,
        "hypothesis_id": hypothesis_id,
        "premise": premise,
        "hypothesis": hypothesis,
    }
    return [
        {
            "id": row["id"],
            **sides,
            **{field: row[field] for field in ("context", "label", "topic", "explanation", "public_record")},
        }
    ]


def _statement(part: Mapping[str, Any], place: str, resolver: Resolver) -> tuple[str, Record]:
    zh, en = (_found(resolver, anchor) for anchor in statement_anchors(part, place))
    columns = {column.key: zh.sentence[column.key][zh.start : zh.end] for column in CHINESE}
    return zh.sentence["id"], {**columns, "en": en.sentence["en"][en.start : en.end]}


def _found(resolver: Resolver, anchor: Anchor) -> Place:
    place = resolver.find(anchor)
    assert place is not None, anchor  # _check_anchors has checked this
    return place

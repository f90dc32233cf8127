"""Read annotations from ``annotations/*.jsonl`` and check that they match the raw text.

An annotation names an article, a file, a span, and the text at that span (the surface). The build computes
sentence ids and column offsets from these (module ``resolution``). If the raw text has changed, an annotation
is never moved automatically. `locate` only says where its text probably is now.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duizhao import schema
from duizhao.alignment import Bead
from duizhao.cleaning import Decision
from duizhao.errors import InputError
from duizhao.files import read_json_lines, reason, show
from duizhao.text import Document, Sentence, Span, read

KINDS = ("entities", "mentions", "events", "claims", "questions")
"""The annotation files that become configs."""

FILES = (*KINDS, "script", "cleaning", "speakers", "beads", "acknowledged")
"""All annotation files, without the ending ``.jsonl``."""

MOST_TOLD = 50
"""The most lines that one message has."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an annotation file: its place, ``file:line``, and its content."""

    place: str
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A span in a file of an article (``zh`` or ``en``), and the text that must be there."""

    article_id: str
    file: str
    start: int
    end: int
    surface: str
    place: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """All annotations of a build. Their schemas have accepted them."""

    script: Sequence[Line] = ()
    cleaning: Sequence[Line] = ()
    speakers: Sequence[Line] = ()
    beads: Sequence[Line] = ()
    acknowledged: Mapping[tuple[str, str], str] = field(default_factory=dict)
    configs: Mapping[str, Sequence[Line]] = field(default_factory=dict)

    _by_article: dict[str, dict[str, list[Line]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def shapes(self, article_id: str) -> bool:
        """Whether lines decide how the rows of an article are made."""
        return any(self.of(kind, article_id) for kind in ("beads", "cleaning", "script", "speakers"))

    def of(self, kind: str, article_id: str) -> list[Line]:
        """Return the lines of ``script``, ``cleaning``, ``speakers`` or ``beads`` that
        belong to an article.
        """
        if kind not in self._by_article:
            index = self._by_article.setdefault(kind, {})
            kinds = {
                "script": self.script,
                "cleaning": self.cleaning,
                "speakers": self.speakers,
                "beads": self.beads,
            }
            for line in kinds[kind]:
                index.setdefault(line.row["article_id"], []).append(line)
        return self._by_article[kind].get(article_id, [])


def read_annotations(folder: Path | None) -> Annotations:
    """Read the annotations of a folder. If the folder does not exist, there are none.

    Raises InputError ``bad-annotation``. It lists the lines that cannot be read or that their schema refuses.
    """
    if folder is None or not folder.is_dir():
        return Annotations()
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise InputError("bad-annotation", f"{show(folder)}: cannot be read ({reason(error)})") from None
    problems = [
        f"{show(path)}: no such kind of annotation; known: {', '.join(sorted(FILES))}"
        for path in sorted(folder / name for name in names if name.endswith(".jsonl"))
        if path.stem not in FILES
    ]
    lines = {
        kind: _read(folder / f"{kind}.jsonl", problems) if f"{kind}.jsonl" in names else () for kind in FILES
    }
    acknowledged: dict[tuple[str, str], str] = {}
    for line in lines["acknowledged"]:
        key = (line.row["finding"], line.row["record"])
        if key in acknowledged:
            problems.append(f"{line.place}: record: {key[0]} of {key[1]} is acknowledged twice")
        acknowledged[key] = line.row["reason"]
    if problems:
        raise InputError("bad-annotation", _tell(problems))
    return Annotations(
        script=lines["script"],
        cleaning=lines["cleaning"],
        speakers=lines["speakers"],
        beads=lines["beads"],
        acknowledged=acknowledged,
        configs={kind: lines[kind] for kind in KINDS if lines[kind]},
    )


def anchors(annotations: Annotations) -> Iterator[Anchor]:
    """Yield every anchor that must lie in a kept sentence, in the order of the files.

    The decisions of ``cleaning`` are not among them: see `decision_anchors`.
    """
    for line in (*annotations.script, *annotations.speakers):
        yield _anchor(line.row, "zh", line.place)
    for kind, lines in annotations.configs.items():
        for line in lines:
            if kind == "mentions":
                yield _anchor(line.row, line.row["file"], line.place)
            for part in line.row.get("evidence", ()):
                yield _anchor(part, "zh", line.place)
            for part in (line.row["premise"], line.row["hypothesis"]) if kind == "claims" else ():
                yield from statement_anchors(part, line.place)


def decision_anchors(annotations: Annotations) -> Iterator[Anchor]:
    """Yield the anchors of the decisions on what is kept. They may lie anywhere in the Chinese file."""
    for line in annotations.cleaning:
        yield _anchor(line.row, "zh", line.place)


def statement_anchors(part: Mapping[str, Any], place: str) -> tuple[Anchor, Anchor]:
    """Return the Chinese and the English anchor of a statement of a claim."""
    return _anchor(part, "zh", place), _anchor({**part["en"], "article_id": part["article_id"]}, "en", place)


def holds(anchor: Anchor, text: str, spans: Sequence[Span] = ()) -> bool:
    """Return whether the text at the anchor's span is its surface.

    ``spans`` are the kept spans of the text. With them, markup inside the anchor's span is skipped.
    """
    there = text[anchor.start : anchor.end]
    inside = [
        (max(a, anchor.start), min(b, anchor.end)) for a, b in spans if a < anchor.end and b > anchor.start
    ]
    return anchor.surface in (there, read(text, inside))


def locate(anchor: Anchor, text: str) -> int | None:
    """Return where the surface is now, as near as possible to the old place; None if it is nowhere."""
    after = text.find(anchor.surface, anchor.start)
    before = text.rfind(anchor.surface, 0, anchor.start + len(anchor.surface))
    return min(
        (place for place in (after, before) if place >= 0),
        key=lambda place: abs(place - anchor.start),
        default=None,
    )


def check_articles(annotations: Annotations, known: set[str]) -> None:
    """Raise InputError ``unknown-article`` if annotations name an article that does not exist.

    It lists them.
    """
    named = [(line.row["article_id"], line.place) for line in (*annotations.cleaning, *annotations.beads)]
    named += [(anchor.article_id, anchor.place) for anchor in anchors(annotations)]
    unknown = list(dict.fromkeys((place, id) for id, place in named if id not in known))
    if unknown:
        shown = ", ".join(sorted(known)[:MOST_TOLD]) + ", …" * (len(known) > MOST_TOLD)
        lines = [f"{place}: no article {id!r}; known: {shown}" for place, id in unknown]
        raise InputError("unknown-article", _tell(lines))


def check_corrections(document: Document, lines: Sequence[Line]) -> None:
    """Raise InputError ``stale-correction`` if the text at a span is not its surface, or if the right form is
    not as long as the surface.

    It lists these spans.
    """
    problems = []
    for line in lines:
        row = line.row
        there = document.text[row["start"] : row["end"]]
        if there != row["surface"]:
            problems.append(
                f"{line.place}: {document.name}[{row['start']}:{row['end']}] reads {there!r}, not "
                f"{row['surface']!r}; set start, end and surface to the place that is meant"
            )
        elif len(row["right"]) != len(row["surface"]):
            problems.append(
                f"{line.place}: the right form {row['right']!r} is not as long as the surface "
                f"{row['surface']!r}; write one character for each"
            )
    if problems:
        raise InputError("stale-correction", _tell(problems))


def check_speakers(document: Document, lines: Sequence[Line]) -> None:
    """Raise InputError for lines of ``speakers`` that do not fit the document or are not whole. It lists
    them.

    ``stale-correction``: the text at a span is not its surface. ``bad-speaker``: a speaker without a role, or
    a role without a speaker.
    """
    stale = [
        f"{line.place}: {_span_of(document, line)} reads "
        f"{document.text[line.row['start'] : line.row['end']]!r}, not {line.row['surface']!r}; "
        "anchor the speaker anew"
        for line in lines
        if not reads_as_told(document, line)
    ]
    if stale:
        raise InputError("stale-correction", _tell(stale))
    wrong = [
        f"{line.place}: {_span_of(document, line)}: speaker {_json(line.row['speaker'])} does not fit role "
        f"{_json(line.row['role'])}; give both, or null for both where nobody speaks"
        for line in lines
        if (line.row["speaker"] is None) != (line.row["role"] is None)
    ]
    if wrong:
        raise InputError("bad-speaker", _tell(wrong))


def reads_as_told(document: Document, line: Line) -> bool:
    """Return whether the text at the span of a line is its surface."""
    row = line.row
    return document.text[row["start"] : row["end"]] == str(row["surface"])


def read_decisions(document: Document, lines: Sequence[Line]) -> list[Decision]:
    """Return a person's decisions on parts of a document, in order of the text.

    Raises InputError ``stale-correction`` if the text at a span is not its surface, and ``bad-decision`` if
    spans overlap or a category does not fit its label. It lists these lines.
    """
    ordered = sorted(lines, key=lambda line: (line.row["start"], line.row["end"]))
    stale = [
        f"{line.place}: {_span_of(document, line)} reads "
        f"{document.text[line.row['start'] : line.row['end']]!r}, not {line.row['surface']!r}; "
        "anchor the decision anew"
        for line in ordered
        if not reads_as_told(document, line)
    ]
    if stale:
        raise InputError("stale-correction", _tell(stale))
    wrong = []
    end, before = 0, ""
    for line in ordered:
        row = line.row
        if row["start"] < end:
            wrong.append(
                f"{line.place}: {_span_of(document, line)} overlaps the decision of {before}; "
                "give each its own span"
            )
        if (row["label"] == "drop") != (row["category"] is not None):
            wrong.append(
                f"{line.place}: {_span_of(document, line)}: category {row['category']!r} does not fit label "
                f"{row['label']!r}; give a category to drop, and null to keep"
            )
        if row["end"] > end:
            end, before = row["end"], line.place
    if wrong:
        raise InputError("bad-decision", _tell(wrong))
    return [
        Decision(row["start"], row["end"], row["label"], row["category"], row["why"])
        for row in (line.row for line in ordered)
    ]


def _tell(lines: Sequence[str]) -> str:
    """Join the lines of a message. Of very many, some are shown, and the others are counted."""
    more = len(lines) - MOST_TOLD
    return "\n".join([*lines[:MOST_TOLD], *([f"and {more} more like these"] if more > 0 else [])])


def _json(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _span_of(document: Document, line: Line) -> str:
    return f"{document.name}[{line.row['start']}:{line.row['end']}]"


def resolve_beads(lines: Sequence[Line], zh: Sequence[Sentence], en: Sequence[Sentence]) -> list[Bead]:
    """Turn beads made by hand into beads of sentence indices, with score 1.

    Raises InputError ``stale-bead``, which tells all beads whose starts are not those of the next sentences,
    and the sentences that are left over at the end. After a bead that does not fit, the next one is expected
    where it ends, if its last start is that of a later sentence.
    """
    sides = {
        "zh": _Starts([sentence.spans[0][0] for sentence in zh]),
        "en": _Starts([sentence.spans[0][0] for sentence in en]),
    }
    problems: list[str] = []
    beads = []
    for line in lines:
        found = {side: starts.take(line.row[side]) for side, starts in sides.items()}
        for side, place in found.items():
            if isinstance(place, str):
                told = f"{side} starts {list(line.row[side])} do not follow; {place}"
                problems.append(f"{line.place}: {line.row['article_id']}: {told}")
        first, second = found["zh"], found["en"]
        if not isinstance(first, str) and not isinstance(second, str):
            beads.append(Bead(first, second, 1.0))
    for side, starts in sides.items() if lines and not problems else ():
        if rest := len(starts.all) - starts.done:
            problems.append(
                f"{lines[-1].place}: {lines[-1].row['article_id']}: the beads end before the text does; "
                f"sentences of {side} that are left: {rest}, from {starts.all[starts.done]}"
            )
    if problems:
        raise InputError("stale-bead", _tell(problems))
    return beads


class _Starts:
    """Where the sentences of a side start, and how many of them beads have taken."""

    def __init__(self, starts: Sequence[int]) -> None:
        self.all = starts
        self.done = 0
        self._places = {start: place for place, start in enumerate(starts)}

    def take(self, wanted: Sequence[int]) -> tuple[int, ...] | str:
        """Take the next sentences if they start as is wanted; else say which one is next."""
        first = self.done
        if list(self.all[first : first + len(wanted)]) == list(wanted):
            self.done += len(wanted)
            return tuple(range(first, self.done))
        following = self.all[first] if first < len(self.all) else "nothing"
        self.done = max(first, self._places.get(wanted[-1], -1) + 1)
        return f"the next sentence starts at {following}"


def _anchor(row: Mapping[str, Any], file: str, place: str) -> Anchor:
    return Anchor(row["article_id"], file, row["start"], row["end"], row["surface"], place)


def _read(path: Path, problems: list[str]) -> tuple[Line, ...]:
    """Return the lines of a JSON Lines file that its schema accepts.

    Problems of other lines go to ``problems``.
    """
    found = []
    for place, row in read_json_lines(path, "bad-annotation"):
        if isinstance(row, InputError):
            problems.append(str(row))
            continue
        wrong = schema.problems(f"annotations/{path.stem}", row)
        problems += [f"{place}: {field_name}: {message}" for field_name, message in wrong]
        if not wrong:
            found.append(Line(place, row))
    return tuple(found)

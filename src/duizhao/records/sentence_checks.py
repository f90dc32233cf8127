"""Checks of the rows of ``sentences`` (levels 2 and 3): positions, order, beads, paragraphs, roles, spans."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import ge
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duizhao.errors import Finding, counted
from duizhao.packed import Part
from duizhao.records.block_checks import check_places
from duizhao.records.files import FileKey, Files
from duizhao.records.roles import VERBATIM
from duizhao.records.runs import Check, Run, check_kinds, feed, make_runs
from duizhao.records.texts import Texts
from duizhao.schema import Record, Records
from duizhao.text import convert, read, same_characters, simplify

_FIELDS = (
    *("id", "article_id", "position", "paragraph", "role", "speaker", "zh_hans", "zh_hant", "en"),
    *("bead", "score", "quality", "raw_spans", "en_spans"),
)
_SIDES = (("zh", "raw_spans"), ("en", "en_spans"))
_TURNS = ("question", "answer")


def check_sentences(
    records: Records, files: Files, texts: Texts
) -> tuple[Mapping[str, Part], Mapping[str, Sequence[Finding]]]:
    """Read the sentences once. Return those of each article, and the findings of each check by its name. Add
    what they say to ``texts``.

    The rows must be valid under their schema.
    """
    articles, sentences = records.get("articles", ()), records.get("sentences", ())
    parts: dict[str, Part] = {}

    def part(run: Run) -> Iterable[Finding]:
        parts.setdefault(run.key, Part(sentences)).add(run.place, len(run))
        return ()

    spans = Spans(files, {row["id"]: row["source_script"] for row in articles})
    checks: dict[str, Check] = {
        "parts": part,
        "places": check_places("sentences", _ids),
        "zh_order": _check_order("raw_spans"),
        "en_order": _check_order("en_spans"),
        "beads": _check_beads({row["id"]: row["en_path"] for row in articles}),
        "paragraphs": _check_paragraphs(files),
        "roles": _check_roles(sentences),
        "spans": spans.check,
        "texts": texts.add,
    }
    found = feed(make_runs(sentences, ("article_id",), _FIELDS), checks)
    return parts, {**found, "spans": [*found["spans"], *spans.uncovered()]}


def _ids(run: Run) -> list[str]:
    """Return the ids that follow from the first span of each row.

    A row without spans keeps its id; other checks report it.
    """
    return [
        f"{run.key}:s{zh[0][0]:05d}" if zh else f"{run.key}:e{en[0][0]:05d}" if en else id
        for id, zh, en in zip(run["id"], run["raw_spans"], run["en_spans"], strict=True)
    ]


def _check_order(field: str) -> Check:
    """Rows are in the order of a file."""
    reached: dict[str, int] = defaultdict(int)

    def check(run: Run) -> Iterator[Finding]:
        end = reached[run.key]
        places = places_of_spans(run[field])
        if all(map(ge, places[::2], [end, *places[1::2]])):
            reached[run.key] = places[-1] if places else end
            return
        for row in run.rows:
            for start, stop in row[field]:
                if start < end:
                    message = f"starts at {start}, before the end of the row before it, {end}"
                    yield Finding("wrong-order", 3, row["id"], field, message)
                    break
                end = stop
        reached[run.key] = end

    return check


def places_of_spans(spans: Iterable[Iterable[Iterable[int]]]) -> list[int]:
    """Return the starts and ends of the spans of rows, in turn."""
    return list(chain.from_iterable(chain.from_iterable(spans)))


def _check_beads(english: Mapping[str, str | None]) -> Check:
    """A side has sentences only if it has spans, and not more sentences than spans.

    Without an English file, a row has no English and no score. A row has a quality if it has both sides.
    ``english`` are the English files of the articles.
    """

    def kinds(run: Run) -> Iterable[tuple[Any, ...]]:
        known = run.key in english, english.get(run.key) is None
        columns = (run["zh_hans"], run["zh_hant"], run["en"], run["score"], run["quality"])
        states = zip(*([_state(value) for value in column] for column in columns), strict=True)
        sizes = (map(len, run[field]) for _, field in _SIDES)
        return ((known, *parts) for parts in zip(run["bead"], *sizes, states, strict=True))

    def explain(row: Record) -> Iterator[Finding]:
        for count, (_, field) in zip(_sizes(row["bead"]), _SIDES, strict=True):
            if (count > 0) != (len(row[field]) > 0) or count > len(row[field]):
                yield _impossible(row, "bead", f"{row['bead']} with {len(row[field])} {field}")
        if (row["zh_hans"] is None) != (row["zh_hant"] is None):
            yield _impossible(row, "zh_hant", "one of zh_hans and zh_hant is null, and the other is not")
        if (row["quality"] is None) != (not (row["zh_hans"] and row["en"])):
            yield _impossible(row, "quality", "is for rows with both sides, and for all of them")
        file = english.get(row["article_id"], row["en"])
        if file is None and (row["en"] is not None or row["score"] is not None):
            yield _impossible(row, "en", "the article has no English file")
        if file is not None and row["score"] is None:
            yield _impossible(row, "score", "is null, and the article has an English file")

    return check_kinds(kinds, explain)


def _state(value: Any) -> bool | None:
    return value if value is None else bool(value)


def _impossible(row: Record, field: str, message: str) -> Finding:
    return Finding("impossible-bead", 3, row["id"], field, message)


@lru_cache
def _sizes(bead: str) -> tuple[int, ...]:
    """Return the numbers of sentences of a bead like ``1-2``."""
    return tuple(map(int, bead.split("-")))


def _check_paragraphs(files: Files) -> Check:
    """The paragraph of a row is the paragraph of the block where the row starts."""

    @lru_cache(maxsize=2)
    def known(article: str, language: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return files.get(article, language).by_start()

    def check(run: Run) -> Iterator[Finding]:
        if all(run["raw_spans"]):  # most runs: no row has only an English side
            starts, paragraphs = known(run.key, "zh")
            firsts = np.array([spans[0][0] for spans in run["raw_spans"]], dtype=np.int64)
            places = np.searchsorted(starts, firsts, side="right") - 1
            there = np.flatnonzero(places >= 0)
            there = there[starts[places[there]] == firsts[there]]
            own = np.array(run["paragraph"], dtype=np.int64)
            if np.array_equal(own[there], paragraphs[places[there]]):
                return
        for row in run.rows:
            language, field = _SIDES[0 if row["raw_spans"] else 1]
            if row[field]:
                begins, numbers = known(run.key, language)
                start = row[field][0][0]
                place = bisect_right(begins, start) - 1
                if place >= 0 and begins[place] == start and row["paragraph"] != numbers[place]:
                    message = f"is {row['paragraph']}, its block says {numbers[place]}"
                    yield Finding("wrong-paragraph", 3, row["id"], "paragraph", message)

    return check


def _check_roles(sentences: Sequence[Record]) -> Check:
    """Turns of an interview have a speaker, and no other rows. The rows of a paragraph have one role and
    speaker.
    """
    # Of each paragraph only a number is held: that of its role and speaker. A text can have a million.
    numbers: dict[tuple[str, str | None], int] = {}
    first: dict[tuple[str, bool], dict[int, int]] = defaultdict(dict)

    def agrees(key: str, zh: bool, paragraph: int, role: str, speaker: str | None) -> bool:
        number = numbers.setdefault((role, speaker), len(numbers))
        return first[key, zh].setdefault(paragraph, number) == number

    def check(run: Run) -> Iterator[Finding]:
        sides = map(bool, run["raw_spans"])
        kinds = dict.fromkeys(zip(sides, run["paragraph"], run["role"], run["speaker"], strict=True))
        wrong = [
            kind for kind in kinds if not agrees(run.key, *kind) or (kind[3] is None) == (kind[2] in _TURNS)
        ]
        if not wrong:
            return
        for row in run.rows:
            yield from explain(row)

    def explain(row: Record) -> Iterator[Finding]:
        if (row["speaker"] is not None) != (row["role"] in _TURNS):
            message = f"is {'missing' if row['speaker'] is None else 'set'}, and the role is {row['role']}"
            yield Finding("label-fields", 3, row["id"], "speaker", message)
        side = row["article_id"], bool(row["raw_spans"])
        if agrees(*side, row["paragraph"], row["role"], row["speaker"]):
            return
        before = next(
            one
            for one in sentences
            if (one["article_id"], bool(one["raw_spans"])) == side and one["paragraph"] == row["paragraph"]
        )
        for field in ("role", "speaker"):
            if row[field] != before[field]:
                message = f"is {row[field]}, in {before['id']} of the same paragraph {before[field]}"
                yield Finding("label-fields", 3, row["id"], field, message)

    return check


class Spans:
    """Level 3: spans are in order, cover the kept text exactly once, and have the text of their record.

    ``scripts`` are the scripts of the articles.
    """

    def __init__(self, files: Files, scripts: Mapping[str, str]) -> None:
        self._files, self._scripts = files, scripts
        self._covered: dict[FileKey, array[int]] = defaultdict(lambda: array("q"))

    def check(self, run: Run) -> Iterable[Finding]:
        """Return the findings on the rows of a run."""
        raw = self._files.get(run.key, "zh").text
        rest, other = (
            [],
            [],
        )  # rows to look at by themselves, and rows that are in another script than the file
        columns = (run[field] for field in ("raw_spans", "en_spans", "zh_hans", "zh_hant", "en"))
        for number, (spans, en_spans, hans, hant, en) in enumerate(zip(*columns, strict=True)):
            if len(spans) != 1 or en_spans or en is not None or not hans or hant is None:
                rest.append(number)
                continue
            start, end = spans[0]
            written = raw[start:end] if start >= 0 else ""
            if written[:1] in ("&", "<") or not len(written) == end - start == len(hans) == len(hant):
                rest.append(number)
            elif written != hans:
                other.append((number, written))
        if not self._are_readings(run, other):
            rest = sorted([*rest, *(number for number, _ in other)])
        looked_at = set(rest)
        spans = (spans for number, spans in enumerate(run["raw_spans"]) if number not in looked_at)
        self._covered[run.key, "zh"].extend(places_of_spans(spans))
        return self._check_rows(run.rows[number] for number in rest)

    def _are_readings(self, run: Run, rows: Sequence[tuple[int, str]]) -> bool:
        """Return whether the texts of some rows differ from the file only in the script, as they may."""
        if not rows:
            return True
        if self._scripts.get(run.key) == "zh-Hans" or any(run["role"][at] in VERBATIM for at, _ in rows):
            return False
        texts = run["zh_hans"]
        return same_characters("\n".join(texts[at] for at, _ in rows), "\n".join(text for _, text in rows))

    def _check_rows(self, rows: Iterable[Record]) -> Iterator[Finding]:
        for row in rows:
            for language, field in _SIDES:
                spans = row[field]
                if not spans and language == "en" and row["en"] is None:
                    continue  # a row without English
                file = row["article_id"], language
                raw = self._files.get(*file).text
                spans = [(start, end) for start, end in spans]
                if any(not 0 <= start < end <= len(raw) for start, end in spans) or spans != sorted(spans):
                    message = f"spans out of order or outside the file of {counted(len(raw), 'characters')}"
                    yield Finding("bad-span", 3, row["id"], field, message)
                    continue
                self._covered[file].extend(chain.from_iterable(spans))
                text = read(raw, spans)
                yield from _check_reading(row, language, text, self._scripts.get(row["article_id"]))

    def uncovered(self) -> Iterator[Finding]:
        """Yield a finding for each file whose kept blocks are not the spans of all rows together."""
        for key, file in self._files.known.items():
            if not same_spans(file.kept(), self._covered[key]):
                yield Finding("kept-not-covered", 3, key[0], "raw_spans" if key[1] == "zh" else "en_spans",
                              "the sentences' spans are not the kept blocks of the file")  # fmt: skip


def same_spans(kept: NDArray[np.int64], places: array[int]) -> bool:
    """Return whether two lists of spans are the same but for their order: ``kept`` [count, 2], and the starts
    and ends in turn.
    """
    told = np.array(places, dtype=np.int64).reshape(-1, 2)
    return np.array_equal(kept, told) or np.array_equal(_sort_spans(kept), _sort_spans(told))


def _sort_spans(spans: NDArray[np.int64]) -> NDArray[np.int64]:
    return spans[np.lexsort((spans[:, 1], spans[:, 0]))]


def _check_reading(row: Record, language: str, text: str, script: str | None) -> Iterator[Finding]:
    """The text of the spans is the text of the record. If the source was converted, the script may differ."""
    if language == "en":
        if (row["en"] or "") != text:
            yield Finding("span-text", 3, row["id"], "en", f"the spans read {text!r}")
        return
    simplified = row["zh_hans"] or ""
    exact = script == "zh-Hans" or row["role"] in VERBATIM
    if not (simplified == text or (not exact and _reads_as(simplified, text))):
        yield Finding("span-text", 3, row["id"], "zh_hans", f"the spans read {text!r}")
    if len(row["zh_hant"] or "") != len(simplified):
        yield Finding("span-text", 3, row["id"], "zh_hant", "is not as long as zh_hans")


def _reads_as(column: str, text: str) -> bool:
    """Return whether a column is a text in another script.

    Most characters have fixed counterparts. Some change only inside a word, for example 畫 in 計畫 (计划), or 份
    in 身份 (身分). So if the characters alone do not agree, the text is converted, in one direction or both.
    """
    return same_characters(column, text) or any(
        same_characters(column, simplify(other)) for other in (text, convert(text, "zh-Hant"))
    )

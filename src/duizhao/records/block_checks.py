"""Checks of the rows of ``blocks`` (levels 2 to 4): positions, ids, the fields of a label, reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import eq
from typing import Any

from duizhao.cleaning import (
    PERSON,
    SPARED,
    count_characters,
    is_much,
    is_reason,
    may_be_wrong,
    settled_category,
)
from duizhao.errors import Finding
from duizhao.records.files import Files
from duizhao.records.runs import Check, Run, check_kinds, feed, make_runs
from duizhao.schema import Record

_FIELDS = (
    *("id", "article_id", "position", "paragraph", "raw_start", "raw_end", "text"),
    *("label", "category", "reason", "score"),
)
_BY_LABEL = {"keep": ("paragraph", "score"), "drop": ("category", "reason", "score"), "markup": ()}
_KEPT_BECAUSE = (PERSON, SPARED)  # how the reason of a kept block begins, if it has one
_FEW = 40  # of fewer characters, nobody need decide whether they are the article
_SOMETIMES = ("paragraph", "category", "reason", "score")


def read_blocks(blocks: Iterable[Record]) -> tuple[Files, Mapping[str, Sequence[Finding]]]:
    """Read the blocks of a release once. Return its files, and the findings of each check by its name.

    The blocks must be valid under their schema.
    """
    files, spared, dropped = Files(), Spared(), Dropped()
    checks: dict[str, Check] = {
        "files": files.add,
        "places": check_places("blocks", _ids),
        "labels": check_kinds(_kinds, _check_label),
        "reasons": check_kinds(_kinds, _check_reason),
        "spared": spared.add,
        "dropped": dropped.add,
    }
    found = feed(make_runs(blocks, ("article_id", "language"), _FIELDS), checks)
    return files, {**found, "spared": list(spared.findings()), "dropped": list(dropped.findings())}


def check_places(config: str, make_ids: Callable[[Run], Iterable[str]]) -> Check:
    """Positions count up from 0 in each article or file. An id names the place where its row starts."""
    counts: dict[Any, int] = defaultdict(int)

    def check(run: Run) -> Iterator[Finding]:
        first = counts[run.key]
        counts[run.key] += len(run)
        ids = list(make_ids(run))
        if all(map(eq, run["position"], range(first, first + len(run)))) and all(map(eq, run["id"], ids)):
            return
        for place, (row, id) in enumerate(zip(run.rows, ids, strict=True), first):
            if row["position"] != place:
                message = f"is {row['position']}, the {config} before it make it {place}"
                yield Finding("wrong-position", 2, row["id"], "position", message)
            if row["id"] != id:
                yield Finding("wrong-id", 2, row["id"], "id", f"its place makes it {id}")

    return check


def _ids(run: Run) -> list[str]:
    article, language = run.key
    return [f"{article}:{language}:{start:05d}" for start in run["raw_start"]]


def _kinds(run: Run) -> Iterable[tuple[Any, ...]]:
    """The values on which the checks of labels and reasons depend."""
    paragraphs = [number is None for number in run["paragraph"]]
    scores = [score if score is None else score == 1 for score in run["score"]]
    return zip(run["label"], paragraphs, run["category"], run["reason"], scores, strict=True)


def _check_label(row: Record) -> Iterator[Finding]:
    """The label of a block determines which fields it has."""
    for field in _SOMETIMES:
        has, should = row[field] is not None, field in _BY_LABEL[row["label"]]
        if field == "reason" and row["label"] == "keep" and has and row[field].startswith(_KEPT_BECAUSE):
            continue
        if has != should:
            message = f"is {'missing' if should else 'set'}, and the label is {row['label']}"
            yield Finding("label-fields", 3, row["id"], field, message)


def _check_reason(row: Record) -> Iterator[Finding]:
    """A reason is one that a build gives. Some state the category too, and then the score is 1."""
    reason = row["reason"]
    if row["label"] != "drop" or reason is None:
        return
    category, person = settled_category(reason), reason.startswith(PERSON)
    if not person and not is_reason(reason):
        yield Finding("label-fields", 3, row["id"], "reason", f"is {reason!r}, which no build gives")
    if category is not None and row["category"] != category:
        message = f"is {row['category']}, and the reason {reason!r} makes it {category}"
        yield Finding("label-fields", 3, row["id"], "category", message)
    if (category is not None or person) and row["score"] != 1:
        message = f"is {row['score']}, and the reason {reason!r} makes it 1"
        yield Finding("label-fields", 3, row["id"], "score", message)


class Spared:
    """Level 4: text that the cleaner kept although it looks like boilerplate, because one kind of evidence
    alone spoke for it.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[int]] = {}  # by article: the start of the first one, and their characters

    def add(self, run: Run) -> Iterable[Finding]:
        """Add the blocks of a run."""
        if SPARED in run["reason"]:
            for row in run.rows:
                if row["label"] == "keep" and row["reason"] == SPARED:
                    found = self._found.setdefault(row["article_id"], [row["raw_start"], 0])
                    found[1] += row["raw_end"] - row["raw_start"]
        return ()

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each article."""
        for id, (start, size) in self._found.items():
            if size < _FEW:
                continue
            yield Finding(
                "little-left",
                4,
                id,
                "text",
                f"{size} characters from {start} on look like boilerplate by one kind of "
                f"evidence alone and were kept; decide in annotations/cleaning.jsonl",
            )


class Dropped:
    """Level 4: an article of which the cleaner took more than half for boilerplate. A list or a digest can be
    misread as a whole, and of a thread only the opening post is left.
    """

    def __init__(self) -> None:
        self._key: tuple[Any, ...] | None = None
        self._kept = self._dropped = self._start = 0  # of the article that is being read
        self._found: list[Finding] = []

    def add(self, run: Run) -> Iterable[Finding]:
        """Add the blocks of a run. The runs of an article follow each other."""
        if run.key != self._key:
            self._end()
            self._key, self._kept, self._dropped = run.key, 0, 0
        for label, category, score, reason, text, start in zip(
            *(run[field] for field in ("label", "category", "score", "reason", "text", "raw_start")),
            strict=True,
        ):
            if label == "keep" or category == "left_out":  # a choice of the user, not boilerplate
                self._kept += count_characters(text)
            elif label == "drop" and may_be_wrong(score, reason):
                self._start = start if not self._dropped else self._start
                self._dropped += count_characters(text)
        return ()

    def _end(self) -> None:
        if self._key is not None and is_much(self._dropped, self._kept):
            self._found.append(
                Finding(
                    "much-dropped",
                    4,
                    self._key[0],
                    "text",
                    f"{self._dropped} of {self._dropped + self._kept} characters, from {self._start} on, "
                    f"were taken for boilerplate: more than half",
                )
            )

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each such article."""
        self._end()
        self._key = None
        yield from self._found

"""Check that facts which annotated rows and dates state twice agree (levels 2 and 3).

These are: ids of mentions, evidence, statements, and dates. `block_checks`, `sentence_checks` and
`article_checks` do the same for the other configs. To find other changes of a field, compare with the raw
files (``verify``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from duizhao.dates import is_real_date
from duizhao.errors import Finding
from duizhao.schema import Record, Records

_PRECISION = {4: "year", 7: "month", 10: "day", 16: "minute"}
"""How exactly a time of so many characters is known."""


def check_consistency(records: Records) -> Iterator[Finding]:
    """Return the findings of levels 2 and 3, in a fixed order.

    The records must be valid under their schemas.
    """
    yield from _check_mention_ids(records.get("mentions", ()))
    yield from _check_evidence(records)
    yield from _check_statements(records)
    yield from _check_dates(records)


def _check_mention_ids(mentions: Sequence[Record]) -> Iterator[Finding]:
    for row in mentions:
        expected = f"{row['sentence_id']}:{row['language'].replace('-', '_').lower()}:{row['start']:04d}"
        if row["id"] != expected:
            yield Finding("wrong-id", 2, row["id"], "id", f"its place makes it {expected}")


def _check_evidence(records: Records) -> Iterator[Finding]:
    """Evidence names existing sentences and repeats their text exactly."""
    named = {
        part["sentence_id"]
        for config in ("events", "questions")
        for row in records.get(config, ())
        for part in row["evidence"]
    }
    sentences = _named_rows(records, named)
    for config in ("events", "questions"):
        for row in records.get(config, ()):
            for part in row["evidence"]:
                sentence = sentences.get(part["sentence_id"])
                if sentence is None:
                    message = f"no record {part['sentence_id']!r} in sentences"
                    yield Finding("dangling-reference", 2, row["id"], "evidence", message)
                    continue
                wrong = [field for field in part if field in sentence and part[field] != sentence[field]]
                if wrong:
                    message = f"{part['sentence_id']}: not what the sentence says in {', '.join(wrong)}"
                    yield Finding("evidence-text", 3, row["id"], "evidence", message)
                if part["article_id"] not in row.get("article_ids", (part["article_id"],)):
                    message = f"{part['sentence_id']}: article_ids does not name its article"
                    yield Finding("evidence-text", 3, row["id"], "article_ids", message)


def _named_rows(records: Records, ids: Collection[str]) -> dict[str, Record]:
    """Return the sentences of some ids. Most rows of a large release are not named anywhere,
    and are not held.
    """
    if not ids:
        return {}
    return {row["id"]: row for row in records.get("sentences", ()) if row["id"] in ids}


def _check_statements(records: Records) -> Iterator[Finding]:
    """The Chinese text of a statement is part of its sentence."""
    named = {row[f"{part}_id"] for row in records.get("claims", ()) for part in ("premise", "hypothesis")}
    sentences = _named_rows(records, named)
    for row in records.get("claims", ()):
        for part in ("premise", "hypothesis"):
            sentence: Mapping[str, Any] = sentences.get(row[f"{part}_id"], {})
            for column in ("zh_hans", "zh_hant"):
                if sentence and row[part][column] not in (sentence[column] or ""):
                    message = f"{column}: does not stand in {row[f'{part}_id']}"
                    yield Finding("statement-text", 3, row["id"], part, message)


def _check_dates(records: Records) -> Iterator[Finding]:
    for config, fields in (("articles", ("published",)), ("events", ("start", "end"))):
        for row in records.get(config, ()):
            for field in fields:
                if row[field] is not None and not is_real_date(row[field]):
                    yield Finding("impossible-date", 3, row["id"], field, f"no calendar has {row[field]}")
    for row in records.get("events", ()):
        end = row["end"]
        if _PRECISION[len(row["start"])] != row["precision"]:
            message = f"is {row['precision']}, and the start is {row['start']}"
            yield Finding("impossible-date", 3, row["id"], "precision", message)
        if end is not None and end < row["start"][: len(end)]:
            message = f"ends {end}, before it starts {row['start']}"
            yield Finding("event-ends-first", 3, row["id"], "end", message)

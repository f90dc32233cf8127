"""Validation: check every record against its schema, and then the records against each other.

The levels are like those of the Universal Dependencies validator: 1 schema, 2 ids and references, 3 spans and
the ledger, 4 content of both sides, 5 the release. All findings are collected. If there are findings of level
1, the other levels are not checked.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from duizhao.cleaning import SPARED
from duizhao.errors import Finding
from duizhao.languages import CHINESE, COLUMNS
from duizhao.records.bilingual import check_sense
from duizhao.records.consistency import check_consistency, sort_spans
from duizhao.records.files import File, Files, read_files
from duizhao.records.roles import VERBATIM
from duizhao.records.texts import check_texts
from duizhao.schema import WHOLE, Record, Records, accepts_all, problems
from duizhao.sources import hashes_to
from duizhao.text import convert, read, same_characters, simplify

FATAL_LEVELS = frozenset((1, 2, 3, 5))
"""One finding of these levels stops a release.

A finding of level 4 is a warning, but stops a strict build.
"""

_REFERENCES = {
    "sentences": {"article_id": "articles"},
    "blocks": {"article_id": "articles"},
    "mentions": {"entity_id": "entities", "sentence_id": "sentences"},
    "events": {"participants": "entities"},
    "claims": {"premise_id": "sentences", "hypothesis_id": "sentences"},
    "questions": {"article_ids": "articles"},
}
"""Fields that name records of another config, by one id or a list of ids."""


def validate(records: Records, absent: frozenset[str] = WHOLE) -> list[Finding]:
    """Return the findings of levels 1 to 4 on the records of a whole dataset, in a fixed order.

    ``absent`` are text columns that the release has not (see ``schema.fill``).
    """
    schema = [finding for config, rows in records.items() for finding in check_schema(config, rows)]
    if schema:
        return schema
    if absent.intersection(_CHINESE):
        records = _stand_in(records, absent)
    files = read_files(records.get("blocks", ()))
    return [
        *check_ids(records),
        *check_consistency(records, files),
        *check_ledger(records, files),
        *check_spans(records, files),
        *check_mentions(records),
        *leave_out_absent([*check_sides(records), *check_cleaning(records), *check_texts(records)], absent),
    ]


_CHINESE = tuple(column.key for column in CHINESE)


def _stand_in(records: Records, absent: frozenset[str]) -> Records:
    """The records with the other Chinese column in the place of the one that the release has not.

    So the checks of lengths, spans, numbers and names still see a Chinese text. Without Simplified, no
    article is said to be written in it: then its text is compared with the file without regard to the script.
    """
    present = next(key for key in _CHINESE if key not in absent)
    missing = next(key for key in _CHINESE if key in absent)
    sentences = [{**row, missing: row[present]} for row in records.get("sentences", ())]
    articles = [
        {
            **row,
            **{field: {**row[field], missing: row[field][present]} for field in ("title", "text")},
            **({"source_script": "zh-Hant"} if missing == "zh_hans" else {}),
        }
        for row in records.get("articles", ())
    ]
    return {**records, "sentences": sentences, "articles": articles}


def check_schema(config: str, rows: Iterable[Record]) -> Iterator[Finding]:
    """Level 1: each record is valid under the JSON Schema of its config."""
    remaining = iter(rows)
    first = 0
    while together := list(islice(remaining, _TOGETHER)):
        if not accepts_all(config, together):
            for number, row in enumerate(together, first):
                for field, message in problems(config, row):
                    yield Finding(
                        "schema-violation", 1, str(row.get("id", f"{config} row {number}")), field, message
                    )
        first += len(together)


_TOGETHER = 10_000
"""How many records are compared with the schema at a time."""


def check_ids(records: Records) -> Iterator[Finding]:
    """Level 2: ids are unique in their config, and every reference names an existing record."""
    known: dict[str, set[str]] = {}
    for config, rows in records.items():
        for id, count in _repeated(rows).items():
            yield Finding("duplicate-id", 2, id, "id", f"stands {count} times in {config}")
        for field, target in _REFERENCES.get(config, {}).items():
            if rows and target not in known:
                known[target] = {row["id"] for row in records.get(target, ())}
            for row in rows:
                named = [row[field]] if isinstance(row[field], str) else row[field]
                for id in named:
                    if id not in known[target]:
                        yield Finding(
                            "dangling-reference", 2, row["id"], field, f"no record {id!r} in {target}"
                        )


def _repeated(rows: Sequence[Record]) -> dict[str, int]:
    """Return the ids that stand more than once, with their counts, in the order of the rows.

    Millions of ids are not held at once: only those whose hashes stand more than once are counted.
    """
    hashes = np.fromiter((hash(row["id"]) for row in rows), dtype=np.int64, count=len(rows))
    hashes.sort()
    again = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    if not again:
        return {}
    counts = Counter(row["id"] for row in rows if hash(row["id"]) in again)
    return {id: count for id, count in counts.items() if count > 1}


def check_ledger(records: Records, files: Files) -> Iterator[Finding]:
    """Level 3: the blocks of a file cover it without gaps and have its hash and the counts of the article."""
    for article in records.get("articles", ()):
        for language, prefix in (("zh", "raw"), ("en", "en")):
            rows = files.blocks.get((article["id"], language), ())
            if not rows and article[f"{prefix}_path"] is None:
                continue
            yield from _check_tiles(article, language, rows)
            text = files.texts.get((article["id"], language), "")
            if not _is_altered(article, language, text) and not hashes_to(text, article[f"{prefix}_sha256"]):
                yield Finding(
                    "raw-hash", 3, article["id"], f"{prefix}_sha256", "the blocks' text is not the file's"
                )
        counts = dict.fromkeys(("keep", "drop", "markup"), 0)
        for row in files.blocks.get((article["id"], "zh"), ()):
            counts[row["label"]] += row["raw_end"] - row["raw_start"]
        told = article["chars"]
        summed = (sum(counts.values()), counts["keep"], counts["drop"], counts["markup"])
        if summed != (told["raw"], told["kept"], told["removed"], told["markup"]):
            yield Finding(
                "ledger-sum",
                3,
                article["id"],
                "chars",
                f"the blocks sum to {summed}, the article says {tuple(told.values())}",
            )


def check_spans(records: Records, files: Files) -> Iterator[Finding]:
    """Level 3: spans are in order, cover the kept text exactly once, and have the text of their record."""
    texts = files.texts
    scripts = {row["id"]: row["source_script"] for row in records.get("articles", ())}
    covered: dict[File, array[int]] = defaultdict(lambda: array("q"))
    for row in records.get("sentences", ()):
        for language, spans_field in (("zh", "raw_spans"), ("en", "en_spans")):
            spans = row[spans_field]
            if not spans and language == "en" and row["en"] is None:
                continue  # a row without English
            file = row["article_id"], language
            raw = texts.get(file, "")
            size = len(raw)
            if len(spans) == 1:
                start, end = spans[0]
                wrong = not 0 <= start < end <= size
            else:
                spans = [(start, end) for start, end in spans]
                wrong = any(not 0 <= start < end <= size for start, end in spans) or spans != sorted(spans)
            if wrong:
                yield Finding(
                    "bad-span",
                    3,
                    row["id"],
                    spans_field,
                    f"spans out of order or outside the file of {len(raw)} characters",
                )
                continue
            own = covered[file]
            for span in spans:
                own.extend(span)
            text = read(raw, spans)
            if language == "zh" and text == row["zh_hans"] and len(text) == len(row["zh_hant"] or ""):
                continue  # by far the most rows
            yield from _check_reading(row, language, text, scripts.get(row["article_id"]))
    for key, rows in files.blocks.items():
        kept = array("q")
        for row in rows:
            if row["label"] == "keep":
                kept.extend((row["raw_start"], row["raw_end"]))
        if not np.array_equal(sort_spans(kept), sort_spans(covered[key])):
            yield Finding("kept-not-covered", 3, key[0], "raw_spans" if key[1] == "zh" else "en_spans",
                          "the sentences' spans are not the kept blocks of the file")  # fmt: skip


def check_mentions(records: Records) -> Iterator[Finding]:
    """Level 3: the text at a mention's span is its surface, and its text is that of its sentence."""
    columns = {column.tag: column.key for column in COLUMNS}
    named = {row["sentence_id"] for row in records.get("mentions", ())}
    sentences = (
        {row["id"]: row for row in records.get("sentences", ()) if row["id"] in named} if named else {}
    )
    for row in records.get("mentions", ()):
        text = sentences.get(row["sentence_id"], {}).get(columns[row["language"]])
        if text != row["text"] or text[row["start"] : row["end"]] != row["surface"]:
            yield Finding(
                "mention-text",
                3,
                row["id"],
                "surface",
                f"{row['surface']!r} does not stand at {row['start']} of its sentence",
            )


def check_sides(records: Records) -> Iterator[Finding]:
    """Level 4: rows whose columns may differ in content.

    A person fixes the row or acknowledges the finding.
    """
    for id, record, field, message in check_sense(records.get("sentences", ())):
        yield Finding(id, 4, record, field, message)


def check_cleaning(records: Records) -> Iterator[Finding]:
    """Level 4: text that the cleaner kept although it looks like boilerplate, because one kind of evidence
    alone spoke for it.
    """
    spared: dict[str, list[Record]] = defaultdict(list)
    for row in records.get("blocks", ()):
        if row["label"] == "keep" and row["reason"] == SPARED:
            spared[row["article_id"]].append(row)
    for id, rows in spared.items():
        size = sum(row["raw_end"] - row["raw_start"] for row in rows)
        yield Finding(
            "little-left",
            4,
            id,
            "text",
            f"{size} characters from {rows[0]['raw_start']} on look like boilerplate by one kind of "
            f"evidence alone and were "
            "kept; decide in annotations/cleaning.jsonl",
        )


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


def _is_altered(article: Record, language: str, text: str) -> bool:
    """Return whether a file's text is not exactly that of its bytes.

    This is so for a Word file, if an older version extracted the text, or if the page has broken bytes.
    """
    name = article["raw_path" if language == "zh" else "en_path"]
    if name.lower().endswith(".docx"):
        return True
    extraction = article["extraction"] if language == "zh" else None
    return extraction is not None and ("\ufffd" in text or not extraction.startswith("duizhao"))


def _check_tiles(article: Record, language: str, rows: Collection[Record]) -> Iterator[Finding]:
    end = 0
    for row in rows:
        if row["raw_start"] != end or row["raw_end"] - row["raw_start"] != len(row["text"]):
            expected = f"expected {end} and {len(row['text'])} characters"
            yield Finding(
                "ledger-gap", 3, row["id"], "raw_start", f"starts at {row['raw_start']}, {expected}"
            )
        end = row["raw_end"]
    if not rows:
        yield Finding("ledger-gap", 3, article["id"], "blocks", f"no blocks for its {language} file")


def drop_acknowledged(
    findings: Sequence[Finding], acknowledged: Mapping[tuple[str, str], str]
) -> list[Finding]:
    """The findings without those of level 4 that a person acknowledged."""
    return [f for f in findings if f.level != 4 or (f.id, f.record) not in acknowledged]


def leave_out_absent(findings: Iterable[Finding], absent: frozenset[str]) -> list[Finding]:
    """The findings without those of level 4 on a text column that the release has not.

    What is wrong with the characters of the Chinese file is in both Chinese columns. It is told of the other
    one.
    """
    present = next(key for key in _CHINESE if key not in absent)
    found = []
    for finding in findings:
        if finding.level != 4 or finding.field not in absent:
            found.append(finding)
        elif finding.id in _OF_FILE and finding.field in _CHINESE:
            found.append(replace(finding, field=present))
    return found


_OF_FILE = ("broken-characters", "control-character")


def acknowledge(findings: Sequence[Finding], acknowledged: Mapping[tuple[str, str], str]) -> list[Finding]:
    """Remove the level 4 findings that a person acknowledged.

    Add one for each acknowledgement without a finding. Only a build can tell: some findings need the raw
    files.
    """
    raised = {(finding.id, finding.record) for finding in findings if finding.level == 4}
    stale = [
        Finding(
            "needless-acknowledgement",
            4,
            record,
            "annotations/acknowledged.jsonl",
            f"no {id} is found there any more",
        )
        for id, record in acknowledged
        if (id, record) not in raised
    ]
    return drop_acknowledged(findings, acknowledged) + stale

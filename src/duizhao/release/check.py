"""Checks of a release as it lies in its folder (level 5), and of its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from duizhao import schema
from duizhao.errors import Finding, InputError
from duizhao.files import hash_file, read_parquet
from duizhao.records import acknowledge, validate
from duizhao.release.loading import MISSING, read_lines
from duizhao.release.manifest import data_files, find_file, read_manifest
from duizhao.schema import Record


def validate_release(folder: Path) -> tuple[list[Finding], dict[str, int]]:
    """All findings on a release, level 5 first, but for the acknowledged ones; and its row counts.

    Raises ReleaseError where there is no manifest that says what the release is. Only regular files inside the
    folder are read.
    """
    manifest = read_manifest(folder)
    findings, records = _check(folder, manifest)
    told = {(row["finding"], row["record"]): row["reason"] for row in manifest.get("acknowledged", ())}
    if not any(
        finding.id == "bad-json-lines" for finding in findings
    ):  # else every check finds what is missing
        findings += _check_sources(manifest, records["articles"])
        findings += acknowledge(validate(records), told)
    return findings, {config: len(rows) for config, rows in records.items()}


def check_release(folder: Path) -> list[Finding]:
    """Level 5: the manifest's hashes and counts, Parquet against JSON Lines, Arrow schemas against the schemas."""
    return _check(folder, read_manifest(folder))[0]


def _check(folder: Path, manifest: Mapping[str, Any]) -> tuple[list[Finding], dict[str, list[Record]]]:
    findings = []
    for name, sha256 in manifest["files"].items():
        file = find_file(folder, name)
        if file is None:
            findings.append(Finding("file-hash", 5, name, "sha256", MISSING))
        elif hash_file(file) != sha256:
            message = "the file is not the one that the manifest names"
            findings.append(Finding("file-hash", 5, name, "sha256", message))
    records = {}
    for config, count in manifest["counts"].items():
        rows, wrong = read_lines(folder, config)
        name = data_files(config)[1]
        findings += [Finding("bad-json-lines", 5, name, "rows", message) for message in wrong]
        findings += _check_parquet(folder, config, count, None if wrong else rows)
        records[config] = rows
    return findings, records


def _check_parquet(folder: Path, config: str, count: int, rows: Sequence[Record] | None) -> list[Finding]:
    """Findings on a config's Parquet file; ``rows`` are those of its JSON Lines, None where they cannot be read."""
    name = data_files(config)[0]
    file = find_file(folder, name)
    try:
        if file is None:
            raise InputError("unreadable-parquet", MISSING)
        table = read_parquet(file, "unreadable-parquet")
    except InputError:
        return [Finding("unreadable-parquet", 5, name, "bytes", "cannot be read as Parquet")]
    if table.schema != schema.arrow_schema(config):
        message = "the columns are not those derived from schema/"
        return [Finding("parquet-schema", 5, name, "schema", message)]
    findings = []
    if table.num_rows != count:
        message = f"{table.num_rows} rows, the manifest says {count}"
        findings.append(Finding("row-count", 5, name, "counts", message))
    if rows is not None and table.to_pylist() != rows:
        findings.append(Finding("parquet-jsonl", 5, name, "rows", "Parquet and JSON Lines differ"))
    return findings


def _check_sources(manifest: Mapping[str, Any], articles: Sequence[Record]) -> list[Finding]:
    """Raw files that an article names and the manifest does not, or not with that hash."""
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

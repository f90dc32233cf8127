"""Checks of a release as it lies in its folder (level 5), and of its records."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duizhao import schema
from duizhao.errors import Finding
from duizhao.records import acknowledge, validate
from duizhao.release.loading import hash_file, read_lines, read_manifest, read_records
from duizhao.schema import SPLIT


def validate_release(folder: Path) -> tuple[list[Finding], dict[str, int]]:
    """All findings on a release, level 5 first, but for the acknowledged ones; and its row counts."""
    findings = check_release(folder)
    records = read_records(folder)
    told = {
        (row["finding"], row["record"]): row["reason"]
        for row in read_manifest(folder).get("acknowledged", [])
    }
    return findings + acknowledge(validate(records), told), {
        config: len(rows) for config, rows in records.items()
    }


def check_release(folder: Path) -> list[Finding]:
    """Level 5: the manifest's hashes and counts, Parquet against JSON Lines, Arrow schemas against the schemas."""
    manifest = read_manifest(folder)
    findings = [
        Finding("file-hash", 5, name, "sha256", "the file is not the one that the manifest names")
        for name, sha256 in manifest["files"].items()
        if hash_file(folder / name) != sha256
    ]
    for config, count in manifest["counts"].items():
        findings += _check_config(folder, config, count)
    return findings


def _check_config(folder: Path, config: str, count: int) -> list[Finding]:
    file = f"{config}/{SPLIT}.parquet"
    try:
        table = pq.ParquetFile(folder / file).read()
    except (OSError, pa.ArrowException):
        return [Finding("unreadable-parquet", 5, file, "bytes", "cannot be read as Parquet")]
    if table.schema != schema.arrow_schema(config):
        return [
            Finding("parquet-schema", 5, file, "schema", "the columns are not those derived from schema/")
        ]
    findings = []
    if table.num_rows != count:
        findings.append(
            Finding("row-count", 5, file, "counts", f"{table.num_rows} rows, the manifest says {count}")
        )
    if table.to_pylist() != read_lines(folder / config / f"{SPLIT}.jsonl"):
        findings.append(Finding("parquet-jsonl", 5, file, "rows", "Parquet and JSON Lines differ"))
    return findings

"""Checks of the files of a release (level 5) and of its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from duizhao import schema
from duizhao.errors import Finding, InputError, counted
from duizhao.files import hash_file, iterate_parquet, read_text
from duizhao.records import drop_acknowledged, validate
from duizhao.release.card import hash_rows, split_card
from duizhao.release.ids import SeenIds, hash_id
from duizhao.release.loading import MISSING, iterate_lines, read_rows
from duizhao.release.manifest import (
    Layout,
    check_version,
    data_files,
    find_file,
    is_sharded,
    read_layout,
    read_manifest,
    shard_files,
)
from duizhao.release.shards import iterate_articles
from duizhao.schema import Record

_TOGETHER = 1000  # how many rows are compared at a time
_ARTICLES = 100  # how many articles of a release in shards are checked at a time
_ROUNDING = 0.0005  # scores have three decimals
_COLUMNS = "the columns are not those derived from schema/"


def validate_release(folder: Path) -> tuple[list[Finding], dict[str, int]]:
    """Return the findings on a release, level 5 first, and its row counts.

    Acknowledged findings are left out. Raises ReleaseError if there is no valid manifest, or if another
    version made the release and its fields differ. Only regular files inside the folder are read.
    """
    manifest = read_manifest(folder)
    findings = _check_hashes(folder, manifest)
    if is_sharded(manifest):
        return (findings or list(_check_shards(folder, manifest))), dict(manifest["counts"])
    layout = read_layout(manifest)
    findings += _check_files(folder, manifest, layout)
    records = {config: read_rows(folder, config, manifest)[0] for config in manifest["counts"]}
    if not any(
        finding.id == "bad-json-lines" for finding in findings
    ):  # without all lines, other checks would report the same fault again
        told = {(row["finding"], row["record"]): row["reason"] for row in manifest.get("acknowledged", ())}
        findings += _check_sources(manifest, records["articles"])
        findings += _check_card(folder, records, findings, layout)
        found = validate(records, layout.absent)
        if found and found[0].level == 1:
            check_version(folder, manifest, f"{found[0].record}: {found[0].field}: {found[0].message}")
        else:
            found += _check_scores(manifest, records.get("blocks", ()))
        findings += drop_acknowledged(found, told)
    return findings, {config: len(rows) for config, rows in records.items()}


def _check_shards(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the findings on the rows of a release in shards, some articles at a time."""
    if "parquet" not in manifest["shards"]["formats"]:
        yield Finding(
            "unreadable-parquet", 5, "manifest.json", "shards", "has no Parquet; only hashes are checked"
        )
        return
    for config in manifest["counts"]:
        for name in shard_files(manifest, config):
            if not _has_columns(folder, name, config):
                yield Finding("parquet-schema", 5, name, "schema", _COLUMNS)
                return
    counts = dict.fromkeys(manifest["counts"], 0)
    wrong: list[str] = []
    articles = iterate_articles(folder, manifest, wrong)
    with TemporaryDirectory() as scratch:
        seen = SeenIds(Path(scratch))
        while group := list(islice(articles, _ARTICLES)):
            records = {config: [row for one in group for row in one[config]] for config in counts}
            for config, rows in records.items():
                counts[config] += len(rows)
            found = validate(records)
            yield from found
            if not found or found[0].level != 1:
                yield from _check_scores(manifest, records.get("blocks", ()))
            ids = [row["id"] for row in records["articles"]]
            for place in seen.add(b"".join(map(hash_id, ids))):
                yield Finding("duplicate-id", 2, ids[place], "id", "stands twice in articles")
    for message in wrong:
        yield Finding("dangling-reference", 2, message.partition(":")[0], "article_id", message)
    for config, count in manifest["counts"].items():
        if counts[config] != count and not wrong:
            message = f"{counted(counts[config], 'rows')}, the manifest says {count}"
            yield Finding("row-count", 5, shard_files(manifest, config)[0], "counts", message)


def _check_scores(manifest: Mapping[str, Any], blocks: Sequence[Record]) -> Iterator[Finding]:
    """Yield a finding for each removed block whose score is below the threshold that the manifest records.

    The blocks must be valid under their schema. A block that a choice of the user left out
    keeps its low score.
    """
    options = manifest.get("options")
    threshold = options.get("threshold") if isinstance(options, dict) else None
    if not isinstance(threshold, (int, float)):
        return
    for row in blocks:
        score = row["score"]
        if (
            row["label"] == "drop"
            and row["category"] != "left_out"
            and score is not None
            and score < threshold - _ROUNDING
        ):
            message = f"is {score}, and this release removes blocks from {threshold:g} on"
            yield Finding("label-fields", 3, row["id"], "score", message)


def _has_columns(folder: Path, name: str, config: str) -> bool:
    import pyarrow.parquet as pq

    file = find_file(folder, name)
    return file is not None and pq.read_schema(file) == schema.arrow_schema(config)


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

    ``rows`` are the records of its JSON Lines. When all have been read, ``wrong`` lists the
    problems of other lines.
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
    found, same = 0, True
    try:
        if file is None:
            raise InputError("unreadable-parquet", MISSING)
        for batch in iterate_parquet(file, "unreadable-parquet", _TOGETHER):
            if batch.schema != schema.arrow_schema(part[0], absent):
                _exhaust(rows)
                return [Finding("parquet-schema", 5, name, "schema", _COLUMNS)], True
            found += batch.num_rows
            same = same and batch.to_pylist() == list(islice(rows, batch.num_rows))
    except InputError:
        _exhaust(rows)
        return [Finding("unreadable-parquet", 5, name, "bytes", "cannot be read as Parquet")], True
    findings = []
    if found != count:
        message = f"{counted(found, 'rows')}, the manifest says {count}"
        findings.append(Finding("row-count", 5, name, "counts", message))
    return findings, _exhaust(rows) == 0 and same


def _exhaust(rows: Iterator[Record]) -> int:
    """Read the remaining rows and return their number."""
    return sum(1 for _ in rows)


def _check_card(
    folder: Path, records: Mapping[str, Sequence[Record]], findings: Sequence[Finding], layout: Layout
) -> list[Finding]:
    """Return a finding for each config whose rows are not those that the card was made for.

    The card states a hash of the rows of each config. Files that have findings already are left out.
    """
    wrong = {finding.record for finding in findings}
    file = find_file(folder, "README.md")
    if file is None or "README.md" in wrong or len(layout.splits) > 1 or layout.absent != schema.WHOLE:
        return []
    try:
        own = split_card(read_text(file, "bad-card"), "README.md")[0]
    except InputError as error:
        return [Finding("card-rows", 5, "README.md", "configs", str(error))]
    return [
        Finding("card-rows", 5, "README.md", "configs", f"states another hash of the rows of {config}")
        for config, rows in records.items()
        if wrong.isdisjoint(data_files(config, layout.splits[0]))
        and (stated := _stated(own, config)) is not None
        and stated != hash_rows(rows)
    ]


def _stated(card: Mapping[str, Any], config: str) -> str | None:
    """Return the hash that a card states of the rows of a config; None if it states none."""
    entries = card.get("configs")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("config_name") == config:
            kind, _, value = str(entry.get("description", "")).partition(" ")
            return value if kind == "sha256" else None
    return None


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

"""The only module that writes a release.

It writes beside the old one, checks, and then replaces the old one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from duizhao import schema
from duizhao.errors import Rejection, ReleaseError
from duizhao.files import open_regular, show, to_json_line
from duizhao.languages import KEYS
from duizhao.records import part_records
from duizhao.release.card import make_card, make_template, split_card
from duizhao.release.check import check_release
from duizhao.release.croissant import make_croissant
from duizhao.release.exchange import sync_folder
from duizhao.release.manifest import FORMAT, NAME, USUAL, Layout, data_files
from duizhao.release.target import Claim, claim_target, put_in_place, system_errors
from duizhao.schema import Record, Records

REJECTED = "rejected.jsonl"
"""What was read but is not in the release, with one line
for each row: ``schema/release/rejected.schema.json``.
"""
_AT_ONCE = 10_000
"""How many rows are turned into columns of Parquet at a time."""
_GROUP = 100_000
"""How many rows make a row group of Parquet."""


def write_release(
    out: Path,
    records: Records,
    card: str | None,
    provenance: Mapping[str, Any],
    extra: Mapping[str, Path] | None = None,
    citation: Mapping[str, Any] | None = None,
    claim: Claim | None = None,
    layout: Layout = USUAL,
    rejected: Sequence[Rejection] = (),
) -> None:
    """Write a release to ``out``. The old release stays until the new one is complete and checked.

    ``card`` is the text of DATASET_CARD.md; None means a template. ``provenance`` goes into the manifest.
    ``extra`` files are copied unchanged, each to its path in the release. ``citation`` is a parsed
    CITATION.cff. ``claim`` is the claim on ``out``, if the caller already has it. ``layout`` says which
    splits and columns the release has. ``rejected`` is what was read and is not in it. Raises the
    ReleaseErrors of `claim_target`, and ``bad-release`` if the new release fails its checks.
    """
    with ExitStack() as stack:
        claim = claim or stack.enter_context(claim_target(out))
        stack.enter_context(system_errors(out))
        folder = claim.new
        folder.mkdir()
        parts = part_records(records, layout.splits, layout.homes)
        hashes = _write_files(folder, parts, extra or {}, layout)
        if rejected:
            lines = ((json.dumps(asdict(one), ensure_ascii=False) + "\n").encode() for one in rejected)
            hashes[REJECTED] = create(folder / REJECTED, lines)
        text = (
            card if card is not None else make_template(claim.target.name, len(records["articles"]), layout)
        )
        readme = make_card(text, records, len(provenance.get("acknowledged", ())), citation, layout)
        hashes["README.md"] = create(folder / "README.md", [readme.encode()])
        hashes["croissant.json"] = create(
            folder / "croissant.json",
            [to_json(make_croissant(list(records), *split_card(readme), hashes, citation, layout))],
        )
        manifest = {
            "format": FORMAT,
            "counts": {config: len(rows) for config, rows in records.items()},
            **_describe_layout(layout, parts, rejected),
            **provenance,
            "files": dict(sorted(hashes.items())),
        }
        create(folder / NAME, [to_json(manifest)])
        for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            sync_folder(path)
        findings = check_release(folder)
        if findings:
            raise ReleaseError("bad-release", f"{show(out)}: not released: {findings[0]}")
        put_in_place(claim)


def _describe_layout(
    layout: Layout, parts: Mapping[str, Records], rejected: Sequence[Rejection]
) -> dict[str, Any]:
    """What the manifest says of splits, columns and rejections. What has its usual value is left out."""
    told: dict[str, Any] = {}
    if layout.splits != (schema.SPLIT,):
        told["splits"] = {
            split: {config: len(rows) for config, rows in part.items()} for split, part in parts.items()
        }
    if layout.absent:
        told["columns"] = [key for key in KEYS if key not in layout.absent]
    if rejected:
        told["rejected"] = dict(sorted(Counter(one.reason for one in rejected).items()))
    return told


def _write_files(
    folder: Path, parts: Mapping[str, Records], extra: Mapping[str, Path], layout: Layout
) -> dict[str, str]:
    """Write the configs and the files to ship. Return the SHA-256 of each by its path in the release."""
    hashes = {}
    for split, config in ((split, config) for split, records in parts.items() for config in records):
        (folder / config).mkdir(exist_ok=True)
        rows = parts[split][config]
        parquet, lines = data_files(config, split)
        hashes[parquet] = _write_parquet(folder / parquet, config, rows, layout)
        hashes[lines] = create(
            folder / lines,
            ((to_json_line(schema.slim(config, row, layout.absent)) + "\n").encode() for row in rows),
        )
    for name, file in extra.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        hashes[name] = create(folder / name, open_regular(file, "bad-card"))
    return hashes


def _write_parquet(file: Path, config: str, rows: Sequence[Record], layout: Layout) -> str:
    """Write rows as a new Parquet file, sync it to the disk, and return its SHA-256.

    Rows are turned into columns some at a time, and written a group at a time: all of them at
    once need much memory.
    """
    columns = schema.arrow_schema(config, layout.absent)
    remaining = iter(rows)
    with file.open("xb") as opened:
        target = _Hashed(opened)
        with pq.ParquetWriter(target, columns, compression="zstd", store_schema=False) as writer:
            for _ in range(0, max(len(rows), 1), _GROUP):
                writer.write_table(_to_table(config, islice(remaining, _GROUP), columns, layout))
        opened.flush()
        os.fsync(opened.fileno())
    return target.digest.hexdigest()


class _Hashed:
    """A file that is written from beginning to end, and the SHA-256 of what was written."""

    closed = False

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._target.write(data)

    def tell(self) -> int:
        return self._target.tell()

    def flush(self) -> None:
        self._target.flush()


def _to_table(config: str, rows: Iterator[Record], columns: pa.Schema, layout: Layout) -> pa.Table:
    tables = []
    while some := [schema.slim(config, row, layout.absent) for row in islice(rows, _AT_ONCE)]:
        tables.append(pa.Table.from_pylist(some, schema=columns))
    return pa.concat_tables(tables) if tables else columns.empty_table()


def create(file: Path, parts: Iterable[Any]) -> str:
    """Write a new file, sync it to the disk, and return the SHA-256 of its bytes."""
    digest = hashlib.sha256()
    with file.open("xb") as target:
        for part in parts:
            digest.update(part)
            target.write(part)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def to_json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()

"""The only module that writes a release.

It writes beside the old one, checks, and then replaces the old one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from duizhao import schema
from duizhao.errors import ReleaseError
from duizhao.files import open_regular, show
from duizhao.release.card import make_card, make_template, split_card
from duizhao.release.check import check_release
from duizhao.release.croissant import make_croissant
from duizhao.release.exchange import sync_folder
from duizhao.release.manifest import FORMAT, NAME, data_files
from duizhao.release.target import Claim, claim_target, put_in_place, system_errors
from duizhao.schema import Records


def write_release(
    out: Path,
    records: Records,
    card: str | None,
    provenance: Mapping[str, Any],
    extra: Mapping[str, Path] | None = None,
    citation: Mapping[str, Any] | None = None,
    claim: Claim | None = None,
) -> None:
    """Write a release to ``out``. The old release stays until the new one is complete and checked.

    ``card`` is the text of DATASET_CARD.md; None means a template. ``provenance`` goes into the manifest.
    ``extra`` files are copied unchanged, each to its path in the release. ``citation`` is a parsed
    CITATION.cff. ``claim`` is the claim on ``out``, if the caller already has it. Raises the ReleaseErrors of
    `claim_target`, and ``bad-release`` if the new release fails its checks.
    """
    with ExitStack() as stack:
        claim = claim or stack.enter_context(claim_target(out))
        stack.enter_context(system_errors(out))
        folder = claim.new
        folder.mkdir()
        hashes = _write_files(folder, records, extra or {})
        text = card if card is not None else make_template(claim.target.name, len(records["articles"]))
        readme = make_card(text, records, len(provenance.get("acknowledged", ())), citation)
        hashes["README.md"] = create(folder / "README.md", [readme.encode()])
        hashes["croissant.json"] = create(
            folder / "croissant.json",
            [to_json(make_croissant(list(records), *split_card(readme), hashes, citation))],
        )
        manifest = {
            "format": FORMAT,
            "counts": {config: len(rows) for config, rows in records.items()},
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


def _write_files(folder: Path, records: Records, extra: Mapping[str, Path]) -> dict[str, str]:
    """Write the configs and the files to ship. Return the SHA-256 of each by its path in the release."""
    hashes = {}
    for config, rows in records.items():
        (folder / config).mkdir()
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema.arrow_schema(config))
        buffer = pa.BufferOutputStream()
        pq.write_table(table, buffer, compression="zstd", store_schema=False)
        parquet, lines = data_files(config)
        hashes[parquet] = create(folder / parquet, [buffer.getvalue()])
        hashes[lines] = create(
            folder / lines, ((json.dumps(row, ensure_ascii=False) + "\n").encode() for row in rows)
        )
    for name, file in extra.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        hashes[name] = create(folder / name, open_regular(file, "bad-card"))
    return hashes


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

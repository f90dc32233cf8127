"""Write a release whose configs are in shards, from finished shards."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from duizhao.errors import ReleaseError, counted
from duizhao.files import open_regular, show
from duizhao.release.card import make_sharded_card
from duizhao.release.exchange import sync_folder
from duizhao.release.manifest import NAME, SHARDED, shard_file, shard_files
from duizhao.release.shards import DUPLICATES, REJECTED, REPORT
from duizhao.release.target import Claim, put_in_place, system_errors
from duizhao.release.writer import create, to_json
from duizhao.schema import Record, arrow_schema


def write_sharded_release(
    claim: Claim,
    shards: Sequence[tuple[Path, Mapping[str, str]]],
    report: Mapping[str, Any],
    formats: Sequence[str],
    card: str | None,
    provenance: Mapping[str, Any],
    extra: Mapping[str, Path] | None = None,
    citation: Mapping[str, Any] | None = None,
) -> None:
    """Put finished shards into a release in the place of ``claim``. The old release stays until the new one
    is whole.

    ``shards`` are folders with the files ``CONFIG.FORMAT``, ``rejected.jsonl`` and perhaps
    ``duplicates.jsonl``, each with the SHA-256 of its files. ``report`` is the value of report.json. Raises
    ReleaseError ``bad-release`` and ``cannot-write``.
    """
    with system_errors(claim.out):
        folder, count = claim.new, len(shards)
        folder.mkdir()
        hashes: dict[str, str] = {}
        counts: Mapping[str, int] = report["rows"]
        for config in counts:
            for format in formats:
                (folder / "data" / config).mkdir(parents=True, exist_ok=True)
                for number, (home, known) in enumerate(shards):
                    name = shard_file(config, number, count, format)
                    _link(home / f"{config}.{format}", folder / name)
                    hashes[name] = known[f"{config}.{format}"]
        for name in (REJECTED, DUPLICATES):
            homes = [home for home, known in shards if name in known and (home / name).stat().st_size]
            if homes:
                lines = (part for home in homes for part in open_regular(home / name, "cannot-write"))
                hashes[name] = create(folder / name, lines)
        hashes[REPORT] = create(folder / REPORT, [to_json(report)])
        for name, file in (extra or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            hashes[name] = create(folder / name, open_regular(file, "bad-card"))
        digests = {config: _digest(hashes, config) for config in counts}
        samples = _samples(folder, counts, count, formats)
        readme = make_sharded_card(card, claim.target.name, report, digests, samples, formats, citation)
        hashes["README.md"] = create(folder / "README.md", [readme.encode()])
        manifest = {
            "format": SHARDED,
            "counts": dict(counts),
            "shards": {"count": count, "formats": list(formats)},
            **provenance,
            "files": dict(sorted(hashes.items())),
        }
        create(folder / NAME, [to_json(manifest)])
        _check_rows(claim, folder, manifest)
        for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            sync_folder(path)
        put_in_place(claim)


def _check_rows(claim: Claim, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Check level 5: the shards have the columns of the schema and the rows that the manifest counts."""
    import pyarrow.parquet as pq

    if "parquet" not in manifest["shards"]["formats"]:
        return
    for config, count in manifest["counts"].items():
        found = 0
        for name in shard_files(manifest, config):
            with pq.ParquetFile(folder / name) as file:
                found += file.metadata.num_rows
                if file.schema_arrow != arrow_schema(config):
                    raise ReleaseError("bad-release", f"{show(claim.out)}: not released: columns of {name}")
        if found != count:
            raise ReleaseError(
                "bad-release",
                f"{show(claim.out)}: not released: {config}: {counted(found, 'rows')}, not {count}",
            )


def _samples(
    folder: Path, counts: Mapping[str, int], count: int, formats: Sequence[str]
) -> dict[str, list[Record]]:
    """Return the first ten rows of each config, for the card."""
    import pyarrow.parquet as pq

    samples: dict[str, list[Record]] = {}
    for config in counts:
        if "parquet" not in formats:
            with (folder / shard_file(config, 0, count, "jsonl")).open(encoding="utf-8") as lines:
                samples[config] = [json.loads(line) for line, _ in zip(lines, range(10), strict=False)]
            continue
        with pq.ParquetFile(folder / shard_file(config, 0, count)) as file:
            batch = next(file.iter_batches(10, use_threads=False), None)
            samples[config] = batch.to_pylist() if batch is not None else []
    return samples


def _digest(hashes: Mapping[str, str], config: str) -> str:
    """Return a SHA-256 that stands for all shards of a config."""
    names = sorted(name for name in hashes if name.startswith(f"data/{config}/"))
    return hashlib.sha256("".join(hashes[name] for name in names).encode()).hexdigest()


def _link(source: Path, target: Path) -> None:
    """Give a file a second name; copy it where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        with target.open("rb+") as file:
            os.fsync(file.fileno())

"""Releases: the only module that writes one. Written beside, validated, then put in place of the old one."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from duizhao import schema
from duizhao.errors import DuizhaoError
from duizhao.release.card import TEMPLATE, make_card, split_card
from duizhao.release.check import check_release
from duizhao.release.croissant import make_croissant
from duizhao.release.loading import FORMAT, hash_file
from duizhao.schema import SPLIT, Records


def write_release(
    out: Path,
    records: Records,
    card: str | None,
    provenance: Mapping[str, Any],
    extra: Mapping[str, Path] | None = None,
    citation: Mapping[str, Any] | None = None,
) -> None:
    """Write a release to ``out``, atomically: the old one stays until the new one is complete and checked.

    ``card`` is the text of DATASET_CARD.md, None for a template; ``provenance`` goes into the manifest; ``extra`` files
    are shipped as they are, each at its path in the release; ``citation`` is a parsed CITATION.cff. Raises DuizhaoError
    ``not-a-release`` where ``out`` holds something else, ``cannot-write`` where the disk refuses, ``bad-release``
    where the result fails its checks.
    """
    check_target(out)
    try:
        with _beside(out) as folder:
            text = card or TEMPLATE.format(name=out.resolve().name, articles=len(records["articles"]))
            found = len(provenance.get("acknowledged", ()))
            _write_files(folder, records, make_card(text, records, found, citation))
            for name, file in (extra or {}).items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, folder / name)
            _write_croissant(folder, list(records), citation)
            _write_manifest(folder, records, provenance)
            findings = check_release(folder)
            if findings:
                raise DuizhaoError("bad-release", f"{out}: not released: {findings[0]}")
            _replace(folder, out)
    except OSError as error:
        raise DuizhaoError(
            "cannot-write",
            f"{out}: cannot be written ({error.strerror or error}); the old release is untouched",
        ) from None


def check_target(out: Path) -> None:
    """Raises DuizhaoError ``not-a-release`` where a build would replace something that is not a release."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "manifest.json").is_file())):
        raise DuizhaoError(
            "not-a-release", f"{out}: exists and is not a Duizhao release; choose another --out or remove it"
        )


def _write_files(folder: Path, records: Records, card: str) -> None:
    for config, rows in records.items():
        (folder / config).mkdir()
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema.arrow_schema(config))
        pq.write_table(table, folder / config / f"{SPLIT}.parquet", compression="zstd", store_schema=False)
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / config / f"{SPLIT}.jsonl").write_text(lines, encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(card, encoding="utf-8", newline="\n")


def _write_croissant(folder: Path, configs: Sequence[str], citation: Mapping[str, Any] | None) -> None:
    head, body = split_card((folder / "README.md").read_text(encoding="utf-8"))
    hashes = {name: hash_file(folder / name) for name in (f"{config}/{SPLIT}.parquet" for config in configs)}
    text = (
        json.dumps(make_croissant(configs, head, body, hashes, citation), ensure_ascii=False, indent=2) + "\n"
    )
    (folder / "croissant.json").write_text(text, encoding="utf-8", newline="\n")


def _write_manifest(folder: Path, records: Records, provenance: Mapping[str, Any]) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    manifest = {
        "format": FORMAT,
        "counts": {config: len(rows) for config, rows in records.items()},
        **provenance,
        "files": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A new folder on the disk of ``out`` that is gone afterwards unless it was moved into place."""
    parent = out.resolve().parent
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace(folder: Path, out: Path) -> None:
    """Put ``folder`` in the place of ``out``; on failure the old release is put back."""
    target = out.resolve()
    if not target.exists():
        folder.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=target.parent))
    target.rename(old / "release")
    try:
        folder.rename(target)
    except BaseException:
        (old / "release").rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)

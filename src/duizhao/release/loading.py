"""Loading a release: what users of the installed package call. Imports nothing of the pipeline."""

from __future__ import annotations

import hashlib
import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from duizhao.errors import DuizhaoError
from duizhao.schema import SPLIT, home

if TYPE_CHECKING:
    import datasets
    import pandas as pd
    import polars as pl
    import pyarrow as pa

FORMS = ("datasets", "arrow", "pandas", "polars")
"""What `load` can return."""

FORMAT = 1
"""Version of the release's layout; a newer one is refused."""


@overload
def load(
    config: str = ..., split: str = ..., *, path: str | Path | None = ..., as_: Literal["datasets"] = ...
) -> datasets.Dataset: ...
@overload
def load(
    config: str = ..., split: str = ..., *, path: str | Path | None = ..., as_: Literal["arrow"]
) -> pa.Table: ...
@overload
def load(
    config: str = ..., split: str = ..., *, path: str | Path | None = ..., as_: Literal["pandas"]
) -> pd.DataFrame: ...
@overload
def load(
    config: str = ..., split: str = ..., *, path: str | Path | None = ..., as_: Literal["polars"]
) -> pl.DataFrame: ...
def load(
    config: str = "sentences",
    split: str = SPLIT,
    *,
    path: str | Path | None = None,
    as_: Literal["datasets", "arrow", "pandas", "polars"] = "datasets",
) -> datasets.Dataset | pa.Table | pd.DataFrame | pl.DataFrame:
    """A config of the release inside the package (or of the release at ``path``), offline.

    ``as_`` is the form: ``datasets`` (a ``datasets.Dataset``), ``arrow`` (a ``pyarrow.Table``), ``pandas`` or
    ``polars`` (a ``DataFrame``); all but the first do without ``datasets``. Raises DuizhaoError ``unknown-config``,
    ``unknown-split``, ``unknown-form``, ``missing-extra``, ``newer-release``, ``not-a-release`` or ``tampered-file``.
    """
    if as_ not in FORMS:
        raise DuizhaoError("unknown-form", f"{as_}: no such form; known: {', '.join(FORMS)}")
    folder = Path(path) if path is not None else home("dataset")
    manifest = read_manifest(folder)
    known = list(manifest["counts"])
    if config not in known:
        raise DuizhaoError("unknown-config", f"{config}: no such config; known: {', '.join(known)}")
    if split != SPLIT:
        raise DuizhaoError("unknown-split", f"{split}: no such split; known: {SPLIT}")
    file = folder / config / f"{SPLIT}.parquet"
    if hash_file(file) != manifest["files"][f"{config}/{SPLIT}.parquet"]:
        raise DuizhaoError(
            "tampered-file",
            f"{file}: not the file that was released (its sha256 differs); get the release again",
        )
    import pyarrow.parquet as pq

    table = pq.ParquetFile(file).read()  # read_table would import pandas where it is installed
    if as_ == "arrow":
        return table
    if as_ in ("pandas", "polars"):
        return _frame(table, as_)
    import datasets

    from duizhao.schema import features

    return datasets.Dataset(
        datasets.table.InMemoryTable(table).cast(features(config).arrow_schema), split=datasets.Split(SPLIT)
    )


def _frame(table: pa.Table, form: str) -> Any:
    try:
        if form == "pandas":
            return table.to_pandas()
        return import_module("polars").from_arrow(table)
    except ImportError:
        raise DuizhaoError(
            "missing-extra", f"as_={form!r} needs {form}; run: pip install 'duizhao[readers]'"
        ) from None


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release. Raises DuizhaoError where it is none or of a newer format."""
    file = folder / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        format = manifest["format"]
        manifest["counts"], manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise DuizhaoError(
            "not-a-release", f"{folder}: not a Duizhao release (no manifest.json that can be read)"
        ) from None
    if format > FORMAT:
        raise DuizhaoError(
            "newer-release",
            f"{folder}: made by a newer version (format {format}, this one reads {FORMAT}); run: pip install -U duizhao",
        )
    return manifest


def hash_file(file: Path) -> str:
    """SHA-256 of a file in hexadecimal; an empty string where it is not there."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def read_records(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """All records of a release, by config, from its JSON Lines."""
    return {
        config: read_lines(folder / config / f"{SPLIT}.jsonl") for config in read_manifest(folder)["counts"]
    }


def read_lines(file: Path) -> list[dict[str, Any]]:
    """Records of a JSON Lines file. Raises DuizhaoError ``bad-json-lines`` with file and line."""
    rows = []
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise DuizhaoError("bad-json-lines", f"{file}: missing or not UTF-8") from None
    for number, line in enumerate(lines, 1):
        if line:
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise DuizhaoError(
                    "bad-json-lines", f"{file}:{number}: not valid JSON (at column {error.colno})"
                ) from None
    return rows

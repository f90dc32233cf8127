"""Load a release.

Users of the installed package call these functions. No module of the pipeline is imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from duizhao.errors import InputError, MissingExtra, ReleaseError
from duizhao.files import hash_file, read_json_lines, read_parquet, show
from duizhao.packed import PackedRows
from duizhao.release.manifest import (
    TRAIN,
    check_version,
    data_files,
    find_file,
    is_sharded,
    read_layout,
    read_manifest,
    shard_files,
)
from duizhao.schema import MOST_PROBLEMS, SPLIT, Record, fill, home, problems

if TYPE_CHECKING:
    import datasets
    import pandas as pd
    import polars as pl
    import pyarrow as pa

FORMS = ("datasets", "arrow", "pandas", "polars")
"""The forms that `load` can return."""

ALL = "all"
"""The ``split`` that stands for all of them, as in ``load_dataset``."""

MOST_ROWS = 1_000_000
"""The most rows of all configs of a release in shards that are read as a whole."""

MISSING = "no regular file inside the release"


@overload
def load(
    config: str = ...,
    split: str | None = ...,
    *,
    path: str | Path | None = ...,
    as_: Literal["datasets"] = ...,
) -> datasets.Dataset: ...
@overload
def load(
    config: str = ..., split: str | None = ..., *, path: str | Path | None = ..., as_: Literal["arrow"]
) -> pa.Table: ...
@overload
def load(
    config: str = ..., split: str | None = ..., *, path: str | Path | None = ..., as_: Literal["pandas"]
) -> pd.DataFrame: ...
@overload
def load(
    config: str = ..., split: str | None = ..., *, path: str | Path | None = ..., as_: Literal["polars"]
) -> pl.DataFrame: ...
def load(
    config: str = "sentences",
    split: str | None = None,
    *,
    path: str | Path | None = None,
    as_: Literal["datasets", "arrow", "pandas", "polars"] = "datasets",
) -> datasets.Dataset | pa.Table | pd.DataFrame | pl.DataFrame:
    """Load a config of the release inside the package, or of the release at ``path``.

    The network is not used. ``split`` may be left out if the release has only one. If it has several,
    give one, or ``all``: the rows of all splits, one split after the other. ``as_`` is the form:
    ``datasets`` (a ``datasets.Dataset``), ``arrow`` (a ``pyarrow.Table``), ``pandas`` or ``polars`` (a
    ``DataFrame``). Only the first needs the library ``datasets``. A release in shards can be larger than
    the memory: as ``datasets`` its rows stay on the disk. Raises DuizhaoError ``unknown-config``,
    ``unknown-split``, ``which-split``, ``unknown-form``, ``missing-extra``, ``newer-release``,
    ``not-a-release`` or ``tampered-file``.
    """
    if as_ not in FORMS:
        raise InputError("unknown-form", f"{as_}: no such form; known: {', '.join(FORMS)}")
    folder = Path(path) if path is not None else home("dataset")
    manifest = read_manifest(folder)
    known = list(manifest["counts"])
    if config not in known:
        raise InputError("unknown-config", f"{config}: no such config; known: {', '.join(known)}")
    layout = read_layout(manifest)
    splits = _choose_splits(folder, layout.splits, split)
    if is_sharded(manifest):
        return _load_shards(folder, manifest, config, as_)
    tables = [
        read_parquet(_released_file(folder, manifest, data_files(config, name)[0]), "tampered-file")
        for name in splits
    ]
    table = tables[0] if len(tables) == 1 else _join(config, tables)
    if as_ == "arrow":
        return table
    if as_ in ("pandas", "polars"):
        return _frame(table, as_)
    import datasets

    from duizhao.schema import arrow_schema, features

    rows = datasets.table.InMemoryTable(table)
    if table.schema == arrow_schema(
        config, layout.absent
    ):  # a release of another version may have other fields
        rows = rows.cast(features(config, layout.absent).arrow_schema)
    return datasets.Dataset(rows, split=datasets.Split(splits[0] if len(splits) == 1 else ALL))


def _choose_splits(folder: Path, known: Sequence[str], split: str | None) -> list[str]:
    """Return the splits to load. No split is chosen in silence where there are several."""
    if split == ALL or (split is None and len(known) == 1):
        return list(known)
    if split is None:
        raise InputError(
            "which-split",
            f"{show(folder)}: has the splits {', '.join(known)}; say which one: split={known[0]!r}, "
            f"or split={ALL!r} for the rows of all",
        )
    if split not in known:
        also = f", or {ALL} for the rows of all" if len(known) > 1 else ""
        if Path(split).is_dir():
            also += f"; a folder is given as path={split!r}"
        raise InputError("unknown-split", f"{split}: no such split; known: {', '.join(known)}{also}")
    return [split]


def _join(config: str, tables: Sequence[pa.Table]) -> pa.Table:
    """Return the rows of several splits. An entity that is in several of them is there once."""
    import pyarrow as pa

    table = pa.concat_tables(tables).combine_chunks()
    if config != "entities":
        return table
    first: dict[str, int] = {}
    for number, id in enumerate(table.column("id").to_pylist()):
        first.setdefault(id, number)
    return table.take(list(first.values()))


def _load_shards(folder: Path, manifest: Mapping[str, Any], config: str, form: str) -> Any:
    if "parquet" not in manifest["shards"]["formats"]:
        raise ReleaseError(
            "unreadable-parquet", f"{show(folder)}: has no Parquet; read data/{config}/*.jsonl"
        )
    files = [_released_file(folder, manifest, name) for name in shard_files(manifest, config)]
    if form == "datasets":
        import datasets

        from duizhao.schema import features

        return datasets.Dataset.from_parquet(
            [str(file) for file in files], split=datasets.Split(TRAIN), features=features(config)
        )
    import pyarrow as pa

    table = pa.concat_tables(read_parquet(file, "tampered-file") for file in files)
    return table if form == "arrow" else _frame(table, form)


def _released_file(folder: Path, manifest: Mapping[str, Any], name: str) -> Path:
    file = find_file(folder, name)
    if file is None or hash_file(file) != manifest["files"][name]:
        raise ReleaseError(
            "tampered-file",
            f"{show(folder / name)}: not the file that was released (its sha256 differs); "
            "get the release again",
        )
    return file


def _frame(table: pa.Table, form: str) -> Any:
    try:
        if form == "pandas":
            return table.to_pandas()
        return import_module("polars").from_arrow(table)
    except ImportError:
        raise MissingExtra(
            "missing-extra", f"as_={form!r} needs {form}; run: pip install 'duizhao[readers]'"
        ) from None


def read_records(folder: Path) -> dict[str, list[Record]]:
    """Read all records of a release by config, and check them against the schemas.

    They are read from its JSON Lines, or from Parquet if it is in shards. The splits follow one another. A
    column that the release has not is null. Raises ReleaseError ``large-release`` if a release in shards has
    more than MOST_ROWS rows, ``bad-json-lines``, ``schema-violation``, or ``other-version`` if another
    version made it.
    """
    records: dict[str, list[Record]] = {}
    manifest = read_manifest(folder)
    sharded = is_sharded(manifest)
    count = sum(manifest["counts"].values())
    if sharded and count > MOST_ROWS:
        raise ReleaseError(
            "large-release",
            f"{show(folder)}: has {count:,} rows in shards, and at most {MOST_ROWS:,} are read as a whole; "
            "take single articles (duizhao view --article ID, duizhao why), or "
            "read it with duizhao.load or load_dataset",
        )
    for config in manifest["counts"]:
        wrong: list[str] = []
        rows: Sequence[Record]
        if sharded:
            rows = _load_shards(folder, manifest, config, "arrow").to_pylist()
        else:
            rows, wrong = read_rows(folder, config, manifest)
        if wrong:
            raise ReleaseError("bad-json-lines", "\n".join(wrong))
        records[config] = list(rows)
        for number, row in enumerate(records[config], 1):
            for field, message in problems(config, row):
                where = f"{show(folder / config)}: row {number}"
                check_version(folder, manifest, f"{config}: row {number}: {field}: {message}")
                raise ReleaseError("schema-violation", f"{where}: {field}: {message}; run: duizhao validate")
    return records


def read_rows(
    folder: Path, config: str, manifest: dict[str, Any], split: str | None = None
) -> tuple[Sequence[Record], list[str]]:
    """Read the records of a config from its JSON Lines, of one split or of all (None).

    The second list says what is wrong with other lines. An entity that is in several splits is returned once.
    """
    layout = read_layout(manifest)
    splits = layout.splits if split is None else (split,)
    wrong: list[str] = []
    rows = PackedRows(
        fill(config, row, layout.absent)
        for name in splits
        for row in iterate_lines(folder, config, wrong, name)
    )
    if config == "entities" and len(splits) > 1:
        rows = PackedRows({json.dumps(row, sort_keys=True): row for row in rows}.values())
    return rows, wrong


def iterate_lines(folder: Path, config: str, wrong: list[str], split: str = SPLIT) -> Iterator[Record]:
    """Yield the records of a config and split from its JSON Lines, as they stand there. Problems of other
    lines are added to ``wrong``.
    """
    name = data_files(config, split)[1]
    file = find_file(folder, name)
    if file is None:
        wrong.append(f"{show(folder / name)}: {MISSING}")
        return
    try:
        for _, row in read_json_lines(file, "bad-json-lines"):
            if isinstance(row, dict):
                yield row
            elif len(wrong) < MOST_PROBLEMS:
                wrong.append(str(row).replace(show(file), show(folder / name), 1))
    except InputError as error:
        wrong.append(str(error))

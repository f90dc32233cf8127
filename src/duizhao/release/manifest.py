"""The manifest lists the files of a release. No module of the pipeline is imported."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duizhao
from duizhao import schema
from duizhao.errors import InputError, ReleaseError
from duizhao.files import read_json, show
from duizhao.languages import KEYS

FORMAT = 1
"""Version of the layout of a release that has one file for each config and format."""

SHARDED = 2
"""Version of the layout of a release whose configs are in shards."""

NEWEST = SHARDED
"""A release with a newer version is refused."""

NAME = "manifest.json"

TRAIN = "train"
"""The split of a release in shards: it is made for training."""

_PART = r"(?!\.{1,2}(?:/|\Z))[^/\\\x00-\x1f\x7f:]+"
_PATH = re.compile(f"{_PART}(?:/{_PART})*")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a release and check it.

    Raises ReleaseError ``not-a-release`` if there is no readable manifest, ``newer-release`` if a newer
    version wrote it, and ``bad-manifest`` if parts are missing or wrong.
    """
    try:
        file = find_file(folder, NAME)
        if file is None:
            raise InputError("not-a-release", f"no {NAME}")
        manifest = read_json(file, "not-a-release")
    except InputError:
        raise ReleaseError(
            "not-a-release",
            f"{show(folder)}: not a Duizhao release (no {NAME} that can be read){hint_at_old(folder)}",
        ) from None
    format = manifest.get("format") if isinstance(manifest, dict) else None
    if isinstance(format, int) and format > NEWEST:
        raise ReleaseError(
            "newer-release",
            f"{show(folder)}: made by a newer version (format {format}, this one reads {NEWEST}); "
            "run: pip install -U duizhao",
        )
    wrong = schema.problems("release/manifest", manifest) or _check_names(manifest)
    if wrong:
        where = show(folder / NAME)
        raise ReleaseError(
            "bad-manifest", "\n".join(f"{where}: {field}: {message}" for field, message in wrong)
        )
    return dict(manifest)


def check_version(folder: Path, manifest: Mapping[str, Any], why: str) -> None:
    """Raise ReleaseError ``other-version`` if another version of Duizhao made a release.

    To be called when something in the release is not as this version has it. ``why`` says what.
    """
    made_by = manifest.get("made_by", {}).get("duizhao")
    if made_by is not None and made_by != duizhao.__version__:
        raise ReleaseError(
            "other-version",
            f"{show(folder)}: made by duizhao {made_by}, whose fields are not all those of this version "
            f"({why}); check and read it with duizhao {made_by}, or build it again from its raw files. "
            "duizhao.load reads it as it is",
        )


def find_file(folder: Path, name: str) -> Path | None:
    """Return the path of a file of a release. None if it does not exist or is a link out of the release.

    In the cache of ``huggingface_hub``, ``snapshots/REVISION/README.md`` is a link into ``blobs/``, beside
    ``snapshots``. Such links are followed.
    """
    try:
        home, file = folder.resolve(), (folder / name).resolve()
        if not file.is_file():
            return None
    except (OSError, RuntimeError, ValueError):
        return None
    allowed = [home, *([home.parents[1] / "blobs"] if home.parent.name == "snapshots" else [])]
    return file if any(file.is_relative_to(place) for place in allowed) else None


def is_path(name: str) -> bool:
    """Return whether a name is a valid path inside a release: relative, with slashes, without ``..``."""
    return _PATH.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Layout:
    """Which splits a release has, and which text columns it has not.

    ``homes`` gives the split of each article where there are several; only a build knows it.
    """

    splits: tuple[str, ...] = (schema.SPLIT,)
    absent: frozenset[str] = schema.WHOLE
    homes: Mapping[str, str] = field(default_factory=dict)


USUAL = Layout()
"""One split, ``test``, and all columns."""


def read_layout(manifest: Mapping[str, Any]) -> Layout:
    """Return the layout that a manifest states."""
    columns = manifest.get("columns", KEYS)
    usual = (TRAIN,) if is_sharded(manifest) else (schema.SPLIT,)
    return Layout(tuple(manifest.get("splits", usual)), frozenset(KEYS).difference(columns))


def data_files(config: str, split: str = schema.SPLIT) -> tuple[str, str]:
    """Return the paths of the two files of a config and split in the release: Parquet and JSON Lines."""
    return f"{config}/{split}.parquet", f"{config}/{split}.jsonl"


def is_sharded(manifest: Mapping[str, Any]) -> bool:
    """Return whether the configs of a release are in shards."""
    return "shards" in manifest


def shard_files(manifest: Mapping[str, Any], config: str, format: str = "parquet") -> list[str]:
    """Return the paths of the shards of a config in the release, in order."""
    told = manifest["shards"]
    return [shard_file(config, number, told["count"], format) for number in range(told["count"])]


def shard_file(config: str, number: int, count: int, format: str = "parquet") -> str:
    """Return the path of one shard in the release: ``data/articles/train-00000-of-00064.parquet``."""
    return f"data/{config}/{TRAIN}-{number:05d}-of-{count:05d}.{format}"


def hint_at_old(folder: Path) -> str:
    """Return a hint where the old release is, if a killed build has moved it away; else an empty text."""
    try:
        target = folder.resolve()
        old = work_folder(target) / "old"
        waits = not os.path.lexists(target) and (old / NAME).is_file()
    except (OSError, RuntimeError, ValueError):
        return ""
    return (
        f"; a build was killed, and its release waits in {show(old)}: the next build puts it back"
        if waits
        else ""
    )


def work_folder(target: Path) -> Path:
    """Return the folder beside ``target`` that a build of this release works in."""
    import hashlib

    name = target.name
    if len(os.fsencode(name)) > 200:  # file systems allow at most 255 bytes
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return target.parent / f".{name}.duizhao"


def _check_names(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a field and a sentence for each name in the manifest that no release can have."""
    wrong = [
        ("files", f"{name!r} is no path inside the release")
        for name in manifest["files"]
        if not is_path(name) or name == NAME
    ]
    for config in manifest["counts"]:
        if config not in schema.available():
            wrong.append(("counts", f"unknown config {config!r}; known: {', '.join(schema.available())}"))
        else:
            names = (
                [
                    name
                    for format in manifest["shards"]["formats"]
                    for name in shard_files(manifest, config, format)
                ]
                if is_sharded(manifest)
                else [name for split in read_layout(manifest).splits for name in data_files(config, split)]
            )
            missing = [name for name in names if name not in manifest["files"]]
            wrong += [("files", f"{name} is missing") for name in missing]
    return wrong[: schema.MOST_PROBLEMS]

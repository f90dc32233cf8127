"""The manifest of a release: what is in it. Imports nothing of the pipeline."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from duizhao import schema
from duizhao.errors import InputError, ReleaseError
from duizhao.files import read_json, show

FORMAT = 1
"""Version of the release's layout; a newer one is refused."""

NAME = "manifest.json"

_PART = r"(?!\.{1,2}(?:/|\Z))[^/\\\x00-\x1f\x7f:]+"
_PATH = re.compile(f"{_PART}(?:/{_PART})*")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release, checked. Raises ReleaseError.

    ``not-a-release`` where no manifest can be read, ``newer-release`` where a newer version made it,
    ``bad-manifest`` where parts are missing or wrong.
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
    if isinstance(format, int) and format > FORMAT:
        raise ReleaseError(
            "newer-release",
            f"{show(folder)}: made by a newer version (format {format}, this one reads {FORMAT}); "
            "run: pip install -U duizhao",
        )
    wrong = schema.problems("release/manifest", manifest) or _check_names(manifest)
    if wrong:
        where = show(folder / NAME)
        raise ReleaseError(
            "bad-manifest", "\n".join(f"{where}: {field}: {message}" for field, message in wrong)
        )
    return dict(manifest)


def find_file(folder: Path, name: str) -> Path | None:
    """The path of a release's file; None where there is none, or a link leads out of the release.

    Links into the cache of ``huggingface_hub`` are followed: there ``snapshots/REVISION/README.md`` leads to
    ``blobs/``, beside ``snapshots``.
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
    """Whether a name is a path inside a release on every system: relative, with slashes, without ``..``."""
    return _PATH.fullmatch(name) is not None


def data_files(config: str) -> tuple[str, str]:
    """The two files of a config, by their paths in the release: Parquet and JSON Lines."""
    return f"{config}/{schema.SPLIT}.parquet", f"{config}/{schema.SPLIT}.jsonl"


def hint_at_old(folder: Path) -> str:
    """Where the release of a folder waits that a killed build left without one; empty where there is none."""
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
    """The folder that a build of the release ``target`` works in, beside it."""
    import hashlib

    name = target.name
    if len(os.fsencode(name)) > 200:  # 255 bytes are the most that file systems take
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return target.parent / f".{name}.duizhao"


def _check_names(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Names that no release has: (field, one sentence)."""
    wrong = [
        ("files", f"{name!r} is no path inside the release")
        for name in manifest["files"]
        if not is_path(name) or name == NAME
    ]
    for config in manifest["counts"]:
        if config not in schema.available():
            wrong.append(("counts", f"unknown config {config!r}; known: {', '.join(schema.available())}"))
        else:
            missing = [name for name in data_files(config) if name not in manifest["files"]]
            wrong += [("files", f"{name} is missing") for name in missing]
    return wrong[: schema.MOST_PROBLEMS]

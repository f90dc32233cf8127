"""The files below a folder, those of its subfolders too."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from duizhao.errors import InputError
from duizhao.files import reason, show


@dataclass(frozen=True, slots=True)
class Tree:
    """The files below a folder that are read, and what is not read, with the reason; both in the order of
    their names.
    """

    files: Sequence[Path]
    skipped: Sequence[tuple[Path, str]]


def find_below(
    folder: Path, suffixes: Collection[str], leave: Callable[[Path], bool] = lambda path: False
) -> Tree:
    """Find the files below ``folder`` that end in one of ``suffixes``, in lower case with the dot.

    Hidden files and folders, and what ``leave`` is true for, are passed over. A folder that is met a second
    time, through a link, is not read again. Raises InputError ``unreadable-file`` that tells every folder
    that cannot be read.
    """
    files: list[Path] = []
    skipped: list[tuple[Path, str]] = []
    problems: list[str] = []
    root = os.path.realpath(folder)
    seen: set[str] = set()
    left = [folder]
    while left:
        at = left.pop()
        real = os.path.realpath(at)
        if real in seen or (at != folder and at.is_symlink() and _overlap(real, root)):
            skipped.append((at, "a link to a folder that is read elsewhere"))
            continue
        seen.add(real)
        try:
            entries = sorted(at.iterdir())
        except OSError as error:
            problems.append(f"{show(at)}: cannot be read ({reason(error)})")
            continue
        for path in entries:
            if is_hidden(path) or leave(path):
                continue
            if path.is_dir():
                left.append(path)
            elif path.suffix.lower() in suffixes:
                files.append(path)
            else:
                skipped.append((path, "of another kind"))
    if problems:
        raise InputError("unreadable-file", "\n".join(sorted(problems)))
    return Tree(sorted(files, key=_order), sorted(skipped, key=lambda one: _order(one[0])))


def is_hidden(path: Path) -> bool:
    """Whether a file or folder is one that a system or Word makes beside the user's own: its name begins with
    a dot or ``~$``.
    """
    return path.name.startswith((".", "~$"))


def name_below(path: Path, folder: Path) -> str:
    """The name of a file below a folder, with the subfolders and without its ending."""
    return path.relative_to(folder).with_suffix("").as_posix()


def find_home(zh: Path, en: Path) -> Path:
    """The folder above a folder of Chinese and one of English files, or the one that holds the other: the
    raw folder that a build of them reads.
    """
    if zh.parent == en.parent and zh.name not in ("", "..") and en.name not in ("", ".."):
        return zh.parent
    home = os.path.commonpath([os.path.normpath(folder.absolute()) for folder in (zh, en)])
    return Path(home if zh.is_absolute() else os.path.relpath(home))


def _order(path: Path) -> tuple[str, ...]:
    return path.parts


def _overlap(one: str, other: str) -> bool:
    """Whether one of two real paths is the other, or lies in it."""
    return os.path.commonpath([one, other]) in (one, other)

"""The target folder of a build: check what may be replaced, lock it, exchange the old and the new release.

A build owns one folder beside its target, ``.NAME.duizhao``. It holds:

- ``lock``: locked while the build runs. An unlocked file shows that the build ended or was killed.
- ``new``: the release that is being written.
- ``old``: the release that was replaced or will be replaced.
- ``progress``: what a build of a corpus has finished. It stays when that build is killed or fails.

If a build was killed, the next one first restores the old release if needed, and removes everything else.
Only a build of a corpus keeps ``progress``.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from duizhao.errors import DuizhaoError, ReleaseError
from duizhao.files import hash_file, is_same, reason, show
from duizhao.release.exchange import exchange, identify, lock, sync_folder, unlock
from duizhao.release.manifest import NAME, read_manifest, work_folder

_MARK = "Duizhao build, process "
_SHOWN = 10  # how many foreign files a message names


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to replace a folder.

    ``out`` is the path that the user gave, ``target`` the same with links followed.
    """

    out: Path
    target: Path
    work: Path

    @property
    def new(self) -> Path:
        """The folder where the new release is written."""
        return self.work / "new"

    @property
    def old(self) -> Path:
        """The folder where the old release is until it is removed."""
        return self.work / "old"

    @property
    def progress(self) -> Path:
        """The folder where a build of a corpus keeps what it has finished."""
        return self.work / "progress"


@contextmanager
def claim_target(
    out: Path, inputs: Mapping[str, Path] | None = None, *, resume: bool = False
) -> Iterator[Claim]:
    """Lock the target of a build, so that no other build writes it. At the end, remove all temporary files.

    ``inputs`` are the paths that the build reads, with their names for messages. ``resume`` keeps the
    progress of an earlier build, and that of this one if it does not succeed. Raises ReleaseError
    ``target-overlaps`` if ``out`` is an input, contains one or lies in one; ``not-a-release`` if
    foreign files would be lost; ``being-built`` if another build has locked the target;
    ``cannot-write`` if the system refuses.
    """
    target = _resolve(out)
    check_place(out, target, inputs or {})
    claim = Claim(out, target, work_folder(target))
    check_target(out)
    made = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
    descriptor, ours = None, False
    try:
        with system_errors(out):
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor = _lock(claim)
            _check_work(claim)
            ours = True
            _settle(claim)
            if not resume:
                shutil.rmtree(claim.progress, ignore_errors=True)
        check_target(out)  # again, because the old release may have been put back just now
        yield claim
    finally:
        if ours:
            with contextlib.suppress(OSError, DuizhaoError):
                _settle(claim)
        if descriptor is not None:
            _release(claim, descriptor)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()  # fails if it is not empty


def check_place(out: Path, target: Path, inputs: Mapping[str, Path]) -> None:
    """Raise ReleaseError ``target-overlaps`` if a release at ``target`` would replace an input."""
    for name, path in inputs.items():
        with contextlib.suppress(
            OSError, RuntimeError, ValueError
        ):  # the code that reads this input reports what is wrong with it
            source = path.resolve()
            if is_same(target, source):
                raise _overlap(out, "is", name, path)
            if _holds(target, source):
                raise _overlap(out, "holds", name, path)
            if source.is_dir() and _holds(source, target):
                raise _overlap(out, "lies in", name, path)
    with contextlib.suppress(FileNotFoundError):  # the current folder may have been removed
        current = Path.cwd()
        if _holds(target, current):
            raise _overlap(out, "is or holds", "the current folder", current)


def _overlap(out: Path, verb: str, name: str, path: Path) -> ReleaseError:
    return ReleaseError(
        "target-overlaps",
        f"{show(out)}: {verb} {name} ({show(path)}), and a build replaces it as a whole; give another --out",
    )


def check_target(out: Path) -> None:
    """Raise ReleaseError ``not-a-release`` if a build would replace something that no build wrote."""
    target = _resolve(out)
    with system_errors(out):
        if not os.path.lexists(target):
            return
        if not target.is_dir():
            raise ReleaseError("not-a-release", f"{show(out)}: exists and is no folder; choose another --out")
        foreign = find_foreign(target)
        if foreign:
            raise ReleaseError("not-a-release", _refusal(out, target, foreign))
        if os.path.ismount(target):
            raise ReleaseError(
                "cannot-write",
                f"{show(out)}: is a mount point; give a folder inside it, like {show(out / 'dataset')}",
            )


def find_foreign(folder: Path) -> list[str]:
    """Return the sorted paths of foreign files: those in a folder that no build wrote.

    There are none if the folder is empty or a whole release. A file that was changed after the
    build is foreign too.
    """
    try:
        files = read_manifest(folder)["files"]
    except DuizhaoError:
        return sorted(_shown(entry) for entry in _entries(folder))
    named = {_normal(name): sha256 for name, sha256 in files.items()}
    folders = {_normal(parent.as_posix()) for name in files for parent in Path(name).parents}
    foreign = []
    waiting = [folder]
    while waiting:
        for entry in _entries(waiting.pop()):
            path = Path(entry.path)
            name = _normal(path.relative_to(folder).as_posix())
            if entry.is_dir(follow_symlinks=False) and name in folders:
                waiting.append(path)
            elif entry.is_dir(follow_symlinks=False):
                foreign.append(name + "/")
            elif entry.is_symlink() or (name != NAME and hash_file(path) != named.get(name, "-")):
                foreign.append(name)
    return sorted(foreign)


def put_in_place(claim: Claim) -> None:
    """Put the new release in the place of the old one. At every moment, one of the two is whole.

    If the system can, both folders are exchanged in one step. Otherwise the old release is moved away first.
    If the build is killed after this first step, the next build puts the old release back. Raises
    ReleaseError ``not-a-release`` if foreign files came into the old release during the build. Then the old
    release is in its place again.
    """
    target, new, old = claim.target, claim.new, claim.old
    if not os.path.lexists(target):
        new.rename(target)
        sync_folder(target.parent)
        return
    new.rename(old)
    if exchange(old, target):
        sync_folder(target.parent)
        if foreign := find_foreign(old):
            exchange(old, target)
            raise ReleaseError("not-a-release", _refusal(claim.out, target, foreign))
        return
    old.rename(new)
    target.rename(old)
    try:
        if foreign := find_foreign(old):
            raise ReleaseError("not-a-release", _refusal(claim.out, old, foreign))
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    sync_folder(target.parent)


@contextmanager
def system_errors(out: Path) -> Iterator[None]:
    """Turn errors of the system into ReleaseError ``cannot-write``."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        raise ReleaseError(
            "cannot-write", f"{show(out)}: cannot be written ({reason(error)}); the old release is untouched"
        ) from None


def _resolve(path: Path) -> Path:
    """Return a path with all links followed. A loop of links is an error."""
    with system_errors(path):
        with contextlib.suppress(FileNotFoundError):
            path.stat()
        return path.resolve()


def _holds(folder: Path, path: Path) -> bool:
    """Return whether ``path`` is ``folder`` or lies in it.

    The files on the disk are compared, not the names.
    """
    return any(is_same(folder, candidate) for candidate in (path, *path.parents))


def _refusal(out: Path, target: Path, foreign: list[str]) -> str:
    more = f" and {len(foreign) - _SHOWN} more" if len(foreign) > _SHOWN else ""
    shown = ", ".join(foreign[:_SHOWN]) + more
    try:
        read_manifest(target)
    except DuizhaoError as error:
        if error.id == "not-a-release":
            return (
                f"{show(out)}: exists and is not a Duizhao release (it holds {shown}); choose another --out"
            )
        why = str(error).partition("\n")[0]
        return f"{show(out)}: not a release that this version can replace (it holds {shown}): {why}"
    return (
        f"{show(out)}: holds what no build wrote, or what was changed since ({shown}); "
        f"a build would remove it: move it away, or choose another --out"
    )


def _normal(name: str) -> str:
    """Return a name in Unicode form NFC. Some file systems store other code points than they were given."""
    return unicodedata.normalize("NFC", name)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _shown(entry: os.DirEntry[str]) -> str:
    return entry.name + "/" * entry.is_dir(follow_symlinks=False)


def _lock(claim: Claim) -> int:
    """Lock the work folder. Raises ReleaseError ``being-built`` if another build has locked it."""
    while True:
        with contextlib.suppress(FileExistsError):
            claim.work.mkdir(mode=0o755)
        if claim.work.is_symlink() or not claim.work.is_dir():
            raise ReleaseError(
                "not-a-release", f"{show(claim.work)}: not made by Duizhao, which needs the name; rename it"
            )
        file = claim.work / "lock"
        flags = os.O_RDWR | os.O_CREAT
        for name in ("O_NOFOLLOW", "O_BINARY"):  # not every system has both
            flags |= getattr(os, name, 0)
        try:
            descriptor = os.open(file, flags, 0o644)
        except FileNotFoundError:
            continue  # the previous build has just removed its folder
        try:
            told = os.read(descriptor, 200).decode("ascii", "replace")
            if lock(descriptor, told.removeprefix(_MARK)) is False:
                raise ReleaseError("being-built", _held(claim, told))
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), file.stat()):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # this lock file was removed; other builds lock a new one


def _held(claim: Claim, told: str) -> str:
    process = told.removeprefix(_MARK).split(" ")[0]
    who = f"another build (process {process})" if process.isdecimal() else "another build"
    return f"{show(claim.out)}: {who} is writing it; wait until it ends, or give another --out"


def _check_work(claim: Claim) -> None:
    """Mark the work folder as ours. Raises ReleaseError ``not-a-release`` if it holds foreign files."""
    present = {entry.name for entry in _entries(claim.work)}
    file = claim.work / "lock"
    told = file.read_bytes()
    if not present <= {"lock", "new", "old", "progress"} or (
        len(present) > 1 and not told.startswith(_MARK.encode())
    ):
        if not told:
            file.unlink()  # this build has just made it
        foreign = ", ".join(sorted(present - {"lock"}))
        raise ReleaseError(
            "not-a-release",
            f"{show(claim.work)}: holds what no build put there ({foreign}); move it away, the build "
            f"needs the name",
        )
    file.write_bytes(f"{_MARK}{identify()}\n".encode())


def _settle(claim: Claim) -> None:
    """Clean up after a build: put the old release back if its place is empty, and remove everything else."""
    if os.path.lexists(claim.old):
        if not os.path.lexists(claim.target):
            claim.old.rename(claim.target)
            sync_folder(claim.target.parent)
        else:
            _discard(claim.old)
    if os.path.lexists(claim.new):
        shutil.rmtree(claim.new)


def _discard(folder: Path) -> None:
    """Remove a release and nothing else.

    The manifest is removed last, so a killed removal can be continued later. Raises ReleaseError
    ``not-a-release`` if the folder holds foreign files. Then nothing is removed.
    """
    has_manifest = os.path.lexists(folder / NAME)
    foreign = (
        find_foreign(folder) if has_manifest else [_shown(e) for e in _entries(folder) if not _is_empty(e)]
    )
    if foreign:
        raise ReleaseError("not-a-release", _refusal(folder, folder, foreign))
    for name in (*read_manifest(folder)["files"], NAME) if has_manifest else ():
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
    _remove_empty(folder)


def _is_empty(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder that contains only folders, at any depth."""
    return entry.is_dir(follow_symlinks=False) and all(
        _is_empty(inner) for inner in _entries(Path(entry.path))
    )


def _remove_empty(folder: Path) -> None:
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            _remove_empty(Path(entry.path))
    folder.rmdir()


def _release(claim: Claim, descriptor: int) -> None:
    """Unlock the work folder, and remove it if it is empty."""
    if sys.platform == "win32":  # on Windows, an open file cannot be removed
        unlock(descriptor)
        os.close(descriptor)
    with contextlib.suppress(OSError):
        if {path.name for path in claim.work.iterdir()} == {"lock"}:
            (claim.work / "lock").unlink()
            claim.work.rmdir()
    if sys.platform != "win32":
        unlock(descriptor)
        os.close(descriptor)

"""Disturbs a build at each of its renames and writes, one after another, and looks at what is left:
``faults.py FOLDER RELEASE WAY FAULT``.

Each build is a forked process that kills itself (SIGKILL, nothing is cleaned up) before its n-th change of
the disk, or that the system kills in the middle of a write (RLIMIT_FSIZE). ``WAY``: ``first`` (nothing was
there), ``one-step`` (old and new change places in one step), ``two-steps`` (a system that cannot do that).
``FAULT``: ``kill``, or that the system refuses from its n-th change on: ``full`` (no place and no inodes:
nothing new can be made) or ``read-only``. Then the build must end in the error ``cannot-write``. Prints how
many faults there were.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from duizhao.errors import DuizhaoError
from duizhao.release import read_records, write_release
from duizhao.release import target as target_module

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.truncate", "duizhao.exchange"}
CARD = "# A\n"
SIZES = (0, 1, 50, 500, 1000, 2000, 3000, 5000, 8000, 12000)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def kill_at(count: int, root: str) -> None:
    """Kill this process before its ``count``-th change of something below ``root``."""
    seen = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        writes = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if (event in CHANGES or writes) and root in str(arguments[0]):
            seen += 1
            if seen == count:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


MAKES = {"os.mkdir"}
REFUSALS = {"full": errno.ENOSPC, "read-only": errno.EROFS}


def refuse_from(count: int, root: str, fault: str) -> None:
    """Let the system refuse the ``count``-th change of something below ``root``, and all that come after
    it.
    """
    seen = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        flags = arguments[2] if event == "open" and isinstance(arguments[2], int) else 0
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
        makes = event in MAKES or (writes and bool(flags & os.O_CREAT))
        concerned = makes if fault == "full" else writes or event in CHANGES
        if concerned and root in str(arguments[0]):
            seen += 1
            if seen >= count:
                raise OSError(REFUSALS[fault], os.strerror(REFUSALS[fault]), str(arguments[0]))

    sys.addaudithook(hook)


def refused(build: Any, prepare: Any) -> bool:
    """Whether a forked build was refused and said so; one that fails in another way ends everything."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            prepare()
            build()
            code = 0
        except DuizhaoError as error:
            code = 2 if error.id == "cannot-write" else 1
        finally:
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert status in (0, 2), "a build that the system refused did not end in the error cannot-write"
    return status == 2


def limit(size: int) -> None:
    """Let the system kill this process when a file of its grows beyond ``size`` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def killed(build: Any, prepare: Any) -> bool:
    """Whether a forked build was killed; one that fails in another way ends everything."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            prepare()
            build()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(process, 0)[1]
    assert os.WIFSIGNALED(status) or status == 0, "a build failed instead of being killed"
    return os.WIFSIGNALED(status)


def main(folder: Path, release: Path, way: str, fault_kind: str) -> int:
    if way == "two-steps":
        vars(target_module)["exchange"] = lambda one, two: False
    new = read_records(release)
    old = {**new, "articles": [{**row, "rights": "the old one"} for row in new["articles"]]}
    out, other = folder / "here" / "out", folder / "there" / "out"
    write_release(other, old, CARD, {})
    before = snapshot(other)
    write_release(other, new, CARD, {})
    after = snapshot(other)

    def build() -> None:
        write_release(out, new, CARD, {})

    def check(fault: str) -> None:
        there = snapshot(out) if out.exists() else None
        waiting = out.parent / ".out.duizhao" / "old"
        if there is None and way == "two-steps":
            there = snapshot(waiting)  # known, and put back by the next build
        allowed = [before, after] if way != "first" else [None, after]
        assert there in allowed, f"{fault}: neither the old release nor the new one"
        build()
        assert snapshot(out) == after, f"{fault}: the next build gave other bytes"
        assert [path.name for path in out.parent.iterdir()] == ["out"], f"{fault}: something was left behind"

    kills = 0
    faults = [("change", number) for number in range(1, 500)]
    if fault_kind == "kill":
        faults += [("size", size) for size in SIZES]
    done = False
    for kind, number in faults:
        if kind == "change" and done:
            continue
        shutil.rmtree(out.parent, ignore_errors=True)
        out.parent.mkdir(parents=True)
        if way != "first":
            write_release(out, old, CARD, {})
        if fault_kind != "kill":
            died = refused(build, partial(refuse_from, number, str(folder), fault_kind))
        else:
            fault = partial(kill_at, number, str(folder)) if kind == "change" else partial(limit, number)
            died = killed(build, fault)
        kills += died
        done = done or (kind == "change" and not died)
        check(f"{kind} {number}")
    return kills


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:5]))

"""Functions of the operating system for safe replacement: exchange two folders in one step, and lock files.

A lock ends when its process ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Any

_CURRENT = -100  # AT_FDCWD of Linux: paths are relative to the current folder
_LINUX_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_MACOS_EXCHANGE = 2  # RENAME_SWAP of renamex_np(2)
_UNABLE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}


def exchange(one: Path, two: Path) -> bool:
    """Exchange two folders of one file system in one step.

    If the system cannot do this, do nothing, return False. Linux from 3.15 has ``renameat2``, macOS from
    10.12 ``renamex_np``. The file system must support it too. Raises OSError.
    """
    sys.audit("duizhao.exchange", str(one), str(two))
    call = _call(one, two)
    if call is None:
        return False
    if call() == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(one))


def _call(one: Path, two: Path) -> Any:
    """Return the system call with its arguments, or None if the system has no such call."""
    name = {"linux": "renameat2", "darwin": "renamex_np"}.get(sys.platform)
    if name is None:
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if function is None:
        return None
    first, second = os.fsencode(one), os.fsencode(two)
    if name == "renamex_np":
        return lambda: function(first, second, _MACOS_EXCHANGE)
    return lambda: function(_CURRENT, first, _CURRENT, second, _LINUX_EXCHANGE)


if sys.platform == "win32":
    import msvcrt

    _PLACE = 2**30  # far after the text, because other processes cannot read locked bytes

    def lock(descriptor: int, told: str) -> bool:
        """Lock a file until it is closed or its process ends.

        Return False if another process has locked it.
        """
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Unlock a file."""
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        with contextlib.suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock(descriptor: int, told: str) -> bool:
        """Lock a file until it is closed or its process ends. Return False if another process has locked it.

        ``told`` is the result of `identify` in the process that wrote the file. If the file system has no
        locks, the answer depends on whether that process still runs.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in (*_UNABLE, errno.ENOLCK):
                raise
            return not is_alive(told)
        return True

    def unlock(descriptor: int) -> None:
        """Unlock a file."""
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def is_alive(told: str) -> bool:
        """Return whether the process that `identify` described still runs."""
        number = told.split(" ")[0].strip()
        if not number.isdecimal():
            return False
        try:
            os.kill(int(number), 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            pass  # the process runs and belongs to another user
        return identify(int(number)) == told.strip()


def identify(process: int | None = None) -> str:
    """Return the number of a process and, if the system has it, its start time.

    A system uses the number of a process again later. Number and start time together are unique.
    """
    number = os.getpid() if process is None else process
    started = ""
    with contextlib.suppress(OSError, IndexError):  # proc(5): the 22nd field; the second may hold spaces
        started = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    return f"{number} {started}".strip()


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk, so that they survive a loss of power.

    Nothing happens on a system that cannot do this.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

"""What the system gives for safe replacing: two folders that change places in one step, and locks that die with their process."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Any

_CURRENT = -100  # AT_FDCWD of Linux: paths count from the current folder
_LINUX_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_MACOS_EXCHANGE = 2  # RENAME_SWAP of renamex_np(2)
_UNABLE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}


def exchange(one: Path, two: Path) -> bool:
    """Let two folders of one file system change places, in one step. False where the system cannot; nothing is done then.

    Linux 3.15 by ``renameat2``, macOS 10.12 by ``renamex_np``, each on file systems that support it. Raises OSError.
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
    """The system's call with its arguments; None where the system has none."""
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

    _PLACE = 2**30  # far behind the text: locked bytes cannot be read by others

    def lock(descriptor: int, told: str) -> bool:
        """Lock a file until it is closed or its process ends. False where somebody holds it."""
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Give a lock back."""
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        with contextlib.suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock(descriptor: int, told: str) -> bool:
        """Lock a file until it is closed or its process ends. False where somebody holds it.

        ``told`` is what `identify` gave to whoever wrote the file. It decides on file systems that have no locks.
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
        """Give a lock back."""
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def is_alive(told: str) -> bool:
        """Whether the process that `identify` told of still runs."""
        number = told.split(" ")[0].strip()
        if not number.isdecimal():
            return False
        try:
            os.kill(int(number), 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            pass  # it runs, as somebody else
        return identify(int(number)) == told.strip()


def identify(process: int | None = None) -> str:
    """A process by its number and, where the system tells it, its start: a number is given again, both are not."""
    number = os.getpid() if process is None else process
    started = ""
    with contextlib.suppress(OSError, IndexError):  # proc(5): the 22nd field; the second may hold spaces
        started = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    return f"{number} {started}".strip()


def sync_folder(folder: Path) -> None:
    """Ask the disk to keep the names in a folder through a loss of power, where the system can be asked."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

"""The process around the command line: signals, standard streams, and errors that nothing else catches."""

from __future__ import annotations

import codecs
import math
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType

from duizhao.errors import DuizhaoError, counted, hide_credentials, one_line

REPORT = "report it to the developers (see CONTRIBUTING.md) with the command and, if you can, the file"

INTERNAL = 70
"""Exit code of a fault of Duizhao itself (``EX_SOFTWARE`` of sysexits.h)."""

MOST_LINES = 20
"""Lines of an error that are shown: a terminal of 24 lines shows them at once, with the command."""

COLUMNS = 80
"""Columns of such a terminal; a Chinese character is two wide."""

_received: list[int] = []


def run(start: Callable[[], object], *, debug: bool = False) -> int:
    """Call ``start`` and return the exit code.

    The code is 0 for success, 1 for bad input, 2 for wrong usage, and 70 for a fault of Duizhao itself. After
    a signal it is 128 plus the number of the signal: 130 for Ctrl-C, 143 for SIGTERM. Every error prints one
    line on standard error. ``debug`` adds a traceback.
    """
    code = 0
    try:
        open_streams()
        start()
        sys.stdout.flush()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BrokenPipeError:
        _drop_output()
    except BaseException as error:
        code, message = explain(error)
        if debug and not _received:
            say(traceback.format_exc().rstrip())
        if not _received:
            say(message if debug else shorten(message))
    if code and _received:  # also if a library turned the signal into another error
        say("stopped")
        # If a KeyboardInterrupt leaves the code of an exec(), CPython stores this fact. At exit it then ends
        # the process by SIGINT and ignores our exit code. dataclasses and namedtuple use exec(). Another
        # exec() clears the stored fact.
        exec("")
        return 128 + _received[0]
    return code


def shorten(message: str) -> str:
    """Return a message that takes at most ``MOST_LINES`` lines of a terminal of 80 columns.

    Of a longer one, the first lines are shown, at least one, and the last says how many are left out.
    """
    from rich.cells import cell_len

    lines = message.split("\n")
    heights = [max(1, math.ceil(cell_len(line) / COLUMNS)) for line in lines]
    if sum(heights) <= MOST_LINES:
        return message
    shown = max(1, sum(sum(heights[: place + 1]) < MOST_LINES for place in range(len(lines[:MOST_LINES]))))
    rest = len(lines) - shown
    more = [f"… and {counted(rest, 'more lines')} like these; --debug shows all"] if rest else []
    return "\n".join([*lines[:shown], *more])


def explain(error: BaseException) -> tuple[int, str]:
    """Return the exit code and one line for an error that nothing else caught."""
    if isinstance(error, DuizhaoError):
        return 1, f"error: {error}"
    if isinstance(error, KeyboardInterrupt):
        return 130, "stopped"
    if isinstance(error, MemoryError):
        return 1, "error: not enough memory; give the articles in smaller parts"
    if isinstance(error, OSError):
        file = f"{error.filename}: " if error.filename else ""
        return 1, f"error: {file}the system refused ({error.strerror or error})"
    what = f"{type(error).__name__}: {one_line(error)[:200]}"
    return (
        INTERNAL,
        f"internal error: {what}; {_place(error)}a fault of Duizhao: {REPORT}; --debug shows more",
    )


def catch_signals() -> None:
    """Make SIGTERM and a closed terminal end the process like Ctrl-C, so that everything is cleaned up."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        # nohup and & make a process ignore some signals; that stays so.
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def ignore_signals() -> None:
    """Ignore signals from now on. All work is done, and the process is about to end."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt if a signal came but other code, for example an import, has swallowed it."""
    if _received:
        raise KeyboardInterrupt


def say(text: str) -> None:
    """Print lines on standard error, without credentials and without control characters."""
    try:
        sys.stderr.write("".join(f"{plain(line)}\n" for line in hide_credentials(text).split("\n")))
        sys.stderr.flush()
    except OSError:  # standard error is closed
        pass


def plain(text: str) -> str:
    """Return a text with control characters and marks of writing direction as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or _is_byte(c) or c in " \u3000" else _escape(c) for c in text)


def open_streams() -> None:
    """Set standard output and error to UTF-8, in any locale.

    Bytes of a path are written as they were read.
    """
    codecs.register_error("duizhao", _encode_rest)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the parent process closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="duizhao")


def _stop(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    raise KeyboardInterrupt


def _is_byte(character: str) -> bool:
    """Return whether a character stands for a byte of a path that is not UTF-8."""
    return "\udc80" <= character <= "\udcff"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _encode_rest(error: UnicodeError) -> tuple[bytes, int]:
    """Encode characters that UTF-8 cannot: bytes of a path unchanged, other lone surrogates as escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    rest = error.object[error.start : error.end]
    return b"".join(bytes([ord(c) - 0xDC00]) if _is_byte(c) else _escape(c).encode() for c in rest), error.end


def _place(error: BaseException) -> str:
    """Return the last line of Duizhao's code that an error went through."""
    ours = [
        frame for frame in traceback.extract_tb(error.__traceback__) if f"duizhao{os.sep}" in frame.filename
    ]
    return f"at {os.path.basename(ours[-1].filename)}:{ours[-1].lineno}; " if ours else ""  # noqa: PTH119


def _drop_output() -> None:
    """Discard the remaining output. The reader of the pipe has closed it, which is not an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

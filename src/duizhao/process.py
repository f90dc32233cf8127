"""The process around the command line: signals, standard streams, the last catch."""

from __future__ import annotations

import codecs
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType

from duizhao.errors import DuizhaoError, hide_credentials, one_line

REPORT = "report it to the developers (see CONTRIBUTING.md) with the command and, if you can, the file"

INTERNAL = 70
"""Exit code of a fault of Duizhao itself (``EX_SOFTWARE`` of sysexits.h)."""

_received: list[int] = []


def run(start: Callable[[], object], *, debug: bool = False) -> int:
    """Call ``start`` and give the exit code: 0, 1 for a mistake of the input, 2 for wrong usage, 70 for a fault of ours.

    A signal gives 128 and its number: Ctrl-C 130, SIGTERM 143. Each ends in one line on standard error, ``debug``
    adds a traceback.
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
            say(message)
    if code and _received:  # whatever an interrupted import or library made of the signal
        say("stopped")
        # CPython remembers a KeyboardInterrupt that left the code of an exec() (dataclasses and namedtuples are made
        # so), and would end the process by SIGINT instead of our exit code. Another exec() lets it forget.
        exec("")
        return 128 + _received[0]
    return code


def explain(error: BaseException) -> tuple[int, str]:
    """Exit code and one line for an error that nothing else caught."""
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
    """Let SIGTERM and a closed terminal end the process as Ctrl-C does: everything is cleaned up."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # nohup and & ignore some
            signal.signal(number, _stop)


def ignore_signals() -> None:
    """Let nothing interrupt the end of the process: all is done."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)


def stop_if_asked() -> None:
    """Raises KeyboardInterrupt where a signal came and something, like a library's import, has swallowed it."""
    if _received:
        raise KeyboardInterrupt


def say(text: str) -> None:
    """Lines on standard error, without credentials and without characters that a terminal obeys."""
    try:
        sys.stderr.write("".join(f"{plain(line)}\n" for line in hide_credentials(text).split("\n")))
        sys.stderr.flush()
    except OSError:  # nobody listens
        pass


def plain(text: str) -> str:
    """Text with control characters, and marks that turn the direction of writing, as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or _is_byte(c) or c in " \u3000" else _escape(c) for c in text)


def open_streams() -> None:
    """Standard output and error in UTF-8, whatever the locale; the bytes of a path go out as they came in."""
    codecs.register_error("duizhao", _encode_rest)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="duizhao")


def _stop(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    raise KeyboardInterrupt


def _is_byte(character: str) -> bool:
    """Whether a character stands for one byte of a path that is no UTF-8."""
    return "\udc80" <= character <= "\udcff"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _encode_rest(error: UnicodeError) -> tuple[bytes, int]:
    """Encode what UTF-8 cannot: bytes of a path as they are, other lone surrogates as escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    rest = error.object[error.start : error.end]
    return b"".join(bytes([ord(c) - 0xDC00]) if _is_byte(c) else _escape(c).encode() for c in rest), error.end


def _place(error: BaseException) -> str:
    """The last line of our own code that an error went through."""
    ours = [
        frame for frame in traceback.extract_tb(error.__traceback__) if f"duizhao{os.sep}" in frame.filename
    ]
    return f"at {os.path.basename(ours[-1].filename)}:{ours[-1].lineno}; " if ours else ""  # noqa: PTH119


def _drop_output() -> None:
    """Send what is still to be written nowhere: the reader of the pipe has gone, and says nothing is wrong."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

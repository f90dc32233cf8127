"""The process around the command line: one line and the right exit code, whatever happens."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Run, snapshot
from duizhao import process
from duizhao.errors import DuizhaoError, HubError, InputError, hide_credentials
from duizhao.process import plain, run


def raiser(error: BaseException) -> Callable[[], None]:
    def start() -> None:
        raise error

    return start


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError("bad-x", "a.txt: wrong"), 1, "error: a.txt: wrong\n"),
        (MemoryError(), 1, "error: not enough memory; give the articles in smaller parts\n"),
        (
            PermissionError(13, "Permission denied", "a"),
            1,
            "error: a: the system refused (Permission denied)\n",
        ),
        (KeyboardInterrupt(), 130, "stopped\n"),
        (SystemExit(2), 2, ""),
        (SystemExit(), 0, ""),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_an_end_has_its_code_and_its_line(
    error: BaseException,
    code: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(process, "_drop_output", lambda: None)
    assert run(raiser(error)) == code
    assert capsys.readouterr().err == line


def test_an_error_of_many_lines_shows_the_first_and_says_how_many_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    many = InputError("bad-x", "\n".join(f"{number}.txt: wrong" for number in range(300)))
    assert run(raiser(many)) == 1
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == process.MOST_LINES
    assert shown[0] == "error: 0.txt: wrong"
    assert shown[-1] == "… and 281 more lines like these; --debug shows all"
    assert run(raiser(many), debug=True) == 1
    assert "299.txt: wrong" in capsys.readouterr().err


def test_a_fault_of_ours_is_one_line_and_a_traceback_only_with_debug(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(raiser(ValueError("first\nsecond"))) == process.INTERNAL
    said = capsys.readouterr().err
    assert said.startswith("internal error: ValueError: first; ")
    assert said.count("\n") == 1
    assert run(raiser(ValueError("first")), debug=True) == process.INTERNAL
    assert "Traceback" in capsys.readouterr().err


def test_debug_may_stand_anywhere_on_the_command_line(run: Run, tmp_path: Path) -> None:
    for words in (["--debug", "validate", "x"], ["validate", "x", "--debug"]):
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 1
        assert "Traceback" in done.stderr
        assert done.stderr.endswith("error: x: not a Duizhao release (no manifest.json that can be read)\n")
    assert "--debug" in run("--help").stdout


def test_no_control_character_reaches_the_terminal() -> None:
    assert plain("灯塔 a\u3000b") == "灯塔 a\u3000b"
    assert plain("a\x1b[2Jb\r\u202e\x9b\u2028") == "a\\x1b[2Jb\\r\\u202e\\x9b\\u2028"
    assert plain("\udcff") == "\udcff"  # one byte of a path: it goes out as it came in
    assert plain("\ud800") == "\\ud800"


def test_a_path_that_is_no_utf_8_goes_out_as_it_came_in(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "duizhao", "validate", b"\xff\x1b"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.stderr.startswith(b"error: \xff\\x1b: not a Duizhao release")


@pytest.mark.parametrize(
    "text",
    [
        "hf_abcdefgh12345678",
        "https://user:s3cretword@example.org/x",
        "Authorization: Bearer s3cretword",
        "https://example.org/?token=s3cretword&x=1",
        "https://example.org/?X-Amz-Signature=s3cretword",
        "plain s3cretword given",
    ],
)
def test_credentials_are_never_said(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    hidden = hide_credentials(text, "s3cretword")
    assert "s3cretword" not in hidden
    assert "abcdefgh12345678" not in hidden
    if "plain" not in text:
        run(raiser(RuntimeError(text)), debug=True)
        said = capsys.readouterr().err
        assert "s3cretword" not in said.replace("raise error", "")
        assert "abcdefgh12345678" not in said


def test_an_error_survives_the_way_from_a_worker_process() -> None:
    for error in (DuizhaoError("a-b", "c"), InputError("a-b", "c"), HubError("a-b", "c")):
        back = pickle.loads(pickle.dumps(error))
        assert (type(back), back.id, str(back)) == (type(error), "a-b", "c")


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "duizhao", *words]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_cleans_up_like_ctrl_c(number: int, code: int, small: Path, run: Run) -> None:
    assert run("build", "raw", "--out", "out", cwd=small.parent).returncode == 0
    before = snapshot(small.parent / "out")
    for count in range(400):
        (small / "zh" / f"more{count}.txt").write_text(
            f"标题{count}\n\n" + "正文很长。" * 2000, encoding="utf-8"
        )
    child = start(small.parent, "build", "raw", "--out", "out")
    while child.poll() is None and not (small.parent / ".out.duizhao").exists():
        time.sleep(0.02)
    time.sleep(0.5)
    child.send_signal(number)
    _, said = child.communicate(timeout=60)
    assert (child.returncode, said) == (code, "stopped\n")
    assert snapshot(small.parent / "out") == before
    assert sorted(path.name for path in small.parent.iterdir()) == ["README.md", "out", "raw"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ctrl_c_while_modules_are_imported_is_one_line(small: Path) -> None:
    """Stopped at 16 moments of the start, most of them in imports of numpy, pyarrow and typer."""
    for moment in range(16):
        child = start(small.parent, "build", "raw", "--out", "out", "--no-cache")
        handled = Path(f"/proc/{child.pid}/status")
        while child.poll() is None and not catches_sigint(handled):
            time.sleep(0.001)
        time.sleep(moment * 0.06)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
        assert (child.returncode, said) == (130, "stopped\n"), moment
        assert not (small.parent / ".out.duizhao").exists()


def catches_sigint(status: Path) -> bool:
    """Whether a process has its own handler of SIGTERM by now, which it sets before all else."""
    try:
        caught = next(
            line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("SigCgt")
        )
    except (OSError, StopIteration):
        return True
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_ctrl_c_before_signals_are_caught_is_one_line() -> None:
    code = """
import sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "duizhao.process":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
from duizhao.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "stopped\n")


@pytest.mark.slow
def test_a_closed_or_full_output_is_told_and_no_traceback(run: Run, small: Path) -> None:
    word = f"{sys.executable} -m duizhao clean raw/zh/harbor.txt"
    shell = {"cwd": small.parent, "shell": True, "capture_output": True, "encoding": "utf-8", "check": False}
    closed = subprocess.run(f"{word} >&-", **shell)  # type: ignore[call-overload]
    assert (closed.returncode, closed.stderr) == (0, "")
    piped = subprocess.run(f"{word} | true", **shell)  # type: ignore[call-overload]
    assert piped.stderr == ""
    if Path("/dev/full").exists():
        full = subprocess.run(f"{word} > /dev/full", **shell)  # type: ignore[call-overload]
        assert (full.returncode, full.stderr) == (1, "error: the system refused (No space left on device)\n")


def test_streams_that_are_no_files_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    assert run(raiser(InputError("bad-x", "wrong"))) == 1
    assert stderr.getvalue() == "error: wrong\n"
    assert os.getpid()


def test_output_that_nobody_reads_any_more_is_dropped_without_a_word() -> None:
    code = (
        "import sys; from duizhao.process import run; sys.exit(run(lambda: sys.stdout.write('x' * 100_000)))"
    )
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, encoding="utf-8", check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_error_that_cannot_be_written_is_no_further_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stderr", full)
        assert run(raiser(InputError("bad-x", "wrong"))) == 1
        with contextlib.suppress(OSError):
            full.close()


def test_a_process_without_output_writes_into_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert run(lambda: print("text")) == 0
    assert sys.stdout.name == os.devnull
    sys.stdout.close()


def test_a_signal_that_an_import_swallowed_stops_the_work_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    process.stop_if_asked()
    monkeypatch.setattr(process, "_received", [signal.SIGTERM])
    with pytest.raises(KeyboardInterrupt):
        process.stop_if_asked()


def test_bytes_that_are_read_are_not_repaired_by_the_rule_for_output() -> None:
    process.open_streams()
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", "duizhao")
    assert "a\udcffb\ud800".encode("utf-8", "duizhao") == b"a\xffb\\ud800"

"""The guarded readers refuse what later steps cannot use, with the place; the writer never leaves half a
file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hostile
from duizhao import files
from duizhao.errors import InputError


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.id == "bad-x"
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in hostile.LINES
        if name not in ("a list", "null", "a number", "a text", "an empty object")
    ],
)
def test_json_that_no_step_can_use_is_refused(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(hostile.LINES[name])
    with pytest.raises(InputError):
        for _, row in files.read_json_lines(file, "bad-x"):
            assert isinstance(row, InputError)
            assert str(row).startswith(f"{file.as_posix()}:1: ")
            raise row


def test_lines_after_a_bad_one_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\n[\n{"b": "\xe7\x81\xaf"}')
    read = [(place.rpartition(":")[2], row) for place, row in files.read_json_lines(file, "bad-x")]
    assert [place for place, _ in read] == ["1", "3", "4"]
    assert (read[0][1], read[2][1]) == ({"a": 1}, {"b": "灯"})
    assert isinstance(read[1][1], InputError)


def test_a_file_of_many_lines_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"a": "灯塔"}\n' * 100_000, encoding="utf-8")
    assert sum(row == {"a": "灯塔"} for _, row in files.read_json_lines(file, "bad-x")) == 100_000


def test_json_keeps_what_is_right() -> None:
    text = '{"a": [1, -2, 0.5, true, null, "\\ud83d\\ude00", "灯"], "b": {"c": 9223372036854775807}}'
    assert files.parse_json(text, "x", "bad-x") == {
        "a": [1, -2, 0.5, True, None, "😀", "灯"],
        "b": {"c": 2**63 - 1},
    }


HARMLESS_YAML = (
    "null",
    "a text",
    "a list",
    "a number",
    "no date",
    "true",
    "wrong types",
    "authors that are texts",
    "an author's name is a list",
    "no version",
)


@pytest.mark.parametrize("name", [name for name in hostile.YAML if name not in (*HARMLESS_YAML, "no utf-8")])
def test_yaml_that_no_step_can_use_is_refused(name: str) -> None:
    assert refused(lambda: files.parse_yaml(hostile.YAML[name].decode(), "card", "bad-x")).startswith(
        "card: "
    )


def test_yaml_keeps_dates_as_the_text_that_they_are() -> None:
    told = files.parse_yaml("a: 2023-11-20\nb: 1.5\nc: [x, 灯]\nd: null\ne: true\n", "card", "bad-x")
    assert told == {"a": "2023-11-20", "b": 1.5, "c": ["x", "灯"], "d": None, "e": True}


@pytest.mark.parametrize(
    "name", ["no utf-8", "not closed", "deep", "5,000 digits", "dotted", "no date", "half a pair"]
)
def test_toml_that_no_step_can_use_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_bytes(hostile.TOML[name])
    refused(lambda: files.read_toml(tmp_path / "sources.toml", "bad-x"))


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "circle").symlink_to("circle")
    for name in ("fifo", "circle", "nothing", ".", "a\0b", "/dev/zero"):
        refused(lambda name=name: files.read_bytes(tmp_path / name, "bad-x"))  # type: ignore[misc]
        assert files.hash_file(tmp_path / name) == ""


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    assert "larger than 10 bytes" in refused(lambda: files.read_bytes(tmp_path / "a", "bad-x", 10))
    assert len(files.read_bytes(tmp_path / "a", "bad-x", 11)) == 11


def test_a_written_file_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    files.write_file(file, "新\r\n")
    assert file.read_bytes() == "新\r\n".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to("real")
    files.write_file(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "new"


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a"
    file.write_text("old", encoding="utf-8")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match="No space left on device"):
        files.write_file(file, "new")
    assert file.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_input_is_no_output_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("zh.txt").write_text("灯", encoding="utf-8")
    Path("link").symlink_to("zh.txt")
    os.link("zh.txt", "hard")
    Path("release").mkdir()
    for name in ("zh.txt", "./zh.txt", "release/../zh.txt", "link", "hard", str(tmp_path / "zh.txt")):
        with pytest.raises(InputError, match="is the input"):
            files.check_output(Path(name), [Path("zh.txt")])
    with pytest.raises(InputError, match="lies in the input"):
        files.check_output(Path("release/new/page.html"), [Path("release")])
    files.check_output(Path("other.txt"), [Path("zh.txt"), Path("release")])


def test_a_device_is_written_to_as_it_is() -> None:
    files.write_file(Path(os.devnull), "x")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_line_or_a_yaml_that_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 10)
    monkeypatch.setattr(files, "LARGEST_YAML", 10)
    (tmp_path / "a").write_text('{"a": 12345}\n', encoding="utf-8")
    told = refused(lambda: list(files.read_json_lines(tmp_path / "a", "bad-x")))
    assert told.endswith("a line is longer than 10 bytes")
    assert "longer than 10 characters" in refused(lambda: files.parse_yaml("a: 12345678", "a", "bad-x"))
    assert files.parse_yaml("a: 1234567", "a", "bad-x") == {"a": 1234567}


def test_bytes_that_are_no_parquet_and_batches_that_break_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"PAR1" + b"x" * 50)
    assert "cannot be read as Parquet" in refused(
        lambda: list(files.iterate_parquet(tmp_path / "a", "bad-x", 10))
    )


def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be removed") as error:
        files.remove_file(tmp_path)
    assert error.value.id == "cannot-write"

"""Nothing that a build did not write is ever lost: 100 layouts of ``--out``, locks, and what killed builds
left.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Run, snapshot
from duizhao.errors import DuizhaoError
from duizhao.release import claim_target, write_release
from duizhao.release import target as target_module
from duizhao.schema import Records

Make = Callable[[Path], object]


@pytest.fixture(scope="module")
def records(small_release: Path) -> Records:
    from duizhao.release import read_records

    return read_records(small_release)


def put(name: str, text: str = "mine") -> Make:
    def make(folder: Path) -> None:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    return make


def folder(name: str) -> Make:
    return lambda root: (root / name).mkdir(parents=True)


def link(name: str, to: str) -> Make:
    return lambda root: (root / name).symlink_to(to)


def several(*makes: Make) -> Make:
    def make(root: Path) -> None:
        for one in makes:
            one(root)

    return make


def manifest(**parts: object) -> Make:
    return put("out/manifest.json", json.dumps(parts))


NAMED = {
    f"{config}/test.{end}": "0" * 64
    for config in ("sentences", "articles", "blocks")
    for end in ("parquet", "jsonl")
}
NAMED["README.md"] = hashlib.sha256(b"mine").hexdigest()
COUNTS = {"sentences": 0, "articles": 0, "blocks": 0}

FOREIGN: dict[str, Make] = {
    # A folder that never was a release.
    **{f"holds {name}": put(f"out/{name}") for name in (
        "a", ".git/HEAD", ".gitattributes", "notes.txt", "README.md", "sentences/test.parquet",
        "deep/er/file", "图.png", " ", "-rf", ".hidden",
        "a b", "*", "%s", "~", "#x", "x\\y", "lock", "new", "old", "croissant.json", "DATASET_CARD.md",
        "raw.txt", ".DS_Store", "Thumbs.db",
    )},
    "holds an empty folder": folder("out/empty"),
    "holds a link to a file": several(put("file"), folder("out"), link("out/link", "../file")),
    "holds a link to a folder": several(put("other/file"), folder("out"), link("out/link", "../other")),
    "holds a link that leads nowhere": several(folder("out"), link("out/link", "nowhere")),
    "is a file": put("out"),
    "is a link to a file": several(put("file"), link("out", "file")),
    "is a link to a folder of others": several(put("other/file"), link("out", "other")),
    "is a circle of links": several(link("out", "circle"), link("circle", "out")),
    "lies in a file": several(put("out")),
    # A manifest that is no manifest of ours.
    "a browser extension": several(manifest(name="x", version="1", manifest_version=3), put("out/.git/HEAD"),
    put("out/background.js")),
    **{f"manifest {text[:40]}": several(put("out/manifest.json", text), put("out/mine")) for text in (
        "", "{}", "[]", "null", "1", '"x"', "{", "\ufeff{}", '{"format": 1}',
        '{"format": 1, "counts": {}, "files": {}}',
        '{"format": true, "counts": {}, "files": {}}', '{"format": 99, "counts": {}, "files": {}}',
        '{"format": 1.0}', "[" * 5000, "9" * 5000,
        '{"format": 1, "format": 1}',
    )},
    "a manifest alone that names nothing": manifest(format=1, counts=COUNTS, files={}),
    "a manifest that names a file outside": several(
        put("precious"), manifest(format=1, counts=COUNTS, files={**NAMED, "../precious": "0" * 64})
    ),
    "a manifest that names an "
    "absolute path": several(manifest(format=1, counts=COUNTS, files={**NAMED, "/etc/passwd": "0" * 64})),
    "a manifest that names a file of another hash": several(
        put("out/README.md", "edited"), manifest(format=1, counts=COUNTS, files=NAMED)
    ),
    "a manifest that is a folder": folder("out/manifest.json"),
    "a manifest that is a link out": several(
        put("m.json", json.dumps({"format": 1, "counts": COUNTS, "files": NAMED})), folder("out"),
            link("out/manifest.json", "../m.json")
    ),
    # The folder that a build would work in.
    "the work folder is somebody's": put(".out.duizhao/new/file"),
    "the work folder holds a stranger": put(".out.duizhao/file"),
    "the work folder is a file": put(".out.duizhao"),
    "the work folder is a link": several(put("other/lock", "Duizhao build, process 1"),
    link(".out.duizhao", "other")),
    "the old release waits with a stranger": several(
        put(".out.duizhao/lock", "Duizhao build, process 1"), put(".out.duizhao/old/file"), folder("out")
    ),
}  # fmt: skip

RELEASED: dict[str, Make] = {
    # A release, and something that came to it.
    **{f"and {name}": put(f"out/{name}") for name in (
        ".git/HEAD", "notes.txt", "sentences/notes.txt", "sentences/test.parquet.bak", "blocks/.DS_Store",
        "train/test.parquet",
        ".gitattributes", ".cache/huggingface/x", "README.md~", "README.md", "croissant.json",
        "articles/test.jsonl", "sentences/test.parquet", "Readme.md",
    )},
    "and an empty folder": folder("out/empty"),
    "and a folder in a config": folder("out/sentences/more"),
    "and a link": link("out/link", "sentences"),
    "a file replaced by a link": several(
        lambda root: (root / "out/README.md").rename(root / "kept.md"), link("out/README.md", "../kept.md")
    ),
    "a folder replaced by a link": several(
        lambda root: (root / "out/sentences").rename(root / "kept"), link("out/sentences", "../kept")
    ),
    "a manifest that was edited": put("out/manifest.json", "{}"),
    "a manifest that is gone": lambda root: (root / "out/manifest.json").unlink(),
    "a FIFO": lambda root: os.mkfifo(root / "out/fifo"),
}  # fmt: skip


def entries(root: Path) -> dict[str, tuple[str, bytes | str]]:
    """Everything below a folder, links and empty folders too."""
    found: dict[str, tuple[str, bytes | str]] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name == ".out.duizhao/lock":  # ours: it says who works
            continue
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_file():
            found[name] = ("file", path.read_bytes())
        else:
            found[name] = ("other", "")
    return found


def refused(root: Path, out: Path, records: Records) -> str:
    """Try to write a release; it must be refused, and nothing may have changed."""
    before = entries(root)
    with pytest.raises(DuizhaoError) as caught:
        write_release(out, records, None, {})
    assert entries(root) == before
    assert caught.value.id in ("not-a-release", "cannot-write", "target-overlaps")
    return str(caught.value)


@pytest.mark.parametrize("layout", FOREIGN)
def test_a_folder_that_is_not_ours_is_refused_and_stays(
    layout: str, tmp_path: Path, records: Records
) -> None:
    FOREIGN[layout](tmp_path)
    refused(tmp_path, tmp_path / ("out/in" if layout == "lies in a file" else "out"), records)


@pytest.mark.parametrize(
    ("layout", "told"),
    [
        ("holds notes.txt", "out: exists and is not a Duizhao release (it holds notes.txt); choose another"),
        ("a manifest that names an absolute path", "out: not a release that this version can replace (it "),
        (
            'manifest {"format": 99, ',
            "out: not a release that this version can replace (it holds manifest.json",
        ),
        (
            "a manifest that names a file of another hash",
            "out: holds what no build wrote, or what was change",
        ),
    ],
)
def test_a_refusal_says_whether_the_folder_was_ever_a_release(
    layout: str, told: str, tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    next(make for name, make in FOREIGN.items() if name.startswith(layout))(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert refused(tmp_path, Path("out"), records).startswith(told)


@pytest.mark.parametrize("layout", RELEASED)
def test_what_came_to_a_release_is_named_and_stays(layout: str, tmp_path: Path, records: Records) -> None:
    write_release(tmp_path / "out", records, None, {})
    RELEASED[layout](tmp_path)
    message = refused(tmp_path, tmp_path / "out", records)
    if layout.startswith("and ") and "/" not in layout and "folder" not in layout and "link" not in layout:
        assert layout.removeprefix("and ") in message


OURS = {
    "nothing there": several(),
    "an empty folder": folder("out"),
    "a link to an empty folder": several(folder("real"), link("out", "real")),
    "a link to nothing yet": link("out", "real"),
    "an old release": None,
    "a release through a link": None,
    "a partial build that was killed": several(
        put(".out.duizhao/lock", "Duizhao build, process 1"), put(".out.duizhao/new/sentences/test.parquet")
    ),
    "a lock that was never written": put(".out.duizhao/lock", ""),
    "an empty work folder": folder(".out.duizhao"),
}


@pytest.mark.parametrize("layout", OURS)
def test_what_is_ours_is_replaced_and_nothing_is_left_behind(
    layout: str, tmp_path: Path, records: Records
) -> None:
    out = tmp_path / "out"
    if layout == "an old release":
        write_release(out, records, "# Old\n", {})
    elif layout == "a release through a link":
        write_release(tmp_path / "real", records, "# Old\n", {})
        out.symlink_to("real")
    elif (make := OURS[layout]) is not None:
        make(tmp_path)
    write_release(out, records, "# New\n", {})
    assert (out / "README.md").read_text(encoding="utf-8").endswith("# New\n")
    assert {path.name for path in tmp_path.iterdir()} <= {"out", "real"}


OVERLAPS = {
    "RAW itself": ("raw", "is RAW"),
    "above RAW": (".", "holds RAW"),
    "in RAW": ("raw/dataset", "lies in RAW"),
    "deep in RAW": ("raw/a/b/c", "lies in RAW"),
    "RAW through a link": ("linked", "is RAW"),
    "in RAW through a link": ("linked/zh/dataset", "lies in RAW"),
    "RAW by detours": ("raw/../raw/zh/..", "is RAW"),
    "the annotations": ("annotations", "is the annotations"),
    "in the annotations": ("annotations/dataset", "lies in the annotations"),
    "above the annotations by a link": ("up", "holds RAW"),
    "the card": ("DATASET_CARD.md", "is the card"),
    "the root": ("/", "holds RAW"),
    "the current folder's parent": ("..", "holds RAW"),
}


@pytest.mark.parametrize("case", OVERLAPS)
def test_what_a_build_reads_is_never_its_target(
    case: str, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duizhao.builder import build_release

    work = small.parent
    (work / "annotations").mkdir()
    (work / "DATASET_CARD.md").write_text("# A\n", encoding="utf-8")
    (work / "linked").symlink_to("raw")
    (work / "up").symlink_to("..")
    monkeypatch.chdir(work)
    before = entries(work)
    out, expected = OVERLAPS[case]
    with pytest.raises(DuizhaoError, match=expected) as caught:
        build_release(Path("raw"), Path(out))
    assert caught.value.id == "target-overlaps"
    assert entries(work) == before


def test_a_missing_annotations_folder_is_no_target_either(small: Path) -> None:
    from duizhao.builder import build_release

    with pytest.raises(DuizhaoError, match="is the annotations"):
        build_release(small, small.parent / "annotations")


def test_the_current_folder_is_no_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: Records
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for out in (".", "../here", str(tmp_path / "here")):
        with pytest.raises(DuizhaoError, match="the current folder"):
            write_release(Path(out), records, None, {})


def test_a_folder_made_for_a_build_that_fails_is_gone_again(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), claim_target(tmp_path / "a" / "b" / "out"):
        assert (tmp_path / "a" / "b").is_dir()
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("one_step", [True, False])
def test_a_release_changes_place_with_the_old_one(
    one_step: bool, tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not one_step:
        monkeypatch.setattr(target_module, "exchange", lambda one, two: False)
    write_release(tmp_path / "out", records, "# Old\n", {})
    write_release(tmp_path / "out", records, "# New\n", {})
    assert (tmp_path / "out/README.md").read_text(encoding="utf-8").endswith("# New\n")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("one_step", [True, False])
def test_what_comes_while_the_build_runs_is_not_lost(
    one_step: bool, tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not one_step:
        monkeypatch.setattr(target_module, "exchange", lambda one, two: False)
    out = tmp_path / "out"
    write_release(out, records, "# Old\n", {})
    with claim_target(out) as claim:
        (out / "notes.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(DuizhaoError, match=r"notes\.txt"):
            write_release(out, records, "# New\n", {}, claim=claim)
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (out / "README.md").read_text(encoding="utf-8").endswith("# Old\n")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_system_exchanges_folders_in_one_step(tmp_path: Path) -> None:
    from duizhao.release.exchange import exchange

    put("a/one")(tmp_path)
    put("b/two")(tmp_path)
    if not exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this system or file system cannot")
    assert ((tmp_path / "a/two").is_file(), (tmp_path / "b/one").is_file()) == (True, True)
    with pytest.raises(OSError, match="No such file"):
        exchange(tmp_path / "a", tmp_path / "c")


def test_a_second_build_is_refused_and_told_of_the_first(tmp_path: Path, records: Records) -> None:
    with claim_target(tmp_path / "out"):
        with pytest.raises(
            DuizhaoError, match=f"another build .process {os.getpid()}. is writing it"
        ) as caught:
            write_release(tmp_path / "out", records, None, {})
        assert caught.value.id == "being-built"
    write_release(tmp_path / "out", records, None, {})


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path, records: Records) -> None:
    code = (
        "import os, sys; from pathlib import Path; from duizhao.release import claim_target\n"
        "with claim_target(Path(sys.argv[1])) as claim:\n"
        "    claim.new.mkdir(); (claim.new / 'half').write_text('x'); print('held', flush=True); "
        "sys.stdin.read()"
    )
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(DuizhaoError, match=f"process {process.pid}"):
        write_release(out, records, None, {})
    process.kill()
    process.wait()
    assert (tmp_path / ".out.duizhao/new/half").is_file()
    write_release(out, records, None, {})
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_where_there_are_no_locks_a_process_is_known_by_number_and_start() -> None:
    from duizhao.release.exchange import identify, is_alive

    assert is_alive(identify()) is True
    assert is_alive(f"{os.getpid()} 1") is False
    for told in ("", "x", "0x1", "99999999 1", "9" * 40):
        assert is_alive(told) is False


def test_a_process_is_the_same_one_also_when_it_has_taken_memory_and_time() -> None:
    from duizhao.release.exchange import identify

    before = identify()
    memory = bytearray(50_000_000)
    for place in range(0, len(memory), 4096):
        memory[place] = 1
    assert identify() == before


def test_a_build_killed_between_two_renames_gets_its_release_back(
    tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duizhao.release import read_manifest

    out = tmp_path / "out"
    write_release(out, records, "# Old\n", {})
    before = snapshot(out)
    work = tmp_path / ".out.duizhao"
    work.mkdir()
    (work / "lock").write_text("Duizhao build, process 1\n", encoding="utf-8")
    out.rename(work / "old")
    with pytest.raises(DuizhaoError, match="the next build puts it back"):
        read_manifest(out)
    with pytest.raises(RuntimeError), claim_target(out):
        raise RuntimeError
    assert snapshot(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_out_whose_name_is_as_long_as_names_can_be(tmp_path: Path, records: Records) -> None:
    write_release(tmp_path / ("长" * 85), records, None, {})
    assert [path.name for path in tmp_path.iterdir()] == ["长" * 85]


@pytest.mark.parametrize(
    "name",
    [
        "2023-11-20",
        "a: b",
        "- a",
        "#x",
        "null",
        "@x",
        "1e3",
        "'",
        '"',
        "{a",
        "[a",
        "*a",
        "&a",
        "!a",
        "%a",
        "|",
        ">",
        "~",
        "true",
        "<b>",
        "`",
    ],
)
def test_an_out_of_any_name_gives_a_card_that_can_be_read(
    name: str, tmp_path: Path, records: Records
) -> None:
    import yaml

    write_release(tmp_path / name, records, None, {})
    head = yaml.safe_load((tmp_path / name / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert head["pretty_name"] == name


def test_an_out_whose_name_is_no_utf_8(tmp_path: Path, records: Records) -> None:
    out = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    write_release(out, records, None, {})
    write_release(out, records, None, {})
    assert (out / "README.md").is_file()


def test_two_builds_at_once_from_the_command_line(small: Path, run: Run) -> None:
    with claim_target(small.parent / "out"):
        done = run("build", "raw", "--out", "out", cwd=small.parent)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: out: another build (process {os.getpid()}) is writing it; wait until it ends, or "
        f"give another --out\n"
    )


def test_a_system_that_cannot_exchange_folders_says_so_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duizhao.release.exchange import exchange

    put("a/one")(tmp_path)
    put("b/two")(tmp_path)
    for name in ("sunos5", "darwin" if sys.platform == "linux" else "linux"):
        monkeypatch.setattr(sys, "platform", name)
        assert not exchange(tmp_path / "a", tmp_path / "b")
        assert ((tmp_path / "a/one").is_file(), (tmp_path / "b/two").is_file()) == (True, True)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_a_file_system_without_locks_is_decided_by_whether_the_other_process_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import errno
    import fcntl

    from duizhao.release.exchange import identify, lock, unlock

    def refuse(number: int) -> None:
        def flock(descriptor: int, operation: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(fcntl, "flock", flock)

    refuse(errno.ENOLCK)
    assert not lock(0, identify())
    assert lock(0, f"{os.getpid()} 1")
    unlock(0)
    refuse(errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        lock(0, "")


def test_the_name_of_the_work_folder_is_not_taken_from_what_another_has_put_there(
    tmp_path: Path, records: Records
) -> None:
    (tmp_path / "mine").mkdir()
    for make in (link(".out.duizhao", "mine"), put(".out.duizhao")):
        make(tmp_path)
        before = snapshot(tmp_path)
        with pytest.raises(DuizhaoError, match=r"\.out\.duizhao: not made by Duizhao") as caught:
            write_release(tmp_path / "out", records, None, {})
        assert caught.value.id == "not-a-release"
        assert snapshot(tmp_path) == before
        (tmp_path / ".out.duizhao").unlink()

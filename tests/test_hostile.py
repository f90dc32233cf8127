"""Prepared bad input: 200 builds, 200 releases and 100 command lines, each with a message and never a
traceback.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hostile
from duizhao.builder import build_release, read_articles
from duizhao.errors import DuizhaoError
from duizhao.process import plain
from duizhao.process import run as run_in_process
from duizhao.records import validate
from duizhao.release import load, read_records, validate_release

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with every config. Read only: copy it before changing it."""
    work = tmp_path_factory.mktemp("hostile")
    hostile.write_work(work)
    build_release(work / "raw", work / "release", topic=False)
    return work / "release"


def builds() -> Iterator[tuple[str, Files]]:
    for kind, row in hostile.ANNOTATIONS.items():
        for name, line in hostile.LINES.items():
            yield f"{kind}: {name}", {f"annotations/{kind}.jsonl": line}
        for field in row:
            for name in ("null", "a fraction", "large", "a list of lists", "an object"):
                value = hostile.line({**row, field: hostile.VALUES[name]}).encode()
                yield f"{kind}.{field}: {name}", {f"annotations/{kind}.jsonl": value}
    for name, data in hostile.TOML.items():
        yield f"sources.toml: {name}", {"raw/sources.toml": data}
    for name, data in hostile.YAML.items():
        yield f"card: {name}", {"DATASET_CARD.md": b"---\n" + data + b"---\n# A\n"}
        yield f"citation: {name}", {"CITATION.cff": data}
    for name, data in hostile.RAW.items():
        yield f"raw: {name}", {"raw/zh/a.txt": data}


BUILDS = dict(builds())


def message_of(error: DuizhaoError) -> str:
    """The message, which must fit a terminal and name no fault of ours."""
    text = str(error)
    assert text
    assert "Traceback" not in text
    assert all(len(line) < 3000 for line in text.split("\n"))
    return text


@pytest.mark.parametrize("case", BUILDS)
def test_a_bad_build_gets_a_message_and_leaves_nothing(case: str, tmp_path: Path) -> None:
    (tmp_path / "raw/zh").mkdir(parents=True)
    (tmp_path / "raw/zh/a.txt").write_text(hostile.ZH, encoding="utf-8")
    (tmp_path / "annotations").mkdir()
    (tmp_path / "DATASET_CARD.md").write_text(hostile.CARD, encoding="utf-8")
    for name, data in BUILDS[case].items():
        (tmp_path / name).write_bytes(data)
    try:
        build_release(tmp_path / "raw", tmp_path / "out", topic=False)
    except DuizhaoError as error:
        message_of(error)
        assert not (tmp_path / "out").exists()
    else:
        assert [finding for finding in validate_release(tmp_path / "out")[0] if finding.level != 4] == []
    assert not (tmp_path / ".out.duizhao").exists()


def test_there_are_enough_prepared_cases(release: Path) -> None:
    assert len(BUILDS) >= 200
    assert len(list(manifests(release))) + len(LINE_CASES) + len(DAMAGES) >= 200
    assert len(COMMAND_LINES) >= 100


def manifests(release: Path) -> Iterator[tuple[str, bytes]]:
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    for name, data in hostile.LINES.items():
        yield name, data
    for field in manifest:
        yield (
            f"without {field}",
            json.dumps({key: value for key, value in manifest.items() if key != field}).encode(),
        )
        for name, value in hostile.VALUES.items():
            yield f"{field} {name}", json.dumps({**manifest, field: value}).encode()
    sha = "0" * 64
    for path in (
        "../x",
        "/etc/passwd",
        "/dev/zero",
        "a/../../x",
        "",
        ".",
        "..",
        "a//b",
        "a/",
        "C:\\x",
        "a\\b",
        "a\nb",
        "a\0b",
        "manifest.json",
    ):
        yield f"names {path!r}", json.dumps({**manifest, "files": {**manifest["files"], path: sha}}).encode()
    yield "an unknown config", json.dumps({**manifest, "counts": {**manifest["counts"], "words": 1}}).encode()
    yield "a config without files", json.dumps({**manifest, "files": {"README.md": sha}}).encode()


def use(folder: Path) -> None:
    """Everything that reads a release: each must succeed or raise the package's own error."""
    from duizhao.report import describe_records
    from duizhao.report.viewer import render

    readers: list[Callable[[], Any]] = [
        lambda: validate_release(folder),
        lambda: load("sentences", path=folder, as_="arrow"),
        lambda: describe_records(read_records(folder)),
        lambda: render(read_articles(folder, [])[1], title="x"),
    ]
    for reader in readers:
        try:
            reader()
        except DuizhaoError as error:
            message_of(error)


def test_a_bad_manifest_is_told_and_nothing_outside_is_read(release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "release")
    for name, data in manifests(release):
        (tmp_path / "release/manifest.json").write_bytes(data)
        try:
            findings, _ = validate_release(tmp_path / "release")
        except DuizhaoError as error:
            message_of(error)
            assert error.id in ("not-a-release", "bad-manifest", "newer-release"), name
        else:
            assert "without" in name or findings == [] or {finding.level for finding in findings} <= {4, 5}, (
                name
            )


CONFIGS = ("sentences", "articles", "blocks", "entities", "mentions", "events", "claims", "questions")
LINE_CASES = [(config, name) for config in CONFIGS for name in hostile.LINES]


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.slow
def test_a_bad_line_is_a_finding(config: str, release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "release")
    file = tmp_path / "release" / config / "test.jsonl"
    good = file.read_bytes()
    for name, line in hostile.LINES.items():
        file.write_bytes(good + line)
        findings, _ = validate_release(tmp_path / "release")
        assert {"bad-json-lines", "schema-violation"} & {finding.id for finding in findings}, name
        with pytest.raises(DuizhaoError):
            read_records(tmp_path / "release")


@pytest.mark.parametrize("config", CONFIGS)
def test_a_bad_value_in_any_field_is_a_finding_or_harmless(config: str, release: Path) -> None:
    records = read_records(release)
    row = records[config][-1]
    for field, old in row.items():
        for name, value in hostile.VALUES.items():
            changed = {**records, config: [*records[config][:-1], {**row, field: value}]}
            findings = list(validate(changed))
            assert all(len(str(finding)) < 3000 for finding in findings)
            if isinstance(value, float) and isinstance(old, int):
                assert [finding.id for finding in findings] == ["schema-violation"], (field, name)


def flip(place: float) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        data = bytearray(file.read_bytes())
        data[min(int(place * len(data)), len(data) - 1)] ^= 0x55
        file.write_bytes(data)

    return damage


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        file.unlink()
        make(file)

    return damage


DAMAGES: dict[str, Callable[[Path], object]] = {
    **{f"a bit at {place}/40": flip(place / 40) for place in range(41)},
    "cut in half": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "cut by one": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "empty": lambda file: file.write_bytes(b""),
    "zeros": lambda file: file.write_bytes(b"\0" * 5000),
    "twice": lambda file: file.write_bytes(file.read_bytes() * 2),
    "gone": lambda file: file.unlink(),
    "a folder": replaced(lambda file: file.mkdir()),
    "a FIFO": replaced(lambda file: os.mkfifo(file)),
    "a device": replaced(lambda file: file.symlink_to("/dev/zero")),
    "a file elsewhere": replaced(lambda file: file.symlink_to("/etc/passwd")),
    "a circle": replaced(lambda file: file.symlink_to(file.name)),
    "a link to nothing": replaced(lambda file: file.symlink_to("nothing")),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["sentences/test.parquet", "sentences/test.jsonl", "README.md", "manifest.json"]
)
def test_a_damaged_file_is_told_by_everything_that_reads_it(name: str, release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "release")
    good = (release / name).read_bytes()
    file = tmp_path / "release" / name
    for damage, make in DAMAGES.items():
        make(file)
        use(tmp_path / "release")
        try:
            findings, _ = validate_release(tmp_path / "release")
        except DuizhaoError:
            assert name == "manifest.json"
        else:
            assert findings or name == "manifest.json", damage
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        file.unlink(missing_ok=True)
        file.write_bytes(good)
    assert validate_release(tmp_path / "release")[0] == []


COMMAND_LINES = [
    line.split(" ")
    for line in """
--no-such-option
no-such-command
build --no-such-option
build nothing
build raw/zh/a.txt
build raw --out raw
build raw --out .
build raw --out ..
build raw --out /
build raw --out raw/zh/a.txt
build raw --out notes
build raw --out circle
build raw --out /dev/null
build raw --out /dev/null/x
build raw --out /proc/x
build raw --out out --annotations nothing
build raw --out out --annotations raw/zh/a.txt
build raw --out out --card nothing
build raw --out out --card raw
build raw --out out --card /dev/zero
build raw --out out --card image
build raw --out out --threshold 0
build raw --out out --threshold 1
build raw --out out --threshold -1
build raw --out out --threshold nan
build raw --out out --threshold inf
build raw --out out --threshold x
build circle
build raw raw
validate
validate nothing
validate raw
validate raw/zh/a.txt
validate circle
validate /dev/zero
validate fifo
validate notes
view nothing
view notes
view raw/zh/a.txt
view release --out release
view release --out release/README.md
view release --out release/new.html
view release --out /nothing/x.html
view release --out /dev/full
view release --out notes
view release --out circle
view release --article nothing
view release --article
tasks more
push
push x
push x/y nothing
push x/y raw
push hf_abcdefghijklmnop release
push https://user:password@example.org/x release
push ../x release
push x/y release --dry-run --private x
stats nothing
stats raw
stats release --format x --plots plots
stats release --plots
annotate
annotate nothing --check
annotate raw --annotations nothing --check
annotate circle --check
clean
clean nothing
clean raw
clean fifo
clean /dev/zero
clean circle
clean image
clean raw/zh/a.txt --encoding foo
clean raw/zh/a.txt --encoding base64
clean raw/zh/a.txt --encoding utf-16
clean raw/zh/a.txt --encoding idna
clean raw/zh/a.txt --encoding rot13
clean raw/zh/a.txt --threshold 2
clean raw/zh/a.txt --threshold
clean raw/zh/a.txt raw/zh/a.txt
clean -
duplicates nothing
duplicates circle
duplicates raw --threshold 9
convert nothing
convert raw
convert fifo
convert raw/zh/a.txt --to zh
convert raw/zh/a.txt --to
convert raw/zh/a.txt --encoding foo
convert image
convert -
align
align raw/zh/a.txt
align raw/zh/a.txt nothing
align nothing raw/en/a.md
align raw/en/a.md raw/zh/a.txt
align raw/zh/a.txt raw/en/a.md --format x
align raw/zh/a.txt raw/en/a.md --format moses
align raw/zh/a.txt raw/en/a.md --out raw/zh/a.txt
align raw/zh/a.txt raw/en/a.md --out raw/en/../en/a.md
align raw/zh/a.txt raw/en/a.md --out hard.md
align raw/zh/a.txt raw/en/a.md --out raw
align raw/zh/a.txt raw/en/a.md --out /nothing/x
align raw/zh/a.txt raw/en/a.md --out circle
align raw/zh/a.txt raw/en/a.md --out .
align raw/zh/a.txt raw/en/a.md --format moses --out x/y/z
align image raw/en/a.md
align - -
align fifo raw/en/a.md
--debug build nothing
build nothing --debug
""".strip().split("\n")
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, release: Path) -> Path:
    """A folder as people have them: articles, a release, notes, links, a FIFO."""
    root = tmp_path_factory.mktemp("desk")
    hostile.write_work(root)
    shutil.copytree(release, root / "release")
    (root / "notes").mkdir()
    (root / "notes/mine.txt").write_text("mine", encoding="utf-8")
    (root / "circle").symlink_to("circle")
    (root / "image").write_bytes(bytes(range(256)))
    os.mkfifo(root / "fifo")
    os.link(root / "raw/en/a.md", root / "hard.md")
    return root


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize("line", COMMAND_LINES, ids=" ".join)
def test_a_bad_command_line_ends_in_a_message(
    line: list[str], desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import io

    from duizhao.cli import app

    monkeypatch.chdir(desk)
    monkeypatch.setattr(sys, "argv", ["duizhao", *(word for word in line if word != "--debug")])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    monkeypatch.setenv("HF_TOKEN", "")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    before = contents(desk)
    code = run_in_process(app)
    said = capfd.readouterr().err
    assert code in (1, 2)
    assert said
    assert "Traceback" not in said
    assert "internal error" not in said
    assert "password" not in said
    assert "abcdefghijklmnop" not in said
    assert all(line == plain(line) for line in said.splitlines())
    assert contents(desk) == before


CLOSED = """
import os, sys
from pathlib import Path
from duizhao import DuizhaoError, build
build(Path("raw"), Path("first"), topic=False)  # all modules are loaded as who we are
Path(sys.argv[1]).chmod(0)
if os.geteuid() == 0:  # who may read everything
    os.setegid(65534)
    os.seteuid(65534)
try:
    build(Path("raw"), Path("out"), topic=False)
except DuizhaoError as error:
    print(error.id, error)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of POSIX")
@pytest.mark.parametrize(
    "closed",
    [
        "raw",
        "raw/zh",
        "raw/zh/a.txt",
        "annotations",
        "annotations/entities.jsonl",
        "DATASET_CARD.md",
        "CITATION.cff",
    ],
)
def test_what_may_not_be_read_is_told(closed: str) -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other users
        work = Path(name)
        hostile.write_work(work)
        for path in (work, *work.rglob("*")):
            path.chmod(0o777)
        command = [sys.executable, "-c", CLOSED, closed]
        done = subprocess.run(command, cwd=work, capture_output=True, encoding="utf-8", check=False)
        (work / closed).chmod(0o777)
    assert done.returncode == 0, done.stderr
    assert "Permission denied" in done.stdout

"""Bad input: one folder per mistake under ``mistakes/``, named by the error's or finding's id.

A folder holds what the user has, ``mistake.toml`` with what they type (``args``, or ``code`` for Python) and,
where the mistake is in a release, the edits that make it; ``expected.txt`` is what standard error must say.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from conftest import ROOT, Run

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MOST_LINES = 24
"""Lines that a mistake prints at most: what a terminal of 80 columns shows at once."""
RAISED = {"DuizhaoError", "InputError", "ReleaseError", "MissingExtra", "HubError", "Finding"}
READERS = {
    "read_bytes",
    "read_text",
    "read_json",
    "read_json_lines",
    "read_toml",
    "parse_yaml",
    "read_parquet",
}
FOLDER = Path(__file__).parent / "mistakes"
SHOWN_ELSEWHERE = {
    "being-built": "test_target.py: it takes two processes",
    "evidence-text": "test_consistency.py",
    "statement-text": "test_consistency.py",
    "wrong-order": "test_consistency.py",
    **dict.fromkeys(
        (
            "not-derived",
            "missing-record",
            "added-record",
            "other-order",
            "other-source",
            "other-file",
            "not-converted",
            "missing-cues",
            "card-rows",
        ),
        "test_verification.py: they take a release and its raw files",
    ),
    "changed-while-built": "test_faults.py: a file that changes while it is read",
    "bad-release": "a release that fails its own checks when written: no input is known to cause it",
    "no-opencc": "OpenCC is a dependency: the package cannot be installed without it",
    "raw-hash": "test_checks.py",
    "too-many-sentences": "test_alignment.py",
    "mention-text": "test_resolution.py",
    "unknown-format": "the command line checks the format itself, with exit code 2: test_formats.py",
    "worker-died": "test_corpus_build.py: it takes a process that is killed",
    "no-cluster": "test_corpus_cluster.py",
    "missing-extra": "test_encoders.py",
    "encoder-changed": "a version of the encoder package that is not out yet: test_encoders.py",
    "bad-token": "test_hub.py: only the Hub knows",
    "not-private": "test_hub.py: only the Hub knows",
    "hub-refused": "test_hub.py: only the Hub knows",
}


def first_words(tree: ast.AST) -> Iterator[str]:
    """First text of every call of an error or Finding, and of every yielded ("id", row[…], …)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
            parts = node.args
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
            # the id that a guarded reader is told
            parts = [part for part in node.args if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            parts = node.value.elts if any(isinstance(p, ast.Subscript) for p in node.value.elts[1:2]) else []
        else:
            continue
        if parts and isinstance(parts[0], ast.Constant) and isinstance(parts[0].value, str):
            yield parts[0].value


def ids() -> set[str]:
    """Every id of an error or finding in the code."""
    paths = sorted((ROOT / "src/duizhao").rglob("*.py"))
    found = {word for path in paths for word in first_words(ast.parse(path.read_text(encoding="utf-8")))}
    return {word for word in found if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word)}


def test_every_error_and_finding_has_a_folder_that_shows_it() -> None:
    shown = {path.name.split("--")[0] for path in FOLDER.iterdir() if path.is_dir()}
    assert ids() - shown - set(SHOWN_ELSEWHERE) == set()
    assert shown - ids() == set()


FOLDERS = sorted(path for path in FOLDER.iterdir() if path.is_dir())


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(path, id=path.name, marks=[pytest.mark.slow] if number % 20 else [])
        for number, path in enumerate(FOLDERS)
    ],
)
def test_a_mistake_gets_its_message_and_the_old_release_stays(
    folder: Path, run: Run, tmp_path: Path, small_release: Path
) -> None:
    work = tmp_path / "work"
    shutil.copytree(folder, work, symlinks=True)
    shutil.copytree(small_release, work / "release")
    mistake = tomllib.loads((folder / "mistake.toml").read_text(encoding="utf-8"))
    for edit in mistake.get("edit", []):
        _edit(work, edit)
    before = {path: path.read_bytes() for path in (work / "release").rglob("*") if path.is_file()}
    done = _do(mistake, run, work)
    assert done.stderr.replace("\\", "/") == (folder / "expected.txt").read_text(encoding="utf-8")
    assert done.returncode == mistake.get("exit", 1)
    lines = (done.stdout + done.stderr).splitlines()
    assert sum(max(1, -(-cell_len(line) // 80)) for line in lines) <= MOST_LINES
    assert {path: path.read_bytes() for path in (work / "release").rglob("*") if path.is_file()} == before


def _edit(work: Path, edit: dict[str, Any]) -> None:
    file = work / edit["file"]
    if "copy" in edit:
        shutil.copyfile(work / edit["copy"], file)
        return
    data = file.read_bytes()
    assert edit["find"].encode() in data, f"{edit['file']} does not hold {edit['find']!r}"
    file.write_bytes(data.replace(edit["find"].encode(), edit["put"].encode(), edit.get("count", 1)))


def _do(mistake: dict[str, Any], run: Run, work: Path) -> subprocess.CompletedProcess[str]:
    if "args" in mistake:
        return run(*mistake["args"], cwd=work)
    code = (
        f"import sys\nfrom duizhao import DuizhaoError\ntry:\n    {mistake['code']}\nexcept DuizhaoError "
        f"as error:\n    sys.exit(str(error))"
    )
    return subprocess.run(
        [sys.executable, "-c", code], cwd=work, capture_output=True, encoding="utf-8", check=False
    )

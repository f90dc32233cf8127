from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # it does not mark exports

from conftest import Run
from duizhao.errors import DuizhaoError
from duizhao.release.hub import plan_push
from hub_double import TOKEN, Hub, serve

Push = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve() as hub:
        yield hub


@pytest.fixture
def push(run: Run, hub: Hub, tmp_path: Path, small_release: Path) -> Push:
    """``push("--private", token=…)``: push a copy of the small release, which stands in ``tmp_path /
    "release"``.
    """
    shutil.copytree(small_release, tmp_path / "release")

    def call(*options: str, repo: str = "org/name", **env: str) -> subprocess.CompletedProcess[str]:
        return run(
            "push",
            repo,
            "release",
            *options,
            cwd=tmp_path,
            env=environment(tmp_path, **{"HF_ENDPOINT": hub.url, **env}),
        )

    return call


def environment(home: Path, **env: str) -> dict[str, str]:
    fixed = {
        "HF_HOME": str(home / "hf"),
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    return {**fixed, "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "0", "NO_PROXY": "127.0.0.1", **env}


def released(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.slow
def test_a_release_arrives_byte_for_byte_in_one_commit(push: Push, hub: Hub, tmp_path: Path) -> None:
    done = push()
    assert done.returncode == 0, done.stderr
    assert hub.files == released(tmp_path / "release")
    assert hub.messages[0].startswith("Duizhao release: ")
    assert len(hub.messages) == 1
    assert done.stdout == f"{hub.url}/datasets/org/name/commit/{'a' * 40}\n"
    assert "signed in as tester" in done.stderr
    assert hub.private is False


@pytest.mark.slow
def test_the_message_is_the_users_and_private_is_private(push: Push, hub: Hub) -> None:
    assert push("--private", "--message", "第一版").returncode == 0
    assert hub.messages == ["第一版"]
    assert hub.private is True


@pytest.mark.slow
def test_private_is_refused_where_the_repository_is_public_already(push: Push, hub: Hub) -> None:
    hub.private = False
    done = push("--private")
    assert (done.returncode, hub.files) == (1, {})
    assert done.stderr.splitlines()[-1].startswith(
        "error: org/name: not pushed: the repository exists and is public"
    )
    assert push().returncode == 0


@pytest.mark.slow
def test_a_dry_run_prints_every_file_with_its_size_and_asks_for_nothing(
    push: Push, hub: Hub, tmp_path: Path
) -> None:
    done = push("--dry-run", HF_TOKEN="")
    assert (done.returncode, done.stderr, hub.requests) == (0, "", [])
    lines = done.stdout.splitlines()
    shown = {line.split()[1]: int(line.split()[0].replace(",", "")) for line in lines[:-1]}
    assert shown == {name: len(data) for name, data in released(tmp_path / "release").items()}
    assert lines[-1].startswith(f"{len(shown)} files, {sum(shown.values()):,} bytes, to org/name: ")


@pytest.mark.slow
def test_what_is_not_of_the_release_does_not_go(push: Push, hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "release" / "notes.txt").write_text("mine", encoding="utf-8")
    assert push().returncode == 0
    assert "notes.txt" not in hub.files


@pytest.mark.slow
def test_a_tampered_or_invalid_release_is_refused_before_anything_is_sent(
    push: Push, hub: Hub, tmp_path: Path
) -> None:
    file = tmp_path / "release" / "sentences" / "test.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("灯塔", "燈塔", 1), encoding="utf-8")
    done = push()
    assert (done.returncode, hub.requests) == (1, [])
    assert done.stderr.startswith("error: not pushed: level 5 file-hash: sentences/test.jsonl")


@pytest.mark.slow
def test_no_token_is_told_before_anything_is_sent(push: Push, hub: Hub) -> None:
    done = push(HF_TOKEN="")
    assert (done.returncode, hub.requests) == (1, [])
    assert (
        done.stderr.splitlines()[-1]
        == "error: org/name: not pushed: no token; set HF_TOKEN or run: hf auth login"
    )


@pytest.mark.slow
@pytest.mark.parametrize("env", [{"HF_ENDPOINT": "http://127.0.0.1:9"}, {"HF_HUB_OFFLINE": "1"}])
def test_no_network_is_told_at_once(
    push: Push, hub: Hub, tmp_path: Path, run: Run, env: dict[str, str]
) -> None:
    start = time.monotonic()
    done = run(
        "push",
        "org/name",
        "release",
        cwd=tmp_path,
        env=environment(tmp_path, **{"HF_ENDPOINT": hub.url, **env}),
    )
    assert (done.returncode, hub.requests) == (1, [])
    assert done.stderr.splitlines()[-1].startswith("error: org/name: not pushed: ")
    assert "Traceback" not in done.stderr
    assert time.monotonic() - start < 20


@pytest.mark.slow
def test_a_wrong_token_and_one_that_may_only_read_are_told(push: Push, hub: Hub) -> None:
    assert "the Hub does not know this token" in push(HF_TOKEN="hf_wrong").stderr
    hub.role = "read"
    assert "this token may only read" in push().stderr
    assert hub.files == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/api/repos/create",
        "/api/validate-yaml",
        "/api/datasets/org/name/preupload",
        "/datasets/org/name.git",
        "/verify",
        "/api/datasets/org/name/commit",
    ],
)
def test_a_refusal_of_the_hub_is_one_line_whenever_it_comes(push: Push, hub: Hub, path: str) -> None:
    hub.refuse[path] = (403, "you may not write to org")
    done = push()
    assert (done.returncode, hub.files) == (1, {})
    assert done.stderr.splitlines()[-1].startswith("error: org/name: the Hub refused")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_card_that_the_hub_does_not_take_is_told(push: Push, hub: Hub) -> None:
    hub.refuse["/api/validate-yaml"] = (400, "wrong")
    assert "Invalid metadata in README.md" in push().stderr


@pytest.mark.parametrize(
    "repo",
    [
        "name",
        "a/b/c",
        "org/na me",
        "org/",
        "org/-name",
        "org/a--b",
        "org/a..b",
        "org/a.",
        "中文/name",
        "o/" + "x" * 95,
    ],
)
def test_a_name_that_is_no_repository_is_refused(repo: str, small_release: Path) -> None:
    with pytest.raises(DuizhaoError, match="give ORG/NAME"):
        plan_push(repo, small_release)


@pytest.mark.parametrize("repo", ["org/name", "Org-1/na.me_2-x"])
def test_a_name_that_the_hub_takes_is_taken(repo: str, small_release: Path) -> None:
    validate_repo_id(repo)
    assert plan_push(repo, small_release).repo == repo


@pytest.mark.slow
def test_a_pushed_release_is_the_same_again(push: Push, hub: Hub, tmp_path: Path) -> None:
    assert push().returncode == 0
    first = dict(hub.files)
    assert push().returncode == 0
    assert hub.files == first
    assert json.loads(hub.files["manifest.json"])["format"] == 1


@pytest.mark.slow
def test_a_push_never_says_a_credential(push: Push, hub: Hub) -> None:
    """The Hub echoes the token, the endpoint holds a password, the user gives a token as a name."""
    hub.refuse["/api/repos/create"] = (403, f"no right with Bearer {TOKEN} and {TOKEN}")
    said = push().stderr
    assert "the Hub refused (403): no right with Bearer …" in said
    assert TOKEN not in said
    secret = "s3cretword"
    gone = push(HF_ENDPOINT=f"http://user:{secret}@127.0.0.1:9")
    assert gone.returncode == 1
    assert secret not in gone.stderr + gone.stdout
    named = push(repo="hf_abcdefghijklmnop")
    assert "abcdefghijklmnop" not in named.stderr + named.stdout

"""Pushing a release to the Hub. Everything that can be known before is checked before the first byte goes."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duizhao.errors import DuizhaoError, HubError, InputError, ReleaseError, hide_credentials, one_line
from duizhao.records import FATAL_LEVELS
from duizhao.release.check import validate_release
from duizhao.release.manifest import read_manifest

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Say = Callable[[str], None]

_PART = r"(?![-.])(?:[A-Za-z0-9_]|[-.](?![-.]))+(?<![-.])"
_REPO = re.compile(f"{_PART}/{_PART}")
"""What the Hub takes as a name (https://huggingface.co/docs/huggingface_hub, ``validate_repo_id``), with an organization or user."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push sends where: the repository, the folder, and (path in the release, bytes) of each file, in order."""

    repo: str
    folder: Path
    files: tuple[tuple[str, int], ...]
    summary: str


def plan_push(repo: str, folder: Path) -> Plan:
    """A plan for a release that passes all its checks, made without the network.

    Only files that the manifest names go, and the manifest. Raises DuizhaoError ``bad-repo``, the errors of
    ``read_manifest``, or the first finding's id where the release is invalid or was tampered with.
    """
    _check_repo(repo)
    manifest = read_manifest(folder)
    findings, counts = validate_release(folder)
    wrong = [finding for finding in findings if finding.level in (*FATAL_LEVELS, 5)]
    if wrong:
        raise ReleaseError(wrong[0].id, "\n".join(f"not pushed: {finding}" for finding in wrong))
    names = sorted([*manifest["files"], "manifest.json"])
    files = tuple((name, (folder / name).stat().st_size) for name in names)
    return Plan(repo, folder, files, ", ".join(f"{count} {config}" for config, count in counts.items()))


def describe(plan: Plan) -> str:
    """Every file that would go with its size in bytes, one a line, and the sum."""
    width = max(len(f"{size:,}") for _, size in plan.files)
    lines = [f"{size:>{width},}  {name}" for name, size in plan.files]
    return "\n".join(
        [
            *lines,
            f"{len(plan.files)} files, {sum(size for _, size in plan.files):,} bytes, to {plan.repo}: {plan.summary}",
        ]
    )


def push(
    plan: Plan, *, private: bool = False, message: str | None = None, say: Say = lambda text: None
) -> str:
    """Upload what the plan says in one commit and return the commit's address; the repository is made where it is missing.

    Raises DuizhaoError, before anything is sent: ``no-token``, ``no-network``, ``bad-token``; and ``not-private`` where
    ``private`` was asked of a repository that is public already, ``hub-refused`` where the Hub says no.
    """
    from huggingface_hub import HfApi, get_token

    token = get_token()
    if not token:
        raise HubError("no-token", f"{plan.repo}: not pushed: no token; set HF_TOKEN or run: hf auth login")
    api = HfApi(library_name="duizhao")
    with _explained(plan.repo, api.endpoint, token):
        say(f"signed in as {_sign_in(api, plan.repo)}")
        api.create_repo(plan.repo, repo_type="dataset", private=private, exist_ok=True)
        if private:
            _check_private(api, plan.repo)
        done = api.upload_folder(
            repo_id=plan.repo,
            repo_type="dataset",
            folder_path=plan.folder,
            allow_patterns=[glob.escape(name) for name, _ in plan.files],
            commit_message=message or f"Duizhao release: {plan.summary}",
        )
    return hide_credentials(str(done.commit_url), token)


def _check_repo(repo: str) -> None:
    if len(repo) > 96 or not _REPO.fullmatch(repo):
        raise InputError(
            "bad-repo",
            f"{hide_credentials(repo)}: not the name of a repository: give ORG/NAME, of letters, digits, '_', and '-' or '.' inside",
        )


def _sign_in(api: HfApi, repo: str) -> str:
    """The name that the token belongs to: the first request, which also shows whether there is a network."""
    me = api.whoami()
    if (me.get("auth") or {}).get("accessToken", {}).get("role") == "read":
        raise HubError("bad-token", f"{repo}: not pushed: this token may only read; make one that may write")
    return str(me["name"])


def _check_private(api: HfApi, repo: str) -> None:
    if not api.dataset_info(repo).private:
        raise HubError(
            "not-private",
            f"{repo}: not pushed: the repository exists and is public; make it private there, or leave --private out",
        )


@contextmanager
def _explained(repo: str, endpoint: str, token: str) -> Iterator[None]:
    """Turn what the library raises into one line without credentials."""
    try:
        yield
    except DuizhaoError as error:
        raise type(error)(error.id, hide_credentials(str(error), token)) from None
    except Exception as error:
        told = _explain(repo, endpoint, error)
        if told is None:
            raise
        raise HubError(told.id, hide_credentials(str(told), token)) from None


def _explain(repo: str, endpoint: str, error: Exception) -> HubError | None:
    """What the library raised, for the user; None for a fault of ours."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled):
        return HubError("no-network", f"{repo}: not pushed: HF_HUB_OFFLINE is set; unset it to push")
    if isinstance(error, HfHubHTTPError):
        return _refusal(repo, error)
    if isinstance(error, ValueError):  # the Hub's own check of the card's YAML
        return HubError("hub-refused", f"{repo}: the Hub refused: {' '.join(str(error).split())}")
    # A file's upload fails in a thread, with the cause behind a RuntimeError.
    cause = error.__cause__ or error
    if isinstance(cause, HfHubHTTPError):
        return _refusal(repo, cause)
    if not _is_network(cause):
        return None
    return HubError("no-network", f"{repo}: not pushed: {endpoint} cannot be reached ({one_line(cause)})")


def _refusal(repo: str, error: Any) -> HubError:
    """What an HTTP error of the Hub means to the user."""
    status = getattr(error.response, "status_code", None)
    if status == 401:
        return HubError(
            "bad-token",
            f"{repo}: not pushed: the Hub does not know this token; set another HF_TOKEN or run: hf auth login",
        )
    return HubError(
        "hub-refused", f"{repo}: the Hub refused ({status}): {one_line(error.server_message or error)}"
    )


def _is_network(error: BaseException) -> bool:
    """Connections that fail, by whichever client the library has: requests, httpx or its successor."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, OSError) or bool(kinds & {"TransportError", "RequestException", "ConnectError"})

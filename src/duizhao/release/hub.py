"""Upload a release to the Hub.

Everything that can be checked in advance is checked before anything is sent.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duizhao.errors import (
    DuizhaoError,
    HubError,
    InputError,
    ReleaseError,
    counted,
    hide_credentials,
    one_line,
)
from duizhao.records import FATAL_LEVELS
from duizhao.release.check import validate_release
from duizhao.release.manifest import read_manifest

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Say = Callable[[str], None]

_PART = r"(?![-.])(?:[A-Za-z0-9_]|[-.](?![-.]))+(?<![-.])"
_REPO = re.compile(f"{_PART}/{_PART}")
"""The names that the Hub accepts, with an organization or user.

Source: https://huggingface.co/docs/huggingface_hub, ``validate_repo_id``.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push sends: the repository, the folder, and path and size in bytes of each file, in order."""

    repo: str
    folder: Path
    files: tuple[tuple[str, int], ...]
    summary: str


def plan_push(repo: str, folder: Path) -> Plan:
    """Make the plan for a release that passes all checks. The network is not used.

    A push sends the files that the manifest names, and the manifest. Raises DuizhaoError ``bad-repo``, the
    errors of ``read_manifest``, or an error with the id of the first finding if the release is invalid.
    """
    _check_repo(repo)
    manifest = read_manifest(folder)
    findings, counts = validate_release(folder)
    wrong = [finding for finding in findings if finding.level in (*FATAL_LEVELS, 5)]
    if wrong:
        raise ReleaseError(wrong[0].id, "\n".join(f"not pushed: {finding}" for finding in wrong))
    names = sorted([*manifest["files"], "manifest.json"])
    files = tuple((name, (folder / name).stat().st_size) for name in names)
    return Plan(repo, folder, files, ", ".join(counted(count, config) for config, count in counts.items()))


def describe(plan: Plan) -> str:
    """List every file that would be sent, one on each line, with its size in bytes, and the sum."""
    size = sum(size for _, size in plan.files)
    width = max(len(f"{size:,}") for _, size in plan.files)
    lines = [f"{size:>{width},}  {name}" for name, size in plan.files]
    return "\n".join(
        [
            *lines,
            f"{counted(len(plan.files), 'files')}, {counted(size, 'bytes')}, to {plan.repo}: {plan.summary}",
        ]
    )


def push(
    plan: Plan, *, private: bool = False, message: str | None = None, say: Say = lambda text: None
) -> str:
    """Upload the files of a plan in one commit and return the URL of the commit.

    The repository is created if it does not exist. Raises DuizhaoError ``no-token``, ``no-network`` or
    ``bad-token`` before anything is sent; ``not-private`` if ``private`` is set but the repository is already
    public; and ``hub-refused`` if the Hub refuses.
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
            f"{hide_credentials(repo)}: not the name of a repository: give ORG/NAME, of letters, digits, "
            f"'_', and '-' or '.' inside",
        )


def _sign_in(api: HfApi, repo: str) -> str:
    """Return the user of the token. This is the first request, so it also shows whether the network works."""
    me = api.whoami()
    if (me.get("auth") or {}).get("accessToken", {}).get("role") == "read":
        raise HubError("bad-token", f"{repo}: not pushed: this token may only read; make one that may write")
    return str(me["name"])


def _check_private(api: HfApi, repo: str) -> None:
    if not api.dataset_info(repo).private:
        raise HubError(
            "not-private",
            f"{repo}: not pushed: the repository exists and is public; "
            "make it private there, or leave --private out",
        )


@contextmanager
def _explained(repo: str, endpoint: str, token: str) -> Iterator[None]:
    """Turn errors of the library into a HubError of one line without credentials."""
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
    """Turn an error of the library into a message for the user; None if it is a fault of Duizhao."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled):
        return HubError("no-network", f"{repo}: not pushed: HF_HUB_OFFLINE is set; unset it to push")
    if isinstance(error, HfHubHTTPError):
        return _refusal(repo, error)
    if isinstance(error, ValueError):  # the Hub's own check of the card's YAML
        return HubError("hub-refused", f"{repo}: the Hub refused: {' '.join(str(error).split())}")
    # Uploads run in threads. There the library raises a RuntimeError, and its cause is the real error.
    cause = error.__cause__ or error
    if isinstance(cause, HfHubHTTPError):
        return _refusal(repo, cause)
    if not _is_network(cause):
        return None
    return HubError("no-network", f"{repo}: not pushed: {endpoint} cannot be reached ({one_line(cause)})")


def _refusal(repo: str, error: Any) -> HubError:
    """Explain an HTTP error of the Hub to the user."""
    status = getattr(error.response, "status_code", None)
    if status == 401:
        return HubError(
            "bad-token",
            f"{repo}: not pushed: the Hub does not know this token; "
            "set another HF_TOKEN or run: hf auth login",
        )
    return HubError(
        "hub-refused", f"{repo}: the Hub refused ({status}): {one_line(error.server_message or error)}"
    )


def _is_network(error: BaseException) -> bool:
    """Return whether an error is a failed connection.

    The library may use requests, httpx or a later client.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, OSError) or bool(kinds & {"TransportError", "RequestException", "ConnectError"})

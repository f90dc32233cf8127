"""A small double of the Hub: the endpoints that huggingface_hub calls to push a dataset, over HTTP on
127.0.0.1.

It keeps what it is sent, refuses what it is told to refuse, and knows no token but ``TOKEN``.
Of the two ways that large files go, it has LFS (``HF_HUB_DISABLE_XET=1``).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import yaml

TOKEN = "hf_double"


@dataclass
class Hub:
    """State of the double: ``refuse`` maps a path's beginning to the (status, message) that it gets."""

    url: str = ""
    role: str = "write"
    private: bool | None = None
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: bytes, token: str) -> tuple[int, Any]:
        if path.startswith("/storage/"):
            self.objects[path.rsplit("/", 1)[1]] = body
            return 200, None
        if token != f"Bearer {TOKEN}":
            return 401, {"error": "Invalid credentials in Authorization header"}
        refused = next((answer for start, answer in self.refuse.items() if path.startswith(start)), None)
        if refused:
            return refused[0], {"error": refused[1]}
        for pattern, reply in ROUTES:
            if re.fullmatch(pattern, f"{method} {path}"):
                return reply(self, body)
        return 404, {"error": f"the double has no {method} {path}"}


def _whoami(hub: Hub, body: bytes) -> tuple[int, Any]:
    return 200, {"type": "user", "name": "tester", "orgs": [], "auth": {"accessToken": {"role": hub.role}}}


def _create(hub: Hub, body: bytes) -> tuple[int, Any]:
    told = json.loads(body)
    name = f"{told['organization']}/{told['name']}"
    if hub.private is not None:
        return 409, {"error": "You already created this dataset repo", "url": f"{hub.url}/datasets/{name}"}
    hub.private = told.get("visibility") == "private" or bool(told.get("private"))
    return 200, {"url": f"{hub.url}/datasets/{name}", "name": name}


def _info(hub: Hub, body: bytes) -> tuple[int, Any]:
    if hub.private is None:
        return 404, {"error": "Repository not found"}
    return 200, {"id": "org/name", "private": hub.private, "sha": "0" * 40, "siblings": []}


def _validate_yaml(hub: Hub, body: bytes) -> tuple[int, Any]:
    head = yaml.safe_load(json.loads(body)["content"].split("---\n")[1])
    wrong = [] if isinstance(head.get("configs"), list) else [{"message": '"configs" must be an array'}]
    return (400 if wrong else 200), {"errors": wrong, "warnings": []}


def _preupload(hub: Hub, body: bytes) -> tuple[int, Any]:
    files = json.loads(body)["files"]
    mode = {True: "lfs", False: "regular"}
    return 200, {
        "files": [
            {"path": f["path"], "uploadMode": mode[f["path"].endswith(".parquet")], "shouldIgnore": False}
            for f in files
        ]
    }


def _batch(hub: Hub, body: bytes) -> tuple[int, Any]:
    actions = [
        {
            **wanted,
            "actions": {
                "upload": {"href": f"{hub.url}/storage/{wanted['oid']}"},
                "verify": {"href": f"{hub.url}/verify"},
            },
        }
        for wanted in json.loads(body)["objects"]
    ]
    return 200, {"transfer": "basic", "objects": actions}


def _verify(hub: Hub, body: bytes) -> tuple[int, Any]:
    told = json.loads(body)
    stored = hub.objects.get(told["oid"], b"")
    right = len(stored) == told["size"] and hashlib.sha256(stored).hexdigest() == told["oid"]
    return (200 if right else 422), {}


def _commit(hub: Hub, body: bytes) -> tuple[int, Any]:
    for line in body.decode().splitlines():
        entry = json.loads(line)
        value = entry["value"]
        if entry["key"] == "header":
            hub.messages.append(value["summary"])
        else:
            hub.files[value["path"]] = (
                base64.b64decode(value["content"]) if entry["key"] == "file" else hub.objects[value["oid"]]
            )
    return 200, {
        "commitUrl": f"{hub.url}/datasets/org/name/commit/{'a' * 40}",
        "commitOid": "a" * 40,
        "success": True,
    }


ROUTES = (
    (r"GET /api/whoami-v2", _whoami),
    (r"POST /api/repos/create", _create),
    (r"GET /api/datasets/org/name(/revision/.+)?", _info),
    (r"POST /api/validate-yaml", _validate_yaml),
    (r"POST /api/datasets/org/name/preupload/main", _preupload),
    (r"POST /datasets/org/name\.git/info/lfs/objects/batch", _batch),
    (r"POST /verify", _verify),
    (r"POST /api/datasets/org/name/commit/main", _commit),
)


@contextmanager
def serve() -> Iterator[Hub]:
    """A double that answers on a free port of 127.0.0.1 until the block ends."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            body = self._body()
            path = self.path.split("?")[0]
            hub.requests.append(f"{self.command} {path}")
            status, answer = hub.answer(self.command, path, body, self.headers.get("Authorization", ""))
            data = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        do_GET = do_POST = do_PUT = _reply  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The viewer: turns records into one self-contained HTML page. A small server can serve the page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any

from duizhao.languages import KEYS

FIELDS: dict[str, tuple[str, ...]] = {
    "articles": (
        *("id", "title", "byline", "publisher", "published", "url", "translated_from"),
        *("source_script", "genre", "raw_path", "en_path", "chars"),
    ),
    "sentences": (
        *("id", "article_id", "position", "paragraph", "role", "speaker"),
        *KEYS,
        *("bead", "score", "raw_spans", "en_spans"),
    ),
    "blocks": (
        "article_id",
        "language",
        "position",
        "raw_start",
        "raw_end",
        "text",
        "label",
        "category",
        "reason",
    ),
    "entities": ("id", "type", "names", "wikidata", "description"),
    "mentions": ("entity_id", "sentence_id", "language", "start", "end"),
    "events": ("id", "start", "end", "precision", "timezone", "title", "participants", "evidence"),
    "claims": (
        "id",
        "premise_id",
        "hypothesis_id",
        "premise",
        "hypothesis",
        "context",
        "label",
        "topic",
        "explanation",
        "public_record",
    ),
    "questions": ("id", "article_ids", "question", "choices", "answer", "evidence", "type"),
}
"""The fields of each config that the page needs. A text that is already in another record is left out."""


def render(records: Mapping[str, Sequence[Mapping[str, Any]]], *, title: str) -> str:
    """Return the HTML page that shows ``records``. It uses no network. The same records give the same bytes.

    ``records`` maps the name of a config to its rows, as in the JSON Lines of the release. ``sentences``,
    ``articles`` and ``blocks`` are required. Each of ``entities``, ``mentions``, ``events``, ``claims`` and
    ``questions`` adds a view. Other configs are ignored.
    """
    style, script = _asset("viewer.css"), _asset("viewer.js")
    policy = {
        "default-src": "'none'",
        "script-src": _source_hash(script),
        "style-src": _source_hash(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    parts = {
        "title": escape(title),
        "policy": "; ".join(f"{directive} {value}" for directive, value in policy.items()),
        "style": style,
        "records": _escape_json(
            {config: _columns(records.get(config, ()), fields) for config, fields in FIELDS.items()}
        ),
        "script": script,
    }
    # One pass over the template, so that a placeholder inside the inserted data is not replaced.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _asset("viewer.html"))


def serve(html: str, port: int = 0) -> None:
    """Serve the page on 127.0.0.1 until interrupted, and print the address. Port 0 means any free port."""
    with make_server(html, port) as server:
        print(f"http://127.0.0.1:{server.server_port}/  (stop with Ctrl-C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def make_server(html: str, port: int = 0) -> ThreadingHTTPServer:
    """Make a server for one page, bound to 127.0.0.1 but not yet running.

    Raises OSError if the port is in use.
    """
    body = html.encode("utf-8")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            # Refuse other host names. A foreign site could use a name of this machine to read the page.
            name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
            if name not in ("127.0.0.1", "localhost"):
                self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            elif self.path.partition("?")[0] != "/":
                self.send_error(HTTPStatus.NOT_FOUND)
            else:
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("X-Content-Type-Options", "nosniff")
                self.end_headers()
                if with_body:
                    self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Print no line for each request. The user needs only the address."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def _columns(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> dict[str, list[Any]]:
    """Turn rows into columns. Then each field name is written once, not in every row."""
    columns = {field: [row.get(field) for row in rows] for field in fields}
    if "evidence" in columns:
        columns["evidence"] = [
            [item["sentence_id"] for item in evidence or ()] for evidence in columns["evidence"]
        ]
    return columns


def _escape_json(value: Any) -> str:
    r"""Return JSON that is safe inside a ``script`` element.

    No character in it can end the element or a line of script. Lone surrogates are escaped, because UTF-8
    cannot write them.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub(
        "[<>&\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text
    )


def _source_hash(text: str) -> str:
    """Return the Content-Security-Policy source that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _asset(name: str) -> str:
    """Read a file beside this module, with ``\\n`` line ends: browsers convert line ends before they hash."""
    return files(__package__).joinpath(name).read_bytes().decode("utf-8").replace("\r\n", "\n")

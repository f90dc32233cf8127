"""Where a page is read: written to a disk, or served to a browser of this machine."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from duizhao.errors import InputError
from duizhao.files import reason, show, write_file
from duizhao.report.viewer.page import Page

_OURS = "duizhaoPart("
"""How every file begins that belongs to a page."""


def write_page(page: Page, out: Path) -> None:
    """Write a page to ``out`` and its files into its folder beside it.

    Files that an earlier page left in that folder are removed; other files there
    stay. Raises InputError ``cannot-write``.
    """
    folder = out.parent / page.folder
    if page.files:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(folder.glob("part-*.js")):
                if old.name not in page.files and old.read_bytes().startswith(_OURS.encode()):
                    old.unlink()
        except OSError as error:
            raise InputError("cannot-write", f"{show(folder)}: cannot be written ({reason(error)})") from None
    for name, text in page.files.items():
        write_file(folder / name, text)
    write_file(out, page.html)


def serve(page: Page, port: int = 0) -> None:
    """Serve the page on 127.0.0.1 until interrupted, and print the address. Port 0 means any free port."""
    with make_server(page, port) as server:
        print(f"http://127.0.0.1:{server.server_port}/  (stop with Ctrl-C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def make_server(page: Page, port: int = 0) -> ThreadingHTTPServer:
    """Make a server for a page and its files, bound to 127.0.0.1 but not yet running.

    Raises OSError if the port is in use.
    """
    bodies = {"/": ("text/html", page.html.encode("utf-8"))}
    for name, text in page.files.items():
        bodies[f"/{page.folder}/{name}"] = ("text/javascript", text.encode("utf-8"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            # Refuse other host names. A foreign site could use a name of this machine to read the page.
            name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
            found = bodies.get(unquote(self.path.partition("?")[0]))
            if name not in ("127.0.0.1", "localhost"):
                self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            elif found is None:
                self.send_error(HTTPStatus.NOT_FOUND)
            else:
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", f"{found[0]}; charset=utf-8")
                self.send_header("Content-Length", str(len(found[1])))
                self.send_header("Cache-Control", "no-store")
                self.send_header("X-Content-Type-Options", "nosniff")
                self.send_header("Cross-Origin-Resource-Policy", "same-origin")
                self.end_headers()
                if with_body:
                    self.wfile.write(found[1])

        def log_message(self, format: str, *args: Any) -> None:
            """Print no line for each request. The user needs only the address."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)

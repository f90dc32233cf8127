"""Read a Word file (.docx) with mammoth: its paragraphs, headings, list items, rows
of tables and footnotes.
"""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser

from duizhao.errors import InputError, MissingExtra
from duizhao.text import Block, raised

EXTRACTION = "duizhao docx 2"
"""Name and version of the rules that make a text of a Word file."""

MOST_BYTES = 200_000_000
"""The most bytes that the parts of a file may have when they are unpacked."""

_BLOCKS = {f"h{level}": "heading" for level in range(1, 7)} | {
    "p": "paragraph",
    "li": "list_item",
    "tr": "table",
}
_CELLS = ("td", "th")
_NOTE = re.compile("(?:foot|end)note-ref-")
"""The id of a mark of a footnote or an endnote, as mammoth writes it."""


def is_docx(name: str) -> bool:
    """Return whether a file is a Word file, by the end of its name."""
    return name.lower().endswith(".docx")


def read_docx(data: bytes, name: str) -> tuple[str, tuple[Block, ...]]:
    """Return the text of a Word file and its blocks, with an empty line between two of them.

    Headers, footers, comments, pictures and the marks of footnotes are not read. A row of a table is one
    block, its cells parted by tabs. Messages show ``name``. Raises InputError ``bad-docx`` for what is no
    Word file, MissingExtra if mammoth is not installed.
    """
    try:
        import mammoth
    except ImportError:
        raise MissingExtra(
            "missing-extra", f"{name}: reading .docx needs mammoth; run: pip install 'duizhao[docx]'"
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > MOST_BYTES:
                raise InputError(
                    "bad-docx",
                    f"{name}: unpacks to {size:,} bytes; at most {MOST_BYTES:,} are read; divide it",
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!ENTITY" in archive.read(part):
                    raise InputError(
                        "bad-docx",
                        f"{name}: declares an entity in {part.filename}, which is not read; save it again",
                    )
        html = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=mammoth.images.img_element(lambda image: {"src": ""})
        ).value
    except InputError:
        raise
    except Exception as error:  # mammoth raises whatever its parsers raise
        told = str(error).partition("\n")[0] or type(error).__name__
        raise InputError(
            "bad-docx",
            f"{name}: is not a Word file that can be read ({told}); save it again as .docx or .txt",
        ) from None
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts), tuple(reader.blocks)


class _Reader(HTMLParser):
    """Collects the blocks of mammoth's HTML. What stands in no block is a paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self._length = 0
        self._words: list[str] = []
        self._in_row = 0
        self._skips = False
        self._raised: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "sup":
            self._raised = []
        elif tag == "a":
            self._skips = any(name == "id" and _NOTE.search(value or "") for name, value in attrs)
        elif tag == "tr":
            if not self._in_row:  # a table inside a cell belongs to the row of the cell
                self._end("paragraph")
            self._in_row += 1
        elif tag in _BLOCKS and not self._in_row:
            self._end("paragraph")
        elif tag in _CELLS and self._words:
            self._words.append("\t")
        elif tag == "br":
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "sup":
            self._end_raised()
        elif tag == "a":
            self._skips = False
        elif tag == "tr":
            self._in_row -= 1
            if not self._in_row:
                self._end("table")
        elif tag in _BLOCKS and not self._in_row:
            self._end(_BLOCKS[tag])

    def handle_data(self, data: str) -> None:
        if not self._skips:
            (self._words if self._raised is None else self._raised).append(data)

    def _end_raised(self) -> None:
        """End a superscript: 10 and a raised 9 are 10⁹ and not 109."""
        self._words.append(raised("".join(self._raised or ())))
        self._raised = None

    def close(self) -> None:
        super().close()
        self._end("paragraph")

    def _end(self, kind: str) -> None:
        """End a block: write its text, and a blank line behind it."""
        self._end_raised()
        cells = ["".join(part).strip(" \n↑") for part in "".join(self._words).split("\t")]
        self._words = []
        text = "\t".join(cells).strip() if kind == "table" else " ".join(" ".join(cells).split())
        if text:
            start, end = self._length, self._length + len(text)
            self.blocks.append(Block(kind, start, end, ((start, end),)))
            self.parts += [text, "\n\n"]
            self._length = end + 2

"""Files of a raw folder that are no articles: READMEs, lists of links, pages without a text of their own."""

from __future__ import annotations

import re
from pathlib import Path

from duizhao.errors import DuizhaoError
from duizhao.files import read_bytes
from duizhao.sources.decode import decode, decode_html
from duizhao.sources.page import read_page
from duizhao.sources.tree import is_hidden

CONTENTS = "a list of links, as the contents of a book; sources.toml can name it as an article"
EMPTY = "a page without text, or one that only leads to another one; sources.toml can name it as an article"

_NAMES = frozenset(("README", "LICENSE", "THUMBS", "DESKTOP"))
_OF_CONTENTS = frozenset(("summary", "_sidebar", "_navbar", "sidebar"))
"""Names of the files in which GitBook and docsify keep the contents of a book."""
_LINKS = re.compile(r"[ \t]*(?:[-*+][ \t]+|\d{1,3}[.)][ \t]+)?\[[^\]\n]{1,200}\]\([^)\n]{0,300}\)[ \t]*")
_LABEL = re.compile(r"[ \t]*(?:#{1,6}[ \t]|[-*+][ \t]|<!--|-{3,}|\*{3,})[^\n]{0,60}")
"""A line of such a file that is a link, and one that may stand between links."""
_LARGEST_PAGE, _LARGEST_LIST = 20_000, 1_000_000
"""Bytes of the largest files that may be such a page or list."""
_REFRESH = re.compile(r"<meta\b[^<>]{0,200}http-equiv\s{0,9}=\s{0,9}[\"']?refresh\b", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|head|body|title|meta)\b", re.IGNORECASE)
_NOTICE = 100
"""Characters of text that a page may have that leads to another address."""


def is_readme(path: Path) -> bool:
    """Whether a file is a README by its name."""
    return path.stem.upper() == "README"


def is_aside(path: Path) -> bool:
    """Whether a file is one that stands beside articles by its name: a README, a licence, a hidden file."""
    return is_hidden(path) or path.stem.upper() in _NAMES


def why_no_article(path: Path) -> str | None:
    """Why a text or page is no article although its name does not say so; None for all others."""
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        return EMPTY if _is_empty_page(path) else None
    if suffix in (".md", ".txt") and path.stem.lower() in _OF_CONTENTS:
        return CONTENTS if _is_contents(path) else None
    return None


def _is_empty_page(path: Path) -> bool:
    """Whether a page has no text and no script that could make one, or leads to another address."""
    raw = _text(path, _LARGEST_PAGE)
    if raw is None or not _PAGE.search(raw):
        return False
    leads = _REFRESH.search(raw) is not None
    if not leads and "<script" in raw.lower():
        return False
    return sum(len(unit.text) for unit in read_page(raw).units) <= (_NOTICE if leads else 0)


def _is_contents(path: Path) -> bool:
    """Whether most lines of a text are links, and the others are headings or labels."""
    raw = _text(path, _LARGEST_LIST)
    lines = [line for line in (raw or "").lstrip("\ufeff").splitlines() if line.strip()]
    links = sum(_LINKS.fullmatch(line) is not None for line in lines)
    return 2 * links > len(lines) and all(_LINKS.fullmatch(line) or _LABEL.fullmatch(line) for line in lines)


def _text(path: Path, most: int) -> str | None:
    """The text of a file; None where it is too large or cannot be read."""
    try:
        if path.stat().st_size > most:
            return None
        data = read_bytes(path, "unreadable-file", None)
        page = path.suffix.lower() in (".html", ".htm")
        return (decode_html if page else decode)(data, path.as_posix()).text
    except (OSError, DuizhaoError):  # it is told where the file is read as an article
        return None

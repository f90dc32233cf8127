"""The files beside the card that are shipped with the release: errata, licence, pictures, citation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from duizhao import schema
from duizhao.errors import InputError
from duizhao.files import parse_yaml, read_text, show
from duizhao.release.card import split_card
from duizhao.release.manifest import is_path

PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")
"""File name endings of the pictures that a card may show from its own folder."""

_PICTURE = re.compile(r"!\[[^\]]*\]\((?:<([^>\n]*)>|([^)\s]+))[^)]*\)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

_MADE = ("readme.md", "croissant.json", "manifest.json")
"""Files that the build itself writes into every release.

In lower case, because some file systems ignore case.
"""


@dataclass(frozen=True, slots=True)
class Attachments:
    """The text of the card (None if there is no card), the files to ship, and the parsed CITATION.cff.

    The files are given by their paths in the release.
    """

    card: str | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    citation: Mapping[str, Any] | None = None


def read_attachments(card: Path) -> Attachments:
    """Read the card, the files beside it that belong to it, and the licence and pictures that it links to.

    ``ERRATA.md`` and ``CITATION.cff`` belong to it. Only files inside the card's folder are shipped. A
    symbolic link that leads out of the folder is refused. Raises InputError ``bad-card`` if the card cannot
    be read or a linked file cannot be shipped, and ``bad-citation``.
    """
    if not card.exists():
        return Attachments()
    text = read_text(card, "bad-card")
    head, _ = split_card(text, show(card))
    beside = [name for name in ("ERRATA.md", "CITATION.cff") if (card.parent / name).is_file()]
    terms = [name] if (name := _inside(str(head.get("license_link", "")))) else []
    pictures = find_pictures(text)
    problems = [
        f"{show(card)}: shows {name}, which is no picture; allowed: {', '.join(PICTURES)}"
        for name in pictures
        if not name.lower().endswith(PICTURES)
    ]
    names = [name for name in dict.fromkeys((*beside, *terms, *pictures)) if name.lower() not in _MADE]
    problems += [f"{show(card)}: {problem}" for name in names if (problem := _check_link(card.parent, name))]
    if problems:
        raise InputError("bad-card", "\n".join(problems))
    files = {name: card.parent / name for name in names}
    return Attachments(text, files, read_citation(card.parent / "CITATION.cff"))


def find_pictures(text: str) -> list[str]:
    """Return the paths of the pictures that a text shows from the card's folder, in order, each once."""
    links = (match[1] or match[2] or "" for match in _PICTURE.finditer(text))
    return list(dict.fromkeys(name for link in links if (name := _inside(link))))


def read_citation(file: Path) -> dict[str, Any] | None:
    """Parse a CITATION.cff. None if the file does not exist. Raises InputError ``bad-citation``."""
    if not file.exists():
        return None
    citation = parse_yaml(read_text(file, "bad-citation"), show(file), "bad-citation")
    problems = schema.problems("release/citation", citation)
    if problems:
        lines = (f"{show(file)}: not a citation: {field}: {message}" for field, message in problems)
        raise InputError("bad-citation", "\n".join(lines))
    return dict(citation)


def _inside(link: str) -> str | None:
    """Return the path of a link inside the card's folder; None for a URL, an anchor or any other path."""
    link = unquote(link)
    if not link or link.startswith(("/", "#", "\\")) or _SCHEME.match(link):
        return None
    path = PurePosixPath(link)
    return None if ".." in path.parts or not path.parts else path.as_posix()


def _check_link(folder: Path, name: str) -> str | None:
    """Return why a file cannot be shipped, or None if it can."""
    first = PurePosixPath(name).parts[0]
    if not is_path(name):
        return f"links to {name!r}, which cannot be the name of a released file; rename it"
    if any(part.startswith(".") for part in PurePosixPath(name).parts):
        return f"links to {name}, which is hidden; rename it"
    if first.lower() in schema.available():
        return f"links to {name}, but a release keeps its rows in {first}; move the file to another folder"
    try:
        leads_out = not (folder / name).resolve().is_relative_to(folder.resolve())
        if not (folder / name).is_file():
            return f"links to {name}, which is not there"
    except (OSError, RuntimeError, ValueError):
        return f"links to {name}, which cannot be read"
    return (
        f"links to {name}, which leads out of its folder; copy the file there instead" if leads_out else None
    )

"""What stands beside the card and goes with the release: errata, the licence, pictures, the citation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from duizhao.errors import DuizhaoError

_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)[^)]*\)")
_LICENSE_LINK = re.compile(r"^license_link: *[\"']?([^\"'\n]+?)[\"']? *$", re.MULTILINE)

_MADE = ("README.md", "croissant.json", "manifest.json")
"""Files that every release makes itself."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """The card's text (None: there is no card), the files to ship by their path in the release, the parsed CITATION.cff."""

    card: str | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    citation: Mapping[str, Any] | None = None


def read_attachments(card: Path) -> Attachments:
    """The card and what belongs to it: ``ERRATA.md`` and ``CITATION.cff`` beside it, the licence and pictures that it links to.

    Raises DuizhaoError ``bad-card`` for a licence or a picture that is not there, ``bad-citation``.
    """
    if not card.is_file():
        return Attachments()
    text = card.read_text(encoding="utf-8")
    beside = [name for name in ("ERRATA.md", "CITATION.cff") if (card.parent / name).is_file()]
    linked = [
        name
        for name in (*_LICENSE_LINK.findall(text), *find_pictures(text))
        if _is_inside(name) and name not in _MADE
    ]
    files = {name: card.parent / name for name in (*beside, *linked)}
    for name, file in files.items():
        if not file.is_file():
            raise DuizhaoError("bad-card", f"{card}: links to {name}, which is not there")
    return Attachments(text, files, read_citation(card.parent / "CITATION.cff"))


def find_pictures(text: str) -> list[str]:
    """Pictures that a Markdown text shows from its own folder, by their paths, in order, each once."""
    return list(dict.fromkeys(name for name in _PICTURE.findall(text) if _is_inside(name)))


def read_citation(file: Path) -> dict[str, Any] | None:
    """A parsed CITATION.cff; None where there is none. Raises DuizhaoError ``bad-citation``."""
    if not file.is_file():
        return None
    try:
        citation = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DuizhaoError(
            "bad-citation", f"{file}: cannot be read as YAML ({str(error).splitlines()[0]})"
        ) from None
    authors = citation.get("authors", []) if isinstance(citation, dict) else None
    if not isinstance(authors, list) or not all(isinstance(author, dict) for author in authors):
        raise DuizhaoError(
            "bad-citation",
            f"{file}: not a citation: it must be a mapping, and its authors a list of mappings",
        )
    return dict(citation)


def _is_inside(name: str) -> bool:
    return (
        "://" not in name
        and not name.startswith(("/", "#", "data:"))
        and ".." not in PurePosixPath(name).parts
    )

"""Duizhao: bilingual Chinese-English datasets that can be trusted to the character.

Names are imported when first used, so that ``import duizhao`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duizhao.imports import import_name

if TYPE_CHECKING:
    from duizhao.alignment import Bead, align
    from duizhao.builder import build_release as build
    from duizhao.cleaning import clean
    from duizhao.errors import (
        DuizhaoError,
        Finding,
        HubError,
        InputError,
        MissingExtra,
        ReleaseError,
    )
    from duizhao.release import load
    from duizhao.release import validate_release as validate
    from duizhao.text import convert
    from duizhao.text import split_sentences as split
    from duizhao.verification import verify

__version__ = "0.2.0"

_HOMES = {
    "Bead": "alignment",
    "DuizhaoError": "errors",
    "Finding": "errors",
    "HubError": "errors",
    "InputError": "errors",
    "MissingExtra": "errors",
    "ReleaseError": "errors",
    "align": "alignment",
    "build": "builder:build_release",
    "clean": "cleaning",
    "convert": "text",
    "load": "release",
    "split": "text:split_sentences",
    "validate": "release:validate_release",
    "verify": "verification",
}
"""The module of each public name, and the name there if it is another."""

__all__ = [
    "Bead",
    "DuizhaoError",
    "Finding",
    "HubError",
    "InputError",
    "MissingExtra",
    "ReleaseError",
    "__version__",
    "align",
    "build",
    "clean",
    "convert",
    "load",
    "split",
    "validate",
    "verify",
]


def __getattr__(name: str) -> Any:
    return import_name(__name__, _HOMES, name)


def __dir__() -> list[str]:
    return sorted(__all__)

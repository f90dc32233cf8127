"""Duizhao: bilingual Chinese-English datasets that can be trusted to the character.

Names are imported when first used, so that ``import duizhao`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

_HOME = {
    "Bead": ("alignment", "Bead"),
    "DuizhaoError": ("errors", "DuizhaoError"),
    "Finding": ("errors", "Finding"),
    "HubError": ("errors", "HubError"),
    "InputError": ("errors", "InputError"),
    "MissingExtra": ("errors", "MissingExtra"),
    "ReleaseError": ("errors", "ReleaseError"),
    "align": ("alignment", "align"),
    "build": ("builder", "build_release"),
    "clean": ("cleaning", "clean"),
    "convert": ("text", "convert"),
    "load": ("release", "load"),
    "split": ("text", "split_sentences"),
    "validate": ("release", "validate_release"),
    "verify": ("verification", "verify"),
}
"""Where each public name stands: the front door, and its name there."""

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
    if name not in _HOME:
        raise AttributeError(f"module 'duizhao' has no attribute {name!r}")
    module, attribute = _HOME[name]
    return getattr(import_module(f"duizhao.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)

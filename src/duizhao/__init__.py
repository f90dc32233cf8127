"""Duizhao: bilingual Chinese-English datasets that can be trusted to the character.

Names are imported when first used, so that ``import duizhao`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duizhao.alignment import Bead, align
    from duizhao.cleaning import clean
    from duizhao.errors import DuizhaoError
    from duizhao.release import load
    from duizhao.text import convert

__version__ = "0.1.0"

_HOME = {
    "Bead": "alignment",
    "DuizhaoError": "errors",
    "align": "alignment",
    "clean": "cleaning",
    "convert": "text",
    "load": "release",
}

__all__ = ["Bead", "DuizhaoError", "__version__", "align", "clean", "convert", "load"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'duizhao' has no attribute {name!r}")
    return getattr(import_module(f"duizhao.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

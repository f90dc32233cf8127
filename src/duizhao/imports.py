"""Names of a package that are imported when they are first used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def import_name(package: str, homes: Mapping[str, str], name: str) -> Any:
    """Import what a public name of ``package`` stands for. A package calls this in its ``__getattr__``.

    ``homes`` maps each public name to its module below the package. ``module:other`` says that the name in
    the module is ``other``. Raises AttributeError for a name that ``homes`` does not have.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    module, _, own = homes[name].partition(":")
    return getattr(import_module(f"{package}.{module}"), own or name)

"""Which text columns a release has."""

from __future__ import annotations

from duizhao.errors import InputError
from duizhao.languages import CHINESE, KEYS
from duizhao.schema import Records

_ANNOTATED = ("mentions", "events", "claims", "questions")
"""Configs whose rows repeat texts of every column."""


def choose_columns(text: str | None) -> frozenset[str] | None:
    """Return the text columns that a user leaves out. None if the user did not choose.

    ``zh_hans,en`` means only these, ``-zh_hant`` means all except this one. Raises InputError
    ``unknown-column`` for other names, and if no Chinese column is left.
    """
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    without = {name[1:] for name in names if name.startswith("-")}
    unknown = [name.removeprefix("-") for name in names if name.removeprefix("-") not in KEYS]
    absent = frozenset(without if without else set(KEYS).difference(names))
    problem = None
    if unknown:
        problem = f"unknown column {unknown[0]!r}"
    elif not names or len(without) not in (0, len(set(names))):
        problem = f"{text!r} names no columns"
    elif all(column.key in absent for column in CHINESE):
        problem = "no Chinese column is left"
    if problem:
        raise InputError(
            "unknown-column",
            f"--columns: {problem}; name those to keep (zh_hans,en) or those to leave out (-zh_hant); "
            f"allowed: {', '.join(KEYS)}",
        )
    return absent


def settle_columns(absent: frozenset[str] | None, records: Records) -> frozenset[str]:
    """Return the columns that a release is without.

    If the user did not choose (None), that is ``en`` where no article has English, and else nothing. Raises
    InputError ``needed-column`` if annotated rows need a column that the user leaves out.
    """
    if absent is None:
        return frozenset() if any(row["en_path"] for row in records["articles"]) else frozenset(("en",))
    needing = [config for config in _ANNOTATED if records.get(config)]
    if absent and needing:
        raise InputError(
            "needed-column",
            f"--columns: {', '.join(sorted(absent))} cannot be left out, because {', '.join(needing)} "
            f"need all columns; "
            "build without --columns, or with --annotations of another folder",
        )
    return absent

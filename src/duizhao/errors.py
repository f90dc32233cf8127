"""Errors that a user's mistake ends in, and findings: what is wrong with a record or an annotation."""

from __future__ import annotations

from dataclasses import dataclass


class DuizhaoError(Exception):
    """A mistake of the input or its configuration, told in one line.

    ``id`` is stable and names the folder under ``tests/mistakes/`` that shows the mistake; the
    message says what is wrong, where, how to mend it and what is allowed.
    """

    def __init__(self, id: str, message: str) -> None:
        super().__init__(message)
        self.id = id

    def __reduce__(self) -> tuple[type[DuizhaoError], tuple[str, str]]:
        """How pickle makes the error again: errors of worker processes come back to the main one."""
        return type(self), (self.id, str(self))


class InputError(DuizhaoError):
    """A raw file, an annotation, a card, a setting or an option that cannot be used."""


class ReleaseError(DuizhaoError):
    """A release that cannot be read, trusted or replaced."""


class MissingExtra(DuizhaoError):
    """A package that this work needs is not installed; the message says how to install it."""


class HubError(DuizhaoError):
    """The Hub cannot be reached, or refused."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: a stable id, its level, the record (or file and line) and field it is in, and one sentence."""

    id: str
    level: int
    record: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"level {self.level} {self.id}: {self.record}: {self.field}: {self.message}"

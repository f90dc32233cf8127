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

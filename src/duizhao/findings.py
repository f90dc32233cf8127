"""Findings: what is wrong with a record or an annotation, told so that it can be found and mended."""

from __future__ import annotations

from dataclasses import dataclass


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

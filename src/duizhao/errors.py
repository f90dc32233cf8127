"""Errors that a user's mistake ends in, and findings: what is wrong with a record or an annotation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CREDENTIALS = (
    (re.compile(r"\b(hf|api_org)_[A-Za-z0-9]{6,}"), r"\1_…"),
    (re.compile(r"(://)[^/\s@]*@"), r"\1…@"),
    (re.compile(r"(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), r"\1…"),
    (re.compile(r"([?&](?:\w*token|\w*key|\w*signature|x-amz-[\w-]+)=)[^&\s\"']+", re.IGNORECASE), r"\1…"),
)


class DuizhaoError(Exception):
    """A mistake of the input or its configuration, told in one line.

    ``id`` is stable and names the folder under ``tests/mistakes/`` that shows the mistake; the
    message says what is wrong, where, how to fix it and what is allowed.
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
    """One problem: a stable id, its level, the record (or file and line) and field it is
    in, and one sentence.
    """

    id: str
    level: int
    record: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"level {self.level} {self.id}: {self.record}: {self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that was read and is not released: a line of ``rejected.jsonl``.

    The fields are those of ``schema/release/rejected.schema.json``, in their order.
    """

    article_id: str | None
    record_id: str | None
    source: str | None
    row: int | None
    reason: str
    message: str
    record: Mapping[str, Any] | None = None


def hide_credentials(text: str, *secrets: str | None) -> str:
    """A message without tokens and passwords: ``secrets`` as they are, and what has the form of one."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    for pattern, replacement in _CREDENTIALS:
        text = pattern.sub(replacement, text)
    return text


def counted(count: int, things: str) -> str:
    """A number with what it counts, given as a plural: ``1 row``, ``2,000 entries``."""
    if count != 1:
        return f"{count:,} {things}"
    return f"1 {things[:-3]}y" if things.endswith("ies") else f"1 {things.removesuffix('s')}"


def one_line(error: object) -> str:
    """The first line of what an error says that is not empty; its type where it says nothing."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)

"""The one kind of error that a user's mistake ends in."""

from __future__ import annotations


class DuizhaoError(Exception):
    """A mistake of the input or its configuration, told in one line.

    ``id`` is stable and names the folder under ``tests/mistakes/`` that shows the mistake; the
    message says what is wrong, where, how to mend it and what is allowed.
    """

    def __init__(self, id: str, message: str) -> None:
        super().__init__(message)
        self.id = id

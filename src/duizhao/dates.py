"""Dates as records write them: ISO 8601, as precise as the source says."""

from __future__ import annotations

import re
from datetime import date, time

_DATE = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?(?:Z|[+-](\d{2}):(\d{2}))?)?)?)?", re.ASCII
)


def is_real_date(text: str) -> bool:
    """Whether an ISO 8601 date, as precise as it is, can be in a calendar and on a clock."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part or 1) for part in match.groups()[:3])
    hour, minute, second, offset_hour, offset_minute = (int(part or 0) for part in match.groups()[3:])
    try:
        date(year, month, day)
        time(hour, minute, second)
        time(offset_hour, offset_minute)
    except ValueError:
        return False
    return True

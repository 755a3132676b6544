"""Days and wall times that a spec names: 2026-12-31, 2026-12-31T12:00."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_DAY = r"\d{4}-\d{2}-\d{2}"
_TIME = r"([01]\d|2[0-3]):[0-5]\d(:00)?"


def _day(given: Any) -> dt.date:
    """Accept a day; pydantic's own date also takes numbers, as seconds since 1970: 20261231 without dashes."""
    if isinstance(given, dt.date) and not isinstance(given, dt.datetime):
        return given
    found = _read(given, _DAY)
    if found is None:
        raise ValueError(f"{given!r} is not a day; write one that there is, for example 2026-12-31")
    return found.date()


def _wall_time(given: Any) -> dt.datetime:
    found = given if isinstance(given, dt.datetime) else _read(given, f"{_DAY}[T ]{_TIME}")
    if found is None:
        raise ValueError(
            f"{given!r} is not a day and time; write both, without an offset, for example 2026-12-31T12:00"
        )
    if found.tzinfo or found.second or found.microsecond:
        raise ValueError(f"{given} is not wall time to the minute; write it without offset and seconds")
    return found


def _moment(given: Any) -> dt.date:
    if isinstance(given, dt.datetime) or (isinstance(given, str) and ":" in given):
        return _wall_time(given)
    return _day(given)


def _read(given: Any, pattern: str) -> dt.datetime | None:
    text = given if isinstance(given, str) and re.fullmatch(pattern, given, re.ASCII) else ""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def as_written(moment: dt.date) -> str:
    """Return a day or wall time as a spec writes it: `2026-12-31`, `2026-12-31T12:00`."""
    return moment.isoformat(timespec="minutes") if isinstance(moment, dt.datetime) else moment.isoformat()


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


Day = Annotated[dt.date, BeforeValidator(_day), _text(_DAY)]
"""A day: `2026-12-31`."""

WallTime = Annotated[
    dt.datetime,
    BeforeValidator(_wall_time),
    PlainSerializer(as_written, when_used="json"),
    _text(f"{_DAY}[T ]{_TIME}"),
]
"""A wall time to the minute, with its day: `2026-12-31T12:00`."""

Moment = Annotated[
    dt.datetime | dt.date,
    BeforeValidator(_moment),
    PlainSerializer(as_written, when_used="json"),
    _text(f"{_DAY}([T ]{_TIME})?"),
]
"""A day, or a wall time to the minute with its day."""

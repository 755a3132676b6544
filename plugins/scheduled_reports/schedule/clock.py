"""Wall time: what a spec writes as 06:30 or 45m, and the instant that a wall time is on a given day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_DURATION = r"^([1-9][0-9]{0,4}) ?(s|m|min|h|d)$"
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def _time_of_day(given: Any) -> dt.time:
    if isinstance(given, dt.time):
        return given
    if not isinstance(given, str) or not re.fullmatch(_TIME, given):
        raise ValueError(f"{given!r} is not a time of day; write hours and minutes, for example '06:30'")
    return dt.time.fromisoformat(given)


def _duration(given: Any) -> dt.timedelta:
    if isinstance(given, dt.timedelta):
        return given
    match = re.fullmatch(_DURATION, given) if isinstance(given, str) else None
    if match is None:
        raise ValueError(f"{given!r} is not a length of time; write a number and s, m, h or d, for example '45m'")
    return dt.timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


TimeOfDay = Annotated[
    dt.time,
    BeforeValidator(_time_of_day),
    PlainSerializer(lambda time: f"{time:%H:%M}", when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _TIME}),
]
"""A wall time to the minute: `06:30`."""


def in_words(duration: dt.timedelta) -> str:
    """Return a length of time as a spec writes it: `45m`, `1h`."""
    seconds = int(duration.total_seconds())
    unit = next(name for name in ("d", "h", "m", "s") if seconds % _SECONDS[name] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def age_in_words(span: dt.timedelta) -> str:
    """Return how long something took, or is ago, in its two largest units: `3h 10m`."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s")]
    first = next((index for index, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count}{unit}" for count, unit in parts[first : first + 2] if count) or "0s"


Duration = Annotated[
    dt.timedelta,
    BeforeValidator(_duration),
    PlainSerializer(in_words, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _DURATION}),
]
"""A length of time: `45m`, `2h`."""


def instant(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the instant (UTC) at which a clock in `zone` shows `wall` (naive).

    A wall time that a clock change skips is taken as the first minute after the gap; one that comes twice is the first.
    """
    found = wall.replace(tzinfo=zone).astimezone(dt.UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    before = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)  # an instant before the gap, as `found` lies after it
    offset = found.astimezone(zone).utcoffset()
    while found - before > dt.timedelta(seconds=1):
        middle = before + (found - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            found = middle
        else:
            before = middle
    return found.replace(microsecond=0)


def days_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield every day from `first` to `last`, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield dt.date.fromordinal(ordinal)

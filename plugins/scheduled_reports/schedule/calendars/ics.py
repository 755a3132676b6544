"""Closed days from an ICS file (RFC 5545).

All-day events close their days. Of an event with times, days that it covers wholly are closed, and on the day on which
it begins the business closes at that time; the day on which it ends stays open, as an event of some hours in the middle
of a day cannot be told from a meeting's. Times are wall time in the event's own zone. Cancelled events do not count;
whether an event shows as free or busy does not matter, as programs mark all-day events free of their own accord.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY
from scheduled_reports.schedule.calendars.errors import PlacedError
from scheduled_reports.schedule.calendars.stamps import Stamp
from scheduled_reports.schedule.clock import days_between

_ONE_DAY = dt.timedelta(days=1)
_BY_THE_CLOCK = {"SECONDLY", "MINUTELY", "HOURLY"}


@dataclass(frozen=True)
class Closings:
    """What an ICS file closes.

    Attributes:
        closed: Days of all-day events.
        half_days: When days close early.
        last: The last day that it knows of: the end of its last event's year, or of YEARS where a rule has no end.
    """

    closed: frozenset[dt.date]
    half_days: dict[dt.date, dt.time]
    last: dt.date


@lru_cache(maxsize=200)
def closings(path: Path, stamp: Stamp) -> Closings:  # noqa: ARG001 - what the cache knows it by
    """Return what an ICS file closes within YEARS.

    Args:
        path: The file.
        stamp: Its state: a changed file is read again.

    Raises:
        PlacedError: It cannot be read, is not a calendar, or has no event.
    """
    calendar = _read(path)
    closed: set[dt.date] = set()
    half_days: dict[dt.date, dt.time] = {}
    last = LAST_DAY if any(map(_has_no_end, calendar.walk("VEVENT"))) else dt.date.min
    for start, end in _spans(path, calendar):
        closed.update(_whole_days(start, end))
        if isinstance(start, dt.datetime) and start.time() > dt.time(0):
            close = start.time().replace(second=0, microsecond=0)
            half_days[start.date()] = min(close, half_days.get(start.date(), close))
        last = max(last, start.date() if isinstance(start, dt.datetime) else start)
    if last == dt.date.min:
        what = f"{path.name} has no event from {FIRST_DAY.year} to {LAST_DAY.year}"
        raise PlacedError((), what, "export it again, or leave it out")
    last = min(dt.date(last.year, 12, 31), LAST_DAY)
    half_days = {day: time for day, time in half_days.items() if day not in closed and FIRST_DAY <= day <= LAST_DAY}
    return Closings(frozenset(closed), half_days, last)


def _read(path: Path) -> Any:
    import icalendar

    try:
        calendar = icalendar.Calendar.from_ical(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise _broken(path, str(error).partition("\n")[0]) from error
    for event in calendar.walk("VEVENT"):
        _check(path, event)
    return calendar


def _check(path: Path, event: Any) -> None:
    """Refuse what the library would pass over, or would take for ever to expand."""
    name = f"the event {str(event.get('SUMMARY', event.get('UID', 'without a name')))!r}"
    for field, why in event.errors:
        raise _broken(path, f"{name} has a {field} that cannot be read: {why}")
    if "DTSTART" not in event:
        raise _broken(path, f"{name} has no DTSTART")
    if _ends_early(event):
        raise _broken(path, f"{name} ends before it begins")
    for rule in _rules(event):
        if set(rule.get("FREQ", ())) & _BY_THE_CLOCK:
            raise _broken(path, f"{name} repeats within a day")


def _broken(path: Path, why: str) -> PlacedError:
    return PlacedError((), f"{path.name} cannot be used: {why}", "correct it, or export it again as an ICS file")


def _ends_early(event: Any) -> bool:
    if "DTEND" not in event:
        return False
    with suppress(TypeError):  # one with a time zone, one without: the library makes sense of it
        return bool(event["DTEND"].dt < event["DTSTART"].dt)
    return False


def _rules(event: Any) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _has_no_end(event: Any) -> bool:
    return any("UNTIL" not in rule and "COUNT" not in rule for rule in _rules(event))


def _spans(path: Path, calendar: Any) -> list[tuple[Any, Any]]:
    """Return (start, end) of every time that an event takes place within YEARS: dates, or datetimes."""
    import recurring_ical_events

    try:
        found = recurring_ical_events.of(calendar).between(FIRST_DAY, LAST_DAY + _ONE_DAY)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(path, f"{type(error).__name__}: {error}") from error
    return [(event["DTSTART"].dt, event["DTEND"].dt) for event in found if event.get("STATUS") != "CANCELLED"]


def _whole_days(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """Yield the days that an event covers wholly; its end is exclusive, and an all-day event has one day at least."""
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):
        first = start.date() if start.time() == dt.time(0) else start.date() + _ONE_DAY
        last = end.replace(tzinfo=None).date() - _ONE_DAY
    else:
        first, last = start, max(start, end - _ONE_DAY)
    yield from days_between(max(first, FIRST_DAY), min(last, LAST_DAY))

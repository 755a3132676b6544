"""The fires of schedules as an iCalendar file (RFC 5545), for Outlook, Google Calendar and the like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.cli.calendar_fires import Due
from scheduled_reports.errors import ReportError

if TYPE_CHECKING:
    from icalendar import Event

USUAL_LENGTH = dt.timedelta(minutes=15)
"""How long an event lasts whose schedule does not say what is `expected`."""


def write_ics(path: Path, dues: Iterable[Due], now: dt.datetime) -> int:
    """Write one event for each fire, in UTC, and return how many there are.

    DTSTAMP says when an event last changed: one that the file holds already keeps it, so that the file of an unchanged
    calendar does not change either.

    Raises:
        ReportError: The file cannot be written.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//airflow-scheduled-reports//reports calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Scheduled reports")
    stamps = _stamps(path)
    events = [_event(due) for due in dues]
    for event in events:
        event.add("dtstamp", stamps.get(event.to_ical(), now.astimezone(dt.UTC).replace(microsecond=0)))
        calendar.add_component(event)
    try:
        path.write_bytes(calendar.to_ical())
    except OSError as error:
        raise ReportError(f"cannot write {path}", why=str(error), fix="name another file") from error
    return len(events)


def _event(due: Due) -> Event:
    """Return the event of a fire, without DTSTAMP."""
    from icalendar import Event

    plan, spec = due.plan, due.plan.report.spec
    destinations = ", ".join(channel.key for channel in spec.deliver)
    event = Event()
    event.add("uid", f"{plan.dag_id}-{due.fire.at:%Y%m%dT%H%M%SZ}@scheduled-reports")
    event.add("dtstart", due.fire.at)
    event.add("duration", plan.schedule.expected or USUAL_LENGTH)
    event.add("summary", spec.title)
    notes = [f"Note: {', '.join(due.notes)}"] if due.notes else []
    facts = [f"Covers: {due.period.label}", f"Delivered by: {destinations}", f"Schedule: {plan.label}", *notes]
    event.add("description", "\n".join(facts))
    event.add("transp", "TRANSPARENT")  # it does not make its reader busy
    return event


def _stamps(path: Path) -> dict[bytes, dt.datetime]:
    """Return the DTSTAMP of each event that the file holds, by what else the event says."""
    from icalendar import Calendar

    try:
        held = Calendar.from_ical(path.read_bytes())
    except (OSError, ValueError):  # not there yet, or something else: it is written anew
        return {}
    stamps = {}
    for event in held.walk("VEVENT"):
        stamp = event.pop("dtstamp", None)
        if stamp is not None:
            stamps[event.to_ical()] = stamp.dt
    return stamps

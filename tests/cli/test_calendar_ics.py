"""The iCalendar file holds every fire, and does not change where the calendar does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import icalendar

from cli.planning import NOW, dues_in, spec
from scheduled_reports.cli.calendar_ics import write_ics

LATER = NOW + dt.timedelta(days=1)


def events(path: Path) -> list[icalendar.Event]:
    """Return the events of a file, which a reader of RFC 5545 accepts."""
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    assert calendar.errors == []
    return list(calendar.walk("VEVENT"))


def test_each_fire_is_an_event_with_its_period_and_its_destinations(project: Path, reports: Callable) -> None:
    spec(project, "id: daily, when: '30 6 * * 1,2', timezone: Europe/Berlin, expected: 40m", Sales="Sales, [eu]; daily")

    result = reports("calendar", "--from", "2026-11-23", "--days", "7", "--ics", "reports.ics")

    assert result.stdout.splitlines()[-1] == "Wrote reports.ics: 2 events"
    first, second = events(project / "reports.ics")
    assert first["uid"] == "sales__daily-20261123T053000Z@scheduled-reports"
    assert (first["dtstart"].dt, first["duration"].dt) == (
        dt.datetime(2026, 11, 23, 5, 30, tzinfo=dt.UTC),
        dt.timedelta(minutes=40),
    )
    assert first["summary"] == "Sales, [eu]; daily"
    assert first["description"].splitlines() == [
        "Covers: Sunday, 22 November 2026",
        "Delivered by: email",
        "Schedule: sales · daily",
    ]
    assert second["dtstart"].dt - first["dtstart"].dt == dt.timedelta(days=1)


def test_an_event_lasts_a_quarter_of_an_hour_unless_the_schedule_says_otherwise(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * *'")

    write_ics(project / "x.ics", dues_in(project, 1), NOW)

    assert events(project / "x.ics")[0]["duration"].dt == dt.timedelta(minutes=15)


def test_written_again_the_file_stays_the_same(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * *', jitter: 1h", Sales="Größe, Länge; 100 % — " + "äöü" * 40)
    write_ics(project / "x.ics", dues_in(project), NOW)
    before = (project / "x.ics").read_bytes()

    write_ics(project / "x.ics", dues_in(project), LATER)

    assert (project / "x.ics").read_bytes() == before


def test_what_has_changed_gets_a_new_stamp_under_the_same_id_and_the_rest_keeps_its_own(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * *'")
    spec(project, "id: daily, when: '30 7 * * *'", name="costs")
    write_ics(project / "x.ics", dues_in(project, 1), NOW)
    old = {event["uid"]: event["dtstamp"].dt for event in events(project / "x.ics")}
    spec(project, "id: daily, when: '30 7 * * *'", name="costs", Sales="Costs")

    write_ics(project / "x.ics", dues_in(project, 1), LATER)

    new = {event["uid"]: event["dtstamp"].dt for event in events(project / "x.ics")}
    assert set(old.values()) == {NOW}
    assert {uid.partition("__")[0]: stamp for uid, stamp in new.items()} == {"sales": NOW, "costs": LATER}
    assert new.keys() == old.keys()


def test_a_file_that_is_something_else_is_written_anew(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * *'")
    (project / "x.ics").write_bytes(b"\xff\xfe not a calendar")

    assert write_ics(project / "x.ics", dues_in(project), NOW) == len(events(project / "x.ics")) == 7


def test_a_calendar_without_fires_is_valid_too(project: Path) -> None:
    assert write_ics(project / "x.ics", [], NOW) == 0
    assert events(project / "x.ics") == []

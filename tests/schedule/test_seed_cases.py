"""The schedules that every business has, with their fires and periods worked out by hand."""

import datetime as dt
import itertools
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
import yaml

from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.spec.yaml import CoreSchemaLoader


def timing(text: str) -> Timing:
    """Return what an entry of `schedules` means, read as a spec is."""
    fields = yaml.load(dedent(text), CoreSchemaLoader)
    return Schedule.model_validate({"id": "x", **fields}).timing(None, None, "sales__x")


def runs(text: str, begin: str, count: int) -> list[str]:
    """Return the next runs after a wall time, each as `fire: from – to`, in wall time of the schedule's zone."""
    found = timing(text)
    assert found.recurrence is not None
    zone = ZoneInfo(found.timezone)
    fires = itertools.islice(found.recurrence.between(dt.datetime.fromisoformat(begin).replace(tzinfo=zone)), count)
    lines = []
    for fire in fires:
        period = found.period(fire.at)
        lines.append(
            f"{fire.at.astimezone(zone):%a %Y-%m-%d %H:%M}: {period.start:%Y-%m-%d %H:%M} – {period.end:%Y-%m-%d %H:%M}"
        )
    return lines


@pytest.mark.parametrize(
    ("text", "begin", "expected"),
    [
        pytest.param("""\
            when: {type: daily, at: 06:30}
            timezone: Europe/Berlin
            covers: since_last_fire
            """, "2026-10-24T00:00", [
                "Sat 2026-10-24 06:30: 2026-10-23 06:30 – 2026-10-24 06:30",
                "Sun 2026-10-25 06:30: 2026-10-24 06:30 – 2026-10-25 06:30",
                "Mon 2026-10-26 06:30: 2026-10-25 06:30 – 2026-10-26 06:30",
            ], id="daily 06:30 covers 06:30 yesterday to 06:30 today, also when clocks change"),
        pytest.param("""\
            when: {type: hourly, every: 4, from: 06:30}
            timezone: Europe/Berlin
            covers: since_last_fire
            """, "2026-11-20T00:00", [
                "Fri 2026-11-20 02:30: 2026-11-19 22:30 – 2026-11-20 02:30",
                "Fri 2026-11-20 06:30: 2026-11-20 02:30 – 2026-11-20 06:30",
                "Fri 2026-11-20 10:30: 2026-11-20 06:30 – 2026-11-20 10:30",
                "Fri 2026-11-20 14:30: 2026-11-20 10:30 – 2026-11-20 14:30",
                "Fri 2026-11-20 18:30: 2026-11-20 14:30 – 2026-11-20 18:30",
                "Fri 2026-11-20 22:30: 2026-11-20 18:30 – 2026-11-20 22:30",
                "Sat 2026-11-21 02:30: 2026-11-20 22:30 – 2026-11-21 02:30",
            ], id="every 4 hours from 06:30, on round the clock"),
        pytest.param("""\
            when: {type: hourly, every: 4, from: 06:30, until: 18:30}
            timezone: Europe/Berlin
            covers: today
            """, "2026-11-20T00:00", [
                "Fri 2026-11-20 06:30: 2026-11-20 00:00 – 2026-11-20 06:30",
                "Fri 2026-11-20 10:30: 2026-11-20 00:00 – 2026-11-20 10:30",
                "Fri 2026-11-20 14:30: 2026-11-20 00:00 – 2026-11-20 14:30",
                "Fri 2026-11-20 18:30: 2026-11-20 00:00 – 2026-11-20 18:30",
                "Sat 2026-11-21 06:30: 2026-11-21 00:00 – 2026-11-21 06:30",
            ], id="every 4 hours from 06:30 until 18:30, covering today so far"),
        pytest.param("""\
            when: {type: weekly, on: monday, at: 06:30}
            timezone: Europe/Berlin
            covers: since_last_fire
            """, "2026-11-16T00:00", [
                "Mon 2026-11-16 06:30: 2026-11-09 06:30 – 2026-11-16 06:30",
                "Mon 2026-11-23 06:30: 2026-11-16 06:30 – 2026-11-23 06:30",
            ], id="Mondays 06:30 covers the week up to then"),
        pytest.param("""\
            when: {type: weekly, on: monday, at: 06:30}
            timezone: Europe/Berlin
            covers: last 7 days
            """, "2026-11-16T00:00", [
                "Mon 2026-11-16 06:30: 2026-11-09 00:00 – 2026-11-16 00:00",
            ], id="Mondays 06:30 covers the seven whole days before"),
        pytest.param("""\
            when: {type: monthly, on: 1, at: 06:30, every: 3, starting: february}
            timezone: Europe/Berlin
            covers: last 3 months
            """, "2026-01-01T00:00", [
                "Sun 2026-02-01 06:30: 2025-11-01 00:00 – 2026-02-01 00:00",
                "Fri 2026-05-01 06:30: 2026-02-01 00:00 – 2026-05-01 00:00",
                "Sat 2026-08-01 06:30: 2026-05-01 00:00 – 2026-08-01 00:00",
                "Sun 2026-11-01 06:30: 2026-08-01 00:00 – 2026-11-01 00:00",
                "Mon 2027-02-01 06:30: 2026-11-01 00:00 – 2027-02-01 00:00",
            ], id="every 3 months on the 1st at 06:30 starting February"),
        pytest.param("""\
            when: {type: weekdays, at: 06:30}
            timezone: America/New_York
            """, "2026-10-30T00:00", [
                "Fri 2026-10-30 06:30: 2026-10-29 00:00 – 2026-10-30 00:00",
                "Mon 2026-11-02 06:30: 2026-11-01 00:00 – 2026-11-02 00:00",
                "Tue 2026-11-03 06:30: 2026-11-02 00:00 – 2026-11-03 00:00",
            ], id="weekdays 06:30 New York"),
        pytest.param("""\
            when: {type: weekly, on: sunday, at: 18:00}
            timezone: Europe/Berlin
            covers: week_to_date
            """, "2026-10-19T00:00", [
                "Sun 2026-10-25 18:00: 2026-10-19 00:00 – 2026-10-25 18:00",
                "Sun 2026-11-01 18:00: 2026-10-26 00:00 – 2026-11-01 18:00",
            ], id="Sundays 18:00"),
        pytest.param("""\
            when: {type: monthly, on: last, at: 23:59}
            timezone: Europe/Berlin
            covers: month_to_date
            """, "2028-01-01T00:00", [
                "Mon 2028-01-31 23:59: 2028-01-01 00:00 – 2028-01-31 23:59",
                "Tue 2028-02-29 23:59: 2028-02-01 00:00 – 2028-02-29 23:59",
                "Fri 2028-03-31 23:59: 2028-03-01 00:00 – 2028-03-31 23:59",
                "Sun 2028-04-30 23:59: 2028-04-01 00:00 – 2028-04-30 23:59",
            ], id="last day of the month 23:59"),
        pytest.param("""\
            when: {type: monthly, on: 1, at: 06:30}
            timezone: Europe/Berlin
            covers: previous_month
            """, "2026-01-01T00:00", [
                "Thu 2026-01-01 06:30: 2025-12-01 00:00 – 2026-01-01 00:00",
                "Sun 2026-02-01 06:30: 2026-01-01 00:00 – 2026-02-01 00:00",
                "Sun 2026-03-01 06:30: 2026-02-01 00:00 – 2026-03-01 00:00",
            ], id="the 1st, covering the previous month"),
        pytest.param("""\
            when: 0 17 * * 5
            timezone: Europe/Berlin
            covers: previous_week
            week_starts: friday
            """, "2026-11-20T00:00", [
                "Fri 2026-11-20 17:00: 2026-11-13 00:00 – 2026-11-20 00:00",
                "Fri 2026-11-27 17:00: 2026-11-20 00:00 – 2026-11-27 00:00",
            ], id="Friday weekly"),
        pytest.param("""\
            when: {type: quarterly, on: 1, at: 06:30}
            timezone: Europe/Berlin
            fiscal: {type: months, starts: april}
            covers: previous_fiscal_quarter
            """, "2026-01-01T00:00", [
                "Thu 2026-01-01 06:30: 2025-10-01 00:00 – 2026-01-01 00:00",
                "Wed 2026-04-01 06:30: 2026-01-01 00:00 – 2026-04-01 00:00",
                "Wed 2026-07-01 06:30: 2026-04-01 00:00 – 2026-07-01 00:00",
                "Thu 2026-10-01 06:30: 2026-07-01 00:00 – 2026-10-01 00:00",
            ], id="quarter by fiscal year from April"),
    ],
)  # fmt: skip
def test_a_common_schedule_fires_and_covers_what_its_words_say(text: str, begin: str, expected: list[str]) -> None:
    assert runs(text, begin, len(expected)) == expected


def test_a_fiscal_quarter_is_called_by_its_year() -> None:
    april = timing("""\
        when: {type: quarterly, on: 1, at: 06:30}
        fiscal: {type: months, starts: april}
        covers: previous_fiscal_quarter
        """)
    period = april.period(dt.datetime(2026, 7, 1, 6, 30, tzinfo=dt.UTC))

    assert period.label == "Q1 FY2027 (1 April – 30 June 2026)"
    assert period.slug == "2026-04-01_2026-06-30"

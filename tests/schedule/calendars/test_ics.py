"""ICS files close the days of their events, as RFC 5545 repeats, excepts and moves them."""

import datetime as dt

import pytest

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.calendars.errors import CalendarError


def ics(*events: str, head: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\nUID:{number}\n{text}\nEND:VEVENT\n" for number, text in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{head}{body}END:VCALENDAR\n"


def made_of(calendars, *events: str, head: str = "") -> Calendar:
    found = calendars({"company.ics": ics(*events, head=head)}, company="weekend: []\nics: company.ics\n")
    return found.resolve("company").calendar


def closed(calendar: Calendar, year: int = 2026) -> list[str]:
    days = (dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(366))
    return [f"{day:%m-%d}" for day in days if day.year == year and not calendar.is_open(day)]


def half_days(calendar: Calendar) -> dict[str, str]:
    return {str(day): f"{time:%H:%M}" for day, time in calendar.half_days.items()}


def test_an_all_day_event_closes_its_days_but_not_its_end(calendars) -> None:
    calendar = made_of(calendars, "DTSTART;VALUE=DATE:20260703\nDTEND;VALUE=DATE:20260706")

    assert closed(calendar) == ["07-03", "07-04", "07-05"]


@pytest.mark.parametrize("end", ["", "\nDTEND;VALUE=DATE:20260703", "\nDURATION:P1D"])
def test_an_all_day_event_without_a_length_closes_one_day(calendars, end: str) -> None:
    assert closed(made_of(calendars, f"DTSTART;VALUE=DATE:20260703{end}")) == ["07-03"]


def test_a_rule_repeats_an_event_except_on_the_dates_it_names(calendars) -> None:
    rule = "DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=MONTHLY;COUNT=4;BYDAY=1MO\nEXDATE;VALUE=DATE:20260302"

    assert closed(made_of(calendars, rule)) == ["01-05", "02-02", "04-06"]


def test_one_occurrence_may_be_moved_or_cancelled(calendars) -> None:
    text = ics("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=MONTHLY;COUNT=4")
    moved = "BEGIN:VEVENT\nUID:0\nRECURRENCE-ID;VALUE=DATE:20260205\nDTSTART;VALUE=DATE:20260210\nEND:VEVENT\n"
    dropped = (
        "BEGIN:VEVENT\nUID:0\nRECURRENCE-ID;VALUE=DATE:20260305\nSTATUS:CANCELLED\n"
        "DTSTART;VALUE=DATE:20260305\nEND:VEVENT\n"
    )
    text = text.replace("END:VCALENDAR", f"{moved}{dropped}END:VCALENDAR")
    found = calendars({"company.ics": text}, company="weekend: []\nics: [company.ics]\n").resolve("company")

    assert closed(found.calendar) == ["01-05", "02-10", "04-05"]


def test_an_event_with_times_closes_the_business_when_it_begins(calendars) -> None:
    calendar = made_of(calendars, "DTSTART:20260612T150000\nDTEND:20260612T220000")

    assert half_days(calendar) == {"2026-06-12": "15:00"}
    assert closed(calendar) == []


def test_days_that_an_event_with_times_covers_wholly_are_closed_and_the_day_of_its_end_is_open(calendars) -> None:
    calendar = made_of(calendars, "DTSTART:20260612T150000\nDTEND:20260615T090000")

    assert half_days(calendar) == {"2026-06-12": "15:00"}
    assert closed(calendar) == ["06-13", "06-14"]


def test_an_event_from_midnight_to_midnight_closes_the_day(calendars) -> None:
    calendar = made_of(calendars, "DTSTART:20260612T000000\nDTEND:20260613T000000")

    assert closed(calendar) == ["06-12"]
    assert half_days(calendar) == {}


def test_times_are_those_of_the_events_own_zone(calendars) -> None:
    calendar = made_of(
        calendars,
        "DTSTART;TZID=America/New_York:20261224T130000\nDTEND;TZID=America/New_York:20261224T230000",
        "DTSTART:20260612T130000Z\nDTEND:20260612T230000Z",
        head="X-WR-TIMEZONE:Europe/Berlin\n",
    )

    assert half_days(calendar) == {"2026-06-12": "15:00", "2026-12-24": "13:00"}


def test_an_end_without_the_zone_of_its_start_is_in_that_zone(calendars) -> None:
    calendar = made_of(calendars, "DTSTART;TZID=Europe/Berlin:20260612T150000\nDTEND:20260614T000000")

    assert half_days(calendar) == {"2026-06-12": "15:00"}
    assert closed(calendar) == ["06-13"]


def test_the_earliest_event_of_a_day_closes_it(calendars) -> None:
    late, early = "DTSTART:20260612T150000\nDURATION:PT1H", "DTSTART:20260612T123000\nDURATION:PT1H"

    assert half_days(made_of(calendars, late, early)) == {"2026-06-12": "12:30"}


@pytest.mark.parametrize(
    ("event", "until"),
    [
        ("DTSTART;VALUE=DATE:20260703", dt.date(2026, 12, 31)),
        ("DTSTART;VALUE=DATE:20260703\nRRULE:FREQ=YEARLY;UNTIL=20290101", dt.date(2028, 12, 31)),
        ("DTSTART;VALUE=DATE:20260703\nRRULE:FREQ=YEARLY;COUNT=2", dt.date(2027, 12, 31)),
        ("DTSTART;VALUE=DATE:20260703\nRRULE:FREQ=YEARLY", None),
    ],
)
def test_a_calendar_is_known_to_the_end_of_its_last_events_year(calendars, event: str, until: dt.date | None) -> None:
    assert made_of(calendars, event).known_until == until


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "Content line could not be parsed"),
        ("", "Found no components"),
        (ics(), "company.ics has no event from 2024 to 2045"),
        (ics("DTSTART;VALUE=DATE:20190703"), "company.ics has no event from 2024 to 2045"),
        (ics("SUMMARY:Party"), "the event 'Party' has no DTSTART"),
        (ics("SUMMARY:Party\nDTSTART;VALUE=DATE:2026-07-03"), "the event 'Party' has a DTSTART that cannot be read"),
        (ics("DTSTART;VALUE=DATE:20260703\nRRULE:FREQ=OFTEN"), "the event '0' has a RRULE that cannot be read"),
        (ics("DTSTART:20260703T100000\nRRULE:FREQ=MINUTELY"), "the event '0' repeats within a day"),
        (ics("DTSTART;VALUE=DATE:20260703\nDTEND;VALUE=DATE:20260701"), "the event '0' ends before it begins"),
        (ics("DTSTART;VALUE=DATE:20260703", head="CALSCALE:LUNAR\n"), "Only Gregorian calendars are supported"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_where_it_is_named(calendars, text: str, message: str) -> None:
    found = calendars({"company.ics": text}, company="description: x\nics:\n  - company.ics\n")

    with pytest.raises(CalendarError) as caught:
        found.resolve("company")
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.message.startswith("ics[1]: ")
    assert (problem.path.name, problem.line, problem.column) == ("company.yaml", 3, 5)


def test_a_file_that_is_not_utf_8_is_refused(calendars, tmp_path) -> None:
    found = calendars(company="ics: company.ics\n")
    (tmp_path / "calendars" / "company.ics").write_bytes(ics("SUMMARY:Büro").encode("latin-1"))

    with pytest.raises(CalendarError, match=r"company\.yaml:1:6: ics: company\.ics cannot be used: .*utf-8"):
        found.resolve("company")

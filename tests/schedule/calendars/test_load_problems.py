"""Whatever is wrong with a calendar file is told at its line and column, with a remedy."""

from collections.abc import Callable

import pytest

from scheduled_reports.schedule.calendars.errors import CalendarError
from scheduled_reports.schedule.calendars.load import Calendars

ERRORS = {
    "unknown_key": ("holydays: []\n", 1, 1, "unknown key 'holydays'", "did you mean 'holidays'?"),
    "two_places": (
        "holidays:\n  - {country: DE, exchange: NYSE}\n", 2, 5,
        "holidays[1]: holidays are those of one country or of one exchange", "write one of the two",
    ),
    "country": (
        "holidays:\n  - {country: DE}\n  - {country: Germany}\n", 3, 15,
        "holidays[2].country: the library `holidays` knows no country 'Germany'", "did you mean 'DE'?",
    ),
    "exchange": (
        "holidays:\n  - exchange: XNYC\n", 2, 15,
        "holidays[1].exchange: the library `holidays` knows no exchange 'XNYC'", "did you mean 'XNYS'?",
    ),
    "subdivision": (
        "holidays:\n  - country: DE\n    subdivision: XY\n", 3, 18,
        "holidays[1].subdivision: DE has no subdivision 'XY'", "allowed: Augsburg, BB, BE",
    ),
    "category": (
        "holidays:\n  - country: US\n    categories: [public, half_dy]\n", 3, 26,
        "holidays[1].categories[2]: US has no holidays of category 'half_dy'", "did you mean 'half_day'?",
    ),
    "closes": (
        'holidays:\n  - {exchange: XNYS, closes: "13:00"}\n', 2, 5,
        "holidays[1]: 'closes' is for half days", "write `categories: [public, half_day]`",
    ),
    "weekend_of_country": (
        "holidays:\n  - country: SA\n", 2, 5,
        "holidays[1]: the weekend of SA is friday and saturday, and this file gives none",
        "write weekend: [friday, saturday]",
    ),
    "ics_elsewhere": ("ics: ../company.ics\n", 1, 6, "ics: '../company.ics' is not an ICS file beside this one", ""),
    "ics_missing": ("ics: [copmany.ics]\n", 1, 7, "ics[1]: there is no file copmany.ics in calendars/", "company.ics"),
    "no_date": ("closed: [2026-02-30]\n", 1, 10, "closed[1]: there is no 2026-02-30", "write a date that exists"),
    "no_end": ("closed:\n  - from: 2026-12-27\n", 2, 5, "the key 'until' is missing in closed[1]", "add it"),
    "backwards": (
        "closed:\n  - {from: 2026-12-27, until: 2026-12-01}\n", 2, 5,
        "closed[1]: until 2026-12-01 is before from 2026-12-27", "write a later day",
    ),
    "opened_number": ("opened: [20260314]\n", 1, 10, "opened[1]: 20260314 is not a date", "2026-12-24"),
    "opened_and_closed": (
        "closed: [2026-03-16]\nopened: [2026-03-14, 2026-03-16]\n", 2, 22,
        "opened[2]: 2026-03-16 is under closed too", "leave it out of one of the two",
    ),
    "half_day_key": ("half_days: {24-12: '13:00'}\n", 1, 13, "half_days: there is no 24-12 in any year", "12-24"),
    "half_day_time": ("half_days: {12-24: 1pm}\n", 1, 20, "half_days.12-24: '1pm' is not a time of day", "'06:30'"),
    "half_day_closed": (
        "closed: [12-24]\nhalf_days: {2026-12-24: '13:00'}\n", 2, 13,
        "half_days.2026-12-24: 2026-12-24 is closed and cannot close early", "write it under opened too",
    ),
    "only_and_more": (
        "weekend: [sunday]\nonly: [2026-01-15]\n", 1, 10,
        "weekend: 'only' names every open day already", "leave out weekend",
    ),
    "only_empty": ("only: []\n", 1, 7, "only is empty", "give it at least one entry"),
    "only_beyond": ("only: [2062-01-15]\n", 1, 7, "only: only_beyond is open on no day at all", ""),
    "only_gap": ("only: [2026-01-15, 2028-01-15]\n", 1, 7, "only: only_gap is open on no day in 2027", ""),
    "no_open_year": (
        "closed: [{from: 2027-01-01, until: 2027-12-31}]\n", 1, 1,
        "no_open_year is open on no day in 2027", "every year",
    ),
    "never_open": (
        "weekend: [mon, tue, wed, thu, fri, sat, sun]\n", 1, 1,
        "never_open is open on no day at all", "at least one day",
    ),
    "unknown_calendar": (
        "all_of: [good]\nany_of:\n  - except: [good]\n    all_of: [god]\n", 4, 14,
        "any_of[1].all_of[1]: there is no calendar 'god'", "did you mean 'good'?",
    ),
    "not_a_calendar": ("all_of: good\n", 1, 9, "all_of: 'good' is not a list", "write a list"),
    "itself": (
        "all_of:\n  - good\n  - itself\n", 3, 5,
        "all_of[2]: calendars are made of each other: itself → itself", "leave one of them out",
    ),
    "not_yaml": ("closed: [\n", 2, 1, "is not valid YAML: while parsing a flow node", ""),
    "empty": ("", 1, 1, "is not a calendar", "`holidays:`"),
    "fiscal": ("fiscal: {type: months, starts: 13}\n", 1, 32, "fiscal.starts: 13 is not a month", "january"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_wrong_is_told_at_its_place_with_a_remedy(calendars: Callable[..., Calendars], name: str) -> None:
    text, line, column, message, hint = ERRORS[name]
    found = calendars({f"{name}.yaml": text, "good.yaml": "weekend: []\n", "company.ics": "x"})

    with pytest.raises(CalendarError) as caught:
        found.resolve(name)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.column) == (found.folder / f"{name}.yaml", line, column)
    assert problem.message.startswith(message)
    assert hint in problem.hint
    assert found.problems() == [problem]

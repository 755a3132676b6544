"""Calendar files become calendars, or problems with a place."""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.calendars.errors import CalendarError, UnknownCalendarError
from scheduled_reports.schedule.calendars.expression import CalendarExpression, Combination
from scheduled_reports.schedule.calendars.load import Calendars
from scheduled_reports.schedule.fiscal import MonthsYear
from scheduled_reports.spec.problems import Problem

Write = Callable[..., Calendars]
ROOT = Path(__file__).parents[3]
EXPRESSION: TypeAdapter[str | Combination] = TypeAdapter(CalendarExpression)


def expression(given: object) -> CalendarExpression:
    return EXPRESSION.validate_python(given)


def placed(problems: list[Problem] | tuple[Problem, ...]) -> list[tuple[str, int, int, str]]:
    return [(problem.path.name, problem.line, problem.column, problem.message) for problem in problems]


def open_on(calendar: Calendar, *days: str) -> list[bool]:
    return [calendar.is_open(dt.date.fromisoformat(day)) for day in days]


def test_our_own_calendars_have_no_problems() -> None:
    ours = Calendars(ROOT / "include")

    assert ours.problems() == []
    assert ours.names() == ["germany", "new_york_stock_exchange", "northwind", "united_states"]


def test_northwind_closes_with_berlin_at_the_end_of_the_year_and_on_its_own_days() -> None:
    northwind = Calendars(ROOT / "include").resolve("northwind").calendar

    assert open_on(northwind, "2027-03-08", "2026-12-24", "2026-12-31", "2027-01-04") == [False, False, False, True]
    assert open_on(northwind, "2026-07-03", "2027-07-02", "2028-07-07") == [False, True, False]
    assert open_on(northwind, "2026-08-19", "2026-08-20", "2026-08-21", "2026-08-24") == [True, False, False, True]
    assert northwind.half_days[dt.date(2026, 6, 12)] == dt.time(15)
    assert northwind.half_days[dt.date(2026, 12, 23)] == dt.time(13)
    assert northwind.known_until is None


def test_our_own_calendars_are_small_enough_to_travel_in_every_dag() -> None:
    ours = Calendars(ROOT / "include")
    sizes = {name: len(json.dumps(ours.resolve(name).calendar.model_dump(mode="json"))) for name in ours.names()}

    assert max(sizes.values()) < 2_500, sizes


@pytest.mark.parametrize(
    ("given", "open_days"),
    [
        ("a", [True, False, True, False]),
        (["a", "b"], [True, False, False, False]),
        ({"any_of": ["a", "b"]}, [True, True, True, False]),
        ({"all_of": ["a"], "except": ["b"]}, [False, False, True, False]),
        (
            {"any_of": [{"all_of": ["a"], "except": ["b"]}, {"all_of": ["b"], "except": ["a"]}]},
            [False, True, True, False],
        ),
    ],
)
def test_an_expression_is_open_as_its_combination_says(calendars: Write, given: object, open_days: list[bool]) -> None:
    found = calendars(a="closed: [2026-10-06]\n", b="closed: [2026-10-07]\n")

    calendar = found.resolve(expression(given)).calendar

    assert open_on(calendar, "2026-10-05", "2026-10-06", "2026-10-07", "2026-10-10") == open_days


def test_a_combination_names_its_calendars_and_every_file_that_it_was_made_of(calendars: Write) -> None:
    company = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260703\nEND:VEVENT\nEND:VCALENDAR\n"
    found = calendars({"company.ics": company}, a="ics: company.ics\n", b="all_of: [a]\n", c="{description: c}\n")

    resolved = found.resolve(expression(["b", "c"]))

    assert resolved.calendar.name == resolved.name == "b and c"
    assert [path.name for path in resolved.files] == ["a.yaml", "b.yaml", "c.yaml", "company.ics"]


def test_the_fiscal_year_is_the_one_that_the_open_calendars_share(calendars: Write) -> None:
    april, july = ("fiscal: {type: months, starts: " + month + "}\n" for month in ("april", "july"))
    found = calendars(a=april, b="weekend: []\n", c=july, d="all_of: [a]\n", e=f"all_of: [a]\n{july}")

    assert found.resolve("a").fiscal == MonthsYear(type="months", starts=4)
    assert found.resolve(expression(["b", "d"])).fiscal == found.resolve("a").fiscal
    assert found.resolve("e").fiscal == found.resolve("c").fiscal
    assert found.resolve(expression(["a", "c"])).fiscal is None
    assert found.resolve(expression({"all_of": ["b"], "except": ["a"]})).fiscal is None


def test_a_changed_file_is_read_again_and_so_is_all_that_is_made_of_it(calendars: Write) -> None:
    company = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261006\nEND:VEVENT\nEND:VCALENDAR\n"
    found = calendars({"company.ics": company}, a="ics: company.ics\n", b="all_of: [a]\n")
    both = expression(["b", "a"])
    first = found.resolve(both)
    assert found.resolve(both) is first
    assert open_on(first.calendar, "2026-10-06", "2026-10-07") == [False, True]

    calendars({"company.ics": company.replace("20261006", "20261007")})
    os.utime(found.folder / "company.ics", ns=(time.time_ns(), time.time_ns() + 1))

    assert open_on(found.resolve(both).calendar, "2026-10-06", "2026-10-07") == [True, False]


def test_a_missing_file_is_found_once_it_is_there(calendars: Write) -> None:
    found = calendars(a="all_of: [b]\n")
    with pytest.raises(CalendarError):
        found.resolve("a")

    calendars(b="{weekend: []}\n")

    assert found.resolve("a").calendar.is_open(dt.date(2026, 10, 4))


def test_an_expression_that_names_no_calendar_says_where_and_what_there_is(calendars: Write) -> None:
    found = calendars(germany="{weekend: []}\n", nyse="{weekend: []}\n")

    with pytest.raises(UnknownCalendarError) as caught:
        found.resolve(expression({"any_of": ["nyse", ["germany", "germny"]]}))

    assert caught.value.loc == ("any_of", 1, "all_of", 1)
    assert caught.value.message == "there is no calendar 'germny'"
    assert caught.value.hint == "did you mean 'germany'? (allowed: germany, nyse)"
    assert str(caught.value) == f"{caught.value.message}; {caught.value.hint}"


def test_an_expression_that_is_never_open_is_refused(calendars: Write) -> None:
    found = calendars(a="only: [2026-10-06]\n", b="closed: ['2026-10-06']\n", c="weekend: []\n")

    with pytest.raises(UnknownCalendarError, match="a and b is open on no day at all"):
        found.resolve(expression(["a", "b"]))
    with pytest.raises(UnknownCalendarError, match="b except c is open on no day at all"):
        found.resolve(expression({"all_of": ["b"], "except": ["c"]}))


def test_a_broken_file_that_an_expression_names_is_told_with_its_own_place(calendars: Write) -> None:
    found = calendars(a="weekend: [caturday]\n", b="all_of: [a]\n")

    with pytest.raises(CalendarError) as caught:
        found.resolve(expression(["b", "a"]))
    assert placed(caught.value.problems) == [
        ("a.yaml", 1, 11, "weekend[1]: 'caturday' is not a weekday"),
    ]
    assert str(caught.value).startswith(f"{found.folder / 'a.yaml'}:1:11: weekend[1]")


def test_all_that_is_wrong_with_a_file_is_told_at_once(calendars: Write) -> None:
    found = calendars(
        a="holidays: [{country: XQ}]\nics: none.ics\nall_of: [b]\nopened: [2026-01-05]\nclosed: [2026-01-05]\n"
    )

    assert [problem.line for problem in found.problems()] == [1, 2, 3, 4]


def test_calendars_made_of_each_other_are_told_once(calendars: Write) -> None:
    found = calendars(a="all_of: [b]\n", b="any_of: [c]\n", c="weekend: []\nexcept: [a]\n", d="all_of: [c]\n")

    assert placed(found.problems()) == [
        ("c.yaml", 2, 10, "except[1]: calendars are made of each other: a → b → c → a"),
    ]


def test_a_file_whose_name_no_spec_can_write_is_told(calendars: Write) -> None:
    found = calendars({"New York.yaml": "weekend: []\n", "germany.yml": "weekend: []\n"})

    assert placed(found.problems()) == [
        ("New York.yaml", 1, 1, "the file's name 'New York' cannot be a calendar's name"),
        ("germany.yml", 1, 1, "calendars end in .yaml, not in .yml"),
    ]


def test_without_a_folder_there_are_no_calendars_and_no_problems(tmp_path: Path) -> None:
    none = Calendars(tmp_path)

    assert none.names() == none.problems() == []
    with pytest.raises(UnknownCalendarError, match="there is no calendar 'germany'; nothing is defined here"):
        none.resolve("germany")


def test_importing_it_imports_no_heavy_library() -> None:
    code = (
        "import sys, scheduled_reports.schedule.calendars.load\n"
        "print(sorted({'holidays', 'icalendar', 'recurring_ical_events', 'dateutil'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "plugins")},
    )

    assert run.stdout == "[]\n"


def test_a_thousand_specs_resolve_their_calendar_in_no_time() -> None:
    ours, both = Calendars(ROOT / "include"), expression(["germany", "new_york_stock_exchange"])
    ours.resolve(both)

    began = time.perf_counter()
    for _ in range(1000):
        assert ours.resolve(both).calendar
    assert time.perf_counter() - began < 0.5

"""What somebody asks for is a period, or is refused with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from scheduled_reports.errors import ReportError
from scheduled_reports.schedule.asked import asked_period
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing

COVERS = ("previous_day", "previous_week", "last 3 months", "year_to_date", "previous_year")


def timing(covers: str = "previous_day") -> Timing:
    fields: dict[str, Any] = {"id": "daily", "when": "30 6 * * *", "timezone": "Europe/Berlin", "covers": covers}
    return Schedule.model_validate(fields).timing(None, None, "sales__daily")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("9999-12-31", None, None), "period '9999-12-31' is out of range\n  → stay within 1970 to 2100"),
        (("2101-01-01", None, None), "period '2101-01-01' is out of range"),
        (("1969-12-31", None, None), "period '1969-12-31' is out of range"),
        (("0001-01-01", None, None), "period '0001-01-01' is out of range"),
        ((None, "0001-01-01", "2026-01-01"), "period_start '0001-01-01' is out of range"),
        ((None, "2026-01-01", "9999-12-31T23:59"), "period_end '9999-12-31T23:59' is out of range"),
        ((None, "2026-01-01", "2101-01-01T00:01"), "period_end '2101-01-01T00:01' is out of range"),
    ],
)
def test_years_that_nobody_reports_on_are_out_of_range(asked: tuple[str | None, ...], said: str) -> None:
    with pytest.raises(ReportError) as caught:
        asked_period(timing(), *asked)

    assert said in str(caught.value)


@pytest.mark.parametrize("covers", COVERS)
@pytest.mark.parametrize("day", ["1970-01-01", "2100-12-31"])
def test_the_first_and_the_last_day_in_range_have_a_period(covers: str, day: str) -> None:
    period = asked_period(timing(covers), day, None, None)

    assert period is not None
    assert period.slug


def test_the_last_year_in_range_may_end() -> None:
    period = asked_period(timing(), None, "1970-01-01", "2101-01-01")

    assert period is not None
    assert period.slug == "1970-01-01_2100-12-31"


@pytest.mark.parametrize("time", ["T06:30", " 06:30", "T00:00"])
def test_a_day_with_a_time_is_no_day(time: str) -> None:
    with pytest.raises(ReportError) as caught:
        asked_period(timing(), f"2026-10-01{time}", None, None)

    assert str(caught.value) == f"period '2026-10-01{time}' is no day\n  → write it as 2026-10-01"


@pytest.mark.parametrize("ends", [("2026-10-01", None), (None, "2026-10-02"), ("2026-10-01", "2026-10-02")])
def test_a_day_and_an_end_are_too_much_even_where_they_mean_the_same(ends: tuple[str | None, str | None]) -> None:
    with pytest.raises(ReportError, match="both a day and the ends of a period are given"):
        asked_period(timing(), "2026-10-01", *ends)


def test_what_is_no_date_is_told_how_to_write_one() -> None:
    with pytest.raises(ReportError, match=r"write it as 2026-10-01$"):
        asked_period(timing(), "yesterday", None, None)
    with pytest.raises(ReportError, match=r"write it as 2026-10-01 or 2026-10-01T06:30$"):
        asked_period(timing(), None, "yesterday", "2026-10-02")

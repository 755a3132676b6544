"""Fiscal years, their quarters and periods are those of the business: known ones, and what cannot be one."""

import datetime as dt
import timeit
from typing import Any

import jsonschema
import pandas as pd
import pytest
from pydantic import ValidationError

from schedule.fiscal_years import APRIL, FISCAL, OCTOBER, ONE_DAY, RETAIL, SEPTEMBER, day, weeks
from scheduled_reports.schedule.fiscal import FiscalUnit, FiscalYear, WeeksYear
from scheduled_reports.schedule.names import MONTHS, WEEKDAYS
from scheduled_reports.schedule.units import Units


@pytest.mark.parametrize(
    ("fiscal", "name", "first", "last", "length"),
    [
        (RETAIL, "FY2012", "2012-01-29", "2013-02-02", 53),
        (RETAIL, "FY2017", "2017-01-29", "2018-02-03", 53),
        (RETAIL, "FY2022", "2022-01-30", "2023-01-28", 52),
        (RETAIL, "FY2023", "2023-01-29", "2024-02-03", 53),
        (RETAIL, "FY2024", "2024-02-04", "2025-02-01", 52),
        (RETAIL, "FY2025", "2025-02-02", "2026-01-31", 52),
        (RETAIL, "FY2026", "2026-02-01", "2027-01-30", 52),
        (RETAIL, "FY2028", "2028-01-30", "2029-02-03", 53),
        (SEPTEMBER, "FY2022", "2021-09-26", "2022-09-24", 52),
        (SEPTEMBER, "FY2023", "2022-09-25", "2023-09-30", 53),
        (SEPTEMBER, "FY2024", "2023-10-01", "2024-09-28", 52),
        (SEPTEMBER, "FY2025", "2024-09-29", "2025-09-27", 52),
    ],
)
def test_known_years_of_weeks_begin_and_end_when_published(
    fiscal: WeeksYear, name: str, first: str, last: str, length: int
) -> None:
    assert fiscal.span("year", day(first)) == fiscal.span("year", day(last)) == (day(first), day(last) + ONE_DAY)
    assert fiscal.name("year", day(first)) == fiscal.name("year", day(last)) == name
    assert (day(last) + ONE_DAY - day(first)).days == length * 7


@pytest.mark.parametrize(
    ("rule", "last"), [("last", "2001-11-24"), ("nearest", "2001-12-01")], ids=["paragraph A", "paragraph B"]
)
def test_the_regulations_own_example_is_met(rule: str, last: str) -> None:
    fiscal = weeks("saturday", "november", rule)

    assert fiscal.span("year", day(last))[1] == day(last) + ONE_DAY
    assert fiscal.name("year", day(last)) == "FY2001"


@pytest.mark.parametrize(
    ("fiscal", "within", "year", "quarter", "period"),
    [
        (APRIL, "2026-03-31", "FY2026", "Q4 FY2026", "P12 FY2026"),
        (APRIL, "2026-04-01", "FY2027", "Q1 FY2027", "P1 FY2027"),
        (OCTOBER, "2025-09-30", "FY2025", "Q4 FY2025", "P12 FY2025"),
        (OCTOBER, "2025-10-01", "FY2026", "Q1 FY2026", "P1 FY2026"),
        (OCTOBER, "2026-09-30", "FY2026", "Q4 FY2026", "P12 FY2026"),
        (APRIL.model_copy(update={"named_by": "start"}), "2026-04-01", "FY2026", "Q1 FY2026", "P1 FY2026"),
        (APRIL.model_copy(update={"named_by": "start"}), "2026-03-31", "FY2025", "Q4 FY2025", "P12 FY2025"),
        (FISCAL.validate_python({"starts": 1}), "2026-07-01", "FY2026", "Q3 FY2026", "P7 FY2026"),
        (FISCAL.validate_python({"starts": 1, "named_by": "start"}), "2026-07-01", "FY2026", "Q3 FY2026", "P7 FY2026"),
        (RETAIL, "2026-02-28", "FY2026", "Q1 FY2026", "P1 FY2026"),
        (RETAIL, "2026-03-01", "FY2026", "Q1 FY2026", "P2 FY2026"),
        (RETAIL, "2024-02-03", "FY2023", "Q4 FY2023", "P12 FY2023"),
        (weeks("saturday", "december", "nearest"), "2027-01-02", "FY2026", "Q4 FY2026", "P12 FY2026"),
        (weeks("saturday", "december", "nearest"), "2027-01-03", "FY2027", "Q1 FY2027", "P1 FY2027"),
        (weeks("saturday", "december", "nearest", named_by="start"), "2027-01-02", "FY2026", "Q4 FY2026", "P12 FY2026"),
    ],
)
def test_a_day_is_named_as_the_business_does(
    fiscal: FiscalYear, within: str, year: str, quarter: str, period: str
) -> None:
    assert fiscal.name("year", day(within)) == year
    assert fiscal.name("quarter", day(within)) == quarter
    assert fiscal.name("period", day(within)) == period


@pytest.mark.parametrize(
    ("fiscal", "unit", "first", "after"),
    [
        (APRIL, "year", "2026-04-01", "2027-04-01"),
        (APRIL, "quarter", "2027-01-01", "2027-04-01"),
        (APRIL, "period", "2028-02-01", "2028-03-01"),
        (OCTOBER, "year", "2025-10-01", "2026-10-01"),
        (OCTOBER, "quarter", "2025-10-01", "2026-01-01"),
        (RETAIL, "period", "2026-03-01", "2026-04-05"),
        (RETAIL, "quarter", "2026-02-01", "2026-05-03"),
        (RETAIL, "period", "2023-12-31", "2024-02-04"),
        (RETAIL, "quarter", "2023-10-29", "2024-02-04"),
    ],
)
def test_a_span_is_found_from_its_first_and_from_its_last_day(
    fiscal: FiscalYear, unit: FiscalUnit, first: str, after: str
) -> None:
    assert fiscal.span(unit, day(first)) == (day(first), day(after))
    assert fiscal.span(unit, day(after) - ONE_DAY) == (day(first), day(after))


@pytest.mark.parametrize(
    ("pattern", "short", "long"),
    [
        ("4-4-5", [4, 4, 5] * 4, [*[4, 4, 5] * 3, 4, 4, 6]),
        ("4-5-4", [4, 5, 4] * 4, [*[4, 5, 4] * 3, 4, 5, 5]),
        ("5-4-4", [5, 4, 4] * 4, [*[5, 4, 4] * 3, 5, 4, 5]),
    ],
)
def test_periods_follow_the_pattern_and_the_53rd_week_is_the_last_ones(
    pattern: str, short: list[int], long: list[int]
) -> None:
    fiscal = weeks("saturday", "january", "nearest", pattern)

    for first, expected in (("2022-01-30", short), ("2023-01-29", long)):
        begin, found = day(first), []
        for _ in range(12):
            span = fiscal.span("period", begin)
            found.append((span[1] - span[0]).days // 7)
            begin = span[1]
        assert found == expected


def test_the_retail_calendar_has_a_53rd_week_whenever_four_days_of_january_are_left() -> None:
    begin = day("1995-01-29")
    with_53 = []
    for year in range(1995, 2051):
        after = begin + dt.timedelta(weeks=52)
        if after.month == 1 and 31 - after.day + 1 >= 4:
            after += dt.timedelta(weeks=1)
            with_53.append(year)
        assert RETAIL.span("year", begin) == (begin, after)
        assert RETAIL.name("year", begin) == f"FY{year}"
        begin = after

    assert with_53 == [1995, 2000, 2006, 2012, 2017, 2023, 2028, 2034, 2040, 2045]


@pytest.mark.parametrize("rule", ["last", "nearest"])
@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("weekday", range(7))
def test_years_and_quarters_end_when_pandas_says(weekday: int, month: int, rule: str) -> None:
    fiscal = weeks(WEEKDAYS[weekday], MONTHS[month - 1], rule)
    options = {"weekday": weekday, "startingMonth": month, "variation": rule}
    offsets: dict[FiscalUnit, Any] = {
        "year": pd.offsets.FY5253(**options),
        "quarter": pd.offsets.FY5253Quarter(**options, qtr_with_extra_week=4),
    }
    for unit, offset in offsets.items():
        found = []
        after = fiscal.span(unit, day("2000-01-10"))[1]
        while after <= day("2045-12-31"):
            found.append(after - ONE_DAY)
            after = fiscal.span(unit, after)[1]
        assert found == [stamp.date() for stamp in pd.date_range("2000-01-10", "2045-12-30", freq=offset)]


def test_adding_thousands_of_spans_stays_exact() -> None:
    assert RETAIL.add("period", day("2026-02-01"), 12 * 5000) == RETAIL.span("year", day("7026-02-10"))[0]
    assert APRIL.add("quarter", day("2026-04-01"), -4 * 1000) == day("1026-04-01")


def test_units_pass_over_every_fiscal_span_between_two_days() -> None:
    found = list(Units(0, RETAIL).spans("fiscal_period", day("2023-12-31"), day("2024-02-04")))

    assert found == [(day("2023-12-31"), day("2024-02-03")), (day("2024-02-04"), day("2024-03-02"))]


def test_fiscal_units_without_a_fiscal_year_are_refused() -> None:
    with pytest.raises(ValueError, match="'fiscal_period' needs a fiscal year"):
        Units().begin("fiscal_period", day("2026-01-01"))


def test_without_a_type_it_is_a_year_of_months() -> None:
    assert FISCAL.validate_python({"starts": "apr"}) == FISCAL.validate_python({"type": "months", "starts": 4})
    jsonschema.validate({"starts": "april"}, FISCAL.json_schema())


@pytest.mark.parametrize(
    ("given", "place", "says"),
    [
        ({}, ("months", "starts"), "Field required"),
        ({"starts": "spring"}, ("months", "starts"), "write one of january"),
        ({"pattern": "4-4-5"}, (), "discriminator 'type'"),
        ({"type": "week", "starts": "april"}, (), "expected tags: 'months', 'weeks'"),
        ({"type": "weeks", "pattern": "4-4-4"}, ("weeks", "pattern"), "'4-4-5', '4-5-4' or '5-4-4'"),
        ({"type": "weeks", "pattern": "4-5-4"}, ("weeks", "ends"), "Field required"),
        (
            {"type": "weeks", "pattern": "4-5-4", "ends": {"weekday": "sat", "month": "jan", "rule": "first"}},
            ("weeks", "ends", "rule"),
            "'last' or 'nearest'",
        ),
        (
            {"type": "weeks", "pattern": "4-5-4", "ends": {"weekday": 6, "month": "jan", "rule": "last"}},
            ("weeks", "ends", "weekday"),
            "write one of monday",
        ),
        ({"starts": "april", "named_by": "middle"}, ("months", "named_by"), "'start' or 'end'"),
    ],
)
def test_a_mistake_is_told_where_it_is_with_what_is_allowed(
    given: dict[str, Any], place: tuple[str, ...], says: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        FISCAL.validate_python(given)

    assert any(error["loc"] == place and says in error["msg"] for error in caught.value.errors())


@pytest.mark.parametrize("fiscal", [RETAIL, SEPTEMBER, APRIL], ids=["retail", "september", "april"])
def test_a_warm_look_up_takes_microseconds(fiscal: FiscalYear) -> None:
    days = [day("2024-01-01") + dt.timedelta(days=number) for number in range(2000)]

    seconds = min(timeit.repeat(lambda: [fiscal.span("period", one) for one in days], number=1, repeat=5))

    assert seconds / len(days) < 20e-6

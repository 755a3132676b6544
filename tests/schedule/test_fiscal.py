"""Fiscal years, their quarters and periods are those of the business, on every day."""

import datetime as dt
import itertools
import timeit
from typing import Any

import jsonschema
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.fiscal import AnyFiscalYear, FiscalUnit, FiscalYear, WeeksYear
from scheduled_reports.schedule.names import MONTHS, WEEKDAYS
from scheduled_reports.schedule.units import Units

ONE_DAY = dt.timedelta(days=1)
UNITS: tuple[FiscalUnit, ...] = ("period", "quarter", "year")
FISCAL: TypeAdapter[FiscalYear] = TypeAdapter(AnyFiscalYear)


def weeks(weekday: str, month: str, rule: str, pattern: str = "4-5-4", **more: str) -> Any:
    ends = {"weekday": weekday, "month": month, "rule": rule}
    return FISCAL.validate_python({"type": "weeks", "pattern": pattern, "ends": ends, **more})


RETAIL = weeks("saturday", "january", "nearest", named_by="start")
"""The retail calendar: https://nrf.com/resources/4-5-4-calendar."""
SEPTEMBER = weeks("saturday", "september", "last", "5-4-4")
APRIL = FISCAL.validate_python({"starts": "april"})
OCTOBER = FISCAL.validate_python({"type": "months", "starts": "october"})

weeks_years = st.builds(
    weeks,
    st.sampled_from(WEEKDAYS),
    st.sampled_from(MONTHS),
    st.sampled_from(["last", "nearest"]),
    st.sampled_from(["4-4-5", "4-5-4", "5-4-4"]),
    named_by=st.sampled_from(["start", "end"]),
)
months_years = st.builds(
    lambda month, named_by: FISCAL.validate_python({"starts": month, "named_by": named_by}),
    st.sampled_from(MONTHS),
    st.sampled_from(["start", "end"]),
)
fiscal_years = weeks_years | months_years
some_day = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


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


@given(weeks_years, some_day)
def test_a_year_of_weeks_ends_on_the_day_that_the_regulation_describes(fiscal: WeeksYear, within: dt.date) -> None:
    first, after = fiscal.span("year", within)
    last = after - ONE_DAY

    assert last.weekday() == (first - ONE_DAY).weekday() == fiscal.ends.weekday
    assert (after - first).days in {364, 371}
    if fiscal.ends.rule == "last":
        assert last.month == fiscal.ends.month
        assert (last + dt.timedelta(days=7)).month != fiscal.ends.month
    else:
        nearby = [last + dt.timedelta(days=away) for away in range(-3, 4)]
        assert any(one.month == fiscal.ends.month and (one + ONE_DAY).day == 1 for one in nearby)


@given(fiscal_years, some_day, st.sampled_from(UNITS))
def test_a_span_contains_its_day_and_is_the_same_from_each_of_its_days(
    fiscal: FiscalYear, within: dt.date, unit: FiscalUnit
) -> None:
    first, after = fiscal.span(unit, within)

    assert first <= within < after
    for number in range((after - first).days):
        assert fiscal.span(unit, first + dt.timedelta(days=number)) == (first, after)


@given(fiscal_years, some_day)
def test_spans_tile_time_and_each_other(fiscal: FiscalYear, within: dt.date) -> None:
    starts = {}
    first = fiscal.span("year", within)[0]
    for unit, count in (("period", 36), ("quarter", 12), ("year", 3)):
        begins = [first]
        for _ in range(count):
            begin, after = fiscal.span(unit, begins[-1])
            assert begin == begins[-1] < after
            begins.append(after)
        starts[unit] = begins

    assert starts["period"][::3] == starts["quarter"]
    assert starts["quarter"][::4] == starts["year"]


@given(fiscal_years, some_day)
def test_no_two_spans_have_the_same_name_and_numbers_follow_each_other(fiscal: FiscalYear, within: dt.date) -> None:
    begin = fiscal.span("year", within)[0]
    number = int(fiscal.name("year", begin).removeprefix("FY"))
    for year, period in itertools.product(range(number, number + 3), range(1, 13)):
        assert fiscal.name("period", begin) == f"P{period} FY{year}"
        assert fiscal.name("quarter", begin) == f"Q{(period + 2) // 3} FY{year}"
        begin = fiscal.span("period", begin)[1]


@given(fiscal_years, some_day, st.sampled_from(UNITS), st.integers(-60, 60))
def test_adding_goes_span_by_span_forwards_and_backwards(
    fiscal: FiscalYear, within: dt.date, unit: FiscalUnit, count: int
) -> None:
    expected = fiscal.span(unit, within)[0]
    for _ in range(abs(count)):
        expected = fiscal.span(unit, expected)[1] if count > 0 else fiscal.span(unit, expected - ONE_DAY)[0]

    assert fiscal.add(unit, within, count) == expected
    assert Units(0, fiscal).add(f"fiscal_{unit}", fiscal.span(unit, within)[0], count) == expected


def test_adding_thousands_of_spans_stays_exact() -> None:
    assert RETAIL.add("period", day("2026-02-01"), 12 * 5000) == RETAIL.span("year", day("7026-02-10"))[0]
    assert APRIL.add("quarter", day("2026-04-01"), -4 * 1000) == day("1026-04-01")


def test_units_pass_over_every_fiscal_span_between_two_days() -> None:
    found = list(Units(0, RETAIL).spans("fiscal_period", day("2023-12-31"), day("2024-02-04")))

    assert found == [(day("2023-12-31"), day("2024-02-03")), (day("2024-02-04"), day("2024-03-02"))]


def test_fiscal_units_without_a_fiscal_year_are_refused() -> None:
    with pytest.raises(ValueError, match="'fiscal_period' needs a fiscal year"):
        Units().begin("fiscal_period", day("2026-01-01"))


@given(fiscal_years)
def test_a_fiscal_year_survives_json_and_its_schema_allows_it(fiscal: FiscalYear) -> None:
    text = FISCAL.dump_json(fiscal)

    assert FISCAL.validate_json(text) == fiscal
    jsonschema.validate(FISCAL.dump_python(fiscal, mode="json"), FISCAL.json_schema())


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

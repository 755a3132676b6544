"""Whatever the fiscal year, its spans tile time, carry names that follow each other, and end where they should."""

import datetime as dt
import itertools

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from schedule.fiscal_years import FISCAL, ONE_DAY, weeks
from scheduled_reports.schedule.fiscal import FiscalUnit, FiscalYear, WeeksYear
from scheduled_reports.schedule.names import MONTHS, WEEKDAYS
from scheduled_reports.schedule.units import Units

UNITS: tuple[FiscalUnit, ...] = ("period", "quarter", "year")

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


@given(fiscal_years)
def test_a_fiscal_year_survives_json_and_its_schema_allows_it(fiscal: FiscalYear) -> None:
    text = FISCAL.dump_json(fiscal)

    assert FISCAL.validate_json(text) == fiscal
    jsonschema.validate(FISCAL.dump_python(fiscal, mode="json"), FISCAL.json_schema())

"""Combined calendars are open on the days that set algebra says."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY, Calendar
from scheduled_reports.schedule.calendars.known_days import KnownDays, all_of, any_of, every_day, without

DAYS = sorted(every_day())

dates = st.dates(FIRST_DAY, LAST_DAY)
times = st.times().map(lambda time: time.replace(second=0, microsecond=0))


@st.composite
def known_days(draw: st.DrawFn) -> KnownDays:
    weekend = draw(st.frozensets(st.integers(0, 6), max_size=7))
    turned = draw(st.frozensets(dates, max_size=30))
    opened = frozenset(day for day in DAYS if (day.weekday() not in weekend) != (day in turned))
    closes = draw(st.dictionaries(st.sampled_from(sorted(opened)), times, max_size=10)) if opened else {}
    return KnownDays(opened, closes, draw(dates), draw(dates))


parts = st.lists(known_days(), min_size=1, max_size=3)


def open_days(calendar: Calendar) -> set[dt.date]:
    return {day for day in DAYS if calendar.is_open(day)}


@given(parts)
def test_all_of_is_open_where_every_part_is_and_closes_with_the_earliest(parts: list[KnownDays]) -> None:
    calendar = all_of(parts).calendar("x")

    assert open_days(calendar) == set.intersection(*(open_days(part.calendar("part")) for part in parts))
    for day in {day for part in parts for day in part.half_days}:
        closes = [part.half_days[day] for part in parts if day in part.half_days]
        assert calendar.half_days.get(day) == (min(closes) if calendar.is_open(day) else None)


@given(parts)
def test_any_of_is_open_where_some_part_is_and_closes_with_the_latest_of_those_open(parts: list[KnownDays]) -> None:
    calendar = any_of(parts).calendar("x")

    assert open_days(calendar) == set.union(*(open_days(part.calendar("part")) for part in parts))
    for day in {day for part in parts for day in part.half_days}:
        closes = [part.half_days.get(day, dt.time.max) for part in parts if day in part.open]
        assert calendar.half_days.get(day, dt.time.max) == max(closes)


@given(known_days(), parts)
def test_except_leaves_the_days_on_which_no_other_is_open(base: KnownDays, others: list[KnownDays]) -> None:
    calendar = without(base, others).calendar("x")

    assert open_days(calendar) == open_days(base.calendar("base")).difference(
        *(open_days(other.calendar("other")) for other in others)
    )
    assert dict(calendar.half_days) == {day: time for day, time in base.half_days.items() if calendar.is_open(day)}


@given(parts)
def test_a_combination_is_known_as_long_as_each_of_its_parts(parts: list[KnownDays]) -> None:
    for combined in (all_of(parts), any_of(parts), without(parts[0], parts[1:])):
        assert combined.last == min(part.last for part in parts)
        assert combined.first == max(part.first for part in parts)


@given(known_days())
def test_a_calendar_survives_being_written_and_read(days: KnownDays) -> None:
    calendar = days.calendar("x")

    assert Calendar.model_validate(calendar.model_dump(mode="json")) == calendar
    assert open_days(calendar) == days.open

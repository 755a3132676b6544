"""Periods tile time, end with their fire at the latest, and are called by a name of their own, in every zone."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduled_reports.errors import ReportError
from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.covers import UNITS
from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.recurrence import Recurrence
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing

PROVED = settings(
    derandomize=True, database=None, deadline=None, max_examples=150, suppress_health_check=list(HealthCheck)
)
ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "America/Havana",
)  # fmt: skip
DAY = dt.timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FISCAL: tuple[dict[str, Any], ...] = (
    {"starts": "april"},
    {"type": "weeks", "pattern": "4-4-5", "ends": {"weekday": "saturday", "month": "january", "rule": "nearest"}},
)
CALENDAR = Calendar.model_validate({
    "closed": {"2026": "0101 0216 0217 0218 0219 0220 0403 0406 0501 0930 1001 1225 1231"},
    "opened": {"2026": "0314 1031"}, "half_days": {"12:00": {"2026": "0327 1023 1224"}},
})  # fmt: skip
WHENS: dict[str, Any] = {
    "daily": {"type": "daily", "at": "06:30"},
    "in the hour that clocks change": {"type": "daily", "at": ["01:30", "02:00", "02:30", "03:00"]},
    "at midnight": {"type": "daily", "at": ["00:00", "00:30", "23:59"]},
    "hourly": {"type": "hourly"},
    "every 4 hours": {"type": "hourly", "every": 4, "from": "02:30"},
    "weekdays": {"type": "weekdays", "at": ["02:15", "18:00"]},
    "weekly": {"type": "weekly", "on": ["sunday"], "at": "02:30"},
}
whens = st.sampled_from([
    *WHENS.values(),
    {"type": "monthly", "on": "1", "at": "06:30"},
    {"type": "monthly", "on": ["last", "3rd business day"], "at": ["00:00", "23:59"]},
    {"type": "weekly", "on": ["saturday", "monday"], "at": "15:00"},
    {"type": "fiscal", "of": "period", "on": "1", "at": "00:00"},
])  # fmt: skip
OFFSETS: list[Any] = [
    {"from": "-2 days 06:00", "to": "-1 day 06:00"}, {"from": "-2 months", "to": "-1 month"},
    {"from": "-3 fiscal_periods", "to": "0 fiscal_periods"},
]  # fmt: skip
covered = st.sampled_from([
    "since_last_fire", *(f"previous_{unit}" for unit in UNITS), "today", *(f"{unit}_to_date" for unit in UNITS[1:]),
    "last 1 hour", "last 36 hours", "last 7 days", "last 2 weeks", "last 3 months", "last 2 fiscal_quarters",
    *OFFSETS,
])  # fmt: skip


def timing(zone: str, calendar: Calendar | None = None, **fields: Any) -> Timing:
    given_fields = {"id": "x", "timezone": zone, "fiscal": FISCAL[0], **fields}
    return Schedule.model_validate(given_fields).timing(calendar, None, "a seed")


timings = st.builds(
    timing,
    st.sampled_from(ZONES),
    st.none() | st.just(CALENDAR),
    when=whens,
    covers=covered,
    on_closed=st.sampled_from(["skip", "previous", "next"]),
    fiscal=st.sampled_from(FISCAL),
    week_starts=st.sampled_from(WEEKDAYS),
    jitter=st.none() | st.just("50m"),
    business_hours=st.none() | st.just({"from": "08:00", "until": "17:00"}),
    blackouts=st.sampled_from([
        [], [{"from": "22:00", "until": "03:00", "then": "after"}],
        [
            {"from": "2026-03-06T12:00", "until": "2026-04-02T07:00", "then": "after"},
            {"from": "12:00", "until": "16:00"},
        ],
    ]),
)  # fmt: skip


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0), zone).astimezone(dt.UTC)


def utc(moment: dt.datetime) -> dt.datetime:
    """Return a moment that compares and subtracts as an instant; two of one zone do so by their wall time."""
    return moment.astimezone(dt.UTC)


def recurrence_of(found: Timing) -> Recurrence:
    assert found.recurrence is not None
    return found.recurrence


def fires_around_clock_changes(found: Timing) -> Iterator[list[Fire]]:
    """Yield the fires of some days around each of 2026's clock changes, in order."""
    noons = [dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC) + number * DAY for number in range(365)]
    zone = ZoneInfo(found.timezone)
    changes = [
        early for early, late in itertools.pairwise(noons)
        if early.astimezone(zone).utcoffset() != late.astimezone(zone).utcoffset()
    ]  # fmt: skip
    for noon in changes or noons[100:101]:
        yield list(recurrence_of(found).between(noon - 3 * DAY, noon + 4 * DAY))


@pytest.mark.parametrize("jitter", [None, "50m"])
@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("zone", ZONES)
def test_from_fire_to_fire_there_is_no_gap_and_no_overlap_when_clocks_change(
    zone: str, when: str, jitter: str | None
) -> None:
    found = timing(zone, when=WHENS[when], covers="since_last_fire", jitter=jitter)
    for fires in fires_around_clock_changes(found):
        periods = [found.period(fire.at) for fire in fires]
        assert periods
        for fire, period in zip(fires, periods, strict=True):
            assert utc(period.end) == fire.at - (recurrence_of(found).jitter or dt.timedelta(0))
            assert utc(period.start) < utc(period.end)
        for early, late in itertools.pairwise(periods):
            assert utc(late.start) == utc(early.end)
            assert (utc(late.previous_start), utc(late.previous_end)) == (utc(early.start), utc(early.end))


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Apia"])
@pytest.mark.parametrize("fiscal", FISCAL, ids=["months", "weeks"])
@pytest.mark.parametrize("unit", UNITS)
def test_whole_units_tile_time(unit: str, fiscal: dict[str, Any], zone: str) -> None:
    """In 2011 too: Samoa's clocks skipped 30 December, which as a day of its own would be empty."""
    found = timing(zone, when="30 6 * * *", covers=f"previous_{unit}", fiscal=fiscal, week_starts="sunday")
    spans = [(dt.date(2011, 6, 1), dt.date(2012, 6, 1)), (dt.date(2025, 10, 1), dt.date(2027, 2, 1))]
    for first, last in spans[unit == "day" :]:
        period = found.period_of(first)
        while period.end.date() < last:
            after = found.period_of(period.end.date())
            assert utc(period.start) < utc(period.end) == utc(after.start)
            assert (after.previous_start, after.previous_end) == (period.start, period.end)
            period = after


@PROVED
@given(timings)
def test_a_period_ends_with_its_fire_at_the_latest_and_is_compared_with_one_before_it(found: Timing) -> None:
    for fire, period in periods_of_a_year(found):
        assert utc(period.start) < utc(period.end) <= fire.at
        assert utc(period.previous_start) < utc(period.previous_end) <= utc(period.start)


@PROVED
@given(timings)
def test_a_name_means_one_period_and_is_safe_in_a_path(found: Timing) -> None:
    named: dict[str, tuple[dt.datetime, dt.datetime]] = {}
    for _, period in periods_of_a_year(found):
        span = utc(period.start), utc(period.end)
        assert named.setdefault(period.slug, span) == span
        assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d{4})?(_\d{4}-\d\d-\d\d(T\d{4})?)?", period.slug)
        assert period.label.strip()


@PROVED
@given(timings, st.dates(dt.date(2025, 6, 1), dt.date(2027, 6, 1)))
def test_a_day_is_in_the_period_that_it_names(found: Timing, day: dt.date) -> None:
    zone, a_part = ZoneInfo(found.timezone), found.covers.text in {"since_last_fire", "last 1 hour", "offsets"}
    begin, end = midnight(day, zone), midnight(day + DAY, zone)
    try:
        period = found.period_of(day)
    except ReportError:  # a day may be in no fire's period
        assert found.covers.text in {"since_last_fire", "offsets"}
        return
    if a_part:
        assert utc(period.start) < end
        assert utc(period.end) > begin
    else:
        assert utc(period.start) <= begin
        assert utc(period.end) >= end


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("covers", ["today", "week_to_date", "month_to_date", "last 36 hours", "previous_day"])
def test_a_run_started_by_hand_never_covers_what_is_still_to_come(zone: str, covers: str) -> None:
    """Also in the hour that comes twice, in which wall times do not tell earlier from later."""
    found = timing(zone, when="30 6 * * *", covers=covers)
    for fires in fires_around_clock_changes(found):
        moment = fires[0].at
        while moment < fires[-1].at:
            moment += dt.timedelta(minutes=10)
            period = found.period(moment)
            assert utc(period.start) < utc(period.end) <= moment
            assert utc(period.previous_start) <= utc(period.previous_end) <= utc(period.start)


@pytest.mark.parametrize(
    ("offsets", "compared"),
    [
        ({"from": "-1 month", "to": "0 months"}, ("2026-01-01T00:00", "2026-02-01T00:00")),
        ({"from": "-2 quarters", "to": "0 quarters"}, ("2025-01-01T00:00", "2025-07-01T00:00")),
        ({"from": "-1 day 06:00", "to": "0 days 06:00"}, ("2026-03-15T06:00", "2026-03-16T06:00")),
        ({"from": "-1 day 06:00", "to": "0 days 18:00"}, ("2026-03-14T18:00", "2026-03-16T06:00")),
    ],
)  # fmt: skip
def test_offsets_of_one_unit_are_compared_with_as_many_of_it(
    offsets: dict[str, str], compared: tuple[str, str]
) -> None:
    found = timing("Europe/Berlin", when="30 20 * * *", covers=offsets)
    period = found.period(dt.datetime(2026, 3, 17, 20, 30, tzinfo=ZoneInfo("Europe/Berlin")))

    assert tuple(f"{end:%Y-%m-%dT%H:%M}" for end in (period.previous_start, period.previous_end)) == compared


@pytest.mark.parametrize(
    ("when", "covers", "day", "slug"),
    [
        (WHENS["weekly"], "since_last_fire", "2026-10-14", "2026-10-11T0230_2026-10-18T0230"),
        (WHENS["weekdays"], {"from": "-3 days", "to": "0 days"}, "2026-10-10", "2026-10-09_2026-10-11"),
        ("0 0 * * *", "since_last_fire", "2026-10-14", "2026-10-14"),
        ("59 23 * * *", "since_last_fire", "2026-10-14", "2026-10-13T2359_2026-10-14T2359"),
        ("30 6 * * *", {"from": "-2 days", "to": "-1 day"}, "2026-10-15", "2026-10-15"),
        ("30 6 1 * *", {"from": "-1 month", "to": "0 months"}, "2026-09-01", "2026-09-01_2026-09-30"),
    ],
)  # fmt: skip
def test_a_day_without_a_fire_that_ends_its_period_is_in_that_of_a_later_one(
    when: Any, covers: Any, day: str, slug: str
) -> None:
    found = timing("Europe/Berlin", when=when, covers=covers, jitter="50m")

    assert found.period_of(dt.date.fromisoformat(day)).slug == slug


@pytest.mark.parametrize(
    ("when", "day"), [({"type": "dates", "on": "2026-10-01", "at": "06:30"}, "2026-10-14"), ("0 6 * * 1", "2026-01-15")]
)
def test_a_day_that_no_run_covers_is_refused(when: Any, day: str) -> None:
    found = timing("Europe/Berlin", when=when, covers="since_last_fire", starts="2026-06-01")

    with pytest.raises(ReportError, match=f"no run of this schedule covers {day}"):
        found.period_of(dt.date.fromisoformat(day))


def test_the_first_run_of_a_schedule_covers_as_much_as_any_other() -> None:
    found = timing("Europe/Berlin", when="30 6 * * 1", covers="since_last_fire", starts="2026-06-01")

    period = found.period(dt.datetime(2026, 6, 1, 6, 30, tzinfo=ZoneInfo("Europe/Berlin")))

    assert period.slug == "2026-05-25T0630_2026-06-01T0630"


def test_a_day_before_one_that_begins_at_one_is_a_single_day() -> None:
    """Havana's 8 March 2026 begins at 01:00, with which the 7th ends."""
    period = timing("America/Havana", when="30 6 * * *").period(dt.datetime(2026, 3, 8, 12, tzinfo=dt.UTC))

    assert (period.slug, period.label) == ("2026-03-07", "Saturday, 7 March 2026")


@pytest.mark.parametrize(
    ("covers", "label"),
    [
        ("month_to_date", "1 – 31 December 2026, until 06:30"),
        ("year_to_date", "1 January – 31 December 2026, until 06:30"),
        ("previous_month", "November 2026"),
    ],
)
def test_a_span_to_date_is_not_called_a_whole_one_on_its_last_day(covers: str, label: str) -> None:
    found = timing("Europe/Berlin", when="30 6 * * *", covers=covers)

    assert found.period(dt.datetime(2026, 12, 31, 5, 30, tzinfo=dt.UTC)).label == label


def periods_of_a_year(found: Timing) -> list[tuple[Fire, Period]]:
    """Return the fires of a schedule, no more than some in spring and autumn of 2026, each with its period."""
    chosen: list[tuple[Fire, Period]] = []
    for month in (3, 10):
        begin = dt.datetime(2026, month, 1, tzinfo=dt.UTC)
        fires = recurrence_of(found).between(begin, begin + 70 * DAY)
        chosen += [(fire, found.period(fire.at)) for fire in itertools.islice(fires, 40)]
    return chosen

"""Whatever a schedule is made of, its fires are those of a plain reading of its rules, from wherever one looks."""

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.recurrence import Recurrence

PROVED = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck], max_examples=200
)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata",
         "America/Havana", "Pacific/Apia")  # fmt: skip
Look = tuple[Recurrence, list[Fire], dt.datetime, dt.datetime]
QUARTER, DAY = dt.timedelta(minutes=15), dt.timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK_CHANGES = (dt.date(2026, 2, 10), dt.date(2026, 3, 20), dt.date(2026, 9, 20), dt.date(2026, 10, 18))
"""Days before which spans begin that hold the clock changes of all zones, Ramadan's in Casablanca too."""

times = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
ats = st.lists(times, min_size=1, max_size=3)
weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True)
places = st.lists(
    st.sampled_from([
        "1", "15", "28", "last", "2nd last", "first monday", "last friday", "5th tuesday", "2nd last sunday",
        "first business day", "3rd business day", "last business day", "10th last business day",
    ]),
    min_size=1, max_size=3, unique=True,
)  # fmt: skip
days_near = st.tuples(st.sampled_from(CLOCK_CHANGES), st.integers(-20, 60)).map(lambda near: near[0] + near[1] * DAY)
months = st.sampled_from(["january", "february", "march", "april", "october"])


def kind(name: str, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    optional = {key.removesuffix("_"): value for key, value in fields.items() if key.endswith("_")}
    needed = {key: value for key, value in fields.items() if not key.endswith("_")}
    return st.fixed_dictionaries({"type": st.just(name), **needed}, optional=optional)


frequencies = st.one_of(
    kind("daily", at=ats),
    kind("weekdays", at=ats),
    kind("weekly", on=weekdays, at=ats),
    kind("weekly", on=weekdays, at=ats, every=st.integers(2, 5), starting=st.just("2026-01-07")),
    kind("monthly", on=places, at=ats),
    kind("monthly", on=places, at=ats, every=st.sampled_from([2, 3]), starting=months),
    kind("quarterly", on=places, at=ats),
    kind("yearly", on=places, at=ats, month=st.lists(months, min_size=1, max_size=3)),
    kind("fiscal", of=st.sampled_from(["period", "quarter", "year"]), on=places, at=ats),
    kind("hourly", every=st.sampled_from([1, 2, 3, 4, 6, 12]), **{"from": times}),
    kind("dates", on=st.lists(days_near.map(str), min_size=1, max_size=9), at=ats),
    kind("cron", cron=st.lists(st.sampled_from([
        "30 6 * * *", "*/30 1-3 * * *", "0 9 1,15 * fri", "15 2 * * 1-5", "0 0 * * 0", "45 23 l * *", "30 12 * * 5#2",
    ]), min_size=1, max_size=2)),
    kind("rrule", starting=st.just("2026-01-05T02:30"), rrule=st.sampled_from([
        "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO", "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=HOURLY;INTERVAL=5",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=DAILY;COUNT=90", "FREQ=WEEKLY;UNTIL=20261101",
    ])),
)  # fmt: skip


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a calendar with any weekend, holidays, closed weeks and half days, next to each other too."""
    closed = set(draw(st.lists(days_near, max_size=12)))
    for begin in draw(st.lists(days_near, max_size=2)):
        closed |= {begin + number * DAY for number in range(draw(st.integers(2, 16)))}
    weekend = draw(st.sets(st.sampled_from(WEEKDAYS), max_size=4))
    opened = set(draw(st.lists(days_near, max_size=4)))
    half_days = {}
    for begin in draw(st.lists(days_near, max_size=4)):
        half_days |= {begin + number * DAY: draw(times) for number in range(draw(st.integers(1, 3)))}
    return {"weekend": weekend, "closed": frozenset(closed), "opened": frozenset(opened), "half_days": half_days}


@st.composite
def blackouts(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a blackout, once or by the clock."""
    then = draw(st.sampled_from(["skip", "after"]))
    if draw(st.booleans()):
        begin = dt.datetime.combine(draw(days_near), dt.time.fromisoformat(draw(times)))
        end = begin + draw(st.integers(1, 960)) * QUARTER
        return {"from": begin.isoformat(), "until": end.isoformat(), "then": then}
    begin_at, end_at = draw(st.lists(times, min_size=2, max_size=2, unique=True))
    return {"from": begin_at, "until": end_at, "then": then, "on": draw(st.just([]) | weekdays)}


business_hours = st.lists(times, min_size=2, max_size=2, unique=True).map(
    lambda ends: {"from": min(ends), "until": max(ends)}
)
recurrences = st.fixed_dictionaries(
    {
        "when": frequencies,
        "timezone": st.sampled_from(ZONES),
        "calendar": calendars(),
        "fiscal": st.just({"starts": "february"}),
    },
    optional={
        "on_closed": st.sampled_from(["skip", "previous", "next"]),
        "business_hours": business_hours,
        "blackouts": st.lists(blackouts(), max_size=3),
        "jitter": st.sampled_from(["45s", "7m", "50m"]),
        "starts": st.just("2026-02-20"),
        "ends": st.just("2026-11-10"),
        "week_starts": st.sampled_from(WEEKDAYS),
    },
).map(Recurrence.model_validate)


@st.composite
def looks(draw: st.DrawFn) -> Look:
    """Draw a recurrence, and its fires from one moment to another, which may be fires themselves."""
    recurrence = draw(recurrences)
    begin = midnight(draw(st.sampled_from(CLOCK_CHANGES)), recurrence.zone)
    end = begin + dt.timedelta(days=25 if recurrence.when.type in {"hourly", "cron", "rrule"} else 60)
    return recurrence, list(recurrence.between(begin, end)), begin, end


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0), zone).astimezone(dt.UTC)


def some_moment(draw: st.DrawFn, fires: list[Fire], begin: dt.datetime, end: dt.datetime) -> dt.datetime:
    """Return any moment of the span, more often one at a fire, just before or just after it."""
    if fires and draw(st.booleans()):
        nudge = draw(st.sampled_from([-3600, -1, 0, 0, 1, 60, 3600]))
        return min(max(draw(st.sampled_from(fires)).at + dt.timedelta(seconds=nudge), begin), end)
    return begin + dt.timedelta(seconds=draw(st.integers(0, int((end - begin).total_seconds()))))


@PROVED
@given(looks())
def test_fires_strictly_increase(look: Look) -> None:
    _, fires, begin, end = look

    assert all(early.at < late.at and early.wall <= late.wall for early, late in itertools.pairwise(fires))
    assert all(begin <= fire.at <= end for fire in fires)


@PROVED
@given(looks(), st.data())
def test_the_next_fire_is_the_same_from_wherever_one_looks(look: Look, data: st.DataObject) -> None:
    recurrence, fires, begin, end = look
    for _ in range(5):
        moment = some_moment(data.draw, fires, begin, end)
        expected = next((fire for fire in fires if fire.at > moment), None)
        found = recurrence.after(moment)
        assert found == expected or (expected is None and found is not None and found.at > end)


@PROVED
@given(looks(), st.data())
def test_the_last_fires_are_the_same_from_wherever_one_looks(look: Look, data: st.DataObject) -> None:
    recurrence, fires, begin, end = look
    for count in (1, 3, 7):
        moment = some_moment(data.draw, fires, begin, end)
        expected = [fire for fire in fires if fire.at <= moment][-count:]
        found = recurrence.until(moment, count)
        assert found[len(found) - len(expected) :] == expected
        assert all(fire.at < begin for fire in found[: len(found) - len(expected)])


@PROVED
@given(looks(), st.data())
def test_a_span_can_be_cut_anywhere(look: Look, data: st.DataObject) -> None:
    recurrence, fires, begin, end = look
    for _ in range(4):
        cut = some_moment(data.draw, fires, begin, end)
        after = cut + dt.timedelta(microseconds=1)
        assert [*recurrence.between(begin, cut), *recurrence.between(after, end)] == fires


@PROVED
@given(looks())
def test_every_fire_is_on_an_open_day_in_business_hours_and_in_no_blackout(look: Look) -> None:
    recurrence, fires, _, _ = look
    waits = [blackout for blackout in recurrence.blackouts if blackout.then == "after"]
    for fire in fires:
        wall = real_wall(recurrence, fire.wall)
        if recurrence.business_hours:
            assert inside_business_hours(recurrence, wall)
        elif recurrence.on_closed and not waits:  # the end of a blackout may lie on a closed day
            assert recurrence.calendar.is_open(wall.date())
            assert wall.time() <= recurrence.calendar.half_days.get(wall.date(), dt.time.max)
        assert not any(in_blackout(blackout, wall) for blackout in recurrence.blackouts)
        assert recurrence.starts is None or wall.date() >= recurrence.starts
        assert recurrence.ends is None or wall.date() <= recurrence.ends


@PROVED
@given(looks())
def test_a_serialized_recurrence_fires_alike(look: Look) -> None:
    recurrence, _, begin, _ = look
    text = recurrence.model_dump_json(by_alias=True, exclude_defaults=True)
    again = Recurrence.model_validate_json(text)

    assert again == recurrence
    assert [*itertools.islice(again.between(begin), 20)] == [*itertools.islice(recurrence.between(begin), 20)]


@settings(PROVED, max_examples=400)
@given(recurrences)
def test_fires_are_those_of_a_plain_reading_of_the_rules(recurrence: Recurrence) -> None:
    begin = dt.date(2026, 10, 18)
    end = begin + 22 * DAY
    found = list(recurrence.between(midnight(begin, recurrence.zone), midnight(end, recurrence.zone)))

    expected = plainly_read(recurrence, begin - 90 * DAY, end + 60 * DAY)
    ends = [midnight(day, recurrence.zone) for day in (begin, end)]
    assert [fire.at for fire in found] == sorted({at for at in expected if ends[0] <= at <= ends[1]})


def plainly_read(recurrence: Recurrence, begin: dt.date, end: dt.date) -> Iterator[dt.datetime]:
    """Yield the instants of the fires meant for `begin` to `end`: one rule after the other, step by step."""
    for day, day_times in recurrence.when.days(begin, end, recurrence.rules):
        for time in day_times:
            wall = by_calendar(recurrence, dt.datetime.combine(day, time))
            wall = wall and moved_on(recurrence, wall)
            if wall and (real := real_wall(recurrence, wall)) != wall:  # clocks go forward: it is later than meant
                free = moved_on(recurrence, real)
                wall = wall if free == real else free
            if wall is None or (recurrence.starts and wall.date() < recurrence.starts):
                continue
            if not recurrence.ends or wall.date() <= recurrence.ends:
                yield instant_of(recurrence, wall) + (recurrence.jitter or dt.timedelta(0))


def by_calendar(recurrence: Recurrence, wall: dt.datetime) -> dt.datetime | None:
    """Return where the calendar moves a fire, day by day."""
    calendar, rule = recurrence.calendar, recurrence.on_closed
    for _ in range(60):
        close = calendar.half_days.get(wall.date(), dt.time.max)
        is_open = calendar.is_open(wall.date())
        if rule is None or (is_open and wall.time() <= close):
            return wall
        if rule == "skip":
            return None
        if is_open and rule == "previous":
            return dt.datetime.combine(wall.date(), close)
        wall += DAY if rule == "next" else -DAY
    return None


def moved_on(recurrence: Recurrence, wall: dt.datetime) -> dt.datetime | None:
    """Return the first moment that business hours and blackouts leave free, a quarter of an hour after the other."""
    limit = wall + 40 * DAY
    while wall < limit:
        dark = [blackout for blackout in recurrence.blackouts if in_blackout(blackout, wall)]
        if recurrence.business_hours and not inside_business_hours(recurrence, wall):
            wall += QUARTER
        elif any(blackout.then == "skip" for blackout in dark):
            return None
        elif dark:
            while any(in_blackout(blackout, wall) for blackout in dark):
                wall += QUARTER
        else:
            return wall
    return None


def inside_business_hours(recurrence: Recurrence, wall: dt.datetime) -> bool:
    hours, calendar = recurrence.business_hours, recurrence.calendar
    assert hours is not None
    close = calendar.half_days.get(wall.date(), dt.time.max)
    return calendar.is_open(wall.date()) and hours.start <= wall.time() <= min(hours.until, close)


def in_blackout(blackout: Any, wall: dt.datetime) -> bool:
    """Return whether `wall` lies in a blackout, whose end does not count."""
    if isinstance(blackout.start, dt.datetime):
        return blackout.start <= wall < blackout.until
    today = not blackout.on or wall.weekday() in blackout.on
    yesterday = not blackout.on or (wall.weekday() - 1) % 7 in blackout.on
    if blackout.start < blackout.until:
        return today and blackout.start <= wall.time() < blackout.until
    return (today and blackout.start <= wall.time()) or (yesterday and wall.time() < blackout.until)


def instant_of(recurrence: Recurrence, wall: dt.datetime) -> dt.datetime:
    """Return the first instant at which the zone's clocks show `wall` or later, found step by step."""
    offsets = {(wall + number * DAY).replace(tzinfo=recurrence.zone).utcoffset() or DAY for number in (-1, 1)}
    for at in sorted((wall - offset).replace(tzinfo=dt.UTC) for offset in offsets):
        if at.astimezone(recurrence.zone).replace(tzinfo=None) == wall:
            return at
    at = (wall - DAY).replace(tzinfo=dt.UTC)
    while at.astimezone(recurrence.zone).replace(tzinfo=None) < wall:
        at += dt.timedelta(minutes=5)
    return at


def real_wall(recurrence: Recurrence, wall: dt.datetime) -> dt.datetime:
    """Return what clocks show at the instant of a fire: later than `wall` where they go forward."""
    return instant_of(recurrence, wall).astimezone(recurrence.zone).replace(tzinfo=None)

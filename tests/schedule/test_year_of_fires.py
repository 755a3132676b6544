"""All fires of 2026 are those that pandas, numpy or croniter compute, which share no code with ours.

pandas reads wall times as ours are: of one that comes twice, the first; for one that is skipped, the first instant
after. It takes every gap for one of an hour, though: Lord Howe's half hour is in test_recurrence.py, by hand.
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from croniter import croniter
from pandas.tseries import offsets

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.schedule import Schedule

Walls = pd.DatetimeIndex

HOLIDAYS = np.array([
    "2026-01-01", "2026-01-02", "2026-02-16", "2026-04-01", "2026-04-03", "2026-04-06", "2026-04-30", "2026-05-01",
    "2026-06-29", "2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01", "2026-12-24", "2026-12-25", "2026-12-31",
], dtype="datetime64[D]")  # fmt: skip
CLOSED = Calendar(closed=frozenset(HOLIDAYS.tolist()))
SUNDAY_TO_THURSDAY = Calendar.model_validate({"weekend": ["fri", "sat"], "closed": CLOSED.closed})
MONTHS = np.arange("2026-01", "2027-01", dtype="datetime64[M]")
WEEKS_445 = {
    "type": "weeks",
    "pattern": "4-4-5",
    "ends": {"weekday": "saturday", "month": "january", "rule": "nearest"},
}
WEEKS_LAST = {"type": "weeks", "pattern": "5-4-4", "ends": {"weekday": "friday", "month": "september", "rule": "last"}}


def days(freq: Any, first: str = "2026-01-01", last: str = "2026-12-31") -> Walls:
    """Return the days of 2026 that a pandas frequency has."""
    return pd.date_range(first, last, freq=freq)


def at(found: Any, *times: str) -> Walls:
    """Return days at times of day."""
    index = pd.DatetimeIndex(found)
    return pd.DatetimeIndex(np.concatenate([index + pd.Timedelta(f"{time}:00") for time in times]))


def business_days(months: Any, nth: int, holidays: Any = HOLIDAYS) -> Any:
    """Return the n-th business day of each month (0 the first, -1 the last)."""
    firsts = (months if nth >= 0 else months + np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.busday_offset(firsts, nth, roll="forward", holidays=holidays)


def rolled(found: Walls, roll: Any) -> Any:
    """Return days moved to business days."""
    return np.unique(np.busday_offset(found.to_numpy().astype("datetime64[D]"), 0, roll=roll, holidays=HOLIDAYS))


def by_cron(*lines: str) -> Walls:
    """Return a year's wall times of cron lines."""
    found = set()
    for line in lines:
        moments = croniter(line, dt.datetime(2025, 12, 31, 23, 59, tzinfo=dt.UTC), ret_type=dt.datetime)
        while (moment := next(moments)).year == 2026:
            found.add(moment.replace(tzinfo=None))
    return pd.DatetimeIndex(sorted(found))


def without(found: Walls, first: str, last: str) -> Walls:
    """Return wall times that are not from one time of day to before another."""
    clock = found.strftime("%H:%M")
    return found[~((clock >= first) & (clock < last))]


def weeks_after(freq: Any) -> Walls:
    """Return the days after those that a fiscal offset of pandas ends with."""
    return days(freq, "2025-06-01", "2027-06-01") + pd.Timedelta(days=1)


def in_hours(found: Walls) -> Walls:
    """Return wall times moved into business hours."""
    hours = offsets.CustomBusinessHour(start="09:00", end="17:00", holidays=list(HOLIDAYS))
    return pd.DatetimeIndex([hours.rollforward(moment) for moment in found])


def when(kind: str, on: Any = None, times: Any = "06:30", **more: Any) -> dict[str, Any]:
    return {"type": kind, **({"on": on} if on else {}), "at": times, **more}


BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
CASABLANCA, KOLKATA, HAVANA = "Africa/Casablanca", "Asia/Kolkata", "America/Havana"
Case = tuple[str, str, dict[str, Any], Walls]
TABLE: tuple[Case, ...] = (
    ("daily", BERLIN, {"when": when("daily")}, at(days("D"), "06:30")),
    ("daily, skipped in March", BERLIN, {"when": when("daily", times="02:30")}, at(days("D"), "02:30")),
    ("daily, twice in November", NEW_YORK, {"when": when("daily", times="01:30")}, at(days("D"), "01:30")),
    ("daily, half an hour twice", LORD_HOWE, {"when": when("daily", times="01:45")}, at(days("D"), "01:45")),
    ("daily, midnight skipped", HAVANA, {"when": when("daily", times=["00:00", "00:30"])},
     at(days("D"), "00:00", "00:30")),
    ("daily, through Ramadan", CASABLANCA, {"when": when("daily", times=["02:30", "18:00"])},
     at(days("D"), "02:30", "18:00")),
    ("daily, no summer time", KOLKATA, {"when": when("daily", times="23:59")}, at(days("D"), "23:59")),
    ("hourly", BERLIN, {"when": {"type": "hourly"}}, days("h", last="2026-12-31T23:00")),
    ("every 4 hours from 06:30", NEW_YORK, {"when": {"type": "hourly", "every": 4, "from": "06:30"}},
     days("4h", "2026-01-01T02:30", "2026-12-31T22:30")),
    ("every 6 hours from 23:00", LORD_HOWE, {"when": {"type": "hourly", "every": 6, "from": "23:00"}},
     days("6h", "2026-01-01T05:00", "2026-12-31T23:00")),
    ("every 2 hours until 17:00", CASABLANCA, {"when": {"type": "hourly", "every": 2, "from": "09:00",
     "until": "17:00"}}, at(days("D"), "09:00", "11:00", "13:00", "15:00", "17:00")),
    ("weekdays", NEW_YORK, {"when": when("weekdays")}, at(days("B"), "06:30")),
    ("weekdays but for holidays", BERLIN, {"when": when("weekdays"), "calendar": CLOSED},
     at(days(offsets.CDay(holidays=list(HOLIDAYS))), "06:30")),
    ("Sunday to Thursday", CASABLANCA, {"when": when("weekdays"), "calendar": SUNDAY_TO_THURSDAY},
     at(days(offsets.CDay(weekmask="Sun Mon Tue Wed Thu", holidays=list(HOLIDAYS))), "06:30")),
    ("Mondays", BERLIN, {"when": when("weekly", "monday")}, at(days("W-MON"), "06:30")),
    ("Sundays, when clocks change", NEW_YORK, {"when": when("weekly", "sunday", "02:30")}, at(days("W-SUN"), "02:30")),
    ("Tuesdays and Thursdays", KOLKATA, {"when": when("weekly", ["tue", "thu"], ["08:00", "20:00"])},
     at(days("W-TUE").union(days("W-THU")), "08:00", "20:00")),
    ("every 2 weeks", BERLIN, {"when": when("weekly", "wednesday", every=2, starting="2026-01-05")},
     at(days("2W-WED", "2026-01-07"), "06:30")),
    ("every 3 weeks, two days", BERLIN, {"when": when("weekly", ["mon", "fri"], every=3, starting="2026-01-14")},
     at(days("3W-MON", "2026-01-12").union(days("3W-FRI", "2026-01-16")), "06:30")),
    ("every 2 weeks from Sundays", NEW_YORK,
     {"when": when("weekly", ["sun", "mon"], every=2, starting="2026-01-06"), "week_starts": "sunday"},
     at(days("2W-SUN", "2026-01-04").union(days("2W-MON", "2026-01-05")), "06:30")),
    ("the 1st", BERLIN, {"when": when("monthly", "1")}, at(days("MS"), "06:30")),
    ("the 1st and 15th", HAVANA, {"when": when("monthly", ["1", "15"])}, at(days("SMS"), "06:30")),
    ("the 31st", BERLIN, {"when": when("monthly", "31")}, at(days("ME")[days("ME").day == 31], "06:30")),
    ("the last day", LORD_HOWE, {"when": when("monthly", "last", "23:59")}, at(days("ME"), "23:59")),
    ("the 2nd last day", BERLIN, {"when": when("monthly", "2nd last day")},
     at(days("ME") - pd.Timedelta(days=1), "06:30")),
    ("the first weekday", BERLIN, {"when": when("monthly", "first business day")}, at(days("BMS"), "06:30")),
    ("the last weekday", NEW_YORK, {"when": when("monthly", "last business day")}, at(days("BME"), "06:30")),
    ("the 3rd weekday", BERLIN, {"when": when("monthly", "3rd business day")},
     at(business_days(MONTHS, 2, []), "06:30")),
    ("the first business day", BERLIN, {"when": when("monthly", "first business day"), "calendar": CLOSED},
     at(days(offsets.CBMonthBegin(holidays=list(HOLIDAYS))), "06:30")),
    ("the last business day", BERLIN, {"when": when("monthly", "last business day"), "calendar": CLOSED},
     at(days(offsets.CBMonthEnd(holidays=list(HOLIDAYS))), "06:30")),
    ("the 5th business day", BERLIN, {"when": when("monthly", "5th business day"), "calendar": CLOSED},
     at(business_days(MONTHS, 4), "06:30")),
    ("the 2nd last business day", BERLIN, {"when": when("monthly", "2nd last business day"), "calendar": CLOSED},
     at(business_days(MONTHS, -2), "06:30")),
    ("the first Monday", BERLIN, {"when": when("monthly", "first monday")},
     at(days(offsets.WeekOfMonth(week=0, weekday=0)), "06:30")),
    ("the third Wednesday", NEW_YORK, {"when": when("monthly", "third wednesday")},
     at(days(offsets.WeekOfMonth(week=2, weekday=2)), "06:30")),
    ("the fifth Tuesday", BERLIN, {"when": when("monthly", "5th tuesday")},
     at(days("W-TUE")[days("W-TUE").day > 28], "06:30")),
    ("the last Friday", KOLKATA, {"when": when("monthly", "last friday")},
     at(days(offsets.LastWeekOfMonth(weekday=4)), "06:30")),
    ("every 3 months from February", BERLIN, {"when": when("monthly", "1", every=3, starting="february")},
     at(days("QS-FEB"), "06:30")),
    ("every 2 months", BERLIN, {"when": when("monthly", "last", every=2, starting="january")},
     at(days("ME")[days("ME").month % 2 == 1], "06:30")),
    ("every half year", BERLIN, {"when": when("monthly", "last business day", every=6, starting="march")},
     at(days("BQE-MAR")[days("BQE-MAR").month % 6 == 3], "06:30")),
    ("quarters", BERLIN, {"when": when("quarterly", "1")}, at(days("QS"), "06:30")),
    ("the 10th of the quarter", BERLIN, {"when": when("quarterly", "10")},
     at(days("QS") + pd.Timedelta(days=9), "06:30")),
    ("the quarter's last weekday", NEW_YORK, {"when": when("quarterly", "last business day")},
     at(days("BQE"), "06:30")),
    ("fiscal quarters from February", BERLIN,
     {"when": when("quarterly", "first business day"), "fiscal": {"starts": "february"}}, at(days("BQS-FEB"), "06:30")),
    ("the year's last weekday", BERLIN, {"when": when("yearly", "last business day", month="december")},
     at(days("BYE"), "06:30")),
    ("the first weekday of April", BERLIN, {"when": when("yearly", "first business day", month="april")},
     at(days("BYS-APR"), "06:30")),
    ("second Tuesdays of two months", BERLIN, {"when": when("yearly", "2nd tuesday", month=["january", "july"])},
     at(days(offsets.WeekOfMonth(week=1, weekday=1))[[0, 6]], "06:30")),
    ("3rd business day of fiscal months", BERLIN,
     {"when": when("fiscal", "3rd business day", of="period"), "fiscal": {"starts": "april"}, "calendar": CLOSED},
     at(business_days(MONTHS, 2), "06:30")),
    ("the last day of a year of weeks", BERLIN, {"when": when("fiscal", "last", of="year"), "fiscal": WEEKS_445},
     at(days(offsets.FY5253(startingMonth=1, weekday=5, variation="nearest")), "06:30")),
    ("first days of quarters of weeks", BERLIN, {"when": when("fiscal", "1", of="quarter"), "fiscal": WEEKS_LAST},
     at(weeks_after(offsets.FY5253Quarter(startingMonth=9, weekday=4, qtr_with_extra_week=4, variation="last")),
        "06:30")),
    ("cron in business hours", "UTC", {"when": "*/15 8-17 * * 1-5"}, by_cron("*/15 8-17 * * 1-5")),
    ("cron by month day or weekday", "UTC", {"when": "0 9 1,15 * 5"}, by_cron("0 9 1,15 * 5")),
    ("cron in some months", "UTC", {"when": "5,35 4 */10 jan-mar,11 *"}, by_cron("5,35 4 */10 1,2,3,11 *")),
    ("two cron lines", BERLIN, {"when": ["0 6 * * 1", "30 2 * * 0"]}, by_cron("0 6 * * 1", "30 2 * * 0")),
    ("cron on second Fridays", BERLIN, {"when": "30 12 * * 5#2"},
     at(days(offsets.WeekOfMonth(week=1, weekday=4)), "12:30")),
    ("cron on last days", NEW_YORK, {"when": "0 0 L * *"}, at(days("ME"), "00:00")),
    ("rule of last Fridays", BERLIN, {"when": {"type": "rrule", "rrule": "FREQ=MONTHLY;BYDAY=-1FR",
     "starting": "2025-01-31T07:00"}}, at(days(offsets.LastWeekOfMonth(weekday=4)), "07:00")),
    ("rule of last weekdays", BERLIN, {"when": {"type": "rrule", "starting": "2025-01-31T02:30",
     "rrule": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"}}, at(days("BME"), "02:30")),
    ("rule of every 10th day", BERLIN, {"when": {"type": "rrule", "rrule": "FREQ=DAILY;INTERVAL=10",
     "starting": "2025-12-25T07:00"}}, at(days("10D", "2026-01-04"), "07:00")),
    ("dates", CASABLANCA, {"when": when("dates", ["2026-02-15", "2026-03-22", "2025-01-01"], "02:30")},
     at(pd.DatetimeIndex(["2026-02-15", "2026-03-22"]), "02:30")),
    ("moved before", BERLIN, {"when": when("monthly", "15"), "calendar": CLOSED, "on_closed": "previous"},
     at(rolled(days("MS") + pd.Timedelta(days=14), "preceding"), "06:30")),
    ("moved before, over a year's edge", BERLIN, {"when": when("monthly", "1"), "calendar": CLOSED,
     "on_closed": "previous"}, at(rolled(days("MS", last="2027-01-01"), "preceding")[1:], "06:30")),
    ("moved after", BERLIN, {"when": when("monthly", ["1", "last"]), "calendar": CLOSED, "on_closed": "next"},
     at(rolled(days("MS").union(days("ME", last="2026-11-30")), "following"), "06:30")),
    ("moved after, many to one", BERLIN, {"when": when("daily"), "calendar": CLOSED, "on_closed": "next"},
     at(rolled(days("D", last="2026-12-30"), "following"), "06:30")),
    ("skipped", BERLIN, {"when": when("monthly", "1"), "calendar": CLOSED},
     at(days("MS")[np.is_busday(days("MS").to_numpy().astype("datetime64[D]"), holidays=HOLIDAYS)], "06:30")),
    ("business hours", BERLIN, {"when": when("daily", times=["06:30", "12:00", "17:30"]), "calendar": CLOSED,
     "on_closed": "skip", "business_hours": {"from": "09:00", "until": "17:00"}},
     in_hours(at(days(offsets.CDay(holidays=list(HOLIDAYS)), last="2026-12-30"), "06:30", "12:00", "17:30")[:-1])),
    ("blackout every day", BERLIN, {"when": {"type": "hourly"}, "blackouts": [{"from": "22:00", "until": "06:00"}]},
     without(without(days("h", last="2026-12-31T23:00"), "22:00", "24:00"), "00:00", "06:00")),
    ("waiting for a blackout", BERLIN, {"when": {"type": "hourly"},
     "blackouts": [{"from": "09:30", "until": "12:15", "then": "after"}]},
     without(days("h", last="2026-12-31T23:00"), "10:00", "12:15").union(at(days("D"), "12:15"))),
    ("from a day to another", BERLIN, {"when": when("daily"), "starts": "2026-03-20", "ends": "2026-10-30"},
     at(days("D", "2026-03-20", "2026-10-30"), "06:30")),
)  # fmt: skip


def expected_instants(walls: Walls, zone: str) -> list[dt.datetime]:
    """Return the instants of wall times in 2026, in order."""
    walls = walls[walls.year == 2026]
    local = walls.tz_localize(zone, ambiguous=np.ones(len(walls), dtype=bool), nonexistent="shift_forward")
    return sorted({moment.to_pydatetime() for moment in local.tz_convert("UTC")})


@pytest.mark.parametrize(("zone", "fields", "walls"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE])
def test_a_year_of_fires_is_that_of_an_independent_computation(zone: str, fields: dict[str, Any], walls: Walls) -> None:
    calendar = fields.get("calendar")
    spec = {key: value for key, value in fields.items() if key != "calendar"}
    timing = Schedule.model_validate({"id": "x", "timezone": zone, **spec}).timing(calendar, None, "a seed")
    assert timing.recurrence is not None
    begin, end = (dt.datetime(year, 1, 1, tzinfo=ZoneInfo(zone)) for year in (2026, 2027))
    fires = [fire.at for fire in timing.recurrence.between(begin, end - dt.timedelta(microseconds=1))]

    assert fires == expected_instants(walls, zone)
    assert fires

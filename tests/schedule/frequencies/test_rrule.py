"""Recurrence rules: when they fire, how fast that is found, and what they are called."""

from __future__ import annotations

import datetime as dt
import time
from itertools import islice
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from fires import PLAIN, again, fires, frequency, on_days
from scheduled_reports.schedule.recurrence import Recurrence

START = "2026-01-05T09:00"


def rule(text: str | list[str], starting: str = START, **more: Any) -> Any:
    return frequency("rrule", rrule=text, starting=starting, **more)


def test_a_day_and_at_read_as_a_sentence() -> None:
    when = rule("FREQ=MONTHLY;BYDAY=-1FR", "2026-01-05", at="09:00")
    assert fires(when, "2026-01-01", "2026-03-31") == ["2026-01-30 09:00", "2026-02-27 09:00", "2026-03-27 09:00"]


def test_it_fires_between_the_days_asked_for_and_both_of_them_count() -> None:
    assert on_days(rule("FREQ=DAILY"), "2030-02-27", "2030-03-01") == ["2030-02-27", "2030-02-28", "2030-03-01"]
    assert on_days(rule("FREQ=DAILY"), "2030-03-02", "2030-03-01") == []


def test_it_never_fires_before_it_starts_even_on_the_first_day() -> None:
    assert fires(rule("FREQ=DAILY;BYHOUR=8,9,10"), "2025-12-01", "2026-01-06") == [
        "2026-01-05 09:00", "2026-01-05 10:00", "2026-01-06 08:00", "2026-01-06 09:00", "2026-01-06 10:00",
    ]  # fmt: skip


def test_the_start_itself_fires_only_where_the_rule_names_it() -> None:
    assert on_days(rule("FREQ=WEEKLY;BYDAY=WE"), "2026-01-01", "2026-01-15") == ["2026-01-07", "2026-01-14"]


def test_with_at_the_rule_counts_and_chooses_days_not_times() -> None:
    twice = {"at": ["18:00", "06:30"]}
    assert fires(rule("FREQ=DAILY;COUNT=2", "2026-01-05", **twice), "2026-01-01", "2026-12-31") == [
        "2026-01-05 06:30", "2026-01-05 18:00", "2026-01-06 06:30", "2026-01-06 18:00",
    ]  # fmt: skip
    last = rule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-05", **twice)
    assert fires(last, "2026-01-01", "2026-02-01") == ["2026-01-30 06:30", "2026-01-30 18:00"]


def test_without_at_count_and_bysetpos_go_by_each_time() -> None:
    assert fires(rule("FREQ=DAILY;BYHOUR=9,18;COUNT=3"), "2026-01-01", "2026-12-31") == [
        "2026-01-05 09:00", "2026-01-05 18:00", "2026-01-06 09:00",
    ]  # fmt: skip
    assert fires(rule("FREQ=MONTHLY;BYDAY=MO,TU;BYHOUR=9,18;BYSETPOS=1,-1"), "2026-02-01", "2026-02-28") == [
        "2026-02-02 09:00", "2026-02-24 18:00",
    ]  # fmt: skip


def test_the_day_of_until_is_included_and_its_time_too() -> None:
    assert on_days(rule("FREQ=DAILY;UNTIL=20260107"), "2026-01-01", "2026-02-01")[-1] == "2026-01-07"
    assert on_days(rule("FREQ=DAILY;UNTIL=20260107T090000"), "2026-01-01", "2026-02-01")[-1] == "2026-01-07"
    assert on_days(rule("FREQ=DAILY;UNTIL=20260107T085959"), "2026-01-01", "2026-02-01")[-1] == "2026-01-06"


def test_a_rule_that_has_ended_just_ends() -> None:
    ended = Recurrence(when=rule("FREQ=DAILY;COUNT=3"), timezone="Europe/Berlin")
    assert ended.after(dt.datetime(2026, 1, 8, tzinfo=dt.UTC)) is None
    assert on_days(rule("FREQ=DAILY;UNTIL=20230201", "2023-01-30T09:00"), "2024-01-01", "2045-12-31") == []


def test_except_takes_a_whole_day_or_one_moment() -> None:
    when = rule("FREQ=DAILY;BYHOUR=9,18;COUNT=6", except_=["2026-01-06", "2026-01-07T18:00", "2026-01-08T07:00"])
    assert fires(when, "2026-01-01", "2026-12-31") == ["2026-01-05 09:00", "2026-01-05 18:00", "2026-01-07 09:00"]


def test_also_adds_days_at_the_usual_times_and_moments_at_their_own() -> None:
    when = rule("FREQ=MONTHLY", also=["2026-01-02", "2026-01-20T12:00", "2026-01-05T09:00"], except_="2026-02-05")
    assert fires(when, "2026-01-01", "2026-03-31") == [
        "2026-01-02 09:00", "2026-01-05 09:00", "2026-01-20 12:00", "2026-03-05 09:00",
    ]  # fmt: skip


def test_except_wins_over_also() -> None:
    when = rule("FREQ=MONTHLY", also="2026-01-20", except_="2026-01-20")
    assert on_days(when, "2026-01-01", "2026-01-31") == ["2026-01-05"]


def test_several_rules_fire_together_and_once_where_they_meet() -> None:
    when = rule(["FREQ=MONTHLY;BYMONTHDAY=15", "RRULE:freq=weekly;byday=th"])
    assert on_days(when, "2026-01-08", "2026-01-31") == ["2026-01-08", "2026-01-15", "2026-01-22", "2026-01-29"]


def test_weekdays_with_and_without_a_number_add_up() -> None:
    when = rule("FREQ=MONTHLY;BYDAY=MO,1FR")
    assert on_days(when, "2026-02-01", "2026-02-28") == [
        "2026-02-02", "2026-02-06", "2026-02-09", "2026-02-16", "2026-02-23",
    ]  # fmt: skip


def test_a_week_number_without_a_weekday_takes_that_of_the_start() -> None:
    assert on_days(rule("FREQ=YEARLY;BYWEEKNO=20"), "2026-01-01", "2027-12-31") == ["2026-05-11", "2027-05-17"]


def test_bysetpos_of_a_week_counts_from_its_beginning_though_the_rule_starts_later() -> None:
    when = rule("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", "2026-01-07T09:00")
    assert on_days(when, "2026-01-01", "2026-01-20") == ["2026-01-12", "2026-01-19"]


def test_a_week_across_new_year_is_one_week() -> None:
    when = rule("FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=-1")
    assert on_days(when, "2026-12-28", "2027-01-08") == ["2027-01-01", "2027-01-08"]
    assert on_days(when, "2027-01-01", "2027-01-01") == ["2027-01-01"]


def test_hours_and_minutes_run_on_through_the_days() -> None:
    assert fires(rule("FREQ=HOURLY;INTERVAL=10"), "2026-01-06", "2026-01-07") == [
        "2026-01-06 05:00", "2026-01-06 15:00", "2026-01-07 01:00", "2026-01-07 11:00", "2026-01-07 21:00",
    ]  # fmt: skip
    assert fires(rule("FREQ=MINUTELY;INTERVAL=1000"), "2026-01-05", "2026-01-06") == [
        "2026-01-05 09:00", "2026-01-06 01:40", "2026-01-06 18:20",
    ]  # fmt: skip


def test_wall_time_stays_over_a_clock_change() -> None:
    weekly = Recurrence(when=rule("FREQ=WEEKLY;BYDAY=SU"), timezone="Europe/Berlin")
    found = weekly.between(dt.datetime(2026, 3, 20, tzinfo=dt.UTC), dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    assert [f"{fire.at:%d %H:%M}" for fire in found] == ["22 08:00", "29 07:00"]


@pytest.mark.parametrize("week", [*range(1, 54), *range(-53, 0)])
def test_week_numbers_are_those_of_iso_8601_from_both_ends(week: int) -> None:
    when = rule(f"FREQ=YEARLY;BYWEEKNO={week};BYDAY=MO,TU,WE,TH,FR,SA,SU", "2000-01-01T09:00")
    expected = []
    for number in range(366 * 40):
        day = dt.date(2000, 1, 1) + dt.timedelta(days=number)
        year, counted, _ = day.isocalendar()
        weeks = dt.date(year, 12, 28).isocalendar().week
        if week in {counted, counted - weeks - 1}:
            expected.append(str(day))
    assert on_days(when, "2000-01-01", expected[-1]) == expected


def lists(low: int, high: int, *, from_end: bool = False) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    if from_end:
        numbers |= st.integers(-high, -low)
    return st.lists(numbers, min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, found)))


DAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=4, unique=True)
PARTS = {
    "BYMONTH": lists(1, 12),
    "BYMONTHDAY": lists(1, 31, from_end=True),
    "BYDAY": DAYS.map(",".join),
    "BYHOUR": lists(0, 23),
    "BYMINUTE": lists(0, 59),
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Draw a rule on which dateutil and RFC 5545 agree; weeks with BYSETPOS and numbered weeks have their own tests."""
    every = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"]))
    parts = {"FREQ": every, "INTERVAL": str(draw(st.integers(1, 40)))}
    for name in draw(st.lists(st.sampled_from(sorted(PARTS)), unique=True)):
        parts[name] = draw(PARTS[name])
    if every == "WEEKLY":
        parts.pop("BYMONTHDAY", None)
        parts["WKST"] = draw(st.sampled_from(["MO", "SU", "WE"]))
    if every == "YEARLY" and draw(st.booleans()):
        parts["BYYEARDAY"] = draw(lists(1, 366, from_end=True))
    if every in {"YEARLY", "MONTHLY"} and "BYDAY" in parts and draw(st.booleans()):
        parts["BYDAY"] = ",".join(
            f"{draw(st.sampled_from([1, 2, 4, -1, -2]))}{day}" for day in parts["BYDAY"].split(",")
        )
    if every in {"YEARLY", "MONTHLY", "DAILY"} and set(parts) & set(PARTS) and draw(st.booleans()):
        parts["BYSETPOS"] = draw(lists(1, 20, from_end=True))
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 40)))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@settings(deadline=None, max_examples=400)
@given(rules(), st.datetimes(dt.datetime.fromisoformat("2019-12-20"), dt.datetime.fromisoformat("2026-01-10")))
def test_it_fires_when_dateutil_says(text: str, start: dt.datetime) -> None:
    start = start.replace(second=0, microsecond=0)
    try:
        when = rule(text, start.isoformat(timespec="minutes"))
    except ValueError as error:
        if "never fires" in str(error):
            return
        raise
    ours: list[dt.datetime] = []
    for day, times in when.days(start.date(), dt.date(2045, 12, 31), PLAIN):
        ours += [dt.datetime.combine(day, moment) for moment in times]
        if len(ours) > 60:
            break
    ours = ours[:60]
    assert list(islice(rrulestr(text, dtstart=start), len(ours))) == ours, text


@settings(deadline=None, max_examples=100)
@given(rules(), st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 500))
def test_a_part_of_the_days_is_a_part_of_the_whole(text: str, first: dt.date, length: int) -> None:
    try:
        when = rule(text, "2021-03-17T09:30")
    except ValueError:
        return
    last = first + dt.timedelta(days=length)
    whole = [day for day in on_days(when, "2021-01-01", str(last)) if day >= str(first)]
    assert on_days(when, str(first), str(last)) == whole


@pytest.mark.parametrize(
    "text",
    ["FREQ=DAILY", "FREQ=HOURLY", "FREQ=HOURLY;INTERVAL=7", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=WEEKLY;INTERVAL=2",
     "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=DAILY;COUNT=9999", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"],
)  # fmt: skip
def test_the_next_fire_takes_less_than_a_millisecond_years_after_the_start(text: str) -> None:
    recurrence = Recurrence(when=rule(text, "2021-01-04T09:00"), timezone="Europe/Berlin")
    moment = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    assert recurrence.after(moment) is not None
    took = []
    for _ in range(20):
        begin = time.perf_counter()
        recurrence.after(moment)
        took.append(time.perf_counter() - begin)
    assert min(took) < 0.001


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREQ=DAILY", "09:00 every day"),
        ("FREQ=DAILY;INTERVAL=3", "09:00 every day, every 3 days from 2026-01-05"),
        ("FREQ=DAILY;BYDAY=MO,FR", "09:00 on Monday and Friday"),
        ("FREQ=DAILY;BYMONTH=1;BYHOUR=6,18;BYMINUTE=30", "06:30 and 18:30 every day in January"),
        ("FREQ=WEEKLY", "09:00 on Monday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "09:00 on Tuesday and Thursday, every 2 weeks from 2026-01-05"),
        ("FREQ=WEEKLY;COUNT=10", "09:00 on Monday, 10 times from 2026-01-05"),
        ("FREQ=MONTHLY", "09:00 on the 5th of the month"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "09:00 on the last Friday of the month"),
        ("FREQ=MONTHLY;BYDAY=1MO,-2WE", "09:00 on the first Monday and the 2nd last Wednesday of the month"),
        ("FREQ=MONTHLY;BYDAY=TU", "09:00 on Tuesday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1", "09:00 on the 15th and the last day of the month"),
        ("FREQ=MONTHLY;BYMONTH=3,9;BYMONTHDAY=1", "09:00 on the 1st of March and September"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "09:00 on the last day from Monday to Friday of the month"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20261231", "09:00 on the 1st of the month, until 2026-12-31"),
        ("FREQ=MONTHLY;UNTIL=20261205T120000", "09:00 on the 5th of the month, until 2026-12-05 12:00"),
        ("FREQ=YEARLY", "09:00 on the 5th of January"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "09:00 on the 4th Thursday of November"),
        ("FREQ=HOURLY", "every hour from 2026-01-05 09:00"),
        ("FREQ=MINUTELY;INTERVAL=90;COUNT=4", "every 90 minutes from 2026-01-05 09:00, 4 times"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "RRULE FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13 from 2026-01-05 09:00"),
        ("FREQ=YEARLY;BYDAY=20MO", "RRULE FREQ=YEARLY;BYDAY=20MO from 2026-01-05 09:00"),
        ("FREQ=YEARLY;BYWEEKNO=20", "RRULE FREQ=YEARLY;BYWEEKNO=20 from 2026-01-05 09:00"),
        ("FREQ=HOURLY;BYHOUR=9,10,11", "RRULE FREQ=HOURLY;BYHOUR=9,10,11 from 2026-01-05 09:00"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "RRULE FREQ=MONTHLY;INTERVAL=2;BYDAY=TU from 2026-01-05 09:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,30;BYSETPOS=1", "RRULE FREQ=MONTHLY;BYMONTHDAY=15,30;BYSETPOS=1 from …"),
        ("FREQ=DAILY;BYHOUR=9,18;BYSETPOS=1", "RRULE FREQ=DAILY;BYHOUR=9,18;BYSETPOS=1 from 2026-01-05 09:00"),
    ],
)
def test_common_rules_have_plain_words_and_others_stand_as_written(text: str, words: str) -> None:
    assert rule(text).words().startswith(words.removesuffix("…"))


def test_words_name_what_is_added_and_left_out() -> None:
    when = rule("FREQ=MONTHLY", also="2026-07-14T12:00", except_=[f"2026-0{month}-05" for month in range(2, 6)])
    assert when.words() == "09:00 on the 5th of the month, also on 2026-07-14 12:00, except on 4 listed days"


def test_it_is_the_same_after_its_way_through_a_serialized_dag() -> None:
    when = rule(
        "FREQ=MONTHLY", "2026-01-05", at=["09:00"], also=["2026-07-14T12:00", "2026-07-15"], except_="2026-02-05"
    )
    assert again(when) == when


def test_the_weeks_of_a_rule_begin_on_monday_unless_wkst_says_otherwise() -> None:
    biweekly = rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO")
    assert on_days(biweekly, "2026-01-01", "2026-01-31") == ["2026-01-05", "2026-01-11", "2026-01-19", "2026-01-25"]

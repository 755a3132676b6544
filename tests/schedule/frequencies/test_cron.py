"""Cron lines fire when croniter, which Airflow reads them with, says; what two programs read in two ways is refused."""

from __future__ import annotations

import datetime as dt
from itertools import islice

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from fires import PLAIN, again, fires, frequency, on_days, problem

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
START = dt.datetime.fromisoformat("2024-01-25T13:07")


def numbers(low: int, high: int, names: list[str]) -> st.SearchStrategy[str]:
    """Draw a field: values, names, ranges, steps, and lists of them."""
    value = st.integers(low, high).map(str) | (st.sampled_from(names) if names else st.nothing())
    step = st.integers(1, high).map(str)
    part = st.one_of(
        value,
        st.tuples(st.just("*"), step).map("/".join),
        st.tuples(value, value).filter(lambda ends: ends[0] != ends[1]).map("-".join),
        st.tuples(value, value, step).filter(lambda ends: ends[0] != ends[1]).map(lambda p: f"{p[0]}-{p[1]}/{p[2]}"),
    )
    return st.just("*") | st.lists(part, min_size=1, max_size=3).map(",".join)


DAY_PARTS = st.one_of(
    st.tuples(numbers(1, 31, []) | st.sampled_from(["L", "?", "15,L", "28-31"]), numbers(0, 7, WEEKDAYS)),
    st.tuples(st.just("*"), st.sampled_from(["L5", "L7", "5#2", "mon#1", "fri#5,fri#1", "1#2,3#2", "?", "fri-mon"])),
)
LINES = st.tuples(numbers(0, 59, []), numbers(0, 23, []), DAY_PARTS, numbers(1, 12, MONTHS)).map(
    lambda parts: f"{parts[0]} {parts[1]} {parts[2][0]} {parts[3]} {parts[2][1]}"
)


@settings(deadline=None, max_examples=500)
@given(LINES)
def test_it_fires_when_croniter_says(line: str) -> None:
    assert croniter.is_valid(line)
    try:
        when = frequency("cron", cron=line)
    except ValueError as error:
        if "never fires" in str(error):
            return
        raise
    ours: list[dt.datetime] = []
    for day, times in when.days(START.date(), START.date() + dt.timedelta(days=400), PLAIN):
        ours += [moment for time in times if (moment := dt.datetime.combine(day, time)) > START]
        if len(ours) > 50:
            break
    theirs = croniter(line, START, ret_type=dt.datetime)
    assert list(islice(theirs, min(len(ours), 50))) == ours[:50], line
    assert when.words()


def test_day_of_month_and_day_of_week_are_alternatives() -> None:
    when = frequency("cron", cron="0 9 15 * fri")
    assert on_days(when, "2026-01-10", "2026-01-23") == ["2026-01-15", "2026-01-16", "2026-01-23"]


def test_several_lines_fire_together_and_once_where_they_meet() -> None:
    when = frequency("cron", cron=["30 6 * * 1-5", "30 6,18 * * fri"])
    assert fires(when, "2026-01-08", "2026-01-10") == ["2026-01-08 06:30", "2026-01-09 06:30", "2026-01-09 18:30"]


def test_the_last_day_and_the_29th_of_february_are_found() -> None:
    assert on_days(frequency("cron", cron="59 23 L * *"), "2028-01-01", "2028-03-31") == [
        "2028-01-31", "2028-02-29", "2028-03-31",
    ]  # fmt: skip
    assert on_days(frequency("cron", cron="0 0 29 2 *"), "2026-01-01", "2033-01-01") == ["2028-02-29", "2032-02-29"]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("", "write five fields, for example '30 6 * * 1-5'"),
        ("30 6 * *", "write five fields, for example '30 6 * * 1-5'"),
        ("0 30 6 * * *", "write five fields, for example '30 6 * * 1-5'"),
        ("@daily", "write five fields, for example '30 6 * * 1-5'"),
        ("60 6 * * *", "write five fields, for example '30 6 * * 1-5'"),
        ("30 25 * * *", "write five fields, for example '30 6 * * 1-5'"),
        ("30 6 0 * *", "write five fields, for example '30 6 * * 1-5'"),
        ("30 6 * mai *", "write five fields, for example '30 6 * * 1-5'"),
        ("*/0 6 * * *", "write five fields, for example '30 6 * * 1-5'"),
        ("30 6 * * 1#6", "write five fields, for example '30 6 * * 1-5'"),
        ("R 6 * * *", "write the minute or hour itself"),
        ("r 6 * * *", "write the minute or hour itself"),
        ("H(0-29) 6 * * *", "write the minute or hour itself"),
        ("30 6 15W * *", "write a 'monthly' schedule with 'on_closed: next'"),
        ("30 6 w15 * *", "write a 'monthly' schedule with 'on_closed: next'"),
        ("30 6 * * 5-5", "write the value alone"),
        ("30 6 * * mon,Wed-wed", "write the value alone"),
        ("30 6 15 * 5#2", "write two cron lines"),
        ("30 6 */10 * L5", "write two cron lines"),
        ("30 6 30 2 *", "write a day that there is"),
        ("30 6 31 4,6,9,11 *", "write a day that there is"),
        ("30 6 * 2 sat#5", "write a day that there is"),
    ],
)
def test_a_line_that_is_none_is_refused_with_what_to_write(line: str, hint: str) -> None:
    what, _, said = problem("cron", cron=line).partition("; ")
    assert repr(line) in what
    assert said == hint


def test_one_wrong_line_of_several_is_named() -> None:
    assert problem("cron", cron=["30 6 * * *", "30 6 * * 8"]).startswith("'30 6 * * 8' is not a cron line; ")


def test_no_line_at_all_is_refused() -> None:
    assert problem("cron", cron=[]).startswith("Tuple should have at least 1 item")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("30 6 * * *", "06:30"),
        ("30 6 * * 1-5", "06:30, Monday through Friday"),
        ("30 6,18 * * *", "06:30 and 18:30"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("0 */4 * * *", "Every 4 hours"),
        ("0 9 15 * 5", "09:00, on day 15 of the month, or on Friday"),
        ("0 9 * * 5#2", "09:00, on the second Friday of the month"),
        ("0 9 * * L5", "09:00, on the last Friday of the month"),
        ("59 23 L * *", "23:59, on the last day of the month"),
        ("0 9 1 JAN,Jul *", "09:00, on day 1 of the month, only in January and July"),
        ("0 17 * *,5 *", "cron 0 17 * *,5 *"),
    ],
)
def test_a_line_has_plain_english_words_whatever_the_machines_language(
    line: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: ("de_DE", "UTF-8"))
    assert frequency("cron", cron=line).words() == words


def test_several_lines_are_said_as_a_list() -> None:
    assert frequency("cron", cron=["30 6 * * *", "0 9 * * 1-5"]).words() == "06:30 and 09:00, Monday through Friday"


def test_it_is_the_same_after_its_way_through_a_serialized_dag() -> None:
    when = frequency("cron", cron="30 6 * * mon#1")
    assert again(when) == when

"""Days named by their place in a span of days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.clock import days_between
from scheduled_reports.schedule.spans import ALLOWED, InSpan, SpanDay, span_day

PLAIN = Calendar()
JANUARY = dt.date(2026, 1, 1), dt.date(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "nth", "kind"),
    [
        (1, 1, "day"), ("15", 15, "day"), ("1st", 1, "day"), ("22nd", 22, "day"), ("3rd day", 3, "day"),
        ("first", 1, "day"), ("second day", 2, "day"), ("last", -1, "day"), ("last day", -1, "day"),
        ("2nd last day", -2, "day"), ("2 last", -2, "day"), ("second to last day", -2, "day"),
        ("third last", -3, "day"),
        ("first monday", 1, 0), ("1st mon", 1, 0), ("fifth sunday", 5, 6), ("last friday", -1, 4),
        ("2nd last friday", -2, 4), ("2 last fri", -2, 4), ("second to last wednesday", -2, 2), ("4 thursday", 4, 3),
        ("first business day", 1, "business"), ("3rd business day", 3, "business"), ("10 business day", 10, "business"),
        ("last business day", -1, "business"), ("2nd last business day", -2, "business"),
        ("  Last   BUSINESS day ", -1, "business"),
    ],
)  # fmt: skip
def test_a_place_is_a_number_or_a_word_and_what_it_counts(text: str | int, nth: int, kind: str | int) -> None:
    assert span_day(text) == SpanDay(nth, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    ["", "monday", "day", "business day", "-1", "1.5", "tenth", "last moonday", "first business", "every day",
     "first monday of may", "1 2", "1000", True, False, 1.0, None, [1]],
)  # fmt: skip
def test_what_is_no_place_is_refused(given: object) -> None:
    span_day(1)  # equal to True: it must not stand for it
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(InSpan).validate_python(given)
    assert raised.value.errors()[0]["msg"] == f"Value error, {given!r} is not a day; write {ALLOWED}"


@pytest.mark.parametrize("given", [0, "0", "0th monday", "0 last"])
def test_there_is_no_zeroth(given: str | int) -> None:
    with pytest.raises(ValueError, match="days are counted from 1; write 1 for the first"):
        span_day(given)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1", 1), ("31", 31), ("last", 31), ("31st last day", 1), ("first thursday", 1), ("first wednesday", 7),
        ("fifth saturday", 31), ("last saturday", 31), ("last sunday", 25), ("5th last thursday", 1),
        ("first business day", 1), ("last business day", 30), ("22nd business day", 30), ("22nd last business day", 1),
        ("32", None), ("32nd last day", None), ("fifth monday", None), ("5th last sunday", None),
        ("23rd business day", None), ("23rd last business day", None),
    ],
)  # fmt: skip
def test_it_is_found_in_january_2026_or_not_at_all(text: str, day: int | None) -> None:
    assert span_day(text).within(*JANUARY, PLAIN) == (dt.date(2026, 1, day) if day else None)


def test_business_days_are_those_of_the_calendar() -> None:
    calendar = Calendar.model_validate(
        {
            "weekend": ["fri", "sat"],
            "closed": frozenset({dt.date(2026, 1, 1)}),
            "opened": frozenset({dt.date(2026, 1, 31)}),
        }
    )
    found = [span_day(text).within(*JANUARY, calendar) for text in ("first business day", "last business day")]
    assert found == [dt.date(2026, 1, 4), dt.date(2026, 1, 31)]


@settings(deadline=None, max_examples=300)
@given(
    st.integers(1, 40),
    st.booleans(),
    st.sampled_from(["day", "business", *range(7)]),
    st.dates(dt.date(2024, 1, 1), dt.date(2040, 1, 1)),
    st.integers(0, 400),
)
def test_it_is_what_one_finds_by_counting(nth: int, last: bool, kind: str | int, first: dt.date, length: int) -> None:
    end = first + dt.timedelta(days=length)
    counted = [
        day
        for day in days_between(first, end)
        if kind == "day" or (day.weekday() < 5 if kind == "business" else day.weekday() == kind)
    ]
    counted = counted[::-1] if last else counted
    expected = counted[nth - 1] if nth <= len(counted) else None
    assert SpanDay(-nth if last else nth, kind).within(first, end, PLAIN) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1", "the 1st"), ("15", "the 15th"), ("last", "the last day"), ("2nd last day", "the 2nd last day"),
        ("first monday", "the first Monday"), ("3 friday", "the 3rd Friday"), ("last friday", "the last Friday"),
        ("2 last friday", "the 2nd last Friday"), ("first business day", "the first business day"),
        ("3rd business day", "the 3rd business day"), ("last business day", "the last business day"),
    ],
)  # fmt: skip
def test_words(text: str, words: str) -> None:
    assert span_day(text).words() == words


@given(st.integers(-366, 366).filter(bool), st.sampled_from(["day", "business", *range(7)]))
def test_it_reads_back_from_what_it_is_written_as(nth: int, kind: str | int) -> None:
    place = SpanDay(nth, kind)  # type: ignore[arg-type]
    assert span_day(place.text()) == place
    assert TypeAdapter(InSpan).validate_json(TypeAdapter(InSpan).dump_json(place)) == place

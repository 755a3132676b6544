"""When recipients get theirs: by whose clock, past clock changes, and never within their quiet hours."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.audience import QuietHours, Recipient
from scheduled_reports.schedule.deliver_at import DeliverAt, DeliverAtTime
from scheduled_reports.steps.due import DueRule, after_quiet

BERLIN = ZoneInfo("Europe/Berlin")
DAY = dt.date(2026, 10, 2)
NAMES = (
    "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Apia",
    "Pacific/Auckland", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu", "UTC",
)  # fmt: skip

zones = st.sampled_from(NAMES)
times = st.builds(dt.time, st.integers(0, 23), st.integers(0, 59))
FIRST, LAST = (dt.datetime.fromisoformat(f"{year}-01-01") for year in (2010, 2030))
moments = st.datetimes(FIRST, LAST, timezones=st.just(dt.UTC))
quiet_hours = st.builds(QuietHours, times, times).filter(lambda quiet: quiet.begin != quiet.end)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def due(at: str, zone: str | None, now: str, day: dt.date = DAY, quiet: QuietHours | None = None) -> str:
    """Return when somebody in `zone` gets theirs, UTC."""
    time, _, clock = at.partition(" ")
    rule = DueRule(DeliverAt(dt.time.fromisoformat(time), clock), day, BERLIN)
    moment = rule.moment(Recipient("ann@x.example", timezone=zone, quiet_hours=quiet), utc(now))
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        ("08:00", "America/New_York", "2026-10-02 06:00"),
        ("08:00 recipient", "America/New_York", "2026-10-02 12:00"),
        ("08:00 recipient", "America/Los_Angeles", "2026-10-02 15:00"),
        ("08:00 recipient", None, "2026-10-02 06:00"),
        ("10:00 Asia/Kathmandu", "America/New_York", "2026-10-02 04:15"),
    ],
)
def test_it_is_that_time_on_the_runs_day_by_the_clock_that_is_named(at: str, zone: str | None, expected: str) -> None:
    assert due(at, zone, "2026-10-02 03:00") == expected


def test_where_that_is_over_it_is_at_once() -> None:
    assert due("08:00 recipient", "Asia/Tokyo", "2026-10-02 04:30") == "2026-10-02 04:30"
    assert due("06:00", "Asia/Tokyo", "2026-10-05 12:00") == "2026-10-05 12:00"


def test_a_time_that_the_clock_skips_is_the_first_moment_after_the_gap() -> None:
    assert due("02:30", None, "2026-03-28 23:00", dt.date(2026, 3, 29)) == "2026-03-29 01:00"
    assert due("02:30 recipient", "America/New_York", "2026-03-08 00:00", dt.date(2026, 3, 8)) == "2026-03-08 07:00"


def test_of_a_time_that_comes_twice_it_is_the_first() -> None:
    assert due("02:30", None, "2026-10-24 23:00", dt.date(2026, 10, 25)) == "2026-10-25 00:30"


def test_nobody_is_disturbed_in_their_quiet_hours_but_gets_it_when_they_end() -> None:
    night = QuietHours(dt.time(22), dt.time(7))

    assert due("06:00", "Europe/Berlin", "2026-10-02 03:00", quiet=night) == "2026-10-02 05:00"
    assert due("06:00", "America/New_York", "2026-10-02 03:00", quiet=night) == "2026-10-02 11:00"
    assert due("09:00", "Europe/Berlin", "2026-10-02 03:00", quiet=night) == "2026-10-02 07:00"


def test_quiet_hours_end_when_their_last_hour_is_over_for_the_second_time() -> None:
    quiet = QuietHours(dt.time(1), dt.time(2, 30))

    assert after_quiet(quiet, utc("2026-10-25 00:30"), BERLIN) == utc("2026-10-25 01:30")


def test_why_somebody_waits_is_told_by_both_clocks() -> None:
    rule = DueRule(DeliverAt(dt.time(8), "recipient"), DAY, BERLIN)
    far, near = Recipient("ann@x.example", timezone="America/New_York"), Recipient("ben@x.example")
    quiet = Recipient("cai@x.example", timezone="Asia/Tokyo", quiet_hours=QuietHours(dt.time(6), dt.time(9, 30)))
    now = utc("2026-10-01 23:00")

    told = [rule.words(recipient, rule.moment(recipient, now)) for recipient in (far, near, quiet)]

    assert told == [
        "due at 08:00 America/New_York (14:00 here)",
        "due at 08:00 Europe/Berlin",
        "due at 09:30 Asia/Tokyo (02:30 here), when their quiet hours end",
    ]


def test_what_is_due_on_another_day_is_told_with_its_date() -> None:
    rule = DueRule(None, DAY, BERLIN)
    recipient = Recipient("ann@x.example", quiet_hours=QuietHours(dt.time(20), dt.time(7)))

    moment = rule.moment(recipient, utc("2026-10-02 19:00"))

    assert rule.words(recipient, moment) == "due at 2026-10-03 07:00 Europe/Berlin, when their quiet hours end"


@given(time=times, clock=st.sampled_from(("", "recipient", "Asia/Tokyo")), zone=zones, now=moments)
def test_it_is_never_early_and_shows_that_time_or_the_first_after_a_gap(
    time: dt.time, clock: str, zone: str, now: dt.datetime
) -> None:
    day = now.astimezone(BERLIN).date()
    at = DeliverAt(time, clock)

    moment = DueRule(at, day, BERLIN).moment(Recipient("ann@x.example", timezone=zone), now)

    assert moment >= now
    if moment > now:
        shown, wanted = moment.astimezone(at.zone(zone, BERLIN)), dt.datetime.combine(day, time)
        before = (moment - dt.timedelta(seconds=1)).astimezone(at.zone(zone, BERLIN)).replace(tzinfo=None)
        assert shown.replace(tzinfo=None) == wanted or before < wanted < shown.replace(tzinfo=None)
        assert shown.fold == 0


@given(quiet=quiet_hours, zone=zones, now=moments)
def test_the_end_of_quiet_hours_is_never_within_them_and_less_than_two_days_away(
    quiet: QuietHours, zone: str, now: dt.datetime
) -> None:
    moment = after_quiet(quiet, now, ZoneInfo(zone))

    shown = moment.astimezone(ZoneInfo(zone)).time()
    spans_midnight = quiet.begin > quiet.end
    within = (shown >= quiet.begin or shown < quiet.end) if spans_midnight else quiet.begin <= shown < quiet.end
    assert moment == now or not within
    assert now <= moment < now + dt.timedelta(days=2)


@given(quiet=quiet_hours, zone=zones, now=moments)
def test_who_is_not_quiet_waits_for_nothing(quiet: QuietHours, zone: str, now: dt.datetime) -> None:
    shown = now.astimezone(ZoneInfo(zone))
    steady = all(
        (shown + dt.timedelta(hours=hours)).utcoffset() == shown.utcoffset() for hours in (-30, -24, -2, 0, 2, 24, 30)
    )
    time = shown.time()
    spans_midnight = quiet.begin > quiet.end
    within = (time >= quiet.begin or time < quiet.end) if spans_midnight else quiet.begin <= time < quiet.end

    if steady:
        assert (after_quiet(quiet, now, ZoneInfo(zone)) == now) == (not within)


@pytest.mark.parametrize("given", ["8:00", "24:00", "08:00 Berlin", "08:00  recipient", "08:00 Europe/Berln", "x", 800])
def test_what_is_no_time_to_deliver_at_is_told(given: object) -> None:
    with pytest.raises(ValidationError, match="08:00 recipient"):
        TypeAdapter(DeliverAtTime).validate_python(given)

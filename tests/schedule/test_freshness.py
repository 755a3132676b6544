"""Whether what a run waits for has come in time for its period, and how that is said."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.freshness import Start, Wait
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.triggers.awaiting import Awaiting

BERLIN = ZoneInfo("Europe/Berlin")
DEADLINE = {"type": "weekdays", "at": "07:30"}
FRIDAY = "2026-11-20"


def at(text: str) -> dt.datetime:
    """Return an instant by its wall time in Berlin; a time alone is on Friday, 20 November 2026."""
    return dt.datetime.fromisoformat(text if " " in text else f"{FRIDAY} {text}").replace(tzinfo=BERLIN)


def schedule(**fields: Any) -> Schedule:
    when = {"type": "assets", "all_of": ["orders", {"any_of": ["fx", "fx2"]}], "deadline": DEADLINE}
    return Schedule.model_validate({"id": "daily", "when": when, "timezone": "Europe/Berlin", **fields})


def wait(
    moment: str, of: Schedule | None = None, *, deadline: bool = False, calendar: Calendar | None = None, **updates: str
) -> Wait:
    of = of or schedule()
    assert isinstance(of.when, Awaiting)
    timing = of.timing(calendar, None, "sales__daily")
    started = Start(at(moment), deadline, {name: at(text) for name, text in updates.items()})
    return Wait(of.when, "sales:daily", timing, timing.period(at(moment)), started)


def said(waits: Wait) -> str:
    missing = waits.missing
    return waits.waiting(missing) if missing is not None else "nothing is missing"


@pytest.mark.parametrize(
    ("updates", "told"),
    [
        ({"orders": "00:00", "fx": "06:12"}, "nothing is missing"),
        ({"orders": "05:00", "fx2": "06:12"}, "nothing is missing"),
        (
            {"orders": "05:00", "fx": "2026-11-19 23:59"},
            "waits for fx (last updated 2026-11-19 23:59) or fx2 (never updated) until 07:30",
        ),
        ({"fx": "05:00"}, "waits for orders (never updated) until 07:30"),
        ({"orders": "2026-11-19 06:00", "fx": "05:00"}, "waits for orders (last updated 2026-11-19 06:00) until 07:30"),
    ],
)
def test_an_asset_counts_that_was_updated_at_the_end_of_the_period_or_later(updates: dict[str, str], told: str) -> None:
    assert said(wait("06:13", **updates)) == told


def test_without_a_deadline_airflow_alone_decides() -> None:
    bare = schedule(when={"type": "assets", "all_of": ["orders", "fx"]})

    assert wait("06:13", bare).missing is None


def test_a_deadline_on_another_day_is_said_with_its_date() -> None:
    assert said(wait("2026-11-21 06:13", orders="2026-11-21 05:00")).endswith("until 2026-11-23 07:30")


def test_at_the_deadline_the_reader_is_told_what_is_old_and_what_is_not() -> None:
    late = wait("07:30", deadline=True, orders="06:00", fx="2026-11-19 05:02")

    missing = late.missing

    assert missing is not None
    assert late.waiting(missing) == (
        "waits for fx (last updated 2026-11-19 05:02) or fx2 (never updated) at the deadline 07:30"
    )
    assert late.stale(missing) == (
        "fx was last updated on Thursday, 19 November 2026 at 05:02; fx2 was never updated; orders is up to date."
    )


def test_once_the_deadline_of_the_period_has_passed_that_is_said() -> None:
    late = wait("09:15", orders="09:15", fx="2026-11-19 05:02")

    assert late.passed == "the deadline 07:30 has passed"
    assert said(late) == (
        "waits for fx (last updated 2026-11-19 05:02) or fx2 (never updated); the deadline 07:30 has passed"
    )


def test_the_deadline_of_an_older_period_has_not_passed_for_this_one() -> None:
    assert wait("06:13").passed == ""
    assert wait("07:30", deadline=True).passed == ""


def test_the_deadline_of_a_week_has_passed_until_the_week_is_over() -> None:
    weekly = schedule(covers="previous_week", when={**schedule_when(), "deadline": {**DEADLINE, "type": "daily"}})

    assert wait("2026-11-16 06:00", weekly).passed == ""
    assert wait("2026-11-19 09:00", weekly).passed == "the deadline 07:30 has passed"


def schedule_when() -> dict[str, Any]:
    return {"type": "assets", "all_of": ["orders"]}


@pytest.mark.parametrize("covers", ["month_to_date", "today", "last 24 hours"])
def test_where_each_run_has_a_period_of_its_own_what_counts_came_after_the_deadline_before(covers: str) -> None:
    each = schedule(covers=covers, when={**schedule_when(), "deadline": DEADLINE})

    assert wait("06:13", each, orders="2026-11-19 07:30").missing is None
    assert wait("06:13", each, orders="2026-11-19 07:29").missing == "orders"
    assert wait("07:30", each, deadline=True, orders="2026-11-19 07:30").missing is None
    assert wait("07:31", each, orders="07:29").missing == "orders"
    assert wait("09:00", each).passed == ""


def test_before_the_first_deadline_ever_every_update_counts() -> None:
    first = schedule(covers="today", starts=FRIDAY, when={**schedule_when(), "deadline": DEADLINE})

    assert wait("06:13", first, orders="2026-10-01 00:00").missing is None
    assert wait("06:13", first).missing == "orders"


def test_jitter_moves_the_deadline_and_not_the_period() -> None:
    jittery = schedule(jitter="10m")
    fire = jittery.timing(None, None, "sales__daily").recurrence.after(at("06:00"))  # type: ignore[union-attr]
    assert fire is not None

    told = said(wait("06:13", jittery, orders="06:00"))

    assert told.endswith(f"until {fire.at.astimezone(BERLIN):%H:%M}")


@pytest.mark.parametrize(
    ("fields", "moment", "why"),
    [
        ({}, "06:13", ""),
        ({"starts": "2026-11-21"}, "06:13", "2026-11-20 lies outside the days on which the schedule runs"),
        ({"ends": "2026-11-19"}, "06:13", "2026-11-20 lies outside the days on which the schedule runs"),
        ({"blackouts": [{"from": "06:00", "until": "07:00"}]}, "06:13", "a blackout is on until 2026-11-20 07:00"),
        ({"blackouts": [{"from": "06:00", "until": "07:00"}]}, "07:00", ""),
        ({"on_closed": "skip"}, "2026-11-21 06:13", "Saturday, 2026-11-21, is a closed day"),
        ({"on_closed": "skip"}, "06:13", ""),
    ],
)
def test_an_update_starts_nothing_when_the_schedule_does_not_run(fields: dict[str, Any], moment: str, why: str) -> None:
    of = schedule(**fields)

    assert wait(moment, of, calendar=Calendar() if "on_closed" in fields else None).closed(of) == why

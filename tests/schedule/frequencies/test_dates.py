"""Days that are listed one by one."""

from __future__ import annotations

import pytest

from fires import again, fires, frequency, on_days, problem


def test_it_fires_on_the_listed_days_in_order_and_once_each() -> None:
    when = frequency("dates", on=["2026-12-31", "2026-01-15", "2026-12-31"], at=["18:00", "06:30"])
    assert fires(when, "2026-01-01", "2026-12-31") == [
        "2026-01-15 06:30", "2026-01-15 18:00", "2026-12-31 06:30", "2026-12-31 18:00",
    ]  # fmt: skip


def test_both_ends_of_what_is_asked_for_count() -> None:
    when = frequency("dates", on=["2026-01-14", "2026-01-15", "2026-01-16", "2026-01-17"], at="06:30")
    assert on_days(when, "2026-01-15", "2026-01-16") == ["2026-01-15", "2026-01-16"]


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "31.12.2026", "20261231", 20261231, 86400, "today", True])
def test_what_is_no_day_is_refused(day: object) -> None:
    assert (
        problem("dates", on=day, at="06:30") == f"{day!r} is not a day; write one that there is, for example 2026-12-31"
    )


def test_no_day_at_all_is_refused() -> None:
    assert problem("dates", on=[], at="06:30").startswith("Tuple should have at least 1 item")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["2026-12-31"], "06:30 on 2026-12-31"),
        (["2026-12-31", "2026-06-30"], "06:30 on 2026-06-30 and 2026-12-31"),
        (["2026-12-31", "2026-06-30", "2026-03-31", "2026-09-30"], "06:30 on 4 days from 2026-03-31 to 2026-12-31"),
    ],
)
def test_words(days: list[str], words: str) -> None:
    assert frequency("dates", on=days, at="06:30").words() == words


def test_it_is_the_same_after_its_way_through_a_serialized_dag() -> None:
    when = frequency("dates", on=["2026-12-31", "2026-06-30"], at="06:30")
    assert again(when) == when

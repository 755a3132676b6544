"""Runs at the same time, against the slots of their pool."""

import datetime as dt

from scheduled_reports.schedule.pools import Overload, Use, overloads

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


def use(name: str, begin: int = 0, minutes: int = 5, pool: str = "default_pool") -> Use:
    start = NOON + dt.timedelta(minutes=begin)
    return Use(start, start + dt.timedelta(minutes=minutes), name, pool)


def test_as_many_runs_as_slots_are_no_overload() -> None:
    assert overloads([use("a"), use("b")], {"default_pool": 2}) == []


def test_one_run_too_many_is_one() -> None:
    found = overloads([use("c"), use("a"), use("b")], {"default_pool": 2})

    assert found == [Overload("default_pool", 2, NOON, ("a", "b", "c"))]


def test_a_run_that_ends_when_the_next_begins_is_not_in_its_way() -> None:
    assert overloads([use("a", 0, 5), use("b", 5, 5)], {"default_pool": 1}) == []


def test_runs_that_overlap_in_a_chain_are_one_overload_with_its_most_crowded_moment() -> None:
    chain = [use("a", 0, 10), use("b", 5, 10), use("c", 8, 10), use("d", 14, 5)]

    [found] = overloads(chain, {"default_pool": 1})

    assert (found.start, found.names) == (NOON + dt.timedelta(minutes=5), ("a", "b", "c"))


def test_two_crowded_times_are_two_overloads() -> None:
    found = overloads([use("a"), use("b"), use("a", 60), use("b", 60)], {"default_pool": 1})

    assert [overload.start.hour for overload in found] == [12, 13]


def test_each_pool_counts_for_itself() -> None:
    uses = [use("a"), use("b", pool="small"), use("c", pool="small")]

    assert [found.pool for found in overloads(uses, {"default_pool": 1, "small": 1})] == ["small"]


def test_a_pool_without_limit_or_that_nobody_knows_is_never_too_small() -> None:
    uses = [use("a"), use("b"), use("c", pool="other"), use("d", pool="other")]

    assert overloads(uses, {"default_pool": -1}) == []

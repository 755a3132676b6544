"""How new a source's data is, asked of a real PostgreSQL whose time zone is neither UTC nor asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extracts import run_with
from judging import evidence_of
from scheduled_reports.columns import Column
from scheduled_reports.conditions.flag import Flag
from scheduled_reports.conditions.freshness import Freshness
from scheduled_reports.errors import SourceError

QUERY = """
WITH recent AS (SELECT * FROM calls WHERE at < :period_end)
SELECT * FROM recent ORDER BY at;  -- as the warehouse has them
"""
CALLS = """
    CREATE TABLE calls (at timestamptz, wall timestamp, day date, "so ""called"" %s :name" timestamptz, word text);
    INSERT INTO calls SELECT m, m AT TIME ZONE 'America/New_York', (m AT TIME ZONE 'America/New_York')::date, m, 'soon'
    FROM unnest(ARRAY['2026-10-01 12:00+00', '2026-10-01 19:30+00', '2026-12-01 00:00+00', NULL]::timestamptz[]) m
"""
NEWEST = dt.datetime(2026, 10, 1, 19, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("column", "newest"),
    [
        ("at", NEWEST),
        ("wall", NEWEST),
        ('so "called" %s :name', NEWEST),
        ("day", dt.datetime(2026, 10, 2, 4, tzinfo=dt.UTC) - dt.timedelta(microseconds=1)),
    ],
)
def test_every_kind_of_timestamp_is_the_instant_that_it_means(
    tmp_path: Path, shop: Any, column: str, newest: dt.datetime
) -> None:
    shop.run(CALLS)
    run = run_with(tmp_path, QUERY, zone="America/New_York")

    assert run.report.spec.sources["orders"].newest(run, "orders", column) == newest


def test_an_empty_table_has_none_and_a_wrong_name_or_type_is_an_error(tmp_path: Path, shop: Any) -> None:
    shop.run(CALLS)
    run = run_with(tmp_path, QUERY)
    source = run.report.spec.sources["orders"]

    with pytest.raises(SourceError, match=r"column q\.At does not exist"):
        source.newest(run, "orders", "At")
    with pytest.raises(SourceError, match=r"the newest 'word' of source 'orders' .* gives no timestamp"):
        source.newest(run, "orders", "word")
    with pytest.raises(SourceError, match="no column is named"):
        source.newest(run, "orders", None)
    shop.run("DELETE FROM calls")
    assert source.newest(run, "orders", "at") is None


def test_a_source_that_is_only_asked_is_not_written_to(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE SEQUENCE numbers")
    run = run_with(tmp_path, "SELECT now() AS at, nextval('numbers') AS n")

    with pytest.raises(SourceError, match="read-only transaction"):
        run.report.spec.sources["orders"].newest(run, "orders", "n")


def test_a_question_that_takes_too_long_is_ended(tmp_path: Path, shop: Any) -> None:
    run = run_with(tmp_path, "SELECT now() AS at, pg_sleep(60)", timeout="1s")

    with pytest.raises(SourceError, match="was ended after its `timeout` of 1s") as told:
        run.report.spec.sources["orders"].newest(run, "orders", "at")
    assert told.value.retryable


def test_conditions_ask_in_the_zone_that_they_name(tmp_path: Path, shop: Any) -> None:
    shop.run(CALLS)
    evidence = evidence_of(tmp_path, run=run_with(tmp_path, QUERY))
    fields = {"connection": "shop", "timezone": "America/New_York"}
    count = "SELECT count(*) = 2 FROM calls WHERE wall < :period_end AND at < :period_end"

    flag = Flag.model_validate({"type": "flag", "sql": count, **fields}).judge(evidence)
    newest = Freshness.model_validate(
        {"type": "freshness", "sql": "SELECT max(wall) FROM calls WHERE at < :period_end", "within": "10h", **fields}
    ).judge(evidence)

    assert (flag.met, flag.reason) == (True, "the flag's query on shop is true")
    assert (newest.met, newest.reason) == (True, "shop: newest timestamp is 2026-10-01 21:30, 9h old")


def test_an_error_does_not_repeat_a_value_that_nobody_may_see(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE TABLE people (phone text, at timestamptz); INSERT INTO people VALUES ('0171-5550', now())")
    run = run_with(tmp_path, "SELECT at FROM people WHERE phone::int > 0")
    source = run.report.spec.sources["orders"].model_copy(update={"columns": {"phone": Column(sensitive=True)}})
    spec = run.report.spec.model_copy(update={"sources": {"orders": source}})
    fresh = Freshness(type="freshness", source="orders", column="at", within=dt.timedelta(hours=1))

    with pytest.raises(SourceError, match="invalid input syntax for type integer: …") as told:
        fresh.judge(evidence_of(tmp_path, run=replace(run, report=replace(run.report, spec=spec))))
    assert "5550" not in str(told.value)

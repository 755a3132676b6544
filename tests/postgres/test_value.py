"""The condition `value` asked of PostgreSQL: exact numbers, wall time, and what is no number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from judging import evidence_of
from scheduled_reports.conditions.value import Value
from scheduled_reports.errors import SourceError


def value(sql: str, **more: Any) -> Value:
    return Value.model_validate({"type": "value", "connection": "shop", "sql": sql, **more})


def test_a_numeric_is_compared_to_its_last_digit(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE TABLE sale (amount numeric(30, 2)); INSERT INTO sale VALUES (90071992547409930.10), (0.20)")
    there = evidence_of(tmp_path)

    assert value("SELECT sum(amount) FROM sale", above=90071992547409930).judge(there).met
    assert value("SELECT sum(amount) - 90071992547409930 FROM sale", equals=0.3).judge(there).met


def test_the_period_is_the_schedules_whatever_the_servers_zone_is(tmp_path: Path, shop: Any) -> None:
    shop.run(
        "CREATE TABLE sale (at timestamptz); INSERT INTO sale VALUES"
        " ('2026-09-29 22:00Z'), ('2026-09-30 21:59Z'), ('2026-09-30 22:00Z'), ('2026-10-01 21:59Z')"
    )
    condition = value(
        "SELECT count(*) FROM sale WHERE at >= :period_start AND at < :period_end",
        change={"against": "previous_period", "at_least": 0, "at_most": 0},
    )

    verdict = condition.judge(evidence_of(tmp_path))

    assert (verdict.met, verdict.value) == (True, 2)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT 'NaN'::numeric", "it gives NaN or infinity"),
        ("SELECT 'Infinity'::float8", "it gives NaN or infinity"),
        ("SELECT '5'::text", "it gives text"),
        ("SELECT true", "it gives true or false"),
        ("SELECT NULL::int", "it gives NULL"),
        ("SELECT generate_series(1, 100000000)", "it gives several rows"),
    ],
)
def test_what_is_no_number_is_an_error(tmp_path: Path, shop: Any, sql: str, why: str) -> None:
    with pytest.raises(SourceError) as caught:
        value(sql, at_least=-1).judge(evidence_of(tmp_path))

    assert caught.value.why == why


def test_the_query_cannot_write(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE SEQUENCE counter")

    with pytest.raises(SourceError, match="read-only transaction"):
        value("SELECT nextval('counter')", at_least=0).judge(evidence_of(tmp_path))

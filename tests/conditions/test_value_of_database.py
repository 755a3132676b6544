"""The condition `value`, asked of a database at the gate."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from judging import evidence_of
from runs import NOW, connect_shop, ledger_of, run_of
from scheduled_reports.conditions.value import Value
from scheduled_reports.errors import ReportError, SourceError, UnknownConnectionError
from scheduled_reports.ledger import RunState
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.gate import gate
from specs import SALES

PERIOD = "FROM orders WHERE ordered_at >= :period_start AND ordered_at < :period_end"


def value(sql: str, **more: Any) -> Value:
    return Value.model_validate({"type": "value", "connection": "shop", "sql": sql, **more})


@pytest.fixture
def shop(tmp_path: Path, connection: Callable[..., None]) -> Path:
    connect_shop(connection, tmp_path)
    run_of(tmp_path)
    return tmp_path


def test_the_gate_asks_the_database_for_the_period(shop: Path) -> None:
    condition = value(f"SELECT count(*) {PERIOD}", at_least=3, label="orders")

    verdict = condition.judge(evidence_of(shop))

    assert not condition.needs_data
    assert (verdict.met, verdict.reason, verdict.value) == (True, "orders is 3", 3)


def test_times_are_bound_as_wall_time_of_the_databases_zone(shop: Path) -> None:
    utc, berlin = (value(f"SELECT count(*) {PERIOD}", at_least=0, timezone=zone) for zone in ("UTC", "Europe/Berlin"))
    with closing(sqlite3.connect(shop / "shop.db")) as orders, orders:
        orders.execute("INSERT INTO orders VALUES ('2026-10-01 23:00:00', 'late', 1)")

    assert (utc.judge(evidence_of(shop)).value, berlin.judge(evidence_of(shop)).value) == (3, 1)


def test_the_previous_period_is_asked_of_the_database_too_so_the_first_run_compares(shop: Path) -> None:
    condition = value(f"SELECT count(*) {PERIOD}", change={"against": "previous_period", "at_least": "100%"})

    verdict = condition.judge(evidence_of(shop))

    assert verdict.met
    assert verdict.reason == (
        "the value is 3 for Thursday, 1 October 2026, +200.00% against 1 for Wednesday, 30 September 2026"
    )


def test_parameters_are_bound(shop: Path) -> None:
    text = SALES.replace("sources:", "parameters:\n  least: {type: number, default: 10.25}\nsources:")
    run = run_of(shop, text)

    verdict = value("SELECT count(*) FROM orders WHERE amount >= :least", equals=2).judge(evidence_of(shop, run=run))

    assert verdict.met


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT customer FROM orders LIMIT 1", "it gives text"),
        ("SELECT sum(amount) FROM orders WHERE 0", "it gives NULL"),
        ("SELECT amount FROM orders", "it gives several rows"),
        ("SELECT amount FROM orders WHERE 0", "it gives no row"),
        ("SELECT 1 AS a, 2 AS b", "it gives 2 columns"),
        ("SELECT 9e999", "it gives NaN or infinity"),
        ("SELECT missing FROM orders", "no such column: missing"),
        ("SELECT 1 FROM nowhere", "no such table: nowhere"),
        ("DELETE FROM orders", "the query begins with DELETE"),
        ("WITH n AS (SELECT 1) DELETE FROM orders", "attempt to write a readonly database"),
    ],
)
def test_what_gives_no_number_is_an_error_and_no_verdict(shop: Path, sql: str, why: str) -> None:
    with pytest.raises(SourceError) as caught:
        value(sql, at_least=-1e300).judge(evidence_of(shop))

    assert why in caught.value.why
    assert "condition 'the value' (connection 'shop')" in caught.value.what
    with closing(sqlite3.connect(shop / "shop.db")) as orders:
        assert orders.execute("SELECT count(*) FROM orders").fetchone() == (4,)


def test_a_query_that_takes_too_long_is_ended(shop: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    with pytest.raises(SourceError, match="was ended after its `timeout` of 1s") as caught:
        value(endless, at_least=1, timeout="1s").judge(evidence_of(shop))

    assert caught.value.retryable


def test_a_connection_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownConnectionError):
        value("SELECT 1", at_least=1).judge(evidence_of(tmp_path))


def test_a_server_that_refuses_is_an_error_that_another_attempt_may_mend(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connection("shop", conn_type="postgres", host="127.0.0.1", port=1, login="reader", schema="shop")

    with pytest.raises(ReportError) as caught:
        value("SELECT 1", at_least=1).judge(evidence_of(tmp_path))

    assert caught.value.retryable


CONDITIONS = SALES.replace(
    "  - {type: rows, dataset: orders, at_least: 1}\n",
    "  - {type: value, connection: shop, label: orders, sql: SELECT count(*) FROM orders,"
    " change: {against: previous_run, at_least: 1}}\n",
)


def test_a_run_that_the_gate_skips_leaves_its_value_for_the_next_to_compare_with(shop: Path) -> None:
    run, ledger = run_of(shop, CONDITIONS), ledger_of(shop)
    [(_, condition)] = run.report.spec.run_when.conditions()

    with pytest.raises(RunSkipped, match="there is nothing to compare it with, as no earlier run measured it"):
        gate(run, ledger, NOW)
    ledger.end(run, RunState.SKIPPED)
    later = run_of(shop, CONDITIONS, run_id="manual__2")

    found = PastRuns(later, ledger).newest("condition", condition.key, states={RunState.SKIPPED})
    assert found is not None
    assert found.value == 4

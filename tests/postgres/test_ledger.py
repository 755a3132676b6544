"""The ledger in a team's PostgreSQL: what tests/ledger says of SQLite holds here too."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from deliveries import ANN, BEN, begin, deliver
from runs import NOW, run_of
from scheduled_reports.connections import airflow_connection, sql_engine
from scheduled_reports.errors import LedgerError, UnknownConnectionError
from scheduled_reports.ledger import ClaimOutcome, DeliveryState, Ledger, Planned, RunState, schema
from scheduled_reports.ledger.tables import metadata


def opened(folder: Path) -> Ledger:
    return Ledger.open("shop", airflow_connection, folder)


def test_a_delivery_goes_from_planned_to_delivered_and_is_not_claimed_again(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    assert (entry.state, entry.attempts) == (DeliveryState.PLANNED, 0)
    deliver(ledger, entry.id)
    ledger.end(run, RunState.DELIVERED)
    ledger.close()

    later = opened(tmp_path)
    [after] = later.owed(run, [ANN])
    assert (after.state, after.receipt, after.seconds, after.attempts) == (DeliveryState.DELIVERED, "<1@x>", 0.5, 1)
    assert after.settled_at is not None
    assert abs(after.settled_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert later.claim(entry.id).outcome is ClaimOutcome.HAS_RECEIPT
    assert later.outcome(run) == (RunState.DELIVERED, "")
    later.close()


def test_times_are_kept_in_utc_whatever_the_servers_zone(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)

    assert ledger.begin(run, [ANN], NOW) == NOW
    [(start, began)] = shop.run(
        "SELECT d.period_start::text, r.started_at::text FROM scheduled_reports_delivery d, scheduled_reports_run r"
    )
    assert (start, began) == ("2026-09-30 22:00:00", "2026-10-02 04:30:00")
    ledger.close()


def test_a_second_run_keeps_receipts_and_a_forced_one_has_issues_of_its_own(tmp_path: Path, shop: Any) -> None:
    ledger, first = opened(tmp_path), run_of(tmp_path)
    ann, ben = begin(ledger, first, [ANN, BEN])
    deliver(ledger, ann.id)
    ledger.claim(ben.id)
    ledger.settle(ben.id, DeliveryState.FAILED, error="no such mailbox")

    again = begin(ledger, run_of(tmp_path, run_id="manual__2"), [ANN, BEN])
    forced = begin(ledger, run_of(tmp_path, run_id="manual__3", force=True), [ANN, BEN])

    assert [(entry.state, entry.issue) for entry in again] == [
        (DeliveryState.DELIVERED, 1), (DeliveryState.PLANNED, 1),
    ]  # fmt: skip
    assert [(entry.state, entry.issue) for entry in forced] == [(DeliveryState.PLANNED, 2)] * 2
    ledger.close()


def test_a_delivery_left_in_the_middle_of_sending_becomes_uncertain_and_stays_so(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.claim(entry.id, lease=dt.timedelta(0))

    for _ in range(2):
        again = ledger.claim(entry.id)
        assert again.outcome is ClaimOutcome.IN_DOUBT
        assert again.entry.state is DeliveryState.UNCERTAIN
    ledger.close()


def test_a_file_larger_than_2_gib_has_its_size_noted(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.claim(entry.id)

    ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="/out/all.csv", size=3_000_000_000, seconds=60.0)

    assert ledger.owed(run, [ANN])[0].size == 3_000_000_000
    ledger.close()


def test_of_many_who_claim_the_same_delivery_one_gets_it(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    entries = begin(ledger, run, [Planned("email", "email", f"{n}@x.example", f"{n}@x.example") for n in range(5)])
    others = [opened(tmp_path) for _ in range(8)]

    for entry in entries:
        with ThreadPoolExecutor(8) as pool:
            claimed = list(pool.map(lambda one, wanted=entry.id: one.claim(wanted), others))
        assert Counter(found.outcome for found in claimed) == {ClaimOutcome.TAKEN: 1, ClaimOutcome.BUSY: 7}
    for one in (ledger, *others):
        one.close()


def test_many_who_open_a_new_ledger_at_once_all_find_its_tables(tmp_path: Path, shop: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        ledgers = list(pool.map(lambda _: opened(tmp_path), range(8)))

    assert len(shop.run("SELECT * FROM scheduled_reports_version")) == 1
    for ledger in ledgers:
        ledger.close()


def test_many_who_plan_the_same_deliveries_at_once_plan_each_once(tmp_path: Path, shop: Any) -> None:
    ledgers, run = [opened(tmp_path) for _ in range(6)], run_of(tmp_path)

    def plan(ledger: Ledger) -> tuple[str, ...]:
        return tuple(entry.id for entry in begin(ledger, run, [ANN, BEN]))

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(plan, ledgers))

    assert len(set(found)) == 1
    assert shop.run("SELECT count(*) FROM scheduled_reports_delivery") == [(2,)]
    assert shop.run("SELECT count(*) FROM scheduled_reports_run") == [(1,)]
    for ledger in ledgers:
        ledger.close()


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path, shop: Any) -> None:
    opened(tmp_path).close()
    engine = sql_engine(airflow_connection, "shop")
    with engine.connect() as connection:
        options = {"compare_type": True, "version_table": schema.VERSION_TABLE}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    engine.dispose()


def test_a_ledger_that_cannot_be_reached_says_where_it_is_and_hides_the_password(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connection("away", conn_type="postgres", host="127.0.0.1", port=1, login="reports", password="secret-word")

    with pytest.raises(LedgerError, match=r"127\.0\.0\.1:1") as told:
        Ledger.open("away", airflow_connection, tmp_path)

    assert "secret-word" not in str(told.value)
    assert told.value.retryable


def test_a_ledger_whose_connection_is_of_no_use_is_told_with_its_name(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connection("odd", conn_type="postgrse", host="127.0.0.1")

    with pytest.raises(UnknownConnectionError, match=r"'odd' .*Unknown hook type"):
        Ledger.open("odd", airflow_connection, tmp_path)


def test_a_delivery_that_was_not_needed_stays_so_when_a_run_begins_and_can_be_claimed_still(
    tmp_path: Path, shop: Any
) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.put_off(entry.id, DeliveryState.NOT_NEEDED, "orders_rejected has no row")

    [again] = begin(ledger, run_of(tmp_path, run_id="manual__2"), [ANN])

    assert (again.state, again.error) == (DeliveryState.NOT_NEEDED, "orders_rejected has no row")
    deliver(ledger, entry.id)
    ledger.close()

"""The ledger decides what may be sent: each delivery once, and nothing is forgotten."""

import datetime as dt
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from runs import ledger_of, run_of
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger import DeliveryState, Ledger, Planned, RunState, schema
from scheduled_reports.ledger.ledger import sqlite_engine
from scheduled_reports.ledger.tables import metadata

ANN, BEN = Planned("email", "email", "ann@x.example"), Planned("email", "email", "ben@x.example")


def deliver(ledger: Ledger, entry_id: str) -> None:
    claimed = ledger.claim(entry_id)
    assert claimed is not None
    assert claimed.state is DeliveryState.SENDING
    ledger.settle(entry_id, DeliveryState.DELIVERED, receipt="<1@x>", size=10, seconds=0.5)


def test_a_delivery_goes_from_planned_to_delivered_with_its_receipt(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)

    [entry] = ledger.begin(run, [ANN])
    assert entry.state is DeliveryState.PLANNED
    deliver(ledger, entry.id)

    [after] = ledger.deliveries(run)
    assert (after.state, after.receipt, after.size, after.seconds, after.attempts) == (
        DeliveryState.DELIVERED, "<1@x>", 10, 0.5, 1,
    )  # fmt: skip
    assert after.settled_at is not None
    assert after.settled_at.tzinfo is not None


def test_what_was_delivered_cannot_be_claimed_again(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = ledger.begin(run, [ANN])
    deliver(ledger, entry.id)

    assert ledger.claim(entry.id) is None


def test_what_failed_can_be_claimed_again_and_counts_its_attempts(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = ledger.begin(run, [ANN])
    ledger.claim(entry.id)
    ledger.settle(entry.id, DeliveryState.RETRYING, error="refused")

    claimed = ledger.claim(entry.id)

    assert claimed is not None
    assert (claimed.state, claimed.attempts, claimed.error) == (DeliveryState.SENDING, 2, "")


def test_a_delivery_left_in_the_middle_of_sending_becomes_uncertain_and_stays_so(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = ledger.begin(run, [ANN])
    ledger.claim(entry.id)

    for _ in range(2):
        again = ledger.claim(entry.id)
        assert again is not None
        assert again.state is DeliveryState.UNCERTAIN


def test_a_second_run_of_the_period_keeps_receipts_and_plans_only_what_is_missing(tmp_path: Path) -> None:
    ledger, first = ledger_of(tmp_path), run_of(tmp_path)
    entries = ledger.begin(first, [ANN, BEN])
    deliver(ledger, entries[0].id)
    ledger.claim(entries[1].id)
    ledger.settle(entries[1].id, DeliveryState.FAILED, error="no such mailbox")

    again = ledger.begin(run_of(tmp_path, run_id="manual__2"), [ANN, BEN])

    assert [(entry.recipient, entry.state) for entry in again] == [
        ("ann@x.example", DeliveryState.DELIVERED), ("ben@x.example", DeliveryState.PLANNED),
    ]  # fmt: skip
    assert [entry.id for entry in again] == [entry.id for entry in entries]


def test_a_forced_run_makes_one_more_issue_however_often_it_begins(tmp_path: Path) -> None:
    ledger, first = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = ledger.begin(first, [ANN])
    deliver(ledger, entry.id)
    forced = run_of(tmp_path, run_id="manual__2", force=True)

    [second] = ledger.begin(forced, [ANN])
    deliver(ledger, second.id)
    [repeated] = ledger.begin(forced, [ANN])

    assert (second.issue, second.state) == (2, DeliveryState.PLANNED)
    assert (repeated.issue, repeated.state) == (2, DeliveryState.DELIVERED)
    assert second.id != entry.id


def test_another_period_and_another_schedule_are_other_deliveries(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = ledger.begin(run, [ANN])
    deliver(ledger, entry.id)

    next_day = run_of(tmp_path, run_id="manual__2", period=run.schedule.period_of(dt.date(2026, 10, 2)))
    [other] = ledger.begin(next_day, [ANN])

    assert other.state is DeliveryState.PLANNED


def test_a_skipped_run_skips_its_open_deliveries_and_says_why(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    ledger.begin(run, [ANN])

    ledger.end(run, RunState.SKIPPED, "too few rows")

    assert ledger.outcome(run) == (RunState.SKIPPED, "too few rows")
    [entry] = ledger.deliveries(run)
    assert (entry.state, entry.error) == (DeliveryState.SKIPPED, "too few rows")
    [planned] = ledger.begin(run_of(tmp_path, run_id="manual__2"), [ANN])
    assert planned.state is DeliveryState.PLANNED


def test_of_many_who_claim_the_same_delivery_one_gets_it(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = ledger.begin(run, [ANN])

    def claim(_: int) -> str:
        claimed = ledger_of(tmp_path).claim(entry.id)
        return claimed.state if claimed else "none"

    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(claim, range(16)))

    assert states.count(DeliveryState.SENDING) == 1


def test_many_who_open_a_new_ledger_at_once_all_find_its_tables(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        ledgers = list(pool.map(lambda _: ledger_of(tmp_path), range(6)))

    assert len(ledgers) == 6


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    ledger_of(tmp_path)
    found = inspect(sqlite_engine(tmp_path / "ledger.db"))

    for table in metadata.tables.values():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}
        assert len(found.get_unique_constraints(table.name)) == (1 if table.name.endswith("delivery") else 0)


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    revisions = sorted(path.name.partition("_")[0] for path in (schema.MIGRATIONS / "versions").glob("0*.py"))

    assert revisions[-1] == schema.HEAD


def test_times_are_kept_in_utc(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    ledger.begin(run, [ANN])

    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        [(start,)] = connection.execute("SELECT period_start FROM scheduled_reports_delivery").fetchall()
    connection.close()

    assert start.startswith("2026-09-30 22:00:00")


def test_a_ledger_that_cannot_be_reached_says_where_it_is_and_hides_the_password(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        Ledger(create_engine(f"sqlite:///{tmp_path}/no/such/folder/ledger.db"))

    assert "no/such/folder/ledger.db" in str(caught.value)
    assert "ledger_conn_id" in caught.value.fix
    assert caught.value.retryable


def test_a_ledger_from_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    ledger_of(tmp_path)
    engine = sqlite_engine(tmp_path / "ledger.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE scheduled_reports_version SET version_num = '9999'"))

    with pytest.raises(LedgerError, match="9999, newer than 0001") as caught:
        Ledger(engine)

    assert not caught.value.retryable

"""The ledger decides what may be sent: each delivery once, and nothing is forgotten."""

import datetime as dt
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from deliveries import ANN, BEN, begin, deliver
from runs import NOW, ledger_of, run_of
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger import ClaimOutcome, DeliveryState, Ledger, Planned, RunState, schema
from scheduled_reports.ledger.engine import sqlite_engine
from scheduled_reports.ledger.tables import metadata
from scheduled_reports.task import as_delivered


def test_a_delivery_goes_from_planned_to_delivered_with_its_receipt(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)

    [entry] = begin(ledger, run, [ANN])
    assert entry.state is DeliveryState.PLANNED
    deliver(ledger, entry.id)

    [after] = ledger.owed(run, [ANN])
    assert (after.state, after.receipt, after.size, after.seconds, after.attempts) == (
        DeliveryState.DELIVERED, "<1@x>", 10, 0.5, 1,
    )  # fmt: skip
    assert after.settled_at is not None
    assert after.settled_at.tzinfo is not None


def test_what_was_delivered_cannot_be_claimed_again(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    deliver(ledger, entry.id)

    assert ledger.claim(entry.id).outcome is ClaimOutcome.HAS_RECEIPT


def test_what_failed_can_be_claimed_again_and_counts_its_attempts(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.claim(entry.id)
    ledger.settle(entry.id, DeliveryState.RETRYING, error="refused")

    claimed = ledger.claim(entry.id).entry

    assert (claimed.state, claimed.attempts, claimed.error) == (DeliveryState.SENDING, 2, "")


def test_a_delivery_left_in_the_middle_of_sending_becomes_uncertain_and_stays_so(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.claim(entry.id, lease=dt.timedelta(0))

    for _ in range(2):
        again = ledger.claim(entry.id)
        assert again.outcome is ClaimOutcome.IN_DOUBT
        assert again.entry.state is DeliveryState.UNCERTAIN


def test_a_second_run_of_the_period_keeps_receipts_and_plans_only_what_is_missing(tmp_path: Path) -> None:
    ledger, first = ledger_of(tmp_path), run_of(tmp_path)
    entries = begin(ledger, first, [ANN, BEN])
    deliver(ledger, entries[0].id)
    ledger.claim(entries[1].id)
    ledger.settle(entries[1].id, DeliveryState.FAILED, error="no such mailbox")

    again = begin(ledger, run_of(tmp_path, run_id="manual__2"), [ANN, BEN])

    assert [(entry.recipient, entry.state) for entry in again] == [
        ("ann@x.example", DeliveryState.DELIVERED), ("ben@x.example", DeliveryState.PLANNED),
    ]  # fmt: skip
    assert [entry.id for entry in again] == [entry.id for entry in entries]


def test_a_forced_run_makes_one_more_issue_however_often_it_begins(tmp_path: Path) -> None:
    ledger, first = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, first, [ANN])
    deliver(ledger, entry.id)
    forced = run_of(tmp_path, run_id="manual__2", force=True)

    [second] = begin(ledger, forced, [ANN])
    deliver(ledger, second.id)
    [repeated] = begin(ledger, forced, [ANN])

    assert (second.issue, second.state) == (2, DeliveryState.PLANNED)
    assert (repeated.issue, repeated.state) == (2, DeliveryState.DELIVERED)
    assert second.id != entry.id


def test_a_forced_run_that_is_cleared_after_another_sends_nothing_again(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    first, second = (run_of(tmp_path, run_id=name, force=True) for name in ("manual__1", "manual__2"))
    for run in (first, second):
        [entry] = begin(ledger, run, [ANN])
        deliver(ledger, entry.id)

    [again] = begin(ledger, first, [ANN])

    assert (again.issue, again.state) == (1, DeliveryState.DELIVERED)
    assert [entry.issue for entry in ledger.of_period("sales", "daily", run.period.start, run.period.end)] == [2]


def test_another_spelling_is_the_same_recipient(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    deliver(ledger, entry.id)

    [again] = begin(ledger, run, [Planned("email", "email", "Ann@X.example", ANN.identity)])

    assert again == ledger.owed(run, [ANN])[0]
    assert again.state is DeliveryState.DELIVERED


def test_a_run_keeps_when_it_first_began(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)

    assert ledger.begin(run, [ANN], NOW) == NOW
    assert ledger.begin(run, [ANN], NOW + dt.timedelta(hours=2)) == NOW


def test_a_delivered_run_is_not_called_skipped_because_it_is_repeated(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    begin(ledger, run, [ANN])
    ledger.end(run, RunState.DELIVERED)

    ledger.resume(run)
    ledger.end(run, RunState.SKIPPED, "was delivered already")

    assert ledger.outcome(run) == (RunState.DELIVERED, "")


def test_a_skipped_run_that_works_again_is_running(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    begin(ledger, run, [ANN])
    ledger.end(run, RunState.SKIPPED, "too few rows")

    ledger.resume(run)

    assert ledger.outcome(run) == (RunState.RUNNING, "")


def test_what_could_not_even_be_tried_stays_open_with_the_reason(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    ann, ben = begin(ledger, run, [ANN, BEN])
    deliver(ledger, ann.id)

    for entry in (ann, ben):
        ledger.put_off(entry.id, DeliveryState.RETRYING, "server is away")

    ann, ben = ledger.owed(run, [ANN, BEN])
    assert (ann.state, ann.error) == (DeliveryState.DELIVERED, "")
    assert (ben.state, ben.error, ben.attempts) == (DeliveryState.RETRYING, "server is away", 0)


def test_another_period_and_another_schedule_are_other_deliveries(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    deliver(ledger, entry.id)

    period = run.report.timing(run.schedule).period_of(dt.date(2026, 10, 2))
    next_day = run_of(tmp_path, run_id="manual__2", period=period)
    [other] = begin(ledger, next_day, [ANN])

    assert other.state is DeliveryState.PLANNED


def test_a_skipped_run_skips_its_open_deliveries_and_says_why(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    begin(ledger, run, [ANN])

    ledger.end(run, RunState.SKIPPED, "too few rows")

    assert ledger.outcome(run) == (RunState.SKIPPED, "too few rows")
    [entry] = ledger.owed(run, [ANN])
    assert (entry.state, entry.error) == (DeliveryState.SKIPPED, "too few rows")
    [planned] = begin(ledger, run_of(tmp_path, run_id="manual__2"), [ANN])
    assert planned.state is DeliveryState.PLANNED


def test_of_many_who_claim_the_same_delivery_one_gets_it(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])

    def claim(_: int) -> ClaimOutcome:
        return ledger_of(tmp_path).claim(entry.id).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(claim, range(16)))

    assert Counter(outcomes) == {ClaimOutcome.TAKEN: 1, ClaimOutcome.BUSY: 15}


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
    begin(ledger, run, [ANN])

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

    with pytest.raises(LedgerError, match=f"9999, newer than {schema.HEAD}") as caught:
        Ledger(engine)

    assert not caught.value.retryable


def test_the_newest_period_that_a_schedule_has_delivered_is_known(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    begin(ledger, run, [ANN])
    assert ledger.newest_delivered(run) is None

    ledger.end(run, RunState.DELIVERED)

    assert ledger.newest_delivered(run) == run.period.end


def test_a_run_keeps_the_period_that_it_has_delivered(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    assert ledger.delivered_period(run) is None

    deliver(ledger, entry.id)

    assert ledger.delivered_period(run) == (run.period.start, run.period.end)
    assert ledger.delivered_period(run_of(tmp_path, run_id="manual__2")) is None


def test_a_cleared_run_whose_schedule_says_something_else_by_now_stays_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__ARCHIVE", (tmp_path / "archive").as_uri())
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    deliver(ledger, entry.id)
    week = run.report.timing(run.schedule).period_between(run.period.start - dt.timedelta(days=7), run.period.start)

    again = as_delivered(replace(run, period=week), ledger)

    assert (again.period, again.folder.uri) == (run.period, run.folder.uri)


def test_a_delivery_that_was_not_needed_stays_so_when_a_run_begins_and_can_be_claimed_still(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.put_off(entry.id, DeliveryState.NOT_NEEDED, "orders_rejected has no row")

    [again] = begin(ledger, run_of(tmp_path, run_id="manual__2"), [ANN])

    assert (again.state, again.error) == (DeliveryState.NOT_NEEDED, "orders_rejected has no row")
    deliver(ledger, entry.id)

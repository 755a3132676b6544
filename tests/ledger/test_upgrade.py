"""A ledger that an earlier version made is brought up to date, and keeps what it has."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from deliveries import ANN, BEN
from judging import earlier_run
from runs import NOW, run_of
from scheduled_reports.ledger import DeliveryState, Ledger, schema
from scheduled_reports.ledger.ledger import sqlite_engine
from scheduled_reports.ledger.past import Measure, PastRuns, note_measures
from scheduled_reports.ledger.tables import metadata

FIRST = "0001"


def old_ledger(engine: Engine, migrate: Callable[[], None]) -> None:
    """Make a ledger as version 0001 has it, with a run that sent one of two deliveries."""
    migrate()
    entry = {
        "start": "2026-09-30 22:00:00.000000",
        "end": "2026-10-01 22:00:00.000000",
        "at": "2026-10-02 04:30:00.000000",
    }
    with engine.begin() as connection:
        connection.execute(
            text("""INSERT INTO scheduled_reports_run VALUES (:id, 'manual__1', 'sales', 'daily', :start, :end,
                    'failed', 'no such mailbox', 'd1', 'file:///old', :at, :at)"""),
            {**entry, "id": str(uuid.uuid4())},
        )
        for planned, state, receipt in ((ANN, "delivered", "<1@x>"), (BEN, "failed", "")):
            connection.execute(
                text("""INSERT INTO scheduled_reports_delivery VALUES (:id, 'sales', 'daily', :start, :end,
                        :destination, :channel, :recipient, :identity, 1, 'manual__1', :state, 1, :receipt, '',
                        10, 0.5, :at, :at, :at)"""),
                {**entry, "id": str(uuid.uuid4()), "destination": planned.destination, "channel": planned.channel,
                 "recipient": planned.recipient, "identity": planned.identity, "state": state, "receipt": receipt},
            )  # fmt: skip


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A ledger of version 0001."""
    engine = sqlite_engine(tmp_path / "ledger.db")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "HEAD", FIRST)
        old_ledger(engine, lambda: schema.upgrade(engine))
    return engine


def version(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM scheduled_reports_version")).scalar_one())


def test_the_old_ledger_of_these_tests_is_an_old_one(old: Engine) -> None:
    assert version(old) == FIRST
    assert set(inspect(old).get_table_names()) < {*metadata.tables, schema.VERSION_TABLE}


def test_an_old_ledger_gets_the_tables_that_it_lacks(old: Engine) -> None:
    Ledger(old)

    assert version(old) == schema.HEAD
    assert {*metadata.tables, schema.VERSION_TABLE} == set(inspect(old).get_table_names())


def test_what_was_delivered_before_is_delivered_still_and_not_sent_again(tmp_path: Path, old: Engine) -> None:
    ledger, run = Ledger(old), run_of(tmp_path)

    ann, ben = ledger.owed(run, [ANN, BEN])

    assert (ann.state, ann.receipt, ann.size, ann.seconds) == (DeliveryState.DELIVERED, "<1@x>", 10, 0.5)
    assert ledger.claim(ann.id) is None
    assert ben.state is DeliveryState.FAILED
    assert ann.settled_at == NOW
    found = ledger.of_period("sales", "daily", run.period.start, run.period.end)
    assert [entry.recipient for entry in found] == [ann.recipient, ben.recipient]


def test_an_upgraded_ledger_takes_what_the_new_version_notes(tmp_path: Path, old: Engine) -> None:
    ledger, run = Ledger(old), run_of(tmp_path, run_id="manual__2")

    earlier_run(ledger, run, 1, "rows", Measure("orders", 3))

    assert [found.value for found in PastRuns(run, ledger).values("rows", "orders")] == [3]


def test_a_ledger_that_is_up_to_date_is_not_touched_again(tmp_path: Path, old: Engine) -> None:
    Ledger(old)
    note_measures(Ledger(old), run_of(tmp_path), "rows", [Measure("orders", 3)])

    Ledger(old)

    with old.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM scheduled_reports_measure")).scalar_one() == 1


def test_a_run_of_the_old_ledger_is_a_usual_one(old: Engine) -> None:
    Ledger(old)

    with old.connect() as connection:
        assert connection.execute(text("SELECT variant FROM scheduled_reports_run")).scalar_one() == ""

"""A ledger that an earlier version made is brought up to date, and keeps what it has."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from deliveries import ANN, BEN, deliver
from judging import earlier_run
from old_ledger import FIRST, old_ledger, take_back, version_of
from runs import NOW, run_of
from scheduled_reports.ledger import ClaimOutcome, DeliveryState, Ledger, schema
from scheduled_reports.ledger.audit import trail_of, verify
from scheduled_reports.ledger.engine import sqlite_engine
from scheduled_reports.ledger.past import Measure, PastRuns, note_measures
from scheduled_reports.ledger.tables import metadata


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A ledger of version 0001."""
    engine = sqlite_engine(tmp_path / "ledger.db")
    old_ledger(engine, monkeypatch)
    return engine


def test_the_old_ledger_of_these_tests_is_an_old_one(old: Engine) -> None:
    assert version_of(old) == FIRST
    assert set(inspect(old).get_table_names()) < {*metadata.tables, schema.VERSION_TABLE}


def test_an_old_ledger_gets_the_tables_that_it_lacks(old: Engine) -> None:
    Ledger(old)

    assert version_of(old) == schema.HEAD
    assert {*metadata.tables, schema.VERSION_TABLE} == set(inspect(old).get_table_names())


def test_what_was_delivered_before_is_delivered_still_and_not_sent_again(tmp_path: Path, old: Engine) -> None:
    ledger, run = Ledger(old), run_of(tmp_path)

    ann, ben = ledger.owed(run, [ANN, BEN])

    assert (ann.state, ann.receipt, ann.size, ann.seconds) == (DeliveryState.DELIVERED, "<1@x>", 10, 0.5)
    assert ledger.claim(ann.id).outcome is ClaimOutcome.HAS_RECEIPT
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


@pytest.mark.parametrize("version", [FIRST, "0003"])
def test_what_an_older_ledger_had_has_its_place_in_the_audit_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    engine = sqlite_engine(tmp_path / "ledger.db")
    old_ledger(engine, monkeypatch, version)

    ledger, run = Ledger(engine), run_of(tmp_path)

    found = trail_of(ledger, run_id="manual__1")
    assert sorted((shown.recipient, shown.row.was, shown.row.is_now) for shown in found) == [
        ("ann@x.example", "", "delivered"), ("ben@x.example", "", "failed"),
    ]  # fmt: skip
    assert {(shown.row.actor, shown.row.why) for shown in found} == {
        ("migration 0004", "the ledger had it when its audit trail began")
    }
    assert verify(ledger).broken is None
    [ben] = ledger.owed(run, [BEN])
    deliver(ledger, ben.id)
    assert (verify(ledger).rows, verify(ledger).broken) == (4, None)


def test_a_delivery_that_an_older_version_left_in_the_middle_of_sending_is_a_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sqlite_engine(tmp_path / "ledger.db")
    old_ledger(engine, monkeypatch, "0003")
    with engine.begin() as connection:
        connection.execute(text("UPDATE scheduled_reports_delivery SET state = 'sending'"))
    ledger = Ledger(engine)
    [ben] = ledger.owed(run_of(tmp_path), [BEN])

    assert ledger.claim(ben.id).outcome is ClaimOutcome.IN_DOUBT
    assert "taken over from a worker whose lease ended (of an earlier version)" in trail_of(
        ledger, delivery_id=ben.id)[-1].row.why  # fmt: skip


def test_a_migration_writes_the_trail_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sqlite_engine(tmp_path / "ledger.db")
    old_ledger(engine, monkeypatch, "0003")
    with engine.begin() as connection:
        names = [column["name"] for column in inspect(connection).get_columns("scheduled_reports_delivery")]
        copied = ", ".join(name for name in names if name not in {"id", "issue"})
        numbers = "WITH RECURSIVE n(x) AS (SELECT 2 UNION ALL SELECT x + 1 FROM n WHERE x < 15000)"
        connection.execute(text(f"{numbers} INSERT INTO scheduled_reports_delivery (id, issue, {copied}) "
                                f"SELECT 'copy ' || x, x, {copied} FROM n, scheduled_reports_delivery "
                                "WHERE recipient = 'ann@x.example'"))  # fmt: skip

    found = verify(Ledger(engine))

    assert (found.rows, found.broken) == (15001, None)


def test_the_newest_migration_can_be_taken_back_and_made_again(tmp_path: Path, old: Engine) -> None:
    Ledger(old)

    take_back(old, "0003")
    assert version_of(old) == "0003"
    assert "scheduled_reports_audit" not in inspect(old).get_table_names()
    assert "parts" not in {column["name"] for column in inspect(old).get_columns("scheduled_reports_delivery")}
    assert len(inspect(old).get_indexes("scheduled_reports_delivery")) == 1

    ledger = Ledger(old)
    assert {entry.state for entry in ledger.owed(run_of(tmp_path), [ANN, BEN])} == {
        DeliveryState.DELIVERED, DeliveryState.FAILED,
    }  # fmt: skip
    assert verify(ledger).broken is None

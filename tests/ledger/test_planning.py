"""A run of many recipients is planned in bulk: the statements do not grow with the recipients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from deliveries import ANN, BEN, begin, deliver
from racing import people
from runs import NOW, run_of
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.ledger.audit import trail_of, verify
from scheduled_reports.ledger.engine import sqlite_engine

MANY = 10_000


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Give the statements that are sent to a database meanwhile."""
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return sqlite_engine(tmp_path / "ledger.db")


def test_ten_thousand_deliveries_are_planned_in_a_few_statements(tmp_path: Path, engine: Engine) -> None:
    ledger, run, planned = Ledger(engine), run_of(tmp_path), people(MANY)

    with statements(engine) as sent:
        ledger.begin(run, planned, NOW)
    with statements(engine) as asked:
        entries = ledger.owed(run, planned)

    assert len(sent) < 20
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1
    assert [entry.recipient for entry in entries] == [item.recipient for item in planned]
    assert (verify(ledger).rows, verify(ledger).broken) == (MANY, None)


def test_ten_thousand_that_failed_begin_anew_and_are_claimed_in_some_statements(tmp_path: Path, engine: Engine) -> None:
    ledger, run, planned = Ledger(engine), run_of(tmp_path), people(MANY)
    ids = [entry.id for entry in begin(ledger, run, planned)]
    ledger.put_off(ids, DeliveryState.RETRYING, "server is away")

    with statements(engine) as sent:
        ledger.begin(run, planned, NOW)
        ledger.claim_many(ids)

    assert len(sent) < 150
    assert {entry.state for entry in ledger.owed(run, planned)} == {DeliveryState.SENDING}
    assert (verify(ledger).rows, verify(ledger).broken) == (MANY * 4, None)


def test_who_is_named_twice_is_planned_once(tmp_path: Path, engine: Engine) -> None:
    ledger = Ledger(engine)

    one, other = begin(ledger, run_of(tmp_path), [ANN, ANN])

    assert one == other
    assert len(trail_of(ledger, recipient="ann@x.example")) == 1


def test_a_recipient_who_came_later_is_planned_with_the_others_as_they_are(tmp_path: Path, engine: Engine) -> None:
    ledger, run = Ledger(engine), run_of(tmp_path)
    [ann] = begin(ledger, run, [ANN])
    deliver(ledger, ann.id)

    ann, ben = ledger.owed(run, [ANN, BEN])

    assert (ann.state, ben.state) == (DeliveryState.DELIVERED, DeliveryState.PLANNED)

"""An older ledger in a team's PostgreSQL is brought up to date, and the newest migration can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect

from deliveries import ANN, BEN
from old_ledger import old_ledger, take_back, version_of
from runs import run_of
from scheduled_reports.connections import airflow_connection, sql_engine
from scheduled_reports.ledger import DeliveryState, Ledger, schema
from scheduled_reports.ledger.audit import trail_of, verify


@pytest.fixture
def old(shop: Any, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A ledger of version 0003, with two deliveries."""
    engine = sql_engine(airflow_connection, "shop")
    old_ledger(engine, monkeypatch, "0003")
    return engine


def test_what_an_older_ledger_had_has_its_place_in_the_audit_trail(tmp_path: Path, old: Engine) -> None:
    ledger = Ledger(old)

    assert version_of(old) == schema.HEAD
    assert sorted((shown.recipient, shown.row.is_now) for shown in trail_of(ledger, run_id="manual__1")) == [
        ("ann@x.example", "delivered"), ("ben@x.example", "failed"),
    ]  # fmt: skip
    assert verify(ledger).broken is None
    ledger.close()


def test_the_newest_migration_can_be_taken_back_and_made_again(tmp_path: Path, old: Engine) -> None:
    Ledger(old).close()

    take_back(old, "0003")
    assert version_of(old) == "0003"
    assert not inspect(old).has_table("scheduled_reports_audit")

    ledger = Ledger(old)
    ann, ben = ledger.owed(run_of(tmp_path), [ANN, BEN])
    assert (ann.state, ben.state) == (DeliveryState.DELIVERED, DeliveryState.FAILED)
    assert verify(ledger).broken is None
    ledger.close()

"""Two workers on PostgreSQL, one of whom sleeps for longer than its lease: nobody gets anything twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from chaos.campaigns import campaign, mailing
from chaos.races import Race
from chaos.servers import MAIL_POINTS
from chaos.traps import Point
from chaos.workers import workers
from deliveries import ANN, begin
from postgres_server import Database
from runs import run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger import ClaimOutcome, DeliveryState, Ledger, engine
from scheduled_reports.ledger.audit import verify
from scheduled_reports.ledger.changes import Changes


@pytest.mark.parametrize("rule", ["hold", "resend"])
def test_a_worker_that_slept_for_longer_than_its_lease_settles_nothing_and_the_doubt_is_on_record(
    tmp_path: Path, connection: Callable[..., None], database: Database, rule: str
) -> None:
    def is_free() -> bool:
        try:
            database.run("SET lock_timeout = '5s'; BEGIN; SELECT * FROM scheduled_reports_audit_head FOR UPDATE")
        except psycopg.errors.LockNotAvailable:
            return False
        return True

    connection("ledger", **database.fields())
    places = [mailing("warm", "hold", 1), mailing("all", rule, 200)]
    with campaign(tmp_path, connection, places, "ledger") as made, workers(tmp_path, ["warm"], "ledger") as port:
        race = Race(made, port, "all", is_free)
        race.run(2, Point(MAIL_POINTS[1], times=30))
        race.require_on_record(rule)
        assert len(made.entries(rule)) >= 200


def test_a_worker_that_froze_while_it_held_the_lock_is_not_waited_for(
    tmp_path: Path, connection: Callable[..., None], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection("ledger", **database.fields())
    monkeypatch.setattr(engine, "SILENCE", dt.timedelta(seconds=1))
    frozen, other = (Ledger.open("ledger", airflow_connection, tmp_path) for _ in range(2))
    [entry] = begin(other, run_of(tmp_path), [ANN])

    def freeze() -> None:
        with ThreadPoolExecutor(1) as pool, frozen.writing() as held:
            changes = Changes(held, "who froze")
            assert pool.submit(other.claim, entry.id).result(60).outcome is ClaimOutcome.TAKEN
            changes.note(changes.named([entry.id])[entry.id], "awake again")

    with pytest.raises(LedgerError, match="idle-in-transaction"):
        freeze()

    assert other.settle(entry.id, DeliveryState.DELIVERED, receipt="<1@x>")
    assert frozen.claim(entry.id).outcome is ClaimOutcome.HAS_RECEIPT
    assert verify(other).broken is None
    frozen.close()
    other.close()

"""Workers on PostgreSQL, on as many hosts: what tests/ledger says of claims and of the trail holds here too."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from deliveries import ANN, begin, deliver
from racing import claim_all, people
from runs import run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.ledger import ClaimOutcome, DeliveryState, Ledger
from scheduled_reports.ledger.audit import trail_of, verify
from scheduled_reports.ledger.deliveries import count_by_state, deliveries

WORKERS = 4
AT_ONCE = dt.timedelta(0)


def opened(folder: Path) -> Ledger:
    return Ledger.open("shop", airflow_connection, folder)


def test_threads_that_race_for_the_same_deliveries_share_them_out(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    ids = [entry.id for entry in begin(ledger, run, people(60))]

    with ThreadPoolExecutor(WORKERS) as pool:
        taken = list(pool.map(lambda seed: claim_all(opened(tmp_path), ids, seed), range(WORKERS)))

    assert sorted(one for some in taken for one in some) == sorted(ids)
    assert verify(ledger).rows == 120
    assert verify(ledger).broken is None
    ledger.close()


def test_processes_that_race_for_the_same_deliveries_share_them_out(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    ids = [entry.id for entry in begin(ledger, run, people(60))]
    url = f"postgresql+psycopg://reports@127.0.0.1:{shop.port}/{shop.name}"

    with multiprocessing.get_context("spawn").Pool(3) as pool:
        taken = pool.starmap(_process, [(url, ids, seed) for seed in range(3)])

    assert sorted(one for some in taken for one in some) == sorted(ids)
    assert verify(ledger).broken is None
    ledger.close()


def _process(url: str, ids: list[str], seed: int) -> list[str]:
    return claim_all(Ledger(create_engine(url)), ids, seed)


def test_of_many_who_take_over_what_was_left_one_gets_it_and_the_first_worker_settles_nothing(
    tmp_path: Path, shop: Any
) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.claim(entry.id, lease=AT_ONCE)
    others = [opened(tmp_path) for _ in range(WORKERS)]

    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda one: one.claim(entry.id, resend_doubts=True).outcome, others))

    assert sorted(found) == [*[ClaimOutcome.BUSY] * (WORKERS - 1), ClaimOutcome.TAKEN]
    assert ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="<late@x>") is False
    assert ledger.renew([entry.id]) == set()
    for one in (ledger, *others):
        one.close()


@pytest.mark.parametrize("skew", [dt.timedelta(hours=-3), dt.timedelta(hours=3)])
def test_a_worker_whose_clock_is_wrong_takes_nothing_over_and_loses_nothing(
    tmp_path: Path, shop: Any, monkeypatch: pytest.MonkeyPatch, skew: dt.timedelta
) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.claim(entry.id)
    other = opened(tmp_path)

    true = dt.datetime

    class Skewed(true):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return true.now(tz) + skew

    monkeypatch.setattr(dt, "datetime", Skewed)

    assert abs(dt.datetime.now(dt.UTC) - true.now(dt.UTC)) > dt.timedelta(hours=2)
    assert other.claim(entry.id).outcome is ClaimOutcome.BUSY
    assert other.renew([entry.id]) == set()
    ledger.close()
    other.close()


def test_leases_and_the_trail_are_in_utc_whatever_the_servers_zone(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])

    until = ledger.claim(entry.id, lease=dt.timedelta(minutes=5)).until

    assert until is not None
    assert abs(until - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=6)
    [(at, lease)] = shop.run("SELECT a.at, d.lease_until FROM scheduled_reports_audit a, scheduled_reports_delivery d "
                             "WHERE a.seq = 2")  # fmt: skip
    assert lease - at == dt.timedelta(minutes=5)
    assert lease.replace(tzinfo=dt.UTC) == until
    ledger.close()


def test_what_is_altered_behind_the_ledgers_back_is_found(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    deliver(ledger, entry.id)
    assert verify(ledger).broken is None

    shop.run("UPDATE scheduled_reports_delivery SET state = 'planned'")
    found = verify(ledger).broken
    assert found is not None
    assert (found.how, found.delivery_id) == ("state", entry.id)

    shop.run("DELETE FROM scheduled_reports_audit WHERE seq = 3")
    found = verify(ledger).broken
    assert found is not None
    assert (found.how, found.seq) == ("removed", 3)
    ledger.close()


def test_words_that_postgresql_cannot_keep_are_kept_as_well_as_it_can(tmp_path: Path, shop: Any) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    [entry] = begin(ledger, run, [ANN])
    ledger.claim(entry.id)

    ledger.settle(entry.id, DeliveryState.FAILED, error="a NUL: \0, half a letter: \ud800")

    assert ledger.owed(run, [ANN])[0].error == "a NUL: \ufffd, half a letter: ?"
    assert verify(ledger).broken is None
    ledger.close()


def test_deliveries_come_page_by_page_and_are_counted(
    tmp_path: Path, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, run = opened(tmp_path), run_of(tmp_path)
    entries = begin(ledger, run, people(25))
    deliver(ledger, entries[3].id)
    monkeypatch.setattr("scheduled_reports.ledger.deliveries.PAGE", 7)

    assert {record.id for record in deliveries(ledger)} == {entry.id for entry in entries}
    assert [record.id for record in deliveries(ledger, recipient="3@X.example")] == [entries[3].id]
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=30)
    assert count_by_state(ledger, long_ago) == {DeliveryState.PLANNED: 24, DeliveryState.DELIVERED: 1}
    assert len(trail_of(ledger, recipient="3@x.example")) == 3
    ledger.close()

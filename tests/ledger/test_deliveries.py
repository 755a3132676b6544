"""Deliveries are found by what one knows of them, the newest first, also where there are many."""

import datetime as dt
from pathlib import Path

import pytest

from deliveries import ANN, BEN, begin, deliver
from racing import people
from runs import ledger_of, run_of
from scheduled_reports.ledger import DeliveryState, Ledger
from scheduled_reports.ledger import deliveries as module
from scheduled_reports.ledger.deliveries import DeliveryRecord, count_by_state, deliveries


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger with two periods: Ann got both, Ben's first failed."""
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    ann, ben = begin(ledger, run, [ANN, BEN])
    deliver(ledger, ann.id)
    ledger.claim(ben.id)
    ledger.settle(ben.id, DeliveryState.FAILED, error="no such mailbox")
    period = run.report.timing(run.schedule).period_of(dt.date(2026, 10, 2))
    deliver(ledger, begin(ledger, run_of(tmp_path, run_id="manual__2", period=period), [ANN])[0].id)
    return ledger


def told(found: list[DeliveryRecord]) -> list[tuple[str, str, str]]:
    return [(record.run_id, record.recipient, record.state) for record in found]


def test_the_newest_come_first(ledger: Ledger) -> None:
    first, *others = told(list(deliveries(ledger)))

    assert first == ("manual__2", "ann@x.example", "delivered")
    assert sorted(others) == [("manual__1", "ann@x.example", "delivered"), ("manual__1", "ben@x.example", "failed")]


def test_they_are_found_by_state_report_run_and_recipient_however_it_is_spelt(ledger: Ledger) -> None:
    ben = [("manual__1", "ben@x.example", "failed")]

    assert told(list(deliveries(ledger, state=DeliveryState.FAILED))) == ben
    assert told(list(deliveries(ledger, recipient="Ben@X.example"))) == ben
    assert [record.run_id for record in deliveries(ledger, run_id="manual__2")] == ["manual__2"]
    assert len(list(deliveries(ledger, report_id="sales"))) == 3
    assert list(deliveries(ledger, report_id="costs")) == []


def test_they_are_found_by_when_they_were_planned(ledger: Ledger) -> None:
    newest = next(deliveries(ledger))

    assert list(deliveries(ledger, since=newest.planned_at)) == [newest]
    assert list(deliveries(ledger, since=newest.planned_at + dt.timedelta(seconds=1))) == []


def test_a_record_has_all_that_is_known(ledger: Ledger) -> None:
    record = next(deliveries(ledger))

    assert (record.report_id, record.schedule_id, record.destination, record.channel) == (
        "sales", "daily", "email", "email",
    )  # fmt: skip
    assert (record.attempts, record.receipt, record.size, record.seconds, record.parts) == (1, "<1@x>", 10, 0.5, {})
    assert record.lease_until is None


@pytest.mark.parametrize("page", [1, 7, 10, 1000])
def test_pages_neither_repeat_nor_lose_one_though_all_were_planned_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    ledger = ledger_of(tmp_path)
    entries = begin(ledger, run_of(tmp_path), people(30))
    monkeypatch.setattr(module, "PAGE", page)

    found = list(deliveries(ledger))

    assert sorted(record.id for record in found) == sorted(entry.id for entry in entries)
    assert list(deliveries(ledger, limit=12)) == found[:12]
    assert list(deliveries(ledger, after=found[11].cursor)) == found[12:]
    assert list(deliveries(ledger, limit=0)) == []


def test_they_are_counted_by_state(ledger: Ledger) -> None:
    now = dt.datetime.now(dt.UTC)

    assert count_by_state(ledger, now - dt.timedelta(days=1)) == {DeliveryState.DELIVERED: 2, DeliveryState.FAILED: 1}
    assert count_by_state(ledger, now + dt.timedelta(days=1)) == {}

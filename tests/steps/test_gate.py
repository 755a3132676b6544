"""The gate opens a run, or says why it is not to happen."""

import datetime as dt
from pathlib import Path

import pytest

from runs import NOW, ledger_of, run_of
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger import DeliveryState
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed


def test_a_run_opens_with_its_deliveries_planned_and_its_manifest_begun(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)

    assert gate(run, ledger, NOW) == {"period": "Thursday, 1 October 2026", "deliveries": 2}

    assert {entry.state for entry in owed(run, ledger)} == {DeliveryState.PLANNED}
    manifest = run.folder.manifest()
    assert manifest["period"]["start"] == "2026-10-01T00:00:00+02:00"
    assert manifest["report"]["spec_digest"] == run.report.digest


def test_a_scheduled_run_more_than_an_hour_late_is_skipped(tmp_path: Path) -> None:
    run = run_of(tmp_path, due=NOW - dt.timedelta(minutes=61))

    with pytest.raises(RunSkipped, match="due at 2026-10-02 03:29 UTC and began more than 1h late"):
        gate(run, ledger_of(tmp_path), NOW)


def test_a_scheduled_run_a_little_late_and_a_manual_run_go_on(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)

    assert gate(run_of(tmp_path, due=NOW - dt.timedelta(minutes=59)), ledger, NOW)["deliveries"] == 2
    assert gate(run_of(tmp_path, due=None), ledger, NOW + dt.timedelta(days=300))["deliveries"] == 2


def test_a_run_that_began_in_time_is_not_late_when_it_is_repeated_hours_later(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, due=NOW), ledger_of(tmp_path)
    gate(run, ledger, NOW)

    assert gate(run, ledger, NOW + dt.timedelta(hours=5))["deliveries"] == 2


def test_a_period_that_is_not_over_is_refused_because_a_part_would_count_as_the_whole(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)

    with pytest.raises(
        ReportError, match="cannot report on Thursday, 1 October 2026: it ends 2026-10-02 00:00"
    ) as caught:
        gate(run, ledger, run.period.end - dt.timedelta(seconds=1))

    assert not caught.value.retryable
    assert gate(run, ledger, run.period.end)["deliveries"] == 2


def test_a_period_that_everybody_has_is_skipped_unless_forced(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    gate(run, ledger, NOW)
    for entry in owed(run, ledger):
        ledger.claim(entry.id)
        ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="<1@x>")

    with pytest.raises(RunSkipped, match=r"1 October 2026 was delivered already \(2 of 2\); trigger it with 'force'"):
        gate(run_of(tmp_path, run_id="manual__2"), ledger, NOW)
    assert gate(run_of(tmp_path, run_id="manual__3", force=True), ledger, NOW)["deliveries"] == 2

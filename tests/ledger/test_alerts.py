"""What earlier runs of an alert found, as the ledger gives it to a run that decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from deliveries import ANN, BEN, deliver
from judging import earlier_run
from runs import ledger_of, run_of
from scheduled_reports.errors import LedgerError
from scheduled_reports.judgement.alert import AlertPast
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.alerts import alert_measures, alert_runs
from scheduled_reports.ledger.past import note_measures
from scheduled_reports.run import Run

KEY = "alert:1f0c"


def noted(ledger: Ledger, run: Run, days: int, *parts: str, state: RunState = RunState.DELIVERED,
          **before: str) -> None:  # fmt: skip
    """Note a run `days` days earlier in which these things were alarming."""
    earlier_run(ledger, run, days, "alert", *alert_measures(KEY, bool(parts), parts, before), state=state)


def test_the_newest_period_comes_first_and_no_more_than_are_asked_for(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    for days in (2, 5, 1):
        noted(ledger, run, days, "a")

    assert [found.period for found in alert_runs(ledger, run, KEY, 9)] == ["2026-09-30", "2026-09-29", "2026-09-26"]
    assert [found.period for found in alert_runs(ledger, run, KEY, 2)] == ["2026-09-30", "2026-09-29"]
    assert alert_runs(ledger, run, "alert:other", 9) == []


def test_a_thing_that_is_not_named_was_not_alarming(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    noted(ledger, run, 1, "a", "b", b="2026-09-25")

    [found] = alert_runs(ledger, run, KEY, 9)

    assert found.of("a") == AlertPast("2026-09-30", alarming=True, sent=True)
    assert found.of("b") == AlertPast("2026-09-30", alarming=True, sent=True, sent_before="2026-09-25")
    assert found.of("c") == AlertPast("2026-09-30", alarming=False, sent=False)
    assert found.of("") == AlertPast("2026-09-30", alarming=True, sent=True)


def test_only_a_delivered_run_has_sent(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    for days, state in enumerate(RunState, start=1):
        noted(ledger, run, days, "a", state=state)

    sent = {state: found.of("a").sent for state, found in zip(RunState, alert_runs(ledger, run, KEY, 99), strict=True)}

    assert {state for state, was in sent.items() if was} == {RunState.DELIVERED}


def test_of_a_period_that_was_run_again_the_newest_says_what_was_alarming_and_any_may_have_sent_it(
    tmp_path: Path,
) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    noted(ledger, run, 1, "a", "b")
    earlier = run.report.timing(run.schedule).period_between(
        run.period.start - dt.timedelta(days=1), run.period.end - dt.timedelta(days=1)
    )
    second = replace(run, run_id="second", period=earlier)
    ledger.begin(second, [], run.period.end)
    note_measures(ledger, second, "alert", alert_measures(KEY, True, ["b", "c"], {}))
    ledger.end(second, RunState.FAILED)

    [found] = alert_runs(ledger, run, KEY, 9)

    assert [(found.of(part).alarming, found.of(part).sent) for part in "abc"] == [
        (False, False), (True, True), (True, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "sent"),
    [(state, state not in {RunState.SKIPPED, RunState.ARCHIVED}) for state in RunState],
)
def test_a_run_that_reached_somebody_has_sent(tmp_path: Path, state: RunState, sent: bool) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    noted(ledger, run, 1, "a", state=state)
    earlier = replace(run, run_id="scheduled__1", period=run.report.timing(run.schedule).period_between(
        run.period.start - dt.timedelta(days=1), run.period.end - dt.timedelta(days=1)
    ))  # fmt: skip
    ann, _ = ledger.owed(earlier, [ANN, BEN])
    deliver(ledger, ann.id)

    [found] = alert_runs(ledger, run, KEY, 9)

    assert found.of("a").sent is sent


def test_what_an_earlier_run_of_the_period_delivered_was_not_sent_by_the_one_that_failed(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    noted(ledger, run, 1, "a")
    earlier = replace(run, run_id="scheduled__1", period=run.report.timing(run.schedule).period_between(
        run.period.start - dt.timedelta(days=1), run.period.end - dt.timedelta(days=1)
    ))  # fmt: skip
    [ann] = ledger.owed(earlier, [ANN])
    deliver(ledger, ann.id)
    second = replace(earlier, run_id="second", force=True)
    ledger.begin(second, [ANN], dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1))
    note_measures(ledger, second, "alert", alert_measures(KEY, True, ["a", "b"], {}))
    ledger.end(second, RunState.FAILED)

    [found] = alert_runs(ledger, run, KEY, 9)

    assert (found.of("a").sent, found.of("b").sent) == (True, False)


def test_runs_with_other_parameters_or_a_period_of_their_own_do_not_count(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    noted(ledger, replace(run, parameters={"region": "north"}), 1, "a")
    noted(ledger, replace(run, own_period=True), 2, "a")

    assert alert_runs(ledger, run, KEY, 9) == []


def test_neither_its_own_period_nor_a_later_one_counts(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    noted(ledger, run, 0, "a")
    noted(ledger, run, -1, "a")

    assert alert_runs(ledger, run, KEY, 9) == []


def test_a_ledger_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    ledger.close()
    (tmp_path / "ledger.db").write_bytes(b"no database")

    with pytest.raises(LedgerError):
        alert_runs(ledger, run, KEY, 9)

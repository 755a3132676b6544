"""The newest value of other runs, of any period up to the run's own, or of one period."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from judging import earlier_run
from runs import NOW, ledger_of, run_of
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import Measure, PastRuns, note_measures
from scheduled_reports.run import Run

KEY = "value:1"


def note(ledger: Ledger, run: Run, run_id: str, value: float | str, *, state: RunState = RunState.DELIVERED) -> None:
    """Note another run of the same period."""
    other = replace(run, run_id=run_id)
    ledger.begin(other, [], NOW)
    note_measures(ledger, other, "condition", [Measure(KEY, value)])
    ledger.end(other, state)


def newest(run: Run, ledger: Ledger | None, **more: object) -> float | str | None:
    found = PastRuns(run, ledger).newest("condition", KEY, **more)  # type: ignore[arg-type]
    return None if found is None else found.text if found.value is None else found.value


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return run_of(tmp_path)


def test_without_a_ledger_or_an_entry_there_is_none(run: Run, tmp_path: Path) -> None:
    assert newest(run, None) is None
    assert newest(run, ledger_of(tmp_path)) is None


def test_the_newest_period_counts_and_not_the_newest_note(run: Run, tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    earlier_run(ledger, run, 1, "condition", Measure(KEY, 1))
    earlier_run(ledger, run, 2, "condition", Measure(KEY, 2))

    assert newest(run, ledger) == 1


def test_of_one_period_the_run_that_ended_last_counts_and_the_runs_own_period_does_too(
    run: Run, tmp_path: Path
) -> None:
    ledger = ledger_of(tmp_path)
    earlier_run(ledger, run, 1, "condition", Measure(KEY, 1))
    note(ledger, run, "manual__a", "first")
    note(ledger, run, "manual__b", "second")

    assert newest(run, ledger) == "second"


def test_neither_the_run_itself_nor_a_later_period_nor_another_measure_counts(run: Run, tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    note(ledger, run, run.run_id, 1)
    earlier_run(ledger, run, -1, "condition", Measure(KEY, 2))
    earlier_run(ledger, run, 3, "condition", Measure("value:2", 3), Measure(KEY, 4, part="phone"))
    earlier_run(ledger, run, 4, "check", Measure(KEY, 5))

    assert newest(run, ledger) is None


def test_only_the_states_asked_for_count(run: Run, tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    for days, state in enumerate(RunState, start=1):
        earlier_run(ledger, run, days, "condition", Measure(KEY, days), state=state)
    numbers = {state: days for days, state in enumerate(RunState, start=1)}

    assert newest(run, ledger) == min(numbers[RunState.DELIVERED], numbers[RunState.ARCHIVED])
    for state in RunState:
        assert newest(run, ledger, states={state}) == numbers[state]


def test_one_period_may_be_asked_for_however_long_ago(run: Run, tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    for days in (1, 2, 400):
        earlier_run(ledger, run, days, "condition", Measure(KEY, days))
    span = dt.timedelta(days=400)
    then = run.report.timing(run.schedule).period_between(run.period.start - span, run.period.end - span)

    assert newest(run, ledger, period=(then.start, then.end)) == 400
    assert newest(run, ledger, period=(then.start, run.period.end)) is None

"""The condition `event`: when an asset was updated, against the period and the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from judging import earlier_run, evidence_of
from runs import NOW, ledger_of, run_of
from scheduled_reports.conditions import Verdict
from scheduled_reports.conditions.event import Event
from scheduled_reports.errors import ReportError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import Measure
from scheduled_reports.run import Run
from scheduled_reports.spec.load import BrokenReport, load
from specs import SALES, write

END = dt.datetime(2026, 10, 1, 22, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Updates:
    """An Airflow whose assets were all updated at one time."""

    at: dt.datetime | None

    def variable(self, key: str) -> str | None:
        return None

    def updated(self, asset: str) -> dt.datetime | None:
        return self.at


def judged(folder: Path, at: dt.datetime | None, ledger: Ledger | None = None, **fields: Any) -> Verdict:
    run = run_of(folder, airflow=Updates(at))
    event = Event.model_validate({"type": "event", "asset": "stock", **fields})
    return event.judge(evidence_of(folder, run=run, ledger=ledger))


@pytest.mark.parametrize("since", ["period_end", "period_start", "last_delivery"])
def test_what_never_happened_is_not_met(tmp_path: Path, since: str) -> None:
    assert judged(tmp_path, None, since=since) == Verdict(False, "stock was never updated")


@pytest.mark.parametrize(
    ("at", "since", "met", "reason"),
    [
        (END, "period_end", True, "2026-10-02 00:00:00"),
        (END - dt.timedelta(seconds=1), "period_end", False,
         "2026-10-01 23:59:59, before the end of the period, 2026-10-02 00:00"),
        (END - dt.timedelta(days=1), "period_start", True, "2026-10-01 00:00:00"),
        (END - dt.timedelta(days=1, seconds=1), "period_start", False,
         "2026-09-30 23:59:59, before the start of the period, 2026-10-01 00:00"),
    ],
)  # fmt: skip
def test_an_update_counts_from_a_moment_of_the_period(
    tmp_path: Path, at: dt.datetime, since: str, met: bool, reason: str
) -> None:
    verdict = judged(tmp_path, at, since=since)

    assert verdict == Verdict(met, f"stock was updated {reason}", at.isoformat())


def test_before_the_first_delivery_any_update_counts(tmp_path: Path) -> None:
    verdict = judged(tmp_path, NOW - dt.timedelta(days=900), ledger_of(tmp_path), since="last_delivery")

    assert verdict.met
    assert verdict.reason == "stock was updated 2024-04-15 06:30:00, and nothing was delivered before"


def noted(folder: Path, ledger: Ledger, at: dt.datetime | None, **changes: Any) -> Run:
    """Note a delivered run of the day before that had seen the update of `at`, or had not looked."""
    key = Event.model_validate({"type": "event", "asset": "stock", "since": "last_delivery"}).key
    measures = [] if at is None else [Measure(key, at.isoformat())]
    return earlier_run(ledger, run_of(folder), 1, "condition", *measures, **changes)


@pytest.mark.parametrize(("seconds", "met"), [(-1, False), (0, False), (1, True)])
def test_one_update_is_enough_for_one_delivery(tmp_path: Path, seconds: int, met: bool) -> None:
    ledger, known = ledger_of(tmp_path), NOW - dt.timedelta(hours=20)
    noted(tmp_path, ledger, known)

    verdict = judged(tmp_path, known + dt.timedelta(seconds=seconds), ledger, since="last_delivery")

    assert verdict.met is met
    words = "after the last delivery (2026-10-01 06:30)" if met else "and not since the last delivery"
    assert words in verdict.reason


def test_an_update_while_the_last_run_was_under_way_is_not_lost(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    noted(tmp_path, ledger, None)  # it began a day before NOW, and ended just now
    began = NOW - dt.timedelta(days=1)

    assert judged(tmp_path, began + dt.timedelta(minutes=5), ledger, since="last_delivery").met
    assert not judged(tmp_path, began - dt.timedelta(minutes=5), ledger, since="last_delivery").met


@pytest.mark.parametrize("state", sorted(set(RunState) - {RunState.DELIVERED}))
def test_a_run_that_was_not_delivered_does_not_use_an_update_up(tmp_path: Path, state: RunState) -> None:
    ledger, at = ledger_of(tmp_path), NOW - dt.timedelta(hours=20)
    noted(tmp_path, ledger, at, state=state)

    assert judged(tmp_path, at, ledger, since="last_delivery").met


def test_another_schedule_and_the_run_itself_do_not_count(tmp_path: Path) -> None:
    ledger, at, run = ledger_of(tmp_path), NOW - dt.timedelta(hours=20), run_of(tmp_path)
    other = replace(run, schedule=run.schedule.model_copy(update={"id": "weekly"}))
    for each in (other, run):
        ledger.begin(each, [], NOW)
        ledger.end(each, RunState.DELIVERED)

    assert judged(tmp_path, at, ledger, since="last_delivery").met


def test_where_airflow_is_not_there_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="the asset 'stock' cannot be asked for here"):
        Event(type="event", asset="stock", since="period_end").judge(evidence_of(tmp_path))


@pytest.mark.parametrize(
    "fields", [{}, {"asset": ""}, {"asset": " stock"}, {"asset": "self"}, {"asset": "airflow://x"}, {"asset": 1},
               {"asset": "stock", "since": "yesterday"}, {"asset": "stock", "newer": 1}]
)  # fmt: skip
def test_an_event_that_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Event.model_validate({"type": "event", **fields})


def faults(folder: Path, text: str) -> list[str]:
    loaded = load(write(folder, text), folder / "include")
    return [str(problem) for problem in loaded.problems] if isinstance(loaded, BrokenReport) else []


def test_an_update_that_can_never_come_in_time_is_an_error_with_its_place(tmp_path: Path) -> None:
    text = SALES.replace("{type: rows, dataset: orders, at_least: 1}", "{type: event, asset: stock}")
    today = text.replace("timezone: Europe/Berlin}", "timezone: Europe/Berlin, covers: today}")
    [fault] = faults(tmp_path, today)

    line = next(number for number, line in enumerate(today.splitlines(), 1) if "type: event" in line)
    assert f"sales.yaml:{line}:" in fault
    assert "it can never be true" in fault
    assert faults(tmp_path, text) == []
    assert faults(tmp_path, today.replace("asset: stock", "asset: stock, since: last_delivery")) == []

"""One of Airflow's runs is a run of ours: its period, its id, and whether it delivers."""

import datetime as dt
from typing import Any

import pytest

from scheduled_reports.dag_run import dag_run_of
from scheduled_reports.schedule.schedule import Schedule

MOMENT = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)
TIMING = Schedule.model_validate({"id": "x", "when": "30 6 * * *", "timezone": "Europe/Berlin"}).timing(None, None, "x")


def run(run_type: str, run_id: str = "scheduled__1", **form: Any) -> tuple[str, str, bool]:
    found = dag_run_of(TIMING, run_id, run_type, MOMENT, form)
    return found.period.slug, found.run_id, found.send


@pytest.mark.parametrize("run_type", ["scheduled", "manual", "asset_triggered"])
def test_a_run_covers_its_period_and_delivers(run_type: str) -> None:
    assert run(run_type) == ("2026-10-01", "scheduled__1", True)


def test_a_back_fill_keeps_its_files_unless_it_is_told_to_deliver() -> None:
    assert run("backfill", "backfill__1") == ("2026-10-01", "backfill__1", False)
    assert run("backfill", "backfill__1", deliver=True) == ("2026-10-01", "backfill__1", True)


def test_a_back_fill_that_airflow_makes_of_an_earlier_run_leaves_what_that_did_alone() -> None:
    assert run("backfill") == ("2026-10-01", "backfill__scheduled__1", False)


def test_the_form_may_ask_for_another_period_and_for_no_delivery() -> None:
    assert run("manual", period="2026-09-15", deliver=False) == ("2026-09-15", "scheduled__1", False)


@pytest.mark.parametrize(
    ("form", "own"),
    [
        ({}, False),
        ({"period": "2026-09-15"}, False),
        ({"period_start": "2026-09-15", "period_end": "2026-09-16"}, False),
        ({"period_start": "2026-09-15", "period_end": "2026-09-17"}, True),
        ({"period_start": "2026-09-15T06:30", "period_end": "2026-09-16T06:30"}, True),
    ],
)
def test_a_period_that_the_schedule_has_by_itself_is_told_from_one_of_its_own(form: dict[str, str], own: bool) -> None:
    assert dag_run_of(TIMING, "manual__1", "manual", MOMENT, form).own_period is own


def test_a_schedule_that_never_runs_by_itself_has_every_period_that_is_asked_for() -> None:
    timing = Schedule.model_validate({"id": "x", "when": {"type": "manual"}, "timezone": "Europe/Berlin"}).timing(
        None, None, "x"
    )
    form = {"period_start": "2026-09-15", "period_end": "2026-09-17"}

    assert not dag_run_of(timing, "manual__1", "manual", MOMENT, form).own_period

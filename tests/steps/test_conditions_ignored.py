"""Whoever ignores the conditions of a run gets the report; what they would have said is recorded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from runs import connect_shop, ledger_of, run_of
from scheduled_reports.ledger import RunState
from scheduled_reports.ledger.findings import decisions_of
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scripted import ASKED, Scripted, judged_by
from steps.flagged import WRONG, at, flagged


def test_whoever_ignores_the_conditions_is_recorded_once(
    tmp_path: Path, connection: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    connect_shop(connection, tmp_path)
    run = run_of(tmp_path, flagged("  then: alert\n"), ignore_conditions=True, asked_by="ann")
    ledger = ledger_of(tmp_path)

    assert at(run, ledger, 0)["deliveries"] == 2
    at(run, ledger, 1)
    extract(run)
    check(run, ledger)

    [made] = decisions_of(ledger, run)
    assert (made.kind, made.decision, made.decided_by) == ("conditions", "ignored", "ann")
    manifest = run.folder.manifest()
    assert (manifest["overridden"], manifest["run"]["asked_by"]) == ("ignored, as ann asked", "ann")
    assert [entry["met"] for entry in manifest["conditions"]] == [False]
    assert "Its conditions are ignored, as ann asked" in caplog.text


def test_what_is_ignored_is_asked_for_the_record_before_anything_is_extracted(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    run = replace(run_of(tmp_path), ignore_conditions=True)
    run, ledger = judged_by(run, Scripted(says=(False, True), value="seen")), ledger_of(tmp_path)

    at(run, ledger, 0)
    assert ASKED == {"it": 1}
    extract(run)

    assert check(run, ledger)["all[1]"] == "it is not there"


def test_what_breaks_does_not_matter_where_it_is_ignored(tmp_path: Path, connection: Callable[..., None]) -> None:
    connect_shop(connection, tmp_path)
    conditions = (
        Scripted(name="a", says=(WRONG,)),
        Scripted(name="b", says=(KeyError("x"),)),
        Scripted(name="c", value=3),
    )
    run, ledger = judged_by(replace(run_of(tmp_path), ignore_conditions=True), *conditions), ledger_of(tmp_path)
    at(run, ledger, 0)
    extract(run)

    assert check(run, ledger)["all[3]"] == "c is there"
    assert ledger.outcome(run)[0] is RunState.RUNNING

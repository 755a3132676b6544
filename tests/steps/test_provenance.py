"""Where a run's files come from."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cli.repository import commit, git
from runs import NOW, connect_shop, run_of
from scheduled_reports.errors import ReportError
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.provenance import kept, provenance_of, told
from specs import SALES, write


@pytest.fixture
def extracted(tmp_path: Path, connection: Callable[..., None]) -> Callable[..., Run]:
    connect_shop(connection, tmp_path)

    def make() -> Run:
        run = run_of(tmp_path)
        extract(run)
        return run

    return make


def test_it_says_when_each_source_was_read(extracted: Callable[..., Run]) -> None:
    (fact,) = provenance_of(extracted(), NOW).freshness

    assert fact.source == "orders"
    assert fact.read_at.tzinfo is not None


def test_it_has_the_commit_of_the_spec_and_says_when_that_was_changed(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    run = run_of(tmp_path)
    commit(tmp_path)

    clean = provenance_of(run, NOW).commit
    write(tmp_path, SALES.replace("title: Sales", "title: Net sales"))

    assert len(clean) == 12
    assert provenance_of(run, NOW).commit == f"{clean}+"


def test_a_deployment_without_a_repository_may_tell_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert provenance_of(run_of(tmp_path), NOW).commit == ""

    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__COMMIT", "0a1b2c3d")

    assert provenance_of(run_of(tmp_path), NOW).commit == "0a1b2c3d"


def test_it_leads_to_the_run_where_airflow_has_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert provenance_of(run_of(tmp_path), NOW).url == ""

    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/")

    run = run_of(tmp_path, run_id="scheduled__2026-10-02T04:30:00+00:00")
    assert provenance_of(run, NOW).url == (
        "https://airflow.example/dags/sales__daily/runs/scheduled__2026-10-02T04%3A30%3A00%2B00%3A00"
    )


def test_what_a_manifest_keeps_of_it_is_all_of_it(extracted: Callable[..., Run]) -> None:
    run = extracted()
    provenance = provenance_of(run, NOW)

    again = told(json.loads(json.dumps(kept(provenance), default=str)), run.period.start.tzinfo)

    assert again == provenance
    assert again.generated_at.utcoffset() == timedelta(hours=2)


def test_a_manifest_of_another_version_is_told() -> None:
    with pytest.raises(ReportError, match="does not say where its files come from: another version made it"):
        told({}, None)

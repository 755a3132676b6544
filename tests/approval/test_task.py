"""The tasks in which a report waits for people."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from approvals import ESCALATE, spec
from scheduled_reports.approval.task import link_to
from scheduled_reports.dag import report_dag
from scheduled_reports.spec.load import Report, load
from specs import SALES, write

INSTANCE = SimpleNamespace(dag_id="sales__daily", run_id="manual__2026-10-02T04:30:00+00:00", task_id="approve")
PAGE = "/dags/sales__daily/runs/manual__2026-10-02T04%3A30%3A00%2B00%3A00/tasks/approve/required_actions"


def dag_of(folder: Path, text: str) -> Any:
    report = load(write(folder, text), folder / "include")
    assert isinstance(report, Report), report.problems
    return report_dag(report, report.spec.schedules[0])


@pytest.mark.parametrize(
    ("text", "between"),
    [(SALES, []), (spec(), ["approve"]), (spec(ESCALATE), ["approve", "escalate"])],
    ids=["no approval", "approval", "escalates"],
)
def test_a_report_has_the_tasks_that_its_approval_needs(tmp_path: Path, text: str, between: list[str]) -> None:
    dag = dag_of(tmp_path, text)

    steps = ["gate", "extract", "check", "render", *between, "deliver", "close"]
    assert {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks} == {
        step: steps[max(at - 1, 0) : at] for at, step in enumerate(steps)
    }


def test_the_comment_may_be_left_empty_and_the_report_s_own_parameters_are_not_asked_for(tmp_path: Path) -> None:
    parameters = "parameters:\n  who: {type: text, default: x}\nsources:\n"

    task = dag_of(tmp_path, spec().replace("sources:\n", parameters)).get_task("approve")

    assert list(task.serialized_params) == ["comment"]
    assert task.serialized_params["comment"]["value"] is None
    assert task.serialized_params["comment"]["schema"]["type"] == ["null", "string"]


@pytest.mark.parametrize(
    ("base_url", "link"),
    [
        ("https://airflow.example", f"https://airflow.example{PAGE}"),
        ("https://example.com/airflow/", f"https://example.com/airflow{PAGE}"),
        ("", ""),
    ],
    ids=["plain", "below a path", "not set"],
)
def test_the_link_leads_to_airflows_page(monkeypatch: pytest.MonkeyPatch, base_url: str, link: str) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base_url)

    assert link_to(INSTANCE) == link

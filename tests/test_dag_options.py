"""What a schedule says of its load reaches Airflow's DAG; what it does not say is left to Airflow."""

import datetime as dt
from pathlib import Path
from typing import Any

from scheduled_reports.dag import report_dag
from scheduled_reports.dag_options import documentation
from scheduled_reports.spec.load import Report, load
from specs import SALES, write

OLD = '{id: daily, when: "30 6 * * *", timezone: Europe/Berlin}'


def dag_of(folder: Path, fields: str) -> Any:
    report = load(write(folder, SALES.replace(OLD, f"{OLD[:-1]}, {fields}}}")), folder / "include")
    assert isinstance(report, Report), report.problems
    return report_dag(report, report.spec.schedules[0])


def test_pool_priority_and_the_number_of_runs_are_those_of_every_task(tmp_path: Path) -> None:
    dag = dag_of(tmp_path, "pool: reports, priority: 7, max_runs: 3")

    assert dag.max_active_runs == 3
    assert {(task.pool, task.priority_weight, task.weight_rule) for task in dag.tasks} == {("reports", 7, "absolute")}


def test_without_them_a_report_runs_one_at_a_time_in_airflows_own_pool(tmp_path: Path) -> None:
    dag = dag_of(tmp_path, "grace: 30m")

    assert dag.max_active_runs == 1
    assert {(task.pool, task.priority_weight) for task in dag.tasks} == {("default_pool", 1)}


def test_catch_up_deadline_and_days_reach_the_dag(tmp_path: Path) -> None:
    dag = dag_of(tmp_path, "catch_up: true, starts: 2026-10-01, ends: 2026-10-31, deadline: 45m")

    [alert] = dag.deadline
    assert (dag.catchup, dag.end_date, alert.interval) == (True, None, dt.timedelta(minutes=45))
    assert dag.description == "06:30, from 2026-10-01, until 2026-10-31, Europe/Berlin; covers previous day"


def test_the_dags_page_shows_the_whole_spec_and_changes_with_its_template(tmp_path: Path) -> None:
    template = tmp_path / "include" / "templates" / "standard.yaml"
    path = write(tmp_path, "extends: standard\n")
    template.parent.mkdir()
    pages = []
    for title in ("Sales", "Revenue"):
        template.write_text(SALES.replace("title: Sales", f"title: {title}"))
        report = load(path, tmp_path / "include")
        assert isinstance(report, Report), report.problems
        pages.append(documentation(report, report.spec.schedules[0]))

    assert "Spec `sales.yaml`, with `include/templates/standard.yaml`, digest" in pages[0]
    assert "# include/templates/standard.yaml:1\ntitle: Sales\n" in pages[0]
    assert "title: Revenue" in pages[1]
    assert str(tmp_path) not in pages[0]

"""What a schedule says of its load reaches Airflow's DAG; what it does not say is left to Airflow."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from scheduled_reports.dag import report_dag
from scheduled_reports.dag_options import documentation, trigger_form
from scheduled_reports.spec.load import BrokenReport, Report, load
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


def test_the_trigger_form_asks_whether_conditions_are_to_be_ignored(tmp_path: Path) -> None:
    report = load(write(tmp_path), tmp_path / "include")
    assert isinstance(report, Report), report.problems

    field = trigger_form(report, report.spec.schedules[0])["ignore_conditions"]

    assert (field.value, field.schema["type"], field.schema["title"]) == (False, "boolean", "Ignore conditions")


def test_no_parameter_may_have_the_name_of_a_field_of_the_form(tmp_path: Path) -> None:
    text = SALES.replace("sources:", "parameters:\n  ignore_conditions: {type: boolean, default: true}\nsources:")
    report = load(write(tmp_path, text), tmp_path / "include")
    assert isinstance(report, BrokenReport)

    assert "'ignore_conditions' is a value that every run has" in str(report.problems[0])


WAITS = """\
run_when:
  all:
    - {type: flag, file: ready_*.txt}
    - any: [{type: rows, dataset: orders, at_least: 1}, {not: {type: rows, dataset: totals, at_most: 0}}]
  wait_for: 45m
  every: 5m
  then: send_stale
alert: {when: [{type: rows, dataset: orders, at_least: 1}], again_after: 6, rearm_after: 2}
"""
HAPPENS = (
    "**Happens** only if flag (file ready\\_\\*.txt) and (rows (dataset orders, at least 1) or not rows (dataset "
    "totals, at most 0)); it waits up to 45m for that, asks every 5m, and then goes out with a STALE banner."
)
SENT = (
    "**Is sent** only when rows (dataset orders, at least 1) becomes true; again 6 runs later, where it still is; it "
    "must have been untrue in 2 runs in a row before."
)
ROWS = "run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n"
ALWAYS = "alert: {keys: {dataset: orders, columns: [customer]}, send: every_run}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            SALES,
            ["**Happens** only if rows (dataset orders, at least 1); else it is skipped."],
        ),
        (
            SALES.replace(ROWS, WAITS),
            [HAPPENS, SENT],
        ),
        (SALES.replace(ROWS, ALWAYS), ["**Is sent** in every run in which orders has a row."]),
        (
            SALES.replace(ROWS, ALWAYS.replace(", send: every_run", "")),
            ["**Is sent** only when orders has a new customer."],
        ),
        (SALES.replace(ROWS, ""), []),
    ],
)
def test_the_dags_page_says_what_the_report_waits_for_and_when_it_alarms(
    tmp_path: Path, text: str, told: list[str]
) -> None:
    report = load(write(tmp_path, text), tmp_path / "include")
    assert isinstance(report, Report), report.problems

    page = documentation(report, report.spec.schedules[0])

    lines = page.partition("\n\nSpec `")[0].split("\n\n")[1:]
    assert lines == told


def test_the_dags_page_shows_long_sql_in_short(tmp_path: Path) -> None:
    sql = "SELECT count(*) AS n FROM orders WHERE " + " OR ".join(f"customer = 'C{n}'" for n in range(40))
    value = (
        f'{{type: value, connection: shop, sql: "{sql}", at_least: 1, change: {{at_least: 5, against: previous_run}}}}'
    )
    report = load(write(tmp_path, SALES.replace("{type: rows, dataset: orders, at_least: 1}", value)), tmp_path)
    assert isinstance(report, Report), report.problems

    page = documentation(report, report.spec.schedules[0]).partition("\n\nSpec `")[0]

    assert "SELECT count(\\*) AS n FROM orders" in page
    assert len(page) < 400

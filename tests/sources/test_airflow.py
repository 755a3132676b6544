"""The source `airflow`: tables of Airflow's REST API, played by a real HTTP server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from airflow.utils.state import DagRunState, TaskInstanceState

from airflow_rest import DAG_RUNS, Api, dag_run, rows, spec, task
from scheduled_reports.errors import SourceError
from scheduled_reports.sources.airflow import RUN_STATES, TASK_STATES
from scheduled_reports.spec.load import BrokenReport, load
from specs import write


@pytest.mark.usefixtures("airflow")
def test_dag_runs_of_the_period_arrive_page_by_page_with_their_types(tmp_path: Path, api: Api) -> None:
    api.rows = [dag_run(number) for number in range(5)]
    api.rows[1] |= {"state": "failed", "end_date": "2026-10-01T04:31:30.500000Z", "duration": 90.5}

    found = rows(tmp_path, DAG_RUNS)

    assert [row["run_id"] for row in found] == [f"scheduled__{number}" for number in range(5)]
    assert (found[1]["duration_seconds"], found[0]["duration_seconds"]) == (90.5, None)
    assert found[1]["end_date"] == dt.datetime(2026, 10, 1, 4, 31, 30, 500_000, tzinfo=dt.UTC)
    assert "conf" not in found[0]
    [login, *pages] = api.asked
    assert login == "/auth/token"
    params = [parse_qs(urlsplit(page).query, keep_blank_values=True) for page in pages]
    assert [param.pop("cursor") for param in params] == [[""], ["2"], ["4"]]
    assert params[0] == {"run_after_gte": ["2026-10-01T00:00:00+02:00"], "run_after_lt": ["2026-10-02T00:00:00+02:00"],
                         "order_by": ["run_after"], "limit": ["100"]}  # fmt: skip
    assert set(api.tokens) == {"Bearer t0ken"}


@pytest.mark.usefixtures("airflow")
def test_task_instances_arrive_with_their_labels(tmp_path: Path, api: Api) -> None:
    api.rows = [task(0), task(1, state=None, start_date=None, end_date=None, duration=None)]

    first, second = rows(tmp_path, "table: task_instances, connection: airflow_api")

    assert (first["task_id"], first["map_label"], first["duration_seconds"]) == ("deliver", "email", 2.25)
    assert first["queued_at"] == dt.datetime(2026, 10, 1, 4, 30, 2, 500_000, tzinfo=dt.UTC)
    assert (second["state"], second["start_date"]) == (None, None)


@pytest.mark.usefixtures("airflow")
def test_a_task_that_is_tried_again_while_it_is_listed_counts_once(tmp_path: Path, api: Api) -> None:
    api.rows = [task(0), task(1), task(2), task(1, id="0199-9", try_number=2)]

    assert [row["map_index"] for row in rows(tmp_path, "table: task_instances, connection: airflow_api")] == [0, 1, 2]


@pytest.mark.usefixtures("airflow")
def test_the_span_may_hold_the_period_before(tmp_path: Path, api: Api) -> None:
    rows(tmp_path, f"{DAG_RUNS}, span: with_previous")

    assert parse_qs(urlsplit(api.asked[1]).query)["run_after_gte"] == ["2026-09-30T00:00:00+02:00"]


@pytest.mark.usefixtures("airflow")
def test_filters_are_airflows(tmp_path: Path, api: Api) -> None:
    rows(tmp_path, f"{DAG_RUNS}, dag_ids: [a__daily, b__daily], states: [failed, running]")

    paths = [urlsplit(page).path for page in api.asked[1:]]
    assert paths == ["/api/v2/dags/a__daily/dagRuns", "/api/v2/dags/b__daily/dagRuns"]
    assert parse_qs(urlsplit(api.asked[1]).query)["state"] == ["failed", "running"]


@pytest.mark.usefixtures("airflow")
def test_tags_become_the_dags_that_have_them(tmp_path: Path, api: Api) -> None:
    api.rows = [{**dag_run(number), "dag_id": f"dag_{number}"} for number in range(3)]

    assert len(rows(tmp_path, f"{DAG_RUNS}, tags: [report, daily]")) == 9

    assert api.asked[1].startswith("/api/v2/dags?tags=report&tags=daily&exclude_stale=false")
    assert {urlsplit(page).path for page in api.asked[3:]} == {f"/api/v2/dags/dag_{name}/dagRuns" for name in "012"}


@pytest.mark.usefixtures("airflow")
def test_a_tag_that_no_dag_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no DAG has the tag 'reprot'"):
        rows(tmp_path, f"{DAG_RUNS}, tags: reprot")


@pytest.mark.usefixtures("airflow")
def test_import_errors_are_those_of_now(tmp_path: Path, api: Api) -> None:
    told = {"timestamp": "2026-10-01T04:30:00Z", "filename": "x.py", "bundle_name": "b", "stack_trace": "1/0"}
    api.rows = [{"import_error_id": number, **told} for number in range(3)]

    found = rows(tmp_path, "table: import_errors, connection: airflow_api")

    assert [row["error"] for row in found] == ["1/0"] * 3


def test_a_token_in_the_extra_stands_for_the_login(
    tmp_path: Path, api: Api, port: int, connection: Callable[..., None]
) -> None:
    connection("airflow_api", conn_type="http", host=f"http://127.0.0.1:{port}", extra={"token": "given"})

    rows(tmp_path, DAG_RUNS)

    assert api.tokens == ["Bearer given"]


def test_states_are_airflows_own() -> None:
    assert list(RUN_STATES) == [state.value for state in DagRunState]
    assert list(TASK_STATES) == [state.value for state in TaskInstanceState]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("table: dag_runs", "'dag_runs' comes from Airflow's API; add the 'connection'"),
        ("table: runs, connection: x", "'connection' does nothing for 'runs'; leave it out"),
        ("table: deliveries, states: failed", "'states' does nothing for 'deliveries'; leave it out"),
        ("table: import_errors, connection: x, span: period", "'span' does nothing for 'import_errors'"),
        ("table: dag_runs, connection: x, states: faild", "has the state 'faild'; did you mean 'failed'?"),
        ("table: dag_runs, connection: x, dag_ids: a, tags: b", "both 'dag_ids' and 'tags' are given"),
        ("table: dags, connection: x", "'dags' is not allowed"),
    ],
)
def test_what_cannot_be_meant_is_a_problem_of_the_spec(tmp_path: Path, source: str, told: str) -> None:
    loaded = load(write(tmp_path, spec(source)), tmp_path / "include")

    assert isinstance(loaded, BrokenReport)
    assert told in str(loaded.problems[0])

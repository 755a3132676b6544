"""The source `airflow`: its REST API, played by a real HTTP server that can go wrong, and our ledger."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from airflow.utils.state import DagRunState, TaskInstanceState

from deliveries import ANN, BEN, begin, deliver
from runs import ledger_of, run_of, use_settings
from scheduled_reports.errors import LedgerError, ReportError, SourceError, UnknownConnectionError
from scheduled_reports.ledger import RunState, history
from scheduled_reports.run import Run
from scheduled_reports.schedule.earlier import periods_before
from scheduled_reports.sources.airflow import RUN_STATES, TASK_STATES
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.tables import Tables
from session import free_port
from specs import SALES, write

SECRET = "open sesame"
PERIOD_START, PERIOD_END = "2026-09-30T22:00:00", "2026-10-01T22:00:00"


@dataclass
class Api:
    """What the server answers, and what it was asked."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    page: int = 2
    told: int | None = None
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    answer: Callable[[Api, BaseHTTPRequestHandler], bool] = lambda _api, _request: False


def dag_run(number: int, **changes: Any) -> dict[str, Any]:
    """Return a DAG run as Airflow 3.3 gives it, due in minute `number` of the period."""
    due = f"2026-10-01T04:{number:02d}:00Z"
    return {
        "dag_run_id": f"scheduled__{number}", "dag_id": "sales__daily", "logical_date": due, "queued_at": due,
        "start_date": due, "end_date": None, "duration": None, "run_after": due, "run_type": "scheduled",
        "state": "running", "triggered_by": "timetable", "triggering_user_name": None, "conf": {"force": False},
        "note": None, "dag_versions": [], **changes,
    }  # fmt: skip


def task(number: int, **changes: Any) -> dict[str, Any]:
    """Return a task instance as Airflow 3.3 gives it."""
    return {
        "id": f"0199-{number}", "task_id": "deliver", "dag_id": "sales__daily", "dag_run_id": "scheduled__1",
        "map_index": number, "rendered_map_index": "email", "state": "success", "try_number": 1, "max_tries": 3,
        "operator": "_PythonDecoratedOperator", "pool": "default_pool", "queue": "default", "hostname": "worker-1",
        "run_after": "2026-10-01T04:30:00Z", "scheduled_when": "2026-10-01T04:30:01Z",
        "queued_when": "2026-10-01T04:30:02.5Z", "start_date": "2026-10-01T04:30:03Z",
        "end_date": "2026-10-01T04:30:05.250Z", "duration": 2.25, **changes,
    }  # fmt: skip


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def port(api: Api) -> Iterator[int]:
    """Run a server with the parts of Airflow's API that the source asks for; return its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            api.asked.append(self.path)
            api.tokens.append(self.headers.get("Authorization", ""))
            if not api.answer(api, self):
                _page(api, self)

        def do_POST(self) -> None:
            api.asked.append(self.path)
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not api.answer(api, self):
                known = given == {"username": "analyst", "password": SECRET}
                answer(self, 201 if known else 401, {"access_token": "t0ken"} if known else {"detail": "no such user"})

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def answer(request: BaseHTTPRequestHandler, status: int, body: Any, kind: str = "application/json") -> bool:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)
    return True


def _page(api: Api, request: BaseHTTPRequestHandler) -> None:
    """Answer as Airflow does, with as many rows at once as the test says."""
    asked = urlsplit(request.path)
    params = {name: values[0] for name, values in parse_qs(asked.query, keep_blank_values=True).items()}
    key = {"dagRuns": "dag_runs", "taskInstances": "task_instances", "importErrors": "import_errors"}.get(
        asked.path.rpartition("/")[2], "dags"
    )
    first = int(params.get("cursor") or params.get("offset") or 0)
    rows, after = api.rows[first : first + api.page], first + api.page
    body: dict[str, Any] = {key: rows, "total_entries": len(api.rows) if api.told is None else api.told}
    if "cursor" in params:
        body["next_cursor"] = str(after) if after < len(api.rows) else None
    answer(request, 200, body)


def spec(source: str) -> str:
    """Return the small spec with the source `health`."""
    return SALES.replace("datasets:\n", f"  health: {{type: airflow, {source}}}\ndatasets:\n", 1)


@pytest.fixture
def airflow(connection: Callable[..., None], port: int) -> None:
    """Give Airflow the connection `airflow_api`."""
    connection("airflow_api", conn_type="http", host="127.0.0.1", port=port, login="analyst", password=SECRET)


def rows(folder: Path, source: str) -> list[dict[str, Any]]:
    """Extract the source `health` and return its rows."""
    run = run_of(folder, spec(source))
    return extracted(run, folder)


def extracted(run: Run, folder: Path) -> list[dict[str, Any]]:
    (folder / "out").mkdir(exist_ok=True)
    run.report.spec.sources["health"].extract(run, "health", folder / "out" / "health.parquet")
    return list(Tables(folder / "out").read("health").to_pylist())


DAG_RUNS = "table: dag_runs, connection: airflow_api"


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


@pytest.mark.usefixtures("airflow")
def test_fewer_rows_than_were_told_are_an_error_that_may_pass(tmp_path: Path, api: Api) -> None:
    api.rows, api.told = [dag_run(0)], 3

    with pytest.raises(SourceError, match=r"/dags/~/dagRuns gave 1 rows of 3: rows were removed") as caught:
        rows(tmp_path, DAG_RUNS)
    assert caught.value.retryable


FAULTS: dict[str, tuple[Callable[[Api, BaseHTTPRequestHandler], bool], str, bool]] = {
    "a wrong password": (
        lambda _, request: answer(request, 401, {"detail": "Invalid credentials"}),
        r"Airflow does not know this user: 401 Invalid credentials\n  → correct the connection's login", False,
    ),
    "a user without rights": (
        lambda _, request: request.command == "GET" and answer(request, 403, {"detail": "Forbidden"}),
        r"this user may not read /api/v2/dags/~/dagRuns: 403 Forbidden", False,
    ),
    "Airflow 2": (
        lambda _, request: answer(request, 404, b"<html>", "text/html"),
        r"there is no /auth/token: 404 Not Found\n  → .*Airflow 3 api-server", False,
    ),
    "a page to log in": (
        lambda _, request: answer(request, 200, b"<html>Log in</html>", "text/html; charset=utf-8"),
        r"/auth/token is not Airflow's: it answers with text/html, not JSON", False,
    ),
    "an answer that is cut": (
        lambda _, request: request.command == "GET" and _cut(request),
        "Airflow cannot be reached: peer closed connection", True,
    ),
    "a server that is ill": (
        lambda _, request: request.command == "GET" and answer(request, 503, b"no", "text/plain"),
        r"Airflow refuses /api/v2/dags/~/dagRuns: 503 Service Unavailable", True,
    ),
    "a server that leads elsewhere": (
        lambda _, request: _elsewhere(request), "/auth/token leads to https://sso.example/login: an API", False,
    ),
    "an endless list": (
        lambda _, request: request.command == "GET"
        and answer(request, 200, {"dag_runs": [dag_run(0)], "total_entries": 1, "next_cursor": "again"}),
        "gives pages without end: 2 rows came", False,
    ),
    "an Airflow without cursors": (
        lambda _, request: request.command == "GET" and answer(request, 200, {"dag_runs": [], "total_entries": 0}),
        "gives no cursor: so it is older than Airflow 3.3", False,
    ),
    "another shape": (
        lambda _, request: request.command == "GET" and answer(request, 200, {"runs": [], "next_cursor": None}),
        "its answer has no list 'dag_runs'", False,
    ),
    "a list": (lambda _, request: answer(request, 200, []), "its answer is no JSON object", False),
    "no token": (lambda _, request: answer(request, 201, {}), "/auth/token gives no token", False),
    "rows without a name": (
        lambda _, request: request.command == "GET"
        and answer(request, 200, {"dag_runs": [{"dag_id": "x"}], "total_entries": 1, "next_cursor": None}),
        "Airflow's answer has no 'dag_run_id'", False,
    ),
    "a moment that is none": (
        lambda _, request: request.command == "GET" and answer(
            request, 200, {"dag_runs": [dag_run(0, end_date="soon")], "total_entries": 1, "next_cursor": None}),
        "Airflow's 'end_date' is no moment", False,
    ),
}  # fmt: skip


def _cut(request: BaseHTTPRequestHandler) -> bool:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"dag_runs": [')
    request.close_connection = True
    return True


def _elsewhere(request: BaseHTTPRequestHandler) -> bool:
    request.send_response(307)
    request.send_header("Location", "https://sso.example/login?next=secret")
    request.send_header("Content-Length", "0")
    request.end_headers()
    return True


@pytest.mark.usefixtures("airflow")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_goes_wrong_is_told_and_never_the_password(tmp_path: Path, api: Api, fault: str) -> None:
    api.answer, told, retryable = FAULTS[fault]

    with pytest.raises(SourceError, match=told) as caught:
        rows(tmp_path, DAG_RUNS)

    assert caught.value.retryable is retryable
    assert "source 'health' (sales.yaml:10, connection 'airflow_api')" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "next=secret" not in str(caught.value)


@pytest.mark.usefixtures("airflow")
def test_a_server_that_hangs_is_left(tmp_path: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduled_reports.airflow_api.ANSWER_SECONDS", 0.2)
    ended = threading.Event()
    api.answer = lambda *_: ended.wait(30)

    with pytest.raises(SourceError, match="Airflow does not answer: /auth/token took more than") as caught:
        rows(tmp_path, DAG_RUNS)

    ended.set()
    assert caught.value.retryable


def test_a_refused_connection_may_pass(tmp_path: Path, connection: Callable[..., None]) -> None:
    connection("airflow_api", conn_type="http", host="127.0.0.1", port=free_port(), login="analyst", password=SECRET)

    with pytest.raises(SourceError, match=r"Airflow cannot be reached: .*refused") as caught:
        rows(tmp_path, DAG_RUNS)
    assert caught.value.retryable
    assert "check that the api-server is running" in caught.value.fix


@pytest.mark.parametrize("host", ["", "http://ann:secret@airflow.example", "sftp://airflow.example"])
def test_a_connection_without_a_host_is_told_and_not_what_stands_there(
    tmp_path: Path, connection: Callable[..., None], host: str
) -> None:
    connection("airflow_api", conn_type="http", host=host)

    with pytest.raises(UnknownConnectionError, match=r"'airflow_api' .* names no api-server") as caught:
        rows(tmp_path, DAG_RUNS)
    assert "secret" not in str(caught.value)


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


def test_the_ledgers_runs_and_deliveries_are_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_settings(monkeypatch, tmp_path)
    run, ledger = run_of(tmp_path, spec("table: runs")), ledger_of(tmp_path)
    started = dt.datetime(2026, 10, 1, 4, 30, tzinfo=dt.UTC)
    [before] = list(zip(range(1), periods_before(run.report.timing(run.schedule), run.period.start), strict=False))
    sent = replace(run, period=before[1], run_id="scheduled__1")
    ledger.begin(sent, [ANN, BEN], started)
    deliver(ledger, begin(ledger, sent, [ANN, BEN])[0].id)
    ledger.end(sent, RunState.FAILED, "ben@x.example: mailbox full")
    ledger.begin(replace(run, run_id="later"), [], dt.datetime(2026, 10, 1, 22, tzinfo=dt.UTC))

    [row] = extracted(run, tmp_path)

    assert {name: row[name] for name in ("report", "schedule", "run_id", "state", "reason", "started_at")} == {
        "report": "sales", "schedule": "daily", "run_id": "scheduled__1", "state": "failed",
        "reason": "ben@x.example: mailbox full", "started_at": started,
    }  # fmt: skip
    assert row["period_start"] == before[1].start
    today = replace(run, period=run.report.timing(run.schedule).period_between(started, dt.datetime.now(dt.UTC)))
    source = run_of(tmp_path, spec("table: deliveries")).report
    ann, ben = extracted(replace(today, report=source), tmp_path)
    assert (ann["recipient"], ann["state"], ann["receipt"], ann["size"], ann["seconds"]) == (
        "ann@x.example", "delivered", "<1@x>", 10, 0.5,
    )  # fmt: skip
    assert (ben["state"], ben["attempts"], ben["settled_at"]) == ("planned", 0, None)


def test_a_long_ledger_arrives_page_by_page_each_row_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE", 3)
    use_settings(monkeypatch, tmp_path)
    run, ledger = run_of(tmp_path, spec("table: runs")), ledger_of(tmp_path)
    moment = dt.datetime(2026, 10, 1, 4, tzinfo=dt.UTC)
    for number in range(9):  # seven of one moment, so that pages end among them
        ledger.begin(replace(run, run_id=f"run_{number}"), [], moment + dt.timedelta(hours=max(0, number - 6)))

    assert sorted(row["run_id"] for row in extracted(run, tmp_path)) == [f"run_{number}" for number in range(9)]


def test_an_empty_ledger_gives_an_empty_table_with_its_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_settings(monkeypatch, tmp_path)
    ledger_of(tmp_path)

    assert rows(tmp_path, "table: deliveries") == []

    kinds = {column.name: str(column.type) for column in Tables(tmp_path / "out").read("health").schema}
    assert (kinds["planned_at"], kinds["size"], kinds["error"]) == ("timestamp[us, tz=UTC]", "int64", "string")


def test_a_ledger_that_is_not_there_is_not_made_by_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))

    with pytest.raises(LedgerError, match=r"there is no ledger .*/home/scheduled_reports/ledger\.db") as caught:
        rows(tmp_path, "table: runs")

    assert "set AIRFLOW_HOME" in caught.value.fix
    assert not caught.value.retryable
    assert not (tmp_path / "home").exists()


@pytest.mark.usefixtures("airflow")
def test_every_error_says_what_to_do(tmp_path: Path, api: Api) -> None:
    api.answer = lambda _, request: answer(request, 418, {"detail": [{"msg": "I am a teapot"}]})

    with pytest.raises(ReportError, match="418") as caught:
        rows(tmp_path, DAG_RUNS)
    assert caught.value.fix

"""The source `airflow` on a server that goes wrong: each error says what and what to do, and no secret."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from airflow_rest import DAG_RUNS, SECRET, Api, answer, dag_run, rows
from scheduled_reports.errors import ReportError, SourceError, UnknownConnectionError
from session import free_port


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


@pytest.mark.usefixtures("airflow")
def test_every_error_says_what_to_do(tmp_path: Path, api: Api) -> None:
    api.answer = lambda _, request: answer(request, 418, {"detail": [{"msg": "I am a teapot"}]})

    with pytest.raises(ReportError, match="418") as caught:
        rows(tmp_path, DAG_RUNS)
    assert caught.value.fix

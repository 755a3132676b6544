"""Airflow's connections, outside of a task and without Airflow's database."""

import os
import time
from pathlib import Path

import pytest
from airflow.sdk import BaseHook

from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import UnknownConnectionError


def test_a_connection_in_an_environment_variable_is_found_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_SHOP", '{"conn_type": "smtp", "host": "mail", "port": 25, "extra": {"timeout": 3}}'
    )

    connection = airflow_connection("shop")

    assert (connection.conn_id, connection.conn_type, connection.host, connection.port) == ("shop", "smtp", "mail", 25)
    assert connection.extra_dejson == {"timeout": 3}


def test_an_unknown_connection_is_told_at_once_and_touches_no_database() -> None:
    database = Path(os.environ["AIRFLOW_HOME"]) / "airflow.db"
    was_there, began = database.exists(), time.monotonic()

    with pytest.raises(UnknownConnectionError) as told:
        airflow_connection("nowhere")

    assert time.monotonic() - began < 5
    assert "there is no Airflow connection 'nowhere'" in str(told.value)
    assert "AIRFLOW_CONN_NOWHERE" in told.value.fix
    assert not told.value.retryable
    assert database.exists() is was_there


def test_a_connection_that_cannot_be_read_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TORN", '{"conn_type": "smtp", ')

    with pytest.raises(
        UnknownConnectionError, match=r"'torn' cannot be read: AIRFLOW_CONN_TORN is neither a URI nor JSON"
    ):
        airflow_connection("torn")


def test_a_connection_that_a_task_may_not_use_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(conn_id: str) -> None:
        raise PermissionError(f"Access denied for connection {conn_id!r}")

    monkeypatch.setattr(BaseHook, "get_connection", deny)

    with pytest.raises(UnknownConnectionError, match=r"'secret' may not be used here: Access denied"):
        airflow_connection("secret")

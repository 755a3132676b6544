"""Airflow's connections, outside of a task and without Airflow's database."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from airflow.sdk import BaseHook

from scheduled_reports.connections import airflow_connection, sql_engine
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


def test_a_database_connection_gives_an_engine(tmp_path: Path, connection: Callable[..., None]) -> None:
    connection("shop", conn_type="sqlite", host=str(tmp_path / "shop.db"))

    engine = sql_engine(airflow_connection, "shop")

    assert engine.dialect.name == "sqlite"
    assert not (tmp_path / "shop.db").exists()
    engine.dispose()


@pytest.mark.parametrize(
    ("fields", "why", "fix"),
    [
        ({"conn_type": "vertica"}, 'Unknown hook type "vertica"', "pip install apache-airflow-providers-vertica,"),
        ({"conn_type": "mssql"}, "Unknown hook type", "pip install apache-airflow-providers-microsoft-mssql,"),
        ({"conn_type": "own_thing"}, "Unknown hook type", "the Airflow provider of 'own_thing' connections"),
        ({"conn_type": "smtp"}, "its hook is SmtpHook", "name a database connection"),
        (
            {"conn_type": "postgres", "extra": {"sqlalchemy_scheme": "postgresql+pg8000"}},
            "No module named 'pg8000'",
            "pip install what is missing",
        ),
        (
            {"conn_type": "postgres", "extra": {"sqlalchemy_scheme": "odd"}},
            "sqlalchemy_scheme",
            "correct the connection",
        ),
        ({"conn_type": "postgres", "extra": {"sqlalchemy_query": 1}}, "must be of type dict", "correct the connection"),
    ],
)
def test_a_connection_that_gives_no_engine_is_told_with_its_name_and_a_remedy(
    connection: Callable[..., None], fields: dict[str, object], why: str, fix: str
) -> None:
    connection("shop", host="localhost", **fields)

    with pytest.raises(UnknownConnectionError, match="'shop'") as told:
        sql_engine(airflow_connection, "shop")

    assert why in told.value.why
    assert fix in told.value.fix
    assert not told.value.retryable


def test_a_hook_that_lacks_the_network_for_a_moment_is_worth_another_attempt() -> None:
    class Hook:
        def get_sqlalchemy_engine(self) -> None:
            raise TimeoutError("no token from the cloud")

    class Stored:
        conn_id, conn_type = "shop", "postgres"

        def get_hook(self) -> Hook:
            return Hook()

    with pytest.raises(UnknownConnectionError, match="no token from the cloud") as told:
        sql_engine(lambda _: Stored(), "shop")  # type: ignore[arg-type, return-value]

    assert told.value.retryable

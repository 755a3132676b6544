"""A database that hangs is left behind; what is fetched meets what is written in bounded memory."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from extracts import extracted, run_with
from scheduled_reports.databases.session import AHEAD, NoAnswerError, Session, TooLongError
from scheduled_reports.errors import SourceError

ONE = pa.table({"a": [1]})


@pytest.fixture
def silent() -> Iterator[int]:
    """A server that lets everybody in and says nothing; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize(
    "fields",
    [
        {"conn_type": "postgres", "extra": {"sqlalchemy_scheme": "postgresql+psycopg"}},
        {"conn_type": "postgres", "extra": {"sqlalchemy_scheme": "postgresql+psycopg2"}},
        {"conn_type": "mysql", "extra": {"client": "pymysql"}},
    ],
    ids=["psycopg", "psycopg2", "pymysql"],
)
def test_a_server_that_accepts_and_never_answers_does_not_hang_the_run(
    tmp_path: Path, connection: Callable[..., None], silent: int, fields: dict[str, object]
) -> None:
    connection("shop", host="127.0.0.1", port=silent, login="reports", password="secret-word", schema="x", **fields)

    with pytest.raises(SourceError, match=rf"127.0.0.1:{silent} did not complete a connection within 1 s") as told:
        extracted(run_with(tmp_path, "SELECT 1 AS one", timeout="1s"), tmp_path)

    assert "source 'orders' (sales.yaml:9, connection 'shop') failed" in str(told.value)
    assert "host and port" in told.value.fix
    assert "secret-word" not in str(told.value)
    assert told.value.retryable


def test_whoever_writes_slowly_holds_up_whoever_fetches() -> None:
    fetched = 0

    def produce(session: Session) -> Iterator[pa.Table]:
        nonlocal fetched
        session.connected(None)
        for _ in range(100):
            fetched += 1
            yield ONE

    tables = Session(dt.timedelta(minutes=1)).fetched(produce)
    for taken in range(1, 50):
        next(tables)
        assert fetched <= taken + AHEAD + 2
    tables.close()
    assert fetched < 60


def test_an_error_of_the_fetching_thread_comes_after_the_tables_before_it() -> None:
    def produce(session: Session) -> Iterator[pa.Table]:
        session.connected(None)
        yield ONE
        raise KeyError("far")

    tables = Session(dt.timedelta(minutes=1)).fetched(produce)

    assert next(tables) is ONE
    with pytest.raises(KeyError, match="far"):
        next(tables)


def test_a_query_is_cancelled_and_its_thread_ends_when_nobody_wants_more() -> None:
    cancelled, ended = threading.Event(), threading.Event()

    def produce(session: Session) -> Iterator[pa.Table]:
        session.connected(cancelled.set)
        try:
            yield ONE
            cancelled.wait()
            yield ONE
        finally:
            ended.set()

    tables = Session(dt.timedelta(minutes=1)).fetched(produce)
    next(tables)
    tables.close()

    assert cancelled.wait(10)
    assert ended.wait(10)


@pytest.mark.parametrize("lets_in", [True, False])
def test_a_driver_that_never_returns_is_left_behind(lets_in: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduled_reports.databases.session.GRACE_SECONDS", 0.1)
    for_ever = threading.Event()

    def produce(session: Session) -> Iterator[pa.Table]:
        if lets_in:
            session.connected(for_ever.wait)
        for_ever.wait()
        yield ONE

    with pytest.raises(TooLongError if lets_in else NoAnswerError):
        next(Session(dt.timedelta(seconds=0.1)).fetched(produce))
    for_ever.set()

"""What a source may not do to PostgreSQL, and how long it waits for it."""

from __future__ import annotations

import re
import selectors
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from extracts import extracted, run_with
from scheduled_reports.connections import airflow_connection, sql_engine
from scheduled_reports.databases import session
from scheduled_reports.databases.postgres import Special
from scheduled_reports.errors import SourceError

NOBODY_ELSE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.mark.parametrize(
    "query", ["SELECT pg_sleep(30)::text AS x", "SELECT n, pg_sleep(0.01)::text AS x FROM generate_series(1, 9999) n"]
)
@pytest.mark.parametrize("way", ["columns", "rows"])
def test_a_query_that_takes_too_long_is_ended_at_the_server(
    tmp_path: Path, shop: Any, monkeypatch: pytest.MonkeyPatch, query: str, way: str
) -> None:
    if way == "rows":
        monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)

    with pytest.raises(SourceError, match=r"'orders' \(sales.yaml:9, .* was ended after its `timeout` of 1s") as told:
        extracted(run_with(tmp_path, query, timeout="1s"), tmp_path)

    assert "raise `timeout`" in told.value.fix
    assert told.value.retryable
    assert not list(tmp_path.glob("orders*"))
    while shop.run(NOBODY_ELSE) != [(0,)]:
        pass


def test_what_cancels_a_query_leaves_no_connection_behind(shop: Any) -> None:
    engine = sql_engine(airflow_connection, "shop")
    with engine.connect() as connection:
        cancel = Special(engine).canceller(connection)
    engine.dispose()  # the query's thread may be done before the one that cancels it

    cancel()

    assert shop.run(NOBODY_ELSE) == [(0,)]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("INSERT INTO t VALUES (2) RETURNING n", "the query begins with INSERT"),
        ("WITH x AS (DELETE FROM t RETURNING n) SELECT * FROM x", "data-modifying"),
        ("SELECT write_one() AS n", "read-only transaction"),
        ("SELECT setval('counter', 7) AS n", "read-only transaction"),
    ],
)
def test_a_query_that_writes_is_refused(tmp_path: Path, shop: Any, query: str, why: str) -> None:
    shop.run(
        "CREATE TABLE t (n int); INSERT INTO t VALUES (1); CREATE SEQUENCE counter; "
        "CREATE FUNCTION write_one() RETURNS int LANGUAGE sql AS 'INSERT INTO t VALUES (1) RETURNING n'"
    )

    with pytest.raises(SourceError, match=why) as told:
        extracted(run_with(tmp_path, query), tmp_path)

    assert "a source only reads" in told.value.fix
    assert not told.value.retryable
    assert shop.run("SELECT count(*), (SELECT last_value FROM counter) FROM t") == [(1, 1)]


@pytest.mark.parametrize(
    ("query", "why", "fix"),
    [
        ("SELECT * FROM away", 'relation "away" does not exist', "correct its name"),
        ("SELECT * FROM away.t", 'schema "away" does not exist|relation "away.t" does not exist', "correct its name"),
        ("SELECT * FROM locked_away", "permission denied for table locked_away", "granted SELECT"),
    ],
)
def test_what_is_not_there_or_not_permitted_is_told_with_what_to_do(
    tmp_path: Path, shop: Any, connection: Callable[..., None], query: str, why: str, fix: str
) -> None:
    shop.run("DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'p'; CREATE TABLE locked_away (n int)")
    connection("shop", **{**shop.fields(), "login": "guarded", "password": "p"})

    with pytest.raises(SourceError, match=re.compile(f"source 'orders' .*sales.yaml:9.*({why})", re.DOTALL)) as told:
        extracted(run_with(tmp_path, query), tmp_path)

    assert fix in told.value.fix
    assert not told.value.retryable


class Freezing:
    """A proxy before a server that stops to pass anything on after some bytes, and keeps every connection open."""

    def __init__(self, port: int, after: int) -> None:
        self._target, self._left = ("127.0.0.1", port), after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, server = self._listener.accept()[0], socket.create_connection(self._target)
                self._open += [client, server]
                threading.Thread(target=self._pass, args=(client, server), daemon=True).start()

    def _pass(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError), selectors.DefaultSelector() as either:
            either.register(client, selectors.EVENT_READ, server)
            either.register(server, selectors.EVENT_READ, client)
            while self._left > 0:
                for key, _ in either.select():
                    data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                    if not data:
                        key.data.close()
                        return
                    key.data.sendall(data)
                    self._left -= len(data)

    def close(self) -> None:
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@pytest.fixture
def freeze() -> Iterator[Callable[[int, int], int]]:
    """Return a function that puts a proxy before a port, which freezes after some bytes, and returns its port."""
    proxies = []

    def make(port: int, after: int) -> int:
        proxies.append(Freezing(port, after))
        return proxies[-1].port

    yield make
    for proxy in proxies:
        proxy.close()


@pytest.mark.parametrize("way", ["columns", "rows"])
@pytest.mark.filterwarnings("ignore:<psycopg.ServerCursor:ResourceWarning")
def test_a_server_that_stops_answering_does_not_hang_the_run(
    tmp_path: Path, shop: Any, connection: Any, freeze: Any, monkeypatch: Any, way: str
) -> None:
    monkeypatch.setattr(session, "GRACE_SECONDS", 0.3)
    if way == "rows":
        monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    connection("shop", **{**shop.fields(), "port": freeze(shop.port, 1_000_000)})
    query = "SELECT n, repeat('x', 1000) AS word FROM generate_series(1, 1000000) n"

    with pytest.raises(SourceError, match=r"sales.yaml:9.* was ended after its `timeout` of 1s") as told:
        extracted(run_with(tmp_path, query, timeout="1s"), tmp_path)

    assert told.value.retryable
    assert not list(tmp_path.glob("orders*"))

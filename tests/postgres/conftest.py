"""A real PostgreSQL: a throw-away cluster of the session's own, and a database in it for each test.

Its time zone is not UTC, so that whoever relies on the server's zone is found out.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

CONFIG = """
TimeZone = 'Europe/Berlin'
listen_addresses = '127.0.0.1'
fsync = off
max_connections = 60
"""
RULES = """
host all guarded 127.0.0.1/32 scram-sha-256
local all all trust
host all all 127.0.0.1/32 trust
"""
USER = "reports"


@dataclass(frozen=True)
class Database:
    """One empty database."""

    port: int
    name: str

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run statements at once and return the rows of the last."""
        where = f"host=127.0.0.1 port={self.port} dbname={self.name} user={USER}"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def fields(self, **extra: object) -> dict[str, Any]:
        """Return the fields of an Airflow connection to it."""
        return {"conn_type": "postgres", "host": "127.0.0.1", "port": self.port, "login": USER, "schema": self.name,
                "extra": extra}  # fmt: skip


@pytest.fixture(scope="session")
def programs() -> Path:
    """Where PostgreSQL's server programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        message = "postgresql is not installed: apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


@pytest.fixture(scope="session")
def server(programs: Path) -> Iterator[int]:
    """A PostgreSQL server; its port."""
    folder, port = Path(tempfile.mkdtemp(prefix="reports-postgres-")), _free_port()
    as_user: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    data = folder / "data"
    initdb = [programs / "initdb", "-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, **as_user)
    with (data / "postgresql.conf").open("a") as config:
        config.write(f"{CONFIG}port = {port}\nunix_socket_directories = '{folder}'\n")
    (data / "pg_hba.conf").write_text(RULES)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([programs / "postgres", "-D", data], stdout=log, stderr=log, **as_user)
    try:
        _await(process, port, folder / "log")
        yield port
    finally:
        process.send_signal(signal.SIGINT)  # a "fast" shutdown: it does not wait for clients
        process.wait(30)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def names() -> Iterator[str]:
    """Names for databases, each another."""
    return (f"test_{number}" for number in count())


@pytest.fixture
def database(server: int, names: Iterator[str]) -> Iterator[Database]:
    """An empty database."""
    postgres, made = Database(server, "postgres"), Database(server, next(names))
    postgres.run(f"CREATE DATABASE {made.name}")
    yield made
    postgres.run(f"DROP DATABASE {made.name} WITH (FORCE)")


@pytest.fixture(params=["psycopg", "psycopg2"])
def shop(request: pytest.FixtureRequest, database: Database, connection: Callable[..., None]) -> Database:
    """The database behind the connection `shop`, through each driver that Airflow's provider knows."""
    connection("shop", **database.fields(sqlalchemy_scheme=f"postgresql+{request.param}"))
    return database


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        try:
            Database(port, "postgres").run("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"PostgreSQL did not start: {log.read_text()}")

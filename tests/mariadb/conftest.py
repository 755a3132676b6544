"""A real MariaDB: a throw-away server of the session's own, and a database in it for each test.

Its time zone is not UTC, so that whoever relies on the server's zone is found out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pymysql
import pytest

from session import free_port

USER = "reports"
OPTIONS = ["--default-time-zone=+02:00", "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0",
           "--innodb-buffer-pool-size=32M", "--sql-mode=", "--skip-log-bin",
           "--skip-name-resolve"]  # fmt: skip


@dataclass(frozen=True)
class Database:
    """One empty database."""

    port: int
    name: str

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements and return the rows of the last."""
        where: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "user": USER, "database": self.name}
        with pymysql.connect(**where, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def fields(self, **extra: object) -> dict[str, Any]:
        """Return the fields of an Airflow connection to it."""
        return {"conn_type": "mysql", "host": "127.0.0.1", "port": self.port, "login": USER, "schema": self.name,
                "extra": {"client": "pymysql", **extra}}  # fmt: skip


@pytest.fixture(scope="session")
def programs() -> tuple[str, str]:
    """MariaDB's server and the program that makes its first tables; Debian's server is where only root looks."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    server, install = shutil.which("mariadbd", path=path), shutil.which("mariadb-install-db", path=path)
    if server is None or install is None:
        message = "mariadb-server is not installed: apt-get install mariadb-server"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return server, install


@pytest.fixture(scope="session")
def server(programs: tuple[str, str]) -> Iterator[int]:
    """A MariaDB server; its port."""
    folder, port = Path(tempfile.mkdtemp(prefix="reports-mariadb-")), free_port()
    user = "mysql" if os.geteuid() == 0 else None  # MariaDB refuses to run as root
    if user:
        shutil.chown(folder, user, user)
    as_user: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user else {}
    data = folder / "data"
    install = [programs[1], "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
               "--skip-test-db"]  # fmt: skip
    subprocess.run(install, check=True, capture_output=True, cwd=folder, **as_user)
    user_made = f"CREATE USER {USER}@'127.0.0.1';\nGRANT ALL ON *.* TO {USER}@'127.0.0.1';\n"  # one in a line
    (folder / "first.sql").write_text(user_made)
    command = [programs[0], "--no-defaults", f"--datadir={data}", f"--port={port}", f"--socket={folder / 'socket'}",
               f"--pid-file={folder / 'pid'}", f"--init-file={folder / 'first.sql'}", *OPTIONS]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **as_user)
    try:
        _await(process, port, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def names() -> Iterator[str]:
    """Names for databases, each another."""
    return (f"test_{number}" for number in count())


@pytest.fixture
def shop(server: int, names: Iterator[str], connection: Callable[..., None]) -> Iterator[Database]:
    """An empty database behind the connection `shop`."""
    everything, made = Database(server, "mysql"), Database(server, next(names))
    everything.run(f"CREATE DATABASE {made.name} CHARACTER SET utf8mb4")
    connection("shop", **made.fields())
    yield made
    everything.run(f"DROP DATABASE {made.name}")


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            Database(port, "mysql").run("SELECT 1")
        except pymysql.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"MariaDB did not start: {log.read_text()[-2000:]}")

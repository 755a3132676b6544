"""A real PostgreSQL, thrown away after: for tests and benchmarks.

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

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


def programs() -> Path | None:
    """Return where PostgreSQL's server programs are; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        return None
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


@contextmanager
def postgres(folder_of_programs: Path) -> Iterator[int]:
    """Give a PostgreSQL server of its own; its port."""
    folder, port = Path(tempfile.mkdtemp(prefix="reports-postgres-")), _free_port()
    as_user: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    data = folder / "data"
    initdb = [
        folder_of_programs / "initdb",
        "-D",
        data,
        "-U",
        USER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, capture_output=True, **as_user)
    with (data / "postgresql.conf").open("a") as config:
        config.write(f"{CONFIG}port = {port}\nunix_socket_directories = '{folder}'\n")
    (data / "pg_hba.conf").write_text(RULES)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([folder_of_programs / "postgres", "-D", data], stdout=log, stderr=log, **as_user)
    try:
        _await(process, port, folder / "log")
        yield port
    finally:
        process.send_signal(signal.SIGINT)  # a "fast" shutdown: it does not wait for clients
        process.wait(30)
        shutil.rmtree(folder)


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
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")

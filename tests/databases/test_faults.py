"""Extractions that are killed, and disks that fill: all rows or none, and the same rows when repeated."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from extracts import run_with
from runs import connect_shop
from scheduled_reports.errors import SourceError
from scheduled_reports.steps.extract import extract

QUERY = "SELECT n, n * 7919 % 1000003 AS amount, 'word ' || n AS word, n / 3.0 AS ratio FROM t"
CHILD = """
import sys
from pathlib import Path
if sys.argv[3] == "rows":
    sys.modules["adbc_driver_sqlite"] = None
from extracts import run_with
from scheduled_reports.steps.extract import extract
extract(run_with(Path(sys.argv[1]), sys.argv[2]))
"""


@pytest.fixture(params=["columns", "rows"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """By columns, and by rows, as where the columnar driver is not installed."""
    if request.param == "rows":
        monkeypatch.setitem(sys.modules, "adbc_driver_sqlite", None)
    return str(request.param)


@pytest.fixture
def shop(tmp_path: Path, connection: Callable[..., None]) -> Path:
    connect_shop(connection, tmp_path)
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE t (n INTEGER)")
        database.executemany("INSERT INTO t VALUES (?)", ((n,) for n in range(300_000)))
        database.execute("CREATE TABLE orders (ordered_at TEXT, customer TEXT, amount NUMERIC)")
    database.close()
    return tmp_path / "shop.db"


def final(folder: Path) -> list[Path]:
    """Return what lies in the archive under a final name."""
    found = (folder / "archive").rglob("*.parquet")
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def rows_in(folder: Path) -> Any:
    import pyarrow.parquet as pq

    [path] = [path for path in final(folder) if path.stem == "orders"]
    return pq.read_table(path)


def test_a_killed_extraction_leaves_nothing_under_a_final_name_and_the_next_gives_the_same_rows(
    tmp_path: Path, shop: Path, way: str
) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), QUERY, way], env=environment)
    while not any(path.stat().st_size > 100_000 for path in (tmp_path / "archive").rglob("*.part")):
        assert child.poll() is None, "the extraction ended before it could be killed"
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert final(tmp_path) == []

    extract(run_with(tmp_path, QUERY))

    once = rows_in(tmp_path)
    assert once["n"].to_pylist() == list(range(300_000))
    extract(run_with(tmp_path, QUERY, run_id="manual__2"))
    assert all(rows.equals(once) for rows in map(read_orders, final(tmp_path)) if rows is not None)


def read_orders(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.read_table(path) if path.stem == "orders" else None


@contextmanager
def full_disk(at: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: the same error as of a full disk, but for its number."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (at, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("at", [100, 1_000_000])
def test_a_disk_that_fills_is_told_and_leaves_nothing(tmp_path: Path, shop: Path, way: str, at: int) -> None:
    run = run_with(tmp_path, QUERY)

    with full_disk(at), pytest.raises(SourceError, match="source 'orders' cannot be written to") as told:
        extract(run)

    assert "File too large" in told.value.why
    assert told.value.fix == "check the free space and the permissions"
    assert told.value.retryable
    assert final(tmp_path) == []
    assert not list(tmp_path.rglob("*.part"))


def test_a_row_that_cannot_be_read_leaves_nothing(tmp_path: Path, shop: Path, way: str) -> None:
    query = QUERY.replace("'word ' || n", "CASE n WHEN 250000 THEN abs(-9223372036854775808) ELSE 'word' END")

    with pytest.raises(SourceError, match="integer overflow"):
        extract(run_with(tmp_path, query))

    assert final(tmp_path) == []
    assert not list(tmp_path.rglob("*.part"))

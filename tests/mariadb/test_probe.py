"""Probes of a real MariaDB: a query is read, not run, and no row of it comes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from extracts import run_with
from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run


def probed(run: Run) -> Any:
    return run.report.spec.sources["orders"].probe(run, "orders")


def test_a_query_tells_its_columns(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE TABLE orders (id INT, word TEXT)", "INSERT INTO orders VALUES (1, 'a')")

    query = "WITH some AS (SELECT id, word FROM orders) SELECT id, word FROM some ORDER BY id -- that is all"

    assert probed(run_with(tmp_path, query)) == "2 columns: id, word"


def test_a_query_that_takes_long_is_read_without_running_it(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE TABLE orders (id INT)", "INSERT INTO orders SELECT seq FROM seq_1_to_100")
    began = time.monotonic()

    assert probed(run_with(tmp_path, "SELECT id, sleep(1) AS slept FROM orders")) == "2 columns: id, slept"
    assert time.monotonic() - began < 60  # its hundred rows would take a hundred seconds


def test_a_missing_table(tmp_path: Path, shop: Any) -> None:
    with pytest.raises(SourceError, match="orderz' doesn't exist") as caught:
        probed(run_with(tmp_path, "SELECT * FROM orderz"))

    assert "correct its name in the query" in caught.value.fix


def test_two_columns_with_one_name_are_refused_as_the_extraction_would(tmp_path: Path, shop: Any) -> None:
    with pytest.raises(SourceError, match="two columns"):
        probed(run_with(tmp_path, "SELECT 1 AS a, 2 AS a"))

"""A dataset in SQL, inline or from a file, over sources and other datasets."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from scheduled_reports.datasets.sql import SqlDataset
from scheduled_reports.errors import SourceError

ORDERS = {"orders": {"customer": ["a", "b", "a"], "site": ["n", "s", "s"], "amount": [1, 2, 4]}}
LEAST = "parameters:\n  least: {type: integer, default: 2}\n"


def test_a_file_counts_as_inline_sql_does(made: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "include" / "sql").mkdir(parents=True)
    (tmp_path / "include" / "sql" / "total.sql").write_text("SELECT sum(amount) AS total FROM big")

    rows = made("total: {sql_file: total.sql}\nbig: {sql: 'FROM orders WHERE amount >= :least'}", ORDERS, LEAST)

    assert rows["total"] == [{"total": 6}]


def test_what_it_reads_is_of_the_tables_there_are(tmp_path: Path) -> None:
    dataset = SqlDataset(sql="WITH orders AS (SELECT * FROM Calls) SELECT * FROM orders JOIN other USING (x)")

    assert dataset.reads({"calls", "orders"}, tmp_path) == {"calls"}
    assert dataset.may_read({"calls", "orders"}, tmp_path) == {"calls", "orders"}


def test_a_pivot_over_what_the_data_holds_may_use_bind_values(made: Callable[..., Any]) -> None:
    sql = (
        "PIVOT (SELECT * FROM orders WHERE amount >= :least AND :period_start < :period_end) ON site "
        "USING sum(amount) GROUP BY customer ORDER BY customer LIMIT :least"
    )

    rows = made(f'wide: {{sql: "{sql}"}}', {"orders": {**ORDERS["orders"], "amount": [1, 20, 4]}}, LEAST)

    assert rows["wide"] == [{"customer": "a", "s": 4}, {"customer": "b", "s": 20}]


def test_rows_keep_the_order_that_the_query_gives(made: Callable[..., Any]) -> None:
    table = {"numbers": {"n": list(range(100_000))}}

    rows = made('down: {sql: "FROM numbers ORDER BY n DESC"}\nsame: {sql: FROM down}', table)

    assert [row["n"] for row in rows["same"]] == list(range(99_999, -1, -1))


@pytest.fixture
def small_disk() -> Any:
    """Return a function from which on no file of this process may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def make(given: Callable[..., Any], sql: str) -> Path:
    run, tables = given(f'd: {{sql: "{sql}"}}', ORDERS)
    target = tables.folder / "d.part"
    run.report.spec.datasets["d"].make(run, "d", tables, target)
    return target


def test_a_disk_that_fills_while_it_spills_is_told_and_worth_a_retry(
    given: Callable[..., Any], small_disk: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduled_reports.tables.MEMORY_LIMIT", "40MB")
    small_disk(1_000_000)

    with pytest.raises(
        SourceError, match=r"dataset 'd' \(sales.yaml:6\): the disk is full: .*File too large"
    ) as caught:
        make(given, "SELECT md5(i::VARCHAR) AS h FROM range(2000000) numbers(i) ORDER BY h")

    assert caught.value.retryable
    assert "free disk space" in caught.value.fix


def test_a_disk_that_fills_while_it_is_written_is_left_to_the_step(
    given: Callable[..., Any], small_disk: Callable[[int], None]
) -> None:
    small_disk(1_000_000)

    with pytest.raises(OSError, match="File too large"):
        make(given, "SELECT md5(i::VARCHAR) AS h FROM range(2000000) numbers(i)")


def test_what_does_not_fit_into_memory_at_a_time_is_told_with_what_to_do(
    given: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduled_reports.tables.MEMORY_LIMIT", "40MB")

    with pytest.raises(
        SourceError, match=r"failed: Out of Memory Error: .*\n  → it holds too much .* for 40MB"
    ) as caught:
        make(given, "SELECT list(md5(i::VARCHAR)) AS h FROM range(2000000) numbers(i)")

    assert not caught.value.retryable
    assert "SET threads" not in str(caught.value)


def test_a_dataset_is_written_in_parts_that_memory_holds(given: Callable[..., Any]) -> None:
    target = make(given, "SELECT i FROM range(200000) numbers(i)")

    metadata = pq.read_metadata(target)
    assert (metadata.num_rows, metadata.num_row_groups) == (200_000, 4)

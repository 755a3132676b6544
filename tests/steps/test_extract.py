"""Extraction brings every source and dataset, all or none, and says what failed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runs import NOW, connect_shop, ledger_of, run_of
from scheduled_reports.errors import ArchiveError, SourceError, UnknownConnectionError
from scheduled_reports.ledger import DeliveryState
from scheduled_reports.steps import RunSkipped, StepSkipped
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from scheduled_reports.tables import Tables
from specs import SALES, shop

QUERY = "SELECT customer, amount FROM orders\n"


def test_rows_of_the_period_arrive_and_datasets_are_made_of_them(tmp_path: Path, connection: Callable) -> None:
    run = run_of(tmp_path)
    connect_shop(connection, tmp_path)

    assert extract(run) == {"orders": 3, "totals": 1}

    with run.folder.fetch("data") as folder:
        assert Tables(folder).read("totals").to_pylist() == [{"orders": 3, "revenue": 30.75}]
    facts = run.folder.manifest()["tables"]
    assert facts["orders"]["rows"] == 3
    assert facts["orders"]["bytes"] > 0


def test_an_unknown_connection_says_which_and_how_to_add_it(tmp_path: Path) -> None:
    with pytest.raises(UnknownConnectionError) as caught:
        extract(run_of(tmp_path, SALES.replace("connection: shop", "connection: no_such_shop")))

    assert "there is no Airflow connection 'no_such_shop'" in str(caught.value)
    assert "AIRFLOW_CONN_NO_SUCH_SHOP" in caught.value.fix
    assert not caught.value.retryable


def test_a_connection_that_cannot_run_sql_says_so(tmp_path: Path, connection: Callable) -> None:
    connection("shop", conn_type="smtp", host="127.0.0.1")

    with pytest.raises(UnknownConnectionError, match="the Airflow connection 'shop' cannot run SQL"):
        extract(run_of(tmp_path))


def test_sql_that_the_database_refuses_is_told_with_its_words_and_not_repeated(
    tmp_path: Path, connection: Callable
) -> None:
    run = run_of(tmp_path, SALES.replace("FROM orders\n", "FROM ordres\n"))
    connect_shop(connection, tmp_path)

    with pytest.raises(SourceError) as caught:
        extract(run)

    assert "source 'orders' (sales.yaml:7, connection 'shop') failed: no such table: ordres" in str(caught.value)
    assert not caught.value.retryable


def test_dataset_sql_that_fails_names_the_dataset_and_the_line(tmp_path: Path, connection: Callable) -> None:
    run = run_of(tmp_path, SALES.replace("sum(amount)", "sum(amuont)"))
    connect_shop(connection, tmp_path)

    with pytest.raises(SourceError) as caught:
        extract(run)

    assert "dataset 'totals' (sales.yaml:12) failed" in str(caught.value)
    assert 'Referenced column "amuont" not found' in str(caught.value)


def test_nothing_is_kept_of_an_extraction_that_failed_half_way(tmp_path: Path, connection: Callable) -> None:
    run = run_of(tmp_path, SALES.replace("sum(amount)", "sum(amuont)"))
    connect_shop(connection, tmp_path)

    with pytest.raises(SourceError):
        extract(run)

    assert [path.name for path in (tmp_path / "archive").rglob("*") if path.is_file()] == []


def test_a_source_without_rows_keeps_its_columns(tmp_path: Path, connection: Callable) -> None:
    run = run_of(tmp_path, rows=0)
    connect_shop(connection, tmp_path)

    assert extract(run) == {"orders": 0, "totals": 1}

    with run.folder.fetch("data") as folder:
        assert Tables(folder).columns("orders") == ["customer", "amount"]


def test_an_archive_that_cannot_be_written_is_told_with_its_path(tmp_path: Path, connection: Callable) -> None:
    run = run_of(tmp_path)
    connect_shop(connection, tmp_path)
    (tmp_path / "archive").write_text("a file where the folder should be")

    with pytest.raises(ArchiveError) as caught:
        extract(run)

    assert str(tmp_path / "archive") in str(caught.value)
    assert "archive" in caught.value.fix


def test_sql_may_come_from_a_file(tmp_path: Path, connection: Callable) -> None:
    sql = tmp_path / "include" / "sql" / "totals.sql"
    sql.parent.mkdir(parents=True)
    sql.write_text("SELECT count(*) AS orders, max(amount) AS revenue FROM orders -- not ':this'")
    inline = "sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders"
    run = run_of(tmp_path, SALES.replace(inline, "sql_file: totals.sql"))
    connect_shop(connection, tmp_path)

    extract(run)

    with run.folder.fetch("data") as folder:
        assert Tables(folder).read("totals").to_pylist() == [{"orders": 3, "revenue": 10.5}]


def test_a_value_that_looks_like_sql_is_bound_not_pasted(tmp_path: Path, connection: Callable) -> None:
    spec = SALES.replace("sources:", 'parameters:\n  who: {type: text, default: "x\' OR 1=1 --"}\nsources:')
    run = run_of(tmp_path, spec.replace("< :period_end", "< :period_end AND customer = :who"))
    connect_shop(connection, tmp_path)

    assert extract(run)["orders"] == 0


def test_a_source_too_empty_to_make_datasets_of_skips_the_run_rather_than_fails_it(
    tmp_path: Path, connection: Callable
) -> None:
    spec = SALES.replace("SELECT count(*) AS orders,", "SELECT max(hour(amount)) AS latest, count(*) AS orders,")
    run = run_of(tmp_path, spec, rows=0)
    connect_shop(connection, tmp_path)

    with pytest.raises(RunSkipped, match="orders has 0 rows for Thursday, 1 October 2026, at least 1 needed"):
        extract(run)


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE x AS SELECT 1", "SET threads = 1", "COPY orders TO 'x.csv'", "SELECT 1; SELECT 2"]
)
def test_a_dataset_that_is_not_one_select_is_told_with_its_place(
    tmp_path: Path, connection: Callable, sql: str
) -> None:
    run = run_of(
        tmp_path, SALES.replace("sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders", f"sql: {sql}")
    )
    connect_shop(connection, tmp_path)

    with pytest.raises(SourceError, match=r"dataset 'totals' \(sales.yaml:12\) is not one SELECT: it is ") as caught:
        extract(run)

    assert not caught.value.retryable


def test_what_was_sent_stays_in_the_archive_where_only_the_extraction_is_cleared(
    tmp_path: Path, connection: Callable
) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    connect_shop(connection, tmp_path)
    gate(run, ledger, NOW)
    extract(run, ledger)
    for entry in owed(run, ledger):
        assert ledger.claim(entry.id)
        ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="250 OK")
    shop(tmp_path / "other.db", rows=7)
    (tmp_path / "other.db").replace(tmp_path / "shop.db")

    with pytest.raises(StepSkipped, match="everything was delivered, and the archive keeps the data that was sent"):
        extract(run, ledger)

    assert run.folder.manifest()["tables"]["orders"]["rows"] == 3


def test_an_extraction_is_repeated_where_one_recipient_still_waits(tmp_path: Path, connection: Callable) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    connect_shop(connection, tmp_path)
    gate(run, ledger, NOW)
    first = owed(run, ledger)[0]
    assert ledger.claim(first.id)
    ledger.settle(first.id, DeliveryState.DELIVERED, receipt="250 OK")

    assert extract(run, ledger)["orders"] == 3


def test_a_dataset_may_pivot(tmp_path: Path, connection: Callable) -> None:
    sql = "sql: PIVOT orders ON customer USING sum(amount)"
    run = run_of(tmp_path, SALES.replace("sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders", sql))
    connect_shop(connection, tmp_path)

    assert extract(run)["totals"] > 0


def test_a_dataset_beyond_the_memory_limit_spills_beside_the_archive_and_leaves_nothing(
    tmp_path: Path, connection: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduled_reports.tables.MEMORY_LIMIT", "40MB")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    sql = "sql: SELECT i, md5(i::VARCHAR) AS h FROM range(1000000) numbers(i) ORDER BY h"
    run = run_of(tmp_path, SALES.replace("sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders", sql))
    connect_shop(connection, tmp_path)

    assert extract(run)["totals"] == 1_000_000

    assert list((tmp_path / "cwd").iterdir()) == []
    assert not (tmp_path / "nowhere").exists()
    assert sorted(path.name for path in (tmp_path / "archive").rglob("*") if path.is_file()) == [
        "manifest.json", "orders.parquet", "totals.parquet",
    ]  # fmt: skip

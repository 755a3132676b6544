"""Probes of a real PostgreSQL: a query is read and not run, and a ledger is changed and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from runs import run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.errors import LedgerError, ReportError, SourceError
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.probe import probe as probe_ledger
from scheduled_reports.ledger.schema import HEAD
from specs import SALES

Connect = Callable[..., None]
QUERY = SALES[SALES.index("      SELECT customer") : SALES.index("datasets:")]


def probed(folder: Path, query: str) -> Any:
    """Return what the source says of a query."""
    run = run_of(folder, SALES.replace(QUERY, indent(query, " " * 6) + "\n"))
    return run.report.spec.sources["orders"].probe(run, "orders")


def refused(folder: Path, query: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        probed(folder, query)
    return caught.value


def test_a_query_tells_its_columns_and_is_not_run(tmp_path: Path, shop: Any) -> None:
    shop.run("CREATE TABLE orders (id int); CREATE SEQUENCE asked")

    words = probed(tmp_path, "SELECT id, 1 AS \"a 'b'\", nextval('asked') FROM orders ORDER BY id -- the end")

    assert words == "3 columns: id, a 'b', nextval"
    assert shop.run("SELECT is_called FROM asked") == [(False,)]


def test_a_query_that_takes_long_is_read_at_once(tmp_path: Path, shop: Any) -> None:
    assert probed(tmp_path, "WITH slow AS (SELECT pg_sleep(60)) SELECT 1 AS one FROM slow") == "1 columns: one"


def test_a_missing_table_is_told_in_the_servers_words(tmp_path: Path, shop: Any) -> None:
    error = refused(tmp_path, "SELECT * FROM orderz")

    assert 'relation "orderz" does not exist' in error.why
    assert "correct its name in the query" in error.fix


def test_a_table_that_the_user_may_not_read(tmp_path: Path, shop: Any, connection: Connect) -> None:
    shop.run("CREATE TABLE orders (id int)")
    shop.run("DROP ROLE IF EXISTS stranger")
    shop.run("CREATE ROLE stranger LOGIN")
    connection("shop", **{**shop.fields(), "login": "stranger"})

    error = refused(tmp_path, "SELECT * FROM orders")
    shop.run("DROP ROLE stranger")

    assert "permission denied for table orders" in error.why
    assert "granted SELECT" in error.fix


def test_a_ledger_is_changed_and_taken_back(database: Any, connection: Connect, tmp_path: Path) -> None:
    connection("ledger", **database.fields())

    before = probe_ledger("ledger", airflow_connection, tmp_path)
    tables = database.run("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
    Ledger.open("ledger", airflow_connection, tmp_path).close()

    assert before.endswith("it has no tables yet: the first run makes them")
    assert tables == [(0,)]
    assert probe_ledger("ledger", airflow_connection, tmp_path).endswith(f"version {HEAD}")


def test_a_ledger_whose_user_may_only_read(database: Any, connection: Connect, tmp_path: Path) -> None:
    connection("ledger", **database.fields())
    Ledger.open("ledger", airflow_connection, tmp_path).close()
    database.run("DROP ROLE IF EXISTS reader")
    database.run("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    connection("ledger", **{**database.fields(), "login": "reader"})

    with pytest.raises(LedgerError) as caught:
        probe_ledger("ledger", airflow_connection, tmp_path)
    database.run("DROP OWNED BY reader; DROP ROLE reader")

    assert "permission denied" in caught.value.why
    assert "what its user may do" in caught.value.fix


def test_a_ledger_that_is_not_up(connection: Connect, tmp_path: Path, database: Any) -> None:
    connection("ledger", **{**database.fields(), "schema": "nowhere"})

    with pytest.raises(ReportError, match='database "nowhere" does not exist'):
        probe_ledger("ledger", airflow_connection, tmp_path)

"""Of the rows that are kept for the owner of a report nobody learns what is sensitive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from people import people
from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.complete import Complete
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.failing_rows import keep_failing_rows
from scheduled_reports.tables import Tables
from steps.failing import failed, finds, keep, rows_of, text_of

SENSITIVE = "email: {sensitive: true}\nincome: {sensitive: true}\n"


@pytest.fixture
def crm(crm_run: Callable[..., Run]) -> Callable[..., CheckedData]:
    """Return a function that extracts a report on people, and gives what its checks look at."""

    def extracted(columns: str = SENSITIVE) -> CheckedData:
        contacts = "SELECT name, email AS contact, phone, born, income FROM people ORDER BY id"
        run = crm_run(people(columns).replace(contacts, "SELECT name, phone, born FROM people ORDER BY id"))
        extract(run)
        return CheckedData(run, Tables(Path(run.folder.root.path) / "data"), PastRuns(run, None))

    return extracted


def test_sensitive_columns_are_left_out_and_that_is_said(crm: Callable[..., CheckedData]) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed("SELECT id, email, phone, income FROM people", "people", count=3)))

    assert rows_of(data.run, kept)[:2] == [["id", "phone"], ["0", "'+49 30 555010000"]]
    assert kept.left_out == ("email", "income")
    assert str(kept) == "3 rows; left out, as sensitive: email, income"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT id, upper(email) AS shout FROM people", ["id"]),
        ("SELECT p.id, q.income + 1 AS more FROM people p JOIN people q USING (id)", ["id"]),
        ("SELECT id, people FROM people", ["id"]),
        ("SELECT count(*) AS n, max(income) AS top FROM people", ["n"]),
        ("SELECT id, (SELECT max(email) FROM people) AS one FROM people", ["id"]),
        ("SELECT name FROM people", ["name"]),
    ],
)
def test_what_a_query_makes_of_sensitive_columns_is_left_out(
    crm: Callable[..., CheckedData], query: str, shown: list[str]
) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed(query)))

    assert rows_of(data.run, kept)[0] == shown
    assert "confidential" not in text_of(data.run, kept)
    assert "7123" not in text_of(data.run, kept)


def test_a_column_that_the_table_does_not_have_is_judged_by_its_query(crm: Callable[..., CheckedData]) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed("SELECT id, email AS address FROM people", "people")))

    assert rows_of(data.run, kept)[0] == ["id"]
    assert kept.left_out == ("address",)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * REPLACE (email AS name) FROM people",
        "SELECT id AS income, income AS id, name FROM people",
        "SELECT id, name FROM people UNION ALL SELECT income, email FROM people",
    ],
)
def test_a_query_that_hides_a_sensitive_column_behind_another_name_shows_neither(
    crm: Callable[..., CheckedData], query: str
) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed(query, "people", count=3)))

    told = text_of(data.run, kept) if kept.file else ""
    assert "confidential" not in told
    assert "7123" not in told


def test_where_every_column_is_sensitive_no_file_is_made(crm: Callable[..., CheckedData]) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed("SELECT email, income FROM people", "people", count=3)))

    assert (kept.file, kept.rows, kept.failing) == ("", 0, 3)
    assert str(kept) == "no row is kept, as every column is sensitive: email, income"


def test_the_parts_are_not_named_where_they_are_sensitive(crm: Callable[..., CheckedData]) -> None:
    data = crm()
    check = Complete.model_validate({"type": "complete", "dataset": "people", "columns": ["id"], "by": "email"})
    entries = [(check, failed("SELECT id, email FROM people LIMIT 1", "people", part="mail0@confidential0.example"))]

    (entry,) = keep_failing_rows(data.run, data.tables, entries)

    with data.run.folder.fetch(entry["file"]) as path:
        assert path.read_text("utf-8-sig").splitlines() == ["id", "0"]


def test_no_error_tells_a_sensitive_value(crm: Callable[..., CheckedData]) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed("SELECT email::DATE AS day FROM people")))

    assert "Conversion Error" in str(kept)
    assert "confidential" not in str(kept)


def test_masked_columns_are_kept_as_masked(crm: Callable[..., CheckedData]) -> None:
    data = crm("email: {sensitive: true, mask: hash}\n")

    (kept,) = keep(data, finds(failed("SELECT id, email FROM people", "people")))

    assert [len(row[1]) for row in rows_of(data.run, kept)[1:]] == [64, 64, 64]
    assert kept.left_out == ()

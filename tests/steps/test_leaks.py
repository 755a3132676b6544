"""What masks and `sensitive` hide stays hidden where things go wrong: in errors, logs, and other people's editions."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from airflow.sdk.io.store import attach
from fsspec.implementations.memory import MemoryFileSystem

from people import PEOPLE, people
from runs import NOW, ledger_of, rendered
from scheduled_reports.archive import RunFolder
from scheduled_reports.errors import RenderError, SourceError
from scheduled_reports.run import Run
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.render import render
from scheduled_reports.tables import Tables

CONTACTS = "SELECT name, email AS contact, phone, born, income FROM people ORDER BY id"

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, as it loads its lineage code

SENSITIVE = "email: {sensitive: true}\nincome: {sensitive: true}\n"


def made_by(query: str, columns: str = SENSITIVE) -> str:
    return people(columns).replace(CONTACTS, f"|\n      {query}")


def told_by(run: Run) -> tuple[SourceError, str]:
    """Return the error of an extraction, and all that a log shows of it."""
    with pytest.raises(SourceError) as caught:
        extract(run)
    return caught.value, "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT strptime(email, '%Y') AS contact FROM people",
        "SELECT (income + 0.5)::TINYINT AS contact FROM people",
        "SELECT income::INTEGER * 2000000000 * 2000000000 AS contact FROM people",
        "SELECT concat(email, chr(10), email)::DATE AS contact FROM people",
        "SELECT json_extract(email, '$.a') AS contact FROM people",
        "SELECT error(email) AS contact FROM people",
    ],
)
def test_no_error_of_a_query_tells_a_sensitive_value(crm_run: Callable[..., Run], query: str) -> None:
    error, told = told_by(crm_run(made_by(query)))

    assert error.what.startswith("dataset 'contacts' (sales.yaml:")
    assert " Error" in error.why
    for value in ("confidential", "mail0", "7123"):
        assert value not in told


def test_a_slip_in_a_query_is_still_told(crm_run: Callable[..., Run]) -> None:
    error, _ = told_by(crm_run(made_by("SELECT count(*) AS contact FROM people GROUP BY 1 LIMIT foo")))

    assert error.why.startswith('Binder Error: Referenced column "foo" was not found')


def test_no_error_of_a_function_tells_a_sensitive_value(crm_run: Callable[..., Run], tmp_path: Path) -> None:
    code = tmp_path / "include" / "python" / "scoring.py"
    code.parent.mkdir(parents=True)
    code.write_text("def score(people):\n    raise ValueError(f'no score for {people.email[0]}')\n")
    text = people(SENSITIVE).replace(f"sql: {CONTACTS}", "python: scoring:score\n    inputs: people")

    error, told = told_by(crm_run(text))

    assert "include/python/scoring.py:2 (score): ValueError (what it says is not shown" in str(error)
    assert "confidential" not in told


def test_no_error_tells_what_one_role_alone_may_see(crm_run: Callable[..., Run]) -> None:
    masks = "email: {sensitive: true, mask: {default: 'null', auditor: keep}}\n"

    error, told = told_by(crm_run(made_by("SELECT email::DATE AS contact FROM people", masks)))

    assert "Conversion Error" in str(error)
    assert "confidential" not in told


@pytest.mark.parametrize("told", ["sensitive: true", "mask: 'null'"])
def test_no_error_of_a_source_tells_a_hidden_value(crm_run: Callable[..., Run], tmp_path: Path, told: str) -> None:
    with sqlite3.connect(tmp_path / "crm.db") as connection:
        connection.execute("UPDATE people SET income = 0.5 WHERE id = 0")
        connection.execute("UPDATE people SET income = 9007199254740993 WHERE id = 1")
    connection.close()

    error, shown = told_by(crm_run(people(f"income: {{{told}}}\n")))

    assert "column 'income' holds what cannot be stored" in str(error)
    assert "9007199254740993" not in shown


@pytest.mark.parametrize("table", ["people", "MAIN.people", '"Main".people', "memory.people", "memory.MAIN.people"])
def test_a_query_that_names_its_table_in_full_is_made_for_each_role(crm_run: Callable[..., Run], table: str) -> None:
    masks = "email: {mask: {default: keep, auditor: hash}}\n"
    run = crm_run(made_by(f"SELECT email AS contact FROM {table} ORDER BY id", masks))
    extract(run)

    with run.folder.fetch("roles/auditor") as found:
        assert [len(row["contact"]) for row in Tables(found).read("contacts").to_pylist()] == [64, 64, 64]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT email AS a FROM MAIN.people",
        "SELECT email AS a FROM memory.people",
        "WITH people AS (SELECT 1 AS email) SELECT email AS a FROM main.people",
        "SELECT #3 AS a FROM people",
        "SELECT upper(#3) AS a FROM people",
        "SELECT array(SELECT email FROM people) AS a",
        "SELECT main.people AS a FROM people",
        "SELECT to_json(people)->'email' AS a FROM people",
        "SELECT j->'$.email' AS a FROM (SELECT people::JSON AS j FROM people)",
        "SELECT list_transform([{'email': 1}], lambda people: people.email) AS a FROM people",
        """SELECT (SELECT "upper(email)" FROM (SELECT upper(email) FROM people) LIMIT 1) AS a
      FROM (SELECT 'x' AS "upper(email)") AS o""",
    ],
)
def test_no_way_to_write_a_query_shows_a_sensitive_column(crm_run: Callable[..., Run], query: str) -> None:
    run = crm_run(made_by(query))
    extract(run)

    with pytest.raises(RenderError, match="'email' of source 'people' through dataset 'contacts'"):
        render(run, NOW)


@pytest.mark.parametrize(
    "table", ["query('SELECT * FROM people')", "query_table('peo' || 'ple')", "query_table(['peo' || 'ple'])"]
)
def test_a_query_whose_tables_cannot_be_known_does_not_run(crm_run: Callable[..., Run], table: str) -> None:
    error, _ = told_by(crm_run(made_by(f"SELECT email AS contact FROM {table}")))

    assert "dataset 'contacts'" in str(error)
    assert "nobody knows beforehand which tables it reads" in str(error)


def test_a_table_may_be_named_by_a_text(crm_run: Callable[..., Run]) -> None:
    run = crm_run(made_by("SELECT name, phone FROM query_table('people')"))

    assert extract(run)["contacts"] == 3


def test_a_column_that_became_sensitive_after_rendering_is_not_sent(
    tmp_path: Path, crm_run: Callable[..., Run]
) -> None:
    ledger = ledger_of(tmp_path)
    rendered(crm_run(PEOPLE), ledger)

    with pytest.raises(SourceError, match="the run's data is not masked as the spec says"):
        deliver(crm_run(people("email: {sensitive: true}\n").replace("email AS contact, ", "")), ledger, "everybody")


def test_what_a_killed_extraction_left_is_gone_after_the_next_where_the_archive_is_remote_too(
    crm_run: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach("memory", fs=MemoryFileSystem())
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    code = dedent(f"""
        import os, signal
        from dataclasses import replace
        from pathlib import Path
        import scheduled_reports.steps.extract as step
        from people import people
        from runs import run_of
        from scheduled_reports.archive import RunFolder
        step.admit = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        remote = RunFolder.of("memory://kept", "a", "b", "c", "d")
        step.extract(replace(run_of(Path({str(tmp_path)!r}), people()), folder=remote))
    """)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path), "TMPDIR": str(temporary)},
    )  # fmt: skip
    left = [path.parts[-3:] for path in temporary.rglob("people.parquet")]
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert len(left) == 1

    extract(replace(crm_run(), folder=RunFolder.of("memory://kept", "a", "b", "c", "other")))
    assert len(list(temporary.rglob("people.parquet"))) == 1, "another run's scratch may be in use"
    extract(replace(crm_run(), folder=RunFolder.of("memory://kept", "a", "b", "c", "d")))
    assert list(temporary.rglob("people.parquet")) == []

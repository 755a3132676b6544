"""What is sensitive in one report is not forgotten where another reads it from the archive."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from people import connect_crm, people
from runs import NOW, ledger_of, run_of, use_settings
from scheduled_reports.errors import SourceError
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, as it loads its lineage code

WITHOUT = people("email: {sensitive: true}\n")
"""Its dataset `contacts` carries the column under another name; what it shows is another test's matter."""


@pytest.fixture
def day_before(tmp_path: Path, connection: Callable, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose report on people was made for the day before, and sent."""
    use_settings(monkeypatch, tmp_path)
    connect_crm(connection, tmp_path)
    run = run_of(tmp_path, WITHOUT)
    earlier = run.report.timing(run.schedule).period_of(dt.date(2026, 9, 30))
    folder = replace(run.folder, root=run.folder.root.parent.parent / earlier.slug / "manual__0")
    run = replace(run, period=earlier, folder=folder, run_id="manual__0")
    gate(run, ledger_of(tmp_path), NOW)
    extract(run)
    run.folder.note(state="delivered")
    return tmp_path


def again(folder: Path, table: str, columns: str) -> Run:
    """Return a run that reads a table of the day before."""
    more = f"  before:\n    type: run\n    table: {table}\n    columns: {columns}\ndatasets:\n"
    return run_of(folder, WITHOUT.replace("datasets:\n", more, 1))


def test_the_manifest_names_the_sensitive_columns_of_each_table(day_before: Path) -> None:
    (manifest,) = (day_before / "archive").rglob("manifest.json")
    tables = json.loads(manifest.read_text())["tables"]

    assert {name: entry.get("sensitive") for name, entry in tables.items()} == {
        "people": ["email"], "contacts": ["contact"], "totals": None,
    }  # fmt: skip


@pytest.mark.parametrize(("table", "column"), [("people", "email"), ("contacts", "contact")])
def test_a_column_that_is_sensitive_there_has_to_be_named_here(day_before: Path, table: str, column: str) -> None:
    with pytest.raises(SourceError) as caught:
        extract(again(day_before, table, "{}"))

    assert f"column {column!r} of table {table!r} is sensitive in that run" in str(caught.value)
    assert caught.value.fix == f"write `{column}: {{sensitive: true}}`, or give it a `mask`"


@pytest.mark.parametrize("told", ["sensitive: true", "mask: partial"])
def test_it_may_be_read_once_it_is_named(day_before: Path, told: str) -> None:
    assert extract(again(day_before, "people", f"{{email: {{{told}}}}}"))["before"] == 3


def test_what_only_counts_needs_no_word(day_before: Path) -> None:
    assert extract(again(day_before, "totals", "{}"))["before"] == 1

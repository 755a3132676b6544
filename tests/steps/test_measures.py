"""What a run measured is noted in the ledger; but for what nobody may see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from people import people
from runs import NOW, ledger_of, run_of
from scheduled_reports.ledger.runs import runs_of
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.measures import note_what_was_measured
from scheduled_reports.tables import Tables

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, as it loads its lineage code


def noted(run: Run, folder: Path, kind: str) -> dict[str, float | str | None]:
    extract(run)
    ledger = ledger_of(folder)
    ledger.begin(run, [], NOW)
    note_what_was_measured(run, Tables(Path(run.folder.root.path) / "data"), ledger)
    [record] = runs_of(ledger, run.report.id)
    ledger.close()
    return record.of_kind(kind)


def test_the_rows_of_each_table_and_each_key_figure_are_noted(tmp_path: Path, connection: Callable[..., None]) -> None:
    connection("shop", conn_type="sqlite", host=str(tmp_path / "shop.db"))

    assert noted(run_of(tmp_path), tmp_path, "rows") == {"orders": 3, "totals": 1}
    assert noted(run_of(tmp_path), tmp_path, "kpi") == {"Orders": 3, "Revenue": 30.75}


def test_a_sensitive_figure_that_is_in_no_file_is_not_in_the_ledger_either(
    tmp_path: Path, crm_run: Callable[..., Run]
) -> None:
    text = people("income: {sensitive: true}\nemail: {sensitive: true}\n")
    text = text.replace("count(DISTINCT email) AS addresses", "max(income) AS addresses")
    content, rest = text.split("formats:\n")
    rest = f"  - {{type: csv, dataset: names}}\n{rest[rest.index('deliver:') :]}".replace("body: html_email,", "")
    text = content.replace("  contacts:\n    sql: SELECT name, email AS contact, phone, born, income",
                           "  names:\n    sql: SELECT name")  # fmt: skip
    text = f"{text}formats:\n{rest}".replace("[csv, pdf]", "csv").replace("dataset: contacts", "dataset: names")

    assert noted(crm_run(text), tmp_path, "kpi") == {"People": 3}

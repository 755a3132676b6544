"""`reports render`: the files of a run again, from the data that the archive keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import load_workbook

from runs import connect_shop, ledger_of, rendered, run_of, use_settings
from scheduled_reports.run import Run
from scheduled_reports.steps.render import all_artifacts
from specs import SALES, write

Reports = Callable[..., Result]

FORMATS = SALES.replace(
    "  - {type: csv, dataset: orders}",
    "  - {type: csv, dataset: orders}\n  - {type: json, dataset: totals}\n  - {type: xlsx}",
)
FILES = Path("out/render/sales/daily/2026-10-01/manual__1/files")


@pytest.fixture
def made(project: Path, monkeypatch: pytest.MonkeyPatch, connection: Callable[..., None]) -> Run:
    """Return a run that was extracted and rendered; its shop is gone since."""
    use_settings(monkeypatch, project)
    connect_shop(connection, project)
    run = rendered(run_of(project, FORMATS), ledger_of(project))
    (project / "shop.db").unlink()
    return run


def test_files_for_programs_have_the_same_bytes_and_files_for_people_the_same_content(
    made: Run, project: Path, reports: Reports
) -> None:
    found = reports("render", "sales", "manual__1")

    assert found.exit_code == 0, found.output
    for artifact in all_artifacts(made):
        then = project / "archive/sales/daily/2026-10-01/manual__1" / artifact.path
        again = project / FILES / artifact.name
        assert f"{artifact.name}" in found.stdout
        if artifact.format in ("csv", "json", "html_email"):
            assert again.read_bytes() == then.read_bytes()
    assert found.stdout.count("the same bytes") >= 3
    before, after = (load_workbook(folder / "sales_2026-10-01.xlsx") for folder in (then.parent, project / FILES))
    assert [[cell.value for cell in row] for row in after.active] == [
        [cell.value for cell in row] for row in before.active
    ]


def test_the_latest_run_with_data_is_taken_where_none_is_named(made: Run, reports: Reports) -> None:
    assert "manual__1" in reports("render", "sales").stdout


def test_the_archive_stays_as_it_is(made: Run, project: Path, reports: Reports) -> None:
    before = {path: path.read_bytes() for path in (project / "archive").rglob("*") if path.is_file()}

    reports("render", "sales", "manual__1")

    assert {path: path.read_bytes() for path in (project / "archive").rglob("*") if path.is_file()} == before


def test_a_spec_that_changed_since_is_told_and_taken(made: Run, project: Path, reports: Reports) -> None:
    write(project, FORMATS.replace("title: Sales", "title: Net sales"))

    found = reports("render", "sales", "manual__1")

    assert "The spec was another then" in found.stdout
    assert json.loads((project / FILES / "sales_2026-10-01.json").read_text())["report"]["title"] == "Net sales"


def test_a_run_that_there_is_not_is_told_with_those_that_there_are(made: Run, reports: Reports) -> None:
    found = reports("render", "sales", "manual__2")

    assert found.exit_code == 2
    assert "sales has no run manual__2 in the ledger" in found.stderr
    assert "run manual__1" in found.stderr


def test_data_that_is_gone_is_told(made: Run, project: Path, reports: Reports) -> None:
    for table in (project / "archive").rglob("*.parquet"):
        table.unlink()

    found = reports("render", "sales", "manual__1")

    assert found.exit_code == 2
    assert "the archive has no data of run manual__1 of sales" in found.stderr
    assert "reports preview" in found.stderr


def test_a_report_or_a_schedule_that_is_gone_is_told(made: Run, project: Path, reports: Reports) -> None:
    assert "there is no report 'sale'" in reports("render", "sale").stderr
    write(project, FORMATS.replace("{id: daily,", "{id: morning,"))
    assert "sales has no schedule 'daily' any more" in reports("render", "sales").stderr

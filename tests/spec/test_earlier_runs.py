"""Sources that read earlier runs of other reports are checked over the whole folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduled_reports.dag import raise_spec_errors
from scheduled_reports.errors import SpecError
from scheduled_reports.spec.earlier_runs import earlier_run_problems
from scheduled_reports.spec.load import load_all
from specs import SALES, write

WEEKLY = '  - {id: weekly, when: "0 7 * * 1", covers: previous_week}\n'


def reader(folder: Path, *lines: str, name: str = "summary") -> Path:
    """Write a report that reads earlier runs of another."""
    source = "  past:\n    type: run\n" + "".join(f"    {line}\n" for line in lines)
    return write(folder, SALES.replace("datasets:\n", f"{source}datasets:\n", 1), name)


def problems(folder: Path) -> list[str]:
    found = earlier_run_problems(*load_all(folder / "report_specs", folder / "include"))
    return [str(problem).removeprefix(f"{folder}/report_specs/") for problem in found]


def test_a_table_of_another_report_is_fine(tmp_path: Path) -> None:
    write(tmp_path)
    reader(tmp_path, "table: totals", "report: sales")

    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("table: totals", "report: slaes"),
         "summary.yaml:13:13: sources.past.report: there is no report 'slaes'; did you mean 'sales'?"),
        (("table: totals", "report: x"), "there is no report 'x'; name a report: the stem of its file"),
        (("table: total", "report: sales"),
         "sources.past.table: report 'sales' has no source or dataset 'total'; did you mean 'totals'?"),
        (("table: totals", "report: sales", "schedule: wekly"),
         "sources.past.schedule: report 'sales' has no schedule 'wekly'; did you mean 'weekly'?"),
        (("table: totals", "report: sales"),
         "sources.past: report 'sales' has more than one schedule; name one in 'schedule': daily, weekly"),
    ],
)  # fmt: skip
def test_what_another_report_has_not_is_told_with_its_place(tmp_path: Path, lines: tuple[str, ...], told: str) -> None:
    write(tmp_path, SALES + WEEKLY)
    reader(tmp_path, *lines)

    assert any(told in problem for problem in problems(tmp_path))


def test_reading_a_report_that_is_broken_is_no_further_problem(tmp_path: Path) -> None:
    write(tmp_path, "title: 12")
    reader(tmp_path, "table: totals", "report: sales")

    assert problems(tmp_path) == []


def test_airflows_banner_tells_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__SPECS_FOLDER", str(tmp_path / "report_specs"))
    reader(tmp_path, "table: totals", "report: slaes")

    with pytest.raises(SpecError, match="there is no report 'slaes'"):
        raise_spec_errors()

"""`reports list`."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.table import Column, Table

from scheduled_reports import settings
from scheduled_reports.spec.load import BrokenReport, Report, load, spec_files


def listing(folder: Path) -> Table:
    """Return a table with one row for each schedule of each spec in `folder`."""
    headings = ("Report", "Title", "Schedule", "When", "Covers", "Formats", "Delivered to")
    table = Table(*(Column(heading, overflow="fold") for heading in headings), box=box.SIMPLE)
    for path in spec_files(folder):
        report = load(path, settings.include_folder(folder))
        if isinstance(report, BrokenReport):
            table.add_row(report.id, f"broken: {len(report.problems)} problems, see `reports check {report.id}`")
        else:
            _add_rows(table, report)
    return table


def _add_rows(table: Table, report: Report) -> None:
    spec = report.spec
    formats = ", ".join(entry.key for entry in spec.formats)
    destinations = ", ".join(channel.key for channel in spec.deliver)
    for number, schedule in enumerate(spec.schedules):
        name, title = (report.id, spec.title) if number == 0 else ("", "")
        when = report.when(schedule) if spec.enabled else "disabled"
        table.add_row(name, title, schedule.id, when, schedule.covers.words(), formats, destinations)

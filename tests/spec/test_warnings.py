"""What is odd about valid specs is told at its place in the file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cli.planning import NOW, reports_in, spec
from scheduled_reports.schedule.conflicts import Span
from scheduled_reports.spec.warnings import warnings_in

SPAN = Span(NOW, NOW + dt.timedelta(days=30))


def test_warnings_stand_at_the_value_that_causes_them_in_the_order_of_files(tmp_path: Path) -> None:
    twice = "id: twice, when: '30 6 * * *', timezone: Europe/Berlin"
    second = spec(tmp_path, "id: daily, when: '30 6 * * *', timezone: Europe/Berlin", twice, name="sales")
    first = spec(tmp_path, "id: month, when: '0 9 31 * *', covers: previous_month", name="costs")

    found = warnings_in(reversed(reports_in(tmp_path)), SPAN)

    assert [(problem.path, problem.column) for problem in found] == [(first, 23), (second, 5)]
    assert all(problem.message.startswith("warning: ") for problem in found)


def test_a_report_that_is_switched_off_is_not_spoken_of(tmp_path: Path) -> None:
    path = spec(tmp_path, "id: month, when: '0 9 31 * *', covers: previous_month")
    path.write_text("enabled: false\n" + path.read_text())

    assert warnings_in(reports_in(tmp_path), SPAN) == []

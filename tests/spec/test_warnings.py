"""What is odd about valid specs is told at its place in the file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from cli.planning import NOW, reports_in, spec
from scheduled_reports.schedule.conflicts import Span
from scheduled_reports.spec.warnings import warnings_in
from specs import SALES, write

UNASKED = (
    "35:11: warning: approval: no check has severity 'hold', so nobody is ever asked; write `when: always` to be asked "
    "in every run, or give a check `severity: hold`"
)
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


@pytest.mark.parametrize(("when", "severity", "told"), [
    ("hold", "stop", [UNASKED]),
    ("hold", "hold", []),
    ("always", "stop", []),
])  # fmt: skip
def test_an_approval_that_no_run_ever_asks_for_is_told(
    tmp_path: Path, when: str, severity: str, told: list[str]
) -> None:
    path = spec(tmp_path, "id: daily, when: '30 6 * * *', timezone: Europe/Berlin", name="sales")
    approval = f"approval: {{when: {when}, approvers: [{{user: ana, email: ana@northwind.example}}]}}\n"
    check = f"checks: [{{type: row_count, dataset: orders, at_least: 1, severity: {severity}}}]\n"
    path.write_text(path.read_text() + approval + check)

    found = [str(problem).removeprefix(f"{path}:") for problem in warnings_in(reports_in(tmp_path), SPAN)]

    assert found == told


@pytest.mark.parametrize(("runs", "send", "warned"), [
    (2, "on_crossing", True),
    (1, "on_crossing", False),
    (2, "every_run", False),
])  # fmt: skip
def test_an_alert_whose_runs_do_not_see_each_other_is_told(tmp_path: Path, runs: int, send: str, warned: bool) -> None:
    timing = f"id: daily, when: '30 6 * * *', timezone: Europe/Berlin, max_runs: {runs}"
    path = spec(tmp_path, timing, name="sales")
    alert = f"alert: {{when: [{{type: rows, dataset: orders, at_least: 1}}], send: {send}}}\n"
    path.write_text(path.read_text() + alert)

    found = warnings_in(reports_in(tmp_path), SPAN)

    assert [problem.message for problem in found] == [
        "warning: max_runs: a run does not see what those beside it are about to send: an alert may go out twice"
    ] * warned


@pytest.mark.parametrize(("formats", "body", "warned"), [
    ("[{type: html_email}]", "html_email", True),
    ("[{type: html_email}, {type: text}]", "html_email", True),
    ("[{type: html_email}, {type: text, id: plain}]", "[html_email, plain]", False),
    ("[{type: text}]", "text", False),
])  # fmt: skip
def test_a_mail_without_plain_text_is_told(tmp_path: Path, formats: str, body: str, warned: bool) -> None:
    before, _, _ = SALES.partition("formats:")
    mail = f"{{type: email, connection: mail, to: ann@northwind.example, body: {body}}}"
    schedules = "schedules:\n  - {id: daily, when: '30 6 * * *', timezone: Europe/Berlin}\n"
    path = write(tmp_path, f"{before}formats: {formats}\ndeliver:\n  - {mail}\n{schedules}")

    found = [str(problem).removeprefix(f"{path}:") for problem in warnings_in(reports_in(tmp_path), SPAN)]

    told = (
        "26:70: warning: body: there is no plain text: readers of plain text, and spam filters, want one; "
        "add `{type: text}` to `formats`, and name it in `body` as well"
    )
    assert found == [told] * warned

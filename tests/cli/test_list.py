"""`reports list` shows every report, and cuts nothing off."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from scheduled_reports.cli.list import listing
from specs import SALES, write

EVERY_WORD = """Report Title Schedule When Covers Formats Delivered to
sales Sales daily 06:30, America/Argentina/Buenos_Aires previous day html_email, csv email"""


def rows(text: str) -> list[list[str]]:
    """Return the cells of each line below the headings."""
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()[3:] if line.strip()]


def test_each_schedule_of_a_report_has_a_line(project: Path, reports: Callable) -> None:
    write(project, SALES + "  - {id: weekly, when: '0 7 * * 1', covers: previous_week}\n")
    write(project, name="arrears")

    result = reports("list")

    daily = ["daily", "06:30, Europe/Berlin", "previous day", "html_email, csv", "email"]
    assert result.exit_code == 0
    assert rows(result.stdout) == [
        ["arrears", "Sales", *daily],
        ["sales", "Sales", *daily],
        ["weekly", "07:00, only on Monday, UTC", "previous week", "html_email, csv", "email"],
    ]


def test_a_pipe_gets_whole_lines_however_long(project: Path, reports: Callable) -> None:
    title = "Calls, conversions and revenue of every campaign in every region of the northern hemisphere"
    write(project, SALES.replace("title: Sales", f"title: {title}"))

    assert rows(reports("list").stdout)[0][1] == title


def test_nothing_is_cut_off_in_a_narrow_terminal(project: Path) -> None:
    write(project, SALES.replace("Europe/Berlin", "America/Argentina/Buenos_Aires"))
    screen = io.StringIO()

    Console(width=60, file=screen).print(listing(project / "report_specs"))

    text = screen.getvalue()
    assert max(map(len, text.splitlines())) <= 60
    assert "…" not in text
    assert len(re.findall(r"[a-z]", text.lower())) == len(re.findall(r"[a-z]", EVERY_WORD.lower()))


def test_a_title_is_shown_as_it_was_written(project: Path, reports: Callable) -> None:
    write(project, SALES.replace("title: Sales", 'title: "[eu] :100: [/x]"'))

    assert rows(reports("list").stdout)[0][1] == "[eu] :100: [/x]"


def test_a_broken_report_is_listed_with_what_to_do(project: Path, reports: Callable) -> None:
    write(project)
    write(project, SALES.replace("type: html_email", "type: hmtl"), "bad")

    result = reports("list")

    assert result.exit_code == 0
    assert rows(result.stdout)[0] == ["bad", "broken: 1 problems, see `reports check bad`"]
    assert rows(result.stdout)[1][0] == "sales"


def test_a_report_that_is_switched_off_says_so(project: Path, reports: Callable) -> None:
    write(project, SALES.replace("title: S", "enabled: false\ntitle: S"))

    assert rows(reports("list").stdout)[0][3] == "disabled"

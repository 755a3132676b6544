"""The months in a terminal: what a day's cell says, and how it fits."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from rich.console import Console

from cli.planning import FIRST, calendar_file, dues_in, reports_in, spec
from scheduled_reports.cli.calendar_fires import by_day, closed_days, planned
from scheduled_reports.cli.calendar_grid import Grid, folded
from scheduled_reports.schedule.clock import days_between


def cells(folder: Path, count: int = 7, width: int = 200, week_starts: int = 0) -> list[list[str]]:
    """Return the lines of each day's cell, week by week, without empty ones."""
    last = FIRST + dt.timedelta(days=count - 1)
    closed = closed_days(planned(reports_in(folder)), days_between(FIRST, last))
    grid = Grid(FIRST, last, FIRST, week_starts, by_day(dues_in(folder, count)), closed)
    console = Console(file=io.StringIO(), width=width)
    for table in grid.months(width):
        console.print(table)
    assert isinstance(console.file, io.StringIO)
    weeks: list[list[str]] = [[""] * 7]
    for line in console.file.getvalue().splitlines():
        if line.startswith("│"):
            parts = [part.strip() for part in line.strip("│").split("│")]
            weeks[-1] = [f"{text}\n{part}".strip() for text, part in zip(weeks[-1], parts, strict=True)]
        else:
            weeks.append([""] * 7)
    return [week for week in weeks if any(week)]


def test_a_day_lists_its_fires_by_time_and_marks_today(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * *'")
    spec(project, "id: a, when: '0 9 * * 1'", "id: b, when: '0 5 * * 1'", name="costs")

    names, week = cells(project)

    assert names == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert week[0] == "23 today\n05:00 costs·b\n06:30 sales\n09:00 costs·a"
    assert week[6] == "29\n06:30 sales"


def test_many_fires_of_one_schedule_stand_as_a_count(project: Path) -> None:
    spec(project, "id: hours, when: {type: hourly, from: '06:00', until: '18:00'}, covers: last 1 hour")

    assert cells(project)[1][1] == "24\n06:00–18:00 ×13 sales"


def test_more_than_a_cell_holds_is_counted(project: Path) -> None:
    for number in range(12):
        spec(project, "id: daily, when: '30 6 * * *'", name=f"sales_{number}")

    lines = cells(project)[1][1].splitlines()

    assert len(lines) == 9
    assert lines[-1] == "+ 5 more"


def test_a_day_is_closed_where_all_calendars_agree(project: Path) -> None:
    calendar_file(project, "closed: [2026-11-25, 2026-11-26]\n")
    calendar_file(project, "closed: [2026-11-25]\n", "other")
    spec(project, "id: one, when: '30 6 * * *', calendar: northwind", "id: two, when: '30 7 * * *', calendar: other")

    week = cells(project)[1]

    assert [text.splitlines()[0] for text in week] == [
        "23 today",
        "24",
        "25 closed",
        "26",
        "27",
        "28 closed",
        "29 closed",
    ]


def test_without_calendars_no_day_is_closed(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * 1'")

    assert "closed" not in str(cells(project))


def test_weeks_begin_with_the_day_that_is_asked_for(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * *'")

    names, first, second = cells(project, week_starts=6)

    assert names[0] == "Sun"
    assert (first[0], first[1].splitlines()[0], second[0]) == ("22", "23 today", "29\n06:30 sales")


def test_a_span_over_two_months_has_a_table_for_each(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * *'")

    weeks = cells(project, count=10)

    assert [week[0].splitlines()[0] if week[0] else "" for week in weeks] == ["Mon", "23 today", "30", "Mon", ""]
    assert weeks[4][1] == "1\n06:30 sales"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("06:30 sales", 11, ["06:30 sales"]),
        ("06:30 morning_brief", 14, ["06:30 morning_", " brief"]),
        ("06:30 morning_brief", 10, ["06:30", " morning_", " brief"]),
        ("08:00–20:00 ×13 hourly_ops", 11, ["08:00–20:00", " ×13", " hourly_ops"]),
        ("06:30 abcdefghijkl", 6, ["06:30", " abcde", " fghij", " kl"]),
    ],
)
def test_entries_are_folded_at_underscores_first(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width) == lines

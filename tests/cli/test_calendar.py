"""`reports calendar` shows when what runs, what it covers, and what is odd about it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from rich.console import Console

from cli.planning import NOW, calendar_file, spec
from scheduled_reports.cli.calendar import Asked, days_asked, show_calendar
from specs import SALES, write

DAILY = 'id: daily, when: "30 6 * * *", timezone: Europe/Berlin'
WEEK = ("calendar", "--from", "2026-11-23", "--days", "7")


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    """Stop the clock on Monday, 23 November 2026, 06:00 in Berlin."""
    with time_machine.travel(NOW, tick=False):
        yield


def screen(folder: Path, width: int, count: int = 7) -> str:
    """Return what a terminal of that width shows."""
    shown = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, highlight=False,
                    markup=False, emoji=False, soft_wrap=True)  # fmt: skip
    show_calendar(Asked(folder / "report_specs", days_asked(None, count, NOW)), shown, shown)
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def test_in_a_pipe_each_fire_is_a_line_with_its_zone_and_its_period(project: Path, reports: Callable) -> None:
    usa = 'id: usa, when: {type: weekly, on: monday, at: "18:00"}, timezone: America/New_York, covers: previous_week'
    spec(project, 'id: daily, when: "30 6 * * 1,2", timezone: Europe/Berlin', usa)

    result = reports(*WEEK)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "2026-11-23 Mon  06:30 CET  sales · daily  Sunday, 22 November 2026",
        "2026-11-23 Mon  18:00 EST  sales · usa    16 – 22 November 2026",
        "2026-11-24 Tue  06:30 CET  sales · daily  Monday, 23 November 2026",
    ]


def test_a_pipe_gets_every_fire_however_many(project: Path, reports: Callable) -> None:
    spec(project, "id: hours, when: {type: hourly}, covers: last 1 hour")

    assert len(reports(*WEEK).stdout.splitlines()) == 7 * 24


def test_without_a_first_day_fires_are_those_from_now_on(project: Path, reports: Callable) -> None:
    spec(project, 'id: daily, when: ["30 5 * * *", "30 6 * * *"], timezone: Europe/Berlin, covers: since_last_fire')

    lines = reports("calendar", "--days", "2").stdout.splitlines()

    assert [line[:25] for line in lines] == [
        "2026-11-23 Mon  06:30 CET",
        "2026-11-24 Tue  05:30 CET",
        "2026-11-24 Tue  06:30 CET",
    ]


def test_only_the_reports_that_are_named_are_shown(project: Path, reports: Callable) -> None:
    for name in ("sales", "costs", "stock"):
        spec(project, DAILY, name=name)

    lines = reports(*WEEK, "--report", "sales", "--report", "stock").stdout.splitlines()

    assert {line.split()[4] for line in lines} == {"sales", "stock"}
    assert "did you mean 'sales'?" in reports(*WEEK, "--report", "slaes").stderr


def test_what_the_calendar_moved_and_left_out_is_told(project: Path, reports: Callable) -> None:
    calendar_file(project, "closed: [2026-11-25]\n")
    spec(project, 'id: next, when: "30 6 * * 3", calendar: northwind, on_closed: next',
         'id: skip, when: "30 7 * * *", calendar: northwind')  # fmt: skip

    lines = reports(*WEEK).stdout.splitlines()

    assert "2026-11-26 Thu  06:30 UTC  sales · next  Tuesday, 24 November 2026 · moved from Wednesday 25 Nov" in lines
    assert "  sales · next: 1 of 1 fires moved; the list says from where" in lines
    assert "  sales · skip: left out on Wed 25 Nov" in lines


def test_a_blackout_leaves_a_day_out_unless_fires_wait_for_its_end(project: Path, reports: Callable) -> None:
    span = 'from: "2026-11-25T00:00", until: "2026-11-25T12:00"'
    spec(project, f"id: skip, when: '30 6 * * *', blackouts: [{{{span}}}]",
         f"id: wait, when: '30 7 * * *', blackouts: [{{{span}, then: after}}]")  # fmt: skip

    lines = reports(*WEEK).stdout.splitlines()

    assert lines[-3:] == [
        "Good to know",
        "  sales · skip: left out on Wed 25 Nov",
        "  sales · wait: 1 of 7 fires moved; the list says from where",
    ]
    assert "2026-11-25 Wed  12:00 UTC  sales · wait  Tuesday, 24 November 2026 · moved from 07:30" in lines


def test_a_fire_that_falls_together_with_another_is_not_left_out(project: Path, reports: Callable) -> None:
    calendar_file(project, "closed: [2026-11-25]\n")
    spec(project, "id: next, when: '30 6 * * *', calendar: northwind, on_closed: next")

    assert "left out" not in reports(*WEEK).stdout


def test_reports_that_are_switched_off_or_broken_are_not_shown_and_the_broken_are_named(
    project: Path, reports: Callable
) -> None:
    spec(project, DAILY)
    write(project, SALES.replace("title: S", "enabled: false\ntitle: S"), "off")
    write(project, SALES.replace("title: S", "titel: S"), "bad")

    result = reports(*WEEK)

    assert {line.split()[4] for line in result.stdout.splitlines()} == {"sales"}
    assert (result.exit_code, result.stderr) == (0, "broken, and not shown: bad; see `reports check`\n")


def test_a_schedule_without_a_time_is_named_with_what_starts_it(project: Path, reports: Callable) -> None:
    spec(project, DAILY, "id: asked, when: {type: manual}")

    assert "  sales · asked: no time of its own, it runs when somebody triggers it" in reports(*WEEK).stdout


def test_schedules_that_go_together_for_different_periods_are_mentioned(project: Path, reports: Callable) -> None:
    spec(project, DAILY, f"{DAILY}, covers: month_to_date".replace("id: daily", "id: month"))

    told = "  sales · daily and sales · month always fire together; they cover different periods"
    assert told in reports(*WEEK).stdout.splitlines()


def test_the_warnings_of_check_stand_below_with_their_place(project: Path, reports: Callable) -> None:
    path = spec(project, 'id: month, when: {type: monthly, on: 31, at: "09:00"}, covers: previous_month')

    place = f"{path}:{len(path.read_text().splitlines())}:43"
    told = f"{place}: warning: the 31st exists in 7 months; write 'on: last' for the last day of each month"
    assert told in reports("calendar").stdout.splitlines()


def test_too_many_runs_at_once_for_a_pool_are_told_once_with_how_often(project: Path, reports: Callable) -> None:
    for name in ("sales", "costs", "stock"):
        spec(project, f"{DAILY}, expected: 10m", name=name)

    warnings = [line for line in reports(*WEEK, "--pool-slots", "2").stdout.splitlines() if "warning" in line]

    [line] = warnings
    assert line == (
        "warning: 3 runs are under way at once in the pool default_pool, which has 2 slots: Monday 23 November 2026, "
        "06:30 CET, and on 6 more occasions: costs · daily, sales · daily and stock · daily; give some another time or "
        "'jitter', or the pool more slots"
    )
    assert "warning" not in reports(*WEEK, "--pool-slots", "3").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "tomorrow"), "--from 'tomorrow' is no date\n  → write it as 2026-11-23"),
        (("--from", "2001-01-01"), "--from 2001-01-01 lies outside of 2024-01-01 to 2045-12-31"),
        (("--ics", "nowhere/x.ics"), "cannot write nowhere/x.ics"),
        (("--specs", "nowhere"), "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(
    project: Path, reports: Callable, arguments: tuple[str, ...], told: str
) -> None:
    spec(project, DAILY)

    result = reports("calendar", *arguments)

    assert result.exit_code == 2
    assert told in result.stderr


def test_the_last_days_that_calendars_know_are_the_end(project: Path, reports: Callable) -> None:
    spec(project, DAILY)

    lines = [line for line in reports("calendar", "--from", "2045-12-30").stdout.splitlines() if "·" in line]

    assert [line[:10] for line in lines] == ["2045-12-30", "2045-12-31"]


def test_a_terminal_gets_months_and_below_them_the_list(project: Path) -> None:
    spec(project, 'id: daily, when: "30 6 * * *", timezone: Europe/Berlin')

    shown = screen(project, 120, 14)

    assert shown.index("November 2026") < shown.index("December 2026") < shown.index("Monday, 23 November 2026")
    assert "23 today" in shown
    assert "Days and times are those in Europe/Berlin." in shown
    assert "06:30 CET  sales · daily  Sunday, 22 November 2026" in shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut_off(project: Path, width: int) -> None:
    calendar_file(project)
    for name in ("hourly_operations", "weekly_scorecard_of_the_field_force", "sales"):
        spec(project, "id: hours, when: {type: hourly, from: '06:00', until: '18:00'}, covers: last 1 hour",
             "id: close, when: '0 18 * * 5', covers: previous_week, calendar: northwind", name=name)  # fmt: skip

    shown = screen(project, width)

    calendar, _, warnings = shown.partition("\nWarnings\n")
    assert "lists nothing after 2026-12-31" in warnings  # whose long lines are the terminal's to fold, as in `check`
    assert max(map(len, calendar.splitlines())) <= width
    assert "…" not in shown
    assert "×13" in shown


def test_where_nothing_fires_a_terminal_and_a_pipe_say_so(project: Path, reports: Callable) -> None:
    spec(project, "id: summer, when: '30 6 1 7 *'")

    assert screen(project, 80) == "Nothing fires from 2026-11-23 to 2026-11-29\n"
    assert reports(*WEEK).stdout == "Nothing fires from 2026-11-23 to 2026-11-29\n"

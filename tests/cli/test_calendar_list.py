"""The list below the months: times, periods, and what is special about a fire."""

from __future__ import annotations

from pathlib import Path

from cli.planning import calendar_file, dues_in, spec
from scheduled_reports.cli.calendar_fires import by_day
from scheduled_reports.cli.calendar_list import plain_lines, screen_lines


def screen(folder: Path, width: int = 100, count: int = 7) -> list[str]:
    """Return the list as a terminal of that width shows it."""
    return [line.plain for line in screen_lines(by_day(dues_in(folder, count)), width)]


def test_a_terminal_has_a_heading_for_each_day(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * 1,2', timezone: Europe/Berlin")

    assert screen(project) == [
        "\nMonday, 23 November 2026",
        "  06:30 CET  sales · daily  Sunday, 22 November 2026",
        "\nTuesday, 24 November 2026",
        "  06:30 CET  sales · daily  Monday, 23 November 2026",
    ]


def test_many_fires_of_a_day_stand_in_one_line_with_what_they_cover_together(project: Path) -> None:
    spec(project, "id: hours, when: {type: hourly, from: '06:00', until: '18:00'}, covers: last 1 hour")

    told = "  06:00–18:00 UTC ×13  sales · hours  13 runs within Monday, 23 November 2026, 05:00 – 18:00"
    assert screen(project, count=1)[1] == told


def test_long_periods_go_on_below_in_their_column(project: Path) -> None:
    spec(project, "id: weekly, when: '0 18 * * 1', covers: since_last_fire")

    assert screen(project, width=60) == [
        "\nMonday, 23 November 2026",
        "  18:00 UTC  sales · weekly  Monday, 16 November 2026, 18:00",
        "                             – Monday, 23 November 2026,",
        "                             18:00",
    ]


def test_where_a_long_name_leaves_no_room_the_period_stands_below_it(project: Path) -> None:
    spec(project, "id: monday, when: '0 18 * * 1'", name="scorecard_of_the_field_force")

    assert screen(project, width=50)[1:] == [
        "  18:00 UTC  scorecard_of_the_field_force · monday",
        "             Sunday, 22 November 2026",
    ]


def test_offsets_stand_for_zones_without_a_name_and_seconds_where_jitter_makes_some(project: Path) -> None:
    spec(project, "id: daily, when: '30 6 * * 1', timezone: America/Sao_Paulo, jitter: 20m")

    [line] = plain_lines(dues_in(project, 1))

    assert line.startswith("2026-11-23 Mon  06:")
    assert line[16:24].count(":") == 2
    assert " UTC-03  sales · daily" in line


def test_a_fire_that_was_moved_says_from_which_day_and_time(project: Path) -> None:
    calendar_file(project)
    hours = "business_hours: {from: '09:00', until: '17:00'}"
    spec(project, f"id: late, when: '0 20 * * 2', calendar: northwind, {hours}",
         f"id: soon, when: '0 7 * * 1', calendar: northwind, {hours}")  # fmt: skip

    notes = [line.partition(" · moved ")[2] for line in plain_lines(dues_in(project))]

    assert notes == ["from 07:00", "from Tuesday 24 Nov 20:00"]


def test_a_deadline_of_something_awaited_is_no_fixed_time(project: Path) -> None:
    spec(project, "id: fresh, when: {type: assets, all_of: [orders], deadline: {type: daily, at: '07:30'}}")

    assert all(line.endswith(" · at the latest") for line in plain_lines(dues_in(project)))


def test_an_empty_list_has_no_lines() -> None:
    assert list(plain_lines([])) == []
    assert list(screen_lines({}, 80)) == []

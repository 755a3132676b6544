"""`reports calendar --diff` shows in review which fires a change gains, loses and moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.planning import calendar_file, spec
from cli.repository import commit, git
from specs import SALES, write

WEEK = ("calendar", "--from", "2026-11-23", "--days", "7", "--diff")


@pytest.fixture
def versioned(project: Path) -> Path:
    """Return a project under git: sales runs at 06:30 on Mondays and Tuesdays, costs at 09:00 on Wednesdays."""
    git(project, "init", "--quiet", "--initial-branch=main")
    spec(project, "id: daily, when: '30 6 * * 1,2', timezone: Europe/Berlin")
    spec(project, "id: weekly, when: '0 9 * * 3', timezone: Europe/Berlin, calendar: northwind", name="costs")
    calendar_file(project, "closed: [2026-12-25]\n")
    commit(project)
    return project


def test_nothing_changes_where_the_schedules_are_the_same(versioned: Path, reports: Callable) -> None:
    spec(versioned, "id: daily, when: {type: weekly, on: [mon, tue], at: '06:30'}, timezone: Europe/Berlin")

    result = reports(*WEEK, "main")

    assert (result.exit_code, result.stdout, result.stderr) == (
        0, "No fire changes against main from 2026-11-23 to 2026-11-29\n", ""
    )  # fmt: skip


def test_fires_at_another_time_of_the_same_day_are_moved(versioned: Path, reports: Callable) -> None:
    spec(versioned, "id: daily, when: '0 7 * * 1,2', timezone: Europe/Berlin")

    assert reports(*WEEK, "main").stdout.splitlines() == [
        "sales · daily",
        "  ~ 2026-11-23 Mon  06:30 -> 07:00 CET",
        "  ~ 2026-11-24 Tue  06:30 -> 07:00 CET",
    ]


def test_another_time_zone_is_another_time(versioned: Path, reports: Callable) -> None:
    spec(versioned, "id: daily, when: '30 6 * * 1', timezone: Asia/Tokyo")

    assert reports(*WEEK, "main").stdout.splitlines() == [
        "sales · daily",
        "  ~ 2026-11-23 Mon  06:30 CET -> 06:30 JST",
        "  - 2026-11-24 Tue  06:30 CET",
    ]


def test_days_gained_and_lost_stand_with_plus_and_minus(versioned: Path, reports: Callable) -> None:
    spec(versioned, "id: daily, when: '30 6 * * 2,3', timezone: Europe/Berlin")

    assert reports(*WEEK, "main").stdout.splitlines() == [
        "sales · daily",
        "  - 2026-11-23 Mon  06:30 CET",
        "  + 2026-11-25 Wed  06:30 CET",
    ]


def test_schedules_that_are_new_or_gone_are_named(versioned: Path, reports: Callable) -> None:
    (versioned / "report_specs" / "costs.yaml").unlink()
    spec(versioned, "id: monday, when: '30 6 * * 1', timezone: Europe/Berlin", name="stock")

    assert reports(*WEEK, "main").stdout.splitlines() == [
        "costs · weekly (removed)",
        "  - 2026-11-25 Wed  09:00 CET",
        "stock · monday (new)",
        "  + 2026-11-23 Mon  06:30 CET",
    ]


def test_a_report_that_is_switched_off_loses_its_fires(versioned: Path, reports: Callable) -> None:
    path = versioned / "report_specs" / "costs.yaml"
    path.write_text("enabled: false\n" + path.read_text())

    assert reports(*WEEK, "main").stdout.splitlines()[0] == "costs · weekly (removed)"


def test_a_change_of_a_calendar_is_one_of_its_schedules(versioned: Path, reports: Callable) -> None:
    calendar_file(versioned, "closed: [2026-11-25, 2026-12-25]\n")

    assert reports(*WEEK, "main").stdout.splitlines() == ["costs · weekly", "  - 2026-11-25 Wed  09:00 CET"]


def test_another_period_at_the_same_times_is_told(versioned: Path, reports: Callable) -> None:
    spec(versioned, "id: daily, when: '30 6 * * 1,2', timezone: Europe/Berlin, covers: previous_week")

    told = ["sales · daily", "  covers previous day -> previous week"]
    assert reports(*WEEK, "main").stdout.splitlines() == told


def test_only_the_reports_that_are_named_are_compared(versioned: Path, reports: Callable) -> None:
    spec(versioned, "id: daily, when: '0 7 * * 1', timezone: Europe/Berlin")
    calendar_file(versioned, "closed: [2026-11-25, 2026-12-25]\n")

    assert reports(*WEEK, "main", "--report", "costs").stdout.splitlines()[0] == "costs · weekly"


def test_a_report_that_is_gone_or_renamed_may_be_named(versioned: Path, reports: Callable) -> None:
    specs = versioned / "report_specs"
    (specs / "costs.yaml").rename(specs / "expenses.yaml")
    lost = ["costs · weekly (removed)", "  - 2026-11-25 Wed  09:00 CET"]
    gained = ["expenses · weekly (new)", "  + 2026-11-25 Wed  09:00 CET"]

    assert reports(*WEEK, "main", "--report", "costs").stdout.splitlines() == lost
    assert reports(*WEEK, "main", "--report", "report_specs/costs.yaml").stdout.splitlines() == lost
    assert reports(*WEEK, "main", "--report", "costs", "--report", "expenses").stdout.splitlines() == lost + gained


def test_a_name_that_neither_version_has_is_told(versioned: Path, reports: Callable) -> None:
    result = reports(*WEEK, "main", "--report", "coasts")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no spec coasts" in result.stderr


def test_a_link_out_of_the_include_folder_does_not_hinder(versioned: Path, reports: Callable) -> None:
    (versioned / "include" / "hosts").symlink_to("/etc/hostname")
    commit(versioned)

    assert reports(*WEEK, "HEAD").exit_code == 0


def test_a_spec_that_was_broken_is_named_and_what_can_be_read_of_it_counts(versioned: Path, reports: Callable) -> None:
    text = (versioned / "report_specs" / "sales.yaml").read_text()
    write(versioned, text.replace("title: S", "titel: S"))
    commit(versioned)
    write(versioned, text)

    result = reports(*WEEK, "main")

    assert result.stderr == "broken at main: sales; what can be read of them counts\n"
    assert result.stdout == "No fire changes against main from 2026-11-23 to 2026-11-29\n"


def test_sql_files_are_those_of_the_ref(versioned: Path, reports: Callable) -> None:
    sql = versioned / "include" / "sql" / "totals.sql"
    sql.write_text("SELECT 1 AS orders, 2 AS revenue")
    inline = "sql: SELECT count(*) AS orders, sum(amount) AS revenue FROM orders"
    write(versioned, SALES.replace(inline, "sql_file: totals.sql"))
    commit(versioned)

    assert reports(*WEEK, "main").stderr == ""


def test_before_the_first_spec_every_schedule_is_new(project: Path, reports: Callable) -> None:
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project)
    spec(project, "id: daily, when: '30 6 * * 1', timezone: Europe/Berlin")

    assert reports(*WEEK, "main").stdout.splitlines() == ["sales · daily (new)", "  + 2026-11-23 Mon  06:30 CET"]


def test_a_ref_that_there_is_not_is_told(versioned: Path, reports: Callable) -> None:
    result = reports(*WEEK, "mian")

    assert result.exit_code == 2
    assert result.stderr.startswith("git knows no ref 'mian' in ")

"""`reports check` looks at what specs share, too: calendars, brands, each other; and warns of what is not meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import time_machine

from brand_files import BRAND, write_brand
from cli.planning import calendar_file, healthy, spec
from specs import TWINNED as SALES


def test_warnings_are_told_and_do_not_fail_the_check(project: Path, reports: Callable) -> None:
    path = spec(project, "id: month, when: {type: monthly, on: 31, at: '09:00'}, covers: previous_month")

    result = reports("check")

    place = f"{path}:{len(path.read_text().splitlines())}:43"
    told = f"{place}: warning: the 31st exists in 7 months; write 'on: last' for the last day of each month\n"
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 spec is valid, 1 warning\n", told)


def test_warnings_come_after_problems_and_are_not_counted_among_them(project: Path, reports: Callable) -> None:
    spec(project, "id: month, when: '0 9 31 * *', covers: previous_month")
    healthy(project, SALES.replace("title: Sales", "title: 12"), "zebra")

    lines = reports("check").stderr.splitlines()

    assert [": warning: " in line for line in lines] == [False, True, False]
    assert lines[-1] == "1 of 2 specs broken, 1 problem"


def test_a_source_that_is_ready_only_after_the_run_is_a_warning(project: Path, reports: Callable) -> None:
    late = {"connection: shop": 'connection: shop\n    ready_at: "07:00"'}
    spec(project, "id: daily, when: '30 6 * * *'", **late)

    assert "warning: runs at 06:30, and the source 'orders' holds the day before only from 07:00 on" in (
        reports("check").stderr
    )


def test_a_calendar_that_ends_soon_is_told_once_however_many_use_it(project: Path, reports: Callable) -> None:
    calendar_file(project)
    for name in ("costs", "sales", "stock"):
        spec(project, "id: daily, when: '30 6 * * *', calendar: northwind", name=name)

    with time_machine.travel("2026-11-21 12:00", tick=False):
        [line, *others] = reports("check").stderr.splitlines()

    assert others == []
    assert "costs.yaml" in line
    assert line.endswith(
        "warning: calendar northwind lists nothing after 2026-12-31; "
        "add the days after that to its file in include/calendars/"
    )


def test_problems_of_calendars_are_told_also_where_no_spec_uses_them_and_once_where_several_do(
    project: Path, reports: Callable
) -> None:
    calendar_file(project, "closde: [2026-12-25]\n")
    calendar_file(project, "closed: [2026-02-30]\n", "unused")
    for name in ("costs", "sales"):
        spec(project, "id: daily, when: '30 6 * * *', calendar: northwind", name=name)

    result = reports("check")

    folder = project / "include" / "calendars"
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()[:-1]] == [
        f"{folder / 'northwind.yaml'}:1:1",
        f"{folder / 'unused.yaml'}:1:10",
    ]


def test_problems_of_brands_are_told_also_where_no_spec_uses_them(project: Path, reports: Callable) -> None:
    healthy(project)
    path = write_brand(project, BRAND.replace("#7a1f5c", "#ffcc00"))

    result = reports("check")

    assert result.exit_code == 1
    assert f"{path.relative_to(project)}:3:11: colors.accent: accent #ffcc00 on paper" in result.stderr


def test_specs_that_depend_on_a_broken_calendar_are_counted_as_broken(project: Path, reports: Callable) -> None:
    calendar_file(project, "closde: [2026-12-25]\n")
    for name in ("costs", "sales"):
        spec(project, "id: daily, when: '30 6 * * *', calendar: northwind", name=name)
    healthy(project, name="stock")

    assert reports("check").stderr.splitlines()[-1] == "2 of 3 specs broken, 1 problem"


def test_reports_that_wait_for_each_other_are_told_also_where_only_one_is_checked(
    project: Path, reports: Callable
) -> None:
    spec(project, "id: daily, when: {type: assets, all_of: ['report:costs:daily']}")
    spec(project, "id: daily, when: {type: assets, all_of: ['report:sales:daily']}", name="costs")

    result = reports("check", "costs")

    assert result.exit_code == 1
    assert "waits for sales:daily" in result.stderr
    assert result.stderr.splitlines()[-1] == "1 of 1 specs broken, 1 problem"


def test_a_report_that_reads_runs_of_another_is_checked_against_it_also_where_only_one_is_named(
    project: Path, reports: Callable
) -> None:
    healthy(project)
    past = "  past: {type: run, report: sales, table: total}\n"
    path = healthy(project, SALES.replace("datasets:\n", f"{past}datasets:\n", 1), "summary")

    result = reports("check", "summary")

    told = "sources.past.table: report 'sales' has no source or dataset 'total'; did you mean 'totals'?"
    assert f"{path}:10:43: {told}" in result.stderr
    assert result.stderr.splitlines()[-1] == "1 of 1 specs broken, 1 problem"

"""Reports that wait for each other, or for one that there is not, are found before they are merged."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduled_reports.spec.cycles import waiting_problems
from scheduled_reports.spec.load import load_all
from specs import SALES, write

DAILY = '  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}\n'


def spec(folder: Path, name: str, *waits: str, enabled: bool = True) -> None:
    """Write a report with one schedule for each of `waits`: what it waits for, or nothing for one by the clock."""
    entries = [
        f"  - id: {'daily' if number == 0 else f'other_{number}'}\n    when: "
        + (f"{{type: assets, {wait}}}\n" if wait else '"30 6 * * *"\n')
        for number, wait in enumerate(waits or ("",))
    ]
    text = SALES.replace(DAILY, "".join(entries))
    write(folder, text if enabled else f"enabled: false\n{text}", name)


def problems(folder: Path) -> list[str]:
    found = waiting_problems(*load_all(folder / "report_specs", folder / "include"))
    return [str(problem).removeprefix(f"{folder}/report_specs/") for problem in found]


def test_a_chain_of_reports_is_fine(tmp_path: Path) -> None:
    spec(tmp_path, "first")
    spec(tmp_path, "second", "all_of: [orders, report:first:daily]")
    spec(tmp_path, "third", "any_of: [report:first:daily, {all_of: [report:second:daily]}]")

    assert problems(tmp_path) == []


def test_reports_that_wait_for_each_other_are_one_problem_at_the_first_of_them(tmp_path: Path) -> None:
    spec(tmp_path, "a", "all_of: [orders, {any_of: [fx, report:b:daily]}]")
    spec(tmp_path, "b", "all_of: [report:c:daily]")
    spec(tmp_path, "c", "all_of: [report:a:daily]")
    spec(tmp_path, "outside", "all_of: [report:a:daily]")

    circle = "a:daily waits for b:daily, which waits for c:daily, which waits for a:daily"
    remedy = "none of them is ever the first; let one of them wait for its data, or run by the clock"
    assert problems(tmp_path) == [f"a.yaml:35:57: {circle}: {remedy}"]


def test_two_circles_are_two_problems(tmp_path: Path) -> None:
    spec(tmp_path, "a", "all_of: [report:a:daily]")
    spec(tmp_path, "b", "all_of: [report:c:daily]")
    spec(tmp_path, "c", "all_of: [report:b:daily]")

    first, second = problems(tmp_path)

    assert first.startswith("a.yaml:35:35: a:daily waits for a:daily: none of them")
    assert second.startswith("b.yaml:35:35: b:daily waits for c:daily, which waits for b:daily: none of them")


def test_two_schedules_of_one_report_may_follow_each_other_but_not_in_a_circle(tmp_path: Path) -> None:
    spec(tmp_path, "a", "", "all_of: [report:a:daily]")
    spec(tmp_path, "b", "all_of: [report:b:other_1]", "all_of: [report:b:daily]")

    [found] = problems(tmp_path)

    assert found.startswith("b.yaml:35:35: b:daily waits for b:other_1, which waits for b:daily")


@pytest.mark.parametrize(
    ("asset", "told"),
    [
        ("report:sale:daily", "no report has the schedule 'report:sale:daily'; did you mean 'report:sales:daily'?"),
        ("report:sales:dayly", "no report has the schedule 'report:sales:dayly'; did you mean 'report:sales:daily'?"),
        ("report:sales", "no report has the schedule 'report:sales'; did you mean 'report:sales:daily'?"),
        ("report:xyz", "no report has the schedule 'report:xyz'; write it as report:<report>:<schedule>"),
        ("report:stopped:daily", "report:stopped:daily never comes: the report is not enabled; enable it, or wait"),
    ],
)
def test_a_report_that_never_comes_is_a_problem_with_what_may_be_meant(tmp_path: Path, asset: str, told: str) -> None:
    spec(tmp_path, "sales")
    spec(tmp_path, "stopped", enabled=False)
    spec(tmp_path, "weekly", f"all_of: [{asset}]")

    [found] = problems(tmp_path)

    assert found.startswith(f"weekly.yaml:35:35: {told}")


def test_waiting_for_a_broken_report_is_not_a_second_problem(tmp_path: Path) -> None:
    write(tmp_path, "title: Nothing else\n", "broken")
    spec(tmp_path, "weekly", "all_of: [report:broken:daily]")

    assert problems(tmp_path) == []


def test_an_event_of_a_report_that_there_is_not_is_a_problem_and_one_of_a_report_that_follows_is_no_circle(
    tmp_path: Path,
) -> None:
    spec(tmp_path, "sales", "all_of: [report:weekly:daily]")
    spec(tmp_path, "weekly")
    text = (tmp_path / "report_specs/weekly.yaml").read_text()
    event = "run_when:\n  - not: {type: event, asset: report:%s:daily, since: last_delivery}\n"
    rest = text.replace("run_when:\n", "")
    rows = "  - {type: rows, dataset: orders, at_least: 1}\n"
    assert rows in text

    write(tmp_path, rest.replace(rows, event % "sales"), "weekly")
    assert problems(tmp_path) == []

    write(tmp_path, rest.replace(rows, event % "sale"), "weekly")
    [found] = problems(tmp_path)
    assert found.endswith("no report has the schedule 'report:sale:daily'; did you mean 'report:sales:daily'?")
    assert found.startswith("weekly.yaml:")

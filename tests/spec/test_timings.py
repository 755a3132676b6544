"""When the schedules of a spec fire is put together at load; what can never be is told with its place."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from scheduled_reports.spec.load import BrokenReport, Report, load
from specs import SALES, write

OLD = '  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}\n'


def loaded(folder: Path, schedule: str, **calendars: str) -> Report | BrokenReport:
    (folder / "include" / "calendars").mkdir(parents=True)
    for name, text in calendars.items():
        (folder / "include" / "calendars" / f"{name}.yaml").write_text(text)
    entry = indent(dedent(schedule).strip(), "    ")
    return load(write(folder, SALES.replace(OLD, f"  - id: daily\n{entry}\n")), folder / "include")


def problems(report: Report | BrokenReport) -> list[str]:
    assert isinstance(report, BrokenReport)
    return [str(problem).rpartition("/")[2] for problem in report.problems]


DAILY = 'when: {type: daily, at: "06:30"}\n'


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (DAILY + "calendar: berlin", "schedules[1].calendar: there is no calendar 'berlin'; did you mean 'berlim'?"),
        (DAILY + "calendar: [berlim, x]", "schedules[1].calendar[2]: there is no calendar 'x'"),
        (DAILY + "covers: previous_fiscal_year",
         "schedules[1].covers: 'previous_fiscal_year' needs a fiscal year; give the schedule or its calendar 'fiscal'"),
        ("when: {type: fiscal, of: period, on: 1, at: '06:30'}",
         "schedules[1].when: 'fiscal_period' needs a fiscal year; give the schedule or its calendar 'fiscal'"),
        ("when: {type: weekly, on: sunday, at: '06:30'}\ncalendar: berlim",
         "when: never fires between 2024-01-01 and 2045-12-31: its days are closed, or a blackout is on"),
        (DAILY + "starts: 2046-01-01", "never fires between 2046-01-01 and 2045-12-31: no such day comes"),
        ("when: {type: dates, on: 2023-05-01, at: '06:30'}", "schedules[1].when: never fires between 2024-01-01"),
        (DAILY + "covers: {from: 0 days, to: 1 day}",
         "covers: a run due 2024-01-01 06:30 would cover Monday, 1 January 2024, which is not over by then"),
        (DAILY + "covers: {from: 0 years, to: 0 days}", "from 0 years to 0 days has no length: seen from"),
        ("when: {type: assets, all_of: [orders], deadline: {type: daily, at: '06:30'}}\ncovers: since_last_fire",
         "schedules[1].covers: 'since_last_fire' ends at the deadline, and the run may begin before it"),
    ],
)  # fmt: skip
def test_what_can_never_be_is_told_with_its_place(tmp_path: Path, schedule: str, said: str) -> None:
    [told] = problems(loaded(tmp_path, schedule, berlim="weekend: [saturday, sunday]\n"))

    assert said in told
    assert told.startswith("sales.yaml:3")


def test_a_mistake_in_a_calendar_is_told_at_its_place_in_the_calendar(tmp_path: Path) -> None:
    report = loaded(tmp_path, DAILY + "calendar: berlin", berlin="holydays:\n  - {country: DE}\n")

    [told] = problems(report)
    assert told.startswith("berlin.yaml:1:1: unknown key 'holydays' in the calendar; did you mean 'holidays'? (allowed")


def test_a_spec_with_a_broken_calendar_still_fails_loudly_at_its_time(tmp_path: Path) -> None:
    report = loaded(tmp_path, DAILY + "calendar: berlin", berlin="holydays: 1\n")

    assert isinstance(report, BrokenReport)
    assert [schedule.id for schedule in report.schedules] == ["daily"]
    assert report.timings["daily"].recurrence is not None


def test_a_schedule_that_cannot_be_asked_for_its_next_fire_is_left_out_of_a_broken_spec(tmp_path: Path) -> None:
    report = loaded(tmp_path, "when: {type: fiscal, of: period, on: 1, at: '06:30'}")

    assert isinstance(report, BrokenReport)
    assert report.schedules == ()


def test_a_calendar_is_part_of_what_the_report_is(tmp_path: Path) -> None:
    first = loaded(tmp_path / "a", DAILY + "calendar: berlin", berlin="closed: [2026-12-24]\n")
    second = loaded(tmp_path / "b", DAILY + "calendar: berlin", berlin="closed: [2026-12-31]\n")

    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert first.digest != second.digest


def test_the_calendars_fiscal_year_is_the_schedules(tmp_path: Path) -> None:
    report = loaded(
        tmp_path, DAILY + "calendar: berlin\ncovers: previous_fiscal_year", berlin="fiscal: {starts: april}\n"
    )

    assert isinstance(report, Report)
    assert report.timing(report.spec.schedules[0]).units.fiscal is not None


@pytest.mark.parametrize("field", ["on_closed: next", "business_hours: {from: '09:00', until: '17:00'}"])
def test_what_moves_fires_is_refused_where_there_is_no_time_to_move(tmp_path: Path, field: str) -> None:
    [told] = problems(loaded(tmp_path, "when: {type: assets, all_of: [orders]}\n" + field))

    assert "there is no time that it could apply to; give `when` a 'deadline', or leave it out" in told

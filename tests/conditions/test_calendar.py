"""The condition `calendar`: a day on which a calendar is open, or closed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from judging import evidence_of
from runs import run_of
from scheduled_reports.conditions.calendar import CalendarCondition
from scheduled_reports.errors import ReportError
from scheduled_reports.spec.load import BrokenReport, Report, load
from specs import SALES, write

FILES = {
    "germany": "closed: [2026-10-01, 2026-10-05]\nweekend: [saturday, sunday]\n",
    "shop": "weekend: []\n",
    "fair": "only: [2026-10-01, 2027-10-01]\nknown_until: 2027-12-31\n",
    "broken": "wekend: []\n",
}
OLD = "  - {type: rows, dataset: orders, at_least: 1}\n"


def calendars(folder: Path) -> None:
    (folder / "include" / "calendars").mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / "include" / "calendars" / f"{name}.yaml").write_text(text)


def condition(calendar: Any = "germany", **more: Any) -> CalendarCondition:
    return CalendarCondition.model_validate({"type": "calendar", "calendar": calendar, **more})


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("fields", "met", "reason"),
    [
        ({}, True, "the calendar germany is open on Friday, 2 October 2026, the day it is due"),
        ({"is": "closed"}, False, "the calendar germany is open on Friday, 2 October 2026, the day it is due"),
        ({"day": "today"}, False, "the calendar germany is closed on Saturday, 3 October 2026, today"),
        ({"day": "today", "is": "closed"}, True, "the calendar germany is closed on Saturday, 3 October 2026, today"),
        ({"day": "first_of_period"}, False,
         "the calendar germany is closed on Thursday, 1 October 2026, the first day of the period"),
        ({"day": "last_of_period"}, False,
         "the calendar germany is closed on Thursday, 1 October 2026, the last day of the period"),
    ],
)  # fmt: skip
def test_the_day_is_looked_up(tmp_path: Path, fields: dict[str, Any], met: bool, reason: str) -> None:
    calendars(tmp_path)
    run = run_of(tmp_path, due=at("2026-10-02T06:30:00+02:00"))

    verdict = condition(**fields).judge(evidence_of(tmp_path, run=run, now=at("2026-10-03T04:30:00+00:00")))

    assert (verdict.met, verdict.reason) == (met, reason)


def test_days_are_those_of_the_schedules_time_zone(tmp_path: Path) -> None:
    calendars(tmp_path)
    evening = at("2026-10-02T22:30:00+00:00")  # Saturday, half past midnight, in Berlin

    assert not condition(day="today").judge(evidence_of(tmp_path, now=evening)).met
    assert not condition(day="due").judge(evidence_of(tmp_path, run=run_of(tmp_path, due=evening))).met


def test_a_run_that_somebody_starts_is_due_today(tmp_path: Path) -> None:
    calendars(tmp_path)

    verdict = condition().judge(evidence_of(tmp_path, run=run_of(tmp_path, due=None), now=at("2026-10-05T10:00:00Z")))

    assert (verdict.met, verdict.reason[:54]) == (False, "the calendar germany is closed on Monday, 5 October 20")


def test_several_calendars_combine_as_a_schedules_do(tmp_path: Path) -> None:
    calendars(tmp_path)
    there = evidence_of(tmp_path, now=at("2026-10-05T10:00:00Z"))

    assert not condition(["germany", "shop"], day="today").judge(there).met
    assert condition({"any_of": ["germany", "shop"]}, day="today").judge(there).met
    assert condition({"all_of": ["shop"], "except": ["germany"]}, day="today").judge(there).met


def test_it_is_asked_at_the_gate() -> None:
    assert not condition().needs_data


@pytest.mark.parametrize("day", ["2028-01-01", "2023-12-31", "2046-01-01"])
def test_a_day_that_the_calendar_does_not_know_is_an_error_and_not_a_guess(tmp_path: Path, day: str) -> None:
    calendars(tmp_path)

    with pytest.raises(ReportError, match=f"fair cannot say whether {day} is closed") as caught:
        condition("fair", day="today", **{"is": "closed"}).judge(evidence_of(tmp_path, now=at(f"{day}T12:00:00Z")))

    assert caught.value.fix == "extend it in include/calendars/"


@pytest.mark.parametrize(
    ("name", "why"), [("nowhere", "there is no calendar 'nowhere'"), ("broken", "unknown key 'wekend'")]
)
def test_a_calendar_that_cannot_be_read_is_an_error(tmp_path: Path, name: str, why: str) -> None:
    calendars(tmp_path)

    with pytest.raises(ReportError, match=f"the calendar {name} cannot be used") as caught:
        condition(name).judge(evidence_of(tmp_path))

    assert why in caught.value.why


@pytest.mark.parametrize(
    "fields",
    [{"calendar": 5}, {"calendar": ""}, {"day": "yesterday"}, {"is": "shut"}, {"is_": "open"}, {"calendar": []}],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        condition(**{"calendar": "germany", **fields})


def loaded(folder: Path, entry: str, schedule: str = '"30 6 * * *"') -> Report | BrokenReport:
    calendars(folder)
    text = SALES.replace(OLD, f"  - {{type: calendar, {entry}}}\n").replace('when: "30 6 * * *"', f"when: {schedule}")
    return load(write(folder, text), folder / "include")


@pytest.mark.parametrize(
    ("entry", "schedule", "said"),
    [
        ("calendar: germny", '"30 6 * * *"',
         "14:32: run_when[1].calendar: there is no calendar 'germny'; did you mean 'germany'?"),
        ("calendar: [germany, shp]", '"30 6 * * *"', "14:42: run_when[1].calendar[2]: there is no calendar 'shp'"),
        ("calendar: broken", '"30 6 * * *"', "14:32: run_when[1].calendar: broken.yaml:1:1: unknown key 'wekend'"),
        ("calendar: shop, is: closed", '"30 6 * * *"',
         "14:42: run_when[1].is: it can never be true: shop is closed on no day between 2024-01-01 and 2045-12-31"),
        ("calendar: fair", "{type: weekly, on: monday, at: '06:30'}",
         "14:5: run_when[1]: it can never be true: fair is open on no day it is due between"),
        ("calendar: germany, day: last_of_period", "{type: weekly, on: [sunday, monday], at: '06:30'}",
         "14:5: run_when[1]: it can never be true: germany is open on no last day of the period between"),
    ],
)  # fmt: skip
def test_what_can_never_be_is_told_at_its_place_when_the_spec_is_loaded(
    tmp_path: Path, entry: str, schedule: str, said: str
) -> None:
    report = loaded(tmp_path, entry, schedule)

    assert isinstance(report, BrokenReport)
    [told] = [str(problem).rpartition("sales.yaml:")[2] for problem in report.problems]
    assert told.startswith(said)


@pytest.mark.parametrize(
    ("entry", "schedule"),
    [
        ("calendar: germany", '"30 6 * * *"'),
        ("calendar: fair", '"30 6 * * *"'),
        ("calendar: germany, is: closed", "{type: weekly, on: monday, at: '06:30'}"),
        ("calendar: germany, day: first_of_period", "{type: weekly, on: [sunday, tuesday], at: '06:30'}"),
        ("calendar: fair", "{type: manual}"),
        ("calendar: fair", '"*/5 * * * *"'),
        ("calendar: fair", '"*/5 * * * 1"'),  # never, but with more fires than are looked at
    ],
)
def test_what_can_be_true_on_one_day_is_no_mistake(tmp_path: Path, entry: str, schedule: str) -> None:
    report = loaded(tmp_path, entry, schedule)

    assert isinstance(report, Report), [str(problem) for problem in report.problems]


def test_a_change_of_the_calendar_changes_the_reports_digest(tmp_path: Path) -> None:
    before, other = loaded(tmp_path, "calendar: germany"), loaded(tmp_path / "other", "calendar: germany")
    assert isinstance(before, Report)
    assert isinstance(other, Report)
    assert before.digest == other.digest

    file = tmp_path / "include" / "calendars" / "germany.yaml"
    file.write_text(file.read_text() + "opened: [2026-10-03]\n")
    after = load(before.path, tmp_path / "include")

    assert isinstance(after, Report)
    assert after.digest != before.digest

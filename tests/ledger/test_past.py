"""What earlier runs measured: of each period the run that ended last, and only those whose data was found good."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from judging import earlier_run
from runs import NOW, ledger_of, run_of
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import Measure, PastRuns, PastValue, note_measures
from scheduled_reports.run import Run
from specs import SALES

CALLS = "calls"


def values(run: Run, ledger: Ledger, name: str = CALLS, part: str = "", **given: Any) -> list[float | str | None]:
    found = PastRuns(run, ledger).values("rows", name, part, **given)
    return [entry.value if entry.text is None else entry.text for entry in found]


def again(ledger: Ledger, of: Run, value: float, state: RunState = RunState.DELIVERED) -> Run:
    """Note one more run of the period of a run."""
    repeated = replace(of, run_id=f"{of.run_id}__again")
    ledger.begin(repeated, [], NOW)
    note_measures(ledger, repeated, "rows", [Measure(CALLS, value)])
    ledger.end(repeated, state)
    return repeated


def test_the_newest_period_comes_first(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    for days in (3, 1, 2):
        earlier_run(ledger, run, days, "rows", Measure(CALLS, days * 10))

    assert values(run, ledger) == [10, 20, 30]


def test_what_is_known_of_an_earlier_run_is_all_there(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    earlier = earlier_run(ledger, run, 1, "rows", Measure(CALLS, 10))

    [found] = PastRuns(run, ledger).values("rows", CALLS)

    assert found == PastValue(
        earlier.period.start, earlier.period.end, "scheduled__1", RunState.DELIVERED, value=10.0, text=None
    )
    assert found.period_start.utcoffset() is not None


@pytest.mark.parametrize(
    ("state", "counts"),
    [(state, state in {RunState.DELIVERED, RunState.ARCHIVED}) for state in RunState],
)
def test_only_runs_that_were_sent_count(tmp_path: Path, state: RunState, counts: bool) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    earlier_run(ledger, run, 1, "rows", Measure(CALLS, 10), state=state)

    assert values(run, ledger) == ([10] if counts else [])
    assert values(run, ledger, states=[state]) == [10]


def test_of_one_period_the_run_that_ended_last_counts(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    first = earlier_run(ledger, run, 1, "rows", Measure(CALLS, 10))
    again(ledger, first, 11)

    assert values(run, ledger) == [11]


def test_a_cleared_run_that_was_sent_again_is_the_one_that_ended_last(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    first = earlier_run(ledger, run, 1, "rows", Measure(CALLS, 10))
    again(ledger, first, 11)
    note_measures(ledger, first, "rows", [Measure(CALLS, 12)])
    ledger.end(first, RunState.DELIVERED)

    assert values(run, ledger) == [12]


def test_a_run_that_was_stopped_does_not_hide_the_one_that_was_sent_for_the_same_period(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    first = earlier_run(ledger, run, 1, "rows", Measure(CALLS, 10))
    again(ledger, first, 0, RunState.STOPPED)

    assert values(run, ledger) == [10]


def test_a_newer_run_that_measured_something_else_does_not_hide_an_older_one(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    first = earlier_run(ledger, run, 1, "rows", Measure(CALLS, 10))
    later = again(ledger, first, 11)
    note_measures(ledger, later, "rows", [Measure("orders", 5)])

    assert values(run, ledger) == [10]
    assert values(run, ledger, "orders") == [5]


@pytest.mark.parametrize("change", [{"parameters": {"region": "north"}}, {"own_period": True}])
def test_a_run_with_other_parameters_or_a_period_of_its_own_is_compared_with_its_like_only(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    earlier_run(ledger, run, 2, "rows", Measure(CALLS, 20))
    other = earlier_run(ledger, replace(run, **change), 1, "rows", Measure(CALLS, 10))

    past = PastRuns(run, ledger)
    newest, last = past.newest("rows", CALLS), past.last_delivered("rows", CALLS)

    assert values(run, ledger) == [20]
    assert newest is not None
    assert newest.value == 20
    assert last is not None
    assert last.started_at < NOW - dt.timedelta(days=1)
    like = replace(run, **change, period=other.period) if "own_period" in change else replace(run, **change)
    found = PastRuns(like, ledger).newest("rows", CALLS)
    assert found is not None
    assert found.value == 10


def test_the_same_period_never_counts(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    again(ledger, run, 99)

    assert values(run, ledger) == []


def test_a_period_within_this_one_that_ends_with_it_counts_and_a_later_one_does_not(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    timing = run.report.timing(run.schedule)
    noon = run.period.start + dt.timedelta(hours=12)
    again(ledger, replace(run, period=timing.period_between(noon, run.period.end), run_id="half"), 5)
    later = timing.period_between(run.period.end, run.period.end + dt.timedelta(days=1))
    again(ledger, replace(run, period=later, run_id="tomorrow"), 7)

    assert values(run, ledger) == [5]


def test_the_run_itself_never_counts_whatever_period_it_had_before(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    earlier = earlier_run(ledger, run, 1, "rows", Measure(CALLS, 10))

    assert values(replace(run, run_id=earlier.run_id), ledger) == []


def test_no_more_periods_are_read_than_asked_for_however_often_each_was_run(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    for days in (1, 2, 3, 4):
        entry = earlier_run(ledger, run, days, "rows", Measure(CALLS, days))
        for number in range(6):
            entry = again(ledger, entry, days + number / 10)

    assert values(run, ledger, limit=3) == [1.5, 2.5, 3.5]


def test_other_reports_and_other_schedules_do_not_count(tmp_path: Path) -> None:
    two = SALES + '  - {id: weekly, when: "30 6 * * 1", timezone: Europe/Berlin}\n'
    run, ledger = run_of(tmp_path, two), ledger_of(tmp_path)
    earlier_run(ledger, replace(run, schedule=run.report.spec.schedules[1]), 1, "rows", Measure(CALLS, 10))
    earlier_run(ledger, replace(run, report=replace(run.report, id="costs")), 1, "rows", Measure(CALLS, 11))

    assert values(run, ledger) == []


def test_kinds_names_and_parts_are_kept_apart(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    earlier = earlier_run(
        ledger, run, 1, "rows", Measure(CALLS, 1), Measure(CALLS, 2, "phone"), Measure("orders", 3, "phone")
    )
    note_measures(ledger, earlier, "kpi", [Measure(CALLS, 4), Measure("word", "blue")])

    assert values(run, ledger) == [1]
    assert values(run, ledger, CALLS, "phone") == [2]
    assert values(run, ledger, CALLS, "Phone") == []
    [kpi] = PastRuns(run, ledger).values("kpi", "word")
    assert (kpi.value, kpi.text) == (None, "blue")


def test_a_name_with_quotes_in_it_is_a_name_like_any_other(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    name = """x' OR ''='" – Łódź 🚚"""
    earlier_run(ledger, run, 1, "rows", Measure(name, 1, name), Measure(CALLS, 2))

    assert values(run, ledger, name, name) == [1]


def test_every_part_comes_with_its_own_values(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    earlier_run(ledger, run, 1, "rows", Measure(CALLS, 1, "chat"), Measure(CALLS, 2, "phone"))
    earlier_run(ledger, run, 2, "rows", Measure(CALLS, 3, "phone"))
    earlier_run(ledger, run, 3, "rows", Measure(CALLS, 4, "chat"), Measure("orders", 9, "fax"))

    def found(**given: Any) -> dict[str, list[float | None]]:
        parts = PastRuns(run, ledger).parts("rows", CALLS, **given)
        return {part: [entry.value for entry in entries] for part, entries in parts.items()}

    assert found() == {"chat": [1, 4], "phone": [2, 3]}
    assert found(limit=2) == {"chat": [1], "phone": [2, 3]}
    assert found(states=[RunState.STOPPED]) == {}


def test_measuring_again_replaces_what_the_run_measured_before(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    earlier = earlier_run(ledger, run, 1, "rows", Measure(CALLS, 1), Measure("orders", 2))
    note_measures(ledger, earlier, "kpi", [Measure(CALLS, 3)])
    note_measures(ledger, earlier, "rows", [Measure(CALLS, 4)])

    assert values(run, ledger) == [4]
    assert values(run, ledger, "orders") == []
    assert len(PastRuns(run, ledger).values("kpi", CALLS)) == 1


def test_without_a_ledger_nothing_is_known(tmp_path: Path) -> None:
    past = PastRuns(run_of(tmp_path), None)

    assert past.values("rows", CALLS) == []
    assert past.parts("rows", CALLS) == {}


def test_no_query_reads_all_that_the_ledger_has(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    plans: list[str] = []

    class Watched:
        def read(self, query: Any) -> list[Any]:
            sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
            with ledger.writing() as connection:
                plan = connection.execute(text("EXPLAIN QUERY PLAN " + sql.replace(":", r"\:"))).all()
            plans.extend(str(row[3]) for row in plan)
            return ledger.read(query)

    past = PastRuns(run, Watched())  # type: ignore[arg-type]
    past.values("rows", CALLS, "phone")
    past.parts("rows", CALLS)

    looks = [plan for plan in plans if "scheduled_reports_measure" in plan]
    by_run = (
        "ix_scheduled_reports_measure_report_id_schedule_id_run_id_kind (report_id=? AND schedule_id=? AND run_id=?"
    )
    assert len(looks) == 4
    assert all(by_run in look for look in looks), looks
    assert not [plan for plan in plans if "SCAN scheduled_reports" in plan]

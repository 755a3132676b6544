"""The check `trend`: what is usual is told by earlier runs that were sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from judging import Columns, earlier_run, results_of
from runs import ledger_of, run_of
from scheduled_reports.checks import Outcome
from scheduled_reports.errors import CheckError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.past import Measure
from scheduled_reports.run import Run
from trends import judged, noted, only, trend

USUAL = [3050, 2950, 3214, 3100, 3000, 2980, 3060, 3120]


def rows(count: int) -> Columns:
    return {"seconds": [1.5] * count}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return run_of(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return ledger_of(tmp_path)


@pytest.mark.parametrize(("count", "outcome"), [(812, "failed"), (2700, "passed"), (3050, "passed"), (3600, "failed")])
def test_a_number_of_rows_is_compared_with_those_of_the_same_weekday(
    tmp_path: Path, run: Run, ledger: Ledger, count: int, outcome: str
) -> None:
    check = trend()
    noted(ledger, run, USUAL, check, every=7)

    assert only(check, tmp_path, rows(count), ledger, run) == (
        outcome,
        f"calls has {count:,} rows; the last 8 Thursdays had 2,950 to 3,214 (median 3,055), so 2,622 to 3,488 is usual",
    )


def test_the_numbers_of_rows_that_every_run_notes_are_its_history_from_the_first_day() -> None:
    assert trend().kept_as == ("rows", "calls")
    assert trend(where="true").kept_as[0] == "check"
    assert trend(by="channel").kept_as[0] == "check"
    assert trend(measure="sum(seconds)").kept_as[0] == "check"


def test_a_changed_definition_begins_anew_and_changed_limits_do_not() -> None:
    check = trend(measure="sum(a)")

    others = [{"measure": "sum(b)"}, {"where": "a > 1"}, {"by": "c"}, {"dataset": "orders"}]
    assert len({check.kept_as, *(trend(**{"measure": "sum(a)", **other}).kept_as for other in others)}) == 5
    assert trend(measure="sum(a)", within=9, learn=3, severity="warn", id="x").kept_as == check.kept_as


@pytest.mark.parametrize("known", [0, 3, 4])
def test_with_too_short_a_history_it_is_learning(tmp_path: Path, run: Run, ledger: Ledger, known: int) -> None:
    noted(ledger, run, USUAL[:known], trend())

    assert only(trend(), tmp_path, rows(3), ledger, run) == (
        "learning", f"calls has 3 rows; learning, {known} of 5 runs"
    )  # fmt: skip


def test_without_a_ledger_as_in_a_preview_it_is_learning(tmp_path: Path) -> None:
    [result] = results_of(trend(), tmp_path, calls=rows(3))

    assert (result.outcome, result.reason) == ("learning", "calls has 3 rows; learning, 0 of 5 runs")


def test_runs_that_were_not_sent_teach_nothing(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    check = trend(weekdays=False)
    noted(ledger, run, USUAL[:5], check)
    for days in range(6, 12):
        earlier_run(ledger, run, days, "rows", Measure("calls", 0), state=RunState.STOPPED)

    outcome, reason = only(check, tmp_path, rows(0), ledger, run)

    assert outcome is Outcome.FAILED
    assert "the last 5 runs had 2,950 to 3,214" in reason


def test_only_the_newest_runs_are_compared_with(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    check = trend(weekdays=False, runs=5)
    noted(ledger, run, [*USUAL[:5], *[10] * 10], check)

    assert only(check, tmp_path, rows(10), ledger, run)[0] is Outcome.FAILED
    assert "the last 5 runs had 2,950 to 3,214" in only(check, tmp_path, rows(3050), ledger, run)[1]


def test_a_first_sunday_is_not_judged_by_working_days_and_a_second_is_by_the_first(
    tmp_path: Path, run: Run, ledger: Ledger
) -> None:
    noted(ledger, run, USUAL[:6], trend())
    assert only(trend(), tmp_path, rows(500), ledger, run) == (
        "learning", "calls has 500 rows; learning, no Thursday yet"
    )  # fmt: skip

    earlier_run(ledger, run, 7, "rows", Measure("calls", 500))
    outcome, reason = only(trend(), tmp_path, rows(520), ledger, run)

    assert (outcome, "the last 7 runs and 1 Thursday had 500 to 3,214" in reason) == (Outcome.PASSED, True)
    assert only(trend(), tmp_path, rows(0), ledger, run)[0] is Outcome.FAILED


@pytest.mark.parametrize(
    ("history", "given", "passes", "fails"),
    [
        ([3000] * 8, {}, 3150, 3151),
        ([3000] * 8, {"ignore": 500}, 3500, 3501),
        ([3000] * 8, {"ignore": "0%"}, 3001, 3002),
        ([3] * 8, {}, 4, 5),
        ([0] * 8, {}, 1, 2),
        ([0] * 8, {"ignore": 20}, 20, 21),
        ([0] * 8 + [50] * 4, {}, 50, 63),
    ],
)
def test_a_constant_history_leaves_some_room(
    tmp_path: Path, run: Run, ledger: Ledger, history: list[int], given: dict[str, Any], passes: int, fails: int
) -> None:
    check = trend(weekdays=False, **given)
    noted(ledger, run, history, check)

    assert only(check, tmp_path, rows(passes), ledger, run)[0] is Outcome.PASSED
    assert only(check, tmp_path, rows(fails), ledger, run)[0] is Outcome.FAILED


def test_a_constant_history_is_told_as_such(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    check = trend(weekdays=False)
    noted(ledger, run, [3000] * 5, check)

    assert only(check, tmp_path, rows(1), ledger, run)[1] == (
        "calls has 1 row; the last 5 runs all had 3,000, so 2,850 to 3,150 is usual"
    )


def test_any_aggregate_can_be_measured_and_is_kept(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    check = trend(measure="sum(amount) / 3 -- in thirds", where="amount > 0", weekdays=False)
    noted(ledger, run, [10.5, 10, 11, 10.25, 9.75], check)
    calls = {"amount": [-5.0, 100.0]}

    [result] = judged(check, tmp_path, calls, ledger, run).values()

    assert result.outcome is Outcome.FAILED
    assert result.reason == (
        "calls where amount > 0: sum(amount) / 3 is 33.3333; the last 5 runs had 9.75 to 11 "
        "(median 10.25), so 8.0261 to 12.4739 is usual"
    )
    assert (result.value, result.basis) == (pytest.approx(100 / 3), check.kept_as[1])


def test_a_number_of_rows_that_every_run_notes_is_not_kept_twice(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    [result] = judged(trend(), tmp_path, rows(3), ledger, run).values()

    assert (result.value, result.basis) == (3.0, "")


@pytest.mark.parametrize(
    ("values", "measure", "words"),
    [
        ([None, None], "sum(seconds)", "calls: sum(seconds) has no value in 2 rows"),
        ([1.0, float("nan")], "sum(seconds)", "calls: sum(seconds) is NaN, which cannot be compared"),
        ([1.0, float("inf")], "max(seconds)", "calls: max(seconds) is Infinity, which cannot be compared"),
    ],
)
def test_what_has_no_number_fails_and_teaches_nothing(
    tmp_path: Path, run: Run, ledger: Ledger, values: list[float | None], measure: str, words: str
) -> None:
    calls = pa.table({"seconds": pa.array(values, pa.float64())})

    [result] = judged(trend(measure=measure), tmp_path, calls, ledger, run).values()

    assert (result.outcome, result.reason, result.basis) == ("failed", words, "")


@pytest.mark.parametrize(
    ("measure", "kind"),
    [("max(channel)", "str"), ("bool_or(true)", "bool"), ("(count(*), 1)", "dict"), ("DATE '2026-01-01'", "date")],
)
def test_what_is_no_number_cannot_be_judged(tmp_path: Path, run: Run, ledger: Ledger, measure: str, kind: str) -> None:
    with pytest.raises(CheckError, match=f"check 'trend_calls': .* of calls gives {kind}, no number"):
        judged(trend(measure=measure), tmp_path, {"channel": ["phone"]}, ledger, run)


def test_numbers_too_large_to_compare_are_told(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    check = trend(measure="max(seconds)", weekdays=False)
    noted(ledger, run, [1.7e308, -1.7e308, 1.7e308, -1.7e308, 0.0], check)

    with pytest.raises(CheckError, match="too large to be compared"):
        judged(check, tmp_path, {"seconds": [1.0]}, ledger, run)


def test_large_numbers_are_exact_enough(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    check = trend(measure="sum(cents)", weekdays=False)
    noted(ledger, run, [9e15] * 5, check)
    calls = pa.table({"cents": pa.array([9 * 10**15], pa.int64())})

    assert only(check, tmp_path, calls, ledger, run)[1].startswith(
        "calls: sum(cents) is 9,000,000,000,000,000; the last 5 runs all had 9,000,000,000,000,000, so"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"learn": 13}, r"learn \(13\) is above runs \(12\); it would be learning for ever"),
        ({"learn": 2}, "greater than or equal to 3"),
        ({"runs": 101}, "less than or equal to 100"),
        ({"within": 0}, "greater than 0"),
        ({"within": "wide"}, "valid number"),
        ({"ignore": -1}, "no distance"),
        ({"weekdays": "sometimes"}, "weekdays"),
        ({"limits": {"phone": {"within": 2}}}, "write 'by' too"),
        ({"by": "channel", "limits": {"phone": {"learn": 3}}}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        trend(**given)

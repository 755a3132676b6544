"""The check `trend`, part by part: each has a history of its own, and is missed where it has no row."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from judging import data_of, earlier_run
from runs import ledger_of, run_of
from scheduled_reports.checks import Outcome
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.past import Measure
from scheduled_reports.run import Run
from trends import judged, noted, only, trend


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return run_of(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return ledger_of(tmp_path)


def test_each_part_is_compared_with_its_own_history_and_has_its_own_limits(
    tmp_path: Path, run: Run, ledger: Ledger
) -> None:
    check = trend(by="channel", weekdays=False, limits={"mail": {"ignore": 100}})
    name = check.kept_as[1]
    for days in range(1, 7):
        earlier_run(ledger, run, days, "check", Measure(name, 5, "phone"), Measure(name, 1, "mail"))
    calls = {"channel": ["phone"] * 9 + ["mail"] * 9 + ["chat"] + [None]}

    results = judged(check, tmp_path, calls, ledger, run)

    assert {part: result.outcome for part, result in results.items()} == {
        "phone": "failed", "mail": "passed", "chat": "learning", "": "learning",
    }  # fmt: skip
    assert results["chat"].reason == "calls (chat) has 1 row; learning, 0 of 5 runs"
    assert all(result.basis == name for result in results.values())


def test_a_part_that_earlier_runs_had_is_missed(tmp_path: Path, run: Run, ledger: Ledger) -> None:
    check = trend(by="channel", weekdays=False)
    name = check.kept_as[1]
    for days in range(1, 7):
        earlier_run(
            ledger, run, days, "check", Measure(name, 5, "phone"), Measure(name, 7, "fax"), Measure(name, 0, "x")
        )

    results = judged(check, tmp_path, {"channel": ["phone"] * 5}, ledger, run)

    assert set(results) == {"phone", "fax"}  # of x there was no row in any of them: it is forgotten
    assert results["fax"].outcome is Outcome.FAILED
    assert results["fax"].reason.startswith("calls (fax) has 0 rows; the last 6 runs all had 7")
    assert (results["fax"].value, results["fax"].basis) == (0.0, name)


def test_where_no_part_has_a_row_those_that_earlier_runs_had_are_missed(
    tmp_path: Path, run: Run, ledger: Ledger
) -> None:
    check, empty = trend(by="channel", weekdays=False), pa.table({"channel": pa.array([], pa.string())})
    assert only(check, tmp_path, empty, ledger, run) == ("learning", "calls has 0 rows; learning, 0 of 5 runs")

    noted(ledger, run, [7] * 5, check, "fax")

    results = judged(check, tmp_path, empty, ledger, run)
    assert {part: result.outcome for part, result in results.items()} == {"fax": "failed"}


def test_a_part_without_row_has_no_sum_and_is_missed_once_enough_is_known(
    tmp_path: Path, run: Run, ledger: Ledger
) -> None:
    check = trend(by="channel", measure="sum(seconds)", weekdays=False)
    name, calls = check.kept_as[1], {"channel": ["phone"], "seconds": [50]}
    for days in range(1, 7):
        often = [Measure(name, 50, "fax")] if days > 1 else []
        seldom = [Measure(name, 50, "telex")] if days == 3 else []
        earlier_run(ledger, run, days, "check", Measure(name, 50, "phone"), *often, *seldom)

    results = judged(check, tmp_path, calls, ledger, run)

    assert (results["fax"].outcome, results["fax"].reason, results["fax"].basis) == (
        "failed", "calls (fax) has no row, and so no sum(seconds); the last 5 runs had one", "",
    )  # fmt: skip
    assert (results["telex"].outcome, results["telex"].reason) == (
        "learning", "calls (telex) has no row, and so no sum(seconds); learning, 1 of 5 runs",
    )  # fmt: skip


def test_a_part_that_the_spec_names_is_judged_though_nobody_has_seen_it(
    tmp_path: Path, run: Run, ledger: Ledger
) -> None:
    check = trend(by="channel", limits={"fax": {"within": 5}})

    results = judged(check, tmp_path, {"channel": ["phone"]}, ledger, run)

    assert results["fax"].reason == "calls (fax) has 0 rows; learning, 0 of 5 runs"


def test_one_check_asks_the_ledger_once_however_many_parts_there_are(
    tmp_path: Path, run: Run, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, asked = trend(by="channel"), []
    read = ledger.read
    monkeypatch.setattr(ledger, "read", lambda query: asked.append(query) or read(query))
    calls = {"channel": [f"channel {number}" for number in range(900)]}

    results = list(check.judge(data_of(tmp_path, ledger=ledger, run=run, calls=calls)))

    assert (len(results), len(asked)) == (900, 1)

"""A condition that cannot be asked yet: a run waits for the answer where it decides, and is never sent without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runs import connect_shop, ledger_of, run_of
from scheduled_reports.errors import CheckError, ReportError, SourceError
from scheduled_reports.steps import RunSkipped, RunWaits
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scripted import ASKED, Scripted, judged_by
from steps.flagged import FLAG, GONE, MINUTE, WRONG, at, flagged

REFUSED = "run_when:\n  all: [{type: value, connection: refused, sql: SELECT 1, at_least: 1}]\n  wait_for: 45m\n"


def test_a_database_that_is_away_counts_as_not_yet_and_at_the_end_fails(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connection("refused", conn_type="postgres", host="127.0.0.1", port=9, schema="x", login="x", password="x")
    run = run_of(tmp_path, flagged().replace(FLAG, REFUSED))
    ledger = ledger_of(tmp_path)

    with pytest.raises(RunWaits, match=r"refused.*; it waits until"):
        at(run, ledger, 5)
    with pytest.raises(ReportError, match="refused") as caught:
        at(run, ledger, 45)
    assert caught.value.retryable


def test_a_database_that_comes_back_while_it_waits_loses_nothing(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connection("refused", conn_type="postgres", host="127.0.0.1", port=9, schema="x", login="x", password="x")
    run, ledger = run_of(tmp_path, flagged().replace(FLAG, REFUSED)), ledger_of(tmp_path)
    with pytest.raises(RunWaits):
        at(run, ledger, 5)
    connection("refused", conn_type="sqlite", host=str(tmp_path / "shop.db"))

    assert at(run, ledger, 6)["deliveries"] == 2


@pytest.mark.parametrize(
    ("group", "answers", "told"),
    [
        ("all", (True, GONE), RunWaits),
        ("all", (False, GONE), RunWaits),
        ("any", (False, GONE), RunWaits),
        ("any", (True, GONE), None),
        ("not_", (GONE,), RunWaits),
        ("any", (True, WRONG), SourceError),
        ("all", (False, WRONG), SourceError),
    ],
)
def test_what_cannot_be_asked_is_waited_for_where_it_decides(
    tmp_path: Path, group: str, answers: tuple[Any, ...], told: type[Exception] | None
) -> None:
    conditions = [Scripted(name=f"thing {number}", says=(answer,)) for number, answer in enumerate(answers)]
    run = judged_by(run_of(tmp_path), *conditions, group=group, wait_for=45 * MINUTE)
    if told is None:
        assert at(run, ledger_of(tmp_path), 1)["deliveries"] == 2
        return
    with pytest.raises(told):
        at(run, ledger_of(tmp_path), 1)


def test_without_a_wait_what_cannot_be_asked_fails_to_be_tried_again(tmp_path: Path) -> None:
    run = judged_by(run_of(tmp_path), Scripted(says=(GONE,)))

    with pytest.raises(SourceError, match="the warehouse is away") as caught:
        at(run, ledger_of(tmp_path), 0)
    assert caught.value.retryable


def test_what_is_not_met_after_the_wait_skips_also_where_another_cannot_be_asked(tmp_path: Path) -> None:
    conditions = Scripted(name="flag", says=(False,)), Scripted(name="other", says=(GONE,))
    run = judged_by(run_of(tmp_path), *conditions, wait_for=45 * MINUTE)

    with pytest.raises(RunSkipped, match=r"^flag is not there, after 45m of waiting$"):
        at(run, ledger_of(tmp_path), 45)


@pytest.mark.parametrize(("error", "retryable"), [(KeyError("rows"), False), (ConnectionError("reset"), True)])
def test_a_condition_that_breaks_is_no_pass(tmp_path: Path, error: Exception, retryable: bool) -> None:
    run = judged_by(run_of(tmp_path), Scripted(says=(error,)))

    with pytest.raises(
        CheckError, match=rf"the condition all\[1\] \(scripted\) .*: {type(error).__name__}: "
    ) as caught:
        at(run, ledger_of(tmp_path), 0)
    assert caught.value.retryable is retryable


def test_conditions_on_data_are_left_open_at_the_gate_and_decide_afterwards(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    flag, rows = Scripted(name="flag", says=(False,)), Scripted(name="rows", data=True, says=(False,))
    run, ledger = judged_by(run_of(tmp_path), flag, rows, group="any", wait_for=45 * MINUTE), ledger_of(tmp_path)

    at(run, ledger, 0)
    extract(run)
    with pytest.raises(RunSkipped, match=r"^flag is not there; rows is not there$"):
        check(run, ledger)

    assert ASKED == {"flag": 1, "rows": 1}


def test_a_condition_that_neither_holds_nor_fails_stops_the_run(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    run, ledger = judged_by(run_of(tmp_path), Scripted(name="flag", says=(None,))), ledger_of(tmp_path)
    at(run, ledger, 0)
    extract(run)

    with pytest.raises(CheckError, match=r"neither hold nor fail: all\[1\]: flag may come"):
        check(run, ledger)


def test_what_the_gate_could_not_ask_is_asked_afterwards_only_where_it_decides(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    conditions = Scripted(name="flag"), Scripted(name="other", says=(GONE, False))
    run, ledger = judged_by(run_of(tmp_path), *conditions, group="any"), ledger_of(tmp_path)
    at(run, ledger, 0)
    extract(run)

    check(run, ledger)

    assert ASKED == {"flag": 1, "other": 1}

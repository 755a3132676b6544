"""The check `complete`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import check_of, results_of, rows_in
from scheduled_reports.checks import Outcome
from scheduled_reports.errors import CheckError

CALLS = {"id": [1, 2, 3], "agent": ["Ann", None, "Ben"], "began": [None, None, 1]}


def test_a_row_without_agent_fails(tmp_path: Path) -> None:
    (result,) = results_of(check_of("complete", dataset="calls", columns="agent"), tmp_path, calls=CALLS)

    assert (result.outcome, result.count, result.value) == (Outcome.FAILED, 1, 1.0)
    assert result.reason == "calls: agent is empty in 1 of 3 rows, none allowed"
    assert rows_in(result.failing, tmp_path) == [{"id": 2, "agent": None, "began": None}]
    assert result.failing is not None
    assert result.failing.table == "calls"


def test_a_row_that_lacks_two_values_fails_once_and_each_column_is_counted(tmp_path: Path) -> None:
    (result,) = results_of(check_of("complete", dataset="calls", columns=["agent", "began"]), tmp_path, calls=CALLS)

    assert result.count == 2
    told = "calls: agent or began is empty in 2 of 3 rows, none allowed (agent is empty in 1, began is empty in 2)"
    assert result.reason == told
    assert [row["id"] for row in rows_in(result.failing, tmp_path)] == [1, 2]


@pytest.mark.parametrize("agents", [["Ann"] * 3, ["", " ", "\0"], [0, 0, 0], [float("nan")] * 3])
def test_what_is_not_null_is_there(tmp_path: Path, agents: list[Any]) -> None:
    (result,) = results_of(check_of("complete", dataset="calls", columns="agent"), tmp_path, calls={"agent": agents})

    assert (result.outcome, result.failing) == (Outcome.PASSED, None)
    assert result.reason == "calls: agent is empty in 0 of 3 rows, none allowed"


def test_a_table_without_rows_passes_and_says_so(tmp_path: Path) -> None:
    empty = pa.table({"agent": pa.array([], pa.string())})

    (result,) = results_of(check_of("complete", dataset="calls", columns="agent"), tmp_path, calls=empty)

    assert (result.outcome, result.count) == (Outcome.PASSED, 0)
    assert result.reason == "calls: agent is empty in 0 of 0 rows, none allowed"


def test_a_column_of_nothing_but_nulls_fails_in_every_row(tmp_path: Path) -> None:
    (result,) = results_of(check_of("complete", dataset="calls", columns="a"), tmp_path, calls={"a": [None, None]})

    assert result.reason == "calls: a is empty in 2 of 2 rows, none allowed"


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="calls has no column 'agnet': did you mean 'agent'") as caught:
        results_of(check_of("complete", dataset="calls", columns=["id", "agnet"]), tmp_path, calls=CALLS)

    assert "check 'complete_calls'" in str(caught.value)


@pytest.mark.parametrize(
    "name", ['say "hi"', "Größe", "ID", "a b", "x;--", "'", ":name", "select", "名前", '"', "a''b"]
)
def test_a_column_may_have_any_name(tmp_path: Path, name: str) -> None:
    (result,) = results_of(
        check_of("complete", dataset="calls", columns=name, by=name), tmp_path, calls={name: ["x", "x"]}
    )

    assert (result.outcome, result.part) == (Outcome.PASSED, "x")


@settings(deadline=None, max_examples=30)
@given(agents=st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=3), max_size=20))
def test_as_many_fail_as_are_null(tmp_path_factory: pytest.TempPathFactory, agents: list[str | None]) -> None:
    table = pa.table({"agent": pa.array(agents, pa.string())})

    (result,) = results_of(
        check_of("complete", dataset="calls", columns="agent"), tmp_path_factory.mktemp("complete"), calls=table
    )

    assert result.count == agents.count(None)

"""The check `references`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from judging import check_of, results_of, rows_in
from scheduled_reports.checks import Outcome
from scheduled_reports.errors import CheckError

AGENTS = {"id": [1, 2, None], "site": ["Kiel", "Bonn", "Kiel"]}


def test_a_value_without_a_row_there_fails(tmp_path: Path) -> None:
    check = check_of("references", dataset="calls", columns="agent", to="agents", to_columns="id")

    (result,) = results_of(check, tmp_path, calls={"agent": [1, 1, 3, None]}, agents=AGENTS)

    assert result.reason == "calls: agent is not in agents in 1 of 4 rows, none allowed"
    assert rows_in(result.failing, tmp_path) == [{"agent": 3}]


def test_columns_are_looked_up_together_under_their_own_names(tmp_path: Path) -> None:
    check = check_of("references", dataset="calls", columns=["id", "site"], to="agents")
    calls = {"id": [1, 1, 2, None, 9], "site": ["Kiel", "Bonn", "Bonn", "Rome", None]}

    (result,) = results_of(check, tmp_path, calls=calls, agents=AGENTS)

    assert result.reason == "calls: id and site are not in agents in 1 of 5 rows, none allowed"
    assert rows_in(result.failing, tmp_path) == [{"id": 1, "site": "Bonn"}]


@pytest.mark.parametrize("agents", [{"id": pa.array([], pa.int64())}, {"id": pa.array([None], pa.int64())}])
def test_nothing_is_in_a_table_without_values(tmp_path: Path, agents: dict[str, Any]) -> None:
    check = check_of("references", dataset="calls", columns="id", to="agents")

    (result,) = results_of(check, tmp_path, calls={"id": [1, None]}, agents=agents)

    assert result.count == 1


def test_a_table_may_refer_to_itself(tmp_path: Path) -> None:
    check = check_of("references", dataset="staff", columns="boss", to="staff", to_columns="id", where="id > 1")

    (result,) = results_of(check, tmp_path, staff={"id": [1, 2, 3], "boss": [9, 1, 8]})

    assert rows_in(result.failing, tmp_path) == [{"id": 3, "boss": 8}]


def test_keys_of_different_kinds_are_not_compared(tmp_path: Path) -> None:
    check = check_of("references", dataset="calls", columns="agent", to="agents", to_columns="id")

    with pytest.raises(CheckError, match="'agent' of calls is text: 'id' of agents is a number"):
        results_of(check, tmp_path, calls={"agent": ["001"]}, agents=AGENTS)


def test_whole_numbers_and_decimals_are_compared(tmp_path: Path) -> None:
    check = check_of("references", dataset="calls", columns="id", to="agents")

    (result,) = results_of(check, tmp_path, calls={"id": [1.0, 1.5]}, agents=AGENTS)

    assert result.count == 1


def test_a_column_without_values_passes_whatever_its_type(tmp_path: Path) -> None:
    check = check_of("references", dataset="calls", columns="id", to="agents")

    (result,) = results_of(check, tmp_path, calls={"id": pa.array([None], pa.string())}, agents=AGENTS)

    assert result.outcome is Outcome.PASSED


def test_a_column_that_is_not_there_is_named_with_its_table(tmp_path: Path) -> None:
    check = check_of("references", dataset="calls", columns="id", to="agents", to_columns="idd")

    with pytest.raises(CheckError, match="agents has no column 'idd': did you mean 'id'"):
        results_of(check, tmp_path, calls={"id": [1]}, agents=AGENTS)


def test_as_many_columns_must_be_named_there() -> None:
    with pytest.raises(ValidationError, match="'columns' has 2 and 'to_columns' 1"):
        check_of("references", dataset="calls", columns=["a", "b"], to="agents", to_columns="a")


_KEYS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 2) | st.none()), max_size=12)


@settings(deadline=None, max_examples=40)
@given(own=_KEYS, other=_KEYS)
def test_a_row_fails_where_its_whole_key_is_nowhere_there(
    tmp_path_factory: pytest.TempPathFactory, own: list[tuple], other: list[tuple]
) -> None:
    def table(keys: list[tuple]) -> pa.Table:
        return pa.table(
            {"x": pa.array([x for x, _ in keys], pa.string()), "y": pa.array([y for _, y in keys], pa.int64())}
        )

    check = check_of("references", dataset="calls", columns=["x", "y"], to="agents")

    (result,) = results_of(check, tmp_path_factory.mktemp("references"), calls=table(own), agents=table(other))

    assert result.count == sum(None not in key and key not in other for key in own)

"""The check `unique`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import check_of, results_of, rows_in
from scheduled_reports.checks import Outcome

CALLS = {"id": [1, 2, 2, 3, 2], "day": ["a", "a", "b", "b", "b"]}


def test_all_rows_that_share_a_key_fail(tmp_path: Path) -> None:
    (result,) = results_of(check_of("unique", dataset="calls", columns="id"), tmp_path, calls=CALLS)

    assert result.reason == "calls: id is not unique in 3 of 5 rows, none allowed"
    assert rows_in(result.failing, tmp_path) == [
        {"id": 2, "day": "a"}, {"id": 2, "day": "b"}, {"id": 2, "day": "b"},
    ]  # fmt: skip


def test_columns_are_a_key_together(tmp_path: Path) -> None:
    (result,) = results_of(check_of("unique", dataset="calls", columns=["id", "day"]), tmp_path, calls=CALLS)

    assert result.reason == "calls: id and day are not unique in 2 of 5 rows, none allowed"


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        ([None, None], 0),
        ([None, 1, 1], 2),
        (["a", "A"], 0),
        (["", "", None], 2),
        ([float("nan"), float("nan")], 2),
        ([0.0, -0.0], 2),
        (["é", "e\u0301"], 0),
        ([9007199254740992, 9007199254740993], 0),
        ([], 0),
    ],
)
def test_keys_are_compared_as_sql_does_it(tmp_path: Path, keys: list[Any], count: int) -> None:
    table = pa.table({"id": pa.array(keys) if keys else pa.array([], pa.string())})

    (result,) = results_of(check_of("unique", dataset="calls", columns="id"), tmp_path, calls=table)

    assert result.count == count


def test_a_key_of_which_a_part_is_null_is_like_no_other(tmp_path: Path) -> None:
    calls = {"id": [1, 1, 1], "day": [None, None, "a"]}

    (result,) = results_of(check_of("unique", dataset="calls", columns=["id", "day"]), tmp_path, calls=calls)

    assert result.outcome is Outcome.PASSED


def test_only_rows_that_are_looked_at_are_compared(tmp_path: Path) -> None:
    check = check_of("unique", dataset="calls", columns="id", where="day = 'b' -- no others")

    (result,) = results_of(check, tmp_path, calls=CALLS)

    assert result.reason == "calls: id is not unique in 2 of 3 rows, none allowed"
    assert rows_in(result.failing, tmp_path) == [{"id": 2, "day": "b"}, {"id": 2, "day": "b"}]


def test_parts_are_compared_within_themselves(tmp_path: Path) -> None:
    calls = {"id": [1, 1, 2, 2, 3, 3], "day": ["a", "b", "b", "b", None, None]}

    first, second, third = results_of(
        check_of("unique", dataset="calls", columns="id", by="day", limits={"b": {"allow": 2}}), tmp_path, calls=calls
    )

    assert first.reason == "calls (without day): id is not unique in 2 of 2 rows, none allowed"
    assert rows_in(first.failing, tmp_path) == [{"id": 3, "day": None}] * 2
    assert (second.part, second.count, second.outcome) == ("a", 0, Outcome.PASSED)
    assert (third.part, third.count, third.outcome) == ("b", 2, Outcome.PASSED)


@settings(deadline=None, max_examples=60)
@given(keys=st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 3) | st.none()), max_size=20))
def test_a_row_fails_where_its_whole_key_is_there_twice(
    tmp_path_factory: pytest.TempPathFactory, keys: list[tuple[str | None, int | None]]
) -> None:
    table = pa.table(
        {"x": pa.array([x for x, _ in keys], pa.string()), "y": pa.array([y for _, y in keys], pa.int64())}
    )

    (result,) = results_of(
        check_of("unique", dataset="calls", columns=["x", "y"]), tmp_path_factory.mktemp("unique"), calls=table
    )

    counts = Counter(key for key in keys if None not in key)
    assert result.count == sum(count for count in counts.values() if count > 1)

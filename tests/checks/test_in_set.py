"""The check `in_set`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from judging import check_of, results_of, rows_in
from scheduled_reports.checks import Outcome
from scheduled_reports.checks.base import Result
from scheduled_reports.errors import CheckError


def judged(folder: Path, column: Any, **given: Any) -> Result:
    table = pa.table({"v": column if isinstance(column, pa.Array) else pa.array(column)})
    (result,) = results_of(check_of("in_set", dataset="calls", column="v", **given), folder, calls=table)
    return result


@pytest.mark.parametrize(
    ("values", "allowed", "failing"),
    [
        (["phone", "chat", None, "Phone", " chat", ""], ["phone", "chat"], ["Phone", " chat", ""]),
        (["it's", 'a "b"', "O:name"], ["it's", 'a "b"'], ["O:name"]),
        ([1, 2, None], 1, [2]),
        ([1.0, 2.5, 3.5], [1, 2.5], [3.5]),
        ([9007199254740993, 2], [9007199254740993], [2]),
        ([Decimal("1.10"), Decimal("1.20")], [1.1], [Decimal("1.20")]),
        ([True, False, None], True, [False]),
        (["no", "yes"], ["no"], ["yes"]),
    ],
)
def test_a_value_that_is_not_in_the_list_fails(tmp_path: Path, values: list, allowed: Any, failing: list) -> None:
    result = judged(tmp_path, values, values=allowed)

    assert [row["v"] for row in rows_in(result.failing, tmp_path)] == failing


def test_infinity_and_nan_are_in_no_list(tmp_path: Path) -> None:
    assert judged(tmp_path, [1.0, float("nan"), float("inf")], values=[1]).count == 2


@pytest.mark.parametrize(
    ("values", "banned"), [(["a", "b", None], "b"), ([1, 2, None], [2, 7]), ([True, False], False)]
)
def test_a_value_that_must_not_be_there_fails(tmp_path: Path, values: list, banned: Any) -> None:
    result = judged(tmp_path, values, not_in=banned)

    assert [row["v"] for row in rows_in(result.failing, tmp_path)] == [values[1]]


def test_dictionaries_of_text_are_text(tmp_path: Path) -> None:
    values = pa.array(["phone", "fax", None]).dictionary_encode()

    assert judged(tmp_path, values, values=["phone"]).count == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"values": ["a"]}, "v is not a in 1 of 2 rows"),
        ({"values": ["a", "b"]}, "v is not a or b in 1 of 2 rows"),
        ({"values": list("abcdefg")}, "v is not a, b, c, d, e or 2 more in 1 of 2 rows"),
        ({"not_in": ["x", "y"]}, "v is x or y in 1 of 2 rows"),
    ],
)
def test_the_reason_names_the_values(tmp_path: Path, given: dict[str, Any], reason: str) -> None:
    assert judged(tmp_path, ["a", "x"], **given).reason == f"calls: {reason}, none allowed"


def test_truth_is_told_as_yaml_writes_it(tmp_path: Path) -> None:
    assert judged(tmp_path, [True, False], values=True).reason == "calls: v is not true in 1 of 2 rows, none allowed"


@pytest.mark.parametrize(
    ("values", "allowed", "told"),
    [
        ([1, 2], ["1"], "'v' of calls is a number: 'in_set' judges text"),
        (["1"], [1], "'v' of calls is text: 'in_set' judges a number"),
        (["true"], [True], "'v' of calls is text: 'in_set' judges true or false"),
        ([True], [1], "'v' of calls is true or false: 'in_set' judges a number"),
        ([dt.date(2026, 1, 1)], ["2026-01-01"], "'v' of calls is a date or timestamp: 'in_set' judges text"),
    ],
)
def test_values_of_another_kind_cannot_be_judged(tmp_path: Path, values: list, allowed: list, told: str) -> None:
    with pytest.raises(CheckError, match=told):
        judged(tmp_path, values, values=allowed)


def test_a_column_without_values_passes_whatever_its_type(tmp_path: Path) -> None:
    assert judged(tmp_path, pa.array([None, None], pa.int32()), values=["a"]).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "exactly one of 'values' and 'not_in'"),
        ({"values": []}, "exactly one of 'values' and 'not_in'"),
        ({"values": [1], "not_in": [2]}, "exactly one of 'values' and 'not_in'"),
        (
            {"values": ["yes", False]},
            "text and true or false are mixed, and a column has one of them; put text in quotes",
        ),
        ({"values": [1, "1"]}, "a number and text are mixed"),
        ({"values": [True, 1]}, "a number and true or false are mixed"),
        ({"values": [None]}, "values"),
        ({"values": [2**127]}, "less than 39 digits"),
        ({"values": [float("nan")]}, "finite"),
        ({"values": {"a": 1}}, "values"),
    ],
)
def test_lists_that_make_no_sense_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        check_of("in_set", dataset="calls", column="v", **given)


def test_a_long_list_is_one_bind_value(tmp_path: Path) -> None:
    allowed = [f"value {number}" for number in range(20_000)]

    result = judged(tmp_path, [*allowed, "another"], values=allowed)

    assert rows_in(result.failing, tmp_path) == [{"v": "another"}]


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=3)


@settings(deadline=None, max_examples=40)
@given(values=st.lists(_TEXT, max_size=9), allowed=st.lists(_TEXT, min_size=1, max_size=5), banned=st.booleans())
def test_a_text_fails_just_where_python_says_it_is_not_in_the_list(
    tmp_path_factory: pytest.TempPathFactory, values: list[str], allowed: list[str], banned: bool
) -> None:
    folder = tmp_path_factory.mktemp("in_set")

    result = judged(folder, pa.array(values, pa.string()), **{"not_in" if banned else "values": allowed})

    assert result.count == sum((value in allowed) is banned for value in values)


@pytest.mark.parametrize(
    ("column", "allowed", "failing"),
    [
        (pa.array([0.1, 0.2, 0.3], pa.float32()), [0.1, 0.2], 1),
        (pa.array([2**53]), [2**53 + 1, 0.5], 1),
        (pa.array([Decimal("12345678901234567.80")], pa.decimal128(20, 2)), [12345678901234568], 1),
        (pa.array([Decimal("0.13"), Decimal("0.12")], pa.decimal128(10, 2)), [0.125], 2),
        (pa.array([1, 0, None], pa.int8()), [0.5, 300, 1e300], 2),
        (pa.array([1, 2], pa.uint8()), [-1, 1.0, 2], 0),
        (pa.array([None, None], pa.int64()), [0.5], 0),
    ],
)
def test_numbers_are_compared_as_the_column_has_them(
    tmp_path: Path, column: pa.Array, allowed: list[float], failing: int
) -> None:
    assert judged(tmp_path, column, values=allowed).count == failing
    assert judged(tmp_path, column, not_in=allowed).count == len(column) - column.null_count - failing

"""How many rows may fail."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from judging import check_of, results_of, rows_in
from scheduled_reports.checks import Outcome
from scheduled_reports.checks.row_check import _too_many


@pytest.mark.parametrize(
    ("allow", "outcome", "words"),
    [
        (0, Outcome.FAILED, "none allowed"),
        (2, Outcome.FAILED, "2 allowed"),
        (3, Outcome.PASSED, "3 allowed"),
        (10**9, Outcome.PASSED, "1,000,000,000 allowed"),
        ("0.2%", Outcome.FAILED, "0.2% allowed"),
        ("0.3%", Outcome.PASSED, "0.3% allowed"),
        ("0.3 %", Outcome.PASSED, "0.3 % allowed"),
        ("100%", Outcome.PASSED, "100% allowed"),
        ("0%", Outcome.FAILED, "0% allowed"),
    ],
)
def test_as_many_rows_may_fail_as_are_allowed(tmp_path: Path, allow: int | str, outcome: Outcome, words: str) -> None:
    calls = {"id": [None] * 3 + list(range(997))}

    (result,) = results_of(check_of("complete", dataset="calls", columns="id", allow=allow), tmp_path, calls=calls)

    assert (result.outcome, result.reason) == (outcome, f"calls: id is empty in 3 of 1,000 rows, {words}")
    assert (result.failing is None) is (outcome is Outcome.PASSED)


@pytest.mark.parametrize(
    "allow",
    [-1, 1.5, True, "3", "101%", "100.5%", "-1%", "%", "½%", "٣%", "1 000", "", "1%\n", None, [1], float("nan")],
)
def test_what_is_no_number_and_no_share_is_refused(allow: Any) -> None:
    with pytest.raises(ValidationError, match=r"is no number of rows and no share; write 12 or '0\.5%'"):
        check_of("complete", dataset="calls", columns="id", allow=allow)


@given(count=st.integers(0, 10**7), rows=st.integers(0, 10**7), thousandths=st.integers(0, 100_000))
def test_a_share_is_never_rounded(count: int, rows: int, thousandths: int) -> None:
    share = f"{thousandths // 1000}.{thousandths % 1000:03}%"

    assert _too_many(count, share, rows) is (count > rows * Fraction(thousandths, 100_000))


def test_seven_of_a_thousand_are_seven_tenths_of_a_percent() -> None:
    assert not _too_many(7, "0.7%", 1000)  # 1000 * 0.7 / 100 is 6.999… in floating point


def test_failing_rows_come_in_the_order_of_their_table(tmp_path: Path) -> None:
    numbers = list(range(200_000))
    table = pa.table({"n": numbers, "id": pa.array([None] * len(numbers), pa.int32())})

    (result,) = results_of(check_of("complete", dataset="calls", columns="id"), tmp_path, calls=table)

    assert [row["n"] for row in rows_in(result.failing, tmp_path)] == numbers


@pytest.mark.parametrize(
    "given",
    [
        {"type": "complete", "columns": ["a", "b"]},
        {"type": "unique", "columns": ["a", "b"]},
        {"type": "between", "column": "a", "at_least": 0},
        {"type": "in_set", "column": "a", "values": [1]},
        {"type": "references", "columns": "a", "to": "calls", "to_columns": "b"},
    ],
)
def test_names_are_never_part_of_the_sql(tmp_path: Path, given: dict[str, Any]) -> None:
    names = {"a": 'x" OR "y', "b": 'x") IS NULL OR 1=1; --'}
    swapped = {key: names.get(value, value) if isinstance(value, str) else value for key, value in given.items()}
    swapped |= {
        key: [names[name] for name in value] for key, value in given.items() if key == "columns" and value != "a"
    }
    calls = {names["a"]: [1, 1], names["b"]: [1, 1], "y": [None, 1]}

    (result,) = results_of(check_of(swapped.pop("type"), dataset="calls", **swapped), tmp_path, calls=calls)

    assert result.count == (2 if given["type"] == "unique" else 0)

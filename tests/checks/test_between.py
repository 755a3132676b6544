"""The check `between`."""

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

INF, NAN = float("inf"), float("nan")


def judged(folder: Path, values: Any, **limits: Any) -> Result:
    table = pa.table({"v": values if isinstance(values, pa.Array) else pa.array(values)})
    (result,) = results_of(check_of("between", dataset="calls", column="v", **limits), folder, calls=table)
    return result


@pytest.mark.parametrize(
    ("limits", "failing"),
    [
        ({"at_least": 1}, [0]),
        ({"above": 1}, [0, 1]),
        ({"at_most": 1}, [2, 3]),
        ({"below": 1}, [1, 2, 3]),
        ({"at_least": 1, "below": 3}, [0, 3]),
        ({"above": 0.5, "at_most": 2.5}, [0, 3]),
        ({"at_least": 1, "at_most": 1}, [0, 2, 3]),
    ],
)
def test_the_limits_say_whether_they_pass_themselves(tmp_path: Path, limits: dict[str, float], failing: list) -> None:
    result = judged(tmp_path, [0, 1, 2, 3, None], **limits)

    assert [row["v"] for row in rows_in(result.failing, tmp_path)] == failing


def test_the_reason_counts_what_is_wrong_in_which_way(tmp_path: Path) -> None:
    result = judged(tmp_path, [-1.0, 0, 5000, 9000, NAN, None], at_least=0, at_most=3600)

    assert result.reason == (
        "calls: v is not at least 0 and at most 3,600 in 4 of 6 rows, none allowed "
        "(not finite in 1, below 0 in 1, above 3,600 in 2)"
    )


@pytest.mark.parametrize("limits", [{"at_least": 0}, {"at_most": 0}, {"above": -1, "below": 1}])
@pytest.mark.parametrize("value", [INF, -INF, NAN])
@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
def test_what_is_no_finite_number_fails(
    tmp_path: Path, limits: dict[str, int], value: float, kind: pa.DataType
) -> None:
    result = judged(tmp_path, pa.array([0, value], kind), **limits)

    assert (result.count, "not finite in 1" in result.reason) == (1, True)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2], pa.uint8()),
        pa.array([1, 2**62], pa.int64()),
        pa.array([1, 2**64 - 1], pa.uint64()),
        pa.array([Decimal("1.05"), Decimal("99999999999999999999999999999999.99")], pa.decimal128(38, 2)),
        pa.array([Decimal("0.5"), Decimal("-9.5")], pa.decimal128(38, 37)),
        pa.array([1.05, 1.7e308]),
    ],
)
@pytest.mark.parametrize("most", [1.5, 10**38])
def test_every_type_of_number_is_judged(tmp_path: Path, values: pa.Array, most: float) -> None:
    result = judged(tmp_path, values, at_most=most)

    assert result.count == sum(value > most for value in values.to_pylist())


def test_a_limit_is_rounded_as_single_precision_columns_are(tmp_path: Path) -> None:
    assert judged(tmp_path, pa.array([0.1], pa.float32()), at_most=0.1).outcome is Outcome.PASSED
    assert judged(tmp_path, pa.array([0.11], pa.float32()), at_most=0.1).outcome is Outcome.FAILED


DAYS = [dt.date(2026, 1, 30), dt.date(2026, 1, 31), dt.date(2026, 2, 1)]
TIMES = [dt.datetime.fromisoformat(text) for text in ("2026-01-30 23:59", "2026-01-31 08:00", "2026-02-01")]


@pytest.mark.parametrize(
    "values",
    [pa.array(DAYS), *(pa.array(TIMES, pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")),
     pa.array(TIMES, pa.timestamp("us", "UTC"))],
    ids=lambda values: str(values.type),
)  # fmt: skip
@pytest.mark.parametrize(
    ("limits", "failing"),
    [
        ({"at_most": "2026-01-31"}, [2]),
        ({"below": "2026-01-31"}, [1, 2]),
        ({"above": "2026-01-31"}, [0, 1]),
        ({"at_least": "2026-01-31", "at_most": "2026-01-31"}, [0, 2]),
        ({"at_least": "2026-01-30 00:00:00", "below": "2026-02-01T00:00Z"}, [2]),
        ({"below": "2026-02-01T01:00+01:00"}, [2]),
    ],
)
def test_a_date_means_the_whole_day(tmp_path: Path, values: pa.Array, limits: dict[str, str], failing: list) -> None:
    result = judged(tmp_path, values, **limits)

    assert [row["v"] for row in rows_in(result.failing, tmp_path)] == [values.to_pylist()[place] for place in failing]


def test_dates_are_told_as_they_are_written(tmp_path: Path) -> None:
    result = judged(tmp_path, pa.array(TIMES), at_least="2026-01-31", below="2026-01-31 09:30")

    told = "calls: v is not at least 2026-01-31 and below 2026-01-31 09:30:00 in 2 of 3 rows, none allowed"
    assert result.reason == f"{told} (below 2026-01-31 in 1, 2026-01-31 09:30:00 or more in 1)"


@pytest.mark.parametrize(
    ("values", "limits", "told"),
    [
        (["12"], {"at_least": 0}, "'v' of calls is text: 'between' judges a number"),
        ([True], {"at_least": 0}, "'v' of calls is true or false: 'between' judges a number"),
        ([[1]], {"at_least": 0}, "'v' of calls is of type INTEGER\\[\\]|BIGINT\\[\\]"),
        ([b"x"], {"at_least": 0}, "'v' of calls is of type BLOB"),
        ([dt.time(8)], {"at_least": "2026-01-01"}, "'v' of calls is of type TIME"),
        (DAYS, {"at_least": 0}, "'v' of calls is a date or timestamp: 'between' judges a number"),
        ([1], {"at_least": "2026-01-01"}, "'v' of calls is a number: 'between' judges a date or timestamp"),
    ],
)
def test_values_of_another_kind_cannot_be_judged(tmp_path: Path, values: list, limits: dict, told: str) -> None:
    with pytest.raises(CheckError, match=told):
        judged(tmp_path, values, **limits)


@pytest.mark.parametrize("kind", [pa.string(), pa.null(), pa.int32()])
@pytest.mark.parametrize("rows", [0, 2])
def test_a_column_without_values_passes_whatever_its_type(tmp_path: Path, kind: pa.DataType, rows: int) -> None:
    result = judged(tmp_path, pa.array([None] * rows, kind), at_least="2026-01-01")

    assert result.reason == f"calls: v is not at least 2026-01-01 in 0 of {rows} rows, none allowed"


def test_a_part_has_limits_of_its_own(tmp_path: Path) -> None:
    check = check_of(
        "between", dataset="calls", column="s", by="ch", at_least=0, at_most=10,
        limits={"phone": {"at_most": 100}, "ch'at": {"at_least": 5, "allow": 1}, "": {"at_most": None}},
    )  # fmt: skip
    calls = {"ch": ["phone", "phone", "ch'at", "mail", None], "s": [50, -1, 4, 50, 50]}

    results = {result.part: result for result in results_of(check, tmp_path, calls=calls)}

    assert {part: (result.count, result.outcome) for part, result in results.items()} == {
        "": (0, Outcome.PASSED), "ch'at": (1, Outcome.PASSED),
        "mail": (1, Outcome.FAILED), "phone": (1, Outcome.FAILED),
    }  # fmt: skip
    assert results["phone"].reason == (
        "calls (phone): s is not at least 0 and at most 100 in 1 of 2 rows, none allowed (below 0 in 1)"
    )
    assert rows_in(results["phone"].failing, tmp_path) == [{"ch": "phone", "s": -1}]
    assert rows_in(results["mail"].failing, tmp_path) == [{"ch": "mail", "s": 50}]


def test_a_part_without_any_limit_says_so(tmp_path: Path) -> None:
    check = check_of("between", dataset="calls", column="s", by="ch", limits={"phone": {"at_most": 1}})

    mail, phone = results_of(check, tmp_path, calls={"ch": ["mail", "phone"], "s": [9, 9]})

    assert mail.reason == "calls (mail): s is not finite (no limits are given) in 0 of 1 rows, none allowed"
    assert (mail.outcome, phone.outcome) == (Outcome.PASSED, Outcome.FAILED)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({}, "no limit is given; write one or two of"),
        ({"by": "ch", "limits": {"phone": {"allow": 3}}}, "with the limits of 'phone': no limit is given"),
        ({"at_least": 1, "above": 1}, "both 'at_least' and 'above' are given"),
        ({"at_most": 1, "below": 1}, "both 'at_most' and 'below' are given"),
        ({"at_least": 2, "at_most": 1}, "no value can be at least 2 and at most 1"),
        ({"above": 1, "at_most": 1}, "no value can be above 1 and at most 1"),
        ({"at_least": "2026-02-01", "below": "2026-02-01"}, "no value can be at least 2026-02-01 and below 2026-02-01"),
        ({"at_least": "2026-02-01", "below": "2026-01-31 10:00"}, "no value can be"),
        ({"at_least": 1, "at_most": "2026-01-01"}, "numbers and dates are mixed"),
        ({"at_least": 1, "by": "ch", "limits": {"a": {"at_most": "2026-01-01"}}}, "numbers and dates are mixed"),
        ({"by": "ch", "limits": {"a": {"at_most": "2026-01-01"}, "b": {"at_most": 1}}}, "numbers and dates are mixed"),
        ({"at_least": 5, "by": "ch", "limits": {"a": {"at_most": 1}}}, "with the limits of 'a': no value can be"),
        ({"at_least": 5, "limits": {"a": {"at_most": 9}}}, "write 'by' too"),
        ({"at_least": "5"}, "'5' is no number, date or timestamp"),
        ({"at_least": True}, "True is no number, date or timestamp"),
        ({"at_least": "2026-1-1"}, "is no number, date or timestamp"),
        ({"at_least": "2026-02-30"}, "day is out of range|must be in range"),
        ({"at_least": INF}, "inf is no limit"),
        ({"at_least": NAN}, "nan is no limit"),
        ({"at_least": 10**39}, "less than 39 digits"),
        ({"at_least": [1]}, "is no number, date or timestamp"),
    ],
)
def test_limits_that_make_no_sense_are_refused(limits: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        check_of("between", dataset="calls", column="s", **limits)


def test_limits_of_one_day_and_a_time_in_it_can_be_met(tmp_path: Path) -> None:
    result = judged(tmp_path, pa.array(TIMES), above="2026-01-31 07:00", at_most="2026-01-31")

    assert result.count == 2


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.floats() | st.none(), max_size=10),
    low=st.floats(-10, 0),
    high=st.floats(0.5, 10),
    strict=st.booleans(),
)
def test_a_number_passes_just_where_python_says_it_is_between(
    tmp_path_factory: pytest.TempPathFactory, values: list[float | None], low: float, high: float, strict: bool
) -> None:
    limits = {"above": low, "below": high} if strict else {"at_least": low, "at_most": high}

    result = judged(tmp_path_factory.mktemp("between"), pa.array(values, pa.float64()), **limits)

    good = [value is None or (low < value < high if strict else low <= value <= high) for value in values]
    assert result.count == good.count(False)


@pytest.mark.parametrize(
    ("column", "limits"),
    [
        (pa.array([Decimal("0.30000000000000000001")], pa.decimal128(38, 20)), {"at_most": 0.3}),
        (pa.array([Decimal("99999999999999.99")], pa.decimal128(18, 2)), {"at_most": 99999999999999.98}),
        (pa.array([Decimal("99999999999999.98")], pa.decimal128(18, 2)), {"above": 99999999999999.98}),
        (pa.array([Decimal("0.12")], pa.decimal128(10, 2)), {"at_least": 0.125}),
        (pa.array([Decimal("0.13")], pa.decimal128(10, 2)), {"below": 0.125}),
        (pa.array([2**53 + 1]), {"at_most": float(2**53)}),
        (pa.array([10**18 + 1]), {"at_most": 1e18}),
        (pa.array([10**18]), {"below": 1e18}),
        (pa.array([3]), {"above": 3.5}),
        (pa.array([-4]), {"at_least": -3.5}),
    ],
)
def test_exact_numbers_are_compared_exactly(tmp_path: Path, column: pa.Array, limits: dict[str, float]) -> None:
    assert judged(tmp_path, column, **limits).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("column", "limits"),
    [
        (pa.array([Decimal("0.3")], pa.decimal128(38, 20)), {"at_most": 0.3, "at_least": 0.3}),
        (pa.array([Decimal("0.12")], pa.decimal128(10, 2)), {"at_most": 0.125}),
        (pa.array([Decimal("0.13")], pa.decimal128(10, 2)), {"above": 0.125}),
        (pa.array([Decimal("9.99")], pa.decimal128(3, 2)), {"below": 9.999}),
        (pa.array([Decimal("9.99")], pa.decimal128(3, 2)), {"at_most": 1e30, "at_least": -1e30}),
        (pa.array([2**53 + 1]), {"above": float(2**53)}),
        (pa.array([-3]), {"at_least": -3.5}),
        (pa.array([200], pa.uint8()), {"at_least": -0.5, "below": 1e30}),
    ],
)
def test_a_limit_that_exact_numbers_cannot_have_lets_through_what_it_should(
    tmp_path: Path, column: pa.Array, limits: dict[str, float]
) -> None:
    assert judged(tmp_path, column, **limits).outcome is Outcome.PASSED

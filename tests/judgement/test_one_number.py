"""The one number that a query is to give: anything else is an error that shows no value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.one_number import one_number


def of(values: list[Any], kind: pa.DataType | None = None) -> Decimal:
    return one_number(pa.table({"n": pa.array(values, kind)}).to_batches(), "condition 'open tickets'")


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        (5, None, "5"), (-0.1, None, "-0.1"), (Decimal("1.50"), None, "1.50"), (0, None, "0"),
        (2**63 - 1, None, str(2**63 - 1)), (Decimal(10) ** 37, pa.decimal128(38), f"1{'0' * 37}"),
        (1e300, None, "1E+300"),
    ],
)  # fmt: skip
def test_a_number_is_returned_to_the_last_digit(value: Any, kind: pa.DataType | None, found: str) -> None:
    assert of([value], kind) == Decimal(found)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], "it gives no row"),
        ([1, 2], "it gives several rows"),
        ([None], "it gives NULL"),
        (["12"], "it gives text"),
        (["Ann Abernathy"], "it gives text"),
        ([""], "it gives text"),
        ([float("nan")], "it gives NaN or infinity"),
        ([float("-inf")], "it gives NaN or infinity"),
        ([True], "it gives true or false"),
        ([dt.date(2026, 10, 1)], "it gives a date"),
        ([dt.datetime(2026, 10, 1, tzinfo=dt.UTC)], "it gives a point in time"),
        ([[1]], "it gives list"),
    ],
)
def test_anything_else_is_an_error_that_says_what_and_repeats_no_value(values: list[Any], why: str) -> None:
    with pytest.raises(SourceError) as caught:
        of(values)

    assert caught.value.what == "condition 'open tickets': its query must give one number"
    assert caught.value.why == why
    assert caught.value.fix
    assert "Ann" not in str(caught.value)
    assert not caught.value.retryable


def test_two_columns_are_an_error_even_without_a_row() -> None:
    none = pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.int64())})

    with pytest.raises(SourceError, match="it gives 2 columns"):
        one_number([none], "condition")


def test_an_answer_of_many_rows_is_not_read_to_its_end() -> None:
    def endless() -> Any:
        while True:
            yield pa.record_batch({"n": [1]})

    with pytest.raises(SourceError, match="several rows"):
        one_number(endless(), "condition")


def test_a_row_after_empty_batches_is_found() -> None:
    parts = [pa.record_batch({"n": pa.array(values, pa.int64())}) for values in ([], [7], [])]

    assert one_number(parts, "condition") == 7

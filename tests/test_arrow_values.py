"""Arrow values made without pandas: the same as Arrow's own, and pandas stays unimported."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from scheduled_reports import arrow_values

WIDTHS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint64(), pa.float32(), pa.float64(), pa.bool_()]


@pytest.mark.parametrize("kind", [*WIDTHS, pa.decimal128(20, 2), pa.date32()], ids=str)
def test_zero_is_zero_of_every_kind(kind: pa.DataType) -> None:
    assert arrow_values.zero(kind) == pa.scalar(0, pa.int32()).cast(kind) if kind != pa.bool_() else True
    assert arrow_values.zeros(9, kind).null_count == 0
    assert len(arrow_values.zeros(9, kind)) == 9


@pytest.mark.parametrize("value", [0, 1, -1, 127, -128])
@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.int64()], ids=str)
def test_a_number_is_that_number(value: int, kind: pa.DataType) -> None:
    assert arrow_values.number(value, kind) == pa.scalar(value, kind)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
@pytest.mark.parametrize("value", ["", "–", "王小明"])
def test_a_word_is_that_word(value: str, kind: pa.DataType) -> None:
    assert arrow_values.word(value, kind) == pa.scalar(value, kind)


@pytest.mark.parametrize("kind", WIDTHS, ids=str)
def test_numpy_sees_the_same_values_also_of_a_slice(kind: pa.DataType) -> None:
    values = pa.array([0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1], pa.int64()).cast(kind)
    for array in (values, values.slice(3, 7), values.slice(0, 0), pa.array([], kind)):
        assert arrow_values.as_numpy(array).tolist() == array.to_numpy(zero_copy_only=False).tolist()


def test_places_are_those_of_numpy() -> None:
    assert arrow_values.places(np.flatnonzero([0, 1, 1])).to_pylist() == [1, 2]


def test_columns_of_numbers_and_words_are_written_without_pandas() -> None:
    script = """
import sys
import duckdb
from scheduled_reports.language import ENGLISH
sql = "SELECT i::DOUBLE / 3 AS a, 'w' || i AS b, i AS c, DATE '2026-01-01' + i::INT AS d FROM range(500) t(i)"
rows = duckdb.sql(sql)
for column in rows.to_arrow_table().combine_chunks().columns:
    ENGLISH.column(column, "#,##0.00" if str(column.type) == "double" else None, None)
print("pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"

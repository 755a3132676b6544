"""Arrow values made without pandas: the same as Arrow's own, and pandas stays unimported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.lists(st.none() | st.text(max_size=4)), st.text(max_size=2))
def test_words_are_those_words_and_joined_as_python_joins_them(values: list[str | None], between: str) -> None:
    assert arrow_values.words(iter(values)).equals(pa.array(values, pa.large_string()))
    full = [value for value in values if value is not None]
    assert arrow_values.joined(arrow_values.words(full), between) == between.join(full).encode()


@given(st.lists(st.booleans()), st.sampled_from(["i8", "i4", "f8"]))
def test_truths_and_numbers_are_those_of_numpy(absent: list[bool], kind: str) -> None:
    numbers, mask = np.arange(len(absent)).astype(kind), np.array(absent, bool)
    assert arrow_values.truths(absent).equals(pa.array(absent, pa.bool_()))
    assert arrow_values.truths(mask).equals(pa.array(mask))
    assert arrow_values.numbers(numbers, mask).equals(pa.array(numbers, mask=mask))


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.decimal128(9, 2), pa.large_string()], ids=str)
def test_nothing_is_null_of_its_kind(kind: pa.DataType) -> None:
    assert arrow_values.nothing(kind).equals(pa.scalar(None, kind))


def test_workbooks_pages_and_files_of_data_are_written_without_pandas(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
import duckdb
from scheduled_reports.formats import arrow_text
from scheduled_reports.data_files.delimited import Dialect, header, records
from scheduled_reports.data_files.objects import objects
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.interactive.packed import column_data
from scheduled_reports.tables import Tables
from scheduled_reports.workbook.columns import ColumnCells, rows_of
from scheduled_reports.workbook.shared_texts import SharedTexts
folder = Path(sys.argv[1])
duckdb.sql(
    "COPY (SELECT i AS n, i / 3 AS part, i::DECIMAL(9, 2) AS price, '=w' || i % 9 AS word, i > 5 AS yes, "
    "NULL::INT AS no, DATE '1899-12-31' + i::INT AS day, TIMESTAMP '2038-01-01' + i::INT * INTERVAL 1 HOUR AS at, "
    "(TIMESTAMP '2038-01-01' + i::INT * INTERVAL 1 HOUR)::TIMESTAMPTZ AS seen, TIME '01:02:03' AS hour, [i] AS list "
    f"FROM range(500) t(i)) TO '{folder}/rows.parquet'"
)
tables = Tables(folder)
assert not shows_nothing(tables, "rows")
for batch in tables.batches("rows"):
    assert records(batch, "Europe/Berlin", Dialect()) and objects(batch, "Europe/Berlin", ",")
    for column in batch.columns:
        assert rows_of(ColumnCells(1, 2, 3, "Europe/Berlin", SharedTexts(0)).parts(column), "")
    column_data("integer", batch["n"], ["a"] * 500)
header(["n", "part"], Dialect())
print("pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "False", done.stderr


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

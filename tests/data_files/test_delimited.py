"""Fuzzed cells, written as records and as objects and read back."""

from __future__ import annotations

import csv
import io
import json
import math

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.data_files.delimited import Dialect, header, records
from scheduled_reports.data_files.objects import objects

CELLS = st.lists(st.tuples(st.none() | st.text(), st.text("\"',;\t\r\n\\=+-@ x"), st.none() | st.floats()), min_size=1)


def table(cells: list[tuple[str | None, str, float | None]]) -> pa.RecordBatch:
    texts, marks, numbers = zip(*cells, strict=True)
    arrays = [pa.array(texts, pa.string()), pa.array(marks, pa.string()), pa.array(numbers, pa.float64())]
    return pa.RecordBatch.from_arrays(arrays, names=["text", "marks", "number"])


def finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


@given(CELLS, st.sampled_from(",;|\t"), st.sampled_from(["needed", "all"]), st.sampled_from(["\r\n", "\n"]))
def test_csv_reads_back_whatever_is_in_it(cells, delimiter, quoting, line_end) -> None:  # type: ignore[no-untyped-def]
    dialect = Dialect(delimiter, quoting, line_end, escape=False)
    content = (header(["a", "b", "c"], dialect) + records(table(cells), "UTC", dialect)).decode()
    found = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True))[1:]
    assert [row[:2] for row in found] == [[text or "", marks] for text, marks, _ in cells]
    assert [float(row[2]) if row[2] else None for row in found] == [finite(number) for *_, number in cells]


@given(CELLS)
def test_no_cell_of_a_csv_file_is_a_formula(cells) -> None:  # type: ignore[no-untyped-def]
    content = records(table(cells), "UTC", Dialect()).decode()
    for row in csv.reader(io.StringIO(content, newline=""), strict=True):
        assert not any(cell.startswith(tuple("=+-@\t\r\n\x00＝＋－＠")) for cell in row[:2])


@given(CELLS)
def test_tsv_has_as_many_fields_and_records_as_the_table(cells) -> None:  # type: ignore[no-untyped-def]
    dialect = Dialect("\t", "never", "\n", missing="\\N")
    lines = records(table(cells), "UTC", dialect).decode().split("\n")
    assert len(lines) == len(cells) + 1
    assert all(line.count("\t") == 2 for line in lines[:-1])
    assert [line.split("\t")[0] == "\\N" for line in lines[:-1]] == [text is None for text, *_ in cells]


@given(CELLS)
def test_json_reads_back_whatever_is_in_it(cells) -> None:  # type: ignore[no-untyped-def]
    found = [json.loads(line) for line in objects(table(cells), "UTC", "\n").decode().split("\n")]
    assert [tuple(row.values()) for row in found] == [(text, marks, finite(number)) for text, marks, number in cells]

"""The cells of an Excel workbook: each value with its type, and text that never becomes a formula."""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook

from formats.workbooks import of_columns, rendered, wall
from sample_document import document, write
from scheduled_reports.document import HeadingBlock, KpisBlock, TableBlock, TextBlock
from scheduled_reports.workbook.cells import CUT, MAX_TEXT, clean

RISKY_TEXTS = ["=1+1", "=", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝1", "'quoted", '=HYPERLINK("http://x")']


def column(book: Workbook, letter: str = "A") -> list[Any]:
    return [cell.value for cell in book["Sample"][letter][1:]]


@pytest.mark.parametrize("text", RISKY_TEXTS)
def test_text_that_looks_like_a_formula_is_text_also_after_an_edit(tmp_path: Path, text: str) -> None:
    cell = of_columns(tmp_path, {"a": [text, "safe"]})["Sample"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))


def test_a_safe_text_after_a_risky_one_carries_no_mark(tmp_path: Path) -> None:
    cells = of_columns(tmp_path, {"a": ["=1", "safe"], "b": [-5, 5]})["Sample"]
    assert [bool(cells[place].quotePrefix) for place in ("A2", "A3", "B2")] == [True, False, False]
    assert (cells["B2"].value, cells["B2"].data_type) == (-5, "n")


def test_formulas_in_titles_labels_and_prose_are_text_too(tmp_path: Path) -> None:
    write(tmp_path, "sample", {"=a": [1]})
    blocks = (
        HeadingBlock(type="heading", text="=1+1"),
        TextBlock(type="text", markdown="=2+2"),
        KpisBlock.model_validate({"type": "kpis", "dataset": "sample", "items": [{"label": "=3+3", "value": "=a"}]}),
        TableBlock(type="table", title="=4+4", dataset="sample"),
    )
    book = rendered(replace(document(tmp_path, *blocks), title="=0+0"), tmp_path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = {cell.value for cell in cells}
    assert {"=0+0", "=1+1", "=2+2", "=3+3", "=a"} <= texts


@pytest.mark.parametrize(
    "text", ["#N/A", "#REF!", "true", "12", "1e5", "2026-01-01", " spaces ", "a\nb", "🎉👩‍👩‍👧", "w" * 5000, "<&>"]
)
def test_text_stays_the_text_that_it_was(tmp_path: Path, text: str) -> None:
    cell = of_columns(tmp_path, {"a": [text]})["Sample"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_characters_that_xml_forbids_are_left_out(tmp_path: Path) -> None:
    texts = ["a\x00b\x08c\x0bd\x1fe\ufffef\uffff", "line\r\nline\rline", "tab\there", "\x01=1"]
    assert column(of_columns(tmp_path, {"a": texts})) == ["abcdef", "line\nline\nline", "tab\there", "=1"]


def test_text_that_excel_would_decode_is_escaped() -> None:
    assert clean("_x0041_ _x41_ __x000D_") == "_x005F_x0041_ _x41_ __x005F_x000D_"


@pytest.mark.parametrize("text", ["a" * 40_000, "🎉" * 20_000, "ab🎉" * 10_000])
def test_text_that_is_too_long_ends_in_a_visible_mark(tmp_path: Path, text: str) -> None:
    (found,) = column(of_columns(tmp_path, {"a": [text]}))
    assert found.endswith(CUT)
    assert text.startswith(found.removesuffix(CUT))
    assert MAX_TEXT - 1 <= len(found.encode("utf-16-le")) // 2 <= MAX_TEXT


def test_text_of_exactly_the_limit_is_whole(tmp_path: Path) -> None:
    texts = ["a" * MAX_TEXT, "🎉" * (MAX_TEXT // 2)]
    assert column(of_columns(tmp_path, {"a": texts})) == texts


def test_numbers_are_numbers_unless_excel_would_change_their_digits(tmp_path: Path) -> None:
    big = Decimal("12345678901234567890123456789012345678")
    book = of_columns(tmp_path, {
        "integer": [999_999_999_999_999, 10**15, -(10**18)],
        "decimal": [Decimal("12.50"), Decimal("-0.0000001"), None],
        "long": [big, Decimal(1), None],
        "float": [1e300, 0.1 + 0.2, -0.5],
    })  # fmt: skip
    assert column(book, "A") == [999_999_999_999_999, str(10**15), str(-(10**18))]
    assert column(book, "B") == [12.5, -1e-07, None]
    assert column(book, "C") == [str(big), 1, None]
    assert column(book, "D") == [1e300, 0.1 + 0.2, -0.5]
    assert [cell.number_format for cell in book["Sample"][3]] == ["General", "#,##0.00", "#,##0", "#,##0.00"]
    assert book["Sample"]["A3"].alignment.horizontal == "right"


def test_nan_infinity_and_null_are_empty(tmp_path: Path) -> None:
    numbers = [float("nan"), float("inf"), float("-inf"), None, 1.5]
    assert column(of_columns(tmp_path, {"a": numbers})) == [None, None, None, None, 1.5]


def test_dates_and_times_are_real_ones_in_the_reports_zone(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)
    book = of_columns(tmp_path, {
        "date": [dt.date(2026, 10, 1), dt.date(9999, 12, 31), dt.date(1900, 1, 1)],
        "local": [wall(2026, 1, 1, 8), None, wall(9999, 12, 31, 23)],
        "instant": [moment, moment + dt.timedelta(days=184), None],
        "time": [dt.time(6, 30), None, dt.time(23, 59, 59)],
    })  # fmt: skip
    assert column(book, "A") == [wall(2026, 10, 1), wall(9999, 12, 31), wall(1900, 1, 1)]
    assert column(book, "B") == [wall(2026, 1, 1, 8), None, wall(9999, 12, 31, 23)]
    assert column(book, "C") == [wall(2026, 7, 2, 0, 30), wall(2027, 1, 1, 23, 30), None]
    assert column(book, "D") == [dt.time(6, 30), None, dt.time(23, 59, 59)]
    formats = [cell.number_format for cell in book["Sample"][2]]
    assert formats == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "yyyy-mm-dd hh:mm", "hh:mm:ss"]


def test_moments_that_excels_calendar_lacks_are_text(tmp_path: Path) -> None:
    early = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    book = of_columns(tmp_path, {
        "date": [dt.date(1899, 12, 31)],
        "local": [wall(1850, 1, 2, 3, 4, 5)],
        "late": [dt.datetime(9999, 12, 31, 23, 30, tzinfo=dt.UTC)],
        "early": [early],
    })  # fmt: skip
    values = [cell.value for cell in book["Sample"][2]]
    assert values[:2] == ["1899-12-31", "1850-01-02 03:04:05"]
    assert all(isinstance(value, str) for value in values)


def test_other_kinds_have_a_cell(tmp_path: Path) -> None:
    columns = {
        "flag": [True, False, None],
        "bytes": [b"\xff\x00", b"", None],
        "nested": [[{"a": 1, "b": "ü"}], [], None],
        "category": pa.array(["=x", "y", None]).dictionary_encode(),
        "nothing": pa.nulls(3),
    }
    book = of_columns(tmp_path, columns)
    assert [tuple(cell.value for cell in row) for row in book["Sample"].iter_rows(min_row=2, max_row=3)] == [
        (True, "/wA=", '[{"a":1,"b":"ü"}]', "=x", None),
        (False, "", "[]", "y", None),
    ]
    assert book["Sample"]["A2"].data_type == "b"


def test_a_format_is_that_of_its_column_alone(tmp_path: Path) -> None:
    wanted = ({"name": "t"}, {"name": "d", "format": "dd/MM/yyyy"})
    sheet = of_columns(tmp_path, {"t": ["x"], "d": [dt.date(2026, 1, 2)]}, wanted)["Sample"]
    assert [cell.number_format for cell in sheet[2]] == ["General", "dd/mm/yyyy"]

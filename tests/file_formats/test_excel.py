"""Excel: the values of one sheet, with the cell where one is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from pydantic import ValidationError

from file_runs import fault, rows_of, tables_of, told, types_of
from scheduled_reports.file_formats.excel import ExcelFormat

Book = Callable[..., Path]
ROWS = [["id", "name", "amount"], [1, "x", 1.5], [2, "y", 20]]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    def make(rows: Sequence[Sequence[Any]] = ROWS, sheet: str = "Sales", start: int = 1) -> Path:
        workbook = Workbook()
        workbook.active.title = "Notes"
        made = workbook.create_sheet(sheet)
        for number, row in enumerate(rows, start=start):
            for column, value in enumerate(row, start=1):
                made.cell(number, column, value)
        workbook.save(tmp_path / "book.xlsx")
        return tmp_path / "book.xlsx"

    return make


def excel(**fields: Any) -> dict[str, Any]:
    return {"type": "excel", "sheet": "Sales", **fields}


def test_a_sheet_is_a_table_with_the_types_of_its_cells(tmp_path: Path, book: Book) -> None:
    day, moment = dt.date(2026, 10, 1), dt.datetime(2026, 10, 1, 6, 30)  # noqa: DTZ001
    header = ["n", "float", "text", "digits", "day", "moment", "time", "yes", "none"]
    values = [5, 1.5, "ä", "007", day, moment, dt.time(6, 30), True, None]
    path = book([header, values])

    assert rows_of(tmp_path, path, format=excel()) == [dict(zip(header, values, strict=True))]
    assert list(types_of(tmp_path, path, format=excel()).values()) == [
        "int64", "double", "string", "string", "date32[day]", "timestamp[us]", "time64[us]", "bool", "string",
    ]  # fmt: skip


@pytest.mark.parametrize("sheet", ["Sales", 2])
def test_a_sheet_is_named_or_counted(tmp_path: Path, book: Book, sheet: str | int) -> None:
    assert len(rows_of(tmp_path, book(), format=excel(sheet=sheet))) == 2


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path: Path, book: Book) -> None:
    error = fault(tmp_path, book(), format=excel(sheet="Sale"))

    assert (error.why, error.fix) == ("it has no sheet 'Sale'", "did you mean 'Sales'? (allowed: Notes, Sales)")


def test_blank_rows_do_not_count_and_neither_do_lines_above_the_header(tmp_path: Path, book: Book) -> None:
    path = book([["Sales of October"], [], *ROWS[:2], [None, None, None], ROWS[2]], start=2)

    rows = rows_of(tmp_path, path, format=excel(header_row=4))

    assert rows == [{"id": 1, "name": "x", "amount": 1.5}, {"id": 2, "name": "y", "amount": 20.0}]


@pytest.mark.parametrize(
    ("cells", "rows"), [("A1:B2", [{"id": 1, "name": "x"}]), ("B1:B", [{"name": "x"}, {"name": "y"}])]
)
def test_a_range_may_be_a_part_of_the_sheet(tmp_path: Path, book: Book, cells: str, rows: list[dict[str, Any]]) -> None:
    assert rows_of(tmp_path, book(), format=excel(range=cells)) == rows


def test_rows_after_a_long_gap_are_not_lost(tmp_path: Path, book: Book) -> None:
    path = book([*ROWS, *[[]] * 3000, [3, "z", 1]])

    assert rows_of(tmp_path, path, format=excel())[-1] == {"id": 3, "name": "z", "amount": 1.0}


def test_an_error_of_excel_is_a_bad_row_with_its_cell(tmp_path: Path, book: Book) -> None:
    path = book([*ROWS, [3, "#N/A", 1], [4, "ok", "#DIV/0!"]])

    tables = tables_of(tmp_path, path, format=excel(), on_bad_row="quarantine")

    found = tables.read("orders_rejected").to_pylist()
    assert [(row["line"], row["column"], row["reason"]) for row in found] == [
        (4, "name", "Sales!B4: '#N/A' is an error of Excel"), (5, "amount", "Sales!C5: '#DIV/0!' is an error of Excel"),
    ]  # fmt: skip
    assert "…/book.xlsx:Sales!B4: column 'name': '#N/A' is an error of Excel" in told(
        fault(tmp_path, path, format=excel()), tmp_path
    )


def test_a_number_that_is_text_becomes_the_declared_type(tmp_path: Path, book: Book) -> None:
    path = book([["n", "amount"], ["5", "1.50"], [6, 2.5]])
    columns = {"n": {"type": "integer"}, "amount": {"type": "decimal(9,2)"}}

    assert rows_of(tmp_path, path, format=excel(), columns=columns) == [
        {"n": 5, "amount": Decimal("1.50")}, {"n": 6, "amount": Decimal("2.50")},
    ]  # fmt: skip


def test_a_value_beside_the_named_columns_is_not_dropped_in_silence(tmp_path: Path, book: Book) -> None:
    error = fault(tmp_path, book([*ROWS, [3, "z", 1, "stray"]]), format=excel())

    assert "book.xlsx:Sales!D4: 'stray' has no name above it" in str(error)


def test_a_value_beside_the_named_columns_is_told_in_a_short_row_too(tmp_path: Path, book: Book) -> None:
    error = fault(tmp_path, book([["a", None, None, "d"], [1, "stray"]]), format=excel())

    assert "book.xlsx:Sales!B2: 'stray' has no name above it" in str(error)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([["a", "A"], [1, 2]], "two columns are called 'A': cells A1 and B1"),
        ([], "row 1 has no names of columns"),
    ],
)
def test_a_header_that_names_no_columns_is_told(tmp_path: Path, book: Book, rows: list[list[Any]], why: str) -> None:
    assert fault(tmp_path, book(rows), format=excel()).why == why


def test_an_old_workbook_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest")

    error = fault(tmp_path, tmp_path / "old.xlsx")

    assert error.why == "it is an old Excel workbook (.xls), or one with a password"
    assert error.fix == "save it as .xlsx, without a password"


@pytest.mark.parametrize("left", [0.3, 0.95])
def test_a_workbook_that_is_cut_is_told(tmp_path: Path, book: Book, left: float) -> None:
    content = book().read_bytes()
    (tmp_path / "book.xlsx").write_bytes(content[: int(len(content) * left)])

    error = fault(tmp_path, tmp_path / "book.xlsx", format=excel())

    assert "it is no whole Excel workbook" in error.why
    assert error.retryable


def test_a_range_that_is_none_is_refused_when_it_is_written() -> None:
    with pytest.raises(ValidationError, match="'B3-H' is no range of cells"):
        ExcelFormat.model_validate(excel(range="B3-H"))

"""Excel workbooks (.xlsx, .xlsm): one sheet of one."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, field_validator

from scheduled_reports.file_formats.base import Bad, FileFormat, InFile, Rows
from scheduled_reports.file_formats.values import Gathering
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet


class ExcelFormat(FileFormat):
    """One sheet of a workbook: a row of names, and all rows below it. Formulas give their last value."""

    endings: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm")

    type: Literal["excel"]
    sheet: str | int = Field(1, description="The sheet's name, or its number from 1.")
    range: str | None = Field(
        None, description="The cells to read, names included: `B3:H200`, or `B3:H` for all rows below. Unless given, "
        "all cells from the header row on.",
    )  # fmt: skip
    header_row: int | None = Field(
        None, ge=1, description="The row with the columns' names; the first that is not blank unless given."
    )

    @field_validator("range")
    @classmethod
    def _is_a_range(cls, text: str | None) -> str | None:
        if text is not None:
            _bounds(text)
        return text

    def read(self, file: InFile, declared: Mapping[str, str | None]) -> Iterator[Rows]:
        """Yield the sheet's rows; a row's number is the sheet's own. Blank rows do not count."""
        with _opened(file) as book:
            sheet = self._sheet(file, book)
            rows = _rows(sheet, *self._box())
            names = self._names(file, sheet.title, next(rows, (self._box()[1], ())))
            yield from Gathering(names.values()).rows(_found(sheet.title, rows, names))

    def _box(self) -> tuple[int, int, int | None, int | None]:
        """Return the first column and row to read, and the last ones."""
        left, top, right, bottom = _bounds(self.range) if self.range else (1, 1, None, None)
        return left, self.header_row or top, right, bottom

    def _sheet(self, file: InFile, book: Any) -> ReadOnlyWorksheet:
        names = book.sheetnames
        if isinstance(self.sheet, int) and 1 <= self.sheet <= len(names):
            return book.worksheets[self.sheet - 1]
        if self.sheet not in names:
            raise file.error(f"it has no sheet {self.sheet!r}", did_you_mean(str(self.sheet), names))
        return book[self.sheet]

    def _names(self, file: InFile, sheet: str, header: tuple[int, Sequence[Any]]) -> dict[int, str]:
        """Return the columns' names by their place in a row.

        Raises:
            SourceError: The row has none, or two that are alike.
        """
        number, cells = header
        names: dict[int, str] = {}
        taken: dict[str, str] = {}
        for place, cell in enumerate(cells):
            name = str(cell.value).strip() if cell.value is not None else ""
            if not name:
                continue
            if name.lower() in taken:
                why = f"two columns are called {name!r}: cells {taken[name.lower()]} and {cell.coordinate}"
                raise file.error(why, "give one of them another name", f"{sheet}!{cell.coordinate}")
            names[place], taken[name.lower()] = name, cell.coordinate
        if not names or number != (self.header_row or number):
            fix = "set `header_row` or `range` in the source's `format`"
            raise file.error(f"row {self.header_row or number} has no names of columns", fix, sheet)
        return names


_RANGE = re.compile(r"([A-Z]{1,3})([1-9]\d*):([A-Z]{1,3})([1-9]\d*)?")


def _bounds(text: str) -> tuple[int, int, int, int | None]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no range of cells; write for example B3:H200, or B3:H for all rows below")
    return _column(match[1]), int(match[2]), _column(match[3]), int(match[4]) if match[4] else None


def _column(letters: str) -> int:
    """Return a column's number: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@contextmanager
def _opened(file: InFile) -> Iterator[Any]:
    """Open a workbook; what openpyxl raises, also while it is read, becomes a SourceError."""
    from xml.etree.ElementTree import ParseError

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with file.path.open("rb") as raw:
        if raw.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            why = "it is an old Excel workbook (.xls), or one with a password"
            raise file.error(why, "save it as .xlsx, without a password")
        raw.seek(0)
        try:
            book = load_workbook(raw, read_only=True, data_only=True)
            yield book
            book.close()
        except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, EOFError, ValueError) as error:
            fix = "have it sent again, whole"
            raise file.error(f"it is no whole Excel workbook: {error}", fix, retryable=True) from error


def _rows(
    sheet: Any, left: int, top: int, right: int | None, bottom: int | None
) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield each row of the box that has a value, and its number."""
    sheet.reset_dimensions()  # what some programs write there is too small, and would hide cells
    cells = sheet.iter_rows(min_row=top, max_row=bottom, min_col=left, max_col=right)
    for number, row in enumerate(cells, start=top):
        if any(cell.value is not None for cell in row):
            yield number, row


def _found(
    sheet: str, rows: Iterator[tuple[int, Sequence[Any]]], names: Mapping[int, str]
) -> Iterator[tuple[int, Mapping[str, Any]] | Bad]:
    for number, row in rows:
        values = {name: _value(row[place].value) for place, name in names.items() if place < len(row)}
        wrong = next((cell for cell in row if cell.data_type == "e"), None)
        wrong = wrong or next((cell for place, cell in enumerate(row)
                               if place not in names and cell.value is not None), None)  # fmt: skip
        if wrong is None:
            yield number, values
            continue
        reason = "is an error of Excel" if wrong.data_type == "e" else "has no name above it"
        column = next((name for place, name in names.items() if place < len(row) and row[place] is wrong), None)
        row_text = json.dumps(values, ensure_ascii=False, default=str)
        yield Bad(number, reason, row_text, column, str(wrong.value),
                  f"{sheet}!{wrong.coordinate}")  # fmt: skip


def _value(value: Any) -> Any:
    """Return a cell's value; Excel has whole numbers and dates only as floats and times."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return str(value) if isinstance(value, dt.timedelta) else value

"""Whether a workbook shows anything beyond its frame: sheets of tables, charts, pictures, texts on the first."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

FRAME_SHEETS = 2
"""The first and the last one, which are there without a table."""


def shows_only(file: Path, frame: Callable[[], Path]) -> bool:
    """Return whether a workbook shows nothing but its frame.

    Args:
        file: The workbook.
        frame: Makes the same workbook without the report's blocks; asked only where there is no other sheet.
    """
    with ZipFile(file) as parts:
        names = parts.namelist()
        sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        if len(sheets) > FRAME_SHEETS:
            return False
        pictures = {parts.read(name) for name in names if name.startswith("xl/media/")}
    known = frame()
    with ZipFile(known) as parts:
        pictures -= {parts.read(name) for name in parts.namelist() if name.startswith("xl/media/")}
    from scheduled_reports.formats.pictures import is_plain  # its package imports this one

    if not all(map(is_plain, pictures)):
        return False
    with _opened(file) as book, _opened(known) as other:
        return all(value == there for value, there in itertools.zip_longest(_values(book), _values(other)))


def _opened(file: Path) -> Any:
    """Return the workbook, to be closed; its sheets are read only as far as they are asked for."""
    from openpyxl import load_workbook

    return closing(load_workbook(file, read_only=True))


def _values(book: Any) -> Iterator[Any]:
    """Yield what the cells of the first sheet hold."""
    for row in book.worksheets[0].iter_rows(values_only=True):
        yield from (value for value in row if value is not None and str(value).strip())

"""Whether a workbook shows anything beyond its frame: sheets of tables, pictures, and text on the first sheet."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from scheduled_reports.formats.pictures import is_plain

_FRAME = ("Report", "About")
"""The sheets that are there without a table."""


def shows_only(file: Path, frame: Callable[[], Path]) -> bool:
    """Return whether a workbook shows nothing but its frame.

    Args:
        file: The workbook.
        frame: Makes the same workbook without the report's blocks; asked only where there is no table and no picture.
    """
    with ZipFile(file) as parts:
        names = parts.namelist()
        sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        pictures = (parts.read(name) for name in names if name.startswith("xl/media/"))
        if len(sheets) > len(_FRAME) or not all(map(is_plain, pictures)):
            return False
    with _opened(file) as book, _opened(frame()) as other:
        return all(value == known for value, known in itertools.zip_longest(_values(book), _values(other)))


def _opened(file: Path) -> Any:
    """Return the workbook, to be closed; its sheets are read only as far as they are asked for."""
    from openpyxl import load_workbook

    return closing(load_workbook(file, read_only=True))


def _values(book: Any) -> Iterator[Any]:
    """Yield what the cells of the first sheet hold."""
    for row in book[_FRAME[0]].iter_rows(values_only=True):
        yield from (value for value in row if value is not None and str(value).strip())

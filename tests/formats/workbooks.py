"""What the tests of Excel workbooks share: they are read back by openpyxl."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from sample_document import document, write
from scheduled_reports.document import Document, TableBlock
from scheduled_reports.formats.xlsx import Xlsx


def wall(*parts: int) -> dt.datetime:
    """Return a moment that knows no zone."""
    return dt.datetime(*parts)  # noqa: DTZ001


def rendered(content: Document, folder: Path) -> Workbook:
    Xlsx(type="xlsx").render(content, folder / "out.xlsx")
    return opened(folder / "out.xlsx")


def opened(file: Path) -> Workbook:
    """Return a workbook; openpyxl says of bars and sparklines, which Excel 2010 added, that it does not read them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*extension is not supported", UserWarning)
        return load_workbook(file, rich_text=True)


def of_columns(folder: Path, columns: dict[str, Any], wanted: tuple[dict[str, str], ...] = ()) -> Workbook:
    write(folder, "sample", columns)
    block = TableBlock.model_validate({"type": "table", "title": "Sample", "dataset": "sample", "columns": wanted})
    return rendered(document(folder, block), folder)

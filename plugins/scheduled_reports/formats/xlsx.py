"""Excel workbooks (ECMA-376): figures and prose on the first sheet, every table on a sheet of its own, real types."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

from scheduled_reports.document.document import Document
from scheduled_reports.formats.base import Format
from scheduled_reports.workbook.marks import shows_only
from scheduled_reports.workbook.report_book import ReportBook


class Xlsx(Format):
    """An Excel workbook of the whole document.

    Sheets: `Report`; one for each table, named by its title (`Calls (2)` where it has more rows than Excel's
    1,048,576, or where two share a title), and one behind it for its details; `Chart data` where there are charts;
    `About`, where the report comes from. Numbers, dates and truth values are what they are; text is text, also where it
    begins with = + - @. Totals are formulas. Notices stand on top of `Report` and in the workbook's properties, never
    on a sheet of data. What Excel cannot hold: `workbook/cells.py`.
    """

    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension: ClassVar[str] = "xlsx"

    type: Literal["xlsx"]

    def render(self, document: Document, target: Path) -> None:
        """Write the workbook; its rows go to disk as they come.

        Raises:
            RenderError: A table has more columns than Excel, or a block is of a kind that Excel cannot show.
            DocumentError: A chart cannot be drawn.
        """
        ReportBook(document).write(target)

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether it has no sheet of a table, no picture that shows anything, and no text beyond the frame."""

        def frame() -> Path:
            self.render(replace(document, blocks=()), folder / "frame.xlsx")
            return folder / "frame.xlsx"

        with tempfile.TemporaryDirectory(prefix="scheduled-reports-") as name:
            folder = Path(name)
            return shows_only(file, frame)

"""The sheet that charts and sparklines read their figures from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scheduled_reports.workbook.line_styles import HEAD
from scheduled_reports.workbook.names import quoted, sheet_name
from scheduled_reports.workbook.page import set_up
from scheduled_reports.workbook.styles import Style, Styles

if TYPE_CHECKING:
    from scheduled_reports.document.document import Document

_WIDTHS = (28, *(14,) * 5)


class ChartData:
    """Grows one block of cells below the other; the sheet is made when the first one comes.

    Args:
        styles: The workbook's.
        document: The report.
        taken: Names of the workbook's sheets in lower case; grows.
    """

    def __init__(self, styles: Styles, document: Document, taken: set[str]) -> None:
        self._styles, self._document, self._taken = styles, document, taken
        self.sheet: Any = None
        self._row = 0

    def block(self, title: str, rows: Sequence[Sequence[Any]], number_format: str = "General") -> int:
        """Write a title, a head and rows; return the row of the head.

        Args:
            title: What they are.
            rows: The head first.
            number_format: Of the figures.
        """
        if self.sheet is None:
            language = self._document.language
            self.sheet = self._styles.book.create_sheet(sheet_name(language.text("Chart data"), self._taken))
            set_up(self.sheet, _WIDTHS, self._document)
        self._row += 1 if self._row == 0 else 2
        self._styles.put(self.sheet.cell(self._row, 1), title, Style(bold=True, color="accent"))
        head = self._row + 1
        for number, row in enumerate(rows):
            self._row += 1
            for column, value in enumerate(row, 1):
                if value is not None:
                    plain = Style(border="hair", number_format="General" if isinstance(value, str) else number_format)
                    self._styles.put(self.sheet.cell(self._row, column), value, HEAD if number == 0 else plain)
        return head

    def line(self, title: str, heads: tuple[str, str], values: Sequence[float | None]) -> str:
        """Write figures one below the other, and return where they are: `'Chart data'!$B$3:$B$32`."""
        head = self.block(title, [heads, *enumerate(values, 1)])
        return f"{quoted(self.sheet.title)}!$B${head + 1}:$B${head + len(values)}"

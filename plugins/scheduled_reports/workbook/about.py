"""The last sheet: where the report comes from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from scheduled_reports.workbook.cells import display_width
from scheduled_reports.workbook.page import POINTS_PER_LINE, set_up
from scheduled_reports.workbook.styles import Style, Styles

if TYPE_CHECKING:
    from scheduled_reports.document.document import Document

FACT_WIDTH = 68
LABEL, FACT = Style(color="muted", border="hair"), Style(align="left", wrap=True, border="hair")


def write_about(sheet: Any, document: Document, styles: Styles) -> None:
    """Write the facts of a report, a label and a fact in each row."""
    set_up(sheet, (26, FACT_WIDTH), document)
    title = document.language.text("About this report")
    styles.put(sheet.cell(1, 1), title, Style(bold=True, size=14, color="accent"))
    sheet.row_dimensions[1].height = 24
    for row, (label, fact) in enumerate(document.facts().items(), 2):
        styles.put(sheet.cell(row, 1), label, LABEL)
        styles.put(sheet.cell(row, 2), fact, FACT)
        if (lines := math.ceil(display_width(fact) / (FACT_WIDTH - 2))) > 1:  # some programs do not fit the height
            sheet.row_dimensions[row].height = lines * POINTS_PER_LINE + 3

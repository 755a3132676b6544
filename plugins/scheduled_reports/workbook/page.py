"""How sheets print: the brand's paper, as wide as the page, title and period above, page x of y below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scheduled_reports.document.document import Document

PAPERS = {"Letter": 1, "A4": 9}
MARGIN = 0.5
"""Inches, at the left and the right of a page."""

SIZES = {"Letter": (816, 1056), "A4": (794, 1123)}
"""Width and height of a page in CSS pixels."""

LANDSCAPE_FROM = 105
"""A page in portrait holds about so many characters in a line before it must shrink them too much."""

POINTS_PER_LINE, TALLEST = 15.0, 409.0

_MOST_LETTERS = 110
"""Excel takes 255 for the left, the middle and the right of a header together."""


def set_up(sheet: Any, widths: Sequence[float], document: Document) -> None:
    """Set the widths of columns and how the sheet prints: as wide as the page, landscape when it is wide."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = PAPERS[document.brand.paper]
    sheet.page_margins.left = sheet.page_margins.right = MARGIN
    sheet.page_margins.top = sheet.page_margins.bottom = 2 * MARGIN - 0.25
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    _head_and_foot(sheet, document)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape" if sum(widths) > LANDSCAPE_FROM else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0


def _head_and_foot(sheet: Any, document: Document) -> None:
    language = document.language
    sheet.oddHeader.left.text = _part(document.title)
    sheet.oddHeader.right.text = _part(document.period_label)
    sheet.oddFooter.left.text = _part(document.brand.footer or document.brand.name)
    sheet.oddFooter.right.text = language.text("Page {page} of {pages}", page="&P", pages="&N")


def _part(text: str) -> str | None:
    """Return a text for a header, where `&` begins a code; one that is too long ends in an ellipsis."""
    line = " ".join(text.split()).replace("&", "&&")
    return (line if len(line) <= _MOST_LETTERS else f"{line[:_MOST_LETTERS].rstrip('&')}…") or None

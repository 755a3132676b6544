"""How cells look: the brand's colours as styles of a workbook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scheduled_reports.workbook.cells import clean, is_risky

if TYPE_CHECKING:
    from openpyxl import Workbook

    from scheduled_reports.brands import Brand

FONT = "Calibri"
"""A font that readers have: a workbook cannot carry the brand's."""


@dataclass(frozen=True)
class Style:
    """How a cell looks.

    Attributes:
        bold: Whether its letters are bold.
        size: Their size in points.
        color: Their colour, by its name in the brand.
        fill: The colour of its ground, by its name in the brand.
        border: The colour of the line below it.
        edge: Whether that line is a strong one, and stands above it.
        align: How it stands in its column; Excel's own way unless given.
        middle: Whether it stands in the middle of its row's height, and not at the top.
        wrap: Whether it goes on in the next line.
        indent: How far it is moved in.
        underline: Whether its letters are underlined, as those of links.
        number_format: Excel's format of its number.
        risky: Whether it is a text like a formula: it stays text when a reader edits it.
    """

    bold: bool = False
    size: float = 11
    color: str = "ink"
    fill: str | None = None
    border: str | None = None
    edge: bool = False
    align: str | None = None
    middle: bool = False
    wrap: bool = False
    indent: int = 0
    underline: bool = False
    number_format: str = "General"
    risky: bool = False


class Styles:
    """The styles of a workbook."""

    def __init__(self, book: Workbook, brand: Brand) -> None:
        self.book, self.brand = book, brand
        self._known: dict[Style, int] = {}

    def number(self, style: Style) -> int:
        """Return the number by which cells of the workbook name a style."""
        from openpyxl.cell import Cell

        if style not in self._known:
            cell = Cell(self.book.worksheets[0], row=1, column=1)
            self.dress(cell, style)
            self._known[style] = cell.style_id
        return self._known[style]

    def dress(self, cell: Any, style: Style) -> None:
        """Give a cell a style."""
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        underline = "single" if style.underline else None
        cell.font = Font(FONT, size=style.size, bold=style.bold, color=self.argb(style.color), underline=underline)
        vertical = "center" if style.middle else "top"
        cell.alignment = Alignment(style.align, vertical, wrap_text=style.wrap, indent=style.indent)
        cell.number_format = style.number_format
        cell.quotePrefix = style.risky
        if style.fill:
            cell.fill = PatternFill("solid", fgColor=self.argb(style.fill))
        if style.border:
            side = Side("thin", color=self.argb(style.border))
            cell.border = Border(top=side, bottom=side) if style.edge else Border(bottom=side)

    def put(self, cell: Any, value: Any, style: Style) -> None:
        """Set a cell's value and style; text is text, whatever it begins with."""
        self.dress(cell, replace(style, risky=True) if is_risky(value) else style)
        if isinstance(value, str):
            cell.value = clean(value)
            cell.data_type = "s"
        else:
            cell.value = value

    def argb(self, color: str) -> str:
        """Return a colour of the brand as Excel writes it: `#0b5c7a` is `FF0B5C7A`."""
        return argb(self.brand.colors[color])


def argb(color: str) -> str:
    """Return an sRGB colour as Excel writes it."""
    return "FF" + color.removeprefix("#").upper()

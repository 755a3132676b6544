"""What a PDF is made of: parts that WeasyPrint sets, and long tables that are typeset straight into its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduled_reports.document.layout import Layout
    from scheduled_reports.document.table import Table
    from scheduled_reports.language import Language

START, END = "typeset-start", "typeset-end"
"""The ids of the empty elements at the beginning and at the end of every body: where parts meet."""

PAGE, PAGES = "\ufdd0", "\ufdd1"
"""Stand for the number of a page and for how many there are; Unicode keeps both for use within a program (23.7)."""

PAGE_OF = "page-of:"
"""What the id of an element begins with that tells the page of another one."""


@dataclass(frozen=True)
class Flow:
    """What WeasyPrint sets.

    Attributes:
        html: A complete HTML document.
        landscape: Whether its first and its last page lie; a table goes on below it only on such a page.
    """

    html: str
    landscape: bool = False


@dataclass(frozen=True)
class LongTable:
    """A table that begins directly below what is before it; what follows begins below its last row.

    Attributes:
        table: What to set.
        layout: The font's size in points, and the share of the width, in per cent, of each column that is set.
        language: The language of its readers.
        caption: What stands above it; may be empty.
        anchor: Its name as a target within the document; may be empty.
        landscape: Whether its pages lie.
        columns: Which of the table's columns are set, by their place; None for all.
        target: The anchor to which the first cells of its rows lead where they lead nowhere else; may be empty.
    """

    table: Table
    layout: Layout
    language: Language
    caption: str = ""
    anchor: str = ""
    landscape: bool = False
    columns: tuple[int, ...] | None = None
    target: str = ""

    @property
    def shown(self) -> tuple[int, ...]:
        """The places of the columns that are set."""
        return tuple(range(len(self.table.columns))) if self.columns is None else self.columns


@dataclass(frozen=True)
class Look:
    """What the style sheet does not say of tables.

    Attributes:
        shade: Gives the background, `#rrggbb`, of a cell that is shaded so strongly, 0 to 1.
        bar: The colour of bars in cells, `#rrggbb`.
    """

    shade: Callable[[float], str]
    bar: str

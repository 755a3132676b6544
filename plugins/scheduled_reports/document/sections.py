"""Divide a document into what stands on upright pages and what needs them turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scheduled_reports.document.block import Bound
from scheduled_reports.document.cells import clean
from scheduled_reports.document.heading import Heading
from scheduled_reports.document.layout import Layout, layout
from scheduled_reports.document.table import Table


@dataclass(frozen=True)
class TypesetTable(Bound):
    """A table with its texts and its place on the page."""

    table: Table
    rows: Sequence[Sequence[str]]
    layout: Layout
    kind = "table"


@dataclass
class Section:
    """Blocks on pages of one orientation.

    Attributes:
        turned: Whether the pages are turned to landscape.
        blocks: The blocks, tables typeset.
    """

    turned: bool
    blocks: list[Bound] = field(default_factory=list)


def sections(blocks: Sequence[Bound], width: float, turned_width: float) -> list[Section]:
    """Return the blocks in sections; a table whose numbers do not fit `width` points turns its pages.

    The headings right above such a table go with it.
    """
    found = [Section(turned=False)]
    for block in blocks:
        part = _typeset(block, width, turned_width)
        turned = isinstance(part, TypesetTable) and part.layout.width > width
        lead = _headings(found[-1]) if turned and not found[-1].turned else []
        if not found[-1].blocks:
            found.pop()
        if not found or found[-1].turned != turned:
            found.append(Section(turned))
        found[-1].blocks += [*lead, part]
    return found


def _typeset(block: Bound, width: float, turned_width: float) -> Bound:
    if not isinstance(block, Table):
        return block
    rows = [tuple(map(clean, row)) for row in block.texts()]
    fit = layout(block.columns, rows, width)
    if not fit.fits and turned_width > width:
        fit = layout(block.columns, rows, turned_width)
    return TypesetTable(block, rows, fit)


def _headings(section: Section) -> list[Bound]:
    """Take the headings that end `section` out of it."""
    start = len(section.blocks)
    while start and isinstance(section.blocks[start - 1], Heading):
        start -= 1
    taken = section.blocks[start:]
    del section.blocks[start:]
    return taken

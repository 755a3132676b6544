"""Divide a document into what stands on upright pages, and what needs them turned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from scheduled_reports.brands import Brand
from scheduled_reports.document import Appendix, Columns, Heading, PageBreak, Table
from scheduled_reports.document.block import Bound
from scheduled_reports.pages.paper import Paper
from scheduled_reports.pages.placed import PlacedTable, placed, placed_within

GAP = 8.0
"""The space between two columns of blocks, in millimetres."""


@dataclass
class Section:
    """Blocks on pages of one orientation.

    Attributes:
        turned: Whether the pages are turned to landscape.
        blocks: The blocks, tables with their place.
    """

    turned: bool
    blocks: list[Bound] = field(default_factory=list)


def sections(blocks: Sequence[Bound], paper: Paper, brand: Brand) -> list[Section]:
    """Return the blocks in sections; a table whose numbers do not fit upright turns its pages.

    The headings right above such a table go with it. An appendix becomes a heading and a table; the first one begins a
    page.
    """
    found = [Section(turned=False)]
    for part in _opened(blocks, paper, brand):
        turned = isinstance(part, PlacedTable) and part.turned
        lead = taken_headings(found[-1].blocks) if turned and not found[-1].turned else []
        if not found[-1].blocks:
            found.pop()
        if not found or found[-1].turned != turned:
            found.append(Section(turned))
        found[-1].blocks += [*lead, part]
    return [Section(section.turned, _without_breaks(section, found)) for section in found]


def _without_breaks(section: Section, found: Sequence[Section]) -> list[Bound]:
    """Return the blocks of a section without page breaks where it begins or ends, as pages are turned there anyway."""
    blocks = list(section.blocks)
    while blocks and section is not found[0] and isinstance(blocks[0], PageBreak):
        del blocks[0]
    while blocks and section is not found[-1] and isinstance(blocks[-1], PageBreak):
        del blocks[-1]
    return blocks


def column_widths(columns: Columns, paper: Paper) -> tuple[float, float]:
    """Return how wide both columns are, in millimetres."""
    room = paper.width - GAP
    return columns.share * room, (1 - columns.share) * room


def taken_headings(blocks: list[Bound]) -> list[Bound]:
    """Take the headings that end `blocks` out of them, and a page break before them."""
    start = len(blocks)
    while start and isinstance(blocks[start - 1], Heading):
        start -= 1
    if start < len(blocks) and start and isinstance(blocks[start - 1], PageBreak):
        start -= 1
    taken = blocks[start:]
    del blocks[start:]
    return taken


def _opened(blocks: Sequence[Bound], paper: Paper, brand: Brand) -> Iterator[Bound]:
    """Yield blocks with tables in their place, and blocks within blocks that cannot stay there."""
    begun = False
    for block in blocks:
        if isinstance(block, Table):
            yield from placed(block, paper, brand)
        elif isinstance(block, Columns):
            yield from _columns(block, paper, brand)
        elif isinstance(block, Appendix):
            if not begun:
                yield PageBreak()
            begun = True
            yield Heading(block.title, 1, block.anchor)
            yield from placed(block.table, paper, brand)
        else:
            yield block


def _columns(columns: Columns, paper: Paper, brand: Brand) -> Iterator[Bound]:
    """Yield two columns; or their blocks one after the other, where a table is too wide or too long for its column."""
    sides = []
    for side, width in zip((columns.left, columns.right), column_widths(columns, paper), strict=True):
        fitting = [placed_within(block, width, brand) if isinstance(block, Table) else block for block in side]
        sides.append(tuple(block for block in fitting if block is not None))
    if list(map(len, sides)) == [len(columns.left), len(columns.right)]:
        yield replace(columns, left=sides[0], right=sides[1])
    else:
        yield from _opened((*columns.left, *columns.right), paper, brand)

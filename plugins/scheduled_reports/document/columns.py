"""Two columns of blocks beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Block, Bound, bind_all
from scheduled_reports.document.callout import CalloutBlock
from scheduled_reports.document.chart import ChartBlock
from scheduled_reports.document.heading import HeadingBlock
from scheduled_reports.document.image import ImageBlock
from scheduled_reports.document.kpis import KpisBlock
from scheduled_reports.document.table_block import TableBlock
from scheduled_reports.document.text import TextBlock
from scheduled_reports.shown import Shown
from scheduled_reports.tables import Tables

Inner = Annotated[
    HeadingBlock | TextBlock | KpisBlock | TableBlock | ChartBlock | ImageBlock | CalloutBlock,
    Field(discriminator="type"),
]
"""What may stand in a column."""


@dataclass(frozen=True)
class Columns(Bound):
    """Two columns of blocks.

    Attributes:
        left: The blocks of the left column.
        right: The blocks of the right column.
        share: Which part of the width the left column takes, 0 to 1.
    """

    left: tuple[Bound, ...]
    right: tuple[Bound, ...]
    share: float
    kind = "columns"


class ColumnsBlock(Block):
    """Two columns of blocks beside each other; one below the other where the page is narrow."""

    type: Literal["columns"]
    share: float = Field(0.5, ge=0.2, le=0.8, description="Which part of the width the left column takes.")
    left: tuple[Inner, ...] = Field(min_length=1, description="What stands on the left, from top to bottom.")
    right: tuple[Inner, ...] = Field(min_length=1, description="What stands on the right.")

    def inner(self) -> tuple[Block, ...]:
        """Return its blocks, from left to right."""
        return (*self.left, *self.right)

    def tables_shown(self) -> Iterator[Shown]:
        """Yield what its blocks show of tables."""
        for block in self.inner():
            yield from block.tables_shown()

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool | None:
        """Return whether all of its blocks are empty; None where none of them can be."""
        found = [block.is_empty(tables, beside_nothing=beside_nothing) for block in self.inner()]
        told = [empty for empty in found if empty is not None]
        return all(told) if told else None

    def bind(self, data: Binding) -> Columns:
        """Return both columns with their data."""
        left, right = tuple(bind_all(self.left, data, "left")), tuple(bind_all(self.right, data, "right"))
        return Columns(left, right, self.share)

"""A new page, in formats that have pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scheduled_reports.document.block import Binding, Block, Bound


@dataclass(frozen=True)
class PageBreak(Bound):
    """What follows begins on a new page; formats without pages show nothing."""

    kind = "page_break"


class PageBreakBlock(Block):
    """What follows begins on a new page, in formats that have pages."""

    type: Literal["page_break"]

    def bind(self, data: Binding) -> PageBreak:
        """Return it."""
        return PageBreak()

"""The contents of a report: its headings, appendices and glossary, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Block, Bound
from scheduled_reports.spec.marks import ContentTemplate


@dataclass(frozen=True)
class Entry:
    """One line of the contents.

    Attributes:
        text: What it leads to.
        level: 1 for sections, 2 for what stands inside one.
        anchor: The name of its target within the document.
    """

    text: str
    level: int
    anchor: str


@dataclass(frozen=True)
class Contents(Bound):
    """The contents; the document fills in its entries."""

    title: str
    depth: int
    entries: tuple[Entry, ...] = ()
    kind = "contents"


class ContentsBlock(Block):
    """A list of what the report holds, with links, and with page numbers where there are pages."""

    type: Literal["contents"]
    title: ContentTemplate | None = Field(None, description="What stands above it; `Contents` unless given.")
    depth: Literal[1, 2] = Field(2, description="1 lists sections alone, 2 what stands inside them, too.")

    def bind(self, data: Binding) -> Contents:
        """Return it without entries, which the document knows."""
        title = data.language.text("Contents") if self.title is None else data.fill(self.title)
        return Contents(title, self.depth)

"""A heading between blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Block, Bound
from scheduled_reports.spec.marks import ContentTemplate


@dataclass(frozen=True)
class Heading(Bound):
    """A heading.

    Attributes:
        text: What it says.
        level: 1 opens a section, 2 stands inside one.
        anchor: Its name as a target within a document.
    """

    text: str
    level: int
    anchor: str = ""
    kind = "heading"


class HeadingBlock(Block):
    """A heading."""

    type: Literal["heading"]
    text: ContentTemplate = Field(min_length=1, description="The heading; may hold templates.")
    level: Literal[1, 2] = Field(1, description="1 opens a section, 2 stands inside one.")

    def bind(self, data: Binding) -> Heading:
        """Fill the heading's template."""
        return Heading(data.fill(self.text), self.level)

"""A heading between blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from scheduled_reports.document.block import Block, Bound
from scheduled_reports.spec.marks import Template
from scheduled_reports.tables import Tables
from scheduled_reports.templates import fill


@dataclass(frozen=True)
class Heading(Bound):
    """A heading; level 1 opens a section, level 2 stands inside one."""

    text: str
    level: int
    kind = "heading"


class HeadingBlock(Block):
    """A heading."""

    type: Literal["heading"]
    text: Template = Field(min_length=1, description="The heading; may hold templates.")
    level: Literal[1, 2] = Field(1, description="1 opens a section, 2 stands inside one.")

    def bind(self, tables: Tables, words: Mapping[str, Any]) -> Heading:
        """Fill the heading's template."""
        return Heading(fill(self.text, words), self.level)

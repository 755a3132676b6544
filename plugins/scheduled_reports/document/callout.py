"""A passage that stands out: what readers must not overlook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Block, Bound
from scheduled_reports.document.text import prose
from scheduled_reports.spec.marks import ContentTemplate

_WORDS = {"info": "Note", "good": "Good news", "warning": "Warning", "bad": "Bad news"}
"""What stands above one without a title, as its colour must not speak alone (WCAG 2.2, 1.4.1)."""


@dataclass(frozen=True)
class Callout(Bound):
    """A passage that stands out.

    Attributes:
        tone: What it means.
        title: What stands above it: its author's title, or what its tone means.
        markdown: The text as its author wrote it, filled.
        html: The same as HTML, as of a text block.
    """

    tone: Literal["info", "good", "warning", "bad"]
    title: str
    markdown: str
    html: str
    kind = "callout"


class CalloutBlock(Block):
    """A passage in a box: a remark, good news, a warning, bad news."""

    type: Literal["callout"]
    tone: Literal["info", "good", "warning", "bad"] = Field("info", description="What it means; the brand colours it.")
    title: ContentTemplate = Field(
        "", description="What stands above it; may hold templates. What its tone means unless given: `Good news`."
    )
    markdown: ContentTemplate = Field(min_length=1, description="The text, Markdown; may hold templates.")

    def bind(self, data: Binding) -> Callout:
        """Fill its templates and turn its Markdown into HTML."""
        title = data.fill(self.title) or data.language.text(_WORDS[self.tone])
        return Callout(self.tone, title, *prose(self.markdown, data))

"""What the words of a report mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Block, Bound
from scheduled_reports.document.text import prose
from scheduled_reports.spec.marks import ContentTemplate


@dataclass(frozen=True)
class Term:
    """A word and what it means, as its author wrote it and as HTML."""

    term: str
    markdown: str
    html: str


@dataclass(frozen=True)
class Glossary(Bound):
    """What words mean.

    Attributes:
        title: What stands above it.
        terms: The words, in the order of their letters.
        anchor: Its name as a target within a document.
    """

    title: str
    terms: tuple[Term, ...]
    anchor: str = ""
    kind = "glossary"


class GlossaryBlock(Block):
    """What the words of a report mean, in the order of their letters."""

    type: Literal["glossary"]
    title: ContentTemplate | None = Field(None, description="What stands above it; `Glossary` unless given.")
    terms: dict[Annotated[str, Field(min_length=1)], ContentTemplate] = Field(
        min_length=1, description="What each word means, Markdown: `{Contact: A call that somebody answered}`."
    )

    def bind(self, data: Binding) -> Glossary:
        """Fill its templates and turn their Markdown into HTML."""
        title = data.language.text("Glossary") if self.title is None else data.fill(self.title)
        terms = (Term(term, *prose(text, data)) for term, text in self.terms.items())
        return Glossary(title, tuple(sorted(terms, key=lambda entry: entry.term.casefold())))

"""Prose in Markdown."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from scheduled_reports.document.block import Block, Bound
from scheduled_reports.spec.marks import Template
from scheduled_reports.tables import Tables
from scheduled_reports.templates import fill

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token


@dataclass(frozen=True)
class Text(Bound):
    """Prose, as the author wrote it and as HTML.

    The HTML is CommonMark's, with raw HTML escaped. A heading `#` in it is an `h2`, as the report's title is the only
    `h1`. A picture from elsewhere is a link to it, so that no format ever loads one; a `data:` picture stays.
    """

    markdown: str
    html: str
    kind = "text"


class TextBlock(Block):
    """Prose in Markdown (CommonMark and tables)."""

    type: Literal["text"]
    markdown: Template = Field(min_length=1, description="The text; may hold templates. HTML in it is shown as text.")

    def bind(self, tables: Tables, words: Mapping[str, Any]) -> Text:
        """Fill the text's templates and turn its Markdown into HTML."""
        markdown = fill(self.markdown, words).strip()
        return Text(markdown, _renderer().render(markdown))


@functools.cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    renderer.core.ruler.push("below_the_title", _below_the_title)
    renderer.add_render_rule("image", _picture)
    return renderer


def _below_the_title(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


def _picture(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    source, alt = str(token.attrs["src"]), renderer.renderInlineAsText(token.children or [], options, env)
    if source.startswith("data:"):
        return f'<img src="{escape(source)}" alt="{escape(alt)}">'
    if not source.startswith(("http://", "https://")):
        return escape(f"{alt} ({source})")
    return f'<a href="{escape(source)}">{escape(alt or source)}</a>'

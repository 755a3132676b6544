"""Prose in Markdown."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Block, Bound
from scheduled_reports.spec.marks import ContentTemplate

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
    markdown: ContentTemplate = Field(
        min_length=1, description="The text; may hold templates. HTML in it is shown as text."
    )

    def bind(self, data: Binding) -> Text:
        """Fill the text's templates and turn its Markdown into HTML."""
        return Text(*prose(self.markdown, data))


def prose(text: str, data: Binding) -> tuple[str, str]:
    """Return Markdown with its templates filled, as its author wrote it, and as HTML.

    Values that templates put in are text in both: what looks like Markdown or HTML in them is shown as it is.
    """
    return data.fill(text).strip(), _renderer().render(data.fill(text, markdown=True).strip())


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

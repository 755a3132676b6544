"""HTML: one file that is a page in a browser and the body of a mail."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from scheduled_reports.document import Chart, Document
from scheduled_reports.document.drawing import png
from scheduled_reports.document.theme import MAIL_FONT_STACK, font_family
from scheduled_reports.formats.base import Format
from scheduled_reports.formats.html_marks import shows_only
from scheduled_reports.formats.templates import page

WIDTH = 672
"""The room for a chart or a table, in CSS pixels: 720 less the margins."""

_SCALE = 2


@dataclass(frozen=True)
class _Picture:
    uri: str
    width: int


class Html(Format):
    """A page of HTML that needs nothing from anywhere: its pictures are inside, its styles where mail keeps them."""

    media_type: ClassVar[str] = "text/html"
    extension: ClassVar[str] = "html"

    type: Literal["html"]
    max_rows: int | None = Field(
        None,
        ge=1,
        description="Show at most so many rows of a table, and say so above it; every row unless given.",
    )

    def render(self, document: Document, target: Path) -> None:
        """Write the page.

        Raises:
            DocumentError: A chart cannot be drawn.
        """
        target.write_text(self._page(document), encoding="utf-8")

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether no text and no picture can be seen beyond the frame; it reads up to the first."""
        with file.open(encoding="utf-8") as found:
            return shows_only(found, self._page(replace(document, blocks=())))

    def _page(self, document: Document) -> str:
        fonts = font_family(MAIL_FONT_STACK)
        return page("page.html.jinja", document, fonts=fonts, draw=_drawn, width=WIDTH, max_rows=self.max_rows)


def _drawn(chart: Chart) -> _Picture:
    """Return the chart as a PNG in a data: URI; no mail program of note shows SVG."""
    data = png(chart, WIDTH, _SCALE)
    pixels = int.from_bytes(data[16:20], "big")  # PNG specification, 11.2.1: the width follows the IHDR chunk's type
    return _Picture(f"data:image/png;base64,{b64encode(data).decode('ascii')}", min(round(pixels / _SCALE), WIDTH))

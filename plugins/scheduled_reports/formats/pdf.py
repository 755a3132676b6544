"""PDF: pages to print or to read, typeset by WeasyPrint."""

from __future__ import annotations

import functools
import tempfile
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from scheduled_reports.document import Chart, Document, mark
from scheduled_reports.document.drawing import svg
from scheduled_reports.document.sections import sections
from scheduled_reports.document.theme import FONTS, font_family
from scheduled_reports.errors import RenderError
from scheduled_reports.formats.base import Format
from scheduled_reports.formats.pdf_marks import shows_only
from scheduled_reports.formats.templates import page, style

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

_SHEETS = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
"""Width and height in millimetres, portrait."""

_SIDE_MARGIN = 15.0
_POINTS, _PIXELS = 72 / 25.4, 96 / 25.4


class Pdf(Format):
    """Pages with running heads, tables that repeat their heads, and charts drawn as vectors."""

    media_type: ClassVar[str] = "application/pdf"
    extension: ClassVar[str] = "pdf"

    type: Literal["pdf"]
    page: Literal["A4", "Letter"] = Field("A4", description="The paper's size.")
    orientation: Literal["portrait", "landscape"] = Field(
        "portrait", description="How the paper lies; a table too wide for portrait turns its own pages."
    )

    def render(self, document: Document, target: Path) -> None:
        """Write the pages.

        Raises:
            RenderError: WeasyPrint's system libraries are missing, or the text asks for a file from elsewhere.
            DocumentError: A chart cannot be drawn.
        """
        weasyprint = _weasyprint()
        css, fonts = _style(self.page, self.orientation)
        upright, turned = (room * _POINTS for room in (self._room, _SHEETS[self.page][1] - 2 * _SIDE_MARGIN))
        parts = sections(document.blocks, upright, turned)
        text = page("page.pdf.jinja", document, width=upright, sections=parts, draw=self._drawn)
        try:
            pages = weasyprint.HTML(string=text, url_fetcher=_fetcher())
            pages.write_pdf(target, stylesheets=[css], font_config=fonts, pdf_tags=True)
        except weasyprint.urls.FatalURLFetchingError as error:
            raise RenderError(f"the PDF of {document.title!r} cannot be made", why=str(error),
                              fix="put the picture into the text as a data: URI") from error  # fmt: skip

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether nothing can be seen beyond the frame; of a long file it mostly reads the first page."""
        source = document.provenance
        texts = (document.title, document.period.label, document.description, *map(str, document.notices),
                 mark(document.notices), source.small_print, f"Questions? Write to {source.owner}")  # fmt: skip

        def frame() -> Path:
            self.render(replace(document, blocks=()), folder / "frame.pdf")
            return folder / "frame.pdf"

        with tempfile.TemporaryDirectory(prefix="scheduled-reports-") as name:
            folder = Path(name)
            return shows_only(file, "\n".join(texts), frame)

    @property
    def _room(self) -> float:
        """The width between the margins, in millimetres."""
        return _SHEETS[self.page][self.orientation == "landscape"] - 2 * _SIDE_MARGIN

    def _drawn(self, chart: Chart) -> str:
        picture = svg(chart, int(self._room * _PIXELS))
        return f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode('ascii')}"


@functools.cache
def _style(paper: str, orientation: str) -> tuple[CSS, FontConfiguration]:
    """Return the style sheet and the fonts it brings; they are the same for every document on such paper."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    text = style("pdf.css.jinja", paper=paper, orientation=orientation, fonts=font_family())
    return CSS(string=text, font_config=fonts, url_fetcher=_fetcher()), fonts


@functools.cache
def _fetcher() -> Any:
    """Return the only way by which WeasyPrint gets files: `data:` URIs and our own fonts, as `font:<file name>`."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Inside(URLFetcher):  # type: ignore[misc] # WeasyPrint has no type hints
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme == "data":
                return super().fetch(url, headers)
            if scheme == "font" and name in {font.name for font in FONTS.glob("*.ttf")}:
                return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/ttf"})
            raise FatalURLFetchingError(f"it asks for {url!r}, and reports load nothing from elsewhere")

    return Inside(allowed_protocols=("data",))


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise RenderError(
            "PDF files cannot be made on this machine",
            why=f"WeasyPrint misses a system library: {str(error).splitlines()[0]}",
            fix="apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        ) from error
    return weasyprint

"""PDF: pages to print or to read, typeset by WeasyPrint, and their long tables by us."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from scheduled_reports.document import Document, mark
from scheduled_reports.errors import RenderError
from scheduled_reports.formats.base import Format
from scheduled_reports.formats.pdf_marks import shows_only
from scheduled_reports.pages.about import standards
from scheduled_reports.pages.paper import Paper, Size


class Pdf(Format):
    """Pages with running heads, tables that repeat their heads, and charts drawn as vectors."""

    media_type: ClassVar[str] = "application/pdf"
    extension: ClassVar[str] = "pdf"

    type: Literal["pdf"]
    page: Literal["A4", "Letter"] | None = Field(None, description="The paper's size; the brand's unless given.")
    orientation: Literal["portrait", "landscape"] = Field(
        "portrait", description="How the paper lies; a table too wide for portrait turns its own pages."
    )
    cover: bool = Field(False, description="Whether the title, the period and the notices have a page of their own.")
    accessible: bool = Field(
        False, description="Whether it keeps PDF/UA-1 (ISO 14289-1), for readers who hear or feel it."
    )
    archivable: bool = Field(
        False,
        description="Whether it keeps PDF/A-3 (ISO 19005-3), for archives; the rows of its tables are embedded as CSV.",
    )

    def render(self, document: Document, target: Path) -> None:
        """Write the pages.

        Raises:
            RenderError: WeasyPrint's system libraries are missing, or the text asks for a file from elsewhere.
            DocumentError: A chart cannot be drawn.
        """
        weasyprint = _weasyprint()
        from scheduled_reports.pages.data import embedded
        from scheduled_reports.pages.flows import frame, parts
        from scheduled_reports.pages.style import look, style
        from scheduled_reports.typeset import LongTable, write_pdf

        paper = Paper(self._size(document), self.orientation)
        looks = style(document.brand, paper, document.language)
        try:
            found = parts(document, paper, cover=self.cover)
            rows = sum(part.table.row_count for part in found if isinstance(part, LongTable))
            write_pdf(
                found, target, css=looks.css, fonts=looks.fonts, fetcher=looks.fetcher, look=look(document.brand),
                frame=lambda landscape: frame(document, paper, landscape=landscape), custom_metadata=True,
                attachments=list(embedded(document)) if self.archivable else None,
                **standards(rows, accessible=self.accessible, archivable=self.archivable),
            )  # fmt: skip
        except weasyprint.urls.FatalURLFetchingError as error:
            raise RenderError(f"the PDF of {document.title!r} cannot be made", why=str(error),
                              fix="put the picture into the text as a data: URI") from error  # fmt: skip

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether nothing can be seen beyond the frame; of a long file it mostly reads the first page."""
        source, language = document.provenance, document.language
        texts = (document.title, document.period_label, document.description, *map(str, document.notices),
                 mark(document.notices), document.small_print, language.text("Questions? Write to"), source.owner,
                 document.brand.name, document.brand.footer)  # fmt: skip

        def frame() -> Path:
            self.render(replace(document, blocks=()), folder / "frame.pdf")
            return folder / "frame.pdf"

        with tempfile.TemporaryDirectory(prefix="scheduled-reports-") as name:
            folder = Path(name)
            return shows_only(file, "\n".join(texts), frame)

    def _size(self, document: Document) -> Size:
        return self.page or document.brand.paper


def _weasyprint() -> Any:
    from scheduled_reports.typeset.engine import weasyprint

    try:
        return weasyprint()
    except OSError as error:
        raise RenderError(
            "PDF files cannot be made on this machine",
            why=f"WeasyPrint misses a system library: {str(error).splitlines()[0]}",
            fix="apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        ) from error

"""Renders PDFs, and reads them with a reader that is not ours."""

from __future__ import annotations

from pypdf import PdfReader

from scheduled_reports.document import Document
from scheduled_reports.formats.pdf import Pdf


def rendered(document: Document, **options: object) -> PdfReader:
    """Render a document beside its tables and return its pages."""
    target = document.tables.folder / "report.pdf"
    Pdf.model_validate({"type": "pdf", **options}).render(document, target)
    return PdfReader(target)


def words(reader: PdfReader) -> str:
    """Return the text of all pages, words apart by one space."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def sheet(reader: PdfReader, page: int = 0) -> tuple[int, int]:
    """Return width and height of a page in points."""
    box = reader.pages[page].mediabox
    return round(box.width), round(box.height)

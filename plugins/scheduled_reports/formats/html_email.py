"""HTML as mail programs show it: the body of an e-mail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from scheduled_reports.document import Document
from scheduled_reports.formats.base import Format
from scheduled_reports.spec.marks import Template


class HtmlEmail(Format):
    """The body of a mail, 320 to 800 pixels wide, light and dark, below the size at which Gmail clips a mail.

    Its pictures are inside as `data:` URIs, which the channel `email` makes parts of the message; its styles are where
    mail programs keep them. Of a long table it shows the first rows and the total, and says how many there are. The
    twin for readers of plain text is the format `text`.
    """

    media_type: ClassVar[str] = "text/html"
    extension: ClassVar[str] = "html"
    is_mail_body: ClassVar[bool] = True

    type: Literal["html_email"]
    file_name: Template = Field(
        "{{ report.id }}_{{ period.slug }}_mail",
        description="The file's name without its extension; may hold templates.",
    )
    max_rows: int | None = Field(
        None, ge=1, description="Show at most so many rows of a table; unless given, as many as fit into a mail, at "
        "most 200. What is left out is said above the table.",
    )  # fmt: skip
    full_report: str = Field(
        "", pattern=r"^(https?://\S+)?$",
        description="Where the whole report is: the mail ends with a button that leads there. Unless given, it has "
        "none: the run's page in Airflow is for those who build reports, and readers may not open it.",
    )  # fmt: skip

    def render(self, document: Document, target: Path) -> None:
        """Write the page.

        Raises:
            DocumentError: A chart cannot be drawn.
        """
        target.write_text(self._page(document), encoding="utf-8")

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether no text and no picture can be seen beyond the frame; it reads up to the first."""
        from scheduled_reports.formats.html_marks import shows_only

        with file.open(encoding="utf-8") as found:
            return shows_only(found, self._page(replace(document, blocks=())))

    def _page(self, document: Document) -> str:
        from scheduled_reports.mail_body import mail_page

        return mail_page(document, self.max_rows, self.full_report)

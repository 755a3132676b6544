"""What every output format offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from scheduled_reports.document.document import Document
from scheduled_reports.model import Model, Name
from scheduled_reports.shown import Shown, whole_tables
from scheduled_reports.spec.marks import Template


@dataclass(frozen=True)
class Artifact:
    """One rendered file.

    Attributes:
        format: The id of the format that made it.
        name: File name.
        media_type: IANA media type.
        path: Name in the run's folder, `files/<name>`; `files/<role>/<name>` where a role has its own,
            `files/<role>/<language>/<name>` in another language than the report's.
        size: Bytes.
        sha256: Hex digest of the bytes.
        role: Whose eyes it is for, where masks give that role data of its own.
        language: The language that it is in; None for the report's.
    """

    format: str
    name: str
    media_type: str
    path: str
    size: int
    sha256: str
    role: str | None = None
    language: str | None = None

    @property
    def readers(self) -> str:
        """Whom it is for, in words: `role auditor, in de`; empty where it is for everybody."""
        told = (f"role {self.role}" if self.role else "", f"in {self.language}" if self.language else "")
        return ", ".join(filter(None, told))


@dataclass(frozen=True)
class Records:
    """How the file of a format can be cut between two records, so that each piece is a file of its own.

    Attributes:
        is_headed: Whether the first record names the columns.
        is_prefaced: Whether lines of text stand before that, and an empty line after them.
        may_quote: Whether a line end between two quotes (") is none.
    """

    is_headed: bool = False
    is_prefaced: bool = False
    may_quote: bool = False


class Format(Model):
    """A kind of file that a document can become."""

    media_type: ClassVar[str]
    """IANA media type of its kind of file; `file_media_type` is the one of this entry's file."""
    extension: ClassVar[str]
    """Extension of its kind of file; `file_extension` is the one of this entry's file."""
    has_content: ClassVar[bool] = True
    """Whether the report's content is in it, beside the tables that its own fields name."""

    is_mail_body: ClassVar[bool] = False
    """Whether its file can be the text of a mail, HTML or plain."""

    may_have_no_bytes: ClassVar[bool] = False
    """Whether a file of no bytes is a whole one, of no rows; of any other kind it was cut."""

    id: Name | None = Field(None, description="Its name for `deliver`; the type unless given.")
    file_name: Template = Field(
        "{{ report.id }}_{{ period.slug }}",
        description="The file's name without its extension; may hold templates.",
    )

    @property
    def key(self) -> str:
        """The id, or the type where none is given."""
        return self.id or str(getattr(self, "type"))  # noqa: B009 - every kind declares its own Literal `type`

    @property
    def file_extension(self) -> str:
        """What its file's name ends in, after a dot; may depend on its fields, as `csv.gz` does."""
        return self.extension

    @property
    def file_media_type(self) -> str:
        """The IANA media type of its file."""
        return self.media_type

    def records(self) -> Records | None:
        """Return how its file can be cut between two lines; None where no piece could be read by itself."""
        return None

    def shows(self) -> Iterator[Shown]:
        """Yield what of which tables is in it, beside the report's content."""
        return whole_tables(self)

    @abstractmethod
    def render(self, document: Document, target: Path) -> None:
        """Write `document` as one complete file at `target`.

        Raises:
            RenderError: The document cannot become such a file.
        """

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether a file that `render` wrote shows nothing: no text and no mark beyond the document's frame.

        The frame is what is there without blocks: title, period, description, notices and small print. Here only a file
        of no bytes is blank; a kind of format that people read looks into it.

        Raises:
            RenderError: The document's frame cannot become such a file.
        """
        return file.stat().st_size == 0

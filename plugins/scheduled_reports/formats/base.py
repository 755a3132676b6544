"""What every output format offers."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from scheduled_reports.document.document import Document
from scheduled_reports.model import Model, Name
from scheduled_reports.spec.marks import Template


@dataclass(frozen=True)
class Artifact:
    """One rendered file.

    Attributes:
        format: The id of the format that made it.
        name: File name.
        media_type: IANA media type.
        path: Name in the run's folder, `files/<name>`.
        size: Bytes.
        sha256: Hex digest of the bytes.
    """

    format: str
    name: str
    media_type: str
    path: str
    size: int
    sha256: str


class Format(Model):
    """A kind of file that a document can become."""

    media_type: ClassVar[str]
    extension: ClassVar[str]

    id: Name | None = Field(None, description="Its name for `deliver`; the type unless given.")
    file_name: Template = Field(
        "{{ report.id }}_{{ period.slug }}",
        description="The file's name without its extension; may hold templates.",
    )

    @property
    def key(self) -> str:
        """The id, or the type where none is given."""
        return self.id or str(getattr(self, "type"))  # noqa: B009 - every kind declares its own Literal `type`

    @abstractmethod
    def render(self, document: Document, target: Path) -> None:
        """Write `document` as one complete file at `target`.

        Raises:
            RenderError: The document cannot become such a file.
        """

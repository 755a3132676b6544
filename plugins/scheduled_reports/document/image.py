"""A picture from a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from scheduled_reports.document.block import Binding, Block, Bound
from scheduled_reports.document.picture_file import PictureError, read_picture
from scheduled_reports.errors import DocumentError
from scheduled_reports.spec.marks import ContentTemplate, PictureName


@dataclass(frozen=True)
class Image(Bound):
    """A picture.

    Attributes:
        title: Its caption; may be empty.
        alt: What it shows, in words, for who cannot see it.
        media_type: `image/png`, `image/jpeg` or `image/svg+xml`.
        content: Its bytes; upright, at most 2,000 pixels long, without EXIF data.
        width: Which part of the text's width it takes, more than 0 and at most 1.
        pixels: Its own width and height.
    """

    title: str
    alt: str
    media_type: str
    content: bytes
    width: float
    pixels: tuple[int, int]
    kind = "image"


class ImageBlock(Block):
    """A picture from a file in `include/`: png, jpg, webp, gif or svg."""

    type: Literal["image"]
    file: PictureName = Field(description="A file below include/ or include/images/, at most 10 MB.")
    alt: ContentTemplate = Field(
        min_length=1, description="What it shows, in words, for readers who cannot see it; may hold templates."
    )
    title: ContentTemplate = Field("", description="Its caption; may hold templates.")
    width: float = Field(1.0, gt=0, le=1, description="Which part of the text's width it takes: 0.5 is half.")

    def bind(self, data: Binding) -> Image:
        """Read the file and make it fit for readers."""
        try:
            found = read_picture(self.file, data.include)
        except PictureError as error:
            raise DocumentError(f"the image {self.file!r} cannot be shown", why=error.message,
                                fix=error.hint) from error  # fmt: skip
        title, alt = data.fill(self.title), data.fill(self.alt)
        return Image(title, alt, found.media_type, found.content, self.width, found.pixels)

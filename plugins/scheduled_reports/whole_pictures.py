"""Refuse pictures that are cut off, whatever else this process has loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def whole_pictures() -> Iterator[None]:
    """Let Pillow refuse pictures whose end is missing, in place of grey where the end would be.

    WeasyPrint sets Pillow's `LOAD_TRUNCATED_IMAGES` for the whole process as soon as it is imported, so that without
    this the report after the first PDF of a worker would show half a picture without a word.
    """
    from PIL import ImageFile

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before

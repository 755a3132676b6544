"""Picture files of a report: where they lie, what is wrong with them, and how they are made fit for readers."""

from __future__ import annotations

import functools
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.svg_file import SvgError, svg_size
from scheduled_reports.unusable import UnusableError
from scheduled_reports.whole_pictures import whole_pictures

MOST_BYTES, MOST_PIXELS = 10_000_000, 50_000_000
"""Of a file, and of the picture in it; a camera's has 12 to 48 million pixels."""

MOST_SIDE = 2_000
"""Pixels of the longer side that readers get: a page's width in print at 250 dots an inch."""

SUFFIXES = (".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")

_MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_KINDS = "write a png, jpg, webp, gif or svg file"


class PictureError(UnusableError):
    """A picture cannot be used."""


@dataclass(frozen=True)
class PictureFile:
    """A picture as readers get it.

    Attributes:
        media_type: `image/png`, `image/jpeg` or `image/svg+xml`.
        content: Its bytes.
        pixels: Its width and height.
    """

    media_type: str
    content: bytes
    pixels: tuple[int, int]


def picture_path(name: str, include: Path) -> Path:
    """Return the file that a spec calls `name`: below `include`, or below `include/images`."""
    direct = include / name
    return direct if direct.is_file() or not (include / "images" / name).is_file() else include / "images" / name


def check_picture(name: str, include: Path) -> None:
    """Look at a picture's head and size, without decoding it.

    Raises:
        PictureError: It is not there, cannot be read, is of a kind that nothing shows, or is too large.
    """
    if "://" in name:
        raise PictureError(f"{name!r} is on the web, and reports load nothing from there",
                           "save it below include/ and name the file")  # fmt: skip
    path, folder = picture_path(name, include), include.absolute()
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PictureError(f"{name!r} lies outside {folder}", "name a file below include/")
    if Path(name).suffix.lower() not in SUFFIXES:
        raise PictureError(f"{name!r} is no picture that reports show", _KINDS)
    if not path.is_file():
        raise PictureError(f"there is no file {folder / name}", did_you_mean(name, _present(include)))
    content = _content(path)
    if path.suffix.lower() == ".svg":
        _svg_pixels(path.name, content)
    else:
        _opened(path.name, content)


def _present(include: Path) -> list[str]:
    """Return the pictures that there are, as specs call them."""
    found = [path for path in include.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()]
    return sorted(path.relative_to(include).as_posix() for path in found)


def read_picture(name: str, include: Path) -> PictureFile:
    """Return a picture as readers get it: upright, at most 2,000 pixels long, without a camera's notes of the place.

    Raises:
        PictureError: As `check_picture` says, or it is broken.
    """
    check_picture(name, include)
    path = picture_path(name, include)
    stat = path.stat()
    return _read(path, (stat.st_mtime_ns, stat.st_size))


@functools.lru_cache(maxsize=16)
def _read(path: Path, _: tuple[int, int]) -> PictureFile:
    """Return the picture; the reports of one run share it as long as the file is the same."""
    content = _content(path)
    if path.suffix.lower() == ".svg":
        return PictureFile("image/svg+xml", content, _svg_pixels(path.name, content))
    return _encoded(path.name, _opened(path.name, content))


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise PictureError(f"{path.name} is {size / 1e6:.1f} MB large, and a picture may have "
                               f"{MOST_BYTES / 1e6:g} MB", "save it smaller")  # fmt: skip
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"{path.name} cannot be read: {error.strerror}", "check its permissions") from error


def _svg_pixels(name: str, content: bytes) -> tuple[int, int]:
    try:
        width, height = svg_size(content)
    except SvgError as error:
        raise PictureError(f"{name}:{error.line}: {error.message}", error.hint) from error
    return max(round(width), 1), max(round(height), 1)


def _opened(name: str, content: bytes) -> Any:
    """Return a PIL image that is not decoded yet."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is lower
            image = Image.open(io.BytesIO(content), formats=tuple(_MEDIA_TYPES))
    except Image.DecompressionBombError as error:
        raise PictureError(f"{name} has far too many pixels: {error}", "save it smaller") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{name} is no picture that reports show, whatever its name says", _KINDS) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureError(f"{name} is broken: {error}", "save it again") from error
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PictureError(f"{name} has {width:,} × {height:,} pixels, and a picture may have "
                           f"{MOST_PIXELS / 1e6:g} million", "save it smaller")  # fmt: skip
    return image


def _encoded(name: str, image: Any) -> PictureFile:
    """Return the picture decoded and written again: what is not pixels, as EXIF and GPS, is gone."""
    from PIL import Image, ImageOps

    try:
        as_jpeg, mode = image.format == "JPEG", "RGBA" if _is_transparent(image) else "RGB"
        with whole_pictures():
            smaller = image if as_jpeg else image.convert(mode)  # a JPEG is decoded smaller at once
            smaller.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS)
            pixels = ImageOps.exif_transpose(smaller).convert("RGB" if as_jpeg else mode)
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureError(f"{name} is broken: {error}", "save it again") from error
    target = io.BytesIO()
    clean = Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())  # nothing but pixels
    if as_jpeg:
        clean.save(target, "JPEG", quality=88, optimize=True)
    else:
        clean.save(target, "PNG", optimize=True)
    return PictureFile("image/jpeg" if as_jpeg else "image/png", target.getvalue(), clean.size)


def _is_transparent(image: Any) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info

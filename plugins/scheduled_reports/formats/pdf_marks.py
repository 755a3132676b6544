"""Whether a PDF shows anything beyond its frame: text that can be seen, lines and areas, pictures.

PDFium tells what is on a page as objects (https://pypdfium2.readthedocs.io): a text run, a path, a picture.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from ctypes import c_int, c_uint
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from scheduled_reports.formats.pictures import is_one_colour
from scheduled_reports.pages.paper import FOOT, HEAD, POINTS

SURE = 8
"""So many texts that the frame does not have are enough to know; with fewer, the frame itself is made and compared."""

WHITE = 250
"""From here on, of 255, a colour on white paper is not seen."""

_HEAD, _FOOT = HEAD * POINTS, FOOT * POINTS
"""Where the running heads and the page numbers stand, in points from the page's edges."""

_FORMS = 15
"""How deep drawings within drawings are looked into; PDFium's own default."""


class _Mark(NamedTuple):
    """Something that can be seen, as it is found again in another document: not by its place, which may move."""

    kind: str
    text: str
    look: tuple[int, ...]


def shows_only(file: Path, text: str, frame: Callable[[], Path]) -> bool:
    """Return whether a PDF shows nothing but its frame; it is read until that is clear, so mostly its first page.

    Its texts are read first: most pages have enough of them, and ten times as many lines and areas.

    Args:
        file: The PDF.
        text: All texts of the frame.
        frame: Makes the same document without its blocks; asked only where the texts do not settle it.
    """
    known = _squeezed(text)
    beyond = (mark for mark in _marks(file, texts_only=True) if mark.text not in known)
    if sum(1 for _ in islice(beyond, SURE)) == SURE:
        return False
    return not Counter(_marks(file)) - Counter(_marks(frame()))


def _marks(file: Path, *, texts_only: bool = False) -> Iterator[_Mark]:
    """Yield what can be seen on the pages, but for their margins."""
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    document = pdfium.PdfDocument(file)
    try:
        for number in range(len(document)):
            page = document[number]
            top = page.get_height() - (_HEAD if number else 0)
            for entry in _seen(page.get_objects(max_depth=_FORMS, textpage=page.get_textpage())):
                if texts_only and entry.type != raw.FPDF_PAGEOBJ_TEXT:
                    continue
                if entry.level or not _in_margin(entry, top):
                    yield from _mark(entry)
            page.close()
    finally:
        document.close()


def _seen(entries: Iterable[Any]) -> Iterator[Any]:
    """Yield objects without drawings that are transparent as a whole, and all that is within these."""
    from pypdfium2 import raw

    hidden = _FORMS
    for entry in entries:
        if entry.level > hidden:
            continue
        form = entry.type == raw.FPDF_PAGEOBJ_FORM
        hidden = entry.level if form and not _colour(raw.FPDFPageObj_GetFillColor, entry)[3] else _FORMS
        if not form:
            yield entry


def _in_margin(entry: Any, top: float) -> bool:
    _, bottom, _, upper = entry.get_bounds()
    return bool(upper < _FOOT or bottom > top)


def _mark(entry: Any) -> Iterator[_Mark]:
    """Yield what an object shows: nothing where it is white on white, transparent, or a text without letters."""
    from pypdfium2 import raw

    if entry.type == raw.FPDF_PAGEOBJ_TEXT:
        text, fill = _squeezed(entry.extract()), _colour(raw.FPDFPageObj_GetFillColor, entry)
        if text and _is_seen(fill) and raw.FPDFTextObj_GetTextRenderMode(entry) != raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            yield _Mark("text", text, fill)
    elif entry.type == raw.FPDF_PAGEOBJ_PATH:
        if painted := [part for colour in _painted(entry) if _is_seen(colour) for part in colour]:
            yield _Mark("path", "", (*painted, *_size(entry)))
    elif entry.type != raw.FPDF_PAGEOBJ_IMAGE or not is_one_colour(entry.get_bitmap().to_pil()):
        yield _Mark("picture", "", _size(entry))


def _painted(entry: Any) -> Iterator[tuple[int, ...]]:
    """Yield the colours in which a path is filled and drawn."""
    from pypdfium2 import raw

    filled, drawn = c_int(), c_int()
    raw.FPDFPath_GetDrawMode(entry, filled, drawn)
    if filled.value:
        yield _colour(raw.FPDFPageObj_GetFillColor, entry)
    if drawn.value:
        yield _colour(raw.FPDFPageObj_GetStrokeColor, entry)


def _size(entry: Any) -> tuple[int, int]:
    left, bottom, right, top = entry.get_bounds()
    return round(right - left), round(top - bottom)


def _colour(getter: Any, entry: Any) -> tuple[int, ...]:
    """Return red, green, blue and opacity, from 0 to 255; black where there is a pattern instead."""
    parts = [c_uint() for _ in range(4)]
    return tuple(part.value for part in parts) if getter(entry, *parts) else (0, 0, 0, 255)


def _is_seen(colour: tuple[int, ...]) -> bool:
    return colour[3] > 0 and min(colour[:3]) < WHITE


def _squeezed(text: str) -> str:
    """Return a text in one spelling and without spaces: lines break elsewhere in a document with more in it."""
    return re.sub(r"[\s\x00-\x1f\x7f\ufffe\uffff]+", "", unicodedata.normalize("NFKC", text))

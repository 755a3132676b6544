"""What is known of a rendered file: texts, pages, cells, a coarse look; nothing that depends on a machine's fonts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2 as pdfium

GRID = (20, 28)
LOOKED_AT = 2
"""Pages of a PDF whose look is kept."""

_RIGHT_TO_LEFT = re.compile("[\u0590-\u06ff]+")
_HIDDEN = ("script", "style", "svg", "title", "head")


class Page(HTMLParser):
    """The text and the tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.tags = Counter[str]()
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._hidden += tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.lines.append(" ".join(data.split()))


def pdf(file: Path) -> dict[str, Any]:
    """Return the words of each page in their order, and the mean colours of the first ones."""
    with pdfium.PdfDocument(file) as opened:
        pages = [_words(page.get_textpage().get_text_range()) for page in opened]
        sizes = [[round(side) for side in page.get_size()] for page in opened]
        look = [_colors(page) for page, _ in zip(opened, range(LOOKED_AT), strict=False)]
    return {"pages": _shortened(pages, 6), "sizes": Counter(map(str, sizes)), "look": look}


def xlsx(file: Path) -> dict[str, Any]:
    """Return cells of each sheet as `A1 kind value [number format]`, of 60 rows on the first and 16 on others."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*extension is not supported", UserWarning)
        book = openpyxl.load_workbook(file)
    found = {}
    for sheet in book:
        counts = f"{sheet.dimensions}, {len(sheet._charts)} charts, {len(sheet._images)} pictures"
        found[sheet.title] = [counts, *_cells(sheet)]
    return found


def page(file: Path) -> dict[str, Any]:
    """Return what is read on a page, and how many there are of each tag."""
    found = Page(file.read_text(encoding="utf-8"))
    return {"text": found.lines, "tags": dict(sorted(found.tags.items()))}


def text(file: Path) -> dict[str, Any]:
    """Return the lines."""
    return {"text": _shortened(file.read_text(encoding="utf-8").splitlines(), 240)}


READ = {"pdf": pdf, "xlsx": xlsx, "html": page, "html_email": page, "text": text}


def _shortened(texts: list[str], count: int) -> list[str]:
    """Return the first texts as they are, and a digest of the others."""
    rest = "\n".join(texts[count:])
    digest = hashlib.sha256(rest.encode()).hexdigest()[:16]
    return texts if not rest else [*texts[:count], f"{len(texts) - count} more: {digest}", *texts[-3:]]


def _words(found: str) -> str:
    plain = "".join(
        letter for letter in found if unicodedata.category(letter) not in ("Cc", "Cn", "Cf", "So") or letter in "\r\n"
    )
    return " ".join(_RIGHT_TO_LEFT.sub(" ", plain).split())


def _colors(page: Any) -> list[str]:
    picture = page.render(scale=1).to_pil().convert("RGB")
    small = picture.resize(GRID, resample=4)  # PIL.Image.Resampling.BOX: the mean of what a cell covers
    content = small.tobytes().hex()
    row = GRID[0] * 6
    return [content[start : start + row] for start in range(0, len(content), row)]


def _cells(sheet: Any) -> list[str]:
    found = []
    for row in sheet.iter_rows(max_row=60 if sheet.title == sheet.parent.sheetnames[0] else 16, max_col=12):
        for cell in row:
            if cell.value is not None:
                form = "" if cell.number_format == "General" else f" [{cell.number_format}]"
                found.append(f"{cell.coordinate} {cell.data_type} {cell.value}{form}")
    return found

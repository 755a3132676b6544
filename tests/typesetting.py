"""A style sheet, a frame and tables for the tests of typesetting, and the same tables as HTML for WeasyPrint alone."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2 as pdfium
import weasyprint
from PIL import Image
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

import scheduled_reports
from sample_document import document, write
from scheduled_reports.document import Table, TableBlock
from scheduled_reports.document.layout import Layout
from scheduled_reports.language import ENGLISH
from scheduled_reports.typeset import Flow, LongTable, Look, write_pdf
from scheduled_reports.typeset.boxes import texts
from scheduled_reports.typeset.text_runs import Ink, Setter

FONTS = Path(scheduled_reports.__file__).parent / "formats" / "fonts"
FACES = "".join(
    f"@font-face {{ font-family: Inter; font-weight: {weight}; src: url('font:Inter-{name}.ttf') }}"
    for weight, name in ((400, "Regular"), (600, "SemiBold"), (700, "Bold"))
)
STYLE = """
@page { size: A4; margin: 20mm 15mm 18mm; font: 7.5pt/1.4 Inter;
  @top-left { content: string(title); width: 60% }
  @bottom-right { content: "Page \\00FDD0  of \\00FDD1"; text-align: right; width: 40% } }
@page turned { size: A4 landscape }
.turned { page: turned }
html { font: 9.5pt/1.5 Inter, 'Noto Sans CJK SC', 'DejaVu Sans', sans-serif; color: #14212b }
body { margin: 0; overflow-wrap: anywhere }
h1, h2, h3, p { margin: 0 }
.title { position: absolute; width: 0; height: 0; overflow: hidden; font-size: 0; string-set: title content() }
h3.caption { font-size: 9.5pt; margin: 0 0 2mm }
.block { margin: 0 0 6mm }
.data { width: 100%; table-layout: fixed; border-collapse: collapse; line-height: 1.35;
  font-variant-numeric: tabular-nums }
.data th { padding: 0 0 0.5em 1.3em; font-weight: 600; color: #566573; text-align: left; vertical-align: bottom;
  border-bottom: 1.1pt solid #dce3e8 }
.data td { padding: 0.42em 0 0.42em 1.2em; vertical-align: top; border-bottom: 0.5pt solid #e8edf1 }
.data th:first-child, .data td:first-child { padding-left: 0 }
.data tbody tr:nth-child(even) { background: #f6f8fa }
.data .n { text-align: right } .data .c { text-align: center }
.data tr { break-inside: avoid }
.data .good { color: #14713d; font-weight: 600 } .data .bad { color: #b3261e } .data .muted { color: #566573 }
.data a { color: #0b5c7a; text-decoration: none }
.data .group td { font-weight: 600; padding-top: 1em } .data .subtotal td { font-weight: 600 }
.data .total td { font-weight: 700; border-top: 1.1pt solid #dce3e8 } .data .others td { color: #566573 }
.data .level-1 td:first-child { padding-left: 1em }
"""
LOOK = Look(shade=lambda share: f"#{round(255 - 80 * share):02x}f0f0", bar="#cfe3ec")
KINDS = {1: "group level-{}", 2: "subtotal level-{}", 3: "total", 4: "others"}


class Inside(URLFetcher):
    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        content = (FONTS / url.removeprefix("font:")).read_bytes()
        return URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})


@functools.cache
def style() -> tuple[Any, Any, Any]:
    fonts, fetcher = FontConfiguration(), Inside()
    return weasyprint.CSS(string=FACES + STYLE, font_config=fonts, url_fetcher=fetcher), fonts, fetcher


def setter(css: str = "") -> Setter:
    sheet, fonts, fetcher = style()
    page = weasyprint.HTML(string=f'<p style="{css}">x</p>', url_fetcher=fetcher)
    document = page.render(stylesheets=[sheet], font_config=fonts)
    return Ink(document.fonts).setter(next(texts(document.pages[0]._page_box)).style)


def flow(body: str = "", *, landscape: bool = False) -> Flow:
    return Flow(frame(landscape).replace('<div id="typeset-end">', body + '<div id="typeset-end">'), landscape)


def frame(landscape: bool) -> str:
    turned = "turned" if landscape else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>Orders</title></head><body class="{turned}">'
        '<div id="typeset-start"></div><div class="title">Running head</div><div id="typeset-end"></div>'
    )


def made(folder: Path, *parts: Flow | LongTable, name: str = "made.pdf", **options: Any) -> Path:
    css, fonts, fetcher = style()
    target = folder / name
    pages = write_pdf(parts, target, css=css, fonts=fonts, fetcher=fetcher, frame=frame, look=LOOK, **options)
    assert pages == len(pypdf.PdfReader(target).pages)
    return target


def table(folder: Path, data: dict[str, list[Any]], *columns: dict[str, Any], **more: Any) -> Table:
    write(folder, "orders", data)
    block = TableBlock.model_validate({"type": "table", "dataset": "orders", "columns": columns, **more})
    bound = document(folder, block).blocks[0]
    assert isinstance(bound, Table)
    return bound


def long(bound: Table, **more: Any) -> LongTable:
    count = len(more.get("columns") or bound.columns)
    return LongTable(bound, Layout(8.75, (100 / count,) * count, 510, fits=True), ENGLISH, **more)


def pages(file: Path) -> list[str]:
    """Return each page's text as PDFium reads it."""
    with pdfium.PdfDocument(file) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def bodies(file: Path) -> list[list[str]]:
    """Return each page's lines without its margins."""
    return [re.sub(r"Running head|Page \d+ of \d+", "", text).split("\r\n") for text in pages(file)]


def words(file: Path) -> list[str]:
    return " ".join(line for lines in bodies(file) for line in lines).split()


def pictures(file: Path, scale: float = 1.5) -> list[Image.Image]:
    with pdfium.PdfDocument(file) as opened:
        return [page.render(scale=scale).to_pil().convert("L") for page in opened]


def as_html(bound: Table, shares: Sequence[float], caption: str) -> str:
    """Return the table as our page's HTML has short ones: what typesetting must look like."""
    heads = "".join(f'<th class="{_class(column)}">{escape(column.label)}</th>' for column in bound.columns)
    widths = "".join(f'<col style="width: {share:.3f}%">' for share in shares)
    rows = "".join(row for lines in bound.lines() for row in _rows(bound, lines))
    return (
        f'<div class="block"><h3 class="caption">{caption}</h3><table class="data" style="font-size: 8.75pt">'
        f"<colgroup>{widths}</colgroup><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _class(column: Any) -> str:
    return {"right": "n", "center": "c"}.get(column.align, "")


def _rows(bound: Table, lines: Any) -> Iterator[str]:
    texts, looks, shades, bars = lines.texts(ENGLISH), lines.looks(), lines.shades(), lines.bars()
    for line, kind in enumerate(lines.kinds):
        cells, place = [], 0
        while place < len(texts):
            span = 1
            while kind and not place and place + span < len(texts) and not texts[place + span][line]:
                span += 1
            tone = (looks[place] or {line: None})[line] or ""
            ground = ""
            if shades[place] and shades[place][line] is not None:
                ground = f"background: {LOOK.shade(shades[place][line])}"
            if bars[place] and bars[place][line]:
                begin, end = (100 * share for share in bars[place][line])
                ground = (f"background: linear-gradient(to right, transparent {begin}%, {LOOK.bar} {begin}%, "
                          f"{LOOK.bar} {end}%, transparent {end}%) content-box")  # fmt: skip
            text = escape(texts[place][line])
            if lines.links[place] and lines.links[place][line]:
                text = f'<a href="{escape(lines.links[place][line])}">{text}</a>'
            name = f"{_class(bound.columns[place])} {tone}"
            cells.append(f'<td class="{name}" colspan="{span}" style="{ground}">{text}</td>')
            place += span
        yield f'<tr class="{KINDS.get(kind, "").format(lines.levels[line])}">{"".join(cells)}</tr>'

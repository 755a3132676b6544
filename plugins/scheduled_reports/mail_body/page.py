"""Fill the templates of a mail's body; everything that is data is escaped."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scheduled_reports.brands import font_family
from scheduled_reports.charts.look import Look
from scheduled_reports.document import Document, Kpi, Kpis, Table, mark, walk
from scheduled_reports.document.layout import figure_size, tiles_per_row
from scheduled_reports.mail_body.budget import line_limits
from scheduled_reports.mail_body.inks import Inks, inks_of
from scheduled_reports.mail_body.inlined import inlined
from scheduled_reports.mail_body.pictures import NARROW, drawn, shown_image, shown_logo, sparkline
from scheduled_reports.mail_body.tables import PANE, PHONE, MailTable, mail_table

WIDTH = 672
"""The room for a chart or a table, in CSS pixels: 720 less the margins."""

MOST_BYTES = 100_000
"""Gmail clips a mail at 102 KiB of HTML, and hides what follows: https://www.campaignmonitor.com/blog/gmail-clipping."""

MOST_ROWS = 200
"""Longer tables nobody reads in a mail."""

log = logging.getLogger(__name__)

_PICTURES = re.compile(r'"data:[^"]*"')
_CID = f'"cid:{"0" * 46}"'
"""About what stands in a picture's place in the mail: the channel makes it a part of its own."""

_TABLE_SHARES = (1.0, 0.95, 0.8, 0.0)
"""Which part of the room the tables get; less than all only where a table's frame was larger than thought."""


def mail_page(document: Document, most_rows: int | None = None, full_report: str = "") -> str:
    """Return the body of a mail, with as many rows of its tables as fit below Gmail's limit.

    What has no room even without a row of a table is said in the log, and stays whole.

    Args:
        document: The report.
        most_rows: Show at most so many rows of a table, whatever would fit; 200 unless given.
        full_report: Where the whole report is, a URL; may be empty.

    Raises:
        DocumentError: A chart cannot be drawn, or a column's pattern does not fit its values.
    """
    inks = inks_of(document.brand)
    tables = {
        id(block): mail_table(block, most_rows or MOST_ROWS, MOST_BYTES, inks, document.language)
        for block in walk(document.blocks)
        if isinstance(block, Table)
    }
    page = _Page(document, inks, tables, full_report)
    least = page.filled(dict.fromkeys(tables, 0))
    sizes = {key: table.sizes() for key, table in tables.items()}
    fixed = {key: table.fixed_size() for key, table in tables.items()}
    for share in _TABLE_SHARES if tables else ():
        room = max(int((MOST_BYTES - mail_size(least)) * share), 0)
        text = page.filled(line_limits(sizes, fixed, room))
        if mail_size(text) <= MOST_BYTES:
            return text
    if mail_size(least) > MOST_BYTES:
        log.warning(
            "%s: without its tables the mail already has %s bytes of HTML, and Gmail shows about %s: shorten its texts",
            document.provenance.report_id, f"{mail_size(least):,}", f"{MOST_BYTES:,}",
        )  # fmt: skip
    return least


def mail_size(text: str) -> int:
    """Return how many bytes a page has in a mail, without its pictures."""
    return len(_PICTURES.sub(_CID, text).encode())


@dataclass(frozen=True)
class _Page:
    """What the templates are filled with."""

    document: Document
    inks: Inks
    tables: Mapping[int, MailTable]
    full_report: str

    def filled(self, limits: Mapping[int, int]) -> str:
        """Return the page with so many lines of each table."""
        document, language, brand = self.document, self.document.language, self.document.brand
        look = Look(brand, language)
        return _environment().get_template("page.html.jinja").render(
            document=document, inks=self.inks, color=brand.colors, dark=brand.dark, lang=language.lang,
            t=language.text, counted=language.counted, headline=_headline(document),
            fonts=font_family(brand.mail_font_stack), logo=shown_logo(brand), picture=shown_image,
            draw=lambda chart, width: drawn(chart, int(width), look), sparkline=lambda trend: sparkline(trend, look),
            table=lambda block: self.tables[id(block)], limit=lambda block: limits[id(block)], width=WIDTH,
            narrow=NARROW, phone=PHONE, pane=PANE, full_report=self.full_report, brand=brand,
        )  # fmt: skip


def _headline(document: Document) -> str:
    """Return the notices and the first key figures on one line: what a mailbox shows beside the subject."""
    figures = next((block.items for block in walk(document.blocks) if isinstance(block, Kpis)), ())
    told = [f"{kpi.label} {kpi.text}{_change(kpi)}" for kpi in figures]
    return " · ".join((*map(str, document.notices), *(told or [document.description or document.period_label])))


def _change(kpi: Kpi) -> str:
    changes = [other.change for other in kpi.comparisons if other.change]
    return f" ({changes[0]})" if changes else ""


def _tile_rows(items: Sequence[Kpi]) -> list[Sequence[Kpi]]:
    size = tiles_per_row(len(items))
    return [items[start : start + size] for start in range(0, len(items), size)]


def _mailto(address: str) -> str:
    """Return the address as a link (RFC 6068)."""
    return f"mailto:{quote(address, safe='@')}"


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    words: Mapping[str, Any] = {"figure_size": figure_size}
    environment.globals.update(words)
    environment.filters.update(inlined=inlined, mark=mark, mailto=_mailto, tile_rows=_tile_rows)
    return environment

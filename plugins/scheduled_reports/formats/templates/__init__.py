"""The Jinja templates of the pages, and the words that they share. Everything that is data is escaped."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scheduled_reports.document import Document, Kpi, Kpis, Table, mark
from scheduled_reports.document.cells import clean
from scheduled_reports.document.layout import figure_size, layout, tiles_per_row
from scheduled_reports.document.numbers import LOCALE
from scheduled_reports.document.theme import COLORS


def page(name: str, document: Document, **words: Any) -> str:
    """Return the template `name` filled with `document` and `words`."""
    return _environment().get_template(name).render(document=document, **words)


def style(name: str, **words: str) -> str:
    """Return the style sheet `name` filled with `words`, as they are: CSS knows no HTML escapes."""
    return _environment().overlay(autoescape=False).get_template(name).render(words)


def arrow(kpi: Kpi) -> str:
    """Return the direction of the change as a sign, so that colour never speaks alone."""
    return {"+": "▲", "−": "▼"}.get(kpi.change[:1], "")


def comparison(kpi: Kpi) -> str:
    """Return what to write before the earlier figure: `better than`."""
    return {"good": "better than", "bad": "worse than"}.get(kpi.verdict, "was")


def headline(document: Document) -> str:
    """Return the notices and the first key figures on one line: what a mailbox shows beside the subject."""
    return " · ".join((*map(str, document.notices), *_figures(document)))


def lines(table: Table, limit: int | None = None) -> list[tuple[str, ...]]:
    """Return the table's rows, or the first `limit`, as readers see them."""
    texts = table.texts()
    chosen = texts if limit is None else (row for row, _ in zip(texts, range(limit), strict=False))
    return [tuple(map(clean, row)) for row in chosen]


def mailto(address: str) -> str:
    """Return the address as a link (RFC 6068)."""
    return f"mailto:{quote(address, safe='@')}"


def tile_rows(items: Sequence[Kpi]) -> list[Sequence[Kpi]]:
    """Return the key figures in rows of tiles."""
    size = tiles_per_row(len(items))
    return [items[start : start + size] for start in range(0, len(items), size)]


def _figures(document: Document) -> list[str]:
    for block in document.blocks:
        if isinstance(block, Kpis):
            return [f"{kpi.label} {kpi.text}" + (f" ({kpi.change})" if kpi.change else "") for kpi in block.items]
    return [document.description or document.period.label]


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(color=COLORS, lang=LOCALE, layout=layout, figure_size=figure_size, headline=headline)
    environment.filters.update(
        arrow=arrow, comparison=comparison, lines=lines, mailto=mailto, mark=mark, tile_rows=tile_rows
    )
    return environment

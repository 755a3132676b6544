"""Plain text: the whole report for readers of plain mail, for terminals and for screen readers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

from rich.cells import cell_len

from scheduled_reports.document import Chart, Column, Document, Heading, Kpis, Table, Text
from scheduled_reports.document.block import Bound
from scheduled_reports.document.cells import clean, padded, wrapped
from scheduled_reports.formats.base import Format
from scheduled_reports.formats.templates import arrow, comparison, lines

WIDTH = 78
"""Cells on a line: what RFC 5322, 2.1.1 asks of mail."""

_GAP = 2
_NARROWEST = 12


class PlainText(Format):
    """A text in lines of 78 cells; where a table is too wide for that, one paragraph for each row."""

    media_type: ClassVar[str] = "text/plain"
    extension: ClassVar[str] = "txt"

    type: Literal["text"]

    def render(self, document: Document, target: Path) -> None:
        """Write the text in UTF-8."""
        target.write_text("\n".join(_page(document)) + "\n", encoding="utf-8")

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether it has no line beyond the frame's but empty ones; it reads up to the first."""
        frame = filter(str.strip, _page(replace(document, blocks=())))
        with file.open(encoding="utf-8") as found:
            lines = (line.rstrip("\n") for line in found if line.strip())
            return all(line == known for line, known in itertools.zip_longest(lines, frame))


def _page(document: Document) -> Iterator[str]:
    for notice in document.notices:
        yield from (*_marked(str(notice)), "")
    yield from _folded(document.title.upper())
    yield document.period.label
    yield "=" * WIDTH
    if document.description:
        yield from ("", *_folded(document.description))
    for block in document.blocks:
        yield ""
        yield from _block(block)
    yield from ("", "-" * WIDTH, *_folded(document.provenance.small_print))
    yield f"Questions? Write to {document.provenance.owner}"


def _block(block: Bound) -> Iterator[str]:
    match block:
        case Heading():
            text = clean(block.text)
            yield from (*wrapped(text, WIDTH), ("=" if block.level == 1 else "-") * min(cell_len(text), WIDTH))
        case Text():
            yield from _prose(block.markdown)
        case Kpis():
            yield from _kpis(block)
        case Chart():
            yield from _folded(f"[chart] {block.alt or 'without a description'}")
            yield from [] if block.points else ["No data in this period"]
        case Table():
            yield from _table(block)


def _marked(notice: str) -> Iterator[str]:
    """Yield a notice, its first line behind an exclamation mark, so that it differs from what the report says."""
    first, *others = wrapped(clean(notice), WIDTH - 2)
    yield from (f"! {first}", *(f"  {other}" for other in others))


def _folded(text: str) -> list[str]:
    return wrapped(clean(text), WIDTH)


def _prose(markdown: str) -> Iterator[str]:
    """Yield the text as its author wrote it, long lines folded; the lines of a list item stay indented."""
    for line in markdown.splitlines():
        indent = min(len(line) - len(line.lstrip(" -+>0123456789.")), WIDTH // 2)
        first, *others = [line.rstrip()] if cell_len(line) <= WIDTH else wrapped(line, WIDTH - indent)
        yield from (first, *(" " * indent + other for other in others))


def _kpis(block: Kpis) -> Iterator[str]:
    label = min(max(cell_len(kpi.label) for kpi in block.items), 34)
    value = max(cell_len(kpi.text) for kpi in block.items)
    for kpi in block.items:
        first, *others = wrapped(clean(kpi.label), label)
        change = f"{arrow(kpi)} {kpi.change}, {comparison(kpi)} {kpi.previous_text}".strip() if kpi.change else ""
        line = f"{padded(first, label)}  {padded(kpi.text, value, 'right')}"
        fits = cell_len(line) + 2 + cell_len(change) <= WIDTH
        yield f"{line}  {change}".rstrip() if fits else line
        yield from others
        if not fits:
            yield padded(change, WIDTH, "right")


def _table(block: Table) -> Iterator[str]:
    if block.title:
        yield from (*_folded(block.title), "")
    rows = lines(block)
    widths = _widths(block.columns, rows)
    if not rows:
        yield "No rows in this period"
    elif widths is None:
        yield from _paragraphs(block.columns, rows)
    else:
        yield from _row([clean(column.label) for column in block.columns], block.columns, widths)
        yield (" " * _GAP).join("-" * width for width in widths)
        for row in rows:
            yield from _row(row, block.columns, widths)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[int] | None:
    """Return the columns' widths in cells, the widest texts made narrower until all fit; None where they cannot."""
    widths = [
        max([max(map(cell_len, column.label.split()), default=1), *(cell_len(row[index]) for row in rows)])
        for index, column in enumerate(columns)
    ]
    room = WIDTH - _GAP * (len(columns) - 1)
    texts = [index for index, column in enumerate(columns) if column.align == "left"]
    while sum(widths) > room:
        widest = max(texts, key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= _NARROWEST:
            return None
        widths[widest] -= 1
    return widths


def _row(texts: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of one row: a text that is wider than its column goes on below."""
    cells = [wrapped(text, width) for text, width in zip(texts, widths, strict=True)]
    for line in range(max(map(len, cells))):
        parts = (
            padded(cell[line] if line < len(cell) else "", width, column.align)
            for cell, width, column in zip(cells, widths, columns, strict=True)
        )
        yield (" " * _GAP).join(parts).rstrip()


def _paragraphs(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield each row as lines of `label: value`."""
    for number, row in enumerate(rows):
        if number:
            yield ""
        for column, text in zip(columns, row, strict=True):
            first, *others = _folded(f"{column.label}: {text}")
            yield from (first, *("  " + other for other in wrapped(" ".join(others), WIDTH - 2) if other))

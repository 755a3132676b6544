"""Plain text: the whole report for readers of plain mail, for terminals and for screen readers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field
from rich.cells import cell_len

from scheduled_reports.document import (
    Appendix,
    Callout,
    Chart,
    Column,
    Columns,
    Contents,
    Document,
    Glossary,
    Heading,
    Image,
    Kpis,
    LineKind,
    Table,
    Text,
)
from scheduled_reports.document.block import Bound
from scheduled_reports.document.cells import clean, padded, wrapped
from scheduled_reports.formats.base import Format
from scheduled_reports.language import Language
from scheduled_reports.mail_body.prose import plain_prose

WIDTH = 78
"""Cells on a line: what RFC 5322, 2.1.1 asks of mail."""

_GAP = 2
_NARROWEST = 12

Line = tuple[LineKind, tuple[str, ...]]


class PlainText(Format):
    """A text in lines of 78 cells; where a table is too wide for that, one paragraph for each row."""

    media_type: ClassVar[str] = "text/plain"
    extension: ClassVar[str] = "txt"
    is_mail_body: ClassVar[bool] = True

    type: Literal["text"]
    max_rows: int | None = Field(
        500, ge=1, description="Show at most so many rows of a table, and say so above it; `null` shows every one."
    )
    full_report: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="Where the whole report is: the text ends with that address."
    )

    def render(self, document: Document, target: Path) -> None:
        """Write the text in UTF-8."""
        with target.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in self._page(document))

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether it has no line beyond the frame's but empty ones; it reads up to the first."""
        frame = filter(str.strip, self._page(replace(document, blocks=())))
        with file.open(encoding="utf-8") as found:
            lines = (line.rstrip("\n") for line in found if line.strip())
            return all(line == known for line, known in itertools.zip_longest(lines, frame))

    def _page(self, document: Document) -> Iterator[str]:
        for notice in document.notices:
            yield from (*_marked(str(notice)), "")
        yield from _folded(document.title.upper())
        yield document.period_label
        yield "=" * WIDTH
        if document.description:
            yield from ("", *_folded(document.description))
        for block in document.blocks:
            if lines := list(_block(block, document.language, self.max_rows)):
                yield from ("", *lines)
        if self.full_report:
            yield from ("", f"{document.language.text('See the full report')}: {self.full_report}")
        yield from ("", "-" * WIDTH, *_folded(document.brand.footer), *_folded(document.small_print))
        yield f"{document.language.text('Questions? Write to')} {document.provenance.owner}"


def _block(block: Bound, language: Language, most: int | None) -> Iterator[str]:
    match block:
        case Kpis():
            yield from _kpis(block)
        case Table():
            yield from _table(block, language, most)
        case Appendix():
            yield from (*_headed(block.title, "="), "", *_table(block.table, language, most))
        case Columns():
            parts = [list(_block(inner, language, most)) for inner in (*block.left, *block.right)]
            yield from [line for part in parts if part for line in ("", *part)][1:]
        case Chart() | Image():
            yield from _picture(block, language)
        case _:
            yield from _words(block, language)


def _picture(block: Chart | Image, language: Language) -> Iterator[str]:
    """Yield what a picture shows, in words."""
    if block.title:
        yield from (*_folded(block.title), "")
    kind = language.text("chart") if isinstance(block, Chart) else language.text("picture")
    yield from _folded(f"[{kind}] {block.alt or language.text('without a description')}")
    nothing = language.text("No data in this period")
    if isinstance(block, Chart) and not block.points and nothing not in block.alt:
        yield nothing


def _words(block: Bound, language: Language) -> Iterator[str]:
    match block:
        case Heading():
            yield from _headed(block.text, "=" if block.level == 1 else "-")
        case Text():
            yield from plain_prose(block.markdown, WIDTH, language)
        case Callout():
            yield from _callout(block, language)
        case Contents():
            yield from _headed(block.title, "=")
            yield from (f"{'  ' * entry.level}{line}" for entry in block.entries for line in _folded(entry.text))
        case Glossary():
            yield from _headed(block.title, "=")
            for term in block.terms:
                yield from ("", *_folded(term.term), *_beside("  ", term.markdown, language))


def _headed(text: str, underline: str) -> Iterator[str]:
    lines = wrapped(clean(text), WIDTH)
    yield from (*lines, underline * min(max(map(cell_len, lines)), WIDTH))


def _marked(notice: str) -> Iterator[str]:
    """Yield a notice, its first line behind an exclamation mark, so that it differs from what the report says."""
    first, *others = wrapped(clean(notice), WIDTH - 2)
    yield from (f"! {first}", *(f"  {other}" for other in others))


def _callout(block: Callout, language: Language) -> Iterator[str]:
    """Yield a callout behind a line at its side."""
    yield from (f"| {line}" for line in wrapped(clean(block.title).upper(), WIDTH - 2))
    yield from _beside("| ", block.markdown, language)


def _beside(edge: str, markdown: str, language: Language) -> Iterator[str]:
    """Yield prose with something at the side of each line."""
    yield from (f"{edge}{line}".rstrip() for line in plain_prose(markdown, WIDTH - len(edge), language))


def _folded(text: str) -> list[str]:
    return wrapped(clean(text), WIDTH) if text else []


def _kpis(block: Kpis) -> Iterator[str]:
    label = min(max(cell_len(kpi.label) for kpi in block.items), 34)
    value = max(cell_len(kpi.text) for kpi in block.items)
    for kpi in block.items:
        first, *others = wrapped(clean(kpi.label), label)
        line = f"{padded(first, label)}  {padded(kpi.text, value, 'right')}"
        for other in kpi.comparisons:
            change = ", ".join(part for part in (f"{other.arrow} {other.change}".strip(), other.words) if part)
            if cell_len(line) + 2 + cell_len(change) <= WIDTH:
                yield f"{line}  {change}"
            else:
                yield from [line] if line.strip() else []
                yield padded(change, WIDTH, "right")
            line = " " * (label + 2 + value)
        if not kpi.comparisons:
            yield line.rstrip()
        yield from others


def _table(block: Table, language: Language, most: int | None) -> Iterator[str]:
    if block.title:
        yield from (*_folded(block.title), "")
    lines, note = _shown(block, language, most)
    if note:
        yield from (note, "")
    widths = _widths(block.columns, [texts for kind, texts in lines if kind != LineKind.GROUP])
    if not lines:
        yield language.text("No rows in this period")
    elif widths is None:
        yield from _paragraphs(block.columns, lines)
    else:
        yield from _row([clean(column.label) for column in block.columns], block.columns, widths)
        rule = (" " * _GAP).join("-" * width for width in widths)
        yield rule
        for kind, texts in lines:
            if kind == LineKind.GROUP:
                yield from ("", *wrapped(texts[0], WIDTH))
                continue
            yield from [rule] if kind == LineKind.TOTAL else []
            yield from _row(texts, block.columns, widths)


def _shown(block: Table, language: Language, most: int | None) -> tuple[list[Line], str]:
    """Return the lines that are shown, the total among them, and what is said of those that are not."""
    lines, count = list[Line](), 0
    for kind, texts in _lines(block):
        count += kind == LineKind.ROW
        if most is not None and count > most:
            break
        lines.append((kind, texts))
    if most is None or count <= most:
        return lines, ""
    while lines and lines[-1][0] == LineKind.GROUP:
        lines.pop()
    counts = {"shown": language.shown(most), "rows": language.shown(block.row_count)}
    totals = (texts for total in block.total() for texts in zip(*total.texts(language), strict=True))
    note = language.text("Showing {shown} of {rows} rows", **counts)
    return [*lines, *((LineKind.TOTAL, texts) for texts in totals)], note


def _lines(block: Table) -> Iterator[Line]:
    for lines in block.lines():
        yield from zip(map(LineKind, lines.kinds), zip(*lines.texts(block.language), strict=True), strict=True)


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


def _paragraphs(columns: Sequence[Column], lines: Sequence[Line]) -> Iterator[str]:
    """Yield each line as lines of `label: value`."""
    for number, (kind, texts) in enumerate(lines):
        if number:
            yield ""
        if kind == LineKind.GROUP:
            yield from wrapped(texts[0], WIDTH)
            continue
        for place, (column, text) in enumerate(zip(columns, texts, strict=True)):
            if text:
                is_head = not place and kind != LineKind.ROW
                first, *others = wrapped(clean(text if is_head else f"{column.label}: {text}"), WIDTH - 2)
                yield from (first, *("  " + other for other in others))

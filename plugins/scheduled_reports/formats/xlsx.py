"""Excel workbooks (ECMA-376): figures and prose on the first sheet, every table on a sheet of its own, real types."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from scheduled_reports.document.document import Document, mark
from scheduled_reports.document.table import Table
from scheduled_reports.formats.base import Format
from scheduled_reports.formats.xlsx_cells import clean, sheet_name, styled
from scheduled_reports.formats.xlsx_front import Front
from scheduled_reports.formats.xlsx_marks import shows_only
from scheduled_reports.formats.xlsx_sheets import FORMATS, add_table, set_up

if TYPE_CHECKING:
    from openpyxl import Workbook


class Xlsx(Format):
    """An Excel workbook of the whole document.

    Sheets: `Report`; one for each table, named by its title (`Calls (2)` where it has more rows than Excel's
    1,048,576, or where two share a title); `About`, where the report comes from. Numbers, dates and truth values are
    what they are; text is text, also where it begins with = + - @. Notices stand on top of `Report` and in
    the workbook's properties, never on a sheet of data. What Excel cannot hold: `formats/xlsx_cells.py`.
    """

    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension: ClassVar[str] = "xlsx"

    type: Literal["xlsx"]

    def render(self, document: Document, target: Path) -> None:
        """Write the workbook; its rows go to disk as they come.

        Raises:
            RenderError: A table has more columns than Excel, or a block is of a kind that Excel cannot show.
            DocumentError: A chart cannot be drawn.
        """
        taken = {"report", "about"}
        tables = [block for block in document.blocks if isinstance(block, Table)]
        places = {id(table): sheet_name(table.title or table.dataset, taken) for table in tables}
        footer = f"{document.title} · {document.period.label}"
        with _workbook() as book:
            _name(book, document)
            Front(book.create_sheet("Report"), places, document).write(document)
            for table in tables:
                add_table(book, table, places[id(table)], taken, zone=_zone(document), footer=footer)
            _about(book, document, footer)
            book.save(target)

    def is_blank(self, file: Path, document: Document) -> bool:
        """Return whether it has no sheet of a table, no picture that shows anything, and no text beyond the frame."""

        def frame() -> Path:
            self.render(replace(document, blocks=()), folder / "frame.xlsx")
            return folder / "frame.xlsx"

        with tempfile.TemporaryDirectory(prefix="scheduled-reports-") as name:
            folder = Path(name)
            return shows_only(file, frame)


@contextmanager
def _workbook() -> Iterator[Workbook]:
    """Yield a write-only workbook; where writing fails, its temporary files go at once, not when Python ends."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    try:
        yield book
    except BaseException:
        for sheet in book.worksheets:
            with suppress(OSError, ValueError):
                if not sheet.closed:
                    sheet.close()
                sheet._writer.cleanup()
        raise


def _name(book: Workbook, document: Document) -> None:
    source, book_properties = document.provenance, book.properties
    book_properties.title = clean(mark(document.notices) + document.title)
    book_properties.description = clean("\n".join([*map(str, document.notices), document.description]).rstrip())
    book_properties.creator = book_properties.lastModifiedBy = source.owner
    book_properties.created = source.generated_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)


def _about(book: Workbook, document: Document, footer: str) -> None:
    source, period = document.provenance, document.period
    sheet = book.create_sheet("About")
    set_up(sheet, (20, 60), footer)
    sheet.sheet_view.showGridLines = False
    sheet.append([styled(sheet, "About this report", bold=True, size=14, color="accent")])
    facts = {
        "Report": document.title, "Report id": source.report_id, "Schedule": source.schedule_id,
        "Period start": period.start, "Period end": period.end, "Time zone": str(period.start.tzinfo),
        "Generated at": source.generated_at.astimezone(_zone(document)), "Owner": source.owner,
        "Run": source.run_id, "Spec digest": source.spec_digest,
    }  # fmt: skip
    for label, fact in facts.items():
        value = fact.replace(tzinfo=None, microsecond=0) if isinstance(fact, dt.datetime) else fact
        pattern = FORMATS["datetime"] if isinstance(fact, dt.datetime) else "General"
        cell = styled(sheet, value, align="left", wrap=True, number_format=pattern)
        sheet.append([styled(sheet, label, color="muted"), cell])


def _zone(document: Document) -> dt.tzinfo:
    return document.period.start.tzinfo or dt.UTC

"""A report as a workbook: its sheets, in order, and what openpyxl and the stream of rows each do of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.document.appendix import Appendix
from scheduled_reports.document.document import Document, mark, walk
from scheduled_reports.document.table import Detail, Table
from scheduled_reports.workbook.about import write_about
from scheduled_reports.workbook.canvas import Canvas
from scheduled_reports.workbook.cells import clean
from scheduled_reports.workbook.chart_data import ChartData
from scheduled_reports.workbook.conditional import Looks, formats, looks_of
from scheduled_reports.workbook.front import Front
from scheduled_reports.workbook.line_styles import LineStyles
from scheduled_reports.workbook.names import sheet_name
from scheduled_reports.workbook.package import Package, Streamed
from scheduled_reports.workbook.rows import Rows
from scheduled_reports.workbook.shared_texts import SharedTexts
from scheduled_reports.workbook.sparklines import sparklines
from scheduled_reports.workbook.styles import Styles
from scheduled_reports.workbook.table_sheets import TableSheet, TableSheets, add_sheets, plan

if TYPE_CHECKING:
    from openpyxl import Workbook


class ReportBook:
    """Makes the workbook of one report.

    Args:
        document: The report.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        text = document.language.text
        self._names = text("Report"), text("About")
        self._taken = {name.lower() for name in self._names}
        self._tables: list[TableSheets] = []
        self._styles: dict[int, LineStyles] = {}

    def write(self, target: Path) -> None:
        """Write the file; rows of tables go to disk as they come.

        Raises:
            RenderError: A table has more columns than Excel, or a block is of a kind that Excel cannot show.
            DocumentError: A chart cannot be drawn.
        """
        from openpyxl import Workbook

        book, document = Workbook(), self.document
        front = book.worksheets[0]
        front.title = sheet_name(self._names[0], set())
        styles, by_table = Styles(book, document.brand), self._plan()
        for number, plans in enumerate(self._tables):
            add_sheets(book, plans, document, set_of_lists(book))
            self._styles[number] = LineStyles(styles, plans.table, plans.wraps, document.language)
        data, canvas = ChartData(styles, document, self._taken), Canvas(front, styles, document)
        page = Front(canvas, document, by_table, data)
        page.write()
        write_about(book.create_sheet(sheet_name(self._names[1], set())), document, styles)
        looks = looks_of(styles)
        _name(book, document)
        lines = sparklines(page.figures.lines, styles.argb("accent"))
        alts = [*canvas.chart_alts, *canvas.picture_alts]
        package = Package(book, document.provenance.generated_at, alts, {1: lines} if lines else {})
        package.write(target, lambda shared: self._streamed(shared, looks))

    def _plan(self) -> dict[int, TableSheets]:
        """Plan the sheets of all tables, those of their details behind them; return them by the table's identity."""
        found = {}
        for block in walk(self.document.blocks):
            table, title = (block.table, block.title) if isinstance(block, Appendix) else (block, "")
            if not isinstance(table, Table):
                continue
            plans = plan(table, title or table.title or table.dataset, self._taken)
            plans.about = title or plans.about
            found[id(table)] = plans
            self._tables.append(plans)
            if table.detail:
                plans.detail = self._detail(table.detail, plans)
        return found

    def _detail(self, detail: Detail, plans: TableSheets) -> TableSheets:
        """Plan the sheets of a table's details: sorted by what they share with its rows, which lead there."""
        table = detail.table
        keys = tuple((name, False) for name in detail.on)
        rest = tuple(entry for entry in table.sql.sort if entry[0] not in detail.on)
        table = replace(table, sql=replace(table.sql, sort=(*keys, *rest)))
        title = self.document.language.text("{table}, details", table=plans.sheets[0].name)
        found = plan(table, table.title or title, self._taken)
        found.keys = True
        self._tables.append(found)
        return found

    def _streamed(self, shared: SharedTexts, looks: Looks) -> Mapping[int, Streamed]:
        """Return what goes into the sheets of tables; details come first, as rows lead to where they are."""
        found, place = dict[int, Streamed](), 2
        for number, plans in enumerate(self._tables):
            for sheet in plans.sheets:
                sheet.links, sheet.runs = [], []
            plans.places = {}
            rows = Rows(plans, self._styles[number], shared)
            for sheet in plans.sheets:
                found[place] = self._sheet(plans, sheet, rows, looks)
                place += 1
        firsts = [place for place, sheet in found.items() if sheet.is_first]
        return {place: found[place] for place in (*firsts, *(place for place in found if place not in firsts))}

    def _sheet(self, plans: TableSheets, sheet: TableSheet, rows: Rows, looks: Looks) -> Streamed:
        from openpyxl.utils import get_column_letter

        rows_there = sheet.lines if plans.table.row_count else max(sheet.lines, 1)
        last = f"{get_column_letter(max(len(plans.table.columns), 1))}{rows_there + 1}"

        def found() -> tuple[str, str]:
            return formats(plans.table.columns, sheet.runs, looks)

        def chunks() -> Iterator[bytes]:
            return rows.of(sheet)

        errors = f'<ignoredErrors><ignoredError sqref="A1:{last}" numberStoredAsText="1"/></ignoredErrors>'
        return Streamed(chunks, f"A1:{last}", sheet.links, found, errors, is_first=plans.keys)


def set_of_lists(book: Workbook) -> set[str]:
    """Return the names of the lists that a workbook has, in lower case."""
    return {name.lower() for sheet in book.worksheets for name in sheet.tables}


def _name(book: Workbook, document: Document) -> None:
    source, found, language = document.provenance, book.properties, document.language
    found.title = clean(mark(document.notices) + document.title)
    found.subject = clean(document.period_label)
    found.description = clean(
        "\n".join([*map(str, document.notices), document.description, document.small_print]).strip()
    )
    found.creator = found.lastModifiedBy = source.owner
    found.keywords = f"{source.report_id}, {source.schedule_id}, {source.spec_digest}"
    found.language = language.lang
    book.calculation.fullCalcOnLoad, book.calculation.calcId = False, 191029

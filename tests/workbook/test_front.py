"""The first sheet of a whole report: every kind of block, and where it leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from formats.workbooks import opened
from sample_document import document, showcase, write
from scheduled_reports.document import KpisBlock
from scheduled_reports.formats.xlsx import Xlsx
from scheduled_reports.language import language_of
from workbook.parts import part, values


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    folder = tmp_path_factory.mktemp("showcase")
    Xlsx(type="xlsx").render(showcase(folder), folder / "out.xlsx")
    return opened(folder / "out.xlsx")


def test_every_block_is_on_it(book: Workbook) -> None:
    found = {cell.value for (cell,) in book["Report"].iter_rows(max_col=1) if cell.value}
    assert {
        "Contact Centre and Sales", "October 2026", "Night shift in the South", "Contents", "Glossary",
        "Why people call", "Kiel sold more in October than in the whole third quarter.", "→ Products", "All calls",
        "The office in Hamburg",
    } <= found  # fmt: skip
    assert len(book["Report"]._charts) == 3
    assert len(book["Report"]._images) == 2


def test_the_contents_lead_to_headings_and_to_the_sheets_of_appendices(book: Workbook) -> None:
    sheet = book["Report"]
    start = next(cell.row for cell in sheet["A"] if cell.value == "Contents")
    links = {sheet.cell(row, 1).value: sheet.cell(row, 1).hyperlink.location for row in range(start + 1, start + 8)}
    assert links["All calls"] == "'All calls'!A1"
    for text in ("Teams", "Glossary"):
        target = links[text].partition("!")[2]
        assert sheet[target].value == text


def test_a_figure_has_a_row_for_each_thing_that_it_is_compared_with(tmp_path: Path) -> None:
    write(tmp_path, "figures", {"now": [90.0], "before": [100.0], "year": [80.0]})
    item = {"label": "=Calls", "value": "now", "previous": "before", "year": "year", "target": 95, "unit": "min"}
    block = KpisBlock.model_validate({"type": "kpis", "dataset": "figures", "items": [item]})
    Xlsx(type="xlsx").render(document(tmp_path, block), tmp_path / "out.xlsx")
    made = opened(tmp_path / "out.xlsx")
    assert values(made, "Report")[5:] == [
        ("=Calls", 90, "Previous period", 100, "▼ −10.0%"),
        (None, None, "Year before", 80, "▲ +12.5%"),
        (None, None, "Target", 95, "▼ −5.3%"),
    ]
    assert made["Report"]["B6"].number_format == '#,##0"\N{NO-BREAK SPACE}min"'
    assert made["Report"]["A6"].quotePrefix


def test_a_trend_is_a_line_in_a_cell_that_reads_from_the_chart_data(tmp_path: Path) -> None:
    write(tmp_path, "figures", {"now": [3.0]})
    write(tmp_path, "days", {"calls": [1.0, None, 3.0]})
    item = {"label": "Calls", "value": "now", "sparkline": {"dataset": "days", "value": "calls"}}
    block = KpisBlock.model_validate({"type": "kpis", "dataset": "figures", "items": [item]})
    Xlsx(type="xlsx").render(document(tmp_path, block), tmp_path / "out.xlsx")
    assert values(opened(tmp_path / "out.xlsx"), "Chart data") == [
        ("Calls", None), ("#", "Trend"), (1, 1), (2, None), (3, 3),
    ]  # fmt: skip
    (line,) = part(tmp_path, "xl/worksheets/sheet1.xml").iter(
        "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}sparkline"
    )
    assert [child.text for child in line] == ["'Chart data'!$B$3:$B$5", "F6"]


def test_all_of_our_words_are_in_the_reports_language(tmp_path: Path) -> None:
    Xlsx(type="xlsx").render(showcase(tmp_path, language_of("de")), tmp_path / "out.xlsx")
    made = opened(tmp_path / "out.xlsx")
    assert made.sheetnames[0] == "Bericht"
    words = {str(cell.value) for sheet in made for row in sheet.iter_rows() for cell in row}
    assert {"Kennzahl", "Inhalt", "Über diesen Bericht"} <= words
    assert not words & {
        "Key figure",
        "Compared with",
        "Trend data",
        "About this report",
        "Total",
        "No rows in this period",
    }

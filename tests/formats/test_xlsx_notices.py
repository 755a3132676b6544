"""Notices in an Excel workbook: on top of its first sheet and in its properties, never among its data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from formats.workbooks import rendered
from sample_document import STALE, brief, document
from scheduled_reports.brands import HOUSE
from scheduled_reports.document import Notice

LONG = Notice("=HELD", "a check warns of agents without calls, " * 5)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    folder = tmp_path_factory.mktemp("brief")
    return rendered(replace(brief(folder), notices=(STALE, LONG)), folder)


def values(book: Workbook, sheet: str) -> list[tuple[Any, ...]]:
    return list(book[sheet].iter_rows(values_only=True))


def test_they_stand_above_the_title_across_the_columns(book: Workbook) -> None:
    sheet = book["Report"]
    assert [sheet[f"A{row}"].value for row in (1, 2, 3)] == [f"STALE: {STALE.text}", str(LONG), "Morning Brief"]
    for row in (1, 2):
        cell = sheet[f"A{row}"]
        assert (cell.font.b, cell.font.color.rgb) == (True, "FF" + HOUSE.colors["notice"][1:].upper())
        assert cell.fill.fgColor.rgb == "FF" + HOUSE.colors["notice_paper"][1:].upper()
        assert f"A{row}:E{row}" in sheet.merged_cells


def test_they_are_text_and_wrap_in_a_row_that_is_high_enough(book: Workbook) -> None:
    cell = book["Report"]["A2"]
    assert (cell.data_type, cell.quotePrefix, cell.alignment.wrap_text) == ("s", True, True)
    assert book["Report"].row_dimensions[2].height >= 3 * 15


def test_the_sheets_of_data_are_as_without_them(book: Workbook, tmp_path: Path) -> None:
    plain = rendered(brief(tmp_path), tmp_path)
    for sheet in ("Campaigns", "Agents"):
        assert values(book, sheet) == values(plain, sheet)
        assert book[sheet].freeze_panes == "A2"


def test_the_properties_say_them(book: Workbook) -> None:
    assert book.properties.title == "[STALE, =HELD] Morning Brief"
    assert book.properties.description.splitlines()[0] == f"STALE: {STALE.text}"
    assert "\nHow the campaigns did yesterday.\n" in book.properties.description


def test_a_workbook_without_notices_begins_with_its_title(tmp_path: Path) -> None:
    plain = rendered(document(tmp_path), tmp_path)
    assert plain["Report"]["A1"].value == plain.properties.title == "Morning Brief"
    assert plain.properties.description.startswith("How the campaigns did yesterday.\n")

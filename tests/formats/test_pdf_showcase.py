"""A long report with every kind of block as a PDF."""

from __future__ import annotations

import logging
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from pdf_reading import words
from sample_document import showcase
from scheduled_reports.formats.pdf import Pdf


class Complaints(logging.Handler):
    """WeasyPrint tells of pictures without words and of letters without a font in its log only."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture(scope="module")
def showcase_file(tmp_path_factory: pytest.TempPathFactory, chinese_font: None) -> Path:
    folder = tmp_path_factory.mktemp("showcase")
    complaints = Complaints()
    logging.getLogger("weasyprint").addHandler(complaints)
    Pdf(type="pdf").render(showcase(folder), folder / "report.pdf")
    logging.getLogger("weasyprint").removeHandler(complaints)
    assert complaints.texts == []
    return folder / "report.pdf"


@pytest.fixture(scope="module")
def showcase_pages(showcase_file: Path) -> PdfReader:
    return PdfReader(showcase_file)


def outline(reader: PdfReader) -> list[Any]:
    def entries(found: list[Any]) -> Iterator[Any]:
        for entry in found:
            yield from entries(entry) if isinstance(entry, list) else (entry,)

    return list(entries(reader.outline))


def addresses(reader: PdfReader) -> set[str]:
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    return {str(note["/A"]["/URI"]) for note in notes if "/A" in note}


def test_the_contents_tell_pages_and_lead_there(showcase_pages: PdfReader) -> None:
    names = ["Calls and revenue", "Regions and cities", "Teams", "Every month", "Scripts", "Glossary", "All calls"]
    first = showcase_pages.pages[0].extract_text().splitlines()
    told = {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in first if line.rpartition(" ")[0] in names}
    assert list(told) == names
    for name, number in told.items():
        assert name in showcase_pages.pages[number - 1].extract_text().splitlines()
    marks = {
        str(mark["/Title"]): showcase_pages.get_destination_page_number(mark) + 1 for mark in outline(showcase_pages)
    }
    assert {name: marks[name] for name in names} == told


def test_bookmarks_are_headings_and_what_stands_above_tables_and_charts(showcase_pages: PdfReader) -> None:
    titles = [str(mark["/Title"]) for mark in outline(showcase_pages)]
    assert titles[:4] == ["Contact Centre and Sales", "Contents", "Calls and revenue", "Calls per day"]
    assert {"Contracts by city", "Contracts by month · columns 2 to 12 of 23", "The office in Hamburg"} <= set(titles)


def test_every_row_of_a_long_table_is_there_and_its_head_on_every_page(showcase_pages: PdfReader) -> None:
    texts = [page.extract_text() for page in showcase_pages.pages]
    found = [number for text in texts for number in re.findall(r"^100,\d{3}|^10[12],\d{3}", text, re.MULTILINE)]
    assert found == [f"{number:,}" for number in range(100_001, 102_001)]
    begun = next(number for number, text in enumerate(texts) if "All calls" in text.splitlines()[:12] and number)
    assert all("Seconds" in text for text in texts[begun:-1])


def test_a_wide_table_is_divided_into_groups_of_columns_that_repeat_the_first(showcase_pages: PdfReader) -> None:
    wide = [page.extract_text() for page in showcase_pages.pages if page.mediabox.width > page.mediabox.height]
    shown = "\n".join(wide)
    assert "columns 2 to 12 of 23" in shown
    assert "columns 13 to 23 of 23" in shown
    assert shown.count("Hamburg") == 2
    assert all(f"{year}-{month:02d}" in shown for year, month in [(2025, 1), (2025, 11), (2025, 12), (2026, 10)])


def test_marked_cells_groups_and_totals_are_there(showcase_pages: PdfReader) -> None:
    shown = words(showcase_pages)
    assert "North, total 789 19.7% 340,454 €" in shown
    assert "Total 3,420 20.8% 1,475,730 €" in shown
    assert "Others (2) 1,399 5,702" in shown
    assert "https://northwind.example/cities/K%C3%B6ln" in addresses(showcase_pages)


def test_rows_with_details_lead_to_the_appendix_that_has_them(showcase_pages: PdfReader) -> None:
    teams = next(page for page in showcase_pages.pages if "Busiest agents" in page.extract_text())
    targets = [str(note.get_object()["/Dest"]) for note in teams["/Annots"] if "/Dest" in note.get_object()]
    assert len(targets) == 5
    (target,) = set(targets)
    place = showcase_pages.named_destinations[target]
    page = showcase_pages.pages[showcase_pages.get_destination_page_number(place)]
    assert "All calls" in page.extract_text().splitlines()


def test_texts_of_any_script_are_there(showcase_pages: PdfReader) -> None:
    shown = words(showcase_pages).replace(" ", "")
    assert "光纤合同增长百分之十二" in shown
    assert "四・六パーセント" in shown
    assert '=HYPERLINK("https://evil.example";"click")' in shown
    assert "<script>alert(1)</script>" in shown


def test_qpdf_finds_no_fault(showcase_file: Path, need: Callable[[str], None]) -> None:
    need("qpdf")
    subprocess.run(["qpdf", "--check", showcase_file], check=True, capture_output=True)

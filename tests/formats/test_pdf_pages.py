"""What stands on which page of a PDF: covers, turned pages, columns, headings; and in which language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from pdf_reading import rendered, sheet, words
from sample_document import STALE, brief, document, write
from scheduled_reports.brands import brand_of
from scheduled_reports.document import ColumnsBlock, HeadingBlock, PageBreakBlock, TableBlock, TextBlock
from scheduled_reports.document.block import Block
from scheduled_reports.language import language_of

A4 = (595, 842)
INCLUDE = Path(__file__).parents[2] / "include"
HEADING, BREAK = HeadingBlock(type="heading", text="Below"), PageBreakBlock(type="page_break")
TEXT = TextBlock(type="text", markdown="Lorem")
LONG, WIDE = TableBlock(type="table", dataset="long"), TableBlock(type="table", dataset="wide")


def beginning(reader: PdfReader, wanted: str) -> float:
    """Return where a text on the last page begins, in points from the left edge."""
    found: dict[str, float] = {}

    def note(text: str, outer: list[float], inner: list[float], *_: object) -> None:
        found[text.strip()] = inner[4] * outer[0] + outer[4]

    reader.pages[-1].extract_text(visitor_text=note)
    return found[wanted]


def test_the_brand_chooses_the_paper_where_the_spec_does_not(tmp_path: Path) -> None:
    american = document(tmp_path, brand=brand_of("alder", INCLUDE))
    assert sheet(rendered(american)) == (612, 792)
    assert sheet(rendered(american, page="A4")) == A4


def test_a_cover_has_a_page_of_its_own(tmp_path: Path, chinese_font: None) -> None:
    with_cover = rendered(replace(brief(tmp_path), notices=(STALE,)), cover=True)
    first, second, *_ = (" ".join(page.extract_text().split()) for page in with_cover.pages)
    assert first.startswith("Morning Brief")
    assert STALE.text in first
    assert "Page 1" not in first
    assert "Calls" not in first
    assert "7,753" in second
    assert "Page 2 of 4" in second
    assert STALE.text not in second


def test_a_report_in_german_is_german_to_its_margins(tmp_path: Path) -> None:
    write(tmp_path, "none", {"a": []})
    german = document(tmp_path, TableBlock(type="table", dataset="none"), language=language_of("de"))
    reader = rendered(german)
    shown = words(reader)
    assert "Seite 1 von 1" in shown
    assert "Donnerstag, 1. Oktober 2026" in shown
    assert "Keine Zeilen in diesem Zeitraum" in shown
    assert reader.trailer["/Root"]["/Lang"] == "de"  # type: ignore[index]


@pytest.mark.parametrize(("columns", "beside"), [(2, True), (9, False)])
def test_two_columns_stand_beside_each_other_unless_a_table_is_too_wide(
    tmp_path: Path, columns: int, beside: bool
) -> None:
    write(tmp_path, "n", {f"measure_{number}": [123_456_789.12] for number in range(columns)})
    block = {"type": "columns", "left": [{"type": "table", "dataset": "n"}]}
    text = {"type": "text", "markdown": "Beside"}
    reader = rendered(document(tmp_path, ColumnsBlock.model_validate({**block, "right": [text]})))
    left = beginning(reader, "Beside")
    assert (left > A4[0] / 2) == beside


def test_a_heading_stays_with_the_first_rows_of_a_long_table(tmp_path: Path) -> None:
    write(tmp_path, "long", {"name": [f"row {number}" for number in range(100)]})
    block, heading = TableBlock(type="table", dataset="long", title="All"), HeadingBlock(type="heading", text="Below")
    for lines in range(30, 44, 2):
        text = TextBlock(type="text", markdown="\n\n".join(["Lorem"] * lines))
        pages = [page.extract_text() for page in rendered(document(tmp_path, text, heading, block)).pages]
        (page,) = (page for page in pages if "Below" in page.splitlines())
        assert {"All", "Name", "row 0", "row 1"} <= set(page.splitlines())


@pytest.mark.parametrize(
    ("blocks", "pages"),
    [
        ([WIDE], "LL"),
        ([HEADING, WIDE], "LL"),
        ([LONG, WIDE, LONG], "PPPLLPPP"),
        ([TEXT, BREAK, HEADING, LONG, BREAK, TEXT], "PPPPP"),
        ([WIDE, TEXT, BREAK, WIDE, TEXT], "LLPLLP"),
    ],
)
@pytest.mark.parametrize("cover", [False, True])
def test_pages_turn_for_wide_tables_and_none_is_empty(
    tmp_path: Path, blocks: Sequence[Block], pages: str, cover: bool
) -> None:
    write(tmp_path, "long", {"name": [f"row {number}" for number in range(100)]})
    write(tmp_path, "wide", {"name": ["row"] * 40} | {f"m_{number}": [123_456_789.5] * 40 for number in range(10)})
    reader = rendered(document(tmp_path, *blocks), cover=cover)
    orientations = "".join("PL"[page.mediabox.width > page.mediabox.height] for page in reader.pages)
    assert orientations == "P" * cover + pages
    for page in reader.pages[cover:]:
        shown = page.extract_text().splitlines()
        assert any(line.startswith(("row", "Lorem")) for line in shown)

"""The sheets of an Excel workbook: what is on each, how it looks and prints, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook
from PIL import Image

from formats.workbooks import of_columns, rendered, wall
from sample_document import CAMPAIGNS, LONG_NAME, brief, document, write
from scheduled_reports.brands import HOUSE
from scheduled_reports.document import Chart, Heading, KpisBlock, TableBlock, TextBlock
from scheduled_reports.document.block import Block, Bound
from scheduled_reports.errors import DocumentError, RenderError
from scheduled_reports.workbook import table_sheets
from scheduled_reports.workbook.names import sheet_name
from scheduled_reports.workbook.prose import paragraphs


def of_blocks(folder: Path, *blocks: Block) -> list[Any]:
    """Return the values of the first sheet's first column, below title, period and description."""
    sheet = rendered(document(folder, *blocks), folder)["Report"]
    return [cell.value for (cell,) in sheet.iter_rows(min_row=4, max_col=1) if cell.value is not None]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    folder = tmp_path_factory.mktemp("brief")
    return rendered(brief(folder), folder)


def test_sheets_are_the_report_then_each_table_then_where_it_comes_from(book: Workbook) -> None:
    assert book.sheetnames == ["Report", "Campaigns", "Agents", "About"]


def test_the_first_sheet_begins_with_title_period_and_description(book: Workbook) -> None:
    sheet = book["Report"]
    assert [sheet[f"A{row}"].value for row in (1, 2, 3)] == [
        "Morning Brief", "Thursday, 1 October 2026", "How the campaigns did yesterday.",
    ]  # fmt: skip
    assert (sheet["A1"].font.b, sheet["A1"].font.color.rgb) == (True, "FF" + HOUSE.colors["accent"][1:].upper())
    assert sheet.sheet_view.showGridLines is False


def test_key_figures_are_numbers_with_their_format_and_change(book: Workbook) -> None:
    rows = [[cell.value for cell in row] for row in book["Report"]["A5:E10"]]
    assert rows == [
        ["Key figure", "Value", "Compared with", "Figure", "Change"],
        ["Calls", 7753, "Previous period", 7411, "▲ +4.6%"],
        ["Conversion", 0.193, "Previous period", 0.206, "▼ −1.3 pts"],
        ["Revenue", 113823.8, "Previous period", 108902.15, "▲ +4.5%"],
        ["Average wait", 24.6, "Previous period", 31.2, "▼ −21.2%"],
        ["Agents on shift", 45, None, None, None],
    ]
    formats = [book["Report"][f"B{row}"].number_format for row in range(6, 11)]
    assert formats == ["#,##0", "0.0%", "#,##0 €", '0.0 "s"', "#,##0"]
    verdicts = [book["Report"][f"E{row}"].font.color.rgb for row in (6, 7)]
    assert verdicts == ["FF" + HOUSE.colors[verdict][1:].upper() for verdict in ("good", "bad")]


def test_prose_is_wrapped_text_across_the_columns(book: Workbook) -> None:
    sheet = book["Report"]
    found = {cell.value: cell for (cell,) in sheet.iter_rows(max_col=1) if isinstance(cell.value, str)}
    assert "What happened on 1 October" in found
    for text in ("Calls rose by 4.6 %, conversion fell:", "• Gold sold best", "• <b>Debt</b> lost"):
        assert found[text].alignment.wrap_text
        assert f"A{found[text].row}:E{found[text].row}" in sheet.merged_cells


def test_a_chart_is_a_sharp_picture_with_its_words_below_and_nothing_beneath_it(book: Workbook) -> None:
    sheet = book["Report"]
    (picture,) = sheet._images
    drawn = Image.open(BytesIO(picture._data()))
    shown = picture.anchor.ext.width / 9525
    assert drawn.width == pytest.approx(2 * shown, abs=2)
    top = picture.anchor._from.row + 1
    bottom = top + picture.anchor.ext.height / 9525 / 20
    assert sheet[f"A{top - 1}"].value == "Calls per hour"
    words = next(cell for (cell,) in sheet.iter_rows(min_row=top, max_col=1) if cell.value)
    assert words.value == "Inbound and outbound calls for each hour from 8 to 19"
    assert words.row >= bottom


def test_the_first_sheet_links_to_each_table(book: Workbook) -> None:
    links = {cell.value: cell.hyperlink.location for (cell,) in book["Report"].iter_rows(max_col=1) if cell.hyperlink}
    assert links == {"→ Campaigns": "'Campaigns'!A1", "→ Agents": "'Agents'!A1"}
    texts = [cell.value for (cell,) in book["Report"].iter_rows(max_col=1)]
    assert "9 rows, on the sheet “Campaigns”" in texts


def test_a_table_keeps_its_values_and_types(book: Workbook) -> None:
    assert [tuple(cell.value for cell in row) for row in book["Campaigns"].iter_rows(min_row=2)] == CAMPAIGNS
    assert {cell.data_type for cell in book["Campaigns"]["A"]} == {"s"}
    first = book["Agents"][2]
    assert [cell.value for cell in first] == ["王小明 01", "North", wall(2026, 10, 1, 8), 90, 0.08, 1200.5]


def test_a_table_has_the_number_formats_of_its_columns(book: Workbook) -> None:
    assert [cell.number_format for cell in book["Campaigns"][2]][1:] == ["#,##0", "0.0%", "#,##0.00 €", '0.0 "s"']
    assert [cell.number_format for cell in book["Agents"][2]][2:4] == ["hh:mm", "#,##0"]
    assert [cell.alignment.horizontal for cell in book["Campaigns"][2]] == ["left", "right", "right", "right", "right"]


def test_the_head_is_styled_frozen_filtered_and_repeated_in_print(book: Workbook) -> None:
    sheet = book["Campaigns"]
    assert [cell.value for cell in sheet[1]] == ["Campaign", "Calls", "Conversion", "Revenue", "Handle time"]
    for cell in sheet[1]:
        assert cell.font.b
        assert cell.fill.fgColor.rgb == "FF" + HOUSE.colors["accent"][1:].upper()
        assert cell.font.color.rgb == "FF" + HOUSE.colors["on_accent"][1:].upper()
        assert cell.border.bottom.style == "thin"
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
    (made,) = sheet.tables.values()
    assert (made.displayName, made.ref, made.autoFilter.ref) == ("Campaigns", "A1:E10", "A1:E10")
    assert [column.name for column in made.tableColumns] == [cell.value for cell in sheet[1]]


def test_columns_are_as_wide_as_their_content_within_limits(book: Workbook) -> None:
    widths = {letter: book["Campaigns"].column_dimensions[letter].width for letter in "ABC"}
    assert widths["A"] == 48
    assert widths["B"] == len("Calls") + 4
    assert widths["C"] == len("Conversion") + 4
    row = next(cell.row for cell in book["Campaigns"]["A"] if cell.value == LONG_NAME)
    assert book["Campaigns"].row_dimensions[row].height == 34
    assert book["Campaigns"].row_dimensions[2].height is None


def test_wide_text_counts_double_and_a_narrow_column_keeps_eight(tmp_path: Path) -> None:
    sheet = of_columns(tmp_path, {"a": ["王小明的推荐计划"], "b": [1]})["Sample"]
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [19, 8]


def test_it_prints_on_a4_as_wide_as_the_page(book: Workbook) -> None:
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert (sheet.oddHeader.left.text, sheet.oddHeader.right.text) == ("Morning Brief", "Thursday, 1 October 2026")
        assert sheet.oddFooter.right.text == "Page &P of &N"
    for sheet in book.worksheets[1:]:
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert [sheet.page_setup.orientation for sheet in book] == ["portrait"] * 4


def test_a_wide_sheet_prints_in_landscape(tmp_path: Path) -> None:
    book = of_columns(tmp_path, {f"column_{number}": ["w" * 20] for number in range(6)})
    assert [sheet.page_setup.orientation for sheet in book] == ["portrait", "landscape", "portrait"]


def test_the_first_sheet_has_a_scale_as_excel_ignores_page_breaks_where_it_fits_a_sheet(book: Workbook) -> None:
    sheet = book["Report"]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert 60 <= sheet.page_setup.scale <= 100


def test_the_last_sheet_and_the_properties_say_where_it_comes_from(book: Workbook, tmp_path: Path) -> None:
    content = brief(tmp_path)
    assert dict(row for row in book["About"].iter_rows(min_row=2, values_only=True)) == content.facts()
    properties = book.properties
    assert (properties.title, properties.subject) == ("Morning Brief", "Thursday, 1 October 2026")
    assert (properties.creator, properties.keywords) == ("owner@example.com", "morning_brief, daily, 3f9a1c07be52")
    assert properties.created == properties.modified == wall(2026, 10, 2, 4, 30)


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    book = of_columns(tmp_path, {"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})
    sheet = book["Sample"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["A", "B"], ["No rows in this period", None]]
    assert sheet.auto_filter.ref == "A1:B1"
    assert "No rows in this period, on the sheet “Sample”" in [cell.value for cell in book["Report"]["A"]]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_sheets, "MAX_ROWS", 3)
    book = of_columns(tmp_path, {"n": list(range(7))})
    assert book.sheetnames == ["Report", "Sample", "Sample (2)", "Sample (3)", "About"]
    values = [[cell.value for cell in book[name]["A"]] for name in book.sheetnames[1:4]]
    assert values == [["N", 0, 1, 2], ["N", 3, 4, 5], ["N", 6]]
    assert [made.ref for name in book.sheetnames[1:4] for made in book[name].tables.values()] == [
        "A1:A4", "A1:A4", "A1:A2",
    ]  # fmt: skip
    told = "7 rows, on the sheet “Sample”; it goes on on “Sample (2)”, “Sample (3)”, as Excel has no more rows"
    assert told in [cell.value for cell in book["Report"]["A"]]


def test_more_columns_than_excel_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_sheets, "MAX_COLUMNS", 1)
    with pytest.raises(RenderError, match="'Sample' has 2 columns"):
        of_columns(tmp_path, {"a": [1], "b": [2]})


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Calls", "Calls"), ("", "Table"), ("a/b\\c?d*e[f]g:h", "a b c d e f g h"), ("'quoted'", "quoted"),
        ("x" * 40, "x" * 31), ("History", "History sheet"), ("two\nlines", "two lines"), ("🎉" * 20, "🎉" * 15),
        ("***", "Table"), ("a\x00b", "ab"), ("x" * 30 + "'y", "x" * 30),
    ],
)  # fmt: skip
def test_a_sheets_name_is_one_that_excel_takes(title: str, name: str) -> None:
    assert sheet_name(title, set()) == name


def test_sheets_never_share_a_name() -> None:
    taken = {"report"}
    names = [sheet_name(title, taken) for title in ("Report", "Calls", "calls", "Calls", "y" * 40, "y" * 40)]
    assert names == ["Report (2)", "Calls", "calls (2)", "Calls (3)", "y" * 31, "y" * 27 + " (2)"]


def test_two_tables_with_one_title_have_a_sheet_each(tmp_path: Path) -> None:
    write(tmp_path, "sample", {"a": [1]})
    block = TableBlock(type="table", title="It's", dataset="sample")
    book = rendered(document(tmp_path, block, block), tmp_path)
    assert book.sheetnames == ["Report", "It's", "It's (2)", "About"]
    links = [cell.hyperlink.location for cell in book["Report"]["A"] if cell.hyperlink]
    assert links == ["'It''s'!A1", "'It''s (2)'!A1"]


def test_a_table_without_a_title_is_named_by_its_dataset(tmp_path: Path) -> None:
    write(tmp_path, "sample", {"a": [1]})
    assert rendered(document(tmp_path, TableBlock(type="table", dataset="sample")), tmp_path).sheetnames[1] == "sample"


def test_a_key_figure_without_a_value_is_a_dash(tmp_path: Path) -> None:
    write(tmp_path, "sample", {"a": pa.array([None], pa.float64()), "b": [2.0]})
    item = {"label": "A", "value": "a", "previous": "b"}
    block = KpisBlock.model_validate({"type": "kpis", "dataset": "sample", "items": [item]})
    assert [cell.value for cell in rendered(document(tmp_path, block), tmp_path)["Report"][6]] == [
        "A", "–", "Previous period", 2, None,
    ]  # fmt: skip


def test_a_document_without_blocks_is_a_workbook(tmp_path: Path) -> None:
    assert rendered(document(tmp_path), tmp_path).sheetnames == ["Report", "About"]


def test_a_long_paragraph_goes_on_in_the_next_row(tmp_path: Path) -> None:
    text = "word " * 1000
    found = of_blocks(tmp_path, TextBlock(type="text", markdown=text))
    assert len(found) == 3
    assert "".join(found) == text.strip()


def test_markdown_becomes_readable_text() -> None:
    html = (
        '<h2>Head</h2>\n<p>One <em>two</em><br>\nthree\n<a href="https://x.example/">here</a></p>\n'
        '<ol start="3">\n<li>c\n<ul>\n<li><p>deep</p></li>\n</ul>\n</li>\n<li>d</li>\n</ol>\n'
        "<pre><code>a\n  b\n</code></pre>\n<table><thead><tr>\n<th>x</th>\n<th>y</th>\n</tr></thead></table>"
        '<p><img src="a.png" alt="logo"> &lt;b&gt;</p><p>open <strong>every</strong> day</p>'
    )
    assert paragraphs(html) == [
        "Head", "One two\nthree here (https://x.example/)", "3. c", "    • deep", "4. d", "a\n  b", "x · y",
        "logo <b>", "open every day",
    ]  # fmt: skip


def test_a_block_of_an_unknown_kind_is_an_error_not_a_gap(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Song(Bound):
        kind = "song"

    with pytest.raises(RenderError, match="Excel cannot show the block 'song'"):
        rendered(replace(document(tmp_path), blocks=(Heading("A", 1), Song())), tmp_path)


def test_a_chart_that_cannot_be_drawn_is_an_error(tmp_path: Path) -> None:
    content = brief(tmp_path)
    chart = next(block for block in content.blocks if isinstance(block, Chart))
    broken = replace(chart, vega_lite={"mark": "nonsense", "data": {"values": [{}]}})
    with pytest.raises(DocumentError, match="cannot be drawn"):
        rendered(replace(content, blocks=(Heading("A", 1), broken)), tmp_path)

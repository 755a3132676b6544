"""The rows of a table's sheet: groups, totals, links, details, and heights."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import load_workbook

from formats.workbooks import wall
from sample_document import write
from scheduled_reports.workbook import rows as rows_module
from scheduled_reports.workbook import table_sheets
from workbook.parts import SALES, cached, part, table, values

NAMED = [{"name": "city"}, {"name": "sales", "total": "sum"}, {"name": "contacts", "total": "sum"}]
RATIO = {"name": "price", "total": {"sum": "sales", "per": "contacts"}}


def test_totals_are_formulas_with_their_values(tmp_path: Path) -> None:
    columns = [
        {"name": "region"}, {"name": "city", "total": "count"},
        {"name": "sales", "total": "sum"}, {"name": "contacts", "total": "max"},
        {"name": "price", "total": "mean"},
    ]  # fmt: skip
    book = table(tmp_path, SALES, columns=columns)
    assert values(book)[-1] == (
        "Total", "=SUBTOTAL(3,B2:B7)", "=SUBTOTAL(9,C2:C7)", "=SUBTOTAL(4,D2:D7)", "=SUBTOTAL(1,E2:E7)",
    )  # fmt: skip
    stored = load_workbook(tmp_path / "out.xlsx", data_only=True)["Sample"]
    assert [cell.value for cell in stored[8]] == ["Total", 6, 210, 250, 2.1]


def test_a_total_stands_below_the_filter_and_is_called_so(tmp_path: Path) -> None:
    book = table(tmp_path, SALES, columns=NAMED)
    assert values(book)[-1] == ("Total", "=SUBTOTAL(9,B2:B7)", "=SUBTOTAL(9,C2:C7)")
    assert book["Sample"].tables["Sample"].ref == "A1:C7"
    assert book["Sample"]["B8"].font.b


def test_a_quotient_is_one_of_the_sums_that_are_shown(tmp_path: Path) -> None:
    table(tmp_path, SALES, columns=[*NAMED, RATIO])
    assert cached(tmp_path) == {
        "SUBTOTAL(9,B2:B7)": "210", "SUBTOTAL(9,C2:C7)": "650",
        'IF(SUBTOTAL(9,C2:C7)=0,"",SUBTOTAL(9,B2:B7)/SUBTOTAL(9,C2:C7))': repr(210 / 650),
    }  # fmt: skip


def test_a_quotient_of_columns_that_are_not_shown_is_a_value(tmp_path: Path) -> None:
    book = table(tmp_path, SALES, columns=[{"name": "city"}, RATIO])
    assert values(book)[-1] == ("Total", 210 / 650)


def test_groups_fold_between_their_heads_and_subtotals(tmp_path: Path) -> None:
    book = table(tmp_path, SALES, columns=NAMED, group_by="region")
    found = values(book)
    assert [row[0] for row in found] == [
        "City", "North", "Kiel", "Kiel", "Bremen", "North, total", "South", "Ulm", "München", "South, total", "=East",
        "Berlin", "=East, total", "Total",
    ]  # fmt: skip
    assert [found[at][1] for at in (5, 9, 12, 13)] == [
        "=SUBTOTAL(9,B3:B5)", "=SUBTOTAL(9,B8:B9)", "=SUBTOTAL(9,B12:B12)", "=SUBTOTAL(9,B2:B13)",
    ]  # fmt: skip
    sheet = book["Sample"]
    levels = [sheet.row_dimensions[number].outlineLevel or 0 for number in range(1, 15)]
    assert levels == [0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0]
    assert (sheet.sheet_format.outlineLevelRow, sheet.auto_filter.ref, list(sheet.tables)) == (1, "A1:C13", [])
    assert (sheet["A11"].data_type, bool(sheet["A11"].quotePrefix)) == ("s", True)


def test_groups_within_groups_add_up_theirs(tmp_path: Path) -> None:
    book = table(tmp_path, SALES, columns=NAMED, group_by=["region", "city"])
    formulas = cached(tmp_path)
    assert formulas["SUBTOTAL(9,B4:B5)"] == "30"
    assert formulas["SUBTOTAL(9,B3:B9)"] == "60"
    assert book["Sample"].row_dimensions[4].outlineLevel == 2
    assert book["Sample"].row_dimensions[3].outlineLevel == 1


def test_others_are_values_and_sums_over_them_formulas(tmp_path: Path) -> None:
    columns = [*NAMED, {"name": "price", "total": "mean"}]
    book = table(tmp_path, SALES, columns=columns, sort="-sales", top=2)
    assert values(book)[3:] == [
        ("Others (4)", 100, 400, 1 / 3), ("Total", "=SUBTOTAL(9,B2:B4)", "=SUBTOTAL(9,C2:C4)", 2.1),
    ]  # fmt: skip
    assert book["Sample"].tables["Sample"].ref == "A1:D3"


def test_where_rows_are_left_out_a_total_is_a_value(tmp_path: Path) -> None:
    book = table(tmp_path, SALES, columns=NAMED, sort="-sales", top={"rows": 2, "others": False})
    assert values(book)[-1] == ("Total", 210, 650)


def test_a_sum_of_numbers_that_excel_holds_as_text_is_a_value(tmp_path: Path) -> None:
    book = table(tmp_path, {"a": ["x", "y"], "n": [1, 10**16]}, columns=[{"name": "a"}, {"name": "n", "total": "sum"}])
    assert values(book)[1:] == [("x", 1), ("y", str(10**16)), ("Total", str(10**16 + 1))]


def test_a_total_over_several_sheets_names_them_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_sheets, "MAX_ROWS", 4)
    book = table(tmp_path, SALES, columns=NAMED)
    assert values(book, "Sample (2)")[-1] == (
        "Total",
        "=SUBTOTAL(9,'Sample'!B2:B5,B2:B3)",
        "=SUBTOTAL(9,'Sample'!C2:C5,C2:C3)",
    )
    assert [book[name].tables.popitem()[1].ref for name in ("Sample", "Sample (2)")] == ["A1:C5", "A1:C3"]


def test_a_group_goes_on_in_the_next_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_sheets, "MAX_ROWS", 3)
    book = table(tmp_path, SALES, columns=NAMED, group_by="region")
    assert values(book, "Sample (2)")[2] == (
        "North, total",
        "=SUBTOTAL(9,'Sample'!B3:B4,B2:B2)",
        "=SUBTOTAL(9,'Sample'!C3:C4,C2:C2)",
    )
    assert len(book.sheetnames) == 2 + 5


def test_links_lead_where_they_say_and_keep_the_type(tmp_path: Path) -> None:
    columns = [{"name": "sales", "link": "https://shop.example/{city}?q=\"<&>'"}, {"name": "city", "link": "{url}"}]
    urls = [
        "javascript:alert(1)",
        None,
        "https://a.example/x",
        "mailto:a@b.example",
        "https://a.example/x",
        "file:///etc",
    ]
    sheet = table(tmp_path, SALES | {"url": urls}, columns=columns)["Sample"]
    assert sheet["A2"].hyperlink.target == "https://shop.example/Kiel?q=\"<&>'"
    assert sheet["A6"].hyperlink.target == "https://shop.example/M%C3%BCnchen?q=\"<&>'"
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].font.u) == (10, "n", "single")
    assert [sheet[f"B{row}"].hyperlink and sheet[f"B{row}"].hyperlink.target for row in range(2, 8)] == [
        None, None, "https://a.example/x", "mailto:a@b.example", "https://a.example/x", None,
    ]  # fmt: skip
    assert [sheet[f"B{row}"].font.u for row in (2, 4)] == [None, "single"]


def test_more_links_than_a_sheet_holds_are_plain_text_and_the_first_sheet_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rows_module, table_sheets):
        monkeypatch.setattr(module, "MAX_LINKS", 4)
    monkeypatch.setattr("scheduled_reports.workbook.front.MAX_LINKS", 4)
    book = table(tmp_path, SALES, columns=[{"name": "city", "link": "https://x.example/{city}"}])
    sheet = book["Sample"]
    assert [bool(sheet[f"A{row}"].hyperlink) for row in range(2, 8)] == [True] * 4 + [False] * 2
    assert sheet["A7"].font.u is None
    assert any("only the first 4 links" in str(cell.value) for cell in book["Report"]["A"])


def test_a_link_that_is_too_long_for_excel_is_left_out(tmp_path: Path) -> None:
    columns = {"a": ["x" * 2100, "y"]}
    sheet = table(tmp_path, columns, columns=[{"name": "a", "link": "https://x.example/{a}"}])["Sample"]
    assert [bool(sheet[f"A{row}"].hyperlink) for row in (2, 3)] == [False, True]
    assert sheet["A2"].value == "x" * 2100


def test_each_row_leads_to_the_first_of_its_details(tmp_path: Path) -> None:
    calls = {"city": ["Ulm", "Kiel", "Ulm", None, "Kiel", "Bonn"], "seconds": [1, 2, 3, 4, 5, 6]}
    write(tmp_path, "calls", calls)
    detail = {"dataset": "calls", "on": "city", "sort": "-seconds"}
    book = table(tmp_path, {"city": ["Kiel", "Ulm", "Bern"], "n": [2, 2, 0]}, detail=detail)
    assert book.sheetnames == ["Report", "Sample", "Sample, details", "About"]
    assert values(book, "Sample, details")[1:] == [
        ("Bonn", 6), ("Kiel", 5), ("Kiel", 2), ("Ulm", 3), ("Ulm", 1), (None, 4),
    ]  # fmt: skip
    links = [book["Sample"][f"A{row}"].hyperlink for row in (2, 3, 4)]
    assert [link and link.location for link in links] == ["'Sample, details'!A3", "'Sample, details'!A5", None]


def test_long_texts_wrap_in_rows_that_are_high_enough(tmp_path: Path) -> None:
    texts = ["short", "word " * 30, "two\nlines", "w" * 44, None]
    sheet = table(tmp_path, {"a": texts, "b": [1] * 5})["Sample"]
    assert [sheet.row_dimensions[row].height for row in range(2, 7)] == [None, 64, 34, None, None]
    assert sheet["A3"].alignment.wrap_text


def test_rows_of_groups_may_be_many_and_small(tmp_path: Path) -> None:
    count = 6_000
    book = table(
        tmp_path, {"g": [number // 2 for number in range(count)], "a": ["x"] * count, "n": [1] * count},
        columns=[{"name": "a"}, {"name": "n", "total": "sum"}], group_by="g",
    )  # fmt: skip
    assert part(tmp_path, "xl/worksheets/sheet2.xml").find(".//{*}dimension").attrib == {"ref": f"A1:B{2 * count + 2}"}
    assert book["Sample"].cell(2 * count + 2, 2).value == f"=SUBTOTAL(9,B2:B{2 * count + 1})"


@pytest.mark.parametrize(
    ("labels", "is_list"),
    [
        (("A", "B"), True),
        (("A", "a"), False),
        (("A", " "), False),
        (("=A", "_x0041_ \x00b"), True),
    ],
)
def test_a_list_has_heads_that_differ(tmp_path: Path, labels: tuple[str, str], is_list: bool) -> None:
    columns = [{"name": name, "label": label} for name, label in zip("ab", labels, strict=True)]
    sheet = table(tmp_path, {"a": [1], "b": [2]}, columns=columns)["Sample"]
    assert bool(sheet.tables) == is_list
    assert (sheet.tables["Sample"].autoFilter if is_list else sheet.auto_filter).ref == "A1:B2"
    assert [cell.quotePrefix for cell in sheet[1]] == [label.startswith("=") for label in labels]


def test_a_head_that_is_longer_than_lists_allow_makes_none(tmp_path: Path) -> None:
    assert not table(tmp_path, {"a": [1], "x" * 256: [2]})["Sample"].tables


def test_the_least_of_dates_is_a_date(tmp_path: Path) -> None:
    days = [dt.date(2026, 10, 2), dt.date(2026, 10, 1)]
    table(tmp_path, {"a": ["x", "y"], "d": days}, columns=[{"name": "a"}, {"name": "d", "total": "min"}])
    assert cached(tmp_path) == {"SUBTOTAL(5,B2:B3)": "46296.0"}
    assert load_workbook(tmp_path / "out.xlsx", data_only=True)["Sample"]["B4"].value == wall(2026, 10, 1)


def test_rows_of_lists_open_their_details_too(tmp_path: Path) -> None:
    write(tmp_path, "calls", {"tags": [["a"], ["b"], ["a"]], "n": [1, 2, 3]})
    book = table(tmp_path, {"tags": [["a"], ["b"]]}, detail={"dataset": "calls", "on": "tags"})
    assert [book["Sample"][place].hyperlink.location for place in ("A2", "A3")] == [
        "'Sample, details'!A2", "'Sample, details'!A4",
    ]  # fmt: skip

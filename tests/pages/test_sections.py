"""Upright and turned pages, two columns, and appendices."""

from __future__ import annotations

from pathlib import Path

from sample_document import document, write
from scheduled_reports.brands import HOUSE
from scheduled_reports.document import AppendixBlock, ColumnsBlock, HeadingBlock, PageBreakBlock, TableBlock, TextBlock
from scheduled_reports.document.block import Block
from scheduled_reports.pages.paper import Paper
from scheduled_reports.pages.sections import sections

HEADING, BREAK = HeadingBlock(type="heading", text="Heading"), PageBreakBlock(type="page_break")
TEXT = TextBlock(type="text", markdown="Text")
SMALL, WIDE, LONG = (TableBlock(type="table", dataset=name) for name in ("small", "wide", "long"))


def kinds(folder: Path, *blocks: Block, paper: Paper = Paper("A4")) -> list[tuple[bool, list[str]]]:  # noqa: B008
    write(folder, "small", {"a": [1]})
    write(folder, "wide", {f"measure_{number}": [123456789.5] for number in range(12)})
    write(folder, "long", {"number": list(range(200))})
    found = sections(document(folder, *blocks).blocks, paper, HOUSE)
    return [(section.turned, [block.kind for block in section.blocks]) for section in found]


def columns(left: Block, right: Block) -> ColumnsBlock:
    return ColumnsBlock.model_validate({"type": "columns", "left": [left.model_dump()], "right": [right.model_dump()]})


def test_a_narrow_table_stays_upright(tmp_path: Path) -> None:
    assert kinds(tmp_path, HEADING, SMALL) == [(False, ["heading", "table"])]


def test_a_wide_table_turns_its_pages_and_takes_its_heading_along(tmp_path: Path) -> None:
    assert kinds(tmp_path, SMALL, HEADING, WIDE, SMALL) == [
        (False, ["table"]), (True, ["heading", "table"]), (False, ["table"]),
    ]  # fmt: skip


def test_no_page_is_turned_where_all_lie(tmp_path: Path) -> None:
    lying = Paper("A4", "landscape")
    assert kinds(tmp_path, SMALL, WIDE, paper=lying) == [(False, ["table", "table"])]


def test_no_section_is_empty(tmp_path: Path) -> None:
    assert kinds(tmp_path, HEADING, WIDE, HEADING, WIDE) == [(True, ["heading", "table", "heading", "table"])]


def test_a_document_without_blocks_has_one_section(tmp_path: Path) -> None:
    assert kinds(tmp_path) == [(False, [])]


def test_a_page_break_leaves_no_empty_page_where_pages_turn(tmp_path: Path) -> None:
    assert kinds(tmp_path, SMALL, BREAK, HEADING, WIDE, BREAK, TEXT) == [
        (False, ["table"]), (True, ["heading", "table"]), (False, ["text"]),
    ]  # fmt: skip


def test_a_page_break_between_blocks_stays(tmp_path: Path) -> None:
    assert kinds(tmp_path, SMALL, BREAK, TEXT) == [(False, ["table", "page_break", "text"])]


def test_an_appendix_is_a_heading_and_a_table_on_a_page_of_its_own(tmp_path: Path) -> None:
    first, second = (AppendixBlock(type="appendix", title=name, dataset="small") for name in ("A", "B"))
    assert kinds(tmp_path, first, second, TEXT) == [
        (False, ["text", "page_break", "heading", "table", "heading", "table"])
    ]


def test_columns_stay_beside_each_other_where_all_fits(tmp_path: Path) -> None:
    assert kinds(tmp_path, columns(SMALL, TEXT)) == [(False, ["columns"])]


def test_columns_stand_below_each_other_where_a_table_is_too_wide_or_too_long(tmp_path: Path) -> None:
    assert kinds(tmp_path, columns(WIDE, TEXT)) == [(True, ["table"]), (False, ["text"])]
    assert kinds(tmp_path, columns(TEXT, LONG)) == [(False, ["text", "table"])]

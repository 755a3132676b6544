"""Upright and turned pages."""

from __future__ import annotations

from pathlib import Path

from sample_document import document, write
from scheduled_reports.document import HeadingBlock, TableBlock
from scheduled_reports.document.block import Block
from scheduled_reports.document.sections import sections

HEADING = HeadingBlock(type="heading", text="Heading")
SMALL, WIDE = TableBlock(type="table", dataset="small"), TableBlock(type="table", dataset="wide")


def kinds(folder: Path, *blocks: Block) -> list[tuple[bool, list[str]]]:
    write(folder, "small", {"a": [1]})
    write(folder, "wide", {f"measure_{number}": [123456789.5] for number in range(12)})
    found = sections(document(folder, *blocks).blocks, 510, 757)
    return [(section.turned, [block.kind for block in section.blocks]) for section in found]


def test_a_narrow_table_stays_upright(tmp_path: Path) -> None:
    assert kinds(tmp_path, HEADING, SMALL) == [(False, ["heading", "table"])]


def test_a_wide_table_turns_its_pages_and_takes_its_heading_along(tmp_path: Path) -> None:
    assert kinds(tmp_path, SMALL, HEADING, WIDE, SMALL) == [
        (False, ["table"]), (True, ["heading", "table"]), (False, ["table"]),
    ]  # fmt: skip


def test_no_section_is_empty(tmp_path: Path) -> None:
    assert kinds(tmp_path, HEADING, WIDE, HEADING, WIDE) == [(True, ["heading", "table", "heading", "table"])]


def test_a_document_without_blocks_has_one_section(tmp_path: Path) -> None:
    assert kinds(tmp_path) == [(False, [])]

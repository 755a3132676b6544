"""What the tests of workbooks share: a workbook of one table, and its parts as XML."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from openpyxl import Workbook

from formats.workbooks import opened
from sample_document import document, write
from scheduled_reports.document import TableBlock
from scheduled_reports.formats.xlsx import Xlsx

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

SALES = {
    "region": ["North", "North", "North", "South", "South", "=East"],
    "city": ["Kiel", "Kiel", "Bremen", "Ulm", "München", "Berlin"],
    "sales": [10, 20, 30, 40, 50, 60],
    "contacts": [100, 100, 100, 100, 250, 0],
    "price": [1.5, None, 2.5, -3.0, 4.0, 5.5],
}


def table(folder: Path, data: dict[str, Any], **fields: Any) -> Workbook:
    """Return the workbook of one table over `sample`, titled `Sample`."""
    write(folder, "sample", data)
    block = TableBlock.model_validate({"type": "table", "title": "Sample", "dataset": "sample", **fields})
    Xlsx(type="xlsx").render(document(folder, block), folder / "out.xlsx")
    return opened(folder / "out.xlsx")


def part(folder: Path, name: str) -> ET.Element:
    """Return a part of the workbook that a test made."""
    with ZipFile(folder / "out.xlsx") as parts:
        return ET.fromstring(parts.read(name))


def values(book: Workbook, sheet: str = "Sample") -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in book[sheet].iter_rows()]


def cached(folder: Path, number: int = 2) -> dict[str, str]:
    """Return the value that each formula of a sheet is stored with."""
    rows = part(folder, f"xl/worksheets/sheet{number}.xml").iter(f"{MAIN}c")
    return {
        str(cell.findtext(f"{MAIN}f")): str(cell.findtext(f"{MAIN}v"))
        for cell in rows
        if cell.find(f"{MAIN}f") is not None
    }

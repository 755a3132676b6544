"""The interactive page of a document in a browser, its tables read and worked as a reader does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chromium import Page
from sample_document import write
from scheduled_reports.document import Document, TableBlock
from scheduled_reports.formats.html import Html

ROWS = "[...document.querySelectorAll('#{table} > .scroll > table > tbody > tr')]"
STATUS = "document.querySelector('#{table} > .below [role=status]').textContent"


@contextmanager
def opened(browser: Page, made: Document, width: int = 1280, *, dark: bool = False) -> Iterator[Page]:
    """Yield the page of a document in a browser; afterwards nothing was asked for, nothing complained."""
    file = made.tables.folder / "report.html"
    if not file.exists():
        Html(type="html").render(made, file)
    browser.call("Page.navigate", url="about:blank")
    browser.events.clear()
    browser.screen(width, dark=dark)
    browser.open(file)
    yield browser
    assert browser.requests() == []
    assert browser.complaints() == []
    assert browser.run("window.hacked") is None


def table(folder: Path, rows: dict[str, list[Any]], **more: Any) -> TableBlock:
    write(folder, "rows", rows)
    return TableBlock.model_validate({"type": "table", "title": "Rows", "dataset": "rows", **more})


def texts(page: Page, table: str = "table-1", column: int = 0) -> list[str]:
    """Return what stands in a column of the rows that are shown, without heads and subtotals."""
    cell = f"row.cells[{column}].textContent.trim()"
    found: list[str] = page.run(
        f"{ROWS.format(table=table)}.filter(row => row.classList.contains('row')).map(row => {cell})"
    )
    return found


def lines(page: Page, table: str = "table-1") -> list[str]:
    found: list[str] = page.run(f"{ROWS.format(table=table)}.map(row => row.cells[0].textContent.trim())")
    return found


def click(page: Page, selector: str, index: int = 0) -> None:
    page.run(f"document.querySelectorAll({selector!r})[{index}].click()")


def filtered(page: Page, text: str, table: str = "table-1") -> None:
    """Type into the filter of a table, and wait until it says what fits."""
    before = page.run(STATUS.format(table=table))
    page.run(f"document.querySelector('#{table} input[type=search]').focus()")
    page.call("Input.insertText", text=text)
    page.until(f"{STATUS.format(table=table)} !== {before!r}")

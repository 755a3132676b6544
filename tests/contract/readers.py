"""Files read back by programs that are not ours, as one text each; a format is read by the kind of its file."""

from __future__ import annotations

import csv
import json
import re
import warnings
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import openpyxl
import pyarrow.parquet as pq
import pypdfium2 as pdfium

csv.field_size_limit(1_000_000)


class Page(HTMLParser):
    """A page's tags, and its text with what its scripts hold as JSON."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self._kind = ""
        self._script = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._kind, self._script = dict(attrs).get("type") or tag, ""

    def handle_endtag(self, tag: str) -> None:
        if "json" in self._kind:
            self.parts += strings(json.loads(self._script))
        if tag in ("script", "style"):
            self._kind = ""

    def handle_data(self, data: str) -> None:
        if self._kind:
            self._script += data
        else:
            self.parts.append(data)


def strings(node: Any) -> Iterator[str]:
    """Yield all texts and numbers of a value of JSON."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from (str(key), *strings(value))
    elif isinstance(node, list | tuple):
        for value in node:
            yield from strings(value)
    elif node is not None:
        yield str(node)


def _csv(file: Path) -> str:
    with file.open(encoding="utf-8", newline="") as found:
        return "\n".join(cell for row in csv.reader(found, strict=True) for cell in row)


def _tsv(file: Path) -> str:
    cells = [cell for line in file.read_bytes().decode().split("\n") for cell in line.split("\t")]
    meant = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
    return "\n".join(re.sub(r"\\(.)", lambda found: meant[found[1]], cell) for cell in cells)


def _json(file: Path) -> str:
    return "\n".join(strings(json.loads(file.read_text(encoding="utf-8"))))


def _json_lines(file: Path) -> str:
    lines = file.read_bytes().decode().split("\n")
    return "\n".join(text for line in lines if line for text in strings(json.loads(line)))


def _parquet(file: Path) -> str:
    return "\n".join(strings(pq.read_table(file).to_pydict()))


def _pdf(file: Path) -> str:
    with pdfium.PdfDocument(file) as opened:
        return "\n".join(page.get_textpage().get_text_range() for page in opened)


def _xlsx(file: Path) -> str:
    with ZipFile(file) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                try:
                    ET.fromstring(parts.read(name))
                except ET.ParseError as error:
                    raise AssertionError(f"{name}: {error}") from error
        found = [text for name in parts.namelist() if "charts/" in name and name.endswith(".xml")
                 for text in ET.fromstring(parts.read(name)).itertext()]  # fmt: skip
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*extension is not supported", UserWarning)
        book = openpyxl.load_workbook(file)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "e", (sheet.title, cell.coordinate, cell.value)
                assert cell.data_type != "f" or str(cell.value).startswith(("=SUBTOTAL", "=SUM", "=IF", "=AGGREGATE"))
                found.append("" if cell.value is None else str(cell.value).replace("_x005F_", "_"))
    return "\n".join(found)


def _html(file: Path) -> str:
    return "".join(Page(file.read_text(encoding="utf-8")).parts)


READERS: dict[str, Callable[[Path], str]] = {
    "text/csv": _csv, "text/tab-separated-values": _tsv, "application/json": _json, "application/jsonl": _json_lines,
    "application/vnd.apache.parquet": _parquet, "application/pdf": _pdf, "text/html": _html,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _xlsx,
    "text/plain": lambda file: file.read_text(encoding="utf-8"),
}  # fmt: skip
"""A reader for each kind of file; a new kind needs its own here."""

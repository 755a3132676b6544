"""Puts a workbook's file together: what openpyxl made, with the rows of its tables streamed in.

A workbook is a zip (ECMA-376 Part 2). openpyxl writes it into memory with empty sheets for tables; it is copied member
by member, and an empty sheet gets its rows on the way. The same report gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from scheduled_reports.workbook.cells import without_forbidden
from scheduled_reports.workbook.shared_texts import SharedTexts

if TYPE_CHECKING:
    from openpyxl import Workbook

LEVEL = 1
"""Of Deflate: a file a third larger than at level 6, in half the time."""

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHARED, _TYPES, _BOOK = "xl/sharedStrings.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
_NO_TEXTS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></sst>'
_WHEN = (1980, 1, 1, 0, 0, 0)


@dataclass
class Streamed:
    """What goes into an empty sheet.

    Attributes:
        rows: Its rows as XML.
        size: What its `dimension` says: `A1:J100001`.
        links: Where cells lead to, known after the rows.
        formats: Conditional formats, and what belongs into `extLst`, known after the rows.
        errors: What Excel shall not mark as a mistake.
        is_first: Whether others need what is known of it after its rows.
    """

    rows: Callable[[], Iterable[bytes]]
    size: str
    links: list[tuple[str, str]] = field(default_factory=list)
    formats: Callable[[], tuple[str, str]] = lambda: ("", "")
    errors: str = ""
    is_first: bool = False


@dataclass
class Package:
    """A workbook that becomes a file.

    Attributes:
        book: What openpyxl made.
        made: When the report was made, aware: what the file says of itself.
        alts: What pictures and charts on the first sheet show, in words, in the order in which openpyxl writes them.
        extensions: What else belongs into the `extLst` of sheets, by their place in the workbook.
    """

    book: Workbook
    made: dt.datetime
    alts: list[str] = field(default_factory=list)
    extensions: dict[int, str] = field(default_factory=dict)

    def write(self, target: Path, streamed: Callable[[SharedTexts], Mapping[int, Streamed]]) -> None:
        """Write the file.

        Args:
            target: The file.
            streamed: Returns what goes into which sheet, by its place in the workbook, first 1, in the order in which
                it is to be written.
        """
        frame = BytesIO()
        self.book.save(frame)
        with ZipFile(frame) as source:
            for large in (False, True):
                shared = SharedTexts(_shared_part(source).count("<si"))
                try:
                    self._copy(source, target, streamed(shared), shared, large=large)
                except (
                    RuntimeError
                ) as error:  # zipfile's: a sheet of more than 2 GiB needs Zip64, which it must know ahead
                    if large or "force_zip64" not in str(error):
                        raise
                else:
                    return

    def _copy(
        self, source: ZipFile, target: Path, streamed: Mapping[int, Streamed], shared: SharedTexts, *, large: bool
    ) -> None:
        sheets = {f"xl/worksheets/sheet{place}.xml": sheet for place, sheet in streamed.items()}
        relations = {name.replace("worksheets/", "worksheets/_rels/") + ".rels" for name in sheets}
        with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=LEVEL) as made:
            for name in source.namelist():
                if name not in sheets and name not in relations and name != _SHARED:
                    content = self._adapted(name, source.read(name))
                    if name in (_TYPES, _BOOK) and _SHARED not in source.namelist():
                        content = _knowing_texts(name, content.decode()).encode()
                    made.writestr(_member(name), content)
            for name, sheet in sheets.items():
                frame = source.read(name).decode()
                with made.open(_member(name), "w", force_zip64=large) as file:
                    for chunk in _ahead(self._sheet(frame, sheet)):
                        file.write(chunk)
                related = name.replace("worksheets/", "worksheets/_rels/") + ".rels"
                before = source.read(related).decode() if related in source.namelist() else ""
                if found := _relations(before, sheet.links):
                    made.writestr(_member(related), found)
            made.writestr(_member(_SHARED), _with_texts(_shared_part(source), shared))

    def _sheet(self, frame: str, sheet: Streamed) -> Generator[bytes, None, None]:
        """Yield a sheet: its head, its rows, and what stands behind them, in the order that Excel demands."""
        head, tail = re.split(r"<sheetData ?/>|<sheetData></sheetData>", frame, maxsplit=1)
        yield (re.sub(r'<dimension ref="[^"]*" ?/>', f'<dimension ref="{sheet.size}"/>', head) + "<sheetData>").encode()
        yield from sheet.rows()
        formats, extension = sheet.formats()
        at = tail.index("<printOptions") if "<printOptions" in tail else tail.index("<pageMargins")
        tail = tail[:at] + formats + _links(sheet.links) + tail[at:]
        yield ("</sheetData>" + _extended(_ignoring(tail, sheet.errors), extension)).encode()

    def _adapted(self, name: str, content: bytes) -> bytes:
        if name == "docProps/core.xml":
            return self._properties()
        if name == "xl/drawings/drawing1.xml":
            return _described(content.decode(), self.alts).encode()
        place = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
        if place and int(place[1]) in self.extensions:
            return _extended(content.decode(), self.extensions[int(place[1])]).encode()
        return content

    def _properties(self) -> bytes:
        from openpyxl.xml.functions import tostring

        found = self.book.properties
        found.created = found.modified = self.made.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
        return bytes(tostring(found.to_tree()))


def _ahead(chunks: Generator[bytes, None, None]) -> Iterator[bytes]:
    """Yield the same; the next chunk is made in a thread while one is compressed, both without Python's global lock."""
    with ThreadPoolExecutor(1, "workbook") as pool:
        try:
            waiting = pool.submit(next, chunks, None)
            while (chunk := waiting.result()) is not None:
                waiting = pool.submit(next, chunks, None)
                yield chunk
        finally:
            waiting.exception()
            pool.submit(chunks.close).result()


def _member(name: str) -> ZipInfo:
    made = ZipInfo(name, _WHEN)
    made.compress_type = ZIP_DEFLATED
    made._compresslevel = LEVEL  # type: ignore[attr-defined]
    return made


def _shared_part(source: ZipFile) -> str:
    """Return the part of shared texts; openpyxl leaves it out where its texts stand in their cells."""
    return source.read(_SHARED).decode() if _SHARED in source.namelist() else _NO_TEXTS


def _with_texts(before: str, shared: SharedTexts) -> str:
    """Return the part of shared texts with ours behind those of openpyxl; its counts are optional, and left out."""
    head = re.sub(r' (?:uniqueC|c)ount="\d+"', "", before, count=1).removesuffix("</sst>")
    return f"{head}{''.join(shared.items())}</sst>"


def _knowing_texts(name: str, content: str) -> str:
    """Return the list of parts, or the workbook's relations, with the part of shared texts."""
    if name == _TYPES:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
        return content.replace("</Types>", f'<Override PartName="/{_SHARED}" ContentType="{kind}"/></Types>')
    relation = f'<Relationship Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml" Id="sharedTexts"/>'
    return content.replace("</Relationships>", f"{relation}</Relationships>")


def _links(links: list[tuple[str, str]]) -> str:
    """Return the links of a sheet; those to elsewhere by the numbers of their relations."""
    if not links:
        return ""
    numbers, found = _numbers(links), []
    for place, target in links:
        to = f'location="{escape(target[1:])}"' if target.startswith("#") else f'r:id="{numbers[target]}"'
        found.append(f'<hyperlink ref="{place}" {to}/>')
    return f'<hyperlinks xmlns:r="{_RELATIONS}">{"".join(found)}</hyperlinks>'


def _relations(before: str, links: list[tuple[str, str]]) -> str:
    """Return a sheet's relations with those of its links."""
    added = "".join(
        f'<Relationship Id="{number}" Type="{_RELATIONS}/hyperlink" Target="{escape(url)}" TargetMode="External"/>'
        for url, number in _numbers(links).items()
    )
    if not before:
        begin = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        return f"{begin}{added}</Relationships>" if added else ""
    return before.replace("</Relationships>", f"{added}</Relationships>")


def _numbers(links: list[tuple[str, str]]) -> dict[str, str]:
    urls = dict.fromkeys(target for _, target in links if not target.startswith("#"))
    return {url: f"link{number}" for number, url in enumerate(urls, 1)}


def _ignoring(tail: str, element: str) -> str:
    """Put `ignoredErrors` where it belongs: before drawings and tables."""
    places = [
        tail.index(name)
        for name in ("<drawing", "<legacyDrawing", "<tableParts", "<extLst", "</worksheet>")
        if name in tail
    ]
    return tail[: min(places)] + element + tail[min(places) :]


def _extended(sheet: str, extension: str) -> str:
    return sheet.replace("</worksheet>", f"<extLst>{extension}</extLst></worksheet>") if extension else sheet


def _described(drawing: str, alts: list[str]) -> str:
    """Give each picture and chart of a drawing its words, for who cannot see it."""
    texts = iter(alts)

    def described(found: re.Match[str]) -> str:
        rest = re.sub(r' descr="[^"]*"', "", found[1])
        return f'<{found[0][1:].split(" ")[0]}{rest} descr="{escape(without_forbidden(next(texts, "")))}"'

    return re.sub(r"<(?:\w+:)?cNvPr((?: \w+=\"[^\"]*\")*)", described, drawing)

"""The tags of long tables, joined into WeasyPrint's own: rows, cells, heads (ISO 32000-1, 14.7 and 14.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scheduled_reports.typeset.rows import Row
    from scheduled_reports.typeset.sheet import LinkBox, Sheet

    _Place = tuple[Sheet, tuple[tuple[int, ...], ...]]


class Marker:
    """Stands among a page's boxes where a long table begins; WeasyPrint takes it for a cell and keeps its element here.

    Attributes:
        mark: The structure element in the place of the table.
    """

    element = object()
    element_tag = "td"
    colspan = rowspan = 1
    link_annotation = widget_annotation = None
    children: tuple[Any, ...] = ()

    def __init__(self) -> None:
        self.mark: Any = None


@dataclass(slots=True)
class TaggedRow:
    """A row's cells: on each sheet that it is on, the number of the first one's marked content.

    Attributes:
        cells: How many there are.
        spans: How many columns the first one takes.
        places: The sheets, each with that number.
        links: What leads somewhere, by the cell's place.
    """

    cells: int
    spans: int
    places: list[tuple[Sheet, int]]
    links: dict[int, LinkBox]


@dataclass
class TaggedTable:
    """What a long table is made of.

    Attributes:
        marker: Stands in its place.
        columns: How many columns it has.
        caption: The sheet with the caption, and its marked contents.
        head: The same for each cell of the head.
        rows: Its rows, in order.
    """

    marker: Marker
    columns: int
    caption: _Place | None = None
    head: _Place | None = None
    rows: list[TaggedRow] = field(default_factory=list)

    def add(self, row: Row, sheet: Sheet, first: int, links: dict[int, LinkBox], *, rest: bool) -> None:
        """Note where a row is; `rest` if it began on an earlier page."""
        if rest:
            self.rows[-1].places.append((sheet, first))
        else:
            spans = self.columns - len(row.cells) + 1
            self.rows.append(TaggedRow(len(row.cells), spans, [(sheet, first)], links))


def add_tags(pdf: Any, tables: Sequence[TaggedTable]) -> None:
    """Add the tags of `tables`, in the order of the document, to those that WeasyPrint has made."""
    if tables:
        tree = _Tree(pdf)
        for table in tables:
            tree.add(table)


@cache
def _raw() -> type:
    import pydyf

    class Raw(pydyf.Object):  # type: ignore[misc] # pydyf has no type hints
        """An object that is written as it is: a fraction of the memory that a dictionary takes."""

        data = reference = b""

    return Raw


class _Tree:
    """The tree of a document's structure, while it grows."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        root = self._object(pdf.catalog["StructTreeRoot"])
        self._numbers = self._object(root["ParentTree"])["Nums"]
        self._pages, self._raw = pdf.page_references, _raw()

    def add(self, table: TaggedTable) -> None:
        element = table.marker.mark
        element["S"] = "/Table"
        element.pop("A", None)
        if table.caption:
            sheet, groups = table.caption
            caption = self._element(element, "Caption", sheet, [mark for group in groups for mark in group])
            element["K"].append(caption.reference)
        if table.head:
            head, row = self._group(element, "THead"), self._new()
            cells = [self._element(row, "TH", table.head[0], marks, b"/A<</O/Table/Scope/Column>>")
                     for marks in table.head[1]]  # fmt: skip
            row.data = _written("TR", head, [cell.reference for cell in cells])
            head.data = _written("THead", element, [row.reference])
        body = self._group(element, "TBody")
        body.data = _written("TBody", element, [self._row(body, row) for row in table.rows])

    def _row(self, body: Any, row: TaggedRow) -> bytes:
        element, kids = self._new(), []
        for place in range(row.cells):
            more = b"/A<</O/Table/ColSpan %d>>" % row.spans if not place and row.spans > 1 else b""
            marks = [(sheet, first + place) for sheet, first in row.places]
            cell = self._new()
            if place in row.links:
                cell.data = _written("TD", element, [self._link(cell, marks, row.links[place])], more)
            else:
                cell.data = self._marked("TD", element, cell, marks, more)
            kids.append(cell.reference)
        element.data = _written("TR", body, kids)
        return bytes(element.reference)

    def _link(self, cell: Any, marks: list[tuple[Sheet, int]], box: LinkBox) -> bytes:
        """Return the element of a link: its text, and the annotation that leads somewhere (ISO 32000-1, 14.8.4.4.2)."""
        link, number = self._new(), len(self._numbers) // 2
        page = self._pages[marks[0][0].page]
        box.link_annotation["StructParent"] = number
        self._numbers += [number, link.reference]
        kids = [self._mark(sheet, mark, link.reference) for sheet, mark in marks]
        link.data = _written(
            "Link", cell, [*kids, b"<</Type/OBJR/Pg %b/Obj %b>>" % (page, box.link_annotation.reference)]
        )
        return bytes(link.reference)

    def _element(self, parent: Any, tag: str, sheet: Sheet, marks: Sequence[int], more: bytes = b"") -> Any:
        element = self._new()
        element.data = self._marked(tag, parent, element, [(sheet, mark) for mark in marks], more)
        return element

    def _marked(self, tag: str, parent: Any, element: Any, marks: Sequence[tuple[Sheet, int]], more: bytes) -> bytes:
        """Return an element that is marked contents; most are one, which is told in fewer bytes."""
        if len(marks) != 1:
            return _written(tag, parent, [self._mark(sheet, mark, element.reference) for sheet, mark in marks], more)
        sheet, mark = marks[0]
        self._mark(sheet, mark, element.reference)
        place = (tag.encode(), parent.reference, self._pages[sheet.page], sheet.first + mark, more)
        return b"<</S/%b/P %b/Pg %b/K %d%b>>" % place

    def _group(self, parent: Any, tag: str) -> Any:
        element = self._new()
        element.data = _written(tag, parent, [])
        parent["K"].append(element.reference)
        return element

    def _mark(self, sheet: Sheet, mark: int, owner: bytes) -> bytes:
        """Return the reference to a marked content, and make `owner` its parent; they come in order."""
        self._numbers[2 * sheet.page + 1].append(owner)
        number = sheet.first + mark
        return b"<</Type/MCR/Pg %b/MCID %d>>" % (self._pages[sheet.page], number)

    def _new(self) -> Any:
        element = self._raw()
        self._pdf.add_object(element)
        element.reference = b"%d 0 R" % element.number
        return element

    def _object(self, reference: bytes) -> Any:
        return self._pdf.objects[int(reference.split()[0])]


def _written(tag: str, parent: Any, kids: Sequence[bytes], more: bytes = b"") -> bytes:
    return b"<</S/%b/P %b/K[%b]%b>>" % (tag.encode(), parent.reference, b" ".join(kids), more)

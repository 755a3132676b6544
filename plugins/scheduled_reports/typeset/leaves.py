"""The pages of a document as WeasyPrint asks for them: its own, ours, and those that both share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, NamedTuple

from scheduled_reports.typeset.packed import Packed, joined, packed
from scheduled_reports.typeset.parts import END, PAGE_OF, START
from scheduled_reports.typeset.sheet import Sheet, shifted
from scheduled_reports.typeset.slots import slots
from scheduled_reports.typeset.structure import Marker
from scheduled_reports.typeset.text_runs import Ink, written

_PageOf = Callable[[str], int | None]

_OURS = (START, END, "typeset-table")


class Frame:
    """A page that is empty but for its margins; lengths are in CSS pixels.

    Attributes:
        page: As WeasyPrint has laid it out.
        top: Where its content begins.
        bottom: Where it ends.
    """

    def __init__(self, page: Any, ink: Ink) -> None:
        box = page._page_box
        self.page, self.top = page, box.content_box_y()
        self.bottom = self.top + box.height
        self._slots = slots(box)
        self._drawings = [slot.drawing(ink) for slot in self._slots]
        for slot in self._slots:
            slot.clear()
        self._ground, self._margins = _drawn(box, ink, margins=False), _drawn(box, ink, margins=True)

    def paint_ground(self, stream: Any) -> None:
        """Draw what lies below the content: no content, where a document is tagged."""
        with stream.artifact():
            stream.stream.append(f"q\n{self._ground}\nQ")

    def paint_margins(self, stream: Any, number: int, pages: int) -> None:
        """Draw the margins, with the page's number; as in WeasyPrint's pages they come last."""
        from weasyprint.draw.text import draw_text

        with stream.artifact():
            stream.stream.append(f"q\n{self._margins}\nQ")
            for slot, drawing in zip(self._slots, self._drawings, strict=True):
                if drawing:
                    stream.stream.append(f"q\n{drawing(number, pages)}\nQ")
                    continue
                slot.fill(number, pages, dict[str, int]().get)
                with stream.stacked():
                    draw_text(stream, slot.box, 0, "clip", "none")


def _drawn(page: Any, ink: Ink, *, margins: bool) -> str:
    """Return what draws a page's margins, or all but them."""
    from weasyprint.draw import draw_page
    from weasyprint.formatting_structure.boxes import MarginBox

    kept = page.copy_with_children([box for box in page.children if isinstance(box, MarginBox) == margins])
    if margins:
        kept.background = kept.canvas_background = None
    stream = ink.stream()
    draw_page(kept, stream)
    return written(stream)


class Leaf:
    """One page of the document, with all that WeasyPrint asks of a page.

    Its layers, from top to bottom: a page of WeasyPrint's or a frame, then rows of ours, then the first page of what
    follows below them, and so on.

    Attributes:
        is_open: Whether the last layer is rows, so that a page may go on below.
    """

    def __init__(self, page: Any, ink: Ink, frame: Frame | None = None) -> None:
        self.width, self.height, self.bleed = page.width, page.height, page.bleed
        self._page, self._ink, self._frame = page, ink, frame
        self._layers: list[_Rows | _Above | Marker] = []
        self.is_open = False
        self.anchors: dict[str, Any] = {}
        self.links: list[Any] = []
        self.bookmarks: list[Any] = []
        self.forms: dict[Any, Any] = {None: []}
        self._number = self._pages = 0
        self._page_of: _PageOf = dict[str, int]().get
        if frame is None:
            self._take(page)

    def mark(self, marker: Marker) -> None:
        """Note that a tagged table begins here."""
        self._layers.append(marker)

    def add(self, sheet: Sheet) -> None:
        """Put rows on it."""
        self._layers.append(_Rows(sheet, packed(sheet.taken().encode("latin-1"))))
        self.links += sheet.links
        self.is_open = True

    def continue_with(self, page: Any) -> None:
        """Put a page of WeasyPrint on it, without its margins; its content stands below the rows."""
        box = page._page_box
        page._page_box = box.copy_with_children([_root(box)])
        self._layers.append(_Above(page))
        self._take(page)
        self.is_open = False

    def number(self, number: int, pages: int, page_of: _PageOf) -> None:
        """Tell the page its number, the number of pages, and where to look up those of targets."""
        self._number, self._pages, self._page_of = number, pages, page_of

    @property
    def _page_box(self) -> Any:
        """The box from which WeasyPrint tags the page."""
        box = self._page._page_box
        children = [] if self._frame else list(box.children)
        for layer in self._layers:
            children += [layer] if isinstance(layer, Marker) else _roots(layer)
        return box.copy_with_children(children)

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Draw it."""
        if self._number == 1:
            self._ink.add_to(stream)
        if self._frame:
            with _scaled(stream, scale):
                self._frame.paint_ground(stream)
        else:
            self._paint(self._page, stream, scale)
        for layer in self._layers:
            if isinstance(layer, _Above):
                self._paint(layer.page, stream, scale)
            elif isinstance(layer, _Rows):
                stream.stream.append(layer)
        if self._frame:
            with _scaled(stream, scale):
                self._frame.paint_margins(stream, self._number, self._pages)
        self._finish(stream, scale)

    def _finish(self, stream: Any, scale: float) -> None:
        """Keep the stream as it will be written; the marked contents of rows are counted after all of WeasyPrint's."""
        marks, found = len(stream._tags or ()), list[Any]()
        for item in stream.stream:
            if isinstance(item, _Rows):
                item.sheet.page, item.sheet.first = self._number - 1, marks
                found += [f"q {scale} 0 0 {scale} 0 0 cm", item.numbered(marks), "Q"]
                marks += item.sheet.marks
            else:
                found.append(item)
        if stream.compress:
            stream.stream, stream.compress = [joined(_packed(found))], False
            stream.extra["Filter"] = "/FlateDecode"
        else:
            stream.stream = [_plain(item) for item in found]

    def _paint(self, page: Any, stream: Any, scale: float) -> None:
        for slot in slots(page._page_box):
            slot.fill(self._number, self._pages, self._page_of)
        page.paint(stream, scale)

    def _take(self, page: Any) -> None:
        self.anchors |= {
            name: place for name, place in page.anchors.items() if name not in _OURS and not name.startswith(PAGE_OF)
        }
        self.links += page.links
        self.bookmarks += page.bookmarks
        for form, fields in page.forms.items():
            self.forms[form] = [*self.forms.get(form, []), *fields]


class _Rows(NamedTuple):
    """Rows, and what draws them."""

    sheet: Sheet
    operators: Packed

    def numbered(self, marks: int) -> Packed:
        """Return what draws them, with the numbers of their marked contents raised by `marks`."""
        if not marks or not self.sheet.marks:
            return self.operators
        return packed(shifted(self.operators.plain().decode("latin-1"), marks).encode("latin-1"))


class _Above(NamedTuple):
    """A page of WeasyPrint, without its margins."""

    page: Any


def _roots(layer: _Rows | _Above) -> list[Any]:
    return [_root(layer.page._page_box)] if isinstance(layer, _Above) else []


def _root(page: Any) -> Any:
    """Return the box of a page's <html>."""
    return next(child for child in page.children if child.is_for_root_element)


@contextmanager
def _scaled(stream: Any, scale: float) -> Iterator[None]:
    with stream.stacked():
        stream.transform(a=scale, d=scale)
        yield


def _packed(items: Iterable[Any]) -> Iterator[Packed]:
    """Yield what is packed as it is, and pack what stands between."""
    for is_packed, some in groupby(items, lambda item: isinstance(item, Packed)):
        if is_packed:
            yield from some
        else:
            yield packed(b"".join(_plain(item) + b"\n" for item in some))


def _plain(item: Any) -> bytes:
    if isinstance(item, Packed):
        return item.plain().rstrip(b"\n")
    data = getattr(item, "data", item)
    return data if isinstance(data, bytes) else str(data).encode("latin-1")

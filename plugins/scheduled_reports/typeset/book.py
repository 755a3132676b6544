"""Parts put one after another on pages, and the pages written to one PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.typeset.leaves import Frame, Leaf
from scheduled_reports.typeset.measure import measured
from scheduled_reports.typeset.parts import END, START, Flow, LongTable, Look
from scheduled_reports.typeset.sample import sample
from scheduled_reports.typeset.source import source
from scheduled_reports.typeset.structure import TaggedTable, add_tags
from scheduled_reports.typeset.tables import TableSetter
from scheduled_reports.typeset.text_runs import Ink

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

_JOINTS = f"#{START}, #{END} {{ display: block; height: 0.01px; margin: 0; padding: 0; border: 0 }}"
_TALL = 100_000
"""The height of a page that holds any sample, in CSS pixels."""


def write_pdf(parts: Sequence[Flow | LongTable], target: Path, *, css: CSS, fonts: FontConfiguration, fetcher: Any,
              frame: Callable[[bool], str], look: Look, **options: Any) -> int:  # fmt: skip
    """Write the parts, one below the other, and return the number of pages.

    Args:
        parts: What to write; the first is a flow, and its head tells the document's metadata.
        target: The file.
        css: The style sheet of all parts.
        fonts: The fonts that it brings.
        fetcher: Gives WeasyPrint the files that it asks for.
        frame: Gives the HTML of a page with nothing but its margins; whether it lies is its argument.
        look: How cells are marked.
        options: WeasyPrint's for a PDF, like `pdf_variant` and `attachments`.
    """
    book = _Book(css, fonts, fetcher, frame, look, options)
    for part in parts:
        if isinstance(part, Flow):
            book.add_flow(part)
        else:
            book.add_table(part)
    return book.write(target)


class _Book:
    """The pages so far, where the last of them is filled to, and the room to keep below that, in CSS pixels."""

    def __init__(self, css: Any, fonts: Any, fetcher: Any, frame: Callable[[bool], str], look: Look,
                 options: dict[str, Any]) -> None:  # fmt: skip
        self._css, self._fonts, self._fetcher, self._frame_html = css, fonts, fetcher, frame
        self._look, self._options = look, options
        self._tagged = _is_tagged(options)
        self._document: Any = None
        self._leaves: list[Leaf] = []
        self._tables: list[TaggedTable] = []
        self._frames: dict[bool, Frame] = {}
        self._end, self._after, self._landscape = 0.0, 0.0, False

    def add_flow(self, part: Flow) -> None:
        """Lay out a flow; its first page goes on where a table has ended."""
        room = self._room(part.landscape)
        taken = f"#{START} {{ height: {room:.2f}px; margin-bottom: {self._after:.2f}px }}" if room else ""
        rendered = self._rendered(part.html, taken)
        if self._document is None:
            self._document = rendered.copy([])
            self._ink = Ink(self._document.fonts)
        pages = list(rendered.pages)
        if room:
            self._leaves[-1].continue_with(pages.pop(0))
        self._leaves += [Leaf(page, self._ink) for page in pages]
        self._end, self._after, self._landscape = rendered.pages[-1].anchors[END][1], 0.0, part.landscape

    def add_table(self, part: LongTable) -> None:
        """Set a table below what is there."""
        frame = self._frame(part.landscape)
        page = self._rendered(sample(self._frame_html(part.landscape), part), _tall(frame.page)).pages[0]
        style = measured(page, part, self._ink, tagged=self._tagged)

        def following() -> tuple[Leaf, float, float]:
            self._leaves.append(Leaf(frame.page, self._ink, frame))
            return self._leaves[-1], frame.top, frame.bottom

        setter = TableSetter(part, style, self._look, frame.bottom - frame.top, following, tagged=self._tagged)
        self._tables += [setter.tags] if setter.tags else []
        here = (self._leaves[-1], self._end + self._after) if part.landscape == self._landscape else following()[:2]
        _, self._end = setter.set(*here, frame.bottom)
        self._after, self._landscape = style.after, part.landscape

    def write(self, target: Path) -> int:
        """Write the pages and return their number."""
        places = {name: number for number, leaf in reversed(list(enumerate(self._leaves, 1))) for name in leaf.anchors}
        for number, leaf in enumerate(self._leaves, 1):
            leaf.number(number, len(self._leaves), places.get)
        self._document.pages = self._leaves
        self._document.write_pdf(target, finisher=lambda _, pdf: add_tags(pdf, self._tables), **self._options)
        return len(self._leaves)

    def _room(self, landscape: bool) -> float:
        """Return how far down the last page is taken by a table; 0 where a flow begins on a page of its own.

        Where nothing fits below, WeasyPrint breaks the page, and drops the margin above a heading as it always does.
        """
        if not self._leaves or not self._leaves[-1].is_open or landscape != self._landscape:
            return 0.0
        frame = self._frame(landscape)
        return float(min(self._end, frame.bottom) - frame.top)

    def _frame(self, landscape: bool) -> Frame:
        if landscape not in self._frames:
            page = self._rendered(self._frame_html(landscape)).pages[0]
            self._frames[landscape] = Frame(page, self._ink)
        return self._frames[landscape]

    def _rendered(self, html: str, extra: str = "") -> Any:
        import weasyprint

        page = source(html, self._fetcher)
        sheets = [self._css, weasyprint.CSS(string=_JOINTS + extra)]
        return page.render(stylesheets=sheets, font_config=self._fonts, **self._options)


def _tall(page: Any) -> str:
    return f"@page {{ size: {page.width}px {_TALL}px !important }}"


def _is_tagged(options: dict[str, Any]) -> bool:
    from weasyprint.pdf import VARIANTS

    variant = options.get("pdf_variant")
    return bool(options.get("pdf_tags") or (variant and VARIANTS[variant][1].get("pdf_tags")))

"""Page numbers: where they stand is laid out with the page, what they are is known when all pages are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from scheduled_reports.typeset.boxes import texts, within
from scheduled_reports.typeset.parts import PAGE, PAGE_OF, PAGES
from scheduled_reports.typeset.text_runs import Ink, written

_PLAIN = re.compile(r"((?:/\S+ gs\n)?[\d. ]+ rg\nBT\n)1 0 0 -1 \S+ (\S+) Tm\n/\S+ \S+ Tf\n\[[^\]]*\] TJ\nET")
"""What draws a text in one font and one colour, without lines."""


class Slot:
    """A text with page numbers in it.

    Attributes:
        box: WeasyPrint's box of the text.
    """

    def __init__(self, box: Any, align: str, target: str = "") -> None:
        self.box, self._target = box, target
        self._text, self._left, self._width = box.text, box.position_x, box.width
        self._part = {"right": 1.0, "end": 1.0, "center": 0.5}.get(align, 0.0)

    def fill(self, page: int, pages: int, page_of: Callable[[str], int | None]) -> None:
        """Set the numbers; the text keeps its alignment."""
        from weasyprint.text.line_break import Layout, line_size

        text = self._told(page_of(self._target) if self._target else page, pages)
        layout = Layout(self.box.style)
        layout.set_text(text)
        width, _ = line_size(layout.get_first_line()[0], self.box.style)
        self.box.text = self.box.pango_layout.text = text
        self.box.position_x = self._left + (self._width - width) * self._part
        self.box.width = width

    def drawing(self, ink: Ink) -> Callable[[int, int], str] | None:
        """Return what gives the operators that draw a page's number, and how many there are, in a frame's margins.

        WeasyPrint draws them once, and then only the text and where it begins are others; None where more would be.
        """
        from weasyprint.draw.text import draw_text

        stream, setter = ink.stream(), ink.setter(self.box.style)
        self.fill(1, 1, dict[str, int]().get)
        draw_text(stream, self.box, 0, "clip", "none")
        found = _PLAIN.fullmatch(written(stream))
        if found is None or self._target:
            return None
        begin, down = found.groups()

        def draw(page: int, pages: int) -> str:
            run = setter.run(self._told(page, pages))
            left = self._left + (self._width - run.width) * self._part
            return f"{begin}1 0 0 -1 {left:.6f} {down} Tm\n{run.font}\n{run.show}\nET"

        return draw

    def _told(self, number: int | None, pages: int) -> str:
        text: str = self._text.replace(PAGE, "" if number is None else str(number)).replace(PAGES, str(pages))
        return text

    def clear(self) -> None:
        """Take the text away, so that all else can be drawn without it."""
        self.box.text = self.box.pango_layout.text = ""


def slots(page: Any) -> list[Slot]:
    """Return the slots of a page: in its margins, and for the pages of targets."""
    from weasyprint.formatting_structure.boxes import MarginBox

    margins = (box for box in page.children if isinstance(box, MarginBox))
    found = [Slot(text, box.style["text_align_all"]) for box in margins for text in _marked(box)]
    for box in within(page):
        name = "" if box.element is None else box.element.get("id") or ""
        if name.startswith(PAGE_OF):
            known = {id(slot.box) for slot in found}
            found += [Slot(text, text.style["text_align_all"], name.removeprefix(PAGE_OF))
                      for text in _marked(box) if id(text) not in known]  # fmt: skip
    return found


def _marked(box: Any) -> Iterable[Any]:
    return (text for text in texts(box) if PAGE in text.text or PAGES in text.text)

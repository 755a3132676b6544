"""A table's caption and head, drawn by WeasyPrint once and put on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scheduled_reports.typeset.boxes import parts, texts, without
from scheduled_reports.typeset.text_runs import Ink, written


@dataclass(frozen=True)
class Drawing:
    """Operators that draw something, in the coordinates of the sample's page.

    Attributes:
        operators: What draws it.
        marks: The numbers of its marked contents, in groups: one for the caption or for each cell.
    """

    operators: str
    marks: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Head:
    """What stands above the rows; lengths are in CSS pixels, places in the coordinates of the sample's page.

    Attributes:
        caption: The caption with the room below it; None where there is none.
        cells: The head's cells.
        again: The same for the following pages: a repetition is no content.
        top: Where the caption begins, or the head if there is none.
        middle: Where the head begins.
        bottom: Where the first row may begin, below the line.
        line: The width of that line.
        bookmarks: The entries of the outline that the caption makes.
    """

    caption: Drawing | None
    cells: Drawing
    again: Drawing
    top: float
    middle: float
    bottom: float
    line: float
    bookmarks: tuple[Any, ...]

    @classmethod
    def of(cls, page: Any, block: Any, table: Any, ink: Ink, line: float, *, tagged: bool) -> Head:
        """Draw the head of the sample."""
        box = page._page_box
        captions = list(parts(block, "h3"))
        top = table.children[0]
        return cls(
            caption=_drawn(box, ("table",), "h3", ink, tagged=tagged) if captions else None,
            cells=_drawn(box, ("tbody", "h3"), "th", ink, tagged=tagged),
            again=_drawn(box, ("tbody", "h3"), "th", ink, tagged=False),
            top=block.content_box_y() if captions else top.position_y, middle=top.position_y,
            bottom=top.position_y + top.height + line / 2, line=line, bookmarks=tuple(page.bookmarks),
        )  # fmt: skip


def _drawn(page: Any, left_out: tuple[str, ...], tag: str, ink: Ink, *, tagged: bool) -> Drawing:
    """Draw a page without its margins and without some elements."""
    from weasyprint.draw import draw_page
    from weasyprint.formatting_structure.boxes import MarginBox

    kept = page.copy_with_children([child for child in page.children if not isinstance(child, MarginBox)])
    for name in left_out:
        kept = without(kept, name)
    tags: dict[Any, Any] | None = {} if tagged else None
    stream = ink.stream(tags)
    draw_page(kept, stream)
    marks = () if tags is None else tuple(
        tuple(tags[text]["mcid"] for text in texts(box) if text in tags) for box in parts(kept, tag)
    )  # fmt: skip
    return Drawing(written(stream), marks)

"""What the boxes of a page that WeasyPrint has laid out tell."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any


def within(box: Any) -> Iterator[Any]:
    """Yield a box and all within it, in order."""
    yield box
    for child in box.all_children():
        yield from within(child)


def texts(box: Any) -> Iterator[Any]:
    """Yield the boxes within `box` that hold text."""
    from weasyprint.formatting_structure.boxes import TextBox

    return (found for found in within(box) if isinstance(found, TextBox))


def parts(box: Any, tag: str) -> Iterator[Any]:
    """Yield the boxes within `box` that stand for an element `tag`, without the anonymous ones in these."""
    for child in box.all_children():
        if child.element is not None and child.element_tag == tag:
            yield child
        else:
            yield from parts(child, tag)


def named(box: Any, name: str) -> Any:
    """Return the first box within `box` whose element has the id `name`; there is one."""
    return next(found for found in within(box) if found.element is not None and found.element.get("id") == name)


def without(box: Any, tag: str) -> Any:
    """Return a copy of `box` and of what is within it, but for the elements `tag`."""
    if not box.all_children() or not hasattr(box, "copy_with_children"):
        return box
    kept = [without(child, tag) for child in box.children if child.element is None or child.element_tag != tag]
    return box.copy_with_children(kept)


def colour(value: Any) -> str:
    """Return a colour of CSS as the operator that fills with it; what shines through stands on white."""
    *channels, alpha = value.to("srgb")
    return filling(1 - alpha * (1 - channel) for channel in channels)


@cache
def hex_colour(value: str) -> str:
    """Return `#rrggbb` as the operator that fills with it."""
    return filling(int(value[start : start + 2], 16) / 255 for start in (1, 3, 5))


def filling(channels: Any) -> str:
    """Return the operator that fills with a colour, given as red, green and blue, 0 to 1."""
    return " ".join(f"{channel:.6g}" for channel in channels) + " rg"


def is_clear(value: Any) -> bool:
    """Return whether a colour of CSS is not seen."""
    return bool(value == "transparent" or value.alpha == 0)

"""Paper, and the room that is left between its margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Size = Literal["A4", "Letter"]
Orientation = Literal["portrait", "landscape"]

SHEETS: dict[Size, tuple[float, float]] = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
"""Width and height in millimetres, upright (ISO 216; ANSI/ASME Y14.1)."""

SIDE, HEAD, FOOT, FIRST_HEAD = 16.0, 22.0, 20.0, 15.0
"""The margins in millimetres: left and right, above, below, and above on the first page."""

POINTS, PIXELS = 72 / 25.4, 96 / 25.4
"""In a millimetre."""


@dataclass(frozen=True)
class Paper:
    """Paper as a report asks for it.

    Attributes:
        size: What it is called.
        orientation: How it lies where no table turns it.
    """

    size: Size
    orientation: Orientation = "portrait"

    @property
    def width(self) -> float:
        """The room between the margins, in millimetres."""
        return SHEETS[self.size][self.orientation == "landscape"] - 2 * SIDE

    @property
    def turned_width(self) -> float:
        """The same on a page that lies; the same as `width` where all pages do."""
        return SHEETS[self.size][1] - 2 * SIDE

    @property
    def height(self) -> float:
        """The room above and below, in millimetres, on every page but the first."""
        return SHEETS[self.size][self.orientation == "portrait"] - HEAD - FOOT

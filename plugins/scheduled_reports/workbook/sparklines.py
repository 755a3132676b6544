"""Small lines in cells (MS-XLSX, 2.6.22), which openpyxl does not write."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"


def sparklines(places: Sequence[tuple[str, str]], color: str) -> str:
    """Return what belongs into the `extLst` of a sheet; nothing where there are none.

    Args:
        places: The cell of each line, and where its figures are.
        color: The colour of the lines, `AARRGGBB`.
    """
    if not places:
        return ""
    lines = "".join(
        f"<x14:sparkline><xm:f>{escape(data)}</xm:f><xm:sqref>{cell}</xm:sqref></x14:sparkline>"
        for cell, data in places
    )
    kinds = ("Series", "Negative", "Axis", "Markers", "First", "Last", "High", "Low")
    colors = "".join(f'<x14:color{kind} rgb="{color}"/>' for kind in kinds)
    return (
        f'<ext xmlns:x14="{_X14}" uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}">'
        '<x14:sparklineGroups xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        f'<x14:sparklineGroup lineWeight="1.5" displayEmptyCellsAs="gap" last="1">{colors}'
        f"<x14:sparklines>{lines}</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>"
    )

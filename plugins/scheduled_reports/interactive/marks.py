"""Whether an interactive page shows anything beyond its frame."""

from __future__ import annotations

import re
from io import StringIO

from scheduled_reports.formats.html_marks import shows_only
from scheduled_reports.formats.pictures import is_plain

_CHART = re.compile(r'<div class="still"[^>]*>(<svg.*?</svg>)</div>', re.DOTALL)
"""The picture of a chart: `templates/blocks.html.jinja` writes it so, and nothing that is data can."""


def shows_nothing_beyond(page: str, frame: str) -> bool:
    """Return whether a page shows nothing but its frame.

    Args:
        page: The page.
        frame: The same page without the report's blocks.
    """
    import vl_convert

    for found in _CHART.finditer(page):
        if not is_plain(vl_convert.svg_to_png(found[1], scale=1)):
            return False
    return shows_only(StringIO(_CHART.sub("", page)), frame)

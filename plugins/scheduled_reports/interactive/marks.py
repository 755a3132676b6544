"""Whether an interactive page shows anything beyond its frame."""

from __future__ import annotations

import re
from io import StringIO

from scheduled_reports.formats.html_marks import shows_only
from scheduled_reports.formats.pictures import is_plain

_CHART = re.compile(r'<div class="still"[^>]*>(<svg.*?</svg>)</div>', re.DOTALL)
"""The picture of a chart: `templates/blocks.html.jinja` writes it so, and nothing that is data can."""

_SCRIPTS = '<script type="application/json" id="words-data">'
"""Behind the content there are scripts and their data alone: `templates/page.html.jinja` begins them so."""


def shows_nothing_beyond(page: str, frame: str) -> bool:
    """Return whether a page shows nothing but its frame; charts are looked at where there is nothing else.

    Args:
        page: The page.
        frame: What can be seen of it without the report's blocks.
    """
    import vl_convert

    content = page.partition(_SCRIPTS)[0]
    if not shows_only(StringIO(_CHART.sub("", content)), frame):
        return False
    return all(is_plain(vl_convert.svg_to_png(found[1], scale=1)) for found in _CHART.finditer(content))

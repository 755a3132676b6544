"""Prose with its styles in its tags: some mail programs drop style sheets, and Outlook has margins of its own."""

from __future__ import annotations

import re

from scheduled_reports.mail_body.inks import Inks

_TAG = re.compile(r"<(p|ul|ol|li|blockquote|pre|code|h[2-6]|table|th|td)>|<a (?=href=)")
_HEADINGS = {"h2": 20, "h3": 16, "h4": 15, "h5": 15, "h6": 15}
"""Sizes in CSS pixels."""


def inlined(html: str, inks: Inks) -> str:
    """Return the HTML of prose (`Text.html`) with inline styles; its texts, which are escaped, stay as they are."""
    color = inks.light
    cell = f"padding:6px 14px 6px 0;border-bottom:1px solid {color['hair']};text-align:left"
    mono = "font-family:Consolas,Menlo,monospace;font-size:13px;white-space:pre-wrap"
    styles = {
        "p": "margin:0 0 10px", "ul": "margin:0 0 10px;padding-left:22px", "ol": "margin:0 0 10px;padding-left:22px",
        "li": "margin:3px 0", "pre": f"margin:0 0 10px;{mono}", "code": mono, "th": cell, "td": cell,
        "blockquote": f"margin:0 0 10px;padding-left:14px;border-left:3px solid {color['rule']};color:{color['muted']}",
        "table": "border-collapse:collapse;font-size:14px",
        **{tag: f"margin:18px 0 6px;font-size:{size}px;line-height:1.3" for tag, size in _HEADINGS.items()},
    }  # fmt: skip

    def styled(found: re.Match[str]) -> str:
        tag = found[1]
        if tag is None:
            return f'<a style="color:{color["accent"]}" '
        extra = ' cellpadding="0" cellspacing="0" border="0"' if tag == "table" else ""
        return f'<{tag}{extra} style="{styles[tag]}">'

    return _TAG.sub(styled, html)

"""What a mail says of files that it does not carry, and of being one of several."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from scheduled_reports.channels.base import Link
from scheduled_reports.language import Language
from scheduled_reports.mail.headers import one_line

_END = re.compile(r"</body\s*>", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)


def links_in_text(links: Sequence[Link], part: tuple[int, int], language: Language) -> str:
    """Return the lines that stand below a plain text; empty where there is nothing to say."""
    lines = [_part(part, language)] if part[1] > 1 else []
    if links:
        lines += [_heading(language), *(f"- {_name(link)}, {_size(link.size, language)}: {link.url}" for link in links)]
    return "".join(f"{one_line(line)}\n" for line in lines)


def with_links(page: str, links: Sequence[Link], part: tuple[int, int], language: Language) -> str:
    """Return an HTML page with the same lines at its end."""
    found = [f"<p>{html.escape(_part(part, language))}</p>"] if part[1] > 1 else []
    if links:
        items = "".join(f"<li>{_item(link, language)}</li>" for link in links)
        found.append(f"<p>{html.escape(_heading(language))}</p><ul>{items}</ul>")
    if not found:
        return page
    style = "font-family:Arial,Helvetica,sans-serif;font-size:14px;margin:16px"
    block = f'<div dir="auto" style="{style}">{"".join(found)}</div>'
    ends = list(_END.finditer(page))
    return f"{page[: ends[-1].start()]}{block}{page[ends[-1].start() :]}" if ends else f"{page}{block}\n"


def _item(link: Link, language: Language) -> str:
    name, size = html.escape(_name(link)), html.escape(_size(link.size, language))
    url = html.escape(one_line(link.url))
    shown = f'<a href="{url}">{name}</a>' if _WEB.match(link.url) else f"{name}: {url}"
    return f"{shown}, {size}"


def _heading(language: Language) -> str:
    return language.text("Too large to attach:")


def _part(part: tuple[int, int], language: Language) -> str:
    return language.text("E-mail {part} of {parts}", part=language.shown(part[0]), parts=language.shown(part[1]))


def _name(link: Link) -> str:
    return one_line(link.name)


def _size(size: int, language: Language) -> str:
    """Return a size as readers write it: `12.3 MB`."""
    if size < 100_000:
        return f"{language.shown(max(1, round(size / 1000)))} kB"
    return f"{language.shown(size / 1_000_000, '#,##0.0')} MB"

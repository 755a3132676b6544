"""Prose of a report as plain paragraphs."""

from __future__ import annotations

import re
from html.parser import HTMLParser


def paragraphs(html: str) -> list[str]:
    """Return the paragraphs, list items and table rows of `html` (what Markdown became) as plain texts."""
    reader = _Paragraphs()
    reader.feed(html)
    reader.close()
    return [text.strip("\n").rstrip() for text in reader.found if text.strip()]


class _Paragraphs(HTMLParser):
    """Collects texts; a link is followed by its address, an item of a list is told by its bullet or number."""

    def __init__(self) -> None:
        super().__init__()
        self.found = [""]
        self.lists: list[int | None] = []
        self.link = ""
        self.preformatted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.preformatted |= tag == "pre"
        if tag in ("ul", "ol"):
            self.lists.append(int(values.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self.found.append("    " * (len(self.lists) - 1) + self._mark())
        elif tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "tr") and not self._opens_an_item():
            self.found.append("")
        elif tag in ("td", "th") and self.found[-1]:
            self.found[-1] = self.found[-1].rstrip() + " · "
        elif tag == "br":
            self.found[-1] += "\n"
        elif tag == "a":
            self.link = values.get("href") or ""
        elif tag == "img":
            self.found[-1] += values.get("alt") or ""

    def handle_endtag(self, tag: str) -> None:
        self.preformatted &= tag != "pre"
        if tag in ("ul", "ol"):
            self.lists.pop()
        elif tag == "a" and self.link and not self.found[-1].endswith(self.link):
            self.found[-1] += f" ({self.link})"

    def handle_data(self, data: str) -> None:
        if not self.preformatted:
            data = re.sub(r"\s+", " ", data)
            data = data.lstrip() if self.found[-1][-1:] in ("", " ", "\n") else data
        self.found[-1] += data

    def _mark(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "• "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _opens_an_item(self) -> bool:
        return bool(self.lists) and self.found[-1].strip(" ").rstrip(".0123456789") in ("•", "")

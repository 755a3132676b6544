"""Markdown as plain text that reads well: links with their addresses, headings underlined, long lines folded.

Marks of emphasis, lists and quotations stay as their author wrote them: they come from plain mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

from scheduled_reports.document.cells import printable, wrapped
from scheduled_reports.language import Language

_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$")
_LINK = re.compile(
    r"""(!?)\[((?:[^\[\]\\]|\\.)*)\]\(\s*<?([^\s<>()]+(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\s*\)"""
)
_LEAD = " -+>*0123456789."


def plain_prose(markdown: str, width: int, language: Language) -> Iterator[str]:
    """Yield Markdown as lines of at most `width` cells; the lines of a list item or a quotation stay indented."""
    is_code = False
    for raw in markdown.splitlines():
        line = printable(raw).expandtabs(4).rstrip()
        if _FENCE.match(line):
            is_code = not is_code
        elif is_code:
            yield from chop_cells(line, width) or [""]
        elif heading := _HEADING.match(line):
            yield from _headed(_linked(heading[2], language), len(heading[1]), width)
        else:
            yield from _folded(_linked(line, language), width)


def _linked(line: str, language: Language) -> str:
    """Return a line with links and pictures as words; the address follows in parentheses."""
    return _LINK.sub(lambda found: _words_of(found, language), line)


def _words_of(found: re.Match[str], language: Language) -> str:
    is_picture, text, address = bool(found[1]), found[2], found[3]
    if is_picture:
        text = f"[{language.text('picture')}] {text or language.text('without a description')}"
    if address.startswith("data:") or text in {address, address.removeprefix("mailto:")}:
        return text
    return f"{text} ({address})" if text else address


def _headed(text: str, level: int, width: int) -> Iterator[str]:
    lines = wrapped(text, width)
    yield from (*lines, ("=" if level == 1 else "-") * max(map(cell_len, lines)))


def _folded(line: str, width: int) -> Iterator[str]:
    indent = min(len(line) - len(line.lstrip(_LEAD)), width // 2)
    if cell_len(line) <= width:
        yield line
        return
    lead = line[:indent]
    first, *others = wrapped(line[indent:], width - indent)
    yield f"{lead}{first}"
    rest = lead if lead.strip() == ">" else " " * indent
    yield from (f"{rest}{other}" for other in others)

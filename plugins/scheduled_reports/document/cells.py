"""How wide text is and where it breaks, in cells of a terminal: a Chinese character or an emoji takes two."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return `text` on one line, without control characters and without marks that turn the reading direction."""
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    """Return `text` without control characters and without marks that turn the reading direction; spaces stay."""
    return _CONTROLS.sub("", text)


def padded(text: str, width: int, align: str = "left") -> str:
    """Return `text` filled with spaces to `width` cells."""
    space = " " * max(width - cell_len(text), 0)
    return space + text if align == "right" else text + space


def wrapped(text: str, width: int) -> list[str]:
    """Return `text` as lines of at most `width` cells; a word that is longer breaks where it must."""
    lines, line = [], ""
    for word in _pieces(text, width):
        if line and cell_len(line) + 1 + cell_len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _pieces(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        yield from chop_cells(word, width) if cell_len(word) > width else (word,)

"""The texts that cells of a workbook share (ECMA-376 Part 1, 18.4)."""

from __future__ import annotations

from collections.abc import Iterator

from scheduled_reports.workbook.cells import clean, text_element

MOST = 100_000
"""More texts than this take memory here and in Excel; later ones stand in their cells."""


class SharedTexts:
    """Texts behind those that the workbook has already.

    Args:
        before: How many it has.
    """

    def __init__(self, before: int) -> None:
        self._before = before
        self._numbers: dict[str, int] = {}

    @property
    def is_full(self) -> bool:
        """Whether others should stand in their cells."""
        return len(self._numbers) >= MOST

    def cell(self, text: str, style: int) -> str:
        """Return a cell with a text as XML."""
        number = self._numbers.setdefault(clean(text), len(self._numbers))
        return f'<c s="{style}" t="s"><v>{self._before + number}</v></c>'

    def __len__(self) -> int:
        return len(self._numbers)

    def items(self) -> Iterator[str]:
        """Yield the elements of its texts, in order."""
        for text in self._numbers:
            yield f"<si>{text_element(text)}</si>"

"""The lines of a table: rows, heads of groups, subtotals, the total, and what `top` leaves out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scheduled_reports.document import looks
from scheduled_reports.document.cells import clean
from scheduled_reports.document.column import SCHEMES
from scheduled_reports.errors import DocumentError
from scheduled_reports.language import Language

if TYPE_CHECKING:
    import pyarrow as pa

    from scheduled_reports.document.table import Column


COUNT = "#,##0"
"""The pattern of what `total: count` gives: three prices are 3, and not 3.00 €."""


class LineKind(IntEnum):
    """What a line of a table is."""

    ROW = 0
    GROUP = 1
    SUBTOTAL = 2
    TOTAL = 3
    OTHERS = 4


@dataclass(frozen=True)
class Lines:
    """Some lines of a table, column by column.

    Attributes:
        columns: The table's columns.
        values: What they hold, one Arrow array a column; NULL on the heads of groups.
        kinds: What each line is.
        levels: How deep its group lies, 0 first.
        heads: What stands first in a line that is no row: "North", "North, total", "Others (12)"; None in rows.
        urls: Where cells lead to, for each column that has a link; None elsewhere.
        keys: The values by which a row opens its details, one Arrow array a column.
        zone: Instants are told in this zone.
    """

    columns: tuple[Column, ...]
    values: tuple[pa.Array, ...]
    kinds: Sequence[int]
    levels: Sequence[int]
    heads: Sequence[str | None]
    urls: tuple[pa.Array | None, ...]
    keys: tuple[pa.Array, ...]
    zone: dt.tzinfo

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.kinds)

    @cached_property
    def plain(self) -> bool:
        """Whether all of them are rows."""
        return not any(self.kinds)

    @cached_property
    def links(self) -> tuple[list[str | None] | None, ...]:
        """For each column, where its cells lead to; None for a column without links, or a cell without a safe one."""
        return tuple(None if urls is None else [_safe(url) for url in urls.to_pylist()] for urls in self.urls)

    def openers(self) -> Iterator[tuple[Any, ...]]:
        """Yield by which values each line opens its details, or is opened; lists are told by how they are written."""
        for key in zip(*(keys.to_pylist() for keys in self.keys), strict=True):
            yield tuple(repr(part) if isinstance(part, list | dict) else part for part in key)

    def texts(self, language: Language) -> list[list[str]]:
        """Return, column by column, what readers see; cells of lines that are no row are empty where they are NULL.

        Raises:
            DocumentError: A column's pattern does not fit its values.
        """
        found = [
            self._column(column, values, language) for column, values in zip(self.columns, self.values, strict=True)
        ]
        if self.plain:
            return found
        for index, kind in enumerate(self.kinds):
            if kind == LineKind.ROW:
                continue
            for column, texts, values in zip(self.columns, found, self.values, strict=True):
                if not values[index].is_valid:
                    texts[index] = ""
                elif column.total == "count":
                    texts[index] = language.shown(int(values[index].as_py()), COUNT)
            if found and not self.values[0][index].is_valid:
                found[0][index] = clean(self.heads[index] or "")
        return found

    def looks(self) -> tuple[list[str | None] | None, ...]:
        """Return, for each column, the tone of each cell; None for a column without rules."""
        return self._of_rows(lambda column: bool(column.rules), looks.tones)

    def shades(self) -> tuple[list[float | None] | None, ...]:
        """Return, for each column, how strongly each cell is shaded, 0 to 1; None for a column without a scale."""
        return self._of_rows(lambda column: column.scale is not None, looks.shades)

    def bars(self) -> tuple[list[tuple[float, float] | None] | None, ...]:
        """Return, for each column, from where to where its bar goes in parts of the cell; None without bars."""
        return self._of_rows(lambda column: column.bar is not None, looks.bars)

    def _column(self, column: Column, values: pa.Array, language: Language) -> list[str]:
        try:
            return language.column(values, column.pattern, self.zone)
        except ValueError as error:
            what, fix = f"column {column.label!r} cannot be shown as {column.pattern!r}", "correct its `format`"
            raise DocumentError(what, why=str(error), fix=f"{fix}, for example '#,##0.00' or 'yyyy-MM-dd'") from error

    def _of_rows(
        self, wanted: Callable[[Column], bool], look: Callable[[Column, pa.Array], list[Any]]
    ) -> tuple[Any, ...]:
        found = []
        for column, values in zip(self.columns, self.values, strict=True):
            seen = look(column, values) if wanted(column) else None
            if seen is not None and not self.plain:
                seen = [one if kind == LineKind.ROW else None for one, kind in zip(seen, self.kinds, strict=True)]
            found.append(seen)
        return tuple(found)


def _safe(url: str | None) -> str | None:
    """Return a link that a program may follow; one of another scheme that the data holds is none."""
    return url if url and url.lower().startswith(SCHEMES) and url.isprintable() and " " not in url else None

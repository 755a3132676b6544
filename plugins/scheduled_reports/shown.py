"""What of a run's tables a part of a report shows, so that nothing sensitive is shown by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scheduled_reports.model import Model
from scheduled_reports.spec.marks import marked


@dataclass(frozen=True)
class Shown:
    """A table, or some of its columns.

    Attributes:
        table: Its name.
        columns: The names of the columns that are shown; None where all are.
    """

    table: str
    columns: tuple[str, ...] | None = None


def whole_tables(part: Model) -> Iterator[Shown]:
    """Yield all columns of every table that a block or a format names: what is shown unless it says that it is less."""
    yield from (Shown(name) for _, mark, name in marked(part) if mark.kind == "table")

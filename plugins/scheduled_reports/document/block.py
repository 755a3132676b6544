"""What every kind of block offers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scheduled_reports.document.numbers import shown
from scheduled_reports.errors import DocumentError
from scheduled_reports.model import Model
from scheduled_reports.shown import Shown, whole_tables
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.tables import Tables


@dataclass(frozen=True)
class Bound:
    """A block with its data: what formats read. `kind` names it for their templates."""

    kind = ""


class Block(Model):
    """One part of a report's content, before it has data."""

    def shows(self) -> Iterator[Shown]:
        """Yield what of which tables becomes a part of the report's files."""
        return whole_tables(self)

    def is_empty(self, tables: Tables, *, beside_nothing: bool = False) -> bool | None:
        """Return whether it has nothing to show; None where that says nothing about the report, as of a heading.

        Args:
            tables: The run's tables.
            beside_nothing: Whether all else in the report is empty: then a figure of zero says no more.
        """
        return None

    @abstractmethod
    def bind(self, tables: Tables, words: Mapping[str, Any]) -> Bound:
        """Return the block with its data.

        Raises:
            DocumentError: The block does not fit the data.
        """


def require_columns(wanted: list[str], present: list[str], what: str) -> None:
    """Raise DocumentError when `what` names a column that its data lacks."""
    for name in wanted:
        if name not in present:
            raise DocumentError(f"{what}: there is no column {name!r}", why=did_you_mean(name, present),
                                fix="correct the name in `content`, or add the column to the query")  # fmt: skip


def written(value: Any, pattern: str | None, what: str) -> str:
    """Return `value` as readers see it; raise DocumentError when the pattern that `what` gives does not fit."""
    try:
        return shown(value, pattern)
    except ValueError as error:
        raise DocumentError(f"{what} cannot be shown as {pattern!r}", why=str(error),
                            fix="correct its `format`, for example '#,##0.00' or 'yyyy-MM-dd'") from error  # fmt: skip

"""What every database offers: the rows of a query as Arrow tables, and what its errors mean."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from scheduled_reports.databases.failures import Kind
from scheduled_reports.databases.session import Session

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS, BATCH_BYTES = 20_000, 2**22
"""How much is held at a time, at most: more makes no extraction faster, only larger."""

FIRST_ROWS = 500
"""How many rows tell how wide they are."""


Made = Union["pa.Table", Callable[[], "pa.Table"]]
"""A table, or what makes one, in the thread that writes it."""


@dataclass(frozen=True)
class Asked:
    """A query and what it needs.

    Attributes:
        query: SQL with `:name` binds.
        values: A value for each bind.
        zone: IANA time zone of the database's wall times.
        what: Who asks, for messages.
    """

    query: str
    values: Mapping[str, Any]
    zone: str
    what: str


def portions(
    fetch: Callable[[int], Sequence[Sequence[Any]]], make: Callable[[Sequence[Sequence[Any]]], pa.Table]
) -> Iterator[pa.Table]:
    """Yield tables of fetched rows: of as many as memory shall hold, however wide they are."""
    size = FIRST_ROWS
    while rows := fetch(size):
        table = make(rows)
        size = max(1, min(BATCH_ROWS, BATCH_BYTES * len(rows) // max(table.nbytes, 1)))
        yield table


def canceller(*drivers: Any) -> Callable[[], object] | None:
    """Return what cancels a query from another thread: no standard names it, yet most drivers have it."""
    calls = (getattr(driver, name, None) for driver in drivers for name in ("cancel", "interrupt"))
    return next(filter(callable, calls), None)


class NotColumnarError(Exception):
    """A columnar driver cannot answer this query; row by row it may be. Its text is the reason."""


class Database(ABC):
    """A database behind an Airflow connection.

    Both ways to read run in a thread of their own, so that a database that hangs is left behind; they give the same
    types and values, and at least one table.

    Attributes:
        where: Its host and port, or its file, for messages.
    """

    where: str

    @abstractmethod
    def rows(self, asked: Asked, session: Session) -> Iterator[pa.Table]:
        """Read row by row with the hook's own driver: every database can."""

    def columns(self, asked: Asked, session: Session) -> Iterator[Made]:
        """Read with a columnar driver.

        Raises:
            NotColumnarError: There is none here, or it cannot answer this query; also after some tables.
        """
        raise NotColumnarError("this kind of database has no columnar driver here")

    @abstractmethod
    def reach(self, session: Session) -> Iterator[str]:
        """Connect, log in, and yield where that was; nothing is asked."""

    def quoted(self, name: str) -> str:
        """Return a column's name as a query in a spec writes it (ISO/IEC 9075-2, delimited identifier)."""
        return '"' + name.replace('"', '""') + '"'

    @abstractmethod
    def kind(self, error: Exception) -> Kind | None:
        """Return what an error of its driver means; None where it is no error of a driver."""

    def reason(self, error: Exception) -> str:
        """Return what the database says in an error."""
        return str(getattr(error, "orig", error))

"""Columnar drivers: Arrow's own, ADBC (https://arrow.apache.org/adbc), one package for each database."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from scheduled_reports.databases.base import NotColumnarError

if TYPE_CHECKING:
    import pyarrow as pa


def require(driver: str) -> None:
    """Require an ADBC driver.

    Raises:
        NotColumnarError: It is not installed.
    """
    try:
        importlib.import_module(driver)
    except ImportError as error:
        raise NotColumnarError(f"{driver.replace('_', '-')} is not installed") from error


@contextmanager
def connection(driver: str, address: str) -> Iterator[ColumnarConnection]:
    """Give a connection through an ADBC driver; whatever fails on it is a reason to read row by row.

    Its DB-API would import pandas, 40 MB of memory.

    Args:
        driver: `adbc_driver_sqlite`, `adbc_driver_postgresql`.
        address: What the driver connects to.

    Raises:
        NotColumnarError: Anything went wrong.
    """
    manager, package = importlib.import_module("adbc_driver_manager"), importlib.import_module(driver)
    try:
        with package.connect(address) as database, manager.AdbcConnection(database) as opened, ExitStack() as open_:
            opened.set_autocommit(False)
            yield ColumnarConnection(opened, manager.AdbcStatement, open_)
    except NotColumnarError:
        raise
    except Exception as error:  # ADBC's own tree, and OSError and Arrow's while rows are read
        said = str(error).partition("\n")[0]
        raise NotColumnarError(f"{driver.replace('_', '-')} says: {said}") from error


class ColumnarConnection:
    """A connection in a transaction."""

    def __init__(self, opened: Any, statement: Callable[[Any], Any], open_: ExitStack) -> None:
        self._opened, self._statement, self._open = opened, statement, open_
        self._running: Any = None

    def run(self, *statements: str) -> None:
        """Run statements that give no rows."""
        for sql in statements:
            with self._statement(self._opened) as statement:
                statement.set_sql_query(sql)
                statement.execute_update()

    def batches(self, sql: str, options: Mapping[str, str], values: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """Run a query and yield its record batches, not checked yet."""
        import pyarrow as pa

        self._running = self._open.enter_context(self._statement(self._opened))
        self._running.set_options(**options)
        self._running.set_sql_query(sql)
        if values:
            self._running.prepare()
            names = [str(index) for index in range(len(values))]
            self._running.bind(pa.record_batch([pa.array([value]) for value in values], names=names))
        stream, _ = self._running.execute_query()
        with pa.RecordBatchReader.from_stream(stream) as reader:
            yield from reader

    def cancel(self) -> None:
        """Cancel the query, from another thread."""
        if self._running is not None:
            self._running.cancel()


def later(make: Callable[[pa.RecordBatch], pa.Table], batch: pa.RecordBatch) -> Callable[[], pa.Table]:
    """Return what makes a table of a batch, in the thread that writes: the one that fetches has enough to do."""
    import pyarrow as pa

    def table() -> pa.Table:
        try:
            batch.validate(full=True)  # a database may hold text that is no UTF-8
            return make(batch)
        except pa.ArrowException as error:
            raise NotColumnarError(f"a value does not fit: {str(error).partition(chr(10))[0]}") from error

    return table

"""Keep the rows for which checks failed, for the owner to mend."""

from __future__ import annotations

import codecs
import itertools
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduled_reports.checks import Check, Outcome, Result
from scheduled_reports.checks.base import FailingRows
from scheduled_reports.data_files.delimited import Dialect, header, records
from scheduled_reports.editions import EVERYBODY
from scheduled_reports.errors import ReportError
from scheduled_reports.redacted import NOT_SHOWN, holds_hidden, query_told
from scheduled_reports.run import Run
from scheduled_reports.sensitive import hidden_columns
from scheduled_reports.tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)

MOST_ROWS = 1_000
"""Of one check; whoever needs all of them has the run's data, and the reason says how many there are."""

MOST_PARTS = 20
"""Of so many parts rows are kept, of those with the most that fail: each takes a look at the whole table."""

PART_COLUMN = "check_part"
"""The first column where a check judges the parts of a table by themselves."""


@dataclass(frozen=True)
class Kept:
    """What was kept of the rows that fail one check, as the manifest lists it.

    Attributes:
        check: The check's id.
        file: Name in the run's folder, `failing/<check>.csv`; empty where nothing was kept.
        rows: How many rows are in it.
        failing: How many fail; None where the check does not count them.
        left_out: Columns that are not in it, as they are sensitive and not masked.
        error: Why the rows could not be kept; empty where they were.
        parts: Of how many parts that fail no row is kept, as there are too many.
    """

    check: str
    file: str
    rows: int
    failing: int | None
    left_out: tuple[str, ...] = ()
    error: str = ""
    parts: int = 0

    def __str__(self) -> str:
        """Say what was kept, and what was not: `the first 1,000 of 12,345 rows; left out, as sensitive: email`."""
        if self.error:
            return f"the rows could not be kept: {self.error}"
        if not self.file:
            return f"no row is kept, as every column is sensitive: {', '.join(self.left_out)}"
        hidden = f"; left out, as sensitive: {', '.join(self.left_out)}" if self.left_out else ""
        others = f"; none of {self.parts:,} more parts" if self.parts else ""
        return f"{self._counted()}{others}{hidden}"

    def _counted(self) -> str:
        rows = f"{self.rows:,} row{'s' if self.rows != 1 else ''}"
        if self.failing is None:
            return f"the first {rows}" if self.rows >= MOST_ROWS else rows
        return rows if self.rows >= self.failing else f"the first {self.rows:,} of {self.failing:,} rows"


def keep_failing_rows(run: Run, tables: Tables, judged: list[tuple[Check, Result]]) -> list[dict[str, Any]]:
    """Write the rows that fail into the run's folder, `failing/<check>.csv`; return what was kept, for the manifest.

    At most 1,000 rows of a check, of its 20 worst parts, one below the other. UTF-8 with a byte order mark, as people
    open it in spreadsheets; what looks like a formula is text. That rows cannot be kept is said, and changes no check's
    result.
    """
    kept = []
    for check, entries in itertools.groupby(judged, key=lambda entry: entry[0]):
        failing = [result for _, result in entries if result.failing and result.outcome is Outcome.FAILED]
        if failing:
            kept.append(found := _kept(run, tables, check, failing))
            log.log(logging.ERROR if found.error else logging.INFO, "%s: %s", check.key, found)
    return [asdict(entry) for entry in kept]


def kept_in(manifest: dict[str, Any]) -> list[Kept]:
    """Return what was kept, as a run's manifest lists it."""
    return [Kept(**{**entry, "left_out": tuple(entry["left_out"])}) for entry in manifest.get("failing_rows", ())]


def _kept(run: Run, tables: Tables, check: Check, results: list[Result]) -> Kept:
    counts = [result.count for result in results]
    failing = None if None in counts else sum(int(count) for count in counts if count is not None)
    try:
        rows, left_out = _rows(run, tables, check, results)
        if rows.num_columns == 0:
            return Kept(check.key, "", 0, failing, left_out)
        name = f"failing/{check.key}.csv"
        with run.folder.scratch() as folder:
            _write(rows, folder / f"{check.key}.csv", str(run.period.start.tzinfo))
            run.folder.put(folder / f"{check.key}.csv", name)
        return Kept(check.key, name, rows.num_rows, failing, left_out, parts=max(len(results) - MOST_PARTS, 0))
    except (ReportError, OSError) as error:
        return Kept(check.key, "", 0, failing, error=str(error))
    except Exception as error:  # whatever it is, it must not keep the check from counting
        told = NOT_SHOWN if holds_hidden(run.report.spec, EVERYBODY) else str(error)
        return Kept(check.key, "", 0, failing, error=f"{type(error).__name__}: {told}")


def _rows(run: Run, tables: Tables, check: Check, results: list[Result]) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the rows of all parts, and which columns they lack; parts with few rows leave more room to the others."""
    found: dict[int, pa.Table] = {}
    left_out: dict[str, None] = {}
    room = MOST_ROWS
    order = sorted(range(len(results)), key=lambda at: (results[at].count is None, results[at].count or 0))[
        -MOST_PARTS:
    ]
    for done, at in enumerate(order):
        failing = results[at].failing
        if failing is None or room == 0:
            continue
        table, hidden = _selected(run, tables, check, failing, -(-room // (len(order) - done)))
        left_out |= dict.fromkeys(hidden)
        room -= table.num_rows
        found[at] = table
    parts = [results[at].part for at in sorted(found)]
    return _stacked([found[at] for at in sorted(found)], parts, check, left_out), tuple(left_out)


def _selected(run: Run, tables: Tables, check: Check, failing: FailingRows, most: int) -> tuple[pa.Table, list[str]]:
    """Return the first rows of a query without its sensitive columns, and the names of those."""
    import pyarrow as pa

    what = f"the failing rows of check {check.key!r}"
    with query_told(run, failing.sql), tables.query(failing.sql, failing.values, what) as reader:
        batches = list(_first(reader, most))
        table = pa.Table.from_batches(batches, schema=reader.schema)
    hidden = hidden_columns(run, tables, failing.sql, table.column_names, failing.table)
    shown = [at for at, name in enumerate(table.column_names) if name not in hidden]
    return table.select(shown), hidden


def _first(reader: pa.RecordBatchReader, most: int) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        yield batch.slice(0, most)
        most -= min(most, batch.num_rows)
        if most == 0:
            return


def _stacked(tables: list[pa.Table], parts: list[str], check: Check, left_out: dict[str, None]) -> pa.Table:
    """Return the parts below each other: under the names of all their columns, before them the part where there are."""
    import pyarrow as pa

    named = [table.rename_columns(_distinct(table.column_names)) for table in tables]
    if not any(table.num_columns for table in named):
        return pa.table({})
    try:
        rows = pa.concat_tables(named, promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # two queries may call two kinds of things by one name
        rows = pa.concat_tables([_as_text(table) for table in named], promote_options="default")
    if not any(parts) or getattr(check, "by", None) in left_out:
        return rows
    column = pa.array([part for part, table in zip(parts, named, strict=True) for _ in range(table.num_rows)])
    return rows.rename_columns(_distinct([PART_COLUMN, *rows.column_names])[1:]).add_column(
        0, PART_COLUMN, column.cast(pa.string())
    )


def _as_text(table: pa.Table) -> pa.Table:
    import pyarrow as pa

    from scheduled_reports.formats.arrow_text import texts

    columns = ([texts(chunk, "UTC") for chunk in column.chunks] for column in table.columns)
    return pa.table([pa.chunked_array(column, pa.large_string()) for column in columns], names=table.column_names)


def _distinct(names: list[str]) -> list[str]:
    """Return the names, a second `amount` as `amount_2`."""
    found: list[str] = []
    for name in names:
        free = (name, *(f"{name}_{number}" for number in range(2, len(names) + 2)))
        found.append(next(given for given in free if given not in found))
    return found


def _write(rows: pa.Table, target: Path, zone: str) -> None:
    with target.open("wb") as file:
        file.write(codecs.BOM_UTF8 + header(rows.column_names, Dialect()))
        for batch in rows.to_batches():
            file.write(records(batch, zone, Dialect()))

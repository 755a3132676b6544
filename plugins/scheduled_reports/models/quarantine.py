"""Keep the rows that fit apart from those that do not, account for every one, and stop where too many do not."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.models.file import CHANNEL
from scheduled_reports.models.literals import name_sql
from scheduled_reports.models.statement import ACCOUNT, NUMBER, ORIGINAL, PROBLEMS, REASON, ROWS
from scheduled_reports.parquet import with_bounds
from scheduled_reports.progress import Progress

if TYPE_CHECKING:
    import pyarrow as pa

    from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)

REJECTED = {CHANNEL: CHANNEL, ACCOUNT: "account", NUMBER: "row_number", PROBLEMS: "problems", REASON: "reason",
            ORIGINAL: "row"}  # fmt: skip
"""The columns of the table of rejected rows, by their names in a judged row."""


@dataclass(frozen=True)
class Counted:
    """What became of one channel's rows.

    Attributes:
        rows: How many there are.
        fitting: How many fit.
        rejected: How many do not.
    """

    rows: int
    fitting: int
    rejected: int


def rejected_table(name: str) -> str:
    """Return the name of the table with the rows that do not fit."""
    return f"{name}_rejected"


def rejects_table(name: str) -> str:
    """Return the name of the table that counts them."""
    return f"{name}_rejects"


def split(judged: pa.RecordBatchReader, columns: Sequence[str], fitting: Path, rejected: Path, what: str) -> None:
    """Write the rows that fit to one Parquet file and the others to another, as they come.

    Args:
        judged: Rows with their problems.
        columns: The columns of those that fit.
        fitting: The file of those.
        rejected: The file of the others.
        what: Who provides the rows, for messages.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    good = pa.schema([judged.schema.field(column) for column in columns])
    bad = pa.schema([judged.schema.field(column).with_name(name) for column, name in REJECTED.items()])
    progress = Progress(what)
    with ExitStack() as stack:
        to_good, to_bad = (
            stack.enter_context(
                pq.ParquetWriter(target, schema, compression="zstd", write_statistics=with_bounds(schema))
            )
            for target, schema in ((fitting, good), (rejected, bad))
        )
        for batch in judged:
            fits = pc.is_null(batch.column(PROBLEMS))
            if kept := pc.sum(fits).as_py():
                to_good.write_batch(
                    batch.select(columns).filter(fits) if kept < batch.num_rows else batch.select(columns)
                )
            if kept != batch.num_rows:
                to_bad.write_batch(
                    batch.select([*REJECTED]).filter(pc.invert(fits)).rename_columns([*REJECTED.values()])
                )
            progress.add(batch.num_rows, batch.nbytes)


def rejects_sql(name: str) -> str:
    """Return a query that counts rejected rows by channel, account and problem; one row may have several problems."""
    plainest = f"len(string_split(problems, '; ')) * {ROWS} + row_number"  # the row with the fewest, then the first
    return f"""SELECT channel, account, problem, count(*) AS "rows", arg_min(reason, plainest) AS example
FROM (SELECT channel, account, reason, {plainest} AS plainest, unnest(string_split(problems, '; ')) AS problem
      FROM {name_sql(rejected_table(name))})
GROUP BY ALL ORDER BY channel, "rows" DESC, account, problem"""


def counted(tables: Tables, name: str, channels: dict[str, str]) -> dict[str, Counted]:
    """Return what became of each channel's rows, as the files have it; `channels` are their tables by their names."""
    fitting, rejected = (_by_channel(tables, table) for table in (name, rejected_table(name)))
    return {
        channel: Counted(tables.rows(table), fitting.get(channel, 0), rejected.get(channel, 0))
        for channel, table in channels.items()
    }


def most_frequent(tables: Tables, name: str, channel: str) -> Iterator[tuple[str, int, str]]:
    """Yield (problem, rows, example) of a channel's most frequent problems, at most five."""
    sql = f"""SELECT problem, sum("rows") AS total, first(example ORDER BY "rows" DESC, example) AS example
        FROM ({rejects_sql(name)}) WHERE channel = :channel GROUP BY problem ORDER BY total DESC, problem LIMIT 5"""
    with tables.query(sql, {"channel": channel}, f"table {rejected_table(name)!r}") as reader:
        for row in reader.read_all().to_pylist():
            yield str(row["problem"]), int(row["total"]), str(row["example"])


def _by_channel(tables: Tables, table: str) -> dict[str, int]:
    sql = f"SELECT channel, count(*) AS total FROM {name_sql(table)} GROUP BY channel"
    with tables.query(sql, {}, f"table {table!r}") as reader:
        return {row["channel"]: row["total"] for row in reader.read_all().to_pylist()}

"""Checks that are judged for each part of a table by itself, with limits of its own: a channel, an account."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from scheduled_reports.checks.base import Check, CheckedData, FailingRows
from scheduled_reports.datasets.base import Fault, expression_faults
from scheduled_reports.errors import CheckError
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import Sql, TableName
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.spec.sql import quoted, without_end

MOST_PARTS = 1_000
"""More are no parts that somebody could give limits, and each is a line in the ledger in every run."""

LONGEST_PART = 500
"""Letters; the ledger keeps no longer name, and knows a part of earlier runs by it."""

PART = "_part"
"""The bind value that holds a part's name; no parameter's name begins with an underscore."""


@dataclass(frozen=True)
class Measured:
    """What was measured of one part.

    Attributes:
        part: The value in the column `by`, as text; empty for the whole table, or for rows without a value.
        values: What was asked, by name; every one None for a part named in `limits` of which there is no row.
        rows: How many rows it has.
        by: The column that tells the parts apart; None for the whole table.
    """

    part: str
    values: Mapping[str, Any]
    rows: int
    by: str | None = None

    def of(self, dataset: str) -> str:
        """Return what it is, for a sentence: `calls`, `calls (phone)` or `calls (without channel)`."""
        if self.part or self.by is None:
            return f"{dataset} ({readable(self.part)})" if self.part else dataset
        return f"{dataset} (without {self.by})"


class PartCheck(Check):
    """A check of one table, of all its rows or part by part.

    A kind that has limits declares its fields in a model of its own, inherits from both, and declares `limits` as a
    dict of that model: `class RowCount(PartCheck, RowLimits): limits: dict[str, RowLimits] = limits_field()`.
    """

    dataset: TableName = Field(description="A source or dataset of this report.")
    where: Sql | None = Field(
        None, description="SQL condition: only these rows are looked at: `channel = 'phone'`. May use bind values."
    )
    by: str | None = Field(
        None, min_length=1,
        description="A column, `channel`: each of its values is judged by itself, rows without one together; so is "
        "each value named in `limits`, also where no row has it.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _limits_fit(self) -> Self:
        limits = self._limits()
        if limits and self.by is None:
            raise ValueError("'limits' are limits of single values of a column; write 'by' too: by: channel")
        for part in limits:
            try:
                self.for_part(part)
            except ValidationError as error:
                message = error.errors()[0]["msg"].removeprefix("Value error, ")
                raise ValueError(f"with the limits of {part!r}: {message}") from None
        return self

    def _limits(self) -> Mapping[str, Any]:
        return getattr(self, "limits", {})

    def for_part(self, part: str) -> Self:
        """Return the check as it holds for one part: with that part's limits in place of the general ones."""
        own = self._limits().get(part)
        if own is None:
            return self
        given = {name: getattr(self, name) for name in self.model_fields_set if name != "limits"}
        given |= {name: getattr(own, name) for name in own.model_fields_set}
        return type(self)(**{type(self).model_fields[name].alias or name: value for name, value in given.items()})

    def measured(
        self, data: CheckedData, wanted: Mapping[str, str], relation: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Iterator[Measured]:  # fmt: skip
        """Yield what aggregates give, of the whole table or of each part in the order of their names.

        Where there is no part at all, as there are no rows, the whole is measured: nothing passes for want of parts.

        Args:
            data: What is looked at.
            wanted: SQL aggregates by name: `{"newest": "max(updated_at)"}`.
            relation: What they are of, SQL; the dataset unless given. Its columns include the dataset's.
            values: Bind values beside the run's.

        Raises:
            CheckError: A column is not there, or there are too many parts.
            SourceError: DuckDB refuses the SQL.
        """
        self.require_columns(data, [self.by] if self.by else [])
        require_tellable(self, data, self.by, f"SELECT * FROM {self.quoted}", [*data.types(self.dataset)], self.dataset)
        asked = "".join(f', {sql} AS "{name}"' for name, sql in wanted.items())
        sql = f"SELECT {part_of_row(self.by)} AS _part, count(*) AS _rows{asked} FROM {relation or self.quoted}"
        sql += f" {self.filter()}"
        sql += f" GROUP BY 1 ORDER BY 1 LIMIT {MOST_PARTS + 1}" if self.by else ""
        found = [*self._rows(data, sql, values or {})]
        require_few(self, self.by, self.dataset, [row["_part"] for row in found])
        seen = set()
        for row in found:
            seen.add(name := row.pop("_part"))
            yield Measured(name, row, row.pop("_rows"), self.by)
        missing = [name for name in self._limits() if name not in seen]
        yield from (Measured(name, dict.fromkeys(wanted), 0, self.by) for name in missing)
        if not found and not missing:
            yield Measured("", dict.fromkeys(wanted), 0)

    def _rows(self, data: CheckedData, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        with data.tables.query(sql, {**data.run.binds(), **values}, f"the SQL of check {self.key!r}") as reader:
            rows: list[dict[str, Any]] = reader.read_all().to_pylist()
        return rows

    @property
    def quoted(self) -> str:
        """The dataset's name as SQL."""
        return f'"{self.dataset}"'

    def filter(self, *more: str) -> str:
        """Return the WHERE of the rows that are looked at and for which `more` holds; empty for all rows."""
        conditions = [f"({without_end(condition)})" for condition in (self.where, *more) if condition]
        return f"WHERE {' AND '.join(conditions)}" if conditions else ""

    def rows_of(
        self, data: CheckedData, part: str, condition: str, relation: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> FailingRows:  # fmt: skip
        """Return the rows of one part for which an SQL condition holds, as they stand in the dataset."""
        own = f"{part_of_row(self.by)} = :{PART}" if self.by else ""
        columns = ", ".join(quoted(name) for name in data.types(self.dataset))
        sql = f"SELECT {columns} FROM {relation or self.quoted} {self.filter(own, condition)}"
        return FailingRows(sql, self.dataset, {**data.run.binds(), **(values or {}), PART: part})

    def require_columns(self, data: CheckedData, names: Collection[str], table: str | None = None) -> None:
        """Raise CheckError where the dataset, or another table, has no such column."""
        present = data.types(table or self.dataset)
        for name in names:
            if name not in present:
                raise CheckError(f"check {self.key!r}: {table or self.dataset} has no column {name!r}",
                                 why=did_you_mean(name, present), fix="correct the name in `checks`")  # fmt: skip

    def faults(self, known: Collection[str], include: Path) -> Iterator[Fault]:
        """Yield SQL of its fields that is not one expression, and tables in it that there are not."""
        return expression_faults(self, known, "write one SQL expression, DuckDB's")

    def shows(self) -> Iterator[Shown]:
        """Yield the column whose values name the parts."""
        if self.by:
            yield Shown(self.dataset, (self.by,))


def part_of_row(by: str | None) -> str:
    """Return SQL that gives the name of a row's part: empty where it has no value in the column `by`, or without."""
    return f"coalesce(CAST({quoted(by)} AS VARCHAR), '')" if by else "''"


def readable(part: str) -> str:
    """Return a part's name for a sentence: what would break the line, or drive a terminal, is written as an escape."""
    return part if part.isprintable() else repr(part)[1:-1]


def require_few(check: Check, by: str | None, table: str, parts: Collection[str]) -> None:
    """Raise CheckError where a table has more parts than somebody could judge, or such as nobody could name."""
    what = f"check {check.key!r}: column {by!r} of {table}"
    if len(parts) > MOST_PARTS:
        raise CheckError(f"{what} has over {MOST_PARTS:,} values",
                         why="each would be judged by itself", fix="name a column with fewer")  # fmt: skip
    if any(len(part) > LONGEST_PART for part in parts):
        raise CheckError(f"{what} has a value of over {LONGEST_PART} letters",
                         why="each value names a part", fix="name a column with shorter ones")  # fmt: skip


def require_tellable(
    check: Check, data: CheckedData, by: str | None, sql: str, names: list[str], table: str = ""
) -> None:
    """Raise CheckError where the values of the column `by` are sensitive, as parts are named in mails and the ledger.

    Args:
        check: The check.
        data: What it looks at.
        by: The column; None for none.
        sql: One SELECT that has it.
        names: The names of its result's columns.
        table: The table whose rows these are; empty where they are others.
    """
    from scheduled_reports.sensitive import hidden_columns
    from scheduled_reports.spec.sensitive import HINT

    if by and by in hidden_columns(data.run, data.tables, sql, names, table):
        raise CheckError(f"check {check.key!r}: {by!r} holds, or may hold, what is sensitive",
                         why="its values would be named in logs, mails and the ledger", fix=HINT)  # fmt: skip

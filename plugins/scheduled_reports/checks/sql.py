"""A query that must return no rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.checks.base import Check, CheckedData, FailingRows, Outcome, Result
from scheduled_reports.checks.parts import MOST_PARTS, PART, part_of_row, readable, require_few, require_tellable
from scheduled_reports.datasets.base import Fault, query_faults
from scheduled_reports.errors import CheckError
from scheduled_reports.model import Model
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.spec.sql import Query, in_brackets


class AllowedRows(Model):
    """How many rows a query may return."""

    allow: int = Field(0, ge=0, strict=True, description="How many rows it may return; none unless given.")


class SqlCheck(Query, Check, AllowedRows):
    """A query, in DuckDB's SQL over the report's sources and datasets, returns no rows: those it returns are wrong."""

    type: Literal["sql"]
    by: str | None = Field(
        None, min_length=1,
        description="A column of its result, `channel`: the rows of each value are counted by themselves.",
    )  # fmt: skip
    limits: dict[str, AllowedRows] = Field(
        {}, description="How many rows single values of `by` may have: `{phone: {allow: 3}}`."
    )

    @model_validator(mode="after")
    def _limits_are_of_parts(self) -> Self:
        if self.limits and self.by is None:
            raise ValueError("'limits' are limits of single values of a column; write 'by' too: by: channel")
        return self

    def judge(self, data: CheckedData) -> Iterator[Result]:
        """Count its rows, and compare them with how many it may return."""
        query = in_brackets(self.text(data.run.include))
        binds = data.run.binds()
        found = self._counted(data, query, binds)
        for part in dict.fromkeys([*found, *self.limits] or [""]):
            count, allowed = found.get(part, 0), self.limits.get(part, self).allow
            reason = (
                f"{self._words(part)} returns {count:,} row{'s' if count != 1 else ''}, {allowed or 'none'} allowed"
            )
            if count <= allowed:
                yield Result(Outcome.PASSED, reason, part, float(count), None, count)
                continue
            sql = f"SELECT * FROM {query}" + (f" WHERE {part_of_row(self.by)} = :{PART}" if self.by else "")
            failing = FailingRows(sql, "", {**binds, PART: part})
            yield Result(Outcome.FAILED, reason, part, float(count), failing, count)

    def _words(self, part: str) -> str:
        if self.by is None:
            return "the query"
        return f"the query ({readable(part)})" if part else f"the query (without {self.by})"

    def _counted(self, data: CheckedData, query: str, binds: dict[str, Any]) -> dict[str, int]:
        """Return how many rows the query has, by their part."""
        self._require_part(data, query, binds)
        sql = f"SELECT {part_of_row(self.by)} AS _part, count(*) AS _rows FROM {query} GROUP BY ALL ORDER BY _part"
        with data.tables.query(f"{sql} LIMIT {MOST_PARTS + 1}", binds, self._what) as reader:
            found = {row["_part"]: row["_rows"] for row in reader.read_all().to_pylist()}
        require_few(self, self.by, "its query", found)
        return found

    def _require_part(self, data: CheckedData, query: str, binds: dict[str, Any]) -> None:
        """Raise CheckError where the column `by` is not in the result, or must not be told."""
        if self.by is None:
            return
        sql = f"SELECT * FROM {query}"
        with data.tables.query(f"{sql} LIMIT 0", binds, self._what) as reader:
            present = list(reader.schema.names)
        if self.by not in present:
            raise CheckError(f"check {self.key!r}: its query has no column {self.by!r}",
                             why=did_you_mean(self.by, present), fix="correct `by`, or the query")  # fmt: skip
        require_tellable(self, data, self.by, sql, present)

    @property
    def _what(self) -> str:
        return f"the SQL of check {self.key!r}"

    def faults(self, known: Collection[str], include: Path) -> Iterator[Fault]:
        """Yield what DuckDB's parser says of the query, and tables that there are not."""
        loc, path = (("sql",), None) if self.sql_file is None else (("sql_file",), include / "sql" / self.sql_file)
        yield from query_faults(self.text(include), known, "a check's SQL is DuckDB's", loc, path)

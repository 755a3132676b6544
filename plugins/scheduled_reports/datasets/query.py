"""A dataset in words: from, filter, group_by, metrics, pivot, sort, limit. It becomes SQL."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from scheduled_reports.datasets.base import Fault, expression_faults
from scheduled_reports.datasets.select import SelectDataset
from scheduled_reports.model import Model, OneOrMany
from scheduled_reports.spec.marks import Sql, TableName, marked
from scheduled_reports.spec.problems import did_you_mean

Text = Annotated[str, Field(min_length=1)]


class Join(Model):
    """Rows of another table beside those of `from`."""

    table: TableName = Field(description="The source or dataset to look up in.")
    on: OneOrMany[Text] = Field(min_length=1, description="Columns that both have; rows match where these are equal.")
    type: Literal["left", "inner", "full"] = Field(
        "left", description="`left` keeps rows without a match, `inner` drops them, `full` keeps those of both tables."
    )


class Dimension(Model):
    """What rows are grouped by."""

    name: Text = Field(description="The column's name in the result; also the column to take, without `expression`.")
    expression: Sql | None = Field(None, description="SQL that computes it: `date_trunc('day', started_at)`.")


class _NameAlone:
    """Lets a spec write a column's name where a mapping is meant, and says so in the JSON Schema."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_named, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(schema)]}


def _named(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if re.fullmatch(r"\w+\(.*\)", given, re.DOTALL):
        raise ValueError(f"{given!r} is no column; write an expression as {{name: …, expression: …}}")
    return {"name": given}


ColumnOrExpression = Annotated[Dimension, _NameAlone()]


class Pivot(Model):
    """One column for each value of a column."""

    on: ColumnOrExpression = Field(
        description="The column whose values become columns, or {name, expression}. It may be one of `group_by`. Rows "
        "where it is NULL are left out, as no column could be named after them."
    )
    values: OneOrMany[str | int | bool] = Field(
        (), description="Which values, in this order; every one that the data holds, sorted, unless given."
    )


def _limit(given: Any) -> Any:
    whole = isinstance(given, int) and not isinstance(given, bool) and given > 0
    if whole or (isinstance(given, str) and re.fullmatch(r":[A-Za-z_]\w*", given)):
        return given
    raise ValueError(f"{given!r} is no limit; write a whole number from 1, or a bind value as ':top_n'")


class QueryDataset(SelectDataset):
    """A table made of another by filtering, grouping and pivoting. `reports preview --sql` shows its SQL."""

    type: Literal["query"] = "query"
    from_: TableName = Field(alias="from", description="The source or dataset to take rows from.")
    join: tuple[Join, ...] = Field((), description="Other tables whose columns come beside.")
    filter: OneOrMany[Sql] = Field(
        (), description="Conditions in SQL, with bind values: `amount > :least`. Rows that meet all of them are taken."
    )
    group_by: OneOrMany[ColumnOrExpression] = Field(
        (), description="One row for each combination of these columns. Without them and without `metrics`, rows stay "
        "as they are.",
    )  # fmt: skip
    metrics: dict[Text, Sql] = Field(
        {}, description="Columns computed for each group, by name: SQL that aggregates, `sum(amount)`."
    )
    pivot: Pivot | None = Field(
        None, description="Gives each value of a column a column of its own: called like the value, or "
        "`<value>_<metric>` where there are several metrics.",
    )  # fmt: skip
    sort: OneOrMany[Text] = Field(
        (), description="Columns to sort by; `-revenue` is from high to low. NULL comes last. Columns of `group_by` "
        "follow, so that the order is always the same.",
    )  # fmt: skip
    limit: Annotated[Sql | int | None, BeforeValidator(_limit)] = Field(
        None, description="At most so many rows: a number or a bind value, `:top_n`.", json_schema_extra={"minimum": 1}
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [*(entry.name for entry in self.dimensions()), *self.metrics]
        for name in {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two columns are called {name!r}; give one another name")
        if self.pivot and not self.metrics:
            raise ValueError("'pivot' needs 'metrics'; they fill its cells")
        known = self.columns()
        for entry in self.sort:
            if known is not None and entry not in known and entry.removeprefix("-") not in known:
                name = entry.removeprefix("-")
                raise ValueError(f"sort: the result has no column {name!r}; {did_you_mean(name, known)}")
        return self

    def dimensions(self) -> list[Dimension]:
        """Return what it groups by, that of the pivot last."""
        if self.pivot is None:
            return list(self.group_by)
        on = next((entry for entry in self.group_by if entry.name == self.pivot.on.name), self.pivot.on)
        return [*(entry for entry in self.group_by if entry is not on), on]

    def columns(self) -> list[str] | None:
        """Return the columns of the result; None where only the data can tell."""
        names = [entry.name for entry in self.dimensions()]
        if self.pivot is None:
            return [*names, *self.metrics] or None
        if not self.pivot.values:
            return None
        values = [str(value).lower() if isinstance(value, bool) else str(value) for value in self.pivot.values]
        return names[:-1] + (values if len(self.metrics) == 1 else
                             [f"{value}_{metric}" for value in values for metric in self.metrics])  # fmt: skip

    def text(self, include: Path) -> str:
        """Return its SQL."""
        from scheduled_reports.datasets.query_sql import written

        return written(self)

    def may_read(self, known: Collection[str], include: Path) -> set[str]:
        """Return the tables it names, and those that its expressions may."""
        from scheduled_reports.spec.sql import may_name

        texts = [text for _, mark, text in marked(self) if mark.kind == "sql"]
        tables = {self.from_, *(join.table for join in self.join)}
        return (tables & set(known)).union(*(may_name(text, known) for text in texts))

    def faults(self, known: Collection[str], binds: Collection[str], include: Path) -> Iterator[Fault]:
        """Yield expressions that are none, and tables in them that there are not."""
        return expression_faults(self, known, "write one SQL expression")

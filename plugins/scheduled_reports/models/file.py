"""What one file in `include/models/` may say."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from scheduled_reports.column_types import ALLOWED, ColumnType
from scheduled_reports.model import Model, Name, OneOrMany
from scheduled_reports.models.literals import Value, value_sql
from scheduled_reports.spec.problems import did_you_mean

CHANNEL = "channel"
"""The column that a model's tables begin with: which channel the row came by."""

_CODE = r"^[A-Z]{3}$"


def _currency(text: str) -> str:
    if not re.fullmatch(_CODE, text):
        raise ValueError(f"{text!r} is not a currency; write its ISO 4217 code, three capitals: EUR")
    return text


Currency = Annotated[str, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": _CODE})]
"""A currency's ISO 4217 code."""

_LIMITED = ("integer", "number", "decimal", "date", "time", "timestamp", "timestamptz")


Unit = Annotated[str, StringConstraints(min_length=1)]
"""A unit's name; whether Pint knows it is seen by `reports check`, as importing Pint takes 0.3 s."""


class ModelColumn(Model):
    """One column of a model."""

    type: ColumnType = Field(description=f"What its values are: {ALLOWED}.")
    description: str = Field("", description="What it means.")
    required: bool = Field(False, description="Whether every row must have a value; columns of the key must anyway.")
    allowed: OneOrMany[Value] = Field((), description="The only values that it may have.")
    at_least: Value | None = Field(None, description="The least value that it may have.")
    at_most: Value | None = Field(None, description="The greatest value that it may have.")
    unit: Unit | None = Field(
        None, description="What its numbers count, as Pint names it: `kg`, `km/h`, `kWh`, `degC`."
    )
    currency: Currency | None = Field(None, description="What money it is, by its ISO 4217 code: `EUR`. Only decimals.")

    @model_validator(mode="after")
    def _values_have_the_type(self) -> Self:
        family = self.type.partition("(")[0]
        for value in self.allowed:
            value_sql(value, self.type)
        for limit in (self.at_least, self.at_most):
            if limit is not None:
                if family not in _LIMITED:
                    raise ValueError(f"a column of type {self.type} has no least or greatest value; use allowed")
                value_sql(limit, self.type)
        if self.unit is not None and family not in ("integer", "number", "decimal"):
            raise ValueError(f"a column of type {self.type} has no unit; only integer, number and decimal have one")
        if self.currency is not None and (family != "decimal" or self.unit is not None):
            raise ValueError("money is a decimal without a unit; write type: decimal(18,2)")
        return self


class CanonicalModel(Model):
    """The shape of a table, whichever channel its rows come by."""

    description: str = Field("", description="What one row is.")
    columns: dict[Name, ModelColumn] = Field(min_length=1, description="Its columns, in their order.")
    key: OneOrMany[Name] = Field(
        (),
        description="Columns that no two rows share; `channel` may be one of them. Of several rows with one key the "
        "first is kept, in the order of the channels and of their rows.",
    )
    account: Name | None = Field(
        None, description="The column by which rejected rows are counted, beside the channel: a customer, a partner."
    )

    @field_validator("columns")
    @classmethod
    def _channel_is_ours(cls, columns: dict[str, ModelColumn]) -> dict[str, ModelColumn]:
        if CHANNEL in columns:
            raise ValueError(f"{CHANNEL!r} is a column that every model has; leave it out")
        return columns

    @field_validator("key", "account")
    @classmethod
    def _columns_exist(cls, given: tuple[str, ...] | str | None, info: ValidationInfo) -> tuple[str, ...] | str | None:
        columns = info.data.get("columns")
        known = {*(columns or ()), *((CHANNEL,) if info.field_name == "key" else ())}
        for name in (given,) if isinstance(given, str) else given or ():
            if columns and name not in known:
                raise ValueError(f"there is no column {name!r}; {did_you_mean(name, known)}")
        return given

    def requires(self, name: str) -> bool:
        """Return whether every row must have a value in the column `name`."""
        return self.columns[name].required or name in self.key

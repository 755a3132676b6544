"""What a spec says of a model's channels: where each column comes from, and how many rows may fail to fit."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from scheduled_reports.model import Model, Name, OneOrMany, TimeZone
from scheduled_reports.models.file import Currency, Unit
from scheduled_reports.models.literals import Value
from scheduled_reports.models.tolerance import is_limit
from scheduled_reports.spec.marks import Sql, TableName

_UNKNOWN_MARK = re.compile(r"%(?!-?[dmyHIMSj]|[aAbBcfGgnpuUVwWxXYzZ])")
"""A sign that DuckDB's strptime does not know."""


class _Short:
    """Lets a spec write a text where a mapping is meant, as its most usual key, and says so in the JSON Schema."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def written_out(given: Any) -> Any:
            return {self.key: given} if isinstance(given, str) else given

        return core_schema.no_info_before_validator_function(written_out, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class Constant(Model):
    """One value for every row."""

    value: Value = Field(description="The value, of the type of the model's column.")


class MoneyOf(Model):
    """Which currency an amount is in."""

    code: Currency | None = Field(None, description="The currency of every row, its ISO 4217 code.")
    column: str | None = Field(None, description="The channel's column that holds each row's currency.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.code is None) == (self.column is None):
            raise ValueError("write the currency's code, `USD`, or the column that holds it, `{column: …}`")
        return self


class Origin(Model):
    """Where a column of the model comes from in one channel."""

    column: str | None = Field(None, min_length=1, description="A column of the channel's table.")
    value: Value | None = Field(None, description="One value for every row.")
    expression: Sql | None = Field(
        None, description="A DuckDB expression over the table's columns: `price * quantity`."
    )
    format: OneOrMany[str] = Field(
        (), description="How dates and times are written in text, as DuckDB's strptime has it: `%d.%m.%Y %H:%M`; "
        "several are tried in order."
    )  # fmt: skip
    timezone: TimeZone | None = Field(
        None,
        description="The IANA zone of times that have none; also, of an instant, the zone in which it has its day.",
    )
    decimal: Literal[".", ","] = Field(
        ".", description="The decimal sign of numbers in text; of `,` the point may separate thousands: `1.234,50`."
    )
    unit: Unit | None = Field(
        None, description="What its numbers count, as Pint names it; the model's unit unless given."
    )
    currency: Annotated[MoneyOf, _Short("code")] | None = Field(
        None, description="What money it is: `USD`, or `{column: …}` for that of each row; the model's unless given."
    )
    values: dict[str, Value | None] = Field(
        {}, description="The model's value for each of the channel's: `Deutschland: DE`; `null` for no value."
    )
    otherwise: Literal["reject", "keep"] | Constant = Field(
        "reject", description="What becomes of values that are not in `values`: the row is rejected, they are kept as "
        "they are, or they become the one of `{value: …}`."
    )  # fmt: skip

    @field_validator("format")
    @classmethod
    def _all_have_a_zone_or_none(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        if len({has_zone(text) for text in formats}) > 1:
            raise ValueError("some of the formats hold a zone (%z, %Z) and some do not; leave out one sort")
        for text in formats:
            if "%" not in text or _UNKNOWN_MARK.search(text.replace("%%", "")):
                raise ValueError(f"{text!r} is no date format of strptime; write for example %d.%m.%Y %H:%M")
        return formats

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = [key for key in ("column", "value", "expression") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError("exactly one of 'column', 'value' and 'expression' is needed")
        if self.otherwise != "reject" and not self.values:
            raise ValueError("'otherwise' is for what is not in 'values'; write both or neither")
        if self.values and (self.unit or self.currency):
            raise ValueError("'values' are the model's already, without a 'unit' or 'currency'; leave one out")
        return self


def has_zone(text: str) -> bool:
    """Return whether a strptime format reads a zone."""
    return any(mark in text.replace("%%", "") for mark in ("%z", "%Z"))


class ChannelOrigin(Model):
    """One channel: a table, and where the model's columns come from in it."""

    table: TableName = Field(alias="from", description="The source or dataset with the channel's rows.")
    columns: dict[Name, Annotated[Origin, _Short("column")]] = Field(
        {},
        description="The model's columns, and where each comes from: a column's name, or more. A column that is not "
        "named here comes from the table's column of the same name; where there is none it has no value.",
    )


class Rates(Model):
    """Rates of exchange, by day."""

    table: TableName = Field(
        alias="from",
        description="A source or dataset with the columns `date`, `currency` and `rate`: one unit of `base` is `rate` "
        "of `currency`, as the European Central Bank publishes them.",
    )
    base: Currency = Field(description="The currency that the rates are of: `EUR`.")
    on: Name = Field(
        description="The model's column whose day counts: a date or a time; of a timestamptz, the day in the "
        "schedule's zone."
    )
    days_back: int = Field(
        7, ge=0, le=366,
        description="For how many days after its own a rate may stand in where a later one is missing, as on weekends.",
    )  # fmt: skip


def _limit(given: int | str) -> int | str:
    if not is_limit(given):
        raise ValueError(f"{given!r} is neither a number of rows nor a share; write 20 or 2%")
    return given


Limit = Annotated[
    int | str,
    AfterValidator(_limit),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d+)?\s*%$"}]}),
]
"""How many rows may fail to fit: of all channels together, as a number, or of each channel, as a share of its rows."""

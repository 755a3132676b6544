"""How one column of a model is read in one channel: where from, in which type, and into what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scheduled_reports.column_types import duckdb_type
from scheduled_reports.models.convert import NoZoneError, as_text, converted, kind_of
from scheduled_reports.models.exact import in_unit
from scheduled_reports.models.file import CanonicalModel, ModelColumn
from scheduled_reports.models.literals import name_sql, text_sql, value_sql
from scheduled_reports.models.mapping import ChannelOrigin, MoneyOf, Origin
from scheduled_reports.models.units import conversion
from scheduled_reports.spec.problems import did_you_mean

UNKNOWN = "VARCHAR"
"""The type that a column is taken to have before there is data."""


class MappingError(ValueError):
    """A channel's table does not have what its mapping needs.

    Attributes:
        hint: What to do.
    """

    def __init__(self, message: str, hint: str) -> None:
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True)
class Reading:
    """One column of a model in one channel.

    Attributes:
        name: The column's name in the model.
        column: What the model says of it.
        origin: What the mapping says of it.
        raw: SQL of its value over the channel's table.
        given: The DuckDB type of that.
        required: Whether every row must have a value.
    """

    name: str
    column: ModelColumn
    origin: Origin
    raw: str
    given: str
    required: bool

    @property
    def source(self) -> str:
        """What the value comes from, as messages call it."""
        if self.origin.expression is not None:
            return f"expression {self.origin.expression.strip()!r}, {self.given}"
        return f"column {self.origin.column!r}, {self.given}" if self.origin.column else "a constant"

    @property
    def value(self) -> str:
        """The name of the value as it comes, quoted."""
        return name_sql(f"{self.name} given")

    @property
    def written(self) -> str:
        """SQL for the text of the value as it comes."""
        return as_text(self.value, kind_of(self.given))

    @property
    def money(self) -> MoneyOf | None:
        """The currency to convert from, where there is one to convert."""
        money, wanted = self.origin.currency, self.column.currency
        return money if money is not None and wanted is not None and money.code != wanted else None

    def cleaned(self) -> str:
        """Return SQL of the value as it comes; NULL where it is blank text, or stands for no value."""
        text, conditions = as_text(self.raw, kind_of(self.given)), []
        if kind_of(self.given) == "text":
            conditions.append(f"trim({text}) <> ''")
        if nothing := [key for key, value in self.origin.values.items() if value is None]:
            conditions.append(f"{text} NOT IN ({', '.join(map(text_sql, nothing))})")
        return f"CASE WHEN {' AND '.join(conditions)} THEN {self.raw} END" if conditions else self.raw

    def converted(self) -> str:
        """Return SQL for the value as the model wants it, money but for its currency; NULL where it is none.

        Raises:
            MappingError: The conversion needs a time zone, or the value lost its decimal comma before.
        """
        if self.origin.values:
            return self._mapped()
        return self._kept()

    def _kept(self) -> str:
        if self.origin.decimal == "," and kind_of(self.given) in ("float", "real", "decimal"):
            raise MappingError(
                f"{self.name} is to be read with a decimal comma, and {self.source}, is a number already, in "
                "which a point for thousands counts as a decimal one",
                "declare the column as text in its source: `columns: {price: {type: text}}`; or leave `decimal` out",
            )
        if self.origin.unit is not None and self.column.unit is not None and self.origin.unit != self.column.unit:
            factor, offset = conversion(self.origin.unit, self.column.unit)
            return in_unit(self.value, self.given, self.column.type, self.origin, factor, offset)
        try:
            return converted(self.value, self.given, self.column.type, self.origin)
        except NoZoneError:
            raise MappingError(
                f"{self.name} cannot be made of {self.source}, without a time zone",
                "give the mapping its zone: `timezone: Europe/Berlin`",
            ) from None

    def _mapped(self) -> str:
        otherwise = {"reject": "NULL", "keep": self._kept()}.get(str(self.origin.otherwise)) or value_sql(
            self.origin.otherwise.value, self.column.type  # type: ignore[union-attr]
        )  # fmt: skip
        known = [(text, value) for text, value in self.origin.values.items() if value is not None]
        cases = " ".join(f"WHEN {text_sql(text)} THEN {value_sql(value, self.column.type)}" for text, value in known)
        branches = f"CASE {self.written} {cases} ELSE {otherwise} END" if cases else otherwise
        return f"CASE WHEN {self.value} IS NOT NULL THEN CAST({branches} AS {duckdb_type(self.column.type)}) END"


def readings(
    model: CanonicalModel, channel: ChannelOrigin, present: Mapping[str, str] | None, types: Mapping[str, str]
) -> list[Reading]:
    """Return how each of the model's columns is read.

    Args:
        model: The model.
        channel: The mapping.
        present: The table's columns, by their names in lower case; None where they are not known yet.
        types: The DuckDB type of each column's raw value, by the model's name of it, as far as they are known.

    Raises:
        MappingError: The table lacks a column.
    """
    found = []
    for name, column in model.columns.items():
        origin, raw = _origin(name, model, channel, present)
        found.append(Reading(name, column, origin, raw, types.get(name, UNKNOWN), model.requires(name)))
    return found


def _origin(
    name: str, model: CanonicalModel, channel: ChannelOrigin, present: Mapping[str, str] | None
) -> tuple[Origin, str]:
    wanted = duckdb_type(model.columns[name].type)
    origin = channel.columns.get(name)
    if origin is None:
        if present is not None and name not in present:
            if model.requires(name):
                raise _lacks(name, f"{name}, which the model requires", channel, present)
            return Origin.model_construct(column=None, value=None), f"CAST(NULL AS {wanted})"
        origin = Origin(column=name)
    if origin.currency is not None and origin.currency.column is not None:
        _actual(origin.currency.column, f"the currency of {name}", channel, present)
    if origin.column is not None:
        return origin, name_sql(_actual(origin.column, name, channel, present))
    if origin.expression is not None:
        return origin, f"({origin.expression}\n)"
    return origin, value_sql(origin.value, model.columns[name].type)  # type: ignore[arg-type]


def _actual(column: str, purpose: str, channel: ChannelOrigin, present: Mapping[str, str] | None) -> str:
    """Return a column's name as its table has it: DuckDB does not tell `A` from `a`."""
    if present is None:
        return column
    if column.lower() not in present:
        raise _lacks(column, purpose, channel, present)
    return present[column.lower()]


def _lacks(column: str, purpose: str, channel: ChannelOrigin, present: Mapping[str, str]) -> MappingError:
    near = did_you_mean(column, present.values()).replace("allowed:", "it has:")
    return MappingError(f"{channel.table!r} has no column {column!r} (mapped to {purpose})", near)

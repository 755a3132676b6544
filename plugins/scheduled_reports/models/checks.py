"""What is wrong with how a spec maps channels to a model, as far as can be seen without their data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scheduled_reports.models.file import CanonicalModel, ModelColumn
from scheduled_reports.models.literals import value_sql
from scheduled_reports.models.mapping import ChannelOrigin, Constant, Origin, Rates
from scheduled_reports.models.units import conversion, require_unit
from scheduled_reports.spec.marks import Finding, Loc
from scheduled_reports.spec.problems import did_you_mean

_DATES = ("date", "timestamp", "timestamptz")
_TIMES = (*_DATES, "time")
_NUMBERS = ("integer", "number", "decimal")


def mapping_findings(
    name: str, model: CanonicalModel, channels: Mapping[str, ChannelOrigin], rates: Rates | None
) -> Iterator[Finding]:
    """Yield what is wrong with the mapping of channels to the model `name`, at places seen from their dataset."""
    if rates is not None and (rates.on not in model.columns or model.columns[rates.on].type not in _DATES):
        days = [column for column, entry in model.columns.items() if entry.type in _DATES]
        what = f"the model {name!r} has no column {rates.on!r} of type {', '.join(_DATES)}"
        yield ("rates", "on"), what, did_you_mean(rates.on, days)
    for channel, mapping in channels.items():
        for column, origin in mapping.columns.items():
            loc = ("channels", channel, "columns", column)
            if column not in model.columns:
                yield loc, f"the model {name!r} has no column {column!r}", did_you_mean(column, model.columns)
            else:
                yield from _origin_findings(loc, model.columns[column], origin, rates)


def unit_findings(model: CanonicalModel, channels: Mapping[str, ChannelOrigin]) -> Iterator[Finding]:
    """Yield the units in a mapping that are none, or cannot become the model's; it imports Pint where there are any."""
    for channel, mapping in channels.items():
        for column, origin in mapping.columns.items():
            entry = model.columns.get(column)
            if entry is not None and entry.unit is not None and origin.unit is not None:
                try:
                    conversion(origin.unit, entry.unit)
                except ValueError as error:
                    message, _, hint = str(error).partition("; ")
                    yield ("channels", channel, "columns", column, "unit"), message, hint


def own_unit_findings(model: CanonicalModel) -> Iterator[Finding]:
    """Yield the units of a model that are none."""
    for name, column in model.columns.items():
        if column.unit is not None:
            try:
                require_unit(column.unit)
            except ValueError as error:
                message, _, hint = str(error).partition("; ")
                yield ("columns", name, "unit"), message, hint


def _origin_findings(loc: Loc, column: ModelColumn, origin: Origin, rates: Rates | None) -> Iterator[Finding]:
    family = column.type.partition("(")[0]
    if origin.unit is not None and column.unit is None:
        yield (*loc, "unit"), "the model gives this column no unit", "give the model's column a `unit`, or leave it out"
    if origin.currency is not None:
        if column.currency is None:
            hint = "give the model's column a `currency`, or leave it out"
            yield (*loc, "currency"), "the model gives this column no currency", hint
        elif origin.currency.code != column.currency and rates is None:
            hint = "add `rates: {from: a table with date, currency and rate, base: EUR, on: a column}`"
            yield (*loc, "currency"), f"nothing says how it becomes {column.currency}", hint
    for key, families, what in (
        ("format", _TIMES, "dates and times"), ("timezone", _TIMES, "dates and times"),
        ("decimal", _NUMBERS, "numbers"),
    ):  # fmt: skip
        if key in origin.model_fields_set and family not in families:
            yield (*loc, key), f"{key!r} is for {what}, and the model's column is {column.type}", "leave it out"
    yield from _value_findings(loc, column, origin)


def _value_findings(loc: Loc, column: ModelColumn, origin: Origin) -> Iterator[Finding]:
    """Yield constants and mapped values that the model's column cannot have."""
    given = [((*loc, "values", text), value) for text, value in origin.values.items()]
    given += [((*loc, "value"), origin.value)]
    if isinstance(origin.otherwise, Constant):
        given.append(((*loc, "otherwise", "value"), origin.otherwise.value))
    for place, value in given:
        if value is None:
            continue
        try:
            value_sql(value, column.type)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            yield place, message, hint
        else:
            if column.allowed and value not in column.allowed:
                allowed = ", ".join(map(str, column.allowed))
                yield place, f"{value!r} is not allowed in the model", f"allowed: {allowed}"

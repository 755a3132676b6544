"""Columns of a chart's data as what is drawn: texts, numbers, and wall time without a zone."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scheduled_reports.charts.form import Category, Kind
from scheduled_reports.errors import DocumentError
from scheduled_reports.language import Language

if TYPE_CHECKING:
    import pyarrow as pa

_PROPERTIES = frozenset((
    "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor",
    "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
))  # fmt: skip
"""What every object of JavaScript has (ECMA-262, 20.1.3): Vega looks groups up by their names, and finds these."""

LARGEST = 1e300
"""Axes go a little beyond their figures, and sums of stacked ones do; doubles end at 1.8e308."""


@dataclass(frozen=True)
class Columns:
    """The columns of one dataset.

    Attributes:
        table: The data.
        language: In which texts stand.
        zone: The schedule's time zone.
        what: Whose they are, for messages.
    """

    table: pa.Table
    language: Language
    zone: ZoneInfo
    what: str

    def kind(self, name: str) -> Kind:
        """Return what the values of a column are."""
        import pyarrow as pa

        kind = self.table.schema.field(name).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return "number"
        return "time" if pa.types.is_date(kind) or pa.types.is_timestamp(kind) else "text"

    def numbers(self, name: str) -> list[float | None]:
        """Return a column of figures; NaN and infinities are None.

        Raises:
            DocumentError: It holds something else, or a figure beyond 1e300.
        """
        values, kind = self.table[name].to_pylist(), self.kind(name)
        if kind != "number" and any(value is not None for value in values):
            raise DocumentError(f"{self.what}: the column {name!r} is not a number", why=f"it holds {kind}",
                                fix="CAST it in the query, or name another column")  # fmt: skip
        numbers = [_number(value) for value in values]
        if largest := next((number for number in numbers if number is not None and abs(number) > LARGEST), None):
            raise DocumentError(f"{self.what}: a figure in {name!r} is too large to be drawn", why=f"it is {largest:g}",
                                fix="correct it in the query, or show it in a table")  # fmt: skip
        return numbers

    def categories(self, name: str) -> list[Category]:
        """Return a column of names, dates or numbers.

        Raises:
            DocumentError: A date or a number is missing: it has no place.
        """
        values, kind = self.table[name].to_pylist(), self.kind(name)
        if kind == "text":
            return [apart(self.language.shown(value)) for value in values]
        placed = self.moments(name) if kind == "time" else [_number(value) for value in values]
        if missing := sum(value is None for value in placed):
            rows = "1 row has" if missing == 1 else f"{missing:,} rows have"
            raise DocumentError(f"{self.what}: {rows} no value in {name!r}",
                                why="without it they have no place in the chart",
                                fix="leave them out in the dataset, or give them a value there")  # fmt: skip
        return placed  # type: ignore[return-value]

    def moments(self, name: str) -> list[dt.datetime | None]:
        """Return a column of dates or times as wall time of the schedule's zone."""
        return [wall_time(value, self.zone) for value in self.table[name].to_pylist()]

    def places(self, name: str) -> Sequence[float | dt.datetime | None]:
        """Return a column of dates or numbers for points, where what is missing is left out.

        Raises:
            DocumentError: It holds text.
        """
        return self.moments(name) if self.kind(name) == "time" else self.numbers(name)


def wall_time(value: Any, zone: ZoneInfo) -> dt.datetime | None:
    """Return a date's midnight, or an instant on the clocks of `zone`, without a zone; None where there is no value."""
    if value is None:
        return None
    if not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    if value.tzinfo is None:
        return value
    try:
        return value.astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # the last hours of the year 9999
        return value.replace(tzinfo=None)


def apart(name: str) -> str:
    """Return a name that Vega can tell from a property of JavaScript's objects: a mark behind it takes no room."""
    return f"{name}\N{WORD JOINER}" if name in _PROPERTIES else name


def _number(value: Any) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) < 2**53 else float(value)

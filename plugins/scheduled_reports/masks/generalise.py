"""A mask that makes values coarser: a birthday becomes its year, an age its decade, a postcode its region."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.masks.base import NUMERIC, TEMPORAL, Mask, Secrets

if TYPE_CHECKING:
    import pyarrow as pa

_UNITS = {"decade": (10, "year")}
"""What Arrow counts in other units."""


class Generalise(Mask):
    """The beginning of the span that a date or an instant, a number or a text lies in; the type stays.

    Each option is one level of a generalisation hierarchy (L. Sweeney, "Achieving k-anonymity privacy protection using
    generalization and suppression", 2002; NIST SP 800-188, 4.3): the coarser, the more people share a value.
    """

    type: Literal["generalise"]
    to: Literal["hour", "day", "week", "month", "quarter", "year", "decade"] | None = Field(
        None,
        description="For dates and timestamps: the first moment of its hour, day, week (from Monday), month, quarter, "
        "year or decade; for instants with a zone, that of the schedule.",
    )
    step: int | float | None = Field(
        None, gt=0, description="For numbers: the next multiple of this at or below it; `step: 10` makes 47 to 40."
    )
    keep_first: int | None = Field(
        None, ge=1, le=100, description="For text: its first characters; `keep_first: 2` makes 10115 to 10."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if len([way for way in (self.to, self.step, self.keep_first) if way is not None]) != 1:
            raise ValueError(
                "exactly one of 'to', 'step' and 'keep_first' is needed; "
                "'to' is for dates, 'step' for numbers, 'keep_first' for text"
            )
        return self

    def fault(self, kind: str) -> str:
        """Refuse what the option is not made for."""
        if self.to is not None:
            if kind == "date" and self.to == "hour":
                return "a date has no hours"
            return "" if kind in TEMPORAL else "'to' takes dates and timestamps"
        if self.step is not None:
            if kind == "integer" and not float(self.step).is_integer():
                return f"whole numbers have no multiples of {self.step}"
            return "" if kind in NUMERIC else "'step' takes numbers"
        return "" if kind == "text" else "'keep_first' takes text"

    def result(self, kind: pa.DataType) -> pa.DataType:
        """Return the column's own type."""
        return kind

    def apply(self, values: pa.Array, secrets: Secrets) -> pa.Array:
        """Return the beginning of each value's span."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.keep_first is not None:
            return pc.utf8_slice_codeunits(values, 0, self.keep_first)
        if self.step is not None:
            return pa.array([_lower(value, self.step) for value in values.to_pylist()], values.type)
        return self._floored(values, secrets.timezone).cast(values.type)

    def _floored(self, values: pa.Array, zone: str) -> pa.Array:
        """Return the first moment of each one's unit; of an instant's, in the time of `zone`."""
        import pyarrow as pa
        import pyarrow.compute as pc

        count, unit = _UNITS.get(str(self.to), (1, str(self.to)))
        if not pa.types.is_timestamp(values.type) or values.type.tz is None:
            return pc.floor_temporal(values, count, unit)
        wall = pc.local_timestamp(values.cast(pa.timestamp(values.type.unit, zone)))
        floored = pc.floor_temporal(wall, count, unit)
        if unit == "hour":  # where clocks go back, an hour of the wall is two hours of the world
            return pc.subtract(values, pc.subtract(wall, floored))
        return pc.assume_timezone(floored, zone, ambiguous="earliest", nonexistent="latest")


def _lower(value: int | float | Decimal, step: float) -> int | float | Decimal:
    """Return the greatest multiple of `step` that is not above `value`; not a number and infinity stay."""
    if isinstance(value, int):
        return value // int(step) * int(step)
    exact, width = Decimal(str(value)), Decimal(str(step))
    if not exact.is_finite():
        return value
    with localcontext(prec=400):  # a double has at most 309 digits before its point, a decimal 38
        lower = (exact / width).to_integral_value(ROUND_FLOOR) * width
    return float(lower) if isinstance(value, float) else lower

"""Which type a column of JSON values has, found over all pages: exact decimals where they have room, no digit lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scheduled_reports.column_values import DIGITS, exact_float
from scheduled_reports.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

_CALLED = {bool: "true or false", str: "text", int: "numbers", Decimal: "numbers"}

FIX = "declare it: `columns: {{{name}: {{type: text}}}}` keeps all digits, and every text"


@dataclass
class FoundType:
    """What the values of one column have been so far.

    Attributes:
        first: The record in which each Python type came first, from 1.
        whole: The most digits before the point.
        places: The most digits behind it.
        wide: Whether a whole number needs more than 64 bits.
    """

    first: dict[type, int] = field(default_factory=dict)
    whole: int = 1
    places: int = 0
    wide: bool = False

    def note(self, value: Any, record: int) -> None:
        """Count a value that is not None."""
        kind = type(value)
        if kind not in self.first:
            self.first[kind] = record
        if kind is Decimal:
            self.whole = max(self.whole, value.adjusted() + 1)
            self.places = max(self.places, -value.as_tuple().exponent)
        elif kind is int and not -(10**self.whole) < value < 10**self.whole:
            self.whole = len(str(abs(value)))
            self.wide = self.wide or not -(2**63) <= value < 2**63

    def arrow(self, name: str, what: str) -> pa.DataType | None:
        """Return the type that holds all values; None where Arrow finds it by itself.

        Raises:
            SourceError: They have none in common.
        """
        import pyarrow as pa

        called = {_CALLED[kind]: record for kind, record in sorted(self.first.items(), key=lambda item: item[1])}
        if len(called) > 1:
            (one, first), (other, then) = list(called.items())[:2]
            why = f"record {first:,} has {one}, record {then:,} {other}"
            raise SourceError(f"{what}: column {name!r} changes its type", why=why, fix=FIX.format(name=name))
        if Decimal not in self.first and not self.wide:
            return None
        digits = self.whole + self.places
        return pa.decimal128(digits, self.places) if digits <= DIGITS else pa.float64()

    def stored(self, value: Any, kind: pa.DataType, name: str, what: str) -> Any:
        """Return a number as Arrow takes it for the type that `arrow` has returned.

        Raises:
            SourceError: The numbers are so different that only floating point holds all, and loses digits of this one.
        """
        import pyarrow as pa

        if value is None or pa.types.is_decimal(kind):
            return value if value is None else Decimal(value)
        try:
            return exact_float(value)
        except (ValueError, OverflowError):
            digits = f"{self.whole:,} digits before the point and {self.places:,} behind it"
            why = f"its numbers have up to {digits}, for which there is no type"
            raise SourceError(f"{what}: column {name!r} cannot be stored", why=why, fix=FIX.format(name=name)) from None

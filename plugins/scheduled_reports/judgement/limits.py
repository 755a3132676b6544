"""Limits on a number, exact to the last digit, and whether any number can keep them all."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

WORDS: dict[str, tuple[Callable[[Decimal, Decimal], bool], str]] = {
    "at_least": (Decimal.__ge__, "at least {} needed"),
    "at_most": (Decimal.__le__, "at most {} allowed"),
    "above": (Decimal.__gt__, "more than {} needed"),
    "below": (Decimal.__lt__, "less than {} needed"),
    "equals": (Decimal.__eq__, "exactly {} needed"),
}
"""Each limit: whether a number keeps it, and what a reader is told where it does not."""


def is_number(given: object) -> bool:
    """Return whether a value is a finite number; `True` is none."""
    return (isinstance(given, int) and not isinstance(given, bool)) or (
        isinstance(given, float) and math.isfinite(given)
    )


def _number(given: Any) -> Any:
    if not is_number(given):
        raise ValueError(f"{given!r} is not a number; write it without quotes: 500")
    return given


Number = Annotated[int | float, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
"""A finite number in a spec; text is none, nor are `true` and `false`."""


def exact(number: float | Decimal) -> Decimal:
    """Return a number as the decimal that it is written as: 0.1 is one tenth, whether it came as a float or not."""
    return number if isinstance(number, Decimal) else Decimal(repr(number))


def missed(value: Decimal, limits: Mapping[str, Decimal], shown: Callable[[Decimal], str]) -> str:
    """Return which limit a number misses, in words: `at least 500 needed`; empty where it keeps all of them."""
    for name, limit in limits.items():
        holds, words = WORDS[name]
        if not holds(value, limit):
            return words.format(shown(limit))
    return ""


def in_words(number: Decimal) -> str:
    """Return a number for a sentence: `1,234.5`; one of very many digits as `1.5E+300`."""
    if -12 <= number.adjusted() <= 20:
        return f"{number.normalize():,f}" if number else "0"
    return str(number.normalize())


@dataclass(frozen=True)
class Span:
    """The numbers that limits allow.

    Attributes:
        low: The least; None where there is none.
        high: The greatest; None where there is none.
        without_low: Whether `low` itself is not allowed.
        without_high: Whether `high` itself is not allowed.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    without_low: bool = False
    without_high: bool = False

    @classmethod
    def of(cls, limits: Mapping[str, Decimal]) -> Span:
        """Return what all of the limits allow."""
        whole = cls()
        for name, limit in limits.items():
            low = limit if name in {"at_least", "above", "equals"} else None
            high = limit if name in {"at_most", "below", "equals"} else None
            whole &= cls(low, high, name == "above", name == "below")
        return whole

    @property
    def is_empty(self) -> bool:
        """Whether no number is allowed."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.without_low or self.without_high))

    def __and__(self, other: Span) -> Span:
        """Return the numbers that both allow."""
        lows = [(span.low, span.without_low) for span in (self, other) if span.low is not None]
        highs = [(span.high, not span.without_high) for span in (self, other) if span.high is not None]
        low, without_low = max(lows, default=(None, False))
        high, with_high = min(highs, default=(None, True))
        return Span(low, high, without_low, not with_high)


def contradiction(limits: Mapping[str, Decimal]) -> tuple[str, str] | None:
    """Return two limits that no number keeps both; None where there are none.

    Intervals of which every two meet have a number in common (Helly's theorem in one dimension), so pairs are enough.
    """
    return next((pair for pair in combinations(limits, 2) if _exclude(limits, pair)), None)


def _exclude(limits: Mapping[str, Decimal], names: Iterable[str]) -> bool:
    return Span.of({name: limits[name] for name in names}).is_empty

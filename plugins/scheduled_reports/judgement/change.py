"""How much a number may, or must, differ from an earlier one: by an amount, or by a part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from scheduled_reports.judgement.limits import contradiction, exact, in_words, is_number, missed
from scheduled_reports.model import Model

_PERCENT = r"^[+-]?[0-9]+(\.[0-9]+)? ?%$"
_NAMES = ("at_least", "at_most", "above", "below")


def _amount(given: Any) -> Any:
    if is_number(given) or (isinstance(given, str) and re.fullmatch(_PERCENT, given)):
        return given
    raise ValueError(f"{given!r} is no change; write a percentage, '-5%', or a number without quotes")


Amount = Annotated[
    str | int | float,
    BeforeValidator(_amount),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": _PERCENT}]}),
]
"""A difference: `500`, or `"-5%"` of the earlier value."""


class Change(Model):
    """By how much a value differs from an earlier one; a fall is a negative change."""

    against: Literal["previous_period", "previous_run"] = Field(
        description="`previous_period`: the value of the span before the period. A database is asked for it: the same "
        "query, with `:period_start` and `:period_end` of that span; for the run's own tables the ledger knows it, "
        "where a run of exactly that span measured it. `previous_run`: what the last run of an earlier period measured."
    )
    at_least: Amount | None = Field(None, description='The least change: `"10%"`, or an amount, `500`.')
    at_most: Amount | None = Field(None, description='The greatest change; `"-10%"`: it has fallen by 10 % or more.')
    above: Amount | None = Field(None, description="A change that is not enough by itself: it must be greater.")
    below: Amount | None = Field(None, description="A change that is too much by itself: it must be less.")

    @model_validator(mode="after")
    def _limits_make_sense(self) -> Self:
        if not any(self._kinds()):
            raise ValueError('no limit is given; give one of at_least, at_most, above, below: {at_least: "10%"}')
        for limits in self._kinds():
            if pair := contradiction(limits):
                given = " and ".join(f"{name} ({getattr(self, name)})" for name in pair)
                raise ValueError(f"{given} exclude each other; it can never be true")
        return self

    def missed(self, value: Decimal, earlier: Decimal) -> str:
        """Return which limit a change misses, in words; empty where it keeps all of them.

        Raises:
            ZeroDivisionError: A percentage is asked for, and the earlier value is 0 while this is not.
        """
        parts, amounts = self._kinds()
        if parts and (words := missed(share(value, earlier) * 100, parts, lambda limit: f"{in_words(limit)}%")):
            return words
        return missed(value - earlier, amounts, in_words)

    def in_words(self, value: Decimal, earlier: Decimal) -> str:
        """Return a change in words: `+12.5%` where limits are percentages, else `+250`."""
        if not self._kinds()[0]:
            difference = value - earlier
            return f"{'+' if difference > 0 else ''}{in_words(difference)}"
        return f"{share(value, earlier) * 100:+,.2f}%" if earlier or not value else "no percentage"

    def _kinds(self) -> tuple[Mapping[str, Decimal], Mapping[str, Decimal]]:
        """Return the limits that are percentages, without the sign, and those that are amounts."""
        given = dict(self._given())
        parts = {name: Decimal(limit.rstrip("% ")) for name, limit in given.items() if isinstance(limit, str)}
        return parts, {name: exact(limit) for name, limit in given.items() if not isinstance(limit, str)}

    def _given(self) -> Iterator[tuple[str, str | float]]:
        for name in _NAMES:
            if (limit := getattr(self, name)) is not None:
                yield name, limit


def share(value: Decimal, earlier: Decimal) -> Decimal:
    """Return the change as a part of the earlier value's size: of -200 to -100 it is +0.5; of 0 to 0 it is 0.

    Raises:
        ZeroDivisionError: The earlier value is 0, and this is not.
    """
    if not earlier:
        if not value:
            return Decimal(0)
        raise ZeroDivisionError
    return (value - earlier) / abs(earlier)

"""How far two numbers may be apart: an amount, or a share of one of them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from scheduled_reports.judgement.limits import exact, in_words, is_number

_SHARE = r"^[0-9]{1,3}(\.[0-9]+)? ?%$"


def _leeway(given: Any) -> Any:
    if (is_number(given) and given >= 0) or (isinstance(given, str) and re.fullmatch(_SHARE, given, re.ASCII)):
        return given
    raise ValueError(f"{given!r} is no distance; write a share, '0.5%', or a number of 0 or more without quotes")


Leeway = Annotated[
    str | int | float,
    BeforeValidator(_leeway),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": _SHARE}]}),
]
"""A distance: `500`, or `"0.5%"` of a number."""


def distance(leeway: str | float, of: Decimal) -> Decimal:
    """Return the amount that a distance from `of` is."""
    return abs(of) * Decimal(leeway.rstrip("% ")) / 100 if isinstance(leeway, str) else exact(leeway)


def distance_in_words(leeway: str | float, of: Decimal) -> str:
    """Return a distance for a sentence: `500`, or `0.5% (6.2)`."""
    amount = in_words(distance(leeway, of))
    return f"{leeway} ({amount})" if isinstance(leeway, str) else amount

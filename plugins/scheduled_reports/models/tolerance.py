"""How many rows may be rejected before the report stops."""

from __future__ import annotations

import re
from fractions import Fraction

_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def is_limit(given: int | str) -> bool:
    """Return whether it is a number of rows, or a share such as 2%."""
    if isinstance(given, int):
        return not isinstance(given, bool) and given >= 0
    match = _SHARE.fullmatch(given)
    return match is not None and Fraction(match[1]) <= 100


def too_many(limit: int | str, rows: dict[str, int], rejected: dict[str, int]) -> list[str]:
    """Return the channels that stop the report, those with the most rejected rows first.

    A share is of each channel's rows, a number of all channels' together; that no row fits always stops it.

    Args:
        limit: A number of rows, or a share.
        rows: How many each channel has.
        rejected: How many of them do not fit.
    """
    failing = sorted((name for name in rows if rejected[name]), key=lambda name: -rejected[name])
    if sum(rows.values()) == sum(rejected.values()) or (isinstance(limit, int) and sum(rejected.values()) > limit):
        return failing
    if isinstance(limit, int):
        return []
    match = _SHARE.fullmatch(limit)
    share = Fraction(match[1]) / 100 if match else Fraction(0)
    return [name for name in failing if rejected[name] > share * rows[name]]

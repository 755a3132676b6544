"""What is usual, told from earlier values of which some may be wild. Pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_NORMAL_MAD = 1.4826
"""The standard deviation of a normal distribution, in median absolute deviations: 1 / Φ⁻¹(3/4)."""

_NORMAL_MEAN = math.sqrt(math.pi / 2)
"""The standard deviation of a normal distribution, in mean absolute deviations: 1.2533."""

_FEW = 5
"""Makes the range 1 + 5/n times as wide: n values tell their spread roughly. Of normal values, 3 deviations then hold
all but 5 % at 5 earlier ones, 1.2 % at 12 and 0.4 % at 60; not widened it were 15 %, 4 % and 0.7 % (2·10⁵ samples)."""


@dataclass(frozen=True)
class UsualRange:
    """Between what bounds a value is usual, both included.

    Attributes:
        low: The lower bound.
        high: The upper bound.
        middle: The median of the earlier values.
    """

    low: float
    high: float
    middle: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def with_room_for(self, values: Sequence[float]) -> UsualRange:
        """Return the range, widened so that it holds some values too, each with as much room as the median has."""
        room = (self.high - self.low) / 2
        low = min([self.low, *(value - room for value in values)])
        return UsualRange(low, max([self.high, *(value + room for value in values)]), self.middle)


def usual_range(values: Sequence[float], deviations: float, room: float = 0.0) -> UsualRange:
    """Return the range around the median of earlier values in which a further one is usual.

    A deviation is 1.4826 median absolute deviations (MAD), which fewer than half of the values cannot carry off: P. J.
    Rousseeuw and C. Croux, "Alternatives to the Median Absolute Deviation", JASA 88 (1993), 1273-1283. Where more than
    half of the values are equal the MAD is 0, and 1.2533 mean absolute deviations stand for it, as in IBM's modified z
    score (the score itself: B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers", ASQC 16, 1993).

    Args:
        values: The earlier values, one at least, finite, in any order.
        deviations: How many deviations from the median are usual.
        room: A distance from the median that is usual at any rate.
    """
    middle = median(values)
    apart = [abs(value - middle) for value in values]
    deviation = median(apart) * _NORMAL_MAD * (1 + _FEW / len(values))
    if deviation == 0:
        deviation = math.fsum(apart) / len(apart) * _NORMAL_MEAN
    room = max(deviations * deviation, room)
    return UsualRange(middle - room, middle + room, middle)

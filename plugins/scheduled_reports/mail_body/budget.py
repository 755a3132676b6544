"""How many lines of each table a mail has room for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def line_limits(sizes: Mapping[Key, Sequence[int]], fixed: Mapping[Key, int], room: int) -> dict[Key, int]:
    """Return how many lines each table may have, so that all fit: small ones are whole, large ones share the rest.

    A table of which not even one line fits has none.

    Args:
        sizes: How many bytes each line of each table takes.
        fixed: How many bytes each table takes besides, where any of its lines is shown.
        room: How many bytes there are.
    """
    left, given = room, dict[Key, int]()
    order = sorted(sizes, key=lambda name: fixed[name] + sum(sizes[name]))
    for place, name in enumerate(order):
        part = left // (len(order) - place)
        ends = list(accumulate(sizes[name], initial=fixed[name]))
        given[name] = max(bisect_right(ends, part) - 1, 0)
        left -= ends[given[name]] if given[name] else 0
    return given

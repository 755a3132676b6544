"""How cells look by what they hold: conditional colours, shades and bars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from scheduled_reports.arrow_values import as_numpy

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from scheduled_reports.document.column import Rule
    from scheduled_reports.document.table import Column


def tones(column: Column, values: pa.Array) -> list[str | None]:
    """Return the tone of each value: that of the first rule that fits it."""
    found: list[str | None] = [None] * len(values)
    for rule in reversed(column.rules):
        for index in _fitting(rule, values):
            found[index] = rule.tone
    return found


def shades(column: Column, values: pa.Array) -> list[float | None]:
    """Return where between the ends of the column's scale each number lies, 0 to 1."""
    if column.scale is None:
        return [None] * len(values)
    low, high = column.scale
    parts = _clipped((_numbers(values) - low) / (high - low or 1))
    return [None if math.isnan(part) else round(part, 3) for part in parts.tolist()]


def bars(column: Column, values: pa.Array) -> list[tuple[float, float] | None]:
    """Return the span that each number's bar fills, from 0, the left edge, to 1; bars begin at the range's zero."""
    if column.bar is None:
        return [None] * len(values)
    low, high = column.bar
    width = high - low or 1
    zero = min(max(0.0 - low / width, 0.0), 1.0)
    parts = _clipped((_numbers(values) - low) / width)
    return [
        None if math.isnan(part) else (round(min(zero, part), 4), round(max(zero, part), 4)) for part in parts.tolist()
    ]


def _fitting(rule: Rule, values: pa.Array) -> list[int]:
    """Return the places of the values that a rule fits."""
    import numpy as np

    if rule.equals:
        wanted = {_comparable(value) for value in rule.equals}
        return [
            index
            for index, value in enumerate(values.to_pylist())
            if value is not None and _comparable(value) in wanted
        ]
    numbers, fits = _numbers(values), np.ones(len(values), bool)
    above, at_least, below, at_most = rule.bounds
    with np.errstate(invalid="ignore"):
        fits &= np.isfinite(numbers)
        fits &= True if above is None else numbers > above
        fits &= True if at_least is None else numbers >= at_least
        fits &= True if below is None else numbers < below
        fits &= True if at_most is None else numbers <= at_most
    return [int(index) for index in np.flatnonzero(fits)]


def _comparable(value: Any) -> Any:
    """Return a value as it is compared: numbers of any kind by what they are, all else by its text."""
    if isinstance(value, bool):
        return value
    try:
        return float(value) if not isinstance(value, str) else value
    except (TypeError, ValueError):
        return str(value)


def _numbers(values: pa.Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the values as floating-point numbers; what is no number is NaN."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_decimal(values.type)):
        return np.full(len(values), np.nan)
    floats = as_numpy(pc.cast(values, pa.float64(), safe=False))
    return np.where(np.isfinite(floats) & as_numpy(values.is_valid()), floats, np.nan)


def _clipped(parts: Any) -> Any:
    import numpy as np

    return np.clip(parts, 0.0, 1.0)

"""How columns and categories are called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scheduled_reports.charts.form import Axis, Category
from scheduled_reports.charts.spans import unit_of, whole_name
from scheduled_reports.errors import DocumentError

if TYPE_CHECKING:
    from scheduled_reports.charts.columns import Columns


def in_words(name: str) -> str:
    """Return a column's name as readers see it: `calls_per_hour` becomes `Calls per hour`."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def category_texts(values: Sequence[Category], axis: Axis, columns: Columns) -> tuple[str, ...]:
    """Return categories as readers see them; numbers that have no pattern stand without separators, as years do.

    Raises:
        DocumentError: The pattern does not fit.
    """
    language = columns.language
    try:
        moments = [value for value in values if isinstance(value, dt.datetime)]
        unit = unit_of(moments) if moments else "day"
        return tuple(
            value if isinstance(value, str)
            else whole_name(value, unit, language, axis.format) if isinstance(value, dt.datetime)
            else language.shown(value, axis.format or ("0" if float(value).is_integer() else "0.####"))
            for value in values
        )  # fmt: skip
    except ValueError as error:
        raise DocumentError(f"{columns.what}: x cannot be shown as {axis.format!r}", why=str(error),
                            fix="correct 'x_format', for example '0', 'MMM yyyy' or 'HH:mm'") from error  # fmt: skip

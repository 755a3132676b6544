"""What a spec may write as the format of a value: found wrong when it is read, and not when the report is due."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from babel import Locale
from pydantic import AfterValidator, Field

from scheduled_reports.language.moments import write_moment
from scheduled_reports.language.named import is_named_number
from scheduled_reports.language.numbers import number_writer

_ENGLISH = Locale("en")
_MOMENT = dt.datetime(2026, 1, 31, 8, 5, tzinfo=dt.UTC)


def value_format(given: str) -> str:
    """Return a format of numbers or of dates as it is.

    Raises:
        ValueError: It is one of neither.
    """
    try:
        number_writer(given, _ENGLISH)(1)
    except ValueError:
        if is_named_number(given):
            raise
        try:
            write_moment(_MOMENT, given, _ENGLISH)
        except ValueError:
            raise ValueError(
                f"{given!r} is a format of neither numbers nor dates; write a pattern like '#,##0.00' or 'yyyy-MM-dd', "
                "or a name: integer, decimal 1, percent 1, currency EUR, compact, unit kilogram, short, medium, long, "
                "full, skeleton yMMM"
            ) from None
    return given


ValueFormat = Annotated[
    str, AfterValidator(value_format), Field(json_schema_extra={"examples": ["#,##0.00", "currency EUR", "yyyy-MM-dd"]})
]
"""The format of a number or date: a pattern (UTS #35) or a name."""

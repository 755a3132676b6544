"""Fiscal years of businesses that are known, for the tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import TypeAdapter

from scheduled_reports.schedule.fiscal import AnyFiscalYear, FiscalYear

ONE_DAY = dt.timedelta(days=1)
FISCAL: TypeAdapter[FiscalYear] = TypeAdapter(AnyFiscalYear)


def day(text: str) -> dt.date:
    """Return the day that is written so."""
    return dt.date.fromisoformat(text)


def weeks(weekday: str, month: str, rule: str, pattern: str = "4-5-4", **more: str) -> Any:
    """Return a fiscal year of weeks."""
    ends = {"weekday": weekday, "month": month, "rule": rule}
    return FISCAL.validate_python({"type": "weeks", "pattern": pattern, "ends": ends, **more})


RETAIL = weeks("saturday", "january", "nearest", named_by="start")
"""The retail calendar: https://nrf.com/resources/4-5-4-calendar."""
SEPTEMBER = weeks("saturday", "september", "last", "5-4-4")
APRIL = FISCAL.validate_python({"starts": "april"})
OCTOBER = FISCAL.validate_python({"type": "months", "starts": "october"})

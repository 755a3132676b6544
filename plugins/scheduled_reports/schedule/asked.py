"""The period that somebody asks for, in Airflow's trigger form or on the command line."""

from __future__ import annotations

import datetime as dt
import re

from scheduled_reports.errors import ReportError
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.timing import Timing

MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2})?$"
"""A day, or a day and a wall time in the schedule's zone."""

_FIRST, _LAST = dt.datetime.fromisoformat("1970-01-01"), dt.datetime.fromisoformat("2101-01-01")
"""Between these moments is everything that may be asked for."""


def asked_period(timing: Timing, day: str | None, start: str | None, end: str | None) -> Period | None:
    """Return the period asked for; None where nothing is.

    Args:
        timing: The schedule's.
        day: A day in the period, `2026-10-01`.
        start: Its first moment, `2026-10-01` or `2026-10-01T06:30`, in the schedule's zone.
        end: Its first moment after it, likewise.

    Raises:
        ReportError: Only one end is given, or a day and an end, or one of them cannot be read or is out of range.
    """
    if not day and not start and not end:
        return None
    if day and (start or end):
        raise ReportError(
            "both a day and the ends of a period are given", fix="give period, or period_start and period_end"
        )
    if day:
        return timing.period_of(_day(day))
    if not start or not end:
        raise ReportError("only one end of the period is given", fix="give both period_start and period_end")
    moments = [
        timing.frame.at(wall.date(), wall.time())
        for wall in (_moment("period_start", start), _moment("period_end", end))
    ]
    try:
        return timing.period_between(*moments)
    except ValueError as error:
        raise ReportError("this is no period", why=str(error), fix="period_end is the first moment after it") from error


def _day(text: str) -> dt.date:
    moment = _moment("period", text)
    if len(text) > len("2026-10-01"):
        raise ReportError(f"period {text!r} is no day", fix=f"write it as {moment.date()}")
    if moment == _LAST:
        raise _out_of_range("period", text)
    return moment.date()


def _moment(name: str, text: str) -> dt.datetime:
    fix = "write it as 2026-10-01" + ("" if name == "period" else " or 2026-10-01T06:30")
    if not re.fullmatch(MOMENT, text):
        raise ReportError(f"{name} {text!r} is no date", fix=fix)
    try:
        moment = dt.datetime.fromisoformat(text)  # naive: wall time in the schedule's zone
    except ValueError as error:
        raise ReportError(f"{name} {text!r} is no date", why=str(error), fix=fix) from error
    if not _FIRST <= moment <= _LAST:
        raise _out_of_range(name, text)
    return moment


def _out_of_range(name: str, text: str) -> ReportError:
    return ReportError(f"{name} {text!r} is out of range", fix=f"stay within {_FIRST.year} to {_LAST.year - 1}")

"""Recurrence rules in plain words."""

from __future__ import annotations

import datetime as dt

from scheduled_reports.schedule.names import MONTHS, WEEKDAYS, listed
from scheduled_reports.schedule.rrules.rule import Rule
from scheduled_reports.schedule.rrules.series import Series
from scheduled_reports.schedule.spans import SpanDay

_UNITS = {"YEARLY": "years", "MONTHLY": "months", "WEEKLY": "weeks", "DAILY": "days"}
_MONDAY_TO_FRIDAY = tuple((number, 0) for number in range(5))
_SAYABLE = {"BYMONTH", "BYMONTHDAY", "BYSETPOS", "BYHOUR", "BYMINUTE"}


def series_words(series: Series) -> str:
    """Return `09:00 on the last Friday of the month`; a rule that has no short words is given as it is written."""
    rule, start = series.rule, series.starting
    often = _often(rule, start)
    days = None if often else _days(rule, start.date())
    if often is None and days is None:
        return f"RRULE {rule.text} from {start:%Y-%m-%d %H:%M}"
    return f"{often or f'{_times(series)} {days}'}{_tail(rule, start, counted=often is not None)}"


def _often(rule: Rule, start: dt.datetime) -> str | None:
    """Return `every 90 minutes` of a rule that runs round the clock; None of any other."""
    if rule.by_day_or_longer or rule.lists or rule.weekdays:
        return None
    unit = "hour" if rule.every == "HOURLY" else "minute"
    often = f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"
    return f"{often} from {start:%Y-%m-%d %H:%M}"


def _times(series: Series) -> str:
    hours, minutes = series.rule["BYHOUR"], series.rule["BYMINUTE"]
    own = [
        dt.time(hour, minute)
        for hour in hours or (series.starting.hour,)
        for minute in minutes or (series.starting.minute,)
    ]
    return listed([f"{time:%H:%M}" for time in series.at or own])


def _days(rule: Rule, start: dt.date) -> str | None:
    """Return on which days, INTERVAL aside; None where that has no short words."""
    numbered = any(nth for _, nth in rule.weekdays)
    if not rule.by_day_or_longer or set(rule.lists) - _SAYABLE or (rule.weekdays and "BYMONTHDAY" in rule):
        return None
    months = [MONTHS[number - 1].capitalize() for number in rule["BYMONTH"]]
    if rule.every in {"DAILY", "WEEKLY"}:
        return _in_weeks(rule, start, months)
    places = _places(rule, start)
    if places is None:
        every = not numbered and "BYSETPOS" not in rule and rule.interval == 1
        return _in_weeks(rule, start, months) if every else None
    if rule.every == "MONTHLY":
        return f"on {places} of {listed(months) if months else 'the month'}"
    if not months:
        return (
            None if rule.weekdays or "BYMONTHDAY" in rule else f"on {places} of {MONTHS[start.month - 1].capitalize()}"
        )
    return f"on {places} of {listed(months)}"


def _in_weeks(rule: Rule, start: dt.date, months: list[str]) -> str | None:
    if rule.lists.keys() & {"BYMONTHDAY", "BYSETPOS"}:
        return None
    numbers = [number for number, _ in rule.weekdays] or ([start.weekday()] if rule.every == "WEEKLY" else [])
    days = f"on {listed([WEEKDAYS[number].capitalize() for number in numbers])}" if numbers else "every day"
    return f"{days} in {listed(months)}" if months else days


def _places(rule: Rule, start: dt.date) -> str | None:
    """Return `the 1st and the last day`, `the last Friday`: a month's days; None where it names no single ones."""
    if rule.weekdays == _MONDAY_TO_FRIDAY and len(rule["BYSETPOS"]) == 1:
        day = SpanDay(rule["BYSETPOS"][0], "business").words().removesuffix("business day")
        whole = rule.every == "MONTHLY" or len(rule["BYMONTH"]) == 1
        return f"{day}day from Monday to Friday" if whole else None
    if "BYSETPOS" in rule:
        return None
    if rule.weekdays:
        if not all(nth for _, nth in rule.weekdays):
            return None
        return listed([SpanDay(nth, number).words() for number, nth in rule.weekdays])
    days = rule["BYMONTHDAY"] or (start.day,)
    in_order = [day for day in days if day > 0] + [day for day in days if day < 0]
    return listed([SpanDay(day).words() for day in in_order])


def _tail(rule: Rule, start: dt.datetime, *, counted: bool) -> str:
    tail = ""
    if rule.interval > 1 and not counted:
        tail += f", every {rule.interval} {_UNITS[rule.every]} from {start:%Y-%m-%d}"
    if rule.count is not None:
        begin = "" if tail or counted else f" from {start:%Y-%m-%d}"
        tail += f", {rule.count} times{begin}"
    if rule.until is not None:
        whole = rule.until.time() == dt.time(23, 59)
        tail += f", until {rule.until:%Y-%m-%d}" if whole else f", until {rule.until:%Y-%m-%d %H:%M}"
    return tail

"""Frequencies as a spec writes them, and what they fire."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.frequencies import AnyFrequency, Frequency, Rules

_ADAPTER: TypeAdapter[Frequency] = TypeAdapter(AnyFrequency)
PLAIN = Rules()


def frequency(type_: str, **fields: Any) -> Frequency:
    """Return a frequency; `from_` and `except_` stand for the words that Python keeps for itself."""
    return _ADAPTER.validate_python({"type": type_, **{name.rstrip("_"): value for name, value in fields.items()}})


def again(when: Frequency) -> Frequency:
    """Return the frequency after its way through a serialized DAG."""
    return _ADAPTER.validate_json(when.model_dump_json(by_alias=True))


def fires(when: Frequency, first: str, last: str, rules: Rules = PLAIN) -> list[str]:
    """Return every fire from the first day to the last as `2026-01-05 09:00`."""
    days = when.days(dt.date.fromisoformat(first), dt.date.fromisoformat(last), rules)
    return [f"{day} {time:%H:%M}" for day, times in days for time in times]


def on_days(when: Frequency, first: str, last: str, rules: Rules = PLAIN) -> list[str]:
    """Return every day on which it fires, as `2026-01-05`."""
    return [str(day) for day, _ in when.days(dt.date.fromisoformat(first), dt.date.fromisoformat(last), rules)]


def problem(type_: str, **fields: Any) -> str:
    """Return what a spec's author is told of the first thing that is wrong."""
    with pytest.raises(ValidationError) as raised:
        frequency(type_, **fields)
    return raised.value.errors()[0]["msg"].removeprefix("Value error, ")

"""Days named by their place in a span of days: `15`, `last`, `first monday`, `3rd business day`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.names import WEEKDAYS, ordinal, weekday

_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_PLACE = re.compile(
    r"(?:(?P<number>\d{1,3})(?:st|nd|rd|th)?|(?P<word>first|second|third|fourth|fifth))?\s*(?P<last>(?:to\s+)?last)?"
    r"\s*(?P<kind>[a-z]+(?:\s+day)?)?",
)
ALLOWED = "a number, 'last', 'first monday', 'last friday', '3rd business day', '2nd last business day'"


@dataclass(frozen=True)
class SpanDay:
    """A place in a span of days.

    Attributes:
        nth: 1 for the first, 2 for the second, …; -1 for the last, -2 for the second last, ….
        kind: What is counted: any day, open days of the calendar, or one weekday (Monday 0).
    """

    nth: int
    kind: Literal["day", "business"] | int = "day"

    def within(self, first: dt.date, last: dt.date, calendar: Calendar) -> dt.date | None:
        """Return the day in the span from `first` to `last` (both included); None where it has none so far in."""
        if self.kind == "business":
            days = calendar.open_days(first, last)
            index = self.nth - 1 if self.nth > 0 else len(days) + self.nth
            return days[index] if 0 <= index < len(days) else None
        step = 1 if self.kind == "day" else 7
        edge = first if self.nth > 0 else last
        if isinstance(self.kind, int):
            away = (self.kind - edge.weekday()) % 7
            edge += dt.timedelta(days=away if self.nth > 0 or away == 0 else away - 7)
        found = edge + dt.timedelta(days=step * (self.nth - 1 if self.nth > 0 else self.nth + 1))
        return found if first <= found <= last else None

    def words(self) -> str:
        """Return it as a sentence says it: `the last business day`, `the 15th`, `the 2nd last Friday`."""
        last = "" if self.nth > 0 else "last" if self.nth == -1 else f"{ordinal(-self.nth)} last"
        place = last or ("first" if self.nth == 1 and self.kind != "day" else ordinal(self.nth))
        if self.kind == "day":
            return f"the {place}" if self.nth > 0 else f"the {place} day"
        return f"the {place} {'business day' if self.kind == 'business' else WEEKDAYS[self.kind].capitalize()}"

    def text(self) -> str:
        """Return it as a spec writes it."""
        place = str(self.nth) if self.nth > 0 else "last" if self.nth == -1 else f"{-self.nth} last"
        kind = {"day": "day", "business": "business day"}.get(str(self.kind)) or WEEKDAYS[int(self.kind)]
        return f"{place} {kind}"


@lru_cache(maxsize=1000, typed=True)
def span_day(given: str | int) -> SpanDay:
    """Return the place that a spec names: 15, last, `first monday`, `3rd business day`, `2nd last day`.

    Raises:
        ValueError: It names none.
    """
    text = " ".join(str(given).lower().split())
    match = _PLACE.fullmatch(text)
    if isinstance(given, bool) or match is None or not (match["number"] or match["word"] or match["last"]):
        raise ValueError(f"{given!r} is not a day; write {ALLOWED}")
    nth = int(match["number"]) if match["number"] else _WORDS.get(match["word"] or "first", 1)
    if nth == 0:
        raise ValueError("days are counted from 1; write 1 for the first")
    kind: Any = {None: "day", "day": "day", "business day": "business"}.get(match["kind"])
    if kind is None:
        try:
            kind = weekday(match["kind"])
        except ValueError:
            raise ValueError(f"{given!r} is not a day; write {ALLOWED}") from None
    return SpanDay(-nth if match["last"] else nth, kind)


def _span_day(given: Any) -> SpanDay:
    if isinstance(given, SpanDay):
        return given
    if isinstance(given, str | int):
        return span_day(given)
    raise ValueError(f"{given!r} is not a day; write {ALLOWED}")


InSpan = Annotated[
    SpanDay,
    BeforeValidator(_span_day),
    PlainSerializer(lambda day: day.text(), when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 371}, {"type": "string"}]}),
]
"""A day in a month, quarter, year or fiscal period."""

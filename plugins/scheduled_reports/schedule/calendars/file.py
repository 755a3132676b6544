"""What one file in `include/calendars/` may say."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from scheduled_reports.model import Model, OneOrMany
from scheduled_reports.schedule.calendars.days import Date, Day, DayOrSpan
from scheduled_reports.schedule.calendars.expression import CalendarExpression
from scheduled_reports.schedule.clock import TimeOfDay
from scheduled_reports.schedule.fiscal import AnyFiscalYear
from scheduled_reports.schedule.names import Weekday

_ICS = r"^[^/\\]+\.ics$"


def _ics(given: Any) -> str:
    if not isinstance(given, str) or not re.fullmatch(_ICS, given):
        raise ValueError(f"{given!r} is not an ICS file beside this one; write its name only: company.ics")
    return given


IcsName = Annotated[str, BeforeValidator(_ics), WithJsonSchema({"type": "string", "pattern": _ICS})]


class Holidays(Model):
    """Holidays that the library `holidays` knows: of a country, or of an exchange."""

    country: str | None = Field(None, description="A country's ISO 3166-1 code: `DE`. Working Saturdays count too.")
    exchange: str | None = Field(None, description="An exchange's code: `XNYS`, `NYSE`, `XECB` (the euro's TARGET).")
    subdivision: str | None = Field(None, description="A state or province, its ISO 3166-2 code: `BE` (Berlin).")
    categories: OneOrMany[str] = Field(
        (), description="Which of its holidays: `public` unless given; `bank`, …; `half_day` for days closing early."
    )
    closes: TimeOfDay | None = Field(
        None, description="When its half days close: `13:00`; needed where the library does not know."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.country is None) == (self.exchange is None):
            raise ValueError("holidays are those of one country or of one exchange; write one of the two")
        if self.closes is not None and "half_day" not in self.categories:
            raise ValueError("'closes' is for half days; write `categories: [public, half_day]`, or leave it out")
        return self


class CalendarFile(Model):
    """A calendar: which days a business works."""

    description: str = Field("", description="Whose calendar it is, in a sentence.")
    weekend: tuple[Weekday, ...] | None = Field(
        None,
        description="The weekdays that are closed. Saturday and sunday unless given; none where all_of or any_of is.",
    )
    holidays: tuple[Holidays, ...] = Field((), description="Public holidays that are closed.")
    ics: OneOrMany[IcsName] = Field(
        (),
        description="ICS files beside this one. All-day events are closed; on the day of one that begins later, "
        "the business closes at that time.",
    )
    closed: tuple[DayOrSpan, ...] = Field(
        (), description="Closed days and spans: `2026-12-24`, `12-24` for every year, `{from: 12-27, until: 01-01}`."
    )
    opened: tuple[Date, ...] = Field(
        (), description="Days that are worked whatever else closes them: `2026-03-14`, a working Saturday."
    )
    only: tuple[Date, ...] | None = Field(
        None, min_length=1, description="The only open days; nothing else may be said about open days then."
    )
    half_days: dict[Day, TimeOfDay] = Field(
        {}, description='When open days close early: `2026-12-24: "13:00"`, `12-24: …` for every year.'
    )
    all_of: tuple[CalendarExpression, ...] = Field((), description="Open only where all of these are open.")
    any_of: tuple[CalendarExpression, ...] = Field((), description="Open where any of these is open.")
    without: tuple[CalendarExpression, ...] = Field(
        (), alias="except", description="Closed on the days on which any of these is open."
    )
    fiscal: AnyFiscalYear | None = Field(
        None, description="The fiscal year of the business; schedules on this calendar have it unless they give one."
    )
    known_until: Date | None = Field(
        None,
        description="The last day for which this file is complete. Unless given: the end of the last year that "
        "`closed` or an ICS file names, or the last day of `only`.",
    )

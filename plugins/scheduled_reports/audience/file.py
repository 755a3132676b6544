"""What one file in `include/recipients/` may say."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from scheduled_reports.audience.recipient import QuietHours
from scheduled_reports.columns import Role
from scheduled_reports.language.codes import LanguageCode
from scheduled_reports.model import EmailAddress, Line, Model, Name, OneOrMany, TimeZone
from scheduled_reports.schedule.clock import TimeOfDay


class QuietTime(Model):
    """When somebody is not to be disturbed."""

    begin: TimeOfDay = Field(alias="from", description='Its first moment, by their own clock: `"20:00"`.')
    end: TimeOfDay = Field(alias="to", description='The first moment after it, perhaps of the next day: `"07:00"`.')

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.begin == self.end:
            raise ValueError("it begins when it ends; leave it out where they may always be disturbed")
        return self

    def hours(self) -> QuietHours:
        """Return it as deliveries know it."""
        return QuietHours(self.begin, self.end)


class Person(Model):
    """Somebody who gets reports."""

    address: EmailAddress = Field(description="Their e-mail address.")
    name: Line = Field("", max_length=100, description="Their name, as people write it.")
    language: LanguageCode | None = Field(
        None,
        description="The language of our own texts, numbers and dates in their files; the report's unless given.",
    )
    timezone: TimeZone | None = Field(
        None, description="The time zone of their clock, an IANA name; the schedule's unless given."
    )
    role: Role | None = Field(
        None, description="Whose eyes they read with, for masks that differ by role; the destination's unless given."
    )
    quiet_hours: QuietTime | None = Field(None, description="When they are not to be disturbed, by their own clock.")


class RecipientsFile(Model):
    """People and groups, by the names that specs know them by."""

    people: dict[Name, Person] = Field({}, description="People.")
    groups: dict[Name, Annotated[OneOrMany[Name], Field(min_length=1)]] = Field(
        {}, description="People and other groups under one name."
    )

"""Who must agree before a report is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from scheduled_reports.columns import Role
from scheduled_reports.model import EmailAddress, Model
from scheduled_reports.schedule.clock import Duration, TimeOfDay, in_words, instant

COMMENT = "comment"
"""The field in which an approver may say why."""


class Approver(Model):
    """Somebody who may approve."""

    user: str = Field(
        min_length=1,
        max_length=200,
        description="The id by which Airflow's auth manager knows them: the user's name with the simple auth manager, "
        "a number with FAB's; Airflow shows it in the user's menu.",
    )
    email: EmailAddress = Field(description="Where they are told that a report waits for them.")
    role: Role | None = Field(
        None,
        description="Whose eyes they look with, for masks that differ by role: they get the files that destinations "
        "of this role get. What masks give to `default` unless given.",
    )


class Approval(Model):
    """When a report waits for somebody, for whom, how long, and what happens then."""

    when: Literal["always", "hold"] = Field(
        "hold",
        description="`hold`, unless given: when a check with severity `hold` fails; `always`: in every run.",
    )
    approvers: tuple[Approver, ...] = Field(min_length=1, description="Who may approve or reject it; one is enough.")
    within: Duration = Field(
        dt.timedelta(hours=24), description="How long it waits for them: `4h`; `24h` unless given."
    )
    by: TimeOfDay | None = Field(
        None,
        description='In place of `within`: until when it waits for them, `"11:30"`, the next time that the clock of '
        "the schedule's zone shows that.",
    )
    then: Literal["drop", "send", "escalate"] = Field(
        "drop",
        description="What happens when nobody answers in time: it is not sent, and the owner is told (`drop`, unless "
        "given); it is sent (`send`); those in `escalate_to` are asked (`escalate`).",
    )
    escalate_to: tuple[Approver, ...] = Field(
        (), description="Who is asked next; they have as long again, then it is not sent."
    )

    @model_validator(mode="after")
    def _escalates_to_somebody(self) -> Self:
        if (self.then == "escalate") != bool(self.escalate_to):
            raise ValueError(
                "'then: escalate' and 'escalate_to' belong together; name who is asked next: "
                "escalate_to: [{user: ben, email: ben@example.com}]"
            )
        return self

    @model_validator(mode="after")
    def _names_everybody_once(self) -> Self:
        users = [approver.user for _, approver in self.everybody()]
        if twice := sorted({user for user in users if users.count(user) > 1}):
            raise ValueError(f"{twice[0]!r} is named twice; name everybody who may approve once")
        return self

    @model_validator(mode="after")
    def _waits_until_one_moment(self) -> Self:
        if self.by is not None and "within" in self.model_fields_set:
            raise ValueError("both 'within' and 'by' are given; leave one of them out")
        return self

    def everybody(self) -> Iterator[tuple[tuple[str | int, ...], Approver]]:
        """Yield those who are asked first, then those who are asked next, each with its place."""
        for field, approvers in (("approvers", self.approvers), ("escalate_to", self.escalate_to)):
            yield from (((field, index), approver) for index, approver in enumerate(approvers))

    def until(self, asked: dt.datetime, zone: ZoneInfo) -> dt.datetime:
        """Return until when those asked at `asked`, aware, may answer; aware, in `zone`."""
        if self.by is None:
            return (asked + self.within).astimezone(zone)
        today = asked.astimezone(zone).date()
        days = (today, today + dt.timedelta(days=1), today + dt.timedelta(days=2))
        moments = (instant(dt.datetime.combine(day, self.by), zone) for day in days)
        return next(moment for moment in moments if moment > asked).astimezone(zone)

    @property
    def time_limit(self) -> str:
        """In what time they have to answer, in words: `within 4h`, `by 11:30`."""
        return f"within {in_words(self.within)}" if self.by is None else f"by {self.by:%H:%M}"

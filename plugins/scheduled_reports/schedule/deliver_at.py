"""At what time of the day a recipient gets a report: `08:00`, `08:00 Europe/Berlin`, `08:00 recipient`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import core_schema

from scheduled_reports.schedule.clock import instant

RECIPIENT = "recipient"
"""Whose clock counts where that stands behind the time: each recipient's own."""

_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]( [A-Za-z][A-Za-z0-9_+/-]*)?$"
_EXAMPLES = "'08:00', '08:00 Europe/Berlin' or '08:00 recipient'"


@dataclass(frozen=True)
class DeliverAt:
    """A time of the day, and by whose clock it is meant.

    Attributes:
        time: Hours and minutes.
        clock: `recipient`, an IANA name of a time zone, or empty for the schedule's.
    """

    time: dt.time
    clock: str = ""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: Any) -> core_schema.CoreSchema:
        """Let pydantic take one as it is."""
        return core_schema.is_instance_schema(cls)

    def __str__(self) -> str:
        return f"{self.time:%H:%M} {self.clock}".rstrip()

    def zone(self, recipient: str | None, schedule: ZoneInfo) -> ZoneInfo:
        """Return the zone of that clock, given the recipient's, where they have one, and the schedule's."""
        name = recipient if self.clock == RECIPIENT else self.clock
        return ZoneInfo(name) if name else schedule

    def on(self, day: dt.date, recipient: str | None, schedule: ZoneInfo) -> dt.datetime:
        """Return when it is on a day, UTC; a time that the clock skips is the first moment after it.

        Of a time that comes twice it is the first.
        """
        return instant(dt.datetime.combine(day, self.time), self.zone(recipient, schedule))


def _deliver_at(given: Any) -> DeliverAt:
    if isinstance(given, DeliverAt):
        return given
    if not isinstance(given, str) or not re.fullmatch(_PATTERN, given):
        raise ValueError(f"{given!r} is not a time of day to deliver at; write for example {_EXAMPLES}")
    time, _, clock = given.partition(" ")
    if clock and clock != RECIPIENT:
        try:
            ZoneInfo(clock)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"unknown time zone {clock!r}; write for example {_EXAMPLES}") from None
    return DeliverAt(dt.time.fromisoformat(time), clock)


DeliverAtTime = Annotated[
    DeliverAt,
    BeforeValidator(_deliver_at),
    PlainSerializer(str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _PATTERN}),
]
"""What a spec writes as `deliver_at`."""

"""Who or what gets a delivery."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Copy(StrEnum):
    """How a mail names somebody (RFC 5322, 3.6.3)."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"


@dataclass(frozen=True)
class QuietHours:
    """When somebody is not to be disturbed, by their own clock; where `begin` is later than `end` it spans midnight.

    Attributes:
        begin: The first moment of it.
        end: The first moment after it.
    """

    begin: dt.time
    end: dt.time


@dataclass(frozen=True)
class Recipient:
    """One of an audience, or a shared place.

    Attributes:
        address: An e-mail address, or what a channel calls a place: `sftp://partners/incoming`.
        name: As people write it; may be empty.
        copy: How a mail names them.
        role: Whose eyes read it, for masks that differ by role; None for the destination's.
        language: What our own texts are written in: `de`; None for the report's.
        timezone: An IANA name; None for the schedule's.
        quiet_hours: When they are not to be disturbed; None for never.
        person: Their id in `include/recipients/`; empty for a plain address.
        through: The groups, or the table, that lead to them; empty where the spec names them.
        fault: Why nothing can be sent to them: their delivery fails, and nobody else's; empty where it can.
    """

    address: str
    name: str = ""
    copy: Copy = Copy.TO
    role: str | None = None
    language: str | None = None
    timezone: str | None = None
    quiet_hours: QuietHours | None = None
    person: str = ""
    through: tuple[str, ...] = ()
    fault: str = ""

    def __str__(self) -> str:
        return self.address

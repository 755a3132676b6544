"""What is probed, and what was seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

LIMIT = dt.timedelta(seconds=10)
"""How long one probe may take; what answers later than that is no help to a report either."""

PATIENCE = LIMIT - dt.timedelta(seconds=1)
"""How long a probe itself waits for the other end: its own words say more than that it was ended."""


class State(StrEnum):
    """What became of a probe: usable, not usable, not asked as its connection is not usable, or nobody can tell."""

    OK = "ok"
    FAILED = "failed"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sight:
    """What a probe saw.

    Attributes:
        words: What it saw.
        newest: When its newest row is from, aware; None where nothing asks for that.
        sure: Whether that says that the thing can be used; else nobody can tell.
    """

    words: str
    newest: dt.datetime | None = None
    sure: bool = True


@dataclass(frozen=True)
class Thing:
    """Something that reports need.

    Attributes:
        kind: `connection`, `source`, `destination`, `archive` …
        name: Which one: `shop`, `orders`.
        report_id: The report whose source or destination it is; empty for what reports share.
        reports: The ids of the reports that need it.
        place: What it is reached through, a connection mostly: things of one place are asked one after the other.
        look: Asks it; raises where it cannot be used, a ReportError where it knows why.
    """

    kind: str
    name: str
    report_id: str
    reports: tuple[str, ...]
    place: str
    look: Callable[[], Sight]

    @property
    def key(self) -> Key:
        """What tells it from every other thing."""
        return self.kind, self.name, self.report_id

    @property
    def title(self) -> str:
        """How it is called in messages: `source sales.orders`."""
        return title_of(self.key)


Key = tuple[str, str, str]
"""A thing's kind, its name, and its report."""


def title_of(key: Key) -> str:
    """Return how a thing is called in messages: `source sales.orders`, `connection shop`."""
    kind, name, report_id = key
    return f"{kind} {report_id}.{name}" if report_id else f"{kind} {name}".rstrip()


@dataclass(frozen=True)
class Seen:
    """What became of one probe.

    Attributes:
        thing: What was asked.
        state: What became of it.
        words: What was seen, or why it cannot be used.
        fix: What to do; empty where nothing is to be done.
        seconds: How long it took; None where it was not asked.
        newest: When its newest row is from, aware.
    """

    thing: Thing
    state: State
    words: str
    fix: str = ""
    seconds: float | None = None
    newest: dt.datetime | None = None

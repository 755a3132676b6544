"""What is wrong with a calendar: in its files, or in how something names it."""

from __future__ import annotations

from scheduled_reports.spec.marks import Loc
from scheduled_reports.spec.problems import Problem


class CalendarError(Exception):
    """Calendar files cannot be used.

    Attributes:
        problems: What is wrong with them, and where.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class PlacedError(ValueError):
    """A value cannot be used, for one part of it.

    Attributes:
        loc: The part, seen from the value; empty for all of it.
        message: What is wrong.
        hint: What is allowed, or what to do; may be empty.
    """

    def __init__(self, loc: Loc, message: str, hint: str = "") -> None:
        self.loc, self.message, self.hint = loc, message, hint
        super().__init__(f"{message}; {hint}" if hint else message)

    def within(self, *loc: str | int) -> PlacedError:
        """Return it as seen from a value that holds the value at `loc`."""
        return PlacedError((*loc, *self.loc), self.message, self.hint)


class UnknownCalendarError(PlacedError):
    """An expression cannot be used: it names a calendar that is not there, or is never open."""

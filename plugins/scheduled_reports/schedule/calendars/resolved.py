"""What an expression means, once its calendars are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scheduled_reports.schedule.calendar import Calendar
from scheduled_reports.schedule.calendars.errors import PlacedError
from scheduled_reports.schedule.calendars.expression import CalendarExpression, Combination, in_words, names_in
from scheduled_reports.schedule.calendars.known_days import KnownDays, all_of, any_of, every_day, without
from scheduled_reports.schedule.fiscal import AnyFiscalYear
from scheduled_reports.schedule.names import listed
from scheduled_reports.spec.marks import Loc


@dataclass(frozen=True)
class Resolved:
    """What an expression means.

    Attributes:
        name: Its calendars, as a sentence names them.
        days: Its open days.
        fiscal: The fiscal year of its calendars; None where they have none, or not all the same.
        files: The YAML and ICS files that it was made of, sorted.
    """

    name: str
    days: KnownDays
    fiscal: AnyFiscalYear | None
    files: tuple[Path, ...]

    @cached_property
    def calendar(self) -> Calendar:
        """The open days as schedules use them."""
        return self.days.calendar(self.name)


def combined(expression: Combination, parts: Mapping[str, Resolved]) -> Resolved:
    """Return what a combination means.

    Args:
        expression: The combination.
        parts: What each name in it means.

    Raises:
        PlacedError: It is never open.
    """
    days = days_of(expression, parts)
    refuse_never_open(days, in_words(expression))
    files = {path for _, name in names_in(expression) for path in parts[name].files}
    return Resolved(in_words(expression), days, fiscal_of(expression, parts), tuple(sorted(files)))


def days_of(expression: CalendarExpression, parts: Mapping[str, Resolved]) -> KnownDays:
    """Return the open days of an expression; every day where only `except` is given."""
    if isinstance(expression, str):
        return parts[expression].days
    groups = [days_of(entry, parts) for entry in expression.all_of]
    if expression.any_of:
        groups.append(any_of(days_of(entry, parts) for entry in expression.any_of))
    base = all_of(groups) if groups else KnownDays(every_day())
    return without(base, [days_of(entry, parts) for entry in expression.without]) if expression.without else base


def fiscal_of(expression: Combination, parts: Mapping[str, Resolved]) -> AnyFiscalYear | None:
    """Return the fiscal year that the open calendars of a combination share."""
    open_ones = Combination.model_construct(all_of=expression.all_of, any_of=expression.any_of, without=())
    years = [year for _, name in names_in(open_ones) if (year := parts[name].fiscal) is not None]
    return years[0] if years and all(year == years[0] for year in years) else None


def refuse_never_open(days: KnownDays, name: str, loc: Loc = ()) -> None:
    """Refuse a calendar without an open day.

    Raises:
        PlacedError: It has none.
    """
    if not days.open:
        raise PlacedError(loc, f"{name} is open on no day at all", "leave at least one day open")


def refuse_closed_years(days: KnownDays, name: str, loc: Loc = ()) -> None:
    """Refuse a file's calendar without an open day in a year that its sources know.

    An expression may have such years: the days on which one calendar is open and another is not can be rare.

    Raises:
        PlacedError: There is such a year, or no open day at all.
    """
    refuse_never_open(days, name, loc)
    if years := days.years_closed():
        shown = listed([str(year) for year in years]) if len(years) < 4 else f"{years[0]} to {years[-1]}"
        raise PlacedError(loc, f"{name} is open on no day in {shown}", "leave at least one day of every year open")

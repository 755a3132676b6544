"""`reports calendar`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from scheduled_reports import settings
from scheduled_reports.cli.calendar_diff import Version, differences, version_at, version_of
from scheduled_reports.cli.calendar_fires import Days, Due, Planned, by_day, closed_days, due_in, planned
from scheduled_reports.cli.calendar_grid import Grid
from scheduled_reports.cli.calendar_ics import write_ics
from scheduled_reports.cli.calendar_list import plain_lines, screen_lines
from scheduled_reports.cli.calendar_notes import facts, pool_warnings
from scheduled_reports.cli.check import spec_paths
from scheduled_reports.errors import ReportError
from scheduled_reports.schedule.calendar import FIRST_DAY, LAST_DAY
from scheduled_reports.schedule.clock import days_between
from scheduled_reports.schedule.conflicts import Span
from scheduled_reports.spec.load import BrokenReport, Report, load
from scheduled_reports.spec.warnings import warnings_in


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see.

    Attributes:
        folder: The folder with the specs.
        days: Which days.
        names: Which reports; all of them where it is empty.
        ics: The iCalendar file to write.
        pool_slots: How many slots every pool has; None: what Airflow says.
        diff: The git ref to compare with.
    """

    folder: Path
    days: Days
    names: tuple[str, ...] = ()
    ics: Path | None = None
    pool_slots: int | None = None
    diff: str | None = None


def days_asked(first: str | None, count: int, now: dt.datetime) -> Days:
    """Return the days that are asked for; without a first one those from now on.

    Raises:
        ReportError: The first day is no date, or lies where calendars are not known.
    """
    try:
        day = dt.date.fromisoformat(first) if first else now.date()
    except ValueError as error:
        raise ReportError(f"--from {first!r} is no date", fix="write it as 2026-11-23") from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ReportError(f"--from {day} lies outside of {FIRST_DAY} to {LAST_DAY}", fix="name a day between them")
    return Days(day, min(day + dt.timedelta(days=count - 1), LAST_DAY), now, all_day=first is not None)


def show_calendar(asked: Asked, console: Console, complain: Console) -> None:
    """Print what is asked for: the months, the list and what is odd about it, or the differences to a git ref.

    Raises:
        ReportError: There is no such report or ref, or a file cannot be written.
    """
    if asked.diff is not None:
        _print_differences(asked, asked.diff, console, complain)
        return
    loaded = _loaded(asked.names or (asked.folder,), asked.folder, complain)
    reports = [entry for entry in loaded if isinstance(entry, Report)]
    plans = planned(reports)
    dues = due_in(plans, asked.days)
    if not dues:
        console.print(f"Nothing fires from {asked.days.first} to {asked.days.last}")
    elif console.is_terminal:
        _print_months(plans, dues, asked.days, console)
    else:
        _print_lines(plain_lines(dues), console)
    _print_notes(reports, plans, dues, asked, console)
    if asked.ics is not None:
        count = write_ics(asked.ics, dues, asked.days.now)
        console.print(f"Wrote {asked.ics}: {count} event{'s' if count != 1 else ''}")


def _loaded(names: Iterable[str | Path], folder: Path, complain: Console) -> list[Report | BrokenReport]:
    """Return the specs that names mean; say which are broken."""
    files = [path for name in names for path in spec_paths(Path(name), folder)]
    loaded = [load(path, settings.include_folder(path.parent)) for path in dict.fromkeys(files)]
    broken = [entry.id for entry in loaded if isinstance(entry, BrokenReport)]
    if broken:
        complain.print(f"broken, and not shown: {', '.join(broken)}; see `reports check`")
    return loaded


def _print_differences(asked: Asked, ref: str, console: Console, complain: Console) -> None:
    old = version_at(ref, asked.folder)
    gone = _gone(asked, old)
    here = [name for name in asked.names if name not in gone] if asked.names else [asked.folder]
    loaded = _loaded(here, asked.folder, complain)
    if old.broken:
        complain.print(f"broken at {ref}: {', '.join(old.broken)}; what can be read of them counts")
    names = [*gone.values(), *(entry.id for entry in loaded)] if asked.names else []
    lines = list(differences(old, version_of(loaded), asked.days, names))
    styles = {"-": "red", "+": "green", "~": "yellow"}
    for line in lines:
        console.print(line, style=styles.get(line.strip()[0]) if line.startswith(" ") else "bold")
    if not lines:
        console.print(f"No fire changes against {ref} from {asked.days.first} to {asked.days.last}")


def _gone(asked: Asked, old: Version) -> dict[str, str]:
    """Return the ids of the reports asked for that only the old version has, by the names given for them."""
    known = {dag_id.partition("__")[0] for dag_id in old.schedules}.union(old.broken)
    gone = {}
    for name in asked.names:
        try:
            spec_paths(Path(name), asked.folder)
        except ReportError:
            if Path(name).stem in known:
                gone[name] = Path(name).stem
    return gone


def _print_months(plans: Sequence[Planned], dues: Sequence[Due], days: Days, console: Console) -> None:
    found = by_day(dues)
    first = min(days.first, dues[0].local.date())
    starts = {plan.schedule.week_starts for plan in plans}
    closed = closed_days(plans, days_between(first, days.last))
    grid = Grid(first, days.last, days.today, starts.pop() if len(starts) == 1 else 0, found, closed)
    for table in grid.months(console.width):
        console.print(table, soft_wrap=False)
        console.print()
    zones = {plan.schedule.timezone for plan in plans}
    where = f"in {zones.pop()}" if len(zones) == 1 else "of each schedule's own time zone, which the list names"
    console.print(f"Days and times are those {where}.", style="dim", soft_wrap=False)
    _print_lines(screen_lines(found, console.width), console)


def _print_notes(
    reports: Sequence[Report], plans: Sequence[Planned], dues: Sequence[Due], asked: Asked, console: Console
) -> None:
    end = dt.datetime.combine(asked.days.last, dt.time.max, dt.UTC)
    start = dt.datetime.combine(asked.days.first, dt.time.min, dt.UTC) if asked.days.all_day else asked.days.now
    warnings = [str(problem) for problem in warnings_in(reports, Span(start, end))]
    warnings += pool_warnings(plans, dues, asked.pool_slots)
    for heading, lines in (("Good to know", list(facts(plans, dues, asked.days))), ("Warnings", warnings)):
        if lines:
            console.print(Text(f"\n{heading}", style="bold"))
            _print_lines((f"  {line}" if heading == "Good to know" else line for line in lines), console)


def _print_lines(lines: Iterable[str | Text], console: Console) -> None:
    if text := Text("\n").join(line if isinstance(line, Text) else Text(line) for line in lines):
        console.print(text)  # all at once: 50,000 lines take a second and not two

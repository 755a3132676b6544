"""`reports audience`: who would get what of a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from scheduled_reports import settings
from scheduled_reports.audience import Recipient, RunAudience
from scheduled_reports.audience.domains import domain_of
from scheduled_reports.audience.entries import FromTable, entries_of
from scheduled_reports.channels import Channel
from scheduled_reports.cli.audience_runs import latest_with
from scheduled_reports.cli.check import spec_paths
from scheduled_reports.editions import EVERYBODY, edition_for
from scheduled_reports.errors import ReportError
from scheduled_reports.run import Run, template_words
from scheduled_reports.schedule.fire import Fire
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.spec.load import BrokenReport, Report, load
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.steps.due import DueRule
from scheduled_reports.templates import fill


@dataclass(frozen=True)
class Getter:
    """Somebody who gets a report, or a table of such people.

    Attributes:
        destination: The destination.
        copy: `to`, `cc`, `bcc`; empty for a place.
        who: The name and the address, or the place, or the table with its columns.
        key: The same for every spelling of the same recipient.
        role: Whose eyes they read with; empty for everybody's.
        language: The language of their files.
        clock: What their clock shows when they get the next one; empty where nobody knows.
        edition: Which edition of the files they get; empty for everybody's.
        through: The groups that lead to them, or the table.
        remark: What is odd about them: outside of the owner's domain, cannot be reached.
    """

    destination: str
    copy: str
    who: str
    key: str
    role: str
    language: str
    clock: str
    edition: str
    through: str
    remark: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """What is shown of it, part by part."""
        return self.copy, self.who, self.role, self.language, self.clock, self.edition, self.through, self.remark


def report_named(name: str, folder: Path, include: Path, at: str = "") -> Report:
    """Return a report that is valid.

    Raises:
        ReportError: There is none of that name, or it is broken; `at` says in which version.
    """
    report = load(spec_paths(Path(name), folder)[0], include)
    if isinstance(report, BrokenReport):
        told = "\n".join(str(problem) for problem in report.problems)
        raise ReportError(f"{report.path.name} is broken{at}", why=told, fix="mend it: `reports check` tells the same")
    return report


def getters(report: Report, now: dt.datetime, run: Run | None = None, only: str | None = None) -> list[Getter]:
    """Return who gets a report, destination by destination.

    Args:
        report: The report.
        now: What time it is, aware: clocks are those of the next fire.
        run: A run whose tables hold recipients; without one, such tables stand for those in them.
        only: The only destination that counts; all of them unless given.

    Raises:
        ReportError: There is no such destination, or a template cannot be filled.
    """
    channels = {channel.key: channel for channel in report.spec.deliver}
    if only is not None and only not in channels:
        raise ReportError(f"{report.id} has no destination {only!r}", fix=did_you_mean(only, channels))
    wanted = [channel for key, channel in channels.items() if only in {None, key}]
    fire, words = next_fire(report, now), words_of(report, now)
    audience = RunAudience(words, report.include, run)
    return [found for channel in wanted for found in _of_channel(report, channel, audience, fire)]


def next_fire(report: Report, now: dt.datetime) -> tuple[Schedule, Fire] | None:
    """Return the first schedule that runs by the clock, and when it does next; None where there is none."""
    for schedule in report.spec.schedules:
        recurrence = report.timing(schedule).recurrence
        if recurrence is not None and (fire := recurrence.after(now)) is not None:
            return schedule, fire
    return None


def words_of(report: Report, now: dt.datetime) -> dict[str, object]:
    """Return the words of templates, as they are for the latest period of the first schedule."""
    schedule = report.spec.schedules[0]
    values = {name: entry.value(entry.default) for name, entry in report.spec.parameters.items()}
    return template_words(report, schedule, report.timing(schedule).period(now), values)


def show_audience(name: str, specs: Path, now: dt.datetime, only: str | None, console: Console) -> None:
    """Print who gets a report: every destination, its files, and below it everybody.

    Raises:
        ReportError: There is no such report or destination, or a template cannot be filled.
    """
    report = report_named(name, specs, settings.include_folder(specs))
    tables = {entry.table for channel in report.spec.deliver for _, entry in entries_of(channel)
              if isinstance(entry, FromTable)}  # fmt: skip
    run = latest_with(report, tables, now) if tables else None
    found, words = getters(report, now, run, only), words_of(report, now)
    fire = next_fire(report, now)
    console.print(f"{report.spec.title}{_next(fire)}", style="bold")
    if run is not None:
        console.print(f"Tables of recipients are those of {run.period.label}, run {run.run_id}", style="dim")
    for channel in report.spec.deliver:
        if only in {None, channel.key}:
            names = ", ".join(f"{fill(entry.file_name, words)}.{entry.file_extension}"
                              for entry in report.spec.formats if entry.key in channel.formats())  # fmt: skip
            console.print(f"{channel.key} ({channel.kind}): {names}", style="bold")
            own = [getter for getter in found if getter.destination == channel.key]
            for getter, line in zip(own, aligned(getter.cells for getter in own), strict=True):
                console.print(f"  {line}", style="yellow" if getter.remark else None)


def aligned(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return rows as lines, their parts below each other; a part that no row has takes no room."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width).rstrip()
            for row in kept]  # fmt: skip


def _next(fire: tuple[Schedule, Fire] | None) -> str:
    if fire is None:
        return ""
    schedule, at = fire[0], fire[1].at
    return f", next run of {schedule.id}: {at.astimezone(ZoneInfo(schedule.timezone)):%a %Y-%m-%d %H:%M %Z}"


def _of_channel(
    report: Report, channel: Channel, audience: RunAudience, fire: tuple[Schedule, Fire] | None
) -> Iterator[Getter]:
    people = list(entries_of(channel))
    for recipient in channel.recipients(audience):
        edition = edition_for(report, channel, recipient)
        yield Getter(
            channel.key, str(recipient.copy) if people else "", _who(recipient), channel.identity(recipient.address),
            recipient.role or channel.role or "", edition.language or str(report.spec.language),
            _clock(channel, recipient, fire) if people else "", "" if edition == EVERYBODY else f"for {edition}",
            _through(recipient), _remark(report, recipient) if people else "",
        )  # fmt: skip
    for loc, entry in people if audience.run is None else ():
        if isinstance(entry, FromTable):
            columns = ", ".join(f"{what} from {column}" for what, column in entry.columns().items())
            who = f"each row of table {entry.table}: {columns}"
            yield Getter(channel.key, str(loc[0]), who, f"table {entry.table}: {columns}", "", "", "", "", "")


def _who(recipient: Recipient) -> str:
    return f"{recipient.name} <{recipient.address}>" if recipient.name else recipient.address


def _through(recipient: Recipient) -> str:
    return f"through {' → '.join(recipient.through)}" if recipient.through else ""


def _remark(report: Report, recipient: Recipient) -> str:
    if recipient.fault:
        return f"! {recipient.fault}"
    own, home = domain_of(recipient.address), domain_of(report.spec.owner)
    return "" if own == home or own.endswith(f".{home}") else "(external)"


def _clock(channel: Channel, recipient: Recipient, fire: tuple[Schedule, Fire] | None) -> str:
    """Return what a recipient's clock shows when they get the next one."""
    if fire is None:
        return ""
    schedule, at = fire[0], fire[1].at
    zone = ZoneInfo(schedule.timezone)
    moment = DueRule(channel.deliver_at, at.astimezone(zone).date(), zone).moment(recipient, at)
    return f"{moment.astimezone(ZoneInfo(recipient.timezone or schedule.timezone)):%a %H:%M %Z}"

"""`reports calendar --diff`: the fires that schedules gain and lose against another git ref."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from scheduled_reports import settings
from scheduled_reports.cli.calendar_fires import Days, time_of, zone_of
from scheduled_reports.git import Repository
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.spec.load import BrokenReport, Report, load, spec_files


@dataclass(frozen=True)
class Version:
    """The schedules of all specs in one version.

    Attributes:
        schedules: Those of reports that are switched on, by DAG id.
        broken: The ids of specs with problems; of their schedules only those count that can be read.
    """

    schedules: dict[str, tuple[Schedule, Timing]]
    broken: tuple[str, ...]


def version_of(loaded: Sequence[Report | BrokenReport]) -> Version:
    """Return the schedules of loaded specs."""
    schedules = {}
    for entry in loaded:
        spec = entry.spec if isinstance(entry, Report) else entry
        for schedule in spec.schedules if spec.enabled else ():
            schedules[f"{entry.id}__{schedule.id}"] = schedule, entry.timings[schedule.id]
    return Version(schedules, tuple(entry.id for entry in loaded if isinstance(entry, BrokenReport)))


def version_at(ref: str, specs: Path) -> Version:
    """Return the schedules of the specs, with their calendars, as they are at a git ref.

    Raises:
        ReportError: `specs` is in no git repository, there is no such ref, or git is not installed.
    """
    repository = Repository(specs)
    commit = repository.commit(ref)
    include = settings.include_folder(specs)
    with tempfile.TemporaryDirectory() as temporary:
        folder, beside = Path(temporary) / "report_specs", Path(temporary) / "include"
        repository.extract(commit, specs, folder)
        if repository.holds(include):
            repository.extract(commit, include, beside)
            include = beside
        return version_of([load(path, include) for path in spec_files(folder)])


def differences(old: Version, new: Version, days: Days, names: Sequence[str] = ()) -> Iterator[str]:
    """Yield a line for each schedule that changes, and one below it for each fire that it gains, loses or moves.

    Args:
        old: Before.
        new: After.
        days: Which days to compare.
        names: Reports to compare; all of them unless given.
    """
    for dag_id in sorted(old.schedules.keys() | new.schedules.keys()):
        if names and dag_id.partition("__")[0] not in names:
            continue
        before, after = old.schedules.get(dag_id), new.schedules.get(dag_id)
        lines = [*_covers(before, after), *_changes(_fires(before, days), _fires(after, days))]
        if lines or before is None or after is None:
            what = " (new)" if before is None else " (removed)" if after is None else ""
            yield f"{dag_id.replace('__', ' · ')}{what}"
            yield from lines


def _covers(before: tuple[Schedule, Timing] | None, after: tuple[Schedule, Timing] | None) -> Iterator[str]:
    if before and after and before[0].covers.words() != after[0].covers.words():
        yield f"  covers {before[0].covers.words()} -> {after[0].covers.words()}"


def _fires(entry: tuple[Schedule, Timing] | None, days: Days) -> list[dt.datetime]:
    """Return the fires of these days, in the schedule's zone."""
    if entry is None or (recurrence := entry[1].recurrence) is None:
        return []
    return [fire.at.astimezone(recurrence.zone) for fire in recurrence.between(*days.within(entry[1]))]


def _changes(before: list[dt.datetime], after: list[dt.datetime]) -> Iterator[str]:
    """Yield what is lost (-), gained (+), or has another time on the same day (~)."""
    stay = set(before) & set(after)
    changed = [(moment.date(), 0, moment) for moment in before if moment not in stay]
    changed += [(moment.date(), 1, moment) for moment in after if moment not in stay]
    for day, group in groupby(sorted(changed, key=lambda entry: (entry[0], entry[1], entry[2])), key=lambda e: e[0]):
        entries = list(group)
        lost = [moment for _, side, moment in entries if side == 0]
        gained = [moment for _, side, moment in entries if side == 1]
        both = min(len(lost), len(gained))
        for one, other in zip(lost, gained, strict=False):
            zone = f" {zone_of(one)}" if zone_of(one) != zone_of(other) else ""
            yield f"  ~ {day} {day:%a}  {time_of(one)}{zone} -> {time_of(other)} {zone_of(other)}"
        yield from (f"  - {day} {day:%a}  {time_of(moment)} {zone_of(moment)}" for moment in lost[both:])
        yield from (f"  + {day} {day:%a}  {time_of(moment)} {zone_of(moment)}" for moment in gained[both:])

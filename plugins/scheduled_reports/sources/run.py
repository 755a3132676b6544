"""A table of an earlier run of this or of another report, from the archive: as it was sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.archived_runs import ArchivedRun, ScheduleArchive
from scheduled_reports.archived_table import copy_table
from scheduled_reports.errors import SourceError
from scheduled_reports.model import Name
from scheduled_reports.schedule.earlier import Ago, EarlierPeriod, wanted
from scheduled_reports.settings import archive
from scheduled_reports.sources.base import Source
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.schedule.period import Period
    from scheduled_reports.schedule.timing import Timing

log = logging.getLogger(__name__)

_SHOWN = 6
"""How many of the archive's periods a message lists."""


class RunSource(Source):
    """A table of an earlier run, as it was sent. Of several runs of one period, the newest that sent something."""

    type: Literal["run"]
    table: Name = Field(description="A source or dataset of that run.")
    report: Name | None = Field(None, description="The report; this one unless given.")
    schedule: Name | None = Field(
        None, description="Its schedule; this run's own unless given, or another report's only one."
    )
    period: EarlierPeriod = Field(
        "previous",
        description="Which earlier run: `previous`, the one before this by its schedule's clock, whatever was skipped "
        "passed over; `latest`, the newest there is that ends before this period begins; `same_last_year`, of the same "
        "date a year before; `{periods_ago: 12}`; `{days_ago: 7}`; or `same`, another schedule's run of this period.",
    )
    accept_unsent: bool = Field(
        False,
        description="Where no run of that period was sent, take one that only kept its files in the archive, such as a "
        "back-fill.",
    )
    missing: Literal["stop", "empty"] = Field(
        "stop",
        description="What to do where the archive has no such run: fail, or go on with an empty table of `columns`.",
    )

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        if self.period == "same" and self.report is None and self.schedule is None:
            raise ValueError("period: same is this very run; name another 'report' or 'schedule', or write previous")
        untyped = [name for name, column in self.columns.items() if column.type is None]
        if self.missing == "empty" and (untyped or not self.columns):
            told = f"{untyped[0]!r} has none" if untyped else "there are none"
            raise ValueError(f"an empty table needs 'columns' with a type each, and {told}; add them")
        return self

    def extract(self, run: Run, name: str, target: Path) -> None:
        """Copy the table from the archive, whole or not at all."""
        what = f"source {name!r} ({run.report.query_place('sources', name)})"
        report_id, schedule_id, timing = self._schedule_of(run, what)
        runs = ScheduleArchive(archive(), report_id, schedule_id)
        found = self._found(run, runs, timing, what)
        if found is None:
            self._write_empty(target, what)
            return
        log.info("%s: table %s of %s:%s, %s, run %s", what, self.table, report_id, schedule_id, found.label, found.id)
        self._require_told(found.tables[self.table].get("sensitive", ()), what)
        copy_table(found, self.table, target, what)

    def _require_told(self, sensitive: Iterable[str], what: str) -> None:
        """Raise SourceError where a column is sensitive in that run, and the spec does not say what it is here."""
        for column in sensitive:
            told = self.columns.get(column)
            if told is None or not told.hidden:
                why, fix = "`columns` says nothing of it", f"write `{column}: {{sensitive: true}}`, or give it a `mask`"
                raise SourceError(f"{what}: column {column!r} of table {self.table!r} is sensitive in that run",
                                  why=why, fix=fix)  # fmt: skip

    def probe(self, run: Run, name: str) -> str:
        """Look which periods of that schedule the archive has; that the one wanted is not there yet is no fault."""
        what = f"source {name!r} ({run.report.query_place('sources', name)})"
        report_id, schedule_id, _ = self._schedule_of(run, what)
        return _there_is(ScheduleArchive(archive(), report_id, schedule_id))

    def _schedule_of(self, run: Run, what: str) -> tuple[str, str, Timing]:
        """Return the report's id, the schedule's id, and its timing."""
        report_id = self.report or run.report.id
        if report_id == run.report.id:
            timings, own = run.report.timings, run.schedule.id
        else:
            timings, own = _timings_of(run, report_id, what), ""
        schedule_id = self.schedule or own or (next(iter(timings)) if len(timings) == 1 else "")
        if schedule_id not in timings:
            raise SourceError(f"{what}: report {report_id!r} has no schedule {schedule_id!r}",
                              why=did_you_mean(schedule_id, timings), fix="correct 'schedule'")  # fmt: skip
        if self.period == "same" and (report_id, schedule_id) == (run.report.id, run.schedule.id):
            raise SourceError(f"{what} would read this very run", why=f"{schedule_id!r} is the schedule it runs for",
                              fix="name another 'schedule', or write `period: previous`")  # fmt: skip
        return report_id, schedule_id, timings[schedule_id]

    def _found(self, run: Run, runs: ScheduleArchive, timing: Timing, what: str) -> ArchivedRun | None:
        """Return the run to read; None where there is none and the spec allows it."""
        periods = wanted(self.period, timing, run.period)
        label, tried = "", list[ArchivedRun]()
        for period, found in self._groups(run, runs, periods):
            if self.period != "latest" or not tried:
                label, tried = period, found
            if chosen := self._chosen(found):
                return chosen
            if self.period != "latest" and not (self.period == "previous" and _skipped(found)):
                break
        if self.missing == "empty" and not any(entry.state == "running" for entry in tried):
            return None
        raise self._lacking(runs, label, tried, what)

    def _groups(
        self, run: Run, runs: ScheduleArchive, periods: Iterable[Period] | None
    ) -> Iterator[tuple[str, list[ArchivedRun]]]:
        """Yield each period that is meant, in words, and its runs, the newest first."""
        if periods is not None:
            yield from ((period.label, runs.of_period(period)) for period in periods)
            return
        groups = (found for found in runs.until(run.period.start) if not _skipped(found))
        skipped = self.period.periods_ago - 1 if isinstance(self.period, Ago) else 0
        yield from ((found[0].label, found) for number, found in enumerate(groups) if number >= skipped)

    def _chosen(self, runs: list[ArchivedRun]) -> ArchivedRun | None:
        holding = [entry for entry in runs if self.table in entry.tables]
        sent = [entry for entry in holding if entry.sent and entry.state != "running"]
        kept = [entry for entry in holding if entry.state == "archived"] if self.accept_unsent else []
        return next(iter([*sent, *kept]), None)

    def _lacking(self, runs: ScheduleArchive, label: str, tried: list[ArchivedRun], what: str) -> SourceError:
        """Return the error that says which run was looked for, where, and what is there."""
        of, dag_id = f"{runs.report_id}:{runs.schedule_id}", f"{runs.report_id}__{runs.schedule_id}"
        going = any(entry.state == "running" for entry in tried)
        unsent = any(entry.state == "archived" for entry in tried)
        fix = "wait for it" if going else f"run {dag_id} for {label or 'an earlier period'}"
        fix += ", write `accept_unsent: true`" if unsent and not self.accept_unsent else ""
        fix += "; or let the report go on without: `missing: empty` and `columns`" if self.missing == "stop" else ""
        told = [f"run {entry.id} {self._fault_of(entry)}" for entry in tried] or [_there_is(runs)]
        period = f"for {label}" if label else "before this period"
        return SourceError(f"{what}: no run of {of} {period} was sent with the table {self.table!r}",
                           why="; ".join(told), fix=fix, retryable=going)  # fmt: skip

    def _fault_of(self, run: ArchivedRun) -> str:
        if self.table not in run.tables and run.sent:
            return f"has no such table, only {', '.join(run.tables) or 'none'}"
        states = {"running": "is still going", "archived": "only kept its files in the archive"}
        reason = str(run.manifest.get("reason") or "").partition("\n")[0]
        return states.get(run.state, run.state) + (f" ({reason})" if reason else "")

    def _write_empty(self, target: Path, what: str) -> None:
        """Write a table without rows that has the declared columns, each with its type."""
        import pyarrow as pa

        from scheduled_reports.column_types import arrow_type
        from scheduled_reports.parquet import write_batches

        log.info("%s: the archive has no such run; the table is empty", what)
        schema = pa.schema([(name, arrow_type(column.type)) for name, column in self.columns.items() if column.type])
        write_batches(schema, [], target, what)


def _skipped(runs: list[ArchivedRun]) -> bool:
    """Return whether nobody was to get that period's report."""
    return bool(runs) and all(entry.state == "skipped" for entry in runs)


def _there_is(runs: ScheduleArchive) -> str:
    """Return which periods the archive has, the newest first."""
    slugs = runs.slugs()
    more = f" and {len(slugs) - _SHOWN} more" if len(slugs) > _SHOWN else ""
    return f"{runs.root} has {', '.join(slugs[:_SHOWN]) or 'no run at all'}{more}"


def _timings_of(run: Run, report_id: str, what: str) -> Mapping[str, Timing]:
    """Return the timing of each schedule of another report, from its spec beside this one."""
    from scheduled_reports.spec.load import load, spec_files

    paths = {path.stem: path for path in spec_files(run.report.path.parent)}
    if report_id not in paths:
        raise SourceError(f"{what}: there is no report {report_id!r} in {run.report.path.parent}",
                          why=did_you_mean(report_id, paths), fix="correct 'report'")  # fmt: skip
    return load(paths[report_id], run.include).timings
